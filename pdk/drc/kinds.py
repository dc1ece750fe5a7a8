"""Which function runs which kind of rule."""

from collections.abc import Callable, Mapping

import klayout.db as kdb

from lingnan.pdk.drc import bend, density, ends, facing, runs, shapes, whole
from lingnan.pdk.drc.found import Found, polygon
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

KINDS: Mapping[str, Callable[[Scene, Rule], list[Found]]] = {
    "width": facing.facing,
    "space": facing.facing,
    "isolation": facing.facing,
    "notch": facing.facing,
    "separation": facing.facing,
    "enclosure": facing.facing,
    "extension": facing.facing,
    "overlap": facing.facing,
    "parallel": runs.runs,
    "area": shapes.area,
    "width_max": shapes.width_max,
    "exclusion": shapes.exclusion,
    "angle": shapes.angle,
    "grid": shapes.grid,
    "polygon": shapes.polygon,
    "bend_radius": bend.bend_radius,
    "open_end": ends.open_end,
    "abutment": ends.abutment,
    "density": density.density,
    "allowed_layers": whole.allowed_layers,
    "extent": whole.extent,
    "orientation": whole.orientation,
    "device_overlap": whole.device_overlap,
}

INSIDE = 2  #: database units by which a marker may stick out of the shape that excuses it


def run_rule(scene: Scene, rule: Rule) -> list[Found]:
    """Faults of one rule, those that `unless` excuses left out."""
    if rule.layer and not scene.has(rule.layer):
        return []
    function = runs.runs if rule.kind == "space" and "beyond" in rule.options else KINDS[rule.kind]
    found = function(scene, rule)
    if rule.unless and found and scene.has(rule.unless):
        excuse = scene.region(rule.unless).sized(INSIDE)
        found = [fault for fault in found if not _excused(fault, excuse)]
    return found


def _excused(fault: Found, excuse: kdb.Region) -> bool:
    return all((kdb.Region(polygon(points)) - excuse).is_empty() for points in fault.outlines)
