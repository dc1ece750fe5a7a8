"""Materials: refractive index, permittivity tensor, Pockels effect, temperature, carriers, each number with its source.

    materials.get("Si").n(1.55)
    materials.cut("LiNbO3", "x", angle_deg=20).permittivity(1.55)   # 3x3, in the layout's axes
    materials.permittivity("SiO2", 1.55, temperature=350)
    materials.carrier_shift(electrons=1e18, holes=0, wavelength=1.31)

Wavelength in vacuum [µm], temperature [K]; exp(-iωt), so that absorption is Im(n) > 0. Outside the range where a
material was measured: `MaterialRangeError`, or `extrapolate=True`; inside `jit` see `lingnan.solvers.tracing`.
"""

from lingnan.solvers.materials.carriers import carrier_absorption, carrier_index, carrier_shift
from lingnan.solvers.materials.crystal import Oriented, cut, electro_optic, oriented, parse, pockels
from lingnan.solvers.materials.errors import MaterialError, MaterialRangeError
from lingnan.solvers.materials.files import read_yaml
from lingnan.solvers.materials.library import get, names
from lingnan.solvers.materials.material import Axis, Material, Property
from lingnan.solvers.materials.optics import index, permittivity
from lingnan.solvers.materials.own import (
    constant,
    function,
    sellmeier,
    shifted,
    silicon_germanium,
    solution,
    tabulated,
)

__all__ = [
    "Axis",
    "Material",
    "MaterialError",
    "MaterialRangeError",
    "Oriented",
    "Property",
    "carrier_absorption",
    "carrier_index",
    "carrier_shift",
    "constant",
    "cut",
    "electro_optic",
    "function",
    "get",
    "index",
    "names",
    "oriented",
    "parse",
    "permittivity",
    "pockels",
    "read_yaml",
    "sellmeier",
    "shifted",
    "silicon_germanium",
    "solution",
    "tabulated",
]
