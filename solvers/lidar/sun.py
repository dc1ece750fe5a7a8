"""Sunlight that a receiver sees beside its own: from the standard spectrum of air mass 1.5.

Wavelengths in µm, widths of filters in nm, irradiances in W/m², powers in W.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
from jax import Array
from jax import numpy as jnp
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between

Kind = Literal["hemispherical", "direct"]


@cache
def _windows() -> tuple[tuple[np.ndarray, dict[str, np.ndarray]], ...]:
    text = (resources.files("lingnan.solvers.lidar") / "data" / "sun.toml").read_text(encoding="utf-8")
    found = []
    for table in tomllib.loads(text).values():
        if isinstance(table, dict):
            nm = np.arange(table["first"], table["last"] + 1.0)
            found.append((nm, {kind: np.asarray(table[kind], float) for kind in ("hemispherical", "direct")}))
    return tuple(found)


def irradiance(wavelength: float, width_nm: float, kind: Kind = "hemispherical") -> float:
    """Of the sun within a filter [W/m²], by the trapezoid rule on the table of 1 nm.

    Args:
        wavelength: middle of the filter [µm].
        width_nm: from edge to edge [nm].
        kind: on a tilted surface with the sky, or of the sun alone on a surface normal to it.

    Raises:
        ValueError: a filter that reaches beyond what is kept, with what is.
    """
    check_between("irradiance", "width_nm", width_nm, 0.0, np.inf, "nm", "")
    low, high = 1e3 * wavelength - width_nm / 2, 1e3 * wavelength + width_nm / 2
    for nm, values in _windows():
        if nm[0] - 1e-9 <= low and high <= nm[-1] + 1e-9:
            if kind not in values:
                raise ValueError(f"irradiance: kind = {kind!r}: hemispherical or direct.")
            inside = np.concatenate([[low], nm[(nm > low) & (nm < high)], [high]])
            return float(np.trapezoid(np.interp(inside, nm, values[kind]), inside))
    kept = ", ".join(f"{nm[0]:.0f} to {nm[-1]:.0f}" for nm, _ in _windows())
    raise ValueError(
        f"irradiance: {low:g} to {high:g} nm is outside the table: {kept} nm are kept of it. Take a filter within one "
        "of these, or give the irradiance itself."
    )


def background(
    irradiance: ArrayLike,
    reflectivity: ArrayLike,
    solid_angle: ArrayLike,
    aperture_m2: ArrayLike,
    efficiency: ArrayLike = 1.0,
) -> Array:
    """Power that a lit Lambertian scene puts on a detector whose field of view it fills [W]: E ρ/π Ω A η.

    Args:
        irradiance: on the scene, within the filter [W/m²].
        reflectivity: ρ of it.
        solid_angle: of the field of view [sr].
        aperture_m2: of the receiver [m²].
        efficiency: of its optics.
    """
    check_between("background", "solid_angle", solid_angle, 0.0, 2 * np.pi, "sr", "")
    radiance = jnp.asarray(irradiance, float) * jnp.asarray(reflectivity, float) / jnp.pi
    return radiance * solid_angle * aperture_m2 * efficiency
