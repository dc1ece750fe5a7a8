"""lingnan against what others have published, measured or computed: `make validate`.

Each case names its source and says why its tolerance is what it is. `python -m lingnan.solvers.validation` runs them
and writes a page with figures; cases that need Meep are skipped where it is not installed.
"""

from lingnan.solvers.validation import (
    active,
    beams,
    bends,
    bulk,
    derived,
    detection,
    electrooptic,
    fdtd,
    gratings,
    guides,
    junctions,
    measured,
    membranes,
    parts,
    ranging,
    receivers,
    rotation,
    sensing,
    shifters,
    silicon,
    spectrometers,
    splitter,
)
from lingnan.solvers.validation.case import Case, Found, Outcome, Row, carry_out

CASES: tuple[Case, ...] = (
    *bulk.CASES,
    *guides.CASES,
    *derived.CASES,
    *parts.CASES,
    *fdtd.CASES,
    *bends.CASES,
    *gratings.CASES,
    *splitter.CASES,
    *active.CASES,
    *electrooptic.CASES,
    *silicon.CASES,
    *junctions.CASES,
    *shifters.CASES,
    *measured.CASES,
    *sensing.CASES,
    *detection.CASES,
    *receivers.CASES,
    *ranging.CASES,
    *rotation.CASES,
    *beams.CASES,
    *spectrometers.CASES,
    *membranes.CASES,
)

__all__ = ["CASES", "Case", "Found", "Outcome", "Row", "carry_out"]
