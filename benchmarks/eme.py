"""Eigenmode expansion of a 1x2 multimode splitter: raw interfaces, power, convergence and time.

    python benchmarks/eme.py

6 x 31.8 µm body, tapers 0.45 to 1.5 µm over 20 µm, arms 1.57 µm apart, 220 nm silicon in oxide, TE: the C-band
splitter of CORNERSTONE's kit, in effective permittivities (2.5 dimensions). Each row is one number of slices and modes.
"""

import time

import numpy as np

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


if __name__ == "__main__":
    main()
