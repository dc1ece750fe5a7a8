"""YAML from people one has never met: plain data only, limited in size, depth and expansion; every key has its line.

The text is read as a stream of events, so nothing recurses and nothing is built that the limits forbid. Scalars follow
YAML 1.2 (`no` is a word, `1e-3` is a number, `1:20` is a word). Anchors, aliases and merge keys (`<<`) work, up to a
total size after expansion; tags, several documents and duplicate keys are refused.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError

MAX_BYTES = 2_000_000  #: the largest design seen has 60 kB
MAX_DEPTH = 32
MAX_VALUES = 200_000  #: after expansion of aliases
_INT = re.compile(r"[-+]?[0-9]+\Z|0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan,
}  # fmt: skip


class Table(dict[str, Any]):
    """A mapping that knows where it stands in the file."""

    line: int = 0
    lines: dict[str, int]  #: line of each key

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line, self.lines = line, {}


class Items(list[Any]):
    """A list that knows where it stands in the file."""

    line: int = 0
    lines: list[int]  #: line of each item

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line, self.lines = line, []


@dataclass
class _Open:
    """A collection that is still being read."""

    value: Table | Items
    anchor: str | None
    size: int = 1
    key: str | None = None
    key_line: int = 0
    own: set[str] = field(default_factory=set[str])  #: keys written here, which win over merged ones


def _scalar(text: str, plain: bool) -> object:
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text) if len(text) < 40 else text
    if _FLOAT.match(text):
        return float(text)
    return text


class _Composer:
    """Turns events into values; one per file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.root: list[Any] = []

    def fail(self, line: int, text: str) -> LingnanError:
        return LingnanError(f"{self.name}:{line}: {text}")

    def add(self, value: Any, size: int, line: int) -> None:
        """Put a finished value where it belongs."""
        if not self.stack:
            self.root.append(value)
            return
        top = self.stack[-1]
        top.size += size
        if top.size > MAX_VALUES:
            raise self.fail(
                line,
                f"more than {MAX_VALUES} values after expanding aliases, the limit. "
                "Write the values out, or split the file.",
            )
        if isinstance(top.value, Items):
            top.value.append(value)
            top.value.lines.append(line)
        elif top.key is None:
            self._take_key(top, value, line)
        else:
            self._take_value(top, value)

    def _take_key(self, top: _Open, value: Any, line: int) -> None:
        if isinstance(value, Table | Items):
            raise self.fail(line, "a key is a list or a mapping. Keys are words; quote a word that starts with [ or {.")
        key = value if isinstance(value, str) else "null" if value is None else str(value)
        if key in top.own:
            assert isinstance(top.value, Table)
            raise self.fail(
                line, f"key {key!r} is given twice, first in line {top.value.lines[key]}. Remove one of them."
            )
        top.key, top.key_line = key, line

    def _take_value(self, top: _Open, value: Any) -> None:
        table, key, line = top.value, top.key, top.key_line
        assert isinstance(table, Table)
        assert key is not None
        top.key = None
        if key != "<<":
            top.own.add(key)
            table[key], table.lines[key] = value, line
            return
        for merged in reversed(value if isinstance(value, Items) else [value]):
            if not isinstance(merged, Table):
                raise self.fail(
                    line, f"merge key << = {merged!r} is not a mapping. Merge an alias of a mapping, <<: *name."
                )
            for inner, inner_value in merged.items():
                if inner not in top.own:
                    table[inner], table.lines[inner] = inner_value, merged.lines[inner]

    def close(self, line: int) -> None:
        done = self.stack.pop()
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.value, done.size)
        self.add(done.value, done.size, line)

    def alias(self, name: str, line: int) -> None:
        if any(entry.anchor == name for entry in self.stack):
            raise self.fail(line, f"alias *{name} stands inside its own anchor. Break the circle.")
        if name not in self.anchors:
            raise self.fail(line, f"alias *{name} has no anchor &{name} above it.")
        value, size = self.anchors[name]
        self.add(value, size, line)


#: what a file should hold, for whoever gives one that holds nothing
DESIGN = "A design starts with `chip:`, `instances:`, `placements:` and so on."


def parse(text: str, name: str, hint: str = DESIGN) -> Table:
    """The mapping that a YAML text holds; keys are strings, values are plain data, `Table` and `Items`.

    Args:
        text: of one YAML document.
        name: of the file, for messages.
        hint: what the file should hold, for messages.

    Raises:
        LingnanError: not YAML, not a mapping, or beyond a limit; the message starts with `name:line:`.
    """
    import yaml

    composer = _Composer(name)
    documents = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else 0
            tag = getattr(event, "tag", None)
            if tag is not None and not isinstance(event, yaml.AliasEvent):
                raise composer.fail(line, f"tag {tag!r} is not allowed. The file holds plain words, numbers, lists.")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise composer.fail(line, "a second document starts here. The file holds one; remove the ---.")
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                if len(composer.stack) >= MAX_DEPTH:
                    raise composer.fail(line, f"nested deeper than {MAX_DEPTH} levels, the limit.")
                kind = Table if isinstance(event, yaml.MappingStartEvent) else Items
                composer.stack.append(_Open(kind(line), event.anchor))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                composer.close(composer.stack[-1].value.line)
            elif isinstance(event, yaml.AliasEvent):
                composer.alias(str(event.anchor), line)
            elif isinstance(event, yaml.ScalarEvent):
                value = _scalar(event.value, bool(event.implicit[0]))
                if event.anchor is not None:
                    composer.anchors[event.anchor] = (value, 1)
                composer.add(value, 1, line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context or error).split())
        raise composer.fail(mark.line + 1 if mark else 0, f"not valid YAML ({problem}).") from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1  # of a character that YAML forbids
        raise composer.fail(line, f"not valid YAML ({' '.join(str(error).split())}).") from None
    if not composer.root or composer.root[0] is None:
        raise composer.fail(1, f"the file is empty. {hint}")
    if not isinstance(composer.root[0], Table):
        raise composer.fail(1, f"the file is not a mapping. {hint}")
    return composer.root[0]


def read(path: str | Path, what: str = "design file", hint: str = DESIGN) -> tuple[Table, str]:
    """A YAML file as a `Table`, and its text.

    Args:
        path: of the file.
        what: the file is, for messages.
        hint: what it should hold, for messages.

    Raises:
        LingnanError: no such file, too large, not UTF-8, or what `parse` refuses.
    """
    path = Path(path)
    if path.is_dir():
        raise LingnanError(f"{path}: is a folder. Give the {what} in it.")
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        near = sorted(entry.name for entry in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
        near_by = f"In that folder: {', '.join(near[:8])}." if near else "Check the path."
        raise LingnanError(f"{path}: there is no such {what}. {near_by}") from None
    except OSError as error:
        raise LingnanError(f"{path}: cannot be read ({error.strerror}). Check its permissions.") from None
    if len(raw) > MAX_BYTES:
        raise LingnanError(f"{path}: larger than {MAX_BYTES} bytes, the limit for a {what}. Is it one?")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LingnanError(f"{path}: not UTF-8 text (byte {error.start}). Is it a {what}? Save it as UTF-8.") from None
    return parse(text, str(path), hint), text


def plain(value: Any) -> Any:
    """The same data as ordinary dicts and lists, for whoever wants to keep or print it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
