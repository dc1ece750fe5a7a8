"""Lidar cells: what is drawn is what their models have, arrays are of one length, and what was searched is better."""

import warnings
from typing import Any

import gdsfactory as gf
import jax
import jax.numpy as jnp
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.common import draw, guides
from lingnan.components.compact import store
from lingnan.components.compact.ways import Line as Guide
from lingnan.components.soi import antennas, arraysearch, emission, engines, legs, lidarlight, phasedarrays
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import waveguides
from lingnan.solvers.lidar import farfield, lobes
from lingnan.tapeout.datasheet.leads import led_on

ARRAY: dict[str, Any] = {"antennas": 8, "pitch_end": 2.6, "length": 40.0}


@pytest.fixture(autouse=True)
def line(request: Any) -> Any:
    """Nothing is solved: all that is asked for is kept, but for what `validate` solves anew."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def core(c: gf.Component, layer: str = "WG") -> kdb.Region:
    index = c.kcl.layout.layer(*active_process().layer(layer).gds)
    return kdb.Region(c.kdb_cell.begin_shapes_rec(index)).merged()


def plan(**given: Any) -> phasedarrays.Plan:
    asked = {"antennas": 4, "pitch": 2.0, "pitch_end": None, "pitch_power": 2.0, **given}
    teeth = antennas.teeth_of("phased_array", 60.0, 0.6, None, 0.5, 1.2, None, None, 20.0, "strip")
    return phasedarrays.plan_of(
        "phased_array", **asked, pitch_channel=50.0, length_heater=150.0, teeth=teeth, cross_section="strip"
    )


@pytest.mark.parametrize("given", [{"antennas": 16}, {"antennas": 16, "pitch_end": 4.0, "pitch_power": 1.5}])
def test_all_guides_of_a_fan_are_of_one_length(given: dict[str, Any]):
    """To the two grid steps that heights are rounded by."""
    fan = plan(**given).fan
    curves = fan.curves(guides.bend_curve("phased_array", None, 90, legs.EULER, "strip", 0.45))
    lengths = np.array([curve.length for curve in curves])
    assert_allclose(lengths, lengths[0], atol=3e-3)
    for curve, channel, antenna in zip(curves, fan.channels, fan.antennas, strict=True):
        assert_allclose([curve.y[0], *curve.end], [channel, fan.width, antenna, 0.0], atol=1e-9)


def test_an_array_is_one_guide_with_a_grating_for_each_antenna_and_no_open_end():
    c = soi.phased_array(**ARRAY)
    assert core(c).count() == 1
    tops = sorted({port.center[1] for port in c.ports if port.port_type == "vertical_te"})
    assert_allclose(tops, phasedarrays.positions(8, 2.0, 2.6, 2.0), atol=1e-3)
    assert_allclose(np.diff(tops)[[3, 6]], [2.0, 2.6], atol=1e-3)
    rules = {one.rule for one in check(*led_on(c, active_process()), active_process()).violations}
    assert "WG.OPEN" not in rules


def test_an_arrays_model_has_the_length_that_is_drawn():
    """Area of silicon over width: guides, fan, bends and heaters' guides between splitters and antennas."""
    made = soi.phased_array(antennas=2)
    splitter = core(soi.mmi1x2()).area()
    antenna = core(soi.grating_antenna()).area() - 1e6 * 20.0 * (0.45 + 1.2) / 2  # with one taper
    tips = 2 * 1e6 * 30.0 * (1.2 + draw.even(active_process().number("cells.edge_tip_width"))) / 2
    drawn = (core(made).area() - splitter - 2 * antenna - tips) * 1e-6 / 0.45
    here = plan(antennas=2)
    pads = phasedarrays._pads()[2]
    turn = legs.bend_of("phased_array", "strip")[1]
    modelled = phasedarrays.way_of(here, "strip") - pads + 2 * turn + here.heater
    assert_allclose(drawn, 2 * modelled + pads, rtol=1e-3)  # walls on a grid


def test_light_of_a_heater_moves_its_antenna_alone():
    cold = lidarlight.excitation(soi.models["phased_array"](**ARRAY))
    heating = np.zeros(8)
    heating[2] = 5.0
    warm = lidarlight.excitation(soi.models["phased_array"](**ARRAY, heating=heating))
    turned = np.angle(np.asarray(warm) / np.asarray(cold))
    change = float(Guide("strip").index(1.55, 303.15) - Guide("strip").index(1.55, 298.15))
    assert_allclose(turned, np.where(heating > 0, 2 * np.pi / 1.55 * change * 140.0, 0.0), atol=1e-6)
    assert np.sum(np.abs(np.asarray(cold)) ** 2) < 1


def test_an_antenna_keeps_what_it_does_not_send():
    """Up, down, on: with the share upwards what is missing behind the grating is what was sent."""
    made = soi.models["grating_antenna"](length=150.0)
    up, on = (abs(complex(made["o1", port])) ** 2 for port in ("o3", "o2"))
    sizes = emission.drawn(length=150.0)
    one = emission.antenna(sizes)
    loss = abs(complex(Guide("strip").amplitude(1.55, 190.0, None))) ** 2
    half = abs(complex(Guide("strip").amplitude(1.55, 20.0, None))) ** 2
    assert_allclose(up / half / float(one.upwards) + on / loss, 1.0, atol=2e-3)  # the share is a mean over the angle
    many = soi.models["grating_antenna"](length=150.0, wl=np.linspace(1.53, 1.57, 40))
    few = soi.models["grating_antenna"](length=150.0, wl=np.linspace(1.53, 1.57, 40)[[3, 17]])
    assert_allclose(np.asarray(many["o1", "o3"])[[3, 17]], np.asarray(few["o1", "o3"]), atol=1e-6)


def test_antennas_are_differentiable_by_wavelength_and_warmth():
    """A step of 1e-6 µm turns the phase of 69 µm by 1e-3: its square over 6 is the error of the difference."""

    def sent(wl, temperature):
        made = soi.models["grating_antenna"](length=30.0, wl=wl, temperature=temperature)
        return (made["o1", "o2"] + 2 * made["o1", "o3"]).real

    at, steps = (1.545, 305.0), (1e-6, 1e-3)
    value, slopes = jax.value_and_grad(sent, argnums=(0, 1))(*at)
    assert_allclose(value, sent(*at), rtol=1e-11)
    for k, slope in enumerate(slopes):
        up, down = (sent(*(x + sign * steps[k] * (i == k) for i, x in enumerate(at))) for sign in (1, -1))
        assert_allclose(slope, (up - down) / (2 * steps[k]), rtol=1e-6)


@pytest.mark.validate  # a program of its own: 10 s
def test_antennas_refuse_steep_beams_inside_checked_too():
    model = waveguides.checked(lambda wl: soi.models["grating_antenna"](length=30.0, wl=wl)["o1", "o3"])
    assert_allclose(model(1.545), soi.models["grating_antenna"](length=30.0, wl=1.545)["o1", "o3"], rtol=1e-11)
    with pytest.raises(waveguides.CheckError, match=r"would leave to a sine of 0\.0152"):
        model(1.62)


def test_the_beam_leaves_where_the_grating_equation_has_it_and_wavelength_and_warmth_steer_it():
    sizes = emission.drawn(length=100.0)
    one, line = emission.antenna(sizes), emission.along(sizes)
    v = np.linspace(0.15, 0.21, 6001)
    assert_allclose(v[np.argmax(farfield.power(line, v))], one.sine, atol=1e-5)
    assert_allclose(one.sine, emission.index(sizes, 1.55)[0] - 1.55 / 0.6, rtol=1e-12)
    moved = emission.antenna(sizes, 1.551)
    assert_allclose(float(moved.angle_deg - one.angle_deg), 1e-3 * float(one.degrees_per_um), rtol=2e-3)
    warm = emission.antenna(sizes, temperature=308.15)
    assert 0.001 < float(warm.sine - one.sine) < 0.003  # 1.8e-4/K of silicon and a little less
    cosine = float(emission.element(sizes, 0.2)) / float(emission.element(sizes, 0.0))
    assert 0.5 < cosine < 1.0


def test_deeper_grooves_send_more_and_hold_the_angle_with_their_period():
    plain = emission.drawn(length=150.0)
    deep = emission.drawn(length=150.0, bite_end=0.4)
    held = emission.drawn(length=150.0, bite_end=0.4, period_end=0.613)
    sent = [float(emission.efficiency(emission.along(one))) for one in (plain, deep)]
    assert sent[1] > 1.3 * sent[0]
    spread = [np.ptp(emission.sines(one, 1.55)) for one in (deep, held)]
    assert spread[1] < 0.2 * spread[0]


@pytest.mark.validate
def test_the_index_in_the_teeth_by_the_sections_own_modes():
    """Second route to what grooves take of the index: full and grooved section solved, with upright walls."""
    wide, found = 1.2, []
    for bite in (0.0, 0.2, 0.35):
        inner = wide / 2 - bite
        boxes = [
            waveguides.Trapezoid("Si", *where)
            for where in ((0.0, 0.15, -wide / 2, wide / 2), (0.15, 0.22, -inner, inner))
        ]
        made = waveguides.cross_section(boxes, background="SiO2", window=(-2.0, 2.0, -1.5, 1.7))
        found.append(float(waveguides.solve(made, 1.55, num_modes=1).n_eff[0].real))
    for bite, index in zip((0.2, 0.35), found[1:], strict=True):
        sizes = emission.drawn(bite=bite)
        first = float(Guide("strip").index(1.55, None, wide) - emission.index(sizes, 1.55)[0]) / 0.5
        assert_allclose(found[0] - index, first, rtol=0.1)  # first order in a third of the film


def test_both_arms_of_a_hybrid_are_as_long():
    """All silicon between forks and mixers over its width, and the sum that the model keeps: s1 - l1 = s2 - l2."""
    quarter, depth, half, radius = engines.rows("hybrid_90", "strip")
    turn = legs.bend_of("hybrid_90", "strip")[1]
    down, up = 2 * turn + 2 * quarter - 4 * radius, 2 * (2 * turn + quarter - 4 * radius)
    dip = 4 * turn + 2 * (depth - 2 * radius) - 4 * radius
    assert_allclose(dip, down + up, atol=3e-3)  # grid
    made, parts = soi.hybrid_90(), (soi.mmi1x2(), soi.mmi1x2(), soi.mmi2x2(), soi.mmi2x2(), soi.crossing())
    drawn = (core(made).area() - sum(core(one).area() for one in parts)) * 1e-6 / 0.45
    ends = 8 * (2 * turn - 2 * radius + quarter) - 4 * float(made.info["ports_um"])
    assert_allclose(drawn, 4 * made.info["arm_um"] + down + up + dip - 4 * half + ends, rtol=1e-3)


def test_an_engine_hears_with_the_quarter_wave_that_its_heater_sets():
    warm = np.linspace(0.0, 40.0, 81)
    made = soi.models["hybrid_90"](heating=warm)
    beat = [np.asarray(made["o2", f"o{k}"]) * np.conj(np.asarray(made["o1", f"o{k}"])) for k in (3, 4, 5, 6)]
    angle = np.angle((beat[2] - beat[3]) / (beat[0] - beat[1]))
    heating = float(warm[np.argmin(np.abs(angle + np.pi / 2))])
    light = lidarlight.engine(heating=heating)
    assert float(light.receiver.image_rejection_db) > 30
    out, taken = float(np.abs(light.out) ** 2), float(np.abs(light.reference) ** 2)
    assert 0.8 < out + 2 * taken < 1.0  # what is missing is loss of guides and splitter
    assert_allclose(abs(complex(soi.models["fmcw_engine"]()["o1", "o3"])) ** 2, out, rtol=1e-12)
    longer = lidarlight.engine(turns=6)
    assert float(longer.delay) > float(light.delay)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("grating_antenna", {"bite": 0.1}, ["bite = 0.1", "0.2", "OVL.SH"]),
        ("grating_antenna", {"bite_end": 0.5}, ["bite_end = 0.5", "0.475", "SH.S"]),
        ("grating_antenna", {"period": 0.4}, ["x period = 0.199", "SH.W"]),
        ("grating_antenna", {"cross_section": "rib"}, ["rib", "strip"]),
        ("phased_array", {"pitch": 1.8}, ["pitch = 1.8", "1.95", "SH.S"]),
        ("phased_array", {"antennas": 12}, ["antennas = 12", "power of two"]),
        ("phased_array", {"antennas": 512}, ["256"]),
        ("phased_array", {"pitch_channel": 30.0}, ["pitch_channel = 30"]),
        ("phased_array", {"view_deg": 91.0}, ["view_deg = 91", "90"]),
        ("fmcw_engine", {"length_heater": 50.0}, ["length_heater = 50", "100"]),
    ],
)
def test_refusals(name: str, given: dict[str, Any], words: list[str]):
    with pytest.raises(LingnanError) as refused:
        soi.cells[name](**given)
    for word in words:
        assert word in str(refused.value)


def test_what_is_not_known_is_refused():
    with pytest.raises(LingnanError, match=r"leave at -3\.\d+ .* known from 4\.6 to 23\.6 degrees"):
        soi.models["grating_antenna"](period=0.55)
    with pytest.raises(LingnanError, match=r"temperature = 223\.15 K lies outside 233\.15 to 398\.15 K"):
        soi.models["phased_array"](temperature=223.15)
    with pytest.raises(LingnanError, match="wl"):
        soi.models["grating_antenna"](wl=1.7)


def test_the_search_that_is_kept_is_better_as_drawn():
    found = arraysearch.optimise()
    assert found.steps[-1] < 0.1 * found.steps[0]
    for name, better in (("across_db", 4.0), ("errors_db", 4.0), ("along_db", 1.0)):
        assert getattr(found.after, name) < getattr(found.before, name) - better
    assert found.after.efficiency > 1.4 * found.before.efficiency
    c = soi.phased_array(**found.settings)
    array, _ = arraysearch.lines_of(found.ask, found.after.drawn)
    assert_allclose(sorted(p.center[1] for p in c.ports if p.port_type == "vertical_te"), array.position, atol=1e-9)
    assert "across_db" in found.table()


def test_a_start_with_a_second_beam_in_the_field_warns_with_its_angle():
    with (
        pytest.warns(lobes.GratingLobeWarning, match=r"optimise: a second beam at -\d+\.\d+ degrees, .* is at 40"),
        pytest.raises(LingnanError, match="not solved yet"),  # nothing is kept of this one
    ):
        arraysearch.optimise(view_deg=40.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        arraysearch.optimise()


@pytest.mark.parametrize("of", [soi.phased_array, soi.models["phased_array"]], ids=["cell", "model"])
def test_a_pitch_with_a_second_beam_in_the_field_warns_with_its_angle(of: Any):
    """By the grating equation: 1.55/3.9 below sin 12 degrees is -10.93 degrees; a field of 11 is clear of it."""
    with pytest.warns(lobes.GratingLobeWarning, match=r"at -10\.93 degrees, 0\.0 dB .* ±12 degrees.* use 3\.728 µm"):
        of(pitch=3.9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        of(pitch=3.9, view_deg=11.0)
        of(pitch=3.7)
        of(antennas=16, pitch=1.95, pitch_end=5.0)  # no two gaps alike


@pytest.mark.validate  # half a minute
def test_the_array_found_today_is_the_one_that_is_kept():
    ((key, entry),) = arraysearch.wanted()
    assert key in store.entries("soi220")
    assert_allclose(entry()["steps"][-1], arraysearch.optimise().steps[-1], rtol=1e-3)


@pytest.mark.validate
def test_the_search_follows_the_derivative_of_every_size():
    ask, names = arraysearch.Ask(), list(arraysearch.FREE)
    at = jnp.asarray([2.1, 2.8, 1.8, 0.22, 0.35])

    @jax.jit
    def figure(x):
        return jnp.log(arraysearch._figure(ask, 250, dict(zip(names, x, strict=True))))

    slopes = np.asarray(jax.jit(jax.grad(figure))(at))
    for index, slope in enumerate(slopes):
        step = 1e-5 * jnp.eye(5)[index]
        assert_allclose(slope, (figure(at + step) - figure(at - step)) / 2e-5, rtol=1e-5)
        assert abs(slope) > 1e-3
