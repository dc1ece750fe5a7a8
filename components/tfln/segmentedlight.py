"""Compact model of the segmented modulator, and the row of elements that its signal runs through.

As those of `circuits`. Left out: what the top metal above the guides takes from their light.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jax.typing import ArrayLike

from lingnan.components.common.curves import s_bend
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.ways import Line, SDict, Turn, plain, through
from lingnan.components.tfln import circuits, electro, foldedlight, parts, segmented
from lingnan.components.tfln.folded import swap_length
from lingnan.components.tfln.gsg import Electrode
from lingnan.components.tfln.modulators import s_bend_size
from lingnan.components.tfln.splitters import mmi1x2_y, mmi2x2_y
from lingnan.solvers import modulators


@dataclass(frozen=True)
class Segments:
    """How many there are, and what lies between them."""

    count: int
    space: float  #: of straight guides [µm]
    exchanged: bool  #: whether the arms change places

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Segments":
        """From the cell's parameters: `segments`, `space` and `arms`."""
        name = segmented.mzm_segmented.__name__
        return cls(
            segmented.count_of(name, given["segments"]),
            segmented.space_of(name, plain(name, "space", given["space"])),
            segmented.exchanged(name, given["arms"]),
        )

    @property
    def effects(self) -> list[float]:
        """Of each segment per volt, by where its arms run."""
        return [-1.0 if self.exchanged and k % 2 else 1.0 for k in range(self.count)]


@model_of(segmented.mzm_segmented, voltage=0.0, heating=0.0)
def mzm_segmented(asked: Asked) -> SDict:
    """Model of `mzm_segmented`: splitter, bias, electrodes with what lies between them, combiner."""
    cross_section, settings, wl, temperature = asked.cross_section, asked.settings, asked.wl, asked.temperature
    shape = electro.shape_of(asked.name, asked.given["electrode"], asked.given)
    row, line, split = Segments.of(asked.given), Line(cross_section, asked.corner), parts.mmi1x2_y(**settings)

    def bend(size: tuple[float, float]) -> Any:
        curve = s_bend(*size)
        return line.amplitude(wl, curve.length, temperature, None, Turn.along(curve))

    one, north, south = circuits.arms(asked, "push_pull")
    warm, cold = circuits.biased(asked)
    spread = bend(s_bend_size(mmi1x2_y(cross_section=cross_section).ports["o2"], shape.pitch / 2, cross_section))
    between = line.amplitude(wl, row.space, temperature)
    upper, lower = split["o1", "o2"] * warm, split["o1", "o3"] * cold
    for k in range(row.count):
        if k:
            upper, lower = upper * between, lower * between
        if k and row.exchanged:
            swap = parts.mmi2x2_y(**settings, length_mmi=swap_length(cross_section))
            bent = bend(segmented.bend_between(shape.pitch / 2, cross_section)) ** 2
            upper, lower = (bent * (upper * swap["o2", out] + lower * swap["o1", out]) for out in ("o3", "o4"))
        upper, lower = upper * one * north, lower * one * south
    # the combiner is turned by 180 degrees: its o3 comes up
    return through(spread**2 * (upper * split["o1", "o3"] + lower * split["o1", "o2"]))


def elements(
    shape: Electrode, frequency: ArrayLike, segments: Segments, cross_section: str = "rib", corner: str = "nominal"
) -> tuple[modulators.Stretch, ...]:
    """What the signal runs through: pads, launch, line, launch and pads of each segment, the top metal between two."""
    one = electro.elements(shape, frequency, corner=corner)
    line = electro.line_of(foldedlight.over_of(cross_section, corner), frequency, corner)
    rf, light = between_of(shape, segments, cross_section)
    found: list[modulators.Stretch] = []
    for effect in segments.effects:
        if found:
            found.append(modulators.Stretch(line, rf, 0.0, light))
        found += [replace(part, effect=effect * part.effect) for part in one]
    return tuple(found)


def between_of(shape: Electrode, segments: Segments, cross_section: str = "rib") -> tuple[float, float]:
    """Ways from one segment's pads to the next one's: of the signal, and of the light [µm]."""
    rf = light = 2 * (shape.approach - shape.pad) + segments.space
    if segments.exchanged:
        size = segmented.bend_between(shape.pitch / 2, cross_section)
        coupler = mmi2x2_y(length_mmi=swap_length(cross_section), cross_section=cross_section)
        long = float(coupler.info["length_um"])
        rf, light = rf + 2 * size[0] + long, light + 2 * s_bend(*size).length + long
    return rf, light


models: dict[str, Any] = {f.__name__: f for f in (mzm_segmented,)}
