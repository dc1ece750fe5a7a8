"""Detectors, rings and links: what no number of theirs may be, for all fields of all classes, and inside `jit`."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import detectors, links, resonators
from lingnan.solvers.tracing import CheckError, checked

TABLE = resonators.Bias(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1e-4, 1.8e-4]), np.array([0.0, 0.1, 0.3]))
RING = resonators.Ring(60.0, 0.02, 2.4, 4.2, kappa2_drop=0.01, bias=TABLE)
DRIVEN = resonators.RingModulator(RING, 1e10, warm=resonators.Warm(1e4))
LOCK = resonators.Lock(0.3, 1e-4)
DIODE = detectors.Photodiode(width=1.0, length=10.0, depleted=0.4, guide_width=2.0, input_width=1.5)
ARM = links.MachZehnder(3.0)
SYMBOLS = links.pam(links.prbs(7))
DRIVE = links.edges(SYMBOLS, 50e9, 8)
LIGHT = links.power(ARM.field(DRIVE))
EYE = links.folded(LIGHT, SYMBOLS, 8, 1e-6)
GIVEN: tuple[Any, ...] = (
    TABLE, RING, DRIVEN, DRIVEN.warm, LOCK, resonators.SmallSignal(1e9, 1e10, 5e9),
    DIODE, detectors.Germanium(), detectors.Leakage(5.0), detectors.Noise(rin_db_hz=-140.0), detectors.Circuit(2e-14),
    detectors.Transit(0.4, 6e6, 6e6, detectors.uniform()), detectors.uniform(), detectors.BalancedPair(),
    detectors.HybridReceiver(), links.Laser(1e-3), links.Loss("a guide", 1.0), links.Modulation(3.0, 6.0),
    links.Receiver(rin_db_hz=-140.0), links.Fibre(1.0, 17.0), ARM, links.PhaseModulator(3.0),
    links.Curve(np.linspace(-1, 1, 5), np.linspace(0, 1, 5)), links.IQModulator(ARM, ARM), links.OnePole(1e9),
    links.BesselThomson(1e9), links.Tabulated(np.array([1e9, 2e9]), np.array([1.0, 0.5])),
)  # fmt: skip


def wrong() -> Iterator[Any]:
    """Every number of every class, infinite, no number, not there, and text."""
    for one in GIVEN:
        for field in fields(one):
            value = getattr(one, field.name)
            if field.metadata.get("static") or np.asarray(value).dtype.kind not in "fic":
                continue
            row = np.ndim(value) > 0
            for bad in (np.inf, np.nan):
                what: Any = np.append(np.asarray(value)[:-1], bad) if row else bad
                yield pytest.param(one, field.name, what, id=f"{type(one).__name__}-{field.name}-{bad}")
            yield pytest.param(one, field.name, np.zeros(0), id=f"{type(one).__name__}-{field.name}-empty")
            yield pytest.param(one, field.name, "five", id=f"{type(one).__name__}-{field.name}-text")


@pytest.mark.parametrize(("one", "name", "value"), list(wrong()))
def test_no_number_of_any_class_is_infinite_or_none(one: Any, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"{type(one).__name__}.*({name}|voltages|places|fields)"):
        replace(one, **{name: value})


INF, NAN = np.inf, np.nan
ONES = np.ones(2)


def row(*numbers: float) -> np.ndarray:
    """Numbers in a row."""
    return np.array(numbers)


FUNCTIONS: dict[str, tuple[Callable[[], Any], str]] = {
    "waveform without time": (lambda: links.Waveform(jnp.zeros(8), 0.0), "step = 0 s"),
    "waveform of nothing": (lambda: links.Waveform(jnp.zeros(0), 1.0), r"of shape \(0,\): it must be samples"),
    "scaled by anything": (lambda: links.scaled(DRIVE, INF), "factor = inf: it must be finite"),
    "symbols in two rows": (lambda: links.edges(SYMBOLS[None], 50e9), r"symbols of shape \(1, 127\)"),
    "symbols that are none": (lambda: links.raised_cosine(row(1.0, NAN), 50e9), "symbols holds what is no finite"),
    "half a sample": (lambda: links.edges(SYMBOLS, 50e9, 8.5), "8.5 samples in a symbol"),  # type: ignore[arg-type]
    "edges that never come": (lambda: links.edges(SYMBOLS, 50e9, jitter=NAN), "jitter nan s"),
    "an eye of what was not sent": (lambda: links.folded(LIGHT, SYMBOLS * NAN, 8), "symbols holds what is no finite"),
    "an eye of one level": (lambda: links.folded(LIGHT, SYMBOLS, 8, levels=1), "levels = 1: .* number, 2 or more"),
    "levels of no width": (lambda: links.levels(EYE, 0.0), "width = 0: it must be between 0 and 1"),
    "runs of nothing": (lambda: links.outer_of_runs(EYE, 0, 6), "high = 0: it must be a whole number, 2 or more"),
    "deviations that open": (lambda: links.opening(EYE, -1.0), "deviations = -1: it must be 0 or more"),
    "no bins": (lambda: links.histogram(EYE, 0), "bins = 0"),
    "thresholds of others": (lambda: links.error_rates(EYE, row(1e-4, 2e-4)), r"shape \(2,\): it must be \(1,\)"),
    "filters that lose -1": (lambda: links.filtered(DRIVE, links.OnePole(1e9), -1.0), "beyond = -1"),
    "points beside each other": (lambda: links.evm_rms(SYMBOLS, SYMBOLS[1:]), "127 points received and 126 sent"),
    "points that are none": (lambda: links.decided(row(NAN), 16), "received holds what is no finite"),
    "a circle of points": (lambda: links.qam(links.prbs(7), -16), "-16 points: 4, 16, 64"),
    "symbols beyond a sine": (lambda: links.straightened(row(-3.0, 3.0), 1.0), "size of symbols = 3: .* -1 and 1"),
    "half a pattern": (lambda: links.prbs(7, 10.5), "length = 10.5: it must be a whole"),  # type: ignore[arg-type]
    "jitter of nothing": (lambda: links.drawn(jax.random.key(0), -1), "count = -1"),
    "a bit later": (lambda: links.bathtub(1.5, 0.01), "phase = 1.5 UI: it must be between"),
    "chirp without end": (lambda: links.first_null(links.Fibre(1.0, 17.0), INF), "alpha = inf"),
    "one level": (lambda: links.error_rate(1e-3, links.Receiver(), 1e9), r"levels of shape \(\)"),
    "bias that is none": (lambda: resonators.rates(RING, NAN), "nan V lies outside the table, 0 to 2 V"),
    "warmth without end": (lambda: resonators.spectrum(RING, 1.55, 0.0, INF), "warmth = inf K"),
    "a drive beyond a table": (lambda: DRIVEN.field(DRIVE), "-1 V lies outside the table"),
    "no steps": (lambda: resonators.run(DRIVEN, None, row(0.0), DRIVEN.still(), most=0), "most = 0"),
    "a start that is none": (lambda: resonators.run(DRIVEN, None, row(0.0), DRIVEN.still(), start=NAN), "start = nan"),
    "a laser nowhere": (lambda: resonators.steady(DRIVEN, NAN), "detuning = nan rad/s"),
    "surroundings that are none": (
        lambda: resonators.locked(RING, LOCK, 0.0, 0.0, row(NAN)), "disturbance holds what is no finite",
    ),
    "signals on resonance": (lambda: resonators.SmallSignal(0.0, 1e10, 5e9)(1e9), "0 rad/s from resonance slow"),
    "half a wave around": (lambda: resonators.asymptotic(2.8, 3.0, 20.5), "order = 20.5"),  # type: ignore[arg-type]
    "rates at other places": (lambda: detectors.profile(ONES, row(1.0, 1.0, 1.0), 0.1), "2 rates alpha and 3"),
    "one rate": (lambda: detectors.profile(1.0, 1.0, 0.1), r"alpha of shape \(\)"),
    "noise below none": (lambda: detectors.best_gain(-1e-22, 1e-6, 0.1), "thermal = -1e-22"),
    "junctions that pull": (lambda: detectors.breakdown_voltage(DIODE, -INF), "built_in = -inf V"),
    "diodes that are none": (lambda: detectors.split(row(1.0, NAN), ONES, ONES), "area holds what is no"),
    "diodes for others": (lambda: detectors.split(ONES, row(1.0), ONES), "2 areas, 1 perimeters"),
    "beside a diode": (lambda: detectors.screened(DIODE, 1.0, 1.0, 1.5), "place = 1.5"),
    "more pairs than there are": (
        lambda: detectors.Profile(row(0.2, 0.8), row(1.0, 1.0)), "weights add up to 2: divide them by it",
    ),
    "light of no wave": (lambda: detectors.limit(-1.55), "wavelength = -1.55 µm"),
    "gaps of nothing": (lambda: detectors.uniform_response(1e9, 0.0, 6e6, 6e6), "gap = 0 µm"),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_functions_refuse(name: str) -> None:
    asked, said = FUNCTIONS[name]
    with pytest.raises(ValueError, match=said):
        asked()


WATCHED: dict[str, tuple[Callable[[Any], Any], float, float, str]] = {
    "a coupler that gives": (
        lambda v: jnp.abs(resonators.spectrum(replace(RING, kappa2=v), 1.55).through), 0.1, 1.5, "Ring: kappa2 = 1.5",
    ),
    "a guide that amplifies": (
        lambda v: resonators.quality(replace(RING, loss_db_cm=v)), 2.0, -1.0, "Ring: loss_db_cm = -1 dB/cm",
    ),
    "beyond a table": (lambda v: resonators.rates(RING, v).total, 1.0, 3.0, "3 V lies outside the table, 0 to 2 V"),
    "a drive beyond a table": (
        lambda v: resonators.run(DRIVEN, links.scaled(DRIVE, v), row(0.0, 1e-12), DRIVEN.still()).warmth[-1],
        0.0, 3.0, "V lies outside the table, 0 to 2 V",
    ),
    "a table that falls": (
        lambda v: resonators.Bias(jnp.stack([0.0 * v, v]), jnp.zeros(2)).at(0.0)[0], 1.0, -1.0, "voltages rise by -1 V",
    ),
    "more than there is": (
        lambda v: resonators.set_point(RING, replace(LOCK, target=v)), 0.3, 0.9, "target = 0.9: .* never more",
    ),
    "a gap wider than its germanium": (
        lambda v: detectors.breakdown_voltage(replace(DIODE, depleted=v)), 0.4, 0.6, "depleted = 0.6 µm exceeds thickn",
    ),
    "a heat beyond measure": (
        lambda v: detectors.dark_current(
            replace(DIODE, germanium=detectors.Germanium(temperature=v)), detectors.Leakage(5.0), 1.0
        ),
        300.0, 500.0, "Germanium: temperature = 500 K",
    ),
    "a load that gives": (lambda v: detectors.Circuit(2e-14, load=v)(1e9).real, 50.0, -50.0, "Circuit: load = -50 Ω"),
    "layers that break down": (lambda v: detectors.gain(v, 0.5), 1.0, 1.5, "ionisation 1.5 at k = 0.5: .* 1.386"),
    "noise without end": (lambda v: detectors.nep(detectors.Noise(dark=v), 0.9), 1e-9, np.inf, "dark = inf A"),
    "diodes that give": (
        lambda v: detectors.receiver(detectors.Noise(), v, lambda f: 1 / (1 - 1j * f / 1e10)).responsivity, 0.9, -0.9,
        "Receiver: responsivity = -0.9 A/W",
    ),
    "light lost in a tap": (lambda v: detectors.monitor(1e-3, v, 0.9).current, 0.05, 1.5, "tap = 1.5"),
    "a pair that gives": (
        lambda v: detectors.BalancedPair(first=v).cmrr_db(1e9), 0.9, -0.9, "BalancedPair: first = -0.9 A/W",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WATCHED)
def test_inside_jit_they_are_nan_with_a_warning(name: str) -> None:
    asked, right, bad, said = WATCHED[name]
    with pytest.warns(UserWarning, match=said):
        found = jax.block_until_ready(jax.jit(jax.vmap(asked))(jnp.array([right, bad])))
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


def test_inside_checked_they_fail_in_the_same_words() -> None:
    asked, right, bad, said = WATCHED["beyond a table"]
    with pytest.raises(CheckError, match=said):
        checked(jax.jit(asked))(bad)
    assert np.isfinite(checked(jax.jit(asked))(right))
