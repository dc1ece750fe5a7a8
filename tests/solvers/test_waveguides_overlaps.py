"""Shapes that overlap: what is meant is drawn, what is a matter of order is refused with the place."""

import jax
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingnan.solvers import materials
from lingnan.solvers.waveguides import Geometry, Trapezoid, cross_section, topology_of

WINDOW = (-2.0, 2.0, -1.0, 1.0)
CORE = Trapezoid("Si", 0.0, 0.3, -0.5, 0.5, name="core")


def drawn(*shapes: Trapezoid, **more: str) -> Geometry:
    return cross_section(shapes, background="SiO2", window=WINDOW, **more)  # type: ignore[arg-type]


def test_a_shape_half_on_another_is_refused_with_the_place_and_the_area() -> None:
    ring = Trapezoid("Si3N4", 0.1, 0.5, 0.0, 1.0, name="ring")
    with pytest.raises(
        ValueError, match=r"\(core\) and shape 1 \(ring\) overlap.*\(0\.0, 0\.5, 0\.1, 0\.3\) µm, 0\.1 µm²"
    ):
        drawn(CORE, ring)
    with pytest.raises(ValueError, match=r"\(ring\) and shape 1 \(core\) overlap"):
        drawn(ring, CORE)
    kept = drawn(CORE, ring, overlap="later")
    assert kept.names == ("background", "core", "ring")
    assert kept.regions[2] == (0, 1, 2, 2, 0)  # between x = 0 and 0.5: the ring from 0.1 on
    with pytest.raises(ValueError, match='give "refuse", or "later"'):
        drawn(CORE, overlap="first")


def test_leaning_walls_overlap_by_what_they_share() -> None:
    a = Trapezoid(3.4, 0.0, 0.2, -0.5, 0.5, -0.4, 0.4)
    drawn(a, Trapezoid(2.0, 0.0, 0.2, 0.5, 0.9, 0.4, 0.8))  # beside one another, wall on wall
    with pytest.raises(ValueError, match=r"0\.01 µm²"):  # 0.05 wide, 0.2 high
        drawn(a, Trapezoid(2.0, 0.0, 0.2, 0.45, 0.9, 0.35, 0.8))


def test_what_hides_another_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(film\) hides shape 0 \(core\).*change their order"):
        drawn(CORE, Trapezoid("Si3N4", -0.1, 0.5, -0.6, 1.0, name="film"))
    with pytest.raises(ValueError, match=r"\(layer\) hides"):
        drawn(CORE, Trapezoid("Si3N4", -0.1, 0.5, name="layer"))
    with pytest.raises(ValueError, match="neither lies inside"):  # two layers, of which each has a part of its own
        drawn(Trapezoid("Si3N4", -0.1, 0.2), Trapezoid("Si", 0.0, 0.3))


def test_what_is_meant_is_drawn() -> None:
    coating = Trapezoid("Si3N4", -0.1, 0.4, -0.6, 0.6)
    drawn(coating, CORE)  # inside
    drawn(Trapezoid("Si3N4", -0.1, 0.2), CORE)  # into a layer
    drawn(CORE, Trapezoid("Si", 0.1, 0.5, 0.0, 1.0))  # of the same medium
    drawn(CORE, Trapezoid("SiO2", 0.1, 0.5, 0.0, 1.0))  # a hole
    beside = Trapezoid("Ge", 0.0, 0.3, 0.5, 1.0)
    drawn(CORE, beside, Trapezoid("Si3N4", 0.1, 0.2, 0.3, 0.8))  # inside two together
    film = materials.cut("LN", "x")
    drawn(Trapezoid(film, 0.0, 0.3, -0.5, 0.1), Trapezoid(materials.cut("LN", "x"), 0.0, 0.3, 0.0, 0.5))
    with pytest.raises(ValueError, match="overlap"):  # one crystal, turned
        drawn(Trapezoid(film, 0.0, 0.3, -0.5, 0.1), Trapezoid(materials.cut("LN", "x", 30.0), 0.0, 0.3, 0.0, 0.5))


def test_a_crystal_in_numbers_beside_a_named_medium() -> None:
    crystal = [2.1376, 2.2111, 2.2111]
    slab, ridge = Trapezoid(crystal, -0.3, 0.0, -2.0, 2.0), Trapezoid(crystal, 0.0, 0.3, -0.5, 0.5)
    assert drawn(slab, ridge, Trapezoid("SiO2", -0.4, -0.3, -2.0, 2.0)).regions


def test_under_tracing_it_was_decided_with_the_topology() -> None:
    ring = Trapezoid(2.0, 0.1, 0.5, 0.0, 1.0)

    def width(x: float) -> jax.Array:
        shapes = [CORE, Trapezoid(2.0, 0.1, 0.5, x, 1.0)]
        edges = [(s.edge("left"), s.edge("right")) for s in (CORE, ring)]
        return drawn(*shapes, topology=topology_of(edges, WINDOW)).lines  # type: ignore[arg-type]

    assert jax.jacobian(width)(0.0).sum() > 0
    with pytest.raises(ValueError, match="overlap"):
        jax.jit(lambda n: drawn(CORE, Trapezoid(2.0, 0.1, 0.5, 0.0, 1.0), Trapezoid(n, -0.5, -0.4, 0.0, 1.0)).levels)(
            2.0
        )


@given(st.floats(-1.5, 1.4), st.floats(0.05, 0.5), st.floats(-0.8, 0.7), st.floats(0.05, 0.2))
def test_refused_exactly_where_two_boxes_cross(left: float, wide: float, bottom: float, high: float) -> None:
    box = Trapezoid(2.0, bottom, bottom + high, left, left + wide)
    across = min(left + wide, 0.5) - max(left, -0.5)
    up = min(bottom + high, 0.3) - max(bottom, 0.0)
    if min(abs(across), abs(up)) < 1e-7 or 1e-12 < wide - across < 1e-7 or 1e-12 < high - up < 1e-7:
        return  # edges on one another, to round-off
    inside = across >= wide - 1e-12 and up >= high - 1e-12
    if across > 0 and up > 0 and not inside:
        with pytest.raises(ValueError, match="overlap"):
            drawn(CORE, box)
    else:
        drawn(CORE, box)
