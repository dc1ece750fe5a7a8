"""Fibre arrays and pad rows along the sides of a die, from the packaging numbers of the process. Lengths in µm.

Members of a row are instances called like the row, numbered from 1: from south to north, or from west to east, so that
`west1-4,o1` names four neighbours.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from lingnan.pdk.process import Process
from lingnan.tapeout import yamltext
from lingnan.tapeout.chipsection import SIDES, Chip, Row, Side
from lingnan.tapeout.fields import Fields, check_name

if TYPE_CHECKING:
    from lingnan.tapeout.design import Instance, Placement

#: direction that the inner port of a coupler looks to, by side
_INWARD: dict[Side, float] = {"west": 0.0, "south": 90.0, "east": 180.0, "north": 270.0}


def _packaging(fields: Fields, process: Process, key: str) -> float:
    path = f"packaging.{key}"
    if path not in process.quantities:
        fields.fail(
            None, f": process {process.name} has no number {path}. Give it in the design, or add it to the process."
        )
    return process.number(path)


def _row(fields: Fields, name: str, kind: Literal["fibre", "pad"], chip: Chip, process: Process, line: int) -> Row:
    known = ("side", "component", "settings", "count", "pitch", "centre", "from_edge")
    fields.allow((*known, "coupling", "port") if kind == "fibre" else known)
    side: Side = next(word for word in SIDES if word == fields.choice("side", SIDES))
    along = chip.size[1] if side in ("west", "east") else chip.size[0]
    if kind == "fibre":
        coupling = fields.choice("coupling", ("grating", "edge"), "grating")
        most = (
            int(process.quantities["packaging.fibres_per_side_max"].value)
            if "packaging.fibres_per_side_max" in process.quantities
            else 64
        )
        pitch = fields.number("pitch", least=0.1) if fields.has("pitch") else _packaging(fields, process, "fibre_pitch")
        from_edge = None
        if coupling == "grating":
            from_edge = (
                fields.number("from_edge", least=0)
                if fields.has("from_edge")
                else _packaging(fields, process, "grating_from_edge")
            )
        elif fields.has("from_edge"):
            from_edge = fields.number("from_edge", least=0)
    else:
        most = 500
        pitch = (
            fields.number("pitch", least=0.1) if fields.has("pitch") else _packaging(fields, process, "dc_pad_pitch")
        )
        from_edge = (
            fields.number("from_edge", least=0)
            if fields.has("from_edge")
            else _packaging(fields, process, "pad_from_edge")
        )
    count = fields.count("count", least=1, most=500)
    if count > most:
        fields.fail(
            "count", f" = {count} is above {most}, the most fibres on a side of process {process.name} "
            "(packaging.fibres_per_side_max). Use a second side or fewer fibres."
        )  # fmt: skip
    centre = fields.number("centre", 0.0)
    half = pitch * (count - 1) / 2
    if abs(centre) + half > along / 2:
        fields.fail(
            "count", f" = {count} at a pitch of {pitch:g} µm, {centre:g} µm off the middle, is {2 * half:g} µm: it "
            f"does not fit on the {side} side of {along:g} µm. Use fewer, a smaller pitch, or a larger die."
        )  # fmt: skip
    settings = yamltext.plain(fields.child("settings").table)
    component = fields.text("component", example="grating_coupler" if kind == "fibre" else "pad")
    members = tuple(f"{name}{index + 1}" for index in range(count))
    port = fields.text("port", "o1") if kind == "fibre" else ""
    return Row(name, kind, side, component, settings, count, pitch, centre, from_edge, port, line, members)


def _placement(row: Row, index: int, chip: Chip) -> "Placement":
    from lingnan.tapeout.design import Placement

    width, height = chip.size
    horizontal = row.side in ("north", "south")
    middle = (width if horizontal else height) / 2 + row.centre
    position = round(middle + (index - (row.count - 1) / 2) * row.pitch, 3)
    inset = row.from_edge or 0.0
    edge = {"west": inset, "south": inset, "east": width - inset, "north": height - inset}[row.side]
    if row.kind == "fibre":
        place = Placement(port=row.port, facing=_INWARD[row.side], line=row.line)
        if row.from_edge is None:
            outer = {"west": "xmin", "east": "xmax", "south": "ymin", "north": "ymax"}[row.side]
            return replace(place, **{outer: edge, "x" if horizontal else "y": position})
        return replace(place, x=position if horizontal else edge, y=edge if horizontal else position)
    outer = {"west": "xmin", "east": "xmax", "south": "ymin", "north": "ymax"}[row.side]
    return Placement(line=row.line, **{outer: edge, "x" if horizontal else "y": position})


def add_packaging(
    section: Fields, chip: Chip, process: Process, instances: Mapping[str, "Instance"]
) -> tuple[dict[str, "Instance"], dict[str, "Placement"], Chip]:
    """Rows written out: all instances, placements of the members, and the chip with its rows."""
    from lingnan.tapeout.design import Instance

    rows: list[Row] = []
    every: dict[str, Instance] = dict(instances)
    placements: dict[str, Placement] = {}
    kinds: tuple[tuple[str, Literal["fibre", "pad"]], ...] = (("fibre_arrays", "fibre"), ("pad_rows", "pad"))
    for key, kind in kinds:
        for name, entry in section.children(key):
            check_name(section.child(key), name, "row")
            row = _row(entry, name, kind, chip, process, section.child(key).line(name))
            rows.append(row)
            for index, member in enumerate(row.members):
                if member in every:
                    where = f"line {every[member].line}"
                    section.child(key).fail(
                        name, f": its member {member} is an instance already ({where}). Rename one."
                    )
                every[member] = Instance(member, row.component, row.settings, None, row.line, group=name)
                placements[member] = _placement(row, index, chip)
    return every, placements, replace(chip, rows=tuple(rows))
