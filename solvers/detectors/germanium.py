"""Germanium on silicon as a detector needs it: absorption behind a moved edge, permittivity, and how fast carriers go.

A film on silicon is under tension, so its edge lies redder than that of bulk germanium; heat moves it on. Both are a
rigid shift of bulk absorption along the photon's energy here, which leaves out that strain splits the valence band.
Wavelength in vacuum [µm], energies in eV, temperature in K, fields in V/cm, velocities in cm/s.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers import materials
from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import watched

#: energy of a photon times its wavelength [eV µm]
PHOTON = constants.h * constants.c / constants.e * 1e6
#: at which bulk germanium was measured [K]
ROOM = 300.0


@watched
@dataclass(frozen=True)
class Germanium:
    """Numbers of germanium that a detector depends on.

    Args:
        narrowing: of the direct gap by strain [eV]. 0.012 is read in the abstract of "Strain enhanced high efficiency
            germanium photodetectors in the near infrared for integration with Si", for a strain of 0.16 %; 0 is bulk.
        edge_slope: how fast the gap falls with temperature [eV/K]: the linear law of the indirect gap, 0.742 eV less
            3.9e-4 T; that the direct one follows it is an assumption.
        temperature: [K], 250 to 400.
        permittivity: relative, of slow fields: as in `materials`.
        electron_mobility: in a low field [cm²/(V s)]: M. B. Prince, Phys. Rev. 92, 681 (1953).
        hole_mobility: the same.
        saturated: velocity in a high field [cm/s], of both carriers: E. J. Ryder, Phys. Rev. 90, 766 (1953).
    """

    narrowing: Any = 0.012
    edge_slope: Any = 3.9e-4
    temperature: Any = ROOM
    permittivity: Any = 16.2
    electron_mobility: Any = 3900.0
    hole_mobility: Any = 1900.0
    saturated: Any = 6e6

    def __post_init__(self) -> None:
        where = "Germanium"
        check_between(where, "narrowing", self.narrowing, -0.05, 0.15, "eV", "0.012 to 0.03 for films on silicon.")
        check_no_less(where, "edge_slope", self.edge_slope, 0.0, "eV/K", "The gap falls when it is heated.")
        check_between(where, "temperature", self.temperature, 250.0, 400.0, "K", "Temperatures are in K.")
        check_between(where, "permittivity", self.permittivity, 1.0, 100.0, "", "Germanium has 16.2.")
        for name, unit in (("electron_mobility", "cm²/(V s)"), ("hole_mobility", "cm²/(V s)"), ("saturated", "cm/s")):
            check_between(where, name, getattr(self, name), 0.0, float("inf"), unit, "")

    def bulk_wavelength(self, wavelength: ArrayLike) -> Array:
        """Where bulk germanium at 300 K absorbs as this film does [µm]."""
        shift = self.narrowing + self.edge_slope * (jnp.asarray(self.temperature, float) - ROOM)
        return PHOTON / (PHOTON / jnp.asarray(wavelength, float) + shift)

    def index(self, wavelength: ArrayLike) -> Array:
        """Complex refractive index: real part of bulk germanium at this temperature, imaginary part behind the edge.

        Raises:
            MaterialRangeError: a wavelength at which germanium was not measured.
        """
        bulk = materials.get("Ge")
        bulk.check(wavelength)
        moved = self.bulk_wavelength(wavelength)
        bulk.check(moved)
        slow = (
            bulk.extrapolated()
        )  # its thermo-optic coefficient is a number, which ends at 350 K for no reason of its own
        return slow.n(wavelength, self.temperature).real + 1j * bulk.n(moved).imag

    def absorption(self, wavelength: ArrayLike) -> Array:
        """4π k/λ [1/cm]."""
        return 4e4 * jnp.pi * self.index(wavelength).imag / jnp.asarray(wavelength)

    def velocities(self, field: ArrayLike) -> tuple[Array, Array]:
        """Of electrons and of holes in a field [V/cm]: μE/√(1 + (μE/v)²), which has both of its limits right."""
        e = jnp.abs(jnp.asarray(field, float))
        return tuple(
            mobility * e / jnp.sqrt(1 + jnp.square(mobility * e / self.saturated))
            for mobility in (self.electron_mobility, self.hole_mobility)
        )  # type: ignore[return-value]
