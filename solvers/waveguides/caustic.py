"""Where light leaves a bend, and how far out a wall must stand for that to be seen.

A mode of index n in a bend of radius R passes a place x at n R / (R + x). Beside the core, where the surroundings carry
n_c, its field falls as exp(-∫γ dx), γ = k √((n R / (R + x))² - n_c²), up to the caustic x_c = R (n / n_c - 1), and is
an outgoing wave beyond, where γ is -i times a real number (Bessel's equation to the order of WKB). With u = n_c (R + x)
/ (n R)

    ∫γ dx = k n R A(u),     A = √(1 - u²) - ln((1 + √(1 - u²)) / u),     A(1) = 0,

also at the complex places of an absorbing layer. From the core's edge at u₀ light leaves as exp(-F), F = -2 k n R
A(u₀); a wall at u_w sends back exp(-T), T = 2 k n R Re(A(u_w) - A(u₀)). Where the layer begins is no matter, but that T
is beyond F: the loss of a silicon strip was wrong by one to two times exp(F - T), beside Hankel's functions that go on
from the field at the core (`tests/solvers/test_waveguides_bends.py`). Lengths in µm.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lingnan.solvers.waveguides.grid import Absorber

#: What the wall sends back, over what leaves.
SHARE = 0.02
#: T beyond which nothing is seen in n_eff: what goes with exp(-28) was 1e-14 there, and round-off is 1e-13.
UNSEEN = 28.0
#: Where an absorber begins, over the margin of a straight guide: in steps, so that no derivative asks for it.
STEPS = 0.5 * 2 ** (np.arange(33) / 8)


class Leaving(NamedTuple):
    """Of modes in a bend, (modes,)."""

    place: Any  #: x of the caustic, outwards from x = 0 [µm]
    leaves: Any  #: F
    back: Any  #: T


def leaving(n_eff: Any, limit: Any, radius: float, edge: float, wall: complex, wavelength: float) -> Leaving:
    """How modes leave a bend.

    Args:
        n_eff: real.
        limit: index that the surroundings carry, of the shape of `n_eff` or broadcast with it.
        radius: of x = 0, positive [µm].
        edge: of the core, outwards from x = 0 [µm].
        wall: of the window, likewise; complex in an absorber [µm].
        wavelength: in vacuum [µm].
    """
    n, c = np.asarray(n_eff, float), np.asarray(limit, float)
    scale = 4 * np.pi / wavelength * n * radius
    core = np.minimum(c * (radius + edge) / (n * radius), 1.0)
    leaves = -scale * _phase(core).real
    return Leaving(radius * (n / c - 1), leaves, leaves + scale * _phase(c * (radius + wall) / (n * radius)).real)


def _phase(u: Any) -> Any:
    root = np.sqrt(1 - np.asarray(u) ** 2 + 0j)
    return root - np.log((1 + root) / u)


def begins(
    n_eff: Any, carried: Sequence[float], radius: float, edge: float, margin: float, absorber: Absorber,
    wavelength: float,
) -> float:  # fmt: skip
    """Where the absorber at the outer wall of a bend begins, from the core's edge, over the margin of a straight guide.

    So far that of each mode, in each of what its surroundings carry, the wall sends back less than `SHARE` of what
    leaves, or nothing that is seen; no farther than the last of `STEPS`.
    """
    n, c = (a.ravel() for a in np.meshgrid(np.asarray(n_eff, float), np.asarray(carried, float)))
    deep = (1 + 1j * absorber.strength / 3) * absorber.thickness
    for step in STEPS[:-1]:
        out = leaving(n, c, radius, edge, edge + step * margin + deep, wavelength)
        if np.all(out.back >= np.minimum(out.leaves - np.log(SHARE), UNSEEN)):
            return float(step)
    return float(STEPS[-1])
