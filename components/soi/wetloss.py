"""What light loses in a window beside what the medium takes: by rough walls, into the substrate, and by bends.

Walls as in `devices.roughness`: there α goes as (n₁² - n₂²)² φ², φ² the field at a wall, and a wall that is shifted
moves n_eff by it, n dn_eff/dw = ½ (n₁² - n₂²) φ²; so α goes as (n₁² - n₂²) n dn_eff/dw. The process's loss of its strip
under oxide is the scale, and walls are correlated as they are there; for TM light the same scalar law is taken.

Bends radiate to their outer side: a bent mode with an absorbing layer there, whose other media are lossless. The line's
oxide is taken as deep.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common.curves import Curve
from lingnan.components.compact import wetleaks, wetted
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.pdk import optics
from lingnan.pdk.process import Process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import Absorber, Geometry, Resolution

_SILICON, _OXIDE = "Si", "SiO2"
#: Of a bend: right to 2 % of the loss where that counts (orders 6 and 10, 4.12 and 4.15 dB/cm)
_FINE, _OUTSIDE = Resolution(6), Absorber(("right",), 1.0, 2.0)
_WINDOW = (-1.5, 4.0, -1.8, 1.8)  #: µm
_RADII, _FURTHER = 4, 2.0  #: solved between the tightest radius and this many times it; beyond, nothing is lost
FLOOR = 1e-3  #: dB/cm, below which the solver tells nothing


def index(name: str, wavelength: float) -> float:
    """Of a material, without what it absorbs, also inside a `jit` that knows the wavelength."""
    with jax.ensure_compile_time_eval():
        return float(np.real(materials.index(name, wavelength)))


def walls(process: Process, corner: str, wavelength: float, medium: Any, n_eff: Any, slope: Any) -> Array:
    """Loss by rough walls in a medium [dB/cm].

    Args:
        process: whose strip under oxide is the scale.
        corner: of the process.
        wavelength: [µm].
        medium: its index; of several along a wall, the root of their mean square.
        n_eff: of the guide.
        slope: of n_eff by the width [1/µm].
    """
    data = process.cross_sections["strip"]
    own, oxide, step = data.width.value, index(_OXIDE, wavelength), 1e-3
    fit = wetted.wet(process, "strip", corner)
    there, up, down = (float(fit.n_eff(wavelength, oxide, own + d)) for d in (0.0, step, -step))
    scale = (index(_SILICON, wavelength) ** 2 - oxide**2) * there * (up - down) / (2 * step)
    loss = 0.0 if data.loss is None else data.loss.value
    return loss * (index(_SILICON, wavelength) ** 2 - medium**2) * jnp.asarray(n_eff) * slope / scale


def leak(process: Process, corner: str, wavelength: float, medium: float, width: float, *, te: bool = True) -> float:
    """What a straight strip in a medium leaks into the substrate [dB/cm], by its tail in the buried oxide.

    Args:
        process: of the strip.
        corner: of the process.
        wavelength: [µm].
        medium: its index, lossless.
        width: of the strip [µm].
        te: the fundamental TE mode, else the fundamental TM mode.
    """
    made = optics.geometry(process, "strip", corner=corner, width=jnp.asarray(width), cladding=medium)
    modes = waveguides.solve(made.walled(*wetleaks.WINDOW), wavelength, 1 if te else 2)
    return float(wetleaks.lost(optics.at_corner(process, corner), modes)[-1])


def bend(
    process: Process, corner: str, wavelength: float, medium: float, width: float, radius: float, *, te: bool = True
) -> float:
    """What a bend of a strip in a medium radiates [dB/cm], to some `FLOOR`.

    Args:
        process: of the strip.
        corner: of the process.
        wavelength: [µm].
        medium: its index, lossless.
        width: of the strip [µm].
        radius: of its centre line [µm].
        te: the fundamental TE mode, else the fundamental TM mode.
    """
    made = optics.geometry(process, "strip", corner=corner, width=jnp.asarray(width), cladding=medium)
    straight = waveguides.solve(made, wavelength, 1 if te else 2)
    return radiated(made, wavelength, float(straight.n_eff[-1].real), radius)


def radiated(made: Geometry, wavelength: float, near: float, radius: float) -> float:
    """What a cross-section of lossless media loses in a bend [dB/cm], to some `FLOOR`.

    Args:
        made: the cross-section.
        wavelength: [µm].
        near: n_eff of its mode where it is straight.
        radius: of its middle [µm].
    """
    bent = waveguides.solve(
        made.walled(*_WINDOW).bend(radius), wavelength, 1, target=near, absorber=_OUTSIDE, resolution=_FINE
    )
    return max(float(bent.loss_dB_cm[0]), 0.0)


def along(
    process: Process, corner: str, wavelength: float, medium: float, width: float, curve: Curve, *, te: bool = True
) -> float:
    """What a curve loses by its bends [dB], by its curvature along it.

    Args:
        process: of the strip.
        corner: of the process.
        wavelength: [µm].
        medium: its index, lossless.
        width: of the strip [µm].
        curve: its centre line.
        te: as for `bend`.
    """
    tightest = curve.radius_min, _FURTHER * curve.radius_min
    values = [
        bend(process, corner, wavelength, medium, width, float(r), te=te) + FLOOR for r in nodes(*tightest, _RADII)
    ]
    fit = Surface.through(tightest, (0.0, 1.0), np.log(values)[:, None])
    steps = np.diff(curve.s)
    radii = steps / np.maximum(np.abs(np.diff(curve.angle)), 1e-12)
    bent = radii <= tightest[1]
    loss = np.exp(np.asarray(fit(np.clip(radii[bent], *tightest), 0.5))) - FLOOR
    return 1e-4 * float(np.sum(np.maximum(loss, 0.0) * steps[bent]))
