"""Every cell of a process at its defaults as a KLayout library, to be placed by hand in the application.

KLayout registers each layout that it finds in the folder `libraries` of a technology, named after its file, and offers
it where that technology is chosen. The cells are fixed: a parametric cell needs gdsfactory, which KLayout's own Python
does not have. `lingnan cell NAME --set …` draws one with other parameters.
"""

from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.tapeout.streamout import canonical, write

_PINS = {"electrical": "PORTE"}  #: marker layer by type of port; every other one is light
_LIGHT = "PORT"


def library_name(process: Process) -> str:
    """As KLayout shows it."""
    return f"lingnan_{process.name}"


def library(process: Process) -> tuple[kdb.Layout, dict[str, str]]:
    """A layout with a top cell for each library cell, and the cells that are left out, each with the reason.

    Names of ports stand as texts on the markers of pins, where the process has these.
    """
    from lingnan.pdk import build_pdk

    pdk = build_pdk(process)
    pdk.activate()
    drawn, refused = kdb.Layout(), dict[str, str]()
    drawn.dbu = process.grid.value
    every = drawn.create_cell("library")
    for name in sorted(pdk.cells):
        try:
            made = pdk.cells[name]()
        except LingnanError as error:  # a line of one's own may not be able to make a cell at its defaults
            refused[name] = str(error)
            continue
        cell = drawn.create_cell(name)
        cell.copy_tree(made.kdb_cell)
        for port in made.ports:
            pin = _PINS.get(port.port_type, _LIGHT)
            if pin in process.layers:
                place = kdb.DTrans(kdb.DVector(*port.center)).to_itype(drawn.dbu)
                cell.shapes(drawn.layer(*process.layers[pin].gds)).insert(kdb.Text(str(port.name), place))
        every.insert(kdb.CellInstArray(cell.cell_index(), kdb.Trans()))
    layout, top = canonical(drawn, every)  # one copy of what several cells hold, whatever was drawn before
    layout.delete_cell(top.cell_index())
    return layout, refused


def export_library(process: Process, package: Path) -> tuple[Path | None, dict[str, str]]:
    """Write the library into the technology of its process.

    Args:
        process: whose cells are drawn.
        package: folder of the KLayout package.

    Returns:
        the file, none where the process has no cells, and the cells that are left out, each with the reason.
    """
    layout, refused = library(process)
    if not layout.cells():
        return None, refused
    path = package / "tech" / process.name / "libraries" / f"{library_name(process)}.oas"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(layout, path)
    return path, refused
