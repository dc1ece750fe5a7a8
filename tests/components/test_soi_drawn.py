"""What is simulated is what is drawn: layouts of silicon diodes are cut through every implant and compared."""

from collections.abc import Iterable, Sequence
from typing import Any

import gdsfactory as gf
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.soi import (
    carriers,
    detectors,
    diodes,
    heaters,
    modulators,
    pairmetals,
    receivers,
    resonators,
    ringmodulators,
    seriespair,
    tuning,
    warmth,
)
from lingnan.components.soi.diodes import pin_sides, pn_sides
from lingnan.components.soi.guides import straight
from lingnan.pdk import SOI220, active_process, optics
from lingnan.pdk.lvs.metal import Conductors, wiring
from lingnan.pdk.view.cut import cut
from lingnan.solvers.phaseshifters import Section

GRID = 0.001  #: µm; drawn sizes are rounded to it, or to two of it
CORE = 0.45  #: µm, of the rib
Spans = list[tuple[float, float]]

OTHER: dict[str, Any] = {
    "junction_offset": 0.06, "mid_offset_p": 0.41, "mid_offset_n": 0.36, "contact_offset_p": 0.83,
    "contact_offset_n": 0.71, "contact_distance": 2.9, "contact_width": 4.2,
}  # fmt: skip
PIN: dict[str, Any] = {"contact_offset": 1.07, "contact_distance": 2.35, "contact_width": 3.3}


CELLS = {
    cell.__name__: cell
    for cell in (
        diodes.phase_shifter_pn, diodes.phase_shifter_pn_interleaved, diodes.attenuator_pin,
        heaters.phase_shifter_doped, heaters.phase_shifter_meander, heaters.phase_shifter_undercut,
        detectors.detector_vertical, detectors.detector_lateral, receivers.detector_balanced, receivers.monitor_tap,
        seriespair.phase_shifter_series, modulators.mzm, modulators.switch_pin, ringmodulators.ring_modulator_pn,
        ringmodulators.disk_modulator_pn,
    )
}  # fmt: skip


@pytest.fixture(autouse=True)
def line_active() -> None:
    SOI220.activate(force=True)


def region(c: gf.Component, layer: str) -> kdb.Region:
    index = c.kcl.layout.layer(*active_process().layer(layer).gds)
    return kdb.Region(c.kdb_cell.begin_shapes_rec(index)).merged()


def along(c: gf.Component, layer: str, start: tuple[float, float], end: tuple[float, float]) -> Spans:
    """Where a line lies in a layer, as distances from its start [µm]."""
    dbu = c.kcl.dbu
    line = kdb.DEdge(*start, *end).to_itype(dbu)
    found = (kdb.Edges([line]) & region(c, layer)).merged()
    return merged((line.p1.distance(e.p1) * dbu, line.p1.distance(e.p2) * dbu) for e in found.each())


def merged(spans: Iterable[Sequence[float]]) -> Spans:
    joined: Spans = []
    for low, high in sorted((min(s), max(s)) for s in spans):
        if joined and low <= joined[-1][1] + GRID / 2:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def given(section: Section) -> dict[str, Spans]:
    """Windows of a section by the layer whose polarity and concentration they have, as far as its silicon goes."""
    left, right = section.bodies[0].left, section.bodies[0].right
    layers = {(one.polarity, one.concentration.value): one.layer for one in active_process().implants.values()}
    found: dict[str, list[tuple[float, float]]] = {}
    for one in section.implants:
        edges = (left if one.left is None else one.left, right if one.right is None else one.right)
        found.setdefault(layers[one.polarity, one.concentration], []).append(edges)
    return {layer: merged(spans) for layer, spans in found.items()}


def as_given(c: gf.Component, section: Section, middle: tuple[float, float], way: tuple[float, float]) -> None:
    """Every implant, core and slab along a line through the middle of a guide, `way` from p to n."""
    left, right = section.bodies[0].left, section.bodies[0].right
    start = (middle[0] + left * way[0], middle[1] + left * way[1])
    end = (middle[0] + right * way[0], middle[1] + right * way[1])
    wanted = given(section)
    for one in active_process().implants.values():
        spans = [(low + left, high + left) for low, high in along(c, one.layer, start, end)]
        assert_allclose(spans, wanted.get(one.layer, []), atol=GRID, err_msg=one.layer)
    found = cut(c, active_process(), start, end)
    core = section.bodies[1]
    (drawn,) = found.of("core")
    widths = [np.mean([drawn.bottom[k], drawn.top[k]]) + left for k in (0, 1)]  # upright walls, at half the height
    assert_allclose(widths, [core.left, core.right], atol=GRID)
    assert_allclose([drawn.z_max, found.of("slab")[0].z_max], [core.top, core.bottom], atol=1e-9)
    assert len(along(c, "VIAC", start, end)) == 0


DOWN = (0.0, -1.0)  #: the p side of a guide along x lies above it


@pytest.mark.parametrize("other", [{}, OTHER])
@pytest.mark.parametrize("name", ["phase_shifter_pn", "phase_shifter_series", "mzm"])
def test_the_junction_that_is_simulated_is_the_one_that_is_drawn(name: str, other: dict[str, Any]) -> None:
    """Of both arms, where there are two: the lower one is the upper one's mirror image."""
    section = carriers.section(pn_sides(name, CORE, *(other.get(key) for key in OTHER)), CORE)
    c = CELLS[name](length=200.0, **other)
    port = c.ports["o1" if name == "phase_shifter_pn" else "e2"]
    x = float(port.center[0]) + 190.0 - (100.0 if name == "phase_shifter_pn" else 0.0)
    if name == "phase_shifter_pn":
        as_given(c, section, (x, 0.0), DOWN)
        return
    half = float(c.info["arm_distance_um"]) / 2
    as_given(c, section, (x, half), DOWN)
    as_given(c, section, (x, -half), (0.0, 1.0))


def test_the_diodes_that_inject_are_those_that_are_drawn() -> None:
    section = carriers.section(pin_sides("attenuator_pin", CORE, *PIN.values()), CORE)
    as_given(diodes.attenuator_pin(length=30.0, **PIN), section, (15.0, 0.0), DOWN)
    c = modulators.switch_pin(length=30.0, pitch=70.0, **PIN)
    x = float(c.ports["e1"].center[0])
    for y in (-35.0, 35.0):
        as_given(c, section, (x, y), DOWN)


@pytest.mark.parametrize("dopant", ["n", "p"])
def test_the_resistor_across_a_guide_is_the_one_that_is_drawn(dopant: str) -> None:
    section = carriers.section(heaters.doped_sides("phase_shifter_doped", CORE, dopant, *PIN.values()), CORE)
    as_given(heaters.phase_shifter_doped(length=30.0, dopant=dopant, **PIN), section, (15.0, 0.0), DOWN)


@pytest.mark.parametrize("name", ["ring_modulator_pn", "disk_modulator_pn"])
def test_the_junction_of_a_ring_is_the_one_of_a_guide(name: str) -> None:
    """Cut along three radii; the polygons of circles leave them by half a grid step."""
    offsets = tuple(OTHER.values())
    if name == "ring_modulator_pn":
        made = resonators.ring_of(26.0, 0.45, None, offsets)
        c = CELLS[name](radius=26.0, gap=0.45, **OTHER)
    else:
        made = resonators.disk_of(11.0, 1.8, 0.3, None, offsets)
        c = CELLS[name](radius=11.0, width=1.8, gap=0.3, **OTHER)
    section = carriers.section(made.sides, made.core)
    for way in ((0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)):
        middle = (made.radius * way[0], made.centre + made.radius * way[1])
        as_given(c, section, middle, (-way[0], -way[1]))


@pytest.mark.parametrize("name", ["ring_modulator_pn", "disk_modulator_pn"])
def test_both_implants_are_where_the_ring_is_taken_as_doped(name: str) -> None:
    """Around the ring, beside the junction on either side, and the gap to the bus below it."""
    made = (resonators.ring_of if name == "ring_modulator_pn" else resonators.disk_of)()
    c = CELLS[name]()
    for layer, side, share in (("P", made.sides[0], made.doped), ("N", made.sides[1], 1.0)):
        out = made.radius + (1 if side.left else -1) * (side.junction + 0.15)
        angles = np.linspace(0.0, 2 * np.pi, 721)[:-1]
        points = kdb.Region()
        for x, y in zip(out * np.cos(angles), made.centre + out * np.sin(angles), strict=True):
            points.insert(kdb.Box(-1, -1, 1, 1).moved(round(x / c.kcl.dbu), round(y / c.kcl.dbu)))
        inside = points.interacting(region(c, layer)).count() / len(angles)
        assert_allclose(inside, share, atol=2 / len(angles))  # one point at either end
    below = made.centre - made.radius - made.core
    (bus, ring) = along(c, "WG", (0.0, -1.0), (0.0, below + 2 * made.core))[:2]
    assert_allclose(ring[0] - bus[1], made.gap, atol=GRID)


def test_metals_of_the_line_that_is_simulated_are_those_that_are_drawn() -> None:
    """Cut across the arms: strips, the contacts' metal below them, and what stands between both arms."""
    c = modulators.mzm(length=200.0, signal_width=16.0, contact_distance=2.6)
    pair = seriespair.pair_of("mzm", CORE, 200.0, 16.0, None, (None,) * 5 + (2.6, None))
    x = float(c.ports["e2"].center[0]) + 190.0
    low = -pair.inner - pair.signal / 2  # the signal's middle, from that of both arms
    cuts = {key: along(c, layer, (x, -70.0), (x, 70.0)) for key, layer in (("metal2", "M2"), ("metal1", "M1"))}
    given = [*pairmetals.strips(pair), pairmetals.between(pair)]
    for key, spans in cuts.items():
        near = [(a - 70.0 - low, b - 70.0 - low) for a, b in spans]
        wanted = merged([(one.left, one.right) for one in given if one.level == key])
        assert_allclose(near, wanted, atol=0.05 + GRID)  # what is drawn in for the mesh


@pytest.mark.parametrize("sizes", [{}, {"signal_width": 28.0, "ground_width": 26.0}])
def test_pads_that_are_simulated_are_those_that_are_drawn(sizes: dict[str, float]) -> None:
    """Cut across pads, then across the bare strips behind them, at both ends."""
    c = modulators.mzm(length=200.0, **sizes)
    pair = seriespair.pair_of("mzm", CORE, 200.0, sizes.get("signal_width"), sizes.get("ground_width"), (None,) * 7)
    low, first, last = -pair.inner - pair.signal / 2, *(float(c.ports[name].center[0]) for name in ("e2", "e5"))
    for x in (first, last):
        inward = 1.0 if x == first else -1.0
        cuts = (pair.pad / 2, pairmetals.pads_of(pair), 0), (pair.start - 0.5, pairmetals.bare_of(pair), 1)
        for at, strips, skipped in cuts:  # what joins the lower ground to its pads goes on from its bare strip
            where = x + inward * at
            spans = along(c, "M2", (where, -250.0), (where, 100.0))
            near = [(a - 250.0 - low, b - 250.0 - low) for a, b in spans][:3]
            assert_allclose(
                np.ravel(near)[skipped:], np.ravel([(s.left, s.right) for s in strips])[skipped:], atol=GRID
            )


@pytest.mark.parametrize("name", ["detector_vertical", "detector_lateral"])
def test_the_photodiode_that_is_simulated_is_the_one_that_is_drawn(name: str) -> None:
    upright = name == "detector_vertical"
    sizes: dict[str, Any] = {"length": 17.0, "taper_width": 2.6}
    sizes |= {"width": 6.4, "contact_offset": 0.9} if upright else {"gap": 1.4, "stripe": 1.8}
    made = (detectors.vertical_of if upright else detectors.lateral_of)(**sizes)
    c = CELLS[name](**sizes)
    body, x = made.body, made.body.start + made.body.length / 2
    length = sum(b - a for a, b in along(c, "GE", (0.0, 0.0), (100.0, 0.0)))
    assert_allclose(length, body.length, atol=GRID)
    across = {layer: along(c, layer, (x, -40.0), (x, 40.0)) for layer in ("GE", "WG", "GE_N", "GE_P", "PP", "PPP")}
    width = {layer: spans[0][1] - spans[0][0] for layer, spans in across.items() if spans}
    assert_allclose([width["GE"], width["WG"]], [body.width, 2 * body.half], atol=GRID)
    front = along(c, "WG", (body.taper - 0.01, -5.0), (body.taper - 0.01, 5.0))[0]
    assert_allclose(front[1] - front[0], body.tip, atol=0.01)
    if upright:
        assert_allclose(width["GE_N"], 2 * made.edge, atol=GRID)
        assert across["PP"][0][0] < 40.0 - made.far
        (first, _) = across["PPP"]
        assert_allclose(40.0 - first[1], body.half + made.offset, atol=GRID)
    else:
        (n,), (p,) = across["GE_N"], across["GE_P"]
        assert_allclose([n[0] - p[1], n[1] - n[0], p[1] - p[0]], [made.gap, made.stripe, made.stripe], atol=GRID)
    height = 0.0 if upright else made.gap / 2 + 0.5
    row = along(c, "GE_N", (0.0, height), (100.0, height))
    assert_allclose(row[0][1] - row[0][0], body.implanted, atol=GRID)


def test_fingers_that_are_simulated_are_those_that_are_drawn() -> None:
    p, n, reach = 0.7, 0.6, 0.18
    c = diodes.phase_shifter_pn_interleaved(length=22.0, finger_p=p, finger_n=n, finger_reach=reach)
    made = carriers.fingers(p, n, reach, CORE)
    for layer, share in (("P", made.duty), ("N", 1 - made.duty)):
        lengths = [high - low for low, high in along(c, layer, (0.0, 0.0), (22.0, 0.0))]
        inner = lengths if layer == "P" else lengths[1:-1]
        assert len(lengths) == c.info["fingers"] + (layer == "N")
        assert_allclose(inner, made.period * share, atol=GRID)
    x = 0.5 * sum(along(c, "P", (0.0, 0.0), (22.0, 0.0))[3])  # the middle of a p finger, cut across
    assert_allclose(along(c, "N", (x, -1.0), (x, 1.0)), [(0.0, 1.0 - reach)], atol=GRID)
    assert_allclose(along(c, "P", (x, -1.0), (x, 1.0)), [(1.0 - reach, 2.0)], atol=GRID)


@pytest.mark.parametrize("name", ["phase_shifter_pn", "attenuator_pin", "phase_shifter_doped"])
def test_masks_may_be_misplaced_by_the_overlay(name: str) -> None:
    """Every mask moved by 3 sigma of the overlay, alone: contacts stay inside of their implant, silicon under them and
    towards the guide stays doped, silicide stays off what is lightly doped."""
    c, aside = CELLS[name](length=12.0), active_process().number("optics.overlay")
    silicon, contacts = region(c, "SLAB90"), region(c, "VIAC")
    implants = {one.layer: region(c, one.layer) for one in active_process().implants.values()}
    strong = kdb.Region()
    for layer in ("NPP", "PPP"):
        strong += implants[layer]
    step = round(aside / c.kcl.dbu)
    for dx, dy in ((0, step), (0, -step), (step, 0), (-step, 0)):
        for layer in implants:
            moved = {key: one.moved(dx, dy) if key == layer else one for key, one in implants.items()}
            doped = (moved["NPP"] + moved["PPP"]).merged()
            assert (contacts.sized(step) - doped).is_empty()
            inner = kdb.DBox(2.0, -20.0, 10.0, 20.0).to_itype(c.kcl.dbu)
            beside = silicon & kdb.Region(inner) & strong.sized(-step)
            assert (beside - sum(moved.values(), kdb.Region()).merged()).is_empty()
        silicide = (silicon & strong & kdb.Region(kdb.DBox(2.0, -20.0, 10.0, 20.0).to_itype(c.kcl.dbu))) - region(
            c, "SAB"
        ).moved(dx, dy)
        assert (silicide.sized(step) & region(c, "WG")).is_empty()
        assert (contacts & region(c, "SAB").moved(dx, dy)).is_empty()


NETS = {  #: pads and ends that metal joins; all others are nets of their own
    "phase_shifter_pn": [], "phase_shifter_pn_interleaved": [], "attenuator_pin": [], "phase_shifter_doped": [],
    "phase_shifter_meander": [], "phase_shifter_undercut": [], "detector_vertical": [], "detector_lateral": [],
    "detector_balanced": [], "monitor_tap": [], "switch_pin": [], "ring_modulator_pn": [], "disk_modulator_pn": [],
    "phase_shifter_series": [{"e1", "e6"}, {"e2", "e5"}, {"e3", "e4"}],
    "mzm": [{"e1", "e6"}, {"e2", "e5"}, {"e3", "e4"}],
}  # fmt: skip


SHORT = {  #: µm, of cells that are long by default
    "phase_shifter_series": 200.0, "mzm": 200.0, "attenuator_pin": 20.0, "switch_pin": 20.0, "phase_shifter_pn": 20.0,
    "phase_shifter_pn_interleaved": 20.0,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NETS))
def test_metal_joins_what_it_should_and_no_more(name: str) -> None:
    """By the netlist's own extraction: silicon and heaters are no wires."""
    c = CELLS[name](**({"length": SHORT[name]} if name in SHORT else {}))
    wires = wiring(active_process())
    conductors = Conductors({layer: region(c, layer) for layer in (*wires.metals, *wires.vias)}, wires)
    nets: dict[int, set[str]] = {}
    for port in c.ports:
        if port.port_type == "electrical":
            layer = next(key for key, one in active_process().layers.items() if one.gds == (
                port.layer_info.layer, port.layer_info.datatype))  # fmt: skip
            x, y = (round(value / c.kcl.dbu) for value in port.center)
            (piece,) = set(conductors.meeting(layer, kdb.Polygon(kdb.Box(x - 2, y - 2, x + 2, y + 2))))
            nets.setdefault(conductors.root(piece), set()).add(str(port.name))
    assert sorted(map(sorted, (one for one in nets.values() if len(one) > 1))) == sorted(map(sorted, NETS[name]))


def test_passes_of_a_meander_are_where_its_heat_is_asked_for() -> None:
    c = heaters.phase_shifter_meander(length=80.0, passes=4, heater_width=1.2, heater_space=2.6)
    wires = cut(c, active_process(), (40.0, -20.0), (40.0, 20.0)).of("heater")
    middles = [np.mean(one.bottom) - 20.0 for one in wires]
    assert_allclose(middles, heaters.meander_offsets(4, 1.2, 2.6), atol=GRID)
    assert_allclose([np.diff(one.bottom)[0] for one in wires], 1.2, atol=GRID)


@pytest.mark.parametrize("corner", ["nominal", "thick_wide"])
@pytest.mark.parametrize("cross_section", ["strip", "rib"])
def test_the_heater_that_is_simulated_is_the_one_that_is_drawn(cross_section: str, corner: str) -> None:
    c = tuning.phase_shifter_heater(heater_width=1.3, cross_section=cross_section)
    spec = warmth.section(1.3, cross_section, corner)
    found = cut(c, optics.at_corner("soi220", corner), (100.0, -20.0), (100.0, 20.0))
    (wire,), (core,) = found.of("heater"), found.of("core")
    assert_allclose(np.array(wire.bottom) - 20.0, [-spec.width / 2, spec.width / 2], atol=GRID)
    assert_allclose([wire.z_min - core.z_max, wire.z_max - wire.z_min], [spec.height, spec.thickness], atol=1e-9)
    assert_allclose(np.array(core.top) - 20.0, [-spec.core_width / 2, spec.core_width / 2], atol=GRID)
    slab = found.of("slab")
    assert [one.z_max for one in slab] == ([] if spec.slab is None else [pytest.approx(spec.slab, abs=1e-9)])


def test_what_lies_along_an_arm_is_told_from_straights_across_of_its_length() -> None:
    """One cell serves both; splitters of unlike heights make the straights across unlike, so that one alone is it."""
    along = straight(length=5.0, cross_section="strip")
    upper, lower = tuning.join_arms(
        gf.Component(), ("mmi1x2", "ybranch"), 5.0, 0.0, ([along], [along]), cross_section="strip"
    )
    for placed in (upper, lower):
        (one,) = placed
        assert one.ports["o2"].center[0] - one.ports["o1"].center[0] == pytest.approx(5.0)


def test_windows_of_a_release_are_where_they_are_simulated() -> None:
    c = heaters.phase_shifter_undercut(length=150.0, distance=6.0, window_width=12.0)
    bridges = float(c.info["bridges"])
    spec = warmth.section(released=warmth.Release(6.0, 12.0, bridges))
    low, high = along(c, "UNDERCUT", (30.0, -40.0), (30.0, 40.0))
    near = float(spec.trench_distance)
    assert_allclose(low, (40.0 - near - spec.trench_width, 40.0 - near), atol=GRID)
    assert_allclose(high, (40.0 + near, 40.0 + near + spec.trench_width), atol=GRID)
    open_length = sum(b - a for a, b in along(c, "UNDERCUT", (0.0, near + 1.0), (150.0, near + 1.0)))
    assert_allclose(1 - open_length / float(c.info["heated_length_um"]), spec.bridges, atol=1e-6)
