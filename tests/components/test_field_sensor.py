"""The field sensor: drawn strips, their charges as a circuit, light by model and by formula, its search, refusals."""

from typing import Any

import jax
import jax.numpy as jnp
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.compact import store
from lingnan.components.tfln import fieldlight, fieldsearch, floating
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import modulators
from lingnan.solvers.fields import electric
from lingnan.tapeout.datasheet.leads import led_on

PLATES = fieldlight.Plates(height=0.02, capacitance=2e-12, leak=1e11)


@pytest.fixture(autouse=True)
def line(request: Any) -> Any:
    """Nothing is solved but what `validate` holds against the solvers."""
    build_pdk("tfln600").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def test_strips_and_ribs_are_those_that_are_solved() -> None:
    """Edges of the drawn metal and of the ribs across the middle of the strips, against the solved cross-section."""
    c = tfln.field_sensor_mzi(length=800.0, gap=6.0, strip_width=24.0)
    spec = floating._spec(active_process(), "nominal", 6.0, 24.0)
    x = float(c.ports["e1"].center[0]) - 200.0
    middle = float(c.ports["o1"].center[1])
    edges = {}
    for name in ("TL", "LN_RIB"):
        number = active_process().layer(name)
        layer = c.kdb_cell.layout().layer(number.layer, number.datatype)
        shapes = kdb.Region(c.kdb_cell.begin_shapes_rec(layer)).merged()
        dbu = c.kdb_cell.layout().dbu
        slit = kdb.Region(kdb.DBox(x, -1000.0, x + 1.0, 1000.0).to_itype(dbu))
        edges[name] = sorted((one.bbox().bottom * dbu - middle, one.bbox().top * dbu - middle)
                             for one in (shapes & slit).each())  # fmt: skip
    assert_allclose(edges["TL"], [(-42.0, -18.0), (-12.0, 12.0), (18.0, 42.0)], atol=1e-9)
    assert_allclose(edges["LN_RIB"], [(-16.0, -14.0), (14.0, 16.0)], atol=1e-9)
    assert_allclose([spec.signal_width, spec.gap, spec.ground_width, spec.rib_width], [24.0, 6.0, 24.0, 2.0], atol=1e-9)
    assert float(spec.rib_centre) == pytest.approx(15.0)


def test_two_poles_over_the_handle_are_a_circuit_of_three_capacitors() -> None:
    """What a source of 1 V between the pads charges, by nodes: the handle floats, its potential follows."""
    strips, process = floating.strips(), active_process()
    found = strips(5.0, 20.0)
    head = floating.head(strips, 4000.0, 5.0, 20.0)
    pad, crossed = floating.beside(process, 20.0)
    long = 4e-3
    between = -float(found.mutual) * long + float(crossed)
    to_handle = [float(c + found.mutual) * long + pad for c in (found.inner, found.outer)]
    across = to_handle[0] * to_handle[1] / sum(to_handle)
    assert float(head.load) == pytest.approx(between + across, rel=1e-12)
    assert float(head.share) == pytest.approx(to_handle[1] / sum(to_handle), rel=1e-12)
    # pads of 90 x 90 µm on 4.7 µm of oxide and more: a plate of 3.9 ε0
    assert 0.7 < pad / (3.9 * 8.854e-12 * 8.1e-9 / 4.7e-6) < 1.0


def test_light_by_the_model_and_by_the_interferometers_formula() -> None:
    """The S-parameters over voltage, and (1 + cos)/2 with V_π of the surfaces; both in the middle of a fringe."""
    model, volts = tfln.models["field_sensor_mzi"], np.linspace(-3.0, 3.0, 61)
    waves = np.linspace(1.543, 1.557, 2801)
    seen = np.abs(model(wl=waves)["o1", "o2"]) ** 2
    brightest = seen.max()
    at = waves[np.argmin(np.abs(seen - brightest / 2))]
    power = np.abs(model(wl=at, voltage=volts)["o1", "o2"]) ** 2 / brightest
    head = floating.head(floating.strips(), 5000.0, 5.0, 20.0, at)
    start = np.arccos(2 * power[30] - 1)
    slope = np.sign(power[31] - power[30])
    expected = (1 + np.cos(start - slope * np.pi * volts / float(head.v_pi))) / 2
    assert_allclose(
        power, expected, atol=2e-3
    )  # 0.2 %: the fringe's own top is read off 2801 points, and the splitters know the wavelength
    told = fieldlight.sensor(PLATES, 5000.0, wl=at)
    share = 2e-12 / (2e-12 + float(head.load))
    assert float(told.sensor.half_wave) == pytest.approx(float(head.v_pi) / (0.02 * share), rel=1e-12)
    assert float(told.band[0]) == pytest.approx(1 / (2 * np.pi * 1e11 * (2e-12 + float(head.load))), rel=1e-12)


def test_every_size_and_plate_moves_the_noise() -> None:
    readout = fieldsearch.READOUT

    @jax.jit
    def noise(x: jax.Array) -> jax.Array:
        plates = fieldlight.Plates(x[0], x[1], x[2])
        told = fieldlight.sensor(plates, x[3], x[4], x[5], bias=x[6], other_loss_db=x[7])
        return 1e6 * electric.field_noise(told.sensor, readout, 50.0, told.antenna)

    at = jnp.array([0.02, 2e-12, 1e10, 5000.0, 5.5, 21.0, 1.4, 3.0])
    slopes = np.asarray(jax.jit(jax.grad(noise))(at) * at)
    steps = 1e-4 * np.eye(8)
    for k in range(8):
        up, down = (float(noise(at * (1 + sign * steps[k]))) for sign in (1, -1))
        # differences of a value of 6 with steps of 1e-4: round-off is 1e-11, the third order 1e-8 of the slope
        assert slopes[k] == pytest.approx((up - down) / 2e-4, rel=1e-5, abs=1e-7)
        assert abs(slopes[k]) > 1e-6


def test_a_search_ends_in_a_cell_that_keeps_its_limit() -> None:
    """The load is at its limit, the gap at the least that is recommended, and the cell is clean."""
    found = fieldsearch.optimise(PLATES, load=1.5e-12)
    assert found.after.noise < 0.6 * found.before.noise
    assert 0.99 * 1.5e-12 < found.after.load <= 1.5e-12
    assert found.after.drawn["gap"] == pytest.approx(5.0)
    # the least of a scan that keeps the limit
    ask = found.ask
    gaps, lengths = (jnp.ravel(one) for one in jnp.meshgrid(jnp.array([5.0, 6.0, 8.0]), jnp.linspace(2e3, 9e3, 36)))

    @jax.jit
    def scanned(gap: jax.Array, length: jax.Array) -> jax.Array:
        fits = ask.told(gap, length).head.load <= 1.5e-12
        return jnp.min(jnp.where(fits, ask.noise(gap, length), jnp.inf))

    tried = float(scanned(gaps, lengths))
    assert found.after.noise < 1.001 * tried
    assert f"{found.after.noise:.3g}" in found.table()
    assert found.figure().axes
    cell = tfln.field_sensor_mzi(**found.settings)
    assert not check(*led_on(cell, active_process()), active_process()).violations
    assert cell.info["electrode_length_um"] == pytest.approx(found.after.drawn["length"], abs=1e-3)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"load": 1e-14}, "are kept by no gap and length"),
        ({"free": {"signal_width": (5.0, 9.0)}}, "'signal_width' is no size of the search"),
        ({"free": {"gap": (2.0, 9.0)}}, r"below the limit of 2.5 \(rule TL.S"),
        ({"frequency": 1e9}, "the handle of process tfln600"),
    ],
)
def test_searches_and_sensors_refuse(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(LingnanError, match=said):
        fieldsearch.optimise(PLATES, **settings)


def test_strips_beyond_what_is_solved_are_refused() -> None:
    with pytest.raises(LingnanError, match="gap"):
        floating.strips()(20.0, 20.0)
    with pytest.raises(LingnanError, match="VIA_TL_M2"):
        tfln.field_sensor_mzi(strip_width=10.0)


@pytest.mark.validate
def test_surfaces_are_the_solver_between_their_nodes() -> None:
    """Charges and light solved at another gap and width; V_π L over a dielectric handle is a little less."""
    process, strips = active_process(), floating.strips()
    gap, wide = 7.0, 33.0
    spec = floating._spec(process, "nominal", gap, wide)
    mode = modulators.guided(spec, 1.55, temperature=process.corners["nominal"].temperature)
    r = floating.bridge.pockels(process)
    found = modulators.potentials(spec.section())
    charge = 2 * np.asarray(found.capacitance)
    of = strips(gap, wide)
    assert_allclose([of.inner, of.mutual, of.outer], [charge[0, 0], charge[0, 1], charge[1, 1]], rtol=2e-3)
    assert_allclose(of.by_inner, modulators.shift_of(spec, found, mode, r).per_volt, rtol=2e-3)
    # both routes of the mode's shift, by perturbation and by modes of the changed crystal
    change = modulators.pockels.change_in_crystal(spec, found, mode, r)
    assert_allclose(of.by_inner, modulators.pockels.apart(mode, change, 20.0).per_volt, rtol=5e-3)
    dielectric = floating.bridge.coplanar(process, gap=gap, signal_width=wide, ground_width=wide, rib_width=2.0)
    plain = modulators.phase_shift(dielectric, 1.55, r=r, temperature=298.15)
    head = floating.head(strips, 1e4, gap, wide)
    assert 1.0 < float(head.v_pi) / float(plain.vpi_l_push_pull) < 1.05
