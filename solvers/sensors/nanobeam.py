"""A wire with a row of holes, the guide of a nanobeam, and its answer to what fills them.

By its Bloch mode (`devices.bloch`), full-vector: between two holes the whole wire, across a hole two rails with the
analyte between and around them. Holes are rectangles, and so a round one is not the same as one of its area. Below the
first gap, where the row is a guide; towards the edge of the gap light slows down, n_g and dn_eff/dn grow together, and
λ/n_g dn_eff/dn tends to the shift of the band's edge, which is that of a cavity with a wide mode. The mode of a tapered
cavity itself is a job for `solvers.meep`. Lengths in µm.
"""

from typing import Any

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.sensors.sensitivity import Guide, bloch_response
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides import Resolution, slot
from lingnan.solvers.waveguides.geometry import Geometry, Window


def sections(
    width: ArrayLike, thickness: ArrayLike, hole: ArrayLike, core: Any, analyte: Any, *, substrate: Any = None,
    sidewall_angle_deg: ArrayLike = 90.0, window: Window | None = None,
) -> tuple[Geometry, Geometry]:  # fmt: skip
    """Cross-sections between holes and across one.

    Args:
        width: of the wire [µm].
        thickness: of the wire [µm].
        hole: its width [µm], below that of the wire.
        core: medium of the wire.
        analyte: index around it and in the holes.
        substrate: medium below; None: the analyte.
        sidewall_angle_deg: of all walls.
        window: as in `waveguides.strip`.

    Raises:
        ValueError: a hole that leaves no rails.
    """
    if known(hole) and known(width):
        most = float(np.asarray(width))
        check_between("nanobeam", "hole", hole, 0.0, most, "µm", "Its rails are half of what is left each.")
    rail = (namespace(width, hole).asarray(width) - hole) / 2

    def across(filling: Any) -> Geometry:
        return slot(
            rail, hole, thickness, core, analyte, filling=filling, substrate=substrate,
            sidewall_angle_deg=sidewall_angle_deg, window=window,
        )  # fmt: skip

    return across(core), across(analyte)


def response(
    width: ArrayLike, thickness: ArrayLike, hole: tuple[ArrayLike, ArrayLike], pitch: ArrayLike, core: Any,
    analyte: ArrayLike, wavelength: ArrayLike = 1.55, *, substrate: Any = None, sidewall_angle_deg: ArrayLike = 90.0,
    window: Window | None = None, mode: int = 0, harmonics: int = 2, resolution: Resolution | None = None,
) -> Guide:  # fmt: skip
    """A nanobeam's guide and its answer to the analyte and to wavelength.

    Args:
        width: of the wire [µm].
        thickness: of the wire [µm].
        hole: its width across the wire, and its length along it [µm].
        pitch: of the row [µm].
        core: medium of the wire.
        analyte: its index.
        wavelength: in vacuum [µm].
        substrate: medium below; None: the analyte, a wire that hangs free.
        sidewall_angle_deg: of all walls.
        window: as in `waveguides.strip`.
        mode: of the effective medium, counted from the highest n_eff.
        harmonics: as in `devices.bloch.solve`.
        resolution: of the mesh.

    Raises:
        ValueError: holes that leave no wire, or a wavelength in the gap or above it.
    """
    across, along = hole
    if known(along) and known(pitch):
        period = float(np.asarray(pitch))
        check_between("nanobeam", "length of a hole", along, 0.0, period, "µm", "Or the wire is cut.")
    whole, holed = sections(
        width, thickness, across, core, analyte, substrate=substrate, sidewall_angle_deg=sidewall_angle_deg,
        window=window,
    )  # fmt: skip
    duty = 1 - namespace(along, pitch).asarray(along) / pitch
    return bloch_response(
        whole, holed, duty, pitch, analyte, wavelength, hole="slot", mode=mode, harmonics=harmonics,
        resolution=resolution,
    )  # fmt: skip
