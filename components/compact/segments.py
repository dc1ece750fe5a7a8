"""Guides cut into segments shorter than their Bragg period, and the way into them, for compact models.

A cell of a period is a tooth and a space between teeth (`lingnan.solvers.devices.bloch`); a tip that runs on through
the segments is in both. Along the way into the segments light follows the local modes of the effective medium of zeroth
order (`passages`), which say what is lost; its phase is that of the Bloch modes. Left out: reflection where the tip
ends, radiation along the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lingnan.components.compact import passages
from lingnan.components.compact.passages import COARSE, Mask, Stretch
from lingnan.pdk.process import Process
from lingnan.solvers.devices import bloch
from lingnan.solvers.waveguides import Geometry

_TEETH = "teeth"
#: Places along the way at which the phase of Bloch modes is taken (Gauss), and slices of both halves of the way.
_PLACES, _SLICES = 6, (12, 24)


@dataclass(frozen=True)
class Chain:
    """A chain of segments at a corner, as drawn [µm]."""

    line: Process  #: at its corner
    layer: str  #: of the guide and its segments
    period: float
    duty: float  #: share of a segment in a period
    window: tuple[float, float, float, float]  #: left, right, bottom, top [µm]

    def cell(self, wide: float, tip: float, kelvin: float) -> tuple[Geometry, Geometry]:
        """Right halves of the cross-sections through a segment `wide`, and through the space behind it."""
        core = self.line.levels["core"]
        teeth = replace(core, name=_TEETH, mask=_TEETH, order=core.order + 0.5)
        both = replace(self.line, levels={**self.line.levels, _TEETH: teeth})
        mask: Mask = {_TEETH: [(-wide / 2, wide / 2)], **({self.layer: [(-tip / 2, tip / 2)]} if tip else {})}
        tooth = passages.right_half(passages.section(both, mask, self.window, kelvin))
        fill = tooth.media[tooth.names.index("cladding")]
        media = (fill if name == _TEETH else one for name, one in zip(tooth.names, tooth.media, strict=True))
        return tooth, replace(tooth, media=tuple(media))

    def mode(self, wide: float, tip: float, wl: float, kelvin: float) -> bloch.BlochMode:
        """The fundamental TE Bloch mode."""
        return bloch.solve(*self.cell(wide, tip, kelvin), self.duty, self.period, wl, resolution=COARSE)

    def strip(self, width: float, kelvin: float) -> Geometry:
        """Right half of the cross-section of a guide that is whole."""
        half = width / 2
        return passages.right_half(passages.section(self.line, {self.layer: [(-half, half)]}, self.window, kelvin))

    def medium(self, wide: float, tip: float, wl: float, kelvin: float) -> Geometry:
        """Right half of the effective medium of zeroth order."""
        return bloch.effective(*self.cell(wide, tip, kelvin), self.duty, wl, kelvin)


@dataclass(frozen=True)
class Way:
    """From a guide into segments: it narrows to its neck, then to a tip inside segments that widen, as drawn [µm]."""

    access: float  #: width of the guide
    neck: float
    tip: float
    wide: float  #: width of the segments
    lengths: tuple[float, float]  #: to the neck, and from there to the tip's end


def through(chain: Chain, way: Way, wl: float, kelvin: float) -> complex:
    """Amplitude of the guide's fundamental TE mode into that of the segments."""

    def sizes(share: float) -> tuple[float, float]:
        return way.neck + (way.wide - way.neck) * share, way.neck + (way.tip - way.neck) * share

    def narrowing(share: float) -> Geometry:
        return chain.strip(way.access + (way.neck - way.access) * share, kelvin)

    def widening(share: float) -> Geometry:
        return chain.medium(*sizes(share), wl, kelvin)

    stretches = [
        Stretch(at, length, slices)
        for at, length, slices in zip((narrowing, widening), way.lengths, _SLICES, strict=True)
    ]
    go = passages.passage(narrowing(0.0), stretches, chain.medium(way.wide, 0.0, wl, kelvin))
    points, weights = np.polynomial.legendre.leggauss(_PLACES)
    more = _mean([chain.mode(*sizes((1 + t) / 2), wl, kelvin) for t in points.tolist()], weights.tolist())
    return go(wl, kelvin) * np.exp(2j * np.pi / wl * more * way.lengths[1])


def _mean(modes: Sequence[bloch.BlochMode], weights: Sequence[float]) -> float:
    """By how much Bloch modes are slower than those of the effective medium, mean along the way."""
    return sum(w / 2 * float((one.n_eff - one.start).real) for one, w in zip(modes, weights, strict=True))
