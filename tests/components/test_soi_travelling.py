"""The loaded line of `mzm` and what it does to a fast signal: limits in closed form, and that every size counts."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.compact import store
from lingnan.components.compact.ways import Line
from lingnan.components.soi import active, carriers, pairmetals, travelling
from lingnan.components.soi.seriespair import Pair, pair_of
from lingnan.pdk import active_process, build_pdk, metals
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.metals import line_section
from lingnan.solvers import modulators
from lingnan.solvers.modulators import Distributed
from lingnan.solvers.modulators.conformal import coplanar_capacitance

F = jnp.geomspace(1e8, 3e11, 80)
OWN = (None,) * 7


@pytest.fixture(autouse=True)
def line_active(request: pytest.FixtureRequest) -> Iterator[None]:
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def pair(*sizes: float | None, offsets: tuple[float | None, ...] = OWN) -> Pair:
    length, signal, ground = (*sizes, None, None, None)[:3]
    return pair_of("mzm", 0.45, length, signal, ground, offsets)


@pytest.fixture
def ideal(monkeypatch: pytest.MonkeyPatch) -> tuple[float, float]:
    """Metal without loss whose line with junctions has 50 Ω and runs as fast as the light, and leads of 0.05 Ω m, which
    make the junction slow; its C and R."""
    made = pair()
    charge, silicon = (float(one) for one in carriers.shift(made.upper, 0.45).junction(2.0))
    n_g = float(Line("rib").guide().n_g(1.55))
    whole = n_g / (50.0 * 299792458.0)

    def metal(drawn: Pair, frequency: Any, corner: str = "nominal") -> Distributed:
        del drawn, corner
        f = jnp.asarray(frequency, float)
        return Distributed(f, 0 * f, 2500.0 * whole + 0 * f, 0 * f, whole - charge / 2 + 0 * f)

    monkeypatch.setattr(pairmetals, "along", metal)
    monkeypatch.setattr(pairmetals, "ends", lambda *of: ())
    monkeypatch.setattr(carriers, "leads", lambda sides, dose=None: 0.05)
    return charge, silicon + 0.05


def test_a_short_matched_line_without_loss_is_as_fast_as_its_junction(ideal: tuple[float, float]) -> None:
    """1/(2πRC), less what the junctions load: in a short line all of ΔY = Y - Y(slow) L lies over source and
    termination in parallel, 25 Ω, and the light sees the share of the depleted regions. Falls to 1/(2πRC) with L."""
    charge, ohms = ideal
    limit = 1 / (2 * np.pi * charge * ohms)
    f = np.linspace(0.5, 1.5, 20001) * limit
    share = 1 / (1 - 2j * np.pi * f * charge * ohms)
    more = -1j * np.pi * f * charge * (share - 1)  # of two in series, beside that of slow signals
    found, short = [], []
    for long in (140.0, 280.0):
        found.append(float(travelling.figures(F, length=long).bandwidth))
        level = np.abs(share / (1 + 25.0 * more * long * 1e-6)) ** 2
        short.append(f[np.flatnonzero(level < 10**-0.3)[0]])
    assert_allclose(found, short, rtol=0.01)  # frequencies are 10 % apart, and S21 taken as straight between them
    assert limit > found[0] > found[1]
    assert_allclose(found[0], limit, rtol=0.04)
    slow = travelling.figures(F)
    assert_allclose(slow.line.z0[0].real, 50.0, rtol=1e-3)
    assert_allclose(slow.response.s21_db[0], 0.0, atol=1e-3)


def test_the_voltage_is_that_of_the_static_model(ideal: tuple[float, float]) -> None:
    """V_pi about the bias against the phase between arms in the model of the cell, for a small signal."""
    del ideal
    found = travelling.figures(F, length=800.0, bias=2.5)
    volts = 0.2
    s = active.phase_shifter_series(wl=1.55, length=800.0, voltage=volts, bias=2.5)
    turned = np.angle(s["o2", "o3"] / s["o1", "o4"])
    assert_allclose(found.v_pi, np.pi * volts / turned, rtol=2e-3)  # curvature over a tenth of a volt


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ({"length": 2000.0}, "bandwidth"), ({"bias": 4.0}, "bandwidth"), ({"wavelength": 1.54}, "v_pi"),
        ({"corner": "thick_wide"}, "v_pi"), ({"termination": 35.0}, "bandwidth"), ({"source": 30.0}, "bandwidth"),
    ],
)  # fmt: skip
def test_what_is_not_metal_moves_the_response(ideal: Any, given: dict[str, Any], moved: str) -> None:
    del ideal
    own, other = (
        float(getattr(travelling.figures(F, **one), moved)) for one in ({"length": 700.0}, {"length": 700.0} | given)
    )
    assert abs(other / own - 1) > 2e-3


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ({"signal": 12.0}, "metal"), ({"ground": 20.0}, "metal"), ({5: 3.1}, "both"), ({6: 4.4}, "both"),
        ({0: 0.05}, "junction"), ({1: 0.35}, "junction"), ({2: 0.35}, "junction"), ({3: 0.7}, "junction"),
        ({4: 0.7}, "junction"),
    ],
)  # fmt: skip
def test_every_size_moves_the_metal_or_the_junction(sizes: dict[Any, float], what: str) -> None:
    """Nothing is solved: what would be is another cross-section, of metals or of silicon with its leads."""
    offsets = tuple(sizes.get(index) for index in range(7))
    other = pair(None, sizes.get("signal"), sizes.get("ground"), offsets=offsets)
    own = pair()
    metals, silicon = (
        [one(each) for each in (own, other)]
        for one in (
            lambda each: (pairmetals.strips(each), pairmetals.between(each)),
            lambda each: (repr(carriers.section(each.upper, 0.45)), carriers.leads(each.upper)),
        )
    )
    assert (metals[0] != metals[1]) == (what in ("metal", "both"))
    assert (silicon[0] != silicon[1]) == (what in ("junction", "both"))


def test_conductors_are_those_of_the_process() -> None:
    """Conductivity by the sheet and its height; heights by the stack; the handle conducts as its resistivity says."""
    process = active_process()
    made = line_section(process, [*pairmetals.strips(pair()), pairmetals.between(pair())])
    assert set(made.terminals) == {"signal", "ground", "between"}
    sheet = process.number("metals.m2.sheet_resistance") * process.levels["metal2"].thickness * 1e-6
    of_signal = next(m for m, name in zip(made.media, made.conductors, strict=True) if name == "signal")
    assert_allclose(of_signal.conductivity, 1 / sheet, rtol=1e-9)
    handle = [
        m.conductivity for m, name in zip(made.media, made.conductors, strict=True) if m.conductivity and not name
    ]
    assert_allclose(handle, [100 / process.number("wafer.handle_resistivity")])
    assert {process.levels[key].z_min for key in ("metal1", "metal2")} <= set(np.asarray(made.geometry.levels).tolist())
    hot = line_section(process, pairmetals.strips(pair()), "hot")
    assert min(float(m.conductivity) for m, n in zip(hot.media, hot.conductors, strict=True) if n) < 1 / sheet


def test_a_band_without_a_fall_is_refused(ideal: Any) -> None:
    del ideal
    with pytest.raises(
        LingnanError, match=r"mzm: S21 is .* dB between 100000 and 3e\+08 Hz, and crosses -3 dB nowhere"
    ):
        _ = travelling.figures(1e-3 * F, length=200.0).bandwidth
    with pytest.raises(LingnanError, match=r"voltage = 7 V lies outside 0 to 5 V"):
        travelling.figures(F, bias=7.0)


def test_the_voltage_has_a_slope_by_the_bias_and_ends_where_carriers_do() -> None:
    kept = carriers.shift(pair().upper, 0.45)
    low, at, high = (float(travelling.v_pi(kept, bias, 1000.0, 1.55)) for bias in (2.999, 3.0, 3.001))
    slope = jax.grad(lambda bias: travelling.v_pi(kept, bias, 1000.0, 1.55))(3.0)
    assert_allclose(slope, (high - low) / 2e-3, rtol=1e-5)  # by the square of the step
    assert low < at < high
    for wrong, said in (
        ({"bias": 50.0}, "voltage = 50 V lies outside 0 to 5 V"), ({"length": 0.0}, "length = 0 µm"),
        ({"wavelength": 0.0}, "wavelength = 0 µm"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            travelling.v_pi(kept, **({"bias": 2.0, "length": 1000.0, "wavelength": 1.55} | wrong))
    with pytest.raises(LingnanError, match=r"wl = 2 µm lies outside 1.26 to 1.62"):
        Line("rib").guide().n_g(2.0)
    with pytest.raises(LingnanError, match="strip has no slab"):
        travelling.figures(F, cross_section_arm="strip")


@pytest.mark.validate
def test_the_drawn_line_as_it_is_solved() -> None:
    """At low frequencies R of the strips; then the response by the closed form of one uniform line, a second route."""
    f = jnp.geomspace(1e6, 1e11, 24)
    made = pair()
    metal = pairmetals.along(made, f)
    # 2 µm of top metal, in parallel with 0.7 of the lower one over part of the width; grounds return in parallel
    process = active_process()
    one, two = (1 / process.number(f"metals.{key}.sheet_resistance") for key in ("m1", "m2"))
    below = made.upper[0].metal().high - made.upper[0].metal().low
    signal, ground = made.signal * two + below * one, made.ground * two
    grounds = 2 * ground + below * one
    assert_allclose(metal.resistance[0], 1e6 * (1 / signal + 1 / grounds), rtol=0.02)  # drawn in by 0.05 µm, and eddies
    assert np.all(np.diff(np.asarray(metal.resistance)) > 0)
    found = travelling.figures(f, pads=False)
    n_g = Line("rib").guide().n_g(1.55)
    closed = modulators.closed_form(found.line, made.length, n_g) * found.junction.share(f)
    assert_allclose(found.response.s21, closed, rtol=1e-9)
    assert_allclose(np.interp(float(found.bandwidth), f, 20 * np.log10(np.abs(closed))), -3.0, atol=1e-6)
    assert 30.0 < float(found.line.z0[-1].real) < 70.0
    assert float(found.metal.capacitance[-1]) < float(found.metal.capacitance[0])  # a handle that conducts less than ε
    wide = travelling.figures(f, signal_width=25.0, pads=False)
    assert float(wide.line.z0[-1].real) < float(found.line.z0[-1].real)


@pytest.mark.validate
def test_pads_load_the_line_as_they_are_drawn() -> None:
    """Slow signals on an open line: its input is the capacitance of pads, bare strips and arms, each by its length.
    Bare strips have less inductance than the conformal map of thin ones, and more than that of strips that are wider by
    their height on each side."""
    f, made = jnp.geomspace(1e8, 1e11, 25), pair()
    found = travelling.figures(f, source=50.0, termination=1e9)
    pads, bare = pairmetals.ends(made, f)
    slow = -2 * np.pi * float(f[0])
    each = [float((one.line.gamma / one.line.z0)[0].imag) / slow * one.length for one in (pads, bare)]
    arms = float((found.line.gamma / found.line.z0)[0].imag) / slow * made.length
    whole = float((1 / found.response.input_impedance)[0].imag) / slow
    assert_allclose(whole, 1e-6 * (2 * sum(each) + arms), rtol=2e-3)
    inductance = float((bare.line.gamma * bare.line.z0)[-1].imag) / (-2 * np.pi * float(f[-1]))
    least, most = (
        1 / (299792458.0**2 * float(coplanar_capacitance(made.signal + 2 * t, made.gap - 2 * t, 1.0, 1.0, made.ground)))
        for t in (active_process().levels["metal2"].thickness, 0.0)
    )
    assert least < inductance < most < 1.3 * least
    matched, without = travelling.figures(f), travelling.figures(f, pads=False)
    assert float(matched.bandwidth) < float(without.bandwidth)
    assert len(matched.ends) == 2
    assert not without.ends
    assert_allclose(without.v_pi, matched.v_pi)
    assert float(pairmetals.ends(made, f, "thick_wide")[0].line.z0[-1].real) != float(pads.line.z0[-1].real)


@pytest.mark.validate
def test_walls_of_the_window_are_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charges and currents of a mode add up to nothing; a signal over grounded walls would have 1.5 % more C here."""
    f, made = jnp.array([1e9, 5e10]), pair()
    far = pairmetals.along(made, f)
    monkeypatch.setattr(metals, "REACH", 300.0)
    near = pairmetals.along(made, f)
    for name in ("inductance", "capacitance", "conductance"):
        assert_allclose(getattr(near, name), getattr(far, name), rtol=1e-4)  # fields of a pair fall as 1/r²
