"""What the cells of a process are: names, summaries and parameters, read from the functions themselves."""

import inspect
import re
import textwrap
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process

Kind = Literal["number", "integer", "flag", "text", "numbers", "texts", "cross_section"]
_WORDS: dict[Kind, str] = {
    "number": "a number",
    "integer": "a whole number",
    "flag": "true or false",
    "text": "a word",
    "numbers": "numbers, e.g. 12,3",
    "texts": "words, e.g. M1,M2",
    "cross_section": "a cross-section",
}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_NOTHING = ("none", "null", "")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a cell."""

    name: str
    kind: Kind
    count: int | None  #: how many numbers or words; None: any
    optional: bool  #: None stands for the process's own number
    default: Any
    description: str  #: as the docstring has it

    @property
    def shown(self) -> str:
        """The parameter with its default, as one writes it."""
        return f"{self.name}={self.default!r}" if isinstance(self.default, str) else f"{self.name}={self.default}"


@dataclass(frozen=True)
class Cell:
    """A library cell, as its signature and docstring describe it."""

    name: str
    summary: str  #: first line of the docstring
    notes: str  #: what else it says in words
    drawing: str  #: in letters, with the names of ports and parameters
    parameters: tuple[Parameter, ...]
    function: Callable[..., Any]


def _kind(annotation: Any) -> tuple[Kind, int | None, bool]:
    """Kind, how many, and whether None is allowed."""
    if annotation == CrossSectionSpec:
        return "cross_section", None, False
    simple: dict[Any, Kind] = {float: "number", int: "integer", bool: "flag", str: "text"}
    if annotation in simple:
        return simple[annotation], None, False
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if set(inner) == {*typing.get_args(CrossSectionSpec), type(None)}:  # a union in a union is one of both's
        return "cross_section", None, True
    if origin in (Union, types.UnionType) and len(inner) == 2 and type(None) in inner:
        kind, count, _ = _kind(inner[0] if inner[1] is type(None) else inner[1])
        return kind, count, True
    if origin is tuple and set(inner) <= {float, int}:
        return "numbers", len(inner), False
    if origin is tuple and inner[0] is str:
        return "texts", None if inner[-1] is Ellipsis else len(inner), False
    raise TypeError(f"a cell takes plain values, not {annotation}")


def _read_docstring(text: str) -> tuple[str, str, str, dict[str, str]]:
    """Summary, notes, drawing, and the text of each argument."""
    summary, _, rest = text.partition("\n")
    words, _, drawing = rest.partition("::\n")
    before, _, after = words.partition("Args:\n")
    arguments: dict[str, str] = {}
    lines = after.splitlines()
    while lines and (not lines[0] or lines[0].startswith(" ")):
        line = lines.pop(0)
        start = re.fullmatch(r"    (\w+): (.*)", line)
        if start:
            arguments[start[1]] = start[2]
        elif line.strip() and arguments:
            arguments[list(arguments)[-1]] += " " + line.strip()
    notes = "\n\n".join(" ".join(part.split()) for part in (before + "\n\n" + "\n".join(lines)).split("\n\n"))
    return summary, re.sub(r"\n{3,}", "\n\n", notes).strip(), textwrap.dedent(drawing.strip("\n")), arguments


def describe(name: str, function: Callable[..., Any]) -> Cell:
    """A cell as its function declares it.

    Raises:
        TypeError: a parameter that is no plain value, has no default, or stands for any keyword.
    """
    summary, notes, drawing, arguments = _read_docstring(inspect.getdoc(function) or "")
    parameters: list[Parameter] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is parameter.empty or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            raise TypeError(f"{name}: parameter {parameter.name} has no default")
        kind, count, optional = _kind(parameter.annotation)
        text = arguments.get(parameter.name, "")
        parameters.append(Parameter(parameter.name, kind, count, optional, parameter.default, text))
    return Cell(name, summary, notes, drawing, tuple(parameters), function)


def cells_of(pdk: gf.Pdk) -> dict[str, Cell]:
    """Every cell of a process by name, sorted."""
    return {name: describe(name, function) for name, function in sorted(pdk.cells.items())}


def find_cell(pdk: gf.Pdk, name: str) -> Cell:
    """One cell by name.

    Raises:
        LingnanError: there is none, with the nearest name.
    """
    if name not in pdk.cells:
        raise LingnanError(
            f"process {pdk.name} has no cell {name!r}. {did_you_mean(name, pdk.cells)} "
            f"`lingnan cells --process {pdk.name}` lists them."
        )
    return describe(name, pdk.cells[name])


def read_settings(cell: Cell, process: Process, words: Mapping[str, str]) -> dict[str, Any]:
    """Settings of a cell from text, each converted to what the cell's signature asks for.

    Args:
        cell: whose settings they are.
        process: knows the cross-sections.
        words: value as typed, by parameter.

    Raises:
        LingnanError: an unknown parameter, or a value of another type.
    """
    known = {parameter.name: parameter for parameter in cell.parameters}
    settings: dict[str, Any] = {}
    for name, text in words.items():
        if name not in known:
            raise LingnanError(f"{cell.name} has no parameter {name!r}. {did_you_mean(name, known)}")
        settings[name] = _convert(cell, known[name], text.strip(), process)
    return settings


def _convert(cell: Cell, parameter: Parameter, text: str, process: Process) -> Any:
    if parameter.optional and text.casefold() in _NOTHING:
        return None
    items = [item.strip().strip("'\"") for item in re.split(r"[,\s]+", text.strip("[]() ")) if item]
    try:
        if parameter.kind == "number":
            return float(text)
        if parameter.kind == "integer":
            return int(text)
        if parameter.kind == "flag":
            return _FLAGS[text.casefold()]
        if parameter.kind in ("numbers", "texts"):
            if not items or parameter.count not in (None, len(items)):
                raise ValueError
            return tuple(float(item) if parameter.kind == "numbers" else item for item in items)
    except (ValueError, KeyError):
        many = f"{parameter.count} " if parameter.count else ""
        raise LingnanError(
            f"{cell.name}: {parameter.name} = {text!r} is not {many}{_WORDS[parameter.kind]}. "
            f"Its default is {parameter.default!r}."
        ) from None
    if parameter.kind == "cross_section" and text not in process.cross_sections:
        raise LingnanError(
            f"{cell.name}: {parameter.name} = {text!r} is no cross-section of process {process.name}. "
            f"{did_you_mean(text, process.cross_sections)}"
        )
    return text
