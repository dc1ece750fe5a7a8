"""The abrupt junction in closed form: depletion approximation, exact peak field, and Shockley's current.

S. M. Sze and K. K. Ng, Physics of Semiconductor Devices (2006), chapter 2, doi:10.1002/0470068329; the exact field is
derived here. Donors and acceptors in cm^-3, volts of reverse bias, lengths in µm.
"""

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.semiconductors.silicon import ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY, Silicon

CM = 1e4  #: µm


def built_in(donors: ArrayLike, acceptors: ArrayLike, silicon: Silicon | None = None) -> Array:
    """Built-in voltage [V], by the silicon's statistics and gap."""
    material = silicon or Silicon()
    n, p = jnp.asarray(donors, float), jnp.asarray(acceptors, float)
    if not material.fermi and material.narrowing == "none":
        return material.thermal_voltage * jnp.log(n * p / material.n_i**2)
    zero = jnp.zeros(())
    return material.thermal_voltage * (material.neutral(n, zero) - material.neutral(zero, p))


def width(
    donors: ArrayLike, acceptors: ArrayLike, reverse: ArrayLike = 0.0, silicon: Silicon | None = None
) -> Array:  # fmt: skip
    """Width of the depleted region with abrupt edges [µm]."""
    material = silicon or Silicon()
    n, p = jnp.asarray(donors, float), jnp.asarray(acceptors, float)
    total = built_in(n, p, material) + jnp.asarray(reverse)
    epsilon = VACUUM_PERMITTIVITY * material.permittivity
    return CM * jnp.sqrt(2 * epsilon * total / ELEMENTARY_CHARGE * (1 / n + 1 / p))


def capacitance(
    donors: ArrayLike,
    acceptors: ArrayLike,
    reverse: ArrayLike = 0.0,
    silicon: Silicon | None = None,
    *,
    tails: bool = True,
) -> Array:
    """Small-signal capacitance of an area [F/m²].

    Args:
        donors: [cm^-3].
        acceptors: [cm^-3].
        reverse: voltage [V].
        silicon: the material.
        tails: take 2 kT/q off the built-in voltage for the carriers that reach into the depleted region; right to
            exp(-qV/kT), and so at some tenths of a volt of reverse bias.
    """
    material = silicon or Silicon()
    shift = 2 * material.thermal_voltage if tails else 0.0
    return (
        VACUUM_PERMITTIVITY
        * 1e2
        * material.permittivity
        / (width(donors, acceptors, jnp.asarray(reverse) - shift, material) * 1e-6)
    )


def peak_field(donors: ArrayLike, acceptors: ArrayLike, silicon: Silicon | None = None) -> Array:
    """Field at the junction in equilibrium [V/cm], exact for Boltzmann statistics.

    Poisson's equation ε ψ'' = -q (p - n + C) has a first integral on either side: with ψ in kT/q,

        ε E² / (2 kT) = 2 n_i (cosh ψ - cosh ψ_b) - C (ψ - ψ_b),    C = N_D on the right, -N_A on the left,

    ψ_b the potential of the neutral bulk. Both give the same E at the junction, which says what ψ is there.
    """
    material = silicon or Silicon()
    if material.fermi or material.narrowing != "none":
        raise ValueError(
            f"peak_field: the silicon has statistics = {material.statistics!r} and narrowing = {material.narrowing!r}: "
            "this closed form holds for Boltzmann's and one gap alone. Solve a device."
        )
    d, a, n_i = jnp.asarray(donors, float), jnp.asarray(acceptors, float), material.n_i
    right, left = jnp.arcsinh(d / (2 * n_i)), -jnp.arcsinh(a / (2 * n_i))
    carriers_right, carriers_left = 2 * n_i * jnp.cosh(right), 2 * n_i * jnp.cosh(left)
    psi = (carriers_left - carriers_right + d * right + a * left) / (d + a)
    energy = 2 * n_i * jnp.cosh(psi) - carriers_right - d * (psi - right)
    scale = ELEMENTARY_CHARGE * material.thermal_voltage
    return jnp.sqrt(2 * scale * energy / (VACUUM_PERMITTIVITY * material.permittivity))


def short_base_current(
    donors: ArrayLike, acceptors: ArrayLike, forward: ArrayLike, neutral: tuple[ArrayLike, ArrayLike], silicon: Silicon
) -> Array:
    """Shockley's current density [A/m²] where nothing recombines between the junction and the contacts.

    Args:
        donors: [cm^-3].
        acceptors: [cm^-3].
        forward: voltage [V]; densities of minority carriers have to stay below those of dopants.
        neutral: lengths from the depleted region to the contact on the n and on the p side [µm].
        silicon: the material.
    """
    n, p = jnp.asarray(donors, float), jnp.asarray(acceptors, float)
    on_n, on_p = (jnp.asarray(length, float) / CM for length in neutral)
    v_t = silicon.thermal_voltage
    holes, electrons = silicon.mobilities(n)[1] * v_t, silicon.mobilities(p)[0] * v_t
    zero = jnp.zeros(())
    in_n, in_p = silicon.product(n, zero), silicon.product(zero, p)
    saturated = ELEMENTARY_CHARGE * (in_n * holes / (n * on_n) + in_p * electrons / (p * on_p))
    return 1e4 * saturated * jnp.expm1(jnp.asarray(forward) / v_t)
