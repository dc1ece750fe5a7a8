"""Electro-optic responses beside published ones: from our line, and from what the authors say of theirs.

The second takes no cross-section: it tells the travelling wave from the line. With index and loss of our line at the
limits of what is asked of them, 3 % and 20 %, the bandwidth spreads over `allowed`: walk-off goes as the difference of
two indices of 2.2, and 3 % of one of them are a bandwidth of 1.39 c/(π 0.066 L), 400 GHz over 5 mm, alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import Modulator as TravellingWave
from lingnan.solvers.modulators import Response, Stretch, marched, response
from lingnan.solvers.modulators.line import C0, Line
from lingnan.solvers.modulators.travelling import decibels
from lingnan.solvers.validation.published import LOWEST, Device, Stated, Value

#: frequencies at which a line is solved [Hz]: between them it is smooth
BAND = np.concatenate([[LOWEST, 1e8, 3e8], np.geomspace(1e9, 3.2e11, 25)])
#: of responses, finer than the echoes of a line of 2 cm [Hz]
FINE = np.concatenate([[LOWEST], np.geomspace(1e9, 3.2e11, 600)])
#: what is asked of index and loss of a line
INDEX, LOSS = 0.03, 0.20

Route = Callable[[TravellingWave, np.ndarray], Response]


def level(device: Device, line: Line, n_g: float, route: Route = response) -> np.ndarray:
    """Response at `FINE` [dB], 0 dB where the paper has it."""
    modulator = TravellingWave((Stretch(line, device.length, 1.0),), n_g, termination=device.termination)
    found = np.asarray(decibels(route(modulator, FINE).drive))
    return found - np.interp(device.reference, FINE, found)


def stepped(modulator: TravellingWave, frequency: np.ndarray) -> Response:
    """The second route: telegrapher's equations by finite differences, 60 and more to a wave."""
    return marched(modulator, frequency, cells=3000)


def bandwidth(found: np.ndarray, drop: float = 3.0) -> float:
    """First frequency of `FINE` at which a level [dB] has fallen so far, between its points [Hz]; infinite if none."""
    below = np.flatnonzero(found < -drop)
    if not below.size:
        return float("inf")
    k = int(below[0])
    return float(np.interp(drop, -found[k - 1 : k + 1], FINE[k - 1 : k + 1]))


def roll_off(found: np.ndarray, frequency: float) -> float:
    """How far a level has fallen at a frequency [dB]."""
    return float(-np.interp(frequency, FINE, found))


def said(stated: Stated) -> Line:
    """The line that the authors describe, from direct current on."""
    f = jnp.asarray(BAND)
    loss = (stated.root * jnp.sqrt(f / 1e9) + stated.linear * f / 1e9) * 100 * np.log(10) / 20
    gamma = loss - 2j * jnp.pi * f * stated.n_rf / C0
    return Line(f, gamma, jnp.full(f.shape, stated.z0 + 0j))


def allowed(device: Device, line: Line, n_g: float) -> tuple[float, float]:
    """Least and greatest bandwidth with index and loss anywhere inside of what is asked of them [Hz]."""
    found = [
        bandwidth(level(device, replace(line, gamma=line.alpha * loss - 1j * line.beta * index), n_g))
        for loss, index in product((1 - LOSS, 1.0, 1 + LOSS), (1 - INDEX, 1.0, 1 + INDEX))
    ]
    return min(found), max(found)


def by_reference(device: Device, line: Line, n_g: float) -> tuple[float, float]:
    """Bandwidth with 0 dB at 10 MHz and at 1 GHz, which papers choose between [Hz]."""
    at_lowest, at_one = (bandwidth(level(replace(device, reference=f), line, n_g)) for f in (LOWEST, 1e9))
    return at_lowest, at_one


def by_print(device: Device, line: Line, n_g: float, printed: Iterable[Value]) -> tuple[np.ndarray, list[str]]:
    """Response at `FINE` [dB] with what is printed of line and light in the place of ours, and what that is.

    A curve of ours is scaled to the printed number at its frequency, or to the mean of several; of a range the nearest
    counts. All else is ours: how loss rises, electrode length and both ends.
    """
    curves = {"n_rf": np.asarray(line.n_rf), "loss": np.asarray(line.loss_db_cm), "Z0": np.asarray(line.z0.real)}
    shares: dict[str, list[float]] = {}
    for value in printed:
        ours = n_g if value.quantity == "n_g" else float(np.interp(value.at, BAND, curves[value.quantity]))
        shares.setdefault(value.quantity, []).append(float(np.clip(ours, value.low, value.high)) / ours)
    by = {name: float(np.mean(shares.get(name, [1.0]))) for name in (*curves, "n_g")}
    scaled = replace(line, gamma=line.alpha * by["loss"] - 1j * line.beta * by["n_rf"], z0=line.z0 * by["Z0"])
    return level(device, scaled, n_g * by["n_g"]), sorted(shares)
