"""Eigenmode expansion of a 1x2 multimode splitter: raw interfaces, power, convergence and time; and beside Meep.

    python benchmarks/eme.py          convergence
    python benchmarks/eme.py meep     a short splitter, the same plane for both, on two of Meep's grids

6 x 31.8 µm body, tapers 0.45 to 1.5 µm over 20 µm, arms 1.57 µm apart, 220 nm silicon in oxide, TE: the C-band
splitter of CORNERSTONE's kit, in effective permittivities (2.5 dimensions). Each row is one number of slices and modes.
"""

import sys
import time

import jax
import numpy as np

from lingnan.solvers import meep
from lingnan.solvers.devices import effective, eme, planar

WAVELENGTH, N_SI, N_OX = 1.55, 3.4757, 1.444
WIDTH, LENGTH, PORT, ACCESS, TAPER, PITCH, WALL = 6.0, 31.8, 1.5, 0.45, 20.0, 1.57, 6.0


def main() -> None:
    levels = [-1.5, 0.0, 0.22, 1.72]
    eps = effective.film_permittivities(levels, [N_OX, N_SI, N_OX], [[N_OX] * 3], WAVELENGTH)
    core, clad = float(eps[0]), float(eps[1])

    def one(width: float) -> planar.Planar:
        return planar.planar([-WALL, -width / 2, width / 2, WALL], epsilon=[clad, core, clad], polarization="tm")

    def two(width: float) -> planar.Planar:
        edges = [-WALL, -(PITCH + width) / 2, -(PITCH - width) / 2, (PITCH - width) / 2, (PITCH + width) / 2, WALL]
        return planar.planar(edges, epsilon=[clad, core, clad, core, clad], polarization="tm")

    print(f"effective permittivity {core:.4f} in the core, {clad:.4f} beside it")
    print("slices modes   seconds first / warm   power sum - 1   largest singular value - 1   loss [dB]")
    for slices, modes in ((8, 30), (16, 30), (32, 30), (32, 45), (32, 60), (64, 45)):
        pieces = [
            eme.uniform(one(ACCESS), 0.0),
            eme.varying(lambda t: one(ACCESS + (PORT - ACCESS) * t), TAPER, slices),
            eme.uniform(one(WIDTH), LENGTH),
            eme.varying(lambda t: two(PORT + (ACCESS - PORT) * t), TAPER, slices),
            eme.uniform(two(ACCESS), 0.0),
        ]
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            result = eme.scatter(pieces, WAVELENGTH, modes)
            through = np.asarray(result.blocks.s21)[:2, 0]
            seconds.append(time.perf_counter() - start)
        loss = -10 * np.log10(np.sum(np.abs(through) ** 2))
        norms = eme.interface_norms(pieces[1:4], WAVELENGTH, modes) if slices == 8 else [np.nan]
        worst = float(np.max(np.asarray(norms))) - 1
        print(
            f"{slices:6} {modes:5}   {seconds[0]:9.2f} / {seconds[1]:6.2f}      {float(result.power_sum()) - 1:10.1e}"
            f"        {worst:10.1e}                  {loss:.3f}"
        )


def beside_meep() -> None:
    """Body 2.4 x 6.5 µm, guides of 0.45 µm, 1.2 µm apart, without tapers: what goes into one arm, and the times."""
    core, clad, wall, width, length, pitch, guide = 8.1134, 1.1479, 4.0, 2.4, 6.5, 1.2, 0.45

    def one(w: float, middle: float = 0.0) -> planar.Planar:
        edges = [-wall, middle - w / 2, middle + w / 2, wall]
        return planar.absorbing(planar.planar(edges, epsilon=[clad, core, clad], polarization="tm"), 1.0)

    y = [-(pitch + guide) / 2, -(pitch - guide) / 2, (pitch - guide) / 2, (pitch + guide) / 2]
    two = planar.absorbing(
        planar.planar([-wall, *y, wall], epsilon=[clad, core, clad, core, clad], polarization="tm"), 1.0
    )
    pieces = [eme.uniform(one(guide), 0.0), eme.uniform(one(width), length), eme.uniform(two, 0.0)]
    for modes in (30, 45, 60):
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            result = jax.block_until_ready(eme.scatter(pieces, WAVELENGTH, modes))
            seconds.append(time.perf_counter() - start)
        power = float(np.sum(np.abs(np.asarray(result.blocks.s21)[:2, 0]) ** 2)) / 2
        times = f"{seconds[0]:.1f} s first, {seconds[1]:.2f} s warm"
        print(f"EME, {modes} modes: {10 * np.log10(power):.3f} dB an arm, {times}")

    def box(x0: float, x1: float, y0: float, y1: float) -> meep.Prism:
        return meep.Prism(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), 0.0, 0.22, core**0.5)

    arms = [box(length, 20.0, low, low + guide) for low in (y[0], y[2])]
    scene = meep.Scene(
        prisms=(box(-20.0, 0.0, -guide / 2, guide / 2), box(0.0, length, -width / 2, width / 2), *arms),
        slabs=(meep.Slab(-10.0, 10.0, clad**0.5),),
        ports=(
            meep.Port("o1", (-0.5, 0.0, 0.11), 2.4, 1.8, 180.0),
            meep.Port("o2", (length + 0.5, pitch / 2, 0.11), 1.0, 1.8, 0.0),
        ),
        lower=(-1.2, -2.2, -0.7),
        upper=(length + 1.2, 2.2, 0.9),
        points=1,
        dimension=2,
    )
    for resolution in (25.0, 50.0):
        start = time.perf_counter()
        found = meep.simulate(scene.at_resolution(resolution), excite=["o1"], cache=False)
        power = float(np.abs(found["o2", "o1"][0]) ** 2)
        print(f"Meep, {resolution:g} pixels/µm: {10 * np.log10(power):.3f} dB, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    beside_meep() if sys.argv[1:] == ["meep"] else main()
