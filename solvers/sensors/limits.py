"""The least index that a sensor of any kind can tell, from samples of all its outputs.

`chain.limit` is for a ring, whose spectrum keeps its shape and moves. A Vernier's does not keep it, three outputs of
an interferometer at one wavelength hold a phase, a Bragg grating a band. So the unknown here is the index itself,
beside a gain and a base that all outputs share. What an estimator of least variance takes for an index while something
else moves is its weight on that, g·∂μ/∂x with g the first row of `bounds.weights`: weighted least squares. Limit of
detection: 3 σ of the blank, as in `figures.lod`.

    least(chain, Vernier(wet, dry).drop, wavelength).lod_riu
    least(chain, Interferometer(wet, dry, 5000.0).three, jnp.asarray([1.55])).lod_riu
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import known
from lingnan.solvers.sensors import bounds, figures
from lingnan.solvers.sensors.chain import Chain, Environment, scanned
from lingnan.solvers.sensors.resonators import Cause

#: shares of power (N,) or, of several outputs, (K, N), by wavelength [µm] and what moves the sensor
Outputs = Callable[[Array, Cause], Array]


class Least(NamedTuple):
    """Scatter of an index by cause, one σ each [RIU]."""

    samples: Array  #: bound of Cramer and Rao by the noise of the samples
    repeatability: Array  #: of the laser's scan
    temperature: Array
    flow: Array
    riu_per_kelvin: Array  #: index that a kelvin is taken for, with its sign [RIU/K]

    @property
    def total(self) -> Array:
        """All of them, independent [RIU]."""
        return jnp.sqrt(sum((jnp.asarray(part) ** 2 for part in self[:4]), jnp.zeros(())))

    @property
    def lod_riu(self) -> Array:
        """3σ [RIU]."""
        return 3 * self.total


def least(
    chain: Chain,
    outputs: Outputs,
    wavelength: Array,
    environment: Environment | None = None,
    *,
    unknown: Sequence[str] = (),
    narrowest: Any = None,
) -> Least:
    """Limit of detection of a sensor by all that is read of it.

    What moves all of a spectrum is taken for the index unless the estimator knows of it. A ring cannot tell them apart;
    a Vernier can, at the price of more noise: temperature moves both of its combs, a laser's offset too.

    Args:
        chain: what reads each output.
        outputs: such as `Ring.drop`, `Vernier.drop`, `Interferometer.three`, `Grating.transmitted`.
        wavelength: of the samples [µm], (N,); one is enough for three outputs.
        environment: None: a steady one.
        unknown: what is estimated beside the index, and not taken for it any more: "warmth", "offset" of the scan.
        narrowest: width of the narrowest line that is read [µm], which the samples have to resolve; None: not asked.

    Raises:
        ValueError: fewer than three samples in all, samples that cannot tell an index from a gain and a base, or steps
            below Nyquist.
    """
    around, wave = environment or Environment(), jnp.atleast_1d(jnp.asarray(wavelength, float))
    if narrowest is not None and wave.size > 1 and known(wave) and known(narrowest):
        figures.nyquist("least", float(np.max(np.abs(np.diff(np.asarray(wave))))), narrowest)

    def samples(moved: Array) -> tuple[Array, Array]:
        analyte, warmth, offset = moved

        def spectrum(w: Array) -> Array:
            return outputs(w - offset, Cause(analyte=analyte, warmth=warmth))

        trace = scanned(chain, spectrum, wave)
        return trace.mean, trace.variance

    wrong = [name for name in unknown if name not in ("warmth", "offset")]
    if wrong:
        raise ValueError(
            f"least: unknown = {wrong[0]!r}: what can be estimated beside the index is 'warmth' and 'offset'."
        )
    start = jnp.zeros(3)
    count = jax.eval_shape(samples, start)[0].size
    if count < 3 + len(unknown):
        raise ValueError(
            f"least: {count} samples cannot tell an index from a gain and a base: give three outputs, or three "
            "wavelengths or more, and one for whatever else is unknown."
        )
    mean, variance = samples(start)
    (by_index, by_warmth, by_offset), spread = _slopes(samples, start)
    flat, still = mean.ravel(), jnp.zeros(mean.size)
    beside = [{"warmth": by_warmth, "offset": by_offset}[name].ravel() for name in unknown]
    by_mean = jnp.stack([by_index.ravel(), flat, jnp.ones_like(flat), *beside], 1)
    by_variance = jnp.stack([spread.ravel(), *[still] * (by_mean.shape[1] - 1)], 1)
    sigma = jnp.sqrt(bounds.cramer_rao(bounds.information(variance.ravel(), by_mean, by_variance))[0, 0])

    row = bounds.weights(variance.ravel(), by_mean)[0]
    kelvin = row @ by_warmth.ravel()
    scan = jnp.abs(row @ by_offset.ravel()) * 1e-6 * chain.laser.repeatability_pm
    flow = jnp.asarray(around.flow_riu, float)
    return Least(sigma, scan, jnp.abs(kelvin) * around.temperature, flow, kelvin)


def _slopes(samples: Callable[[Array], tuple[Array, Array]], at: Array) -> tuple[Array, Array]:
    """Of the mean by each of three causes, (3, …), and of the variance by the first."""
    by_mean, by_variance = jax.vmap(lambda one: jax.jvp(samples, (at,), (one,))[1])(jnp.eye(at.size))
    return by_mean, by_variance[0]
