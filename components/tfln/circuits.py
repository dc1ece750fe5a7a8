"""Compact models of the lithium niobate line's modulators: light in their guides, and what a static voltage does to it.

With the parameters of their cells, `wl` [µm], `temperature` [K], `corner`, `voltage` [V] on the signal and `heating`,
by how much the bias heater's guide is warmer than the chip [K]; lengths are those that the cells draw, light runs along
crystal y. A positive voltage turns the arm north of the signal by exp(i 2π L/λ · V dn/dV) and the one south of it the
other way; dn/dV is solved for the drawn cross-section (`electro`). Left out: a voltage's effect in the launches and on
the idle arm of a single drive, and what the metal beside the guides takes from their light. How fast a voltage may
change stands in `electro.figures`.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw, guides
from lingnan.components.common.curves import s_bend, s_bend_length
from lingnan.components.compact.chebyshev import namespace
from lingnan.components.compact.sizes import Given, settled
from lingnan.components.compact.ways import Line, Turn, both_ways, plain, through
from lingnan.components.process import number
from lingnan.components.tfln import electro, light, parts
from lingnan.components.tfln import modulators as cells
from lingnan.components.tfln.electrodes import Electrode
from lingnan.components.tfln.modulators import iq_height
from lingnan.components.tfln.shifters import DRIVES, idle_port
from lingnan.components.tfln.splitters import mmi1x2_y as splitter_cell
from lingnan.components.tfln.splitters import mmi2x2_y as combiner_cell
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

if TYPE_CHECKING:
    import sax

_ARM = electro.ARM


def phase_shifter_gsg(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    electrode: str = "straight",
    drive: str = "push_pull",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section: str = "rib",
    cross_section_arm: str = _ARM,
    temperature: Given = None,
    corner: str = "nominal",
    voltage: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `phase_shifter_gsg`: both guides alike, tapered, bent apart and back; turned by a voltage."""
    name = "phase_shifter_gsg"
    given = {
        "length": length, "signal_width": signal_width, "gap": gap, "ground_width": ground_width, "launch": launch,
        "rail_length": rail_length, "rail_slot": rail_slot, "rail_bar": rail_bar, "rail_stem_height": rail_stem_height,
        "rail_stem_width": rail_stem_width,
    }  # fmt: skip
    shape = electro.shape_of(name, electrode, given, cross_section_arm)
    along = arm(shape, wl, cross_section, cross_section_arm, temperature, corner)
    up, down = turned(name, shape, wl, drive, voltage, cross_section_arm, corner)
    zero = 0 * along
    return both_ways(
        {("o1", "o4"): along * down, ("o2", "o3"): along * up, ("o1", "o3"): zero, ("o2", "o4"): zero}
    )  # fmt: skip


def phase_modulator(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section: str = "rib",
    cross_section_arm: str = _ARM,
    temperature: Given = None,
    corner: str = "nominal",
    voltage: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `phase_modulator`: the upper guide of `phase_shifter_gsg`."""
    name = "phase_modulator"
    given = {
        "length": length, "signal_width": signal_width, "gap": gap, "ground_width": ground_width, "launch": launch,
        "rail_length": rail_length, "rail_slot": rail_slot, "rail_bar": rail_bar, "rail_stem_height": rail_stem_height,
        "rail_stem_width": rail_stem_width,
    }  # fmt: skip
    shape = electro.shape_of(name, electrode, given, cross_section_arm)
    along = arm(shape, wl, cross_section, cross_section_arm, temperature, corner)
    up, _ = turned(name, shape, wl, "single", voltage, cross_section_arm, corner)
    return through(along * up)


def mzm(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    delta_length: float | None = None,
    length_heater: float | None = None,
    electrode: str = "straight",
    drive: str = "push_pull",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    inputs: int = 1,
    outputs: int = 1,
    radius: float | None = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    voltage: ArrayLike = 0.0,
    heating: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `mzm`: splitter, detours, bias heater, both arms, combiner."""
    name = "mzm"
    ways_in, ways_out = (int(plain(name, what, count)) for what, count in (("inputs", inputs), ("outputs", outputs)))
    for what, count in (("inputs", ways_in), ("outputs", ways_out)):
        if count not in (1, 2):
            raise LingnanError(f"{name}: {what} = {count} is neither 1 nor 2. Give one of them.")
    extra = draw.even(settled(name, "delta_length", delta_length, "mzm_delta_length"))
    line = Line(cross_section, corner)
    settings = {"wl": wl, "cross_section": cross_section, "temperature": temperature, "corner": corner}
    given = {
        "length": length, "signal_width": signal_width, "gap": gap, "ground_width": ground_width,
        "rail_length": rail_length, "rail_slot": rail_slot, "rail_bar": rail_bar, "rail_stem_height": rail_stem_height,
        "rail_stem_width": rail_stem_width,
    }  # fmt: skip
    shape = electro.shape_of(name, electrode, given)
    height = _height(shape, drive)
    ends = [
        (splitter_cell, combiner_cell)[count - 1](cross_section=cross_section).ports[
            "o2" if side or count == 1 else "o3"
        ]
        for side, count in ((0, ways_in), (1, ways_out))
    ]
    both = arm(shape, wl, cross_section, _ARM, temperature, corner)
    for end in ends:
        step = draw.snapped(height - float(end.center[1]))
        bend = s_bend(s_bend_length(step, draw.section_of(cross_section).radius), step)
        both = both * line.amplitude(wl, bend.length, temperature, None, Turn.along(bend))
    up, down = turned(name, shape, wl, drive, voltage, _ARM, corner)
    upper, lower = both * up, both * down
    if extra:
        turns = light.bend_euler(**settings, radius=radius)["o1", "o2"] ** 4
        upper = upper * turns * line.amplitude(wl, extra, temperature, None, Turn.straight(90.0))
        lower = lower * turns
    warm, cold = biased(name, settings, length_heater, heating)
    upper, lower = upper * warm, lower * cold
    if ways_in == 1:
        split = parts.mmi1x2_y(**settings)
        sides = {"o1": (split["o1", "o2"], split["o1", "o3"])}
    else:
        split = parts.mmi2x2_y(**settings)
        sides = {port: (split[port, "o3"], split[port, "o4"]) for port in ("o1", "o2")}
    if ways_out == 1:  # the combiner is turned by 180 degrees: its o3 comes up
        join = parts.mmi1x2_y(**settings)
        joins = [(join["o1", "o3"], join["o1", "o2"])]
    else:
        join = parts.mmi2x2_y(**settings)
        joins = [(join["o2", out], join["o1", out]) for out in ("o3", "o4")]
    found = {
        (port, f"o{ways_in + index}"): a * upper * x + b * lower * y
        for port, (a, b) in sides.items()
        for index, (x, y) in enumerate(joins, 1)
    }
    zero = 0 * upper
    ports = [f"o{number}" for number in range(1, ways_in + ways_out + 1)]
    return both_ways({**{(one, one): zero for one in ports}, **found})


def iq_modulator(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    delta_length: float = 0.0,
    length_heater: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    radius: float | None = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    voltage_i: ArrayLike = 0.0,
    voltage_q: ArrayLike = 0.0,
    heating_i: ArrayLike = 0.0,
    heating_q: ArrayLike = 0.0,
    heating: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `iq_modulator`: `mzm` twice, each with its voltage and bias, and the outer heater above I."""
    settings = {"wl": wl, "cross_section": cross_section, "temperature": temperature, "corner": corner}
    sizes = {
        "length": length, "delta_length": delta_length, "length_heater": length_heater, "electrode": electrode,
        "signal_width": signal_width, "gap": gap, "ground_width": ground_width, "radius": radius,
    }  # fmt: skip
    inner = [
        mzm(**settings, **sizes, voltage=voltage, heating=bias)["o1", "o2"]
        for voltage, bias in ((voltage_i, heating_i), (voltage_q, heating_q))
    ]
    drawn = {name: None if size is None else plain("iq_modulator", name, size) for name, size in sizes.items()
             if name != "electrode"}  # fmt: skip
    height = iq_height(cells.mzm(**drawn, electrode=electrode, cross_section=cross_section))
    step = draw.snapped(height - float(splitter_cell(cross_section=cross_section).ports["o2"].center[1]))
    bend = s_bend(s_bend_length(step, draw.section_of(cross_section).radius), step)
    both = Line(cross_section, corner).amplitude(wl, bend.length, temperature, None, Turn.along(bend)) ** 2
    warm, cold = biased("iq_modulator", settings, length_heater, heating)
    split = parts.mmi1x2_y(**settings)
    upper = split["o1", "o2"] * inner[0] * warm * split["o1", "o3"]  # the combiner is turned: its o3 comes up
    lower = split["o1", "o3"] * inner[1] * cold * split["o1", "o2"]
    return through(both * (upper + lower))


def biased(model: str, settings: dict[str, Any], length: Given, heating: ArrayLike) -> tuple[Array, Array]:
    """A bias heater's guide, with the way to what follows, and the cold one beside it."""
    heated = settled(model, "length_heater", length, "heater_length")
    if not heated:
        return np.ones(1)[0], np.ones(1)[0]
    process = active_process()
    room = draw.snapped(process.limit("HT.S.TL") + 3 * process.cross_sections["metal2"].width.value)
    line = Line(settings["cross_section"], settings["corner"])
    away = line.amplitude(settings["wl"], room, settings["temperature"])
    warm = parts.phase_shifter_heater(**settings, length=heated, heating=heating)["o1", "o2"]
    return warm * away, parts.phase_shifter_heater(**settings, length=heated)["o1", "o2"] * away


def _height(shape: Electrode, drive: str) -> float:
    """Of the upper arm at the electrode's ports above the middle of both arms [µm]."""
    lower = -shape.pitch / 2 if drive == "push_pull" else idle_port(shape)
    return draw.snapped((shape.pitch / 2 - lower) / 2)


def turned(
    model: str, shape: Electrode, wl: ArrayLike, drive: str, voltage: ArrayLike, cross_section_arm: str, corner: str
) -> tuple[ArrayLike, ArrayLike]:
    """By what a voltage turns the light north and south of the signal."""
    if drive not in DRIVES:
        raise LingnanError(f"{model}: drive = {drive!r} is neither push_pull nor single. Give one of the two.")
    xp = namespace(wl, voltage)
    if xp is np and not np.any(np.asarray(voltage)):  # nothing has to be solved
        return 1.0, 1.0
    slope = electro.per_volt(electro.spec_of(shape, cross_section_arm, corner), wl, corner)
    phase = 2 * np.pi / xp.asarray(wl) * slope * shape.length * xp.asarray(voltage)
    up = xp.exp(1j * phase)
    return up, xp.exp(-1j * phase) if drive == "push_pull" else 1.0


def arm(
    shape: Electrode, wl: ArrayLike, cross_section: str, cross_section_arm: str, temperature: Given, corner: str
) -> Array:
    """One guide from port to port: taper, launch, line, launch, taper."""
    line, wide = Line(cross_section, corner), Line(cross_section_arm, corner)
    core, arm, way_in = draw.core_width(cross_section), draw.core_width(cross_section_arm), shape.way_in()
    run = guides.taper_length("mzm", "taper_length of the process", number(None, "taper_length"), core, arm)
    ends = line.tapered(wl, run, temperature, (core, arm)) if core != arm else line.amplitude(wl, run, temperature)
    launches = wide.amplitude(wl, way_in.length, temperature)  # bent by a few degrees, in both arms alike
    return ends**2 * launches**2 * wide.amplitude(wl, shape.length, temperature)


models = {f.__name__: f for f in (phase_shifter_gsg, phase_modulator, mzm, iq_modulator)}
