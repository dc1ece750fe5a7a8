"""Run the comparisons: `python -m lingnan.solvers.validation --out build/validation`.

Exit status: 0 all inside, 1 one outside or failed, 2 no such case.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from lingnan.solvers.validation import CASES
from lingnan.solvers.validation.case import Case, Outcome, carry_out
from lingnan.solvers.validation.report import draw, summary, terminal, verdict, write


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lingnan.solvers.validation", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/validation"), help="folder of the report")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases with this in their name or group")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="cases side by side")
    parser.add_argument("--list", action="store_true", help="name the cases and leave")
    options = parser.parse_args(arguments)
    chosen = [c for c in CASES if options.only.casefold() in f"{c.group}: {c.name}".casefold()]
    console = Console()
    if not chosen:
        print(f"validation: no case has {options.only!r} in its name. See --list.", file=sys.stderr)
        return 2
    if options.list:
        for case in chosen:
            print(f"{case.group}: {case.name} ({case.source})")
        return 0
    # most of the time goes into the compiler, and half of that into optimisation: read when JAX starts its backend
    if "xla_backend_optimization_level" not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_backend_optimization_level=0"
    ended: dict[str, Outcome] = {}
    for outcome in _in_process(chosen, options.out) if options.jobs < 2 else _aside(chosen, options.out, options.jobs):
        ended[outcome.case.name] = outcome
        name = f"{len(ended)}/{len(chosen)} {outcome.case.group}: {outcome.case.name}"
        console.print(f"{name}: {verdict(outcome)}, {outcome.seconds:.1f} s", highlight=False)
    outcomes = [ended[case.name] for case in chosen]
    write(outcomes, options.out)
    console.print(terminal(outcomes))
    console.print(f"{summary(outcomes)} Report: {options.out / 'index.html'}", highlight=False)
    return 0 if all(o.passed or o.skipped for o in outcomes) else 1


def _in_process(cases: Sequence[Case], folder: Path) -> Iterator[Outcome]:
    for case in cases:
        outcome = carry_out(case)
        draw(outcome, folder)
        yield outcome


def _aside(cases: Sequence[Case], folder: Path, jobs: int) -> Iterator[Outcome]:
    """Cases in processes of their own, those of Meep first: they take longest."""
    queue = sorted(cases, key=lambda case: case.group != "Meep and MPB")
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_by_name, case.name, folder) for case in queue]):
            name, outcome = done.result()
            yield replace(outcome, case=next(case for case in cases if case.name == name))


def _by_name(name: str, folder: Path) -> tuple[str, Outcome]:
    """Run and draw a case; what travels back holds no functions."""
    outcome = carry_out(next(case for case in CASES if case.name == name))
    draw(outcome, folder)
    found = outcome.found and replace(outcome.found, draw=None)
    return name, replace(outcome, found=found, case=replace(outcome.case, run=None))  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
