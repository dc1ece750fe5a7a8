"""How long carriers are under way: the current of pairs that drift through a depleted region of constant velocity.

While a carrier of charge q moves through a gap d at speed v it drives a current q v/d in the leads (S. Ramo, Proc. IRE
27, 584 (1939), doi:10.1109/JRPROC.1939.228757). A pair made at s = z/d sends its hole to s = 0 and its electron to
s = 1. With θ = 2π f d/v of each carrier, and E(u) = (exp(u) - 1)/u, a profile g(s) of unit area gives (derived here)

    H(f) = ∫ g(s) [(1 - s) E(iθ_e (1 - s)) + s E(iθ_h s)] ds,

which is 1 for slow light. Uniform generation and equal speeds are 3 dB down at f = 0.554 v/d, one kind of carrier that
crosses the whole gap at 0.443 v/d (|sin x/x| at x = 1.3916): what is quoted as 0.45 v/d. Diffusion from doped layers is
left out. Frequencies in Hz, lengths in µm, velocities in cm/s, time convention exp(-iωt).
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, check_row, known
from lingnan.solvers.detectors.buildup import charge, gain_at, grown
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import demand, namespace
from lingnan.solvers.trees import refusing, tree, watched

#: points of a profile: exp(-20 s) and four turns of phase across the gap come out to 1e-10
NODES = 24
#: cm/s in µm/s
SPEED = 1e4


@tree
@dataclass(frozen=True)
class Profile:
    """Where pairs are made between the p side, s = 0, and the n side, s = 1."""

    place: Any  #: s, (K,)
    weight: Any  #: share of the pairs, sum 1, (K,)
    share: Any = 1.0  #: pairs that are made in the gap, of all

    def __post_init__(self) -> None:
        for name in ("place", "weight"):
            check_row("Profile", name, getattr(self, name), 1, "One for each place.")
        if jnp.shape(self.place) != jnp.shape(self.weight):
            said = f"Profile: {jnp.size(self.place)} places and {jnp.size(self.weight)} weights: one for each."
            raise ValueError(said)
        check_no_less("Profile", "place", self.place, 0.0, "", "0 is the p side.")
        check_between("Profile", "place", self.place, -1.0, 1.0 + 1e-12, "", "1 is the n side.")
        check_no_less("Profile", "weight", self.weight, 0.0, "", "Weights are shares of the pairs.")
        whole = namespace(self.weight).sum(self.weight)
        demand(abs(whole - 1) < 1e-6, "Profile: weights add up to {whole:g}: divide them by it.", whole=whole)
        if not np.size(self.share):
            raise ValueError("Profile: share is empty. Give a number.")
        check_no_less("Profile", "share", self.share, 0.0, "", "It is a share of all pairs.")
        # what is linear between points of a mesh misses a little
        check_between("Profile", "share", self.share, -1.0, 1.01, "", "It is a share of all pairs.")


def uniform() -> Profile:
    """Alike everywhere."""
    nodes, weights = gauss(NODES)
    return Profile(jnp.asarray((nodes + 1) / 2), jnp.asarray(weights / 2))


@refusing
def exponential(depth: ArrayLike) -> Profile:
    """Falling from the p side as exp(-a s), a the absorption times the gap; below 0: from the n side."""
    check_between("exponential", "depth", depth, -30.0, 30.0, "", "Beyond that light makes a sheet: `sheet`.")
    flat = uniform()
    falling = flat.weight * jnp.exp(-jnp.asarray(depth, float) * flat.place)
    return Profile(flat.place, falling / jnp.sum(falling))


@refusing
def sheet(place: ArrayLike) -> Profile:
    """All at one place: at 0 electrons cross the whole gap, at 1 holes do."""
    check_no_less("sheet", "place", place, 0.0, "", "0 is the p side.")
    check_between("sheet", "place", place, -1.0, 1.0 + 1e-12, "", "1 is the n side.")
    return Profile(jnp.asarray(place, float)[None], jnp.ones(1))


@watched
@dataclass(frozen=True)
class Transit:
    """The response of drifting carriers; a transfer as those of `links`."""

    gap: Any  #: depleted [µm]
    electrons: Any  #: velocity [cm/s]
    holes: Any  #: velocity [cm/s]
    profile: Profile
    alpha: Any = 0.0  #: ionisation by electrons in the gap [1/µm]; see `buildup`
    beta: Any = 0.0  #: the same by holes [1/µm]

    def __post_init__(self) -> None:
        check_between("Transit", "gap", self.gap, 0.0, np.inf, "µm", "")
        check_between("Transit", "electrons", self.electrons, 0.0, np.inf, "cm/s", "6e6 is saturated germanium.")
        check_between("Transit", "holes", self.holes, 0.0, np.inf, "cm/s", "6e6 is saturated germanium.")
        for name in ("alpha", "beta"):
            check_no_less("Transit", name, getattr(self, name), 0.0, "1/µm", "0 is a diode without gain.")

    def __call__(self, frequency: ArrayLike) -> Array:
        rate = 2j * jnp.pi * jnp.asarray(frequency, float)
        if known(self.alpha) and known(self.beta) and not np.any(self.alpha) and not np.any(self.beta):
            return self._driven(rate)
        s, weight = jnp.asarray(self.profile.place), jnp.asarray(self.profile.weight)
        alpha, beta = (jnp.asarray(each, float) * self.gap for each in (self.alpha, self.beta))
        turned = rate[..., None] * self.gap / SPEED
        made = charge(s, turned / self.electrons, turned / self.holes, alpha, beta)
        return jnp.sum(weight * made, axis=-1) / jnp.sum(weight * gain_at(alpha, beta, s))

    @refusing
    def collected(self, lifetime: ArrayLike) -> Array:
        """Share of the charge that leads see where carriers live for a time [s], before they recombine in the gap.

        After a time t exp(-t/τ) of them are left, so this is H with -1/τ in the place of iω (K. Hecht's relation).
        """
        check_between("Transit", "lifetime", lifetime, 0.0, np.inf, "s", "1e-9 is short of germanium on silicon.")
        return self._driven(-1 / jnp.asarray(lifetime, float) + 0j).real

    def _driven(self, rate: Array) -> Array:
        """Of carriers whose number goes as exp(rate t) [1/s]."""
        s, weight = jnp.asarray(self.profile.place), jnp.asarray(self.profile.weight)
        turned = rate[..., None] * self.gap / SPEED
        electrons = (1 - s) * grown(turned / self.electrons * (1 - s))
        holes = s * grown(turned / self.holes * s)
        return jnp.sum(weight * (electrons + holes), axis=-1)


@refusing
def uniform_response(frequency: ArrayLike, gap: ArrayLike, electrons: ArrayLike, holes: ArrayLike) -> Array:
    """Of uniform generation in closed form, Σ (E(iθ) - 1)/(iθ), θ above 1e-4: the integral over s done by hand."""
    _check_moving("uniform_response", gap, electrons, holes)
    parts = (1j * _turn(frequency, gap, speed) for speed in (electrons, holes))
    return sum(((grown(u) - 1) / u for u in parts), jnp.zeros(()))


@refusing
def exponential_response(
    frequency: ArrayLike, gap: ArrayLike, electrons: ArrayLike, holes: ArrayLike, depth: ArrayLike
) -> Array:
    """Of generation exp(-a s) in closed form, θ above 1e-4.

    Electrons: (exp(iθ) E(-a - iθ)/E(-a) - 1)/(iθ); holes: (E(-a + iθ)/E(-a) - 1)/(iθ).
    """
    _check_moving("exponential_response", gap, electrons, holes)
    a = jnp.asarray(depth, float) + 0j
    e, h = (1j * _turn(frequency, gap, speed) for speed in (electrons, holes))
    return (jnp.exp(e) * grown(-a - e) / grown(-a) - 1) / e + (grown(-a + h) / grown(-a) - 1) / h


def _check_moving(where: str, gap: ArrayLike, electrons: ArrayLike, holes: ArrayLike) -> None:
    check_between(where, "gap", gap, 0.0, np.inf, "µm", "")
    check_between(where, "electrons", electrons, 0.0, np.inf, "cm/s", "6e6 is saturated germanium.")
    check_between(where, "holes", holes, 0.0, np.inf, "cm/s", "6e6 is saturated germanium.")


def _turn(frequency: ArrayLike, gap: ArrayLike, speed: ArrayLike) -> Array:
    return 2 * jnp.pi * jnp.asarray(frequency, float) * gap / (SPEED * jnp.asarray(speed, float))
