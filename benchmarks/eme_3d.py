"""A 1x2 multimode splitter of a silicon film in oxide: eigenmode expansion with full-vector modes beside Meep in 3-D.

    python benchmarks/eme_3d.py [cells in 0.11 µm …]    without numbers: the expansion alone

Film 0.22 µm, body 1.98 x 3.3 µm, guides of 0.66 µm, the two on the right 1.1 µm apart, no tapers. All sizes are
multiples of 0.11 µm, so that on grids of k pixels per 0.11 µm, k = 1.4, 2.4, 3.4 …, every edge lies at the same place
of a pixel and the series is smooth. Both use the two mirror planes. Compared is the even supermode of both guides, in
planes that hold all of it. Times are of this process and its children; Meep's grow with k⁴.
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


def section(left: float, right: float, modes: int, resolution: Resolution, window: tuple[float, float]):
    """Modes of a quarter: electric wall in the middle of the device, magnetic one in the middle of the film."""
    core = Trapezoid(SILICON, 0.0, UNIT, left, right, name="silicon")
    quarter = waveguides.cross_section([core], background=OXIDE, window=(0.0, window[0], 0.0, window[1]))
    # a core that touches a mirror is no slab that runs on: target= says that modes below silicon's index are meant
    return waveguides.solve(quarter, WAVELENGTH, modes, resolution=resolution, magnetic=("bottom",), target=SILICON)


def expansion(modes: int, resolution: Resolution, window: tuple[float, float]) -> tuple[float, float]:
    """Power into both guides [dB an arm] and the deviation of the sum of powers from one."""
    edges = ((0.0, GUIDE / 2), (0.0, HALF), (GAP / 2, GAP / 2 + GUIDE))
    sections = [section(*edge, modes, resolution, window) for edge in edges]
    result = jax.block_until_ready(vectorial.scatter(sections, [0.0, LENGTH, 0.0]))
    power = abs(complex(result.blocks.s21[0, 0])) ** 2
    return 10 * float(np.log10(power / 2)), float(result.power_sum()) - 1


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


def main() -> None:
    warnings.simplefilter("ignore", waveguides.WindowWarning)
    waveguides.keep_compilations()
    fine = Resolution(5, 4, 4, 3.0, 1.5)
    for modes, window in ((14, (2.2, 1.2)), (8, (2.2, 1.2)), (14, (2.5, 1.4))):
        seconds: list[float] = []
        for _ in range(2):
            start = time.process_time()
            power, excess = expansion(modes, fine, window)
            seconds.append(time.process_time() - start)
        print(
            f"expansion, {modes} modes, window {window} µm: {power:.4f} dB an arm, power sum - 1 {excess:.0e}, "
            f"{seconds[0]:.1f} CPU s first, {seconds[1]:.2f} warm",
            flush=True,
        )
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


if __name__ == "__main__":
    main()
