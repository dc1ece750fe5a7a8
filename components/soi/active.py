"""Compact models of the silicon line's diodes, heaters and detectors, named like their cells.

With the parameters of their cells, `wl` [µm], `temperature` [K] and `corner`, and what drives them: `voltage` [V],
`heating` [K]. Carriers come from `components.soi.carriers`, guides and carriers of the corner that is asked for, the
latter at its own temperature. Models of PN and PIN diodes take `dose` and `overlay` by mask too, errors of the process
as of `implanted.shift`: to the right is that of light from o1 on. What implants do to a guide where they end, and the
wider slab of doped guides (n_eff to 1e-6), are left out. Nothing reflects but the multimode couplers. Rings and disks
are in `ringlight`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.common.coupling import s_bend_default
from lingnan.components.common.curves import s_bend
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import settled
from lingnan.components.compact.ways import Line, SDict, both_ways, joined, plain, through
from lingnan.components.soi import (
    carriers,
    circuits,
    detectors,
    diodes,
    heaters,
    implanted,
    light,
    modulators,
    parts,
    receivers,
    seriespair,
)
from lingnan.components.soi.diodes import pin_sides, pn_sides
from lingnan.components.soi.lateral import Side, length_of, rib_of
from lingnan.solvers.tracing import is_traced, namespace

OFFSETS = (
    "junction_offset", "mid_offset_p", "mid_offset_n", "contact_offset_p", "contact_offset_n", "contact_distance",
    "contact_width",
)  # fmt: skip


def turned(wl: ArrayLike, change: Array, length: ArrayLike) -> Array:
    """What a complex change of n_eff does to a wave over a length [µm]."""
    xp = namespace(wl, change, length)
    return xp.exp(2j * np.pi * change * length / xp.asarray(wl, float))


ERRORS: dict[str, Any] = {"dose": None, "overlay": None}  #: of models whose diodes are kept with them: none


def errors_of(asked: Asked) -> dict[str, Any]:
    """What `implanted.shift` takes of them."""
    return {name: asked.driven[name] for name in ERRORS}


def _doped(asked: Asked, sides: tuple[Side, Side], volts: ArrayLike, key: str) -> SDict:
    """A guide with a diode along all but its ends."""
    used, first, last = length_of(asked.name, asked.plain("length")["length"], key)
    core = rib_of(asked.name, asked.cross_section)
    change = implanted.shift(sides, core, asked.corner, **errors_of(asked)).at(asked.wl, volts)
    guide = Line(asked.cross_section, asked.corner).amplitude(asked.wl, used, asked.temperature)
    return through(guide * turned(asked.wl, change, last - first))


@model_of(diodes.phase_shifter_pn, voltage=0.0, **ERRORS)
def phase_shifter_pn(asked: Asked) -> SDict:
    """Model of `phase_shifter_pn`; `voltage`: of reverse bias [V]."""
    given = asked.plain("length")
    sides = pn_sides(asked.name, rib_of(asked.name, asked.cross_section), *(given[key] for key in OFFSETS))
    return _doped(asked, sides, asked.driven["voltage"], "pn_length")


@model_of(diodes.phase_shifter_pn_interleaved, voltage=0.0)
def phase_shifter_pn_interleaved(asked: Asked) -> SDict:
    """Model of `phase_shifter_pn_interleaved`; `voltage`: of reverse bias [V].

    Fingers between the rib's walls, p and n slab beside them; p+ and n+ farther out are left out.
    """
    given, core = asked.plain("length"), rib_of(asked.name, asked.cross_section)
    pn_sides(asked.name, core, 0.0, *(given[key] for key in OFFSETS[1:]))
    p, n = (draw.snapped(settled(asked.name, key, given[key], "pn_finger")) for key in ("finger_p", "finger_n"))
    reach = draw.snapped(settled(asked.name, "finger_reach", given["finger_reach"], "pn_finger_reach"))
    used, first, last = length_of(asked.name, given["length"], "pn_length")
    change = carriers.interleaved(p, n, reach, core, asked.corner).at(asked.wl, asked.driven["voltage"])
    guide = Line(asked.cross_section, asked.corner).amplitude(asked.wl, used, asked.temperature)
    return through(guide * turned(asked.wl, change, last - first))


@model_of(diodes.attenuator_pin, voltage=0.0, **ERRORS)
def attenuator_pin(asked: Asked) -> SDict:
    """Model of `attenuator_pin`; `voltage`: of forward bias across silicon, leads not counted [V]."""
    given, core = asked.plain("length"), rib_of(asked.name, asked.cross_section)
    sides = pin_sides(
        asked.name, core, given["contact_offset"], given["contact_distance"], given["contact_width"]
    )  # fmt: skip
    return _doped(asked, sides, asked.driven["voltage"], "pin_length")


@model_of(heaters.phase_shifter_doped, heating=0.0)
def phase_shifter_doped(asked: Asked) -> SDict:
    """Model of `phase_shifter_doped`: `heating` [K] of the doped part, and what its dopants absorb and turn."""
    given, core = asked.plain("length"), rib_of(asked.name, asked.cross_section)
    sides = heaters.doped_sides(
        asked.name, core, given["dopant"], given["contact_offset"], given["contact_distance"], given["contact_width"]
    )  # fmt: skip
    used, first, last = length_of(asked.name, given["length"], "doped_heater_length")
    line, doped = Line(asked.cross_section, asked.corner), last - first
    base = line.guide().temperature if asked.temperature is None else asked.temperature
    cold = line.amplitude(asked.wl, used - doped, base)
    warm = line.amplitude(asked.wl, doped, base + asked.driven["heating"])
    return through(cold * warm * turned(asked.wl, carriers.still(sides, core, asked.corner).idle_at(asked.wl), doped))


def _warmed(asked: Asked) -> SDict:
    """As `phase_shifter_heater`: a guide that is warmer between the contacts of its heater."""
    given = asked.plain("length")
    return circuits.phase_shifter_heater(**asked.settings, length=given["length"], heating=asked.driven["heating"])


@model_of(heaters.phase_shifter_meander, heating=0.0)
def phase_shifter_meander(asked: Asked) -> SDict:
    """Model of `phase_shifter_meander`: a guide that is `heating` [K] warmer; sizes of the wire set its power alone."""
    return _warmed(asked)


@model_of(heaters.phase_shifter_undercut, heating=0.0)
def phase_shifter_undercut(asked: Asked) -> SDict:
    """Model of `phase_shifter_undercut`: a guide that is `heating` [K] warmer in the mean; windows set its power."""
    return _warmed(asked)


def _nothing(asked: Asked, drawn: Callable[..., Any], ports: int = 1) -> SDict:
    """Light goes in and does not come back; what germanium makes of it is `photodiodes.figures`'.

    `drawn` refuses sizes that the line cannot make, the guide light and temperatures that it was not solved for.
    """
    if not is_traced(*asked.given.values()):
        drawn(**asked.given)
    zero = 0.0 * Line(asked.cross_section, asked.corner).amplitude(asked.wl, 0.0, asked.temperature)
    names = [f"o{index}" for index in range(1, ports + 1)]
    return {(a, b): zero for a in names for b in names}


@model_of(detectors.detector_vertical)
def detector_vertical(asked: Asked) -> SDict:
    """Model of `detector_vertical`: no light comes back. What germanium reflects is left out."""
    return _nothing(asked, detectors.vertical_of)


@model_of(detectors.detector_lateral)
def detector_lateral(asked: Asked) -> SDict:
    """Model of `detector_lateral`: no light comes back. What germanium reflects is left out."""
    return _nothing(asked, detectors.lateral_of)


@model_of(receivers.detector_balanced)
def detector_balanced(asked: Asked) -> SDict:
    """Model of `detector_balanced`: no light comes back from either photodiode."""
    return _nothing(asked, receivers.detector_balanced, 2)


@model_of(receivers.monitor_tap)
def monitor_tap(asked: Asked) -> SDict:
    """Model of `monitor_tap`: what its coupler leaves in the guide; `tapped` says what the photodiode gets."""
    bar, _ = _tap(asked)
    long = _run(asked)
    return through(bar * Line(asked.cross_section, asked.corner).amplitude(asked.wl, long, asked.temperature))


def tapped(**settings: Any) -> Array:
    """Share of the power in the guide that reaches the photodiode of `monitor_tap`, with the model's settings."""
    return _tapped(**settings)["o1", "e1"]


@model_of(receivers.monitor_tap)
def _tapped(asked: Asked) -> SDict:
    _, cross = _tap(asked)
    return {("o1", "e1"): abs(cross) ** 2}


def _tap(asked: Asked) -> tuple[Array, Array]:
    """Amplitudes of the tap's coupler, straight on and across."""
    given = asked.plain()
    found = light.coupler(
        **asked.settings, gap=settled(asked.name, "gap", given["gap"], "tap_gap"),
        length=settled(asked.name, "length_coupler", given["length_coupler"], "tap_length"),
        dy=draw.even(settled(asked.name, "distance", given["distance"], "tap_distance")),
    )  # fmt: skip
    return found["o1", "o4"], found["o1", "o3"]


def _run(asked: Asked) -> float:
    """Length of the guide beside terminator and photodiode [µm]."""
    made = receivers.monitor_tap(**asked.plain())
    return float(made.info["straight_um"])


def _pair(asked: Asked, cross_section: str) -> tuple[seriespair.Pair, Array, Array]:
    """Sizes of two arms in series, and what both do to light, the upper one first.

    The bias holds the n sides; a signal reaches half of itself over each arm, the upper one more into reverse.
    """
    given, core = asked.plain(), rib_of(asked.name, cross_section)
    pair = seriespair.pair_of(
        asked.name, core, given["length"], given["signal_width"], given["ground_width"],
        tuple(given[key] for key in OFFSETS),
    )  # fmt: skip
    guide = Line(cross_section, asked.corner).amplitude(asked.wl, pair.total, asked.temperature)
    bias, half = asked.driven["bias"], asked.driven["voltage"] / 2
    arms: list[Array] = []
    for sign, places in ((1, implanted.STRAIGHT), (-1, implanted.MIRRORED)):
        kept = implanted.shift(pair.upper, core, asked.corner, **errors_of(asked), places=places)
        arms.append(guide * turned(asked.wl, kept.at(asked.wl, bias + sign * half), pair.length))
    return pair, arms[0], arms[1]


@model_of(seriespair.phase_shifter_series, voltage=0.0, bias=2.0, **ERRORS)
def phase_shifter_series(asked: Asked) -> SDict:
    """Model of `phase_shifter_series`; `voltage`: signal less ground [V]; `bias`: of the n sides, both at rest [V]."""
    _, upper, lower = _pair(asked, asked.cross_section)
    zero = namespace(upper).zeros_like(upper)
    return both_ways(
        {
            ("o1", "o4"): lower, ("o2", "o3"): upper, ("o1", "o2"): zero, ("o1", "o3"): zero, ("o2", "o4"): zero,
            ("o3", "o4"): zero,
        }
    )  # fmt: skip


@model_of(modulators.mzm, voltage=0.0, bias=2.0, heating=0.0, **ERRORS)
def mzm(asked: Asked) -> SDict:
    """Model of `mzm`; `voltage` and `bias` as of `phase_shifter_series`, `heating` [K] of the upper arm.

    Statics: what a fast signal does is `travelling.figures`'.
    """
    arm = asked.given["cross_section_arm"]
    pair, *drawn = _pair(asked, arm)
    heated = draw.snapped(settled(asked.name, "length_heater", asked.given["length_heater"], "mzm_heater_length"))
    into = parts.transition_strip_rib(
        wl=asked.wl, strip=asked.cross_section, rib=arm, temperature=asked.temperature, corner=asked.corner
    )["o1", "o2"]
    port = float(modulators.mmi1x2(cross_section=asked.cross_section).ports["o2"].center[1])
    bends = _bends(asked, draw.snapped(pair.arm - port))
    cold = Line(asked.cross_section, asked.corner).amplitude(asked.wl, heated, asked.temperature)
    warm = circuits.phase_shifter_heater(**asked.settings, length=heated, heating=asked.driven["heating"])
    sides = [warm["o1", "o2"] if heated else 1.0, cold if heated else 1.0]
    arms = [through(bends * into**2 * side * one) for side, one in zip(sides, drawn, strict=True)]
    ends = parts.mmi1x2(**asked.settings)
    return joined(
        {"first": ends, "up": arms[0], "down": arms[1], "last": ends},
        {"first,o2": "up,o1", "first,o3": "down,o1", "up,o2": "last,o3", "down,o2": "last,o2"},
        {"o1": "first,o1", "o2": "last,o1"},
    )


@model_of(modulators.switch_pin, voltage_lower=0.0, voltage_upper=0.0, **ERRORS)
def switch_pin(asked: Asked) -> SDict:
    """Model of `switch_pin`; `voltage_lower` and `voltage_upper`: of forward bias across both diodes [V]."""
    given, arm = asked.plain(), asked.given["cross_section_arm"]
    rib_of(asked.name, arm)  # before it is taken for one
    settings: dict[str, Any] = {**asked.settings, **errors_of(asked), "cross_section": arm}
    sizes = {key: given[key] for key in ("contact_offset", "contact_distance", "contact_width")}
    sizes["length"] = settled(asked.name, "length", given["length"], "pin_switch_length")
    into = parts.transition_strip_rib(
        wl=asked.wl, strip=asked.cross_section, rib=arm, temperature=asked.temperature, corner=asked.corner
    )["o1", "o2"]
    half = draw.even(settled(asked.name, "pitch", given["pitch"], "pin_pitch")) / 2
    port = float(modulators.mmi2x2(cross_section=asked.cross_section).ports["o3"].center[1])
    around = _bends(asked, draw.snapped(half - port)) * into**2
    arms = {
        key: through(around * attenuator_pin(**settings, **sizes, voltage=asked.driven[f"voltage_{key}"])["o1", "o2"])
        for key in ("lower", "upper")
    }
    ends = parts.mmi2x2(**asked.settings)
    return joined(
        {"first": ends, **arms, "last": ends},
        {"first,o3": "upper,o1", "first,o4": "lower,o1", "upper,o2": "last,o2", "lower,o2": "last,o1"},
        {"o1": "first,o1", "o2": "first,o2", "o3": "last,o3", "o4": "last,o4"},
    )


def _bends(asked: Asked, step: float) -> Array:
    """Both S-bends of an arm."""
    bend = s_bend(plain(asked.name, "bend", s_bend_default(step, asked.cross_section)), step)
    return Line(asked.cross_section, asked.corner).amplitude(asked.wl, 2 * bend.length, asked.temperature)


models: dict[str, Any] = {
    f.__name__: f
    for f in (
        phase_shifter_pn, phase_shifter_pn_interleaved, attenuator_pin, phase_shifter_doped, phase_shifter_meander,
        phase_shifter_undercut, detector_vertical, detector_lateral, detector_balanced, monitor_tap,
        phase_shifter_series, mzm, switch_pin,
    )
}  # fmt: skip
