"""Eigenmode expansion of a 1x2 multimode splitter: raw interfaces, power, convergence and time; and beside Meep.

    python benchmarks/eme.py              convergence
    python benchmarks/eme.py meep 40 80   a short splitter, the same plane for both, on these of Meep's grids

6 x 31.8 µm body, tapers 0.45 to 1.5 µm over 20 µm, arms 1.57 µm apart, 220 nm silicon in oxide, TE: the C-band
splitter of CORNERSTONE's kit, in effective permittivities (2.5 dimensions). Each row is one number of slices and modes.
"""

import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers import meep
from lingnan.solvers.devices import effective, eme, grading, planar

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


def beside_meep(grids: tuple[float, ...]) -> None:
    """Body 2.4 x 6.5 µm, guides of 0.45 µm, 1.2 µm apart, without tapers: light into both arms, and the times.

    Both solve the same plane. What is compared is the even supermode of both arms, in a port plane that holds all of
    it: planes of one arm cut off a tenth of its field, and were worth 0.2 dB. Meep is continued to no pixel with the
    order that corners of this contrast leave, 2ν = 1.51 from 7.07 tan(νπ/4) = -tan(3νπ/4), from two grids with edges
    at the same place of a pixel (20, 40 and 80).
    """
    core, clad, wall, width, length, pitch, guide = 8.1134, 1.1479, 4.0, 2.4, 6.5, 1.2, 0.45
    y = [-(pitch + guide) / 2, -(pitch - guide) / 2, (pitch - guide) / 2, (pitch + guide) / 2]
    corners = [-width / 2, -guide / 2, guide / 2, width / 2, *y]

    def section(edges: list[float], shells: int) -> planar.Planar:
        media = [clad, *[core, clad] * (len(edges) // 2)]
        plain = planar.planar([-wall, *edges, wall], epsilon=media, polarization="tm", order=6 if shells else 10)
        return planar.absorbing(grading.graded(plain, corners, shells) if shells else plain, 1.2)

    for shells in (0, 1, 2):
        one, body, two = (section(e, shells) for e in ([-guide / 2, guide / 2], [-width / 2, width / 2], y))
        pieces = [eme.uniform(one, 0.0), eme.uniform(body, length), eme.uniform(two, 0.0)]
        seconds: list[float] = []
        for _ in range(2):
            start = time.perf_counter()
            result = jax.block_until_ready(eme.scatter(pieces, WAVELENGTH))
            seconds.append(time.perf_counter() - start)
        power, back = (float(jnp.abs(b[0, 0]) ** 2) for b in (result.blocks.s21, result.blocks.s11))
        print(
            f"EME, {shells} shells, {result.right.beta2.shape[0]} modes: {10 * np.log10(power / 2):.4f} dB an arm, "
            f"{back:.4f} back, {seconds[0]:.1f} s first, {seconds[1]:.2f} s warm"
        )

    def box(x0: float, x1: float, y0: float, y1: float) -> meep.Prism:
        return meep.Prism(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), 0.0, 0.22, core**0.5)

    arms = [box(length, 20.0, low, low + guide) for low in (y[0], y[2])]
    scene = meep.Scene(
        prisms=(box(-20.0, 0.0, -guide / 2, guide / 2), box(0.0, length, -width / 2, width / 2), *arms),
        slabs=(meep.Slab(-10.0, 10.0, clad**0.5),),
        ports=(
            meep.Port("o1", (-0.5, 0.0, 0.11), 3.6, 1.8, 180.0),
            meep.Port("o2", (length + 0.5, 0.0, 0.11), 3.6, 1.8, 0.0),
        ),
        lower=(-1.2, -2.2, -0.7),
        upper=(length + 1.2, 2.2, 0.9),
        points=1,
        dimension=2,
        mirrors="y",
    )
    found: list[float] = []
    for resolution in grids:
        start = time.perf_counter()
        s = meep.simulate(scene.at_resolution(resolution), excite=["o1"], cache=False)
        found.append(10 * float(np.log10(np.abs(s["o2", "o1"][0]) ** 2 / 2)))
        back = float(np.abs(s["o1", "o1"][0]) ** 2)
        passed = time.perf_counter() - start
        print(f"Meep, {resolution:g} pixels/µm: {found[-1]:.4f} dB an arm, {back:.4f} back, {passed:.1f} s", flush=True)
    if len(found) > 1:
        limit = found[-1] + (found[-1] - found[-2]) / ((grids[-1] / grids[-2]) ** 1.51 - 1)
        print(f"Meep, continued to no pixel: {limit:.4f} dB an arm")


if __name__ == "__main__":
    if sys.argv[1:2] == ["meep"]:
        beside_meep(tuple(float(r) for r in sys.argv[2:]) or (20.0, 40.0))
    else:
        main()
