"""What grows on a waveguide: conformal adlayers as geometry, and the shift that a nanometre of them makes.

A layer covers the faces of the core that the liquid reaches, walls too, with the same thickness along each face's
normal. `slope` differentiates n_eff by the thickness through the lines of the mesh, exactly. `sheet` is the second way,
from the field on the outer face: a boundary that moves by dt into the liquid changes n_eff by

    dn_eff/dt = 1/(4 Z0) ∮ [(ε_film - ε_liquid) |E_t|² + (1/ε_liquid - 1/ε_film) |D_n|²] dl     (field of 1 W),

for a perturbation whose boundary moves (S. G. Johnson et al., Phys. Rev. E 65, 066611 (2002),
doi:10.1103/PhysRevE.65.066611), in which E_t and D_n are what is continuous. On a bare guide it gives the slope of the
first molecule. Lengths in µm, angles in degrees from the horizontal.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides import Modes, Resolution, solve
from lingnan.solvers.waveguides.engine import Found, Problem, group, value
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section
from lingnan.solvers.waveguides.measures import field_or_zero
from lingnan.solvers.waveguides.topology import Window

#: points of Gauss on each stretch of a face, and the stretches' ends as shares of it: closer towards the corners
POINTS, STRETCHES = 12, (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)


def strip(
    width: ArrayLike,
    thickness: ArrayLike,
    layer: ArrayLike,
    core: Any,
    film: Any,
    cladding: Any,
    *,
    substrate: Any,
    sidewall_angle_deg: ArrayLike = 90.0,
    on_substrate: bool = False,
    window: Window | None = None,
) -> Geometry:
    """A strip, standing on y = 0, under a conformal layer on top and both walls.

    Args:
        width: of the core at half its height [µm].
        thickness: of the core [µm].
        layer: thickness of the film along the normal of each face [µm].
        core: medium of the core.
        film: medium of the layer.
        cladding: medium of the liquid.
        substrate: medium below y = 0.
        sidewall_angle_deg: 90 upright.
        on_substrate: whether the film covers the substrate beside the core too.
        window: left, right, bottom, top [µm]; None: chosen by `solve`.
    """

    def shapes(width: Any, thickness: Any, layer: Any, lean: Any, norm: Any) -> list[Trapezoid]:
        bed = [Trapezoid(film, 0.0, layer, name="bed")] if on_substrate else []
        return [*bed, *_dressed(core, film, 0.0, 0.0, thickness, width, layer, lean, norm, "core")]

    return _build(shapes, (width, thickness), layer, sidewall_angle_deg, cladding, substrate, window, (1.0, 0.5))


def rib(
    width: ArrayLike,
    thickness: ArrayLike,
    slab: ArrayLike,
    layer: ArrayLike,
    core: Any,
    film: Any,
    cladding: Any,
    *,
    substrate: Any,
    sidewall_angle_deg: ArrayLike = 90.0,
    window: Window | None = None,
) -> Geometry:
    """A rib under a conformal layer on its top, its walls and the slab; arguments as in `strip`, `slab` [µm]."""

    def shapes(width: Any, thickness: Any, slab: Any, layer: Any, lean: Any, norm: Any) -> list[Trapezoid]:
        bed = [Trapezoid(film, slab, slab + layer, name="bed"), Trapezoid(core, 0.0, slab, name="slab")]
        return [*bed, *_dressed(core, film, 0.0, slab, thickness, width, layer, lean, norm, "core")]

    sizes, typical = (width, thickness, slab), (1.0, 0.5, 0.2)
    return _build(shapes, sizes, layer, sidewall_angle_deg, cladding, substrate, window, typical)


def slot(
    width: ArrayLike,
    gap: ArrayLike,
    thickness: ArrayLike,
    layer: ArrayLike,
    core: Any,
    film: Any,
    cladding: Any,
    *,
    substrate: Any,
    window: Window | None = None,
) -> Geometry:
    """Two upright strips with a slot between them, each under a conformal layer; `width` of each, `gap` bare [µm]."""
    if not is_traced(gap, layer) and not 2 * float(np.asarray(layer)) < float(np.asarray(gap)):
        raise ValueError(
            f"surface.slot: layer = {layer} µm on both walls closes the slot of {gap} µm. Use a layer below "
            f"{float(np.asarray(gap)) / 2:g} µm or a wider gap."
        )

    def shapes(width: Any, gap: Any, thickness: Any, layer: Any, lean: Any, norm: Any) -> list[Trapezoid]:
        middle = (gap + width) / 2
        left = _dressed(core, film, -middle, 0.0, thickness, width, layer, lean, norm, "left")
        return [*left, *_dressed(core, film, middle, 0.0, thickness, width, layer, lean, norm, "right")]

    return _build(shapes, (width, gap, thickness), layer, 90.0, cladding, substrate, window, (1.0, 1.0, 0.5))


def _dressed(
    core: Any, film: Any, x: Any, bottom: Any, top: Any, width: Any, layer: Any, lean: Any, norm: Any, name: str
) -> list[Trapezoid]:
    """Film and core about x; `lean` is the cotangent of the wall's angle, `norm` the inverse of its sine."""
    height = top - bottom
    low = width / 2 + lean * height / 2
    high, out = low - lean * height, low + layer * norm
    over = out - lean * (height + layer)
    return [
        Trapezoid(film, bottom, top + layer, x - out, x + out, x - over, x + over, "film"),
        Trapezoid(core, bottom, top, x - low, x + low, x - high, x + high, name),
    ]


def _build(
    shapes: Callable[..., list[Trapezoid]], sizes: tuple[Any, ...], layer: Any, angle_deg: Any, cladding: Any,
    substrate: Any, window: Window | None, typical: tuple[float, ...],
) -> Geometry:  # fmt: skip
    """A cross-section; `typical` sizes stand for traced ones where it is decided which line follows which edge."""
    for size in (*sizes, layer):
        check_between("surface", "size", size, 0.0, np.inf, "µm", "A layer of zero is no region: see `sheet`.")
    check_between("surface", "sidewall_angle_deg", angle_deg, 20.0, 160.0, "degrees", "90 is upright.")

    def whole(*numbers: Any) -> list[Trapezoid]:
        return [Trapezoid(substrate, top=0.0, name="substrate"), *shapes(*numbers)]

    angle = jnp.deg2rad(jnp.asarray(angle_deg, float)) if is_traced(angle_deg) else np.deg2rad(float(angle_deg))
    xp = jnp if is_traced(angle) else np
    upright = not is_traced(angle_deg) and float(angle_deg) == 90.0
    lean, norm = (0.0, 1.0) if upright else (1 / xp.tan(angle), 1 / xp.sin(angle))
    far = (-1e3, 1e3, -1e3, 1e3)
    numbers = (*sizes, layer, lean, norm)
    topology = None
    if is_traced(numbers, window):
        leaning = (0.0, 1.0) if upright else (0.1, 1.005)
        topology = cross_section(whole(*typical, 0.05, *leaning), background=1.0, window=far).topology
    geometry = cross_section(whole(*numbers), background=cladding, window=window or far, topology=topology)
    names = tuple("cladding" if n == "background" else n for n in geometry.names)
    return replace(geometry, names=names, open=window is None)


class Slope(NamedTuple):
    """One mode, and what a number of its cross-section does to it."""

    n_eff: Array
    n_g: Array
    slope: Array  #: dn_eff by that number [1/µm where it is a length]
    modes: Modes  #: the solve that all of it comes from


def slope(
    build: Callable[[Any], Geometry],
    at: ArrayLike,
    wavelength: ArrayLike = 1.55,
    *,
    mode: int = 0,
    resolution: Resolution | None = None,
) -> Slope:
    """dn_eff by any number of a cross-section, such as the thickness of a layer, from one solve.

    Args:
        build: makes the cross-section from the number, such as a partial `surface.strip`.
        at: the number.
        wavelength: in vacuum [µm].
        mode: counted from the highest n_eff.
        resolution: of the mesh.
    """
    modes = solve(build(at), wavelength, mode + 1, resolution=resolution)
    here = jnp.asarray(at, float)
    _, motion = jax.jvp(build, (here,), (jnp.ones_like(here),))
    moved = _moved(modes.problem, replace(motion, open=modes.problem.geometry.open), modes.found, mode)
    return Slope(modes.n_eff[mode].real, group(modes.problem, modes.found)[mode], moved, modes)


@partial(jax.jit, static_argnums=3)
def _moved(problem: Problem, motion: Geometry, found: Found, mode: int) -> Array:
    """Slope of n_eff along a motion of the lines, levels and media."""
    start = (problem.geometry.lines, problem.geometry.levels)

    def index(lines: Array, levels: Array) -> Array:
        return value(replace(problem, geometry=replace(problem.geometry, lines=lines, levels=levels)), found)[mode].real

    start = tuple(jnp.asarray(a) for a in start)
    return jax.jvp(index, start, (motion.lines, motion.levels))[1]


class Face(NamedTuple):
    """Points on a face with their normals out of the solid and the length that each stands for [µm]."""

    x: Array
    y: Array
    normal_x: Array
    normal_y: Array
    length: Array


def faces(width: ArrayLike, thickness: ArrayLike, layer: ArrayLike = 0.0) -> Face:
    """The outer faces of an upright strip under a layer: left, top and right [µm]."""
    check_between("faces", "width", width, 0.0, np.inf, "µm", "")
    check_between("faces", "thickness", thickness, 0.0, np.inf, "µm", "")
    check_no_less("faces", "layer", layer, 0.0, "µm", "")
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    ends = np.asarray(STRETCHES)
    half = np.diff(ends) / 2
    share = jnp.asarray(((ends[:-1] + half)[:, None] + half[:, None] * node).ravel())
    part = jnp.asarray((half[:, None] * weight).ravel())
    out, top = jnp.asarray(width) / 2 + layer, jnp.asarray(thickness) + layer
    one, zero = jnp.ones_like(share), jnp.zeros_like(share)
    left = Face(-out * one, share * top, -one, zero, part * top)
    right = Face(out * one, share * top, one, zero, part * top)
    over = Face(out * (2 * share - 1), top * one, zero, one, 2 * part * out)
    return Face(*(jnp.concatenate(parts) for parts in zip(left, over, right, strict=True)))


def sheet(modes: Modes, face: Face, film: ArrayLike, liquid: ArrayLike) -> Array:
    """dn_eff by the thickness of what grows on a face [1/µm], (modes,), from the field in the liquid.

    Args:
        modes: of the bare guide, or of one with a layer already.
        face: where it grows.
        film: index of what grows.
        liquid: index of what it takes the place of.
    """
    nudge = 1e-7  # µm: into the liquid, whose field the formula takes
    field = field_or_zero(modes, face.x + nudge * face.normal_x, face.y + nudge * face.normal_y).E
    normal = field[:, 0] * face.normal_x + field[:, 1] * face.normal_y
    along = jnp.sum(jnp.abs(field) ** 2, axis=1) - jnp.abs(normal) ** 2
    new, old = jnp.asarray(film) ** 2, jnp.asarray(liquid) ** 2
    density = (new - old) * along + (1 / old - 1 / new) * old**2 * jnp.abs(normal) ** 2
    return jnp.sum(density * face.length, axis=-1) / (4 * Z0)
