"""What stands on germanium photodiodes: a balanced pair with its pads, and a tap that watches the light in a guide."""

from collections.abc import Callable

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.common.probing import wire
from lingnan.components.process import number
from lingnan.components.soi.detectors import detector_lateral, detector_vertical
from lingnan.components.soi.guides import straight
from lingnan.components.soi.junctions import terminator
from lingnan.components.soi.splitters import coupler
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean

DETECTORS: dict[str, Callable[..., gf.Component]] = {"vertical": detector_vertical, "lateral": detector_lateral}


def detector_of(name: str, detector: str, length: float | None, cross_section: CrossSectionSpec) -> gf.Component:
    """One of the two photodiodes by name.

    Raises:
        LingnanError: there is none of that name.
    """
    if detector not in DETECTORS:
        raise LingnanError(f"{name}: detector = {detector!r} is no photodiode. {did_you_mean(detector, DETECTORS)}")
    return DETECTORS[detector](length=length, cross_section=cross_section)


@cell("soi", "detectors")
def detector_balanced(
    length: float | None = None,
    detector: str = "vertical",
    pitch: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Two photodiodes in series between three pads: the middle one carries the difference of their currents.

    Args:
        length: of the germanium of each [µm].
        detector: vertical or lateral.
        pitch: between the two guides [µm].
        cross_section: of both guides, a strip.

    e1 takes the lower supply, e3 the higher, e2 is the signal. Whatever is not given is the process's own
    (`[cells]`)::

                   .--------[pad] e3
        o2 -----[diode]
                   |
                   +--------[pad] e2
                   |
        o1 -----[diode]
                   '--------[pad] e1
    """
    name = "detector_balanced"
    process = active_process()
    one = detector_of(name, detector, length, cross_section)
    apart = draw.even(limits.finite(name, "pitch", number(pitch, "balanced_pitch")))
    metal, across = electrodes.metal_of(name, "metal2")
    least = draw.snapped(one.dbbox().height() + across + 2 * process.limit("M2.S"))
    limits.at_least(name, "pitch", apart, least, "two photodiodes and the signal's wire between them")
    limits.at_most(name, "pitch", apart, 1000.0, "1 mm of wire, slow")
    size, step = (draw.even(process.number(f"packaging.rf_pad_{key}")) for key in ("size", "pitch"))
    clear = process.limit("PAD.S") / 2
    c = gf.Component()
    pair = [c << one for _ in range(2)]
    for reference, side, port in zip(pair, (-1, 1), ("o1", "o2"), strict=True):
        reference.dmove((0.0, side * apart / 2))
        c.add_port(port, port=reference.ports["o1"])
    x = draw.snapped(float(pair[0].ports["e1"].center[0]))
    pads = draw.snapped(one.dbbox().right + across + size / 2)
    wide = draw.even(float(one.ports["e1"].width))
    low, high = (draw.snapped(float(pair[k].ports[port].center[1])) for k, port in ((0, "e1"), (1, "e2")))
    inner = [draw.snapped(float(pair[k].ports[port].center[1])) for k, port in ((0, "e2"), (1, "e1"))]
    draw.box(c, x - wide / 2, inner[0], x + wide / 2, inner[1], metal)
    for index, (y, start) in enumerate(((-step, low), (0.0, 0.0), (step, high)), 1):
        if y:
            side = 1 if y > 0 else -1
            rise = max(abs(start), size / 2 + clear)  # behind the diode, and clear of the signal's pad
            rise = abs(start) if rise < abs(start) + process.limit("M2.S") else rise  # or a slit to the diode's metal
            bottom, top = _without_slits(rise, rise + across, step - size / 2, step + size / 2)
            beside = (min(side * abs(start), side * top), max(side * abs(start), side * top))
            draw.box(c, x - wide / 2, beside[0], x + wide / 2, beside[1], metal)
            flat = sorted((side * bottom, side * top))
            draw.box(c, x - wide / 2, flat[0], draw.snapped(pads + across / 2), flat[1], metal)
            wire(c, [(pads, side * draw.snapped(bottom + across / 2)), (pads, y)], across, metal)
        else:
            wire(c, [(x, y), (pads, y)], across, metal)
        electrodes.add_pad(c, name, pads, y, (size, size), metal)
        draw.port(c, f"e{index}", draw.snapped(pads + size / 2), y, 0, min(across, size), metal, "electrical")
    left = draw.snapped(one.dbbox().right + 1.0)
    edge = draw.snapped(max(step + size / 2, high + across) + 1.0)
    draw.outline(c, left, -edge, draw.snapped(pads + size / 2), edge)
    for bottom, top in ((-edge, low), inner, (high, edge)):
        draw.outline(c, x - wide / 2, bottom, left, top)
    c.info["length_um"] = float(one.info["length_um"])
    return c


def _without_slits(bottom: float, top: float, low: float, high: float) -> tuple[float, float]:
    """Edges of a wire that runs past its own pad, led on to the pad's where metal rules want more room between."""
    space = active_process().limit("M2.S")
    bottom = high if high < bottom < high + space else bottom
    return draw.snapped(bottom), draw.snapped(low if low - space < top < low else top)


@cell("soi", "detectors")
def monitor_tap(
    gap: float | None = None,
    length_coupler: float | None = None,
    distance: float | None = None,
    length: float | None = None,
    detector: str = "vertical",
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Tap of a few per cent of a guide's light into a photodiode; what comes back along the guide is thrown away.

    Args:
        gap: of the coupler [µm].
        length_coupler: of its straight part [µm].
        distance: between the guide and the photodiode's [µm].
        length: of the germanium [µm].
        detector: vertical or lateral.
        cross_section: of the guide, a strip.

    e1 is the anode, e2 the cathode. Whatever is not given is the process's own (`[cells]`)::

                                        e2
        terminator ----.        .---[diode]
                        \\______/       e1   distance
        o1 ------------._______.-------------- o2
    """
    name = "monitor_tap"
    one = detector_of(name, detector, length, cross_section)
    apart = draw.even(limits.finite(name, "distance", number(distance, "tap_distance")))
    guide, room = draw.core_width(cross_section), 2 * electrodes.metal_of(name, "metal2")[1]
    limits.at_least(
        name, "distance", apart, draw.snapped(guide / 2 - one.dbbox().bottom + room), "the photodiode, and a wire"
    )
    limits.at_most(name, "distance", apart, 1000.0, "1 mm")
    c = gf.Component()
    tap = c << coupler(
        gap=number(gap, "tap_gap"), length=number(length_coupler, "tap_length"), dy=apart, cross_section=cross_section
    )
    back, diode = c << terminator(cross_section=cross_section), c << one
    back.connect("o1", tap.ports["o2"])
    diode.connect("o1", tap.ports["o3"])
    beside_um = 0.0
    for port, lead, beside in (("o1", "o1", back), ("o2", "o4", diode)):
        end = tap.ports[lead]
        far = beside.dbbox().left if port == "o1" else beside.dbbox().right
        run = draw.snapped(abs(far - float(end.center[0])))
        beside_um += run
        guide_on = c << straight(length=run, cross_section=cross_section)
        guide_on.connect("o2" if port == "o1" else "o1", end)
        c.add_port(port, port=guide_on.ports["o1" if port == "o1" else "o2"])
    for port in ("e1", "e2"):
        c.add_port(port, port=diode.ports[port])
    c.info["straight_um"] = draw.snapped(beside_um)
    for key in ("gap_um", "coupling_length_um"):
        c.info[key] = float(tap.cell.info[key])
    c.info["length_um"] = float(one.info["length_um"])
    return c
