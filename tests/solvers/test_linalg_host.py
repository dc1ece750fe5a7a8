"""The elimination and the search in LAPACK against the same in JAX, and against dense matrices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials, waveguides
from lingnan.solvers.elements import maxwell, summed
from lingnan.solvers.elements.maxwell import Powers
from lingnan.solvers.elements.problem import EdgePencil
from lingnan.solvers.linalg import columns, host, krylov
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
    numbers = engine.assembled(case)
    return EdgePencil(SMALL.order, numbers.mesh.nx, numbers.mesh.ny, numbers.epsilon.ndim == 4), numbers


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> engine.Problem:
    return CASES[request.param]


def test_element_matrices_are_those_of_maxwell(case: engine.Problem) -> None:
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


def test_solution_is_that_of_the_dense_matrix(case: engine.Problem) -> None:
    pencil, numbers = assembled(case)
    layout = pencil.layout
    shift = (2.0 * 2 * np.pi / 1.55) ** (1 if pencil.quadratic else 2)
    blocks = jax.jit(pencil.elements)(numbers.data, jnp.asarray(shift))
    elements = np.asarray(blocks)
    elements = elements.reshape(-1, *elements.shape[2:])
    order = host.numbering(layout)
    dense = np.zeros((layout.size, layout.size), elements.dtype)
    for where, block in zip(order.elements, elements, strict=True):
        dense[np.ix_(where, where)] += block
    b = np.cos(np.arange(layout.size) * 1.7)
    assert_allclose(host.product(layout, elements, b.astype(dense.dtype)), dense @ b, atol=1e-9 * np.abs(dense).max())
    x = host.solve(layout, host.factorise(layout, elements), b.astype(dense.dtype))
    assert_allclose(dense @ x, b, atol=1e-9)  # condition 1e5

    # the numbering is only another order of the one of `columns`
    def compiled(blocks: jax.Array, b: jax.Array) -> jax.Array:
        return layout.flatten(columns.solve(layout, columns.factorise(layout, blocks), layout.unflatten(b)))

    other = jax.jit(compiled)(blocks, jnp.asarray(b[order.vector]))
    assert_allclose(x[order.vector], other, atol=1e-8 * np.abs(x).max())


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
    found = krylov.arnoldi(lambda v: matrix @ v, rng.normal(size=40), 3, 39, 1e-10)
    assert_allclose(found.values, [9, -7, 5], rtol=1e-8)
    assert found.steps < 25
    small = krylov.arnoldi(lambda v: np.diag([2.0, 1.0]) @ v, np.array([1.0, 1.0]), 1, 10, 1e-12)
    assert_allclose(small.values, [2.0], rtol=1e-12)
