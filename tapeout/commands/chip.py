"""`lingnan chip DESIGN.yaml …`: each design to a folder of its own with layout, sign-off, manifest and report."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.built import Built
from lingnan.tapeout.design import Design, read_design
from lingnan.tapeout.output import terminate_as_interrupt, whole_folder

_SHOWN = 10  #: faults that go to the terminal; the report has all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("design", nargs="+", help="YAML file")
    parser.add_argument(
        "--out", default="build/chips", metavar="DIR", help="each chip goes to DIR/NAME (default: %(default)s)"
    )
    parser.add_argument("--process", metavar="NAME|FILE", help="instead of the one that the design names")
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


def _refuse_foreign(folder: Path) -> None:
    """A folder is replaced as a whole, so it has to be one of ours."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "chip.json").is_file():
        raise LingnanError(
            f"--out: {folder} has files in it but no chip.json, so lingnan did not make it and does not replace it. "
            "Name another folder with --out, or remove this one."
        )


def run(arguments: argparse.Namespace) -> int:
    """0 every chip is clean, 1 something is wrong with one."""
    from rich.console import Console

    console = Console(stderr=True)
    out = Path(arguments.out)
    designs = _read(arguments.design, arguments.process)
    for design in designs:
        _refuse_foreign(out / design.name)
    status = 0
    with terminate_as_interrupt(), console.status("starting") as shown:
        from lingnan.tapeout.build import build_chip
        from lingnan.tapeout.commands.drc import cache_folder

        for number, design in enumerate(designs, 1):
            began = time.perf_counter()
            folder = out / design.name

            def say(stage: str, title: str = f"[{number}/{len(designs)}] {design.name}") -> None:
                shown.update(f"{title}: {stage}")

            with whole_folder(folder) as part:
                built = build_chip(design, part, say, None if arguments.no_cache else cache_folder())
            _tell(built, folder, time.perf_counter() - began)
            status |= not built.clean
    return status


def _tell(built: Built, folder: Path, seconds: float) -> None:
    width, height = built.design.chip.size
    assembly = built.assembly
    state = "clean" if built.clean else f"{built.faults} fault{'' if built.faults == 1 else 's'}"
    print(
        f"{built.design.name}: {state}; {width / 1000:g} x {height / 1000:g} mm, {len(assembly.placed)} instances, "
        f"{len(assembly.routed)} routes; {len(built.drc.rules)} rules, {built.errors} errors, "
        f"{len(built.drc.violations) - built.errors} warnings; {built.lvs.joined} of {built.lvs.links} links joined, "
        f"{len(built.lvs.mismatches)} mismatches; {seconds:.1f} s; {folder / 'report.html'}",
        flush=True,
    )
    for one in [violation for violation in built.drc.violations if violation.severity == "error"][:_SHOWN]:
        name, line = built.owner(one.bbox)
        print(f"  {one.rule} {built.design.file}:{line} {name}: {one.message} at {_middle(one.bbox)}")
    for mismatch in built.lvs.mismatches[:_SHOWN]:
        print(f"  {mismatch.kind} {built.design.file}:{mismatch.line}: {mismatch.message} at {_middle(mismatch.bbox)}")
    if built.faults > _SHOWN:
        print(f"  all {built.faults} are in {folder / 'report.html'}")


def _middle(bbox: tuple[float, float, float, float]) -> str:
    return f"({(bbox[0] + bbox[2]) / 2:.3f}, {(bbox[1] + bbox[3]) / 2:.3f})"
