"""Pictures: doping, carriers and potential of a cross-section, all of them along a line, and currents of a sweep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.plots import axes_or_new, draw_doping, draw_edges, name_axes, name_places
from lingnan.solvers.semiconductors.device import Device
from lingnan.solvers.semiconductors.newton import State

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Quantity = Literal["doping", "electrons", "holes", "potential"]
QUANTITIES = ("doping", "electrons", "holes", "potential")
ROUND_OFF = 1e-20  #: of the largest current, below which none is drawn: at 0 V there is none


def plot_device(
    device: Device, state: State | None = None, quantity: Quantity = "doping", axes: "Axes | None" = None
) -> "Axes":
    """One quantity over the cross-section as colours, with contacts and the edge of silicon; heights are stretched.

    Args:
        device: what was solved, or will be.
        state: its solution; "doping" needs none.
        quantity: "doping" (donors less acceptors, blue where donors are more), "electrons", "holes" (colours end at the
            intrinsic density), or "potential".
        axes: to draw on; None: new ones.

    Raises:
        ValueError: a quantity that is none, no state, or one of another mesh.
    """
    from matplotlib.colors import LogNorm

    if quantity not in QUANTITIES:
        raise ValueError(f"plot_device: quantity = {quantity!r}. {did_you_mean(quantity, QUANTITIES)}")
    if state is None and quantity != "doping":
        raise ValueError(f"plot_device: quantity = {quantity!r} without a state. Give what `solve` returns.")
    check_mesh("plot_device", device, state)
    ax = axes_or_new(axes)
    x, y, silicon = np.asarray(device.x), np.asarray(device.y), np.asarray(device.inside) > 0
    if quantity == "doping" or state is None:
        draw_doping(ax, x, y, np.ma.masked_where(~silicon, np.mean(device.donors - device.acceptors, axis=-1)))
    elif quantity == "potential":
        shown = ax.pcolormesh(x, y, np.asarray(state.potential).T, cmap="viridis", shading="gouraud")
        ax.figure.colorbar(shown, ax=ax, label="potential (V)")
    else:  # between nodes densities are nearer to exponentials than to straight lines
        value = np.exp(np.mean(np.log(device.to_cells(getattr(state, quantity))), axis=-1))
        least = float(device.silicon.n_i)
        norm = LogNorm(least, max(float(value[silicon].max()), 10 * least))
        shown = ax.pcolormesh(x, y, np.ma.masked_where(~silicon, value).T, cmap="magma", norm=norm)
        ax.figure.colorbar(shown, ax=ax, label=f"{quantity} (1/cm³)")
    beyond_x, beyond_y = (np.concatenate([a[:1] - 1.0, a, a[-1:] + 1.0]) for a in (x, y))
    draw_edges(ax, beyond_x, beyond_y, np.pad(silicon, 1), color="0.3", linewidth=0.8)
    for k, name in enumerate(device.names):
        i, j = np.nonzero(np.asarray(device.contacts[k]) > 0)
        ax.plot(x[i], y[j], "s", markersize=4, color=f"C{k + 1}", label=name, clip_on=False, zorder=3)
    (left, right), (low, high) = _extent(device)
    ax.set_xlim(left - 0.03 * (right - left), right + 0.03 * (right - left))
    ax.set_ylim(low - 0.2 * (high - low), high + 0.2 * (high - low))
    name_places(ax)
    ax.legend(fontsize="small", loc="upper right")
    return ax


def plot_profile(
    device: Device, state: State | None = None, level: float | None = None, axes: "Axes | None" = None
) -> "Axes":
    """Doping and carriers along x, with the potential on an axis of its own.

    Args:
        device: one row of cells, or a cross-section.
        state: its solution; None: doping alone.
        level: y [µm], of which the nearest level of the mesh is taken; None: the middle of the silicon.
        axes: to draw on; None: new ones.

    Raises:
        ValueError: no silicon at this level, or a state of another mesh.
    """
    check_mesh("plot_profile", device, state)
    x, y, (low, high) = np.asarray(device.x), np.asarray(device.y), _extent(device)[1]
    wanted = (low + high) / 2 if level is None else float(level)
    if not low <= wanted <= high:
        raise ValueError(f"plot_profile: level = {wanted:g} µm: silicon lies between {low:g} and {high:g} µm.")
    j = int(np.argmin(np.abs(y - wanted)))
    cells = np.any(np.asarray(np.pad(np.asarray(device.inside) > 0, 1))[:, j : j + 2], axis=1)
    here = np.logical_or(cells[1:], cells[:-1])
    ax = axes_or_new(axes)
    net = np.asarray(device.net_doping())[:, j]
    for sign, name, style in ((1, "donors, net", "C0--"), (-1, "acceptors, net", "C3--")):
        ax.semilogy(x, np.where(here & (sign * net > 0), abs(net), np.nan), style, linewidth=1.0, label=name)
    if state is not None:
        for name, style in (("electrons", "C0"), ("holes", "C3")):
            ax.semilogy(x, np.where(here, np.asarray(getattr(state, name))[:, j], np.nan), style, label=name)
        other = ax.twinx()
        other.plot(x, np.asarray(state.potential)[:, j], "k:", linewidth=1.0)
        other.set_ylabel("potential (V), dotted")
    name_axes(ax, "x (µm)", "density (1/cm³)")
    ax.legend(fontsize="small")
    return ax


def plot_sweep(
    volts: ArrayLike, currents: ArrayLike, names: Sequence[str] = (), axes: "Axes | None" = None
) -> "Axes":  # fmt: skip
    """Size of currents over the voltage, on a logarithmic scale; those that leave the device are dashed.

    Args:
        volts: (B,) [V].
        currents: from `terminal_currents`, (B,) or (B, K) [A/m].
        names: of the contacts, (K,); none: not named.
        axes: to draw on; None: new ones.
    """
    v, found = np.asarray(volts, float), np.asarray(currents, float)
    each = found[:, None] if found.ndim == 1 else found
    if v.ndim != 1 or each.ndim != 2 or len(each) != v.size or len(names) not in (0, each.shape[1]):
        raise ValueError(
            f"plot_sweep: volts of shape {v.shape}, currents of shape {found.shape}, {len(names)} names: give a row of "
            "voltages, for each a current or one of each contact, and a name for each contact or none."
        )
    ax = axes_or_new(axes)
    for k, current in enumerate(each.T):
        for sign, style in ((1, "o-"), (-1, "o--")):
            shown = np.where(sign * current > ROUND_OFF * np.max(np.abs(each)), np.abs(current), np.nan)
            ax.semilogy(v, shown, style, color=f"C{k}", markersize=3)
        ax.lines[-2].set_label(names[k] if names else f"_{k}")
    name_axes(ax, "voltage (V)", "current (A/m)")
    if names:
        ax.legend(fontsize="small")
    return ax


def check_mesh(where: str, device: Device, state: State | None) -> None:
    """Raises ValueError where a state is that of another mesh."""
    nodes = (np.size(device.x), np.size(device.y))
    if state is not None and np.shape(state.potential) != nodes:
        raise ValueError(
            f"{where}: the state has {np.shape(state.potential)} nodes and the device {nodes}. Solve this device."
        )


def _extent(device: Device) -> list[tuple[float, float]]:
    """Ends of the silicon in x and y [µm]."""
    found = np.nonzero(np.asarray(device.inside) > 0)
    lines = (np.asarray(device.x), np.asarray(device.y))
    return [(float(a[k.min()]), float(a[k.max() + 1])) for a, k in zip(lines, found, strict=True)]
