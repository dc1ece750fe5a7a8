"""Second-order mixing of guided modes: phase mismatch and coupling from the modes themselves.

With modes of 1 W and amplitudes A of √W, P = ε0 d : E E at the harmonic and Lorentz's reciprocity give (derived here)

    dA_sh/dz = i κ A_ff² exp(-iΔz),      dA_ff/dz = i κ A_sh A_ff* exp(iΔz),
    κ = G k0/(2 Z0) |∫ e_sh*·(d : e_ff e_ff) dA|,

k0 of the fundamental, d the whole tensor in the crystal's axes, G = 2 sin(π D)/π of domains that take a share D of each
period Λ = λ/(2 (n_sh - n_ff)), and Δ = β_sh - 2 β_ff - 2π/Λ. Low conversion gives κ² P² L²: κ² is the normalised
efficiency.
"""

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers import waveguides
from lingnan.solvers.checks import check_between, within
from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.material import Material
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides import Modes, Resolution
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.measures import field_or_zero

#: of light [µm/ps]
LIGHT = 299.792458
#: %/(W cm²) in 1/(W µm²)
PERCENT = 1e10
#: of the mesh: the harmonic has half the wavelength
FINE = Resolution(4, 4, 4, 3.0, 3.0)
#: modes of the harmonic among which the best is looked for: a film holds several
HARMONIC_MODES = 6
#: wavelength at which `materials` has its coefficients [µm]
MEASURED_AT = 1.06


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Coefficients:
    """d of a crystal of class 3m in its own axes [pm/V], Kleinman's symmetry assumed."""

    d33: Any
    d31: Any
    d22: Any

    @property
    def tensor(self) -> Array:
        """(3, 3, 3): d_ijk [pm/V]."""
        a, b, c = (jnp.asarray(v, float) for v in (self.d33, self.d31, self.d22))
        o = jnp.zeros(())
        # rows X, Y, Z; columns XX YY ZZ YZ XZ XY
        six = jnp.stack([jnp.stack(row) for row in ((o, o, o, o, b, -c), (-c, c, o, b, o, o), (b, b, a, o, o, o))])
        return six[:, np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])]


def coefficients(crystal: Material, wavelength: ArrayLike, other: ArrayLike | None = None) -> Coefficients:
    """What `materials` knows, carried from 1.06 µm to other waves by Miller's rule.

    d follows χ(ω1) χ(ω2) χ(ω1 + ω2): R. C. Miller, Appl. Phys. Lett. 5, 17 (1964), doi:10.1063/1.1754022. Measured d33
    at 1.55 µm lie between 20 and 28 pm/V, and efficiency goes with its square: give your own where you know it.

    Args:
        crystal: of the film.
        wavelength: of the fundamental, or of one of two waves [µm].
        other: of the other of two waves [µm]; None: the same.
    """
    at = crystal.extrapolated()

    def strength(one: ArrayLike, two: ArrayLike) -> Array:
        one, two = jnp.asarray(one, float), jnp.asarray(two, float)
        return (at.n_e(one).real ** 2 - 1) * (at.n_e(two).real ** 2 - 1) * (at.n_e(summed(one, two)).real ** 2 - 1)

    ratio = strength(wavelength, wavelength if other is None else other) / strength(MEASURED_AT, MEASURED_AT)
    d33, d31, d22 = crystal.number("nonlinear").value
    return Coefficients(d33 * ratio, d31 * ratio, d22 * ratio)


def summed(one: ArrayLike, two: ArrayLike) -> Array:
    """Wavelength of the sum of two waves' frequencies, all in the same unit."""
    return 1 / (1 / jnp.asarray(one, float) + 1 / jnp.asarray(two, float))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Wave:
    """A mode's propagation constant about one wavelength."""

    wavelength: Array  #: [µm]
    n_eff: Array
    n_g: Array
    d_ps_nm_km: Array

    def beta(self, wavelength: ArrayLike) -> Array:
        """At another wavelength, to the second order in frequency [rad/µm]."""
        k, here = 2 * jnp.pi / jnp.asarray(wavelength), 2 * jnp.pi / self.wavelength
        return self.n_eff * here + self.n_g * (k - here) + self.curvature * (k - here) ** 2 / 2

    @property
    def curvature(self) -> Array:
        """d²β/dk² = c² β2 [µm]; D = -2πc β2/λ², and 1 ps/(nm km) is 1e-6 ps/µm²."""
        return -1e-6 * self.d_ps_nm_km * self.wavelength**2 * LIGHT / (2 * jnp.pi)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class SecondHarmonic:
    """A fundamental mode and the harmonic's mode that it feeds best."""

    fundamental: Wave
    harmonic: Wave
    uniform: Array  #: κ of a crystal without domains, G = 1 [1/(µm √W)]
    mode: Array  #: which of the harmonic's modes it is

    @property
    def period(self) -> Array:
        """Of domains that make up for the mismatch, first order [µm]; negative where the harmonic is the faster."""
        return self.fundamental.wavelength / (2 * (self.harmonic.n_eff - self.fundamental.n_eff))

    def kappa(self, duty: ArrayLike = 0.5) -> Array:
        """Coupling of domains that take this share of a period [1/(µm √W)]."""
        return self.uniform * poled("SecondHarmonic", duty)

    def efficiency(self, duty: ArrayLike = 0.5) -> Array:
        """Normalised efficiency [%/(W cm²)]."""
        return PERCENT * self.kappa(duty) ** 2

    def mismatch(self, wavelength: ArrayLike, period: ArrayLike | None = None) -> Array:
        """Δ at a fundamental wavelength [µm] for domains of a period [µm], None: the matched one [rad/µm].

        A period has the sign of the matched one.
        """
        w = jnp.asarray(wavelength) * within("SecondHarmonic", "wavelength", wavelength, 0.0, math.inf, "µm", "")
        step = period_of("SecondHarmonic", self.period, period)
        return self.harmonic.beta(w / 2) - 2 * self.fundamental.beta(w) - 2 * jnp.pi / step

    @property
    def walk_off(self) -> Array:
        """dΔ/dλ of the fundamental [rad/µm²]: -4π (n_g,sh - n_g,ff)/λ²."""
        return -4 * jnp.pi * (self.harmonic.n_g - self.fundamental.n_g) / self.fundamental.wavelength**2


def poled(where: str, duty: ArrayLike) -> Array:
    """G of domains that take this share of a period."""
    duty = jnp.asarray(duty) * within(where, "duty", duty, 0.0, 1.0, "of the period", "Half is best.")
    return 2 * jnp.sin(jnp.pi * duty) / jnp.pi


def period_of(where: str, matched: Array, period: ArrayLike | None) -> Array:
    """A period of domains [µm], of the sign of the matched one; None: that one."""
    if period is None:
        return matched
    share, advice = jnp.asarray(period) / matched, "It has the sign of the matched one, `period`."
    return jnp.asarray(period) * within(where, "period over the matched one", share, 0.0, math.inf, "", advice)


def second_harmonic(
    geometry: Geometry,
    wavelength: ArrayLike = 1.55,
    *,
    d: Coefficients | None = None,
    resolution: Resolution | None = None,
    temperature: ArrayLike | None = None,
    mode: int | None = None,
) -> SecondHarmonic:
    """The fundamental TE mode and the mode of its harmonic that it feeds best.

    Args:
        geometry: with a cut crystal somewhere in it.
        wavelength: of the fundamental [µm].
        d: coefficients; None: of `coefficients`.
        resolution: of the mesh.
        temperature: [K].
        mode: of the harmonic, by falling n_eff; None: the one of largest coupling.

    Differentiable by every number of `geometry`, by wavelength, temperature and d.

    Raises:
        ValueError: there is no crystal in the cross-section, or nothing couples.
    """
    check_asked("second_harmonic", geometry, wavelength, mode)
    w = jnp.asarray(wavelength, float)
    fine = resolution or FINE
    low = waveguides.solve(geometry, w, 2, resolution=fine, temperature=temperature)
    high = waveguides.solve(geometry, w / 2, HARMONIC_MODES, resolution=fine, temperature=temperature)
    first = jnp.argmax(low.te_fraction)
    strength = jnp.abs(couplings(low, high, d))[first]
    best = jnp.argmax(strength) if mode is None else jnp.asarray(mode)
    uniform = jnp.pi / (w * Z0) * strength[best]  # k0/(2 Z0)
    check_coupled("second_harmonic", uniform)
    return SecondHarmonic(wave_of(low, first), wave_of(high, best), uniform, best)


def couplings(low: Modes, high: Modes, d: Coefficients | None = None, other: Modes | None = None) -> Array:
    """∫ e_sh*·(d : e_ff e_ff) dA for each mode of both, (modes of low, modes of high), complex [V³/W^1.5 × µm/V²].

    With `other`, modes of a second low wave, ∫ e_p*·(d : e_s e_i) dA: (modes of low, modes of other, modes of high).
    """
    geometry = low.problem.geometry
    grid = low.grid
    q = low.order + 1

    def on_grid(modes: Modes) -> Array:
        return modes.E if not geometry.open else field_or_zero(modes, grid.x, grid.y).E

    e, f = low.E, on_grid(high)
    g, second = e, low.wavelength
    if other is not None:
        e, g, second = e[:, None], on_grid(other)[None], other.wavelength
    total = jnp.zeros((*np.broadcast_shapes(e.shape[:-3], g.shape[:-3]), f.shape[0]), complex)
    for k, medium in enumerate(geometry.media):
        if not isinstance(medium, Oriented):
            continue
        inside = np.repeat(np.repeat(low.regions == k, q, axis=0), q, axis=1)
        known = d or coefficients(medium.material, low.wavelength, second)
        tensor = 1e-6 * known.tensor  # pm/V in µm/V
        turn = medium.rotation
        layout = jnp.einsum("ia,jb,kc,abc->ijk", turn, turn, turn, tensor)
        driven = jnp.einsum("ijk,...jxy,...kxy->...ixy", layout, e, g) * (inside * grid.area)
        total = total + jnp.einsum("...ixy,nixy->...n", driven, f.conj())
    return total


def wave_of(modes: Modes, k: Array) -> Wave:
    """Of one of some modes."""
    return Wave(modes.wavelength, modes.n_eff[k].real, modes.n_g[k], modes.d_ps_nm_km[k])


def check_asked(where: str, geometry: Geometry, wavelength: ArrayLike, mode: int | None) -> None:
    """Refuse a cross-section without a crystal, a wavelength that is none, or a mode that is not solved."""
    check_between(where, "wavelength", wavelength, 0.0, math.inf, "µm", "Give it in µm.")
    if not any(isinstance(m, Oriented) for m in geometry.media):
        raise ValueError(
            f"{where}: no crystal among the media {', '.join(geometry.names)}. Give a cut one, such as "
            "'LiNbO3-x-cut' or materials.cut('MgO:LiNbO3', 'x')."
        )
    if mode is not None and not 0 <= mode < HARMONIC_MODES:
        raise ValueError(
            f"{where}: mode = {mode}: {HARMONIC_MODES} modes of the short wave are solved, 0 to {HARMONIC_MODES - 1}. "
            "Leave it out for the one that couples best."
        )


def check_coupled(where: str, uniform: Array) -> None:
    """Refuse waves that by symmetry make nothing of each other; what is traced is not looked at."""
    if not is_traced(uniform) and not float(PERCENT * uniform**2) > 1e-6:
        raise ValueError(
            f"{where}: {float(PERCENT * uniform**2):.1e} %/(W cm²) (limit 1e-6): by symmetry nothing couples. "
            "On an X-cut film TE light runs along Y and sees d33; give a crystal cut so, or another mode."
        )
