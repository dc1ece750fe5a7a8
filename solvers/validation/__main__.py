"""Run the comparisons: `python -m lingnan.solvers.validation --out build/validation`.

Exit status: 0 all inside, 1 one outside or failed, 2 no such case.
"""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from lingnan.solvers.validation import CASES
from lingnan.solvers.validation.aside import carried_out
from lingnan.solvers.validation.case import Outcome
from lingnan.solvers.validation.report import summary, terminal, verdict, write


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
    for outcome in carried_out(chosen, options.out, options.jobs):
        ended[outcome.case.name] = outcome
        name = f"{len(ended)}/{len(chosen)} {outcome.case.group}: {outcome.case.name}"
        console.print(f"{name}: {verdict(outcome)}, {outcome.seconds:.1f} s", highlight=False)
    outcomes = [ended[case.name] for case in chosen]
    write(outcomes, options.out)
    console.print(terminal(outcomes))
    console.print(f"{summary(outcomes)} Report: {options.out / 'index.html'}", highlight=False)
    return 0 if all(o.passed or o.skipped for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
