"""What searches have found, kept under the digest of all that was asked; the way there is told again."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from lingnan.components.compact import store


class _Found(Protocol):
    @property
    def steps(self) -> Sequence[Any]: ...


F = TypeVar("F", bound=_Found)


def recalled(
    process: str,
    key: str,
    search: Callable[[], Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], F],
    say: Callable[[Any], None] | None,
) -> F:
    """What is kept under a key, its steps told to `say`; else what is searched now, which tells its own as it goes."""
    known = store.find(process, key) is not None
    found = read(store.recalled(process, key, search))
    if known and say:
        for step in found.steps:
            say(step)
    return found


def key_of(kind: str, *asked: Any) -> str:
    """Name in the store, of plain numbers and dataclasses of them; nine digits of each count."""
    read = re.sub(r"\d+\.\d+(e[+-]?\d+)?", lambda found: f"{float(found[0]):.9g}", repr(asked))
    return f"optimum {kind} {hashlib.sha256(read.encode()).hexdigest()[:12]}"
