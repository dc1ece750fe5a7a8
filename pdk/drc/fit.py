"""Least-squares polynomials through a few points, by their moments: the generated KLayout macro does the same."""

import math
from collections.abc import Sequence

import numpy as np


def parabola(s: Sequence[float], values: Sequence[float]) -> tuple[float, float, float]:
    """Least-squares parabola through (s, value): its value and second derivative at s = 0, and the rms residual."""
    scale = max(abs(t) for t in s) or 1.0
    m0 = m1 = m2 = m3 = m4 = r0 = r1 = r2 = 0.0
    for t, value in zip(s, values, strict=True):
        u = t / scale
        square = u * u
        m0 += 1.0
        m1 += u
        m2 += square
        m3 += square * u
        m4 += square * square
        r0 += value
        r1 += value * u
        r2 += value * square
    one, two, three = m2 * m4 - m3 * m3, m1 * m4 - m3 * m2, m1 * m3 - m2 * m2
    det = m0 * one - m1 * two + m2 * three
    top = (r0 * one - m1 * (r1 * m4 - m3 * r2) + m2 * (r1 * m3 - m2 * r2)) / det
    slope = (m0 * (r1 * m4 - m3 * r2) - r0 * two + m2 * (m1 * r2 - m2 * r1)) / det
    bend = (m0 * (m2 * r2 - m3 * r1) - m1 * (m1 * r2 - m2 * r1) + r0 * three) / det
    squares = 0.0
    for t, value in zip(s, values, strict=True):
        u = t / scale
        squares += (top + u * (slope + u * bend) - value) ** 2
    return top, 2 * bend / scale**2, math.sqrt(squares / len(s))


def polynomial(s: Sequence[float], values: Sequence[float], degree: int) -> tuple[list[float], float]:
    """Least-squares polynomial of degree 0 to 2 through (s, value): its coefficients, and the rms residual."""
    where, what = np.array(s), np.array(values)
    scale = float(np.abs(where).max()) or 1.0
    powers = np.ones((2 * degree + 1, len(where)))
    for k in range(1, 2 * degree + 1):
        powers[k] = powers[k - 1] * (where / scale)
    moments, right = powers.sum(axis=1).tolist(), (powers[: degree + 1] @ what).tolist()
    rows = [[moments[j + k] for k in range(degree + 1)] for j in range(degree + 1)]
    for j in range(degree + 1):
        for i in range(j + 1, degree + 1):
            share = rows[i][j] / rows[j][j]
            rows[i] = [x - share * y for x, y in zip(rows[i], rows[j], strict=True)]
            right[i] -= share * right[j]
    terms = [0.0] * (degree + 1)
    for j in range(degree, -1, -1):
        terms[j] = (right[j] - sum(rows[j][k] * terms[k] for k in range(j + 1, degree + 1))) / rows[j][j]
    off = np.array(terms) @ powers[: degree + 1] - what
    return [term / scale**k for k, term in enumerate(terms)], math.sqrt(float(off @ off) / len(off))
