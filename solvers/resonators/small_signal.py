"""Small signals through a resonance in closed form: the lifetime of photons, and how detuning peaks.

A mode A of |A|² joules, ω0 - ω = δ above the laser (exp(-iωt)), obeys

    dA/dt = -(iδ + γ) A + iμ s,     out = s + iμ A,     μ² = 2γ_c.

A frequency that swings, δ + ε cos Ωt, makes two sidebands of A whose poles lie at Ω = ±δ - iγ. The power that comes out
swings by the real part of ε H(Ω) exp(-iΩt), for a complex derivative w = ω' - iγ' of frequency and decay (derived here)

    H(Ω) = μ [w S₀* A₀/(γ + iδ - iΩ) + w* S₀ A₀*/(γ - iδ - iΩ)],     A₀ = iμ s/(γ + iδ),   S₀ = s + iμ A₀.

On resonance that is no signal at all; beside it, critically coupled, one pole: γ/2π, half of the linewidth γ/π =
1/(2πτ); far from it a peak at Ω = |δ|, which is sold as bandwidth (J. Müller et al., Sci. Rep. 4, 6310 (2014),
doi:10.1038/srep06310).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import are_numbers, check_between
from lingnan.solvers.resonators.ring import Ring, rates, shift_per_volt
from lingnan.solvers.tracing import held
from lingnan.solvers.trees import refusing, watched


@watched
@dataclass(frozen=True)
class SmallSignal:
    """A ring's small-signal response; a transfer as those of `links`, 1 for slow signals."""

    detuning: Any  #: δ, resonance less laser [rad/s]
    decay: Any  #: γ [1/s]
    coupler: Any  #: γ_c [1/s]
    slope: Any = 1.0  #: w, of frequency and decay, of any size
    electrical: Callable[[Array], Array] | None = None  #: what the voltage passes: `links.OnePole`, say

    def __post_init__(self) -> None:
        check_between("SmallSignal", "decay", self.decay, 0.0, np.inf, "1/s", "")
        check_between("SmallSignal", "coupler", self.coupler, 0.0, np.inf, "1/s", "")
        check_between("SmallSignal", "detuning", self.detuning, -np.inf, np.inf, "rad/s", "")
        if isinstance(self.slope, str):
            raise ValueError(f"SmallSignal: slope = {self.slope!r} is text. Give a number.")
        if are_numbers(self.slope):
            advice = "Without one there is no signal: give that of the ring's table."
            check_between("SmallSignal", "size of slope", abs(self.slope), 0.0, np.inf, "", advice)

    def absolute(self, frequency: ArrayLike) -> Array:
        """H for 1 W of laser, without the electrical part [W for each unit of what `slope` is by]."""
        omega = 2 * jnp.pi * jnp.asarray(frequency, float)
        detuning, decay = jnp.asarray(self.detuning, float), jnp.asarray(self.decay, float)
        stored = 1j * jnp.sqrt(2 * self.coupler) / (decay + 1j * detuning)
        out = 1 + 1j * jnp.sqrt(2 * self.coupler) * stored
        slope = jnp.asarray(self.slope, complex)
        up = slope * out.conj() * stored / (decay + 1j * detuning - 1j * omega)
        down = slope.conj() * out * stored.conj() / (decay - 1j * detuning - 1j * omega)
        return jnp.sqrt(2 * self.coupler) * (up + down)

    def __call__(self, frequency: ArrayLike) -> Array:
        slow = self.absolute(0.0)
        said = (
            "SmallSignal: {detuning:g} rad/s from resonance slow signals leave {slow:g} of 2/γ for each unit of slope: "
            "nothing to which others could be compared. Detune the laser, or use `absolute`."
        )
        left = jnp.abs(slow) * self.decay / (2 * jnp.abs(jnp.asarray(self.slope)))
        optical = self.absolute(frequency) / slow * held(left > 1e-9, said, detuning=self.detuning, slow=left)
        return optical if self.electrical is None else optical * self.electrical(jnp.asarray(frequency, float))

    @property
    def peaking_db(self) -> Array:
        """The most that any frequency has over slow signals, 20 log10 |H| on a grid of 1/50 of γ [dB]."""
        reach = 2 * (jnp.abs(jnp.asarray(self.detuning, float)) + self.decay) / (2 * jnp.pi)
        grid = jnp.linspace(0.0, 1.0, 400) * reach
        return 20 * jnp.log10(jnp.max(jnp.abs(self.absolute(grid))) / jnp.abs(self.absolute(0.0)))


@refusing
def small_signal(
    ring: Ring, detuning: ArrayLike, voltage: ArrayLike = 0.0, electrical: Callable[[Array], Array] | None = None
) -> SmallSignal:
    """Of a ring at a bias.

    Args:
        ring: with a table of bias.
        detuning: resonance less laser at that bias [rad/s]; above 0 the laser is red of the resonance.
        voltage: [V].
        electrical: from the source to the junction, `links.OnePole` of its R and C.
    """
    found = rates(ring, voltage)
    return SmallSignal(detuning, found.total, found.coupler, shift_per_volt(ring, voltage), electrical)
