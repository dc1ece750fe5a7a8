"""Drift and diffusion against closed forms: equilibrium, junctions, resistors, currents, small signals, derivatives."""

from dataclasses import replace
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.semiconductors import (
    BreakdownError,
    ConvergenceError,
    Device,
    Silicon,
    State,
    admittance,
    arora,
    device,
    edge_currents,
    implant,
    intrinsic_density,
    junction,
    masetti,
    newton,
    plot_device,
    plot_profile,
    plot_sweep,
    saturation,
    solve,
    terminal_currents,
)
from lingnan.solvers.semiconductors.flux import bernoulli
from lingnan.solvers.tracing import checked

REFERENCE = Silicon(intrinsic=1e10)  # 300 K, permittivity 11.7
N, P, HEIGHT = 3e17, 5e17, 0.22


def lines(half: float, count: int, growth: float = 1.1) -> np.ndarray:
    """Lines of a junction at 0, fine there and coarse at the contacts."""
    steps = np.concatenate([[0.0], np.cumsum(growth ** np.arange(count))])
    right = half * steps / steps[-1]
    return np.concatenate([-right[:0:-1], right])


def ends(nx: int, ny: int = 2) -> dict[str, np.ndarray]:
    left, right = np.zeros((nx, ny), bool), np.zeros((nx, ny), bool)
    left[0], right[-1] = True, True
    return {"p": left, "n": right}


def diode(count: int = 60, half: float = 0.5, material: Silicon = REFERENCE, n: object = N, p: object = P) -> Device:
    x = lines(half, count)
    side = (x[1:] + x[:-1] > 0)[:, None]
    donors, acceptors = jnp.where(side, n, 0.0), jnp.where(side, 0.0, p)
    return device(x, [0.0, HEIGHT], donors=donors, acceptors=acceptors, contacts=ends(len(x)), material=material)


@cache
def at(*volts: float, count: int = 60):
    made = diode(count)
    return made, solve(made, volts)


def test_mobility_of_published_values() -> None:
    # an independent computation, at 1e17 and 1e18; tolerance: its five digits
    for dopant, values in (
        ("arsenic", (727.05, 283.78)),
        ("phosphorus", (721.31, 276.96)),
        ("boron", (319.10, 160.31)),
    ):
        np.testing.assert_allclose(masetti([1e17, 1e18], dopant), values, rtol=2e-5)


def test_laws_of_mobility_agree_as_they_say() -> None:
    doping = np.geomspace(1e15, 1e19, 9)
    # Arora says 13 % of measurements, and Masetti measured with a few per cent
    np.testing.assert_allclose(arora(doping, "electron"), masetti(doping, "phosphorus"), rtol=0.15)
    np.testing.assert_allclose(arora(doping, "hole"), masetti(doping, "boron"), rtol=0.15)


def test_intrinsic_density_at_room_temperature() -> None:
    # the measured value is said to be 9.7e9 with 1 % or so to spare
    assert float(intrinsic_density(300.0)) == pytest.approx(9.7e9, rel=0.01)


def test_bernoulli_and_its_slope_across_its_branches() -> None:
    x = np.array([-60.0, -40.0, -1.0, -1e-3, -1e-9, 0.0, 1e-9, 1e-3, 1.0, 40.0, 60.0])
    with np.errstate(invalid="ignore"):
        exact = np.where(x == 0, 1.0, x / np.expm1(x))
    np.testing.assert_allclose(bernoulli(jnp.asarray(x)), exact, rtol=1e-14)  # round-off
    h = 1e-5  # differences are right to h² = 1e-10
    slope = (bernoulli(jnp.asarray(x + h)) - bernoulli(jnp.asarray(x - h))) / (2 * h)
    np.testing.assert_allclose(jax.vmap(jax.grad(bernoulli))(jnp.asarray(x)), slope, rtol=1e-8, atol=1e-10)


def test_equilibrium_has_no_current_and_the_built_in_voltage() -> None:
    made, state = at(0.0, 0.0)
    height = state.potential[-1, 0] - state.potential[0, 0]
    assert float(height) == pytest.approx(0.90338, abs=1e-5)  # closed form with five digits
    assert float(height) == pytest.approx(float(junction.built_in(N, P, REFERENCE)), rel=1e-12)  # n_i beside N: 1e-15
    flow = edge_currents(made, state)
    scale = 1e5  # A/m that electrons at 3e17 carry by diffusion over a cell of 1 nm
    assert float(jnp.max(jnp.abs(flow))) < 1e-15 * scale


def test_closed_forms_of_the_junction() -> None:
    # computed elsewhere, four to five digits
    assert 1e3 * float(junction.width(N, P, 0.0, REFERENCE)) == pytest.approx(78.933, rel=1e-5)
    flat = junction.capacitance(N, P, 0.0, REFERENCE, tails=False)
    assert float(flat) * 1e12 * 0.22e-6 == pytest.approx(288.73, rel=1e-5)


def test_peak_field_converges_as_the_square_of_the_mesh() -> None:
    exact = float(junction.peak_field(N, P, REFERENCE))
    errors: list[float] = []
    for count in (30, 60, 120):
        x = lines(0.5, count, 1.1 ** (30 / count))  # the same grading, cut finer
        side = (x[1:] + x[:-1] > 0)[:, None]
        made = device(
            x,
            [0.0, HEIGHT],
            donors=N * side,
            acceptors=P * ~side,
            contacts=ends(len(x)),
            material=REFERENCE,
        )
        psi = np.asarray(solve(made, [0.0, 0.0]).potential)[:, 0]
        step, charge = np.diff(x) * 1e-4, 1.602176634e-19 / (8.8541878128e-14 * 11.7)
        k = int(np.argmin(abs(x)))
        n_i = 1e10
        density = 2 * n_i * np.sinh(psi[k] / float(REFERENCE.thermal_voltage))
        # field at the node from the cell on its right and half of that cell's charge
        field = (psi[k + 1] - psi[k]) / step[k] + charge * (N - density) * step[k] / 2
        errors.append(abs(field / exact - 1))
    order = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(order > 1.8), (errors, order)
    assert errors[-1] < 1e-3


def test_capacitance_of_an_abrupt_junction() -> None:
    made, state = at(0.0, 2.0)
    y = admittance(made, state, 1e6)
    c = -np.asarray(y).imag / (2 * np.pi * 1e6)
    exact = float(junction.capacitance(N, P, 2.0, REFERENCE)) * HEIGHT * 1e-6
    # asked: 1e-3; the closed form leaves out exp(-q V / kT), nothing here, and the mesh's error is 1e-4
    assert c[1, 1] == pytest.approx(exact, rel=1e-3)
    np.testing.assert_allclose(c.sum(axis=0), 0.0, atol=1e-9 * c[1, 1])  # charge is conserved
    np.testing.assert_allclose(c, c.T, rtol=1e-6)  # reciprocal where nothing flows
    # the second route: the charge on the p side at two voltages
    charges: list[float] = []
    for volts in (1.99, 2.01):
        one = solve(made, [0.0, volts])
        inside = made.to_nodes(made.areas[..., None] / 4 * jnp.ones(4))
        left = jnp.where(made.x[:, None] < 0, inside * (one.holes - one.electrons), 0.0)
        charges.append(float(left.sum()) * 1.602176634e-19 * 1e-8 * 100)
    assert (charges[0] - charges[1]) / 0.02 == pytest.approx(c[1, 1], rel=1e-3)  # half of the middle node: 1e-4


def test_where_a_junction_breaks_down_numbers_are_nan_inside_jit() -> None:
    made, _ = at(0.0, 0.0)
    found = jax.jit(lambda volts: solve(made, volts))(jnp.array([0.0, 20.0]))
    assert all(np.isnan(np.asarray(part)).all() for part in (found.potential, found.electrons, found.holes))


def test_a_resistor_has_its_conductance() -> None:
    x = lines(0.5, 60, 1.02)
    bar = device(x, [0.0, 0.1, HEIGHT], donors=N, acceptors=0.0, contacts=ends(len(x), 3), material=REFERENCE)
    velocity, beta = 1.07e7, 1.109
    mobility = float(REFERENCE.mobilities(N)[0])
    mobility *= (1 + (mobility * 1e3 / velocity) ** beta) ** (-1 / beta)  # 0.1 V over 1 µm: 1e3 V/cm
    exact = 1.602176634e-19 * mobility * N * 0.1 * HEIGHT / 1.0 * 100
    current = np.asarray(terminal_currents(bar, solve(bar, [0.1, 0.0])))
    # holes, 1e10²/3e17 of them, add 1e-15; potentials of 4 kT/q over 120 cells lose four digits
    np.testing.assert_allclose(current, [exact, -exact], rtol=1e-10)


@pytest.mark.parametrize("volts", [(0.0, 3.0), (0.5, 0.0)])
def test_current_is_the_same_everywhere(volts: tuple[float, float]) -> None:
    made, state = at(*volts)
    flow = np.asarray(edge_currents(made, state)).sum(axis=-1)[..., 2:].sum(axis=(1, 2))  # across, from line to line
    current = np.asarray(terminal_currents(made, state))
    assert current.sum() == pytest.approx(0.0, abs=1e-12 * abs(current[0]))
    # asked: 1e-6; or what the last bit of a quasi-Fermi potential, of up to 3 V, drives through the shortest neutral
    # cell, 8 nm long: 550 cm²/(V s) at 3e17
    bit = 3.0 * np.finfo(float).eps
    round_off = bit * 1.602e-19 * 550 * 3e17 * HEIGHT / 8e-3 * 100
    np.testing.assert_allclose(flow, current[0], rtol=1e-6, atol=round_off)
    depleted = np.abs(np.asarray(made.x[1:])) < 0.01  # there it is right to all digits
    np.testing.assert_allclose(flow[depleted], current[0], rtol=1e-6)


def test_forward_current_of_a_short_diode() -> None:
    material = Silicon(intrinsic=1e10, electron_lifetime=1.0, hole_lifetime=1.0, electron_auger=0.0, hole_auger=0.0)
    n = p = 1e17
    made = diode(60, 2.0, material, n, p)
    ratios: list[float] = []
    for volts in (0.3, 0.4):
        current = float(terminal_currents(made, solve(made, [volts, 0.0]))[0]) / (HEIGHT * 1e-6)
        depleted = float(junction.width(n, p, -volts, material))
        neutral = 2.0 - depleted / 2, 2.0 - depleted / 2
        ratios.append(current / float(junction.short_base_current(n, p, volts, neutral, material)))
    # the edges of the depleted region are as sharp as a Debye length, 13 nm, is short beside 2 µm: 1 %
    np.testing.assert_allclose(ratios, 1.0, rtol=1e-2)
    # and the current grows as exp(qV/kT), whatever they are; they move by 10 nm in 2 µm
    assert ratios[1] / ratios[0] == pytest.approx(1.0, rel=5e-3)


def test_derivatives_are_those_of_differences() -> None:
    def current(n: jax.Array, volts: jax.Array, lifetime: jax.Array) -> jax.Array:
        material = Silicon(intrinsic=1e10, electron_lifetime=lifetime, hole_lifetime=1e-9)
        made = diode(60, 0.5, material, n)
        return jnp.log(terminal_currents(made, solve(made, jnp.stack([volts, jnp.zeros(())])))[0])

    values = jnp.array(3e17), jnp.array(0.5), jnp.array(1e-9)
    slopes = jax.jit(jax.grad(current, argnums=(0, 1, 2)))(*values)
    for k, slope in enumerate(slopes):
        h = 1e-4 * float(values[k])
        low, high = (current(*values[:k], values[k] + s * h, *values[k + 1 :]) for s in (-1, 1))
        # differences are right to (1e-4)² times the third derivative, here (qV/kT)² = 400 at most
        assert float(slope) == pytest.approx(float(high - low) / (2 * h), rel=1e-5)


@pytest.mark.validate
def test_second_derivatives_are_those_of_differences() -> None:
    made = diode()

    def current(volts: jax.Array) -> jax.Array:
        return jnp.log(terminal_currents(made, solve(made, jnp.stack([volts, jnp.zeros(())])))[0])

    slope = jax.jit(jax.grad(current))
    h = 1e-4
    difference = (slope(0.5 + h) - slope(0.5 - h)) / (2 * h)
    # differences are right to h² times the second derivative of this, over it: 1e-8 times (q/kT)², 1500
    assert float(jax.jit(jax.grad(slope))(0.5)) == pytest.approx(float(difference), rel=1e-4)


def test_what_the_statistics_leave_out() -> None:
    volt, doping, states = 0.02585, 1e18, 2.8e19  # of silicon's conduction band, by its mass of 1.08
    grid = np.linspace(0.0, 60.0, 600001)

    def filled(level: float) -> float:
        return float(np.trapezoid(2 / np.sqrt(np.pi) * np.sqrt(grid) / (1 + np.exp(grid - level)), grid))

    level = np.log(doping / states) + doping / states / np.sqrt(8)
    assert filled(level) == pytest.approx(doping / states, rel=2e-4)  # next term of the series, (n/N)² 0.005
    degenerate = volt * doping / states / np.sqrt(8)
    assert degenerate == pytest.approx(0.33e-3, rel=0.02)
    x = np.log(doping / 1e17)
    narrower = 9e-3 * (x + np.sqrt(x**2 + 0.5))
    assert narrower == pytest.approx(42e-3, rel=0.02)
    height = float(junction.built_in(doping, doping, REFERENCE))
    # a capacitance goes as the root of one over the voltage; both sides are moved
    assert degenerate / height < 1e-3
    assert narrower / (2 * height) == pytest.approx(0.022, rel=0.03)


def test_implants_add_up_to_their_doses() -> None:
    x = jnp.linspace(-1.0, 1.0, 4001)
    profile = implant(x, [(-0.3, 0.1)], 1e18, 0.05)
    assert float(jnp.trapezoid(profile, x)) == pytest.approx(0.4e18, rel=1e-6)  # trapezoids of a smooth bump
    assert float(implant(0.1, [(-0.3, 0.1)], 1e18, 0.05)) == pytest.approx(5e17, rel=1e-6)  # half at the edge


def test_temperature_moves_the_built_in_voltage() -> None:
    warm = Silicon(temperature=340.0)
    made = diode(60, 0.5, warm)
    state = solve(made, [0.0, 0.0])
    exact = float(junction.built_in(N, P, warm))
    assert float(state.potential[-1, 0] - state.potential[0, 0]) == pytest.approx(exact, rel=1e-12)
    assert exact < float(junction.built_in(N, P, Silicon()))


def test_light_makes_a_current() -> None:
    x = lines(0.5, 60)
    side = (x[1:] + x[:-1] > 0)[:, None]
    build = partial(device, x, [0.0, HEIGHT], donors=N * side, acceptors=P * ~side, contacts=ends(len(x)))
    material = Silicon(intrinsic=1e10, electron_lifetime=1.0, hole_lifetime=1.0, electron_auger=0.0, hole_auger=0.0)
    dark, lit = build(material=material), build(material=material, generation=1e20)
    currents = [float(terminal_currents(one, solve(one, [0.0, 1.0]))[0]) for one in (dark, lit)]
    made = 1.602176634e-19 * 1e20 * 1.0 * HEIGHT * 1e-8 * 100  # A/m if every pair is parted
    assert -made < currents[1] - currents[0] < -0.1 * made  # contacts swallow some


def test_a_gate_bends_the_bands_under_its_oxide() -> None:
    thick, silicon = 0.02, np.arange(120) >= 20
    x = np.concatenate([np.linspace(-thick, 0.0, 21), lines(0.6, 101)[102:202]])
    made = device(
        x,
        [0.0, HEIGHT],
        donors=0.0,
        acceptors=np.where(silicon, P, 0.0)[:, None],
        contacts=ends(len(x)),
        silicon=silicon[:, None],
        material=REFERENCE,
    )
    v_t, n_i = float(REFERENCE.thermal_voltage), 1e10
    for volts in (-2.0, 1.0):  # accumulated and depleted, the gate's level in the middle of the gap
        psi = np.asarray(solve(made, [volts, 0.0]).potential)[:, 0]
        surface, bulk = psi[20] / v_t, -np.arcsinh(P / (2 * n_i))
        energy = 2 * n_i * (np.cosh(surface) - np.cosh(bulk)) + P * (surface - bulk)
        field = np.sign(surface - bulk) * np.sqrt(2 * 1.602176634e-19 * v_t * energy / (8.8541878128e-14 * 11.7))
        # the first integral of Poisson's equation, as for the junction; displacement goes on in the oxide
        across = field * 11.7 / 3.9 * thick * 1e-4
        assert volts - psi[20] == pytest.approx(across, rel=2e-3)  # steps that grow by a tenth


@pytest.mark.parametrize("narrowing", ["none", pytest.param("slotboom", marks=pytest.mark.validate)])
def test_oxide_beside_a_contact_at_high_voltage_has_no_carriers(narrowing: str) -> None:
    """At 20 V exp(qV/kT) has no number: where potentials of oxide counted as those of carriers nothing was found."""
    x, y = np.linspace(-0.5, 0.5, 21), np.array([0.0, 0.1, 0.2])
    solid = np.stack([np.ones(20, bool), np.zeros(20, bool)], axis=1)
    doping = np.where((x[1:] + x[:-1]) / 2 > 0.3, 1e17, 0.0)[:, None] * solid
    contacts = {name: nodes & (np.arange(3) < 2) for name, nodes in ends(21, 3).items()}
    material = Silicon(narrowing=narrowing)  # type: ignore[arg-type]
    made = device(
        x, y, donors=doping, acceptors=doping[::-1], contacts=contacts, silicon=solid, material=material
    )  # fmt: skip
    state = solve(made, [0.0, 20.0])
    for found in (state.electrons, state.holes):
        np.testing.assert_allclose(found[:, 2], float(material.n_i), rtol=1e-12)
    assert float(jnp.max(state.electrons)) == pytest.approx(1e17, rel=1e-3)
    flow = np.asarray(terminal_currents(made, state))
    assert 0 < flow[1] == pytest.approx(-flow[0], rel=1e-9)


def test_two_dimensions_of_one_are_the_same() -> None:
    made, state = at(0.0, 1.0)
    tall = device(
        made.x,
        [0.0, 0.1, HEIGHT],
        donors=jnp.broadcast_to(made.donors[:, :1, 0], (120, 2)),
        acceptors=jnp.broadcast_to(made.acceptors[:, :1, 0], (120, 2)),
        contacts=ends(121, 3),
        material=REFERENCE,
    )
    both = solve(tall, [0.0, 1.0])
    # the same equations in another order: round-off of potentials of 40 kT/q
    np.testing.assert_allclose(both.potential, np.asarray(state.potential)[:, :1] * np.ones(3), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(terminal_currents(tall, both), terminal_currents(made, state), rtol=1e-8)


def test_bad_input() -> None:
    x, y = np.linspace(0, 1, 5), [0.0, 0.2]
    build = partial(device, x, y, donors=1e17, acceptors=0.0)
    with pytest.raises(ValueError, match="no contact"):
        build(contacts={})
    with pytest.raises(ValueError, match=r"donors = -1 cm\^-3"):
        device(x, y, donors=-1.0, acceptors=0.0, contacts=ends(5))
    with pytest.raises(ValueError, match="share the node at line 0"):
        build(contacts={"a": ends(5)["p"], "b": ends(5)["p"]})
    silicon = np.array([[True], [False], [True], [True]])
    with pytest.raises(ValueError, match="silicon at line 0, level 0 has no contact"):
        build(contacts={"n": ends(5)["n"]}, silicon=silicon)
    with pytest.raises(ValueError, match="steps of x"):
        device([0.0, 1.0, 0.5], y, donors=1e17, acceptors=0.0, contacts=ends(3))
    with pytest.raises(ValueError, match=r"volts has shape \(1,\): one number is wanted for each contact \(p, n\)"):
        solve(build(contacts=ends(5)), [0.0])
    plain = build(contacts=ends(5))
    with pytest.raises(ValueError, match=r"none may be beyond ±100 V"):
        solve(plain, [120.0, 0.0])
    with pytest.raises(ValueError, match="frequency = 0 Hz"):
        admittance(*at(0.0, 0.0), [0.0, 1e9])
    with pytest.raises(ValueError, match="temperature = 77 K"):
        Silicon(temperature=77.0)
    with pytest.raises(ValueError, match=r"masetti: dopant = 'borum'\. Did you mean boron\?"):
        masetti(1e17, "borum")  # type: ignore[arg-type]
    for law in (partial(arora, 1e17), saturation):
        with pytest.raises(ValueError, match=r"carrier = 'electrons'\. Did you mean electron\?"):
            law("electrons")  # type: ignore[arg-type]


def test_a_voltage_that_is_not_reached_says_how_far_it_came() -> None:
    def coarse(half: float) -> Device:
        return device(
            [-half, 0.0, half], [0.0, 1.0], donors=[[0.0], [1e20]], acceptors=[[1e20], [0.0]], contacts=ends(3),
            material=REFERENCE,
        )  # fmt: skip

    with pytest.raises(ConvergenceError, match=r"came as far as \["):
        solve(coarse(10.0), [99.0, 0.0])  # a field too low for breakdown as far as it comes
    said = (
        r"at \[0\.0, 99\.0\] V Newton's method came as far as \[0\.0, 70\.875\] V, where the junction breaks down: its"
    )
    with pytest.raises(BreakdownError, match=said):
        solve(coarse(0.3), [0.0, 99.0])


def test_no_equilibrium_is_no_share_of_the_voltages(monkeypatch: pytest.MonkeyPatch) -> None:
    made = diode(3)
    nothing = jnp.full((7, 2), jnp.nan)

    def lost(_: Device, volts: jax.Array) -> tuple[State, jax.Array]:
        return State(volts, jnp.zeros((7, 2, 3)), nothing, nothing, nothing + volts[0]), volts[0] - 1.0

    monkeypatch.setattr(newton, "_solved", lost)
    with pytest.raises(ValueError, match="found no equilibrium"):
        checked(lambda volts: solve(made, volts).potential)(jnp.zeros(2))


def test_pictures(panels) -> None:
    """What is on the axes is what device and state say; the numbers of the section are no solution."""
    x, y = np.array([-1.0, -0.5, 0.0, 0.5, 1.0]), np.array([-0.2, 0.0, 0.1, 0.2])
    silicon, right = np.ones((4, 3), bool), np.array([False, False, True, True])[:, None]
    silicon[:, 0] = False
    anode, cathode = np.zeros((5, 4), bool), np.zeros((5, 4), bool)
    anode[0, 1:], cathode[-1, 1:] = True, True
    made = device(
        x, y, donors=np.where(right & silicon, N, 0.0), acceptors=np.where(~right & silicon, P, 0.0),
        contacts={"anode": anode, "cathode": cathode}, silicon=silicon, material=REFERENCE,
    )  # fmt: skip
    across = jnp.asarray(x)[:, None] * jnp.ones(4)
    electrons, holes = 1e12 * jnp.exp(20 * across), 1e12 * jnp.exp(-20 * across)
    state = State(jnp.zeros(2), jnp.zeros((5, 4, 3)), electrons, holes, across)
    doping = plot_device(made, axes=panels[0])
    net = doping.collections[0].get_array().T
    assert np.all(net.mask == ~silicon)
    np.testing.assert_allclose(net[:, 1:], np.where(right, N, -P) * np.ones(2))
    assert (doping.get_xlabel(), doping.get_ylabel()) == ("x (µm)", "y (µm)")
    places = {line.get_label(): line.get_xydata() for line in doping.lines}
    np.testing.assert_array_equal(places["anode"], [(-1.0, 0.0), (-1.0, 0.1), (-1.0, 0.2)])
    edges = np.concatenate([path.vertices for path in doping.collections[1].get_paths()])
    np.testing.assert_allclose([edges.min(axis=0), edges.max(axis=0)], [(-1.0, 0.0), (1.0, 0.2)])
    middle = plot_device(made, state, "electrons", panels[1]).collections[0].get_array()[1, 2]
    np.testing.assert_allclose(middle, 1e12 * np.exp(20 * 0.25))  # of an exponential in the middle of a cell
    drawn = plot_device(made, state, "potential", panels[2]).collections[0].get_array()
    np.testing.assert_array_equal(np.asarray(drawn).T, state.potential)
    bars = [ax.get_ylabel() for ax in doping.figure.axes[6:]]
    assert bars == ["donors less acceptors (1/cm³)", "electrons (1/cm³)", "potential (V)"]
    row, solved = at(0.0, 0.0)
    cut = plot_profile(row, solved, 0.1, panels[3])
    curves = {line.get_label(): line.get_ydata() for line in cut.lines}
    np.testing.assert_array_equal(curves["holes"], solved.holes[:, 0])
    np.testing.assert_allclose(curves["donors, net"], np.where(row.x > 0, N, np.nan))
    assert (cut.get_xlabel(), cut.get_ylabel()) == ("x (µm)", "density (1/cm³)")
    assert cut.figure.axes[-1].get_ylabel() == "potential (V), dotted"
    volts = [0.8, 0.0, -1.0]
    sweep = plot_sweep(volts, [[2.0, -2.0], [1e-30, 0.0], [-3e-9, 3e-9]], made.names, panels[4])
    np.testing.assert_array_equal(sweep.lines[0].get_ydata(), [2.0, np.nan, np.nan])  # at 0 V nothing but round-off
    np.testing.assert_array_equal(sweep.lines[1].get_ydata(), [np.nan, np.nan, 3e-9])
    assert (sweep.get_xlabel(), sweep.get_ylabel()) == ("voltage (V)", "current (A/m)")
    assert [text.get_text() for text in sweep.get_legend().get_texts()] == ["anode", "cathode"]
    for wrong, match in (
        (lambda: plot_device(made, state, "hole"), "Did you mean holes"),  # type: ignore[arg-type]
        (lambda: plot_device(made, None, "holes"), "without a state"),
        (lambda: plot_profile(made, replace(state, potential=jnp.zeros((2, 2)))), r"has \(2, 2\) nodes"),
        (lambda: plot_profile(made, state, -0.1), "silicon lies between 0 and 0.2"),
        (lambda: plot_sweep(volts, [1.0]), "give a row of voltages"),
    ):
        with pytest.raises(ValueError, match=match):
            wrong()
