"""A 1x2 multimode splitter of a silicon film in oxide: eigenmode expansion with full-vector modes beside Meep in 3-D.

    python benchmarks/eme_3d.py [cells in 0.11 µm …]    without numbers: the expansion alone

Film 0.22 µm, body 1.98 x 3.3 µm, guides of 0.66 µm, the two on the right 1.1 µm apart, no tapers. All sizes are
multiples of 0.11 µm, so that on grids of k pixels per 0.11 µm, k = 1.4, 2.4, 3.4 …, every edge lies at the same place
of a pixel and the series is smooth. Both use the two mirror planes. Compared is the even supermode of both guides, in
planes that hold all of it. Times are of this process and its children; Meep's grow with k⁴.

Known: the expansion has not converged. 6 % of the light radiates, and closed walls send it back: with 8 modes to all 17
that propagate, and between windows, the answer moves by more than a tenth of a decibel about Meep's, most where the
last modes are near their cutoff. That 14 modes lie 0.02 dB from Meep is chance.
"""

import resource
import sys
import time
import warnings

import jax
import numpy as np

from lingnan.solvers import meep, waveguides
from lingnan.solvers.devices import vectorial
from lingnan.solvers.waveguides import Resolution, Trapezoid

UNIT, SILICON, OXIDE, WAVELENGTH = 0.11, 3.4757, 1.444, 1.55
GUIDE, HALF, GAP, LENGTH = 6 * UNIT, 9 * UNIT, 4 * UNIT, 30 * UNIT
#: n of the search: in n² half way between zero and the film's slab, 2.85. All that propagates is nearer than the rest.
MIDDLE = 2.03
COARSE, FINE = Resolution(4, 3, 3, 3.0, 1.5), Resolution(5, 4, 4, 3.0, 1.5)


def section(left: float, right: float, modes: int, resolution: Resolution, window: tuple[float, float]):
    """Modes of a quarter: electric wall in the middle of the device, magnetic one in the middle of the film."""
    core = Trapezoid(SILICON, 0.0, UNIT, left, right, name="silicon")
    quarter = waveguides.cross_section([core], background=OXIDE, window=(0.0, window[0], 0.0, window[1]))
    walls = {"magnetic": ("bottom",), "mirrors": ("left", "bottom")}
    return waveguides.solve(quarter, WAVELENGTH, modes, resolution=resolution, target=MIDDLE, **walls)


def sections(modes: int | None, resolution: Resolution, window: tuple[float, float]) -> list[waveguides.Modes]:
    """Of guide, body and the two guides: so many modes, or all that propagate."""
    found: list[waveguides.Modes] = []
    for edges in ((0.0, GUIDE / 2), (0.0, HALF), (GAP / 2, GAP / 2 + GUIDE)):
        count = modes
        if count is None:  # more than there can be, those with n_eff = 0 among them
            many = section(*edges, round(14 * window[0] * window[1]), resolution, window)
            count = int(np.sum(np.asarray(many.n_eff.real) > 0.02))
        found.append(section(*edges, count, resolution, window))
    return found


def expansion(solved: list[waveguides.Modes], modes: int | None = None) -> tuple[float, float, float]:
    """Power into both guides [dB an arm], what comes back, and the deviation of the sum of powers from one."""
    result = jax.block_until_ready(vectorial.scatter(solved, [0.0, LENGTH, 0.0], modes))
    on, back = (abs(complex(b[0, 0])) ** 2 for b in (result.blocks.s21, result.blocks.s11))
    return 10 * float(np.log10(on / 2)), back, float(result.power_sum()) - 1


def box(x0: float, x1: float, y0: float, y1: float) -> meep.Prism:
    return meep.Prism(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), -UNIT, UNIT, SILICON)


def scene() -> meep.Scene:
    """The same device for Meep."""
    arms = [box(LENGTH, 20.0, low, low + GUIDE) for low in (GAP / 2, -GAP / 2 - GUIDE)]
    reach = HALF + 0.6
    return meep.Scene(
        prisms=(box(-20.0, 0.0, -GUIDE / 2, GUIDE / 2), box(0.0, LENGTH, -HALF, HALF), *arms),
        slabs=(meep.Slab(-10.0, 10.0, OXIDE),),
        ports=(
            meep.Port("o1", (-0.25, 0.0, 0.0), 2 * reach, 1.22, 180.0),
            meep.Port("o2", (LENGTH + 0.25, 0.0, 0.0), 2 * reach, 1.22, 0.0),
        ),
        lower=(-0.55, -reach, -0.61),
        upper=(LENGTH + 0.55, reach, 0.61),
        wavelength=WAVELENGTH,
        bandwidth=0.3,
        points=1,
        absorber=0.6,
        mirrors="yz",
    )


#: Windows [µm] between closed walls, which send back what has radiated.
WINDOWS = ((2.2, 1.2), (2.5, 1.2), (2.5, 1.4), (3.0, 1.4))


def show(what: str, power: float, back: float, excess: float) -> None:
    print(f"{what}: {power:.4f} dB an arm, {back:.1e} back, power sum - 1 {excess:.0e}", flush=True)


def main() -> None:
    warnings.simplefilter("ignore", waveguides.WindowWarning)
    waveguides.keep_compilations()
    for resolution in (COARSE, FINE):
        for call in ("first", "warm"):
            before, start = time.process_time(), time.perf_counter()
            power = expansion(sections(14, resolution, (2.2, 1.2)))[0]
            used, wall = time.process_time() - before, time.perf_counter() - start
            mesh = f"order {resolution.order}, {resolution.inner} cells, {call}"
            print(f"expansion, {mesh}: {power:.4f} dB an arm, {used:.2f} CPU s, {wall:.2f} s", flush=True)
    for cells in (float(a) for a in sys.argv[1:]):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.perf_counter()
        s = meep.simulate(scene().at_resolution(cells / UNIT), excite=["o1"], source_distance=0.25, cache=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        power, back = (float(np.abs(s[port, "o1"][0]) ** 2) for port in ("o2", "o1"))
        print(
            f"Meep, {cells / UNIT:.1f} pixels/µm: {10 * np.log10(power / 2):.4f} dB an arm, {back:.5f} back, "
            f"{used:.1f} CPU s, {time.perf_counter() - start:.1f} s",
            flush=True,
        )
    solved = sections(15, COARSE, WINDOWS[0])
    for count in (1, 2, 4, 6, 8, 10, 12, 14, 15):
        show(f"{count} modes, window {WINDOWS[0]} µm", *expansion(solved, count))
    for window in WINDOWS:
        solved = sections(None, COARSE, window)
        counts = ", ".join(str(len(one.n_eff)) for one in solved)
        show(f"all that propagate ({counts}), window {window} µm", *expansion(solved))


if __name__ == "__main__":
    main()
