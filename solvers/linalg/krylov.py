"""Arnoldi's method for several operators at once on a processor: it stops as soon as the pairs are there.

A Krylov space has one vector for each eigenvalue: of several pairs with one and the same eigenvalue it finds one, and
round-off brings the others or does not. `completed` looks for them from another start, with what is found taken out.
"""

import warnings
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


#: Two eigenvalues nearer to one another, relative to their size, are one: it does not matter which pair is taken.
SAME = 1e-9
#: Of a search that was to find nothing more: the chance that it has overlooked something.
CHANCE = 1e-3
#: Pairs with a larger residual are none: those of complex eigenvalues in real numbers, say.
FOUND = 1e-6
#: What one of the spare pairs may leave: its share of an eigenvector far from its own is as small.
SPARE = 1e-2
#: What a pair that is found later may leave at most; of the spare ones less is known.
FINE = 1e-7


def arnoldi(
    operator: Callable[[Values], Values],
    start: Values,
    count: int,
    most: int,
    tolerance: float,
    *,
    floor: Values | None = None,
    spare: int = 0,
) -> Ritz:
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
        floor: (G,) moduli; pairs below are not asked for, and come as they are.
        spare: so many pairs more come as they are.
    """
    problems, kinds, size = start.shape
    most = min(most, size)
    v = np.empty((problems, kinds, most + 1, size), start.dtype)  # pages that are not reached are not used
    h = np.zeros((problems, kinds, most + 1, most), start.dtype)
    v[:, :, 0] = start / np.linalg.norm(start, axis=-1, keepdims=True)
    look, real = count + 6 if floor is None else 3, v.dtype.kind == "f"
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
        look = j + 1 + max(2 if floor is None else 1, (j + 1) // 8)
        values, s = np.linalg.eig(h[:, :, : j + 1, : j + 1])
        residuals = np.abs(h[:, :, j + 1, j, None] * s[:, :, -1]) / np.maximum(np.abs(values), 1e-300)
        # (G, C (j + 1)): of all classes together
        flat = values.reshape(problems, -1)
        chosen = np.argsort(-np.abs(flat), axis=1, kind="stable")[:, : count + spare]
        worst = np.take_along_axis(residuals.reshape(problems, -1), chosen, axis=1)
        if floor is None:
            done |= bool(worst[:, :count].max() <= tolerance)
        else:
            done |= _nothing_left(values, residuals, floor, tolerance)
        if done:
            classes, place = np.divmod(chosen, j + 1)
            here = np.arange(problems)[:, None]
            vectors = np.stack([s[g, c, :, k] @ v[g, c, : j + 1] for g, c, k in _triples(classes, place)])
            vectors = vectors if np.iscomplexobj(v) else np.real(vectors)
            vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
            return Ritz(flat[here, chosen].astype(complex), vectors.reshape(problems, -1, size), worst, classes, j + 1)
    raise AssertionError("unreachable: the last step returns")


def _nothing_left(values: Values, residuals: Values, floor: Values, tolerance: float) -> bool:
    """Are all pairs above the floor there, of (G, C, k), and is it unlikely that there are more?

    A Ritz vector is p(T) w with the start w and a polynomial p whose roots are the other Ritz values. Where all of them
    lie below θ, the largest of a class, p grows from there: of an eigenvector at f > θ, of which w has the share s next
    to that of θ's own, there is s p(f) / p(θ) in the Ritz vector, which leaves a residual of (f - θ) s p(f) / p(θ). So
    a residual tells how small s must be for something above the floor to be hidden: less than `CHANCE`, for a random w.
    """
    sizes, f = np.abs(values), floor[:, None, None]
    above = sizes * (1 + residuals) >= f * (1 + SAME)
    if np.any(above & (residuals > tolerance)):
        return False
    first = np.argmax(sizes, axis=2)[..., None]
    size, residual = (np.take_along_axis(part, first, axis=2) for part in (sizes, residuals))
    others = np.arange(values.shape[2]) != first
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.sum(np.where(others, np.log(np.abs((f - values) / (size - values))), 0.0), axis=2)
        left = np.log(residual * size / (f - size))[..., 0] - growth
    # where one has come up above the floor, another pass follows
    return bool(np.all(np.isinf(floor)[:, None] | above.any(axis=2) | (left <= np.log(CHANCE))))


def completed(
    operator: Callable[[Values], Values],
    left: Callable[[Values], Values],
    start: Callable[[int], Values],
    found: Ritz,
    count: int,
    most: int,
    tolerance: float,
) -> Ritz:
    """`found` with the pairs of the same eigenvalues, or others, that the start of `arnoldi` did not bring.

    What is found is taken out of another start, and of every image, by the projection along it that commutes with the
    operator: what comes out above the least of `found` was missed. That is repeated until nothing does, so that each
    pass brings one more of each eigenvalue. Pairs of one eigenvalue are biorthogonal to one another: the sum of their
    derivatives is that of the sum.

    A pair that the first space could not see is biorthogonal to all of it, but for round-off, also to what had not
    quite converged in it: with that taken out too, the next pass sees sooner that nothing is left.

    Args:
        operator: as in `arnoldi`.
        left: left vectors (G, k, N) of right ones (G, k, N): those of one eigenvalue pair with no other's right ones.
        start: (G, C, N), for each pass 1, 2, … another one, and other than that of `found`.
        found: of `arnoldi`, with spare pairs.
        count: how many pairs.
        most: steps of each pass.
        tolerance: as in `arnoldi`.
    """
    steps, total = found.steps, found.values.shape[1]
    sound = np.all(found.residuals[:, :count] <= FOUND, axis=1)  # else there is nothing to stand on
    held = np.broadcast_to(sound[:, None] & (np.arange(total) < count), found.values.shape)
    kept = _apart(found, held, left)
    lower, spare = np.full(len(sound), np.inf), True
    for k in range(1, 2 * count + 2):
        first = start(k)
        place = np.arange(kept.held.shape[1])
        which = kept.held | spare & (count <= place) & (place < total) & (kept.residuals <= SPARE)
        rest = _without(kept, which, left, first.shape[1])
        sizes = np.sort(np.where(kept.held, np.abs(kept.values), 0.0), axis=1)[:, ::-1][:, :count]
        floor = np.where(sound, np.minimum(np.min(np.where(sizes > 0, sizes, np.inf), axis=1), lower), np.inf)
        more = arnoldi(lambda v, rest=rest: rest(operator(v)), rest(first), count, most, tolerance, floor=floor)
        steps += more.steps
        new = (np.abs(more.values) > floor[:, None] * (1 + SAME)) & (more.residuals <= FINE)
        if spare and np.any(new):
            more, true = _tried(operator, more, new, first.shape)
            if not np.all(true):  # what had not converged was not the eigenvectors' own
                spare = False
                continue
        lack = np.where(sound & ~np.any(new, axis=1), count - np.sum(kept.held, axis=1), 0)
        if np.any(lack > 0):  # some were none: as many from below
            least = np.clip(lack - 1, 0, more.values.shape[1] - 1)  # a space that ends early has fewer
            next_ones = np.take_along_axis(np.abs(more.values), least[:, None], axis=1)[:, 0]
            lower, spare = np.where(lack > 0, 0.99 * next_ones, np.inf), False
        elif not np.any(new):
            break
        a, b, c, d = (np.concatenate(pair, axis=1) for pair in zip(kept[:4], more[:4], strict=True))
        kept = _apart(Ritz(a, b, c, d, steps), np.concatenate([kept.held, new], axis=1), left)
    else:
        warnings.warn(
            f"{2 * count + 1} passes of the search still brought new pairs: others of the {count} asked for may be "
            "missing. Ask for fewer, or for more and take the first.",
            stacklevel=2,
        )
    chosen = np.argsort(-np.where(kept.held, np.abs(kept.values), 0.0), axis=1, kind="stable")[:, :count]
    chosen = np.where((np.sum(kept.held, axis=1) >= count)[:, None], chosen, np.arange(count))
    here = np.arange(len(chosen))[:, None]
    a, b, c, d = (part[here, chosen] for part in kept[:4])
    return Ritz(a, b, c, d, steps)


def _tried(
    operator: Callable[[Values], Values], pairs: Ritz, which: NDArray[np.bool_], shape: tuple[int, ...]
) -> tuple[Ritz, NDArray[np.bool_]]:
    """Pairs with the residuals that the operator itself leaves, and whether each of `which` is an eigenpair of it."""
    residuals = pairs.residuals.copy()
    for k in np.flatnonzero(which.any(axis=0)):
        here = np.arange(len(which)), pairs.classes[:, k]
        v = np.zeros(shape, pairs.vectors.dtype)
        v[here] = pairs.vectors[:, k]
        value = pairs.values[:, k] if np.iscomplexobj(v) else np.real(pairs.values[:, k])
        image = operator(v)[here] - value[:, None] * pairs.vectors[:, k]
        true = np.linalg.norm(image, axis=-1) / np.maximum(np.abs(value), 1e-300)
        residuals[:, k] = np.where(which[:, k], true, residuals[:, k])
    return pairs._replace(residuals=residuals), ~which | (residuals <= FINE)


class _Kept(NamedTuple):
    """Pairs as in `Ritz`, and which of them count."""

    values: Values
    vectors: Values
    residuals: Values
    classes: NDArray[np.intp]
    held: NDArray[np.bool_]  #: (G, k)


def _apart(pairs: Ritz, held: NDArray[np.bool_], left: Callable[[Values], Values]) -> _Kept:
    """Pairs of one eigenvalue and class made biorthogonal, one after another.

    What round-off brings of a second vector may still be mostly the first one: what is left of such a one counts only
    if it is an eigenvector by itself.
    """
    values, vectors, residuals, classes = (np.array(part) for part in pairs[:4])
    held = held.copy()
    close = np.abs(values[:, :, None] - values[:, None]) <= SAME * np.abs(values[:, :, None])
    alike = close & (classes[:, :, None] == classes[:, None]) & held[:, :, None] & held[:, None]
    for k in range(1, values.shape[1]):
        with_me = alike[:, k, :k]
        if not np.any(with_me):
            continue
        dual = left(vectors[:, :k])
        scale = np.sum(dual * vectors[:, :k], axis=-1)
        scale = np.where(scale != 0, scale, 1.0)
        for _ in range(2):
            part = np.where(with_me & held[:, :k], (dual @ vectors[:, k, :, None])[..., 0] / scale, 0.0)
            vectors[:, k] -= (part[:, None] @ vectors[:, :k])[:, 0]
        length = np.maximum(np.linalg.norm(vectors[:, k], axis=-1), 1e-300)
        vectors[:, k] /= length[:, None]
        residuals[:, k] /= np.minimum(length, 1.0)
        held[:, k] &= residuals[:, k] <= FINE
    return _Kept(values, vectors, residuals, classes, held)


def _without(
    kept: _Kept, which: NDArray[np.bool_], left: Callable[[Values], Values], kinds: int
) -> Callable[[Values], Values]:
    """What takes pairs out of vectors (G, C, N)."""
    pairing = left(kept.vectors)
    scale = np.sum(pairing * kept.vectors, axis=-1)
    pairing = pairing / np.where(which & (scale != 0), scale, 1.0)[..., None]
    member = which[:, :, None] & (kept.classes[:, :, None] == np.arange(kinds))  # (G, k, C)
    alike = (member[:, :, None] & member[:, None]).any(axis=-1)
    both = np.where(alike, pairing @ np.swapaxes(kept.vectors, 1, 2), np.eye(member.shape[1]))
    inverse = np.linalg.pinv(both, rcond=1e-10)

    def rest(v: Values) -> Values:
        part = inverse @ np.where(member, pairing @ np.swapaxes(v, 1, 2), 0.0)
        return v - np.swapaxes(np.where(member, part, 0.0), 1, 2) @ kept.vectors

    return rest


def _length(v: Values) -> Values:
    square = np.einsum("gcn,gcn->gc", v, v) if v.dtype.kind == "f" else np.einsum("gcn,gcn->gc", v, v.conj()).real
    return np.sqrt(square)


def _triples(classes: NDArray[np.intp], place: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    return [(g, int(c), int(k)) for g, row in enumerate(classes) for c, k in zip(row, place[g], strict=True)]
