"""How fast lidars are: a far field of 256 antennas every hundredth of a degree, and the calibration of 64 phases.

`python benchmarks/lidar.py [field|plane|calibration]`. Wall time, and processor time of all threads. The peers are
NumPy: the sum as it stands in one product, and for a constant pitch an FFT with padding, read by interpolation.
"""

import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from timing import report

from lingnan.solvers.lidar import apertures, calibration, farfield
from lingnan.solvers.lidar.antenna import Antenna
from lingnan.solvers.lidar.farfield import Line

ANGLES = np.linspace(-90.0, 90.0, 18001)


def thrice(what: str, call: Callable[[], Any]) -> Any:
    """`report` of three runs, the first with compilation: what was found."""
    return report(what, call, 3)[0]


def field() -> None:
    """256 antennas, 18,001 angles."""
    pitch, u = 1.8, np.sin(np.deg2rad(ANGLES))
    array = Line(np.asarray(apertures.regular(256, pitch)), apertures.taylor(256, 30.0)).steered(0.2)
    w, x = np.asarray(array.excitation), np.asarray(array.position)

    def product() -> np.ndarray:
        return np.exp(-2j * np.pi / 1.55 * np.outer(u, x)) @ w

    def padded() -> np.ndarray:
        size = 1 << 17
        table = np.fft.fft(w, size)
        place = (u * pitch / 1.55 * size) % size
        low = np.floor(place).astype(int)
        share = place - low
        between = table[low] * (1 - share) + table[(low + 1) % size] * share
        return between * np.exp(2j * np.pi / 1.55 * u * pitch * 127.5)

    exact = thrice("sum", lambda: farfield.field(array, u))
    quick = thrice("constant pitch", lambda: farfield.field_of_pitch(array.excitation, pitch, 1.55, u))
    peers = thrice("NumPy, product", product), thrice("NumPy, FFT and interpolation", padded)
    for name, other in (("constant pitch", quick), ("product", peers[0]), ("FFT", peers[1])):
        print(
            f"{name}: largest difference to the sum {np.max(np.abs(np.asarray(other) - np.asarray(exact))):.1e} of 256"
        )


def plane() -> None:
    """The same in two dimensions: 18,001 by 401 directions, antennas of 500 µm."""
    array = Line(np.asarray(apertures.regular(256, 1.8)), apertures.uniform(256)).steered(0.2)
    one = Antenna(1.55, 0.2, 0.004)
    u, v = np.sin(np.deg2rad(ANGLES)), np.sin(np.deg2rad(np.linspace(9.5, 13.5, 401)))

    @jax.jit
    def whole(excitation: jax.Array) -> jax.Array:
        across = farfield.field_of_pitch(excitation, 1.8, 1.55, u)
        return jnp.outer(one.power(v, 500.0), jnp.square(jnp.abs(across)))

    thrice("plane of 7.2 million directions", lambda: whole(array.excitation))


def calibrate() -> None:
    """64 phases from eight sets of 160 intensities, and the same by SciPy without derivatives given."""
    from scipy.optimize import least_squares

    rng = np.random.default_rng(0)
    phase = rng.uniform(-np.pi, np.pi, 64)
    array = Line(np.asarray(apertures.regular(64, 2.0)), 1 + 0.1 * rng.standard_normal(64), 1.55, phase)
    drives, u = calibration.drives(64, 8, jax.random.key(1)), np.linspace(-0.38, 0.38, 160)
    seen = calibration.measured(array, drives, u)
    found = thrice("calibration", lambda: calibration.calibrated(array.position, 1.55, drives, u, seen))
    error = np.angle(np.exp(1j * (np.asarray(found.phase) - phase + phase[0])))
    print(f"largest error {np.max(np.abs(error)):.1e} rad, misfit {float(found.misfit):.1e}")

    rows = np.exp(-2j * np.pi / 1.55 * np.outer(u, array.position))[None] * np.exp(1j * np.asarray(drives))[:, None]
    rows, goal = rows.reshape(-1, 64), np.asarray(seen).ravel()
    start = np.asarray(found.phase) + 0.3 * rng.standard_normal(64)  # nearer than any first guess of ours

    def left(p: np.ndarray) -> np.ndarray:
        return np.abs(rows @ (p[64:] * np.exp(1j * p[:64]))) ** 2 - goal

    peer, _ = report("SciPy, differences", lambda: least_squares(left, np.concatenate([start, np.ones(64)])).x)
    error = np.angle(np.exp(1j * (peer[:64] - phase - peer[0] + phase[0])))
    print(f"largest error of SciPy's {np.max(np.abs(error)):.1e} rad")


if __name__ == "__main__":
    parts = {"field": field, "plane": plane, "calibration": calibrate}
    for name in sys.argv[1:] or parts:
        parts[name]()
