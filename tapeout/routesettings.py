"""What a route may be told: gdsfactory's words, each with its type and limits. Lengths in µm."""

from typing import Any

from lingnan.tapeout.fields import Fields, shown
from lingnan.tapeout.yamltext import Items, Table

_LENGTHS = {
    "radius": 1e5, "separation": 1e4, "start_straight_length": 1e5, "end_straight_length": 1e5, "route_width": 1e3,
    "min_straight_taper": 1e5,
}  # fmt: skip
_WORDS = ("cross_section", "bend", "straight", "taper")
_FLAGS = ("sort_ports", "auto_taper")
_POSITIVE = ("radius", "separation", "route_width")
_STEP = ("x", "y", "dx", "dy")
_MOST_POINTS = 1000


def read_route_settings(fields: Fields) -> dict[str, Any]:
    """The `settings:` of a route, checked.

    Raises:
        LingnanError: an unknown word, a wrong type, or a value out of its limits.
    """
    fields.allow((*_LENGTHS, *_WORDS, *_FLAGS, "waypoints", "steps"))
    settings: dict[str, Any] = {}
    for key in fields.table:
        if not fields.has(key):
            continue
        if key in _LENGTHS:
            settings[key] = fields.number(key, least=0.001 if key in _POSITIVE else 0.0, most=_LENGTHS[key])
        elif key in _WORDS:
            settings[key] = fields.text(key)
        elif key in _FLAGS:
            settings[key] = fields.flag(key, False)
        elif key == "waypoints":
            settings[key] = [_point(fields, item) for item in _items(fields, key, "[[100, 0], [100, 50]]")]
        else:
            settings[key] = [_step(fields, item) for item in _items(fields, key, "[{x: 100}, {dy: 50}]")]
    if "waypoints" in settings and "steps" in settings:
        fields.fail("steps", " is given beside waypoints. Give one of the two.")
    return settings


def _items(fields: Fields, key: str, example: str) -> Items:
    value = fields.table[key]
    if not isinstance(value, Items) or not 0 < len(value) <= _MOST_POINTS:
        fields.fail(key, f" = {shown(value)} is not a list of 1 to {_MOST_POINTS} points. Write e.g. {key}: {example}.")
    return value


def _point(fields: Fields, item: object) -> tuple[float, float]:
    if not isinstance(item, Items) or len(item) != 2:
        fields.fail("waypoints", f" holds {shown(item)}, which is not a point. Write [x, y].")
    x, y = (fields.check_number("waypoints", number) for number in item)
    return x, y


def _step(fields: Fields, item: object) -> dict[str, float]:
    if not isinstance(item, Table) or not item:
        fields.fail("steps", f" holds {shown(item)}, which is not a step. Write {{x: ...}}, {{y: ...}}, {{dx: ...}}.")
    step = Fields(item, f"{fields.path}.steps", fields.file).allow(_STEP)
    return {key: step.number(key) for key in item}
