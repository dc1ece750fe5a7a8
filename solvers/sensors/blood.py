"""Pulse oximetry: oxygen in blood from the pulse of light at two wavelengths, and what it cannot know.

Haemoglobin absorbs ln 10 ε c (Beer and Lambert), with ε as tabulated by S. Prahl (`data/haemoglobin.toml`). A heartbeat
adds blood to the path, so that ln(power) moves by -μ Δl; the ratio of that at two wavelengths is one of absorptions,
whatever the tissue does beside: R = (μ_1 l_1)/(μ_2 l_2), J. G. Webster (ed.), Design of Pulse Oximeters (1997).

What limits it, plainly. (1) Light is scattered, and its paths l_1 and l_2 differ by tens of per cent between people and
wavelengths: `Reading.by_paths` is the error in saturation of a per cent of that. At R = 1 this law says 74 %, the line
110 - 25 R that textbooks give for calibrated oximeters 85 %: they are calibrated on volunteers, not by this law.
(2) The pulse is a few per cent of the light, or less: noise and motion, of which only the first is here.
(3) Carboxyhaemoglobin and methaemoglobin are taken for one of the two. (4) A photonic chip sees what comes back into
its guides, a tiny share: `power` is what reaches the detector.
Wavelengths in µm, haemoglobin in g/L, saturations and pulses as shares.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.sensors import bounds
from lingnan.solvers.sensors.chain import Chain
from lingnan.solvers.sensors.detector import detected
from lingnan.solvers.sensors.ranges import check_measured
from lingnan.solvers.sensors.source import Seen
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Finger:
    """Two wavelengths, and what the pulse does to light that went through tissue."""

    red: Any = 0.660  #: [µm]
    infrared: Any = 0.940  #: [µm]
    haemoglobin: Any = 150.0  #: [g/L]
    pulse: Any = 3e-4  #: blood that a beat adds to the path in the infrared [cm]
    paths: Any = 1.0  #: path in the red over that in the infrared: 1 is no knowledge

    def __post_init__(self) -> None:
        for wavelength in (self.red, self.infrared):
            extinction(wavelength)  # says what is out of range
        for name, unit in (("haemoglobin", "g/L"), ("pulse", "cm"), ("paths", "")):
            check_between("Finger", name, getattr(self, name), 0.0, np.inf, unit, "")


class Reading(NamedTuple):
    """A saturation, and how far it can be wrong."""

    saturation: Array
    sigma: Array  #: by noise, the bound of Cramer and Rao
    by_paths: Array  #: by a per cent in the ratio of the paths, which no averaging takes away


@cache
def _table() -> tuple[np.ndarray, float, str]:
    kept = resources.files("lingnan.solvers.sensors") / "data" / "haemoglobin.toml"
    read = tomllib.loads(kept.read_text(encoding="utf-8"))
    return np.asarray(read["lines"], float), float(read["molar_mass"]), read["source"]


def extinction(wavelength: ArrayLike) -> tuple[Array, Array]:
    """Of oxyhaemoglobin and of deoxyhaemoglobin [1/(cm mol/L)], decadic, linear between the table's 10 nm.

    Raises:
        MaterialRangeError: a wavelength outside 0.6 to 1.0 µm.
    """
    table, _, source = _table()
    limits = float(table[0, 0]), float(table[-1, 0])
    advice = "Give it in µm; shorter light hardly leaves tissue."
    check_measured("haemoglobin", "wavelength", wavelength, limits, "µm", source, advice)
    wave = jnp.asarray(wavelength, float)
    oxy, deoxy = (jnp.interp(wave, table[:, 0], table[:, k]) for k in (1, 2))
    return oxy, deoxy


def absorption(wavelength: ArrayLike, saturation: ArrayLike, haemoglobin: ArrayLike = 150.0) -> Array:
    """Of whole blood, without scattering [1/cm].

    Args:
        wavelength: [µm].
        saturation: share of haemoglobin with oxygen.
        haemoglobin: [g/L].
    """
    check_no_less("absorption", "haemoglobin", haemoglobin, 0.0, "g/L", "Concentrations are not negative.")
    check_between("absorption", "saturation", saturation, -1e-9, 1.0 + 1e-9, "", "It is a share.")
    oxy, deoxy = extinction(wavelength)
    molar = jnp.asarray(haemoglobin, float) / _table()[1]
    return np.log(10) * molar * (jnp.asarray(saturation) * oxy + (1 - jnp.asarray(saturation)) * deoxy)


def ratio(finger: Finger, saturation: ArrayLike) -> Array:
    """Ratio of ratios R: the pulse in ln(power) in the red over that in the infrared."""
    red = absorption(finger.red, saturation, finger.haemoglobin)
    return finger.paths * red / absorption(finger.infrared, saturation, finger.haemoglobin)


def saturation(finger: Finger, measured: ArrayLike) -> Array:
    """Of a measured ratio of ratios, in closed form; outside 0 to 1 where the ratio is not that of blood."""
    check_between("saturation", "measured", measured, 0.0, np.inf, "", "It is a ratio of two pulses.")
    (oxy_r, deoxy_r), (oxy_i, deoxy_i) = extinction(finger.red), extinction(finger.infrared)
    r = jnp.asarray(measured, float) / finger.paths
    return (deoxy_r - r * deoxy_i) / (deoxy_r - oxy_r + r * (oxy_i - deoxy_i))


def reading(chain: Chain, finger: Finger, share: ArrayLike, power: ArrayLike) -> Reading:
    """A saturation from four samples, both colours before and in a beat, through laser, detector and converter.

    What is not known beside it: how much blood came, and how much light of either colour goes through.

    Args:
        chain: what reads; its bandwidth is that of a sample, 1/(2 t).
        finger: the tissue.
        share: saturation.
        power: at the detector, red and infrared [W], (2,).
    """
    if np.shape(power) not in ((), (1,), (2,)):
        raise ValueError(
            f"reading: power has the shape {np.shape(power)}: give two, red and infrared, or one for both."
        )
    check_between("reading", "power", power, 0.0, np.inf, "W", "At the detector, behind the tissue.")
    check_between("reading", "share", share, -1e-9, 1.0 + 1e-9, "", "It is a share.")
    colours = jnp.stack([jnp.asarray(finger.red, float), jnp.asarray(finger.infrared, float)])
    paths = jnp.stack([jnp.asarray(finger.paths, float), jnp.ones(())])
    light = jnp.broadcast_to(jnp.asarray(power, float), (2,))

    def model(p: Array) -> tuple[Array, Array]:
        beat = jnp.stack([jnp.zeros(()), finger.pulse * (1 + p[1])])
        depth = absorption(colours, share + p[0], finger.haemoglobin) * paths
        seen = (light * (1 + p[2:]))[:, None] * jnp.exp(-depth[:, None] * beat)
        samples = Seen(seen.ravel(), jnp.zeros(4))
        trace = detected(samples, jnp.repeat(colours, 2), chain.laser, chain.detector, chain.converter)
        return trace.mean, trace.variance

    sigma = bounds.sigma(model, jnp.zeros(4))[0]
    measured = ratio(finger, share)
    by_paths = 0.01 * jnp.abs(measured * jax.grad(lambda r: saturation(finger, r))(measured))
    return Reading(saturation(finger, measured), sigma, by_paths)
