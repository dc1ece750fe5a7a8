"""The 1x2 multimode splitter of `lingnan.solvers.validation.splitter`: eigenmode expansion beside Meep in 3-D.

    python benchmarks/eme_3d.py [cells in 0.11 µm …]    without numbers: the expansion alone

Prints what the expansion gives, and its time, warm; how that moves with modes, window, absorber and elements; what
closed walls make of it, where power and interfaces can be counted; and Meep on each grid asked for, 3.4 and 4.4 being
31 and 40 pixels per µm. Times are of this process and its children; Meep's grow with the fourth power.
"""

import resource
import sys
import time
import warnings
from typing import Any

import jax

from lingnan.solvers import waveguides
from lingnan.solvers.devices import vectorial
from lingnan.solvers.validation import splitter
from lingnan.solvers.waveguides import Absorber

#: Width and height of the quarter, and thickness of the absorber in it [µm].
WINDOWS = ((1.5, 0.7, 0.35), (1.7, 0.8, 0.4), (1.9, 0.9, 0.45), (2.1, 1.0, 0.5))
COUNTS = (20, 30, 40, 50, 60, 70, 80, 90, 100)


def solved(modes: int = splitter.MODES, layer: Absorber | None = splitter.ABSORBER, **rest) -> list[waveguides.Modes]:
    """Modes of all three cross-sections."""
    return [splitter.section(k, modes, absorber=layer, **rest) for k in range(3)]


def show(what: str, found: vectorial.VectorScattering) -> None:
    on, back = complex(found.blocks.s21[0, 0]), abs(complex(found.blocks.s11[0, 0])) ** 2
    lost = 1 - abs(on) ** 2 - back
    print(f"{what}: {splitter.decibels(on):.4f} dB an arm, {back:.5f} back, {lost:.4f} radiated", flush=True)


def timed() -> float:
    """CPU seconds of modes and S-parameters, once all is compiled."""
    used = 0.0
    for call in ("first", "warm", "warm"):
        before, start = time.process_time(), time.perf_counter()
        found = jax.block_until_ready(splitter.scattered(solved()))
        used, wall = time.process_time() - before, time.perf_counter() - start
        show(f"expansion, {splitter.MODES} modes, {call}, {used:.2f} CPU s, {wall:.2f} s", found)
    return used


def convergence() -> None:
    sections = solved(max(COUNTS))
    for count in COUNTS:
        show(f"{count} modes", splitter.scattered(sections, count))
    for wide, high, thick in WINDOWS:
        for strength in (1.0, 2.0, 4.0):
            layer = Absorber(splitter.ABSORBER.walls, thick, strength)
            sections = solved(max(COUNTS), layer, window=(wide, high))
            show(f"window {wide} x {high} µm, absorber of {thick} µm, {strength:g}", splitter.scattered(sections))
    show("elements of order 4", splitter.scattered(solved(max(COUNTS), order=4)))


def closed() -> None:
    """Between closed walls, where modes are orthogonal in power: all kept, evanescent and complex ones too."""
    for window in ((1.7, 0.8), (2.1, 1.0)):
        # in n² half way between zero and the film's slab, 2.85: all that propagates is nearer than the rest
        rest: dict[str, Any] = {"absorber": None, "window": window, "target": 2.03}
        sections = [splitter.section(k, round(14 * window[0] * window[1]), **rest) for k in range(3)]
        found = splitter.scattered(sections)
        worst, total = float(vectorial.interface_norms(sections).max()) - 1, float(found.power_sum()) - 1
        show(f"closed walls, {window} µm, power sum - 1 {total:.0e}, singular value - 1 {worst:.0e}", found)


def main() -> None:
    warnings.simplefilter("ignore", waveguides.WindowWarning)
    waveguides.keep_compilations()
    ours = timed()
    for cells in (float(a) for a in sys.argv[1:]):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.perf_counter()
        power, back = splitter.by_meep(cells, cache=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        print(
            f"Meep, {cells / splitter.UNIT:.1f} pixels/µm: {power:.4f} dB an arm, {back:.5f} back, {used:.1f} CPU s, "
            f"{time.perf_counter() - start:.1f} s, {used / ours:.0f} times as much",
            flush=True,
        )
    convergence()
    closed()


if __name__ == "__main__":
    main()
