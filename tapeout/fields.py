"""Reading one field after another from a `Table`, each with its type, its limits and its line in the message."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.tapeout.yamltext import Items, Table

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def shown(value: object, limit: int = 60) -> str:
    """A value as it may stand in a one-line message."""
    text = "a mapping" if isinstance(value, Table) else "a list" if isinstance(value, Items) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True)
class Fields:
    """One mapping of the file, with the path that leads to it."""

    table: Table
    path: str  #: dotted, for messages; empty at the top
    file: str

    def where(self, key: str | None = None) -> str:
        """`file:line: path.key`."""
        line = self.table.line if key is None else self.table.lines.get(key, self.table.line)
        path = self.path if key is None else f"{self.path}.{key}" if self.path else key
        return f"{self.file}:{line}: {path}" if path else f"{self.file}:{line}"

    def line(self, key: str | None = None) -> int:
        """Line of a key, or of the mapping itself."""
        return self.table.line if key is None else self.table.lines.get(key, self.table.line)

    def fail(self, key: str | None, text: str) -> NoReturn:
        """Refuse a key."""
        raise LingnanError(f"{self.where(key)}{text}")

    def allow(self, known: Iterable[str]) -> "Fields":
        """Refuse every key that is not known."""
        known = tuple(known)
        for key in self.table:
            if key not in known:
                here = f" in {self.path}" if self.path else ""
                raise LingnanError(
                    f"{self.file}:{self.line(key)}: unknown key {key!r}{here}. {did_you_mean(key, known)}"
                )
        return self

    def has(self, key: str) -> bool:
        """Whether a key is given and not null."""
        return self.table.get(key) is not None

    def need(self, key: str, example: str) -> Any:
        """A value that has to be there."""
        if not self.has(key):
            raise LingnanError(f"{self.where()}: {key} is missing. Give it, e.g. {key}: {example}.")
        return self.table[key]

    def child(self, key: str) -> "Fields":
        """A mapping inside this one; empty when it is not given."""
        value = self.table.get(key)
        if value is None:
            return Fields(Table(self.line(key)), f"{self.path}.{key}" if self.path else key, self.file)
        if not isinstance(value, Table):
            self.fail(key, f" = {shown(value)} is not a mapping. Write {key}: and indented key: value lines below it.")
        return Fields(value, f"{self.path}.{key}" if self.path else key, self.file)

    def children(self, key: str) -> Iterable[tuple[str, "Fields"]]:
        """Named mappings inside a mapping; an entry left empty is an empty mapping."""
        group = self.child(key)
        for name in group.table:
            yield name, group.child(name)

    def text(self, key: str, default: str | None = None, example: str = "a word") -> str:
        """A word."""
        if not self.has(key) and default is not None:
            return default
        value = self.need(key, example)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fail(key, f" = {shown(value)} is not a word. Write e.g. {key}: {example}.")
        return str(value)

    def choice(self, key: str, words: Iterable[str], default: str | None = None) -> str:
        """One of a few words."""
        words = tuple(words)
        word = self.text(key, default, words[0])
        if word not in words:
            self.fail(key, f" = {word!r} is not one of {', '.join(words)}. {did_you_mean(word, words)}")
        return word

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        if not self.has(key):
            return default
        value = self.table[key]
        if not isinstance(value, bool):
            self.fail(key, f" = {shown(value)} is neither true nor false.")
        return value

    def number(
        self, key: str, default: float | None = None, *, least: float = -1e6, most: float = 1e6, example: str = "100"
    ) -> float:
        """A finite number within limits (a chip is never a metre wide)."""
        if not self.has(key) and default is not None:
            return default
        return self.check_number(key, self.need(key, example), least, most)

    def check_number(self, key: str, value: object, least: float = -1e6, most: float = 1e6) -> float:
        """The same for a value that is already in hand, e.g. an item of a list."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, f" = {shown(value)} is not a number. Write it without quotes and units, in µm or degrees.")
        number = float(value) if abs(value) < 1e300 else math.inf
        if not math.isfinite(number) or not least <= number <= most:
            self.fail(key, f" = {shown(value)} is outside its limits, {least:g} to {most:g}.")
        return number

    def count(self, key: str, default: int | None = None, *, least: int = 0, most: int = 10_000) -> int:
        """A whole number."""
        if not self.has(key) and default is not None:
            return default
        value = self.need(key, str(least))
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(key, f" = {shown(value)} is not a whole number.")
        if not least <= value <= most:
            self.fail(key, f" = {value} is outside its limits, {least} to {most}.")
        return value

    def numbers(self, key: str, length: int, example: str, *, least: float = -1e6, most: float = 1e6) -> list[float]:
        """A list of that many numbers."""
        value = self.need(key, example)
        if not isinstance(value, Items) or len(value) != length:
            self.fail(key, f" = {shown(value)} is not a list of {length} numbers. Write e.g. {key}: {example}.")
        return [self.check_number(key, item, least, most) for item in value]

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, or one word; empty when it is not given."""
        value = self.table.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, Items) else [value]
        for item in items:
            if not isinstance(item, str):
                self.fail(key, f" holds {shown(item)}, which is not a word. Write e.g. {key}: [one, two].")
        return tuple(items)


def check_name(fields: Fields, key: str, what: str) -> str:
    """A name that gdsfactory, the GDS file and the port syntax can all carry."""
    if not _NAME.match(key) or len(key) > 64:
        fields.fail(
            key, f": {what} name {shown(key)} has other characters than letters, digits and _ (64 at most). Rename it."
        )
    return key
