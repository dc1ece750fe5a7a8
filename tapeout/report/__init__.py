"""The HTML report of a chip: one page that holds everything and asks nothing from anywhere."""

from pathlib import Path

from lingnan.tapeout.built import Built
from lingnan.tapeout.picture import Camera
from lingnan.tapeout.report import chip, html, signoff, spectra


def write_report(built: Built, camera: Camera, pictures: Path, path: Path) -> None:
    """Write the page.

    Args:
        built: the chip with its sign-off.
        camera: that looks at the chip without its fill.
        pictures: folder for the PNGs that the page carries; they are not needed afterwards.
        path: of the HTML file.
    """
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    parts = [
        chip.header(built),
        chip.overview(built, camera, pictures),
        signoff.drc(built, camera, pictures),
        signoff.lvs(built, camera, pictures),
        chip.experiments(built, camera, pictures),
        spectra.spectra(built, pictures),
        chip.routes(built),
        signoff.densities(built),
        chip.manifest(built),
        chip.process(built),
        chip.source(built),
    ]
    path.write_text(html.page(f"{built.design.name} {built.design.chip.revision}", style, parts), encoding="utf-8")
