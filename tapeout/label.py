"""Text as mask shapes that obey the width and space rules of their layer, whatever the letters are."""

import klayout.db as kdb

from lingnan.pdk.process import Process

_STEPS = 12  #: each step makes letters a quarter larger; the font's lines are a seventh of its height


def _limits(process: Process, layer: str) -> tuple[float, float]:
    """Smallest width and space of plain rules on a layer [µm]."""
    width = [r.limit.value for r in process.rules.values() if r.kind == "width" and r.layer == layer and r.limit]
    space = [
        r.limit.value for r in process.rules.values() if r.kind in ("space", "notch") and r.layer == layer and r.limit
    ]
    grid = process.grid.value
    return max(width, default=10 * grid), max(space, default=10 * grid)


def text_region(text: str, process: Process, layer: str, height: float, dbu: float) -> kdb.Region:
    """Letters of at least that height [µm], lower-left corner at the origin, checked against the rules of the layer.

    Args:
        text: letters, digits and punctuation of ASCII.
        process: the rules come from here.
        layer: that the letters are drawn on.
        height: of a capital letter [µm].
        dbu: database unit of the layout [µm].

    Raises:
        ValueError: no size within reach is clean, which no rule of a real line brings about.
    """
    generator = kdb.TextGenerator.default_generator()
    width, space = (round(limit / dbu) for limit in _limits(process, layer))
    capital = generator.text("H", dbu, 1.0).bbox().height() * dbu
    magnification = height / capital
    for _ in range(_STEPS):
        region = generator.text(text, dbu, magnification).merged()
        if region.width_check(width).is_empty() and region.space_check(space).is_empty():
            box = region.bbox()
            return region.moved(-box.left, -box.bottom)
        magnification *= 1.25
    raise ValueError(f"text_region: {text!r} on {layer}: no size up to {magnification:.0f} obeys width and space.")
