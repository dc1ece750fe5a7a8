"""What modulators refuse, each before anything is solved: value, limit and what to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import nonlinear
from lingnan.solvers.modulators import (
    OPEN,
    SHORT,
    Coplanar,
    Driver,
    Fineness,
    Line,
    Load,
    Modulator,
    Relaxation,
    RfMedium,
    Series,
    Shunt,
    Stretch,
    TRail,
    abcd,
    bandwidth,
    figures,
    folded,
    integrated,
    marched,
    periodic,
    ready,
    response,
    scattering,
    segmented,
    taper,
    voltage_along,
)

F = np.array([1e9, 1e10])
LINE = Line(jnp.asarray(F), jnp.asarray(10.0 - 2j * np.pi * F * 2.2 / 3e8), jnp.asarray([50.0 + 0j, 50.0 + 0j]))
SPEC = Coplanar(ground_width=60.0)
LIT = Modulator((Stretch(LINE, 1e3, 1.0),), 2.2)
RANGE = r"Hz lies outside 1e\+09 to 1e\+10 Hz"


def on(**of: Any) -> Modulator:
    """Light beside a line like `LINE` but for what is given."""
    return replace(LIT, elements=(Stretch(replace(LINE, **of), 1e3, 1.0),))


def ended(**ends: Any) -> Modulator:
    """The same modulator with other ends."""
    return replace(LIT, **ends)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no order": (lambda: Fineness(order=0), "Fineness: order = 0: it must be 1 or more"),
    "no samples": (lambda: Fineness(samples=0), "Fineness: samples = 0: it must be 1 or more"),
    "cells of no size": (lambda: Fineness(first=0.0), "Fineness: first = 0 µm: it must be finite and more than 0"),
    "cells that do not grow": (lambda: Fineness(growth=1.0), "growth = 1: it must be finite and more than 1"),
    "a medium that gives": (lambda: RfMedium(3.9, -0.1), "loss_tangent = -0.1: it must be 0 or more"),
    "metal that gives": (lambda: RfMedium(1.0, None, -4e7), r"conductivity = -4e\+07 S/m: it must be 0 S/m or more"),
    "no steps": (lambda: taper(LINE, LINE, 10.0, 0), "taper: steps = 0: it must be 1 or more"),
    "no segments": (lambda: segmented(LINE, LINE, 10.0, 1.0, []), "segmented: segments = 0: it must be 1 or more"),
    "nothing straight": (lambda: folded(LINE, [], LINE, 5.0), "folded: straight parts = 0: it must be 1 or more"),
    "no length": (lambda: figures(SPEC, F, 0.0), "figures: length = 0 µm: it must be finite and more than 0"),
    "a rise of S21": (lambda: figures(SPEC, F, 1e3, drop_db=-3.0), "drop_db = -3 dB: it must be finite and more than"),
    "a falling band": (lambda: figures(SPEC, F[::-1], 1e3), "frequency 1e.09 Hz after 1e.10 Hz: frequencies must rise"),
    "no band": (lambda: ready(SPEC, near=[SPEC]), "ready: near = 1 designs without a band: give the frequencies"),
    "T's near by": (
        lambda: ready(TRail(SPEC), near=[SPEC], frequency=F), r"ready: near = .*: T-rails are made of three sections",
    ),
    "no light": (
        lambda: response(replace(LIT, elements=(Stretch(LINE, 1e3),)), F),
        "1 stretches of which none has both light and length: it needs at least 1",
    ),
    "light of no length": (
        lambda: response(replace(LIT, elements=(Stretch(LINE, 0.0, 1.0), Stretch(LINE, 5.0))), F),
        "2 stretches of which none has both light and length",
    ),
    "no points": (lambda: integrated(LIT, F, 0), "modulator: points = 0: it must be 1 or more"),
    "no cells": (lambda: marched(LIT, F, 0), "modulator: cells = 0: it must be 1 or more"),
    "no points along": (lambda: voltage_along(LIT, F, 0), "modulator: points = 0: it must be 1 or more"),
    "drift without time": (lambda: Relaxation(0.5, 0.0), "Relaxation: time = 0 s: it must be finite and more than 0"),
    "drift to nothing": (lambda: Relaxation(0.0, 1.0), "Relaxation: final = 0: it must be finite and more than 0"),
    "drift too stretched": (lambda: Relaxation(0.5, 1.0, 1.5), "stretch = 1.5: it must be between 0 and 1"),
    "a mode that is not solved": (
        lambda: nonlinear.second_harmonic(SPEC.waveguide(), 1.55, mode=99), "mode = 99: .* modes of the short wave are",
    ),
    "frequencies that fall": (lambda: response(LIT, F[::-1]), "frequencies must rise"),
    "direct current": (lambda: response(LIT, [0.0, 1e9]), "frequency 0 Hz: each must be above 0 Hz"),
    "beyond the line's band": (lambda: response(LIT, [1e9, 3e11]), rf"3e\+11 {RANGE}"),
    "a negative length": (lambda: Stretch(LINE, -5.0), "length = -5 µm: it must be 0 µm or more"),
    "an end of no ohm": (
        lambda: response(ended(termination=0.0), F), r"termination: impedance 0\+0j Ω.*OPEN or modulators.SHORT",
    ),
    "a source that gains": (lambda: response(ended(source=-5 + 2j), F), r"source: impedance -5\+2j Ω"),
    "a shorted source": (
        lambda: response(ended(source=SHORT), F), "source resistance = 0 Ω: it must be finite and more than 0 Ω",
    ),
    "an open source": (lambda: response(ended(source=OPEN), F), "source OPEN"),
    "no 0 dB over a short": (lambda: bandwidth(ended(termination=SHORT), F), "0 dB as `reference`"),
    "a load of infinite ohm": (lambda: Load(float("inf")), "resistance = inf Ω: it must be .* finite.*is OPEN"),
    "a line of negative ohm": (lambda: response(on(z0=-LINE.z0), F), r"characteristic impedance -50[+-]0j Ω"),
    "a line that gains": (lambda: response(on(gamma=LINE.gamma - 20.0), F), "attenuation"),
    "a load of negative ohm": (lambda: Load(-50.0), "resistance = -50 Ω"),
    "a load of nan": (lambda: Load(float("nan")), "resistance = nan Ω"),
    "no capacitance": (lambda: Series(capacitance=0.0), "capacitance = 0 F: it must be finite and more than 0 F"),
    "a driver with no band": (lambda: Driver(50.0, -1.0), "bandwidth = -1 Hz"),
    "light faster than light": (lambda: ended(n_g=0.9), "n_g = 0.9: it must be 1 or more"),
    "a complex reference": (lambda: scattering((Stretch(LINE, 1.0),), F, 50 + 1j), "refer to a real one"),
    "a falling pair": (lambda: abcd((Stretch(LINE, 1.0),), [2e9, 1e9]), "frequencies must rise"),
    "nothing but a shunt": (lambda: response(replace(LIT, elements=(Shunt(),)), F), "0 stretches of line"),
    "ends of another band": (
        lambda: response(ended(source=jnp.full(7, 50.0)), F), r"shape \(7,\) for 2 frequencies",
    ),
    "no period": (lambda: periodic(LINE, Shunt(), 0.0), "period = 0 µm"),
    "a taper between bands": (
        lambda: taper(LINE, Line(LINE.frequency[:1], LINE.gamma[:1], LINE.z0[:1]), 10.0), "not the same",
    ),
    "a bandwidth of a rise": (lambda: bandwidth(LIT, F, -3.0), "drop_db = -3 dB"),
    "a bandwidth from one point": (lambda: bandwidth(LIT, 1e9), "it takes 2 or more"),
    "a bandwidth beyond the band": (lambda: bandwidth(LIT, [1e9, 3e11]), rf"3e\+11 {RANGE}"),
    "0 dB below the band": (lambda: bandwidth(LIT, F, reference=1e8), rf"1e\+08 {RANGE}"),
    "a bandwidth of a gain": (lambda: bandwidth(ended(source=-50.0), F), r"source: impedance -50\+0j Ω"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_told_with_value_and_limit(name: str) -> None:
    make, says = REFUSED[name]
    with pytest.raises(ValueError, match=says):
        make()
