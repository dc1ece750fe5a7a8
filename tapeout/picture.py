"""A chip or a part of it as a PNG, in the colours of the process. No display is needed."""

from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.process import Process

_FILLED = 5  #: KLayout's dither pattern for a half-tone; 0 is solid, 1 is hollow
_MARKERS_SHOWN = ("FLOORPLAN", "DICE", "COUPLER")


def save_picture(
    layout: kdb.Layout,
    top: kdb.Cell,
    process: Process,
    path: Path,
    *,
    box: kdb.DBox | None = None,
    width: int = 1600,
    hide: tuple[str, ...] = (),
    hide_cells: tuple[str, ...] = (),
) -> None:
    """Draw a cell.

    Args:
        layout: that holds the cell.
        top: cell to draw.
        process: gives names and colours; layers it does not know are left out.
        path: of the PNG.
        box: part to show [µm]; all of it by default.
        width: of the picture in pixels; its height follows the box.
        hide: layers to leave out.
        hide_cells: cells to leave out, by the beginning of their names; fill drowns a chip on a picture.
    """
    import klayout.lay as lay

    shown = box or top.dbbox()
    height = max(200, min(4000, round(width * shown.height() / max(shown.width(), 1e-3))))
    view = lay.LayoutView()
    view.set_config("background-color", "#ffffff")
    view.set_config("grid-visible", "false")
    view.set_config("text-visible", "false")
    view.set_config("cell-box-visible", "false")
    number = view.create_layout(False)
    view.cellview(number).layout().assign(layout)
    view.cellview(number).cell = view.cellview(number).layout().cell(top.name)
    while not view.begin_layers().at_end():
        view.delete_layer(view.begin_layers())
    for name, layer in process.layers.items():
        if name in hide or (layer.purpose == "marker" and name not in _MARKERS_SHOWN):
            continue
        node = lay.LayerPropertiesNode()
        node.source = f"{layer.layer}/{layer.datatype}@1"
        color = int(layer.color.removeprefix("#"), 16)
        node.fill_color = node.frame_color = color
        node.dither_pattern = 1 if layer.purpose == "marker" else _FILLED
        node.width = 1
        view.insert_layer(view.end_layers(), node)
    for cell in view.cellview(number).layout().each_cell():
        if cell.name.startswith(hide_cells):
            view.hide_cell(cell.cell_index(), number)
    view.max_hier()
    view.zoom_box(shown)
    view.save_image(str(path), width, height)
