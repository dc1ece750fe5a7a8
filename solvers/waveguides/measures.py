"""What is measured on modes: confinement, area, overlap. All differentiable.

Integrals run over the quadrature points of the elements, which follow every interface, so regions are sharp.
"""

from collections.abc import Callable
from typing import Literal

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.tracing import insist, is_traced
from lingnan.solvers.waveguides import fields, joints
from lingnan.solvers.waveguides.fields import Fields
from lingnan.solvers.waveguides.given import check_made
from lingnan.solvers.waveguides.media import Named
from lingnan.solvers.waveguides.modes import Modes, each
from lingnan.solvers.waveguides.probe import probe

Region = str | Callable[[Array, Array], Array]
Kind = Literal["power", "electric", "sensing"]


def confinement(modes: Modes, region: Region, kind: Kind = "power") -> Array:
    """Share of each mode in a region, (modes,).

    Args:
        modes: of one cross-section.
        region: name of a shape ("core", "cladding", …) or of a material ("SiO2"), or a function of x and y [µm] that is
            true inside.
        kind: "power": ∫_A S_z / ∫ S_z, which stays below 1.
            "electric": ∫_A |E|² / ∫ |E|², likewise.
            "sensing": n_A ∫_A |E|² / (Z0 ∫ Re(E × H*)·ẑ), which is ∂n_eff/∂n_A, may exceed 1, and is what a sensor and
            an absorber see: loss = Γ α (J. T. Robinson et al., Opt. Express 16, 4296 (2008), doi:10.1364/OE.16.004296).

    Raises:
        ValueError: there is no such region.
    """
    check_made("confinement", "modes", modes, Modes, "Give what `solve` returns.")
    if kind not in ("power", "electric", "sensing"):
        raise ValueError(f"confinement: kind = {kind!r}. {did_you_mean(str(kind), ('power', 'electric', 'sensing'))}")

    @each
    def share(modes: Modes) -> Array:
        f, grid = modes.fields, modes.grid
        inside = _mask(modes, region, grid.x, grid.y) * grid.area
        flux = (f.E[:, 0] * f.H[:, 1].conj() - f.E[:, 1] * f.H[:, 0].conj()).real
        strength = jnp.sum(jnp.abs(f.E) ** 2, axis=1)
        if kind == "power":
            return _sum(flux * inside) / _sum(flux * grid.area)
        if kind == "electric":
            return _sum(strength * inside) / _sum(strength * grid.area)
        index = jnp.sqrt(_mean_permittivity(modes))
        return _sum(index * strength * inside) / fields.Z0 / _sum(flux * grid.area)

    return share(modes)


def effective_area(modes: Modes) -> Array:
    """(∫|E|² dA)² / ∫|E|⁴ dA of each mode [µm²]: G. P. Agrawal, Nonlinear Fiber Optics, §2.3, with all of E."""
    check_made("effective_area", "modes", modes, Modes, "Give what `solve` returns.")

    @each
    def area(modes: Modes) -> Array:
        strength, cell = jnp.sum(jnp.abs(modes.E) ** 2, axis=1), modes.grid.area
        return _sum(strength * cell) ** 2 / _sum(strength**2 * cell)

    return area(modes)


def overlap(one: Modes, two: Modes) -> Array:
    """¼ ∫ (E_i × H_j* + E_j* × H_i)·ẑ dA between modes of 1 W, (modes of one, modes of two), complex.

    Of the same cross-section: the identity, in lossless media. The modulus squared is the power that mode i launches
    into mode j at a butt joint, reflection left out; `devices.overlap.coupling` takes an offset and a tilt. The fields
    of either count as 0 outside its own window. Smooth in the numbers of both guides, of which the points of the
    integral follow the interfaces (`joints`). Where one of the first lies on one of the second, the derivative is that
    of moving apart to one side; what both sides differ by goes with the mesh's error.
    """
    for name, modes in (("one", one), ("two", two)):
        check_made("overlap", name, modes, Modes, "Give what `solve` returns.")
    if one is two:
        return inner(one.fields, one.fields, one.grid.area)
    return joints.launched(joints.Guide.of(one), one.order, joints.Guide.of(two), two.order)


def inner(a: Fields, b: Fields, area: Array) -> Array:
    """The overlap integral of two sets of fields at the same points: (modes of a, modes of b)."""
    first = jnp.einsum("ixy,jxy,xy->ij", a.E[:, 0], b.H[:, 1].conj(), area)
    first = first - jnp.einsum("ixy,jxy,xy->ij", a.E[:, 1], b.H[:, 0].conj(), area)
    second = jnp.einsum("ixy,jxy,xy->ij", a.H[:, 1], b.E[:, 0].conj(), area)
    second = second - jnp.einsum("ixy,jxy,xy->ij", a.H[:, 0], b.E[:, 1].conj(), area)
    return (first + second) / 4


def field_at(modes: Modes, x: Array, y: Array) -> Fields:
    """E and H at any points of the window [µm]: (modes, 3, *x.shape).

    Raises:
        ValueError: a point lies outside the window, where nothing was solved. Under tracing fields are 0 there, and it
            raises inside `checked` alone.
    """
    check_made("field_at", "modes", modes, Modes, "Give what `solve` returns.")
    mesh, (px, py) = modes.mesh, jnp.broadcast_arrays(jnp.asarray(x, float), jnp.asarray(y, float))
    left, right, bottom, top = mesh.x[0, 0].real, mesh.x[-1, 0].real, mesh.y[0].real, mesh.y[-1].real
    slack = 1e-9 * (right - left)  # round-off of points on the wall
    fine = (px >= left - slack) & (px <= right + slack) & (py >= bottom - slack) & (py <= top + slack)
    said = (
        "field_at: ({x:g}, {y:g}) µm lies outside the window, {left:g} to {right:g} and {bottom:g} to {top:g} µm, "
        "where nothing was solved. Give the cross-section a larger window=, or points inside."
    )
    shown = {"x": px, "y": py, "left": left, "right": right, "bottom": bottom, "top": top}
    if is_traced(fine):
        insist(fine, said, **shown)
    elif not np.all(fine):
        first = int(np.argmin(fine))
        numbers = {k: float(np.broadcast_to(v, fine.shape).flat[first]) for k, v in shown.items()}
        raise ValueError(said.format(**numbers))
    return field_or_zero(modes, px, py)


def field_or_zero(modes: Modes, x: Array, y: Array) -> Fields:
    """`field_at` with fields that are 0 outside the window."""
    numbers = modes.numbers
    return probe(
        numbers.mesh, modes.order, modes.vectors, modes.beta, modes.wavelength, numbers.curvature,
        jnp.asarray(x), jnp.asarray(y),
    )  # fmt: skip


def _sum(values: Array) -> Array:
    return jnp.sum(values, axis=(-2, -1))


def _points_of(modes: Modes, elements: Array | np.ndarray) -> Array:
    """Values of elements (nx, ny) at the points of the grid."""
    q = modes.order + 1
    return jnp.repeat(jnp.repeat(jnp.asarray(elements), q, axis=0), q, axis=1)


def _mean_permittivity(modes: Modes) -> Array:
    """A third of the trace of Re ε, at the points."""
    eps = modes.epsilon
    diagonal = (jnp.diagonal(eps, axis1=-2, axis2=-1) if eps.ndim == 4 else eps).real
    return _points_of(modes, jnp.mean(diagonal, axis=-1))


def _mask(modes: Modes, region: Region, x: Array, y: Array) -> Array:
    if callable(region):
        return jnp.asarray(region(x, y))
    geometry = modes.problem.geometry
    materials = [m.material.name if isinstance(m, (Named, Oriented)) else "" for m in geometry.media]
    chosen = [region in pair for pair in zip(geometry.names, materials, strict=True)]
    if not any(chosen):
        known = sorted({*geometry.names, *materials} - {""})
        raise ValueError(f"confinement: no region {region!r} in this cross-section. {did_you_mean(str(region), known)}")
    return _points_of(modes, np.asarray(chosen)[modes.regions])
