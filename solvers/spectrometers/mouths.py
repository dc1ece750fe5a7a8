"""Mouths of guides at a slab: the field of a wide guide in the plane of the film, and the Gaussian that stands for it.

A mouth of width w between media of permittivities ε and ε' has, for light of the film's TE mode (H upright),

    v = cos κx inside, cos(κw/2) exp(-γ(|x| - w/2)) beside,     κ tan(κw/2)/ε = γ/ε',     κ² + γ² = k²(ε - ε'),

with ∫ v²/ε as its power (A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 12). The Gaussian has the mode's
(∫v)²/∫v²: the light that it takes of an even field, and its height in the middle of the far field, are the mode's, and
with them how fast the overlap falls where an image moves (2 % apart).
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.spectrometers.stars import Field, Gaussian

_HALVINGS = 60


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Mouth:
    """A wide guide's fundamental mode."""

    width: Any  #: w [µm]
    kappa: Any  #: [1/µm]
    gamma: Any  #: [1/µm]
    ratio: Any  #: ε/ε'

    @property
    def _parts(self) -> tuple[Array, Array, Array]:
        """∫v, ∫v² weighted by 1/ε in units of the core's, and cos(κw/2)."""
        half = jnp.asarray(self.width) / 2
        edge = jnp.cos(self.kappa * half)
        whole = 2 * jnp.sin(self.kappa * half) / self.kappa + 2 * edge / self.gamma
        power = half + jnp.sin(2 * self.kappa * half) / (2 * self.kappa) + self.ratio * jnp.square(edge) / self.gamma
        return whole, power, edge

    @property
    def gaussian(self) -> Gaussian:
        """r = (∫v)²/(√2π ∫v²)."""
        whole, power, _ = self._parts
        return Gaussian(jnp.square(whole) / (power * np.sqrt(2 * np.pi)))

    def field(self, count: int = 97, reach: float = 1.0) -> Field:
        """v at even places, to so much [µm] beside the guide."""
        half = jnp.asarray(self.width) / 2
        x = (half + reach) * jnp.linspace(-1.0, 1.0, count)
        beside = jnp.cos(self.kappa * half) * jnp.exp(-self.gamma * jnp.maximum(jnp.abs(x) - half, 0.0))
        return Field(x, jnp.where(jnp.abs(x) < half, jnp.cos(self.kappa * x), beside))


@jax.jit
def _solved(width: Array, core: Array, beside: Array, wavelength: Array) -> Mouth:
    half, ratio = width / 2, core / beside
    v = 2 * jnp.pi / wavelength * half * jnp.sqrt(core - beside)

    def miss(u: Array, v: Array, ratio: Array) -> Array:
        """u sin u - (ε/ε') w cos u, rising from below 0 to above on (0, π/2)."""
        return u * jnp.sin(u) - ratio * jnp.sqrt(jnp.maximum(v**2 - u**2, 1e-30)) * jnp.cos(u)

    fixed = jax.lax.stop_gradient((v, ratio))
    top = jnp.minimum(jnp.pi / 2, fixed[0])

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low + high) / 2
        above = miss(middle, *fixed) > 0
        return jnp.where(above, low, middle), jnp.where(above, middle, high)

    root = jax.lax.stop_gradient(jax.lax.fori_loop(0, _HALVINGS, halve, (0 * top, top))[1])
    # one step of Newton's from the root itself: nothing in value, and the derivative of the implicit function
    u = root - miss(root, v, ratio) / jax.lax.stop_gradient(jax.grad(miss)(root, v, ratio))
    return Mouth(width, u / half, jnp.sqrt(v**2 - u**2) / half, ratio)


def mouth(width: ArrayLike, core: ArrayLike, beside: ArrayLike, wavelength: ArrayLike) -> Mouth:
    """The fundamental mode of a guide in the plane.

    Args:
        width: of the guide [µm].
        core: permittivity of the slab, and of the guide.
        beside: permittivity beside the guide.
        wavelength: in vacuum [µm].
    """
    check_between("mouth", "width", width, 0.0, np.inf, "µm", "")
    check_no_less("mouth", "beside", beside, 1.0, "", "It is a permittivity.")
    if known(core) and known(beside) and not np.all(np.asarray(core) > np.asarray(beside)):
        raise ValueError(f"mouth: core = {core} and beside = {beside}: light is in the denser medium. Exchange them.")
    check_between("mouth", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    given = (jnp.asarray(one, float) for one in (width, core, beside, wavelength))
    return _solved(*given)
