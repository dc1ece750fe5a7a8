"""Element matrices of `maxwell` as sums of fixed matrices, in numpy: a product of two tables, with nothing to compile.

Each weight of `maxwell.Weights` multiplies one fixed product of fields at one point; on rectangles in a uniform medium
it is constant but for the point's own weight, and a handful of fixed matrices are enough. Elsewhere low orders have
tables of all points, and high ones multiply weighted fields by fields.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.elements.maxwell import Weights
from lingnan.solvers.elements.reference import Float, edge_element

Values = NDArray[Any]

#: rows of `EdgeElement.fields`
XI, ETA, CURL, G_XI, G_ETA, PSI = range(6)
#: power of β -> (row field, column field, sign) of each term, in the order of `_terms`
PRODUCTS: tuple[tuple[tuple[int, int, complex], ...], ...] = (
    ((XI, XI, -1), (XI, ETA, -1), (ETA, XI, -1), (ETA, ETA, -1), (CURL, CURL, 1)),
    ((XI, PSI, -1j), (ETA, PSI, -1j), (PSI, XI, 1j), (PSI, ETA, 1j)),
    ((G_XI, G_XI, 1), (G_XI, G_ETA, 1), (G_ETA, G_XI, 1), (G_ETA, G_ETA, 1), (PSI, PSI, -1)),
)
#: above this order the table of all points is not kept: it has 6 Q n² numbers
KEPT_ORDER = 4


def matrices(order: int, weights: Weights) -> tuple[Values, Values | None, Values]:
    """A, C and B of `maxwell`, each (elements, n, n), of however many grids; None for a C of zeros."""
    found: list[Values | None] = [_summed(order, power, _terms(weights, power)) for power in range(3)]
    a, c, b = found
    assert a is not None
    assert b is not None
    return a, c, b


def _terms(w: Weights, power: int) -> list[Values]:
    if power == 1:
        if w.to_transverse is None or w.to_axial is None:
            return []
        return [np.asarray(part) for part in (*w.to_transverse, *w.to_axial)]
    xx, xy, yy = w.gradient
    return [np.asarray(p) for p in ((*w.transverse, w.curl) if power == 0 else (xx, xy, xy, yy, w.axial))]


def _summed(order: int, power: int, terms: list[Values]) -> Values | None:
    if not terms:
        return None
    element = edge_element(order)
    n, flat = element.unknowns, [t.reshape(-1, len(element.weights)) for t in terms]
    count = len(flat[0])
    used = [k for k, t in enumerate(flat) if np.any(t)]
    if not used:
        return np.zeros((count, n, n), complex if power == 1 else float)
    densities = np.stack([flat[k] for k in used], axis=1) / element.weights  # (elements, terms, Q)
    first = densities[..., :1]
    even = np.all(np.abs(densities - first) <= 1e-13 * np.abs(first), axis=(1, 2))
    total = np.zeros((count, n * n), np.result_type(densities, 1j if power == 1 else 1.0))
    if np.any(even):
        table = np.stack([_whole(order, power, k) for k in used])
        total[even] = densities[even, :, 0] @ table
    odd = np.flatnonzero(~even)
    if len(odd):
        total[odd] = (_tabled if order <= KEPT_ORDER else _weighted)(order, power, used, densities[odd])
    return total.reshape(count, n, n)


@lru_cache(maxsize=64)
def _whole(order: int, power: int, term: int) -> Values:
    """∫ of one product of fields over the square, (n²,)."""
    element = edge_element(order)
    row, column, sign = PRODUCTS[power][term]
    left, right = element.fields[row], element.fields[column]
    return sign * ((left.T * element.weights) @ right).ravel()


def _tabled(order: int, power: int, used: list[int], densities: Values) -> Values:
    """The sum over terms and points, (elements, n²), of densities (elements, terms, Q)."""
    total: Any = 0
    for i, term in enumerate(used):
        row, column, sign = PRODUCTS[power][term]
        total = total + densities[:, i] @ (sign * _kept(order, row, column))
    return total


@lru_cache(maxsize=64)
def _kept(order: int, row: int, column: int) -> Float:
    """One product of fields point by point, weighted, (Q, n²)."""
    element = edge_element(order)
    left, right = element.fields[row] * element.weights[:, None], element.fields[column]
    return (left[:, :, None] * right[:, None, :]).reshape(len(element.xi), -1)


def _weighted(order: int, power: int, used: list[int], densities: Values) -> Values:
    """The same as `_tabled`, by products of matrices in each element."""
    element = edge_element(order)
    rows = sorted({PRODUCTS[power][term][0] for term in used})
    kind = np.result_type(densities, 1j if power == 1 else 1.0)
    stress = np.zeros((len(densities), len(rows), *element.fields.shape[1:]), kind)
    for i, term in enumerate(used):
        row, column, sign = PRODUCTS[power][term]
        stress[:, rows.index(row)] += (sign * element.weights * densities[:, i])[..., None] * element.fields[column]
    left = element.fields[rows].reshape(-1, element.unknowns).T
    return (left @ stress.reshape(len(stress), -1, element.unknowns)).reshape(len(stress), -1)
