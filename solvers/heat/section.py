"""Cross-sections for heat: what fills each region, which regions are heated, and the mesh for them.

Shapes and topology are those of `waveguides.cross_section`; media are thermal conductivities and capacities here. How
many elements an interval between two edges gets is counted once, from numbers; where they stand is a smooth function of
the geometry.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import check_between, check_no_less, whole
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.materials.crystal import Oriented, parse
from lingnan.solvers.materials.material import Material
from lingnan.solvers.modulators.section import moved, ordered
from lingnan.solvers.tracing import held, namespace
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section
from lingnan.solvers.waveguides.grid import Resolution, discretise
from lingnan.solvers.waveguides.topology import Window

#: a column narrower than this holds no element that round-off spares [µm]
NARROWEST = 1e-5


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ThermalMedium:
    """A medium for heat; neither number follows temperature."""

    conductivity: Any  #: [W/(m K)], a number or (3, 3) in the layout's axes x (across), y (up), z (along)
    capacity: Any = None  #: of a volume [J/(m³ K)]; only rise times ask for it

    @property
    def tensor(self) -> Array:
        """Conductivity across the guide, (2, 2) [W/(m K)]."""
        k = jnp.asarray(self.conductivity, float)
        return k[:2, :2] if k.ndim == 2 else k * jnp.eye(2)

    def mixed(self, other: "ThermalMedium", share: Any) -> "ThermalMedium":
        """`share` of this medium and the rest of another, side by side along the guide: conductances add up."""
        capacities = self.capacity, other.capacity
        known = all(c is not None for c in capacities)
        return ThermalMedium(
            share * _full(self.conductivity) + (1 - share) * _full(other.conductivity),
            share * self.capacity + (1 - share) * other.capacity if known else None,
        )


def _full(conductivity: Any) -> Array:
    k = jnp.asarray(conductivity, float)
    return k if k.ndim == 2 else k * jnp.eye(3)


def thermal_medium(given: Any) -> ThermalMedium:
    """A medium from a conductivity [W/(m K)], a `ThermalMedium`, a material, or the name of one ("LiNbO3-x-cut")."""
    if isinstance(given, ThermalMedium):
        return given
    if isinstance(given, str):
        return thermal_medium(parse(given))
    if isinstance(given, Oriented):
        along = given.material.heat_conductivity
        turned = jnp.einsum("ik,k,jk->ij", given.rotation, along, given.rotation)
        return ThermalMedium(turned, capacity_of(given))
    if isinstance(given, Material):
        k = given.number("heat_conductivity").value  # plain numbers, also while JAX traces
        if given.uniaxial and k[0] != k[-1]:
            raise ValueError(
                f"thermal_medium: {given.name} conducts differently along its axes: say how it is cut, such as "
                f'"{given.name}-x-cut".'
            )
        return ThermalMedium(k[0], capacity_of(given))
    k = jnp.asarray(given, float)
    said = (
        "thermal_medium: conductivity {value:g} W/(m K): it must be above 0 W/(m K), or heat would never leave. Air is "
        "0.026."
    )
    if k.shape not in ((), (3, 3)):
        raise ValueError(f"thermal_medium of shape {k.shape}: give one conductivity in W/(m K) or a (3, 3) tensor.")
    along = jnp.diag(_full(k))
    return ThermalMedium(k * whole(held(along > 0, said, value=along)))


def capacity_of(given: str | Material | Oriented) -> float | None:
    """Heat capacity of a volume of a material [J/(m³ K)]; None where it is not known."""
    found = parse(given) if isinstance(given, str) else given
    material = found.material if isinstance(found, Oriented) else found
    return material.heat_capacity if "heat_capacity" in dict(material.properties) else None


@dataclass(frozen=True)
class Fineness:
    """How fine the mesh is. Static."""

    order: int = 3  #: of the polynomials
    scale: float = 0.35  #: intervals longer than this get more cells, two for each factor of `growth` [µm]
    outer: int = 5  #: cells between the outermost edge and a wall
    growth: float = 3.0  #: size of a cell over that of its neighbour nearer to an edge
    outer_growth: float = 4.0  #: the same outside

    def __post_init__(self) -> None:
        check_no_less("Fineness", "order", self.order, 2.0, "", "The elimination needs unknowns inside of an edge.")
        check_no_less("Fineness", "outer", self.outer, 1.0, "", "")
        check_between("Fineness", "scale", self.scale, 0.0, math.inf, "µm", "")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Section:
    """A cross-section with heat sources."""

    geometry: Geometry  #: lines and levels; its media are not used
    media: tuple[ThermalMedium, ...]  #: of the regions
    sources: tuple[str, ...] = field(metadata={"static": True})  #: of each medium, "" for what is not heated
    cold: tuple[str, ...] = field(default=("bottom",), metadata={"static": True})  #: walls at ambient temperature
    fineness: Fineness = field(default=Fineness(), metadata={"static": True})

    @property
    def terminals(self) -> tuple[str, ...]:
        """Names of the sources."""
        return tuple(dict.fromkeys(name for name in self.sources if name))

    def mesh(self) -> tuple[Mesh, np.ndarray]:
        """The mesh, and for each element (nx, ny) which of `media` fills it."""
        f = self.fineness
        mesh, regions = discretise(self.geometry, Resolution(f.order, 1, 1, f.growth, f.outer_growth))
        return Mesh(jnp.asarray(mesh.x), jnp.asarray(mesh.y)), regions


def section(
    shapes: Sequence[Trapezoid],
    *,
    background: Any,
    window: Window,
    sources: Sequence[str],
    cold: tuple[str, ...] = ("bottom",),
    fineness: Fineness | None = None,
    like: Section | None = None,
) -> Section:
    """Any cross-section of layers and trapezoids, some of them heated evenly.

    Args:
        shapes: trapezoids and layers, later ones over earlier ones; each medium as `thermal_medium` takes it.
        background: medium of what no shape covers.
        window: left, right, bottom, top [µm]. Where a wall is not cold no heat crosses it.
        sources: names of the heated shapes.
        cold: walls at ambient temperature.
        fineness: of the mesh.
        like: a section made from plain numbers, whose topology and mesh this one takes; needed for traced numbers.

    Raises:
        ValueError: no such shape or wall, or no cold wall at all.
    """
    unknown = sorted(set(cold) - set(WALLS))
    if unknown or not cold:
        raise ValueError(
            f"section: cold = {cold}: one or more of {', '.join(WALLS)}. With none of them the section would heat up "
            "for ever."
        )
    names = [s.name for s in shapes]
    missing = sorted(set(sources) - set(names))
    if missing or not sources:
        raise ValueError(
            f"section: sources {missing or 'none'}: name one or more of the shapes {', '.join(n for n in names if n)}."
        )
    plain = [replace(s, medium=1.0) for s in shapes]
    if like and like.geometry.topology:
        lines, levels = moved(like.geometry.topology, plain, window)
        levels = levels * ordered(lines, levels)
        geometry = replace(like.geometry, lines=lines, levels=levels)
    else:
        geometry = cross_section(plain, background=1.0, window=window)
    geometry = replace(geometry, lines=geometry.lines * _apart(geometry.lines))
    media = {"background": thermal_medium(background)}
    media |= {s.name or f"shape{k}": thermal_medium(s.medium) for k, s in enumerate(shapes)}
    used = tuple(media[n] for n in geometry.names)
    heated = tuple(n if n in sources else "" for n in geometry.names)
    hidden = sorted(set(sources) - set(heated))
    if hidden:
        raise ValueError(f"section: sources {hidden} lie wholly under later shapes. Put them last.")
    fine = fineness or (like.fineness if like else Fineness())
    if not like:
        lengths = np.diff(np.mean(np.asarray(geometry.lines), axis=1)), np.diff(np.asarray(geometry.levels))
        geometry = geometry.resolved(*(_counts(one, fine) for one in lengths))
    return Section(geometry, used, heated, cold, fine)


def _apart(lines: Any) -> Array | float:
    """1; refuses edges that stand above one another without touching: no element fits between their two lines."""
    said = (
        f"section: two edges at x = {{x:g}} µm lie {{apart:.1e}} µm apart (limit {NARROWEST:g} µm), on different "
        "heights. Move one of them by a nanometre or more."
    )
    xp = namespace(lines)
    widest = xp.max(xp.diff(lines, axis=0), axis=1)
    # what is NaN was told before
    return whole(held(~(widest < NARROWEST), said, x=lines[:-1, 0], apart=widest))


def _counts(lengths: np.ndarray, f: Fineness) -> tuple[int, ...]:
    """How many cells each interval gets: the outermost `outer`, others two more for each growth of their length."""
    if len(lengths) == 1:
        return (2 * f.outer,)

    def inner(length: float) -> int:
        return max(1, math.ceil(2 * math.log(1 + length / f.scale, f.growth)))

    return (f.outer, *(inner(float(length)) for length in lengths[1:-1]), f.outer)
