"""Stacks of dense blocks (…, n, n) to divide by, in LAPACK.

Well conditioned blocks, as light in dielectrics has them, are inverted: applying an inverse is one product for a whole
stack. Blocks whose entries span many decades are factorised instead, each on its own (`exact`).
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]  #: float or complex


class Stack(Protocol):
    """Blocks K to divide by."""

    def divide(self, rhs: Values) -> Values:
        """K⁻¹ times (…, n, m)."""
        ...

    def divide_left(self, lhs: Values) -> Values:
        """(…, m, n) times K⁻¹."""
        ...


@dataclass(frozen=True)
class Inverted:
    """Blocks by their inverses."""

    inverse: Values

    def divide(self, rhs: Values) -> Values:
        """K⁻¹ times (…, n, m)."""
        return self.inverse @ rhs

    def divide_left(self, lhs: Values) -> Values:
        """(…, m, n) times K⁻¹."""
        return lhs @ self.inverse


class Factorised:
    """Blocks by their factors, L U with partial pivoting."""

    def __init__(self, blocks: Values) -> None:
        from scipy.linalg import get_lapack_funcs  # slow to import, and seldom needed

        self.lead, n = blocks.shape[:-2], blocks.shape[-1]
        factor, self.getrs = get_lapack_funcs(("getrf", "getrs"), (blocks,))
        self.factors = [factor(block)[:2] for block in blocks.reshape(-1, n, n)]

    def divide(self, rhs: Values) -> Values:
        """K⁻¹ times (…, n, m)."""
        return self._each(rhs, 0)

    def divide_left(self, lhs: Values) -> Values:
        """(…, m, n) times K⁻¹."""
        return np.swapaxes(self._each(np.swapaxes(lhs, -1, -2), 1), -1, -2)

    def _each(self, rhs: Values, transposed: int) -> Values:
        shape = np.broadcast_shapes(self.lead, rhs.shape[:-2])
        which = np.broadcast_to(np.arange(len(self.factors)).reshape(self.lead), shape).ravel()
        many = np.broadcast_to(rhs, (*shape, *rhs.shape[-2:])).reshape(-1, *rhs.shape[-2:])
        found = [self.getrs(*self.factors[k], b, trans=transposed)[0] for k, b in zip(which, many, strict=True)]
        return np.stack(found).reshape(*shape, *rhs.shape[-2:])


def stack(blocks: Values, exact: bool) -> Stack:
    """Blocks (…, n, n) to divide by; `exact`: factorised and not inverted."""
    return Factorised(blocks) if exact else Inverted(np.linalg.inv(blocks))
