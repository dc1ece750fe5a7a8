"""Where a number that was measured ends: formulas and tables of sensors refuse what lies beyond."""

from typing import Any

import numpy as np

from lingnan.solvers.checks import known, worst
from lingnan.solvers.materials.errors import MaterialRangeError

ROUND_OFF = 1e-9  #: by which a range may be overstepped, in its unit


def check_measured(
    of: str, what: str, value: Any, limits: tuple[float, float], unit: str, source: str, advice: str
) -> None:
    """Raises MaterialRangeError where a number that is known lies outside its range, or is none."""
    if not known(value):
        return
    given = np.asarray(value, float)
    wrong = ~((given >= limits[0] - ROUND_OFF) & (given <= limits[1] + ROUND_OFF))
    if np.any(wrong):
        raise MaterialRangeError(of, what, worst(given, wrong), limits, unit, source, advice)
