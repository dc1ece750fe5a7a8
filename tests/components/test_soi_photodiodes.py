"""Photodiodes of the silicon line by two routes: light by hybrid modes and by those of a slab, currents by rules."""

from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.soi import active, detectors, photodiodes
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import detectors as physics
from lingnan.solvers import links, materials, waveguides
from lingnan.solvers.semiconductors.breakdown import BreakdownError
from lingnan.solvers.waveguides import Trapezoid

WIDE = 0.15  #: µm, of a slice: half a wave across it is below cutoff, so that light varies upwards alone


@cache
def slab(diode: physics.Photodiode, wavelength: float, modes: int) -> physics.Excited:
    """What a slab of silicon excites in one of silicon under germanium: a diode so wide that its sides see no light."""

    def solved(filled: bool, count: int, about: float) -> waveguides.Modes:
        plain = [complex(materials.index(name, wavelength)) for name in (diode.front, diode.cladding)]
        below, above = (diode.silicon, complex(diode.germanium.index(wavelength))) if filled else plain
        top = diode.film + diode.thickness
        shapes = [
            Trapezoid(below, 0.0, diode.film, name="silicon"),
            Trapezoid(above, diode.film, top, name="germanium"),
        ]
        made = waveguides.cross_section(shapes, background=diode.cladding, window=(0.0, WIDE, -1.0, top + 1.0))
        return waveguides.solve(made, wavelength, count, target=about, resolution=photodiodes.MESH)

    del modes
    found = physics.launched(solved(False, 1, 2.9), solved(True, 6, 4.3))
    place, density = found.across  # alike everywhere: the slice stands for half of the diode
    wide = diode.width / 2 / WIDE
    return replace(found, across=(place * wide, density / wide))


@pytest.fixture(autouse=True)
def line_active(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default light is that of a slab, which takes no seconds; in slow tests that of the drawn diode."""
    build_pdk("soi220").activate(force=True)
    if "validate" not in request.keywords:
        monkeypatch.setattr(photodiodes, "_excited", slab)


def test_responsivity_is_what_depleted_germanium_absorbs() -> None:
    """Against one mode with the share and the absorption of germanium: beating and other modes are what is left."""
    found = photodiodes.figures()
    assert_allclose(found.responsivity, physics.limit(1.55) * found.absorbed * found.share, rtol=1e-12)
    assert 0.98 < float(found.light.captured) < 1.01
    # published lines have 0.7 to 0.95 A/W, and absorb 90 % in 20 µm or less of half a micrometre
    assert 0.7 < float(found.responsivity) < 0.98
    assert float(found.absorbed) > 0.9
    short = photodiodes.figures(length=6.0)
    assert float(short.responsivity) < 0.9 * float(found.responsivity)
    assert_allclose(photodiodes.figures(bias=3.0).responsivity, found.responsivity)


def test_the_lines_own_diode_meets_its_specifications() -> None:
    """As it is drawn by default, at 1 V into 50 ohm and in the middle of the C band."""
    found, line = photodiodes.figures(), active_process()
    assert float(found.responsivity) > line.number("specifications.photodiode_responsivity.minimum")
    assert float(found.bandwidth) > line.number("specifications.photodiode_bandwidth.minimum")


def test_bandwidth_lies_below_both_of_its_causes() -> None:
    """Transit times and one pole, each alone, and the rule that adds them: 10 % of two responses that are not bells."""
    found = photodiodes.figures(bias=2.0)
    transit, circuit = (float(physics.bandwidth(part)) for part in found.transfer.parts)
    assert_allclose(circuit, physics.one_pole(found.circuit), rtol=1e-6)
    assert float(found.bandwidth) < min(transit, circuit)
    assert_allclose(found.bandwidth, physics.added(transit, circuit), rtol=0.1)
    area = 3.0 * 11.0  # µm² of the n implant
    assert_allclose(found.circuit.junction, 8.8541878e-12 * 16.2 * area * 1e-12 / 0.4e-6, rtol=1e-6)


def test_all_pairs_are_collected_at_any_bias() -> None:
    """What the module says of carriers that live 1 ns: mean ways over mean times, and how little a volt changes."""
    for kind, most in (("vertical", 0.002), ("lateral", 0.006)):
        rest, driven = (1 - float(photodiodes.figures(kind, bias=v).collected(1e-9)) for v in (0.0, 1.0))
        assert rest == pytest.approx(most, rel=0.15)
        assert 0 < rest - driven < 6e-4
        transit = photodiodes.figures(kind, bias=0.0).transfer.parts[0]
        # first order in time over lifetime, uniform: each kind loses a sixth of its time across the gap
        across = sum(1e-4 * transit.gap / (6 * 1e-9 * v) for v in (transit.electrons, transit.holes))
        assert rest == pytest.approx(float(across), rel=0.05)
        assert min(transit.electrons, transit.holes) > 0.84 * 6e6


def test_dark_current_follows_area_bias_and_temperature() -> None:
    """The line's own diode leaks what its specification allows at 1 V and 300 K; heat by Arrhenius' law."""
    cold, hot = (photodiodes.figures(temperature=kelvin) for kelvin in (300.0, 330.0))
    most = active_process().number("specifications.photodiode_dark_current.maximum") * 1e-9
    assert_allclose(cold.dark_current, most, rtol=1e-12)
    grown = np.exp(0.33 / 8.617333e-5 * (1 / 300.0 - 1 / 330.0))
    assert_allclose(hot.dark_current / cold.dark_current, grown, rtol=1e-6)  # at 1 V the field lowers nothing
    double = photodiodes.figures(temperature=300.0, length=23.0)
    assert_allclose(double.dark_current / cold.dark_current, 2.0, rtol=1e-9)  # 22 µm of implant beside 11
    assert float(photodiodes.figures(temperature=300.0, bias=3.0).dark_current) > float(cold.dark_current)
    leaky = photodiodes.figures(temperature=300.0, leakage=physics.Leakage(bulk=10.0, rim=5.0))
    rim, area = 2 * (3.0 + 11.0) * 1e-4, 3.0 * 11.0 * 1e-8
    assert_allclose(leaky.dark_current, 10e-3 * area + 5e-6 * rim, rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "figure"),
    [
        ({"wavelength": 1.6}, "responsivity"), ({"temperature": 340.0}, "responsivity"), ({"bias": 0.3}, "bandwidth"),
        ({"load": 25.0}, "bandwidth"), ({"pad": 2e-14}, "bandwidth"), ({"length": 9.0}, "bandwidth"),
        ({"width": 5.0}, "bandwidth"), ({"contact_offset": 2.0}, "bandwidth"), ({"contact_width": 1.0}, "bandwidth"),
        ({"corner": "hot"}, "dark_current"),
    ],
)  # fmt: skip
def test_every_input_moves_an_output(given: dict[str, Any], figure: str) -> None:
    own, other = (float(getattr(photodiodes.figures(**one), figure)) for one in ({}, given))
    assert abs(other / own - 1) > 1e-4  # drift is nearly saturated at any bias, and the circuit slower


def test_resistance_in_series_by_its_parts() -> None:
    """A sheet that current leaves at both edges by summing Ohm's law over it, then slab, implant and contacts."""
    made, line = detectors.vertical_of(), active_process()
    found = float(photodiodes.figures().circuit.series)
    sheet = line.implants["pp"].sheet_resistance["slab"].value * 0.09 / 0.22
    half, long = made.body.half, made.body.length
    x = (np.arange(2000) + 0.5) * half / 2000
    current = x / half / 2  # of one side, for 1 A in all that enters evenly; power is resistance
    below = 2 * float(np.sum(current**2) * half / 2000 * sheet / long)
    assert_allclose(below, sheet * 2 * half / (12 * long), rtol=1e-6)
    rest = found - below
    offset = 2900.0 * made.offset / long / 2
    assert offset < rest < offset + 30.0  # Ω of p++ and of contacts of 1e-6 Ω cm²


def test_a_pair_rejects_what_is_alike_and_a_tap_reads_its_share() -> None:
    pair = photodiodes.balanced(bias=1.0)
    one = photodiodes.figures(bias=1.0)
    assert_allclose(abs(pair.difference(1e6)), 2 * one.responsivity, rtol=1e-6)
    assert float(pair.cmrr_db(1e9)) < -100
    weaker = photodiodes.balanced(upper=photodiodes.figures(length=8.0))
    ratio = float(weaker.second / weaker.first)
    assert_allclose(weaker.cmrr_db(1e5), 20 * np.log10((1 - ratio) / (1 + ratio)), atol=0.01)
    seen = photodiodes.monitored(1e-3, gap=0.25, bias=1.0)
    share = float(active.tapped(wl=1.55, gap=0.25))
    assert_allclose(seen.current, 1e-3 * share * one.responsivity + one.dark_current, rtol=1e-9)
    assert_allclose(seen.loss_db, -10 * np.log10(1 - share), rtol=1e-9)


def test_what_is_no_photodiode_is_refused() -> None:
    with pytest.raises(LingnanError, match=r"detector = 'vertcal' is no photodiode. Did you mean vertical"):
        photodiodes.figures("vertcal")
    with pytest.raises(LingnanError, match=r"gap = 0.1 is below"):
        photodiodes.figures("lateral", gap=0.1)
    with pytest.raises(LingnanError, match=r"photodiodes: detector_vertical has no size 'gap'\. Known: .*width"):
        photodiodes.figures("vertical", gap=1.0)
    with pytest.raises(ValueError, match=r"photodiodes: wavelength = 2 µm: it must be between 1\.25 and 1\.63 µm"):
        photodiodes.figures("lateral", wavelength=2.0)
    for several in (np.array([1.0, 2.0]), None, "1 V"):
        with pytest.raises(ValueError, match=r"photodiodes: bias = .* is not one number\. Give each bias in V"):
            photodiodes.figures("lateral", bias=several)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"photodiodes: bias = -1 V: it must be 0 V or more"):
        photodiodes.figures("lateral", bias=-1.0)


def test_near_breakdown_pairs_multiply_and_beyond_it_bias_is_refused() -> None:
    """Both diodes of the line by their gaps, 0.4 and 1 µm: fields of 2.36e5 and 2.03e5 V/cm, less 0.5 V built in."""
    for kind, most in (("vertical", 2.358 * 4 - 0.5), ("lateral", 2.028 * 10 - 0.5)):
        low, near = (photodiodes.figures(kind, bias=v) for v in (1.0, 0.95 * most))
        assert_allclose(low.multiplied, 1.0, rtol=1e-9)
        assert 2.5 < float(near.multiplied.gain) < 6.0
        assert_allclose(near.multiplied.excess, near.multiplied.gain, rtol=0.1)  # rates of both carriers are alike
        assert_allclose(near.responsivity, low.responsivity)
        assert_allclose(physics.multiplied(near.junction, near.bias).gain, near.multiplied.gain, rtol=0.005)  # of dark
        pair = photodiodes.balanced(kind, bias=0.95 * most)
        assert_allclose(pair.first, near.responsivity * near.multiplied.gain)
        seen = photodiodes.monitored(0.0, detector=kind, bias=0.95 * most)
        assert float(seen.current) > 2.5 * float(near.dark_current)
        said = rf"photodiodes: bias = 100 V: germanium depleted over .* µm breaks down at {most:.2f}"
        for asked in (photodiodes.figures, photodiodes.balanced):
            with pytest.raises(BreakdownError, match=said):
                asked(kind, bias=100.0)
        with pytest.raises(BreakdownError, match=said):
            photodiodes.monitored(1e-3, detector=kind, bias=100.0)


def test_a_receiver_has_the_diodes_dark_current_and_gain() -> None:
    """By hand at a low bias; near breakdown less light is enough, where the amplifier is loud, and never at 8.9 V."""
    behind = links.BesselThomson(40e9)
    low = photodiodes.figures(bias=1.0)
    made = low.receiver(behind, amplifier=2e-11, load=None)
    thermal = np.sqrt(4e-22 + 2 * 1.602176634e-19 * float(low.dark_current))
    assert_allclose(made.thermal, thermal, rtol=1e-9)
    assert_allclose(made.responsivity, low.responsivity, rtol=1e-9)
    assert made.response is not None
    high = np.asarray(3e10)
    assert_allclose(made.response(jnp.asarray(high)), low.transfer(high) * behind(high), rtol=1e-12)
    assert_allclose(low.receiver().thermal ** 2 - thermal**2 + 4e-22, 4 * 1.380649e-23 * 300 / 50, rtol=1e-9)
    needed = jax.jit(lambda receiver: links.sensitivity(receiver, 40e9))
    found = [float(needed(photodiodes.figures(bias=v).receiver(behind, amplifier=2e-11, load=None))) for v in BIASES]
    assert found[1] < 0.75 * found[0]
    assert found[2] > found[1]
    # light's gain, closed: holes and electrons ionise nearly alike
    best = float(physics.sensitive_gain(2e-11, 40e9, 1.0))
    gains = [float(photodiodes.figures(bias=v).multiplied.gain) for v in BIASES]
    assert gains[0] < best < gains[2]
    bands = [float(photodiodes.figures(bias=v).bandwidth) / 1e9 for v in (1.0, 8.5)]  # where light gains 4.2
    assert_allclose(bands, [53.0, 17.0], atol=1.0)


BIASES = (1.0, 8.0, 8.9)  #: V; 8.93 is breakdown


@pytest.mark.validate
def test_a_wide_diode_absorbs_as_a_slab_does() -> None:
    """Two routes: all hybrid modes of the drawn cross-section, and those of a slab. What spreads sideways on the way
    loses little of it: 2e-3 of what comes."""
    found = photodiodes.figures()
    assert float(found.light.captured) > 0.999
    beside = slab(found.diode, 1.55, 0)
    lengths = np.array([2.0, 5.0, 10.0, 19.5])
    assert_allclose(found.light.absorbed(lengths), beside.absorbed(lengths), atol=4e-3)
    low = float(found.diode.film)
    assert_allclose(found.share, beside.profile(19.5, low, low + 0.4).share, atol=2e-3)


@pytest.mark.validate
def test_a_lateral_diode_loses_what_its_stripes_absorb() -> None:
    """Light is as wide as its guide: of cos² over 3 µm the middle 1.0 µm has 0.609, and it spreads."""
    found = photodiodes.figures("lateral")
    assert 0.998 < float(found.light.captured) < 1.005
    assert 0.4 < float(found.share) < 1 / 3 + np.sin(np.pi / 3) / np.pi
    wider = photodiodes.figures("lateral", gap=2.0)
    assert float(wider.share) > float(found.share) + 0.1
    assert float(wider.bandwidth) < float(found.bandwidth)
