"""What is said of modes that nothing guides, or that the window cuts, where nothing is raised: inside `jit`."""

import warnings
from typing import Any

import numpy as np

from lingnan.solvers.waveguides.slab import cutoff_numbers

#: share of the largest field at a wall below which the window is no matter
FREE = 0.02
#: share of it above which the window cuts a guided mode
CUT = 0.05
#: n_eff above the cutoff by which a mode is guided without doubt
CLEAR = 1e-3

NOT_GUIDED = (
    "solve: no guided mode: the highest n_eff found is {n_eff:.6f} and what surrounds the core carries light up to "
    "{limit:.6f}. Use a wider or thicker core, a shorter wavelength, or absorber= and target= for leaky modes. Of a "
    "half section, name the walls that cut it in mirrors=."
)
METAL_HELD = (
    " There is metal: a plasmon that it holds loosely needs a wider window=, and one that it holds closely finer "
    "cells, by tolerance= or resolution=."
)


class WindowWarning(UserWarning):
    """The window cuts the field of a mode."""


def mind_window(n_eff: Any, wall: Any, limit: Any, *, member: str = "", stacklevel: int = 2) -> None:
    """Warn of the first guided mode that the window cuts: (modes,) by falling n_eff, beside the cutoff."""
    cut = [k for k in range(len(n_eff)) if n_eff[k] > limit + CLEAR and wall[k] > CUT]
    if cut:
        warnings.warn(
            f"{member}solve: mode {cut[0]} (n_eff {n_eff[cut[0]]:.5f}) has {wall[cut[0]]:.1%} of its largest field at "
            "the window's wall. Enlarge window=, until this is below 2 %.",
            WindowWarning,
            stacklevel=stacklevel,
        )


def mind(mirrors: tuple[str, ...], n_eff: Any, wall: Any, numbers: tuple[Any, Any, Any]) -> None:
    """Warn of modes (modes,) of one cross-section that came out of a traced program; `judge` refuses them outside.

    Args:
        mirrors: walls that cut the core in half.
        n_eff: by falling real part.
        wall: largest field on the walls over the largest field.
        numbers: permittivities (nx, ny, 3) or (nx, ny, 3, 3), levels (ny + 1,) [µm], and wavelength [µm].
    """
    epsilon, levels, wavelength = (np.asarray(a) for a in numbers)
    n, wall = np.real(np.asarray(n_eff)), np.asarray(wall)
    diagonal = np.real(np.diagonal(epsilon, axis1=-2, axis2=-1) if epsilon.ndim == 4 else epsilon)
    ends = [diagonal[:, at].max() for side, at in (("bottom", 0), ("top", -1)) if side not in mirrors]
    least = np.sqrt(max(0.0, *ends)) if ends else 0.0
    cut = np.any((wall > CUT) & (n > least + CLEAR)) and not mirrors
    if not np.all(np.isfinite(n)) or not (wall[0] >= FREE or cut):
        return  # of what is not finite `host` has spoken
    limit = cutoff_numbers(mirrors, diagonal, np.real(levels), wavelength)
    if wall[0] >= FREE and n[0] <= limit:
        warnings.warn(NOT_GUIDED.format(n_eff=n[0], limit=limit), stacklevel=2)
    elif not mirrors:
        mind_window(n, wall, limit)
