"""What pictures of several rooms share: axes that are given or made, and named; edges between regions; doping."""

from typing import TYPE_CHECKING, Any

import numpy as np
from jax.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: shares of the largest field at which a mode's contours lie
LEVELS = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
#: net doping below which its colours are linear [cm^-3]
FAINT = 1e15


def axes_or_new(axes: "Axes | None") -> "Axes":
    """These axes, or those of a new figure."""
    if axes is not None:
        return axes
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def draw_edges(axes: "Axes", x: ArrayLike, y: ArrayLike, regions: ArrayLike, **style: Any) -> None:
    """A line between each two cells that are not of one region.

    Args:
        axes: to draw on.
        x: vertical lines of the mesh, (nx + 1,), or (nx + 1, ny + 1) where they lean.
        y: levels, (ny + 1,).
        regions: (nx, ny).
        style: of `LineCollection`.
    """
    from matplotlib.collections import LineCollection

    level, region = np.asarray(y), np.asarray(regions)
    line = np.asarray(x)
    if line.ndim == 1:
        line = np.broadcast_to(line[:, None], (line.size, level.size))
    i, j = np.nonzero(region[1:] != region[:-1])
    upright = [((line[a + 1, b], level[b]), (line[a + 1, b + 1], level[b + 1])) for a, b in zip(i, j, strict=True)]
    i, j = np.nonzero(region[:, 1:] != region[:, :-1])
    flat = [((line[a, b + 1], level[b + 1]), (line[a + 1, b + 1], level[b + 1])) for a, b in zip(i, j, strict=True)]
    axes.add_collection(LineCollection([*upright, *flat], **style))


def draw_doping(axes: "Axes", x: ArrayLike, y: ArrayLike, net: np.ma.MaskedArray) -> None:
    """Donors less acceptors as colours, logarithmic on both sides, blue where donors are more, with their bar.

    Args:
        axes: to draw on.
        x: lines of the mesh, (nx + 1,).
        y: levels, (ny + 1,).
        net: of cells, masked outside of silicon, (nx, ny) [cm^-3].
    """
    from matplotlib.colors import SymLogNorm

    most = max(float(np.abs(net).max()), 10 * FAINT)
    norm = SymLogNorm(FAINT, vmin=-most, vmax=most)
    shown = axes.pcolormesh(np.asarray(x), np.asarray(y), net.T, cmap="RdBu", norm=norm)
    tens = 10.0 ** np.arange(np.log10(FAINT) + 1, np.floor(np.log10(most)) + 1)
    axes.figure.colorbar(shown, ax=axes, ticks=[*-tens[::-1], 0.0, *tens], label="donors less acceptors (1/cm³)")


def name_axes(axes: "Axes", x: str, y: str) -> None:
    """What is on both axes, with units, and a grid."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, alpha=0.3)


def name_places(axes: "Axes") -> None:
    """The axes of a cross-section."""
    axes.set_xlabel("x (µm)")
    axes.set_ylabel("y (µm)")
