"""Waves in a plane: a guide on the left sends its mode into any arrangement of rectangles, and what comes out is
measured.

Plane of x (along the guide) and y (up); nothing changes along the third axis. "te" has E, "tm" has H along that axis:

    te: ∇²u + k² ε u = 0,        tm: ∇·(∇u/ε) + k² u = 0.

Elements on lines and levels that follow every edge, absorbing layers (complex coordinates) at all four walls, the
direct solver of `linalg.columns`. The mode is launched by a sheet of current whose profile is the mode of the same
elements in one dimension, so it starts without a trace of anything else. Lengths in µm, exp(-iωt). Power counts in
units of the mode's own.
Sources: A. Taflove, Computational Electrodynamics (3rd ed.), §5 (launching); L. Novotny and B. Hecht, Principles of
Nano-Optics (2nd ed.), §3.3 (beams as sums of plane waves).
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole, within
from lingnan.solvers.devices import planar
from lingnan.solvers.devices.planar import Basis, Planar
from lingnan.solvers.elements import helmholtz
from lingnan.solvers.elements.mesh import as_mesh
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.linalg.direct import solve_symmetric
from lingnan.solvers.tracing import held

Polarization = Literal["te", "tm"]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Plane:
    """Rectangles: what `launch` solves. The outermost columns and rows are the absorbing layers."""

    x: Array  #: (nx + 1,) lines, rising [µm]
    y: Array  #: (ny + 1,) levels, rising [µm]
    epsilon: Array  #: (nx, ny) relative permittivity
    polarization: Polarization = field(default="te", metadata={"static": True})
    order: int = field(default=5, metadata={"static": True})
    absorber: int = field(default=2, metadata={"static": True})  #: columns and rows at each wall that absorb
    strength: float = field(default=4.0, metadata={"static": True})  #: largest slope of the complex stretch


class Beam(NamedTuple):
    """A Gaussian beam, such as the mode of a fibre."""

    mode_field_diameter: ArrayLike = 10.4  #: 1/e² intensity [µm]
    angle: ArrayLike = 0.0  #: of its axis from the vertical, towards +x, in the medium where it is measured [rad]
    position: ArrayLike = 0.0  #: x of its waist [µm]
    height: ArrayLike = 0.0  #: y of its waist above the level where it is measured [µm]


class Outcome(NamedTuple):
    """What became of a mode of power one."""

    reflection: Array  #: amplitude of the mode going back, at the line where it was launched
    transmission: Array  #: amplitude of the mode going on, at the last line before the absorber
    up: Array  #: power through the level `above`
    down: Array  #: power through the level `below`
    x: Array  #: (points,) where the field above is given [µm]
    weights: Array  #: (points,) of an integral over x
    field: Array  #: u on the level `above`
    slope: Array  #: ∂u/∂y there
    admittance: Array  #: 1 (te) or 1/ε (tm) of the medium there
    wavenumber: Array  #: k n of the medium there [1/µm]
    beta: Array  #: of the launched mode [1/µm]

    def into(self, beam: Beam) -> Array:
        """Power coupled into a beam; by reciprocity also from the beam into the guide.

        η = |∫ (g* ∂u - u ∂g*) a dx|² / (2 β · 2 Im ∫ g* ∂g a dx), a = 1 or 1/ε: exact for beams in a uniform half
        space.
        """
        fine = within("into", "mode_field_diameter", beam.mode_field_diameter, 0.0, jnp.inf, "µm", "")
        fine = fine * within("into", "angle", beam.angle, -jnp.pi / 2, jnp.pi / 2, "rad", "Is it in degrees?")
        g, dg = _gaussian(beam, self.x, self.wavenumber)
        crossed = jnp.sum((g.conj() * self.slope - self.field * dg.conj()) * self.weights) * self.admittance
        own = 2 * jnp.sum((g.conj() * dg).imag * self.weights) * self.admittance
        return fine * jnp.abs(crossed) ** 2 / (2 * self.beta.real * own)


def launch(plane: Plane, wavelength: ArrayLike, line: int, above: int, below: int, core: int) -> Outcome:
    """Send the mode of the guide at `line` towards +x.

    Args:
        plane: rectangles; columns left of `line` must all be the same guide.
        wavelength: in vacuum [µm].
        line: index into `x` of the line where the mode starts.
        above: index into `y` of the level where the outgoing field is taken (uniform above).
        below: the same for the light that goes down.
        core: row of elements in which the guide's light is: of all modes, that with the largest share there is taken.
            (The
            highest β will not do: a silicon substrate carries faster ones.)
    """
    fine = _check(plane, wavelength, line, above, below, core)
    found = _launch(plane, jnp.asarray(wavelength, float), line, above, below, core)
    if isinstance(fine, float):
        return found
    names = "reflection", "transmission", "up", "down", "field", "slope"
    return found._replace(**{name: fine * getattr(found, name) for name in names})


@jax.jit(static_argnums=(2, 3, 4, 5))
def _launch(plane: Plane, wavelength: Array, line: int, above: int, below: int, core: int) -> Outcome:
    k0 = 2 * jnp.pi / wavelength
    x, y = (_stretched(a, plane.absorber, plane.strength) for a in (plane.x, plane.y))
    mesh = as_mesh(x, y)
    element = helmholtz.nodal_element(plane.order)
    lay = helmholtz.layout(mesh.nx, mesh.ny, plane.order)
    eps = plane.epsilon.astype(complex)
    one = jnp.ones_like(eps)
    a, b = (one, k0**2 * eps) if plane.polarization == "te" else (1 / eps, k0**2 * one)
    elements = helmholtz.matrices(element, mesh, a, b)
    free = helmholtz.walls_held(lay)
    if plane.polarization == "te":
        elements = helmholtz.hold(lay, elements, free)

    start, mass = _guide(plane, y, eps[line - 1], wavelength)
    goal, goal_mass = _guide(plane, y, eps[-plane.absorber], wavelength)
    mode, mode_on = _in_core(start, core), _in_core(goal, core)
    beta = start.beta[mode]
    sheet = -2j * beta * (mass @ start.vectors[mode])
    corner, vertical = lay.from_lines(jnp.zeros((mesh.nx + 1, lay.line), complex).at[line].set(sheet))
    zero = lay.unflatten(jnp.zeros(lay.size, complex))
    rhs = zero._replace(corner=corner, vertical=vertical)
    solved = lay.unflatten(solve_symmetric(lay, elements, lay.flatten(rhs)))

    lines = lay.to_lines(solved)
    back = start.vectors[mode] @ mass @ lines[line] - 1
    on = goal.vectors[mode_on] @ goal_mass @ lines[-1 - plane.absorber] * jnp.sqrt(goal.beta[mode_on] / beta)
    local = lay.to_elements(solved)
    skip = slice(plane.absorber, mesh.nx - plane.absorber)
    points, weights = gauss(plane.order + 1)
    half = jnp.diff(plane.x)[skip] / 2
    across = ((plane.x[:-1] + plane.x[1:])[skip, None] / 2 + half[:, None] * points).reshape(-1)
    weight = (half[:, None] * weights).reshape(-1)

    def on_level(row: int, eta: float) -> tuple[Array, Array, Array]:
        """u and ∂u/∂y at the bottom (eta = -1) or top (1) of a row of elements, and a there."""
        table = helmholtz.tables(plane.order, points, np.full_like(points, eta))
        rise = (plane.y[row + 1] - plane.y[row]) / 2
        u = jnp.einsum("qn,xn->xq", table[2], local[skip, row]).reshape(-1)
        du = jnp.einsum("qn,xn->xq", table[1], local[skip, row]).reshape(-1) / rise
        return u, du, jnp.repeat(a[skip, row], len(points), total_repeat_length=u.shape[0])

    u, du, a_up = on_level(above, -1.0)
    v, dv, a_down = on_level(below - 1, 1.0)
    up = jnp.sum((a_up * u.conj() * du).imag * weight) / beta.real
    down = -jnp.sum((a_down * v.conj() * dv).imag * weight) / beta.real
    return Outcome(
        back, on, up, down, across, weight, u, du, a_up[0].real, k0 * jnp.sqrt(eps[plane.absorber, above]).real, beta
    )


def _guide(plane: Plane, y: Array, epsilon: Array, wavelength: Array) -> tuple[Basis, Array]:
    """Modes of one column, at the nodes of a vertical line, and the matrix of their scalar product."""
    section = Planar(y, epsilon, (1,) * epsilon.shape[0], plane.polarization, plane.order)
    return planar.modes(section, wavelength), planar.product(section)


def _in_core(basis: Basis, core: int) -> Array:
    """Number of the mode with the largest share of |u|² at the nodes of one row."""
    p = basis.section.order
    share = jnp.abs(basis.vectors) ** 2
    within = jnp.sum(share[:, core * p + 1 : (core + 1) * p], axis=1)
    # evanescent modes may sit in the core as well: they do not carry light
    carries = basis.beta2.real > jnp.abs(basis.beta2.imag)
    return jnp.argmax(jnp.where(carries, within / jnp.sum(share, axis=1), 0.0))


def _stretched(u: Array, cells: int, strength: float) -> Array:
    """Complex positions inside the outer cells: depth σ d t³/3, with t from 0 to 1 across the absorber."""
    low, high = u[cells], u[-1 - cells]
    d_low, d_high = low - u[0], u[-1] - high
    into = jnp.maximum(low - u, 0) / d_low
    out = jnp.maximum(u - high, 0) / d_high
    return u + 1j * strength / 3 * (d_high * out**3 - d_low * into**3)


def _gaussian(beam: Beam, x: Array, wavenumber: Array) -> tuple[Array, Array]:
    """The beam and its derivative by y at (x, 0), as a sum of plane waves about its axis."""
    points, weights = gauss(96)
    half_width = wavenumber * jnp.asarray(beam.mode_field_diameter) / 4  # k w0 / 2
    tilt = jnp.minimum(6 / half_width, 1.2) * points  # exp(-36) at the ends of the spectrum
    strength = weights * jnp.exp(-((half_width * jnp.sin(tilt)) ** 2)) * jnp.cos(tilt)
    k_x = wavenumber * jnp.sin(beam.angle + tilt)
    k_y = wavenumber * jnp.cos(beam.angle + tilt)
    wave = strength * jnp.exp(1j * (k_x * (x[:, None] - beam.position) - k_y * beam.height))
    return jnp.sum(wave, axis=1), jnp.sum(1j * k_y * wave, axis=1)


def _check(plane: Plane, wavelength: ArrayLike, line: int, above: int, below: int, core: int) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong."""
    nx, ny = plane.x.shape[0] - 1, plane.y.shape[0] - 1
    if plane.epsilon.shape != (nx, ny):
        raise ValueError(
            f"launch: epsilon has shape {plane.epsilon.shape}, and {nx + 1} lines by {ny + 1} levels make ({nx}, {ny})."
        )
    free_x, free_y = range(plane.absorber, nx - plane.absorber + 1), range(plane.absorber, ny - plane.absorber + 1)
    for name, value, allowed in (("line", line, free_x), ("above", above, free_y), ("below", below, free_y)):
        if value not in allowed:
            raise ValueError(
                f"launch: {name} = {value} lies in an absorbing layer or outside: give an index from {allowed[0]} to "
                f"{allowed[-1]}."
            )
    if core not in range(plane.absorber, ny - plane.absorber):
        raise ValueError(
            f"launch: core = {core} is no row between the absorbing layers: give one from {plane.absorber} to "
            f"{ny - plane.absorber - 1}."
        )
    fine = [within("launch", "wavelength", wavelength, 0.0, np.inf, "µm", "Give it in µm.")]
    for name, places in (("x", plane.x), ("y", plane.y)):
        said = f"launch: the places in {name} do not rise: an element is {{value:g}} µm long."
        steps = jnp.diff(places)
        fine.append(held(jnp.min(steps) > 0, said, value=jnp.min(steps)))
    said = "launch: a permittivity is not finite. Check where the numbers come from."
    return whole(*fine, held(jnp.all(jnp.isfinite(plane.epsilon)), said))
