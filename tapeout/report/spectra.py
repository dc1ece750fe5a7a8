"""Spectra on the page: power from fibre to fibre in every corner of the process, and which networks have none."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lingnan.pdk.process import Process
from lingnan.pdk.view.picture import save
from lingnan.tapeout.built import Built
from lingnan.tapeout.circuit.simulate import FAINT, Silent, Spectra
from lingnan.tapeout.report.html import details, figure, section, table, tag, text

_WIDE, _TALL = 8.6, 1.75  #: inches of a panel
_FLOOR = -60.0  #: dB, below which no panel reaches


def spectra(built: Built, folder: Path) -> str:
    """One part a network: its curves, a table of them, and what it is made of."""
    if not built.spectra:
        return ""
    told = [one for one in built.spectra if isinstance(one, Spectra)]
    silent = [one for one in built.spectra if isinstance(one, Silent)]
    words = (
        "Power from fibre to fibre, of devices and routes as they were laid out: SAX models of the cells, derived from "
        "the process by lingnan's own solvers, and routes by the lengths and bends that the router drew. Fundamental "
        "TE mode; no voltage, all heaters cold, air in sensing windows. What a model leaves out stands in its data "
        "sheet."
    )
    return section(
        "Spectra",
        tag("p", text(words)),
        _silence(silent, len(built.spectra)),
        *(_network(one, number, folder) for number, one in enumerate(told)),
        details("Corners", _corners(built.design.process)) if told else "",
    )


def _silence(silent: Sequence[Silent], all_: int) -> str:
    """What is missing, and why."""
    if not silent:
        return ""
    rows = [
        (one.network.name, " ".join(one.network.couplers), "; ".join(one.reasons[:6]) + _more(len(one.reasons) - 6))
        for one in silent
    ]
    count = f"{len(silent)} of {all_} networks have no spectra: a part of each cannot be simulated."
    return tag("p", tag("span", text(count), class_="verdict warn")) + table(("network", "couplers", "why"), rows)


def _more(count: int) -> str:
    return f"; and {count} more" if count > 0 else ""


def _network(one: Spectra, number: int, folder: Path) -> str:
    network = one.network
    rows: list[tuple[str, ...]] = []
    for (start, end), lines in one.power_db.items():
        middle = lines[:, lines.shape[1] // 2]
        nominal = lines[0]
        rows.append(
            (
                f"{start} to {end}",
                f"{middle[0]:.2f}",
                f"{middle.min():.2f} to {middle.max():.2f}",
                f"{nominal.max():.2f} at {1000 * one.wavelengths[np.argmax(nominal)]:.2f}",
                f"{nominal.min():.2f} at {1000 * one.wavelengths[np.argmin(nominal)]:.2f}",
            )
        )
    at = 1000 * one.wavelengths[len(one.wavelengths) // 2]
    head = ("path", f"{one.corners[0]}, {at:g} nm [dB]", "over corners [dB]", "most [dB, nm]", "least [dB, nm]")
    faint = f"{one.faint} more paths stay below {10 * np.log10(FAINT):.0f} dB in every corner." if one.faint else ""
    parts = ", ".join(f"{part.name} (line {part.line})" for part in network.parts)
    return "\n".join(
        [
            tag("h3", text(network.name)),
            figure(_draw(one, folder / f"spectra{number}.png"), f"{network.name}: {', '.join(network.couplers)}"),
            table(head, rows, numbers=(1, 2, 3, 4)) if rows else "",
            tag("p", text(faint), class_="soft") if faint else "",
            details("Made of", tag("p", text(parts))),
        ]
    )


def _corners(process: Process) -> str:
    rows = [
        (name, ", ".join(f"{path} {shift:+g} σ" for path, shift in one.shifts.items()) or "as drawn", one.temperature)
        for name, one in process.corners.items()
    ]
    return table(("corner", "shifts", "temperature [K]"), rows, numbers=(2,))


def _draw(one: Spectra, path: Path) -> Path:
    """A panel a path, a line a corner."""
    from matplotlib.figure import Figure

    count = max(1, len(one.power_db))
    made = Figure(figsize=(_WIDE, _TALL * count + 0.75), dpi=110)
    height = _TALL * count + 0.75
    panels = np.atleast_1d(made.subplots(count, 1, sharex=True))
    made.subplots_adjust(left=0.08, right=0.975, top=1 - 0.28 / height, bottom=0.47 / height, hspace=0.09)
    nm = 1000 * one.wavelengths
    for panel, ((start, end), lines) in zip(panels, one.power_db.items(), strict=False):
        for number in range(len(one.corners) - 1, -1, -1):
            first = number == 0
            panel.plot(
                nm, lines[number], label=one.corners[number], color="black" if first else f"C{number - 1}",
                linewidth=1.1 if first else 0.7, zorder=3 if first else 2,
            )  # fmt: skip
        low, high = float(lines.min()), float(lines.max())
        margin = max(0.06 * (high - low), 0.05)
        panel.set_ylim(max(low - margin, min(_FLOOR, high - 10)), high + margin)
        panel.set_ylabel("dB", fontsize=8)
        panel.text(
            0.994, 0.05, f"{start} to {end}", transform=panel.transAxes, ha="right", fontsize=8, zorder=4,
            bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5},
        )  # fmt: skip
        panel.tick_params(labelsize=8)
        panel.grid(alpha=0.3)
    panels[-1].set_xlim(nm[0], nm[-1])
    panels[-1].set_xlabel("vacuum wavelength (nm)", fontsize=8)
    handles, labels = panels[0].get_legend_handles_labels()
    made.legend(handles[::-1], labels[::-1], fontsize=8, ncols=len(labels) or 1, loc="upper right", frameon=False)
    return save(made, path)
