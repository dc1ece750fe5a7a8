"""The search for modes on a processor, in LAPACK: what `engine` calls where numbers are known, and from inside `jit`.

The same shifted and inverted Arnoldi iteration as in `compiled`, on the same matrices, for many sections at a time.
Nothing is compiled, so that the first solve of a process does not wait for XLA. Cross-sections that are their own
mirror images are folded (`elements.mirror`): modes of each parity have a problem of their own, of half the size, and
all of them share most of one elimination.

Blocks are inverted, which light in dielectrics allows. Eigenvalues of the inverse are held against quotients of the
pencil itself: where digits are lost in the elimination, as in metals, it is done again with factorised blocks.
"""

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.elements import maxwell, mirror, summed
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS, EdgePencil
from lingnan.solvers.elements.reference import edge_element
from lingnan.solvers.linalg import host, krylov
from lingnan.solvers.linalg.host import Walls
from lingnan.solvers.linalg.krylov import Ritz
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides import statics
from lingnan.solvers.waveguides.slab import plasmon_numbers, upper_numbers

Values = NDArray[Any]
Operator = Callable[[Values], Values]
Starts = Callable[[int], Values]  #: start vectors by number


class Task(NamedTuple):
    """What a search needs of cross-sections, as arrays that all begin with G of them."""

    x: Any  #: (G, nx + 1, ny + 1) corners [µm]
    y: Any  #: (G, ny + 1) levels [µm]
    epsilon: Any  #: (G, nx, ny, 3) or (G, nx, ny, 3, 3)
    curvature: Any  #: (G,) [1/µm]
    wavelength: Any  #: (G,) [µm]
    target: Any  #: (G,) n_eff to search from; None: from the top


class Answer(NamedTuple):
    """Eigenpairs sorted by falling Re β."""

    eigenvalues: Any  #: (G, modes)
    vectors: Any  #: (G, modes, N)
    residual: Any  #: (G, modes) of the inverse, or its disagreement with the pencil
    steps: Any  #: (G,)
    wall: Any  #: (G, modes) largest |E| on the walls over the largest |E|


@dataclass(frozen=True)
class Options:
    """What is static in a search."""

    pencil: EdgePencil
    count: int  #: modes
    tolerance: float  #: residual of the iteration
    magnetic: tuple[str, ...]  #: walls


#: A residual above this asks for factorised blocks.
LOST = 1e-7
#: What is said of those that cannot be solved.
UNSOUND = (
    " cross-sections have lines that cross, or numbers that are not finite, not positive or out of range: n_eff is NaN "
    "there. waveguides.judge(modes) refuses such modes."
)
#: Pairs beyond the double of what is asked for that `krylov.completed` is given.
SPARE = 8


def search(options: Options, task: Task) -> Answer:
    """The eigenpairs nearest to the shift; with C (`quadratic`) only for lossless media, where left vectors are
    conjugates.
    """
    if task.target is None:
        task = task._replace(target=_above(options, task))
    answer = _search(options, task, exact=False)
    if np.all(answer.residual <= max(LOST, options.tolerance)):
        return answer
    other = _search(options, task, exact=True)
    return other if np.nanmax(other.residual) < np.nanmax(answer.residual) else answer


def _above(options: Options, task: Task) -> Values:
    """Where to search downwards from, (G,) n_eff: of metal a little above its highest mode, which is found first."""
    numbers = task.x, task.y, task.epsilon, task.wavelength
    top, held = upper_numbers(*numbers), plasmon_numbers(*numbers)
    if not np.any(held > top):
        return top
    first = search(replace(options, count=1), task._replace(target=np.maximum(top, held)))
    highest = first.eigenvalues[:, 0] if options.pencil.quadratic else np.sqrt(first.eigenvalues[:, 0] + 0j)
    return np.maximum(top, np.where(held > top, 1.01 * np.real(highest) * task.wavelength / (2 * np.pi), 0.0))


#: Cross-sections that go together: enough to outweigh what each call costs, few enough to stay in the cache.
CHUNK = 4


def search_many(options: Options, task: Task) -> Answer:
    """`search` of any number of cross-sections, some at a time, on as many threads as there are processors.

    Those that cannot be solved, see `sound`, get NaN and a warning, and the others of a batch what is theirs: inside
    `jit` nobody has looked at the numbers before, and nothing can be raised.
    """
    good = sound(task)
    if np.all(good):
        return _in_parts(options, task)
    warnings.warn(f"solve: {int(np.sum(~good))} of {len(good)}{UNSOUND}", stacklevel=2)
    none = np.full((len(good), options.count), np.nan)
    vectors = np.full((*none.shape, options.pencil.layout.size), np.nan)
    if not np.any(good):
        return Answer(none, vectors, none, np.zeros(len(good), int), none)
    some = _in_parts(options, Task(*(None if a is None else a[good] for a in task)))
    blank = Answer(none, vectors, none, np.zeros(len(good), int), none)
    whole = [np.array(b, np.result_type(a, b)) for a, b in zip(some, blank, strict=True)]
    for a, b in zip(some, whole, strict=True):
        b[good] = a
    return Answer(*whole)


def sound(task: Task) -> Any:
    """Which of G cross-sections can be solved: all numbers finite, lines and levels in order, λ, 1 + x/R positive."""
    xp = namespace(task)
    found = xp.ones(len(task.wavelength), bool)
    for a in task:
        if a is not None:
            found &= xp.isfinite(a).reshape(len(found), -1).all(axis=1)
    x, y = xp.real(task.x), xp.real(task.y)
    with np.errstate(invalid="ignore"):
        wide, span = xp.diff(x, axis=1), x[:, -1:, :1] - x[:, :1, :1]
        # lines may meet on a level, as in a triangle, but not all along an element
        found &= xp.all(wide >= -1e-9 * span, axis=(1, 2))
        found &= xp.all(wide[:, :, 1:] + wide[:, :, :-1] > 0, axis=(1, 2)) & xp.all(xp.diff(y, axis=1) > 0, axis=1)
        found &= xp.all(1 + task.curvature[:, None, None] * x > 0, axis=(1, 2)) & (task.wavelength > 0)
    return found


def _in_parts(options: Options, task: Task) -> Answer:
    total = len(task.wavelength)
    parts = [
        Task(*(None if a is None else a[k : k + CHUNK] for a in task)) for k in range(0, total, CHUNK)
    ]  # fmt: skip
    if len(parts) == 1:
        return search(options, parts[0])
    with ThreadPoolExecutor(processors()) as pool:
        found = list(pool.map(lambda part: search(options, part), parts))
    return Answer(*(np.concatenate(column) for column in zip(*found, strict=True)))


def processors() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _search(options: Options, task: Task, exact: bool) -> Answer:
    pencil = options.pencil
    folded = mirror.mirrored(task.x, task.y, task.epsilon, task.curvature)
    magnetic = {side: side in options.magnetic for side in WALLS}
    across = folded[0] and magnetic["left"] == magnetic["right"]
    up = folded[1] and magnetic["bottom"] == magnetic["top"]
    nx, ny = pencil.nx // (2 if across else 1), pencil.ny // (2 if up else 1)
    half = Task(
        task.x[:, : nx + 1, : ny + 1], task.y[:, : ny + 1], task.epsilon[:, :nx, :ny], *task[3:]
    )  # fmt: skip
    layout = maxwell.layout(nx, ny, pencil.order)
    right, top = ((False, True) if fold else (magnetic[side],) for fold, side in ((across, "right"), (up, "top")))
    walls = Walls(magnetic["left"], right, magnetic["bottom"], top)
    found = _Search(options, half, layout, walls, exact).run()
    index, signs_x, signs_y = mirror.unfolding(layout, pencil.order, across, up)
    parity_y, parity_x = np.divmod(found.classes, len(walls.right))
    vectors = found.vectors[:, :, index] * (signs_x[parity_x] * signs_y[parity_y])
    beta = np.sqrt(found.values.astype(complex)) if not pencil.quadratic else found.values.astype(complex)
    beta = np.where(np.real(beta) * 1e6 + np.imag(beta) < 0, -beta, beta)
    wall = _wall(pencil.order, half, found.vectors[:, :, host.numbering(layout).elements], beta, (across, up))
    here = np.arange(len(beta))[:, None], np.argsort(-np.real(beta), axis=1, kind="stable")
    return Answer(found.values[here], vectors[here], found.residual[here], np.full(len(beta), found.steps), wall[here])


class _Pairs(NamedTuple):
    """Eigenpairs on what is kept of the grids, in the order in which they were found."""

    values: Values
    vectors: Values
    residual: Values
    classes: NDArray[np.intp]
    steps: int


class _Search:
    """One elimination, and the iteration on it."""

    def __init__(self, options: Options, task: Task, layout: Layout, walls: Walls, exact: bool) -> None:
        self.options, self.task, self.layout, self.walls, self.exact = options, task, layout, walls, exact
        self.free = host.free(layout, walls)
        self.kinds = self.free.shape[0], self.free.shape[2]
        k0 = (2 * np.pi / task.wavelength)[:, None, None, None]
        weights = maxwell.weights(
            options.pencil.element, Mesh(task.x, task.y), task.epsilon, k0, task.curvature[:, None, None, None]
        )
        n = options.pencil.element.unknowns
        self.matrices: tuple[Any, ...] = tuple(
            None if m is None else m.reshape(len(task.x), -1, n, n)
            for m in summed.matrices(options.pencil.order, weights)
        )

    def run(self) -> _Pairs:
        options, task = self.options, self.task
        shift = 2 * np.pi / task.wavelength * task.target
        lossy = options.pencil.quadratic or any(np.iscomplexobj(m) for m in self.matrices)
        kind = complex if lossy else float
        size = self.layout.size

        def start(k: int) -> Values:
            weyl = np.cos(2 * np.pi * ((np.arange(size) ** 2 * 0.7548776662466927 * (k + 1)) % 1.0))
            start = np.broadcast_to(np.moveaxis(self.free * weyl[:, None], 2, 1), (len(shift), *self.kinds, size))
            return start.reshape(len(shift), -1, size).astype(kind)

        return self._quadratic(shift, start) if options.pencil.quadratic else self._linear(shift, start)

    def _linear(self, shift: Values, start: Starts) -> _Pairs:
        a, _, b = self.matrices
        kind = start(0).dtype
        square = shift**2 if kind.kind == "c" else np.real(shift**2)
        factors = host.factorise(
            self.layout, a + square[:, None, None, None] * b, self.walls, symmetric=True, exact=self.exact
        )

        right = host.eliminated(self.layout, factors, b)

        def inverse(v: Values) -> Values:
            return self._flat(host.solve_product(self.layout, factors, (right, self._shaped(v))))

        def at_rest(ritz: Ritz) -> bool:
            return bool(np.any(np.abs(square[:, None] - 1 / ritz.values) < statics.AT_REST * np.abs(square[:, None])))

        def left(x: Values) -> Values:
            return self._times(b, x)

        ritz = self._arnoldi(inverse, left, start) if self.options.count <= statics.FEW else None
        if ritz is None or at_rest(ritz):
            moving = statics.projector(self.layout, self.options.pencil.order, self.walls, b)

            def project(v: Values) -> Values:
                return self._flat(moving(self._shaped(v)))

            ritz = self._arnoldi(lambda v: project(inverse(v)), left, lambda k: project(start(k)))
        x = ritz.vectors
        top, low = (np.sum(x * self._times(m, x), axis=-1) for m in (a, b))
        values = -top / low
        lost = np.abs(1 / ((square[:, None] - values) * ritz.values) - 1)
        return _Pairs(values.astype(kind), x, np.maximum(ritz.residuals, lost), ritz.classes, ritz.steps)

    def _quadratic(self, shift: Values, start: Starts) -> _Pairs:
        """As `compiled.search` does it: with δ = β - s and u = δ x, P(s) x + δ (P'(s) x + B u) = 0."""
        a, c, b = self.matrices
        s = shift[:, None, None, None]
        factors = host.factorise(self.layout, a + s * c + s**2 * b, self.walls, exact=self.exact)
        size = self.layout.size
        slope, mass = (host.eliminated(self.layout, factors, m) for m in (c + 2 * s * b, b))

        def companion(v: Values) -> Values:
            x, u = v[..., :size], v[..., size:]
            found = host.solve_product(self.layout, factors, (slope, self._shaped(x)), (mass, self._shaped(u)))
            return np.concatenate([-self._flat(found), x], axis=-1)

        def left(v: Values) -> Values:
            # companion is Hermitian as diag(P(s), -B) has it
            x, u = v[..., :size], v[..., size:]
            return np.concatenate([self._times(a + s * c + s**2 * b, x), -self._times(b, u)], axis=-1).conj()

        ritz = self._arnoldi(companion, left, lambda k: np.concatenate([start(k), start(k)], axis=-1))
        x = ritz.vectors[..., :size]
        x = x / np.linalg.norm(x, axis=-1, keepdims=True)
        zero, one, two = (np.sum(x.conj() * self._times(m, x), axis=-1) for m in (a, c, b))
        values = shift[:, None] + 1 / ritz.values
        for _ in range(3):  # lossless: P(β) is Hermitian at real β, and the left vector the conjugate
            values = values - (zero + values * one + values**2 * two) / (one + 2 * values * two)
        lost = np.abs(1 / ((values - shift[:, None]) * ritz.values) - 1)
        return _Pairs(values, x, np.maximum(ritz.residuals, lost), ritz.classes, ritz.steps)

    def _arnoldi(self, operator: Operator, left: Operator, start: Starts) -> Ritz:
        options = self.options
        count, most = options.count, 40 + 20 * options.count
        if count == 1:  # nothing to miss: another mode of the same n_eff is as good
            return krylov.arnoldi(operator, start(0), 1, most, options.tolerance)
        found = krylov.arnoldi(operator, start(0), count, most, options.tolerance, spare=count + SPARE)
        return krylov.completed(operator, left, start, found, count, most, options.tolerance)

    def _shaped(self, v: Values) -> Values:
        """(G, classes, N) as `linalg.host` has it: (G, R, N, S)."""
        return np.ascontiguousarray(v.reshape(len(v), *self.kinds, -1).swapaxes(2, 3))

    def _flat(self, v: Values) -> Values:
        return v.swapaxes(2, 3).reshape(len(v), -1, self.layout.size)

    def _times(self, matrix: Values, x: Values) -> Values:
        """Times vectors (G, count, N) that mind the walls."""
        return host.product(self.layout, matrix, x.swapaxes(1, 2)[:, None])[:, 0].swapaxes(1, 2)


def _wall(order: int, task: Task, local: Values, beta: Values, folded: tuple[bool, bool]) -> Values:
    """Largest |E| on the walls of the window over the largest |E|, as `fields.evaluate` would have it."""
    element, q = edge_element(order), order + 1
    nx, ny = task.epsilon.shape[1:3]
    e_xi, e_eta, _, _, _, psi = element.fields
    values = [local @ table.T for table in (e_xi, e_eta, psi)]  # (G, modes, nx ny, Q)
    m = maxwell.metric(Mesh(task.x, task.y), element.xi, element.eta)
    x, x_xi, x_eta, y_eta = (part.reshape(len(local), 1, nx * ny, -1) for part in (m.x, m.x_xi, m.x_eta, m.y_eta))
    e_x = values[0] / x_xi
    e_y = (values[1] - x_eta * e_x) / y_eta
    e_z = beta[:, :, None, None] * values[2] / (1 + task.curvature[:, None, None, None] * x)
    strength = np.abs(e_x) ** 2 + np.abs(e_y) ** 2 + np.abs(e_z) ** 2
    grid = strength.reshape(*beta.shape, nx, ny, q, q)
    rim = [grid[:, :, 0, :, 0], grid[:, :, :, 0, :, 0]]
    rim += [] if folded[0] else [grid[:, :, -1, :, -1]]
    rim += [] if folded[1] else [grid[:, :, :, -1, :, -1]]
    most = np.max(np.stack([part.reshape(*beta.shape, -1).max(axis=-1) for part in rim]), axis=0)
    return np.sqrt(most / strength.reshape(*beta.shape, -1).max(axis=-1))
