"""What a watt does to the phase of a guided mode under a heater.

A rise of temperature T(x, y) changes the permittivity of each medium by dε/dT T, and the mode by first-order
perturbation,

    δn = 1/(4 Z0) ∫ e*·(dε/dT) e T dA     (e of 1 W; the variation of β in H. A. Haus, Waves and Fields (1984), §7.4).

The phase over a length L is 2π δn L/λ, and the power P = P' L: so P_pi = λ/(2 dn/dP') whatever the length.
`resolved` is the second way: the mode of the hot cross-section less that of the cold one.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import no_less, within
from lingnan.solvers.heat.conduction import PER_MICRON, Temperature, temperature
from lingnan.solvers.heat.heater import Heater
from lingnan.solvers.heat.section import Section
from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.thermal import Lattice
from lingnan.solvers.modulators import optical
from lingnan.solvers.modulators.optical import Guided, Polarisation
from lingnan.solvers.waveguides import Resolution
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.media import Named, permittivity

#: at which materials are taken where nothing else is said [K]
AMBIENT = 293.15


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Shift:
    """What heat does to one mode; powers are those of the whole heater, whatever its length."""

    per_power: Array  #: dn_eff by the heater's power per length [µm/W], signed
    neighbour: Array | None  #: the same of the core at `pitch`
    warmth: Array  #: temperature of the core's middle by power per length [K µm/W]
    n_eff: Array
    n_g: Array
    wavelength: Array  #: [µm]
    squares_per_length: Array  #: of the heater [1/µm]
    resistance_per_square: Array  #: [Ω/sq]

    @property
    def p_pi(self) -> Array:
        """Power for half a turn of phase [W]."""
        return self.wavelength / (2 * jnp.abs(self.per_power))

    @property
    def crosstalk(self) -> Array:
        """Phase of the neighbour over that of the heated mode."""
        if self.neighbour is None:
            raise ValueError("Shift: no neighbour was drawn. Give Heater(pitch=...) in µm.")
        return self.neighbour / self.per_power

    @property
    def p_pi_apart(self) -> Array:
        """Power for half a turn between the heated mode and its neighbour, the other arm [W]."""
        return self.p_pi / (1 - self.crosstalk)

    def rise(self, power: ArrayLike, length: ArrayLike) -> Array:
        """Temperature of the core's middle above ambient at a power [W] over this length [µm] [K]."""
        power = jnp.asarray(power) * no_less("rise", "power", power, 0.0, "W", "")
        return self.warmth * jnp.asarray(power) / _long(length)

    def tuning_pm_mw(self, length: ArrayLike) -> Array:
        """Of a ring of this length [µm] that is heated all around: λ/n_g dn/dP [pm/mW]."""
        return 1e3 * self.wavelength * self.per_power / (self.n_g * _long(length))

    def resistance(self, length: ArrayLike) -> Array:
        """Of a heater of this length [µm], without contacts [Ω]."""
        return self.resistance_per_square * self.squares_per_length * _long(length)

    def v_pi(self, length: ArrayLike) -> Array:
        """Voltage for half a turn of a heater of this length [µm], without contacts [V]."""
        return jnp.sqrt(self.p_pi * self.resistance(length))

    def i_pi(self, length: ArrayLike) -> Array:
        """Current for half a turn of a heater of this length [µm] [A]."""
        return jnp.sqrt(self.p_pi / self.resistance(length))


def _long(length: ArrayLike) -> Array:
    return jnp.asarray(length) * within("Shift", "length", length, 0.0, np.inf, "µm", "Give that of the heater.")


def shift(
    spec: Heater,
    wavelength: ArrayLike = 1.55,
    *,
    polarisation: Polarisation = "te",
    like: tuple[Section, Guided] | None = None,
    resolution: Resolution | None = None,
    ambient: ArrayLike = AMBIENT,
) -> Shift:
    """The mode of the core, moved by the heat of a watt; by perturbation.

    Args:
        spec: heater, core and stack.
        wavelength: [µm].
        polarisation: "te", the mode whose field lies across the core, or "tm": of the two of highest index.
        like: what `prepared` gives for plain numbers of the same kind, where those of `spec` are traced.
        resolution: of the optical mesh.
        ambient: temperature of the cold wall [K], at which dε/dT is taken.

    Differentiable by every number of `spec` and by wavelength.

    Raises:
        ValueError: no thermo-optic coefficient of the core is known.
    """
    ambient = above_zero("shift", ambient)
    guided = optical.guided(spec, wavelength, polarisation, like[1] if like else None, resolution, ambient)
    return shift_of(spec, temperature(spec.section(like[0] if like else None)), guided, ambient)


def above_zero(where: str, ambient: ArrayLike) -> Array:
    """A temperature [K], refused where it is none."""
    return jnp.asarray(ambient) * within(where, "ambient", ambient, 0.0, np.inf, "K", "Temperatures are in K.")


def prepared(spec: Heater, wavelength: ArrayLike = 1.55, polarisation: Polarisation = "te") -> tuple[Section, Guided]:
    """What `shift` needs to follow traced numbers: made from plain numbers of the same kind."""
    return spec.section(), optical.guided(spec, wavelength, polarisation, temperature=AMBIENT)


@jax.jit
def shift_of(spec: Heater, heat: Temperature, guided: Guided, ambient: ArrayLike = AMBIENT) -> Shift:
    """`shift` from parts that are known: temperatures of the heater, and a mode."""
    weight = observer(guided, ambient)
    seen = jnp.sum(weight * heat.at(guided.x, guided.y))
    other = None if spec.pitch is None else jnp.sum(weight * heat.at(guided.x + spec.pitch, guided.y))
    middle = heat.at(jnp.zeros(()), jnp.asarray(spec.film, float) / 2)
    return Shift(
        seen * PER_MICRON,
        None if other is None else other * PER_MICRON,
        middle * PER_MICRON,
        guided.n_eff,
        guided.n_g,
        guided.wavelength,
        1 / jnp.asarray(spec.width, float),
        jnp.asarray(spec.resistance_per_square, float),
    )


def observer(guided: Guided, ambient: ArrayLike = AMBIENT) -> Array:
    """What n_eff gains from a kelvin at each point of the mode's mesh, (X, Y) [1/K]; their sum is dn_eff/dT."""
    e = guided.strength
    slope = _at_points(guided, slopes(guided, ambient))
    return jnp.einsum("ixy,xyij,jxy->xy", e.conj(), slope, e).real * guided.area / (4 * Z0)


def slopes(guided: Guided, ambient: ArrayLike = AMBIENT) -> Array:
    """dε/dT of each element of the mode's mesh, (nx, ny, 3, 3) [1/K]."""
    modes = guided.modes
    geometry: Geometry = modes.problem.geometry
    at = jnp.asarray(ambient, float)
    found: list[Array] = []
    for name, medium in zip(geometry.names, geometry.media, strict=True):
        if name == "core":
            _check_core(medium)

        def epsilon(t: Array, medium: Any = medium) -> Array:
            return _full(permittivity(medium, guided.wavelength, t).real)

        found.append(jax.jvp(epsilon, (at,), (jnp.ones_like(at),))[1])
    return jnp.stack(found)[modes.regions]


def resolved(
    spec: Heater,
    power_per_length: float,
    wavelength: ArrayLike = 1.55,
    *,
    polarisation: Polarisation = "te",
    resolution: Resolution | None = None,
    ambient: float = AMBIENT,
) -> Array:
    """n_eff hot less n_eff cold at a power per length [W/µm], by two mode solves: what `shift` takes the slope of.

    The permittivity of the materials at the mean temperature of each element of the optical mesh; made from plain
    numbers only.
    """
    above_zero("resolved", ambient)
    guided = optical.guided(spec, wavelength, polarisation, None, resolution, ambient)
    heat = temperature(spec.section())
    rise = guided.element_means(heat.at(guided.x, guided.y)) * power_per_length * PER_MICRON
    modes = guided.modes
    geometry = modes.problem.geometry
    change = np.zeros((*rise.shape, 3, 3))
    for k, medium in enumerate(geometry.media):
        if not isinstance(medium, (Named, Oriented)):
            continue
        inside = modes.regions == k

        def epsilon(t: Array, medium: Any = medium) -> Array:
            return _full(permittivity(medium, guided.wavelength, t).real)

        hot = jax.vmap(epsilon)(ambient + rise[inside])
        change[inside] = np.asarray(hot - epsilon(jnp.asarray(ambient)))
    return jnp.asarray(optical.with_change(guided, change)) - guided.n_eff


def _full(eps: Array) -> Array:
    return eps if eps.ndim == 2 else jnp.diag(eps)


def _at_points(guided: Guided, elements: Array) -> Array:
    q = guided.order + 1
    return jnp.repeat(jnp.repeat(elements, q, axis=0), q, axis=1)


def _check_core(medium: Any) -> None:
    material = medium.material if isinstance(medium, (Named, Oriented)) else None
    if material is None or not any(axis.thermal is not None for axis in material.axes):
        known = isinstance(medium, Named) and isinstance(medium.material.axes[0].index, Lattice)
        if not known:
            name = "a plain index" if material is None else material.name
            raise ValueError(
                f"shift: no thermo-optic coefficient of the core, {name}, is known. Take a material that has one, or "
                "materials.constant(n, dn_dt=...) with dn_dt in 1/K; silicon has 1.84e-4."
            )
