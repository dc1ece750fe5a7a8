"""How a refractive index follows wavelength: the nine formulas of refractiveindex.info, oscillators, tables.

Every model is a frozen, hashable value (coefficients in tuples), so that a material can be a static argument of
`jit`; calling it is pure JAX, differentiable in the wavelength. Wavelengths in vacuum [µm], photon energies [eV];
exp(-iωt), so absorption is Im(n) > 0.
Formulas: M. N. Polyanskiy, Sci. Data 11, 94 (2024), doi:10.1038/s41597-023-02898-2, and the database's own
`doc/Dispersion formulas.pdf`; oscillators: A. D. Rakić et al., Appl. Opt. 37, 5271 (1998), doi:10.1364/AO.37.005271.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.solvers.materials.errors import MaterialError
from lingnan.solvers.tracing import marked

EV_UM = 1.239841984332  #: h c / e [eV µm], exact in the SI of 2019 to the digits given


@runtime_checkable
class Dispersion(Protocol):
    """A refractive index as a function of wavelength."""

    @property
    def lossy(self) -> bool:
        """Is the index complex?"""
        ...

    def index(self, wavelength: Array) -> Array:
        """Refractive index, elementwise; complex where `lossy`."""
        ...


def real_root(square: Array) -> Array:
    """Square root of a lossless n², and 0 with a zero slope where a formula has run past its pole: never NaN."""
    fine = square > 0
    return jnp.where(fine, jnp.sqrt(jnp.where(fine, square, 1.0)), 0.0)


@dataclass(frozen=True)
class Formula:
    """Formula 1 to 9 of refractiveindex.info with its coefficients c1, c2, … in the database's order."""

    number: int
    coefficients: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.number not in _FORMULAS:
            raise MaterialError(f"formula {self.number}: refractiveindex.info has formulas 1 to 9. Give one of them.")
        if not self.coefficients or not np.all(np.isfinite(self.coefficients)):
            raise MaterialError(
                f"formula {self.number}: coefficients {self.coefficients} are not one or more finite numbers. "
                "Write c1, c2, … in the order of refractiveindex.info."
            )
        _, most = _FORMULAS[self.number]
        if len(self.coefficients) > most:
            raise MaterialError(
                f"formula {self.number}: {len(self.coefficients)} coefficients, and it takes at most {most}. "
                "Count them against refractiveindex.info."
            )

    @property
    def lossy(self) -> bool:
        return False

    def index(self, wavelength: Array) -> Array:
        formula, _ = _FORMULAS[self.number]
        return formula(wavelength, self.coefficients)


def _pairs(c: tuple[float, ...], start: int = 1) -> list[tuple[float, float]]:
    whole = (*c, 0.0) if (len(c) - start) % 2 else c
    return [(whole[i], whole[i + 1]) for i in range(start, len(whole), 2)]


def _power(wavelength: Array, exponent: float) -> Array:
    # an integer power is exact and has a derivative at every wavelength
    return wavelength ** int(exponent) if float(exponent).is_integer() else wavelength**exponent


def _sellmeier(wavelength: Array, c: tuple[float, ...]) -> Array:
    square = wavelength**2
    return real_root(sum((b * square / (square - a**2) for b, a in _pairs(c)), 1 + c[0] + 0 * wavelength))


def _sellmeier_2(wavelength: Array, c: tuple[float, ...]) -> Array:
    square = wavelength**2
    return real_root(sum((b * square / (square - a) for b, a in _pairs(c)), 1 + c[0] + 0 * wavelength))


def _polynomial(wavelength: Array, c: tuple[float, ...]) -> Array:
    return real_root(c[0] + sum(b * _power(wavelength, p) for b, p in _pairs(c)) + 0 * wavelength)


def _rii(wavelength: Array, c: tuple[float, ...]) -> Array:
    poles = (*c[1:9], *([0.0] * (9 - len(c[:9]))))
    total = c[0] + 0 * wavelength
    for b, p, a, q in (poles[:4], poles[4:]):
        if b:  # a missing term is all zeros, and 0**0 would shift the pole
            total += b * _power(wavelength, p) / (wavelength**2 - a**q)
    return real_root(total + sum(b * _power(wavelength, p) for b, p in _pairs(c[9:], 0)))


def _cauchy(wavelength: Array, c: tuple[float, ...]) -> Array:
    return c[0] + sum(b * _power(wavelength, p) for b, p in _pairs(c)) + 0 * wavelength


def _gases(wavelength: Array, c: tuple[float, ...]) -> Array:
    return sum((b / (a - wavelength**-2) for b, a in _pairs(c)), 1 + c[0] + 0 * wavelength)


def _herzberger(wavelength: Array, c: tuple[float, ...]) -> Array:
    whole = (*c, *([0.0] * (6 - len(c))))
    pole = 1 / (wavelength**2 - 0.028)
    even = sum(a * wavelength ** (2 * k) for k, a in enumerate(whole[3:], 1))
    return whole[0] + whole[1] * pole + whole[2] * pole**2 + even


def _retro(wavelength: Array, c: tuple[float, ...]) -> Array:
    whole = (*c, *([0.0] * (4 - len(c))))
    square = wavelength**2
    ratio = whole[0] + whole[1] * square / (square - whole[2]) + whole[3] * square  # (n² - 1) / (n² + 2)
    return real_root((1 + 2 * ratio) / (1 - ratio))


def _exotic(wavelength: Array, c: tuple[float, ...]) -> Array:
    whole = (*c, *([0.0] * (6 - len(c))))
    shift = wavelength - whole[4]
    resonance = whole[3] * shift / (shift**2 + whole[5]) if whole[3] else 0.0
    return real_root(whole[0] + whole[1] / (wavelength**2 - whole[2]) + resonance)


#: number -> (formula, most coefficients that it takes)
_FORMULAS: dict[int, tuple[Callable[[Array, tuple[float, ...]], Array], int]] = {
    1: (_sellmeier, 17),
    2: (_sellmeier_2, 17),
    3: (_polynomial, 17),
    4: (_rii, 17),
    5: (_cauchy, 11),
    6: (_gases, 11),
    7: (_herzberger, 6),
    8: (_retro, 4),
    9: (_exotic, 6),
}


@dataclass(frozen=True)
class Oscillators:
    """Drude electrons and Lorentz oscillators, eq. 1-3 of Rakić 1998.

    ε = 1 - f0 ωp² / (ω (ω + i Γ0)) + Σ f_j ωp² / (ω_j² - ω² - i ω Γ_j), all energies in eV. Rakić's ε of the free
    electrons has the same sign of time, exp(-iωt).
    """

    plasma: float  #: ħωp [eV]
    drude: tuple[float, float]  #: strength f0, damping ħΓ0 [eV]
    lorentz: tuple[tuple[float, float, float], ...]  #: strength f_j, damping ħΓ_j [eV], position ħω_j [eV]

    @property
    def lossy(self) -> bool:
        return True

    def index(self, wavelength: Array) -> Array:
        energy = EV_UM / wavelength
        strength, damping = self.drude
        total = 1 - strength * self.plasma**2 / (energy * (energy + 1j * damping))
        for strength, damping, position in self.lorentz:
            total += strength * self.plasma**2 / (position**2 - energy**2 - 1j * energy * damping)
        return jnp.sqrt(total)  # Im ε > 0: the principal root is the decaying wave


@dataclass(frozen=True)
class Table:
    """Values at wavelengths, joined by monotone cubics (C¹: the group index has no steps, and no value overshoots).

    Beyond its ends a table goes on along its last tangent: finite, and only for who asked to extrapolate.
    """

    wavelength: tuple[float, ...]  #: increasing [µm]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        grid, values = np.asarray(self.wavelength, float), np.asarray(self.values, float)
        if grid.shape != values.shape or grid.ndim != 1 or grid.size < 2:
            raise MaterialError(
                f"table: {grid.size} wavelengths and {values.size} values. Give two or more of each, as many of one as "
                "of the other."
            )
        if not (np.all(np.isfinite(grid)) and np.all(np.isfinite(values))):
            raise MaterialError("table: a wavelength or a value is not a finite number. Remove that row.")
        if not np.all(np.diff(grid) > 0):
            row = int(np.argmin(np.diff(grid) > 0))
            raise MaterialError(
                f"table: wavelengths must increase, and {grid[row + 1]} µm follows {grid[row]} µm. Sort the rows and "
                "keep one of equal ones."
            )

    def __call__(self, wavelength: Array) -> Array:
        """Interpolated value, elementwise."""
        x, y = np.asarray(self.wavelength), np.asarray(self.values)
        slopes = monotone_slopes(x, y)
        inside = jnp.clip(wavelength, x[0], x[-1])
        i = jnp.clip(jnp.searchsorted(x, inside, side="right") - 1, 0, len(x) - 2)
        grid, value, slope = jnp.asarray(x), jnp.asarray(y), jnp.asarray(slopes)
        h = grid[i + 1] - grid[i]
        t = (inside - grid[i]) / h
        hermite = (
            (1 + 2 * t) * (1 - t) ** 2 * value[i]
            + t * (1 - t) ** 2 * h * slope[i]
            + t**2 * (3 - 2 * t) * value[i + 1]
            + t**2 * (t - 1) * h * slope[i + 1]
        )
        tangent = jnp.where(wavelength < x[0], slopes[0], slopes[-1])
        return hermite + tangent * (wavelength - inside)


def monotone_slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Slopes at the knots for a cubic without overshoot: F. N. Fritsch and J. Butland, doi:10.1137/0905021."""
    h, d = np.diff(x), np.diff(y) / np.diff(x)
    if len(x) == 2:
        return np.array([d[0], d[0]])
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = d[:-1] * d[1:] > 0
    safe = np.where(same, d[:-1], 1.0), np.where(same, d[1:], 1.0)
    inner = np.where(same, (w1 + w2) / (w1 / safe[0] + w2 / safe[1]), 0.0)

    def end(h0: float, h1: float, d0: float, d1: float) -> float:
        slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
        if slope * d0 <= 0:
            return 0.0
        return 3 * d0 if d0 * d1 <= 0 and abs(slope) > 3 * abs(d0) else slope

    return np.array([end(h[0], h[1], d[0], d[1]), *inner, end(h[-1], h[-2], d[-1], d[-2])])


@dataclass(frozen=True)
class Tabulated:
    """A refractive index from a table, and perhaps an extinction coefficient from another one."""

    n: Table
    k: Table | None = None

    @property
    def lossy(self) -> bool:
        return self.k is not None

    def index(self, wavelength: Array) -> Array:
        return self.n(wavelength) + (0 if self.k is None else 1j * self.k(wavelength))


@dataclass(frozen=True)
class WithAbsorption:
    """A real index with an extinction coefficient beside it."""

    real: Dispersion
    k: Table

    @property
    def lossy(self) -> bool:
        return True

    def index(self, wavelength: Array) -> Array:
        return self.real.index(wavelength) + 1j * self.k(wavelength)


@dataclass(frozen=True)
class Constant:
    """One refractive index at all wavelengths."""

    value: complex

    @property
    def lossy(self) -> bool:
        return self.value.imag != 0

    def index(self, wavelength: Array) -> Array:
        return (self.value if self.lossy else self.value.real) + 0 * wavelength


@dataclass(frozen=True)
class Function:
    """Any JAX function of the wavelength [µm] that gives the refractive index."""

    function: Callable[[ArrayLike], Array]
    lossy: bool = False

    def index(self, wavelength: Array) -> Array:
        value = jnp.asarray(self.function(wavelength)) + 0 * wavelength
        fine = jnp.isfinite(value)
        said = "own function: n = {n:g} at wavelength = {wave:g} µm is not finite. Mend it, or give its range."
        if isinstance(fine, Tracer):
            return value * marked(fine, said, n=value.real, wave=wavelength)
        if not np.all(fine):
            first = int(np.argmin(np.ravel(fine)))
            n, wave = (np.ravel(lax.stop_gradient(one))[first] for one in (value.real, wavelength))
            raise MaterialError(said.format(n=n, wave=wave))
        return value
