"""Sizes of a ground-signal-ground line between its launches, as given or the process's own, and what the line refuses.

`electrodes` draws it, `electro` says what a voltage does in it.
"""

from dataclasses import dataclass

import numpy as np

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.common.curves import Curve, Floats, s_bend
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

KINDS = ("straight", "rail")
DRIVES = ("push_pull", "single")
RAIL = ("length", "slot", "bar", "stem_height", "stem_width")  #: sizes of a T-rail, `rail_…` as parameters of cells
Rails = tuple[float | None, float | None, float | None, float | None, float | None]  #: the same, as given
OWN: Rails = (None, None, None, None, None)  #: the process's own


@dataclass(frozen=True)
class Rail:
    """A T-rail: a bar along the gap on a stem, all in µm."""

    length: float  #: of the bar
    slot: float  #: between neighbouring bars
    bar: float  #: width of the bar
    stem_height: float
    stem_width: float

    @property
    def period(self) -> float:
        """From bar to bar."""
        return draw.snapped(self.length + self.slot)

    @property
    def depth(self) -> float:
        """From the strip's edge to the bar's far edge."""
        return draw.snapped(self.bar + self.stem_height)


@dataclass(frozen=True)
class Electrode:
    """A ground-signal-ground line between two launches, all in µm; checked by `electrode_of`."""

    length: float  #: of the line, launches not counted
    signal: float  #: width of the signal strip
    gap: float  #: in which a guide runs: between strips, or between T-rails
    ground: float  #: width of the ground strips
    rail: Rail | None
    pad: float  #: side of a pad
    pitch: float  #: of the pads
    approach: float  #: from the ends of the cell to the launch; the pads lie in it
    launch: float  #: length of a launch

    @property
    def opening(self) -> float:
        """Between the strips."""
        return draw.snapped(self.gap + (2 * self.rail.depth if self.rail else 0.0))

    @property
    def middle(self) -> float:
        """Height of the middle of the upper gap."""
        return draw.snapped((self.signal + self.opening) / 2)

    @property
    def outer(self) -> float:
        """Height of the upper ground's far edge."""
        return draw.snapped(self.middle + self.opening / 2 + self.ground)

    @property
    def start(self) -> float:
        """x where the line begins."""
        return draw.snapped(self.approach + self.launch)

    @property
    def total(self) -> float:
        """Length with launches and approaches."""
        return draw.snapped(2 * self.start + self.length)

    def way_in(self) -> Curve:
        """Centre line of a guide through the upper half of the west launch, from the pads to the line."""
        return s_bend(self.launch, self.middle - self.pitch / 2).placed(self.approach, self.pitch / 2)

    def walls(self, curve: Curve) -> tuple[Floats, Floats]:
        """Heights of the signal's upper and the ground's lower edge along the launch, at the points of `way_in`."""
        share = (curve.x - self.approach) / self.launch
        half = ((self.pitch - self.pad) * (1 - share) + self.opening * share) / 2
        return curve.y - half, curve.y + half


def check_drive(name: str, drive: str) -> None:
    """Refuse a drive that no phase shifter has."""
    if drive not in DRIVES:
        raise LingnanError(f"{name}: drive = {drive!r} is neither push_pull nor single. Give one of the two.")


def electrode_of(
    name: str,
    kind: str,
    length: float | None,
    signal: float | None,
    gap: float | None,
    ground: float | None,
    launch: float | None,
    guide: float,
    rails: Rails = OWN,
) -> Electrode:
    """An electrode from the parameters of a cell, refused where the line cannot make it.

    Args:
        name: of the cell, for messages.
        kind: straight or rail.
        length: of the line [µm]; this and what follows are the process's own if not given.
        signal: width of the signal strip [µm].
        gap: in which a guide runs [µm].
        ground: width of the ground strips [µm].
        launch: length of a launch [µm].
        guide: core width of the guides in the gaps [µm]; 0 for a line without guides.
        rails: sizes of a T-rail [µm]; nothing to a straight line.
    """
    process = active_process()
    if kind not in KINDS:
        raise LingnanError(f"{name}: electrode = {kind!r} is neither straight nor rail. Give one of the two.")
    strip = process.cross_sections["gsg"]
    ground_width = strip.sections[0].width
    assert ground_width is not None
    rail = _rail(name, rails) if kind == "rail" else None
    used = Electrode(
        length=draw.snapped(limits.finite(name, "length", number(length, "modulator_length"))),
        signal=draw.even(limits.finite(name, "signal_width", strip.width.value if signal is None else signal)),
        gap=draw.even(limits.finite(name, "gap", number(gap, "modulator_gap"))),
        ground=draw.snapped(limits.finite(name, "ground_width", ground_width.value if ground is None else ground)),
        rail=rail,
        pad=draw.even(process.number("packaging.rf_pad_size")),
        pitch=draw.even(process.number("packaging.rf_pad_pitch")),
        approach=draw.snapped(number(None, "taper_length")),
        launch=draw.snapped(limits.finite(name, "launch", number(launch, "launch_length"))),
    )
    limits.at_least(name, "length", used.length, rail.period if rail else 1.0, "one period of T-rails, or one µm")
    limits.at_most(name, "length", used.length, 1e5, "10 cm, a wafer's width")
    limits.by_rule(name, "signal_width", used.signal, "TL.W")
    limits.at_most(
        name, "signal_width", used.signal, used.pad, "the pad's own width: the launch narrows towards the line"
    )
    if rail:
        both = "rail_bar + rail_stem_height"
        limits.at_most(name, both, rail.depth, draw.snapped((50.0 - used.gap) / 2), "50 between the strips")
    least = max(draw.snapped(used.pitch + used.pad / 2 - used.middle - used.opening / 2), process.limit("TL.W"))
    limits.at_least(name, "ground_width", used.ground, least, "the far edge of its pads")
    limits.at_most(name, "ground_width", used.ground, 1000.0, "1 mm")
    limits.by_rule(name, "gap", used.gap, "TL.S")
    if guide:
        least = draw.even(guide + 2 * process.limit("TL.S.RIB"))
        limits.at_least(name, "gap", used.gap, least, "TL.S.RIB on both sides of the guide")
    widest = used.pitch - used.pad / 2
    limits.at_most(name, "gap", used.gap, min(50.0, draw.snapped(widest)), "the distance of the pads' far edges")
    limits.at_most(name, "launch", used.launch, 1e4, "1 cm")
    step = abs(used.middle - used.pitch / 2)
    limits.at_least(name, "launch", used.launch, max(4 * step, 1.0), "a launch whose edges slope by less than 1 in 2")
    curve = used.way_in()
    low, high = used.walls(curve)
    limits.by_rule(name, "width of the signal in its launches, by signal_width and launch,", round(2 * low.min(), 3),
                   "TL.W")  # fmt: skip
    if guide:
        clear = float(((high - low) / 2 * np.cos(curve.angle)).min()) - guide / 2
        limits.at_least(name, "distance of the launch's edges from its guides, by gap and launch,", round(clear, 3),
                        process.limit("TL.S.RIB"), "TL.S.RIB")  # fmt: skip
    return used


def _rail(name: str, rails: Rails) -> Rail:
    used = [
        draw.even(limits.finite(name, f"rail_{key}", number(value, f"rail_{key}")))
        for key, value in zip(RAIL, rails, strict=True)
    ]
    rail = Rail(*used)
    for key, value, rule in (
        ("slot", rail.slot, "TL.NOTCH"), ("bar", rail.bar, "TL.W"), ("stem_height", rail.stem_height, "TL.NOTCH"),
        ("stem_width", rail.stem_width, "TL.W"),
    ):  # fmt: skip
        limits.by_rule(name, f"rail_{key}", value, rule)
    limits.at_least(name, "rail_length", rail.length, rail.stem_width, "the stem's own width")
    for key, value in (("rail_length", rail.length), ("rail_slot", rail.slot)):
        limits.at_most(name, key, value, 1000.0, "1 mm")
    return rail
