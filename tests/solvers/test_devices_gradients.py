"""Slopes of devices by everything that goes into them, reverse and forward, against central differences."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials, waveguides
from lingnan.solvers.devices import eme, grating, overlap, planar, roughness, vectorial
from lingnan.solvers.devices.propagation import Beam

WINDOW, COARSE = (-1.2, 1.2, -0.8, 1.0), waveguides.Resolution(4)


def check(figure: Callable[..., Any], numbers: dict[str, float], step: float, steps: dict[str, float]) -> None:
    """Both modes, to 1e-5; differences of two steps, so that what is left of them is of fourth order."""
    names, at = list(numbers), jnp.asarray(list(numbers.values()))

    def of(values: Any) -> Any:
        return figure(**dict(zip(names, values, strict=True)))

    reverse, value = jax.jit(jax.grad(of))(at), jax.jit(of)
    forward = jax.jit(lambda values, way: jax.jvp(of, (values,), (way,))[1])
    ways = np.eye(len(names))
    # one direction through all inputs has forward slopes agree with those in reverse
    whole = np.arange(1.0, 1.0 + len(names))
    assert_allclose(forward(at, jnp.asarray(whole)), reverse @ whole, rtol=1e-8)
    for name, slope, way in zip(names, reverse, ways, strict=True):
        small = steps.get(name, step)
        near, far = ((value(at + k * small * way) - value(at - k * small * way)) / (2 * k * small) for k in (1, 2))
        assert slope != 0, name
        assert_allclose(slope, (4 * near - far) / 3, rtol=1e-5, err_msg=name)


def test_roughness() -> None:
    at = {
        "width": 0.45, "n_core": 2.85, "n_cladding": 1.444, "n_eff": 2.35, "sigma": 0.002, "correlation": 0.05,
        "wavelength": 1.55,
    }  # fmt: skip
    check(roughness.payne_lacey, at, 1e-4, {"sigma": 1e-5})


@pytest.mark.validate  # compiles a taper and its derivatives
@pytest.mark.parametrize("polarization", ["te", "tm"])
def test_a_taper_by_media_widths_along_it_length_and_wavelength(polarization: planar.Polarization) -> None:
    cuts = [0.0, 0.2, 0.5, 0.9, 1.0]  # as `eme.adapted` gives them

    def figure(left: Any, core: Any, right: Any, one: Any, middle: Any, two: Any, length: Any, wave: Any) -> Any:
        def section(w: Any) -> planar.Planar:
            edges, media = [-3.0, -w / 2, w / 2, 3.0], [left, core, right]
            return planar.planar(edges, media, polarization=polarization, order=6, cells=(3, 2, 3))

        def along(t: float) -> planar.Planar:
            return section(one * (1 - t) * (1 - 2 * t) + middle * 4 * t * (1 - t) + two * t * (2 * t - 1))

        body = eme.varying(along, length, cuts, cells=(3, 2, 3))
        pieces = [eme.uniform(section(one), 0.3), body, eme.uniform(section(two), 0.3)]
        s = eme.scatter(pieces, wave, 12).blocks
        return s.s21[0, 0].real + 10 * jnp.abs(s.s11[0, 0]) ** 2 + jnp.abs(s.s21[2, 0]) ** 2

    at = {
        "left": 1.444, "core": 2.83, "right": 1.45, "one": 0.5, "middle": 0.8, "two": 1.2, "length": 1.5, "wave": 1.55
    }  # fmt: skip
    check(figure, at, 1e-5, {})


@pytest.mark.validate  # compiles a plane and its derivatives
def test_a_grating_coupler_by_all_of_its_sizes_media_and_fibre() -> None:
    def figure(period: Any, fill: Any, etch: Any, film: Any, buried: Any, cover: Any, media: Sequence[Any], wave: Any,
               diameter: Any, angle: Any, position: Any, height: Any) -> Any:  # fmt: skip
        layers = grating.Layers(film, etch, buried, cover, *media)
        found = grating.coupler(layers, *grating.uniform(period, fill, 2), wave, order=4)
        return 100 * found.into(Beam(diameter, angle, position, height))

    media = {"film": 3.4757, "buried": 1.444, "cover": 1.45, "substrate": 3.47, "above": 1.0}
    at = {
        "period": 0.63, "fill": 0.48, "etch": 0.07, "film": 0.22, "buried": 2.0, "cover": 1.0, "wave": 1.55,
        "diameter": 4.0, "angle": 0.17, "position": 1.0, "height": 0.5,
    }  # fmt: skip

    def flat(**numbers: Any) -> Any:
        return figure(**{k: v for k, v in numbers.items() if k in at}, media=[numbers[f"n_{name}"] for name in media])

    check(flat, at | {f"n_{name}": n for name, n in media.items()}, 3e-5, {})


@pytest.mark.validate  # compiles modes, their joints and the derivatives of both
def test_full_vector_expansion_by_sizes_walls_wavelength_and_temperature() -> None:
    silicon, oxide = materials.get("Si"), materials.get("SiO2")

    def figure(one: Any, two: Any, thickness: Any, lean: Any, length: Any, wave: Any, kelvin: Any) -> Any:
        def section(w: Any) -> waveguides.Modes:
            made = waveguides.strip(w, thickness, silicon, oxide, sidewall_angle_deg=lean, window=WINDOW)
            return waveguides.solve(made, wave, 2, temperature=kelvin, resolution=COARSE)

        begin, body = section(one), section(two)
        s = vectorial.scatter([begin, body, begin], [0.2, length, 0.3]).blocks
        return s.s21[0, 0].real + 10 * jnp.abs(s.s11[0, 0]) ** 2

    at = {"one": 0.5, "two": 0.62, "thickness": 0.22, "lean": 82.0, "length": 0.7, "wave": 1.55, "kelvin": 300.0}
    check(figure, at, 1e-4, {"lean": 1e-3, "kelvin": 0.1})


@pytest.mark.validate  # compiles modes, their joints and the derivatives of both
def test_full_vector_expansion_by_each_component_of_a_tensor() -> None:
    places = {"xx": (0, 0), "yy": (1, 1), "zz": (2, 2), "xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}

    def figure(beside: Any, width: Any, **tensor: Any) -> Any:
        epsilon = jnp.zeros((3, 3))
        for name, (i, j) in places.items():
            epsilon = epsilon.at[i, j].set(tensor[name]).at[j, i].set(tensor[name])
        begin, body = (
            waveguides.solve(waveguides.strip(w, 0.22, epsilon, beside, window=WINDOW), 1.55, 2, resolution=COARSE)
            for w in (width, 0.62)
        )
        s = vectorial.scatter([begin, body, begin], [0.2, 0.7, 0.3]).blocks
        return s.s21[0, 0].real + 10 * jnp.abs(s.s11[0, 0]) ** 2

    # turned far enough that all of them count: at a tenth of this the last one moves S by 1e-6 of itself, as noise does
    tensor = {"xx": 12.1, "yy": 12.0, "zz": 12.2, "xy": 0.8, "xz": 0.5, "yz": 0.6}
    check(figure, {"beside": 1.444, "width": 0.5, **tensor}, 1e-4, {})


@pytest.mark.validate  # compiles modes of a bend and of a straight guide, fields, and their derivatives
def test_a_straight_guide_meets_a_bend_and_a_fibre() -> None:
    def figure(width: Any, thickness: Any, x: Any, y: Any, tilt: Any, bent: Any, wave: Any, core: Any, wide: Any,
               high: Any, aside: Any, index: Any) -> Any:  # fmt: skip
        made = waveguides.strip(width, thickness, core, 1.444, window=WINDOW)
        guide = waveguides.solve(made, wave, 1, resolution=COARSE)
        bend = waveguides.solve(replace(made, curvature=bent), wave, 1, resolution=COARSE)
        passed = jnp.abs(overlap.coupling(guide, bend, offset=(x, y), tilt=tilt)[0, 0]) ** 2
        return 100 * (1 - passed) + overlap.fibre(guide, (wide, high), centre=(aside, 0.13), index=index)[0]

    at = {
        "width": 0.5, "thickness": 0.22, "x": 0.02, "y": 0.013, "tilt": 0.01, "bent": 0.2, "wave": 1.55, "core": 3.4757,
        "wide": 2.0, "high": 1.8, "aside": 0.1, "index": 1.444,
    }  # fmt: skip
    check(figure, at, 1e-4, {})
