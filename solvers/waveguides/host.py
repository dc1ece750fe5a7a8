"""The search for modes on a processor, in LAPACK: what `engine` calls where numbers are known, and from inside `jit`.

The same shifted and inverted Arnoldi iteration as in `engine`, on the same matrices. Nothing is compiled but the
assembly, so that the first solve of a process does not wait for XLA; blocks go through LAPACK. Eigenvalues of the
inverse are held against quotients of the pencil itself, so that digits lost in the elimination show in
`Modes.report.residual`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.elements import summed
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import Data, EdgePencil
from lingnan.solvers.elements.reference import edge_element
from lingnan.solvers.linalg import host, krylov
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.waveguides.slab import upper_number

Values = NDArray[Any]


class Task(NamedTuple):
    """What a search needs of a problem, as arrays."""

    data: Data
    mesh: Mesh
    epsilon: Any  #: (nx, ny, 3) or (nx, ny, 3, 3)
    curvature: Any
    wavelength: Any
    target: Any  #: n_eff to search from; None: from the top


class Answer(NamedTuple):
    """Eigenpairs sorted by falling Re β."""

    eigenvalues: Any  #: (modes,)
    vectors: Any  #: (modes, N)
    residual: Any  #: (modes,) of the inverse, or its disagreement with the pencil
    steps: Any
    wall: Any  #: (modes,) largest |E| on the walls over the largest |E|


def shapes(pencil: EdgePencil, count: int, task: Task) -> Answer:
    """What `search` returns, for `jax.pure_callback`."""
    kind = complex if _is_complex(pencil, task) else float
    one = jax.ShapeDtypeStruct((count,), float)
    values = jax.ShapeDtypeStruct((count,), kind)
    vectors = jax.ShapeDtypeStruct((count, pencil.layout.size), kind)
    return Answer(values, vectors, one, jax.ShapeDtypeStruct((), int), one)  # type: ignore[arg-type]


def _is_complex(pencil: EdgePencil, task: Task) -> bool:
    weights = task.data.weights
    return pencil.quadratic or any(w.dtype.kind == "c" for w in (weights.curl, weights.axial, *weights.transverse))


def search(pencil: EdgePencil, columns: tuple[int, ...], count: int, tolerance: float, task: Task) -> Answer:
    """The eigenpairs nearest to the shift.

    Args:
        pencil: its static part; with C (`quadratic`) only for lossless media, where left vectors are conjugates.
        columns: of each kind one, for the index to start from.
        count: how many.
        tolerance: residual of the iteration.
        task: the numbers.
    """
    task = jax.tree.map(np.asarray, task)
    layout = pencil.layout
    a, c, b = summed.matrices(pencil.order, task.data.weights)
    order = host.numbering(layout)
    free = np.empty(layout.size)
    free[order.vector] = np.concatenate([np.asarray(part).ravel() for part in task.data.free])
    seen = free[order.elements]
    at_wall = np.flatnonzero(~seen.all(axis=1))
    held = (1 - seen[at_wall])[..., None] * np.eye(seen.shape[1])
    keep = seen[at_wall][:, :, None] * seen[at_wall][:, None, :]
    for matrix in (a, b) if c is None else (a, b, c):
        matrix[at_wall] *= keep

    def regular(matrix: Values) -> Values:
        matrix[at_wall] += held
        return matrix

    target = task.target
    if target is None:
        epsilon = np.diagonal(task.epsilon, axis1=-2, axis2=-1) if task.epsilon.ndim == 4 else task.epsilon
        target = upper_number(np.real(np.asarray(task.mesh.y)), np.real(epsilon), columns, float(task.wavelength))
    shift = np.asarray(2 * np.pi / task.wavelength * target)
    real = not _is_complex(pencil, task)
    start = (np.cos(2 * np.pi * ((np.arange(layout.size) ** 2 * 0.7548776662466927) % 1.0)) * free).astype(
        float if real else complex
    )
    most = 40 + 20 * count
    if c is None:
        square = np.real(shift**2) if real else shift**2
        factors = host.factorise(layout, regular(a + square * b))

        def inverse(v: Values) -> Values:
            return host.solve(layout, factors, host.product(layout, b, v))

        ritz = krylov.arnoldi(inverse, start, count, most, tolerance)
        x = ritz.vectors
        top = np.stack([host.product(layout, a, v) for v in x])
        low = np.stack([host.product(layout, b, v) for v in x])
        values = -np.sum(x * top, axis=1) / np.sum(x * low, axis=1)
        residual = np.abs(1 / ((square - values) * ritz.values) - 1)
        beta = np.sqrt(values.astype(complex))
    else:
        values, x, residual, steps = _quadratic(layout, (a, c, b), regular, shift, start, count, most, tolerance)
        ritz = krylov.Ritz(values, x, residual, steps)
        beta = values.astype(complex)
    beta = np.where(np.real(beta) * 1e6 + np.imag(beta) < 0, -beta, beta)
    wall = _wall(pencil, task, x[:, order.elements], beta)
    rank = np.argsort(-np.real(beta), kind="stable")
    kind = float if real else complex
    return Answer(
        values[rank].astype(kind), x[rank][:, order.vector].astype(kind), np.maximum(residual, ritz.residuals)[rank],
        np.asarray(ritz.steps, int), wall[rank],
    )  # fmt: skip


def _quadratic(
    layout: Layout, matrices: tuple[Values, Values, Values], regular: Callable[[Values], Values], shift: Values,
    start: Values, count: int, most: int, tolerance: float,
) -> tuple[Values, Values, Values, int]:  # fmt: skip
    """As `engine._search` does it: with δ = β - s and u = δ x, P(s) x + δ (P'(s) x + B u) = 0."""
    a, c, b = matrices
    factors = host.factorise(layout, regular(a + shift * c + shift**2 * b))
    slope = c + 2 * shift * b
    size = layout.size

    def companion(v: Values) -> Values:
        x, u = v[:size], v[size:]
        right = host.product(layout, slope, x) + host.product(layout, b, u)
        return np.concatenate([-host.solve(layout, factors, right), x])

    ritz = krylov.arnoldi(companion, np.concatenate([start, start]), count, most, tolerance)
    x = ritz.vectors[:, :size]
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    values: list[Any] = []
    for guess, v in zip(shift + 1 / ritz.values, x, strict=True):
        parts = [host.product(layout, m, v) for m in (a, c, b)]
        zero, one, two = (np.vdot(v, part) for part in parts)
        for _ in range(3):  # lossless: P(β) is Hermitian at real β, and the left vector the conjugate
            guess = guess - (zero + guess * one + guess**2 * two) / (one + 2 * guess * two)
        values.append(guess)
    found = np.stack(values)
    disagreement = np.abs(1 / ((found - shift) * ritz.values) - 1)
    return found, x, np.maximum(ritz.residuals, disagreement), ritz.steps


def _wall(pencil: EdgePencil, task: Task, local: Values, beta: Values) -> Values:
    """Largest |E| on the walls of the window over the largest |E|, as `fields.evaluate` would have it."""
    element = edge_element(pencil.order)
    nx, ny, q = pencil.nx, pencil.ny, pencil.order + 1
    e_xi, e_eta, _, _, _, psi = element.fields
    values = [local @ table.T for table in (e_xi, e_eta, psi)]  # (modes, nx ny, Q)
    east, north = (1 + element.xi) / 2, (1 + element.eta) / 2
    x, y = task.mesh.x, task.mesh.y
    low, high = (x[:-1, :-1], x[1:, :-1]), (x[:-1, 1:], x[1:, 1:])
    a, b, c, d = (v.reshape(-1, 1) for v in (*low, *high))
    x_xi = ((b - a) * (1 - north) + (d - c) * north) / 2
    x_eta = ((c - a) * (1 - east) + (d - b) * east) / 2
    place = (a * (1 - east) + b * east) * (1 - north) + (c * (1 - east) + d * east) * north
    y_eta = np.tile(np.diff(y) / 2, nx)[:, None]
    e_x = values[0] / x_xi
    e_y = (values[1] - x_eta * e_x) / y_eta
    e_z = beta[:, None, None] * values[2] / (1 + task.curvature * place)
    strength = np.sqrt(np.abs(e_x) ** 2 + np.abs(e_y) ** 2 + np.abs(e_z) ** 2)
    grid = strength.reshape(-1, nx, ny, q, q)
    rim = [grid[:, 0, :, 0], grid[:, -1, :, -1], grid[:, :, 0, :, 0], grid[:, :, -1, :, -1]]
    most = np.max(np.stack([part.reshape(len(beta), -1).max(axis=1) for part in rim]), axis=0)
    return most / strength.reshape(len(beta), -1).max(axis=1)
