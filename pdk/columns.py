"""Vertical columns of the wafer: which medium lies at which height where given layers are drawn.

For planar devices seen from above (eigenmode expansion, FDTD in a plane) and for FDTD in space. Heights in µm above the
buried oxide. Metals, vias and implants are left out: light keeps away from them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.optics import End, Spans, medium
from lingnan.pdk.process.expression import evaluate, layers_of
from lingnan.pdk.process.types import Level, Process
from lingnan.solvers.materials import Oriented

OPTICAL = ("film", "dielectric", "opening")
_HERE = Spans(((End(-1.0, -1.0), End(1.0, 1.0)),))


@dataclass(frozen=True)
class Layer:
    """One medium of a column."""

    z_min: float
    z_max: float
    medium: Any  #: material or oriented crystal
    name: str  #: of the level


def present(level: Level, drawn: Collection[str]) -> bool:
    """Whether a level is there where these layers are drawn."""
    if not level.mask:
        return True
    shapes = {layer: _HERE if layer in drawn else Spans() for layer in layers_of(level.mask, level.name)}
    return bool(evaluate(level.mask, shapes, level.name).spans)


def column(process: Process, drawn: Collection[str], *, cladding: Any = None, angle_deg: Any = 0.0) -> list[Layer]:
    """Media from the substrate up, the same ones joined; where levels overlap, the lowest order wins.

    Args:
        process: at its corner, see `optics.at_corner`.
        drawn: names of the layers drawn there.
        cladding: medium in place of the process's cladding and openings.
        angle_deg: of the light's path from the layout's x axis, for crystals.
    """
    levels = [one for one in process.levels.values() if one.kind in OPTICAL and present(one, drawn)]
    if cladding is not None:
        levels = [one for one in levels if one.kind != "opening"]
    cuts = sorted({z for one in levels for z in (one.z_min, one.z_max)})
    found: list[Layer] = []
    for low, high in pairwise(cuts):
        there = [one for one in levels if one.z_min <= low + 1e-9 and one.z_max >= high - 1e-9]
        if not there:
            continue
        top = min(there, key=lambda one: one.order)
        name = cladding if cladding is not None and top.name == "cladding" else top.material
        made = medium(process, name, angle_deg)
        if found and found[-1].name == top.name:
            found[-1] = Layer(found[-1].z_min, high, made, top.name)
        else:
            found.append(Layer(low, high, made, top.name))
    return found


def film_levels(process: Process, columns: Collection[list[Layer]], margin: float) -> list[float]:
    """Heights between which every column is uniform, from `margin` below the lowest film to `margin` above the highest.

    Raises:
        LingnanError: no column holds a film.
    """
    films = {level.name for level in process.levels.values() if level.kind == "film"}
    inside = [layer for one in columns for layer in one if layer.name in films]
    if not inside:
        raise LingnanError(f"process {process.name}: none of these layers leaves a film. Draw a guide's own layer.")
    low, high = min(layer.z_min for layer in inside), max(layer.z_max for layer in inside)
    cuts = {z for one in columns for layer in one for z in (layer.z_min, layer.z_max)}
    return [low - margin, *sorted(z for z in cuts if low - 1e-9 <= z <= high + 1e-9), high + margin]


def permittivities(
    one: list[Layer], levels: list[float], wavelength: ArrayLike, temperature: ArrayLike | None, axis: int = 0
) -> Array:
    """ε between the levels, (len(levels) - 1,), for light polarised along an axis of the guide.

    Axis 0 is across the guide, 1 up, 2 along it.

    Raises:
        LingnanError: a level lies outside the column.
    """
    values: list[Array] = []
    for low, high in pairwise(levels):
        middle = (low + high) / 2
        layer = next((layer for layer in one if layer.z_min <= middle <= layer.z_max), None)
        if layer is None:
            raise LingnanError(f"the stack ends below {middle:g} µm. Give levels inside it.")
        eps = layer.medium.permittivity(wavelength, temperature)
        if isinstance(layer.medium, Oriented):
            eps = eps[..., axis] if layer.medium.order is not None else eps[..., axis, axis]
        values.append(jnp.real(eps))
    return jnp.stack(values)


def mean_bias(level: Level) -> float:
    """By how much a line of this level is wider than drawn, in the middle of its height [µm]."""
    lean = float(jnp.tan(jnp.deg2rad(90.0 - level.sidewall_angle_deg)))
    return level.bias + 2 * (level.width_reference - 0.5) * level.thickness * lean
