"""Every cell of every process: ports, grid, netlist, bytes, design rules. A new cell is tested the moment it exists."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gdsfactory as gf
import klayout.db as kdb
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lingnan.components.registry import Cell, Parameter, cells_of
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import Violation, check
from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.datasheet.leads import led_on
from lingnan.tapeout.streamout import canonical, write

PROCESSES = ("soi220", "tfln600")
PDKS = {name: build_pdk(name) for name in (*PROCESSES, "tfln400")}
CELLS = [(process, cell) for process in PROCESSES for cell in cells_of(PDKS[process]).values()]
SLOW = (
    "spiral",
    "spiral_sensor",
    "bend_chain",
    "mzm",
    "iq_modulator",
    "phase_shifter_gsg",
    "phase_modulator",
    "phase_shifter_series",
    "coupler_y",
    "coupler_z",
    "fmcw_engine",
)  # seconds of checking each
THIN = (  # what the 400 nm film has numbers of its own for
    "mmi1x2_y", "mmi1x2_z", "mmi2x2_y", "mmi2x2_z", "coupler_y", "coupler_z", "grating_coupler_y", "grating_coupler_z",
)  # fmt: skip
_SPLITTERS = ("mmi1x2", "mmi2x2", "mmi3x3", "ybranch", "coupler")
WORDS: dict[str, tuple[Any, ...]] = {  # what parameters in words accept
    "electrode": ("straight", "rail"),
    "drive": ("push_pull", "single"),
    "arms": ("straight", "exchanged"),
    "end": ("through", "open", "short"),
    "implant": ("N", "P", "NP", "PP", "NPP", "PPP"),
    "layer": ("M1", "M2", "HEATER"),
    "layers": (("M1", "M2"), ("HEATER", "M2"), ("TL", "M2"), ("HEATER", "M1", "M2")),
    "kind": ("open", "short", "through"),
    "polarization": ("te", "tm"),
    "detector": ("vertical", "lateral"),
    "dopant": ("n", "p"),
    "splitter": _SPLITTERS,
    "combiner": _SPLITTERS,
}
every_cell = pytest.mark.parametrize(
    ("process", "cell"), CELLS, ids=[f"{process}-{cell.name}" for process, cell in CELLS]
)
#: antennas of any distance: what warns of them has tests of its own
WIDE_APART = pytest.mark.filterwarnings("ignore:phased_array. a second beam")


def build(process: str, cell: Cell, **parameters: Any) -> gf.Component:
    PDKS[process].activate(force=True)
    return cell.function(**parameters)


def region(c: gf.Component, layer: tuple[int, int]) -> kdb.Region:
    return kdb.Region(c.kdb_cell.begin_shapes_rec(c.kcl.layout.layer(*layer))).merged()


def drawn(c: gf.Component) -> dict[str, kdb.Region]:
    layers = (c.kcl.layout.get_info(index) for index in c.kcl.layout.layer_indexes())
    regions = {str(layer): region(c, (layer.layer, layer.datatype)) for layer in layers}
    return {name: shapes for name, shapes in regions.items() if not shapes.is_empty()}


def placed(port: Any, dbu: float) -> kdb.ICplxTrans:
    """From a frame in which the port is at the origin and looks along x."""
    trans = port.dcplx_trans
    return kdb.ICplxTrans(1, trans.angle, False, round(trans.disp.x / dbu), round(trans.disp.y / dbu))


def errors(c: gf.Component) -> list[Violation]:
    report = check(*led_on(c, active_process()), active_process())
    assert sum(count.shapes for count in report.layers) > 0
    return [violation for violation in report.violations if violation.severity == "error"]


def told(violations: list[Violation]) -> str:
    return "\n".join(f"{one.rule} {one.value} {one.limit} {one.bbox} {one.message}" for one in violations)


@every_cell
def test_cell_says_what_it_is(process: str, cell: Cell) -> None:
    text = cell.function.__doc__ or ""
    assert cell.summary.endswith(".")
    assert "::" in text, "an ASCII drawing that names the ports"
    for parameter in cell.parameters:
        assert f"\n        {parameter.name}: " in text, f"Args: has no {parameter.name}"
    for port in build(process, cell).ports:
        assert str(port.name) in text, f"the drawing does not name {port.name}"


@every_cell
def test_ports_lie_on_the_grid_and_on_an_edge_of_what_they_touch(process: str, cell: Cell) -> None:
    c = build(process, cell)
    assert len(c.ports) > 0
    for port in c.ports:
        trans = port.dcplx_trans
        x, y = trans.disp.x / c.kcl.dbu, trans.disp.y / c.kcl.dbu
        assert math.isclose(x, round(x), abs_tol=1e-6), port
        assert math.isclose(y, round(y), abs_tol=1e-6), port
        assert trans.angle % 90 == 0, port
        if port.port_type not in ("optical", "electrical"):
            continue  # a fibre above the chip, or beyond the facet
        half = round(port.width / c.kcl.dbu) // 2
        place = placed(port, c.kcl.dbu)
        inside = kdb.Region(place * kdb.Box(-2, -half, 0, half))
        shapes = region(c, (port.layer_info.layer, port.layer_info.datatype))
        assert (inside - shapes).is_empty(), f"{port} is wider than what it touches"
        if port.port_type == "optical":
            face = kdb.Region(place * kdb.Box(-1, -half - 20, 0, half + 20)) & shapes
            assert (face - inside).is_empty(), f"{port} is narrower than its guide"
            beyond = kdb.Region(place * kdb.Box(0, -half, 20, half))
            assert (beyond & shapes).is_empty(), f"{port} does not face out"


@every_cell
def test_optical_ports_go_clockwise_from_the_south_west(process: str, cell: Cell) -> None:
    ports = [port for port in build(process, cell).ports if port.port_type == "optical"]
    names = [str(port.name) for port in ports]
    assert names == [f"o{number}" for number in range(1, len(names) + 1)]
    side = {180: 0, 90: 1, 0: 2, 270: 3}

    def along(port: Any) -> tuple[int, float]:
        x, y = port.center
        turn = side[round(port.orientation) % 360]
        return turn, (y, x, -y, -x)[turn]

    assert ports == sorted(ports, key=along)


@every_cell
def test_instances_stand_on_the_grid_unturned_but_for_quarters(process: str, cell: Cell) -> None:
    c = build(process, cell)
    for index in [c.kdb_cell.cell_index(), *c.kdb_cell.called_cells()]:
        for instance in c.kcl.layout.cell(index).each_inst():
            assert not instance.is_complex()


@every_cell
def test_netlist_round_trip(process: str, cell: Cell) -> None:
    c = build(process, cell)
    top = gf.Component()
    reference = top << c
    reference.name = "device"
    for port in reference.ports:
        top.add_port(str(port.name), port=port)
    netlist = yaml.safe_load(yaml.safe_dump(top.get_netlist(recursive=False)))
    netlist["name"] = f"again_{process}_{cell.name}"
    again = gf.read.from_yaml(yaml.safe_dump(netlist), label_instance_function=lambda **_: None)
    before, after = drawn(c), drawn(again)
    assert before.keys() == after.keys()
    assert all((before[name] ^ after[name]).is_empty() for name in before)
    assert {str(port.name) for port in again.ports} == {str(port.name) for port in c.ports}


@every_cell
def test_builds_twice_to_the_same_bytes(process: str, cell: Cell, tmp_path: Path) -> None:
    files: list[bytes] = []
    for number in range(2):
        c = build(process, cell)
        layout, _ = canonical(c.kcl.layout, c.kdb_cell)
        path = tmp_path / f"{number}.gds"
        write(layout, path)
        files.append(path.read_bytes())
        gf.clear_cache()
    assert files[0] == files[1]


@every_cell
def test_default_is_clean(process: str, cell: Cell) -> None:
    found = errors(build(process, cell))
    assert not found, told(found)


@pytest.mark.parametrize("name", THIN)
def test_default_is_clean_on_the_thinner_film(name: str) -> None:
    found = errors(build("tfln400", cells_of(PDKS["tfln400"])[name]))
    assert not found, told(found)


@pytest.mark.parametrize("name", ["straight", "bend_euler", "taper", "ring_single_y"])
def test_guides_of_the_o_band_are_clean(name: str) -> None:
    cell = cells_of(PDKS["tfln400"])[name]
    found = errors(build("tfln400", cell, cross_section="rib_o"))
    assert not found, told(found)


def _numbers(default: float | None) -> st.SearchStrategy[float]:
    around = 1.0 if default is None else default
    near = st.floats(math.log(0.3), math.log(3)).map(lambda power: round(around * math.exp(power), 4))
    odd = st.sampled_from([0.0, -1.0, 0.02, 0.1799, 1e-9, math.nan, math.inf, 1e12])
    return st.integers(0, 5).flatmap(lambda choice: odd if choice == 0 else near)


def _values(parameter: Parameter, process: str) -> st.SearchStrategy[Any]:
    default = parameter.default
    guides = [name for name, one in PDKS[process].cross_sections.items()]
    made: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "number": lambda: _numbers(default),
        "integer": lambda: st.integers(-1, default or 4),
        "flag": st.booleans,
        "text": lambda: st.sampled_from([default, default, *WORDS.get(parameter.name, ()), "nonsense"]),
        "numbers": lambda: st.tuples(*[_numbers(one) for one in default or (100.0,) * (parameter.count or 1)]),
        "texts": lambda: st.sampled_from([default, *WORDS.get(parameter.name, ()), ("nonsense",)]),
        "cross_section": lambda: st.sampled_from([default, default, *guides, "nonsense"]),
    }
    values = made[parameter.kind]()
    return st.just(default) | st.just(default) | (values | st.none() if parameter.optional else values)


def fuzz(process: str, cell: Cell, examples: int) -> None:
    strategy = st.fixed_dictionaries({one.name: _values(one, process) for one in cell.parameters})
    defaults = {one.name: one.default for one in cell.parameters}

    # no shrinking: each step draws and checks a layout, and the parameters as found say enough
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
    @given(parameters=strategy)
    def clean_or_refused(parameters: dict[str, Any]) -> None:
        if parameters == defaults:
            return  # the first that is drawn; `test_default_is_clean` has it
        try:
            c = build(process, cell, **parameters)
        except LingnanError:
            return
        found = errors(c)
        assert not found, told(found)

    clean_or_refused()


#: parameters that random search has found to give a dirty cell: steep walls of a slot's transition, a taper as steep
#: as it may be beside a body, a strip that its launch narrows below its rule, horns shorter than the slab beside a rib,
#: a heater over a wire, a ring of no radius
FOUND = [
    ("soi220", "slot", {"gap": 0.3963, "length_transition": 0.3963, "rail_width": 0.3963}),
    ("soi220", "slot", {"gap": 0.3963, "length_transition": 0.424, "rail_width": 0.3963}),
    ("tfln600", "mmi1x2_z", {"length_taper": 0.3648}),
    ("tfln600", "electrode_gsg", {"length": 1547.0914, "signal_width": 1.5471}),
    ("tfln600", "crossing", {"length": 0.5606, "width": 1.0}),
    ("soi220", "phase_shifter_meander", {"cross_section": "metal2"}),
    ("soi220", "ring_modulator_pn", {"radius": 0.0}),
]


@pytest.mark.parametrize(("process", "name", "parameters"), FOUND)
def test_what_was_dirty_once_is_clean_or_refused(process: str, name: str, parameters: dict[str, Any]) -> None:
    try:
        c = build(process, cells_of(PDKS[process])[name], **parameters)
    except LingnanError:
        return
    found = errors(c)
    assert not found, told(found)


@WIDE_APART
@every_cell
def test_any_parameters_give_a_clean_cell_or_a_refusal(process: str, cell: Cell) -> None:
    fuzz(process, cell, 2 if cell.name in SLOW else 5)


@pytest.mark.validate
@WIDE_APART
@every_cell
def test_many_parameters_give_a_clean_cell_or_a_refusal(process: str, cell: Cell) -> None:
    fuzz(process, cell, 100)
