"""MPB's Bloch mode of silicon teeth in oxide, in three dimensions, for tests/solvers/test_devices_bloch.py.

    python3 benchmarks/modes_mpb.py [PIXELS …]           n_eff and seconds for each number of pixels a µm

Runs without lingnan, in an interpreter that has Meep (`/usr/bin/python3` with the distribution's package).
Teeth of 450 x 220, half of a pitch of 200 nm long, in a window of 4.8 by 4.6 µm; 60 pixels take four minutes.
"""

import argparse
import importlib.util
import time

WAVELENGTH, PITCH, DUTY, SIZE, WINDOW, SILICON, OXIDE = 1.55, 0.2, 0.5, (0.45, 0.22), (4.8, 4.6), 3.4757, 1.444


def n_eff(pixels: int) -> float:
    import meep as mp
    from meep import mpb

    mp.verbosity(0)
    solver = mpb.ModeSolver(
        geometry_lattice=mp.Lattice(size=mp.Vector3(PITCH, *WINDOW)),
        geometry=[mp.Block(size=mp.Vector3(DUTY * PITCH, *SIZE), material=mp.Medium(index=SILICON))],
        default_material=mp.Medium(index=OXIDE),
        resolution=pixels,
        mesh_size=5,
        tolerance=1e-8,
    )
    edge = 0.999 * 0.5 / PITCH  # of the first Bragg gap
    near, least = 1.584 / WAVELENGTH, OXIDE / WAVELENGTH
    parity = mp.EVEN_Z + mp.ODD_Y  # E along y, the width
    return solver.find_k(parity, 1 / WAVELENGTH, 1, 1, mp.Vector3(1), 1e-6, near, least, edge)[0] * WAVELENGTH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pixels", nargs="*", type=int, default=[20, 30, 40])
    options = parser.parse_args()
    if importlib.util.find_spec("meep") is None:
        print("MPB is not in this interpreter: it comes with Meep (python3-meep, or conda's pymeep).")
        return
    for pixels in options.pixels:
        start = time.perf_counter()
        print(f"RESULT {pixels} pixels: n_eff {n_eff(pixels):.6f}, {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
