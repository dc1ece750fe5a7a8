"""Compact models of the lithium niobate line's modulators without a voltage: what light does in their guides.

`phase_shifter_gsg` and `mzm`, with the parameters of their cells, `wl` [µm], `temperature` [K] and `corner`; lengths
are those that the cells draw, light runs along crystal y. Left out: what a voltage does, and what the metal beside the
guides takes from their light. `heating` is by how much the bias heater's guide is warmer than the chip [K].
"""

from typing import TYPE_CHECKING

from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw, guides
from lingnan.components.common.curves import s_bend, s_bend_length
from lingnan.components.compact.sizes import Given, settled
from lingnan.components.compact.ways import Line, Turn, both_ways, plain
from lingnan.components.process import number
from lingnan.components.tfln import light, parts
from lingnan.components.tfln.electrodes import Electrode, electrode_of
from lingnan.components.tfln.splitters import mmi1x2_y as splitter_cell
from lingnan.components.tfln.splitters import mmi2x2_y as combiner_cell
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

if TYPE_CHECKING:
    import sax

_ARM = "rib_modulator"  #: cross-section of the guides beside electrodes, as the cells have it


def phase_shifter_gsg(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    cross_section: str = "rib",
    cross_section_arm: str = _ARM,
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `phase_shifter_gsg` without a voltage: both guides alike, tapered, bent apart and back."""
    name = "phase_shifter_gsg"
    shape = _shape(name, electrode, length, signal_width, gap, ground_width, launch, draw.core_width(cross_section_arm))
    along = _arm(shape, wl, cross_section, cross_section_arm, temperature, corner)
    zero = 0 * along
    return both_ways({("o1", "o4"): along, ("o2", "o3"): along, ("o1", "o3"): zero, ("o2", "o4"): zero})


def mzm(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    delta_length: float | None = None,
    length_heater: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    outputs: int = 1,
    radius: float | None = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    heating: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `mzm` without a voltage: splitter, detours, bias heater, both arms, combiner."""
    name, count = "mzm", int(plain("mzm", "outputs", outputs))
    if count not in (1, 2):
        raise LingnanError(f"mzm: outputs = {outputs} is neither 1 nor 2. Give one of them.")
    extra = draw.even(settled(name, "delta_length", delta_length, "mzm_delta_length"))
    heated = settled(name, "length_heater", length_heater, "heater_length")
    line = Line(cross_section, corner)
    settings = {"wl": wl, "cross_section": cross_section, "temperature": temperature, "corner": corner}
    shape = _shape(name, electrode, length, signal_width, gap, ground_width, None, draw.core_width(_ARM))
    first, last = splitter_cell(cross_section=cross_section), (splitter_cell, combiner_cell)[count - 1]
    ends = [first.ports["o2"], last(cross_section=cross_section).ports["o2"]]
    both = _arm(shape, wl, cross_section, _ARM, temperature, corner)
    for end in ends:
        step = draw.snapped(shape.pitch / 2 - float(end.center[1]))
        bend = s_bend(s_bend_length(step, draw.section_of(cross_section).radius), step)
        both = both * line.amplitude(wl, bend.length, temperature, None, Turn.along(bend))
    upper = lower = both
    if extra:
        turns = light.bend_euler(**settings, radius=radius)["o1", "o2"] ** 4
        upper = upper * turns * line.amplitude(wl, extra, temperature, None, Turn.straight(90.0))
        lower = lower * turns
    if heated:
        warm = parts.phase_shifter_heater(**settings, length=heated, heating=heating)["o1", "o2"]
        cold = parts.phase_shifter_heater(**settings, length=heated)["o1", "o2"]
        process = active_process()
        room = draw.snapped(process.limit("HT.S.TL") + 3 * process.cross_sections["metal2"].width.value)
        away = line.amplitude(wl, room, temperature)
        upper, lower = upper * warm * away, lower * cold * away
    split = parts.mmi1x2_y(**settings)
    up, down = upper * split["o1", "o2"], lower * split["o1", "o3"]
    zero = 0 * up
    if count == 1:  # the combiner is turned by 180 degrees: its o3 comes up
        found = {("o1", "o2"): up * split["o1", "o3"] + down * split["o1", "o2"]}
    else:
        joined = parts.mmi2x2_y(**settings)
        found = {
            ("o1", port): up * joined["o2", out] + down * joined["o1", out]
            for port, out in (("o2", "o3"), ("o3", "o4"))
        }
    return both_ways({**found, **{(port, port): zero for port in ("o1", *(f"o{k}" for k in range(2, 2 + count)))}})


def _shape(
    model: str, electrode: str, length: Given, signal: Given, gap: Given, ground: Given, launch: Given, guide: float
) -> Electrode:
    given = {"length": length, "signal_width": signal, "gap": gap, "ground_width": ground, "launch": launch}
    numbers = [None if value is None else plain(model, name, value) for name, value in given.items()]
    return electrode_of(model, electrode, *numbers, guide)


def _arm(
    shape: Electrode, wl: ArrayLike, cross_section: str, cross_section_arm: str, temperature: Given, corner: str
) -> Array:
    """One guide from port to port: taper, launch, line, launch, taper."""
    line, wide = Line(cross_section, corner), Line(cross_section_arm, corner)
    core, arm, way_in = draw.core_width(cross_section), draw.core_width(cross_section_arm), shape.way_in()
    run = guides.taper_length("mzm", "taper_length of the process", number(None, "taper_length"), core, arm)
    ends = line.tapered(wl, run, temperature, (core, arm)) if core != arm else line.amplitude(wl, run, temperature)
    launches = wide.amplitude(wl, way_in.length, temperature)  # bent by a few degrees, in both arms alike
    return ends**2 * launches**2 * wide.amplitude(wl, shape.length, temperature)


models = {f.__name__: f for f in (phase_shifter_gsg, mzm)}
