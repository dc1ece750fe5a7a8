"""What KLayout needs is generated whole, is the same each time, and loads in the application."""

import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import klayout.db as kdb
import pytest

from lingnan.pdk.klayout import export, klayout_home, technology_files
from lingnan.pdk.klayout.macro import ruby, script
from lingnan.pdk.process import Process, load_process, shipped_processes

application = pytest.mark.skipif(
    shutil.which("klayout") is None,
    reason="the KLayout application is not installed; apt-get install klayout, or klayout.de",
)


@pytest.fixture(params=shipped_processes())
def process(request: pytest.FixtureRequest) -> Process:
    return load_process(request.param)


def test_every_layer_has_a_view_and_every_conductor_a_symbol(process: Process) -> None:
    files = technology_files(process)
    folder = f"tech/{process.name}/{process.name}"
    views = ElementTree.fromstring(files[f"{folder}.lyp"])
    sources = [view.findtext("source") for view in views.iter("group-members")]
    assert sorted(sources) == sorted(f"{layer.layer}/{layer.datatype}@1" for layer in process.layers.values())
    technology = ElementTree.fromstring(files[f"{folder}.lyt"])
    symbols = {text.partition("=")[0] for text in (node.text or "" for node in technology.iter("symbols"))}
    assert symbols == {name for connection in process.connectivity for name in connection}
    assert technology.findtext("dbu") == f"{process.grid.value:g}"
    for rule in process.rules:
        assert f'"id" => "{rule}"' in script(process)


def test_generation_gives_the_same_bytes_each_time(process: Process) -> None:
    assert technology_files(process) == technology_files(process)


def test_ruby_text_holds_no_interpolation() -> None:
    assert ruby({"a": ['#{exit} "x"\n', None, True, 0.2]}) == '{"a" => ["\\#{exit} \\"x\\"\\n", nil, true, 0.2]}'


def test_home_follows_klayouts_own_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert klayout_home({"KLAYOUT_HOME": str(tmp_path)}) == tmp_path
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert klayout_home({}).parent == tmp_path


CHECK = """
RBA::Technology.technology_names.reject { |name| name.empty? }.each do |name|
  technology = RBA::Technology.technology_by_name(name)
  puts ["technology", name, technology.dbu, File.basename(technology.eff_layer_properties_file)].join(" ")
  view = RBA::LayoutView.new
  view.load_layer_props(technology.eff_layer_properties_file)
  count = 0
  view.each_layer { |layer| count += 1 unless layer.has_children? }
  puts "layers #{name} #{count}"
end
$paths.split(",").each do |path|
  macro = RBA::Macro.new(path)
  puts ["macro", File.basename(path), macro.dsl_interpreter, macro.show_in_menu?].join(" ")
end
stack = Class.new do
  attr_reader :levels
  def input(*numbers) = RBA::Region.new
  def extent = RBA::Region.new
  def z(layer, **options) = (@levels ||= []) << [options[:name], options[:zstart], options[:zstop]]
end
class Numeric
  def um = self
end
$paths.split(",").select { |path| path.end_with?("lyd25") }.each do |path|
  made = stack.new
  made.instance_eval(RBA::Macro.new(path).text)
  puts "levels #{File.basename(path)} #{made.levels.size} #{made.levels.all? { |_, low, high| high > low }}"
end
"""


@application
@pytest.mark.klayout_app
def test_application_loads_the_package(tmp_path: Path) -> None:
    home = tmp_path / "home"
    processes = [load_process(name) for name in shipped_processes()]
    written = export(processes, home / "salt" / "lingnan")
    script = tmp_path / "check.rb"
    script.write_text(CHECK)
    macros = [str(path) for path in written if path.suffix in (".lydrc", ".lyd25")]
    done = subprocess.run(
        ["klayout", "-b", "-r", script, "-rd", f"paths={','.join(macros)}"],
        capture_output=True,
        text=True,
        env={**os.environ, "KLAYOUT_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    for process in processes:
        assert f"technology {process.name} {process.grid.value:g} {process.name}.lyp" in lines
        assert f"layers {process.name} {len(process.layers)}" in lines
        assert f"macro {process.name}.lydrc drc-dsl-xml true" in lines
        assert f"macro {process.name}.lyd25 d25-dsl-xml true" in lines
        (levels,) = [line for line in lines if line.startswith(f"levels {process.name}.lyd25 ")]
        assert levels.endswith(" true")


DRAW = """
RBA::MainWindow.instance.load_layout($layout, 0)
RBA::MainWindow.instance.current_view.max_hier
$macros.split(",").each { |path| RBA::Macro.new(path).run; puts "drawn #{File.basename(path)}" }
$stdout.flush
RBA::Application.instance.exit(0)
"""


@application
@pytest.mark.klayout_app
def test_application_draws_the_levels_in_two_and_a_half_dimensions(tmp_path: Path) -> None:
    """The window is there but never shown; a script with a mistake ends the application with an error."""
    processes = [load_process(name) for name in shipped_processes()]
    macros = [path for path in export(processes, tmp_path / "package") if path.suffix == ".lyd25"]
    layout = kdb.Layout()
    top = layout.create_cell("TOP")
    for process in processes:
        for name, layer in process.layers.items():
            if layer.purpose == "mask":
                top.shapes(layout.layer(*process.layer(name).gds)).insert(kdb.DBox(0, 0, 10, 10))
    layout.write(str(tmp_path / "chip.gds"))
    script = tmp_path / "draw.rb"
    script.write_text(DRAW)
    given = (f"layout={tmp_path / 'chip.gds'}", f"macros={','.join(map(str, macros))}")
    done = subprocess.run(
        ["klayout", "-z", "-nc", "-rx", "-r", script, "-rd", given[0], "-rd", given[1]],
        capture_output=True,
        text=True,
        env={**os.environ, "KLAYOUT_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(done.stdout.splitlines()) == sorted(f"drawn {path.name}" for path in macros)
