"""What modulators, links, heaters and poled guides refuse is NaN, with a warning, inside plain `jit`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import heat, links, modulators, nonlinear
from lingnan.solvers.heat.shift import above_zero
from lingnan.solvers.modulators import Coplanar, Line, Load, Modulator, Series, Stretch, response, scattering

F = np.array([1e9, 1e10])
LINE = Line(jnp.asarray(F), jnp.asarray(10.0 - 2j * np.pi * F * 2.2 / 3e8), jnp.asarray([50.0 + 0j, 50.0 + 0j]))
LIT = Modulator((Stretch(LINE, 1e3, 1.0),), 2.2)
BITS = links.pam(links.prbs(7))
DRIVE = links.edges(BITS, 50e9, 8)
TABLE = links.Curve(jnp.linspace(-1.0, 1.0, 5), jnp.linspace(0.0, 1.0, 5))
SOLVED = Coplanar(ground_width=60.0).section()
RAILED = modulators.TRail(Coplanar(ground_width=60.0))
PARTS = RAILED.sections()
HEATED = heat.Heater().section()
VOID = heat.Heater(trench_distance=3.0, undercut_half_width=9.0)
UNDER = VOID.section()
POLE = heat.Step(jnp.array([1e4, 1e5, 1e6]), jnp.array([8.0, 1.0, 1.0]))
FF, SH = (
    nonlinear.Wave(*(jnp.asarray(n) for n in wave)) for wave in ((1.55, 1.8, 2.2, 0.0), (0.775, 1.896875, 2.3, 0.0))
)
DOUBLED = nonlinear.SecondHarmonic(FF, SH, jnp.asarray(1e-3), jnp.asarray(0))  # period 8 µm

#: what is asked, a number that is wrong, and what is said of it
WRONG: dict[str, tuple[Callable[[Any], Any], float, str]] = {
    "length of a stretch": (
        lambda v: response(replace(LIT, elements=(Stretch(LINE, v, 1.0),)), F).s21, -5.0, "Stretch: length = -5 µm",
    ),
    "a termination": (lambda v: response(replace(LIT, termination=v), F).s21, -50.0, "termination: impedance of -50 Ω"),
    "a load": (lambda v: response(replace(LIT, termination=Load(50.0, v)), F).s21, -1e-9, "inductance = -1e-09 H"),
    "beyond a line's band": (lambda v: response(LIT, v).s21, 3e11, r"3e\+11 Hz lies outside 1e\+09 to 1e\+10 Hz"),
    "a band that is negative": (lambda v: modulators.bandwidth(LIT, F, v).frequency, -3.0, "drop_db = -3 dB"),
    "a resistor that gives": (lambda v: scattering((Series(v), Stretch(LINE, 1e3)), F), -5.0, "resistance = -5 Ω"),
    "an electrode on its guide": (
        lambda v: replace(Coplanar(), gap=v).section(SOLVED).geometry.lines.sum(),
        1.5, "the electrode touches the waveguide",
    ),
    "metal too thin": (
        lambda v: replace(Coplanar(ground_width=60.0), metal_thickness=v).section(SOLVED).geometry.levels,
        5e-4, "a conductor is 0.0005 µm thin: the mesh holds metal of 0.002 µm",
    ),
    "edges out of order": (
        lambda v: replace(Coplanar(ground_width=60.0), cladding=v).section(SOLVED).geometry.levels,
        0.3, "before one that it follows in `like`",
    ),
    "bars of no width": (
        lambda v: replace(RAILED, bar=v).sections(PARTS).plan.geometry.levels.sum(), -1.5, "TRail: bar = -1.5 µm",
    ),
    "a stem wider than its bar": (
        lambda v: replace(RAILED, stem_width=v).sections(PARTS).plan.geometry.lines.sum(),
        50.0, "stem_width = 50 µm is more than the bar's 45 µm",
    ),
    "a heater": (
        lambda v: replace(heat.Heater(), thickness=v).section(HEATED).geometry.levels.sum(),
        -0.1, "thickness = -0.1 µm",
    ),
    "edges of a stack that nearly meet": (
        lambda v: replace(VOID, undercut_half_width=v).section(UNDER).geometry.lines.sum(),
        8.000005, "two edges at x = -8.* µm lie 5.* apart",
    ),
    "what does not conduct heat": (
        lambda v: heat.thermal_medium(v).conductivity, -1.0, "conductivity -1 W/.m K.: it must",
    ),
    "ambient below zero": (
        lambda v: above_zero("response", v), -5.0, "response: ambient = -5 K",
    ),
    "more than all of a change": (lambda v: POLE.when(v), 1.5, "share = 1.5 of the change"),
    "no mode that is the heaviest": (
        lambda v: replace(POLE, gains=jnp.stack([v, v, v])).slowest(), 1.0, "no mode has 0.5 of the gain: .* has 0.33",
    ),
    "a V_pi": (lambda v: links.MachZehnder(v).field(DRIVE).value, -3.0, "MachZehnder: v_pi = -3 V"),
    "edges slower than symbols": (lambda v: links.edges(BITS, 50e9, 8, rise=v).value, 5e-11, "rise of 2.5 symbols"),
    "beyond a table": (lambda v: TABLE.field(links.scaled(DRIVE, v)).value, 3.0, "drive goes from -3 to 3 V"),
    "a filter that ends early": (
        lambda v: links.filtered(DRIVE, links.Tabulated(jnp.stack([jnp.asarray(1e9), v]), jnp.ones(2))).value,
        2e9, r"of the waveform's power lies above 2e\+09 Hz",
    ),
    "thermal noise": (
        lambda v: links.detected(links.power(links.MachZehnder(3.0).field(DRIVE)), links.Receiver(thermal=v)).noise,
        -1.0, "thermal = -1 A/√Hz",
    ),
    "noise of an eye": (
        lambda v: links.error_rates(links.folded(DRIVE, BITS, 8, v)).bits, -1.0, "folded: noise = -1",
    ),
    "noise that is no number": (
        lambda v: links.noise_of(jnp.ones(2), v, jax.random.key(0)), np.nan, "noise_of: snr_db = nan dB",
    ),
    "symbols lost in it": (lambda v: links.qam_error_rate(v, 16), np.nan, "qam_error_rate: snr_db = nan dB"),
    "an error rate": (lambda v: links.needed_q(v), 0.6, "error_rate = 0.6"),
    "a comb that goes on": (
        lambda v: nonlinear.ring_comb(nonlinear.Ring(v, 0.02, 0.02), 20), 1.0, "below the strongest .limit 30 dB.",
    ),
    "a signal bluer than its pump": (
        lambda v: nonlinear.Difference(1e-3, 0.775, v).undepleted(0.0, 0.1, 1e-3, 1.0), 0.5, "signal over pump = 0.645",
    ),
    "a period of the other sign": (
        lambda v: nonlinear.tuning_curve(DOUBLED, 1.55, 1e3, period=v), -4.0, "period over the matched one = -0.5",
    ),
    "steps too long": (lambda v: nonlinear.harmonic(v, 0.0, 1.0, 1.0)[1], 1e6, "turn by 2.5e.03 rad"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_numbers_inside_jit_are_nan_with_a_warning(name: str) -> None:
    asked, wrong, said = WRONG[name]
    with pytest.warns(UserWarning, match=said):
        found = jax.block_until_ready(jax.jit(asked)(jnp.asarray(wrong)))
    assert np.all(np.isnan(found))


def test_of_a_batch_the_others_are_right() -> None:
    def passed(bandwidth: Any) -> Any:
        return jnp.abs(links.OnePole(bandwidth)(1.0)) ** 2

    at = jnp.array([1.0, -5.0, 2.0])
    with pytest.warns(UserWarning, match=r"bandwidth = -5 Hz.*\(1 of 3 such\)"):
        found, slopes = jax.jit(jax.vmap(jax.value_and_grad(passed)))(at)
    # 1/(1 + 1/b²) and its slope
    np.testing.assert_allclose(found, [1 / 2, np.nan, 4 / 5], rtol=1e-12)
    np.testing.assert_allclose(slopes, [1 / 2, np.nan, 4 / 25], rtol=1e-12)
