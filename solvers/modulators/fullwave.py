"""RF lines as vector modes of the edge elements, metal being a medium with ε = ε' + i σ/(ω ε0).

The check of `rlgc`, and what holds where a line is no longer small beside the wavelength. It shares the mesh with
`rlgc`, and nothing else. The search starts from the index of `rlgc`, or from one that is given, in a subspace of
several modes: even, odd and box modes of a coplanar line lie close together. Blocks are factorised, never inverted.
Below 0.1 GHz round-off takes over.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.elements import maxwell, summed
from lingnan.solvers.elements.maxwell import Weights
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS, Data, EdgePencil, free_unknowns
from lingnan.solvers.linalg import host, krylov
from lingnan.solvers.linalg.eigenpair import Pair, eigenvalue
from lingnan.solvers.modulators.electrostatics import EPS0
from lingnan.solvers.modulators.line import C0, Line
from lingnan.solvers.modulators.rlgc import HIGHEST, check_below, rlgc
from lingnan.solvers.modulators.section import Section
from lingnan.solvers.tracing import is_traced, marked
from lingnan.solvers.waveguides import fields

#: below this, digits of the edge elements are lost [Hz]; below the other, those of more than second order
LOWEST, LOW = 1e8, 1e9


@dataclass(frozen=True)
class Search:
    """Static."""

    order: int | None = None  #: of the elements; None: 3, and 2 at what is known to lie below 1 GHz
    count: int = 4  #: modes of the subspace
    tolerance: float = 1e-8  #: residual of its vectors


class _Assembled(NamedTuple):
    mesh: Mesh
    weights: Weights
    regions: np.ndarray
    epsilon: Array


def full_wave(
    section: Section,
    frequency: ArrayLike,
    signal: str = "signal",
    *,
    guess: ArrayLike | None = None,
    search: Search | None = None,
) -> Line:
    """The quasi-TEM mode of a line; z0 by power and current, 2 P/|I|².

    Args:
        section: the line, whose grounds should run into the walls (`returns` "box"), for walls conduct without loss.
        frequency: [Hz], a number or (F,).
        signal: the conductor whose current is taken for z0.
        guess: (F,) complex index to start from; None: that of `rlgc`.
        search: order of the elements and size of the subspace.

    γ is differentiable by every number of the section; z0 is not.

    Raises:
        ValueError: a frequency below 0.1 GHz, elements of high order below 1 GHz, or a permittivity that couples z
            with x or y.
    """
    chosen = search or Search()
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    if not is_traced(f) and not np.all(np.asarray(f) >= LOWEST):
        raise ValueError(
            f"full_wave: frequency {float(np.min(np.asarray(f))):g} Hz is below {LOWEST:g} Hz, where round-off takes "
            "over. Use rlgc there: it holds down to direct current."
        )
    fine = check_below(f, "full_wave")
    if is_traced(f):
        order = chosen.order or 3  # what is not known chooses none
        least = LOW if order > 2 else LOWEST
        said = (
            f"full_wave: frequency {{value:g}} Hz is below {least:g} Hz, where elements of order {order} lose their "
            "digits to round-off. Take order 2 down to 0.1 GHz, or rlgc."
        )
        fine = fine * marked(f >= least, said, value=f)
        f = jnp.where((f >= least) & (f <= HIGHEST), f, least)  # no mode is searched at NaN
    if chosen.order is not None and chosen.order > 2 and not is_traced(f) and np.any(np.asarray(f) < LOW):
        raise ValueError(
            f"full_wave: order = {chosen.order} at {float(np.min(np.asarray(f))):g} Hz: below {LOW:g} Hz elements of "
            "more than order 2 lose their digits to round-off. Leave the order to full_wave, or use rlgc."
        )
    for m in section.media:
        eps = m.tensor
        if not is_traced(eps) and np.any(np.asarray(eps)[2, :2]):
            raise ValueError(
                "full_wave: a permittivity with ε_xz or ε_yz: the crystal is turned about the vertical. Use rlgc, in "
                "which a field along the line has no part, or a crystal whose axes lie along and across."
            )
    if guess is None:
        line = rlgc(section, f, signal)
        guess = line.n_rf + 1j * C0 * line.alpha / (2 * jnp.pi * f)
    start = jnp.broadcast_to(jnp.asarray(guess, complex), f.shape)
    place = section.terminals.index(signal)

    def at(k: int) -> tuple[Array, Array]:
        low = not is_traced(f) and float(f[k]) < LOW
        order = chosen.order or (2 if low else 3)
        return _one(order, chosen, section, f[k], start[k], place)

    found = [at(k) for k in range(len(f))]
    return Line(f * fine, fine * jnp.stack([g for g, _ in found]), fine * jnp.stack([z for _, z in found]))


def _assemble(order: int, section: Section, f: Array) -> tuple[EdgePencil, _Assembled]:
    mesh, regions = section.mesh()
    pencil = EdgePencil(order, mesh.nx, mesh.ny)
    omega = 2 * jnp.pi * f

    def complex_of(k: int) -> Array:
        m = section.media[k]
        eps = m.tensor * (1 + 1j * jnp.asarray(m.loss_tangent or 0.0))
        return eps if m.conductivity is None else eps + 1j * jnp.asarray(m.conductivity) / (omega * EPS0) * jnp.eye(3)

    eps = jnp.stack([complex_of(k) for k in range(len(section.media))])[regions]
    weights = maxwell.weights(pencil.element, mesh, eps, omega / C0 * 1e-6)
    return pencil, _Assembled(mesh, weights._replace(to_transverse=None, to_axial=None), regions, eps)


@partial(jax.jit, static_argnums=(0, 1, 5))
def _one(order: int, search: Search, section: Section, f: Array, guess: Array, signal: int) -> tuple[Array, Array]:
    """γ [1/m] and z0 [Ω] at one frequency."""
    pencil, numbers = _assemble(order, section, f)
    k0 = 2 * jnp.pi * f / C0 * 1e-6  # [1/µm]
    free = free_unknowns(pencil.layout, section.insulated)
    square, vector = _found(search, section.insulated, pencil, *lax.stop_gradient((numbers.weights, guess * k0)))
    beta = jnp.sqrt(eigenvalue(pencil, Data(numbers.weights, free), Pair(square, vector, vector)))
    beta = jnp.where(beta.real < 0, -beta, beta)
    z0 = lax.stop_gradient(_impedance(section, pencil, numbers, vector, beta, f, signal))
    return -1j * beta * 1e6, z0


def _impedance(
    section: Section, pencil: EdgePencil, numbers: _Assembled, vector: Array, beta: Array, f: Array, signal: int
) -> Array:
    """2 P/|I|² with all the current in the signal, displacement included."""
    wave = C0 * 1e6 / f
    raw = fields.evaluate(numbers.mesh, pencil.order, vector[None], beta[None], wave, 0.0)
    area = fields.points(numbers.mesh, pencil.order).area
    flux = raw.E[0, 0] * raw.H[0, 1].conj() - raw.E[0, 1] * raw.H[0, 0].conj()
    inside = np.asarray(section.conductors)[numbers.regions] == section.terminals[signal]
    admittivity = -2j * jnp.pi * f * EPS0 * numbers.epsilon[..., 2, 2] * inside * 1e-6  # [S/µm]
    q = pencil.order + 1
    at = jnp.repeat(jnp.repeat(admittivity, q, axis=0), q, axis=1)
    current = jnp.sum(at * raw.E[0, 2] * area)
    sides = 2.0 if section.mirror else 1.0
    return jnp.sum(flux * area) / jnp.abs(current) ** 2 / sides


def _found(
    search: Search, magnetic: tuple[str, ...], pencil: EdgePencil, weights: Weights, guess: Array
) -> tuple[Array, Array]:
    """β² and vector of the mode nearest to the guess of β [1/µm]; without derivatives."""
    kinds = jax.ShapeDtypeStruct((), complex), jax.ShapeDtypeStruct((pencil.layout.size,), complex)
    call = partial(_on_host, search, magnetic, pencil)
    return jax.pure_callback(call, kinds, weights, guess, vmap_method="sequential")


def _on_host(search: Search, magnetic: tuple[str, ...], pencil: EdgePencil, weights: Any, guess: Any) -> Any:
    layout, shift = pencil.layout, complex(guess) ** 2
    weights = jax.tree.map(np.asarray, weights)
    n = pencil.element.unknowns
    zero, _, two = summed.matrices(pencil.order, weights)
    a, b = zero.reshape(1, -1, n, n), two.reshape(1, -1, n, n)
    held = {side: side in magnetic for side in WALLS}
    walls = host.Walls(held["left"], (held["right"],), held["bottom"], (held["top"],))
    free = host.free(layout, walls)
    factors = host.factorise(layout, a + shift * b, walls, symmetric=True, exact=True)

    def inverse(v: Any) -> Any:
        right = free * host.product(layout, b, v.reshape(1, 1, -1, 1))
        return host.solve(layout, factors, right).reshape(v.shape)

    # no two of these numbers are alike, and none is random
    start = np.cos(2 * np.pi * ((np.arange(layout.size) ** 2 * 0.7548776662466927) % 1.0)) * free[0, :, 0]
    ritz = krylov.arnoldi(inverse, start.astype(complex)[None, None], search.count, 40, search.tolerance)
    vectors = ritz.vectors[0]
    top, low = (
        np.array([x @ host.product(layout, m, x.reshape(1, 1, -1, 1)).ravel() for x in vectors]) for m in (a, b)
    )
    squares = -top / low
    best = int(np.argmin(np.abs(np.sqrt(squares) - complex(guess))))
    return squares[best], vectors[best][host.numbering(layout).vector]
