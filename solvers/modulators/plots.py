"""Pictures: the field of electrodes over the mode between them, the spectrum of a line, and what a search has won."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.electrostatics import field_at, potentials
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.modulators.optical import Guided
from lingnan.solvers.plots import LEVELS, axes_or_new, draw_edges, name_places

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lingnan.solvers.modulators.optimum import Optimum


def plot_fields(spec: Coplanar, mode: Guided, axes: "Axes | None" = None) -> "Axes":
    """Field of the electrodes at 1 V as colours and arrows, |E| of the mode as contours, edges of all that is drawn.

    Args:
        spec: electrodes, film and rib.
        mode: from `guided`.
        axes: to draw on; None: new ones.
    """
    ax = axes_or_new(axes)
    section = spec.section()
    electrodes = potentials(section)
    centre, gap = float(spec.rib_centre), float(spec.gap)
    metal = float(spec.slab) + float(spec.metal_height) + float(spec.metal_thickness)
    x = np.linspace(centre - gap, centre + gap, 181)
    y = np.linspace(-1.5, metal + 0.5, 121)
    grid_x, grid_y = np.meshgrid(x, y)
    e = np.asarray(field_at(electrodes, jnp.asarray(grid_x), jnp.asarray(grid_y)))
    size = np.hypot(e[0], e[1])
    shown = ax.pcolormesh(grid_x, grid_y, size, cmap="viridis", vmax=float(np.percentile(size, 99)), shading="gouraud")
    ax.figure.colorbar(shown, ax=ax, label="|E| at 1 V (V/µm)")
    few = (slice(None, None, 10), slice(None, None, 10))
    ax.quiver(grid_x[few], grid_y[few], e[0][few], e[1][few], color="white", alpha=0.6, width=0.002)
    strength = np.sqrt(np.sum(np.abs(np.asarray(mode.strength)) ** 2, axis=0))
    levels = float(strength.max()) * LEVELS
    ax.contour(np.asarray(mode.x) + centre, np.asarray(mode.y), strength, levels=levels, cmap="magma", linewidths=0.9)
    mesh, regions = section.mesh()
    draw_edges(ax, mesh.x, mesh.y, regions, color="0.9", linewidth=0.7)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(y[0], y[-1])
    ax.set_aspect("equal")
    name_places(ax)
    return ax


def plot_line(line: Line, other: Line | None = None, n_optical: float | None = None) -> "tuple[Axes, Axes, Axes]":
    """Index, loss and impedance of a line by frequency.

    Args:
        line: drawn as a curve.
        other: by another route, drawn as points.
        n_optical: group index of the light, drawn as a dashed line.
    """
    import matplotlib.pyplot as plt

    axes = plt.subplots(3, 1, sharex=True, figsize=(6, 7))[1]
    for one, style in ((line, "-"), (other, "o")):
        if one is None:
            continue
        f = np.asarray(one.frequency) / 1e9
        axes[0].plot(f, np.asarray(one.n_rf), style)
        axes[1].plot(f, np.asarray(one.loss_db_cm), style)
        axes[2].plot(f, np.asarray(one.z0.real), style)
    if n_optical is not None:
        axes[0].axhline(n_optical, color="0.5", linestyle="--")
    for ax, label in zip(axes, ("microwave index", "loss (dB/cm)", "Re Z0 (Ω)"), strict=True):
        ax.set_ylabel(label)
        ax.grid(alpha=0.3)
    axes[2].set_xlabel("frequency (GHz)")
    axes[2].set_xscale("log")
    return axes[0], axes[1], axes[2]


def plot_optimum(found: "Optimum", axes: "Axes | None" = None) -> "Axes":
    """Electro-optic S21 before and after a search at each corner, V_pi and bandwidth beside it, the bandwidth marked.

    Args:
        found: from `optimum`.
        axes: to draw on; None: new ones.
    """
    import matplotlib.pyplot as plt

    ax = plt.subplots(figsize=(6, 4))[1] if axes is None else axes
    drop, lowest = next(iter(found.after.values())).drop_db, 0.0
    for when, figures, style in (("before", found.before, "--"), ("after", found.after, "-")):
        for k, (corner, f) in enumerate(figures.items()):
            said, color = f"{corner}, {when}: {float(f.v_pi):.2f} V", f"C{k}"
            wide = 1.2 + 1.6 * (len(figures) - 1 - k)  # corners may lie on top of each other
            if bool(f.crossing.found):
                at = float(f.bandwidth) / 1e9
                ax.plot([at], [-f.drop_db], "o", color=color, fillstyle="none" if when == "before" else "full")
                said += f", {at:.1f} GHz"
            band, level = np.asarray(f.line.frequency) / 1e9, np.asarray(f.response.s21_db)
            ax.plot(band, level, style, color=color, linewidth=wide, label=said)
            lowest = min(lowest, float(level.min()))
    ax.axhline(-drop, color="0.7", linewidth=0.8)
    ax.set_xlabel("frequency (GHz)")
    ax.set_ylabel("electro-optic S21 (dB)")
    ax.set_ylim(max(lowest, -3 * drop) - 0.5, 0.5)
    ax.grid(alpha=0.3)
    ax.legend(fontsize="small")
    return ax
