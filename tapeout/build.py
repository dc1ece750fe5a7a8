"""One design to one folder: layout, pictures, sign-off, manifest, record and report."""

import hashlib
import tempfile
from pathlib import Path

from lingnan.pdk.drc import check
from lingnan.pdk.gf import build_pdk
from lingnan.tapeout.assembly import Say, assemble
from lingnan.tapeout.built import FILL, Built
from lingnan.tapeout.design import Design
from lingnan.tapeout.lvsdesign import lvs
from lingnan.tapeout.manifest import rows, to_csv
from lingnan.tapeout.picture import Camera
from lingnan.tapeout.record import to_json
from lingnan.tapeout.report import write_report
from lingnan.tapeout.streamout import canonical, write


def build_chip(design: Design, folder: Path, say: Say = lambda _: None) -> Built:
    """Build a chip, check it, and write everything about it into a folder.

    Args:
        design: as `read_design` gives it.
        folder: that exists; the caller decides when it takes its place.
        say: told what is being done.

    Raises:
        LingnanError: the design cannot be built; the message names the line.
    """
    build_pdk(design.process).activate()
    assembly = assemble(design, say)
    say("GDS and OASIS")
    layout, top = canonical(assembly.canvas.layout, assembly.canvas.top)
    files = [folder / f"{design.name}.{ending}" for ending in ("gds", "oas")]
    for file in files:
        write(layout, file)
    say("design rules")
    drc = check(layout, top, design.process, file=files[0].name)
    say("layout against design")
    compared = lvs(layout, top, design)
    manifest = tuple(rows(design, assembly.placed))
    (folder / "manifest.csv").write_text(to_csv(manifest), encoding="utf-8")
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    built = Built(design, assembly, layout, top, drc, compared, manifest, digests)
    say("pictures and report")
    Camera(layout, top, design.process, hide_cells=FILL).shoot(folder / f"{design.name}.png", width=2400)
    (folder / "chip.json").write_text(to_json(built), encoding="utf-8")
    with tempfile.TemporaryDirectory() as pictures:
        write_report(built, Path(pictures), folder / "report.html")
    return built
