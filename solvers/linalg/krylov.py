"""`arnoldi` for one operator on a processor: it stops as soon as the pairs are there, and compiles nothing."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


class Ritz(NamedTuple):
    """Approximate eigenpairs, largest modulus first, in the operator's own type."""

    values: Values  #: (count,) complex
    vectors: Values  #: (count, N) of unit length
    residuals: Values  #: (count,) relative to the value
    steps: int


def arnoldi(operator: Callable[[Values], Values], start: Values, count: int, most: int, tolerance: float) -> Ritz:
    """The `count` eigenpairs of largest modulus, from at most `most` uses of the operator.

    Without restarts: what is sought here takes ten steps a pair, and vectors are cheap. As in `linalg.arnoldi`, a real
    operator gives real pairs only.
    """
    most = min(most, start.size)
    v = np.zeros((most + 1, start.size), start.dtype)
    h = np.zeros((most + 1, most), start.dtype)
    v[0] = start / np.linalg.norm(start)
    look = count + 3
    for j in range(most):
        rest = operator(v[j])
        size = np.linalg.norm(rest)
        for _ in range(2):  # twice is enough: Kahan, in B. N. Parlett, The Symmetric Eigenvalue Problem, §6.9
            part = v[: j + 1].conj() @ rest
            h[: j + 1, j] += part
            rest = rest - part @ v[: j + 1]
        h[j + 1, j] = np.linalg.norm(rest)
        ended = abs(h[j + 1, j]) <= 1e-14 * size  # the space is whole: there is nothing more to find in it
        if not ended:
            v[j + 1] = rest / h[j + 1, j]
        if j + 1 < look and not ended and j + 1 < most:
            continue
        look = j + 1 + max(1, (j + 1) // 8)
        values, s = np.linalg.eig(h[: j + 1, : j + 1])
        order = np.argsort(-np.abs(values))[:count]
        residuals = np.abs(h[j + 1, j] * s[j, order]) / np.abs(values[order])
        if (len(order) == count and residuals.max() <= tolerance) or ended or j + 1 == most:
            vectors = s[:, order].T @ v[: j + 1]
            vectors = vectors if np.iscomplexobj(v) else np.real(vectors)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            return Ritz(values[order].astype(complex), vectors / lengths, residuals, j + 1)
    raise AssertionError("unreachable: the last step returns")
