"""What a region is made of, as numbers that may be traced or as the name of a material."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.material import Material
from lingnan.solvers.materials.optics import find
from lingnan.solvers.tracing import insist, is_traced, namespace


@jax.tree_util.register_static
@dataclass(frozen=True)
class Named:
    """An isotropic material of `lingnan.solvers.materials`."""

    material: Material


Medium = Named | Oriented | Array
#: A permittivity with principal values further apart has no inverse that is worth anything in 16 digits.
FLAT = 1e-12


def medium(given: Any) -> Medium:
    """A medium from what a user may give.

    A number is a refractive index; three numbers are principal indices along x, y and z; (3, 3) numbers are the
    relative permittivity itself, in the layout's axes x (across), y (up), z (along). Anything else is a material. What
    is traced and no medium is NaN.
    """
    if isinstance(given, (Named, Oriented)):
        return given
    if isinstance(given, (int, float, complex, np.ndarray, np.generic, list, tuple, jax.Array)):
        xp = namespace(given)
        array = xp.asarray(given)
        array = array if xp.iscomplexobj(array) else array.astype(float)
        if array.shape not in ((), (3,), (3, 3)):
            raise ValueError(
                f"medium of shape {array.shape}: give one refractive index, three principal indices along x, y, z, "
                "or a (3, 3) relative permittivity."
            )
        if not is_traced(array) and not np.all(np.isfinite(np.asarray(array))):
            raise ValueError(f"medium {given}: the refractive index must be finite. Check where the number comes from.")
        said = (
            "the real part of a refractive index is not negative, and no index is 0. Give n + ik; k > 0 absorbs, k < 0 "
            "amplifies; a permittivity goes in as a (3, 3) tensor."
        )
        if array.ndim < 2 and is_traced(array):
            fine = (jnp.real(array) >= 0) & (array != 0)
            insist(fine, f"medium with the real part {{value}}: {said}", value=jnp.real(array))
            array = xp.where(fine, array, xp.nan)
        elif array.ndim < 2 and np.any((np.real(array) < 0) | (np.asarray(array) == 0)):
            raise ValueError(f"medium {given}: {said}")
        if array.ndim == 2 and is_traced(array):
            size = lax.stop_gradient(array)
            volume = jnp.abs(jnp.dot(size[0], jnp.cross(size[1], size[2])))  # of its singular values
            fine = volume > FLAT * jnp.max(jnp.abs(size)) ** 3
            insist(fine, "medium: a permittivity that has no inverse, so that some E has no D. No ε is 0.")
            array = xp.where(fine, array, xp.nan)
        elif array.ndim == 2:
            most, *_, least = np.linalg.svd(np.asarray(array), compute_uv=False)
            if least <= FLAT * most:
                raise ValueError(
                    f"medium {given}: a permittivity that has no inverse (singular values {least:.3g} to {most:.3g}), "
                    "so that some E has no D. No ε is 0."
                )
        return array
    if not isinstance(given, (str, Material)):
        raise ValueError(
            f"medium of type {type(given).__name__}: give a refractive index, a (3, 3) permittivity, the name of a "
            "material, or what lingnan.solvers.materials makes."
        )
    found = find(given)
    return Named(found) if isinstance(found, Material) else found


def permittivity(given: Medium, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
    """Relative permittivity: (3,) when it is diagonal in x, y, z, else (3, 3).

    Args:
        given: a medium.
        wavelength: in vacuum [µm], which named materials follow.
        temperature: [K]; None leaves a material at its own reference temperature.
    """
    if isinstance(given, (Named, Oriented)):
        if is_traced(given, wavelength, temperature):
            return _permittivity(given, wavelength, temperature)
        # materials are functions in JAX, and slow where nothing is compiled: what was asked before is remembered
        key = (given, float(np.asarray(wavelength)), None if temperature is None else float(np.asarray(temperature)))
        if isinstance(given, Oriented):
            with jax.ensure_compile_time_eval():  # inside a `jit` of something else too
                return np.asarray(_permittivity(*key))  # type: ignore[return-value]
        return _remembered(*key)  # type: ignore[return-value]
    return given if given.ndim == 2 else given**2 * np.ones(3)


def _permittivity(given: "Named | Oriented", wavelength: ArrayLike, temperature: ArrayLike | None) -> Array:
    if isinstance(given, Named):
        return given.material.permittivity(wavelength, temperature) * jnp.ones(3)
    return given.permittivity(wavelength, temperature)


@lru_cache(maxsize=4096)
def _remembered(given: Named, wavelength: float, temperature: float | None) -> np.ndarray:
    with jax.ensure_compile_time_eval():  # inside a `jit` of something else too
        found = np.array(_in_one(given)(wavelength, temperature))
    found.setflags(write=False)
    return found


@lru_cache(maxsize=256)
def _in_one(given: Named) -> Callable[[float, float | None], Array]:
    """The permittivity of a material as one program: its twenty sums would be compiled one by one."""
    return jax.jit(partial(_permittivity, given))


def structured(geometry: Any) -> Any:
    """`geometry` with (3, 3) permittivities that are diagonal turned into three principal indices, where that is known.

    A medium without ε_xz and ε_yz costs a third of one with them.
    """
    media = tuple(_principal(m) for m in geometry.media)
    return replace(geometry, media=media)


def _principal(given: Medium) -> Medium:
    if isinstance(given, (Named, Oriented)) or given.ndim != 2 or is_traced(given):
        return given
    value = np.asarray(given)
    diagonal = np.diag(value)
    if np.any(value - np.diag(diagonal)) or np.any(np.iscomplexobj(value)) or np.any(np.real(diagonal) <= 0):
        return given
    return np.sqrt(diagonal)  # type: ignore[return-value]


def unchecked(given: Medium) -> Medium:
    """The same medium, answering outside its material's ranges: for what has been checked, or marked, once."""
    if isinstance(given, Named):
        return Named(given.material.extrapolated())
    return given.extrapolated() if isinstance(given, Oriented) else given


def mark(media: Sequence[Medium], wavelength: ArrayLike, temperature: ArrayLike | None) -> Array | float:
    """1, or NaN with a warning where a named material was not measured at this wavelength or temperature."""
    factor: Array | float = 1.0
    for m in dict.fromkeys(m.material for m in media if isinstance(m, (Named, Oriented))):
        factor = factor * m.mark(wavelength, temperature)
    return factor


def check(media: Sequence[Medium], wavelength: ArrayLike, temperature: ArrayLike | None) -> None:
    """Raise `MaterialRangeError` when a named material was not measured at this wavelength or temperature."""
    for m in media:
        if isinstance(m, (Named, Oriented)):
            m.material.check(wavelength, temperature)


def temperatures(media: Sequence[Medium]) -> tuple[float, float]:
    """Between which all named materials were measured [K]."""
    ranges = [m.material.temperatures for m in media if isinstance(m, (Named, Oriented))]
    return max((low for low, _ in ranges), default=0.0), min((high for _, high in ranges), default=float("inf"))
