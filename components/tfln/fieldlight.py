"""Compact model of the field sensor, and the sensor as `solvers.fields.electric` reads it.

    told = fieldlight.sensor(fieldlight.Plates(height=0.02, capacitance=2e-12), length=8000.0)
    told.sensor.half_wave                                    # V/m
    electric.field_noise(told.sensor, electric.Readout(1e-3), 50.0, told.antenna)

Plates or rods bonded to the pads are the user's: their effective height and their own capacitance. Left out: what the
metal beside the guides takes from their light, and how a bias by static charge drifts (here none is by charge).
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.components.common import draw, guides
from lingnan.components.common.curves import s_bend
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import settled
from lingnan.components.compact.ways import Line, SDict, Turn, through
from lingnan.components.process import number
from lingnan.components.tfln import fieldsensor, floating, light, parts
from lingnan.components.tfln.modulators import s_bend_size
from lingnan.components.tfln.splitters import mmi1x2_y as splitter_cell
from lingnan.solvers.fields import electric
from lingnan.solvers.tracing import namespace


@model_of(fieldsensor.field_sensor_mzi, voltage=0.0)
def field_sensor_mzi(asked: Asked) -> SDict:
    """Model of `field_sensor_mzi`: splitter, detours, arms that a `voltage` between the pads turns apart, combiner."""
    given, settings, wl, kelvin = asked.given, asked.settings, asked.wl, asked.temperature
    drawn = asked.plain()
    gap, wide = draw.even(settled(asked.name, "gap", drawn["gap"], "modulator_gap")), draw.even(drawn["strip_width"])
    long, cross_section = draw.snapped(drawn["length"]), asked.cross_section
    extra = draw.even(settled(asked.name, "delta_length", given["delta_length"], "mzm_delta_length"))
    line, wider = Line(cross_section, asked.corner), Line(fieldsensor.ARM, asked.corner)
    core, arm = draw.core_width(cross_section), draw.core_width(fieldsensor.ARM)
    run = guides.taper_length(asked.name, "taper_length of the process", number(None, "taper_length"), core, arm)
    both = line.tapered(wl, run, kelvin, (core, arm)) ** 2 * wider.amplitude(wl, long, kelvin)
    port = splitter_cell(cross_section=cross_section).ports["o2"]
    bend = s_bend(*s_bend_size(port, draw.snapped((wide + gap) / 2), cross_section))
    both = both * line.amplitude(wl, bend.length, kelvin, None, Turn.along(bend)) ** 2
    upper = lower = both
    if extra:
        turns = light.bend_euler(**settings, radius=given["radius"])["o1", "o2"] ** 4
        upper = upper * turns * line.amplitude(wl, extra, kelvin, None, Turn.straight(90.0))
        lower = lower * turns
    voltage = asked.driven["voltage"]
    xp = namespace(wl, voltage)
    if xp is jnp or np.any(np.asarray(voltage)):
        slope = floating.head(floating.strips(asked.corner), long, gap, wide, wl).per_volt
        phase = 2 * np.pi / xp.asarray(wl) * slope * long * xp.asarray(voltage)
        upper, lower = upper * xp.exp(1j * phase), lower * xp.exp(-1j * phase)
    split, join = parts.mmi1x2_y(**settings), parts.mmi1x2_y(**settings)
    # the combiner is turned by 180 degrees: its o3 comes up
    return through(split["o1", "o2"] * upper * join["o1", "o3"] + split["o1", "o3"] * lower * join["o1", "o2"])


@dataclass(frozen=True)
class Plates:
    """Metal outside of the chip, on its two pads."""

    height: Any  #: effective: open voltage over field [m]
    capacitance: Any  #: of its own [F]
    leak: Any = np.inf  #: resistance between the pads, the chip's surface included [Ω]


@dataclass(frozen=True)
class Told:
    """A drawn sensor behind its plates."""

    sensor: electric.Sensor
    antenna: electric.Antenna
    head: floating.Head

    @property
    def band(self) -> tuple[Any, Any]:
        """Frequencies between which half of the power or more is left: by leakage, and by the light's transit [Hz]."""
        return self.antenna.slowest, self.sensor.fastest


def sensor(
    plates: Plates,
    length: ArrayLike = 5000.0,
    gap: ArrayLike | None = None,
    strip_width: ArrayLike = 20.0,
    *,
    bias: ArrayLike = np.pi / 2,
    other_loss_db: ArrayLike = 3.0,
    wl: ArrayLike = 1.55,
    frequency: float = 50.0,
    strips: floating.Strips | None = None,
    corner: str = "nominal",
) -> Told:
    """What light says of a field, of sizes that the cell draws; they may be traced.

    Args:
        plates: on the pads.
        length: of the strips [µm].
        gap: [µm]; the process's own if not given.
        strip_width: [µm].
        bias: phase between the arms without a field [rad].
        other_loss_db: of all that light passes but the strips, both couplers to fibre included [dB].
        wl: wavelength [µm].
        frequency: up to which it is asked [Hz].
        strips: of the process; None: the active one's.
        corner: of the process.

    Raises:
        LingnanError: a frequency at which the handle is no conductor.
    """
    floating.check_slow(frequency)
    used = floating.strips(corner) if strips is None else strips
    between = number(None, "modulator_gap") if gap is None else gap
    head = floating.head(used, length, between, strip_width, wl)
    antenna = electric.Antenna(plates.height, plates.capacitance, head.load, plates.leak)
    loss = -20 * jnp.log10(jnp.abs(Line(fieldsensor.ARM, corner).amplitude(wl, length, None)))
    half_wave = electric.half_wave_field(head.v_pi, antenna)
    made = electric.Sensor(half_wave, used.n_g, jnp.asarray(length) * 1e-3, bias, loss + other_loss_db)
    return Told(made, antenna, head)


models = {"field_sensor_mzi": field_sensor_mzi}
