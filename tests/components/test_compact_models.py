"""Compact models: passive, reciprocal, and what their cells say."""

import inspect
import subprocess
import sys
from dataclasses import replace

import gdsfactory as gf
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sax
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.common import guides as drawn
from lingnan.components.compact import guides, store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import fastest_te, guide
from lingnan.components.compact.leans import leaning
from lingnan.components.compact.ways import Line, Turn, parted
from lingnan.components.soi import (
    active,
    awglight,
    braggarraylight,
    circuits,
    filterlight,
    gratinglight,
    lidarlight,
    light,
    membranelight,
    parts,
    passages,
    ringlight,
    wetlight,
)  # fmt: skip
from lingnan.pdk import build_pdk, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import load_process
from lingnan.solvers import waveguides


@pytest.fixture(autouse=True)
def line(request):
    """The line, and nothing solved: all that is asked for here is kept, but for what `validate` solves anew."""
    build_pdk("soi220").activate()
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


WAVES = jnp.linspace(1.53, 1.57, 3)

#: For every parameter, a value that is not its default.
OTHERS = {
    "wl": WAVES + 0.01, "temperature": 320.0,
    "length": 11.0, "width": 0.5, "width1": 0.5, "width2": 0.9, "radius": 12.0,
    "angle": 45.0, "p": 1.0, "size": (14.0, 4.0), "gap": 0.25, "gap_drop": 0.3, "dy": 6.0, "dx": 15.0, "margin": 14.0,
    "length_x": 13.0, "length_y": 7.0, "turns": 3, "spacing": 6.0, "bends": 44, "heating": 3.0, "delta_length": 44.0,
    "heater": True, "more": 5.0, "gap_covered": 0.3, "width_covered": 0.5,
    "periods": 150, "period": 0.985, "depth": 0.012, "shift": 0.4,
}  # fmt: skip
SOLVED_ANEW = {"corner": "hot", "cross_section": "rib"}  #: another guide: some 40 s of CPU each
#: Another device or medium, solved anew; a heater's width sets its power and moves no light by itself.
OTHER_SOLUTIONS = {*SOLVED_ANEW, "cladding", "splitter", "combiner", "heater_width"}

FROM_CURVES = {**light.models, **circuits.models, **wetlight.models, **gratinglight.models}
MODELS = {**FROM_CURVES, **parts.models, **passages.models}


def ports_of(sdict):
    return sorted({p for pair in sdict for p in pair})


def whole(sdict):
    """(wavelengths, ports, ports)"""
    rows = [[jnp.broadcast_to(sdict.get((a, b), 0.0), WAVES.shape) for b in ports_of(sdict)] for a in ports_of(sdict)]
    return jnp.moveaxis(jnp.asarray(rows), -1, 0)


every_model = pytest.mark.parametrize("name", sorted(MODELS))


def test_models_are_registered_under_the_names_of_cells():
    alone = (
        active,
        ringlight,
        awglight,
        filterlight,
        lidarlight,
        membranelight,
        braggarraylight,
    )  # they have tests of their own
    own = {name: model for one in alone for name, model in one.models.items()}
    driven = {name: model for name, model in own.items() if name in soi.cells}
    assert set(soi.models) == {*MODELS, *driven} <= set(soi.cells)
    pdk = build_pdk("soi220")
    assert set(soi.models) <= set(pdk.models)
    for name, model in soi.models.items():
        assert pdk.models[name] is model
        assert inspect.signature(model) == inspect.signature({**MODELS, **driven}[name])


def test_every_cell_with_light_in_it_has_a_model():
    optical = {name for name, cell in soi.cells.items() if any(p.port_type == "optical" for p in cell().ports)}
    assert optical == set(soi.models)


def test_a_pdk_with_models_starts_without_jax():
    script = "import sys; from lingnan.pdk import build_pdk; assert build_pdk('soi220').models; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"jax", "sax", "lingnan.solvers"} & set(loaded)


@every_model
def test_models_are_passive_reciprocal_and_take_what_their_cells_take(name):
    sdict = MODELS[name](wl=WAVES)
    s = np.asarray(whole(sdict))
    assert_allclose(s, np.swapaxes(s, 1, 2), atol=1e-14)
    largest = np.linalg.norm(s, 2, axis=(1, 2))
    assert np.all(largest <= 1 + 1e-9)
    if name not in (
        "grating_coupler",
        "mzi",
        "terminator",
    ):  # which lose light on purpose, some all of it
        assert np.all(largest > 0.5)
    assert ports_of(sdict) == sorted(port.name for port in soi.cells[name]().ports if port.port_type != "electrical")
    of_cell = inspect.signature(soi.cells[name]).parameters
    of_model = inspect.signature(MODELS[name]).parameters
    for parameter, value in of_cell.items():
        assert of_model[parameter].default == value.default
    more = set(of_model) - set(of_cell)
    assert {"wl", "temperature", "corner"} <= more <= {"wl", "temperature", "corner", "heating", "cladding"}


@pytest.mark.parametrize(
    "name", ["straight", "bend_euler", "bend_circular", "taper", "coupler", "ring_single", "ring_double"]
)
def test_none_is_the_number_of_the_process(name):
    """The cell's own None is resolved by `components.process`; the model's has to come out the same."""
    process = load_process("soi220")
    own = process.cross_sections["strip"]
    resolved = {
        "width": own.width.value, "width1": own.width.value, "radius": own.radius.value,
        "gap": process.number("cells.coupler_gap"), "gap_drop": process.number("cells.coupler_gap"),
        "temperature": process.corners["nominal"].temperature,
    }  # fmt: skip
    parameters = inspect.signature(light.models[name]).parameters
    given = {k: v for k, v in resolved.items() if k in parameters and parameters[k].default is None}
    assert given
    expected = whole(light.models[name](wl=WAVES))
    assert_allclose(whole(light.models[name](wl=WAVES, **given)), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", sorted(FROM_CURVES))
def test_every_parameter_moves_an_output(name):
    model = FROM_CURVES[name]
    basis = {"wl": WAVES, **({"heater": True} if name == "mzi" else {})}
    before = whole(model(**basis))
    for parameter in sorted(set(inspect.signature(model).parameters) - OTHER_SOLUTIONS, key="heating".__eq__):
        if parameter == "width" and name.startswith("ring_sensor"):
            continue  # another pair, solved anew
        if parameter == "heater" or (parameter == "margin" and name in ("mzi_sensor", "mzi_coherent")):
            continue  # its guide is the same until it is heated; light does not see how far a window reaches aside
        if (name, parameter) == ("mzi_sensor", "heating"):
            basis, before = {**basis, "heater": True}, whole(model(**basis, heater=True))
        other = 25.0 if name in wetlight.models and parameter == "radius" else OTHERS[parameter]
        other = 0.45 if name in wetlight.models and parameter == "gap" else other
        other = 250.0 if (name, parameter) == ("phase_shifter_heater", "length") else other
        assert np.max(np.abs(whole(model(**{**basis, parameter: other})) - before)) > 1e-4, parameter


@pytest.mark.validate
@pytest.mark.parametrize("parameter", sorted(SOLVED_ANEW))
def test_every_guide_is_another_one(parameter):
    before = whole(light.straight(wl=WAVES))
    after = whole(light.straight(wl=WAVES, **{parameter: SOLVED_ANEW[parameter]}))
    assert np.max(np.abs(after - before)) > 1e-4


# sensors and the interferometer have tests of their own; mmi3x3 is mmi2x2's code, and 8 s
@pytest.mark.parametrize("name", sorted(set(MODELS) - {"mzi", "mmi3x3", *wetlight.models}))
def test_models_are_differentiable(name):
    parameters = inspect.signature(MODELS[name]).parameters
    point = {"wl": 1.5432, "temperature": 305.0, "length": 9.0, "width": 0.47, "width1": 0.46, "width2": 0.8}
    if name in ("bend_euler", "bend_circular"):
        point["radius"] = 11.0
    if name == "phase_shifter_heater":
        point["length"] = 210.0
    if name in ("crossing", "transition_strip_rib", "transition_strip_nitride"):
        del point["length"], point["width"]  # traced sizes of a device run its solver: minutes; or are refused
    if name.startswith("bragg_sensor"):
        del point["width"]  # tapers are drawn for a number
    if name == "swg":
        del point["length"], point["width"]  # a known length is rounded to whole periods; the width is refused
    point = {k: v for k, v in point.items() if k in parameters}

    def value(point):
        s = MODELS[name](**point)
        return sum(weight * s[pair].real for weight, pair in zip((1.0, 0.7, 0.4, 0.2), sorted(s), strict=False))

    slopes = jax.grad(value)({k: jnp.asarray(v) for k, v in point.items()})
    for parameter, slope in slopes.items():
        # a spiral is thousands of wavelengths long: with 1e-5 of a wavelength its phase moves by half a radian; the
        # line of two long gratings is as narrow
        fine = name.endswith("shifted") or (parameter == "wl" and name in ("spiral", "bend_chain"))
        step = 1e-7 if fine else 1e-5
        up, down = (value({**point, parameter: point[parameter] + s}) for s in (step, -step))
        assert abs(slope) > 1e-7
        # round-off 1e-16 / 1e-5 and the third derivative, (2π n L / λ²)² step² / 6 = 1e-5 of the slope for a ring
        assert_allclose(slope, (up - down) / (2 * step), rtol=1e-4, atol=1e-9)


def test_sax_makes_circuits_of_them():
    """SAX hands every number over as an array, and takes names of models from a netlist of cells."""
    c = gf.Component()
    first, second = c << soi.straight(length=30.0), c << soi.bend_euler()
    second.connect("o1", first.ports["o2"])
    c.add_port("o1", port=first.ports["o1"])
    c.add_port("o2", port=second.ports["o2"])
    circuit, _ = sax.circuit(c.get_netlist(), models=build_pdk("soi220").models)
    expected = light.straight(wl=1.54, length=30.0)["o1", "o2"] * light.bend_euler(wl=1.54)["o1", "o2"]
    assert_allclose(circuit(wl=1.54)["o1", "o2"], expected, rtol=1e-12)
    ring, _ = sax.circuit(
        {"instances": {"r": "ring_single"}, "ports": {"o1": "r,o1", "o2": "r,o2"}}, models=build_pdk("soi220").models
    )
    assert_allclose(ring(wl=1.54)["o1", "o2"], light.ring_single(wl=1.54)["o1", "o2"], rtol=1e-12)


def test_a_polynomial_surface_is_exact_for_polynomials():
    f = lambda x, y: 1 + x - 2 * y + x * y**2  # noqa: E731
    x, y = nodes(1.0, 2.0, 3), nodes(-1.0, 3.0, 4)
    surface = Surface.through((1.0, 2.0), (-1.0, 3.0), f(x[:, None], y[None, :]))
    assert_allclose(surface(1.3, np.array([0.2, 2.5])), f(1.3, np.array([0.2, 2.5])), rtol=1e-13)


def test_the_stored_guide_is_the_solver():
    process = load_process("soi220")
    guide = guides.guide(process, "strip")
    assert guide.digest == guides.digest(process, "strip")
    assert guide.error < 5e-5  # the mode solver's own first mesh is right to 5e-5
    made = optics.geometry(process, "strip", width=0.5)
    modes = waveguides.solve(made, 1.53, num_modes=1)
    assert_allclose(guide.n_eff(1.53, 0.5), modes.n_eff[0].real, atol=5e-5)
    assert_allclose(guide.n_g(1.53, 0.5), modes.n_g[0], rtol=5e-4)  # 3e-5 of n_eff over the 0.07 µm between nodes
    assert 1e-4 < guide.n_eff(1.55, None, 311.0) - guide.n_eff(1.55, None, 310.0) < 2.5e-4  # silicon: 1.8e-4


def test_lengths_are_those_of_the_cells():
    for name, settings in (("bend_euler", {}), ("bend_euler", {"radius": 20.0, "p": 1.0}), ("bend_s", {})):
        cell = soi.cells[name](**settings)
        s = light.models[name](wl=1.55, **settings)[("o1", "o2")]
        expected = light.straight(wl=1.55, length=cell.info["length_um"])[("o1", "o2")]
        # the cell's curve is a polyline with chords half a grid step off the true one: 1e-4 µm in length
        assert_allclose(s, expected, atol=2e-3)


def test_a_ring_rings_at_its_free_spectral_range():
    waves = jnp.linspace(1.54, 1.56, 8001)
    t = np.abs(np.asarray(light.ring_single(wl=waves, radius=10.0)[("o1", "o2")])) ** 2
    dips = np.flatnonzero((t[1:-1] < t[:-2]) & (t[1:-1] < t[2:])) + 1
    spacing = np.diff(np.asarray(waves)[dips])
    n_g = float(guides.guide("soi220", "strip").n_g(1.55))
    assert_allclose(spacing, 1.55**2 / (n_g * 2 * np.pi * 10), rtol=0.02)  # λ² over the range: 1.3 %


def test_the_coupler_turns_with_its_length():
    cross = [abs(light.coupler(wl=1.55, length=length)[("o1", "o3")]) ** 2 for length in (0.0, 5.0, 10.0)]
    assert cross[0] < cross[1] < cross[2]
    slope = jax.grad(lambda d: jnp.abs(light.coupler(wl=1.55, length=d)[("o1", "o3")]) ** 2)(5.0)
    up, down = (abs(light.coupler(wl=1.55, length=5.0 + s)[("o1", "o3")]) ** 2 for s in (1e-4, -1e-4))
    assert_allclose(slope, (up - down) / 2e-4, rtol=1e-6)


def test_bends_that_part_couple_more_than_their_gaps_say():
    """Modes of bent guides lean towards each other: between these S-bends Meep finds 9 to 17 % more than the integral
    over the gap, as `solvers.devices.bending` says; its own tests hold it against Meep."""
    process, line, gap = load_process("soi220"), Line("strip"), 0.2
    bend = drawn.s_bend_curve("coupler", "dx", 12.0, 1.5, "strip")
    with_bends = float(parted(line, 1.55, gap, bend))
    gaps = gap + bend.y[1:] + bend.y[:-1]
    plain = float(line.pair(gap).phase_along(1.55, gaps, np.diff(bend.x)))
    assert 1.05 < with_bends / plain < 1.25
    slope = float(leaning(process, "strip", "nominal", None, 0.0, "").at(1.55).slope)
    assert_allclose(slope, 0.15, atol=0.05)  # 0.152 for 0.5 µm: the tail of a bent guide grows by 1.5 % for R = 10 µm


def test_tails_lean_as_the_corner_makes_the_guide():
    """A looser mode has a longer tail, which a bend moves less in proportion: each corner is solved for itself."""
    process = load_process("soi220")
    slopes = {c: float(leaning(process, "strip", c, None, 0.0, "").at(1.55).slope) for c in process.corners}
    assert len({round(slope, 6) for slope in slopes.values()}) == len(slopes)
    assert all(abs(slope / slopes["nominal"] - 1) < 0.2 for slope in slopes.values())
    assert abs(slopes["thin_narrow"] / slopes["nominal"] - 1) > 0.01
    assert abs(slopes["hot"] / slopes["nominal"] - 1) < 0.01


def test_gradients_of_a_straight():
    phase = lambda w, d, t, wl: jnp.angle(light.straight(wl=wl, length=d, width=w, temperature=t)[("o1", "o2")])  # noqa: E731
    args = [jnp.asarray(v) for v in (0.47, 3.0, 305.0, 1.55)]
    for k, slope in enumerate(jax.grad(phase, argnums=(0, 1, 2, 3))(*args)):
        up, down = (phase(*args[:k], args[k] + s, *args[k + 1 :]) for s in (1e-5, -1e-5))
        assert_allclose(slope, (up - down) / 2e-5, rtol=1e-5)


def test_outside_what_was_solved():
    with pytest.raises(LingnanError, match=r"wl = 1\.8 µm lies outside"):
        light.straight(wl=1.8)
    with pytest.raises(LingnanError, match="width"):
        light.straight(width=0.2)
    with pytest.raises(LingnanError, match="no optical cross-section"):
        light.straight(cross_section="stripe")
    with pytest.raises(LingnanError, match=r"two guides strip .* wl = 1\.7 µm lies outside"):
        light.coupler(wl=1.7)
    with pytest.raises(LingnanError, match="angle is traced"):
        jax.jit(lambda turn: light.bend_euler(angle=turn))(90.0)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("length", -1.0, r"length = -1(\.0)? µm lies outside 0 to inf µm, for which a guide can be drawn"),
        ("temperature", 25.0, r"temperature = 25(\.0)? K lies outside 230 to 600 K, for which its media were measured"),
        ("wl", 1550.0, r"wl = 1550(\.0)? µm lies outside 1\.26 to 1\.62 µm, for which it was solved"),
    ],
)
def test_what_a_guide_cannot_be_is_refused_inside_checked_too(name: str, value: float, message: str):
    with pytest.raises(LingnanError, match=message):
        light.straight(**{name: value})
    with pytest.raises(waveguides.CheckError, match=message):
        waveguides.checked(lambda x: light.straight(**{name: x})["o1", "o2"])(value)
    with pytest.raises(LingnanError, match="'ten' is no real number"):
        light.straight(**{name: "ten"})


def test_a_guide_bends_with_temperature_as_the_solver_has_it():
    """From -40 to 125 °C; the first derivative alone is up to 1.4e-3 off there, of shifts of 2e-2."""
    fit, made = guide("soi220", "strip"), optics.geometry("soi220", "strip")

    def index(kelvin: float) -> float:
        return float(fastest_te(replace(made, temperature=jnp.asarray(kelvin)), jnp.asarray(1.55))[0])

    still = index(298.15)
    for kelvin in (233.15, 398.15):
        moved = float(fit.n_eff(1.55, None, kelvin) - fit.n_eff(1.55, None, 298.15))
        assert_allclose(moved, index(kelvin) - still, atol=fit.error)  # 2.8e-5, of the fit at this temperature


def test_a_racetrack_without_straights_is_a_ring():
    ring = light.ring_single(wl=WAVES, radius=9.0)["o1", "o2"]
    assert_allclose(light.racetrack_single(wl=WAVES, radius=9.0, length_x=0.0, p=0.0)["o1", "o2"], ring, atol=1e-9)


def test_heat_turns_the_phase_as_a_warmer_guide():
    """Of 200 µm, one contact is cold: 190 µm are heated."""
    cold, warm = (circuits.phase_shifter_heater(wl=1.55, heating=h)["o1", "o2"] for h in (0.0, 5.0))
    long = (light.straight(wl=1.55, length=190.0, temperature=298.15 + h)["o1", "o2"] for h in (0.0, 5.0))
    first, second = long
    assert_allclose(warm / cold, second / first, rtol=1e-9)


def test_an_interferometer_has_its_fringes():
    """Free spectral range λ² / (n_g ΔL), and both arms alike give a flat one."""
    waves = jnp.linspace(1.53, 1.57, 801)
    power = np.abs(np.asarray(circuits.mzi(wl=waves, delta_length=100.0)["o1", "o2"])) ** 2
    dips = np.flatnonzero((power[1:-1] < power[:-2]) & (power[1:-1] < power[2:])) + 1
    n_g = float(guides.guide("soi220", "strip").n_g(1.55))
    assert_allclose(np.diff(np.asarray(waves)[dips]).mean(), 1.55**2 / (n_g * 100.0), rtol=0.02)
    flat = np.abs(np.asarray(circuits.mzi(wl=waves, delta_length=0.0)["o1", "o2"])) ** 2
    assert np.ptp(flat) < 0.2
    assert power.min() < 0.05 * flat.max()


def test_a_long_guide_turns_with_the_wavelength():
    """The central difference of a spiral is off by δ²/6 with δ = 2π n_g L step / λ²: it is the step's error."""

    def phase(wl):
        return circuits.spiral(wl=wl)["o1", "o2"].real

    slope = float(jax.grad(phase)(1.5432))
    wrong = [abs((float(phase(1.5432 + s)) - float(phase(1.5432 - s))) / (2 * s) / slope - 1) for s in (8e-6, 4e-6)]
    assert_allclose(wrong[0] / wrong[1], 4.0, rtol=0.02)  # of second order: the next term is δ²/20 of it


def test_a_mean_direction():
    """Half a turn sees both axes alike; a crystal turned by 90 degrees has its axes exchanged."""
    from lingnan.components.common.curves import euler

    half = euler(80.0, 180.0, 0.5, 1.0)
    assert_allclose(Turn.along(euler(80.0, 180.0, 0.0, 1.0)).s, 0.5, atol=1e-6)
    assert_allclose(Turn.along(half, 90.0).s, 1 - Turn.along(half).s, atol=1e-12)
    assert Turn.straight(90.0) == Turn(1.0, 0.0)
