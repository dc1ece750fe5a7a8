"""Cases one after another, or side by side in processes of their own."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from lingnan.solvers import validation
from lingnan.solvers.validation import fdtd
from lingnan.solvers.validation.case import Case, Outcome, carry_out
from lingnan.solvers.validation.report import draw


def carried_out(cases: Sequence[Case], folder: Path, jobs: int) -> Iterator[Outcome]:
    """Outcomes as they come, each drawn.

    Args:
        cases: of `validation.CASES`; any where `jobs` is 1.
        folder: of the figures.
        jobs: processes.
    """
    if jobs < 2:
        for case in cases:
            outcome = carry_out(case)
            draw(outcome, folder)
            yield outcome
        return
    queue = sorted(cases, key=lambda case: case.group != fdtd.GROUP)  # Meep's take longest
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_by_name, case.name, folder) for case in queue]):
            name, outcome = done.result()
            yield replace(outcome, case=next(case for case in cases if case.name == name))


def _by_name(name: str, folder: Path) -> tuple[str, Outcome]:
    """Run and draw a case; what travels back holds no functions."""
    outcome = carry_out(next(case for case in validation.CASES if case.name == name))
    draw(outcome, folder)
    found = outcome.found and replace(outcome.found, draw=None)
    return name, replace(outcome, found=found, case=replace(outcome.case, run=None))  # type: ignore[arg-type]
