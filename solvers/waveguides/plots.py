"""Pictures of modes."""

from typing import TYPE_CHECKING, Any

import numpy as np

from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.plots import axes_or_new, draw_edges, name_places
from lingnan.solvers.waveguides.given import check_made, check_real
from lingnan.solvers.waveguides.modes import Modes
from lingnan.solvers.waveguides.tracking import named

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMPONENTS = {"Ex": ("E", 0), "Ey": ("E", 1), "Ez": ("E", 2), "Hx": ("H", 0), "Hy": ("H", 1), "Hz": ("H", 2)}


def plot(modes: Modes, mode: int = 0, component: str = "|E|", axes: "Axes | None" = None) -> "Axes":
    """One component of one mode over the cross-section, with its interfaces.

    Args:
        modes: of one cross-section.
        mode: which.
        component: "|E|", "|H|", "Sz", or one of Ex, Ey, Ez, Hx, Hy, Hz (the larger of real and imaginary part).
        axes: to draw on; None: new ones.
    """
    known = ("|E|", "|H|", "Sz", *COMPONENTS)
    if component not in known:
        raise ValueError(f"plot: component = {component!r}. {did_you_mean(component, known)}")
    check_made("plot", "modes", modes, Modes, "Give what `solve` returns.")
    if modes.n_eff.ndim > 1:
        raise ValueError(
            f"plot: modes is a batch of {len(modes.n_eff)}. Give one: jax.tree.map(lambda a: a[0], modes)."
        )
    check_real("plot", "mode", mode, "whole numbers", 0)
    count = modes.n_eff.shape[0]
    if not (0 <= mode < count and mode == int(mode)):
        raise ValueError(f"plot: mode = {mode}: there are {count}, counted from 0. Ask solve for more with num_modes=.")
    mode = int(mode)
    ax = axes_or_new(axes)
    f = modes.fields
    if component in COMPONENTS:
        name, k = COMPONENTS[component]
        field = np.asarray(getattr(f, name)[mode, k])
        real, imaginary = np.real(field), np.imag(field)
        shown = real if np.abs(real).max() >= np.abs(imaginary).max() else imaginary
    elif component == "Sz":
        e, h = np.asarray(f.E[mode]), np.asarray(f.H[mode])
        shown = np.real(e[0] * h[1].conj() - e[1] * h[0].conj()) / 2
    else:
        shown = np.sqrt(np.sum(np.abs(np.asarray(getattr(f, component[1])[mode])) ** 2, axis=0))
    peak = float(np.abs(shown).max())
    signed = component in COMPONENTS
    grid = modes.grid
    colours: dict[str, Any] = {"cmap": "RdBu_r", "vmin": -peak} if signed else {"cmap": "magma", "vmin": 0.0}
    ax.pcolormesh(np.asarray(grid.x), np.asarray(grid.y), shown, vmax=peak, shading="gouraud", **colours)
    geometry = modes.problem.geometry
    x = np.asarray(modes.mesh.x.real)
    edge = "0.5" if signed else "white"
    draw_edges(ax, x, modes.mesh.y.real, modes.regions, color=edge, linewidth=0.8)
    inner = np.asarray(geometry.lines[1:-1]) if len(geometry.lines) > 2 else x
    if geometry.open and len(geometry.lines) > 2 and len(geometry.levels) > 2:
        reach = 0.6
        ax.set_xlim(inner.min() - reach, inner.max() + reach)
        ax.set_ylim(float(geometry.levels[1]) - reach, float(geometry.levels[-2]) + reach)
    ax.set_aspect("equal")
    name_places(ax)
    n = complex(modes.n_eff[mode])
    loss = f" + {n.imag:.1e}i" if n.imag else ""
    ax.set_title(f"{''.join(map(str, named(modes)[mode]))}  {component}  n_eff {n.real:.5f}{loss}")
    return ax
