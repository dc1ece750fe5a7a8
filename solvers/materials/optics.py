"""Index and permittivity of whatever names a material."""

from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.materials.crystal import Oriented, parse
from lingnan.solvers.materials.errors import MaterialError
from lingnan.solvers.materials.material import Material


def find(material: str | Material | Oriented, *, extrapolate: bool = False) -> Material | Oriented:
    """The material that is meant, fit for a waveguide: a crystal must say how it is cut."""
    found = parse(material) if isinstance(material, str) else material
    if isinstance(found, Material) and found.uniaxial:
        raise MaterialError(
            f"{found.name} is a crystal with two indices: say how it is cut, "
            f'materials.cut("{found.name}", "x", angle_deg=0), or by name, "{found.name}-x-cut".'
        )
    return found.extrapolated() if extrapolate else found


def index(
    material: str | Material, wavelength: ArrayLike, temperature: ArrayLike | None = None, *, extrapolate: bool = False
) -> Array:
    """Refractive index of an isotropic material, shaped like `wavelength` [µm]; complex when it absorbs.

    Args:
        material: name or material.
        wavelength: in vacuum [µm].
        temperature: [K]; None: the one at which the material was measured.
        extrapolate: answer outside its range too.
    """
    found = find(material, extrapolate=extrapolate)
    if isinstance(found, Oriented):
        raise MaterialError(f"index: {found.name} is a crystal. Ask for materials.permittivity, or its n_o and n_e.")
    return found.n(wavelength, temperature)


def permittivity(
    material: str | Material | Oriented,
    wavelength: ArrayLike,
    temperature: ArrayLike | None = None,
    *,
    extrapolate: bool = False,
) -> Array:
    """Relative permittivity in layout axes (x across, y up, z along).

    Shape: that of `wavelength` for an isotropic material, followed by 3 for a crystal whose axes lie along the
    layout's, followed by 3, 3 for any other orientation.
    """
    return find(material, extrapolate=extrapolate).permittivity(wavelength, temperature)
