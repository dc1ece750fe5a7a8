"""What a cell asks of its process while it is drawn: the limits it comes upon, and the numbers it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from lingnan.pdk.process import Quantity


@dataclass(frozen=True)
class Limit:
    """One check that a value passed."""

    cell: str
    parameter: str  #: as the cell named it; `size[0]` is an item of `size`, other words are what follows from several
    value: float  #: as it was checked
    low: float | None  #: smallest that is let pass
    high: float | None  #: largest that is let pass
    reason: str  #: id of a rule, or a sentence


@dataclass
class Trace:
    """Limits and numbers in the order in which they were asked for."""

    limits: list[Limit] = field(default_factory=list)
    numbers: dict[str, Quantity] = field(default_factory=dict)  #: by path in the process

    def of(self, cell: str) -> list[Limit]:
        """Limits that a cell checked itself, without those of the cells in it, each once."""
        return list(dict.fromkeys(limit for limit in self.limits if limit.cell == cell))


_current: ContextVar[Trace | None] = ContextVar("_current", default=None)


@contextmanager
def traced() -> Iterator[Trace]:
    """Collect what is asked for inside the block. A cell that comes from gdsfactory's memory asks for nothing."""
    trace = Trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def note_limit(
    cell: str, parameter: str, value: float, reason: str, *, low: float | None = None, high: float | None = None
) -> None:
    """Remember a check, where somebody wants to know."""
    trace = _current.get()
    if trace is not None:
        trace.limits.append(Limit(cell, parameter, value, low, high, reason))


def note_number(path: str, quantity: Quantity) -> None:
    """Remember a number, where somebody wants to know."""
    trace = _current.get()
    if trace is not None:
        trace.numbers[path] = quantity
