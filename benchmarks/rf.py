"""Lines and modulators beside what was published or computed elsewhere, and how long they take.

`python benchmarks/rf.py [devices|walls|speed] [--only TEXT] [--second] [--out FOLDER]`. No parameter is fitted; what a
source does not say is named as guessed. `--second` adds each figure of merit by its second route. Times are processor
time of one thread, warm and with compilation.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import (
    Coplanar,
    Stretch,
    TRail,
    figures,
    full_wave,
    integrated,
    ready,
    resolved,
    rlgc,
)
from lingnan.solvers.modulators import Modulator as TravellingWave
from lingnan.solvers.validation.devices import DEVICES, QUARTZ, Device, Value
from lingnan.solvers.validation.electrooptic import BAND, SHARES, computed, nearest, number


def second(device: Device, value: Value, ours: Any) -> float | None:
    """The same figure of merit by its other route; None where there is none here."""
    spec = device.spec
    if value.quantity in ("roll-off", "bandwidth"):
        m = TravellingWave((Stretch(ours.line, device.length, 1.0),), ours.shift.n_g)
        level = np.asarray(integrated(m, jnp.asarray(BAND)).relative_to(float(BAND[0])))
        if value.quantity == "roll-off":
            return float(-np.interp(value.at, BAND, level))
        return float(np.interp(3.0, -level, BAND))
    if isinstance(spec, TRail):
        return None
    if value.quantity == "V_pi L":
        return float(resolved(spec, device.wavelength).vpi_l_push_pull)
    if value.quantity in ("n_rf", "loss", "Z0"):
        # vector modes want a box that is small beside the wave: what they change there is put upon ours
        boxed = replace(spec, ground_width=None, reach=60.0).section()
        f = jnp.array([value.at])
        one, two = rlgc(boxed, f), full_wave(boxed, f)
        change = {
            "n_rf": two.n_rf / one.n_rf,
            "loss": two.loss_db_cm / one.loss_db_cm,
            "Z0": two.z0.real / one.z0.real,
        }[value.quantity]
        return float(change[0]) * number(ours, value)
    return None


def devices(only: list[str], also_second: bool, out: Path) -> None:
    """A table of all, a JSON file and a figure."""
    rows: list[dict[str, Any]] = []
    for device in DEVICES:
        if not any(text in device.name for text in only):
            continue
        found = computed(device)
        for value in device.values:
            ours = number(found, value)
            other = second(device, value, found) if also_second else None
            known = nearest(value, ours)
            error = ours / known - 1
            rows.append({
                "device": device.name, "source": device.source, "quantity": value.quantity, "at_hz": value.at,
                "basis": value.basis, "published": [value.low, value.high], "ours": ours, "second_route": other,
                "error": error, "inside": abs(error) <= SHARES[value.quantity], "guessed": device.guessed,
            })  # fmt: skip
            print(
                f"{device.name:32s} {value.quantity:9s} {value.low:9.4g} {value.high:9.4g} {value.basis:9s} "
                f"{ours:9.4g} {'' if other is None else format(other, '9.4g'):9s} {100 * error:+6.1f} %",
                flush=True,
            )
        print(f"    guessed: {device.guessed}", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / "rf_devices.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _draw(rows, out / "rf_devices.png")
    for quantity, limit in SHARES.items():
        errors = [r["error"] for r in rows if r["quantity"] == quantity]
        if errors:
            inside = sum(abs(e) <= limit for e in errors)
            print(f"{quantity}: {inside} of {len(errors)} within {100 * limit:.0f} %")


def _draw(rows: list[dict[str, Any]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    ax = plt.subplots(figsize=(9, 0.22 * len(rows) + 1.5), layout="constrained")[1]
    for k, row in enumerate(rows):
        color = "C0" if row["inside"] else "C3"
        ax.plot([100 * row["error"]], [k], "o" if row["basis"] == "measured" else "s", color=color)
        ax.plot([-100 * SHARES[row["quantity"]], 100 * SHARES[row["quantity"]]], [k, k], color="0.8", zorder=0)
    ax.set_yticks(range(len(rows)), [f"{r['device']}: {r['quantity']}" for r in rows], fontsize=7)
    ax.invert_yaxis()
    ax.set_xlabel("ours beside the published range (%): round measured, square simulated, grey what is asked")
    ax.grid(alpha=0.3)
    ax.figure.savefig(path, dpi=120)
    plt.close("all")


def walls() -> None:
    """Index by the distance of the window's walls, for signals of 20 µm on silicon and of 100 on quartz."""
    f = jnp.array([5e10])
    wide = Coplanar(signal_width=100.0, ground_width=100.0, substrate=QUARTZ, overrides=(("buried oxide", QUARTZ),))
    for spec in (Coplanar(signal_width=20.0, ground_width=100.0), wide):
        like = spec.section()
        for reach in (100.0, 200.0, 400.0, 1000.0, 1600.0):
            n = float(rlgc(replace(spec, reach=reach).section(like), f).n_rf[0])
            print(f"signal {spec.signal_width} µm, walls at {reach:6.0f} µm: n {n:.4f}", flush=True)


def seconds(call: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    jax.block_until_ready(call())
    return time.process_time() - start


#: ten numbers of a Mach-Zehnder modulator, and how its line's process scatters
NAMES = (
    "gap", "signal_width", "ground_width", "metal_thickness", "rib_width", "film", "etch", "cladding", "buried_oxide",
)  # fmt: skip


def speed() -> None:
    """A spectrum of 50 frequencies, all figures of merit with their gradient by ten numbers, and process samples."""
    f = jnp.geomspace(1e8, 2e11, 50)
    spec = Coplanar(ground_width=150.0)
    like = spec.section()
    for run in ("with compilation", "warm"):
        print(f"50 frequencies {run}: {seconds(lambda: rlgc(like, f).gamma):.2f} s", flush=True)

    few = jnp.geomspace(1e9, 1e11, 12)
    known = ready(spec)

    def merit(p: jax.Array) -> jax.Array:
        moved = replace(spec, **dict(zip(NAMES, p[:-1], strict=True)))
        found = figures(moved, few, p[-1], reference=1e9, like=known)
        return found.bandwidth / 1e11 / found.v_pi

    at = jnp.array([*(float(getattr(spec, name)) for name in NAMES), 10000.0])
    both = jax.jit(jax.value_and_grad(merit))
    for run in ("with compilation", "warm"):
        print(f"figure of merit and its gradient by {at.size} numbers, {run}: {seconds(lambda: both(at)):.2f} s",
              flush=True)  # fmt: skip
    one = jax.jit(merit)
    for run in ("with compilation", "warm"):
        print(f"figure of merit {run}: {seconds(lambda: one(at)):.2f} s", flush=True)
    # one thread: a second process does the other half
    samples = at * (1 + 0.01 * jax.random.normal(jax.random.key(0), (20, at.size)))
    took = seconds(lambda: [one(p) for p in samples])
    print(
        f"20 process samples: {took:.2f} s, 1,000 of them {50 * took:.0f} s, on two cores {25 * took:.0f} s", flush=True
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["devices", "speed"], choices=("devices", "walls", "speed"))
    parser.add_argument(
        "--only", nargs="*", default=[""], metavar="TEXT", help="devices with one of these in their names"
    )
    parser.add_argument("--second", action="store_true", help="second routes too")
    parser.add_argument("--out", type=Path, default=Path("build/rf"), help="folder for the JSON file and the figure")
    options = parser.parse_args()
    for name in options.what:
        if name == "devices":
            devices(options.only, options.second, options.out)
        else:
            {"walls": walls, "speed": speed}[name]()


if __name__ == "__main__":
    main()
