"""Second beams in a field of view: the highest lobe beside the beam of an array whose distances need not be equal.

Equal antennas send |Σ exp(ikδx_n)|²/N² at δ away from the beam, the same on either side of it and wherever the beam is;
steered to one edge of the field, the beam sees all of δ up to the sum of both sines. Distances that are equal repeat
the beam at δ = λ/pitch (`lobes.grating_lobes`); others spread that over many lower lobes. NumPy alone.
"""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.lidar.lobes import GratingLobeWarning

#: a lobe of so much of the beam's power is a second beam [dB]: half, as far as a beam is said to reach
SECOND_DB = -3.0
_FINE = 12  #: directions to λ over the array's length
_ROWS = 1024  #: directions that are summed at once


class Lobe(NamedTuple):
    """A lobe beside the beam."""

    angle_deg: float  #: [degrees]
    level_db: float  #: over the beam [dB]


def highest_lobe(position: ArrayLike, wavelength: float, steer_deg: float, view_deg: float) -> Lobe | None:
    """The highest lobe in the field when the beam is steered to `steer_deg`, or None where there is no other lobe.

    Args:
        position: of equal antennas along a line, (N,) [µm].
        wavelength: [µm].
        steer_deg: where the beam is, 0 or more.
        view_deg: the field of view is ± this angle, at least `steer_deg`.
    """
    _check("highest_lobe", wavelength, steer_deg, view_deg)
    x = np.asarray(position, float)
    if x.ndim != 1 or x.size < 2:
        raise ValueError(f"highest_lobe: positions of shape {x.shape}: an array has two antennas or more, in a row.")
    check_between("highest_lobe", "span of the positions", float(np.ptp(x)), 0.0, np.inf, "µm", "")
    edge, view = (float(np.sin(np.deg2rad(one))) for one in (steer_deg, view_deg))
    step = wavelength / (_FINE * float(np.ptp(x)))
    away = step * np.arange(int((edge + view) / step) + 3)
    parts = np.array_split(away, len(away) // _ROWS + 1)
    fields = [np.exp(2j * np.pi / wavelength * np.outer(one, x)).sum(axis=1) for one in parts]
    level = np.abs(np.concatenate(fields)) ** 2 / x.size**2
    tops = 1 + np.flatnonzero((level[1:-1] >= level[:-2]) & (level[1:-1] > level[2:]))
    left, middle, right = (level[tops + k] for k in (-1, 0, 1))
    move = (left - right) / (2 * (left - 2 * middle + right))  # of the parabola through three
    place, height = away[tops] + step * move, middle - (left - right) * move / 4
    inside = place <= (edge + view) * (1 + 1e-9)
    if not np.any(inside):
        return None
    best = int(np.argmax(np.where(inside, height, -1.0)))
    angle = float(np.rad2deg(np.arcsin(np.clip(edge - place[best], -1.0, 1.0))))
    return Lobe(angle, float(10 * np.log10(height[best])))


def warn_of_second_beam(where: str, position: ArrayLike, wavelength: float, steer_deg: float, view_deg: float) -> None:
    """Warn where `highest_lobe` is a second beam, with its angle and the distance that would do.

    Args:
        where: who warns.
        position: as of `highest_lobe`, like all that follows.
        wavelength: [µm].
        steer_deg: [degrees].
        view_deg: [degrees].

    Warns:
        GratingLobeWarning: a lobe of half the beam's power or more.
    """
    found = highest_lobe(position, wavelength, steer_deg, view_deg)
    if found is None or found.level_db < SECOND_DB:
        return
    clear = wavelength / sum(np.sin(np.deg2rad(one)) for one in (steer_deg, view_deg))
    mean = np.ptp(np.asarray(position)) / (np.size(position) - 1)
    warnings.warn(
        f"{where}: a second beam at {found.angle_deg:.2f} degrees, {abs(found.level_db):.1f} dB below the first, when "
        f"that is at {steer_deg:g}: inside the field of view of ±{view_deg:g} degrees. Antennas {mean:.4g} µm apart on "
        f"the average are too far apart at {wavelength:g} µm: use {clear:.4g} µm or less, a smaller field, or "
        "distances that grow.",
        GratingLobeWarning,
        stacklevel=3,
    )


def _check(where: str, wavelength: float, steer_deg: float, view_deg: float) -> None:
    check_between(where, "wavelength", wavelength, 0.0, np.inf, "µm", "")
    check_between(where, "view_deg", view_deg, 0.0, 90.0 + 1e-9, "degrees", "It is counted from the normal.")
    check_no_less(where, "steer_deg", steer_deg, 0.0, "degrees", "Both sides are alike.")
    check_no_less(where, "view_deg", view_deg, steer_deg, "degrees", "The beam is in the field of view.")
