"""Resistance from the edge of a cross-section to its metal: a sheet, and the contact on it."""

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less


def lead(
    sheet_resistance: ArrayLike,
    length: ArrayLike,
    contact_resistivity: ArrayLike = 0.0,
    contact_width: ArrayLike = 1.0,
) -> Array:
    """[Ω m]: R_s d + sqrt(R_s ρ_c) coth(w/L), with the transfer length L = sqrt(ρ_c/R_s).

    Under the contact the sheet loses V/ρ_c of its current per area, and I' = -V/ρ_c, V' = -R_s I have the solution
    V ∝ cosh((w - x)/L), whose V/I at the edge is the second term. H. H. Berger, Solid-State Electron. 15, 145 (1972),
    doi:10.1016/0038-1101(72)90048-2.

    Args:
        sheet_resistance: of the doped layer [Ω/sq].
        length: from the section's end to the metal [µm].
        contact_resistivity: of metal or silicide on silicon [Ω cm²]; 0: none.
        contact_width: of the metal, across the guide [µm].
    """
    where = "lead"
    check_between(where, "sheet_resistance", sheet_resistance, 0.0, float("inf"), "Ω/sq", "Give that of the layer.")
    check_no_less(where, "length", length, 0.0, "µm", "0 where metal stands at the section's end.")
    check_no_less(where, "contact_resistivity", contact_resistivity, 0.0, "Ω cm²", "1e-6 is usual on silicide.")
    check_between(where, "contact_width", contact_width, 0.0, float("inf"), "µm", "Give that of the metal.")
    sheet, rho = jnp.asarray(sheet_resistance, float), 1e8 * jnp.asarray(contact_resistivity, float)  # Ω µm²
    some = rho > 0
    transfer = jnp.sqrt(jnp.where(some, rho, 1.0) / sheet)
    contact = jnp.where(some, sheet * transfer / jnp.tanh(contact_width / transfer), 0.0)
    return 1e-6 * (sheet * jnp.asarray(length, float) + contact)
