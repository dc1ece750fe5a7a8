"""Refusing what the line cannot make, at the door of a cell: the parameter, the limit, the rule it comes from."""

import math
from numbers import Integral

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import trace
from lingnan.components.process import section_of
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_TOLERANCE = 1e-9  #: µm, float noise of a limit typed in decimal
_ROUNDING = 1e-6  #: µm, of a radius that is computed; a thousandth of the mask grid


def at_least(cell: str, parameter: str, value: float, limit: float, reason: str) -> None:
    """Refuse `value` below `limit`.

    Args:
        cell: name of the cell, for the message.
        parameter: as the user typed it.
        value: as given [µm, or whatever the limit is in].
        limit: smallest value that the line makes.
        reason: a rule id or a sentence; a rule id is completed by its process.

    Raises:
        LingnanError: names cell, parameter, value, limit, rule and what to do.
    """
    if not math.isfinite(value) or value < limit - _TOLERANCE:
        raise LingnanError(
            f"{cell}: {parameter} = {value:g} is below the limit of {limit:g} ({_reason(reason)}). "
            f"Use {parameter} >= {limit:g}, or load the line's own file with --process."
        )
    trace.note_limit(cell, parameter, value, reason, low=limit)


def at_most(cell: str, parameter: str, value: float, limit: float, reason: str) -> None:
    """Refuse `value` above `limit`; see `at_least`."""
    if not math.isfinite(value) or value > limit + _TOLERANCE:
        raise LingnanError(
            f"{cell}: {parameter} = {value:g} is above the limit of {limit:g} ({_reason(reason)}). "
            f"Use {parameter} <= {limit:g}."
        )
    trace.note_limit(cell, parameter, value, reason, high=limit)


def finite(cell: str, parameter: str, value: float) -> float:
    """The value as given, refused where it is no finite number; for what is rounded to the grid before it is judged."""
    if isinstance(value, (str, bytes)) or not math.isfinite(value):
        raise LingnanError(f"{cell}: {parameter} = {value} is not a finite number. Give a length in µm.")
    return value


def _reason(reason: str) -> str:
    process = active_process()
    if reason in process.rules:
        return f"rule {reason}, process {process.stamp}, {process.rules[reason].status}"
    return reason


def by_rule(cell: str, parameter: str, value: float, rule: str) -> None:
    """Refuse a width, space or enclosure below a rule of the active process."""
    at_least(cell, parameter, value, active_process().limit(rule), rule)


def count(cell: str, parameter: str, value: int, lowest: int, highest: int) -> None:
    """Refuse a number of things outside its range, or one that is not whole."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not lowest <= value <= highest:
        raise LingnanError(f"{cell}: {parameter} = {value} is not a whole number from {lowest} to {highest}. Give one.")
    trace.note_limit(cell, parameter, value, "a whole number", low=lowest, high=highest)


def multiple(cell: str, parameter: str, value: int, of: int) -> None:
    """Refuse a number of things that does not come in groups of `of`."""
    if value % of:
        raise LingnanError(f"{cell}: {parameter} = {value} is not a multiple of {of}. Use {max(of, value // of * of)}.")
    trace.note_limit(cell, parameter, value, f"a multiple of {of}")


def core(cross_section: CrossSectionSpec) -> tuple[str, float]:
    """Core layer name and width of a cross-section."""
    section = section_of(cross_section)
    return gf.get_layer_name(section.layer), section.width


def width_rule(cross_section: CrossSectionSpec) -> str:
    """Id of the width rule of a cross-section's core layer."""
    return layer_rule(core(cross_section)[0], "width")


def space_rule(cross_section: CrossSectionSpec) -> str:
    """Id of the space rule of a cross-section's core layer."""
    return layer_rule(core(cross_section)[0], "space")


def active_limit(rule: str) -> float:
    """Limit of a rule of the active process [µm]."""
    return active_process().limit(rule)


def layer_rule(layer: str, kind: str) -> str:
    """Id of the width or space rule of a layer; a rule that holds only along a length is another matter.

    Raises:
        LingnanError: the process has none.
    """
    process = active_process()
    for rule in process.rules.values():
        if rule.kind == kind and rule.layer == layer and "beyond" not in rule.options:
            return rule.id
    raise LingnanError(
        f"process {process.stamp} has no {kind} rule for layer {layer}, so a cell on it cannot be checked."
    )


def guide_only(cell: str, cross_section: CrossSectionSpec) -> None:
    """Refuse a cross-section in which no light runs."""
    if section_of(cross_section).sections[0].port_types[0] != "optical":
        raise LingnanError(
            f"{cell}: cross_section = {cross_section} is a wire, not a guide. Give an optical cross-section of "
            f"process {active_process().stamp}."
        )


def plain_wire(cell: str, cross_section: CrossSectionSpec) -> None:
    """Refuse a wire with others beside it, which stand where they do for its own width on a straight line alone."""
    section = section_of(cross_section)
    if section.sections[0].port_types[0] != "optical" and len(section.sections) > 1:
        raise LingnanError(
            f"{cell}: cross_section = {cross_section} is more than one wire, and what lies beside it fits a straight "
            f"line of its own width. Give a plain metal of process {active_process().stamp}."
        )


def guide_width(cell: str, parameter: str, value: float, cross_section: CrossSectionSpec) -> None:
    """Refuse a core width below the line's rule."""
    by_rule(cell, parameter, value, width_rule(cross_section))
    at_most(cell, parameter, value, 1000.0, "1 mm, wider than any guide or wire")


def guide_gap(cell: str, parameter: str, value: float, cross_section: CrossSectionSpec) -> None:
    """Refuse a gap between cores below the line's rule."""
    by_rule(cell, parameter, value, space_rule(cross_section))


def space_of(cross_section: CrossSectionSpec) -> float:
    """Smallest gap between two cores [µm]."""
    return active_process().limit(space_rule(cross_section))


def radius_limit(cross_section: CrossSectionSpec) -> float:
    """Smallest radius of curvature that the line bends a cross-section to [µm]; 0 where it has no minimum."""
    return section_of(cross_section).radius_min or 0.0


def bend_reason(cross_section: CrossSectionSpec) -> str:
    """Where `radius_limit` comes from."""
    section, process = section_of(cross_section), active_process()
    named = section.name in process.cross_sections  # one of another width is named by a digest, which tells nobody
    guide = section.name if named else f"a guide {section.width:g} wide on {gf.get_layer_name(section.layer)}"
    return f"minimum bend radius {section.radius_min or 0:g} of {guide}, process {process.stamp}"


def curvature(cell: str, parameter: str, value: float, sharpest: float, cross_section: CrossSectionSpec) -> None:
    """Refuse a bend that somewhere is sharper than the line makes.

    Args:
        cell: name of the cell, for the message.
        parameter: that sets the size of the bend.
        value: of the parameter, as given [µm].
        sharpest: smallest radius of curvature inside the bend [µm].
        cross_section: of the guide.
    """
    limit = radius_limit(cross_section)
    if not sharpest >= limit - _ROUNDING:
        needed = f"a larger {parameter}"
        if sharpest > 0:
            needed = f"{parameter} >= {math.ceil(value * limit / sharpest * 1000) / 1000:g}"
        raise LingnanError(
            f"{cell}: {parameter} = {value:g} µm bends down to a radius of {sharpest:.3f} µm, below the limit of "
            f"{limit:g} µm ({bend_reason(cross_section)}). Use {needed}."
        )
    trace.note_limit(cell, parameter, value, bend_reason(cross_section), low=value * limit / sharpest)
