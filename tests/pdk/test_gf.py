"""gdsfactory objects of every process: that layers, stack, cross-sections and routes say what the process says."""

import math
from pathlib import Path

import gdsfactory as gf
import pytest
from gdsfactory.technology.layer_stack import LogicalLayer

import lingnan.pdk as pdk_package
from lingnan.pdk import active_process, build_pdk, register
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import CrossSectionData, load_process, shipped_processes

NAMES = shipped_processes()
SECTIONS = [(name, data) for name in NAMES for data in load_process(name).cross_sections.values()]
every_process = pytest.mark.parametrize("name", NAMES)
every_section = pytest.mark.parametrize(("name", "data"), SECTIONS, ids=[f"{n}-{d.name}" for n, d in SECTIONS])


@every_process
def test_the_package_gives_one_pdk_for_a_process(name: str) -> None:
    pdk = getattr(pdk_package, name.upper())
    assert pdk is build_pdk(name)
    assert pdk.name == name
    assert pdk.version == load_process(name).version


@every_process
def test_layers_have_the_numbers_of_the_process(name: str) -> None:
    process = load_process(name)
    layers = build_pdk(name).layers
    assert {layer.name: (layer.layer, layer.datatype) for layer in layers} == {
        layer.name: layer.gds for layer in process.layers.values()
    }


@every_process
def test_stack_has_the_heights_and_walls_of_the_process(name: str) -> None:
    process = load_process(name)
    stack = build_pdk(name).layer_stack.layers
    assert set(stack) == set(process.levels)
    for level in process.levels.values():
        there = stack[level.name]
        assert (there.zmin, there.thickness) == (level.z_min, level.thickness)
        assert there.sidewall_angle == 90.0 - level.sidewall_angle_deg  # gdsfactory counts from the normal
        assert there.material == level.material
        if not level.mask:
            assert isinstance(there.layer, LogicalLayer)
            assert there.layer.layer == process.layer("FLOORPLAN").gds


@every_section
def test_cross_section_is_the_process_s_own(name: str, data: CrossSectionData) -> None:
    pdk = build_pdk(name)
    pdk.activate()
    section = gf.get_cross_section(data.name)
    assert section.name == data.name  # and not a hash: it stands in netlists and settings
    assert section.width == data.width.value
    assert gf.get_layer_name(section.layer) == data.layer
    assert section.radius == (data.radius.value if data.radius else None)
    assert section.radius_min == (data.radius_min.value if data.radius_min else None)
    beside = section.sections[1:]
    assert [gf.get_layer_name(one.layer) for one in beside] == [one.layer for one in data.sections]
    for drawn, one in zip(beside, data.sections, strict=True):
        if one.reach is not None:
            assert drawn.width == pytest.approx(data.width.value + 2 * one.reach.value)
    kind = "electrical" if data.kind == "electrical" else "optical"
    assert section.sections[0].port_types == (kind, kind)


@every_section
def test_a_slab_follows_its_core(name: str, data: CrossSectionData) -> None:
    build_pdk(name).activate()
    wider = gf.get_cross_section(data.name, width=data.width.value + 1.0)
    for before, after, one in zip(
        gf.get_cross_section(data.name).sections[1:], wider.sections[1:], data.sections, strict=True
    ):
        assert after.width - before.width == pytest.approx(1.0 if one.reach is not None else 0.0, abs=1e-12)


@every_process
def test_a_width_below_its_rule_is_refused_with_the_rule(name: str) -> None:
    process = load_process(name)
    first = next(data for data in process.cross_sections.values() if data.kind == "optical")
    rule = next(rule for rule in process.rules.values() if rule.kind == "width" and rule.layer == first.layer)
    pdk = build_pdk(name)
    pdk.activate()
    assert rule.limit is not None
    gf.get_cross_section(first.name, width=rule.limit.value)
    with pytest.raises(LingnanError, match=rf"width = 0\.01 .*{rule.limit.value:g}.*{rule.id}"):
        gf.get_cross_section(first.name, width=0.01)


@every_process
def test_bundles_keep_guides_at_the_distance_without_crosstalk(name: str) -> None:
    process = load_process(name)
    pdk = build_pdk(name)
    pdk.activate()
    first = next(data for data in process.cross_sections.values() if data.kind == "optical")
    radius = first.radius.value if first.radius else 0.0
    top = gf.Component()
    ends: dict[bool, list[gf.Port]] = {False: [], True: []}
    for far in ends:
        for index in range(2):
            guide = top << gf.get_component("straight", length=1.0, cross_section=first.name)
            guide.move((10 * radius if far else 0.0, 40.0 * index + (10 * radius if far else 0.0)))
            ends[far].append(guide.ports["o1" if far else "o2"])
    pdk.routing_strategies["route_bundle"](top, ends[False], ends[True])
    upright = [
        inst.dbbox().center().x
        for inst in top.insts
        if inst.cell.name.startswith("straight") and inst.dbbox().height() > 3 * radius
    ]
    assert len(upright) == 2
    limit = next(rule.limit for rule in process.rules.values() if rule.kind == "parallel" and rule.layer == first.layer)
    assert limit is not None
    assert abs(upright[0] - upright[1]) == pytest.approx(limit.value + first.width.value, abs=1e-6)


def test_an_overlay_of_the_same_name_is_another_pdk(tmp_path: Path) -> None:
    """gdsfactory tells Pdks by name alone; an overlay may keep the name of its line."""
    file = tmp_path / "mine.toml"
    file.write_text(
        '[process]\nname = "soi220"\nversion = "9"\nextends = "soi220"\n[cross_sections.strip]\n'
        'width = { value = 0.5, unit = "um", source = "the line", status = "foundry" }\n'
    )
    shipped, mine = build_pdk("soi220"), build_pdk(str(file))
    assert mine.name == shipped.name
    for pdk, width in ((shipped, 0.45), (mine, 0.5), (shipped, 0.45)):
        pdk.activate()
        assert gf.get_active_pdk() is pdk
        assert active_process() is pdk.process
        assert gf.get_cross_section("strip").width == width
        assert gf.get_component("straight").ports["o1"].width == width


@every_process
def test_the_active_process_is_the_one_activated(name: str) -> None:
    build_pdk(name).activate()
    assert active_process().name == name


def test_without_a_process_of_ours_cells_say_what_to_do() -> None:
    gf.gpdk.PDK.activate()
    with pytest.raises(LingnanError, match=r"the active PDK is 'generic'.*Activate one first"):
        active_process()


def test_a_model_needs_its_cell() -> None:
    pdk = build_pdk("soi220")
    with pytest.raises(LingnanError, match="model 'lonely' has no cell of that name"):
        register(pdk, {}, {"lonely": lambda: None})


@every_process
def test_an_euler_bend_of_the_routing_radius_keeps_the_minimum(name: str) -> None:
    """Its smallest radius is 0.706 of its own at p = 0.5: Fresnel integrals over a quarter turn."""
    process = load_process(name)
    build_pdk(name).activate()
    for data in process.cross_sections.values():
        if data.kind != "optical" or data.radius is None or data.radius_min is None:
            continue
        bend = gf.get_component("bend_euler", cross_section=data.name)
        assert bend.info["radius_min_um"] >= data.radius_min.value - 1e-4
        assert bend.info["radius_min_um"] == pytest.approx(0.70609 * data.radius.value, rel=1e-4)
        x, y = bend.ports["o2"].center
        assert math.isclose(x, data.radius.value)
        assert math.isclose(y, data.radius.value)
