"""Compact models of the silicon line's slot and segmented guide between two strips, and of the way up into the nitride.

Named like their cells, with their parameters, and `wl` [µm], `temperature` [K] and `corner`. Surrogates of
`components.compact.passages` and `segments`, which say what is left out: full-vector modes of some sections along the
way, on a mesh right to 1e-3 of n_eff, so that the phase of a whole transition is right to a tenth of a radian, and its
power to 1e-3.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.compact import bodies, devices, passages, segments
from lingnan.components.compact.bodies import Cut, End
from lingnan.components.compact.devices import BETWEEN, Solver
from lingnan.components.compact.guides import index_te
from lingnan.components.compact.passages import Stretch
from lingnan.components.compact.sizes import Given, settled
from lingnan.components.compact.spec import Settings, Spec
from lingnan.components.compact.ways import Line, plain
from lingnan.components.soi.slots import LEAD
from lingnan.pdk import active_process, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers.waveguides import Geometry

if TYPE_CHECKING:
    import sax

_STRIP = "strip"
_FEW = BETWEEN[1::3]
_USUAL = 50.0  #: the cells' own length of slot and segments [µm]
#: Wavelengths at which the process's segments guide in all corners: below them its own tip is in the Bragg gap [µm].
_GUIDED = (1.5, 1.62)
#: Lines of a mesh follow all walls and may not cross: nitride as wide as the silicon below it is taken as this much
#: narrower or wider, where hardly any light is in it (0.08 instead moves 5e-4 of the power) [µm].
_APART = 0.12
#: Share of the silicon's taper at whose end light begins to leave it, and sections are closer.
_LEAVING = 0.6
_SIDE, _BELOW, _ABOVE = 2.0, 1.4, 1.6  #: from the cores to the window's walls [µm]


def slot(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = _USUAL,
    rail_width: float | None = None,
    gap: float | None = None,
    length_transition: float | None = None,
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `slot`: both transitions, and the slot's own mode between them with the strip's loss."""
    name, process = "slot", active_process()
    at = {
        "core": draw.core_width(_STRIP),
        "rail": draw.even(settled(name, "rail_width", rail_width, "slot_rail_width")),
        "gap": draw.even(settled(name, "gap", gap, "slot_gap")),
        "way": settled(name, "length_transition", length_transition, "slot_transition_length"),
    }

    def cutter_of(at: Settings) -> bodies.Cutter:
        line = optics.at_corner(process, corner)
        base = line.corners[corner].temperature
        layer, half = draw.core_layer(_STRIP), at["core"] / 2
        inner, outer = at["gap"] / 2, at["gap"] / 2 + at["rail"]
        thick = _top(line, layer)
        window = (-outer - _SIDE - at["gap"] - at["rail"], outer + _SIDE, -_BELOW, thick + _ABOVE)

        def along(t: float) -> Geometry:
            low, high = -half + (inner + half) * t, half + (outer - half) * t
            rails = [(low, high), (low - at["gap"] - at["rail"], low - at["gap"])]
            return passages.section(line, {layer: rails}, window, base)

        first = passages.section(line, {layer: [(-half, half)]}, window, base)
        go = passages.passage(first, [Stretch(along, at["way"], 12)], along(1.0))

        def cutter(wl: Array, kelvin: Array) -> Cut:
            n = index_te(replace(along(1.0), temperature=jnp.asarray(kelvin)), jnp.asarray(wl))
            return _cut(float(n), go(float(wl), float(kelvin)))

        return cutter

    found = bodies.modelled(
        Spec(process, name, _STRIP, corner, at), length, _USUAL, cutter_of, (("o1",), ("o2",)), wl, temperature,
        bodies.Fit((5, 3), _FEW),
    )  # fmt: skip
    leads = Line(_STRIP, corner).amplitude(wl, 2 * LEAD, temperature)
    loss = abs(Line(_STRIP, corner).amplitude(wl, length + 2 * at["way"], temperature))
    return {pair: s * leads * loss for pair, s in found.items()}


def swg(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = _USUAL,
    period: float | None = None,
    duty: float | None = None,
    width: float | None = None,
    neck: float | None = None,
    length_transition: float | None = None,
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `swg`: both transitions, and the segments' Bloch mode between them with the strip's loss.

    A length that is traced is taken as it is, and not rounded to whole periods.
    """
    name, process = "swg", active_process()
    step = draw.snapped(settled(name, "period", period, "swg_period"))
    silicon = draw.snapped(settled(name, "duty", duty, "swg_duty") * step)
    way = settled(name, "length_transition", length_transition, "swg_transition_length")
    at = {
        "core": draw.core_width(_STRIP), "period": step, "silicon": silicon,
        "wide": draw.even(settled(name, "width", width, "swg_width")),
        "neck": draw.even(settled(name, "neck", neck, "swg_neck")),
        "tip": draw.even(limits.active_limit(limits.width_rule(_STRIP))),
        "narrowing": draw.snapped(LEAD + way) - LEAD, "widening": draw.snapped(round(way / step) * step + silicon),
    }  # fmt: skip
    periods = length if isinstance(length, jax.core.Tracer) else step * np.round(plain(name, "length", length) / step)

    def cutter_of(at: Settings) -> bodies.Cutter:
        line = optics.at_corner(process, corner)
        half, layer = at["core"] / 2 + _SIDE, draw.core_layer(_STRIP)
        window = (-half, half, -_BELOW, _top(line, layer) + _ABOVE)
        chain = segments.Chain(line, layer, at["period"], at["silicon"] / at["period"], window)
        lengths = (at["narrowing"], at["widening"])
        into = segments.Way(at["core"], at["neck"], at["tip"], at["wide"], lengths)

        def cutter(wl: Array, kelvin: Array) -> Cut:
            wave, warm = float(wl), float(kelvin)
            n = float(chain.mode(at["wide"], 0.0, wave, warm).n_eff.real)
            return _cut(n, segments.through(chain, into, wave, warm))

        return cutter

    found = bodies.modelled(
        Spec(process, name, _STRIP, corner, at), periods - silicon, _USUAL, cutter_of, (("o1",), ("o2",)), wl,
        temperature, bodies.Fit((7, 3), BETWEEN[2::2], _GUIDED),
    )  # fmt: skip
    leads = Line(_STRIP, corner).amplitude(wl, 2 * LEAD, temperature)
    long = periods - silicon + 2 * (at["narrowing"] + at["widening"])
    loss = abs(Line(_STRIP, corner).amplitude(wl, long, temperature))
    return {pair: s * leads * loss for pair, s in found.items()}


def transition_strip_nitride(
    *,
    wl: ArrayLike = 1.55,
    length: float | None = None,
    tip_width: float | None = None,
    nitride_tip_width: float | None = None,
    strip: str = "strip",
    nitride: str = "nitride",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `transition_strip_nitride`: the nitride widens, the silicon narrows, and both tips end abruptly."""
    name, process = "transition_strip_nitride", active_process()
    least = limits.active_limit(limits.width_rule(nitride))
    at = {
        "core": draw.core_width(strip), "above": draw.core_width(nitride),
        "tip": draw.even(settled(name, "tip_width", tip_width, "edge_tip_width")),
        "begin": draw.even(least if nitride_tip_width is None else plain(name, "nitride_tip_width", nitride_tip_width)),
        "half": draw.snapped(settled(name, "length", length, "nitride_transition_length") / 2),
    }  # fmt: skip
    if at["above"] < at["core"] + _APART:
        raise LingnanError(
            f"model of {name}: nitride {at['above']:g} µm wide is not {_APART:g} µm wider than the silicon of "
            f"{at['core']:g} µm, and its sections are meshed so. Use a wider nitride guide."
        )

    def solver_of(at: Settings) -> Solver:
        line = optics.at_corner(process, corner)
        base = line.corners[corner].temperature
        low, high = draw.core_layer(strip), draw.core_layer(nitride)
        side = at["above"] / 2 + _SIDE
        window = (-side, side, -_BELOW, _top(line, high) + _ABOVE)
        core, begin, rise = at["core"], at["begin"], at["above"] - at["begin"]
        share = min(max((core - begin) / rise, 0.0), 1.0) if rise else 0.0  # of the way, until both are as wide

        def made(silicon: float, above: float) -> Geometry:
            widths = {low: silicon, high: above}
            mask = {layer: [(-width / 2, width / 2)] for layer, width in widths.items() if width}
            return passages.right_half(passages.section(line, mask, window, base))

        def narrow(t: float) -> Geometry:
            return made(core, min(begin + rise * share * t, core - _APART))

        def wide(t: float) -> Geometry:
            return made(core, max(begin + rise * (share + (1 - share) * t), core + _APART))

        def tapered(t: float) -> Geometry:
            return made(core + (at["tip"] - core) * t, at["above"])

        def held(t: float) -> Geometry:
            return tapered(_LEAVING * t)

        def leaving(t: float) -> Geometry:
            return tapered(_LEAVING + (1 - _LEAVING) * t)

        stretches = [
            Stretch(narrow, at["half"] * share, 3), Stretch(wide, at["half"] * (1 - share), 4),
            Stretch(held, at["half"] * _LEAVING, 12), Stretch(leaving, at["half"] * (1 - _LEAVING), 20),
        ]  # fmt: skip
        used = [stretch for stretch in stretches if stretch.length > 0]
        go = passages.passage(made(core, 0.0), used, made(0.0, at["above"]))

        def solver(wl: Array, kelvin: Array) -> Mapping[tuple[str, str], Array]:
            through = jnp.asarray(go(float(wl), float(kelvin)))
            zero = jnp.zeros_like(through)
            return {("o1", "o1"): zero, ("o1", "o2"): through, ("o2", "o2"): zero}

        return solver

    spec = Spec(process, name, strip, corner, {**at, "nitride": nitride})
    # the phase turns by more than half a turn between two temperatures over 100 µm, and bends
    found = devices.modelled(spec, solver_of, wl, temperature, devices.Fit((5, 4), _FEW[1:]))
    loss = abs(Line(strip, corner).amplitude(wl, 2 * at["half"], temperature))
    return {pair: s * loss for pair, s in found.items()}


def _cut(index: float, into: complex) -> Cut:
    """A body of one mode between two equal ends that send nothing back."""
    none, end = np.zeros((1, 1)), np.array([[into]])
    return Cut(np.array([index]), End(none, end, none), End(none, end, none))


def _top(line: Process, layer: str) -> float:
    """Height of the film that a layer draws [µm]."""
    return max(level.z_max for level in line.levels.values() if level.kind == "film" and layer in level.mask.split())


models: dict[str, Any] = {f.__name__: f for f in (slot, swg, transition_strip_nitride)}
