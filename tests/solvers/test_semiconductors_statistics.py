"""Fermi and Dirac's statistics and gaps that dopants narrow, against quadrature, root finding and closed forms."""

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from lingnan.solvers.semiconductors import (
    Device,
    Silicon,
    State,
    admittance,
    device,
    edge_currents,
    junction,
    movements,
    solve,
    terminal_currents,
)
from lingnan.solvers.semiconductors.flux import electron_current, filled_current
from lingnan.solvers.semiconductors.silicon import Narrowing, Statistics, narrowed, states
from lingnan.solvers.semiconductors.statistics import bend, enhancement, filling, lift, slope

HEAVY = 1e20, 3e19  #: donors and acceptors [cm^-3], of which conduction and valence band hold 2.9e19 and 3.1e19
HEIGHT = 0.22
VOLT = 1.380649e-23 * 300 / 1.602176634e-19


def integral(level: float, order: float = 0.5) -> float:
    """Of Fermi and Dirac, exp(level) where it is low."""

    def under(t: float) -> float:  # ε = t², which takes the root's corner away
        return 2 * t ** (2 * order + 1) / (1 + math.exp(min(t * t - level, 700.0)))

    edge = math.sqrt(max(level, 0.01))
    parts = (0.0, edge, edge + 10.0)
    return sum(quad(under, a, b, epsabs=0.0, epsrel=1e-12, limit=400)[0] for a, b in pairwise(parts)) / (
        math.gamma(order + 1)
    )


def lines(half: float, count: int, growth: float = 1.1) -> np.ndarray:
    steps = np.concatenate([[0.0], np.cumsum(growth ** np.arange(count))])
    right = half * steps / steps[-1]
    return np.concatenate([-right[:0:-1], right])


def diode(
    material: Silicon, n: object = 3e17, p: object = 5e17, *, count: int = 60, half: float = 0.5, growth: float = 1.1
) -> Device:
    x = lines(half, count, growth)
    side = (x[1:] + x[:-1] > 0)[:, None]
    left, right = np.zeros((2, len(x), 2), bool)
    left[0], right[-1] = True, True
    return device(
        x, [0.0, HEIGHT], donors=jnp.where(side, n, 0.0), acceptors=jnp.where(side, 0.0, p),
        contacts={"p": left, "n": right}, material=material,
    )  # fmt: skip


def silicon(statistics: Statistics = "fermi", narrowing: Narrowing = "none", **numbers: object) -> Silicon:
    return Silicon(statistics=statistics, narrowing=narrowing, **({"intrinsic": 1e10} | numbers))


BOTH = silicon("fermi", "slotboom")


def test_filling_is_the_integral_and_its_inverse_the_level() -> None:
    levels = np.array([-30.0, -4.0, -1.0, 0.0, 1.0, 1.999, 2.001, 4.0, 9.0, 30.0, 180.0])
    exact = np.array([integral(level) for level in levels])
    np.testing.assert_allclose(filling(levels), exact, rtol=3e-11)  # the fit's error is 2e-11
    np.testing.assert_allclose(np.log(exact) + lift(exact), levels, atol=1e-8)  # 2e-11 times η: its slope in log F
    few = -40.0
    assert float(bend(few)) == pytest.approx(-math.exp(few) / math.sqrt(8), rel=0.1, abs=1e-16)  # and Boltzmann's there
    h = 1e-4  # differences are right to h²
    for function, inner in ((bend, slope), (lift, jax.vmap(jax.grad(lift)))):
        at = jnp.asarray(exact if function is lift else levels)[1:]
        by = at * h if function is lift else h
        np.testing.assert_allclose(inner(at), (function(at + by) - function(at - by)) / (2 * by), rtol=1e-6, atol=1e-9)


def test_what_degenerate_carriers_add_to_diffusion() -> None:
    def between(a: float, b: float) -> float:
        pair = jnp.array([a, b])
        (one, two), (first, second) = bend(pair), slope(pair)
        return float(enhancement(pair[1] - pair[0], (one, two), (first, second)))

    for level in (-3.0, 0.0, 3.0):
        # F_1/2 over F_-1/2, its derivative: by quadrature of both
        exact = integral(level) / ((integral(level + 1e-4) - integral(level - 1e-4)) / 2e-4)
        assert between(level - 5e-7, level + 5e-7) == pytest.approx(exact, rel=1e-7)
        assert between(level, level + 2.99e-4) == pytest.approx(between(level, level + 3.01e-4), rel=1e-6)
    exact = 5.0 / math.log(integral(4.0) / integral(-1.0))
    assert between(-1.0, 4.0) == pytest.approx(exact, rel=1e-10)


FLUX = jax.jit(filled_current)


def current(psi: tuple[float, float], phi: tuple[float, float], origin: float = 0.0) -> float:
    levels = jnp.array([a - b + origin for a, b in zip(psi, phi, strict=True)])
    parts = [tuple(of(levels)) for of in (bend, slope)]
    edge, quasi = (tuple(jnp.asarray(v) for v in pair) for pair in (psi, phi))
    return float(FLUX(edge, quasi, *parts))  # type: ignore[arg-type]


def test_the_flux_is_zero_in_equilibrium_and_that_of_boltzmann_where_carriers_are_few() -> None:
    draws = np.random.default_rng(3).uniform(-20.0, 20.0, (20, 3))
    for a, b, phi in draws:
        assert current((a, b), (phi, phi)) == 0.0
    for a, b, phi in draws / 5:
        low, quasi = -24.0, (phi, phi + 0.3)  # of states 4e-11 and up to 2e-7 are filled
        plain = float(electron_current((jnp.asarray(a), jnp.asarray(b)), tuple(map(jnp.asarray, quasi))))  # type: ignore[arg-type]
        assert current((a, b), quasi, low) == pytest.approx(plain, rel=1e-6)
        assert current((a, b), quasi, -80.0) == pytest.approx(plain, rel=1e-14)


def test_the_flux_converges_as_the_square_of_the_step() -> None:
    """In a constant field J = F(η) (E - η') along x: what an integrator of that equation says of the other end."""
    field, flow, start = 3.0, 6.0, 2.0
    errors: list[float] = []
    for length in (0.1, 0.05, 0.025):
        path = solve_ivp(lambda _, y: field - flow / integral(y[0]), (0.0, length), [start], rtol=1e-11, atol=1e-12)
        end = float(path.y[0, -1])
        psi = 0.0, field * length
        # level = ψ - φ; the current to the second node over D n_i / length, which is N here
        found = current(psi, (-start, psi[1] - end)) / length
        errors.append(abs(-found / flow - 1))
    order = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(np.abs(order - 2.0) < 0.1), (errors, order)
    assert errors[-1] < 1e-5


@pytest.mark.parametrize("kind", [silicon(), silicon("boltzmann", "slotboom"), silicon("fermi", "klaassen")])
def test_the_built_in_voltage_of_a_degenerate_junction(kind: Silicon) -> None:
    """Against roots of the charge, bands filled by quadrature; where the gap narrows n p is what the law says."""
    bands = [float(one) for one in states(300.0)]
    heights: list[float] = []
    for net in (HEAVY[0], -HEAVY[1]):
        law = 0.0 if kind.narrowing == "none" else float(narrowed(abs(net), kind.narrowing)) / VOLT
        fill: Callable[[float], float] = integral if kind.fermi else math.exp

        def charge(psi: float, near: float, net: float = net, fill: Callable[[float], float] = fill) -> float:
            signed = (psi, -psi)
            n, p = (b * fill(s + near + math.log(1e10 / b)) for s, b in zip(signed, bands, strict=True))
            return p - n + net

        def product(near: float, net: float = net, law: float = law, fill: Callable[[float], float] = fill) -> float:
            psi = brentq(charge, -60.0, 60.0, args=(near,), xtol=1e-13)
            n, p = (b * fill(s + near + math.log(1e10 / b)) for s, b in zip((psi, -psi), bands, strict=True))
            return math.log(n * p / 1e20) - law

        near = 0.0 if kind.narrowing == "none" else float(brentq(product, 0.0, 10.0, xtol=1e-13))
        heights.append(VOLT * float(brentq(charge, -60.0, 60.0, args=(near,), xtol=1e-13)))
    found = float(junction.built_in(*HEAVY, kind))
    assert found == pytest.approx(heights[0] - heights[1], abs=1e-10)  # 2e-11 of log F, times η, times kT/q
    plain = float(junction.built_in(*HEAVY, silicon("boltzmann")))
    # 40 mV more by full bands; by Slotboom 131 and 98 mV less, of which n p has all and each height half
    assert found - plain == pytest.approx(
        {"none": 0.040, "slotboom": -0.120, "klaassen": -0.050}[kind.narrowing], abs=0.02
    )


def test_how_much_dopants_narrow_the_gap() -> None:
    # by hand: 9 meV (2.303 + sqrt(5.302 + 0.5)), and 6.92 meV (2.040 + sqrt(4.163 + 0.5))
    assert float(narrowed(1e18)) == pytest.approx(42.4e-3, abs=5e-5)
    assert float(narrowed(1e18, "klaassen")) == pytest.approx(29.1e-3, abs=5e-5)
    assert float(narrowed(0.0)) < 2e-4


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Silicon: statistics = 'fermi-dirac'\. Did you mean fermi"):
        Silicon(statistics="fermi-dirac")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Silicon: narrowing = 'slotbom'\. Did you mean slotboom"):
        Silicon(narrowing="slotbom")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"narrowed: law = 'slotbom'\. Did you mean slotboom"):
        narrowed(1e18, "slotbom")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="peak_field: the silicon has statistics = 'fermi'"):
        junction.peak_field(*HEAVY, silicon())


@cache
def solved(kind: Silicon, doping: tuple[float, float], volts: tuple[float, float]) -> tuple[Device, State]:
    made = diode(kind, *doping)
    return made, solve(made, volts)


@pytest.mark.validate
@pytest.mark.parametrize("kind", [silicon(), BOTH, silicon("boltzmann", "klaassen")])
def test_equilibrium_and_currents_that_go_on(kind: Silicon) -> None:
    made, rest = solved(kind, HEAVY, (0.0, 0.0))
    height = float(rest.potential[-1, 0] - rest.potential[0, 0])
    assert height == pytest.approx(float(junction.built_in(*HEAVY, kind)), rel=1e-12)
    assert float(jnp.max(jnp.abs(edge_currents(made, rest)))) < 1e-15 * 1e5  # A/m, as of the plain statistics
    np.testing.assert_allclose([rest.electrons[-1, 0], rest.holes[0, 0]], HEAVY, rtol=1e-12)
    for doping, volts in ((HEAVY, (0.9, 0.0)), ((3e17, 5e17), (0.9, 0.0)), ((3e17, 5e17), (0.5, 0.0))):
        one, state = solved(kind, doping, volts)
        flow = np.asarray(edge_currents(one, state)).sum(axis=-1)[..., 2:].sum(axis=(1, 2))
        into = np.asarray(terminal_currents(one, state))
        assert into.sum() == pytest.approx(0.0, abs=1e-12 * abs(into[0]))
        np.testing.assert_allclose(flow, into[0], rtol=1e-6)  # asked
    c = -np.asarray(admittance(made, rest, 1e6)).imag / (2e6 * np.pi)
    np.testing.assert_allclose(c.sum(axis=0), 0.0, atol=1e-6 * c[1, 1])  # charge is conserved: asked
    np.testing.assert_allclose(c, c.T, rtol=1e-6)


@pytest.mark.validate
def test_light_doping_has_what_boltzmann_has() -> None:
    found = [solved(kind, (1e13, 2e13), (0.2, 0.0)) for kind in (silicon(), silicon("boltzmann"))]
    flows = [float(terminal_currents(*one)[0]) for one in found]
    assert flows[0] == pytest.approx(flows[1], rel=1e-5)  # of states 7e-7 are filled


@pytest.mark.validate
def test_peak_field_of_full_bands_converges_as_the_square_of_the_mesh() -> None:
    """Poisson's first integral, as in `junction.peak_field`, with pressures N F_3/2 in the place of densities."""
    kind, (n, p) = silicon(), HEAVY
    bands = [float(one) for one in states(300.0)]

    def both(psi: float, order: float) -> list[float]:
        return [b * integral(s + math.log(1e10 / b), order) for s, b in zip((psi, -psi), bands, strict=True)]

    v = [float(kind.neutral(jnp.asarray(a), jnp.asarray(b))) for a, b in ((n, 0.0), (0.0, p))]

    def energy(psi: float, bulk: float, net: float) -> float:
        return sum(both(psi, 1.5)) - sum(both(bulk, 1.5)) - net * (psi - bulk)

    at = float(brentq(lambda psi: energy(psi, v[0], n) - energy(psi, v[1], -p), v[1], v[0], xtol=1e-12))
    epsilon = 8.8541878128e-14 * 11.7
    exact = math.sqrt(2 * 1.602176634e-19 * VOLT * energy(at, v[0], n) / epsilon)
    errors: list[float] = []
    for count in (60, 120):
        made = diode(kind, n, p, count=count, half=0.1, growth=1.1 ** (30 / count))
        psi, x = np.asarray(solve(made, [0.0, 0.0]).potential)[:, 0], np.asarray(made.x) * 1e-4
        k = int(np.argmin(abs(x)))
        electrons, holes = both(psi[k] / VOLT, 0.5)
        step = x[k + 1] - x[k]
        field = (psi[k + 1] - psi[k]) / step + 1.602176634e-19 / epsilon * (n + holes - electrons) * step / 2
        errors.append(abs(field / exact - 1))
    assert math.log2(errors[0] / errors[1]) > 1.8, errors
    assert errors[-1] < 1e-3


@pytest.mark.validate
def test_heavy_sides_take_what_their_narrowed_gap_lets_in() -> None:
    """Shockley's current with the n p of the law, and that is the same whatever the statistics."""
    long = {"electron_lifetime": 1.0, "hole_lifetime": 1.0, "electron_auger": 0.0, "hole_auger": 0.0}
    n = p = 1e19
    for statistics in ("boltzmann", "fermi"):
        kind = silicon(statistics, "slotboom", **long)
        made = diode(kind, n, p, half=1.0)
        into = float(terminal_currents(made, solve(made, [0.6, 0.0]))[0]) / (HEIGHT * 1e-6)
        half = float(junction.width(n, p, -0.6, kind)) / 2
        exact = float(junction.short_base_current(n, p, 0.6, (1.0 - half, 1.0 - half), kind))
        law = math.exp(float(narrowed(1e19)) / VOLT)
        plain = float(junction.short_base_current(n, p, 0.6, (1.0 - half, 1.0 - half), silicon("boltzmann", **long)))
        assert exact / plain == pytest.approx(law, rel=1e-9)
        assert into == pytest.approx(exact, rel=1e-2)  # edges of the depleted region, as of the plain diode


@pytest.mark.validate
@pytest.mark.parametrize("kind", [silicon(), BOTH])
def test_derivatives_by_doping_and_temperature(kind: Silicon) -> None:
    def figures(n: jax.Array, temperature: jax.Array) -> jax.Array:
        material = Silicon(temperature=temperature, statistics=kind.statistics, narrowing=kind.narrowing)
        made = diode(material, n, 3e19)
        state = solve(made, jnp.array([0.7, 0.0]))
        return jnp.stack([jnp.log(terminal_currents(made, state)[0]), state.potential[-1, 0]])

    values = jnp.array(5e19), jnp.array(310.0)
    slopes = jax.jit(jax.jacfwd(figures, argnums=(0, 1)))(*values)
    for k, found in enumerate(slopes):
        h = 1e-4 * float(values[k])
        low, high = (figures(*values[:k], values[k] + s * h, *values[k + 1 :]) for s in (-1, 1))
        np.testing.assert_allclose(found, (high - low) / (2 * h), rtol=1e-5)  # 1e-8 times third derivatives


@pytest.mark.validate
def test_what_a_small_signal_moves_is_what_a_small_voltage_moves() -> None:
    made, state = solved(BOTH, (3e17, 5e17), (0.0, 1.0))
    moved = movements(made, state, 1.0)
    low, high = (solve(made, [0.0, 1.0 + h]) for h in (-1e-3, 1e-3))
    for name in ("electrons", "holes"):
        difference = (getattr(high, name) - getattr(low, name)) / 2e-3
        scale = float(jnp.max(jnp.abs(difference)))
        np.testing.assert_allclose(getattr(moved, name)[1].real, difference, atol=1e-4 * scale)  # of a volt, squared


@pytest.mark.validate
def test_what_both_do_to_a_capacitance() -> None:
    """What a built-in voltage lowers a depletion approximation adds, beside what the solver says."""

    def at(kind: Silicon) -> tuple[float, float]:
        made, state = solved(kind, (1e18, 1e18), (0.0, 0.0))
        c = -float(np.asarray(admittance(made, state, 1e6)).imag[1, 1])
        return c, float(junction.built_in(1e18, 1e18, kind))

    plain, height = at(silicon("boltzmann"))
    for kind, wanted in ((silicon("boltzmann", "slotboom"), 0.024), (silicon(), 0.0)):
        c, other = at(kind)
        closed = math.sqrt((height - 2 * VOLT) / (other - 2 * VOLT)) - 1
        assert c / plain - 1 == pytest.approx(closed, abs=2e-3)  # tails are not 2 kT/q exactly at 0 V
        assert closed == pytest.approx(wanted, abs=1e-3)
