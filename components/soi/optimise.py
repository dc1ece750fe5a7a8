"""Implants of a PN phase shifter of the line with the least V_pi L times loss, as settings of its cell.

    best = optimise({"junction_offset": (-0.1, 0.1), "mid_offset_p": (0.1, 0.45)}, volts=2.0, bandwidth=80e9)
    print(best.table())
    soi.phase_shifter_pn(**best.settings)

Masks are misplaced and doses off by the process's own deviations, each mask and each dose apart: see
`lingnan.solvers.phaseshifters.optimum`. A search takes minutes: what was asked before is kept (`compact.store`), its
steps too, and told again. What is found is solved again on the mesh of `carriers.figures`, at corners of the process,
and by samples drawn at random: second routes to all that the search has seen.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.compact import store
from lingnan.components.compact.searches import key_of, recalled
from lingnan.components.soi import carriers
from lingnan.components.soi.diodes import pn_sides
from lingnan.components.soi.lateral import Side, rib_of
from lingnan.pdk import active_process, doping
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process
from lingnan.solvers import phaseshifters
from lingnan.solvers.phaseshifters import Optimum, OptimumStep, Outcome

#: parameters of `phase_shifter_pn` that may be free: they move implants
FREE = ("junction_offset", "mid_offset_p", "mid_offset_n", "contact_offset_p", "contact_offset_n")
MASKS = ("P", "N", "PP", "NP", "PPP", "NPP")
CORNERS = ("nominal", "thick_wide", "thin_narrow", "hot")
#: what the notebook of a silicon transmitter asks, and what is therefore kept
SHOWN: dict[str, Any] = {
    "free": {
        "junction_offset": (-0.15, 0.15), "mid_offset_p": (0.1, 0.9), "mid_offset_n": (0.1, 0.9),
        "contact_offset_p": (0.5, 1.3), "contact_offset_n": (0.5, 1.3),
    },
    "volts": 2.0,
    "bandwidth": 80e9,
}  # fmt: skip
#: errors whose product counts: low masks meet at the junction, and their distance acts. The other products that samples
#: show, of these moves with both low doses, are 0.5 % of the deviation before and 2.6 % after
TOGETHER = (("move P", "move N"),)
_OVERLAY = 3.0  #: deviations that the process's overlay stands for, as its source says
_SAMPLES = 200


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    optimum: Optimum
    settings: dict[str, Any]  #: of `phase_shifter_pn`, `phase_shifter_series` and `mzm`
    corners: dict[str, tuple[dict[str, float], dict[str, float]]]  #: figures before and after, by corner
    samples: tuple[dict[str, list[float]], ...]  #: V_pi L and loss of random samples before and after

    def table(self) -> str:
        """Before and after: with the scatter of the process, and at its corners."""
        lines = [self.optimum.table(), ""]
        lines.append(f"{'corner':14s} {'V_pi L (V cm)':>18s} {'loss (dB/cm)':>18s} {'product (V dB)':>18s}")
        for name, ends in self.corners.items():
            rows = [(e["vpi_l"], e["loss_db_cm"], e["vpi_l"] * e["loss_db_cm"]) for e in ends]
            cells = [f"{a:.{n}f} -> {b:.{n}f}" for a, b, n in zip(*rows, (3, 2, 2), strict=True)]
            lines.append(f"{name:14s} {cells[0]:>18s} {cells[1]:>18s} {cells[2]:>18s}")
        return "\n".join(lines)

    @property
    def steps(self) -> tuple[OptimumStep, ...]:
        """The way there."""
        return self.optimum.steps

    def products(self) -> tuple[np.ndarray, np.ndarray]:
        """V_pi L times loss of the samples before and after, (S,) each [V dB]."""
        before, after = (np.asarray(one["vpi_l"]) * np.asarray(one["loss_db_cm"]) for one in self.samples)
        return before, after


class StoppedError(Exception):
    """A search that was stopped: what it had is of use, and is not kept."""

    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__("interrupted")
        self.entry = entry


def optimise(
    free: Mapping[str, tuple[float, float]],
    *,
    volts: float,
    bandwidth: float,
    start: Mapping[str, float] | None = None,
    corners: tuple[str, ...] = CORNERS,
    cross_section: str = "rib",
    say: Callable[[OptimumStep], None] | None = None,
    **more: Any,
) -> Design:
    """Lower V_pi L times loss of a PN phase shifter on the active process, with its overlay and doses.

    An interrupt from the keyboard ends the search with the best step so far.

    Args:
        free: parameters of the cell -> least and largest [µm]; others are the process's own.
        volts: of the swing, in reverse [V].
        bandwidth: least of the junction, 1/(2π R C), deviations counted [Hz].
        start: of what is free, or of other offsets [µm]; what is missing starts at the process's own.
        corners: at which the outcome is solved again.
        cross_section: of the rib.
        say: is told each step.
        more: other arguments of `solvers.phaseshifters.optimum`: sigmas, steps.

    Raises:
        LingnanError: a parameter that moves no implant, or limits that the line cannot make or in which implants meet.
        ValueError: what `optimum` refuses.
    """
    search = Search.of(free, volts, bandwidth, start, corners, cross_section, **more)
    process = active_process()

    def read(entry: Mapping[str, Any]) -> Design:
        ends = {name: (dict(pair[0]), dict(pair[1])) for name, pair in entry["corners"].items()}
        found = _optimum(entry)
        return Design(found, {**(start or {}), **found.drawn}, ends, tuple(dict(one) for one in entry["samples"]))

    try:
        return recalled(process.name, search.key, lambda: search.entry(say), read, say)
    except StoppedError as stopped:
        return read(stopped.entry)


@dataclass(frozen=True)
class Search:
    """What `optimum` is called with, and the name under which its answer is kept."""

    process: Process
    core: float
    sides: tuple[Side, Side]  #: as drawn at the start
    given: dict[str, Any]  #: arguments of `optimum`
    corners: tuple[str, ...]
    key: str

    @classmethod
    def of(
        cls,
        free: Mapping[str, tuple[float, float]],
        volts: float,
        bandwidth: float,
        start: Mapping[str, float] | None = None,
        corners: tuple[str, ...] = CORNERS,
        cross_section: str = "rib",
        **more: Any,
    ) -> "Search":
        """On the active process; arguments and refusals are those of `optimise`."""
        name, process = "optimise", active_process()
        for one in (*free, *(start or {})):
            if one not in FREE:
                raise LingnanError(f"{name}: {one!r} moves no implant. {did_you_mean(one, FREE)}")
        for corner in corners:
            if corner not in process.corners:
                raise LingnanError(f"{name}: no corner {corner!r}. {did_you_mean(corner, process.corners)}")
        core = rib_of(name, cross_section)
        sides = pn_sides(name, core, **(start or {}))
        drawn = _drawn(sides, core)
        for one, pair in free.items():
            if np.shape(pair) != (2,):
                raise LingnanError(f"{name}: {one} = {pair!r} is no pair. Give the least and the largest [µm].")
            for end in pair:
                _drawable(core, drawn, one, end)
        apart, order = process.number("optics.overlay"), []
        for kind in ("p", "n"):
            below, above = (f"{word}_offset_{kind}" for word in ("mid", "contact"))
            if below in free and above in free:
                order.append((below, above, apart))
                continue
            farthest, nearest = free.get(below, [drawn[below]])[-1], free.get(above, [drawn[above]])[0]
            if not nearest - farthest >= apart:
                raise LingnanError(
                    f"{name}: {below} may reach {farthest:g} µm, and {above} {nearest:g} µm: the contact implant stays "
                    f"{apart:g} µm farther out, the overlay of the process. Part their limits."
                )
        given = {
            "free": {one: (float(low), float(high)) for one, (low, high) in free.items()},
            "start": {one: drawn[one] for one in free},
            "spread": spread_of(process),
            "order": tuple(order), "together": TOGETHER, "volts": float(volts), "bandwidth": float(bandwidth),
            "grid": process.grid.value, **more,
        }  # fmt: skip
        nominal = carriers.section(sides, core)
        key = key_of("pn", nominal, given, tuple(corners), _SAMPLES)
        return cls(process, core, sides, given, tuple(corners), key)

    def made(self, drawn: Mapping[str, Any], errors: Mapping[str, Any]) -> tuple[phaseshifters.Section, Any]:
        """The section of drawn offsets, which may be traced, with errors of the process, and its leads [Ω m]."""
        sides = _moved(self.sides, self.core, drawn)
        moves, doses = (
            {one.removeprefix(word): value for one, value in errors.items() if one.startswith(word)}
            for word in ("move ", "dose ")
        )
        spec = doping.section(
            self.process, carriers.masks(sides), width=self.core, ends=carriers.ends(sides),
            overlay=moves, dose={one: 1 + value for one, value in doses.items()},
        )  # fmt: skip
        return spec, carriers.leads(sides)

    def entry(self, say: Callable[[OptimumStep], None] | None = None) -> dict[str, Any]:
        """Search, and give what is kept of it.

        Raises:
            StoppedError: with what there is.
        """
        found = phaseshifters.optimum(self.made, say=say, **self.given)
        ends = tuple(pn_sides("optimise", self.core, **{**_drawn(self.sides, self.core), **one})
                     for one in (self.given["start"], found.drawn))  # fmt: skip
        corners = self.corners if found.finished else ()
        entry = {
            "process": self.process.name, "hash": self.process.hash, "version": __version__,
            "drawn": found.drawn, "sigmas": found.sigmas, "limit": found.limit,
            "before": _lists(found.before), "after": _lists(found.after),
            "steps": [step._asdict() for step in found.steps], "message": found.message, "finished": found.finished,
            "corners": {one: [self._at(sides, one) for sides in ends] for one in corners},
            "samples": [self._sampled(sides) for sides in ends] if found.finished else [],
            "error": 0.0,
        }  # fmt: skip
        if not found.finished:
            raise StoppedError(entry)
        return entry

    def _at(self, sides: tuple[Side, Side], corner: str) -> dict[str, float]:
        f = carriers.figures(sides, self.core, self.given["volts"], corner=corner)
        return {
            "vpi_l": float(f.vpi_l[0]), "loss_db_cm": float(f.loss_at_rest_dB_cm), "bandwidth": float(f.bandwidth[0]),
        }  # fmt: skip

    def _sampled(self, sides: tuple[Side, Side]) -> dict[str, list[float]]:
        spread = phaseshifters.Spread(self.process.number("electrical.implant_dose_spread"), _overlay(self.process))
        section = carriers.section(sides, self.core)
        fineness = phaseshifters.MOVING
        drawn = phaseshifters.sampled(section, self.given["volts"], spread, _SAMPLES, fineness=fineness)
        return {"vpi_l": np.asarray(drawn.vpi_l).tolist(), "loss_db_cm": np.asarray(drawn.loss_db_cm).tolist()}


def wanted() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """What is kept for the notebook and the design of a transmitter: the search, and carriers of what it has found."""
    search = Search.of(**SHOWN)
    yield search.key, partial(search.entry, lambda step: print(step, file=sys.stderr, flush=True))
    entry = store.entries(search.process.name).get(search.key)
    if entry is not None:
        sides = pn_sides("optimise", search.core, **entry["drawn"])
        for corner in search.process.corners:
            yield carriers.key_of(sides, search.core, corner), partial(carriers.solve, sides, search.core, corner)


def _drawable(core: float, drawn: Mapping[str, float], name: str, value: float) -> None:
    """Raise what the line refuses of an offset, whose neighbours give way."""
    at = {**drawn, name: value}
    for kind in ("p", "n"):
        mid, contact = (f"{word}_offset_{kind}" for word in ("mid", "contact"))
        at[contact if name == mid else mid] = (max if name == mid else min)(at[mid], at[contact])
    pn_sides("optimise", core, **at)


def spread_of(process: Process) -> dict[str, float]:
    """Standard deviations of the places of masks [µm] and of doses [share], by error."""
    dose = process.number("electrical.implant_dose_spread")
    return {f"move {one}": _overlay(process) for one in MASKS} | {f"dose {one}": dose for one in MASKS}


def _overlay(process: Process) -> float:
    return process.number("optics.overlay") / _OVERLAY


def _drawn(sides: tuple[Side, Side], core: float) -> dict[str, float]:
    """Offsets of the cell from its sides [µm]."""
    left, right = sides
    assert left.junction is not None
    assert left.mid is not None
    assert right.mid is not None
    outwards = (draw.snapped(one - core / 2) for one in (left.mid, right.mid, left.contact, right.contact))
    return dict(zip(FREE, (left.junction, *outwards), strict=True))


def _moved(sides: tuple[Side, Side], core: float, drawn: Mapping[str, Any]) -> tuple[Side, Side]:
    """The sides with other offsets, which may be traced."""
    now = {**_drawn(sides, core), **drawn}
    junction, half = now["junction_offset"], core / 2
    left, right = (
        replace(
            side, junction=sign * junction, mid=half + now[f"mid_offset_{kind}"],
            contact=half + now[f"contact_offset_{kind}"],
        )
        for side, sign, kind in zip(sides, (1, -1), ("p", "n"), strict=True)
    )  # fmt: skip
    return left, right


def _lists(outcome: Outcome) -> dict[str, list[float]]:
    return {name: np.asarray(value).tolist() for name, value in outcome._asdict().items()}


def _optimum(entry: Mapping[str, Any]) -> Optimum:
    """An optimum from its numbers."""
    before, after = (Outcome(**{k: np.asarray(v) for k, v in entry[when].items()}) for when in ("before", "after"))
    steps = tuple(OptimumStep(**step) for step in entry["steps"])
    return Optimum(
        dict(entry["drawn"]), float(entry["sigmas"]), float(entry["limit"]), before, after, steps,
        str(entry["message"]), bool(entry["finished"]),
    )  # fmt: skip
