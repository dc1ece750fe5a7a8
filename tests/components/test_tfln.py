"""Lithium niobate cells: what the crystal, the electrodes and the rules ask of them."""

import gdsfactory as gf
import klayout.db as kdb
import pytest

from lingnan.components import tfln
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError


@pytest.fixture(autouse=True, params=["tfln600", "tfln400"])
def film(request: pytest.FixtureRequest) -> str:
    build_pdk(request.param).activate(force=True)
    return str(request.param)


def region(c: object, layer: str) -> kdb.Region:
    cell = c.kdb_cell  # type: ignore[attr-defined]
    index = cell.layout().layer(*active_process().layer(layer).gds)
    return kdb.Region(cell.begin_shapes_rec(index)).merged()


PAIRS = ("mmi1x2", "mmi2x2", "coupler", "ring_single", "ring_double", "edge_coupler", "grating_coupler")


@pytest.mark.parametrize("name", PAIRS)
def test_cells_for_light_along_z_are_turned_by_a_quarter(name: str) -> None:
    along_y, along_z = tfln.cells[f"{name}_y"](), tfln.cells[f"{name}_z"]()
    turn = {str(port.name): port.orientation for port in along_y.ports}
    for port in along_z.ports:
        assert (turn[str(port.name)] - port.orientation) % 360 == 90
    assert f"{name}_z" in along_z.name  # rule CROSS.DIR reads the name of the cell


def test_what_counts_wavelengths_differs_by_direction(film: str) -> None:
    """TE along z sees n_o, so that an MMI's beat is shorter: 0.90 of that along y, by the mode solver (10 %)."""
    for name in ("mmi1x2", "mmi2x2"):
        ratio = tfln.cells[f"{name}_z"]().info["length_mmi_um"] / tfln.cells[f"{name}_y"]().info["length_mmi_um"]
        assert ratio == pytest.approx(0.90, abs=0.01)
    along_y, along_z = tfln.grating_coupler_y(), tfln.grating_coupler_z()
    assert along_z.info["period_um"] < along_y.info["period_um"]
    assert along_z.info["n_eff_grating"] - along_y.info["n_eff_grating"] == pytest.approx(0.065, abs=0.01)  # n_o - n_e


@pytest.mark.parametrize("electrode", ["straight", "rail"])
def test_ribs_run_in_the_middle_of_the_gaps_along_x(electrode: str) -> None:
    c = tfln.phase_shifter_gsg(length=200.0, electrode=electrode)
    process = active_process()
    ribs, metal = region(c, "LN_RIB"), region(c, "TL")
    assert (ribs & metal).is_empty()
    middle = c.dbbox().center().x
    window = kdb.Region(kdb.DBox(middle - 60, -1000, middle + 60, 1000).to_itype(c.kcl.dbu))
    strips = sorted((piece.bbox().to_dtype(c.kcl.dbu) for piece in (ribs & window).each()), key=lambda box: box.bottom)
    assert len(strips) == 2
    arm = process.cross_sections["rib_modulator"].width.value
    for box in strips:
        assert box.height() == pytest.approx(arm)  # no slope: along crystal y to the grid
    gap = process.number("cells.modulator_gap")
    assert c.info["metal_distance_um"] == pytest.approx((gap - arm) / 2)
    for box in strips:
        for distance, free in (((gap - arm) / 2 - 0.001, True), ((gap - arm) / 2 + 0.001, False)):
            grown = kdb.Region(box.enlarged(-1, distance).to_itype(c.kcl.dbu))
            assert (grown & metal).is_empty() is free


def test_the_three_conductors_are_three(film: str) -> None:
    for end, nets in (("through", 3), ("open", 3), ("short", 1)):
        c = tfln.electrode_gsg(length=100.0, end=end, electrode="rail")
        assert region(c, "TL").count() == nets
        assert len([port for port in c.ports if port.port_type == "electrical"]) == (6 if end == "through" else 3)


def test_arms_of_the_modulator_differ_by_what_was_asked(film: str) -> None:
    """Lengths of the instances on the two ways from splitter to electrode; equal bends, unequal legs."""
    c = tfln.mzm(length=200.0, delta_length=100.0, length_heater=300.0)
    above = below = 0.0
    shifter = next(one for one in c.insts if one.cell.name.startswith("phase_shifter_gsg"))
    for one in c.insts:
        kind = str(one.cell.name)
        if kind.startswith(("mmi", "phase_shifter_gsg")) or one.dbbox().left > shifter.dbbox().left:
            continue
        length = float(one.cell.info["length_um"])
        above, below = (above + length, below) if one.dbbox().center().y > 0 else (above, below + length)
    assert above - below == pytest.approx(100.0, abs=1e-6)


def test_both_outputs_of_the_modulator_are_connected(film: str) -> None:
    for outputs in (1, 2):
        c = tfln.mzm(length=200.0, outputs=outputs)
        guides = region(c, "LN_RIB")
        assert guides.count() == 1  # splitter, both arms and combiner are one piece of film: nothing is left open
        assert len([port for port in c.ports if port.port_type == "optical"]) == 1 + outputs


def test_an_edge_coupler_stands_in_a_clear_box_and_its_rib_on_its_slab(film: str) -> None:
    c = tfln.edge_coupler_y()
    rib, slab, clear = region(c, "LN_RIB"), region(c, "LN_SLAB"), region(c, "SLAB_CLEAR")
    assert (slab - clear).is_empty()
    assert (rib - slab).is_empty()
    assert clear.bbox().height() * c.kcl.dbu >= active_process().limit("SLAB_CLEAR")
    assert slab.bbox().left == c.ports["o2"].to_itype().trans.disp.x


def test_a_guide_leaves_an_edge_coupler_without_a_step_in_its_slab(film: str) -> None:
    """A step would reflect, and lies too near to the rib that follows for the recommended rule."""
    c = gf.Component()
    coupler = c << tfln.edge_coupler_y()
    guide = c << tfln.straight(length=50.0)
    guide.connect("o1", coupler, "o1")
    slab = region(c, "LN_SLAB")
    x = coupler.ports["o1"].to_itype().trans.disp.x
    ends = [kdb.Region(kdb.Box(x + side, -50_000, x + side + 1, 50_000)) & slab for side in (-1, 0)]
    assert abs(ends[0].bbox().height() - ends[1].bbox().height()) <= 2  # a slope of 1/60 over one grid step
    report = check(c.kcl.layout, c.kdb_cell, active_process())
    assert [one for one in report.violations if one.rule.startswith("SLAB.E.RIB")] == []


def test_teeth_keep_their_rules_at_the_rim(film: str) -> None:
    teeth = region(tfln.grating_coupler_y(), "LN_RIB_PERIODIC")
    assert teeth.count() == active_process().number("cells.grating_periods")
    step = 0.002  # two grid steps: chords of both edges
    corners = (False, kdb.Region.Euclidian, 80.0)  # edges at more than this to each other make a corner, not a width
    for rule, look in (("RIBP.S", teeth.space_check), ("RIBP.W", teeth.width_check)):
        found = look(round((active_process().limit(rule) - step) / 0.001), *corners)
        assert found.is_empty(), rule


REFUSED = {
    "gap below its rule": (lambda: tfln.coupler_y(gap=0.2), r"coupler_y: gap = 0\.2 .*rule RIB\.S"),
    "bend below its minimum": (lambda: tfln.bend_euler(radius=60.0), r"radius = 60 .*limit of 50 µm"),
    "narrow tip": (lambda: tfln.edge_coupler_y(tip_width=0.2), r"tip_width = 0\.2 .*rule SLAB\.W"),
    "metal on the rib": (lambda: tfln.phase_shifter_gsg(gap=3.0), r"gap = 3 .*TL\.S\.RIB"),
    "thin heater": (lambda: tfln.phase_shifter_heater(width_heater=0.5), r"width_heater = 0\.5 .*rule HT\.W"),
    "grating gap": (lambda: tfln.grating_coupler_z(fill=0.7), r"period x \(1 - fill\) = .*rule RIBP\.S"),
    "unknown electrode": (lambda: tfln.mzm(electrode="comb"), "electrode = 'comb' is neither straight nor rail"),
    "via too small": (lambda: tfln.via_stack(size=(15.0, 15.0)), r"size = 15 .*limit of 17"),
    "short heater for its pads": (lambda: tfln.mzm(length_heater=100.0), r"length_heater = 100 .*PAD\.S"),
    "not a number": (lambda: tfln.phase_shifter_gsg(length=float("nan")), "length = nan is not a finite number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_parameter_limit_and_rule(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(LingnanError, match=message):
        make()
