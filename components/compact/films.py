"""The plane of a guide as light sees it from above: two permittivities, of the core and beside it, for planar devices.

That of the core is n² of the fundamental TE mode of its layers (`lingnan.solvers.devices.effective`). That beside it is
what gives the guide itself, as wide as it is drawn, the n_eff that the full-vector solver found (`guides`): see
`effective.beside`. Leaning walls are taken as upright at half height.

In a crystal film light in the plane sees one permittivity across the guide and another along it; a plane stretched
across by √(ε_along / ε_across) has the same modes with ε_across alone, exactly where that ratio is the same everywhere
(in a rib on its slab, to 0.4 %).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import jax
import jax.numpy as jnp
from jax import Array

from lingnan.components.compact.guides import guide
from lingnan.pdk import columns, optics
from lingnan.pdk.process import Process
from lingnan.solvers.devices import effective

MARGIN = 1.5  #: µm of oxide below and above the films


@dataclass(frozen=True)
class Film:
    """One guide's plane at a corner."""

    at: Callable[[Array, Array], tuple[Array, Array, Array]]
    #: wavelength [µm], temperature [K] -> ε in the core, ε beside it, stretch of lengths across
    bias: float  #: by how much cores are wider than drawn, at half height [µm]


def film(process: Process, cross_section: str, corner: str, direction: float = 0.0) -> Film:
    """The plane of a cross-section, light along `direction` [deg] from the layout's x axis."""
    with jax.ensure_compile_time_eval():  # the plane is known, inside the `jit` of something else too
        return _film(_Key(process), cross_section, corner, direction)


class _Key:
    """A process as a key of a cache."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def __hash__(self) -> int:
        return hash(self.process.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.process.hash == self.process.hash


def wider(line: Process, cross_section: str) -> float:
    """By how much the core of a cross-section is wider than drawn, on the average over its height [µm].

    Args:
        line: at its corner.
        cross_section: an optical one.
    """
    data = line.cross_sections[cross_section]
    beside = {section.layer for section in data.sections}
    own = [
        level
        for level in line.levels.values()
        if level.kind == "film"
        and level.mask
        and columns.present(level, {data.layer, *beside})
        and not columns.present(level, beside)
    ]
    return float(sum(columns.mean_bias(one) * one.thickness for one in own) / sum(one.thickness for one in own))


@lru_cache(maxsize=64)
def _film(key: _Key, cross_section: str, corner: str, direction: float) -> Film:
    line, alone = optics.at_corner(key.process, corner), guide(key.process, cross_section, corner, direction=direction)
    data = line.cross_sections[cross_section]
    beside = {section.layer for section in data.sections}
    core, outside = (columns.column(line, drawn, angle_deg=direction) for drawn in ({data.layer, *beside}, beside))
    levels = columns.film_levels(line, [core, outside], MARGIN)
    bias = wider(line, cross_section)

    @jax.jit
    def at(wl: Array, kelvin: Array) -> tuple[Array, Array, Array]:
        across, along = (columns.permittivities(core, levels, wl, kelvin, axis) for axis in (0, 2))
        ratio = along / across
        most = ratio[jnp.argmax(jnp.abs(ratio - 1))]  # oxide has one permittivity: the crystal's is the other one
        stretch = jnp.sqrt(most)
        inner = _core(jnp.asarray(levels), across, wl)
        width = stretch * (alone.width + bias)
        return inner, effective.beside(inner, alone.n_eff(wl, None, kelvin), width, wl), stretch

    return Film(at, bias)


@jax.jit
def _core(levels: Array, across: Array, wl: Array) -> Array:
    """n² of the fundamental TE mode of the film."""
    return effective.film_permittivities(levels, list(jnp.sqrt(across)), [], wl)[0]
