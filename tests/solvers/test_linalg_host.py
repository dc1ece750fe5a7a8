"""The elimination and the search in LAPACK against the same in JAX, and against dense matrices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials, waveguides
from lingnan.solvers.elements import maxwell, mirror, summed
from lingnan.solvers.elements.maxwell import Powers
from lingnan.solvers.elements.problem import EdgePencil
from lingnan.solvers.linalg import columns, host, krylov
from lingnan.solvers.linalg.blocks import stack
from lingnan.solvers.waveguides import Absorber, Resolution, engine
from lingnan.solvers.waveguides.geometry import Geometry

SMALL = Resolution(2, 2, 2)
LEANING = waveguides.rib(0.8, 0.6, 0.3, 2.1, 1.44, sidewall_angle_deg=60.0, window=(-1.5, 1.5, -0.8, 1.2))


def problem(geometry: Geometry, absorber: Absorber | None = None, count: int = 2) -> engine.Problem:
    return engine.Problem(geometry, jnp.asarray(1.55), None, engine.Plan(count, SMALL, (), absorber))


CASES = {
    "rectangles": problem(waveguides.strip(0.5, 0.3, 2.1, 1.44, window=(-1.5, 1.5, -1.0, 1.3))),
    "leaning walls": problem(LEANING),
    "a bend": problem(LEANING.bend(20.0)),
    "absorbing layers": problem(LEANING, Absorber(thickness=0.4)),
    "a full tensor": problem(
        waveguides.strip(0.8, 0.6, materials.cut("LiNbO3", "x", 25.0), 1.44, window=(-1.5, 1.5, -0.8, 1.2))
    ),
}


def assembled(case: engine.Problem) -> tuple[EdgePencil, engine.Assembled]:
    return engine.assemble(case)


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> engine.Problem:
    return CASES[request.param]


@pytest.mark.parametrize("tables", [True, False])
def test_element_matrices_are_those_of_maxwell(
    case: engine.Problem, tables: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summed, "KEPT_ORDER", SMALL.order if tables else 0)  # low orders go by tables, high ones do not
    pencil, numbers = assembled(case)
    for found, powers in zip(
        summed.matrices(SMALL.order, numbers.data.weights),
        (Powers(1.0, 0.0, 0.0), Powers(0.0, 1.0, 0.0), Powers(0.0, 0.0, 1.0)),
        strict=True,
    ):
        expected = np.asarray(maxwell.matrices(pencil.element, numbers.data.weights, powers))
        expected = expected.reshape(-1, *expected.shape[2:])
        if found is None:
            found = np.zeros_like(expected)
        assert_allclose(found, expected, atol=1e-12 * np.abs(expected).max() + 1e-15)  # round-off of the sums


@pytest.mark.parametrize("exact", [False, True])
def test_a_step_of_an_iteration_is_a_product_and_a_solution(case: engine.Problem, exact: bool) -> None:
    pencil, numbers = assembled(case)
    layout, walls = pencil.layout, host.Walls(False, (False, True), True, (True, False))
    a, _, b = (m if m is None else m[None] for m in summed.matrices(SMALL.order, numbers.data.weights))
    assert a is not None
    assert b is not None
    factors = host.factorise(layout, a + 30.0 * b, walls, symmetric=numbers.epsilon.ndim == 3, exact=exact)
    free = host.free(layout, walls)
    v = free * np.random.default_rng(0).standard_normal((1, *free.shape))
    expected = host.solve(layout, factors, free * host.product(layout, b, v))
    found = host.solve_product(layout, factors, (host.eliminated(layout, factors, b), v))
    assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())  # round-off of a matrix of condition 1e6


@pytest.mark.parametrize("exact", [False, True])
def test_solution_is_that_of_the_dense_matrix(case: engine.Problem, exact: bool) -> None:
    # two kinds of right and of top wall at once, as the classes of a folded grid have them
    pencil, numbers = assembled(case)
    layout, walls = pencil.layout, host.Walls(False, (False, True), True, (False, True))
    shift = (2.0 * 2 * np.pi / 1.55) ** (1 if pencil.quadratic else 2)
    elements = np.asarray(maxwell.matrices(pencil.element, numbers.data.weights, pencil.powers(jnp.asarray(shift))))
    elements = elements.reshape(-1, *elements.shape[2:])
    dense = np.zeros((layout.size, layout.size), elements.dtype)
    for where, block in zip(host.numbering(layout).elements, elements, strict=True):
        dense[np.ix_(where, where)] += block
    free = host.free(layout, walls)
    b = np.cos(np.arange(layout.size) * 1.7)[:, None] * free
    assert_allclose(
        host.product(layout, elements[None], b[None].astype(dense.dtype))[0, 1, :, 1], dense @ b[1, :, 1],
        atol=1e-9 * np.abs(dense).max(),
    )  # fmt: skip
    two = np.stack([elements, 1.1 * elements])  # two grids
    factors = host.factorise(layout, two, walls, symmetric=pencil.symmetric, exact=exact)
    x = host.solve(layout, factors, np.stack([b, b]).astype(dense.dtype))
    assert_allclose(x[1], x[0] / 1.1, atol=1e-9 * np.abs(x).max())
    for r, s in np.ndindex(2, 2):
        inner = free[r, :, s] == 1
        assert np.all(x[0, r, ~inner, s] == 0)
        # condition 1e5
        assert_allclose(dense[np.ix_(inner, inner)] @ x[0, r, inner, s], b[r, inner, s], atol=1e-9)


def test_numbering_is_only_another_order() -> None:
    pencil, numbers = assembled(CASES["leaning walls"])
    layout = pencil.layout
    blocks = jax.jit(pencil.elements)(numbers.data, jnp.asarray(60.0))
    bare = maxwell.matrices(pencil.element, numbers.data.weights, Powers(1.0, 0.0, 60.0))
    bare = np.asarray(bare).reshape(1, -1, *bare.shape[2:])
    walls = host.Walls(False, (False,), False, (False,))
    order, b = host.numbering(layout), np.cos(np.arange(layout.size) * 1.7)[:, None] * host.free(layout, walls)[0]
    x = host.solve(layout, host.factorise(layout, bare, walls, symmetric=True), b[None, None])[0, 0, :, 0]

    def compiled(blocks: jax.Array, b: jax.Array) -> jax.Array:
        return layout.flatten(columns.solve(layout, columns.factorise(layout, blocks), layout.unflatten(b)))

    other = jax.jit(compiled)(blocks, jnp.asarray(b[order.vector, 0]))
    assert_allclose(x[order.vector], other, atol=1e-8 * np.abs(x).max())


SYMMETRIC = {
    "both ways": problem(waveguides.strip(0.5, 0.3, 2.1, 1.44, window=(-1.5, 1.5, -1.0, 1.3)), count=4),
    "across, leaning": problem(LEANING, count=4),
    "up, bent": problem(waveguides.strip(0.5, 0.3, 2.1, 1.44, window=(-1.5, 1.5, -1.0, 1.3)).bend(30.0), count=3),
    "lossy": problem(waveguides.strip(0.5, 0.3, 2.1, 1.44 + 1e-3j, window=(-1.5, 1.5, -1.0, 1.3)), count=3),
    "absorbing": problem(
        waveguides.strip(0.5, 0.3, 2.1, 1.44, window=(-1.5, 1.5, -1.0, 1.3)), Absorber(thickness=0.4), count=2
    ),
    "up, with a full tensor": problem(
        waveguides.strip(0.8, 0.6, materials.cut("LiNbO3", "x", 25.0), 1.44, window=(-1.5, 1.5, -0.8, 1.4))
    ),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_folding_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = SYMMETRIC[name]
    folds: list[tuple[bool, bool]] = []
    judge = mirror.mirrored

    def spy(*numbers: np.ndarray) -> tuple[bool, bool]:
        folds.append(judge(*numbers))
        return folds[-1]

    monkeypatch.setattr(mirror, "mirrored", spy)
    folded = engine.search(case, None)
    assert folds[0] == ("across" in name or name in ("both ways", "lossy", "absorbing"), "across" not in name)
    monkeypatch.setattr(mirror, "mirrored", lambda *_: (False, False))
    whole = engine.search(case, None)
    assert_allclose(folded.pairs.beta, whole.pairs.beta, rtol=1e-10)
    assert_allclose(folded.wall, whole.wall, rtol=1e-3, atol=1e-6)
    # what was unfolded solves the whole problem, signs and all
    pencil, numbers = assembled(case)
    for beta, x in zip(folded.pairs.beta, folded.pairs.right, strict=True):
        miss = pencil.apply(numbers.data, jnp.asarray(beta), jnp.asarray(x))
        scale = pencil.slope(numbers.data, jnp.asarray(beta), jnp.asarray(x)) * beta
        assert float(jnp.linalg.norm(miss)) < 1e-5 * float(jnp.linalg.norm(scale))


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    def n_eff(width: jax.Array) -> jax.Array:
        guide = waveguides.strip(width, 0.6, 2.1, 1.44, window=(-2.5, 2.5, -1.9, 2.5))
        return waveguides.solve(guide, 1.55, 2, resolution=SMALL).n_eff.real

    widths = jnp.linspace(0.45, 0.75, 7)  # more than go together
    assert_allclose(jax.jit(jax.vmap(n_eff))(widths), jnp.stack([n_eff(w) for w in widths]), rtol=1e-11)
    twice = jax.vmap(jax.vmap(n_eff))(widths[:6].reshape(2, 3))
    assert_allclose(twice.reshape(6, 2), jnp.stack([n_eff(w) for w in widths[:6]]), rtol=1e-11)


def test_lost_digits_are_won_back_by_factors() -> None:
    """Twelve decades of singular values, as metals beside dielectrics have them: factors leave the residual that
    rounding leaves, n times the last bit, whatever the condition; an inverse leaves as much more as the decades say."""
    n, rng = 12, np.random.default_rng(5)
    one, two = (np.linalg.qr(rng.normal(size=(n, n)))[0] for _ in range(2))
    blocks = (one * np.logspace(0, -12, n) @ two)[None]
    x = rng.normal(size=(1, n, 2))
    right, left = blocks @ x, np.swapaxes(x, 1, 2) @ blocks  # of answers of order one, as fields are

    def residuals(exact):
        ways = stack(blocks, exact)
        return np.abs(blocks @ ways.divide(right) - right).max(), np.abs(ways.divide_left(left) @ blocks - left).max()

    assert max(residuals(True)) < n * np.finfo(float).eps
    assert min(residuals(False)) > 1e6 * max(residuals(True))


@pytest.mark.parametrize("name", ["leaning walls", "absorbing layers"])  # the one in JAX takes its time to compile
def test_both_searches_find_the_same(name: str) -> None:
    case = CASES[name]
    one, two = engine.search(case, None), engine.search_compiled(case, None)
    assert_allclose(engine.value(case, one), engine.value(case, two), rtol=1e-9)
    assert_allclose(one.wall, two.wall, rtol=1e-4)  # vectors are right to the residual, 1e-7, and turned
    assert np.all(np.asarray(one.residual) < 1e-6)
    inside = jax.jit(lambda p: engine.search(p, None))(case)  # a callback
    assert_allclose(inside.pairs.beta, one.pairs.beta, rtol=1e-12)


def test_krylov_finds_the_largest_of_a_known_matrix() -> None:
    rng = np.random.default_rng(3)
    basis, values = rng.normal(size=(40, 40)), np.concatenate([[9.0, -7.0, 5.0], np.linspace(-1, 1, 37)])
    matrix = basis @ np.diag(values) @ np.linalg.inv(basis)
    found = krylov.arnoldi(lambda v: v @ matrix.T, rng.normal(size=(1, 1, 40)), 3, 39, 1e-10)
    assert_allclose(found.values, [[9, -7, 5]], rtol=1e-8)
    assert found.steps < 25
    small = krylov.arnoldi(lambda v: v * np.array([2.0, 1.0]), np.ones((1, 1, 2)), 1, 10, 1e-12)
    assert_allclose(small.values, [[2.0]], rtol=1e-12)


def test_krylov_over_classes_finds_the_largest_of_all() -> None:
    one, two = np.linspace(0.1, 1, 30), np.linspace(0.1, 0.95, 30)
    one[-1], two[-2:] = 5.0, (4.0, 7.0)
    found = krylov.arnoldi(lambda v: v * np.stack([one, two]), np.ones((1, 2, 30)), 3, 30, 1e-10)
    assert_allclose(found.values, [[7, 5, 4]], rtol=1e-9)
    assert found.classes.tolist() == [[1, 0, 1]]
