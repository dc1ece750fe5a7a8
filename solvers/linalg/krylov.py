"""Arnoldi's method for several operators at once on a processor: it stops as soon as the pairs are there."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


class Ritz(NamedTuple):
    """Approximate eigenpairs of each problem, largest modulus first, in the operator's own type."""

    values: Values  #: (G, count) complex
    vectors: Values  #: (G, count, N) of unit length
    residuals: Values  #: (G, count) relative to the value
    classes: NDArray[np.intp]  #: (G, count): the operator that each belongs to
    steps: int


def arnoldi(operator: Callable[[Values], Values], start: Values, count: int, most: int, tolerance: float) -> Ritz:
    """The `count` eigenpairs of largest modulus of each problem, from at most `most` uses of the operator.

    A problem is a direct sum of C operators (classes of symmetry, say), and its eigenpairs are those of all of them
    together. Without restarts: what is sought here takes ten steps a pair, and vectors are cheap. As in
    `linalg.arnoldi`, a real operator gives real pairs only.

    Args:
        operator: of vectors (G, C, N), real or complex like `start`.
        start: (G, C, N).
        count: how many pairs.
        most: steps.
        tolerance: residual relative to the eigenvalue at which to stop.
    """
    problems, kinds, size = start.shape
    most = min(most, size)
    v = np.empty((problems, kinds, most + 1, size), start.dtype)  # pages that are not reached are not used
    h = np.zeros((problems, kinds, most + 1, most), start.dtype)
    v[:, :, 0] = start / np.linalg.norm(start, axis=-1, keepdims=True)
    look, real = count + 6, v.dtype.kind == "f"
    for j in range(most):
        rest = operator(v[:, :, j])
        basis, column = v[:, :, : j + 1], h[:, :, : j + 1, j]
        adjoint = basis if real else basis.conj()
        for _ in range(2):  # twice is enough: Kahan, in B. N. Parlett, The Symmetric Eigenvalue Problem, §6.9
            part = adjoint @ rest[..., None]
            column += part[..., 0]
            rest = rest - (part.swapaxes(-1, -2) @ basis)[:, :, 0]
        length = _length(rest)
        ended = length <= 1e-14 * _length(column)  # the space is whole: there is nothing more to find in it
        h[:, :, j + 1, j] = np.where(ended, 0.0, length)
        np.multiply(rest, (~ended / np.where(ended, 1.0, length))[..., None], out=v[:, :, j + 1])
        done = bool(ended.all()) or j + 1 == most
        if j + 1 < look and not done:
            continue
        look = j + 1 + max(2, (j + 1) // 8)
        values, s = np.linalg.eig(h[:, :, : j + 1, : j + 1])
        residuals = np.abs(h[:, :, j + 1, j, None] * s[:, :, -1]) / np.maximum(np.abs(values), 1e-300)
        # (G, C (j + 1)): of all classes together
        flat = values.reshape(problems, -1)
        chosen = np.argsort(-np.abs(flat), axis=1, kind="stable")[:, :count]
        worst = np.take_along_axis(residuals.reshape(problems, -1), chosen, axis=1)
        if worst.max() <= tolerance or done:
            classes, place = np.divmod(chosen, j + 1)
            here = np.arange(problems)[:, None]
            vectors = np.stack([s[g, c, :, k] @ v[g, c, : j + 1] for g, c, k in _triples(classes, place)])
            vectors = vectors if np.iscomplexobj(v) else np.real(vectors)
            vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
            return Ritz(flat[here, chosen].astype(complex), vectors.reshape(problems, -1, size), worst, classes, j + 1)
    raise AssertionError("unreachable: the last step returns")


def _length(v: Values) -> Values:
    square = np.einsum("gcn,gcn->gc", v, v) if v.dtype.kind == "f" else np.einsum("gcn,gcn->gc", v, v.conj()).real
    return np.sqrt(square)


def _triples(classes: NDArray[np.intp], place: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    return [(g, int(c), int(k)) for g, row in enumerate(classes) for c, k in zip(row, place[g], strict=True)]
