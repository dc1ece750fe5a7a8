"""Diodes in pairs and fours: what a balanced pair lets through of both, a 90-degree hybrid with its image, a tap.

A hybrid sends S and L into four diodes with fields t_k S + u_k L. Differences of their currents, weighted by
responsivity, are I = 2 Re(c_I S L*) + rest, Q likewise, c = Σ ±r_k t_k u_k* (derived here). So for a beat s = S L*

    I + iQ = a s + b s*,     a = c_I + i c_Q,     b = c_I* + i c_Q*,

and the image lies |b/a|² below the signal; what is left of |S|² and |L|² by themselves is the rest. Time convention
exp(-iωt); powers in W, responsivities in A/W.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import refusing, watched


@watched
@dataclass(frozen=True)
class BalancedPair:
    """Two diodes whose currents are subtracted."""

    first: Any = 1.0  #: responsivity, with the share of light that reaches it [A/W]
    second: Any = 1.0  #: the same
    skew: Any = 0.0  #: how much later the second comes [s]
    response: Any = None  #: transfer of both; None: no limit
    other: Any = None  #: of the second, where it differs; None: as the first

    def __post_init__(self) -> None:
        for name in ("first", "second"):
            check_between("BalancedPair", name, getattr(self, name), 0.0, np.inf, "A/W", "")
        check_between("BalancedPair", "skew", self.skew, -np.inf, np.inf, "s", "")

    def _each(self, frequency: ArrayLike) -> tuple[Array, Array]:
        f = jnp.asarray(frequency, float)
        one = jnp.ones_like(f, complex) if self.response is None else self.response(f)
        two = one if self.other is None else self.other(f)
        return self.first * one, self.second * two * jnp.exp(2j * jnp.pi * f * self.skew)

    def difference(self, frequency: ArrayLike) -> Array:
        """Current for light that is opposite in both, for each watt in either [A/W]."""
        one, two = self._each(frequency)
        return one + two

    def common(self, frequency: ArrayLike) -> Array:
        """Current for light that is alike in both [A/W]."""
        one, two = self._each(frequency)
        return one - two

    def cmrr_db(self, frequency: ArrayLike) -> Array:
        """Common-mode rejection, 20 log10 |common/difference| [dB]: the more negative, the better."""
        worst = jnp.maximum(jnp.abs(self.common(frequency)), 1e-30)
        return 20 * jnp.log10(worst / jnp.abs(self.difference(frequency)))


#: signal and local oscillator at the four outputs of a hybrid without fault
SIGNAL = (0.5, 0.5, 0.5, 0.5)
LOCAL = (0.5, -0.5, 0.5j, -0.5j)


@watched
@dataclass(frozen=True)
class HybridReceiver:
    """A 2x4 hybrid and two balanced pairs: outputs 0 less 1 are I, 2 less 3 are Q."""

    signal: Any = SIGNAL  #: t_k, field that comes from the signal, (4,)
    local: Any = LOCAL  #: u_k, the same of the local oscillator
    responsivity: Any = 1.0  #: of the diodes, one or (4,) [A/W]

    def __post_init__(self) -> None:
        for name in ("signal", "local"):
            given = getattr(self, name)
            shape = () if isinstance(given, str) else jnp.shape(jnp.asarray(given))
            if shape != (4,):
                raise ValueError(
                    f"HybridReceiver: {name} of shape {shape}: a hybrid has four outputs, so give four fields."
                )
            light = jnp.sum(jnp.square(jnp.abs(jnp.asarray(getattr(self, name)))))
            advice = "No more light leaves a hybrid than goes in: it is the sum of |field|² over the outputs."
            check_no_less("HybridReceiver", f"light of {name} that is lost", 1.0 + 1e-9 - light, 0.0, "", advice)
        check_between("HybridReceiver", "responsivity", self.responsivity, 0.0, np.inf, "A/W", "")

    @classmethod
    def uneven(cls, phase: ArrayLike = 0.0, ratio: ArrayLike = 1.0, responsivity: ArrayLike = 1.0) -> "HybridReceiver":
        """One whose Q arm is turned by `phase` [rad] against the quarter wave, its fields `ratio` of what they were."""
        check_between("uneven", "ratio", ratio, 0.0, 1.0 + 1e-12, "", "Where Q has more light, exchange the pairs.")
        scale = jnp.asarray([1.0, 1.0, 0.0, 0.0]) + jnp.asarray([0.0, 0.0, 1.0, 1.0]) * ratio
        turned = jnp.exp(1j * jnp.asarray(phase, float) * jnp.asarray([0.0, 0.0, 1.0, 1.0]))
        return cls(jnp.asarray(SIGNAL) * scale, jnp.asarray(LOCAL) * scale * turned, responsivity)

    def currents(self, signal: ArrayLike, local: ArrayLike) -> Array:
        """Of the four diodes, (…, 4) [A], for fields [√W]."""
        s, lo = jnp.asarray(signal, complex)[..., None], jnp.asarray(local, complex)[..., None]
        return self.responsivity * jnp.square(jnp.abs(jnp.asarray(self.signal) * s + jnp.asarray(self.local) * lo))

    def detected(self, signal: ArrayLike, local: ArrayLike) -> Array:
        """I + iQ [A]."""
        found = self.currents(signal, local)
        return found[..., 0] - found[..., 1] + 1j * (found[..., 2] - found[..., 3])

    @property
    def gains(self) -> tuple[Array, Array]:
        """a and b of I + iQ = a s + b s*, s = S L* [A/W]."""
        weight = self.responsivity * jnp.asarray(self.signal) * jnp.conj(jnp.asarray(self.local))
        c_i, c_q = weight[0] - weight[1], weight[2] - weight[3]
        return c_i + 1j * c_q, c_i.conj() + 1j * c_q.conj()

    @property
    def image_rejection_db(self) -> Array:
        """Signal over its image, 20 log10 |a/b| [dB], or of the other beat where b is the larger."""
        a, b = (jnp.abs(g) for g in self.gains)
        return 20 * jnp.log10(jnp.maximum(a, b) / jnp.maximum(jnp.minimum(a, b), 1e-30))

    @property
    def excess_loss_db(self) -> Array:
        """Signal that reaches no diode [dB]."""
        return -10 * jnp.log10(jnp.sum(jnp.square(jnp.abs(jnp.asarray(self.signal)))))


class Tapped(NamedTuple):
    """What a monitor costs and what it sees."""

    current: Array  #: [A]
    loss_db: Array  #: of the light that goes on [dB]
    least: Array  #: power in the guide whose current is the noise's [W]
    inaccuracy: Array  #: share by which a reading errs for the tap's own error


@refusing
def monitor(
    power: ArrayLike,
    tap: ArrayLike,
    responsivity: ArrayLike,
    dark: ArrayLike = 0.0,
    noise: ArrayLike = 0.0,
    tap_error: ArrayLike = 0.0,
) -> Tapped:
    """A coupler that sends some of the light to a diode.

    Args:
        power: in the guide [W].
        tap: share that goes to the diode, its κ².
        responsivity: of the diode [A/W].
        dark: current without light [A].
        noise: rms current in the bandwidth of the reading [A].
        tap_error: how far the share may be off, absolute: corners of gap and width.
    """
    check_between("monitor", "tap", tap, 0.0, 1.0, "", "0.01 to 0.1 is usual.")
    check_no_less("monitor", "power", power, 0.0, "W", "")
    check_between("monitor", "responsivity", responsivity, 0.0, np.inf, "A/W", "")
    check_no_less("monitor", "dark", dark, 0.0, "A", "")
    check_no_less("monitor", "noise", noise, 0.0, "A", "")
    check_between("monitor", "tap_error", tap_error, -1.0, 1.0, "", "It is a share, as `tap` is.")
    share = jnp.asarray(tap, float)
    slope = share * responsivity
    return Tapped(
        slope * jnp.asarray(power, float) + dark,
        -10 * jnp.log10(1 - share),
        (jnp.asarray(noise, float) + dark) / slope,
        jnp.abs(jnp.asarray(tap_error, float)) / share,
    )
