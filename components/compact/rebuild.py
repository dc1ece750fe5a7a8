"""Write the store anew: `python -m lingnan.components.compact.rebuild [PROCESS] [WORD …]`.

Without words everything that the shipped chips and default cells need is solved; words pick the entries whose key holds
one of them, and leave the others as they are.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lingnan.components.compact import (
    bodies,
    devices,
    guides,
    leans,
    pairs,
    radiation,
    store,
    strains,
    teeth,
    wetleaks,
    wetpairs,
    wetted,
)
from lingnan.components.soi import arraysearch, biosensor, carriers, emission, implanting, methane, rims
from lingnan.components.soi import optimise as implants
from lingnan.components.tfln import electro, floating, optimise, resonant, thermal
from lingnan.pdk.gf import build_pdk
from lingnan.pdk.process import Process, load_process, shipped_processes
from lingnan.solvers import waveguides

Job = tuple[str, Callable[[], dict[str, Any]]]  #: key and how to solve it

#: Guides of which pairs are kept.
_COUPLED = {"soi": ("strip", "rib"), "tfln": ("rib",)}

#: Devices by cell, of which every corner is kept.
DEVICES: dict[str, tuple[str, ...]] = {
    "soi": (
        "mmi2x2", "mmi3x3", "grating_coupler", "terminator", "mmi1x2", "edge_coupler", "crossing", "ybranch",
        "transition_strip_rib", "slot", "swg", "transition_strip_nitride",
    ),
    "tfln": (
        "mmi1x2_y", "edge_coupler_y", "edge_coupler_z", "grating_coupler_y", "mmi2x2_y", "mmi1x2_z", "mmi2x2_z",
        "grating_coupler_z", "crossing",
    ),
}  # fmt: skip


def jobs(process: Process) -> Iterator[Job]:
    """What is kept of a process."""
    for corner in process.corners:
        for section, data in process.cross_sections.items():
            if data.kind != "optical":
                continue
            for direction, over in _variants(process, section):
                yield _guide(process, section, corner, direction, over)
        for section in _COUPLED[process.platform]:
            yield from _pairs(process, section, corner)
    if process.platform == "tfln":
        yield from _driven(process)
    else:
        yield from wetted.wanted(process)
        yield from wetpairs.wanted(process)
        yield from wetleaks.wanted(process)
        yield from teeth.wanted(process)
        for section, corner, over in strains.wanted():
            yield (
                strains.key_of(process, section, corner, over),
                partial(strains.solve, process, section, corner, over),
            )
        yield from radiation.wanted(process)
        build_pdk(process).activate(force=True)
        yield from biosensor.wanted(process)
        yield from methane.wanted(process)
        yield from carriers.wanted()
        yield from implanting.wanted()
        yield from rims.wanted()
        yield from emission.wanted()
        yield from arraysearch.wanted()
        yield from implants.wanted()


def _driven(process: Process) -> Iterator[Job]:
    """What a volt and a watt do in the line's modulators and heaters, as their cells draw them by default."""
    build_pdk(process).activate(force=True)
    for corner, data in process.corners.items():
        for spec in (*electro.wanted(corner), resonant.racetrack_section(corner=corner)):
            yield electro.key_of(process, spec, corner), partial(electro.solve, process, spec, corner)
        yield floating.key_of(process, corner), partial(floating.solve, process, corner)
        wire = thermal.section(corner=corner)
        yield thermal.key_of(wire, data.temperature, corner), partial(thermal.solve, wire, corner)
    search = optimise.Search.of(**optimise.SHOWN)
    yield search.key, partial(search.entry, lambda step: print(step, file=sys.stderr, flush=True))


def _variants(process: Process, section: str) -> list[tuple[float, str]]:
    if process.platform == "tfln" and section == "rib":
        return [(0.0, ""), (45.0, ""), (90.0, "")]
    return [(0.0, ""), *([(0.0, "air")] if section == "strip" else [])]


def _guide(process: Process, section: str, corner: str, direction: float, over: str) -> Job:
    def solved() -> dict[str, Any]:
        return guides.as_entry(guides.solve(process, section, corner, direction=direction, cladding=over))

    return guides.key_of(process, section, corner, direction, over), solved


def _pairs(process: Process, section: str, corner: str) -> Iterator[Job]:
    own = process.cross_sections[section].width.value
    if process.platform == "soi":
        wanted = [(low, own, 0.0, over) for over in ("", "air") for low in (0.2, 0.4) if section == "strip" or not over]
    else:
        narrow = process.number("cells.coupler_width")
        wanted = [(low, own, 0.0, "") for low in (0.6, 0.8, 1.0, 2.0)]
        wanted += [(0.8, width, axis, "") for width, axis in ((narrow, 0.0), (narrow, 90.0), (own, 90.0))]
    for setting in wanted:
        yield (
            pairs.key_of(process, section, corner, *setting),
            lambda s=setting: pairs.as_entry(pairs.solve(process, section, corner, *s)),
        )
    for setting in sorted({setting[1:] for setting in wanted}):
        yield (
            leans.key_of(process, section, corner, *setting),
            lambda s=setting: leans.as_entry(leans.solve(process, section, corner, *s)),
        )


def _devices(process: Process) -> Iterator[Job]:
    """Devices with their cells' default settings; their models ask for them."""
    pdk = build_pdk(process)
    pdk.activate(force=True)
    store.anew[:] = ["device", "body"]
    for name in DEVICES[process.platform]:
        for corner in process.corners:

            def solved(model: Any = pdk.models[name], corner: str = corner) -> dict[str, Any]:
                before = {*devices.solved, *bodies.solved}
                model(corner=corner)
                (key,) = {*devices.solved, *bodies.solved} - before
                if key in bodies.solved:
                    return {"key": key, **bodies.as_entry(bodies.solved[key])}
                return {"key": key, **devices.as_entry(devices.solved[key])}

            yield f"device {name} {corner}", solved


def main(words: list[str]) -> None:
    """Solve and store, entry by entry, so that a stopped run has kept what it found."""
    waveguides.keep_compilations()
    names = [word for word in words if word in shipped_processes()] or list(shipped_processes())
    chosen = [word for word in words if word not in names]
    for name in names:
        for key, solved in jobs(load_process(name)):
            if chosen and not any(word in key for word in chosen):
                continue
            entry = solved()
            store.write(name, {key: entry})
            print(f"{name}: {key}: fits to {entry['error']:.1e}", file=sys.stderr, flush=True)
        for key, solved in _devices(load_process(name)):
            if chosen and not any(word in key for word in chosen):
                continue
            entry = solved()
            store.write(name, {entry.pop("key"): entry})
            print(f"{name}: {key}: fits to {entry['error']:.1e}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
