"""Numbers of a guide and of the film beside it as spectrometers take them: indices with their slopes, and the plane.

Both are linear in wavelength around one: over 20 nm the bend of n_eff of a silicon strip is a few 1e-5, 20 pm.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.components.compact import films
from lingnan.components.compact.ways import Line
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.spectrometers.guide import Guide

_STEP = 1e-3  #: µm of wavelength, for slopes by difference


class Plane(NamedTuple):
    """A guide and its film at a wavelength and temperature."""

    guide: Guide
    slab: Guide
    core: Array  #: permittivity of the film for light in its plane
    beside: Array  #: of what lies beside the guide
    bias: float  #: by how much guides are wider than drawn [µm]


def plane(
    cross_section: str,
    wavelength: float,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
    beside: str | None = None,
) -> Plane:
    """Of the active process.

    Args:
        cross_section: of the guide.
        wavelength: around which indices are linear [µm].
        temperature: None: the corner's [K].
        corner: of the process.
        beside: guide in the same film by which what lies beside is known; the same if not given. A wide one hardly
            feels it, and tells it badly.

    Raises:
        LingnanError: so far from the temperature of the fit that nothing beside the guide would make its index.
    """
    line = Line(cross_section, corner)
    fit = line.guide()
    kelvin = jnp.asarray(fit.temperature if temperature is None else temperature, float)
    waves = wavelength + _STEP * np.array([-1.0, 0.0, 1.0])
    film = films.film(active_process(), beside or cross_section, corner)
    planes = [film.at(jnp.asarray(one), kelvin) for one in waves]
    alone = [jnp.real(line.index(one, kelvin)) for one in waves]
    sheet = [jnp.sqrt(one[0]) for one in planes]

    outside = planes[1][1]
    if not isinstance(outside, Tracer) and not np.all(np.asarray(outside) >= 1):
        raise LingnanError(
            f"plane of {cross_section}: at temperature = {np.asarray(kelvin)} K and wavelength = {wavelength:g} µm the "
            f"guide's index and its film's do not fit to each other. Go nearer to {fit.temperature} K, or give a "
            "narrow guide as `beside`."
        )

    def guide(index: list[Array], loss: float) -> Guide:
        low, middle, high = index
        return Guide(middle, middle - wavelength * (high - low) / (2 * _STEP), wavelength, loss)

    return Plane(guide(alone, fit.loss), guide(sheet, 0.0), planes[1][0], outside, film.bias)
