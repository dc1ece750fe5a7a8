"""The DRC macro (.lydrc): a Ruby runtime with the steps of `lingnan.pdk.drc`, and the rules of a process as a table.

The runtime lies in `ruby/`, one file for each module of the engine. Tolerances are not repeated there: they are taken
from the engine's modules when the macro is written.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lingnan.pdk.drc import (
    along,
    axis,
    bend,
    beside,
    contours,
    curves,
    ends,
    engine,
    facing,
    gap,
    kinds,
    runs,
    sampling,
    teeth,
)
from lingnan.pdk.drc.engine import _UNITS as UNITS  # pyright: ignore[reportPrivateUsage]
from lingnan.pdk.klayout.xmltext import macro
from lingnan.pdk.process import Process, Rule, evaluate

RUNTIME = Path(__file__).with_name("ruby")
PARTS = (
    "found",
    "contour",
    "scene",
    "sampling",
    "facing",
    "beside",
    "shapes",
    "teeth",
    "bend",
    "axis",
    "whole",
    "deck",
)

CONSTANTS: Mapping[str, float | tuple[float, ...]] = {
    "CORNER_DEG": contours.CORNER_DEG,
    "REACH": contours.REACH,
    "SWEEP_DEG": contours.SWEEP_DEG,
    "JOG": contours.JOG,
    "LONG": contours.LONG,
    "COARSE": curves.COARSE,
    "NOISE": curves.NOISE,
    "CLEAR": gap.CLEAR,
    "SCATTER": along.SCATTER,
    "FEWEST": along.FEWEST,
    "CHANCE": along.CHANCE,
    "MEET_DEG": gap.MEET_DEG,
    "PARALLEL": gap.PARALLEL,
    "IGNORE_DEG": facing.IGNORE_DEG,
    "BRIDGE": facing.BRIDGE,
    "TORN": facing.TORN,
    "TOUCHING": facing.TOUCHING,
    "STRIDE": sampling.STRIDE,
    "NEXT": sampling.NEXT,
    "BROAD": sampling.BROAD,
    "PER_LIMIT": beside.PER_LIMIT,
    "PER_LENGTH": beside.PER_LENGTH,
    "CHORD": beside.CHORD,
    "STAGES": beside.STAGES,
    "FACING": beside.FACING,
    "EVEN": beside.EVEN,
    "OWN": beside.OWN,
    "LEAVES": beside.LEAVES,
    "RUN_BRIDGE": runs.BRIDGE,
    "SQUARE_DEG": ends.SQUARE_DEG,
    "SLENDER": ends.SLENDER,
    "ALIGNED": ends.ALIGNED,
    "TURN_DEG": bend.TURN_DEG,
    "POINTS": bend.POINTS,
    "SURE": bend.SURE,
    "FACTOR": bend.FACTOR,
    "FLAT": bend.FLAT,
    "SPLIT": teeth.SPLIT,
    "ROUNDS": axis.ROUNDS,
    "INSIDE": kinds.INSIDE,
    "SMALL": engine.SMALL,
}
_SHOWN = {"um": " µm", "um^2": " µm²", "deg": "°", "1": ""}


class Tree:
    """A layer expression as nested lists: operator, left, right; a layer is its name."""

    def __init__(self, value: str | list[Any]) -> None:
        self.value = value

    def __sub__(self, other: "Tree") -> "Tree":
        return Tree(["-", self.value, other.value])

    def __and__(self, other: "Tree") -> "Tree":
        return Tree(["&", self.value, other.value])

    def __or__(self, other: "Tree") -> "Tree":
        return Tree(["|", self.value, other.value])

    def __xor__(self, other: "Tree") -> "Tree":
        return Tree(["^", self.value, other.value])


def tree(text: str) -> str | list[Any] | None:
    """The expression for the runtime, nil where there is none."""
    return evaluate(text, Tree).value if text else None


def ruby(value: object, indent: str = "") -> str:
    """Plain data as Ruby text."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("#", "\\#")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{ruby(key)} => {ruby(item)}" for key, item in value.items()) + "}"
    assert isinstance(value, Sequence)
    return "[" + ", ".join(ruby(item) for item in value) + "]"


def _rule(rule: Rule) -> dict[str, Any]:
    unit = "um^2" if rule.kind == "device_overlap" else UNITS.get(rule.kind, "um")
    return {
        "id": rule.id,
        "kind": rule.kind,
        "layer": tree(rule.layer),
        "other": tree(rule.other),
        "limit": None if rule.limit is None else rule.limit.value,
        "unit": _SHOWN[unit],
        "severity": rule.severity,
        "status": rule.status,
        "unless": tree(rule.unless),
        "description": rule.description,
        "options": {key: tree(value) if key == "outside" else value for key, value in rule.options.items()},
    }


def table(process: Process) -> str:
    """Layers and rules of a process as a Ruby constant."""
    layers = [
        f"    {ruby(layer.name)} => {ruby({'gds': list(layer.gds), 'mask': layer.purpose == 'mask'})},"
        for layer in process.layers.values()
    ]
    rules = [f"    {ruby(_rule(rule))}," for rule in process.rules.values()]
    return "\n".join(
        [
            "PROCESS = {",
            f'  "name" => {ruby(process.name)}, "stamp" => {ruby(process.stamp)}, "grid" => {process.grid.value!r},',
            '  "layers" => {',
            *layers,
            "  },",
            '  "rules" => [',
            *rules,
            "  ]",
            "}.freeze",
        ]
    )


def script(process: Process) -> str:
    """The whole Ruby script: constants, runtime, table, and the call."""
    constants = "\n".join(f"{name} = {ruby(value)}" for name, value in CONSTANTS.items())
    runtime = "\n".join((RUNTIME / f"{part}.rb").read_text(encoding="utf-8") for part in PARTS)
    return (
        f"# {process.title}: {process.stamp}\n"
        "# Generated by lingnan from the process data; do not edit.\n"
        "module Lingnan\n"
        f"{constants}\n\n{runtime}\n{table(process)}\n"
        "end\n\n"
        "Lingnan::Deck.main(Lingnan::PROCESS, $input, $report, $top)\n"
    )


def drc_macro(process: Process) -> str:
    """Text of the .lydrc file."""
    return macro(script(process), f"DRC {process.name}", "drc-dsl-xml", "tools_menu.drc.end")
