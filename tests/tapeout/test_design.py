"""Reading a design: what its words mean, and one line with file, line and remedy for each mistake."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.design import PortRef, enumerate_names, read_design

GOOD = """\
chip:
  process: soi220
  name: demo
  size: [3000, 2000]
  fibre_arrays:
    west: {side: west, component: grating_coupler, count: 4}
  pad_rows:
    north: {side: north, component: pad, count: 6, centre: 100}
  measurements:
    rings: {devices: [ring1-2], measure: transmission, wavelength: [1.5, 1.6]}
instances:
  ring1: {component: ring_single, settings: {gap: 0.2}}
  ring2: {component: ring_single}
  grid: {component: straight, array: {columns: 3, rows: 2, column_pitch: 50, row_pitch: 20}}
placements:
  ring1: {x: 1200, y: 900}
  ring2: {x: "ring1,o2", y: 1000, dx: 30}
  grid: {x: 1200, y: 300}
routes:
  bus:
    links:
      west1-2,o1: ring1-2,o1
    settings: {radius: 12, waypoints: [[800, 900], [900, 900]]}
"""


@pytest.fixture
def refusal(tmp_path: Path):
    """Message for a design, with the file's name left away."""

    def message_of(text: str) -> str:
        path = tmp_path / "d.yaml"
        path.write_text(text)
        with pytest.raises(LingnanError) as error:
            read_design(path)
        message = str(error.value)
        assert message.startswith(f"{path}:")
        assert "\n" not in message
        return message.removeprefix(f"{path}:")

    return message_of


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the design"
    return GOOD.replace(old, new)


def test_a_design_as_it_is_meant(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(GOOD)
    design = read_design(tmp_path / "d.yaml")
    assert design.name == "demo"
    assert design.process.name == "soi220"
    assert list(design.instances) == [
        "ring1",
        "ring2",
        "grid",
        *(f"west{i}" for i in range(1, 5)),
        *(f"north{i}" for i in range(1, 7)),
    ]
    assert design.instances["ring1"].line == 12
    assert [str(link.start) for link in design.links] == ["west1,o1", "west2,o1"]
    assert [str(link.end) for link in design.links] == ["ring1,o1", "ring2,o1"]
    assert design.routes["bus"].settings == {"radius": 12, "waypoints": [(800, 900), (900, 900)]}
    assert design.placements["ring2"].x == PortRef("ring1", "o2")


def test_rows_stand_where_packaging_wants_them(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(GOOD)
    design = read_design(tmp_path / "d.yaml")
    pitch = design.process.number("packaging.fibre_pitch")
    ys = [design.placements[f"west{i}"].y for i in range(1, 5)]
    assert ys == [1000 + (i - 1.5) * pitch for i in range(4)]  # south to north, centred on the side
    assert {design.placements[f"west{i}"].x for i in range(1, 5)} == {
        design.process.number("packaging.grating_from_edge")
    }
    assert {design.placements[f"west{i}"].facing for i in range(1, 5)} == {0.0}
    xs = [design.placements[f"north{i}"].x for i in range(1, 7)]
    assert sum(xs) / 6 == 1600
    assert {design.placements[f"north{i}"].ymax for i in range(1, 7)} == {
        2000 - design.process.number("packaging.pad_from_edge")
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("process: soi220", "process: soi22", 2, "Did you mean soi220"),
        ("process: soi220", "process: [soi220]", 2, "is not a word"),
        ("  size: [3000, 2000]\n", "", 2, "size is missing. Give it, e.g. size: [5000, 5000]"),
        ("size: [3000, 2000]", "size: [3000]", 4, "is not a list of 2 numbers"),
        ("size: [3000, 2000]", "size: [3000, wide]", 4, "'wide' is not a number"),
        ("size: [3000, 2000]", "size: [3000, .nan]", 4, "outside its limits"),
        ("size: [3000, 2000]", "size: [3000, 9e9]", 4, "outside its limits, 500 to 50000"),
        ("size: [3000, 2000]", "size: die_tiny", 4, "Did you mean"),
        ("name: demo", "name: 2 rings/../x", 3, "is not a name"),
        ("  size:", "  sise: 3\n  size:", 4, "unknown key 'sise' in chip. Did you mean size?"),
        ("instances:", "instance: {}\ninstances:", 11, "unknown key 'instance'. Did you mean instances"),
        ("component: straight,", "", 14, "component is missing"),
        ("component: straight,", "component: straight, setting: {},", 14, "unknown key 'setting'"),
        ("columns: 3", "columns: 3.5", 14, "is not a whole number"),
        ("columns: 3", "columns: 100000", 14, "outside its limits, 1 to 1000"),
        ("grid: {component", "gr id: {component", 14, "has other characters"),
        ("  ring1: {x: 1200, y: 900}\n", "", 12, "ring1 has neither a placement nor a connection"),
        ("  ring1: {x: 1200, y: 900}", "  ringg1: {x: 1200, y: 900}", 16, "Did you mean ring1"),
        ("ring1: {x: 1200", "ring1: {x: 12oo", 16, "'12oo' is not a port"),
        ("ring1: {x: 1200", "ring1: {x: [1200]", 16, "is not a number"),
        ("ring1: {x: 1200", "ring1: {x: 1200, xmin: 3", 16, "xmin is given beside x"),
        ("ring1: {x: 1200", "ring1: {rotate: 90, x: 1200", 16, "Did you mean rotation"),
        ("ring1,o2", "rong1,o2", 17, "there is no instance 'rong1'"),
        ("west1-2,o1: ring1-2,o1", "west1-3,o1: ring1-2,o1", 22, "3 ports on the left, 2 on the right"),
        ("west1-2,o1: ring1-2,o1", "west1-99999,o1: ring1-2,o1", 22, "the limit is 2000"),
        ("west1-2,o1: ring1-2,o1", "west1-2,o1: grid,o1", 22, "2 ports on the left, 1 on the right"),
        ("west1-2,o1: ring1-2,o1", "west1,o1: grid,o1", 22, "grid is an array. Write grid<i.j>,o1"),
        ("west1-2,o1: ring1-2,o1", "west1,o1: grid<3.0>,o1", 22, "outside the array of 3 by 2"),
        ("west1-2,o1: ring1-2,o1", "west1,o1: ring1<0.0>,o1", 22, "ring1 is not an array"),
        ("west1-2,o1: ring1-2,o1", "west1,o1: ring1,o1\n      west2,o1: ring1,o1", 23, "is linked already in line 22"),
        ("west1-2,o1: ring1-2,o1", "west1,o1: west1,o1", 22, "is linked to itself"),
        ("west1-2,o1: ring1-2,o1", "west1,o1: 17", 22, "is not a port"),
        ("      west1-2,o1: ring1-2,o1\n", "      {}\n", 21, "is empty"),
        ("{radius: 12,", "{radios: 12,", 23, "unknown key 'radios' in routes.bus.settings. Did you mean radius"),
        ("{radius: 12,", "{radius: -1,", 23, "outside its limits"),
        ("{radius: 12,", "{radius: wide,", 23, "is not a number"),
        ("waypoints: [[800, 900], [900, 900]]", "waypoints: 7", 23, "is not a list of 1 to 1000 points"),
        ("waypoints: [[800, 900], [900, 900]]", "waypoints: [[800, 900, 1]]", 23, "which is not a point"),
        ("waypoints: [[800, 900], [900, 900]]", "steps: [{z: 3}]", 23, "unknown key 'z'"),
        ("settings: {radius", "setings: {radius", 23, "unknown key 'setings'"),
        ("{side: west,", "{side: left,", 6, "'left' is not one of north, east, south, west"),
        ("count: 4", "count: 40", 6, "packaging.fibres_per_side_max"),
        ("count: 4", "count: 19", 6, "does not fit on the west side of 2000"),
        ("north: {side", "ring: {side", 8, "ring1 is an instance already (line 12)"),
        ("wavelength: [1.5, 1.6]", "wavelength: [1.6, 1.5]", 10, "runs backwards"),
        ("wavelength: [1.5, 1.6]", "wavelength: [1500, 1600]", 10, "outside its limits"),
        ("  ring2: {component: ring_single}", "  ring1: {component: ring_single}", 13, "key 'ring1' is given twice"),
    ],
)  # fmt: skip
def test_mistakes_are_answered_with_line_and_remedy(refusal, old: str, new: str, line: int, words: str) -> None:
    message = refusal(changed(old, new))
    assert message.startswith(f"{line}:"), message
    assert words in message


def test_no_chip_and_no_instances(refusal) -> None:
    assert refusal("instances: {}\n").startswith("1: chip is missing")
    assert "there are no instances" in refusal("chip: {process: soi220, name: a, size: [900, 900]}\n")


@given(st.integers(0, 99), st.integers(0, 99))
def test_ranges_count_both_ways(first: int, last: int) -> None:
    step = 1 if last >= first else -1
    expected = [f"pad{i},e1" for i in range(first, last + step, step)]
    assert enumerate_names(f"pad{first}-{last},e1", "d") == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["chip", "instances", "placements", "routes", "connections", "nets", "ports"]), values)
def test_a_section_of_anything_is_read_or_refused_in_one_line(tmp_path_factory, section: str, value: object) -> None:
    path = tmp_path_factory.mktemp("d") / "d.yaml"
    kept, skip = [], False
    for line in GOOD.splitlines():
        if not line.startswith(" "):
            skip = line.startswith(f"{section}:")
        if not skip:
            kept.append(line)
    path.write_text("\n".join([f"{section}: {json.dumps(value)}", *kept]) + "\n")
    try:
        read_design(path)
    except LingnanError as error:
        assert str(error).startswith(f"{path}:")  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
