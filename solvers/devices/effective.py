"""From three dimensions to two: effective permittivities of films, for planar devices seen from above.

Everywhere in the plane the light is taken to have the vertical profile χ(y) of one reference column. Where the layers
differ from it, first-order perturbation of β² gives ε_eff = n_ref² + ∫ (ε - ε_ref) χ² dy / ∫ χ² dy. That holds where
the column guides nothing by itself as well (an etched film), where the older effective-index method has no answer.
M. Hammer and O. V. Ivanova, Opt. Quantum Electron. 41, 267 (2009), doi:10.1007/s11082-009-9349-3, eq. 8-10 (te).

In the plane, light of a film's TE mode has H upright, so it is the "tm" of `planar`, and light of its TM mode is the
"te".
"""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.devices import planar
from lingnan.solvers.elements.reference import gauss


def film_permittivities(
    levels: ArrayLike, reference: Sequence[ArrayLike], others: Sequence[Sequence[ArrayLike]], wavelength: ArrayLike
) -> Array:
    """Effective permittivities of columns for TE light, (1 + others,): the reference column first, then the others.

    Args:
        levels: floor, interfaces, ceiling, rising (layers + 1,) [µm]; 1.5 µm of oxide above and below the film are
            enough.
        reference: index of each layer where most light is, for instance in the core.
        others: the same of other columns, for instance etched ones.
        wavelength: in vacuum [µm].

    An etched column may have ε_eff < 0: give them to `planar` as `epsilon=`.
    """
    section = planar.planar(levels, list(reference), polarization="te", cells=(3,) * (len(reference)))
    basis = planar.modes(section, wavelength, 1)
    edges = section.edges
    points, weights = gauss(24)
    half = jnp.diff(edges)[:, None] / 2
    y = (edges[1:] + edges[:-1])[:, None] / 2 + half * points
    chi2 = planar.values_at(basis, y.reshape(-1))[0].reshape(y.shape) ** 2
    share = jnp.sum(chi2 * half * weights, axis=1)  # of each layer, summing to 1
    n_ref2 = basis.beta2[0] / basis.k0**2
    columns = [n_ref2]
    for column in others:
        if len(column) != len(reference):
            raise ValueError(
                f"film_permittivities: a column with {len(column)} layers beside a reference with {len(reference)}: "
                "give every column an index for each layer between the same levels."
            )
        change = jnp.stack([jnp.asarray(a) ** 2 - jnp.asarray(b) ** 2 for a, b in zip(column, reference, strict=True)])
        columns.append(n_ref2 + jnp.sum(change * share))
    return jnp.stack(columns)
