"""The worst of several bandwidths, raised while limits hold: what `optimum` asks SciPy's SLSQP to solve.

Unknowns are what is drawn, from 0 at its least to 1 at its largest, and t, a bandwidth that no corner falls below.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.modulators.figures import Figures

GIGA = 1e9
SCALE = 100.0  #: [GHz] that count as 1


class Step(NamedTuple):
    """Where a step of the search stood."""

    drawn: dict[str, float]  #: what is free [µm]
    length: float  #: [µm]
    v_pi: float  #: of the worst corner [V]
    bandwidth: float  #: of the worst corner [Hz]


class Minimax:
    """The problem in numbers from 0 to 1, with t, the bandwidth of the worst corner, as the last."""

    def __init__(
        self,
        corners: tuple[str, ...],
        sloped: Callable[[str, Array], tuple[Array, Figures]],
        low: np.ndarray,
        size: np.ndarray,
        v_pi: float,
        names: tuple[str, ...],
        say: Callable[[Step], None] | None,
    ) -> None:
        self.corners, self.sloped = corners, sloped
        self.low, self.size, self.limit, self.names, self.say = low, size, v_pi, names, say
        self.steps: list[Step] = []
        self._at: tuple[bytes, np.ndarray, np.ndarray] | None = None

    def value(self, x: np.ndarray) -> float:
        return -float(x[-1])

    def value_slope(self, x: np.ndarray) -> np.ndarray:
        return np.append(np.zeros(len(x) - 1), -1.0)

    def margins(self, x: np.ndarray) -> np.ndarray:
        """For each corner what is left of V_pi, and what its bandwidth is more than t; both of order 1."""
        pairs, _ = self._pairs(x)
        return np.concatenate([1 - pairs[:, 0] / self.limit, pairs[:, 1] / SCALE - x[-1]])

    def margin_slopes(self, x: np.ndarray) -> np.ndarray:
        _, slopes = self._pairs(x)
        one = -slopes[:, 0] / self.limit
        two = slopes[:, 1] / SCALE
        ends = np.concatenate([np.zeros(len(one)), -np.ones(len(two))])
        return np.column_stack([np.concatenate([one, two]), ends])

    def stepped(self, x: np.ndarray) -> None:
        """Keep, and tell, where the search stands."""
        pairs, _ = self._pairs(x)
        p = self.low + self.size * x[:-1]
        numbers = dict(zip(self.names, (float(v) for v in p[:-1]), strict=True))
        step = Step(numbers, float(p[-1]), float(pairs[:, 0].max()), GIGA * float(pairs[:, 1].min()))
        self.steps.append(step)
        if self.say:
            self.say(step)

    def _pairs(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(C, 2) V_pi [V] and bandwidth [GHz], and their slopes (C, 2, N) in numbers from 0 to 1."""
        key = x[:-1].tobytes()
        if self._at is None or self._at[0] != key:
            p = jnp.asarray(self.low + self.size * np.clip(x[:-1], 0.0, 1.0))
            rows = [self.sloped(name, p) for name in self.corners]
            values = np.array([[float(f.v_pi), float(f.bandwidth) / GIGA] for _, f in rows])
            slopes = np.array([np.asarray(slope) for slope, _ in rows]) * self.size
            first = self._at is None
            self._at = key, values, slopes
            if first:
                self.stepped(x)
        return self._at[1], self._at[2]
