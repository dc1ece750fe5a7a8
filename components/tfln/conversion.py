"""What a poled guide of the lithium niobate line makes of light: from what `poled_straight` draws to its physics.

found = conversion.figures(width=1.0)        # modes at both wavelengths, by `solvers.nonlinear`
found.period, found.efficiency()             # domains that match them [µm]; %/W/cm²
conversion.efficiency(1.55, found, periods=1000)   # what the drawn domains convert of a watt [1/W]
"""

from dataclasses import replace

from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.compact.ways import plain
from lingnan.components.tfln.poling import poled_straight
from lingnan.pdk import active_process, optics
from lingnan.solvers import materials, nonlinear


def figures(
    cross_section: str = "rib", width: float | None = None, corner: str = "nominal", wavelength: float = 1.55
) -> nonlinear.SecondHarmonic:
    """Second harmonic of the guide that `poled_straight` draws, with the process's own d33.

    Args:
        cross_section: of the guide.
        width: drawn, of the core [µm]; the cross-section's if not given.
        corner: of the process.
        wavelength: of the fundamental [µm].
    """
    process = active_process()
    drawn = draw.core_width(cross_section) if width is None else draw.even(plain("poled_straight", "width", width))
    made = optics.geometry(process, cross_section, corner=corner, width=drawn)
    core = process.levels["core"].material
    d = replace(nonlinear.coefficients(materials.get(core), wavelength), d33=process.number("poling.d33"))
    return nonlinear.second_harmonic(made, wavelength, d=d, temperature=process.corners[corner].temperature)


def efficiency(
    wavelength: ArrayLike,
    found: nonlinear.SecondHarmonic,
    periods: int = 100,
    period: float | None = None,
    duty: float | None = None,
) -> Array:
    """Power of the second harmonic by the square of that of the fundamental [1/W], of domains as they are drawn.

    Args:
        wavelength: of the fundamental [µm].
        found: of `figures`, for the guide.
        periods: of the domains, as of `poled_straight`.
        period: of the domains [µm]; the process's own if not given.
        duty: inverted share of a period; the process's aim if not given. The finger is narrower: domains grow sideways.
    """
    made = poled_straight(
        periods=int(plain("poled_straight", "periods", periods)),
        period=None if period is None else plain("poled_straight", "period", period),
    )
    share = active_process().number("poling.duty") if duty is None else duty
    step, long = (float(made.info[key]) for key in ("period_um", "poled_length_um"))
    return nonlinear.tuning_curve(found, wavelength, long, period=step, duty=share)
