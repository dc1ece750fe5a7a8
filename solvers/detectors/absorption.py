"""Light in a germanium diode: the guide's mode breaks up into hybrid modes, which beat and die along the length.

At the diode's edge the input field is a sum of hybrid modes with amplitudes by reciprocity (no conjugate, so that it
holds with loss; A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 31),

    a_m = ∫ (E_0 × H_m + E_m × H_0)·ẑ dA / (2 ∫ E_m × H_m·ẑ dA),     E(z) = Σ a_m E_m exp(iβ_m z),

with reflection left out. Hybrid modes are not orthogonal in power, so power and absorption are double sums,

    P(z) = Σ a_m a_n* P_mn exp(iΔz),   P_mn = ¼ ∫ (E_m × H_n* + E_n* × H_m)·ẑ dA,   Δ = β_m - β_n*,
    A(L) = Σ a_m a_n* Q_mn (exp(iΔL) - 1)/(iΔ),   Q_mn = (k0/2 Z0) ∫ Im ε E_m·E_n* dA over the germanium.

Poynting's theorem ties the two, iΔ P_mn = -Q_mn over all that absorbs: the second route to A is 1 - P(L). Lengths in
µm, powers of 1 W that comes in.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers import waveguides
from lingnan.solvers.checks import check_between, check_count, check_no_less, known
from lingnan.solvers.detectors.buildup import grown
from lingnan.solvers.detectors.germanium import PHOTON
from lingnan.solvers.detectors.section import Direction, Photodiode
from lingnan.solvers.detectors.transit import NODES, Profile
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import demand, namespace
from lingnan.solvers.trees import refusing
from lingnan.solvers.waveguides import Modes, Resolution, WindowWarning
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.measures import inner

Polarisation = Literal["te", "tm"]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Excited:
    """What a guide's mode excites in a diode."""

    beta: Array  #: propagation constants of hybrid modes [1/µm], (M,)
    amplitude: Array  #: a_m, (M,)
    power_of: Array  #: P_mn, (M, M)
    absorbed_in: Array  #: Q_mn in germanium, (M, M) [1/µm]
    lost_in: Array  #: Q_mn in all else that absorbs, (M, M) [1/µm]
    across: tuple[Array, Array]  #: x in germanium [µm], (X,), and Q_mn for each micrometre of it, (M, M, X)
    upward: tuple[Array, Array]  #: the same for y
    wavelength: Array  #: [µm]

    @property
    def captured(self) -> Array:
        """Power that the modes carry at the edge; what is missing from 1 needs more modes, or is radiated."""
        return self.power(0.0)

    @refusing
    def power(self, z: ArrayLike) -> Array:
        """Guided power at a distance [µm] from the edge, shaped like z."""
        check_no_less("power", "z", z, 0.0, "µm", "Light comes from z < 0.")
        there = self.amplitude * jnp.exp(1j * self.beta * jnp.asarray(z, float)[..., None])
        return jnp.einsum("...m,mn,...n->...", there, self.power_of, there.conj()).real

    @refusing
    def absorbed(self, length: ArrayLike) -> Array:
        """Power that germanium of this length [µm] takes, shaped like it."""
        return self._taken(self.absorbed_in, length)

    @refusing
    def wasted(self, length: ArrayLike) -> Array:
        """Power that a contact or doped silicon takes."""
        return self._taken(self.lost_in, length)

    @refusing
    def generation(self, z: ArrayLike) -> Array:
        """Power that germanium takes per length at a distance [µm] from the edge [1/µm]: where screening begins."""
        check_no_less("generation", "z", z, 0.0, "µm", "Light comes from z < 0.")
        there = self.amplitude * jnp.exp(1j * self.beta * jnp.asarray(z, float)[..., None])
        return jnp.einsum("...m,mn,...n->...", there, self.absorbed_in, there.conj()).real

    @refusing
    def responsivity(self, length: ArrayLike, internal: ArrayLike = 1.0) -> Array:
        """η q λ/(h c) A [A/W].

        Args:
            length: of the germanium [µm].
            internal: pairs that reach the contacts, of those that are made: 0 to 1.
        """
        check_between("responsivity", "internal", internal, 0.0, 1.0 + 1e-12, "", "More than one pair takes gain.")
        return limit(self.wavelength) * internal * self.absorbed(length)

    @refusing
    def profile(self, length: ArrayLike, low: ArrayLike, high: ArrayLike, direction: Direction = "vertical") -> Profile:
        """Where between two planes in the germanium pairs are made; linear between points of the mesh.

        Args:
            length: of the germanium [µm].
            low: of the depleted region, y of the side to which holes go, or x in a lateral diode [µm].
            high: the side to which electrons go.
            direction: of the field.

        Returns:
            a profile whose `share` is the part of all absorbed light that is absorbed between the planes: what is made
            outside has to diffuse, and counts as lost here.
        """
        said = "profile: high = {high:g} µm must lie above low = {low:g} µm. Exchange them."
        demand(namespace(high, low).greater(high, low), said, high=high, low=low)
        place, density = self.upward if direction == "vertical" else self.across
        if known(low) and known(high) and known(place):
            # places are points of the mesh, of which the outermost lie less than a step from the walls
            first, last = float(2 * place[0] - place[1]), float(2 * place[-1] - place[-2])
            least = -last if direction == "lateral" else first
            if float(low) < least or float(high) > last:  # type: ignore[arg-type]
                raise ValueError(
                    f"profile: from {low} to {high} µm is not inside of the germanium, about {least:.2g} to {last:.2g} "
                    "µm. Give planes in it."
                )
        dense = jax.vmap(self._taken, in_axes=(2, None), out_axes=-1)(density, jnp.asarray(length, float))
        nodes, weights = (jnp.asarray(a) for a in gauss(NODES))
        size = jnp.asarray(high, float) - low
        at = low + size * (nodes + 1) / 2
        # half a lateral diode was solved: the other half is its mirror image
        where = at if direction == "vertical" else jnp.abs(at)
        made = jnp.interp(where, place, dense) * size * weights / 2
        total = self.absorbed(length) * (1.0 if direction == "vertical" else 2.0)
        return Profile((nodes + 1) / 2, made / jnp.sum(made), jnp.sum(made) / total)

    def _taken(self, density: Array, length: ArrayLike) -> Array:
        check_no_less("absorbed", "length", length, 0.0, "µm", "")
        size = jnp.asarray(length, float)[..., None, None]
        u = 1j * (self.beta[:, None] - self.beta.conj()) * size
        weight = self.amplitude[:, None] * self.amplitude.conj() * density
        return jnp.sum(weight * size * grown(u), axis=(-2, -1)).real


@refusing
def limit(wavelength: ArrayLike) -> Array:
    """Responsivity of one pair for each photon, q λ/(h c) [A/W]."""
    check_between("limit", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    return jnp.asarray(wavelength, float) / PHOTON


@refusing
def excited(
    diode: Photodiode,
    wavelength: ArrayLike = 1.55,
    num_modes: int = 12,
    *,
    polarisation: Polarisation = "te",
    resolution: Resolution | None = None,
    like: Photodiode | None = None,
) -> Excited:
    """The hybrid modes of a diode and how much of the guide's mode goes into each.

    The guide in front is as wide as the silicon under the germanium, or `input_width` of the diode: there it widens in
    one step. A taper before it is taken as perfect.

    Args:
        diode: cross-section.
        wavelength: [µm].
        num_modes: hybrid modes, from the highest index; see `Excited.captured`.
        polarisation: of the guide's mode, the lowest that is even: "te" or "tm".
        resolution: of the mesh; see `waveguides.solve`.
        like: the same with known numbers, where those of `diode` are traced.

    Differentiable by every number of the diode and by wavelength.
    """
    check_count("excited", "num_modes", num_modes, 1, "Twelve see most of the light; `captured` tells.")
    check_between("excited", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    if polarisation not in ("te", "tm"):
        raise ValueError(f"excited: polarisation = {polarisation!r}: it must be 'te' or 'tm'.")
    magnetic = () if polarisation == "te" else ("left",)
    at = jnp.asarray(1.55) if not known(wavelength) else wavelength
    shapes = None if like is None else like.section(at).topology

    def solved(filled: bool, count: int) -> Modes:
        section = diode.section(wavelength, filled=filled, topology=shapes)
        with warnings.catch_warnings():
            # the last hybrid modes stand for what is radiated, and reach the walls; `captured` tells of them
            warnings.simplefilter("ignore", WindowWarning)
            return waveguides.solve(
                section, wavelength, count, mirrors=("left",), magnetic=magnetic, resolution=resolution
            )

    return launched(solved(False, 1), solved(True, num_modes))


def launched(guide: Modes, hybrid: Modes) -> Excited:
    """The same from modes that are there: the first of `guide`, and `hybrid` on the same grid."""
    area, own, coming = hybrid.grid.area, hybrid.fields, guide.fields
    e, h, e0, h0 = own.E, own.H, coming.E[0], coming.H[0]

    def flux(a: Array, b: Array) -> Array:
        return jnp.sum((a[..., 0, :, :] * b[..., 1, :, :] - a[..., 1, :, :] * b[..., 0, :, :]) * area, axis=(-2, -1))

    amplitude = (flux(e0, h) + flux(e, h0)) / (2 * flux(e, h))
    # the half that is solved carries 1 W of the guide's mode, so shares come out whole
    points = hybrid.order + 1
    loss = jnp.repeat(jnp.repeat(_imaginary(hybrid), points, axis=0), points, axis=1)
    k0 = 2 * jnp.pi / hybrid.wavelength

    def taken(inside: Any) -> Array:
        return k0 / (2 * Z0) * jnp.einsum("mixy,nixy,ixy,xy->mn", e, e.conj(), jnp.moveaxis(loss, -1, 0), area * inside)

    names = np.asarray([name == "germanium" for name in hybrid.names])[hybrid.regions]
    inside = np.repeat(np.repeat(names, points, axis=0), points, axis=1)

    def spread(axis: int) -> tuple[Array, Array]:
        """Density along one axis: what every column (row) takes, over its width; upright walls."""
        place = jnp.mean(hybrid.grid.x if axis == 0 else hybrid.grid.y, axis=1 - axis)
        kept = np.flatnonzero(np.any(inside, axis=1 - axis))
        each = jnp.einsum("mixy,nixy,ixy,xy->mn" + "xy"[axis], e, e.conj(), jnp.moveaxis(loss, -1, 0), area * inside)
        corner = jnp.mean(hybrid.mesh.x, axis=1) if axis == 0 else hybrid.mesh.y
        width = jnp.outer(jnp.diff(corner.real), jnp.asarray(gauss(points)[1]) / 2).ravel()
        return place[kept], k0 / (2 * Z0) * (each / width)[..., kept]

    return Excited(
        hybrid.beta,
        amplitude,
        inner(own, own, area),
        taken(inside),
        taken(~inside),
        spread(0),
        spread(1),
        jnp.asarray(hybrid.wavelength),
    )


def _imaginary(modes: Modes) -> Array:
    """Im ε along x, y and z of each element, (nx, ny, 3)."""
    eps = modes.epsilon
    return jnp.imag(jnp.diagonal(eps, axis1=-2, axis2=-1) if eps.ndim == 4 else eps)


@refusing
def beer(excited: Excited, length: ArrayLike) -> Array:
    """The same without beating: each mode alone with the power that it is launched with, Σ |a_m|² P_mm (1 - exp(-αL)).

    Its α is 2 Im β: confinement times absorption, where loss is small. What textbooks do with one mode.
    """
    check_no_less("beer", "length", length, 0.0, "µm", "")
    size = jnp.asarray(length, float)[..., None]
    own = jnp.square(jnp.abs(excited.amplitude)) * jnp.diagonal(excited.power_of).real
    return jnp.sum(own * -jnp.expm1(-2 * excited.beta.imag * size), axis=-1)
