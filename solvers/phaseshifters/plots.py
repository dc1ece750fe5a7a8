"""Pictures: figures of phase shifters over the voltage, and the junction under the mode."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.phaseshifters.operation import Figures, Ready
from lingnan.solvers.phaseshifters.section import Section
from lingnan.solvers.plots import LEVELS, axes_or_new, draw_doping, draw_edges, name_axes, name_places
from lingnan.solvers.semiconductors import State
from lingnan.solvers.semiconductors.plots import check_mesh

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Quantity = Literal["vpi_l", "loss_dB_cm", "capacitance", "resistance", "bandwidth", "delta_n", "current"]
#: what an axis says, and from the number's unit to its own
SHOWN: dict[str, tuple[str, float]] = {
    "vpi_l": ("V_pi L (V cm)", 1.0),
    "loss_dB_cm": ("loss of carriers (dB/cm)", 1.0),
    "capacitance": ("capacitance (pF/m)", 1e12),
    "resistance": ("resistance (mΩ m)", 1e3),
    "bandwidth": ("1/(2π RC) (GHz)", 1e-9),
    "delta_n": ("change of n_eff (1e-5)", 1e5),
    "current": ("current (A/m)", 1.0),
}


def plot_figure(
    found: Figures,
    quantity: Quantity = "vpi_l",
    axes: "Axes | None" = None,
    label: str | None = None,
    style: str = "o-",
) -> "Axes":
    """One figure of a phase shifter over its reverse bias.

    Args:
        found: from `figures`.
        quantity: its field: "vpi_l" (of a swing from 0 V), "loss_dB_cm", "capacitance", "resistance", "bandwidth",
            "delta_n" or "current".
        axes: to draw on, several on the same; None: new ones.
        label: for a legend.
        style: of the line.
    """
    if quantity not in SHOWN:
        raise ValueError(f"plot_figure: quantity = {quantity!r}. {did_you_mean(quantity, tuple(SHOWN))}")
    said, scale = SHOWN[quantity]
    ax = axes_or_new(axes)
    ax.plot(np.asarray(found.volts), scale * np.asarray(getattr(found, quantity)), style, label=label)
    name_axes(ax, "swing from 0 V (V)" if quantity == "vpi_l" else "reverse bias (V)", said)
    if label is not None:
        ax.legend()
    return ax


def plot_figures(found: Figures, other: Figures | None = None) -> "tuple[Axes, Axes, Axes]":
    """V_pi L, loss and capacitance over the reverse bias, one below the other.

    Args:
        found: drawn as a curve.
        other: by another route, or before a change, drawn dashed.
    """
    import matplotlib.pyplot as plt

    axes = plt.subplots(3, 1, sharex=True, figsize=(6, 7))[1]
    kinds: tuple[Quantity, ...] = ("vpi_l", "loss_dB_cm", "capacitance")
    for ax, quantity in zip(axes, kinds, strict=True):
        for one, style in ((found, "o-"), (other, "o--")):
            if one is not None:
                plot_figure(one, quantity, ax, style=style)
        ax.set_xlabel("")
    axes[2].set_xlabel("reverse bias, or swing from 0 V (V)")
    return axes[0], axes[1], axes[2]


def plot_junction(
    section: Section, like: Ready, states: tuple[State, State] | None = None, axes: "Axes | None" = None
) -> "Axes":
    """The junction under the mode: doping or what carriers move as colours, |E| in silicon as contours, all edges.

    Args:
        section: whose implants are drawn.
        like: from `ready(section, wavelength)`: the mesh, and the mode on it.
        states: two solutions of `like.plan.device(section)`: electrons and holes of the second less those of the first
            are drawn, the junction as a dashed line; None: donors less acceptors, in silicon.
        axes: to draw on; None: new ones.

    Raises:
        ValueError: `like` has no mode, or states are of another mesh.
    """
    if like.light is None:
        raise ValueError("plot_junction: like has no mode: give `ready` a wavelength.")
    device, silicon = like.plan.device(section), np.asarray(like.plan.inside)
    for one in states or ():
        check_mesh("plot_junction", device, one)
    ax = axes_or_new(axes)
    x, y = np.asarray(device.x), np.asarray(device.y)
    if states is None:
        draw_doping(ax, x, y, np.ma.masked_where(~silicon, np.mean(device.donors - device.acceptors, axis=-1)))
    else:
        before, after = (np.mean(np.asarray(device.to_cells(s.electrons + s.holes)), axis=-1) for s in states)
        moved = np.ma.masked_where(~silicon, after - before)
        most = max(float(np.abs(moved).max()), 1.0)
        shown = ax.pcolormesh(x, y, moved.T, cmap="RdBu", vmin=-most, vmax=most)
        ax.figure.colorbar(shown, ax=ax, label="change of electrons and holes (1/cm³)")
    draw_edges(ax, x, y, silicon, color="0.3", linewidth=0.8)
    # a node's weight over the silicon that is its own goes as |E|²
    each = np.asarray(device.to_nodes(device.inside[..., None] * device.areas[..., None] * np.ones(4) / 4))
    none = each == 0
    strength = np.sqrt(np.asarray(device.to_nodes(like.light.weights)) / np.where(none, 1.0, each))
    seen = np.ma.masked_where(none, strength).T
    ax.contour(x, y, seen, levels=strength.max() * LEVELS, colors="k", alpha=0.8, linewidths=0.8)
    if states is not None:
        net = np.ma.masked_where(none, np.asarray(device.net_doping()))
        ax.contour(x, y, net.T, levels=[0.0], colors="C2", linestyles="--", linewidths=1.0)
    for lines, far, set_limits, more in (
        (x, np.any(strength > 0.03 * strength.max(), axis=1), ax.set_xlim, 0.0),
        (y, ~none.all(axis=0), ax.set_ylim, 0.1),
    ):
        set_limits(lines[far][0] - more, lines[far][-1] + more)
    ax.set_aspect("equal")
    name_places(ax)
    return ax
