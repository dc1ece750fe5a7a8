"""Elements and meshes: exactness on polynomials, the de Rham property, metrics, patch tests."""

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.maxwell import Powers
from lingnan.solvers.elements.mesh import as_mesh, centres, graded, metric, subdivide
from lingnan.solvers.elements.problem import Data, EdgePencil, free_unknowns
from lingnan.solvers.elements.reference import edge_element, gauss, lagrange, lobatto, tables


@pytest.mark.parametrize("p", [1, 2, 5])
def test_lobatto_and_lagrange(p: int) -> None:
    nodes = lobatto(p)
    x = np.linspace(-1, 1, 7)
    value, slope = lagrange(nodes, x)
    assert_allclose(value @ nodes**p, x**p, atol=1e-12)  # polynomials of degree p are reproduced
    assert_allclose(slope @ nodes**p, p * x ** (p - 1), atol=1e-11)
    points, weights = gauss(p + 1)
    assert_allclose(weights @ points ** (2 * p), 2 / (2 * p + 1), rtol=1e-12)


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_gradients_of_axial_fields_are_transverse_fields(p: int) -> None:
    # the exact sequence that keeps spurious modes away: grad of the axial space lies in the curl-free part
    points = np.random.default_rng(0).uniform(-1, 1, (2, (p + 3) ** 2))
    e_xi, e_eta, curl, g_xi, g_eta, psi = tables(p, *points)
    axial = np.flatnonzero(np.abs(psi).max(axis=0) > 1e-12)
    for k in axial:
        target = np.concatenate([g_xi[:, k], g_eta[:, k]])
        basis = np.vstack([e_xi, e_eta])
        fit, *_ = np.linalg.lstsq(basis, target, rcond=None)
        assert_allclose(basis @ fit, target, atol=1e-9)
        assert_allclose(curl @ fit, 0.0, atol=1e-8)


def test_metric_of_a_trapezoid() -> None:
    x = np.array([[0.0, 0.5], [2.0, 1.5]])  # 2 wide at the bottom, 1 at the top
    element = edge_element(3)
    m = metric(as_mesh(x, [0.0, 1.0]), element.xi, element.eta)
    assert_allclose(jnp.sum(m.area * element.weights), 1.5, rtol=1e-13)
    assert_allclose(jnp.sum(m.y * m.area * element.weights), 2 / 3, rtol=1e-13)  # ∫ y (2 - y) dy
    middle_x, middle_y = centres(as_mesh(x, [0.0, 1.0]))
    assert_allclose([middle_x[0, 0], middle_y[0]], [1.0, 0.5])


def test_cells_shrink_towards_interfaces() -> None:
    assert_allclose(np.diff(graded(3, "end", 2.0)), np.array([4, 2, 1]) / 7)
    assert_allclose(np.diff(graded(4, "both", 3.0)), np.array([1, 3, 3, 1]) / 8)
    lines = subdivide(jnp.array([0.0, 1.0, 3.0]), [np.array([0, 0.5, 1]), np.array([0, 0.25, 1])])
    assert_allclose(lines, [0, 0.5, 1.0, 1.5, 3.0])


@pytest.mark.parametrize("p", [2, 3])
def test_plane_wave_in_a_parallel_plate_guide(p: int) -> None:
    # TEM: e = ŷ between plates, magnetic walls at the sides. P(β) e = 0 exactly at β = k n, on leaning lines as well
    n, k0 = 1.7, 2.0
    mesh = as_mesh(np.array([[0.0, 0.0, 0.0], [0.4, 0.5, 0.3], [1.0, 1.0, 1.0]]), [0.0, 0.3, 0.8])
    pencil = EdgePencil(p, 2, 2)
    eps = jnp.full((2, 2, 3), n**2)
    weights = maxwell.weights(pencil.element, mesh, eps, jnp.asarray(k0))
    data = Data(weights, free_unknowns(pencil.layout, ("left", "right")))
    # the field whose values are (0, 1): covariant components e_ξ = 0 + x-part, e_η = y_η; found by least squares
    element = pencil.element
    m = metric(mesh, element.xi, element.eta)
    local = np.zeros((2, 2, element.unknowns))
    for i in range(2):
        for j in range(2):
            target = np.concatenate([0 * element.xi, np.asarray(m.y_eta[i, j]), 0 * element.xi])
            basis = np.vstack([element.fields[0], element.fields[1], element.fields[5]])
            local[i, j], *_ = np.linalg.lstsq(basis, target, rcond=None)
    images = maxwell.apply(element, weights, Powers(1.0, 0.0, jnp.asarray((k0 * n) ** 2)), jnp.asarray(local))
    lay = pencil.layout
    total = lay.flatten(lay.to_grid(images)) * lay.flatten(data.free)
    assert np.abs(total).max() < 1e-12


def test_matrices_are_what_apply_applies() -> None:
    mesh = as_mesh([0.0, 0.4, 1.0], [0.0, 0.3, 0.8])
    pencil = EdgePencil(3, 2, 2, quadratic=True)
    rng = np.random.default_rng(1)
    eps = jnp.asarray(rng.normal(size=(2, 2, 3, 3)) + 4 * np.eye(3))
    weights = maxwell.weights(pencil.element, mesh, eps, jnp.asarray(2.0), 0.1)
    powers = Powers(1.0, 0.7, 0.49)
    local = jnp.asarray(rng.normal(size=(2, 2, pencil.element.unknowns)))
    full = maxwell.matrices(pencil.element, weights, powers)
    assert_allclose(
        jnp.einsum("xymn,xyn->xym", full, local), maxwell.apply(pencil.element, weights, powers, local), atol=1e-12
    )
    other, turned, sign = pencil.transposed(Data(weights, free_unknowns(pencil.layout)))
    back = maxwell.matrices(other.element, turned.weights, Powers(1.0, sign * 0.7, 0.49))
    assert_allclose(jnp.swapaxes(back, -1, -2), full, atol=1e-12)  # P(β)ᵀ is P(-β) of the transposed medium


def box_error(p: int, cells: int) -> float:
    """Relative error of β² of the TE10 mode of a metal box of 2 x 1 filled with ε = 2.25, by numpy's eigensolver."""
    k0, width = 4.0, 2.0
    mesh = as_mesh(np.linspace(0, width, cells + 1), np.linspace(0, 1, cells + 1))
    pencil = EdgePencil(p, cells, cells)
    weights = maxwell.weights(pencil.element, mesh, jnp.full((cells, cells, 3), 2.25), jnp.asarray(k0))
    lay = pencil.layout
    n = pencil.element.unknowns
    place = np.asarray(lay.to_elements(lay.unflatten(jnp.arange(lay.size)))).reshape(-1, n)
    free = np.asarray(lay.flatten(free_unknowns(lay))) > 0

    def whole(powers: Powers) -> np.ndarray:
        blocks = np.asarray(maxwell.matrices(pencil.element, weights, powers)).reshape(-1, n, n)
        matrix = np.zeros((lay.size, lay.size))
        np.add.at(matrix, (place[:, :, None], place[:, None, :]), blocks)
        return matrix[np.ix_(free, free)]

    a, b = whole(Powers(1.0, 0.0, 0.0)), whole(Powers(0.0, 0.0, 1.0))
    exact = 2.25 * k0**2 - (np.pi / width) ** 2
    # (A + β² B) x = 0 near the exact β²: the nearest of all eigenvalues by shift and invert; A + s B is regular there
    shift = exact * 1.01
    nearest = np.linalg.eigvals(np.linalg.solve(a + shift * b, b))
    top = nearest[np.argmax(np.abs(nearest))].real
    return abs(shift - 1 / top - exact) / exact


@pytest.mark.parametrize("p", [1, 2, 3])
def test_eigenvalues_converge_with_twice_the_degree(p: int) -> None:
    # smooth fields: the error of an eigenvalue is O(h^2p); I. Babuška and J. Osborn, Handb. Numer. Anal. II (1991), §10
    coarse, fine = box_error(p, 2), box_error(p, 4)
    assert_allclose(np.log2(coarse / fine), 2 * p, atol=0.35)  # two cells are not yet the asymptotic range
