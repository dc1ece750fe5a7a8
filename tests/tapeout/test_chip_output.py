"""Results appear whole or not at all, and their bytes depend on the shapes alone."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import klayout.db as kdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.cli import main
from lingnan.tapeout.output import whole_folder
from lingnan.tapeout.ownership import LIST, remove_own
from lingnan.tapeout.streamout import canonical, write


def test_a_folder_takes_its_place_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "chip"
    with whole_folder(target, "chip") as part:
        (part / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    with whole_folder(target, "chip") as part:
        (part / "b").write_text("2")
    assert sorted(path.name for path in target.iterdir()) == [LIST, "b"]
    assert [path.name for path in target.parent.iterdir()] == ["chip"]


def begin_and_fail(target: Path, error: type[BaseException]) -> None:
    with whole_folder(target, "chip") as part:
        (part / "a").write_text("1")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_everything_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "deep" / "er" / "chip"
    with pytest.raises(error):
        begin_and_fail(target, error)
    assert list(tmp_path.iterdir()) == []
    with whole_folder(target, "chip") as part:
        (part / "old").write_text("0")
    with pytest.raises(error):
        begin_and_fail(target, error)
    assert [path.name for path in target.parent.iterdir()] == ["chip"]
    assert (target / "old").read_text() == "0"


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LingnanError, match="is a file, not a folder"), whole_folder(tmp_path / "file", "chip"):
        pass
    with pytest.raises(LingnanError, match="cannot be written"), whole_folder(tmp_path / "file" / "chip", "chip"):
        pass
    with pytest.raises(LingnanError, match="cannot be written"), whole_folder(Path("/proc/lingnan/chip"), "chip"):
        pass  # root may write anywhere else


def test_ctrl_c_between_the_two_renames_waits(tmp_path: Path) -> None:
    """A process that is killed politely at the worst moment leaves the new folder or the old one, never neither."""
    script = f"""
import os, signal
from pathlib import Path
from lingnan.tapeout.cli import main
from lingnan.tapeout.output import whole_folder
from lingnan.tapeout.ownership import LIST, remove_own
target = Path({str(tmp_path / "chip")!r})
target.mkdir()
real = Path.rename
def slow(self, other):
    done = real(self, other)
    os.kill(os.getpid(), signal.SIGINT)
    return done
Path.rename = slow
with whole_folder(target, "chip") as part:
    (part / "new").write_text("1")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGINT or "KeyboardInterrupt" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["chip"]
    assert (tmp_path / "chip" / "new").exists()


def results(target: Path, command: str = "chip") -> None:
    with whole_folder(target, command) as part:
        (part / "deep").mkdir()
        (part / "deep" / "a.gds").write_text("ours")
        (part / "report.html").write_text("ours")


def a_file(target: Path) -> None:
    (target / "deep" / "thesis.html").write_text("years of work")


def a_link(target: Path) -> None:
    (target / "link").symlink_to(target.parent)


def an_edit(target: Path) -> None:
    (target / "deep" / "a.gds").write_text("hours in KLayout")


def a_list_of_his_own(target: Path) -> None:
    (target / LIST).write_text("[]")


@pytest.mark.parametrize(
    ("touch", "words"),
    [
        (a_file, "also holds deep/thesis.html, which lingnan did not write"),
        (a_link, "also holds link, which"),
        (an_edit, "deep/a.gds in .* was changed since lingnan wrote it"),
        (a_list_of_his_own, f"holds deep/a.gds and 1 more but no {LIST}"),
    ],
)
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_nothing_of_the_users_goes_with_old_results(
    touch: Callable[[Path], None], words: str, when: str, tmp_path: Path
) -> None:
    target = tmp_path / "chip"
    results(target)
    if when == "before":
        touch(target)

    def again() -> None:
        with whole_folder(target, "chip") as part:
            assert when == "meanwhile", "refused before anything is computed"
            (part / "new").write_text("")
            touch(target)

    with pytest.raises(LingnanError, match=words):
        again()
    assert not (target / "new").exists()
    assert len(list(target.rglob("*"))) == 4 + (touch in (a_file, a_link))
    assert [path.name for path in tmp_path.iterdir()] == ["chip"]


def test_results_of_one_command_are_not_replaced_by_another(tmp_path: Path) -> None:
    results(tmp_path / "chip")
    with pytest.raises(LingnanError, match="is what `lingnan chip` wrote"), whole_folder(tmp_path / "chip", "drc"):
        pass


def test_results_behind_a_link_are_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "chip").symlink_to(tmp_path / "disk")
    results(tmp_path / "chip")
    (tmp_path / "disk" / "report.html").unlink()  # what is gone was ours to lose
    results(tmp_path / "chip")
    assert (tmp_path / "chip").is_symlink()
    assert (tmp_path / "disk" / "report.html").read_text() == "ours"


def test_what_comes_at_the_last_moment_is_not_removed(tmp_path: Path) -> None:
    results(tmp_path / "chip")
    a_file(tmp_path / "chip")
    remove_own(tmp_path / "chip")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "chip" / "deep" / "thesis.html"]


def test_a_list_that_names_what_lies_elsewhere_removes_nothing_there(tmp_path: Path) -> None:
    results(tmp_path / "chip")
    (tmp_path / "thesis.html").write_text("years of work")
    told = json.loads((tmp_path / "chip" / LIST).read_text())
    told["files"] |= {"../thesis.html": "", str(tmp_path / "thesis.html"): ""}
    (tmp_path / "chip" / LIST).write_text(json.dumps(told))
    results(tmp_path / "chip")
    assert (tmp_path / "thesis.html").exists()


boxes = st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 9), st.integers(1, 9))


@st.composite
def trees(draw: st.DrawFn) -> list[dict]:
    """Cells, leaves first: name, shapes by layer, instances of earlier cells."""
    count = draw(st.integers(1, 6))
    return [
        {
            "name": draw(st.sampled_from(["straight", "bend", "ring"])),
            "shapes": draw(st.lists(st.tuples(st.integers(1, 3), boxes), max_size=4)),
            "children": draw(
                st.lists(st.tuples(st.integers(0, index - 1), st.integers(0, 7), st.integers(-99, 99)), max_size=3)
            )
            if index
            else [],
        }
        for index in range(count)
    ]


def layout_of(tree: list[dict], order: random.Random) -> tuple[kdb.Layout, kdb.Cell]:
    """The same chip as another process would have made it: cells, layers and shapes in another order."""
    layout = kdb.Layout()
    numbers = [1, 2, 3]
    order.shuffle(numbers)
    layers = {number: layout.layer(number, 0) for number in numbers}
    for _ in range(order.randrange(3)):
        layout.create_cell("straight")  # takes the name away, as another design in the same process does
    creation = list(range(len(tree)))
    order.shuffle(creation)
    cells: dict[int, kdb.Cell] = {index: layout.create_cell(tree[index]["name"]) for index in creation}
    top = layout.create_cell("chip")
    for index in creation:
        shapes = list(tree[index]["shapes"])
        order.shuffle(shapes)
        for number, (x, y, width, height) in shapes:
            cells[index].shapes(layers[number]).insert(kdb.Box(x, y, x + width, y + height))
        children = list(tree[index]["children"])
        order.shuffle(children)
        for child, turn, x in children:
            place = kdb.Trans(turn % 4, turn > 3, x, 0)
            cells[index].insert(kdb.CellInstArray(cells[child].cell_index(), place))
    for index in creation:
        top.insert(kdb.CellInstArray(cells[index].cell_index(), kdb.Trans(1000 * index, 0)))
    return layout, top


@given(trees(), st.integers(0, 2**32))
def test_bytes_do_not_remember_how_a_chip_was_made(tmp_path_factory: pytest.TempPathFactory, tree, seed) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    layouts = []
    for index in range(2):
        layout, top = canonical(*layout_of(tree, random.Random(seed + index)))
        for ending in ("gds", "oas"):
            write(layout, folder / f"{index}.{ending}")
        layouts.append((layout, top))
    for ending in ("gds", "oas"):
        assert (folder / f"0.{ending}").read_bytes() == (folder / f"1.{ending}").read_bytes()
    original, top = layout_of(tree, random.Random(seed))
    for number in (1, 2, 3):  # and the chip is still the chip
        flat = [
            kdb.Region(cell.begin_shapes_rec(layout.layer(number, 0))) for layout, cell in ((original, top), layouts[0])
        ]
        assert (flat[0] ^ flat[1]).is_empty()


def test_a_gds_without_dates(tmp_path: Path) -> None:
    layout = kdb.Layout()
    layout.create_cell("chip").shapes(layout.layer(1, 0)).insert(kdb.Box(0, 0, 10, 10))
    write(layout, tmp_path / "a.gds")
    raw = (tmp_path / "a.gds").read_bytes()
    for record in (b"\x00\x1c\x01\x02", b"\x00\x1c\x05\x02"):  # BGNLIB and BGNSTR carry two dates of six words
        start = raw.index(record) + 4
        assert raw[start : start + 24] == bytes(24)
    assert os.path.getsize(tmp_path / "a.gds") < 300


@pytest.mark.parametrize("command", ["drc", "lvs", "datasheet", "klayout"])
def test_a_folder_of_something_else_is_never_replaced(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Results replace a folder as a whole: whoever names his own folder keeps what lies in it."""
    layout = kdb.Layout()
    layout.create_cell("top").shapes(layout.layer(1, 0)).insert(kdb.Box(0, 0, 10_000, 450))
    layout.write(str(tmp_path / "chip.gds"))
    words = {
        "drc": ["drc", str(tmp_path / "chip.gds"), "--process", "soi220"],
        "lvs": ["lvs", str(tmp_path / "chip.gds"), str(tmp_path / "chip.yaml")],
        "datasheet": ["datasheet", "--all", "--process", "soi220"],
        "klayout": ["klayout", "export", "--process", "soi220", "--no-cells"],
    }[command]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    assert main([*words, "--out", str(mine)]) == 2
    error = capsys.readouterr().err
    assert f"holds thesis.tex but no {LIST}" in error
    assert error.count("\n") == 1
    assert [path.name for path in mine.iterdir()] == ["thesis.tex"]


def test_a_folder_of_results_is_replaced(tmp_path: Path) -> None:
    layout = kdb.Layout()
    layout.create_cell("top").shapes(layout.layer(1, 0)).insert(kdb.Box(0, 0, 10_000, 100))
    layout.write(str(tmp_path / "chip.gds"))
    words = ["drc", str(tmp_path / "chip.gds"), "--process", "soi220", "--no-cache", "--out", str(tmp_path / "drc")]
    assert main([*words, "--pictures", "1"]) == 1
    assert list((tmp_path / "drc").glob("001_*.png"))
    assert main(words) == 1
    assert not list((tmp_path / "drc").glob("*.png")), "a picture of a fault that is no longer shown"


def test_arrays_outlive_the_layout_that_they_were_copied_from() -> None:
    source = kdb.Layout()
    square, top = source.create_cell("square"), source.create_cell("top")
    square.shapes(source.layer(1, 0)).insert(kdb.Box(0, 0, 10, 10))
    right, up = kdb.Vector(20, 0), kdb.Vector(0, 30)
    index = square.cell_index()
    top.insert(kdb.CellInstArray(index, kdb.Trans.R0, right, kdb.Vector(), 3, 1))
    top.insert(kdb.CellInstArray(index, kdb.Trans(1, True, 0, 1000), right, up, 3, 2))
    drawn = sorted(str(one.cell_inst.dup()).partition(" ")[2] for one in top.each_inst())
    between = kdb.Layout()
    whole = between.create_cell("top")
    whole.copy_tree(top)  # puts arrays into a store of the layout's
    copy, copied = canonical(between, whole)
    between._destroy()  # as its last reference does
    others = [kdb.Layout() for _ in range(100)]  # into the memory that it had
    for other in others:
        a, b = other.create_cell("a"), other.create_cell("b")
        a.insert(kdb.CellInstArray(b.cell_index(), kdb.Trans.R0, up, up, 7, 7))
    assert sorted(str(one.cell_inst).partition(" ")[2] for one in copied.each_inst()) == drawn
    assert kdb.Region(copied.begin_shapes_rec(copy.layer(1, 0))).count() == 3 + 6
