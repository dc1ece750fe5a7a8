"""Source, chip, detector, converter and estimator in one: from a cross-section to a limit of detection.

    chain = Chain(Laser(1e-4, 1e5), Detector(0.9, 1e4, 2e-12), Converter(1e-4, 14))
    trace = scanned(chain, ring.through, wavelength)            # mean and variance of every sample
    limit(chain, ring, wavelength, Environment(temperature=1e-3)).lod_riu

All frozen pytrees and pure functions, so one `jax.grad` runs from a width or a thickness of film to the limit, and
`vmap` over samples of a process gives the yield. Wavelengths in µm, scatter of shifts in pm.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import check_no_less, known
from lingnan.solvers.sensors import bounds, figures
from lingnan.solvers.sensors.detector import Converter, Detector, Trace, detected
from lingnan.solvers.sensors.resonators import Ring
from lingnan.solvers.sensors.source import Laser, Spectrum, seen
from lingnan.solvers.trees import tree


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Chain:
    """What a chip is read with."""

    laser: Laser
    detector: Detector
    converter: Converter | None = None


@tree
@dataclass(frozen=True)
class Environment:
    """What moves a line from scan to scan and is not sensed, one σ each."""

    temperature: Any = 0.0  #: of the chip [K]
    flow_riu: Any = 0.0  #: of the liquid's index: bubbles, mixing, pumps [RIU]

    def __post_init__(self) -> None:
        check_no_less("Environment", "temperature", self.temperature, 0.0, "K", "")
        check_no_less("Environment", "flow_riu", self.flow_riu, 0.0, "RIU", "")


class Budget(NamedTuple):
    """Scatter of a measured shift by cause, one σ each [pm], and what comes of it."""

    samples: Array  #: bound of Cramer and Rao by the noise of the samples
    repeatability: Array  #: of the laser's scan
    temperature: Array
    flow: Array
    nm_per_riu: Array

    @property
    def total(self) -> Array:
        """All of them, independent [pm]."""
        parts = self.samples, self.repeatability, self.temperature, self.flow
        return jnp.sqrt(sum((jnp.asarray(p) ** 2 for p in parts), jnp.zeros(())))

    @property
    def lod_riu(self) -> Array:
        """3σ/S [RIU]."""
        return figures.lod(self.total, jnp.abs(self.nm_per_riu))


def scanned(chain: Chain, spectrum: Spectrum, wavelength: Array) -> Trace:
    """Mean and variance of the samples of a scan.

    Args:
        chain: what reads.
        spectrum: of the chip, such as `Ring.through`.
        wavelength: of the samples [µm], (N,), inside the laser's range.
    """
    light = seen(chain.laser, spectrum, wavelength)
    return detected(light, wavelength, chain.laser, chain.detector, chain.converter)


def shift_sigma(chain: Chain, spectrum: Spectrum, wavelength: Array) -> Array:
    """Least scatter of a spectrum's shift [pm], with its gain and base unknown too."""

    if np.size(wavelength) < 4:
        raise ValueError(
            f"shift_sigma: {np.size(wavelength)} samples cannot tell a shift from a gain and a base: give 4 or more."
        )

    def samples(shift: Array) -> tuple[Array, Array]:
        trace = scanned(chain, _moved(spectrum, shift * 1e-6), wavelength)
        return trace.mean, trace.variance

    (mean, variance), (slope, spread) = jax.jvp(samples, (jnp.zeros(()),), (jnp.ones(()),))
    # gain and base are linear, and their slopes need no derivative: the mean itself, and one
    still, base = jnp.zeros_like(mean), jnp.ones_like(mean)
    by_mean, by_variance = jnp.stack([slope, mean, base], 1), jnp.stack([spread, still, still], 1)
    return jnp.sqrt(bounds.cramer_rao(bounds.information(variance, by_mean, by_variance))[0, 0])


def _moved(spectrum: Spectrum, shift: Array) -> Spectrum:
    def there(wavelength: Array) -> Array:
        return spectrum(wavelength - shift)

    return there


def limit(chain: Chain, ring: Ring, wavelength: Array, environment: Environment | None = None) -> Budget:
    """The limit of detection of a ring read at its bus, by cause.

    Args:
        chain: what reads.
        ring: of one bus or two, read by `through`.
        wavelength: of the samples [µm], (N,), equally spaced, about one resonance or more.
        environment: None: a steady one.

    Raises:
        ValueError: samples too far apart for the resonance.
    """
    around = environment or Environment()
    if np.size(wavelength) > 1 and known(wavelength) and known(ring.fwhm):
        figures.nyquist("limit", float(np.max(np.abs(np.diff(np.asarray(wavelength))))), ring.fwhm)
    sensitivity = ring.nm_per_riu
    drift = ring.guide.pm_per_kelvin * jnp.asarray(around.temperature)
    flow = 1e3 * jnp.abs(sensitivity) * around.flow_riu
    repeat = jnp.asarray(chain.laser.repeatability_pm, float)
    return Budget(shift_sigma(chain, ring.through, wavelength), repeat, jnp.abs(drift), flow, sensitivity)


def passing(values: Array, limit: float) -> Array:
    """Yield: share of samples at or below a limit; one that is no number does not pass."""
    if np.size(values) == 0:
        raise ValueError("passing: there are no samples: give the figures of one chip or more.")
    return jnp.mean(jnp.asarray(values) <= limit)
