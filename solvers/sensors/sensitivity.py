"""How a mode answers to what surrounds it: bulk sensitivity, drift and the liquid's absorption, from one mode solve.

With the mode frozen the derivative of an eigenvalue is that of its Rayleigh quotient, so dn_eff by the analyte's index,
by the wavelength and by the temperature come from the assembly alone, exactly, dispersion of every medium included.
`waveguides.confinement(modes, region, "sensing")` is the second way to dn_eff/dn: the integral of |E|² over the analyte
(J. T. Robinson et al., Opt. Express 16, 4296 (2008), doi:10.1364/OE.16.004296).

A resonance stays where the phase of a round trip does, so its shift is λ/n_g dn_eff: the index follows the wavelength,
and the group index stands where n_eff would without dispersion. Lengths in µm, temperatures in K, loss in dB/cm.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.devices import bloch
from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.sensors.ranges import check_count, check_finite
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.trees import tree
from lingnan.solvers.waveguides import NoGuidedModeError, Resolution, solve
from lingnan.solvers.waveguides.engine import Found, Problem, value
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.media import permittivity
from lingnan.solvers.waveguides.slab import cutoff

#: dB of a power that falls by a factor e
DB = 10 / np.log(10)
#: at which materials are taken where nothing else is said [K]
AMBIENT = 293.15


@tree
@dataclass(frozen=True)
class Guide:
    """One mode near one wavelength: what a configuration needs to know of its cross-section."""

    wavelength: Any  #: in vacuum, at which the rest holds [µm]
    n_eff: Any
    n_g: Any
    bulk: Any = 0.0  #: dn_eff by the index of the analyte
    surface: Any = 0.0  #: dn_eff by the thickness of an adlayer [1/µm]
    drift: Any = 0.0  #: dn_eff by temperature, the analyte's own part included [1/K]
    loss_db_cm: Any = 0.0  #: of all causes, the liquid included [dB/cm]

    def __post_init__(self) -> None:
        for name, unit in (("wavelength", "µm"), ("n_eff", ""), ("n_g", "")):
            check_between("Guide", name, getattr(self, name), 0.0, np.inf, unit, "")
        for name, unit in (("bulk", ""), ("surface", "1/µm"), ("drift", "1/K")):
            check_finite("Guide", name, getattr(self, name), unit)
        # a lossless mode's loss is round-off, of either sign
        check_between("Guide", "loss_db_cm", self.loss_db_cm, -1e-6, np.inf, "dB/cm", "")

    def index(
        self, wavelength: ArrayLike, analyte: ArrayLike = 0.0, thickness: ArrayLike = 0.0, warmth: ArrayLike = 0.0
    ) -> Array:
        """n_eff at another wavelength, linear in all of its arguments.

        Args:
            wavelength: [µm]; the group index of this line is `n_g` everywhere.
            analyte: change of the analyte's index.
            thickness: change of the adlayer's thickness [µm].
            warmth: change of temperature [K].
        """
        slope = (self.n_eff - self.n_g) / self.wavelength
        moved = self.bulk * analyte + self.surface * thickness + self.drift * warmth
        return jnp.asarray(self.n_eff + slope * (wavelength - self.wavelength) + moved)

    @property
    def attenuation(self) -> Array:
        """Of power [1/µm]."""
        return jnp.asarray(self.loss_db_cm) / DB * 1e-4

    @property
    def nm_per_riu(self) -> Array:
        """Shift of a resonance, of a Bragg line or of any fringe of this guide alone [nm/RIU]: 1e3 λ/n_g dn_eff/dn."""
        return jnp.asarray(1e3 * self.wavelength / self.n_g * self.bulk)

    @property
    def nm_per_nm(self) -> Array:
        """Shift by the thickness of an adlayer [nm/nm]."""
        return jnp.asarray(self.wavelength / self.n_g * self.surface)

    @property
    def pm_per_kelvin(self) -> Array:
        """Shift by temperature [pm/K]."""
        return jnp.asarray(1e6 * self.wavelength / self.n_g * self.drift)

    @property
    def rad_per_riu_cm(self) -> Array:
        """Phase of a centimetre [rad/(RIU cm)]: 2π/λ dn_eff/dn."""
        return jnp.asarray(2e4 * jnp.pi / self.wavelength * self.bulk)

    @property
    def riu_per_kelvin(self) -> Array:
        """What a kelvin is taken for: drift over sensitivity [RIU/K]."""
        return jnp.asarray(self.drift / self.bulk)


def response(
    geometry: Geometry,
    analyte: str = "cladding",
    wavelength: ArrayLike = 1.55,
    *,
    mode: int = 0,
    temperature: ArrayLike = AMBIENT,
    other_loss_db_cm: ArrayLike = 0.0,
    resolution: Resolution | None = None,
) -> Guide:
    """A mode of a cross-section and its answer to the analyte, to temperature and to wavelength.

    Differentiable by every number in the cross-section, also inside `jit` and `vmap`.

    Args:
        geometry: of `waveguides`: strip, rib, slot, or one whose core is `waveguides.swg`. Such a core is a medium of
            its own: the liquid between its teeth stays what it is here, `bloch_response` moves it too.
        analyte: name of the region, such as "cladding", "slot" or "air".
        wavelength: in vacuum [µm].
        mode: counted from the highest n_eff: on a usual wire 0 is TE0 and 1 is TM0.
        temperature: of all named materials [K]; those without a coefficient, and indices given as numbers, keep still.
        other_loss_db_cm: of roughness and what else the media do not have [dB/cm].
        resolution: of the mesh.

    Raises:
        NoGuidedModeError: the analyte, or what else surrounds the core, carries as much light as the mode.
        ValueError: there is no such region, or it is given by a full tensor.
    """
    check_count("response", "mode", mode, 0, "Modes are counted from the highest n_eff.")
    check_no_less("response", "other_loss_db_cm", other_loss_db_cm, 0.0, "dB/cm", "")
    modes = solve(geometry, wavelength, mode + 1, temperature=temperature, resolution=resolution)
    which = _region("response", modes.problem.geometry, analyte)
    if known(modes.n_eff):
        limit, n = cutoff(modes), float(modes.n_eff[mode].real)
        if not n > limit:
            raise NoGuidedModeError(
                f"response: mode {mode} has n_eff {n:.5f}, and what surrounds the core carries light up to {limit:.5f} "
                "(the highest index beside it): it is not guided. Use a lower index of the analyte, a wider or thicker "
                "core, a shorter wavelength, or a lower mode=.",
                n,
                limit,
            )
    at = jnp.stack([jnp.asarray(a, float) for a in (modes.problem.wavelength, modes.problem.temperature, 0.0)])
    n, slopes = _answers(at, modes.problem, modes.found, mode, which)
    loss = 2e4 * DB * 2 * jnp.pi / at[0] * n.imag + other_loss_db_cm
    return Guide(at[0], n.real, n.real - at[0] * slopes[0], bulk=slopes[2], drift=slopes[1], loss_db_cm=loss)


@partial(jax.jit, static_argnums=(3, 4))
def _answers(at: Array, problem: Problem, found: Found, mode: int, which: int) -> tuple[Array, Array]:
    """n_eff, complex, and its slopes by wavelength, temperature and the analyte's index, (3,)."""

    def index(at: Array) -> tuple[Array, Array]:
        wave, kelvin, more = at
        given = problem.geometry.media
        liquid = jnp.sqrt(permittivity(given[which], wave, kelvin)) + more
        media = tuple(liquid if k == which else m for k, m in enumerate(given))
        there = replace(problem, geometry=replace(problem.geometry, media=media), wavelength=wave, temperature=kelvin)
        n = value(there, found)[mode]
        return n.real, n

    (_, n), slopes = jax.value_and_grad(index, has_aux=True)(at)
    return n, slopes


def _region(where: str, geometry: Geometry, name: str) -> int:
    if name not in geometry.names:
        raise ValueError(
            f"{where}: no region {name!r} in this cross-section. {did_you_mean(name, sorted(geometry.names))}"
        )
    which = geometry.names.index(name)
    given = geometry.media[which]
    if not hasattr(given, "material") and getattr(given, "ndim", 0) == 2:
        raise ValueError(
            f"{where}: the analyte {name!r} is given by a (3, 3) permittivity: a liquid or a gas has one index. Give "
            "that, or the name of a material."
        )
    return which


def bloch_response(
    tooth: Geometry,
    space: Geometry,
    duty: ArrayLike,
    pitch: ArrayLike,
    analyte: ArrayLike,
    wavelength: ArrayLike = 1.55,
    *,
    hole: str = "core",
    mode: int = 0,
    harmonics: int = 2,
    resolution: Resolution | None = None,
) -> Guide:
    """The same of a subwavelength grating by its Bloch mode (`devices.bloch`), without an effective medium.

    Args:
        tooth: cross-section through a tooth.
        space: cross-section between teeth; its hole is the analyte too.
        duty: share of the tooth in a period.
        pitch: period [µm].
        analyte: index of all media called "cladding" in both, and of the hole of `space`.
        wavelength: in vacuum [µm].
        hole: region of `space` that the analyte fills too.
        mode: of the effective medium, counted from the highest n_eff.
        harmonics: as in `bloch.solve`.
        resolution: of the mesh.
    """
    check_between("bloch_response", "analyte", analyte, 1.0 - 1e-9, 5.0, "", "It is the index of a liquid or a gas.")
    _region("bloch_response", space, hole)

    def index(at: Array) -> tuple[Array, Array]:
        wave, n = at
        wet, between = _filled(tooth, n, ("cladding",)), _filled(space, n, ("cladding", hole))
        found = bloch.solve(wet, between, duty, pitch, wave, mode=mode, harmonics=harmonics, resolution=resolution)
        return found.n_eff.real, found.n_eff

    at = jnp.stack([jnp.asarray(wavelength, float), jnp.asarray(analyte, float)])
    if not is_traced(at, tooth, space, duty, pitch):
        bloch.solve(
            _filled(tooth, float(at[1]), ("cladding",)), _filled(space, float(at[1]), ("cladding", hole)), duty,
            pitch, float(at[0]), mode=mode, harmonics=harmonics, resolution=resolution,
        )  # fmt: skip
    slopes, n = jax.jacfwd(index, has_aux=True)(at)
    loss = 2e4 * DB * 2 * jnp.pi / at[0] * n.imag
    return Guide(at[0], n.real, n.real - at[0] * slopes[0], bulk=slopes[1], loss_db_cm=loss)


def _filled(geometry: Geometry, index: Any, names: tuple[str, ...]) -> Geometry:
    """The same shapes with another index in the regions of these names."""
    one = jnp.asarray(index) if is_traced(index) else np.asarray(float(index))
    media = tuple(one if name in names else m for name, m in zip(geometry.names, geometry.media, strict=True))
    return replace(geometry, media=media)
