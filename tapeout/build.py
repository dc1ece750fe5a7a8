"""One design to one folder: layout, pictures, sign-off, manifest, record and report."""

import hashlib
import os
import tempfile
from pathlib import Path

from lingnan.components.compact import store
from lingnan.pdk.drc import check
from lingnan.pdk.drc.formats import FORMATS as DRC_FORMATS
from lingnan.pdk.drc.sources import Source, dump_sources, sources_path
from lingnan.pdk.gf import build_pdk
from lingnan.pdk.lvs.formats import FORMATS as LVS_FORMATS
from lingnan.tapeout.assembly import Assembly, Say, assemble
from lingnan.tapeout.built import FILL, Built
from lingnan.tapeout.circuit.network import networks
from lingnan.tapeout.circuit.simulate import simulate
from lingnan.tapeout.design import Design
from lingnan.tapeout.lvsdesign import lvs
from lingnan.tapeout.manifest import rows, to_csv
from lingnan.tapeout.picture import Camera
from lingnan.tapeout.record import to_json
from lingnan.tapeout.report import write_report
from lingnan.tapeout.streamout import base_name, canonical, write


def _sources(design: Design, assembly: Assembly, folder: Path) -> dict[str, Source]:
    """The line of the design that first asked for each cell; what routes and frame drew belongs to the chip."""
    file = os.path.relpath(design.file, folder)
    found = {design.name: Source(file, design.chip.line)}
    for one in assembly.placed.values():
        found.setdefault(base_name(one.cell), Source(file, one.line))
    return found


def build_chip(
    design: Design,
    folder: Path,
    say: Say = lambda _: None,
    cache: Path | None = None,
    threads: int | None = None,
    solve: bool = False,
) -> Built:
    """Build a chip, check it, and write everything about it into a folder.

    Args:
        design: as `read_design` gives it.
        folder: that exists; the caller decides when it takes its place.
        say: told what is being done.
        cache: folder that keeps results of the design-rule check from run to run; solved models go beside it.
        threads: processes that check design rules; None: as many as there are cores.
        solve: models that are not kept, in minutes each; else the networks that need them have no spectra.

    Raises:
        LingnanError: the design cannot be built; the message names the line.
    """
    pdk = build_pdk(design.process)
    pdk.activate(force=True)
    assembly = assemble(design, say)
    say("GDS and OASIS")
    layout, top = canonical(assembly.canvas.layout, assembly.canvas.top)
    files = [folder / f"{design.name}.{ending}" for ending in ("gds", "oas")]
    for file in files:
        write(layout, file)
    say("design rules")
    drc = check(
        layout,
        top,
        design.process,
        file=files[0].name,
        cache=cache,
        threads=threads,
        say=lambda rule: say(f"rule {rule}"),
    )
    sources = _sources(design, assembly, folder)
    sources_path(files[0]).write_text(dump_sources(sources), encoding="utf-8")
    for form in DRC_FORMATS.values():
        (folder / form.file).write_text(form.write(drc, design.process, sources), encoding="utf-8")
    say("layout against design")
    compared = lvs(layout, top, design, file=files[0].name)
    for name, text_of in LVS_FORMATS.values():
        (folder / name).write_text(text_of(compared), encoding="utf-8")
    manifest = tuple(rows(design, assembly.placed))
    (folder / "manifest.csv").write_text(to_csv(manifest), encoding="utf-8")
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    say("circuit")
    with store.keeping(cache and cache.with_name("models"), only_kept=not solve, say=say):
        pdk.activate(force=True)
        corners = tuple(design.process.corners)
        spectra = simulate(pdk, networks(design, assembly), corners, cache and cache.with_name("spectra"))
    built = Built(design, assembly, layout, top, drc, compared, manifest, digests, tuple(spectra))
    say("pictures and report")
    camera = Camera(layout, top, design.process, hide_cells=FILL)
    camera.shoot(folder / f"{design.name}.png", width=2400)
    (folder / "chip.json").write_text(to_json(built), encoding="utf-8")
    with tempfile.TemporaryDirectory() as pictures:
        write_report(built, camera, Path(pictures), folder / "report.html")
    return built
