"""Compact model of the folded modulator, and the row of elements that its signal runs through.

As those of `circuits`. Left out: light that crosses over between the arms where they turn side by side, and what the
top metal above the guides takes.
"""

from typing import Any

import numpy as np
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.common.curves import arc, s_bend, s_bend_length
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.ways import Line, SDict, Turn, both_ways
from lingnan.components.tfln import circuits, electro, folded, parts
from lingnan.components.tfln.gsg import Electrode
from lingnan.components.tfln.splitters import mmi1x2_y
from lingnan.pdk import active_process
from lingnan.pdk import modulators as bridge
from lingnan.solvers import modulators


@model_of(folded.mzm_folded, voltage=0.0, heating=0.0)
def mzm_folded(asked: Asked) -> SDict:
    """Model of `mzm_folded`: splitter, bias, electrode, exchange of the arms, turn, electrode, combiner."""
    cross_section, settings, wl, temperature = asked.cross_section, asked.settings, asked.wl, asked.temperature
    shape = electro.shape_of(asked.name, asked.given["electrode"], asked.given)
    line, split = Line(cross_section, asked.corner), parts.mmi1x2_y(**settings)
    fold = fold_of(shape, cross_section)

    def bend(size: tuple[float, float]) -> Any:
        curve = s_bend(*size)
        return line.amplitude(wl, curve.length, temperature, None, Turn.along(curve))

    step = draw.snapped(shape.pitch / 2 - float(mmi1x2_y(cross_section=cross_section).ports["o2"].center[1]))
    spread = bend((s_bend_length(step, draw.section_of(cross_section).radius), step))
    one, north, south = circuits.arms(asked, "push_pull")
    warm, cold = circuits.biased(asked)
    upper = split["o1", "o2"] * spread * warm * one * north * bend(fold.first)
    lower = split["o1", "o3"] * spread * cold * one * south * bend(fold.first)
    swap = parts.mmi2x2_y(**settings, length_mmi=fold.swap)
    # behind the coupler the upper guide turns outside and comes to the lower gap
    outside = upper * swap["o2", "o3"] + lower * swap["o1", "o3"]
    inside = upper * swap["o2", "o4"] + lower * swap["o1", "o4"]
    turns = []
    for radius in fold.radii:
        curve = arc(radius, 180.0)
        turns.append(line.amplitude(wl, curve.length, temperature, None, Turn.along(curve)))
    again = bend(fold.second) * bend(fold.third) * one * spread
    joined = inside * turns[0] * north * split["o1", "o2"] + outside * turns[1] * south * split["o1", "o3"]
    drawn = folded.mzm_folded(**asked.plain())
    out = line.amplitude(wl, drawn.info["out_um"], temperature)
    found = joined * again * out
    zero = 0 * found
    return both_ways({("o1", "o2"): found, ("o1", "o1"): zero, ("o2", "o2"): zero})


def fold_of(shape: Electrode, cross_section: str = "rib") -> folded.Fold:
    """The turn behind an electrode."""
    return folded.fold_of(shape.pitch / 2, 2 * shape.outer, cross_section)


def elements(
    shape: Electrode, frequency: ArrayLike, cross_section: str = "rib", corner: str = "nominal"
) -> tuple[modulators.Stretch, ...]:
    """What the signal runs through: electrode, launch, turn in the top metal, launch, electrode, with the light's way.

    The pads and launches at both ends are those of `electro.elements`.
    """
    one = electro.elements(shape, frequency, corner=corner)
    line = electro.line_of(over_of(cross_section, corner), frequency, corner)
    rf, light = turn_of(shape, cross_section)
    return (*one, modulators.Stretch(line, rf, 0.0, light), *one)


def over_of(cross_section: str = "rib", corner: str = "nominal") -> modulators.Coplanar:
    """The cross-section of the turn in the top metal, as wide as the pads that it joins."""
    process = active_process()
    wide, pitch = (process.number(f"packaging.rf_pad_{key}") for key in ("size", "pitch"))
    return bridge.coplanar(
        process, gap=pitch - wide, signal_width=wide, ground_width=wide, rib_width=draw.core_width(cross_section),
        corner=corner, metal="metal2",
    )  # fmt: skip


def turn_of(shape: Electrode, cross_section: str = "rib") -> tuple[float, float]:
    """Ways from one electrode's pads to the other's: of the signal, and the mean of both arms [µm]."""
    fold = fold_of(shape, cross_section)
    coupler = float(folded.mmi2x2_y(length_mmi=fold.swap, cross_section=cross_section).info["length_um"])
    straight = fold.first[0] + coupler + fold.second[0]
    edge = 2 * (shape.approach - shape.pad)  # from the pads to the ports of the guides
    back = fold.third[0]
    rf = edge + straight + back + np.pi * fold.height / 2
    bends = [s_bend(*size).length for size in (fold.first, fold.second, fold.third)]
    light = edge + coupler + sum(bends) + np.pi * fold.height / 2
    return float(rf), float(light)


models: dict[str, Any] = {f.__name__: f for f in (mzm_folded,)}
