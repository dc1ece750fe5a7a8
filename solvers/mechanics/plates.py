"""Clamped plates with residual stress, by Ritz's method: deflection, resonances, buckling, strain where a guide runs.

Thin plates of Kirchhoff under a uniform biaxial stress σ: the energy is D/2 ∫(∇²w)² + σh/2 ∫|∇w|² - ∫p w with
D = E h³/(12(1-ν²)); along a clamped edge the Gaussian curvature adds nothing. Shapes are (1-ρ²)² times polynomials of
ρ² on a circle, and (1-x²)²(1-y²)² times polynomials on a rectangle, orthonormal, so that mass is a unit matrix
(S. Timoshenko, S. Woinowsky-Krieger, Theory of Plates and Shells, 2nd ed. (1959), chapters 3, 6, 12;
A. W. Leissa, Vibration of Plates, NASA SP-160 (1969), chapters 2, 4, 10, for frequencies without and with tension).

Linear in the pressure: stretching stiffens a plate that bends by about its thickness. How much is told by H. M. Berger,
J. Appl. Mech. 22, 465 (1955): the tension is uniform and follows the mean square of the slope. Edges do not move.
Beyond that, and where the stress buckles a plate or rules it, nothing is told: an exception, or inside `jit` NaN and a
warning (`solvers.tracing`).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import below, check_between, check_no_less, known
from lingnan.solvers.mechanics.shapes import ACROSS, radial, series, side
from lingnan.solvers.tracing import marked
from lingnan.solvers.trees import tree

#: share by which stretching may stiffen a plate that is still said to be linear
STRETCHING = 0.1
#: half of the longest size over the width √(D/σh) of the bent rim: beyond it a rim is too thin for polynomials; up to
#: it the middle is right to 1e-5 (circle) and 1e-3 (rectangle)
TENSE = 50.0
#: long sides over short ones: up to it the middle is right to 1e-3
SLENDER = 8.0


@tree
@dataclass(frozen=True)
class Film:
    """What a plate is made of."""

    young: Any  #: modulus [Pa]
    poisson: Any  #: ratio
    density: Any  #: [kg/m³]
    stress: Any = 0.0  #: left in it, biaxial, tension positive [Pa]

    def __post_init__(self) -> None:
        check_between("Film", "young", self.young, 0.0, np.inf, "Pa", "")
        check_between("Film", "poisson", self.poisson, -1.0, 0.5, "", "Solids that are alike in all directions.")
        check_between("Film", "density", self.density, 0.0, np.inf, "kg/m³", "")
        if known(self.stress) and not np.all(np.isfinite(np.asarray(self.stress))):
            raise ValueError(f"Film: stress = {self.stress} Pa: it must be finite.")


#: a glass, which films of oxide are near to: 72.7 GPa, .16, 2.201 g/cm³ (Corning HPFS 7980, from memory)
FUSED_SILICA = Film(young=72.7e9, poisson=0.16, density=2201.0)


class Ritz(NamedTuple):
    """Matrices of a plate in orthonormal shapes, lengths in half sides or radii."""

    bending: Array  #: ∫(∇²w)², (n, n)
    slope: Array  #: ∫|∇w|², (n, n)
    load: Array  #: ∫w, (n,)


@tree
@dataclass(frozen=True)
class Circle:
    """A round plate, clamped all around."""

    film: Film
    thickness: Any  #: [µm]
    radius: Any  #: [µm]

    def __post_init__(self) -> None:
        _check_sizes("Circle", self.thickness, radius=self.radius)

    @property
    def half(self) -> Array:
        """The radius [m]."""
        return jnp.asarray(self.radius) * 1e-6

    @property
    def area(self) -> Array:
        """[m²]."""
        return jnp.pi * self.half**2

    def ritz(self, order: int = 0) -> Ritz:
        """In SI units, of shapes that go as cos(order θ)."""
        bending, slope, load = map(jnp.asarray, radial(order)[:3])
        return Ritz(bending / self.half**4, slope / self.half**2, load * self.half)

    def inside(self, x: Array, y: Array) -> Array:
        """0 in the middle, 1 on the rim."""
        return jnp.hypot(x, y) / jnp.asarray(self.radius)

    def shapes(self, x: Array, y: Array) -> Array:
        """Values at a place [µm] from the middle, (n,) [1/m]."""
        squared = (x**2 + y**2) / jnp.asarray(self.radius) ** 2
        return series(radial(0)[3], squared) / self.half


@tree
@dataclass(frozen=True)
class Rectangle:
    """A plate with four clamped sides, its middle at the origin."""

    film: Film
    thickness: Any  #: [µm]
    width: Any  #: along x [µm]
    length: Any  #: along y [µm]

    def __post_init__(self) -> None:
        _check_sizes("Rectangle", self.thickness, width=self.width, length=self.length)
        if known(self.width) and known(self.length):
            ratio = np.asarray(self.width) / np.asarray(self.length)
            check_between(
                "Rectangle", "ratio of its sides", np.maximum(ratio, 1 / ratio), 0.0, SLENDER + 1e-9, "",
                "The middle of a longer one is a strip: p W⁴/(384 D), and it swings at 22.373 √(D/(ρh))/W².",
            )  # fmt: skip

    @property
    def half(self) -> Array:
        """Of the longer side [m]."""
        return jnp.maximum(jnp.asarray(self.width), jnp.asarray(self.length)) * 0.5e-6

    @property
    def area(self) -> Array:
        """[m²]."""
        return jnp.asarray(self.width) * self.length * 1e-12

    def ritz(self, order: int = 0) -> Ritz:
        """In SI units; `order` is that of round plates and has no meaning here."""
        second, first, load, _ = side()
        a, b = (jnp.asarray(size) * 0.5e-6 for size in (self.width, self.length))
        one = np.eye(ACROSS)
        mixed = 2 * jnp.kron(first, first) / (a * b) ** 2
        bending = jnp.kron(second, one) / a**4 + mixed + jnp.kron(one, second) / b**4
        slope = jnp.kron(first, one) / a**2 + jnp.kron(one, first) / b**2
        return Ritz(bending, slope, jnp.kron(load, load) * jnp.sqrt(a * b))

    def inside(self, x: Array, y: Array) -> Array:
        """0 in the middle, 1 on the rim."""
        return 2 * jnp.maximum(jnp.abs(x) / jnp.asarray(self.width), jnp.abs(y) / jnp.asarray(self.length))

    def shapes(self, x: Array, y: Array) -> Array:
        """Values at a place [µm], (n,) [1/m]."""
        a, b = (jnp.asarray(size) * 0.5e-6 for size in (self.width, self.length))
        table = side()[3]
        return jnp.kron(series(table, x * 1e-6 / a), series(table, y * 1e-6 / b)) / jnp.sqrt(a * b)


Plate = Circle | Rectangle


class Lumped(NamedTuple):
    """The lowest mode as one mass on one spring that moves as the middle does."""

    mass: Array  #: [kg]
    stiffness: Array  #: force of a pressure times `area` over the middle's motion in this mode [N/m]
    area: Array  #: that a pressure pushes on [m²]
    frequency: Array  #: [Hz]


def rigidity(plate: Plate) -> Array:
    """D = E h³/(12(1-ν²)) [N m]."""
    film = plate.film
    return jnp.asarray(film.young) * (plate.thickness * 1e-6) ** 3 / (12 * (1 - film.poisson**2))


def deflection(plate: Plate, pressure: ArrayLike, x: ArrayLike = 0.0, y: ArrayLike = 0.0) -> Array:
    """Static, along the pressure [µm].

    Args:
        plate: what bends.
        pressure: [Pa].
        x, y: place from the middle [µm].

    Raises:
        ValueError: the residual stress buckles the plate or rules it, it stretches so much that linear theory does not
            hold, or the place lies outside.
    """
    across, along = _place("deflection", plate, x, y)
    return _height(plate, _linear(plate, pressure), across, along)


def strain(plate: Plate, pressure: ArrayLike, x: ArrayLike, y: ArrayLike, height: ArrayLike) -> Array:
    """By bending, at a place and a height [µm] over the middle of the film: [[ε_xx, ε_xy], [ε_xy, ε_yy]].

    -height times the second derivatives of the deflection, which is positive upwards, where the pressure pushes.
    What the residual stress has strained before is not in it.

    Raises:
        ValueError: as of `deflection`, and where the place lies outside of the plate or of its thickness.
    """
    share = 2 * jnp.abs(jnp.asarray(height)) / plate.thickness
    check_between("strain", "height over half of the thickness", share, -1.0, 1 + 1e-9, "", "It lies outside.")
    amplitudes = _linear(plate, pressure)
    at = jnp.stack(_place("strain", plate, x, y))
    return -jnp.asarray(height) * _curvature(plate, amplitudes, at)


def resonances(plate: Plate, count: int = 1, order: int = 0) -> Array:
    """Lowest frequencies, without the air's mass [Hz], (count,).

    Args:
        plate: what swings.
        count: how many.
        order: of round plates: nodal diameters; a rectangle has all its modes at once.
    """
    check_no_less("resonances", "count", count, 1, "", "")
    squares = jnp.linalg.eigvalsh(_stiffness(plate, order))[:count]
    return _flat(plate) * jnp.sqrt(squares / _surface_density(plate)) / (2 * jnp.pi)


def buckling_stress(plate: Plate) -> Array:
    """Compression at which a flat plate stops being one [Pa], a positive number.

    Of a circle 14.682 D/(a² h), the first zero of J1 squared.
    """
    ritz = plate.ritz()
    root = jnp.linalg.cholesky(ritz.bending)
    half = jax.scipy.linalg.solve_triangular(root, ritz.slope, lower=True)
    ratios = jax.scipy.linalg.solve_triangular(root, half.T, lower=True)
    return rigidity(plate) / (plate.thickness * 1e-6 * jnp.linalg.eigvalsh(ratios)[-1])


def stiffening(plate: Plate, pressure: ArrayLike) -> Array:
    """Share by which stretching adds to the stiffness: how wrong linear theory is.

    After Berger ½ (w0/h)² for a circle without stress. W.-Z. Chien's expansion in w0/h, as C.-Y. Chia has it
    (Nonlinear Analysis of Plates (1980), not read here; the tests derive it), is (1+ν)(173-73ν)/360 (w0/h)²:
    .55 for ν = .3, .51 for ν = .17.
    """
    return _stretched(plate, _amplitudes(plate, pressure))


def lumped(plate: Plate) -> Lumped:
    """The lowest mode (of a circle: the lowest that is round)."""
    values, vectors = jnp.linalg.eigh(_stiffness(plate))
    shape = vectors[:, 0]
    middle = jnp.zeros(())
    peak = shape @ plate.shapes(middle, middle)
    mass = _surface_density(plate) / peak**2
    stiffness = _flat(plate) * values[0] / peak**2
    return Lumped(mass, stiffness, plate.ritz().load @ shape / peak, jnp.sqrt(stiffness / mass) / (2 * jnp.pi))


def _surface_density(plate: Plate) -> Array:
    return jnp.asarray(plate.film.density) * plate.thickness * 1e-6


def _stiffness(plate: Plate, order: int = 0) -> Array:
    ritz = plate.ritz(order)
    return rigidity(plate) * ritz.bending + plate.film.stress * plate.thickness * 1e-6 * ritz.slope


def _amplitudes(plate: Plate, pressure: ArrayLike) -> Array:
    """Of the shapes under a pressure, (n,) [m²]."""
    return _flat(plate) * jnp.linalg.solve(_stiffness(plate), plate.ritz().load) * jnp.asarray(pressure)


def _stretched(plate: Plate, amplitudes: Array) -> Array:
    mean = amplitudes @ plate.ritz().slope @ amplitudes
    tension = 6 * rigidity(plate) / ((plate.thickness * 1e-6) ** 2 * plate.area) * mean
    elastic = amplitudes @ _stiffness(plate) @ amplitudes
    return tension * mean / jnp.where(elastic > 0, elastic, 1.0)  # no pressure, no stretching


def _linear(plate: Plate, pressure: ArrayLike) -> Array:
    """Amplitudes, if they are small."""
    amplitudes = _amplitudes(plate, pressure)
    share = _stretched(plate, amplitudes)
    most = jnp.abs(jnp.asarray(pressure)) * jnp.sqrt(STRETCHING / jnp.where(share > 0, share, 1.0))
    said = (
        "plate: pressure = {pressure:g} Pa stretches it so that it is stiffer by {share:g}: linear theory goes to "
        f"{STRETCHING:g}, that is "
        "{most:g} Pa. Take a thicker or smaller plate, or a lower pressure."
    )
    if known(share):
        if not share <= STRETCHING:
            raise ValueError(said.format(pressure=float(jnp.asarray(pressure)), share=float(share), most=float(most)))
        return amplitudes
    return amplitudes * marked(share <= STRETCHING, said, pressure=jnp.asarray(pressure), share=share, most=most)


def _height(plate: Plate, amplitudes: Array, x: Array, y: Array) -> Array:
    return plate.shapes(x, y) @ amplitudes * 1e6


def _place(where: str, plate: Plate, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    across, along = jnp.asarray(x, float), jnp.asarray(y, float)
    share = plate.inside(across, along)
    check_between(where, "distance from the middle over that of the rim", share, -1.0, 1 + 1e-9, "", "It lies outside.")
    return across, along


def _check_sizes(where: str, thickness: Any, **sizes: Any) -> None:
    check_between(where, "thickness", thickness, 0.0, np.inf, "µm", "")
    for name, size in sizes.items():
        check_between(where, name, size, 0.0, np.inf, "µm", "")


@jax.jit
def _curvature(plate: Plate, amplitudes: Array, at: Array) -> Array:
    """Second derivatives [1/µm]."""
    return jax.hessian(lambda place: _height(plate, amplitudes, place[0], place[1]))(at)


def _flat(plate: Plate) -> Array | float:
    """1 where the stress lets polynomials hold; elsewhere an exception, or NaN inside `jit`."""
    stress = plate.film.stress
    if known(stress) and not np.any(np.asarray(stress)):
        return 1.0
    tension = jnp.maximum(jnp.asarray(stress) * plate.thickness * 1e-6, 0.0)
    rim = below(
        "plate", "√(σh/D) times its radius or half of its longer side",
        plate.half * jnp.sqrt(tension / rigidity(plate)), TENSE,
        "Beyond it is a membrane without stiffness: p a²/(4σh) in the middle of a circle.",
    )  # fmt: skip
    if known(stress) and not np.any(np.asarray(stress) < 0):
        return rim
    return rim * below(
        "plate", "compression over that which buckles it", -jnp.asarray(stress) / buckling_stress(plate), 1.0,
        "It is not flat: take a stiffer or smaller plate, or less compression.",
    )  # fmt: skip
