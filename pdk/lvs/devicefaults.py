"""What is wrong with the devices themselves, in words: missing, moved, turned, mirrored, altered."""

import math
from collections import Counter
from collections.abc import Mapping

import klayout.db as kdb

from lingnan.pdk.lvs.devices import Found, distance_moved, extent_of
from lingnan.pdk.lvs.report import Kind, Mismatch
from lingnan.pdk.lvs.view import View, outlines

_FEW = 3  #: devices; with fewer, each move is told


def _change(found: Found) -> tuple[Kind, str, float, str]:
    """Kind of a change of place, in words, with its size."""
    relative = found.placement * found.device.placement.inverted()
    wanted, seen = found.device.placement, found.placement
    moved = distance_moved(seen, found.device)
    if relative.is_mirror():
        return "mirrored device", f"is mirrored (found {_said(seen)}, design {_said(wanted)})", 0.0, "deg"
    angle = round(relative.angle, 6) % 360
    if angle:
        angle = round(angle, 2)
        text = f"is turned by {angle:g}° (found {_said(seen)}, design {_said(wanted)})"
        return "rotated device", text, angle, "deg"
    return "moved device", "", moved, "um"


def _all_moved(found: Mapping[str, Found]) -> kdb.Vector | None:
    """By how much most devices were moved, without a turn; None: they were not."""
    moves = Counter(
        (one.placement.disp.x - one.device.placement.disp.x, one.placement.disp.y - one.device.placement.disp.y)
        for one in found.values()
        if one.state == "elsewhere" and one.placement.angle == one.device.placement.angle
    )
    if not moves or len(found) < _FEW:
        return None
    (x, y), count = moves.most_common(1)[0]
    return kdb.Vector(x, y) if 2 * count > len(found) else None


def _said(placement: kdb.ICplxTrans) -> str:
    return f"R{round(placement.angle, 2) % 360:g}{' mirrored' if placement.is_mirror() else ''}"


def report_devices(view: View, found: Mapping[str, Found]) -> list[Mismatch]:
    """What is wrong with the devices themselves; a chip that was moved as a whole is one fault."""
    mismatches: list[Mismatch] = []
    together = _all_moved(found)
    if together is not None:
        x, y = together.x * view.dbu, together.y * view.dbu
        value = round(math.hypot(x, y), 6)
        text = f"The whole layout lies ({x:g}, {y:g}) µm from where the design has it."
        box = kdb.Box()
        for one in found.values():
            box += extent_of(one.device.master).transformed(one.placement)
        mismatches.append(Mismatch("moved device", text, value, "um", view.to_um(box), (), tuple(found)))
    for one in found.values():
        if (
            together is not None
            and one.differs.is_empty()
            and one.placement.disp - one.device.placement.disp == together
        ):
            continue
        name, master = one.device.name, one.device.master
        box = extent_of(master).transformed(one.placement)
        where = view.to_um(box)
        at = f"({(where[0] + where[2]) / 2:.3f}, {(where[1] + where[3]) / 2:.3f})"
        marker = outlines(master.outline.transformed(one.placement), view.dbu)
        line = one.device.line
        if one.state == "missing":
            text = f"{name} ({master.name}) is not there: nothing like it at {at}, nor elsewhere in any orientation."
            mismatches.append(Mismatch("missing device", text, None, "", where, marker, (name,), line))
        if one.state == "elsewhere":
            kind, text, value, unit = _change(one)
            if kind == "moved device":
                value = round(value * view.dbu, 6)
                shift = one.placement.disp - one.device.placement.disp
                text = f"lies {value:g} µm from its place, by ({shift.x * view.dbu:g}, {shift.y * view.dbu:g}) µm"
            mismatches.append(
                Mismatch(kind, f"{name} ({master.name}) at {at} {text}.", value, unit, where, marker, (name,), line)
            )
        if one.state in ("altered", "elsewhere") and not one.differs.is_empty():
            area = one.differs.area() * view.dbu**2
            text = (
                f"{name} ({master.name}) at {at} is not as in the library: {area:.4g} µm² of mask are missing or "
                "too much inside it."
            )
            spot = view.to_um(one.differs.bbox())
            shapes = outlines(one.differs, view.dbu)
            mismatches.append(Mismatch("altered device", text, round(area, 6), "um2", spot, shapes, (name,), line))
    return mismatches
