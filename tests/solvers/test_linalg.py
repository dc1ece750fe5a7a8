"""The direct solver, Arnoldi's method and the derivative of an eigenpair, on matrices that numpy can check."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.elements.maxwell import Powers
from lingnan.solvers.elements.problem import EdgePencil
from lingnan.solvers.linalg import columns, deflated, direct
from lingnan.solvers.linalg.arnoldi import arnoldi, completed, start_vector
from lingnan.solvers.linalg.eigenpair import Pair, eigenpair, eigenvalue
from lingnan.solvers.linalg.layout import Grid, Layout
from lingnan.solvers.waveguides import engine

LAYOUT = Layout(3, 2, 1, 2, 3, 2)


def dense(layout: Layout, elements: Array) -> np.ndarray:
    """The whole matrix, column by column."""
    size = layout.size

    def times(v: Array) -> Array:
        local = layout.to_elements(layout.unflatten(v))
        return layout.flatten(layout.to_grid(jnp.einsum("xymn,xyn->xym", elements, local)))

    return np.asarray(jax.vmap(times)(jnp.eye(size, dtype=elements.dtype))).T


def random_elements(layout: Layout, dtype: type, seed: int = 3) -> Array:
    n = layout.hull + layout.inside
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(layout.nx, layout.ny, n, n))
    if dtype is complex:
        a = a + 1j * rng.normal(size=a.shape)
    return jnp.asarray(a + 4 * np.eye(n))


def test_layout_there_and_back() -> None:
    v = jnp.arange(LAYOUT.size, dtype=float)
    grid = LAYOUT.unflatten(v)
    assert_allclose(LAYOUT.flatten(grid), v)
    corner, vertical = LAYOUT.from_lines(LAYOUT.to_lines(grid))
    assert_allclose(corner, grid.corner)
    assert_allclose(vertical, grid.vertical)
    # to_grid is the transpose of to_elements
    w = jax.random.normal(jax.random.PRNGKey(0), (3, 2, LAYOUT.hull + LAYOUT.inside))
    left = jnp.vdot(LAYOUT.to_elements(grid), w)
    assert_allclose(left, jnp.dot(v, LAYOUT.flatten(LAYOUT.to_grid(w))), rtol=1e-12)


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("transposed", [False, True])
def test_solves_what_numpy_solves(dtype: type, transposed: bool) -> None:
    elements = random_elements(LAYOUT, dtype)
    matrix = dense(LAYOUT, elements)
    b = np.random.default_rng(4).normal(size=LAYOUT.size)
    factors = columns.factorise(LAYOUT, elements)
    solve = columns.solve_transposed if transposed else columns.solve
    x = LAYOUT.flatten(solve(LAYOUT, factors, LAYOUT.unflatten(jnp.asarray(b, dtype))))
    assert_allclose(x, np.linalg.solve(matrix.T if transposed else matrix, b), rtol=1e-9)


def test_sixteen_decades_of_permittivity() -> None:
    # a metal beside a dielectric at radio frequency; explicit inverses of the blocks lose every digit here
    elements = np.array(random_elements(LAYOUT, complex))
    elements[1] *= 1e16j
    matrix = dense(LAYOUT, jnp.asarray(elements))
    exact = np.random.default_rng(5).normal(size=LAYOUT.size) + 0j
    b = matrix @ exact
    factors = columns.factorise(LAYOUT, jnp.asarray(elements))
    x = LAYOUT.flatten(columns.solve(LAYOUT, factors, LAYOUT.unflatten(jnp.asarray(b))))
    # backward stable: the residual is round-off of |A| |x|
    assert np.abs(matrix @ np.asarray(x) - b).max() <= 1e-13 * (np.abs(matrix) @ np.abs(exact)).max()


def test_arnoldi_finds_the_largest() -> None:
    rng = np.random.default_rng(6)
    q, _ = np.linalg.qr(rng.normal(size=(80, 80)))
    values = np.concatenate([[5.0, 4.9, -4.5], rng.uniform(-3, 3, 77)])  # two close ones
    matrix = jnp.asarray(q @ np.diag(values) @ q.T)
    ritz = arnoldi(lambda v: matrix @ v, start_vector(80, float), 3, 20, 1e-10)
    assert_allclose(ritz.values, values[:3], rtol=1e-10)
    assert_allclose(np.abs(ritz.vectors @ q[:, :3]), np.eye(3), atol=1e-7)
    assert np.all(np.asarray(ritz.residuals) < 1e-10)


@pytest.mark.parametrize("kind", [float, complex])
def test_pairs_of_one_value_are_found_in_fixed_shapes_too(kind: type) -> None:
    """Of matrices that are not normal: eight times 9, or four, and twice 7 among the six largest; and all different."""
    rng = np.random.default_rng(8)
    basis = rng.normal(size=(120, 120)) + (0 if kind is float else 1j * rng.normal(size=(120, 120)))
    rest = rng.uniform(-3, 3, 108)

    @jax.jit
    def found(matrix: Array) -> tuple[Any, Any]:
        def times(v: Array) -> Array:
            return matrix @ v

        def start(k: Array | int) -> Array:
            return start_vector(120, matrix.dtype, k)

        first = arnoldi(times, start(0), 6, 34, 1e-10)
        return first, completed(times, start, first, 1e-10)

    for largest in ([9.0] * 8 + [7, 6, 5, 4], [9.0] * 4 + [7] * 4 + [6] * 4, list(np.linspace(9, 4, 12))):
        values = np.concatenate([largest, rest])
        one, all_of = found(jnp.asarray(basis @ np.diag(values) @ np.linalg.inv(basis)))
        if largest[5] == 9:  # one space lacks two of them
            assert np.abs(np.asarray(one.values) - values[:6]).max() > 1
        assert_allclose(all_of.values, values[:6], rtol=1e-8)
        assert np.linalg.matrix_rank(all_of.vectors, tol=1e-2) == 6
        assert int(all_of.steps) <= int(one.steps) + 130


def test_one_that_is_not_finite_leaves_the_others_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a GPU, where the small problems go to NumPy."""
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    diagonal = jnp.linspace(1.0, 20.0, 20)
    scale = jnp.array([1.0, jnp.nan, 2.0])
    ritz = jax.vmap(lambda s: arnoldi(lambda v: s * diagonal * v, start_vector(20, float), 2, 12, 1e-9))(scale)
    assert_allclose(ritz.values, np.outer(scale, [20.0, 19.0]), rtol=1e-9)


def test_a_search_that_cannot_tell_says_so() -> None:
    """A complex pair among the largest of a real operator: what lies behind it is not seen."""
    block = np.diag(np.concatenate([[9.0, 8.0, 0, 0], np.linspace(-3, 3, 60)]))
    block[2:4, 2:4] = [[0, 7], [-7, 0]]
    matrix = jnp.asarray(block)
    first = arnoldi(lambda v: matrix @ v, start_vector(64, float), 3, 30, 1e-10)

    def look() -> None:
        completed(lambda v: matrix @ v, lambda k: start_vector(64, float, k), first, 1e-10)
        jax.effects_barrier()

    with pytest.warns(UserWarning, match="3 modes were asked for, .* did not settle: some may be missing"):
        look()


class Numbers(NamedTuple):
    a: Array
    b: Array


class Small:
    """P(β) = A + β B with element matrices, small enough for numpy."""

    def __init__(self, symmetric: bool) -> None:
        self.symmetric = symmetric

    layout = LAYOUT

    def _times(self, elements: Array, v: Array) -> Array:
        local = LAYOUT.to_elements(LAYOUT.unflatten(v))
        return LAYOUT.flatten(LAYOUT.to_grid(jnp.einsum("xymn,xyn->xym", elements, local)))

    def apply(self, data: Any, beta: Array, vector: Array) -> Array:
        return self._times(data.a + beta * data.b, vector)

    def slope(self, data: Any, beta: Array, vector: Array) -> Array:
        return self._times(data.b, vector)

    def elements(self, data: Any, beta: Array) -> Array:
        return data.a + beta * data.b

    def in_numbers(self, data: Any, values: Any) -> list[Any]:
        return [data.a + value * data.b for value in values]

    def folded(self, data: Any) -> list[Any]:
        return []

    def transposed(self, data: Any) -> tuple["Small", Numbers, int]:
        return self, Numbers(jnp.swapaxes(data.a, -1, -2), jnp.swapaxes(data.b, -1, -2)), 1

    def __hash__(self) -> int:
        return hash(self.symmetric)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Small) and other.symmetric == self.symmetric


def numbers(symmetric: bool, t: Array) -> Numbers:
    a, d = random_elements(LAYOUT, float, 7), random_elements(LAYOUT, float, 8)
    n = a.shape[-1]
    b = -(jnp.broadcast_to(jnp.eye(n), a.shape) + 0.02 * random_elements(LAYOUT, float, 9))
    if symmetric:
        a, b, d = (m + jnp.swapaxes(m, -1, -2) for m in (a, b, d))
    return Numbers(a + t * d, b)


def pair_of(symmetric: bool, t: float) -> Pair:
    """The real eigenvalue of largest value with both vectors, by numpy; the right one with x·x = 1."""
    import scipy.linalg

    a, b = (dense(LAYOUT, m) for m in numbers(symmetric, jnp.asarray(t)))
    values, left, right = scipy.linalg.eig(a, -b, left=True)
    real = np.where(np.abs(values.imag) < 1e-9, values.real, -np.inf)
    k = int(np.argmax(real))
    x, y = right[:, k].real, left[:, k].real
    x = x / np.linalg.norm(x) * np.sign(x[np.argmax(np.abs(x))])
    return Pair(jnp.asarray(values[k].real), jnp.asarray(x), jnp.asarray(x if symmetric else y))


@pytest.mark.parametrize("symmetric", [True, False])
def test_derivatives_of_an_eigenpair(symmetric: bool) -> None:
    pencil, here = Small(symmetric), pair_of(symmetric, 0.0)

    def value(t: Array) -> Array:
        return eigenvalue(pencil, numbers(symmetric, t), here)  # type: ignore[arg-type]

    def both(t: Array) -> tuple[Array, Array]:
        pair = eigenpair(pencil, numbers(symmetric, t), here)  # type: ignore[arg-type]
        return pair.beta, pair.right

    h = 1e-4
    ahead, behind = pair_of(symmetric, h), pair_of(symmetric, -h)
    zero = jnp.asarray(0.0)
    first = (ahead.beta - behind.beta) / (2 * h)
    assert_allclose(jax.grad(value)(zero), first, rtol=1e-6)
    (beta_dot, x_dot) = jax.jvp(both, (zero,), (jnp.asarray(1.0),))[1]
    assert_allclose(beta_dot, first, rtol=1e-6)
    # the gauge conj(x)·x' = 0 is that of unit length
    assert_allclose(x_dot, (ahead.right - behind.right) / (2 * h), rtol=1e-5, atol=1e-6)
    second = (ahead.beta - 2 * here.beta + behind.beta) / h**2
    assert_allclose(jax.jvp(jax.grad(value), (zero,), (jnp.asarray(1.0),))[1], second, rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e, b: (e, b[:-1]), r"rhs has shape \(66,\), .* wants \(67,\)"),
        (lambda e, b: (e[:2], b), r"elements has shape \(2, 2, 16, 16\), .* wants \(3, 2, 16, 16\)"),
        (lambda e, b: (e.at[0, 0, 0, 1].add(1.0), b), r"differs from its transpose by 1\.0e\+00"),
        (lambda e, b: (0 * e, b), "not finite"),
    ],
)
def test_what_a_direct_solve_refuses(change, message: str) -> None:
    elements = random_elements(LAYOUT, float, 11)
    rhs = jnp.arange(LAYOUT.size, dtype=float)
    with pytest.raises(ValueError, match=message):
        direct.solve_symmetric(LAYOUT, *change(elements + jnp.swapaxes(elements, -1, -2), rhs))


def test_grid_is_a_pytree() -> None:
    assert len(jax.tree.leaves(Grid(jnp.zeros(1), jnp.zeros(1), jnp.zeros(1), jnp.zeros(1)))) == 4


@pytest.mark.parametrize("mode", [0, 1])
def test_half_of_a_mirror_image_answers_for_the_whole(mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """x' of a guide that is its own mirror image, of an even and an odd mode, and of a right side that is neither."""
    guide = waveguides.strip(0.45, 0.22, 3.4757, 1.33, substrate=1.444, window=(-1.3, 1.3, -1.0, 1.2))
    modes = waveguides.solve(guide, 1.55, 2, resolution=waveguides.Resolution(2, 2, 2))
    pencil, assembled = engine.assemble(modes.problem)
    data, x = jax.tree.map(np.asarray, assembled.data), np.asarray(modes.found.pairs.right[mode])
    value = np.asarray(modes.found.pairs.beta[mode])
    slope = np.asarray(pencil.slope(assembled.data, value, x))
    frame = x / (x @ slope), x, slope, x / (x @ x)
    mirrored = np.asarray(pencil.product(assembled.data, Powers(1.0, 0.0, 0.0), x))
    rough = np.random.default_rng(0).standard_normal(x.shape) * pencil.layout.flatten(data.free)

    def answer(b: np.ndarray) -> np.ndarray:
        return deflated._of_one(pencil, False, data, value, [v[:, None] for v in (*frame, b)])[:, 0]

    halved, both = answer(mirrored), answer(rough)
    assert len(pencil.folded(data)) == 2
    monkeypatch.setattr(EdgePencil, "folded", lambda *_: [])
    # refined until round-off in the residual, 1e-13, over the distance to the next mode
    assert_allclose(halved, answer(mirrored), rtol=0, atol=1e-9 * np.max(np.abs(halved)))
    left = np.asarray(pencil.apply(assembled.data, value, both)) + slope * (frame[3] @ both) - rough
    # the search leaves 1e-9 in the vectors of the frame, so that much of noise along them is not taken out
    assert np.linalg.norm(left) < 1e-8 * np.linalg.norm(rough)
