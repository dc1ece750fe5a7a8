"""Lines and modulators beside what was published or computed elsewhere, beside other programs, and their times.

`python benchmarks/rf.py [devices|counts|causes|walls|speed|peers] [--only TEXT] [--second] [--spread]
[--python THAT/python] [--out FOLDER]`. No parameter is fitted; what a source does not say is named as guessed.
`--second` adds each figure of merit by its second route, `--spread` how far it moves with fabrication and with what the
paper leaves open. Beside a bandwidth or roll-off stand what the authors' own index, loss, impedance and group index
give, without any line of ours; how far our response has fallen where the published one is 3 dB down; over what the
bandwidth spreads with index and loss at the limits of what is asked of them; what 0 dB at 10 MHz and at 1 GHz give; and
what all printed numbers of line and light give in the place of ours. `counts` says what an earlier table of `devices`
has inside, `causes` whether one cause for all would bring more bandwidths inside. `peers` takes an interpreter with
femwell (`pip install femwell` there). Times are processor time of one thread, warm and with compilation.
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
from rf_causes import causes
from rf_counts import read, totals
from rf_peers import compare
from rf_speed import speed
from rf_spread import spread

from lingnan.solvers.modulators import (
    Coplanar,
    TRail,
    full_wave,
    optical,
    resolved,
    rlgc,
)
from lingnan.solvers.modulators.loaded import resolved_of_bars
from lingnan.solvers.modulators.unitcell import period
from lingnan.solvers.validation import answers
from lingnan.solvers.validation.devices import DEVICES, QUARTZ, Device, Value, printed
from lingnan.solvers.validation.electrooptic import (
    ANSWERS,
    SHARES,
    STATIC,
    Computed,
    answered,
    computed,
    draw,
    error,
    number,
)


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
        mode = optical.guided(spec.rails, device.wavelength, resolution=optical.EVEN)
        return float(resolved_of_bars(spec, mode, period_of(spec)[0]).vpi_l_push_pull)
    return float(resolved(spec, device.wavelength).vpi_l_push_pull)


@cache
def of_waves(name: str, frequency: float) -> dict[str, float]:
    """By what share vector modes change index and loss, in a box that is small beside the wave."""
    spec = next(d for d in DEVICES if d.name == name).rails
    boxed, f = replace(spec, ground_width=None, reach=60.0).section(), jnp.array([frequency])
    one, two = rlgc(boxed, f), full_wave(boxed, f)
    return {"n_rf": float(two.n_rf[0] / one.n_rf[0]), "loss": float(two.loss_db_cm[0] / one.loss_db_cm[0])}


def second(device: Device, value: Value, found: Computed) -> float | None:
    """The same figure of merit by its other route; None where there is none here."""
    spec = device.spec
    if value.quantity == "V_pi L":
        return voltage(device.name)
    if value.quantity == "n_g":
        h = 1e-3
        n = [float(optical.guided(spec_of(device), device.wavelength + s * h).n_eff) for s in (-1, 0, 1)]
        return n[1] - device.wavelength * (n[2] - n[0]) / (2 * h)
    assert found.line is not None
    if value.quantity in ANSWERS:
        return answered(value, answers.level(device, found.line, float(found.shift.n_g), answers.stepped))
    if isinstance(spec, TRail):
        _, index, impedance = period_of(spec)
        rails = rlgc(spec.rails.section(), jnp.array([value.at]))
        known = {"n_rf": index * float(rails.n_rf[0]), "Z0": impedance * float(rails.z0.real[0])}
        return known.get(value.quantity)
    if value.quantity == "Z0":  # vector modes have no voltage that all agree on
        return None
    return of_waves(device.name, value.at)[value.quantity] * number(device, found, value)


def spec_of(device: Device) -> Coplanar:
    """What the light runs in."""
    return device.spec.rails if isinstance(device.spec, TRail) else device.spec


def row_of(device: Device, value: Value, found: Computed, also: set[str]) -> dict[str, Any]:
    """One number of the table."""
    ours = number(device, found, value)
    row: dict[str, Any] = {
        "device": device.name, "source": device.source, "quantity": value.quantity, "at_hz": value.at,
        "basis": "bound" if value.bound else value.basis, "published": [value.low, value.high], "ours": ours,
        "second_route": second(device, value, found) if "second" in also else None, "error": error(value, ours),
        "limit": SHARES[value.quantity], "inside": abs(error(value, ours)) <= SHARES[value.quantity],
        "inputs": list(device.inputs()), "outside": device.outside,
    }  # fmt: skip
    if "spread" in also and value.basis == "measured":
        least, most = row["spread"] = spread(device, value, found)
        row["open"] = least <= value.high and most >= value.low
    if value.quantity in ANSWERS:
        row |= {"reference_hz": device.reference, "reference_said": device.reference_said, "by_their_line": None}
        if device.stated:
            own = answers.level(device, answers.said(device.stated), device.stated.n_g)
            row |= {"by_their_line": answered(value, own), "their_line": device.stated.said}
    if value.quantity == "bandwidth":
        assert found.line is not None
        row["level_there_db"] = -answers.roll_off(found.level(device), value.low)
        row["allowed"] = answers.allowed(device, found.line, float(found.shift.n_g))
        by_print, row["by_print_of"] = answers.by_print(device, found.line, float(found.shift.n_g), printed(device))
        row["by_print"] = answers.bandwidth(by_print)
        row["at_10_mhz_and_1_ghz"] = answers.by_reference(device, found.line, float(found.shift.n_g))
    return row


def devices(only: list[str], also: set[str], out: Path) -> None:
    """A table of all, a JSON file that grows with it, a figure of all and one of the responses."""
    rows: list[dict[str, Any]] = []
    responses: list[tuple[Device, Computed]] = []
    out.mkdir(parents=True, exist_ok=True)
    for device in DEVICES:
        if not any(text in device.name for text in only):
            continue
        found = computed(device)
        if any(v.quantity in ANSWERS for v in device.values):
            responses.append((device, found))
        for value in device.values:
            rows.append(row_of(device, value, found, also))
            print(_line(rows[-1]), flush=True)
        for value in device.beside:
            assert device.stated is not None
            own = answered(value, answers.level(device, answers.said(device.stated), device.stated.n_g))
            print(f"    {value.quantity} {value.low:g} at {value.at / 1e9:g} GHz: {own:.3g} by the authors' own line")
        by: dict[str, list[str]] = defaultdict(list)
        for field, given, source in device.inputs():
            by[source.split(":")[0]].append(f"{field} {given}" + source.removeprefix("guessed").replace(source, ""))
        for source, fields in by.items():
            print(f"    {source}: {', '.join(fields)}")
        if device.outside:
            print(f"    note: {device.outside}")
        text = json.dumps(_finite(rows), indent=1, ensure_ascii=False, default=str) + "\n"
        (out / "rf_devices.json").write_text(text, encoding="utf-8")
    _draw(rows, responses, out)
    totals(rows)


def _finite(value: Any) -> Any:
    """JSON has no infinity: null stands for it."""
    if isinstance(value, dict):
        return {name: _finite(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _line(row: dict[str, Any]) -> str:
    """One line of the table."""
    scale = 1e-9 if row["quantity"] == "bandwidth" else 1.0
    low, high = (scale * v for v in row["published"])
    known = f"{low:.4g}" if low == high else (f">{low:.4g}" if row["basis"] == "bound" else f"{low:.4g}-{high:.4g}")
    other = "" if row["second_route"] is None else f"{scale * row['second_route']:.4g}"
    at = "" if row["quantity"] in (*STATIC, "bandwidth") else f"{row['at_hz'] / 1e9:.0f} GHz"
    state = "" if row["inside"] else f"outside {100 * row['limit']:.0f} %"
    text = (
        f"{row['device']:32s} {row['quantity']:9s} {at:8s} {known:>11s} {row['basis']:9s} {scale * row['ours']:8.4g} "
        f"{other:>8s} {100 * row['error']:+6.1f} % {state}"
    )
    if row["quantity"] in ANSWERS:
        own = "" if row["by_their_line"] is None else f", {scale * row['by_their_line']:.3g} by the authors' line"
        text += f"\n    0 dB at {row['reference_hz'] / 1e9:g} GHz ({row['reference_said']}){own}"
    if "spread" in row:
        least, most = (scale * v for v in row["spread"])
        known = "holds it" if row["open"] else "does not hold it"
        text += f"\n    {least:.4g} to {most:.4g} by fabrication and what is not given, which {known}"
    if "allowed" in row:
        a, b, c, d = (v / 1e9 for v in (*row["allowed"], *row["at_10_mhz_and_1_ghz"]))
        text += (
            f"; {row['level_there_db']:.2f} dB at {low:.4g} GHz; {a:.0f} to {b:.0f} GHz with index and loss at their "
            f"limits; {c:.0f} and {d:.0f} with 0 dB at 10 MHz and 1 GHz"
        )
        if row["by_print_of"]:
            text += f"; {row['by_print'] / 1e9:.0f} by what is printed of {', '.join(row['by_print_of'])}"
    return text


def _draw(rows: list[dict[str, Any]], responses: list[tuple[Device, Computed]], out: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    whole, ax = plt.subplots(figsize=(9, 0.22 * len(rows) + 1.5), layout="constrained")
    for k, row in enumerate(rows):
        color = "C0" if row["inside"] else "C3"
        marker = {"measured": "o", "bound": ">"}.get(row["basis"], "s")
        ax.plot([100 * np.clip(row["error"], -1, 1)], [k], marker, color=color)
        ax.plot([-100 * SHARES[row["quantity"]], 100 * SHARES[row["quantity"]]], [k, k], color="0.8", zorder=0)
    ax.set_yticks(range(len(rows)), [f"{r['device']}: {r['quantity']}" for r in rows], fontsize=7)
    ax.invert_yaxis()
    ax.margins(y=0.01)
    ax.set_xlabel(
        "ours beside the published range (%), ±100 and more at the edge\n"
        "round: measured, square: simulated, triangle: a bound, grey: what is asked",
        fontsize=8,
    )
    ax.grid(alpha=0.3)
    whole.savefig(out / "rf_devices.png", dpi=120)
    plt.close("all")
    if responses:
        across = 3
        deep = -(-len(responses) // across)
        figure, axes = plt.subplots(deep, across, figsize=(5 * across, 3.4 * deep), layout="constrained", squeeze=False)
        for (device, found), panel in zip(responses, axes.flat, strict=False):
            draw(device, found, panel)
        for panel in axes.flat[len(responses) :]:
            panel.set_axis_off()
        figure.savefig(out / "rf_responses.png", dpi=90)
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


WHAT = ("devices", "counts", "causes", "walls", "speed", "peers")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["devices", "speed"], choices=WHAT)
    parser.add_argument(
        "--only", nargs="*", default=[""], metavar="TEXT", help="devices with one of these in their names"
    )
    parser.add_argument("--second", action="store_true", help="second routes too")
    parser.add_argument("--spread", action="store_true", help="what fabrication and open inputs move")
    parser.add_argument("--python", metavar="PYTHON", help="interpreter with femwell, for peers")
    parser.add_argument("--out", type=Path, default=Path("build/rf"), help="folder for the JSON file and the figure")
    options = parser.parse_args()
    for name in options.what:
        if name == "devices":
            devices(options.only, {key for key in ("second", "spread") if getattr(options, key)}, options.out)
        elif name == "counts":
            totals(read(options.out / "rf_devices.json"))
        elif name == "peers":
            compare(options.python)
        else:
            {"causes": causes, "walls": walls, "speed": speed}[name]()


if __name__ == "__main__":
    main()
