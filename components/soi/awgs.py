"""Arrayed-waveguide gratings: stars on Rowland circles, and arms that turn round each other from one to the other."""

import math
from dataclasses import dataclass
from typing import Any

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.common.curves import Curve, Floats, euler, join, line
from lingnan.components.common.delay import crosstalk_pitch
from lingnan.pdk.errors import LingnanError

_EULER = 0.5  #: share of a bend in which the curvature changes
_INTO = 0.3  #: µm that tapers reach into a slab: beyond what a flat end leaves open on an arc
_ARC = 0.1  #: µm between points of a slab's arcs, whose chords then leave a circle of 10 µm by a tenth of the grid


@dataclass(frozen=True)
class Fans:
    """What a grating is drawn from [µm]; the star of the input, its pole in the east, is at the origin."""

    length: float  #: R of both stars
    step: float  #: ΔL
    channels: int
    arms: int
    pitch: float
    pitch_out: float
    width_arm: float
    width_out: float
    taper: float
    pitch_arm: float  #: where they run side by side
    pitch_port: float
    radius: float
    cross_section: CrossSectionSpec
    cross_section_port: CrossSectionSpec

    @property
    def places(self) -> Floats:
        """Of the arms along the chord, the shortest first; these lie in the north of the input's star."""
        return (np.arange(self.arms, dtype=np.float64) - (self.arms - 1) / 2) * self.pitch

    @property
    def offsets(self) -> Floats:
        """Of the outputs along the chord, that of the shortest wavelength first: on the side of the longest arms."""
        return -(np.arange(self.channels, dtype=np.float64) - (self.channels - 1) / 2) * self.pitch_out

    @property
    def mirror(self) -> float:
        """y of the line at which one star is the image of the other."""
        arms = (self.arms - 1) / 2 * self.pitch_arm + self.radius
        return draw.snapped(max(arms, self.channels / 2 * self.pitch_port, self.radius) + 1.0)

    def bent(self, angle: float) -> list[Curve]:
        """A turn by an angle [rad], none where there is nothing to turn."""
        if not angle:
            return []
        return [euler(self.radius, math.degrees(angle), _EULER, self.width_arm)]

    def led(self, place: float, along: float) -> tuple[float, list[Curve]]:
        """Angle at which a guide leaves a circle of R, and its way until it runs along the axis.

        Ends at place·along/pitch from the axis; `along` is the distance of neighbours there over that in the star.
        """
        angle = math.asin(place / self.length)
        straight = self.length * along - self.radius * math.tan(abs(angle) / 2)
        return angle, [line(straight), *self.bent(-angle)]

    def curves(self) -> tuple[list[Curve], float]:
        """Half of every arm, from its mouth to the line of the mirror, and the length of the shortest arm.

        Raises:
            LingnanError: neighbours come too near to each other where they turn north.
        """
        spread = self.pitch_arm / self.pitch
        turn = euler(self.radius, 90.0, _EULER, self.width_arm)
        ways = [self.led(-place, spread) for place in self.places]
        starts = [(self.length * math.cos(a), self.length * math.sin(a), math.degrees(a)) for a, _ in ways]
        shorter = [(line(one[0].length - self.length), *one[1:]) for _, one in ways]
        fans = [join(*tapering(one, self.taper)) for one in shorter]
        placed = [one.placed(*start) for one, start in zip(fans, starts, strict=True)]
        ends = np.array([one.end[:2] for one in placed])
        north = self.mirror - ends[:, 1] - self.radius
        fixed = np.array([one.length for one in fans]) + turn.length + north
        wanted = np.arange(self.arms) * self.step / 2 - (fixed - fixed[0])
        east = ends[:, 0] + wanted
        self._check_turns(np.diff(east))
        along = wanted - wanted.min() + 1.0
        halves = [
            join(*tapering(one, self.taper), line(far), turn, line(up)).placed(*start)
            for one, far, up, start in zip(shorter, along, north, starts, strict=True)
        ]
        return halves, 2 * float(fixed[0] + along[0])

    def _check_turns(self, apart: Floats) -> None:
        if not apart.size or apart.min() >= self.pitch_arm - 1e-6:
            return
        needed = self.step + 2 * (self.pitch_arm - float(apart.min()))
        raise LingnanError(
            f"awg: arms that grow by {self.step:.4g} µm come within {apart.min():.3g} µm of each other where they "
            f"turn, below pitch_arm = {self.pitch_arm:g} µm. Steps of {needed:.4g} µm or more have room: take an order "
            f"{needed / self.step:.3f} times as high, or a smaller pitch_arm."
        )


def tapering(way: tuple[Curve, ...], taper: float) -> list[Curve]:
    """A way whose first straight begins with a taper."""
    return [line(taper), line(way[0].length - taper), *way[1:]]


@cell("soi", "spectrometers")
def awg(
    channels: int = 4,
    spacing_nm: float = 3.2,
    wavelength: float = 1.55,
    order: int = 40,
    arms: int = 16,
    pitch: float = 1.6,
    pitch_out: float = 3.0,
    width_arm: float = 1.4,
    width_out: float = 2.0,
    length_taper: float = 20.0,
    pitch_arm: float | None = None,
    pitch_port: float | None = None,
    radius: float | None = None,
    cross_section: CrossSectionSpec = "strip",
    cross_section_port: CrossSectionSpec | None = None,
) -> gf.Component:
    """Arrayed-waveguide grating: one input, a guide for each channel, from the longest wavelength in the south on.

    Arms lie on a circle of radius R about the input, outputs on Rowland's circle through the arms' middle, both with
    their pitch along the chord. Arms grow by order times wavelength over n_eff; R is where neighbouring channels come
    to a focus one `pitch_out` apart: indices are those of the process, solved for its nominal corner.

    Args:
        channels: outputs.
        spacing_nm: of the channels' wavelengths [nm].
        wavelength: in the middle of the comb [µm].
        order: of the grating; channels times spacing have to fit into wavelength n_eff/(order n_g).
        arms: in the array.
        pitch: of the arms at the stars [µm].
        pitch_out: of the outputs at their star [µm].
        width_arm: of the arms at the stars [µm].
        width_out: of input and outputs at the stars [µm].
        length_taper: from there to guides as wide as their cross-section [µm].
        pitch_arm: of the arms where they run side by side [µm]; where the line sees no crosstalk if not given.
        pitch_port: of the outputs' ports [µm]; where their own guide sees no crosstalk if not given.
        radius: of all bends [µm]; the cross-section's if not given.
        cross_section: of all guides, a strip; in a wide one walls that are off turn the phase less.
        cross_section_port: of input and outputs, a strip; the same if not given.

    With 4 channels::

        o5 ____
        o4 ____\\ star ----------.
        o3 ____/      -------.   |
        o2 ___/              |   | arms
                             |   |
        o1 _____ star -------'   |
                      -----------'
    """
    plan = plan_of(
        channels, spacing_nm, wavelength, order, arms, pitch, pitch_out, width_arm, width_out, length_taper, pitch_arm,
        pitch_port, radius, cross_section, cross_section_port or cross_section,
    )  # fmt: skip
    c = gf.Component()
    return _draw(c, plan)


def plan_of(
    channels: int, spacing_nm: float, wavelength: float, order: int, arms: int, pitch: float, pitch_out: float,
    width_arm: float, width_out: float, length_taper: float, pitch_arm: float | None, pitch_port: float | None,
    radius: float | None, cross_section: CrossSectionSpec, cross_section_port: CrossSectionSpec,
) -> Fans:  # fmt: skip
    """Checked sizes of a grating; parameters as of `awg`."""
    name = "awg"
    for one in (cross_section, cross_section_port):
        windows.strip_only(name, one)
    core, space = draw.core_width(cross_section), limits.space_of(cross_section)
    ends = {"width_arm": core, "width_out": draw.core_width(cross_section_port)}
    for parameter, count, most in (("channels", channels, 512), ("order", order, 2000), ("arms", arms, 2000)):
        limits.count(name, parameter, count, 2 if parameter == "arms" else 1, most)
    widths: dict[str, float] = {}
    for parameter, value, far, at in (
        ("width_arm", width_arm, "pitch", pitch), ("width_out", width_out, "pitch_out", pitch_out),
    ):  # fmt: skip
        limits.guide_width(name, parameter, value, cross_section)
        widths[parameter] = draw.even(value)
        limits.at_least(name, parameter, widths[parameter], ends[parameter], "the guide's own width")
        limits.at_least(name, far, at, widths[parameter] + space, f"{parameter} and {limits.space_rule(cross_section)}")
        limits.at_most(name, far, at, 100.0, "0.1 mm, wider than any mouth")
    far = max(widths, key=lambda one: widths[one] - ends[one])
    taper = guides.taper_length(name, "length_taper", length_taper, widths[far], ends[far])
    limits.at_most(name, "length_taper", taper, 1e3, "1 mm")
    apart: dict[str, float] = {}
    for parameter, value, own in (
        ("pitch_arm", pitch_arm, cross_section), ("pitch_port", pitch_port, cross_section_port),
    ):  # fmt: skip
        used = crosstalk_pitch(own) if value is None else value
        least = draw.even(limits.space_of(own) + draw.core_width(own))
        limits.at_least(name, parameter, used, least, limits.space_rule(own) + " and the guide's width")
        limits.at_most(name, parameter, used, 1000.0, "1 mm")
        apart[parameter] = draw.even(used)
    bend = draw.section_of(cross_section).radius if radius is None else radius
    limits.at_least(name, "radius", float(bend or 0.0), widths["width_arm"], "the width of an arm")
    limits.at_most(name, "radius", float(bend or 0.0), 1e4, "1 cm")
    bent = draw.snapped(float(bend or 0.0))
    sharpest = euler(bent, 10.0, _EULER).radius_min  # small turns have the sharpest middle for their radius
    for one in (cross_section, cross_section_port):
        limits.curvature(name, "radius", bent, sharpest, one)
    length, step = _focus(1e-3 * spacing_nm, wavelength, order, channels, arms, pitch, pitch_out, cross_section)
    plan = Fans(
        length, step, channels, arms, pitch, pitch_out, widths["width_arm"], widths["width_out"], taper,
        apart["pitch_arm"], apart["pitch_port"], bent, cross_section, cross_section_port,
    )  # fmt: skip
    _check_leads(plan)
    return plan


def _focus(
    spacing: float, wavelength: float, order: int, channels: int, arms: int, pitch: float, pitch_out: float,
    cross_section: CrossSectionSpec,
) -> tuple[float, float]:  # fmt: skip
    """R and ΔL [µm], with what the solver refuses: orders that collide, and stars too short for their arms."""
    from lingnan.components.compact.planar import plane  # its solvers take seconds to import
    from lingnan.solvers.spectrometers.awg import Awg
    from lingnan.solvers.spectrometers.stars import Gaussian

    limits.at_least("awg", "wavelength", wavelength, 0.1, "light")
    found = plane(str(cross_section), wavelength)
    try:
        # mouths matter to neither
        grid = Awg(
            found.guide, found.slab, spacing, order, channels, arms, pitch, pitch_out, mode_arm=Gaussian(pitch / 4)
        )
        length, step = float(grid.length), float(grid.step)
    except ValueError as error:
        raise LingnanError(f"awg: {error}") from None
    limits.at_most("awg", "the length of the stars", length, 2e4, "2 cm, larger than a die")
    return length, step


def _check_leads(plan: Fans) -> None:
    """Tapers fit between a star and the first bend, and the outputs lie on their circle."""
    outer = {"pitch_arm": (plan.places, plan.pitch), "pitch_port": (plan.offsets, plan.pitch_out)}
    for parameter, (places, pitch) in outer.items():
        aside = float(np.abs(places).max())
        if aside >= 0.7 * plan.length:
            raise LingnanError(
                f"awg: {'arms' if parameter == 'pitch_arm' else 'outputs'} reach {aside:.4g} µm to each side of stars "
                f"of {plan.length:.4g} µm, more than 45 degrees. Use fewer, a lower order, or a wider pitch_out."
            )
        bend = plan.radius * math.tan(math.asin(aside / plan.length) / 2)
        near = plan.length if parameter == "pitch_arm" else plan.length * math.cos(math.asin(aside / plan.length))
        least = pitch * (plan.length + plan.taper + bend + 1.0) / plan.length
        if getattr(plan, parameter) * plan.length / pitch - bend < near + plan.taper:
            limits.at_least("awg", parameter, getattr(plan, parameter), math.ceil(1e3 * least) / 1e3, "room for tapers")


def _slab(plan: Fans, outer: float) -> Floats:
    """Outline of a star: the arc of the arms, and Rowland's to an offset on both sides."""
    margin = plan.pitch + plan.width_arm
    wide = min(math.asin(min((np.abs(plan.places).max() + margin) / plan.length, 1.0)), math.pi / 2)
    near = math.asin(min((outer + plan.width_out) / plan.length, 1.0))

    def angles(half: float) -> Floats:
        return np.linspace(-half, half, max(8, math.ceil(2 * half * plan.length / _ARC)))

    far, own = angles(wide), angles(near)[::-1]
    arms = plan.length * np.column_stack([np.cos(far), np.sin(far)])
    reach = plan.length * np.cos(own)
    rowland = np.column_stack([plan.length - reach * np.cos(own), reach * np.sin(own)])
    return np.concatenate([arms, rowland])


def _leads(plan: Fans) -> list[Curve]:
    """Ways of the outputs, before they are mirrored, from their mouths to where they run west."""
    ways: list[Curve] = []
    along = plan.pitch_port / plan.pitch_out
    for offset in plan.offsets:
        angle, (first, *rest) = plan.led(-offset, along)
        start = plan.length * math.cos(angle)
        one = join(line(plan.taper), line(first.length - start - plan.taper), *rest)
        x, y = plan.length - start * math.cos(angle), start * math.sin(angle)
        ways.append(one.placed(mirror=True).placed(x, y, 180 - math.degrees(angle)))
    return ways


def _draw(c: gf.Component, plan: Fans) -> gf.Component:
    section, layer = plan.cross_section, draw.core_layer(plan.cross_section)
    core, thin = draw.core_width(section), draw.core_width(plan.cross_section_port)
    halves, shortest = plan.curves()

    def mirrored(curve: Curve) -> Curve:
        return curve.placed(mirror=True).placed(0, 2 * plan.mirror)

    def tapered(curve: Curve, wide: float, narrow: float) -> None:
        widths = np.interp(curve.s, [0.0, plan.taper], [wide, narrow])
        draw.extrude(c, curve, section, widths, core_only=True)
        x, y, angle = (float(values[0]) for values in (curve.x, curve.y, curve.angle))
        draw.extrude(
            c, line(_INTO).placed(x, y, math.degrees(angle) + 180), section, np.array([wide, wide]), core_only=True
        )

    for half in halves:
        for one in (half, mirrored(half)):
            tapered(one, plan.width_arm, core)
    outputs = [mirrored(one) for one in _leads(plan)]
    west = draw.snapped(min(-plan.taper - 1.0, *(one.end[0] for one in outputs)) - 1.0)
    levels = [0.0]
    tapered(join(line(plan.taper), line(-west - plan.taper)).placed(0, 0, 180), plan.width_out, thin)
    for one in outputs[::-1]:  # the longest wavelength, in the south, first
        tapered(one, plan.width_out, thin)
        x, y, _ = one.end
        level = draw.snapped(y)
        draw.box(c, west, level - thin / 2, draw.snapped(x), level + thin / 2, layer)
        levels.append(level)
    for outer, turned in ((0.0, False), (float(np.abs(plan.offsets).max()), True)):
        points = _slab(plan, outer)
        draw.polygon(c, np.column_stack([points[:, 0], 2 * plan.mirror - points[:, 1]]) if turned else points, layer)
    draw.outline_of(c, flush=("west",))
    for number, level in enumerate(levels, 1):
        draw.port(c, f"o{number}", west, level, 180, thin, layer)
    told: dict[str, Any] = {
        "delta_length_um": plan.step, "slab_length_um": plan.length, "shortest_um": shortest,
        "lead_in_um": -west, "radius_min_um": euler(plan.radius, 10.0, _EULER).radius_min,
    }  # fmt: skip
    for key, value in told.items():
        c.info[key] = round(float(value), 6)
    for number, one in enumerate(outputs[::-1], 2):
        c.info[f"lead_o{number}_um"] = round(one.length + one.end[0] - west, 6)
    return c
