"""What modulators refuse, each before anything is solved: value, limit and what to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import nonlinear
from lingnan.solvers.modulators import (
    Coplanar,
    Fineness,
    Line,
    Modulator,
    Relaxation,
    RfMedium,
    Stretch,
    TRail,
    figures,
    folded,
    integrated,
    marched,
    ready,
    response,
    segmented,
    taper,
    voltage_along,
)

F = np.array([1e9, 1e10])
LINE = Line(jnp.asarray(F), jnp.asarray(10.0 - 2j * np.pi * F * 2.2 / 3e8), jnp.asarray([50.0 + 0j, 50.0 + 0j]))
SPEC = Coplanar(ground_width=60.0)
LIT = Modulator((Stretch(LINE, 1e3, 1.0),), 2.2)

REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no order": (lambda: Fineness(order=0), "Fineness: order = 0: it must be 1 or more"),
    "no samples": (lambda: Fineness(samples=0), "Fineness: samples = 0: it must be 1 or more"),
    "cells of no size": (lambda: Fineness(first=0.0), "Fineness: first = 0 µm: it must be finite and more than 0"),
    "cells that do not grow": (lambda: Fineness(growth=1.0), "growth = 1 : it must be finite and more than 1"),
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
    "drift to nothing": (lambda: Relaxation(0.0, 1.0), "Relaxation: final = 0 : it must be finite and more than 0"),
    "drift too stretched": (lambda: Relaxation(0.5, 1.0, 1.5), "stretch = 1.5 : it must be between 0 and 1"),
    "a mode that is not solved": (
        lambda: nonlinear.second_harmonic(SPEC.waveguide(), 1.55, mode=99), "mode = 99: .* modes of the harmonic are",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_told_with_value_and_limit(name: str) -> None:
    make, says = REFUSED[name]
    with pytest.raises(ValueError, match=says):
        make()
