"""Slab couplers in which a guide on one arc lights the guides on the other, a focal length away.

In the paraxial limit the field on the far arc is the Fourier transform of that on the near one, and a guide there
takes its overlap with it (M. K. Smit and C. van Dam, IEEE J. Sel. Top. Quantum Electron. 2, 236 (1996),
doi:10.1109/2944.577370; P. Muñoz, D. Pastor and J. Capmany, J. Lightwave Technol. 20, 661 (2002),
doi:10.1109/50.996587; cited from memory, derived here). With s = λR/n_slab,

    U(x) = s^(-1/2) ∫ u(x') exp(-2πi x x'/s) dx',     c = ∫ U(x) v(x - p) dx.

Reflection, the coupling of guides where they meet the slab and aberrations are not in it.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Gaussian:
    """Field exp(-x²/r²) at the mouth of a guide."""

    radius: Any  #: r, of the field's 1/e [µm]

    def __post_init__(self) -> None:
        check_between("Gaussian", "radius", self.radius, 0.0, np.inf, "µm", "")

    def sampled(self, count: int = 97, reach: float = 5.0) -> "Field":
        """The same as numbers, to `reach` radii."""
        x = jnp.asarray(self.radius) * jnp.linspace(-reach, reach, count)
        return Field(x, jnp.exp(-jnp.square(x / self.radius)))


@tree
@dataclass(frozen=True)
class Field:
    """Field that a guide sends out at its mouth, at places of even spacing, nothing at both ends; of any height.

    What it takes of a field is that times its own, not conjugated: what it sends is what comes back the same way.
    """

    x: Any  #: from the guide's middle [µm], (K,)
    value: Any  #: (K,)

    def __post_init__(self) -> None:
        if not (known(self.x) and known(self.value)):
            return
        x = np.asarray(self.x, float)
        if x.ndim != 1 or x.size < 3 or np.shape(self.value) != x.shape:
            raise ValueError(
                f"Field: x of shape {np.shape(x)} and value of shape {np.shape(self.value)}: one line of three places "
                "or more, and a value at each."
            )
        steps = np.diff(x)
        if not (np.all(steps > 0) and np.ptp(steps) <= 1e-6 * np.mean(steps)):
            raise ValueError(
                f"Field: steps of {np.min(steps):g} to {np.max(steps):g} µm: x must rise evenly. Interpolate first."
            )

    @property
    def step(self) -> Any:
        """[µm]."""
        return self.x[1] - self.x[0]

    @property
    def unit(self) -> Array:
        """Values with a power of one."""
        value = jnp.asarray(self.value)
        return value / jnp.sqrt(jnp.sum(jnp.square(jnp.abs(value))) * self.step)


Mode = Gaussian | Field


def far_radius(mode: Gaussian, scale: ArrayLike) -> Array:
    """1/e radius of the field on the far arc, s/(π r) [µm]."""
    return jnp.asarray(scale) / (jnp.pi * jnp.asarray(mode.radius))


def _between_gaussians(near: Gaussian, arm: Gaussian, offset: Array, place: Array, scale: Array) -> Array:
    wide, narrow = far_radius(near, scale), jnp.asarray(arm.radius)
    both = wide**2 + narrow**2
    tilt = jnp.pi * offset[:, None] / scale
    fall = (jnp.square(place) + jnp.square(tilt * wide * narrow)) / both
    return jnp.sqrt(2 * wide * narrow / both) * jnp.exp(-fall - 2j * tilt * place * wide**2 / both)


def _between_fields(near: Field, arm: Field, offset: Array, place: Array, scale: Array) -> Array:
    at = place[:, None] + arm.x  # (M, J)
    turns = jnp.exp(-2j * jnp.pi / scale * at[..., None] * near.x)  # (M, J, K)
    far = jnp.einsum("mjk,k->mj", turns, near.unit) * near.step / jnp.sqrt(scale)
    tilt = -2j * jnp.pi * offset / scale
    taken = jnp.einsum("mj,qj->qm", far * arm.unit, jnp.exp(tilt[:, None] * arm.x)) * arm.step
    return taken * jnp.exp(tilt[:, None] * place)


def coupled(near: Mode, arm: Mode, offset: ArrayLike, place: ArrayLike, scale: ArrayLike) -> Array:
    """Amplitudes from guides on one arc to guides on the other, (Q, M).

    Args:
        near: mode of the first ones.
        arm: mode of the others.
        offset: of the first ones along their arc [µm], (Q,).
        place: of the others along theirs [µm], (M,).
        scale: λR/n_slab [µm²].
    """
    x, p, s = (jnp.atleast_1d(jnp.asarray(offset, float)), jnp.asarray(place, float), jnp.asarray(scale, float))
    if isinstance(near, Gaussian) and isinstance(arm, Gaussian):
        return _between_gaussians(near, arm, x, p, s)
    one, other = (mode.sampled() if isinstance(mode, Gaussian) else mode for mode in (near, arm))
    return _between_fields(one, other, x, p, s)
