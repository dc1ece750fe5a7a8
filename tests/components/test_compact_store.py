"""What is kept of slow solves is not lost, whoever writes at the same time; models have their cells' signatures."""

import inspect
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lingnan import __version__
from lingnan.components.compact import origins, store
from lingnan.components.compact.asked import model_of

WRITER = """
import sys
import textwrap
from pathlib import Path
from lingnan import __version__
from lingnan.components.compact import store
for number in range(40):
    store.write("line", {f"{sys.argv[2]} {number}": {"version": "1", "error": 0.1}}, folder=Path(sys.argv[1]))
"""


def test_writers_at_the_same_time_lose_nothing(tmp_path):
    """Two processes that write forty entries each."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in ("one", "two")]
    assert [writer.wait() for writer in writers] == [0, 0]
    kept = json.loads((tmp_path / "line.json").read_text(encoding="utf-8"))
    assert set(kept) == {f"{name} {number}" for name in ("one", "two") for number in range(40)}
    assert {file.name for file in tmp_path.iterdir()} == {"line.json", ".line.lock"}


def test_an_entry_written_elsewhere_is_seen(tmp_path):
    """What this process has read is not what it writes back."""
    store.write("line", {"mine": {"error": 0.1}}, folder=tmp_path)
    with_theirs = {**json.loads((tmp_path / "line.json").read_text(encoding="utf-8")), "theirs": {"error": 0.2}}
    (tmp_path / "line.json").write_text(json.dumps(with_theirs), encoding="utf-8")
    store.write("line", {"more": {"error": 0.3}}, folder=tmp_path)
    assert set(json.loads((tmp_path / "line.json").read_text(encoding="utf-8"))) == {"mine", "theirs", "more"}


def test_who_waits_is_told_what_is_solved(tmp_path):
    told: list[str] = []
    with store.keeping(tmp_path, say=told.append):
        for _ in range(2):
            entry = store.recalled("line", "device mmi 0af3", lambda: {"version": __version__, "error": 0.1})
    assert entry["error"] == 0.1
    assert told == ["device mmi of process line is not kept; it is solved now, which takes minutes"]


def test_who_names_no_folder_is_told_on_stderr(capsys):
    store.recalled("line", "device mmi 0af3", lambda: {"version": __version__, "error": 0.1})
    said = capsys.readouterr().err
    assert said.startswith("lingnan: device mmi of process line is not kept; it is solved now, which takes minutes")
    assert "lost with this session" in said


@pytest.mark.validate  # what it asks for takes ten minutes, and sources change on the way to a change
@pytest.mark.parametrize("kind", origins.KINDS)
def test_what_is_kept_was_held_against_the_solvers_as_they_are(kind: str):
    """After a change of a solver somebody has looked whether what is kept is still what it says."""
    changed = origins.changed(kind)
    assert not changed, (
        f"these sources behind what is kept as {kind!r} are not what they were when it was last confirmed: "
        f"{', '.join(changed)}. Run `python -m lingnan.components.compact.confirm`: it solves some entries anew and "
        "writes the sources down where they agree; where they do not, raise the version in kept/solvers.json and "
        "rebuild."
    )


def test_an_entry_of_another_solver_is_solved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def solved() -> dict[str, float | str]:
        times.append(1)
        return {"version": __version__, "error": 0.1}

    times: list[int] = []
    table = tmp_path / "solvers.json"
    monkeypatch.setattr(origins, "FILE", table)
    for versions, count in (
        ({}, 1),  # none is written down: the first
        ({"device": {"version": 1}}, 1),
        ({"device": {"version": 2}}, 2),
        ({"device": {"version": 3}, "device mmi": {"version": 2}}, 2),  # the longest beginning counts
        ({"device": {"version": 2}, "device mmi": {"version": 3}}, 3),
    ):
        table.write_text(json.dumps(versions))
        origins.table.cache_clear()
        with store.keeping(tmp_path):
            assert "solver" not in store.recalled("line", "device mmi 0af3", solved)
        assert len(times) == count
    origins.table.cache_clear()


def test_words_about_a_source_do_not_change_its_digest():
    plain = 'def f(x: float) -> str:\n    return "# no comment"\n'
    told = '''
        """A module."""

        def f(x:   float) -> str:  # a comment
            """Two
            lines."""
            return "# no comment"
    '''
    told = textwrap.dedent(told)
    other = plain.replace("no", "a")
    words = [origins.digest(text) for text in (told, told.replace("Two", "Three").replace("a comment", "another"))]
    assert words[0] == words[1]
    assert origins.digest(plain) != origins.digest(other)


def test_sources_are_followed_through_imports():
    found = origins.sources("guide")
    assert {"solvers.waveguides.engine", "solvers.linalg.host", "solvers.materials.dispersion", "pdk.optics"} <= set(
        found
    )
    assert not any(name.endswith((".plots", "compact.store")) or name.startswith("pdk.gf") for name in found)


def made_up(length: float = 3.0, cross_section: str = "strip") -> None:
    """A cell."""


def test_a_model_has_its_cells_signature():
    @model_of(made_up)
    def model(asked):
        """Of the cell that is made up."""
        return {"asked": asked}

    parameters = inspect.signature(model).parameters
    assert {name: one.default for name, one in parameters.items()} == {
        "wl": 1.55, "length": 3.0, "cross_section": "strip", "temperature": None, "corner": "nominal"
    }  # fmt: skip
    assert (model.__name__, model.__doc__) == ("made_up", "Of the cell that is made up.")
    asked = model(length=4.0, wl=1.6)["asked"]
    assert (asked.name, asked.given, asked.wl) == ("made_up", {"length": 4.0, "cross_section": "strip"}, 1.6)
    with pytest.raises(TypeError, match=r"model made_up: .*'lenght'; it takes wl, length"):
        model(lenght=4.0)
