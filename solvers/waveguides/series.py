"""n_eff as a power series in the wavelength where all numbers are known: group index and dispersion, not compiled.

With P(β, λ) x = 0 written as a series in δ = λ - λ₀ (A = A₀ + δ A₁ + δ² A₂, likewise x and β), each power of δ is one
equation, which its left vector solves for that of β and a system of equations for that of x; see `linalg.eigenpair`,
whose derivatives these are. Only media and the margin of an open window go through the compiler, which are functions of
JAX; matrices are sums and products of numpy (`elements.maxwell.weights`), of series as of numbers.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from lingnan.solvers.elements import maxwell, summed
from lingnan.solvers.elements.maxwell import Weights
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import EdgePencil
from lingnan.solvers.linalg import host
from lingnan.solvers.linalg.deflated import BESIDE, Frame, Matrices, refined
from lingnan.solvers.linalg.host import Walls
from lingnan.solvers.waveguides import engine, grid
from lingnan.solvers.waveguides.engine import Found, Problem

Values = NDArray[Any]


class Series:
    """Arrays of one shape, the coefficients of δ⁰, δ¹ and δ², with what `maxwell.weights` does to arrays."""

    __array_ufunc__ = None  # numpy's arrays leave products with a series to it

    def __init__(self, *parts: Any) -> None:
        self.parts: tuple[Any, ...] = tuple(np.asarray(p) for p in parts)

    @property
    def ndim(self) -> int:
        """Of each coefficient."""
        return self.parts[0].ndim

    def __getitem__(self, key: Any) -> "Series":
        return Series(*(p[key] for p in self.parts))

    def __neg__(self) -> "Series":
        return Series(*(-p for p in self.parts))

    def __add__(self, other: Any) -> "Series":
        return Series(*(a + b for a, b in zip(self.parts, _parts(other), strict=True)))

    def __sub__(self, other: Any) -> "Series":
        return self + (-1 * other)

    def __rsub__(self, other: Any) -> "Series":
        return other + (-self)

    def __mul__(self, other: Any) -> "Series":
        (a, b, c), (d, e, f) = self.parts, _parts(other)
        return Series(a * d, a * e + b * d, a * f + b * e + c * d)

    def __truediv__(self, other: Any) -> "Series":
        return self * _inverse(_parts(other))

    def __rtruediv__(self, other: Any) -> "Series":
        return _inverse(self.parts) * other

    def __pow__(self, power: int) -> "Series":
        return self if power == 1 else self * self ** (power - 1)

    __radd__, __rmul__ = __add__, __mul__


def _parts(given: Any) -> tuple[Any, ...]:
    return given.parts if isinstance(given, Series) else (given, 0.0, 0.0)


def _inverse(parts: tuple[Any, ...]) -> Series:
    a, b, c = parts
    return Series(1 / a, -b / a**2, (b**2 / a - c) / a**2)


def known(problem: Problem) -> bool:
    """Can `n_eff` be had? An absorber in a window that follows the wavelength is left to `engine`."""
    return not (problem.geometry.open and problem.plan.absorber)


def n_eff(problem: Problem, found: Found, order: int) -> Values:
    """Coefficients of δ⁰ to δ^order, at most 2, of n_eff: (order + 1, modes), complex.

    Args:
        problem: of known numbers, see `known`.
        found: its modes.
        order: the first needs sums over elements, the second a system of equations for each mode.
    """
    pencil, weights = _weights(problem)
    terms = [summed.matrices(pencil.order, _coefficient(weights, k)) for k in range(order + 1)]
    mode = _Mode(problem, pencil, terms)
    pairs = [np.asarray(a) for a in found.pairs]
    values = np.stack([mode.values(*(a[k] for a in pairs)) for k in range(len(pairs[0]))], axis=1)
    wave = float(np.asarray(problem.wavelength))
    beta = values if pencil.quadratic else _root(values, pairs[0])
    lower = np.concatenate([np.zeros_like(beta[:1]), beta[:-1]])
    return (wave * beta + lower) / (2 * np.pi)


def _root(values: Values, first: Any) -> Values:
    """The series of √q, (order + 1, modes)."""
    root = np.asarray(engine.propagation(False, first))
    found = [root]
    if len(values) > 1:
        found.append(values[1] / (2 * root))
    if len(values) > 2:
        found.append((values[2] - found[1] ** 2) / (2 * root))
    return np.stack(found)


class _Media(NamedTuple):
    """Of a problem, as functions of the wavelength."""

    epsilon: Array
    margin: Array | None  #: of an open window [µm]


def _media(problem: Problem) -> _Media:
    epsilon = engine.media_of(problem)
    margin = grid.margin(problem.geometry, epsilon, problem.wavelength) if problem.geometry.open else None
    return _Media(epsilon, margin)


@jax.jit
def _moved(problem: Problem) -> tuple[_Media, _Media, _Media]:
    """Value, first and second derivative by the wavelength."""
    one = jnp.ones_like(problem.wavelength)

    def at(wave: Array) -> _Media:
        return _media(replace(problem, wavelength=wave))

    def slope(wave: Array) -> tuple[_Media, _Media]:
        return jax.jvp(at, (wave,), (one,))

    (value, first), (_, second) = jax.jvp(slope, (problem.wavelength,), (one,))
    return value, first, second


def _weights(problem: Problem) -> tuple[EdgePencil, Weights]:
    """Weights of the elements, each of them a series."""
    plan, geometry = problem.plan, problem.geometry
    wave = jnp.asarray(problem.wavelength, float)
    value, first, second = _moved(replace(problem, wavelength=wave))
    regions = grid.discretise(geometry, plan.resolution)[1]
    epsilon = Series(*(np.asarray(e)[regions] for e in (value.epsilon, first.epsilon, second.epsilon / 2)))

    def mesh(margin: Any) -> tuple[Values, Values]:
        window = geometry if margin is None else grid.at_margin(geometry, margin)
        made = grid.stretch(grid.discretise(window, plan.resolution)[0], plan.absorber)
        return np.asarray(made.x), np.asarray(made.y)

    margins = [None if m is None else float(m) for m in (value.margin, first.margin, second.margin)]
    here = mesh(margins[0])
    moved = [np.zeros_like(a) for a in here]
    if margins[0] is not None:
        # corners are linear in the margin
        step = 1e-3 * margins[0]
        up, down = mesh(margins[0] + step), mesh(margins[0] - step)
        moved = [(a - b) / (2 * step) for a, b in zip(up, down, strict=True)]
    scale = 1.0, margins[1] or 0.0, (margins[2] or 0.0) / 2
    x, y = (Series(a, d * scale[1], d * scale[2]) for a, d in zip(here, moved, strict=True))
    pencil = EdgePencil(plan.resolution.order, here[0].shape[0] - 1, len(here[1]) - 1, epsilon.ndim == 4)
    at = float(wave)
    k0 = 2 * np.pi * Series(1 / at, -1 / at**2, 1 / at**3)
    curvature = float(np.asarray(geometry.curvature))
    corners: Any = (x, y)
    number: Any = k0
    tensor: Any = epsilon
    return pencil, maxwell.weights(pencil.element, Mesh(*corners), tensor, number, curvature)


def _coefficient(weights: Weights, k: int) -> Weights:
    return jax.tree.map(lambda s: s.parts[k] + 0 * s.parts[0], weights, is_leaf=lambda s: isinstance(s, Series))


class _Mode:
    """What the series of one mode's eigenvalue asks for."""

    def __init__(self, problem: Problem, pencil: EdgePencil, terms: list[tuple[Values, Values | None, Values]]) -> None:
        self.pencil, self.terms, self.layout = pencil, terms, pencil.layout
        magnetic = problem.plan.magnetic
        walls = Walls("left" in magnetic, ("right" in magnetic,), "bottom" in magnetic, ("top" in magnetic,))
        self.free = host.free(self.layout, walls)[0, :, 0]
        numbers = host.numbering(self.layout)
        self.order = np.empty(self.layout.size, int)
        self.order[numbers.vector] = np.arange(self.layout.size)
        self.local = self.free[numbers.elements]

    def combined(self, k: int, zero: complex, one: complex, two: complex) -> Values:
        """zero A_k + one C_k + two B_k, element by element."""
        a, c, b = self.terms[k]
        return zero * a + two * b + (0.0 if c is None else one * c)

    def product(self, matrix: Values, vector: Values) -> Values:
        """Of matrices of elements, walls minded."""
        found = host.product(self.layout, matrix[None], (vector * self.free)[None, None, :, None])[0, 0, :, 0]
        return found * self.free

    def values(self, value: Any, right: Values, left: Values) -> Values:
        """Coefficients of the eigenvalue, (order + 1,)."""
        x, y = right[self.order], left[self.order]
        quadratic = self.pencil.quadratic
        powers: Any = self.pencil.powers(value)
        slopes = (0.0, 1.0, 2 * value) if quadratic else (0.0, 0.0, 1.0)
        slope = self.product(self.combined(0, *slopes), x)
        scale = y @ slope
        found = [value]
        if len(self.terms) == 1:
            return np.asarray(found)
        pushed = self.product(self.combined(1, *powers), x)
        first = -(y @ pushed) / scale
        found.append(first)
        if len(self.terms) > 2:
            x_1 = self._solved(value, x, y / scale, slope, -pushed - first * slope)
            pushed = self.product(self.combined(2, *powers) + first * self.combined(1, *slopes), x)
            if quadratic:
                pushed = pushed + first**2 * self.product(self.combined(0, 0.0, 0.0, 1.0), x)
            pushed = pushed + self.product(self.combined(1, *powers) + first * self.combined(0, *slopes), x_1)
            found.append(-(y @ pushed) / scale)
        return np.asarray(found)

    def _solved(self, value: Any, x: Values, near: Values, slope: Values, rhs: Values) -> Values:
        """The first coefficient of the vector: P u = rhs, without a part along x."""

        def elements(at: Any) -> Values:
            powers: Any = self.pencil.powers(at)
            held = (1 - self.local)[..., None] * np.eye(self.local.shape[-1])
            return self.combined(0, *powers) * self.local[..., :, None] * self.local[..., None, :] + held

        matrices = Matrices(elements(value), elements(value * BESIDE), self.pencil.symmetric)
        frame = Frame(*(v[:, None] for v in (near, x, slope, x.conj() / np.vdot(x, x))))
        return refined(self.layout, matrices, frame, rhs[:, None])[:, 0]
