"""What a grating in a guide loses to radiation: the Bloch mode of one period by eigenmode expansion.

A period between absorbing layers (`vectorial.scatter`) has modes μ that it only multiplies,

    [S₂₁ 0; S₁₁ -1] v = μ [1 -S₂₂; 0 -S₁₂] v,   v = (waves to the right, waves to the left) at its left end,

and the one that holds most of the guided mode says by |μ| what is lost in a period. Away from the stop bands; in first
order nothing radiates, and what is found there is the expansion's own error. For known numbers, not differentiable.
Lengths in µm.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy import linalg

from lingnan.solvers.devices import vectorial
from lingnan.solvers.waveguides import Modes


class BlochWave(NamedTuple):
    """The Bloch mode of a period that is most like the guide's."""

    factor: complex  #: μ, by which a period multiplies it, running to the right or to the left
    share: float  #: of the guided mode, both ways, in the squares of its amplitudes
    period: float  #: [µm]

    @property
    def attenuation(self) -> float:
        """Of power [1/µm]."""
        return 2 * abs(np.log(abs(self.factor))) / self.period


def wave(low: Modes, high: Modes, lengths: tuple[float, float], guided: int) -> BlochWave:
    """Of a guide that changes between two cross-sections.

    Args:
        low: modes of one of them, between absorbing layers.
        high: modes of the other, as many.
        lengths: of both in a period [µm].
        guided: number of the guided mode in `low`, counted by falling Re β².
    """
    blocks = vectorial.scatter([low, high, low], [lengths[0] / 2, lengths[1], lengths[0] / 2]).blocks
    s11, s12, s21, s22 = (np.asarray(block) for block in blocks)
    one, zero = np.eye(len(s11)), np.zeros_like(s11)
    found: Any = linalg.eig(np.block([[s21, zero], [s11, -one]]), np.block([[one, -s22], [zero, -s12]]))
    factors, waves = found
    power = np.abs(waves) ** 2
    share = (power[guided] + power[guided + len(s11)]) / power.sum(axis=0)
    # those that fade within a period have factors of 0 and ∞
    best = int(np.argmax(np.where(np.isfinite(factors) & (np.abs(factors) > 1e-6), share, 0.0)))
    return BlochWave(complex(factors[best]), float(share[best]), float(sum(lengths)))
