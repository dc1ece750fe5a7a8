"""Least-squares parabolas by their moments, row by row; the generated KLayout macro does the same."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def moments(u: Floats, values: Floats, n: NDArray[np.intp]) -> tuple[list[Floats], list[Floats]]:
    """Sums of u^0 to u^4 and of the values times u^0 to u^2 over each row.

    Args:
        u, values: both 0 where there is no sample.
        n: samples in each row.
    """
    square = u * u
    powers = [n.astype(float), u.sum(axis=1), square.sum(axis=1), (square * u).sum(axis=1)]
    powers.append((square * square).sum(axis=1))
    return powers, [values.sum(axis=1), (values * u).sum(axis=1), (values * square).sum(axis=1)]


def parabola(m: Sequence[Floats], r: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """Terms of degree 0, 1 and 2 from the moments."""
    one, two, three = m[2] * m[4] - m[3] * m[3], m[1] * m[4] - m[3] * m[2], m[1] * m[3] - m[2] * m[2]
    det = m[0] * one - m[1] * two + m[2] * three
    return (
        (r[0] * one - m[1] * (r[1] * m[4] - m[3] * r[2]) + m[2] * (r[1] * m[3] - m[2] * r[2])) / det,
        (m[0] * (r[1] * m[4] - m[3] * r[2]) - r[0] * two + m[2] * (m[1] * r[2] - m[2] * r[1])) / det,
        (m[0] * (m[2] * r[2] - m[3] * r[1]) - m[1] * (m[1] * r[2] - m[2] * r[1]) + r[0] * three) / det,
    )
