"""Lines and modulators beside what was published or computed elsewhere, and how long they take.

`python benchmarks/rf.py [speed|light|lines]`. No parameter is fitted; what a source does not say is named as guessed.
Times are processor time of one thread, warm and with compilation.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import (
    Coplanar,
    RfMedium,
    TRail,
    full_wave,
    loaded_line,
    phase_shift,
    resolved,
    rlgc,
    section,
)
from lingnan.solvers.waveguides import Trapezoid

QUARTZ = RfMedium(4.5)


class Light(NamedTuple):
    """A modulator and its V_pi L, push-pull."""

    name: str
    spec: Coplanar
    published: tuple[float, float]  #: [V cm], from and to
    guessed: str


TALL = Coplanar(
    gap=5.0, film=0.6, etch=0.35, rib_width=1.5, rib_wall_angle_deg=70.0, metal_thickness=0.8, signal_width=20.0
)
LIGHT = (
    Light("600/350, gap 5, oxide, vector FEM", TALL, (2.250, 2.250), "nothing"),
    Light("600/350, gap 5, air, vector FEM", replace(TALL, cladding=None), (2.559, 2.559), "nothing"),
    Light(
        "Luxtelligence lnoi400, metal 1.0 above the rib",
        Coplanar(gap=4.0, film=0.4, etch=0.2, rib_width=2.5, rib_wall_angle_deg=77.0, signal_width=10.0,
                 metal_height=1.2, cladding=1.0),
        (3.3, 3.3),
        "oxide 1.0 above the film, no oxide over the metal",
    ),
    Light(
        "Arab Juneghani 2022, gap 5",
        Coplanar(gap=5.0, film=0.5, etch=0.2, rib_width=0.8, signal_width=12.0, metal_thickness=1.0, metal_height=0.2,
                 cladding=0.8),
        (2.2, 2.2),
        "wall 60°",
    ),
    Light(
        "Arab Juneghani 2022, gap 10",
        Coplanar(gap=10.0, film=0.5, etch=0.2, rib_width=0.8, signal_width=22.0, metal_thickness=1.0, metal_height=0.2,
                 cladding=0.8),
        (3.3, 3.3),
        "wall 60°",
    ),
    Light(
        "He 2019, gap 6.5",
        Coplanar(gap=6.5, film=0.6, etch=0.18, rib_width=1.0, signal_width=19.5, ground_width=30.0,
                 metal_thickness=0.6, cladding=None),
        (2.2, 2.5),
        "air above",
    ),
    Light(
        "Kharel 2021, gap 5",
        Coplanar(gap=5.0, film=0.6, etch=0.35, rib_width=1.5, metal_thickness=0.8, signal_width=100.0),
        (2.7, 2.7),
        "rib 1.5, wall 60°; the T's share of the length is left out",
    ),
    Light(
        "Chen 2022, gap 1.8",
        Coplanar(gap=1.8, film=0.4, etch=0.2, rib_width=1.5, rib_wall_angle_deg=68.0, signal_width=75.0,
                 metal_thickness=1.1, metal_height=0.9, cladding=0.7, buried_oxide=3.0),
        (2.2, 2.2),
        "oxide up to the metal, none over it",
    ),
    Light(
        "Liu 2024, gap 2.7",
        Coplanar(gap=2.7, film=0.6, etch=0.2, rib_width=1.0, rib_wall_angle_deg=50.0, signal_width=85.0,
                 metal_thickness=1.7, metal_height=0.1, cladding=1.0, buried_oxide=2.0),
        (1.33, 1.33),
        "rib 1.0",
    ),
)  # fmt: skip


def seconds(call: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    jax.block_until_ready(call())
    return time.process_time() - start


def light() -> None:
    """V_pi L by perturbation, by the second route, and as published."""
    for one in LIGHT:
        found = phase_shift(one.spec)
        second = resolved(one.spec)
        low, high = one.published
        off = max(low / float(found.vpi_l_push_pull), float(found.vpi_l_push_pull) / high, 1.0) - 1
        print(
            f"{one.name:48s} {float(found.vpi_l_push_pull):.3f} {float(second.vpi_l_push_pull):.3f} "
            f"published {low}-{high} V cm, {100 * off:.0f} % outside; guessed: {one.guessed}",
            flush=True,
        )


def lines() -> None:
    """Index, loss and impedance of lines."""
    f = jnp.array([1e10, 4e10])
    reference = Coplanar(gap=5.0, signal_width=20.0, metal_thickness=0.8, reach=150.0, cladding=100.0)
    gaas = section(
        [
            Trapezoid(13.0, top=0.0, name="GaAs"),
            Trapezoid(RfMedium(1.0, None, 6e7), 0.0, 0.8, 0.0, 3.5, name="signal"),
            Trapezoid(RfMedium(1.0, None, 6e7), 0.0, 0.8, 13.5, 150.0, name="ground"),
        ],
        background=1.0, window=(0.0, 300.0, -300.0, 300.0), conductors={"signal": "signal", "ground": "ground"},
        mirror=True,
    )  # fmt: skip
    kharel = TRail(
        Coplanar(gap=5.0, signal_width=100.0, ground_width=100.0, metal_thickness=0.8, etch=0.35, substrate=QUARTZ,
                 buried_oxide=2.0),
        45.0, 5.0, 2.0, 6.0, 6.0,
    )  # fmt: skip
    cases: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("S20 G5 oxide: n 2.055, 43.7 Ω, without loss", lambda: rlgc(reference.section(), f)),
        ("the same in air: 1.974, 45.5 Ω", lambda: rlgc(replace(reference, cladding=None).section(), f)),
        ("S7 G10 on GaAs: 2.57 and 5.98 dB/cm at 2.5, 39 GHz", lambda: rlgc(gaas, jnp.array([2.5e9, 3.9e10]))),
        ("Kharel T-rail: 42 Ω, 2.23, 0.26 dB/cm/√GHz; oxide 2.0 guessed", lambda: loaded_line(kharel, f).line),
    )  # fmt: skip
    for name, case in cases:
        line = case()
        root = line.loss_db_cm / jnp.sqrt(line.frequency / 1e9)
        print(name, np.round(np.asarray(line.n_rf), 4), np.round(np.asarray(line.loss_db_cm), 3),
              np.round(np.asarray(root), 3), np.round(np.asarray(line.z0), 2), flush=True)  # fmt: skip


def speed() -> None:
    """A spectrum of 50 frequencies, its gradient, and one frequency of vector modes."""
    f = jnp.geomspace(1e8, 2e11, 50)
    spec = Coplanar(ground_width=150.0)
    like = spec.section()
    for run in ("with compilation", "warm"):
        print(f"50 frequencies {run}: {seconds(lambda: rlgc(like, f).gamma):.2f} s", flush=True)

    def loss(p: jax.Array) -> jax.Array:
        moved = replace(spec, gap=p[0], signal_width=p[1], metal_thickness=p[2], rib_width=p[3])
        return jnp.sum(rlgc(moved.section(like), f).loss_db_cm)

    gradient, at = jax.jit(jax.grad(loss)), jnp.array([5.0, 16.0, 0.9, 1.5])
    for run in ("with compilation", "warm"):
        print(f"gradient of all 50 {run}: {seconds(lambda: gradient(at)):.2f} s", flush=True)
    boxed = Coplanar(reach=60.0).section()
    for run in ("with compilation", "warm"):
        print(f"vector modes at 40 GHz {run}: {seconds(lambda: full_wave(boxed, 4e10).gamma):.2f} s", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("speed", "light", "lines"):
        {"speed": speed, "light": light, "lines": lines}[name]()
