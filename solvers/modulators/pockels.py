"""The Pockels effect of a crystal between electrodes: how far a volt moves the phase of a guided mode.

The field of the electrodes at 1 V, E, changes the optical permittivity by δε = -ε (r·E) ε with the whole tensor r, and
the mode by first-order perturbation,

    δn = 1/(4 Z0) ∫ e*·δε e dA     (e of 1 W; the variation of β in H. A. Haus, Waves and Fields (1984), §7.4),

in any cut and direction. Along crystal Z, δε = -n_e⁴ r33 E_z. V_pi L = λ/(2 |δn|) of one arm; two arms in opposite
fields turn against each other and need half of it. `resolved` is the second way: the modes at ±V themselves.

r is not one number. Above the resonances of the plate, at MHz and more, the crystal cannot follow the field: clamped
r, with the electro-optic work of a modulator. At direct current it is free to strain: unclamped r. Neither knows that
charge moves: `drift` does.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.materials.crystal import Oriented, pockels
from lingnan.solvers.modulators import optical
from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.electrostatics import Potentials, field_at, potentials
from lingnan.solvers.modulators.optical import Guided, Polarisation
from lingnan.solvers.modulators.section import Section
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides import Resolution
from lingnan.solvers.waveguides.fields import Z0

#: an arm within 45° of crystal Z is lost; so is one with less than 1/50 of what r33 does when it fills the gap
LARGEST_ALONG, LEAST = 0.7, 3e-6


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Coefficients:
    """Of a crystal of class 3m [pm/V]; rows of r are XX YY ZZ YZ XZ XY, columns the field."""

    r13: Any
    r33: Any
    r22: Any
    r51: Any

    @property
    def tensor(self) -> Array:
        """(3, 3, 3): r_ijk in crystal axes [pm/V]."""
        a, b, c, d = (jnp.asarray(v, float) for v in (self.r13, self.r33, self.r22, self.r51))
        o = jnp.zeros(())
        six = jnp.stack([jnp.stack(row) for row in (
            (o, -c, a), (o, c, a), (o, o, b), (o, d, o), (d, o, o), (-c, o, o),
        )])  # fmt: skip
        return six[np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])]


#: lithium niobate free to strain, 0.633 µm: A. Yariv and P. Yeh, Optical Waves in Crystals (1984); the same r33 and r51
#: in C. Wang et al., Nature 629, 784 (2024)
UNCLAMPED = Coefficients(9.6, 30.9, 6.8, 32.6)


def clamped(crystal: Oriented) -> Coefficients:
    """What `materials` knows of a crystal: the coefficients at radio frequencies."""
    six = pockels(crystal.material)
    return Coefficients(six[0, 2], six[2, 2], six[1, 1], six[3, 1])


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Shift:
    """What a volt does to one mode in one gap."""

    per_volt: Array  #: dn_eff/dV [1/V], signed
    n_eff: Array
    n_g: Array
    wavelength: Array  #: [µm]

    @property
    def vpi_l(self) -> Array:
        """V_pi L of one arm [V cm]: λ/(2 |dn/dV|)."""
        return 1e-4 * self.wavelength / (2 * jnp.abs(self.per_volt))

    @property
    def vpi_l_push_pull(self) -> Array:
        """V_pi L of two arms in opposite fields [V cm]."""
        return self.vpi_l / 2

    @property
    def tuning_pm_v(self) -> Array:
        """Of a ring whose whole round runs in this gap: λ/n_g dn/dV [pm/V]."""
        return 1e6 * self.wavelength * self.per_volt / self.n_g


def permittivity_change(
    crystal: Oriented, r: Coefficients, field: Array, wavelength: ArrayLike, temperature: ArrayLike | None = None
) -> Array:
    """δε (..., 3, 3) in layout axes for fields (..., 3) [V/µm] in layout axes: -ε (r·E) ε, to first order."""
    inside = jnp.einsum("ik,...i->...k", crystal.rotation, field)
    impermeability = 1e-6 * jnp.einsum("ijk,...k->...ij", r.tensor, inside)  # pm/V · V/µm
    eps = crystal.material.principal(wavelength, temperature) ** 2
    change = -eps[:, None] * impermeability * eps[None, :]
    return jnp.einsum("ia,...ab,jb->...ij", crystal.rotation, change, crystal.rotation)


def phase_shift(
    spec: Coplanar,
    wavelength: ArrayLike = 1.55,
    *,
    r: Coefficients | None = None,
    polarisation: Polarisation = "te",
    like: tuple[Section, Guided] | None = None,
    resolution: Resolution | None = None,
    temperature: ArrayLike | None = None,
) -> Shift:
    """The mode of the rib, moved by the field of the electrodes at 1 V; by perturbation.

    Args:
        spec: electrodes, film and rib.
        wavelength: [µm].
        r: Pockels coefficients; None: clamped ones, for radio frequencies. `UNCLAMPED` for a bias.
        polarisation: "te", the mode whose field lies across the rib, or "tm": of the two of highest index.
        like: what `prepared` gives for plain numbers of the same kind, where those of `spec` are traced.
        resolution: of the optical mesh.
        temperature: [K].

    Differentiable by every number of `spec`, by wavelength and r.

    Raises:
        ValueError: the field of the electrodes moves the mode by next to nothing, for it lies along the wrong axis of
            the crystal.
    """
    section = spec.section(like[0] if like else None)
    guided = optical.guided(spec, wavelength, polarisation, like[1] if like else None, resolution, temperature)
    shift = shift_of(spec, potentials(section), guided, r)
    check_axis(spec, shift)
    return shift


def prepared(spec: Coplanar, wavelength: ArrayLike = 1.55, polarisation: Polarisation = "te") -> tuple[Section, Guided]:
    """What `phase_shift` needs to follow traced numbers: made from plain numbers of the same kind."""
    return spec.section(), optical.guided(spec, wavelength, polarisation)


@jax.jit
def shift_of(spec: Coplanar, electrodes: Potentials, guided: Guided, r: Coefficients | None = None) -> Shift:
    """`phase_shift` from parts that are known: potentials of the electrodes, and a mode."""
    crystal = spec.film_crystal
    change, inside = _change(spec, electrodes, guided, r or clamped(crystal))
    e = guided.strength
    moved = jnp.einsum("ixy,xyij,jxy->xy", e.conj(), change, e).real * inside
    per_volt = jnp.sum(moved * guided.area) / (4 * Z0)
    return Shift(per_volt, guided.n_eff, guided.n_g, guided.wavelength)


def _change(spec: Coplanar, electrodes: Potentials, guided: Guided, r: Coefficients) -> tuple[Array, Array]:
    """δε (X, Y, 3, 3) for 1 V on the signal, at the points of the mode, and 1 inside of the crystal."""
    flat = field_at(electrodes, guided.x + spec.rib_centre, guided.y)  # (2, X, Y), [V/µm]
    field = jnp.stack([flat[0], flat[1], jnp.zeros_like(flat[0])], axis=-1)
    change = permittivity_change(spec.film_crystal, r, field, guided.wavelength, guided.temperature)
    return change, jnp.asarray(guided.inside)


def resolved(
    spec: Coplanar,
    wavelength: ArrayLike = 1.55,
    volts: float = 20.0,
    *,
    r: Coefficients | None = None,
    polarisation: Polarisation = "te",
    resolution: Resolution | None = None,
) -> Shift:
    """`phase_shift` by its second way: the modes of the changed tensor at ±`volts`, and their difference.

    The changed permittivity is averaged over each element of the optical mesh, which has more alike ones for it: 1e-4,
    where `optical.FINE` leaves 3e-3. Made from plain numbers only.
    """
    guided = optical.guided(spec, wavelength, polarisation, None, resolution or optical.EVEN)
    return apart(guided, change_in_crystal(spec, potentials(spec.section()), guided, r), volts)


def change_in_crystal(spec: Coplanar, electrodes: Potentials, guided: Guided, r: Coefficients | None = None) -> Array:
    """δε (X, Y, 3, 3) for 1 V on the signal at the points of a mode, nothing outside of the crystal."""
    change, inside = _change(spec, electrodes, guided, r or clamped(spec.film_crystal))
    return change * inside[..., None, None]


def apart(guided: Guided, change: Array, volts: float) -> Shift:
    """From the modes at ±`volts`, where 1 V changes the permittivity by `change`; from plain numbers only."""
    mean = guided.element_means(change)
    up, down = (optical.with_change(guided, np.asarray(s * volts * mean)) for s in (1, -1))
    return Shift(jnp.asarray((up - down) / (2 * volts)), guided.n_eff, guided.n_g, guided.wavelength)


def overlap(shift: Shift, spec: Coplanar, r33: ArrayLike, n_e: ArrayLike) -> Array:
    """Γ of V_pi L = λ g/(2 n_e³ r33 Γ): what the mode sees of a field V/g that filled it, g being the gap."""
    ideal = jnp.asarray(n_e) ** 3 * r33 * 1e-6 / (2 * spec.gap)
    return jnp.abs(shift.per_volt) / ideal


def check_axis(spec: Coplanar, shift: Shift) -> None:
    """Refuse an arm whose field meets next to no Pockels effect."""
    crystal = spec.film_crystal
    if is_traced(shift.per_volt, crystal.rotation, spec.gap):
        return
    along = abs(float(crystal.rotation[2, 2]))
    strength = abs(float(shift.per_volt)) * float(spec.gap)
    if along > LARGEST_ALONG or strength < LEAST:
        raise ValueError(
            f"phase_shift: the arm runs along the wrong axis of the crystal: |cos| of the angle between light and "
            f"crystal Z is {along:.2f} (limit {LARGEST_ALONG}), and a volt over the gap moves n_eff by "
            f"{strength:.1e} µm/V times 1/gap (limit {LEAST:.0e}). On an X-cut film light runs along Y "
            "(materials.cut(..., 'x', angle_deg=0)); on a Z-cut one the rib stands under an electrode's edge."
        )
