"""Weak grating antennas: grooves of a shallow etch that reach only so far into a wide guide from both of its sides.

A grating that is etched across the whole guide sends its light out within micrometres. Where grooves take but a part
of the lateral profile of the guide's mode, what radiates is the mode under the grooves alone. Its field there is
E_y ~ cos(κy) and, a quarter wave off, E_x ~ -i(κ/β) sin(κy), which is not small where the cosine is: at the walls. With
A and X(k_y) the transforms of both, real, and currents in a medium of wavenumber k (k_x = k0 sinθ along the guide),

    dP ~ [(A² + X²) k² - (k_x X + k_y A)²]/k_z dk_y,    k_z² = k² - k_x² - k_y²,

so that the decay of a grating across everything, from the grating solver, falls by the ratio of the integrals; the same
seen from above is the pattern of one antenna across. The ratio is that of a homogeneous medium (the film's own
reflections are in the solver's decay alone), and first order in the grooves. The mode is that of the effective-index
method, whose lateral problem has E across its walls. Lengths in µm.

Derived here from the far field of a current sheet (C. A. Balanis, Antenna Theory (4th ed., 2016), §12.9, whose E_y
across its plane is our current's); the lateral mode: K. Okamoto, Fundamentals of Optical Waveguides (2nd ed., 2006),
§2.1 and §2.2 (TM modes of a slab, effective index; as recalled, not read anew).
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.trees import tree

_HALVINGS, _POINTS = 50, 48


@tree
@dataclass(frozen=True)
class Grooved:
    """A guide with grooves at both sides."""

    width: Any  #: of the guide [µm]
    bite: Any  #: how far grooves reach in from either side [µm]; half the width: all across
    n_film: Any = 2.848  #: effective index of the film as a slab
    n_side: Any = 1.444  #: of what is beside the guide, above and below
    wavelength: Any = 1.55  #: [µm]

    def __post_init__(self) -> None:
        check_between("Grooved", "width", self.width, 0.0, np.inf, "µm", "")
        check_between("Grooved", "bite", self.bite, 0.0, np.inf, "µm", "")
        if known(self.width) and known(self.bite):
            half = np.asarray(self.width, float) / 2
            if np.any(np.asarray(self.bite, float) > half + 1e-9):
                raise ValueError(
                    f"Grooved: bite = {self.bite} µm is more than half the width of {self.width} µm: grooves from both "
                    "sides meet there. Give half the width for grooves across everything."
                )

    @property
    def lateral(self) -> Array:
        """Wavenumber of f = cos(κ y) [1/µm]: κ tan(κ w/2) = (n_film/n_side)² γ, κ² + γ² = k0² (n_film² - n_side²)."""
        half = jnp.asarray(self.width, float) / 2
        k0 = 2 * jnp.pi / jnp.asarray(self.wavelength, float)
        most = k0 * half * jnp.sqrt(jnp.square(self.n_film) - jnp.square(self.n_side))
        jump = jnp.square(jnp.asarray(self.n_film, float) / self.n_side)

        def rest(x: Array) -> Array:
            return x * jnp.sin(x) - jump * jnp.sqrt(jnp.maximum(most**2 - x**2, 1e-12)) * jnp.cos(x)

        def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = ends
            middle = (low + high) / 2
            below = rest(middle) < 0
            return jnp.where(below, middle, low), jnp.where(below, high, middle)

        held = jax.lax.stop_gradient
        top = jnp.minimum(jnp.pi / 2, most)
        low, high = held(jax.lax.fori_loop(0, _HALVINGS, halve, (jnp.zeros_like(top), top)))
        at = (low + high) / 2
        slope = held(jax.jvp(rest, (at,), (jnp.ones_like(at),))[1])
        return (at - rest(at) / slope) / half  # the step carries the derivative of the implicit function

    @property
    def along(self) -> Array:
        """κ/β: E_x over E_y, where both are largest."""
        k0 = 2 * jnp.pi / jnp.asarray(self.wavelength, float)
        kappa = self.lateral
        return kappa / jnp.sqrt(jnp.square(k0 * jnp.asarray(self.n_film, float)) - jnp.square(kappa))

    def transforms(self, k_y: ArrayLike) -> tuple[Array, Array]:
        """A = ∫ cos(κy) cos(k_y y) dy and X = -(κ/β) ∫ sin(κy) sin(k_y y) dy under the grooves [µm], shaped as k_y."""
        half = jnp.asarray(self.width, float) / 2
        inner, kappa, k = half - self.bite, self.lateral, jnp.asarray(k_y, float)

        def upto(y: Array) -> tuple[Array, Array]:
            apart, together = (y * jnp.sinc(q * y / jnp.pi) for q in (kappa - k, kappa + k))
            return apart + together, apart - together

        (far, far_odd), (near, near_odd) = upto(half), upto(inner)
        return far - near, -self.along * (far_odd - near_odd)

    @property
    def taken(self) -> Array:
        """Share of both fields' squares under the grooves, over E_y's inside the guide: their part in n_eff."""
        half = jnp.asarray(self.width, float) / 2
        inner, kappa, odd = half - self.bite, self.lateral, jnp.square(self.along)

        def upto(y: Array, share: ArrayLike) -> Array:
            wave = jnp.sinc(2 * kappa * y / jnp.pi)
            return y * (1 + wave + share * (1 - wave))

        return (upto(half, odd) - upto(inner, odd)) / upto(half, 0.0)

    def strength(self, sine: ArrayLike = 0.0) -> Array:
        """Decay over that of a grating across a very wide guide.

        Args:
            sine: direction cosine of the beam along the guide, in air.
        """
        check_between("Grooved", "sine", sine, -1.0, 1.0, "", "")
        k0 = 2 * jnp.pi / jnp.asarray(self.wavelength, float)
        k, along = k0 * self.n_side, k0 * jnp.asarray(sine, float)
        across = jnp.sqrt(k**2 - along**2)  # k_y = across sin φ turns dk_y/k_z into dφ
        points, weights = np.polynomial.legendre.leggauss(_POINTS)
        k_y = across * jnp.sin(jnp.pi / 2 * points)
        even, odd = self.transforms(k_y)
        square = (jnp.square(even) + jnp.square(odd)) * k**2 - jnp.square(along * odd + k_y * even)
        sent = jnp.sum(weights * square) * jnp.pi / 2
        half, kappa = jnp.asarray(self.width, float) / 2, self.lateral
        whole = half * (1 + jnp.sinc(2 * kappa * half / jnp.pi))  # ∫ f² over the guide
        return sent * across / k**2 / (2 * jnp.pi * whole)

    def element(self, u: ArrayLike) -> Array:
        """Power of one antenna by its direction cosine across, 1 straight above, for a beam near the normal along."""
        u = jnp.asarray(u, float)
        k0 = 2 * jnp.pi / jnp.asarray(self.wavelength, float)
        even, odd = self.transforms(jnp.ravel(k0 * u))
        seen = jnp.square(even) * jnp.clip(1 - jnp.square(jnp.ravel(u)), 0.0, 1.0) + jnp.square(odd)
        return jnp.reshape(seen / jnp.square(self.transforms(jnp.zeros(1))[0]), u.shape)
