"""Multimode couplers, branches and ends by eigenmode expansion in the plane of the film, for compact models.

`lingnan.solvers.devices.eme` on the shapes that the cells draw, between electric walls (of the light that leaves the
guides a part comes back from them). Slices and modes are as many as leave 1e-2 in an amplitude, most of it a phase
that all outputs share, and 2e-3 in the power of the kit's own splitters. Numbers are arguments of one compiled
function, so that corners, temperatures and sizes share it, and everything is differentiable.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.devices import eme, planar
from lingnan.solvers.devices.planar import Planar

ORDER, MODES = 10, 44
SLICES = {"taper": 64, "body": 24, "arms": 96}
ROOM = 2.5  #: µm from the outermost core to the wall


class Plane(NamedTuple):
    """Where the device lies: what `films.Film.at` gives, and the bias."""

    core: Any  #: ε_eff
    beside: Any  #: ε_eff
    stretch: Any  #: of lengths across
    bias: Any  #: µm


class Sizes(NamedTuple):
    """Of a multimode coupler, as drawn [µm]."""

    width: Any
    length: Any
    port: Any  #: width of the tapers at the body
    pitch: Any  #: of neighbouring ports
    taper: Any  #: length of the tapers
    access: Any  #: width of the guides


def _one(plane: Plane, width: Any, wall: Any, cells: tuple[int, int, int] = (4, 2, 4)) -> Planar:
    """A core between walls."""
    half = (width + plane.bias) / 2
    edges = jnp.stack([jnp.asarray(v, float) for v in (-wall, -half, half, wall)]) * plane.stretch
    return planar.planar(
        edges, epsilon=jnp.stack([plane.beside, plane.core, plane.beside]), polarization="tm", order=ORDER, cells=cells
    )


def _two(plane: Plane, width: Any, pitch: Any, wall: Any) -> Planar:
    """Two cores between walls, at ± pitch / 2."""
    half = (width + plane.bias) / 2
    y = [-wall, -pitch / 2 - half, -pitch / 2 + half, pitch / 2 - half, pitch / 2 + half, wall]
    edges = jnp.stack([jnp.asarray(v, float) for v in y]) * plane.stretch
    media = jnp.stack([plane.beside, plane.core, plane.beside, plane.core, plane.beside])
    return planar.planar(edges, epsilon=media, polarization="tm", order=ORDER, cells=(3, 1, 2, 1, 3))


def _single(plane: Plane, width: Any, middle: Any, wall: Any) -> Planar:
    """One core off the middle."""
    half = (width + plane.bias) / 2
    edges = jnp.stack([jnp.asarray(v, float) for v in (-wall, middle - half, middle + half, wall)]) * plane.stretch
    media = jnp.stack([plane.beside, plane.core, plane.beside])
    return planar.planar(edges, epsilon=media, polarization="tm", order=ORDER, cells=(4, 1, 4))


def _staircase(section_at: Any, length: Any, slices: int) -> eme.Piece:
    """A varying piece of traced cross-sections, made at once."""
    at = (jnp.arange(slices) + 0.5) / slices
    sections = jax.vmap(section_at)(at)
    return eme.Piece(sections, jnp.full(slices, 1 / slices) * length)


def _arms(plane: Plane, result: eme.Scattering, sizes: Sizes, wall: Any) -> eme.Scattering | Any:
    singles = [_single(plane, sizes.access, sign * sizes.pitch / 2, wall) for sign in (1, -1)]
    return eme.localised(result.right, singles)[:, :2]


@partial(jax.jit, static_argnums=0)
def splitter(inputs: int, plane: Plane, sizes: Sizes, wl: Array) -> dict[str, Array]:
    """S of a multimode coupler with one or two inputs and two outputs: "in out" by the cell's port names."""
    wall = jnp.maximum(sizes.width, sizes.pitch + sizes.port) / 2 + ROOM
    growing = lambda t: sizes.access + (sizes.port - sizes.access) * t  # noqa: E731
    narrow = lambda t: growing(1 - t)  # noqa: E731
    count = SLICES["taper"]
    out = [
        _staircase(lambda t: _two(plane, narrow(t), sizes.pitch, wall), sizes.taper, count),
        eme.uniform(_two(plane, sizes.access, sizes.pitch, wall), 0.0),
    ]
    cells = (2, 7, 2)
    body = eme.uniform(_one(plane, sizes.width, wall, cells), sizes.length)
    if inputs == 1:
        into = [
            eme.uniform(_one(plane, sizes.access, wall), 0.0),
            _staircase(lambda t: _one(plane, growing(t), wall), sizes.taper, count),
        ]
    else:
        into = [
            eme.uniform(_two(plane, sizes.access, sizes.pitch, wall), 0.0),
            _staircase(lambda t: _two(plane, growing(t), sizes.pitch, wall), sizes.taper, count),
        ]
    result = eme.scatter([*into, body, *out], wl, MODES)
    right = _arms(plane, result, sizes, wall)
    left = jnp.eye(1) if inputs == 1 else right
    n = inputs
    s11 = left @ result.blocks.s11[:n, :n] @ left.T
    s21 = right @ result.blocks.s21[:2, :n] @ left.T
    s22 = right @ result.blocks.s22[:2, :2] @ right.T
    # ports clockwise from the south-west: one input o1, outputs o2 (upper), o3; two inputs o1 (lower), o2, then o3, o4
    west = ["o1"] if n == 1 else ["o2", "o1"]
    east = ["o2", "o3"] if n == 1 else ["o3", "o4"]
    found = {f"{a} {b}": s11[j, i] for i, a in enumerate(west) for j, b in enumerate(west) if a <= b}
    found |= {f"{a} {b}": s21[j, i] for i, a in enumerate(west) for j, b in enumerate(east)}
    return found | {f"{a} {b}": s22[j, i] for i, a in enumerate(east) for j, b in enumerate(east) if a <= b}


class Branch(NamedTuple):
    """Of a Y-branch, as drawn [µm]."""

    widths: Any  #: of the body in the middle of its slices
    length: Any  #: of the body
    access: Any
    taper: Any  #: length of the taper in front of the body
    first: Any  #: width where the body begins
    arm: Any  #: width of an arm where it begins
    offsets: Any  #: of the arms' centre lines from the axis in the middle of their slices
    slopes: Any  #: tan of their angle to the axis there
    steps: Any  #: thickness of each slice of the arms
    pitch: Any  #: of the outputs


@jax.jit
def branch(plane: Plane, shape: Branch, wl: Array) -> dict[str, Array]:
    """S of a Y-branch whose arms are followed to where they run along the axis again."""
    wall = shape.pitch / 2 + shape.access / 2 + ROOM
    into = _staircase(
        lambda t: _one(plane, shape.access + (shape.first - shape.access) * t, wall), shape.taper, SLICES["taper"]
    )
    body = eme.Piece(
        jax.vmap(lambda w: _one(plane, w, wall))(shape.widths),
        jnp.full(shape.widths.shape[0], 1.0) * shape.length / shape.widths.shape[0],
    )
    share = (shape.offsets - shape.offsets[0]) / (shape.offsets[-1] - shape.offsets[0])
    width = (shape.arm + (shape.access - shape.arm) * share) * jnp.sqrt(1 + shape.slopes**2)
    arms = eme.Piece(jax.vmap(lambda w, y: _two(plane, w, 2 * y, wall))(width, shape.offsets), shape.steps)
    end = eme.uniform(_two(plane, shape.access, shape.pitch, wall), 0.0)
    result = eme.scatter([eme.uniform(_one(plane, shape.access, wall), 0.0), into, body, arms, end], wl, MODES)
    sizes = Sizes(0.0, 0.0, 0.0, shape.pitch, 0.0, shape.access)
    right = _arms(plane, result, sizes, wall)
    s21 = right @ result.blocks.s21[:2, :1]
    s22 = right @ result.blocks.s22[:2, :2] @ right.T
    return {
        "o1 o1": result.blocks.s11[0, 0], "o1 o2": s21[0, 0], "o1 o3": s21[1, 0],
        "o2 o2": s22[0, 0], "o2 o3": s22[1, 0], "o3 o3": s22[1, 1],
    }  # fmt: skip


@jax.jit
def crossing(plane: Plane, access: Array, wide: Array, horn: Array, wl: Array) -> dict[str, Array]:
    """S of a guide through a crossing: "through" and "back". Between the horns there is core from wall to wall."""
    wall = wide / 2 + 2 * ROOM

    def width(t: Array) -> Array:
        return jnp.sqrt(access**2 + (wide**2 - access**2) * t)

    open_ = _one(plane._replace(beside=plane.core), wide, wall, (3, 4, 3))
    pieces = [
        eme.uniform(_one(plane, access, wall, (3, 4, 3)), 0.0),
        _staircase(lambda t: _one(plane, width(t), wall, (3, 4, 3)), horn, SLICES["taper"]),
        eme.uniform(open_, wide),
        _staircase(lambda t: _one(plane, width(1 - t), wall, (3, 4, 3)), horn, SLICES["taper"]),
        eme.uniform(_one(plane, access, wall, (3, 4, 3)), 0.0),
    ]
    blocks = eme.scatter(pieces, wl, MODES).blocks
    return {"through": blocks.s21[0, 0], "back": blocks.s11[0, 0]}


def by_pair(found: Mapping[str, Array]) -> dict[tuple[str, str], Array]:
    """As `devices.Solver` has it."""
    return {(name.split()[0], name.split()[1]): value for name, value in found.items()}


def onwards(found: Mapping[str, Array], inputs: int) -> dict[tuple[str, str], Array]:
    """What a splitter sends on, as `devices.Solver` has it; what it sends back is left out, as in the models of guides.

    Light that comes in at one output alone is thrown back and forth in the body, and its echoes make a spectrum that no
    smooth fit follows; `splitter` itself has them.
    """
    west = {f"o{number}" for number in range(1, inputs + 1)}
    pairs = by_pair(found)
    return {way: s if (way[0] in west) != (way[1] in west) else jnp.zeros_like(s) for way, s in pairs.items()}


def body_profile(profile: Any) -> np.ndarray:
    """Widths in the middle of the body's slices, from a profile over 0 to 1."""
    count = SLICES["body"]
    return np.asarray(profile((np.arange(count) + 0.5) / count))
