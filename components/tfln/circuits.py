"""Compact models of the lithium niobate line's modulators: light in their guides, and what a static voltage does to it.

With the parameters of their cells, `wl` [µm], `temperature` [K], `corner`, `voltage` [V] on the signal and `heating`,
by how much the bias heater's guide is warmer than the chip [K]; lengths are those that the cells draw, light runs along
crystal y. A positive voltage turns the arm north of the signal by exp(i 2π L/λ · V dn/dV) and the one south of it the
other way; dn/dV is solved for the drawn cross-section (`electro`). Left out: a voltage's effect in the launches and on
the idle arm of a single drive, and what the metal beside the guides takes from their light. How fast a voltage may
change stands in `electro.figures`.
"""

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw, guides
from lingnan.components.common.curves import s_bend, s_bend_length
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import Given, settled
from lingnan.components.compact.ways import Line, SDict, Turn, both_ways, plain, through
from lingnan.components.process import number
from lingnan.components.tfln import electro, light, parts, shifters
from lingnan.components.tfln import modulators as cells
from lingnan.components.tfln.gsg import Electrode, check_drive
from lingnan.components.tfln.modulators import iq_height
from lingnan.components.tfln.shifters import idle_port
from lingnan.components.tfln.splitters import mmi1x2_y as splitter_cell
from lingnan.components.tfln.splitters import mmi2x2_y as combiner_cell
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.tracing import namespace


@model_of(shifters.phase_shifter_gsg, voltage=0.0)
def phase_shifter_gsg(asked: Asked) -> SDict:
    """Model of `phase_shifter_gsg`: both guides alike, tapered, bent apart and back; turned by a voltage."""
    along, up, down = arms(asked, asked.given["drive"], asked.given["cross_section_arm"])
    zero = 0 * along
    return both_ways(
        {("o1", "o4"): along * down, ("o2", "o3"): along * up, ("o1", "o3"): zero, ("o2", "o4"): zero}
    )  # fmt: skip


@model_of(shifters.phase_modulator, voltage=0.0)
def phase_modulator(asked: Asked) -> SDict:
    """Model of `phase_modulator`: the upper guide of `phase_shifter_gsg`."""
    along, up, _ = arms(asked, "single", asked.given["cross_section_arm"])
    return through(along * up)


def arms(asked: Asked, drive: str, cross_section_arm: str = electro.ARM) -> tuple[Array, ArrayLike, ArrayLike]:
    """A guide from port to port without a voltage, and by what one turns the light in the upper and the lower one."""
    shape = electro.shape_of(asked.name, asked.given["electrode"], asked.given, cross_section_arm)
    along = arm(shape, asked.wl, asked.cross_section, cross_section_arm, asked.temperature, asked.corner)
    voltage = asked.driven["voltage"]
    return along, *turned(asked.name, shape, asked.wl, drive, voltage, cross_section_arm, asked.corner)


@model_of(cells.mzm, voltage=0.0, heating=0.0)
def mzm(asked: Asked) -> SDict:
    """Model of `mzm`: splitter, detours, bias heater, both arms, combiner."""
    name, given, wl, temperature = asked.name, asked.given, asked.wl, asked.temperature
    cross_section, settings, drive = asked.cross_section, asked.settings, given["drive"]
    ways_in, ways_out = (int(plain(name, what, given[what])) for what in ("inputs", "outputs"))
    for what, count in (("inputs", ways_in), ("outputs", ways_out)):
        if count not in (1, 2):
            raise LingnanError(f"{name}: {what} = {count} is neither 1 nor 2. Give one of them.")
    extra = draw.even(settled(name, "delta_length", given["delta_length"], "mzm_delta_length"))
    line, shape = Line(cross_section, asked.corner), electro.shape_of(name, given["electrode"], given)
    height = _height(shape, drive)
    ends = [
        (splitter_cell, combiner_cell)[count - 1](cross_section=cross_section).ports[
            "o2" if side or count == 1 else "o3"
        ]
        for side, count in ((0, ways_in), (1, ways_out))
    ]
    both, up, down = arms(asked, drive)
    for end in ends:
        step = draw.snapped(height - float(end.center[1]))
        bend = s_bend(s_bend_length(step, draw.section_of(cross_section).radius), step)
        both = both * line.amplitude(wl, bend.length, temperature, None, Turn.along(bend))
    upper, lower = both * up, both * down
    if extra:
        turns = light.bend_euler(**settings, radius=given["radius"])["o1", "o2"] ** 4
        upper = upper * turns * line.amplitude(wl, extra, temperature, None, Turn.straight(90.0))
        lower = lower * turns
    warm, cold = biased(asked)
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


@model_of(cells.iq_modulator, voltage_i=0.0, voltage_q=0.0, heating_i=0.0, heating_q=0.0, heating=0.0)
def iq_modulator(asked: Asked) -> SDict:
    """Model of `iq_modulator`: `mzm` twice, each with its voltage and bias, and the outer heater above I."""
    cross_section, settings, driven = asked.cross_section, asked.settings, asked.driven
    sizes = {name: size for name, size in asked.given.items() if name != "cross_section"}
    inner = [
        mzm(**settings, **sizes, voltage=driven[f"voltage_{one}"], heating=driven[f"heating_{one}"])["o1", "o2"]
        for one in ("i", "q")
    ]
    height = iq_height(cells.mzm(**asked.plain()))
    step = draw.snapped(height - float(splitter_cell(cross_section=cross_section).ports["o2"].center[1]))
    bend = s_bend(s_bend_length(step, draw.section_of(cross_section).radius), step)
    line = Line(cross_section, asked.corner)
    both = line.amplitude(asked.wl, bend.length, asked.temperature, None, Turn.along(bend)) ** 2
    warm, cold = biased(asked)
    split = parts.mmi1x2_y(**settings)
    upper = split["o1", "o2"] * inner[0] * warm * split["o1", "o3"]  # the combiner is turned: its o3 comes up
    lower = split["o1", "o3"] * inner[1] * cold * split["o1", "o2"]
    return through(both * (upper + lower))


def biased(asked: Asked) -> tuple[Array, Array]:
    """A bias heater's guide, with the way to what follows, and the cold one beside it."""
    settings, heating = asked.settings, asked.driven["heating"]
    heated = settled(asked.name, "length_heater", asked.given["length_heater"], "heater_length")
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
    check_drive(model, drive)
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
