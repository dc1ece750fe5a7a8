"""Hold what is kept against the solvers as they are now: `python -m lingnan.components.compact.confirm [WORD …]`.

Of guides, pairs and leanings, and of what volts and watts do, the first of each process is solved anew; devices and
bodies are tried at two points, every one of the nominal corner. Words pick entries whose key holds one of them. An
entry agrees where its error now is no more than twice the error of its fit when it was made. Of kinds whose tried
entries all agree the sources are written down (`origins`), unless words left some out. Exit status: 0 all agree, 1 some
do not; those are to be rebuilt.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from lingnan.components.compact import origins, radiation, rebuild, store, teeth, wetted
from lingnan.components.soi import implanting
from lingnan.pdk.gf import build_pdk
from lingnan.pdk.process import Process, load_process, shipped_processes
from lingnan.solvers import waveguides

Trial = tuple[str, float, Callable[[], float]]  #: key, error of its fit, and how to find its error now
FLOOR = 1e-6  #: relative; below this nothing is told apart: iterations end at 1e-9, and nine digits are kept


def trials(process: Process, words: Sequence[str]) -> Iterator[Trial]:
    """One entry of each kind of a process."""
    kept = store.entries(process.name)
    seen: set[str] = set()
    for key, solved in rebuild.jobs(process):
        kind = key.split()[0]
        if kind not in origins.KINDS or kind in seen or key not in kept or not _picked(key, words):
            continue
        seen.add(kind)
        yield key, float(kept[key]["error"]), partial(_apart, kept[key], solved)


def _apart(entry: Mapping[str, Any], solved: Callable[[], dict[str, Any]]) -> float:
    """How far an entry that is solved anew lies from what is kept, between the nodes, as its own error is meant."""
    new = solved()
    if "per_power" in entry:
        return abs(entry["per_power"] / new["per_power"] - 1)
    if "by_material" in entry:
        return float(np.abs(np.subtract(entry["by_material"], new["by_material"])).max())
    if "change" in entry:  # a formula at one point: no error of a fit
        then, now = (complex(*one["change"]) for one in (entry, new))
        return max(abs(now / then - 1) - FLOOR, 0.0)
    if "warmth" in entry or "z" in entry.get("logarithm", ()):
        return max(wetted.apart(entry, new) - FLOOR, 0.0)
    if "per_rise" in entry:
        return max(teeth.apart(entry, new) - FLOOR, 0.0)
    if "masks" in entry:
        return implanting.apart(entry, new)
    if "radiated" in entry:
        return max(radiation.apart(entry, new) - FLOOR, 0.0)
    name = next(one for one in ("index", "logarithm", "slope", "real") if one in entry)
    (low, high), (left, right) = entry[name]["x"], entry[name]["y"]
    at = low + 0.3 * (high - low), left + 0.6 * (right - left)
    then, now = (float(store.as_surface(one[name])(*at)) for one in (entry, new))
    return max(abs(then - now) - FLOOR * abs(then), 0.0)


def devices(process: Process, words: Sequence[str]) -> Iterator[Trial]:
    """Devices that are kept, in the nominal corner, as their cells draw them."""
    kept = {key.split()[1] for key in store.entries(process.name) if key.startswith(("device", "body"))}
    pdk = build_pdk(process)
    pdk.activate(force=True)
    for name in rebuild.DEVICES[process.platform]:
        if name not in kept or not _picked(f"device body {name} nominal", words):
            continue
        met: list[Trial] = []

        def listen(key: str, error: float, again: Callable[[], float], met: list[Trial] = met) -> None:
            met.append((key, error, again))

        store.listeners[:] = [listen]
        try:
            pdk.models[name](corner="nominal")
        finally:
            store.listeners.clear()
        yield from met


def _picked(key: str, words: Sequence[str]) -> bool:
    return not words or any(word in key for word in words)


def main(words: list[str]) -> int:
    """Try, tell, and write down what agrees; returns the exit status."""
    waveguides.keep_compilations()
    apart: set[str] = set()
    for name in (one for one in shipped_processes() if store.entries(one)):
        process = load_process(name)
        for trial in (*trials(process, words), *devices(process, words)):
            key, error, again = trial
            now = again()
            fine = now <= 2 * error
            apart |= set() if fine else {key.split()[0]}
            said = "agrees" if fine else "does NOT agree: rebuild it"
            print(f"{name}: {key}: error {now:.1e}, {error:.1e} when it was made: {said}", file=sys.stderr, flush=True)
    for kind in sorted({*origins.KINDS} - apart) if not words else ():
        origins.record(kind)
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
