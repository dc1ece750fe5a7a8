"""`lingnan chip DESIGN.yaml …`: each design to a folder of its own with layout, sign-off, manifest and report."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.design import Design, read_design
from lingnan.tapeout.output import whole_folder
from lingnan.tapeout.ownership import refuse_foreign

if TYPE_CHECKING:
    from lingnan.tapeout.built import Built
    from lingnan.tapeout.several import Task

_SHOWN = 10  #: faults that go to the terminal; the report has all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("design", nargs="+", help="YAML file")
    parser.add_argument(
        "--out", default="build/chips", metavar="DIR", help="each chip goes to DIR/NAME (default: %(default)s)"
    )
    parser.add_argument("--process", metavar="NAME|FILE", help="instead of the one that the design names")
    parser.add_argument(
        "--solve", action="store_true", help="solve models that are not kept, for spectra: minutes a device and corner"
    )
    parser.add_argument("--no-cache", action="store_true", help="check all rules anew, without results of earlier runs")


def _read(paths: Sequence[str], process: str | None) -> list[Design]:
    """All designs, read before the first is built, so that a slip in the last costs no minute."""
    designs: dict[str, Design] = {}
    for path in paths:
        design = read_design(path, process)
        if design.name in designs:
            raise LingnanError(
                f"{design.where(design.chip.line)}: chip.name = {design.name!r} is also the name of "
                f"{designs[design.name].file}. Give every chip its own name."
            )
        designs[design.name] = design
    return list(designs.values())


def run(arguments: argparse.Namespace) -> int:
    """0 every chip is clean, 1 something is wrong with one."""
    from rich.console import Console

    out = Path(arguments.out)
    designs = _read(arguments.design, arguments.process)
    for design in designs:
        refuse_foreign(out / design.name, "chip")
    status = 0
    with Console(stderr=True).status("starting") as shown:
        from lingnan.tapeout.commands.drc import cache_folder
        from lingnan.tapeout.several import cores, run_all

        at_once = min(cores(), len(designs))
        cache = None if arguments.no_cache else cache_folder()
        stages: dict[int, str] = {}

        def listen(number: int, stage: str) -> None:
            stages[number] = stage
            shown.update("   ".join(f"{designs[number].name}: {stage}" for number, stage in sorted(stages.items())))

        threads = max(1, cores() // at_once)
        tasks = [_task(design, out / design.name, cache, threads, arguments.solve) for design in designs]
        weights = [len(design.instances) + len(list(design.links)) for design in designs]
        for number, (clean, text) in enumerate(run_all(tasks, weights, listen, at_once)):
            stages.pop(number, None)
            print(text, flush=True)
            status |= not clean
    return status


def _task(design: Design, folder: Path, cache: Path | None, threads: int, solve: bool) -> "Task":
    """Build one chip into its folder; tells whether it is clean, and what to print."""
    from lingnan.tapeout.build import build_chip  # before processes part, so that each has it

    def build(say: Callable[[str], None]) -> tuple[bool, str]:
        began = time.perf_counter()
        with whole_folder(folder, "chip") as part:
            built = build_chip(design, part, say, cache, threads, solve)
        return built.clean, "\n".join(_told(built, folder, time.perf_counter() - began))

    return build


def _told(built: "Built", folder: Path, seconds: float) -> Iterator[str]:
    from lingnan.tapeout.circuit.simulate import Spectra

    width, height = built.design.chip.size
    told = sum(isinstance(one, Spectra) for one in built.spectra)
    state = "clean" if built.clean else f"{built.faults} fault{'' if built.faults == 1 else 's'}"
    design, drc, lvs = built.design, built.drc, built.lvs
    yield (
        f"{design.name}: {state}; {width / 1000:g} x {height / 1000:g} mm, {len(design.instances)} instances, "
        f"{len(built.assembly.routed)} routes; {len(drc.rules)} rules, {built.errors} errors, "
        f"{len(drc.violations) - built.errors} warnings; {lvs.joined} of {lvs.links} links joined, "
        f"{len(lvs.mismatches)} mismatches; spectra of {told} of {len(built.spectra)} networks; "
        f"{seconds:.1f} s; {folder / 'report.html'}"
    )
    for one in [violation for violation in built.drc.violations if violation.severity == "error"][:_SHOWN]:
        name, line = built.owner(one.bbox)
        yield f"  {one.rule} {built.design.file}:{line} {name}: {one.message} at {_middle(one.bbox)}"
    for mismatch in built.lvs.mismatches[:_SHOWN]:
        yield f"  {mismatch.kind} {built.design.file}:{mismatch.line}: {mismatch.message} at {_middle(mismatch.bbox)}"
    if built.faults > _SHOWN:
        yield f"  all {built.faults} are in {folder / 'report.html'}"


def _middle(bbox: tuple[float, float, float, float]) -> str:
    return f"({(bbox[0] + bbox[2]) / 2:.3f}, {(bbox[1] + bbox[3]) / 2:.3f})"
