"""From sensorgrams to k_on, k_off and K_D, with their uncertainty: several concentrations and a reference at once.

A reference channel sees drift, the sample's index and what sticks everywhere, and no target; the difference is fitted.
Its noise comes on top, so the variance of a difference is the sum. Parameters are fitted in their logarithms, where a
relative error is an error, by Levenberg and Marquardt; their covariance is the inverse of Fisher's information.
Times in s, concentrations in mol/L, shifts in pm or any unit that all share.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.sensors import bounds, estimators
from lingnan.solvers.sensors.kinetics import Pulse, langmuir
from lingnan.solvers.sensors.ranges import check_alike, check_finite, check_shape

#: shifts (C, N) of the logarithms of k_on, k_off and the full shift, times, concentrations and the pulse
Model = Callable[[Array, Array, Array, Pulse], Array]


class Kinetics(NamedTuple):
    """What a set of sensorgrams says."""

    k_on: Array  #: [L/(mol s)]
    k_off: Array  #: [1/s]
    full: Array  #: shift of a full layer, in the unit of the traces
    covariance: Array  #: (3, 3) of the logarithms of these
    misfit: Array  #: sum of weighted squares

    @property
    def k_d(self) -> Array:
        """k_off/k_on [mol/L]."""
        return self.k_off / self.k_on

    @property
    def spread(self) -> Array:
        """Relative standard deviations of k_on, k_off, the full shift and K_D, (4,)."""
        c = self.covariance
        both = c[0, 0] + c[1, 1] - 2 * c[0, 1]
        return jnp.sqrt(jnp.stack([c[0, 0], c[1, 1], c[2, 2], both]))


def referenced(signal: ArrayLike, reference: ArrayLike, gain: ArrayLike = 1.0) -> Array:
    """Signal less what the reference saw.

    Args:
        signal: of the channel with receptors, (…, N).
        reference: of the one without, (…, N).
        gain: sensitivity of the first over that of the second, from a step of buffer.
    """
    check_alike("referenced", signal=signal, reference=reference)
    check_finite("referenced", "gain", gain)
    return jnp.asarray(signal) - jnp.asarray(gain) * reference


def steadied(time: ArrayLike, signal: ArrayLike, until: float) -> Array:
    """Signal less the straight line through what came before the analyte, `time < until` [s]."""
    check_alike("steadied", time=time, signal=signal)
    t, y = np.asarray(time, float), jnp.asarray(signal)
    before = t < until
    if before.sum() < 2:
        raise ValueError(
            f"steadied: until = {until} s leaves {before.sum()} samples before it, and a line needs 2. Record a "
            "baseline first, or use referenced() alone."
        )
    basis = np.stack([np.ones(before.sum()), t[before]])
    line = jnp.linalg.solve(basis @ basis.T, basis @ y[..., before].T if y.ndim > 1 else basis @ y[before])
    return y - (line.T @ np.stack([np.ones_like(t), t]))


def modelled(logs: Array, time: Array, concentrations: Array, pulse: Pulse) -> Array:
    """Shifts of all concentrations, (C, N), for the logarithms of k_on, k_off and the full shift."""
    k_on, k_off, full = jnp.exp(logs)
    return full * jax.vmap(lambda c: langmuir(time, k_on, k_off, c, pulse))(concentrations)


def fitted(
    time: Array, traces: Array, concentrations: Array, sigma: ArrayLike, guess: tuple[float, float, float],
    pulse: Pulse | None = None, steps: int = 40, model: Model = modelled,
) -> Kinetics:  # fmt: skip
    """One set of rates for all channels.

    Args:
        time: [s], (N,).
        traces: referenced shifts of each concentration, (C, N).
        concentrations: (C,) [mol/L].
        sigma: of the noise of each sample, in the unit of the traces.
        guess: of k_on, k_off and the full shift, within a decade or two.
        pulse: of the analyte.
        steps: of the fit.
        model: `modelled`, Langmuir's law, or one with transport that takes the same.
    """
    check_shape("fitted", "traces", traces, (np.size(concentrations), np.size(time)), "A row for each concentration.")
    check_between("fitted", "sigma", sigma, 0.0, np.inf, "", "In the unit of the traces.")
    check_between("fitted", "guess", np.asarray(guess), 0.0, np.inf, "", "It is fitted in its logarithm.")
    check_no_less("fitted", "concentration", concentrations, 0.0, "mol/L", "10 nM is 1e-8.")
    on, flat = pulse or Pulse(), jnp.ravel(traces)
    variance = jnp.full(flat.shape, 1.0) * jnp.asarray(sigma) ** 2

    def shape(logs: Array, _: Array) -> Array:
        return jnp.ravel(model(logs, time, concentrations, on))

    found = estimators.fit(shape, jnp.log(jnp.asarray(guess)), flat, flat, variance, steps)

    def noisy(logs: Array) -> tuple[Array, Array]:
        return shape(logs, flat), variance

    covariance = bounds.cramer_rao(bounds.fisher(noisy, found.parameters))
    k_on, k_off, full = jnp.exp(found.parameters)
    return Kinetics(k_on, k_off, full, covariance, found.misfit)
