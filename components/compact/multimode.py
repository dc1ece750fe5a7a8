"""Multimode couplers, branches and crossings by eigenmode expansion in the plane of the film, for compact models.

`lingnan.solvers.devices` on the shapes that the cells draw, between electric walls. Of a multimode coupler each end is
one plane and its tapers (`end`), joined by the body in `bodies`; branches are cut into slices, so that of the light
that leaves their guides a part comes back from the walls; those of a crossing absorb it. Numbers are arguments of one
compiled function, so that corners, temperatures and sizes share it, and everything is differentiable.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.components.compact.bodies import End
from lingnan.solvers.devices import eme, planar, scattering
from lingnan.solvers.devices.planar import Planar

ORDER, MODES, HELD = 10, 44, 20  #: of the modes, those of a body that are passed on
SLICES = {"taper": 32, "horn": 64, "crossing": 64, "body": 24, "arms": 96}
#: Elements of sections that meet at a body's face, and modes that are followed along the tapers before it.
FACE, ALONG = {"one": (4, 2, 4), "two": (3, 2, 2, 2, 3), "body": (3, 8, 3)}, 12
FACE_THREE = (3, 2, 2, 2, 2, 2, 3)
ROOM = 2.5  #: µm from the outermost core to the wall
ABSORBER = 2.0  #: µm of absorbing layer before the walls of a crossing


class Plane(NamedTuple):
    """Where the device lies: what `films.Film.at` gives, and the bias."""

    core: Any  #: ε_eff
    beside: Any  #: ε_eff
    stretch: Any  #: of lengths across
    bias: Any  #: µm


class Sizes(NamedTuple):
    """Of a multimode coupler, as drawn [µm]."""

    width: Any
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


def _two(
    plane: Plane, width: Any, pitch: Any, wall: Any, cells: tuple[int, int, int, int, int] = (3, 1, 2, 1, 3)
) -> Planar:
    """Two cores between walls, at ± pitch / 2."""
    half = (width + plane.bias) / 2
    y = [-wall, -pitch / 2 - half, -pitch / 2 + half, pitch / 2 - half, pitch / 2 + half, wall]
    edges = jnp.stack([jnp.asarray(v, float) for v in y]) * plane.stretch
    media = jnp.stack([plane.beside, plane.core, plane.beside, plane.core, plane.beside])
    return planar.planar(edges, epsilon=media, polarization="tm", order=ORDER, cells=cells)


def _three(plane: Plane, width: Any, pitch: Any, wall: Any) -> Planar:
    """Three cores between walls, at ± pitch and in the middle."""
    half = (width + plane.bias) / 2
    y = [-wall, *(k * pitch + side * half for k in (-1, 0, 1) for side in (-1, 1)), wall]
    edges = jnp.stack([jnp.asarray(v, float) for v in y]) * plane.stretch
    media = jnp.stack([plane.beside, *[plane.core, plane.beside] * 3])
    return planar.planar(edges, epsilon=media, polarization="tm", order=ORDER, cells=FACE_THREE)


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


def _tapered(
    made: Callable[[Any], Planar], singles: list[Planar], face: planar.Basis, sizes: Sizes, wl: Array
) -> Array:
    """Light of each guide after the tapers, running one way: (modes of the wide end at the body's face, guides).

    Two guides hardly coupled have modes that are any mix of both; every joint takes that mix over from the one before,
    so that none is fixed by itself. What a slice reflects is left out: 1e-3 and less of an amplitude.
    """
    count = SLICES["taper"]
    share = jnp.concatenate([jnp.zeros(1), (jnp.arange(count) + 0.5) / count])
    basis = jax.vmap(lambda t: planar.modes(made(sizes.access + (sizes.port - sizes.access) * t), wl, ALONG))(share)

    def pick(cut: int | slice) -> planar.Basis:
        return jax.tree.map(lambda leaf: leaf[cut], basis)

    def step(one: planar.Basis, two: planar.Basis, length: Array) -> Array:
        blocks = scattering.interface(planar.overlaps(one, two))
        joint = scattering.to_own_impedance(blocks, one.impedance, two.impedance, jnp.abs(one.impedance[0])).s21
        return jnp.exp(1j * two.beta * length)[:, None] * joint

    steps = jax.vmap(step, (0, 0, None))(pick(slice(None, -1)), pick(slice(1, None)), sizes.taper / count)
    along = lax.scan(lambda total, one: (one @ total, None), jnp.eye(ALONG) + 0j, steps)[0]
    first, last = pick(0), pick(-1)
    guides = len(singles)
    arms = jnp.eye(1) if guides == 1 else eme.localised(first, singles)[:, :guides]
    return step(last, face, jnp.zeros(())) @ along[:, :guides] @ arms.T


@partial(jax.jit, static_argnums=0)
def end(guides: int, plane: Plane, sizes: Sizes, wl: Array) -> tuple[Array, End]:
    """One end of a multimode coupler: one guide on the axis, two beside it or three, their tapers, and the body's face.

    The face is one plane, solved with all modes of both sides. Along the tapers light runs one way, in their guided and
    first radiating modes; what the face sends back into any but the guides' own mode is gone.

    Returns:
        n_eff of the body's modes, and S between the guides (the upmost first) and those modes.
    """
    taken = max(guides - 1, 1) * sizes.pitch + sizes.port
    wall = jnp.maximum(sizes.width, taken) / 2 + ROOM

    def made(width: Any) -> Planar:
        if guides == 1:
            return _one(plane, width, wall, FACE["one"])
        if guides == 3:
            return _three(plane, width, sizes.pitch, wall)
        return _two(plane, width, sizes.pitch, wall, FACE["two"])

    outside, body = (
        planar.modes(section, wl, MODES) for section in (made(sizes.port), _one(plane, sizes.width, wall, FACE["body"]))
    )
    joint = scattering.interface(planar.overlaps(outside, body))
    blocks = scattering.to_own_impedance(joint, outside.impedance, body.impedance, jnp.abs(outside.impedance[0]))
    singles = [_single(plane, sizes.access, sizes.pitch * ((guides - 1) / 2 - k), wall) for k in range(guides)]
    face = outside._replace(beta2=outside.beta2[:ALONG], vectors=outside.vectors[:ALONG])
    led = _tapered(made, singles, face, sizes, wl)
    edge = (sizes.width + plane.bias) / 2 * plane.stretch
    beyond = planar.values_at(body, jnp.asarray(edge, float)[None])[:HELD, 0]  # has no zero there: a sign that stays
    guided = jnp.where(body.beta2[:HELD] > body.k0**2 * plane.beside, jnp.sign(beyond), 0.0)
    back = led.T @ blocks.s11[:ALONG, :ALONG] @ led
    into = guided[:, None] * (blocks.s21[:HELD, :ALONG] @ led)
    within = guided[:, None] * blocks.s22[:HELD, :HELD] * guided
    return body.n_eff[:HELD].real, End(back, into, within)


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
        lambda t: _one(plane, shape.access + (shape.first - shape.access) * t, wall), shape.taper, SLICES["horn"]
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
    singles = [_single(plane, shape.access, side * shape.pitch / 2, wall) for side in (1, -1)]
    right = eme.localised(result.right, singles)[:, :2]
    s21 = right @ result.blocks.s21[:2, :1]
    s22 = right @ result.blocks.s22[:2, :2] @ right.T
    return {
        "o1 o1": result.blocks.s11[0, 0], "o1 o2": s21[0, 0], "o1 o3": s21[1, 0],
        "o2 o2": s22[0, 0], "o2 o3": s22[1, 0], "o3 o3": s22[1, 1],
    }  # fmt: skip


def _even(section: Planar) -> Planar:
    """Right half of a section that is its own mirror image: its modes are the even ones, and the others stay dark."""
    middle = len(section.cells) // 2
    edges = jnp.concatenate([jnp.zeros_like(section.edges[:1]), section.edges[middle + 1 :]])
    cells = (section.cells[middle] // 2, *section.cells[middle + 1 :])
    return replace(section, edges=edges, epsilon=section.epsilon[middle:], cells=cells)


@jax.jit
def crossing(plane: Plane, access: Array, wide: Array, horn: Array, wl: Array) -> dict[str, Array]:
    """S of a guide through a crossing: "through" and "back". Between the horns there is core without end.

    What spreads there leaves into absorbing walls. One half is solved, and joined with its mirror image.
    """
    wall = wide / 2 + 2 * ROOM

    def section(width: Any, beside: Any) -> Planar:
        return _even(planar.absorbing(_one(plane._replace(beside=beside), width, wall, (3, 4, 3)), ABSORBER))

    def widening(t: Array) -> Planar:
        return section(jnp.sqrt(access**2 + (wide**2 - access**2) * t), plane.beside)

    pieces = [
        eme.uniform(widening(jnp.zeros(())), 0.0),
        _staircase(widening, horn, SLICES["crossing"]),
        eme.uniform(section(wide, plane.core), wide / 2),
    ]
    half = eme.scatter(pieces, wl, MODES).blocks
    blocks = scattering.chain(half, scattering.Blocks(half.s22, half.s21, half.s12, half.s11))
    return {"through": blocks.s21[0, 0], "back": blocks.s11[0, 0]}


def by_pair(found: Mapping[str, Array]) -> dict[tuple[str, str], Array]:
    """As `devices.Solver` has it."""
    return {(name.split()[0], name.split()[1]): value for name, value in found.items()}


def onwards(found: Mapping[str, Array], inputs: int) -> dict[tuple[str, str], Array]:
    """What a branch sends on, as `devices.Solver` has it; what it sends back is left out."""
    west = {f"o{number}" for number in range(1, inputs + 1)}
    pairs = by_pair(found)
    return {way: s if (way[0] in west) != (way[1] in west) else jnp.zeros_like(s) for way, s in pairs.items()}


def body_profile(profile: Any) -> np.ndarray:
    """Widths in the middle of the body's slices, from a profile over 0 to 1."""
    count = SLICES["body"]
    return np.asarray(profile((np.arange(count) + 0.5) / count))
