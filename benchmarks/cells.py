"""How fast cells are drawn: the median over the library, and 1,000 rings with unique radii beside gdsfactory's own.

`python benchmarks/cells.py`. Processor time, so that other work on the machine does not count; drawing is one thread,
so on a quiet machine that is the wall time too. Warm: imports, the process and each cell's first call are not counted.
The two rings are drawn in turn in one process, gdsfactory's `ring_single` under its generic PDK.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import gdsfactory as gf

from lingnan.components import soi
from lingnan.components.registry import Cell, Parameter, cells_of
from lingnan.pdk import SOI220, TFLN600

RINGS = 1000


def another(parameter: Parameter, number: int) -> Any:
    """A value near the default that no call had before, by whole grid steps."""
    return round(parameter.default + 0.002 * number, 3)


def variable(cell: Cell) -> Parameter | None:
    """The first length that can be moved; a cell without one is drawn anew from an empty memory."""
    return next((one for one in cell.parameters if one.kind == "number" and isinstance(one.default, float)), None)


def seconds(call: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def library(pdk: gf.Pdk, repeats: int = 5) -> dict[str, float]:
    """Median time of each cell, each call with parameters of its own [s]."""
    pdk.activate(force=True)
    times: dict[str, float] = {}
    for name, cell in cells_of(pdk).items():
        moved = variable(cell)
        cell.function()
        runs: list[float] = []
        for number in range(1, repeats + 1):
            if moved is None or moved.name in ("angle", "p", "wavelength"):
                gf.clear_cache()
                runs.append(seconds(cell.function))
            else:
                runs.append(seconds(partial(cell.function, **{moved.name: another(moved, number)})))
        times[name] = statistics.median(runs)
    return times


def rings(draw: Callable[[float], Any]) -> float:
    """Time of 1,000 rings, each with a radius of its own [s]."""
    draw(9.0)
    return seconds(lambda: [draw(round(10 + 0.002 * number, 3)) for number in range(RINGS)])


def main() -> None:
    for pdk in (SOI220, TFLN600):
        times = library(pdk)
        ordered = sorted(times, key=times.__getitem__)
        slowest = ", ".join(f"{name} {1e3 * times[name]:.0f}" for name in ordered[-3:])
        median = 1e3 * statistics.median(times.values())
        print(f"{pdk.name}: {len(times)} cells, median {median:.1f} ms; slowest {slowest}", flush=True)
    SOI220.activate(force=True)
    print(f"lingnan: {RINGS} rings in {rings(lambda radius: soi.ring_single(radius=radius)):.1f} s", flush=True)
    gf.gpdk.PDK.activate(force=True)
    own = rings(lambda radius: gf.components.ring_single(radius=radius))
    print(f"gdsfactory: {RINGS} rings in {own:.1f} s", flush=True)


if __name__ == "__main__":
    main()
