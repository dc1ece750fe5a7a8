"""Lines and modulators beside what was published or computed elsewhere, beside other programs, and their times.

`python benchmarks/rf.py [devices|walls|speed|peers] [--only TEXT] [--second] [--python THAT/python] [--out FOLDER]`. No
parameter is fitted; what a source does not say is named as guessed. `--second` adds each figure of merit by its second
route. `peers` takes an interpreter with femwell (`pip install femwell` there). Times are processor time of one thread,
warm and with compilation.
"""

import argparse
import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from rf_peers import compare
from rf_speed import speed

from lingnan.solvers.modulators import (
    Coplanar,
    Figures,
    Shift,
    Stretch,
    TRail,
    full_wave,
    integrated,
    optical,
    resolved,
    rlgc,
)
from lingnan.solvers.modulators import Modulator as TravellingWave
from lingnan.solvers.modulators.loaded import resolved_of_bars
from lingnan.solvers.modulators.unitcell import period
from lingnan.solvers.validation.devices import DEVICES, QUARTZ, Device, Value
from lingnan.solvers.validation.electrooptic import BAND, SHARES, computed, nearest, number


@cache
def period_of(spec: TRail) -> tuple[float, float, float]:
    """From a period in three dimensions: share of the bars, index and impedance over those of the rails."""
    (c0, l0), (c1, _), (c2, l2) = (period(spec, kind) for kind in ("rails", "bars", "T"))
    return (c2 - c0) / (c1 - c0), float(np.sqrt(c2 * l2 / (c0 * l0))), float(np.sqrt(l2 * c0 / (l0 * c2)))


@cache
def voltage(name: str) -> float:
    """V_pi L [V cm] from the modes at two voltages; over T's with the share of a period in three dimensions."""
    device = next(d for d in DEVICES if d.name == name)
    spec = device.spec
    if isinstance(spec, TRail):
        mode = optical.guided(spec.rails, device.wavelength)
        return float(resolved_of_bars(spec, mode, period_of(spec)[0]).vpi_l_push_pull)
    return float(resolved(spec, device.wavelength).vpi_l_push_pull)


@cache
def of_waves(name: str, frequency: float) -> dict[str, float]:
    """By what share vector modes change index and loss, in a box that is small beside the wave."""
    spec = next(d for d in DEVICES if d.name == name).rails
    boxed, f = replace(spec, ground_width=None, reach=60.0).section(), jnp.array([frequency])
    one, two = rlgc(boxed, f), full_wave(boxed, f)
    return {"n_rf": float(two.n_rf[0] / one.n_rf[0]), "loss": float(two.loss_db_cm[0] / one.loss_db_cm[0])}


def second(device: Device, value: Value, found: Figures | Shift) -> float | None:
    """The same figure of merit by its other route; None where there is none here."""
    spec = device.spec
    if value.quantity == "V_pi L":
        return voltage(device.name)
    if isinstance(found, Shift):
        return None
    if value.quantity in ("roll-off", "bandwidth"):
        m = TravellingWave((Stretch(found.line, device.length, 1.0),), found.shift.n_g, termination=device.termination)
        answer = integrated(m, jnp.asarray(BAND))
        level = np.asarray(answer.s21_db if device.reference is None else answer.relative_to(device.reference))
        if value.quantity == "roll-off":
            return float(-np.interp(value.at, BAND, level))
        below = int(np.argmax(level < -3.0))
        return float(np.interp(3.0, -level[below - 1 : below + 1], BAND[below - 1 : below + 1])) if below else None
    if isinstance(spec, TRail):
        _, index, impedance = period_of(spec)
        rails = rlgc(spec.rails.section(), jnp.array([value.at]))
        known = {"n_rf": index * float(rails.n_rf[0]), "Z0": impedance * float(rails.z0.real[0])}
        return known.get(value.quantity)
    if value.quantity in ("n_rf", "loss"):
        return of_waves(device.name, value.at)[value.quantity] * number(device, found, value)
    return None


def devices(only: list[str], also_second: bool, out: Path) -> None:
    """A table of all, a JSON file and a figure."""
    rows: list[dict[str, Any]] = []
    for device in DEVICES:
        if not any(text in device.name for text in only):
            continue
        found = computed(device)
        for value in device.values:
            ours = number(device, found, value)
            other = second(device, value, found) if also_second else None
            error = ours / nearest(value, ours) - 1
            rows.append({
                "device": device.name, "source": device.source, "quantity": value.quantity, "at_hz": value.at,
                "basis": value.basis, "published": [value.low, value.high], "ours": ours, "second_route": other,
                "error": error, "limit": SHARES[value.quantity], "inside": abs(error) <= SHARES[value.quantity],
                "inputs": list(device.inputs()), "outside": device.outside,
            })  # fmt: skip
            print(_line(rows[-1]), flush=True)
        by: dict[str, list[str]] = defaultdict(list)
        for field, given, source in device.inputs():
            by[source.split(":")[0]].append(f"{field} {given}" + source.removeprefix("guessed").replace(source, ""))
        for source, fields in by.items():
            print(f"    {source}: {', '.join(fields)}")
        if device.outside:
            print(f"    note: {device.outside}")
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rows, indent=1, ensure_ascii=False, default=str) + "\n"
    (out / "rf_devices.json").write_text(text, encoding="utf-8")
    _draw(rows, out / "rf_devices.png")
    for quantity, limit in SHARES.items():
        those = [r for r in rows if r["quantity"] == quantity]
        if those:
            met = {r["device"] for r in those if r["inside"]}
            missed = {r["device"] for r in those if not r["inside"]}
            print(
                f"{quantity}: {sum(r['inside'] for r in those)} of {len(those)} numbers within {100 * limit:.0f} %; "
                f"all of {len(met - missed)} of {len(met | missed)} devices"
            )


def _line(row: dict[str, Any]) -> str:
    """One number of the table."""
    scale = 1e-9 if row["quantity"] == "bandwidth" else 1.0
    low, high = (scale * v for v in row["published"])
    known = f"{low:.4g}" if low == high else f"{low:.4g}-{high:.4g}"
    other = "" if row["second_route"] is None else f"{scale * row['second_route']:.4g}"
    at = "" if row["quantity"] in ("V_pi L", "n_g", "bandwidth") else f"{row['at_hz'] / 1e9:.0f} GHz"
    state = "" if row["inside"] else f"outside {100 * row['limit']:.0f} %"
    return (
        f"{row['device']:32s} {row['quantity']:9s} {at:8s} {known:>11s} {row['basis']:9s} {scale * row['ours']:8.4g} "
        f"{other:>8s} {100 * row['error']:+6.1f} % {state}"
    )


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


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["devices", "speed"], choices=("devices", "walls", "speed", "peers"))
    parser.add_argument(
        "--only", nargs="*", default=[""], metavar="TEXT", help="devices with one of these in their names"
    )
    parser.add_argument("--second", action="store_true", help="second routes too")
    parser.add_argument("--python", metavar="PYTHON", help="interpreter with femwell, for peers")
    parser.add_argument("--out", type=Path, default=Path("build/rf"), help="folder for the JSON file and the figure")
    options = parser.parse_args()
    for name in options.what:
        if name == "devices":
            devices(options.only, options.second, options.out)
        elif name == "peers":
            compare(options.python)
        else:
            {"walls": walls, "speed": speed}[name]()


if __name__ == "__main__":
    main()
