"""Signals over one period, as test patterns are, so that filters act on their harmonics without ends."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Waveform:
    """One period of a signal."""

    value: Array  #: (N,)
    step: Any  #: between samples [s]

    def __post_init__(self) -> None:
        if not np.size(self.value) or not np.ndim(self.value):
            said = f"Waveform: a value of shape {np.shape(self.value)}: it must be samples, one or more."
            raise ValueError(said)
        check_between("Waveform", "step", self.step, 0.0, np.inf, "s", "It is from one sample to the next.")

    @property
    def time(self) -> Array:
        """[s], (N,)"""
        return jnp.arange(self.value.shape[-1]) * self.step

    @property
    def frequency(self) -> Array:
        """Harmonics of the period [Hz], (N//2 + 1,), from direct current."""
        n = self.value.shape[-1]
        return jnp.arange(n // 2 + 1) / (n * self.step)


def scaled(waveform: Waveform, factor: ArrayLike, offset: ArrayLike = 0.0) -> Waveform:
    """factor * value + offset: symbols become volts."""
    check_between("scaled", "factor", factor, -np.inf, np.inf, "", "")
    check_between("scaled", "offset", offset, -np.inf, np.inf, "", "")
    return Waveform(jnp.asarray(factor) * waveform.value + jnp.asarray(offset), waveform.step)
