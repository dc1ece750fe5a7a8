"""Compact models of the silicon line's sensors: what fills the window is an argument, `cladding`.

A material's name such as "water", or an index, a number or one for each `wl`, between that of vacuum and 1.5: its
derivative is the sensitivity. An imaginary part is what the medium absorbs: κ = α λ/(4π), so that a gas's lines come in
as `1.0003 + 1j * alpha * wl * 1e-4 / (4 * pi)`, α in 1/cm. A named material's own absorption and dn/dT count; an index
that is given stays as it is whatever the `temperature`.

Left out: the last micrometre of each end, which stays under oxide and counts as wet, the step from oxide into the
window, what the walls of its opening scatter, and how much more roughness scatters there than under oxide. Otherwise as
`light`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw, windows
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import settled
from lingnan.components.compact.ways import (
    Line,
    Loop,
    both_ways,
    plain,
    ring_on_one_bus,
    ring_on_two_buses,
    through,
)
from lingnan.components.compact.wetlines import WetLine
from lingnan.components.soi import circuits, light, sensing, wetarms, wetguides

if TYPE_CHECKING:
    import sax


def _wet(asked: Asked) -> WetLine:
    return WetLine(asked.cross_section, asked.corner, medium=asked.driven["cladding"])


def _around(asked: Asked) -> float:
    margin = asked.given["margin"]
    return windows.margin_of(asked.name, None if margin is None else plain(asked.name, "margin", margin))


@dataclass(frozen=True)
class WetLoop(Loop):
    """A racetrack whose bus is as long as its cell says, with tapers under oxide at both ends."""

    bus_um: float = 0.0
    ends: Any = 1.0  #: amplitude of both tapers

    def bus(self, wl: ArrayLike, temperature: ArrayLike | None, beyond: float = 1.0) -> Array:
        """Amplitude of the bus between the ports."""
        return self.line.amplitude(wl, self.bus_um, temperature) * self.ends


def _loop(asked: Asked) -> WetLoop:
    """The racetrack in the window."""
    radius, straight = (plain(asked.name, name, asked.given[name]) for name in ("radius", "length_x"))
    width, settings = asked.given.get("width"), asked.plain()
    names = ("radius", "length_x", "gap", "margin", "width", "cross_section")
    made = sensing.ring_sensor(**{name: settings[name] for name in names if name in settings})
    used = None if width is None else made.info["width_um"]
    line = WetLine(asked.cross_section, asked.corner, medium=asked.driven["cladding"], width=used)
    return WetLoop(radius, straight, 0.5, line, bus_um=made.info["bus_length_um"], ends=_tapers(asked, made))


def _tapers(asked: Asked, made: Any) -> Any:
    """Amplitude of the tapers at both ends, under oxide, of the fit that reaches farther than that of `light`."""
    used = made.info["width_um"]
    long = windows.taper_length(used, draw.core_width(asked.cross_section))
    line = WetLine(asked.cross_section, asked.corner, medium="SiO2")
    return line.tapered(asked.wl, 2 * long, asked.temperature, (used, None)) if long else 1.0


@model_of(sensing.ring_sensor, cladding="air")
def ring_sensor(asked: Asked) -> "sax.SDict":
    """Model of `ring_sensor`: racetrack and bus in a medium."""
    gap = settled(asked.name, "gap", asked.given["gap"], "sensor_gap")
    return ring_on_one_bus(_loop(asked), asked.wl, gap, asked.temperature)


@model_of(sensing.ring_sensor_drop, cladding="air")
def ring_sensor_drop(asked: Asked) -> "sax.SDict":
    """Model of `ring_sensor_drop`: through o1-o4 and o2-o3, drop o1-o2 and o4-o3."""
    gap = settled(asked.name, "gap", asked.given["gap"], "sensor_gap")
    other = asked.given["gap_drop"]
    gaps = (gap, gap if other is None else plain(asked.name, "gap_drop", other))
    return ring_on_two_buses(_loop(asked), asked.wl, gaps, asked.temperature)


def _covered(asked: Asked, gap: float) -> dict[str, Any]:
    """Settings of the racetrack under oxide."""
    other = asked.given["gap_covered"]
    return {
        **asked.settings,
        "radius": asked.given["radius"],
        "length_x": asked.given["length_x"] + asked.given["more"],
        "gap": gap if other is None else other,
    }


@model_of(sensing.ring_sensor_pair, cladding="air")
def ring_sensor_pair(asked: Asked) -> "sax.SDict":
    """Model of `ring_sensor_pair`: the one after the other, without reflection."""
    gap = settled(asked.name, "gap", asked.given["gap"], "sensor_gap")
    around = _around(asked)
    wet = ring_on_one_bus(_loop(asked), asked.wl, gap, asked.temperature)
    dry = light.racetrack_single(**_covered(asked, gap))
    between = Line(asked.cross_section, asked.corner).amplitude(asked.wl, around, asked.temperature)
    return through(wet["o1", "o2"] * between * dry["o1", "o2"])


@model_of(sensing.vernier_sensor, cladding="air")
def vernier_sensor(asked: Asked) -> "sax.SDict":
    """Model of `vernier_sensor`: light goes round once, as nothing reflects."""
    gap = settled(asked.name, "gap", asked.given["gap"], "sensor_gap")
    wet = ring_on_two_buses(_loop(asked), asked.wl, (gap, gap), asked.temperature)
    dry = light.racetrack_double(**_covered(asked, gap))
    made = sensing.vernier_sensor(**asked.plain())
    line = Line(asked.cross_section, asked.corner)
    west, east = (line.amplitude(asked.wl, made.info[f"{side}_um"], asked.temperature) for side in ("west", "east"))
    # dry o1-o4 is its lower bus, dry o2-o3 its upper one; wet o2 is dry's o4
    passed, dropped = (wet["o1", port] * west for port in ("o4", "o2"))
    zero = passed * 0.0
    ports = {
        ("o1", "o6"): passed,
        ("o1", "o2"): dropped * dry["o4", "o1"],
        ("o1", "o4"): dropped * dry["o4", "o3"] * east,
        ("o5", "o2"): wet["o3", "o2"] * dry["o4", "o1"],
        ("o5", "o4"): wet["o3", "o2"] * dry["o4", "o3"] * east,
        ("o6", "o5"): wet["o4", "o3"],
        ("o3", "o4"): dry["o2", "o3"] * east,
        ("o3", "o2"): dry["o2", "o1"],
    }
    names = [f"o{number}" for number in range(1, 7)]
    rest = {(a, b): zero for a in names for b in names if a <= b and (a, b) not in ports and (b, a) not in ports}
    return both_ways({**ports, **rest})


@model_of(wetguides.spiral_sensor, cladding="air")
def spiral_sensor(asked: Asked) -> "sax.SDict":
    """Model of `spiral_sensor`: its length of guide in the medium, and the tapers under oxide."""
    settings: dict[str, Any] = {**asked.plain(), "turns": int(plain(asked.name, "turns", asked.given["turns"]))}
    made = wetguides.spiral_sensor(**settings)
    inside = _wet(asked).amplitude(asked.wl, made.info["length_um"], asked.temperature, made.info["width_um"])
    return through(inside * _tapers(asked, made))


@model_of(wetarms.mzi_sensor, cladding="air", heating=0.0)
def mzi_sensor(asked: Asked) -> "sax.SDict":
    """Model of `mzi_sensor`: that of `mzi`, its lower arm in a medium, its upper one `heating` [K] warmer."""
    return _interferometer(asked, asked.given["combiner"])


@model_of(wetarms.mzi_coherent, cladding="air")
def mzi_coherent(asked: Asked) -> "sax.SDict":
    """Model of `mzi_coherent`: as `mzi_sensor`, with the model of its three-by-three coupler."""
    return _interferometer(asked, wetarms.COMBINER)


def _interferometer(asked: Asked, combiner: str) -> "sax.SDict":
    given, own = asked.given, draw.core_width(asked.cross_section)
    both = {name: own if given[name] is None else given[name] for name in ("width", "width_covered")}
    widths = list(both.values())
    wet, dry = wetarms.arm_leads(*(draw.even(plain(asked.name, name, one)) for name, one in both.items()), own=own)
    line, kelvin, long = Line(asked.cross_section, asked.corner), asked.temperature, given["length_x"]
    lower = _wet(asked).amplitude(asked.wl, long, kelvin, widths[0]) * _led(line, asked, wet, widths[0])
    if given.get("heater"):
        more: dict[str, Any] = {"length": long + 2 * dry.reach, "heating": asked.driven["heating"]}
        settings: dict[str, Any] = {**asked.settings, **more}
        upper = circuits.phase_shifter_heater(**settings)["o1", "o2"]
    else:
        upper = line.amplitude(asked.wl, long, kelvin, widths[1]) * _led(line, asked, dry, widths[1])
    across = (given["length_y"], given["length_y"] + given["delta_length"] / 2)
    return circuits.interferometer((given["splitter"], combiner), (upper, lower), across, asked.settings)


def _led(line: Line, asked: Asked, lead: wetarms.Lead, width: Any) -> Any:
    """Amplitude of what leads to a straight of a width and away from it."""
    straights = line.amplitude(asked.wl, 2 * lead.plain, asked.temperature)
    return straights * (
        line.tapered(asked.wl, 2 * lead.tapered, asked.temperature, (width, None)) if lead.tapered else 1.0
    )


models: dict[str, Any] = {
    f.__name__: f
    for f in (ring_sensor, ring_sensor_drop, ring_sensor_pair, vernier_sensor, spiral_sensor, mzi_sensor, mzi_coherent)
}
