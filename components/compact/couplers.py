"""The way on and off the chip, for compact models: gratings in the plane of the guide, tips at the chip's edge.

Gratings by `lingnan.solvers.devices.grating` with the films of the process, the fibre where it couples best at the
cell's own wavelength, and the overlap across for a fan that is as wide as the drawn one under the fibre; the lines are
taken as straight. Tips by the mode of the tip and `overlap.fibre`, with Fresnel's reflection at the oxide's face; the
taper is taken as adiabatic, and its phase as that of the guide at full width. The phase at the fibre is 0: it is no
part of the chip. Fibre modes are Gaussian.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common.gratings import FocusingGrating
from lingnan.components.compact.devices import Solver
from lingnan.components.compact.guides import index_te
from lingnan.pdk import columns, optics
from lingnan.pdk.process import Process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.devices import grating, overlap
from lingnan.solvers.devices.propagation import Beam, Outcome, Polarization

ORDER = 6


@partial(jax.jit, static_argnames=("polarization",))
def _sent(layers: grating.Layers, grooves: Array, teeth: Array, wl: Array, polarization: Polarization) -> Outcome:
    return grating.coupler(layers, grooves, teeth, wl, polarization=polarization, order=ORDER)


def across(made: FocusingGrating, length: float) -> float:
    """Width of a fan under the fibre, in the middle of teeth `length` long [µm]."""
    spot = made.first * made.period + length / 2
    return 2 * spot * float(np.tan(np.deg2rad(made.opening_deg) / 2))


def layers_at(
    process: Process, tooth: Collection[str], groove: Collection[str], angle_deg: float, wl: Array, kelvin: Array
) -> grating.Layers:
    """Films of a grating at a wavelength [µm] and a temperature [K].

    Args:
        process: at its corner.
        tooth: layers drawn in the teeth.
        groove: layers drawn in the grooves.
        angle_deg: of the light's path from the layout's x axis.
        wl: wavelength [µm].
        kelvin: temperature [K].
    """
    high, low = (columns.column(process, drawn, angle_deg=angle_deg) for drawn in (tooth, groove))
    films = {level.name for level in process.levels.values() if level.kind == "film"}
    tops = [max(one.z_max for one in column if one.name in films) for column in (high, low)]
    box, cladding = process.levels["box"], process.levels["cladding"]
    levels = [box.z_min - 0.5, box.z_min, 0.0, tops[1], tops[0], tops[0] + 0.5]
    n = jnp.sqrt(columns.permittivities(high, levels, wl, kelvin, 0))
    return grating.Layers(tops[0], tops[0] - tops[1], -box.z_min, cladding.z_max - tops[0], n[2], n[1], n[4], n[0])


def grating_solver(
    process: Process,
    corner: str,
    tooth: Collection[str],
    groove: Collection[str],
    grooves: np.ndarray,
    teeth: np.ndarray,
    across: float,
    *,
    wavelength: float,
    tilt_deg: float,
    mode: float,
    polarization: Polarization,
    angle_deg: float = 0.0,
) -> Solver:
    """S of a grating coupler: o1 the guide, o2 the fibre.

    Args:
        process: nominal.
        corner: of it.
        tooth: layers drawn in the teeth.
        groove: layers drawn in the grooves.
        grooves: lengths [µm].
        teeth: lengths [µm].
        across: width of the fan under the fibre [µm].
        wavelength: at which the fibre is placed [µm].
        tilt_deg: of the fibre in air.
        mode: the fibre's mode-field diameter [µm].
        polarization: te or tm.
        angle_deg: of the light's path from the layout's x axis.
    """
    line = optics.at_corner(process, corner)
    kelvin = line.corners[corner].temperature
    first = layers_at(line, tooth, groove, angle_deg, jnp.asarray(wavelength), jnp.asarray(kelvin))
    beam = Beam(mode, np.deg2rad(tilt_deg), 0.0, 0.0)
    places = jnp.linspace(0.0, float(np.sum(grooves) + np.sum(teeth)), 60)
    out = _sent(first, grooves, teeth, jnp.asarray(wavelength), polarization)
    spot, _ = grating.best_position(out, beam, places)
    placed, side = beam._replace(position=spot), grating.lateral_overlap(across, mode)

    def at(wl: Array, temperature: Array) -> dict[tuple[str, str], Array]:
        films = layers_at(line, tooth, groove, angle_deg, wl, temperature)
        out = _sent(films, grooves, teeth, wl, polarization)
        zero = jnp.zeros_like(out.reflection)
        through = jnp.sqrt(out.into(placed) * side) + 0j
        return {("o1", "o1"): out.reflection, ("o1", "o2"): through, ("o2", "o2"): zero}

    return at


def tip_solver(
    process: Process, corner: str, cross_section: str, tip: float, mode: float, angle_deg: float = 0.0
) -> Solver:
    """S of the tip at the chip's edge: o1 the guide's mode there, o2 the fibre.

    Args:
        process: nominal.
        corner: of it.
        cross_section: that the tip is drawn in.
        tip: width [µm].
        mode: the fibre's mode-field diameter [µm].
        angle_deg: of the light's path from the layout's x axis.
    """
    made, cover, middle = _tip(process, corner, cross_section, tip, angle_deg)

    @jax.jit
    def coupled(wl: Array, kelvin: Array) -> Array:
        modes = waveguides.solve(made, wl, num_modes=2, temperature=kelvin)
        n = materials.get(cover).n(wl, kelvin).real
        power = overlap.fibre(modes, mode, centre=(0.0, middle), index=n)
        return power[jnp.argmax(modes.te_fraction > 0.5)] * (1 - ((n - 1) / (n + 1)) ** 2)

    def at(wl: Array, temperature: Array) -> dict[tuple[str, str], Array]:
        through = jnp.sqrt(coupled(wl, temperature)) + 0j
        zero = jnp.zeros_like(through)
        return {("o1", "o1"): zero, ("o1", "o2"): through, ("o2", "o2"): zero}

    return at


def end_solver(process: Process, corner: str, cross_section: str, tip: float) -> Solver:
    """What comes back into the mode of a tip that ends in the cladding, as from a face between two media, (n - n_c) /
    (n + n_c): right for a mode that lies mainly in the cladding already, to a factor of two.

    Args:
        process: nominal.
        corner: of it.
        cross_section: that the tip is drawn in.
        tip: width [µm].
    """
    made, cover, _ = _tip(process, corner, cross_section, tip, 0.0)

    @jax.jit
    def back(wl: Array, kelvin: Array) -> Array:
        modes = waveguides.solve(made, wl, num_modes=2, temperature=kelvin)
        n, around = modes.n_eff[jnp.argmax(modes.te_fraction > 0.5)].real, materials.get(cover).n(wl, kelvin).real
        return (n - around) / (n + around)

    return lambda wl, temperature: {("o1", "o1"): back(wl, temperature) + 0j}


def _tip(
    process: Process, corner: str, cross_section: str, tip: float, angle_deg: float
) -> tuple[waveguides.Geometry, str, float]:
    """Cross-section of a tip, the medium around it, and the middle of its film's height [µm]."""
    line = optics.at_corner(process, corner)
    layer = line.cross_sections[cross_section].layer
    film = next(one for one in columns.column(line, {layer}, angle_deg=angle_deg) if one.z_min > -1e-9)
    made = optics.geometry(process, cross_section, corner=corner, width=tip, angle_deg=angle_deg)
    return made, line.levels["cladding"].material, (film.z_min + film.z_max) / 2


def adiabatic_solver(
    process: Process, corner: str, sections: list[Mapping[str, float]], weights: list[float], length: float
) -> Solver:
    """S of a way along which the cross-section changes slowly: its phase is the integral of n_eff.

    Args:
        process: nominal.
        corner: of it.
        sections: width of each drawn layer [µm] at Gauss points along the way.
        weights: of the points, summing to one.
        length: of the way [µm].
    """
    line = optics.at_corner(process, corner)
    kelvin = line.corners[corner].temperature
    made = [
        optics.of_mask(
            line,
            {layer: [(optics.End(-w / 2, -w / 2), optics.End(w / 2, w / 2))] for layer, w in one.items()},
            temperature=kelvin,
            reach=max(one.values()) + optics.FAR,
        )
        for one in sections
    ]

    def at(wl: Array, temperature: Array) -> dict[tuple[str, str], Array]:
        found = (index_te(replace(one, temperature=temperature), wl) for one in made)
        mean = sum(w * n for w, n in zip(weights, found, strict=True))
        through = jnp.exp(2j * jnp.pi / wl * mean * length)
        zero = jnp.zeros_like(through)
        return {("o1", "o1"): zero, ("o1", "o2"): through, ("o2", "o2"): zero}

    return at
