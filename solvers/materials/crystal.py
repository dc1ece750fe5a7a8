"""Crystals in a waveguide: orientation, permittivity tensor, Pockels effect.

Layout axes: x across the waveguide, y up, z along it. Crystal axes X, Y, Z: Z is the optic axis. The uniaxial crystals
here belong to 3m (lithium niobate), whose Pockels tensor has r13, r33, r22 and r51; signs and the direction of +Y as in
the standard on piezoelectricity, ANSI/IEEE 176-1987.
"""

from dataclasses import dataclass, field, replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.solvers.materials.errors import MaterialError, did_you_mean
from lingnan.solvers.materials.library import get
from lingnan.solvers.materials.material import Material
from lingnan.solvers.tracing import is_traced

#: Columns are crystal X, Y, Z in layout axes at angle 0. Proper rotations, all of them.
CUTS: dict[str, np.ndarray] = {
    "x": np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]]),  # X up, light along Y, Z across
    "y": np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]]),  # Y up, light along -X, Z across
    "z": np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]),  # Z up, light along X, Y across
}


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Oriented:
    """A crystal with its axes laid into the layout's. A pytree: the rotation may be traced."""

    material: Material = field(metadata={"static": True})
    rotation: Array  #: (3, 3), columns are crystal X, Y, Z in layout axes
    order: tuple[int, int, int] | None = field(default=None, metadata={"static": True})  #: see `permittivity`

    def __eq__(self, other: object) -> bool:
        """By numbers, where these are known: crystals are static parts of electrodes and heaters, and JAX compares."""
        if not isinstance(other, Oriented):
            return NotImplemented
        if self.rotation is not other.rotation:
            if is_traced(self.rotation, other.rotation):
                return False
            if not np.array_equal(np.asarray(self.rotation), np.asarray(other.rotation)):
                return False
        return (self.material, self.order) == (other.material, other.order)

    def __hash__(self) -> int:
        # -0.0 equals 0.0, and has other bytes
        turned = id(self.rotation) if is_traced(self.rotation) else (np.asarray(self.rotation, float) + 0.0).tobytes()
        return hash((self.material, self.order, turned))

    @property
    def name(self) -> str:
        """Of the material."""
        return self.material.name

    def permittivity(self, wavelength: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Relative permittivity in layout axes.

        (*wavelength.shape, 3, 3); when the crystal's axes are known to lie along the layout's (`order`, which crystal
        axis lies along x, y and z), its diagonal, (*wavelength.shape, 3): that makes modes three times as fast.
        """
        square = self.material.principal(wavelength, temperature) ** 2
        if self.order is not None:
            return square[..., np.asarray(self.order)]
        return jnp.einsum("ik,...k,jk->...ij", self.rotation, square, self.rotation)

    def rf_permittivity(self) -> Array:
        """Relative permittivity at radio frequencies in layout axes, (3, 3)."""
        return jnp.einsum("ik,k,jk->ij", self.rotation, self.material.rf_permittivity, self.rotation)

    def turned(self, angle_deg: ArrayLike) -> "Oriented":
        """The crystal seen by a waveguide turned by `angle_deg` about the vertical, anticlockwise from above."""
        angle = jnp.deg2rad(jnp.asarray(angle_deg, float))
        c, s, zero, one = jnp.cos(angle), jnp.sin(angle), jnp.zeros_like(angle), jnp.ones_like(angle)
        # The waveguide turns from z towards x; seen from it, the crystal turns the other way.
        about_y = jnp.stack([jnp.stack([c, zero, -s]), jnp.stack([zero, one, zero]), jnp.stack([s, zero, c])])
        return replace(self, rotation=about_y @ self.rotation, order=None)

    def extrapolated(self) -> "Oriented":
        """As `Material.extrapolated`."""
        return replace(self, material=self.material.extrapolated())


def cut(material: str | Material, normal: str = "x", angle_deg: ArrayLike = 0.0) -> Oriented:
    """A crystal film: which axis stands up and which way the waveguide runs.

    Args:
        material: a uniaxial crystal.
        normal: crystal axis normal to the film. "x": light along Y at angle 0, Z across; "y": light along -X, Z across;
            "z": light along X, Y across.
        angle_deg: by which the waveguide is turned from that direction about the vertical, anticlockwise from above;
            may be traced.
    """
    crystal = get(material)
    if not crystal.uniaxial:
        raise MaterialError(f"cut: {crystal.name} is isotropic, it has no cut. Use the material itself.")
    if normal.casefold() not in CUTS:
        raise MaterialError(
            f"cut: normal = {normal!r}. {did_you_mean(normal, CUTS)} It is the crystal axis that points up."
        )
    base = CUTS[normal.casefold()]
    flat = Oriented(crystal, jnp.asarray(base, float), _order(base))
    if not isinstance(angle_deg, Tracer) and float(np.asarray(angle_deg)) % 180 == 0:
        return flat
    return flat.turned(angle_deg)


def oriented(material: str | Material, rotation: ArrayLike) -> Oriented:
    """A crystal in any orientation.

    Args:
        material: a uniaxial crystal.
        rotation: (3, 3); its columns are crystal X, Y, Z in layout axes, orthonormal and right-handed.
    """
    crystal = get(material)
    r = jnp.asarray(rotation, float)
    if r.shape != (3, 3):
        raise MaterialError(f"oriented: rotation has shape {r.shape}, it must be (3, 3): columns are crystal X, Y, Z.")
    if isinstance(r, Tracer):
        return Oriented(crystal, r)
    off = float(np.abs(np.asarray(r.T @ r) - np.eye(3)).max())
    if not off < 1e-6 or float(np.linalg.det(np.asarray(r))) < 0:
        raise MaterialError(
            f"oriented: rotation is not a right-handed set of unit vectors (it misses RᵀR = 1 by {off:.2g}, "
            f"determinant {float(np.linalg.det(np.asarray(r))):.3g}). Normalise its columns; exchange two if the "
            "determinant is -1."
        )
    return Oriented(crystal, r, _order(np.asarray(r)))


def parse(name: str) -> Material | Oriented:
    """A material from its name, with "-x-cut", "-y-cut" or "-z-cut" at the end for a crystal film."""
    for normal in CUTS:
        suffix = f"-{normal}-cut"
        if name.casefold().endswith(suffix):
            return cut(name[: -len(suffix)], normal)
    return get(name)


def pockels(material: str | Material) -> Array:
    """Pockels tensor r of a 3m crystal in crystal axes [pm/V]: (6, 3), rows XX YY ZZ YZ XZ XY, columns the field."""
    r13, r33, r22, r51 = get(material).number("pockels").value
    return jnp.array([[0, -r22, r13], [0, r22, r13], [0, 0, r33], [0, r51, 0], [r51, 0, 0], [-r22, 0, 0]])


def electro_optic(
    crystal: Oriented, field: ArrayLike, wavelength: ArrayLike, temperature: ArrayLike | None = None
) -> Array:
    """Change of the relative permittivity by a static field, to first order in it: -ε (r·E) ε.

    Args:
        crystal: with its orientation.
        field: (..., 3) in layout axes [V/µm].
        wavelength: [µm].
        temperature: [K].

    Returns:
        (..., 3, 3) in layout axes.
    """
    inside = jnp.einsum("ik,...i->...k", crystal.rotation, jnp.asarray(field, float))  # along X, Y, Z
    six = 1e-6 * jnp.einsum("ak,...k->...a", pockels(crystal.material), inside)  # pm/V · V/µm
    full = six[..., np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])]
    eps = crystal.material.principal(wavelength, temperature) ** 2
    change = -eps[..., :, None] * full * eps[..., None, :]
    return jnp.einsum("ia,...ab,jb->...ij", crystal.rotation, change, crystal.rotation)


def _order(rotation: np.ndarray) -> tuple[int, int, int] | None:
    """Which crystal axis lies along x, y, z; None when they do not all lie along axes."""
    place = np.abs(rotation)
    if not np.allclose(np.sort(place, axis=1), [0, 0, 1], atol=1e-12):
        return None
    a, b, c = (int(k) for k in place.argmax(axis=1))
    return a, b, c
