"""A material: refractive index by wavelength and temperature along its axes, and its other numbers with their sources.

Wavelength in vacuum [µm], temperature [K]. A material is frozen and hashable, a static argument of `jit`; what it
computes is pure JAX, differentiable in wavelength and temperature. Outside its ranges it raises `MaterialRangeError`
where the numbers are known; while JAX traces they are not, and then the answer is NaN there, with a warning, or an
exception again inside `solvers.tracing.checked`. `Material.inside` tells, as an array, whether numbers lie in range.
"""

from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.solvers.materials.dispersion import Dispersion
from lingnan.solvers.materials.errors import MaterialError, MaterialRangeError
from lingnan.solvers.materials.thermal import Thermal
from lingnan.solvers.tracing import literal, marked


@dataclass(frozen=True)
class Property:
    """A number of a material, or one for each of its crystal axes, with its unit and source."""

    value: tuple[float, ...]
    unit: str
    source: str


@dataclass(frozen=True)
class Axis:
    """The refractive index for light polarised along one axis."""

    index: Dispersion
    thermal: Thermal | None = None


@dataclass(frozen=True)
class Material:
    """An isotropic material (one axis) or a uniaxial crystal (ordinary and extraordinary axis)."""

    name: str
    axes: tuple[Axis, ...]
    source: str
    wavelengths: tuple[float, float] = (0.0, float("inf"))  #: where it was measured [µm]
    temperature: float = 293.15  #: at which `axes[k].index` holds [K]
    temperatures: tuple[float, float] = (0.0, float("inf"))  #: [K]
    description: str = ""
    properties: tuple[tuple[str, Property], ...] = ()
    extrapolate: bool = False  #: answer outside the ranges too

    @property
    def uniaxial(self) -> bool:
        """Does it have an ordinary and an extraordinary index?"""
        return len(self.axes) == 2

    def extrapolated(self) -> "Material":
        """The same material, answering outside its ranges too: formulas run on, tables go on along their tangents."""
        return replace(self, extrapolate=True)

    # --- refractive index

    def n(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Refractive index of an isotropic material, shaped like `wavelength`; complex when it absorbs."""
        if self.uniaxial:
            raise MaterialError(
                f"{self.name} has two refractive indices. Ask for n_o or n_e, or for permittivity of a cut: "
                f'materials.cut("{self.name}", "x").'
            )
        return self._along(0, wavelength, temperature)

    def n_o(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Ordinary refractive index; that of an isotropic material is its only one."""
        return self._along(0, wavelength, temperature)

    def n_e(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Extraordinary refractive index; that of an isotropic material is its only one."""
        return self._along(len(self.axes) - 1, wavelength, temperature)

    def principal(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Refractive indices along crystal X, Y, Z: shape (*wavelength.shape, 3)."""
        o, e = self.n_o(wavelength, temperature), self.n_e(wavelength, temperature)
        return jnp.stack([o, o, e], axis=-1)

    def permittivity(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Relative permittivity of an isotropic material, shaped like `wavelength`."""
        return self.n(wavelength, temperature) ** 2

    def n_g(self, wavelength: ArrayLike, temperature: ArrayLike | None = None, axis: int = 0) -> Array:
        """Group index n - λ dn/dλ along an axis (0 ordinary or only, -1 extraordinary)."""
        mark = self._mark(wavelength, temperature)
        wave = jnp.asarray(wavelength, float)

        def real(wave: Array) -> Array:
            return self._free(axis, wave, temperature).real

        n, slope = jax.jvp(real, (wave,), (jnp.ones_like(wave),))
        return (n - wave * slope) * mark

    def dn_dt(self, wavelength: ArrayLike, temperature: ArrayLike | None = None, axis: int = 0) -> Array:
        """Thermo-optic coefficient [1/K] along an axis."""
        if self.axes[axis].thermal is None:
            raise MaterialError(f"{self.name}: no thermo-optic coefficient of it is known. {_TABLE_HINT}")
        mark = self._mark(wavelength, temperature)
        at = jnp.asarray(self.temperature if temperature is None else temperature, float)
        wave = jnp.asarray(wavelength, float)
        return jax.jvp(lambda t: self._free(axis, wave, t).real, (at,), (jnp.ones_like(at),))[1] * mark

    def absorption(self, wavelength: ArrayLike, temperature: ArrayLike | None = None, axis: int = 0) -> Array:
        """Absorption coefficient 4π k/λ [1/cm]."""
        n = self._along(axis, wavelength, temperature)
        return 4e4 * jnp.pi * n.imag / jnp.asarray(wavelength)

    def _along(self, axis: int, wavelength: ArrayLike, temperature: ArrayLike | None) -> Array:
        mark = self._mark(wavelength, temperature)
        return self._free(axis, jnp.asarray(wavelength, float), temperature) * mark

    def _free(self, axis: int, wavelength: Array, temperature: ArrayLike | None) -> Array:
        """The index along an axis, unchecked."""
        if not self.axes:
            raise MaterialError(f"{self.name} has no optical data ({self.description}). {_TABLE_HINT}")
        part = self.axes[axis]
        n = part.index.index(wavelength)
        if temperature is None:
            return n
        if part.thermal is None:
            return n + 0 * jnp.asarray(temperature)  # no coefficient in print: the index at the reference temperature
        return n + part.thermal.shift(wavelength, jnp.asarray(temperature, float), self.temperature)

    # --- ranges

    def check(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> None:
        """Raise `MaterialRangeError` for known numbers outside the ranges of this material."""
        if not _traced(wavelength):
            _within(self, "wavelength", wavelength, self.wavelengths, "µm", self.extrapolate)
        if temperature is not None and not _traced(temperature):
            _within(self, "temperature", temperature, self.temperatures, "K", self.extrapolate)

    def mark(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """1 where traced numbers lie in range, else NaN with a warning; see `solvers.tracing`."""
        part: Array = jnp.ones(())
        for name, value, limits, unit in (
            ("wavelength", wavelength, self.wavelengths, "µm"),
            ("temperature", temperature, self.temperatures, "K"),
        ):
            if value is None or self.extrapolate or not _traced(value) or limits == (0.0, float("inf")):
                continue
            low, high = limits
            end = (
                f" {unit} lies outside {low:.6g} to {high:.6g} {unit}, where it was measured ({self.source}). "
                f"{_advice(self)}"
            )
            text = literal(f"{self.name}: {name} = ") + "{value:.6g}" + literal(end)
            part = part * marked(_between(value, limits), text, value=value)
        return part

    def _mark(self, wavelength: ArrayLike, temperature: ArrayLike | None) -> Array | float:
        """Check what is known, and mark what is not."""
        self.check(wavelength, temperature)
        return self.mark(wavelength, temperature) if _traced(wavelength, temperature) else 1.0

    def inside(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Whether the numbers lie in range, as an array: inside `jit` too, where `check` cannot raise."""
        fine = _between(wavelength, self.wavelengths)
        if temperature is not None:
            fine = fine & _between(temperature, self.temperatures)
        return fine | self.extrapolate

    # --- other properties

    def number(self, name: str) -> Property:
        """A number with unit and source: rf_permittivity, conductivity, resistivity_slope, heat_conductivity,
        heat_capacity, pockels, nonlinear.
        """
        known = dict(self.properties)
        if name not in known:
            has = ", ".join(known) or "none"
            raise MaterialError(f"{self.name}: {name} is not known (it has: {has}). Give the number yourself.")
        return known[name]

    @property
    def rf_permittivity(self) -> Array:
        """Relative permittivity at radio frequencies along crystal X, Y, Z: (3,)."""
        value = self.number("rf_permittivity").value
        return jnp.asarray(value if len(value) == 3 else value * 3)

    @property
    def conductivity(self) -> float:
        """Direct-current conductivity [S/m]; 0 for what is not a conductor."""
        return dict(self.properties)["conductivity"].value[0] if "conductivity" in dict(self.properties) else 0.0

    @property
    def resistivity_slope(self) -> float | None:
        """How much a metal's resistivity grows with temperature [ohm m/K]; None where nothing is known of it."""
        known = dict(self.properties)
        return known["resistivity_slope"].value[0] if "resistivity_slope" in known else None

    @property
    def heat_conductivity(self) -> Array:
        """Thermal conductivity along crystal X, Y, Z: (3,) [W/(m K)]."""
        value = self.number("heat_conductivity").value
        return jnp.asarray(value if len(value) == 3 else value * 3)

    @property
    def heat_capacity(self) -> float:
        """Of a volume: density times specific heat [J/(m³ K)]."""
        return self.number("heat_capacity").value[0]


_TABLE_HINT = "Give your own: materials.tabulated, materials.sellmeier, materials.function or materials.read_yaml."


def _between(value: ArrayLike, limits: tuple[float, float]) -> Array:
    low, high = limits
    return (jnp.asarray(value) >= low * (1 - 1e-12)) & (jnp.asarray(value) <= high * (1 + 1e-12))


def _traced(*values: object) -> bool:
    return any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(values))


def _advice(material: Material) -> str:
    """What to do outside its range: what is shipped is asked for by name, an own material is at hand."""
    from lingnan.solvers.materials import library  # which is made of materials

    shipped = material.name in library.names() and library.get(material.name).source == material.source
    way = f"materials.get({material.name!r}, extrapolate=True)" if shipped else "what its .extrapolated() gives"
    return f"Stay in range, or take {way}."


def _within(
    material: Material, quantity: str, value: ArrayLike, limits: tuple[float, float], unit: str, extrapolate: bool
) -> None:
    array = np.atleast_1d(np.asarray(value))
    if array.dtype.kind not in "iuf":  # text, None, complex numbers and truths
        raise MaterialError(f"{material.name}: {quantity} = {value!r} is no real number. Give it in {unit}.")
    if not np.all(np.isfinite(array)):
        raise MaterialError(f"{material.name}: {quantity} = {value} is not a finite number. Give it in {unit}.")
    low, high = limits
    outside = (array < low * (1 - 1e-12)) | (array > high * (1 + 1e-12))
    if extrapolate or not np.any(outside):
        return
    first = float(array[np.argmax(outside)])
    advice = _advice(material)
    if quantity == "wavelength" and low <= first / 1000 <= high:
        advice = f"Wavelengths are in µm: did you mean {first / 1000:g}?"
    if quantity == "temperature" and low <= first + 273.15 <= high and first < 200:
        advice = f"Temperatures are in K: did you mean {first + 273.15:g}?"
    raise MaterialRangeError(material.name, quantity, first, limits, unit, material.source, advice)
