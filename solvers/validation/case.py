"""One comparison with a number that somebody else has published, measured or computed: what it is, and how it ended."""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lingnan.solvers.meep import MeepNotFoundError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Row:
    """One number beside its reference."""

    quantity: str
    value: float
    reference: float
    tolerance: float  #: absolute, in the same unit
    unit: str = ""

    @property
    def error(self) -> float:
        """Value less reference."""
        return self.value - self.reference

    @property
    def inside(self) -> bool:
        """Is the error within the tolerance? A value that is not finite never is."""
        return bool(abs(self.error) <= self.tolerance)


@dataclass(frozen=True)
class Found:
    """What a case has computed, and how to draw it."""

    rows: tuple[Row, ...]
    draw: "Callable[[Axes], None] | None" = None  #: None: values in units of their tolerance


@dataclass(frozen=True)
class Case:
    """A comparison. `run` computes."""

    name: str
    group: str
    source: str  #: author, journal, DOI; or program and version
    because: str  #: why the tolerance is what it is
    run: Callable[[], Found]


@dataclass(frozen=True)
class Outcome:
    """How a case ended."""

    case: Case
    seconds: float
    found: Found | None = None
    failure: str = ""  #: what it raised
    skipped: str = ""  #: why it was not run
    said: tuple[str, ...] = field(default=())  #: warnings

    @property
    def passed(self) -> bool:
        """Did it run, with every number inside its tolerance?"""
        return self.found is not None and all(row.inside for row in self.found.rows)


def rows(quantities: Sequence[str], values: Any, references: Any, tolerances: Any, unit: str = "") -> tuple[Row, ...]:
    """Rows of equal kind; `tolerances` is one number for all or one for each."""
    value, reference = np.asarray(values, float).ravel(), np.asarray(references, float).ravel()
    tolerance = np.broadcast_to(np.asarray(tolerances, float), reference.shape)
    return tuple(
        Row(q, float(v), float(r), float(t), unit)
        for q, v, r, t in zip(quantities, value, reference, tolerance, strict=True)
    )


def carry_out(case: Case) -> Outcome:
    """Run a case; what goes wrong in it is its outcome, and no other case hears of it."""
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found, failure, skipped = case.run(), "", ""
        except MeepNotFoundError as error:
            found, failure, skipped = None, "", str(error)
        except Exception as error:  # the report names it, and the run fails
            found, failure, skipped = None, f"{type(error).__name__}: {error}", ""
    said = tuple(dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, UserWarning)))
    return Outcome(case, time.perf_counter() - start, found, failure, skipped, said)
