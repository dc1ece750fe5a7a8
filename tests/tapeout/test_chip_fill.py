"""Fill keeps its distances, densities are areas, and the frame obeys the rules of its layers."""

import klayout.db as kdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingnan.pdk.process import load_process
from lingnan.tapeout.canvas import Canvas
from lingnan.tapeout.fill import add_fill, densities
from lingnan.tapeout.label import text_region

PROCESS = load_process("soi220")
DIE = kdb.DBox(0, 0, 600, 500)
polygons = st.builds(
    lambda x, y, radius, corners: kdb.DPolygon.ellipse(
        kdb.DBox(x - radius, y - radius, x + radius, y + radius), corners
    ),
    st.floats(0, 600),
    st.floats(0, 500),
    st.floats(0.3, 60),
    st.integers(4, 40),
)
drawn = st.lists(st.tuples(st.sampled_from(["WG", "M1", "M2", "OXOPEN", "PADOPEN", "NOFILL"]), polygons), max_size=6)


def canvas_of(shapes: list[tuple[str, kdb.DPolygon]]) -> Canvas:
    layout = kdb.Layout()
    canvas = Canvas(layout, layout.create_cell("chip"), PROCESS)
    for name, polygon in shapes:
        canvas.top.shapes(canvas.index(name)).insert(polygon)
    return canvas


@settings(max_examples=20)
@given(drawn)
def test_fill_keeps_every_distance_and_stays_inside(shapes: list[tuple[str, kdb.DPolygon]]) -> None:
    canvas = canvas_of(shapes)
    before = {name: canvas.region(name) for name in PROCESS.layers}
    keep = kdb.DBox(100, 100, 160, 160)
    add_fill(canvas, DIE, (), [keep], kdb.Region())
    for name in PROCESS.data["fill"]:
        fill = canvas.region(name) - before[name]
        assert (fill - kdb.Region(DIE.to_itype(0.001))).is_empty()
        assert (fill & kdb.Region(keep.to_itype(0.001))).is_empty()
        for index, entry in enumerate(PROCESS.data["fill"][name]["avoid"]):
            distance = PROCESS.number(f"fill.{name}.avoid.{index}.distance")
            near = kdb.Region()
            for part in entry["layers"].split("|"):
                near += before[part.strip()]
            assert (fill & near).is_empty(), entry
            if distance:
                assert (
                    near.merged().separation_check(fill, canvas.dbu(distance), metrics=kdb.Metrics.Euclidian).is_empty()
                )


def test_an_empty_die_is_filled_to_its_raster() -> None:
    canvas = canvas_of([])
    filled = {one.layer: one for one in add_fill(canvas, DIE, (), [], kdb.Region())}
    for name, one in filled.items():
        size = PROCESS.number(f"fill.{name}.size")
        pitch = size + PROCESS.number(f"fill.{name}.space")
        assert one.squares == int((600 - size) // pitch + 1) * int((500 - size) // pitch + 1)
        assert one.area == pytest.approx(one.squares * size**2)
        assert canvas.region(name).area() * 1e-6 == pytest.approx(one.area)


@settings(max_examples=20)
@given(drawn)
def test_density_is_area_over_window(shapes: list[tuple[str, kdb.DPolygon]]) -> None:
    canvas = canvas_of(shapes)
    die = kdb.DBox(0, 0, 600, 500)  # windows of 500 begin at x = 0 and 100
    found = {one.rule: one for one in densities(canvas, die)}
    for rule in ("DENS.M1", "DENS.WG"):
        layer = PROCESS.rule(rule).layer
        windows = [kdb.Box(x, 0, x + 500_000, 500_000) for x in (0, 100_000)]
        around = round(float(PROCESS.rule(rule).options["around"]) / 0.001)
        out = canvas.region(str(PROCESS.rule(rule).options["outside"])).merged().sized(around)
        shares = [(canvas.region(layer, window) - out).area() / (kdb.Region(window) - out).area() for window in windows]
        assert found[rule].windows == 2
        # cutting and merging slanted edges rounds to the grid: 1 nm along some 100 µm of 0.25 mm²
        assert found[rule].least == pytest.approx(min(shares), abs=1e-6)
        assert found[rule].most == pytest.approx(max(shares), abs=1e-6)


@given(st.text("ABCXYZ0123456789_.- ", min_size=1, max_size=20), st.sampled_from(["M1", "M2", "WG"]), st.floats(1, 80))
def test_letters_obey_width_and_space(text: str, layer: str, height: float) -> None:
    letters = text_region(text, PROCESS, layer, height, 0.001)
    limits = {rule.kind: rule.limit.value for rule in PROCESS.rules.values() if rule.layer == layer and rule.limit}
    assert letters.width_check(round(limits["width"] / 0.001)).is_empty()
    assert letters.space_check(round(limits["space"] / 0.001)).is_empty()
    if letters.bbox().height():
        assert (letters.bbox().left, letters.bbox().bottom) == (0, 0)
