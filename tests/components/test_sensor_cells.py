"""Sensor cells: their models against the mode solver and the formulas of `solvers.sensors`, and what they refuse."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sax
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import store, wetlines, wetted
from lingnan.components.soi import athermal, light
from lingnan.pdk import active_process, build_pdk, optics
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import sensors
from lingnan.solvers.materials import MaterialRangeError
from lingnan.solvers.tracing import CheckError, checked


@pytest.fixture(autouse=True)
def line() -> Any:
    """Nothing is solved: all that is asked for is kept."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept=True):
        yield


@pytest.fixture(scope="module")
def wire() -> sensors.Guide:
    """The strip in water by the mode solver, with its slopes."""
    build_pdk("soi220").activate(force=True)
    made = optics.geometry(active_process(), "strip", cladding="water")
    return sensors.response(made, "cladding", 1.55, temperature=298.15)


def guide_of(of: Any, at: float, n: Any) -> sensors.Guide:
    """What `sensors` takes, from a model's own n_eff, whose slopes are held against the mode solver above."""
    low, here, high = (float(np.real(of(at + d))) for d in (-1e-4, 0.0, 1e-4))
    bulk = 0.0 if n is None else float(wetted.wet(active_process(), "strip").bulk(at, n))
    return sensors.Guide(at, here, here - at * (high - low) / 2e-4, bulk=bulk)


def power(s: Any, a: str = "o1", b: str = "o2") -> np.ndarray:
    return np.abs(np.asarray(s[a, b])) ** 2


def test_a_guide_in_a_window_is_what_the_mode_solver_says(wire: sensors.Guide):
    """Index, group index, sensitivity, drift and absorption of a fit and of one solve.

    A fit is right to 2e-6 of n_eff; slopes lose a digit or two to the half range of its nodes (0.21 µm, 0.25).
    """
    fit = wetted.wet(active_process(), "strip")
    assert fit.error < 3e-6
    step = 1e-3
    low, n, high = (fit.n_eff(1.55 + d, "water", None, 298.15) for d in (-step, 0.0, step))
    cold, warm = (fit.n_eff(1.55, "water", None, 298.15 + d).real for d in (-1.0, 1.0))
    assert_allclose(n.real, wire.n_eff, atol=3e-6)
    assert_allclose(n.real - 1.55 * (high - low).real / (2 * step), wire.n_g, atol=1e-4)
    assert_allclose(fit.bulk(1.55, "water"), wire.bulk, rtol=1e-4)
    assert_allclose((warm - cold) / 2, wire.drift, rtol=1e-4)
    assert_allclose(2e4 * sensors.sensitivity.DB * 2 * np.pi / 1.55 * n.imag, wire.loss_db_cm, rtol=1e-4)


def test_the_slope_of_a_fit_is_its_difference():
    fit = wetted.wet(active_process(), "strip")
    for n, width in ((1.01, None), (1.33, None), (1.49, None), (1.33, 0.3), (1.01, 0.34)):
        up, down = (fit.n_eff(1.6, n + d, width) for d in (1e-4, -1e-4))
        assert_allclose(fit.bulk(1.6, n, width), (up - down) / 2e-4, rtol=1e-6)
    assert_allclose(jax.grad(lambda n: fit.n_eff(1.6, n))(1.33), fit.bulk(1.6, 1.33), rtol=1e-12)
    assert_allclose(jax.jit(lambda n: fit.n_eff(1.6, n))(1.33), fit.n_eff(1.6, 1.33), rtol=1e-13)


def test_air_in_a_window_is_the_strip_in_air():
    """Two fits made for themselves: that of a guide in air, which is right to 9e-5 of n_eff, 30 pm of a resonance, and
    this one. Couplers in air agree as far as the older fit of their exchange, to 2.5 %, does."""
    waves = np.linspace(1.54, 1.5415, 15001)  # a line is 12 pm wide: how deep it is takes samples of 0.1 pm
    new, old = (
        power(model(wl=waves, radius=20.0, length_x=10.0, gap=0.4, cladding="air"))
        for model in (soi.models["ring_sensor"], light.racetrack_single)
    )
    assert abs(waves[new.argmin()] - waves[old.argmin()]) < 4e-5
    # of κ² over loss, (1 + r)/(1 - r) at a depth of r²: twice what the exchange is off by
    one, two = ((1 + np.sqrt(s.min())) / (1 - np.sqrt(s.min())) for s in (new, old))
    assert_allclose(one, two, rtol=0.05)


def test_oxide_in_a_window_is_the_strip_under_oxide():
    """At three temperatures and widths; the older fit, to three times the width with six nodes, is held to 5e-5 by its
    own test. A guide in a window follows temperature by a straight line, which ten kelvin farther off is 1e-5 wrong."""
    fit, strip = wetted.wet(active_process(), "strip"), light.Line("strip").guide()
    for width, kelvin in ((0.4, 290.0), (0.45, 298.15), (0.8, 308.0)):
        new, old = fit.n_eff(1.55, "SiO2", width, kelvin), strip.n_eff(1.55, width, kelvin)
        assert_allclose(new, old, atol=5e-5)


def dip(spectrum: Any, near: float, reach: float = 1e-4) -> float:
    """Where a spectrum is least: samples, and the parabola through the three lowest of a finer set."""
    for half, count in ((reach, 4001), (reach / 40, 401)):
        waves = np.linspace(near - half, near + half, count)
        found = np.asarray(spectrum(waves))
        lowest = int(found.argmin())
        near = float(waves[lowest])
    left, middle, right = found[lowest - 1 : lowest + 2]
    return near + (waves[1] - waves[0]) * float((left - right) / (left - 2 * middle + right)) / 2


@pytest.mark.parametrize("name", ["ring_sensor", "ring_sensor_drop", "ring_sensor_pair"])
def test_a_resonance_moves_as_the_formula_says(name: str):
    """By the spectrum of the cell's model, and λ/n_g dn_eff/dn there."""
    model, ports = soi.models[name], ("o1", "o4") if name == "ring_sensor_drop" else ("o1", "o2")

    def spectrum(n: float) -> Any:
        return lambda waves: power(model(wl=waves, cladding=n), *ports)

    first = dip(spectrum(1.33), 1.55, 1.5e-3)  # half of a free spectral range
    guide = guide_of(lambda w: wetlines.WetLine("strip", medium=1.33).index(w, None), first, 1.33)
    step = 1e-3
    up, down = (dip(spectrum(1.33 + d), first + d * float(guide.nm_per_riu) * 1e-3, 2e-5) for d in (step, -step))
    # what is left is the coupler's phase, which `Ring` does not have, and the dip's lean on the bus's slope
    assert_allclose((up - down) / (2 * step) * 1e3, guide.nm_per_riu, rtol=2e-4)


def test_a_vernier_passes_light_where_both_rings_resonate():
    """Its spectrum is the product of what each ring drops, and its envelope's peaks lie F_r F_s/|F_r - F_s| apart."""
    waves = np.linspace(1.50, 1.60, 10001)
    settings = {"radius": 20.0, "length_x": 10.0, "gap": 0.4}
    both = power(
        soi.models["vernier_sensor"](wl=waves, cladding=1.33, more=6.0, gap_covered=0.25, **settings), "o1", "o4"
    )
    wet = power(soi.models["ring_sensor_drop"](wl=waves, cladding=1.33, **settings))
    dry = power(soi.models["racetrack_double"](wl=waves, radius=20.0, length_x=16.0, gap=0.25))
    straights = both.max() / (wet * dry).max()
    assert 0.98 < straights < 1  # 2 dB/cm of 0.02 cm
    assert_allclose(both, wet * dry * straights, rtol=1e-5)


#: a model takes a second of CPU to run in JAX: two by default
CIRCUITS = [
    "vernier_sensor",
    "mzi_sensor",
    *(
        pytest.param(name, marks=pytest.mark.validate)
        for name in ("ring_sensor", "ring_sensor_drop", "ring_sensor_pair", "spiral_sensor")
    ),
]


@pytest.mark.parametrize("name", CIRCUITS)
def test_models_run_in_circuits(name: str):
    """SAX hands arrays over; every port of the cell is one of the model."""
    circuit, _ = sax.circuit(
        {
            "instances": {"one": {"component": name, "settings": {"cladding": "water"}}},
            "connections": {},
            "ports": {port.name: f"one,{port.name}" for port in soi.cells[name]().ports},
        },
        {name: soi.models[name]},
        backend="filipsson_gunnar",
    )
    found = circuit(wl=jnp.linspace(1.54, 1.56, 5))
    assert {a for a, _ in found} == {str(port.name) for port in soi.cells[name]().ports}


def test_an_interferometer_answers_as_the_formula_says():
    """Fringes of the cell's spectrum move as `sensors.Interferometer` has it: both ways from one liquid to the next.

    Arms of one length differ in delay, for the group index in a window is another one: 409 µm here of 4349, so that
    an error of n_g counts ten times.
    """
    model = soi.models["mzi_sensor"]
    # the two inputs of a 2x2 differ in delay too, by 2 µm; those of a Y do not
    settings: dict[str, Any] = {"length_x": 1000.0, "delta_length": 60.0, "combiner": "mmi1x2"}

    def spectrum(n: float) -> Any:
        return lambda waves: power(model(wl=waves, cladding=n, **settings), "o1", "o2")

    first = dip(spectrum(1.33), 1.55, 3.2e-3)  # of 5.9 nm between fringes
    lines = (wetlines.WetLine("strip", medium=1.33), 1.33), (light.Line("strip"), None)
    wet, dry = (guide_of(lambda w, of=of: of.index(w, None), first, n) for of, n in lines)
    two = sensors.Interferometer(wet, dry, exposed=1000.0, covered=60.0, other=1000.0)
    step = 2e-4
    expected = float(two.nm_per_riu)
    up, down = (dip(spectrum(1.33 + d), first + d * expected * 1e-3, 2e-4) for d in (step, -step))
    assert_allclose((up - down) / (2 * step) * 1e3, expected, rtol=1e-3)


@pytest.fixture(scope="module")
def coherent() -> tuple[np.ndarray, np.ndarray]:
    """Powers of the three outputs over three fringes of a liquid, and the phase of the formula."""
    build_pdk("soi220").activate(force=True)
    media = np.linspace(1.33, 1.36, 121)
    s = soi.models["mzi_coherent"](wl=np.full(121, 1.55), cladding=media, length_x=800.0)
    powers = np.array([power(s, "o1", port) for port in ("o2", "o3", "o4")])
    index = wetlines.WetLine("strip", medium=media).index(np.full(121, 1.55), None)
    return powers, 2 * np.pi / 1.55 * 800.0 * index


def test_three_outputs_are_120_degrees_apart(coherent: tuple[np.ndarray, np.ndarray]):
    """Each output is a mean and a fringe of the formula's phase; the coupler's model puts them 120 degrees apart.

    Means, fringes and angles as `mmi3x3` has them, whose fit is right to 1e-3 of an amplitude.
    """
    powers, phase = coherent
    basis = np.stack([np.ones_like(phase), np.cos(phase), np.sin(phase)], axis=1)
    found, left, *_ = np.linalg.lstsq(basis, powers.T, rcond=None)
    assert np.sqrt(left.max() / phase.size) < 3e-4  # what runs to and fro between both couplers
    angle = np.angle(found[1] - 1j * found[2], deg=True)
    apart = (np.diff([*angle, angle[0]]) + 180) % 360 - 180
    assert_allclose(np.abs(apart), 120, atol=1.0)
    assert len(set(np.sign(apart))) == 1
    contrast = np.hypot(found[1], found[2]) / found[0]
    assert np.all(contrast > 0.95)
    assert_allclose(found[0] / found[0].mean(), 1, atol=0.03)


def test_the_phase_of_three_outputs_is_linear_in_the_index(coherent: tuple[np.ndarray, np.ndarray]):
    """By `phase_of_three`, which knows nothing of the coupler: right to its faults, 1 degree, with no blind point."""
    powers, phase = coherent
    found = np.unwrap(np.asarray(sensors.phase_of_three(jnp.asarray(powers))))
    assert np.ptp(found) > 6 * np.pi
    slope, start = np.polyfit(phase, found, 1)
    assert_allclose(abs(slope), 1, rtol=2e-3)
    assert_allclose(found, slope * phase + start, atol=np.deg2rad(2.0))


@pytest.mark.parametrize("widths", [{}, {"width": 0.4}, {"width": 0.4, "width_covered": 0.6}])
def test_a_balanced_interferometer_feels_no_temperature(widths: dict[str, float]):
    """Ten kelvin move its fringe by less than a hundredth of what they move one whose arms are as they come."""
    model = soi.models["mzi_sensor"]
    settings = athermal.balanced(1000.0, **widths)

    def moved(delta: float) -> float:
        used = {**settings, "delta_length": delta}
        phases = []
        for kelvin in (293.15, 303.15):  # about the corner's own: the water's dn/dT counts to first order
            s = model(wl=np.array([1.55]), cladding="water", temperature=kelvin, **used)
            two = np.abs(np.array([s["o1", "o2"][0], s["o1", "o3"][0]])) ** 2
            phases.append(np.arccos((two[0] - two[1]) / two.sum()))
        return float(abs(phases[1] - phases[0]))

    assert moved(settings["delta_length"]) < 0.01
    assert moved(settings["delta_length"] + 200.0) > 0.1


def test_the_balance_is_that_of_the_mode_solver(wire: sensors.Guide):
    """Lengths from the cells' fits, drifts from two solves: a thousandth of what arms of one length gain."""
    dry = sensors.response(optics.geometry(active_process(), "strip"), temperature=298.15)
    settings = athermal.balanced(1000.0)

    def turned(more: float) -> float:
        two = sensors.Interferometer(wire, dry, exposed=1000.0, covered=more, other=1000.0)
        return float(two.phase(1.55, sensors.Cause(warmth=1.0)) - two.phase(1.55))

    assert abs(turned(0.0)) > 0.05
    assert abs(turned(settings["delta_length"])) < 1e-3 * abs(turned(0.0))


def test_absorption_of_a_gas_is_the_share_in_the_gas():
    """Beer and Lambert: α times dn_eff/dn times the length, the group index left out as in `gas.Cell`'s Γ."""
    waves, alpha = np.array([1.65, 1.6537]), np.array([0.0, 0.05])
    n = 1.0003 + 1j * alpha * waves * 1e-4 / (4 * np.pi)
    model, settings = soi.models["spiral_sensor"], {"turns": 2, "length_x": 50.0, "width": 0.4}
    wet, dry = (power(model(wl=waves, cladding=one, **settings)) for one in (n, n.real))
    long = soi.cells["spiral_sensor"](**settings).info["length_um"]
    share = wetted.wet(active_process(), "strip").bulk(waves, 1.0003, 0.4)
    assert_allclose(wet / dry, np.exp(-alpha * share * long * 1e-4), rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("ring_sensor", {"cladding": 1.6}, r"index of the medium of 1.6 lies outside 1 to 1.5"),
        ("ring_sensor", {"wl": 1.7, "cladding": 1.33}, r"wl = 1.7 µm lies outside 1.26 to 1.68"),
        ("spiral_sensor", {"width": 1.0}, r"width = 1 µm lies outside 0.33 to 0.9"),
        ("spiral_sensor", {"width": 0.31}, r"0.31 µm lies outside 0.33 .*index 1 light is held in every corner up"),
        ("spiral_sensor", {"width": 0.3, "cladding": 1.2}, r"width = 0.3 µm lies outside 0.306 to 0.9"),
        (
            "ring_sensor",
            {"width": 0.3, "cladding": 1.28, "gap": 0.6},
            r"cladding = 1.28 .* outside 1.3 to 1.5 .*, for which light of the odd",
        ),
        ("ring_sensor", {"width": 0.3, "cladding": "water", "gap": 0.3}, r"gap = 0.3 µm lies outside 0.55 to inf"),
    ],
)
def test_models_refuse_what_was_not_solved(name: str, settings: dict[str, Any], said: str):
    with pytest.raises(LingnanError, match=said):
        soi.models[name](**settings)


def test_water_is_not_known_where_methane_absorbs():
    with pytest.raises(MaterialRangeError):
        soi.models["spiral_sensor"](wl=1.65, cladding="water")


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("ring_sensor", {"margin": 0.5}, r"margin = 0.5 is below the limit of 1"),
        ("ring_sensor", {"cross_section": "rib"}, "has a slab"),
        ("spiral_sensor", {"width": 0.25}, r"width = 0.25 is below the limit of 0.3 \(rule OX.WG.W"),
        ("vernier_sensor", {"margin": 60.0}, r"margin = 60 is above the limit"),
        ("vernier_sensor", {"more": 0.0}, r"more = 0 is below the limit of 0.1"),
        ("ring_sensor_pair", {"more": -1.0}, r"more = -1 is below the limit of 0"),
        ("mzi_sensor", {"margin": 60.0, "heater": True}, r"margin = 60 is above the limit of 57.69 \(rule OX.S.M"),
        ("mzi_sensor", {"margin": 70.0}, r"margin = 70 is above the limit"),
        ("mzi_sensor", {"length_x": 15.0}, r"15 is below the limit of 20 \(rule OX.W"),
        ("mzi_sensor", {"heater": True, "width_covered": 0.6}, "width_covered = 0.6 µm under a heater"),
    ],
)
def test_cells_refuse_what_the_line_cannot_make(name: str, settings: dict[str, Any], said: str):
    with pytest.raises(LingnanError, match=said):
        soi.cells[name](**settings)


def test_a_line_without_windows_says_what_it_lacks():
    with pytest.raises(LingnanError, match=r"ring_sensor: cross_section = nitride lies on SIN; .*only WG & OXOPEN has"):
        soi.ring_sensor(cross_section="nitride")
    build_pdk("tfln600").activate(force=True)
    with pytest.raises(LingnanError, match=r"no sensing windows: .* mask OXOPEN .*OX\.WG\.W.*process file of your own"):
        soi.ring_sensor(cross_section="rib")


@pytest.mark.parametrize(("n", "width", "said"), [(1.7, 0.45, "1.7 lies outside 1 to 1.5"), (1.0, 0.31, "0.31 µm is")])
def test_a_medium_that_is_traced_is_checked_with_its_width(n: float, width: float, said: str):
    fit = wetted.wet(active_process(), "strip")
    asked = checked(lambda n, width: fit.n_eff(1.55, n, width))
    assert_allclose(asked(1.33, 0.30), fit.n_eff(1.55, 1.33, 0.30), rtol=1e-12)
    with pytest.raises(CheckError, match=said):
        asked(n, width)
