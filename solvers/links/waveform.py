"""Signals over one period, as test patterns are, so that filters act on their harmonics without ends."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Waveform:
    """One period of a signal."""

    value: Array  #: (N,)
    step: Any  #: between samples [s]

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
    return Waveform(jnp.asarray(factor) * waveform.value + jnp.asarray(offset), waveform.step)
