"""Interferometers whose phase does not feel temperature: the lengths of `mzi_sensor`, from the models of its guides.

    settings = athermal.balanced(length_x=1000.0, cladding="water")
    soi.mzi_sensor(**settings)

The arm in the window has the liquid's dn/dT in it, which is negative for water, so that its n_eff rises less with
temperature than that of the arm under oxide. Guide under oxide is added to the sensing arm until both arms gain the
same phase in a kelvin: first order in temperature, for one wavelength and one liquid.
"""

from typing import Any

import numpy as np
from jax.typing import ArrayLike

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.compact.ways import Line
from lingnan.components.compact.wetlines import WetLine
from lingnan.components.compact.wetted import Medium
from lingnan.components.soi import wetarms
from lingnan.pdk.errors import LingnanError

_STEP = 1.0  #: K, of differences; the models are linear in temperature but for the liquid's own dispersion


def balanced(
    length_x: float = 1000.0,
    *,
    cladding: Medium = "water",
    width: float | None = None,
    width_covered: float | None = None,
    wl: float = 1.55,
    temperature: float | None = None,
    cross_section: str = "strip",
    corner: str = "nominal",
) -> dict[str, Any]:
    """Settings of `mzi_sensor` with which dφ/dT is nothing, on the mask's grid.

    Args:
        length_x: of the straights in the window and beside it [µm].
        cladding: what fills the window; an index given as a number is taken to keep still.
        width: of the straight in the window [µm]; the cross-section's if not given.
        width_covered: of the other arm's straight [µm]; the cross-section's if not given.
        wl: wavelength [µm].
        temperature: [K]; None: the corner's.
        cross_section: of all guides.
        corner: of the process.

    Raises:
        LingnanError: the arm in the window gains more phase in a kelvin than the other one, so that it would have to
            be the shorter; or it needs more guide than it is long.
    """
    limits.at_least("balanced", "length_x", length_x, 0.001, "one grid step")
    line, wet = Line(cross_section, corner), WetLine(cross_section, corner, medium=cladding)
    kelvin = line.guide().temperature if temperature is None else temperature

    def gain(of: Line, used: ArrayLike) -> np.ndarray:
        """dn_eff/dT [1/K]."""
        warm, cold = (np.real(of.index(wl, kelvin + step, used)) for step in (_STEP, -_STEP))
        return np.asarray(warm - cold) / (2 * _STEP)

    own = draw.core_width(cross_section)
    widths = [own if one is None else one for one in (width, width_covered)]
    covered = float(gain(line, own))
    straights = [float(gain(of, used)) * length_x for of, used in zip((wet, line), widths, strict=True)]
    points, weights = np.polynomial.legendre.leggauss(4)
    leads = [
        2
        * (lead.plain * covered + lead.tapered * float(weights / 2 @ gain(line, own + (used - own) * (1 + points) / 2)))
        for lead, used in zip(wetarms.arm_leads(widths[0], widths[1], own), widths, strict=True)
    ]
    delta = draw.even((straights[1] + leads[1] - straights[0] - leads[0]) / covered)
    if delta < 0:
        raise LingnanError(
            f"balanced: in a kelvin the straight in the window gains {straights[0] / length_x:.4g} of n_eff and the "
            f"covered one {straights[1] / length_x:.4g}: the sensing arm would have to be shorter, by {-delta:g} µm. "
            "Use a narrower width, or a wider width_covered."
        )
    limits.at_most("balanced", "delta_length", delta, length_x, "more guide than there is in the window")
    given = {name: value for name, value in (("width", width), ("width_covered", width_covered)) if value is not None}
    return {"length_x": length_x, "delta_length": delta, "cross_section": cross_section, **given}
