"""The modes of a cross-section, and what is computed from them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import get_opaque_trace_state

from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides import engine, fields, series
from lingnan.solvers.waveguides.engine import Assembled, Found, Problem
from lingnan.solvers.waveguides.fields import Fields, Points
from lingnan.solvers.waveguides.grid import Resolution, discretise, with_window

T = TypeVar("T")


class Report(NamedTuple):
    """How a solve ended."""

    residual: Array  #: (modes,) of the eigenproblem, relative
    steps: Array  #: () times the factorised matrix was used
    wall: Array  #: (modes,) largest |E| on the walls of the window over the largest |E|


def remembered(compute: "Callable[[Modes], T]") -> "Callable[[Modes], T]":
    """A function of one `Modes` that keeps what it has computed for as long as that `Modes` lives.

    Fields cost as much as the solve when derivatives are asked for, and every measure needs them. What was computed
    inside a transformation of JAX is not known outside it, and is computed anew there.
    """

    @wraps(compute)
    def ask(modes: "Modes") -> T:
        here = get_opaque_trace_state()
        kept: dict[str, tuple[object, T]] = modes.__dict__.setdefault("_kept", {})
        if compute.__name__ not in kept or kept[compute.__name__][0] != here:
            kept[compute.__name__] = here, compute(modes)
        return kept[compute.__name__][1]

    return ask


def each(compute: "Callable[[Modes], T]") -> "Callable[[Modes], T]":
    """A function of one `Modes` that also takes a batch of them, as `jax.vmap` over `solve` returns it."""

    @wraps(compute)
    def over(modes: "Modes") -> T:
        return jax.vmap(over)(modes) if modes.n_eff.ndim > 1 else compute(modes)

    return over


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Modes:
    """`n_eff` and more of the modes found, sorted by falling n_eff; each array begins with the modes.

    Time convention exp(i β z - i ω t): a lossy mode has Im(n_eff) > 0. Fields are scaled to 1 W along z. What is not
    stored is computed when it is asked for, with derivatives, also from a batch of modes (`jax.vmap` over `solve`).
    """

    n_eff: Array  #: (modes,) complex
    problem: Problem
    found: Found
    error: Array | None = None  #: (modes,) estimate of the error of n_eff, when a tolerance was asked for
    limit: Array | None = None  #: (modes,) Re n_eff continued to the limit of fine meshes, where that is valid

    def taken(self, which: Array) -> "Modes":
        """Some of the modes, by number or by whether they are."""
        pairs, residual, steps, wall = self.found
        found = Found(jax.tree.map(lambda a: a[which], pairs), residual[which], steps, wall[which])
        return replace(self, n_eff=self.n_eff[which], found=found, error=None, limit=None)

    @property
    def report(self) -> Report:
        """How the solve ended."""
        return Report(self.found.residual, self.found.steps, self.found.wall)

    @property
    @each
    def n_g(self) -> Array:
        """Group index n_eff - λ dn_eff/dλ at fixed geometry, dispersion of the media included."""
        return _group(self)

    @property
    @each
    def d_ps_nm_km(self) -> Array:
        """Group-velocity dispersion D = -(λ/c) d²n_eff/dλ² [ps/(nm km)]; positive is anomalous."""
        # λ in µm, c = 299.792458 µm/ps: the quotient is in ps/µm², and 1 ps/µm² is 1e6 ps/(nm km)
        return -self.wavelength / 299.792458 * _curvature(self) * 1e6

    @property
    def wavelength(self) -> Array:
        """In vacuum [µm]."""
        return self.problem.wavelength

    @property
    def resolution(self) -> Resolution:
        """Of the mesh."""
        return self.problem.plan.resolution

    @property
    def order(self) -> int:
        """Order of the elements."""
        return self.resolution.order

    @property
    def beta(self) -> Array:
        """Propagation constants [rad/µm]."""
        return 2 * jnp.pi / self.wavelength[..., None] * self.n_eff

    @property
    def loss_dB_cm(self) -> Array:
        """Propagation loss [dB/cm]."""
        return 20 / np.log(10) * 1e4 * self.beta.imag

    @property
    def numbers(self) -> Assembled:
        """Mesh, permittivity and matrix weights."""
        return _numbers(self)

    @property
    def mesh(self) -> Mesh:
        """Corners of the elements, complex inside absorbing layers."""
        return self.numbers.mesh

    @property
    def epsilon(self) -> Array:
        """(nx, ny, 3) or (nx, ny, 3, 3) relative permittivity of each element."""
        return self.numbers.epsilon

    @property
    def curvature(self) -> Array:
        """1/R of a bend [1/µm]."""
        return self.numbers.curvature

    @property
    def names(self) -> tuple[str, ...]:
        """Of the media."""
        return self.problem.geometry.names

    @property
    def regions(self) -> np.ndarray:
        """(nx, ny): which medium fills each element."""
        return discretise(self.problem.geometry, self.resolution)[1]

    @property
    def vectors(self) -> Array:
        """(modes, N) unknowns of the elements, of 1 W."""
        return _vectors(self)[0]

    @property
    def left(self) -> Array:
        """(modes, N) left eigenvectors, of any length."""
        return _vectors(self)[1]

    @property
    def grid(self) -> Points:
        """The points where `E` and `H` are given, and the area that each stands for."""
        return _grid(self)

    @property
    def fields(self) -> Fields:
        """E and H on `grid`."""
        return _fields(self)

    @property
    def E(self) -> Array:
        """Electric field (modes, 3, X, Y) on `grid` [V/µm]."""
        return self.fields.E

    @property
    def H(self) -> Array:
        """Magnetic field (modes, 3, X, Y) on `grid` [A/µm]."""
        return self.fields.H

    @property
    def te_fraction(self) -> Array:
        """(modes,) ∫|E_x|² / ∫(|E_x|² + |E_y|²)."""
        return _te_fraction(self)


def _group(modes: Modes) -> Array:
    if is_traced(modes) or not series.known(modes.problem):
        return engine.group(modes.problem, modes.found)
    with jax.ensure_compile_time_eval():  # known numbers, inside the `jit` of something else too
        n, slope = np.real(series.n_eff(modes.problem, modes.found, 1))
        return jnp.asarray(n - np.asarray(modes.wavelength) * slope)


def _curvature(modes: Modes) -> Array:
    """d²n_eff/dλ² (modes,) [1/µm²]."""
    if is_traced(modes) or not series.known(modes.problem):
        return engine.dispersion(modes.problem, modes.found)
    with jax.ensure_compile_time_eval():
        return jnp.asarray(2 * series.n_eff(modes.problem, modes.found, 2)[2].real)


@remembered
@each
def _numbers(modes: Modes) -> Assembled:
    return _assembled(modes.problem)


@jax.jit
def _assembled(problem: Problem) -> Assembled:
    return engine.assemble(problem)[1]


@remembered
@each
def _vectors(modes: Modes) -> tuple[Array, Array]:
    return engine.vectors(modes.problem, modes.found)


@remembered
@each
def _grid(modes: Modes) -> Points:
    return _points(modes.problem)


@jax.jit
def _points(problem: Problem) -> Points:
    window = with_window(problem.geometry, engine.media_of(problem), problem.wavelength)
    return fields.points(discretise(window, problem.plan.resolution)[0], problem.plan.resolution.order)


@remembered
@each
def _fields(modes: Modes) -> Fields:
    return _evaluate(modes.problem, modes.vectors, modes.beta)


@jax.jit
def _evaluate(problem: Problem, vectors: Array, beta: Array) -> Fields:
    _, numbers = engine.assemble(problem)
    order = problem.plan.resolution.order
    return fields.evaluate(numbers.mesh, order, vectors, beta, problem.wavelength, numbers.curvature)


@each
def _te_fraction(modes: Modes) -> Array:
    square = jnp.abs(modes.E[:, :2]) ** 2
    ex2, ey2 = jnp.moveaxis(jnp.sum(square * modes.grid.area, axis=(-2, -1)), 1, 0)
    return ex2 / (ex2 + ey2)


def stacked(parts: list[Any]) -> Any:
    """One batch out of several `Modes` of the same plan."""
    return jax.tree.map(lambda *a: jnp.stack(a), *parts)
