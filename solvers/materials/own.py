"""Own materials: constants, Sellmeier formulas, tables, JAX functions, mixtures."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.materials.dispersion import (
    Constant,
    Dispersion,
    Formula,
    Function,
    Table,
    Tabulated,
)
from lingnan.solvers.materials.errors import MaterialError, did_you_mean
from lingnan.solvers.materials.library import get
from lingnan.solvers.materials.material import Axis, Material
from lingnan.solvers.materials.thermal import Linear

EVERYWHERE = (0.0, float("inf"))


def _made(name: str, index: Dispersion, source: str, wavelengths: tuple[float, float], dn_dt: float | None) -> Material:
    return Material(name, (Axis(index, None if dn_dt is None else Linear(dn_dt)),), source, wavelengths)


def constant(n: complex, name: str = "constant", *, dn_dt: float | None = None, source: str = "given") -> Material:
    """One refractive index at all wavelengths; complex with Im > 0 when it absorbs. `dn_dt` [1/K] about 293.15 K."""
    value = complex(n)
    if not np.isfinite(value) or value.imag < 0:
        raise MaterialError(f"constant: n = {n}: it must be finite, with Im(n) >= 0 for loss (time goes as exp(-iωt)).")
    return _made(name, Constant(value), source, EVERYWHERE, dn_dt)


def sellmeier(
    terms: Sequence[tuple[float, float]],
    name: str = "sellmeier",
    *,
    wavelengths: tuple[float, float] = EVERYWHERE,
    squared: bool = False,
    dn_dt: float | None = None,
    source: str = "given",
) -> Material:
    """n² = 1 + Σ B λ²/(λ² - C²) with λ and C in µm.

    Args:
        terms: pairs (B, C).
        name: for messages.
        wavelengths: range of validity [µm].
        squared: the second number of each pair is C² already.
        dn_dt: thermo-optic coefficient [1/K].
        source: for messages.
    """
    numbers = (0.0, *(float(v) for term in terms for v in term))
    return _made(name, Formula(2 if squared else 1, numbers), source, wavelengths, dn_dt)


def tabulated(
    wavelength: ArrayLike,
    n: ArrayLike,
    k: ArrayLike | None = None,
    name: str = "table",
    *,
    dn_dt: float | None = None,
    source: str = "given",
) -> Material:
    """A table of n, and k, at wavelengths [µm] that increase; monotone cubics between the rows."""
    wave, real = (tuple(float(v) for v in np.asarray(a).ravel()) for a in (wavelength, n))
    if k is not None and np.any(np.asarray(k) < 0):
        raise MaterialError(f"{name}: k = {float(np.asarray(k).min())} is gain. Losses have k > 0 here, exp(-iωt).")
    loss = None if k is None else Table(wave, tuple(float(v) for v in np.asarray(k).ravel()))
    return _made(name, Tabulated(Table(wave, real), loss), source, (wave[0], wave[-1]), dn_dt)


def function(
    index: Callable[[ArrayLike], Array],
    name: str = "function",
    *,
    lossy: bool = False,
    wavelengths: tuple[float, float] = EVERYWHERE,
    dn_dt: float | None = None,
    source: str = "given",
) -> Material:
    """Any JAX function of the wavelength [µm] that returns the refractive index; `lossy` when that is complex.

    Raises:
        MaterialError: JAX cannot trace it, or it gives anything but one number, or a complex one without `lossy`.
    """
    if not callable(index):
        raise MaterialError(
            f"function: index = {index!r} and name = {name!r}: the first must be a function of the wavelength [µm], "
            'the second a name. Give such as materials.function(lambda wave: 1.45 - 0.01 * wave, "mine").'
        )
    try:
        answer = jax.eval_shape(lambda wave: jnp.asarray(index(wave)), jax.ShapeDtypeStruct((), float))
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        said = (str(error) or "without a word").splitlines()[0]
        raise MaterialError(
            f"function: {name} cannot be traced by JAX ({type(error).__name__}: {said}). "
            "Write it with jax.numpy, without float(), numpy or an if on the wavelength."
        ) from error
    if answer.shape or (jnp.issubdtype(answer.dtype, jnp.complexfloating) and not lossy):
        what = f"an array of shape {answer.shape}" if answer.shape else "a complex number"
        raise MaterialError(
            f"function: {name} gives {what} for one wavelength. It must give one real number, or a complex one with "
            "lossy=True."
        )
    return _made(name, Function(index, lossy), source, wavelengths, dn_dt)


#: Δn of water per per cent by mass of solute at 0.589 µm and 293 K, and up to where it is a straight line to 2 %.
SOLUTES = {
    "glucose": (1.44e-3, 12.0, "CRC Handbook of Chemistry and Physics, concentrative properties: D-glucose, 1 to 10 %"),
    "NaCl": (
        1.76e-3,
        20.0,
        "CRC Handbook of Chemistry and Physics, concentrative properties: sodium chloride, 1 to 20 %",
    ),
}


def solution(solute: str, mass_percent: float) -> Material:
    """Glucose or NaCl in water: the water with its dispersion and absorption, and the solute's index increment.

    The increment is that at 0.589 µm; at 1.55 µm it is a few per cent smaller, which is left out.
    """
    words = {name.casefold(): name for name in SOLUTES}
    if solute.casefold() not in words:
        raise MaterialError(f"solution: {solute!r} is unknown. {did_you_mean(solute, SOLUTES)}")
    slope, most, source = SOLUTES[words[solute.casefold()]]
    if not 0 <= mass_percent <= most:
        raise MaterialError(
            f"solution: mass_percent = {mass_percent} of {solute} is outside 0 to {most} % ({source}), where the index "
            "rises in a straight line. Give a table of your own beyond it: materials.tabulated."
        )
    water = get("water")
    axis = water.axes[0]
    mixed = Axis(Shifted(axis.index, slope * mass_percent), axis.thermal)
    name = f"{mass_percent:g} % {solute} in water"
    return Material(
        name, (mixed,), f"{water.source}; {source}", water.wavelengths, water.temperature, water.temperatures
    )


def silicon_germanium(x: float) -> Material:
    """Si(1-x)Ge(x), relaxed, 300 K, 1.2 to 6 µm, x up to 0.5: silicon's index plus 0.37 x + 0.22 x².

    The increment is that of long waves (F. Schäffler in Properties of Advanced Semiconductor Materials, 2001, p. 149);
    near the absorption edge the real one is up to 10 % larger. Absorption is left out.
    """
    if not 0 <= x <= 0.5:
        raise MaterialError(
            f"silicon_germanium: x = {x} is outside 0 to 0.5, where the alloy is silicon-like. Use Ge beyond."
        )
    silicon = get("Si")
    axis = silicon.axes[0]
    mixed = Axis(Shifted(axis.index, 0.37 * x + 0.22 * x**2), axis.thermal)
    source = f"{silicon.source}; F. Schäffler in Properties of Advanced Semiconductor Materials (2001), p. 149"
    return Material(f"Si{1 - x:g}Ge{x:g}", (mixed,), source, (1.2, 6.0), silicon.temperature, silicon.temperatures)


def shifted(material: str | Material, by: float) -> Material:
    """A material whose refractive index is moved by a constant at all wavelengths: what a film does to a bulk value."""
    found = get(material)
    axes = tuple(Axis(Shifted(axis.index, by), axis.thermal) for axis in found.axes)
    return replace(found, name=f"{found.name}{by:+g}", axes=axes)


class Shifted:
    """A dispersion moved up by a constant."""

    def __init__(self, base: Dispersion, by: float) -> None:
        self.base, self.by = base, by

    @property
    def lossy(self) -> bool:
        """Is the index complex?"""
        return self.base.lossy

    def index(self, wavelength: Array) -> Array:
        """The index of the base and the shift."""
        return self.base.index(wavelength) + jnp.asarray(self.by)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shifted) and (self.base, self.by) == (other.base, other.by)

    def __hash__(self) -> int:
        return hash((self.base, self.by))
