"""A chip or a part of it as a PNG, in the colours of the process. No display is needed."""

from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.process import Process

_SOLID, _HOLLOW, _HATCHED = 0, 1, 5  #: KLayout's patterns
_SEEN_THROUGH = ("opening", "implant")  #: kinds of levels that are hatched, for what lies in them is what matters
_OVERSAMPLING = 2  #: pixels are averaged over so many in each direction, or thin guides would come and go
_MARKERS_SHOWN = ("FLOORPLAN", "DICE")
_LEAST_SIDE, _MOST_SIDE = 120, 4000  #: pixels


class Camera:
    """Looks at one cell of one layout; set up once, then as many pictures as are wanted."""

    def __init__(
        self, layout: kdb.Layout, top: kdb.Cell, process: Process, *, hide_cells: tuple[str, ...] = ()
    ) -> None:
        """Set up the view.

        Args:
            layout: that holds the cell.
            top: cell to draw.
            process: gives names and colours; layers it does not know are left out.
            hide_cells: cells to leave out, by the beginning of their names; fill drowns the devices.
        """
        import klayout.lay as lay

        self.view = view = lay.LayoutView()
        self.box = top.dbbox()
        view.set_config("background-color", "#ffffff")
        for key in ("grid-visible", "text-visible", "cell-box-visible"):
            view.set_config(key, "false")
        number = view.create_layout(False)
        cells = view.cellview(number)
        cells.layout().assign(layout)
        cells.cell = cells.layout().cell(top.name)
        while not view.begin_layers().at_end():
            view.delete_layer(view.begin_layers())
        hatched = {level.mask for level in process.levels.values() if level.kind in _SEEN_THROUGH}
        hatched |= {implant.layer for implant in process.implants.values()}
        for name, layer in process.layers.items():
            if layer.purpose == "marker" and name not in _MARKERS_SHOWN:
                continue
            node = lay.LayerPropertiesNode()
            node.source = f"{layer.layer}/{layer.datatype}@1"
            node.fill_color = node.frame_color = int(layer.color.removeprefix("#"), 16)
            node.dither_pattern = _HOLLOW if layer.purpose == "marker" else _HATCHED if name in hatched else _SOLID
            node.width = 1
            view.insert_layer(view.end_layers(), node)
        unwanted = [cell for cell in cells.layout().each_cell() if cell.name.startswith(hide_cells)]
        for cell in unwanted:  # of the view's own copy; cells hidden in the view would be drawn as boxes
            cell.delete()
        view.max_hier()

    def shoot(self, path: Path, box: kdb.DBox | None = None, *, width: int = 1600) -> Path:
        """Write one picture.

        Args:
            path: of the PNG.
            box: part to show [µm]; all of it by default.
            width: in pixels; the height follows the box.
        """
        shown = box or self.box
        height = round(width * shown.height() / max(shown.width(), 1e-3))
        pixels = min(max(height, _LEAST_SIDE), _MOST_SIDE)
        self.view.save_image_with_options(str(path), width, pixels, _OVERSAMPLING, _OVERSAMPLING, 0.0, shown, False)
        return path
