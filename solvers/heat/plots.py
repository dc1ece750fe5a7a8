"""Pictures: temperature with the mode in it, and the response to a step."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.heat.conduction import PER_MICRON, temperature
from lingnan.solvers.heat.heater import Heater
from lingnan.solvers.heat.transient import Step
from lingnan.solvers.modulators.optical import Guided
from lingnan.solvers.plots import LEVELS, axes_or_new, draw_edges, name_places

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_temperature(
    spec: Heater, mode: Guided, power_per_length: float, axes: "Axes | None" = None, reach: float = 8.0
) -> "Axes":
    """Temperature as colours, |E| of the mode as contours, edges of all that is drawn.

    Args:
        spec: heater, core and stack.
        mode: from `modulators.guided`.
        power_per_length: [W/µm].
        axes: to draw on; None: new ones.
        reach: of the picture to either side [µm].
    """
    ax = axes_or_new(axes)
    found = temperature(spec.section())
    x = np.linspace(-reach, reach, 201)
    y = np.linspace(-float(spec.buried_oxide) - 2.0, float(spec.surface) + 1.0, 151)
    grid_x, grid_y = np.meshgrid(x, y)
    rise = np.asarray(found.at(jnp.asarray(grid_x), jnp.asarray(grid_y))) * power_per_length * PER_MICRON
    shown = ax.pcolormesh(grid_x, grid_y, rise, cmap="inferno", shading="gouraud")
    ax.figure.colorbar(shown, ax=ax, label="above ambient (K)")
    strength = np.sqrt(np.sum(np.abs(np.asarray(mode.strength)) ** 2, axis=0))
    levels = float(strength.max()) * LEVELS
    ax.contour(np.asarray(mode.x), np.asarray(mode.y), strength, levels=levels, colors="w", linewidths=0.6)
    draw_edges(ax, found.mesh.x, found.mesh.y, found.section.mesh()[1], color="0.7", linewidth=0.7)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(y[0], y[-1])
    ax.set_aspect("equal")
    name_places(ax)
    return ax


def plot_step(step: Step, axes: "Axes | None" = None) -> "Axes":
    """The response to a step, with 10 and 90 % marked."""
    ax = axes_or_new(axes)
    marks = {share: float(step.when(share)) for share in (0.1, 0.9)}
    t = np.geomspace(marks[0.1] / 100, marks[0.9] * 100, 300)
    ax.semilogx(1e6 * t, np.asarray(step.at(jnp.asarray(t))))
    for share, at in marks.items():
        ax.plot([1e6 * at], [share], "ko", markersize=4)
        ax.annotate(f" {1e6 * at:.3g} µs", (1e6 * at, share), va="top")
    ax.set_xlabel("time (µs)")
    ax.set_ylabel("share of the change")
    ax.grid(alpha=0.3)
    return ax
