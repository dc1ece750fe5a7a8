"""From three dimensions to two: effective permittivities of films, for planar devices seen from above.

Everywhere in the plane the light is taken to have the vertical profile χ(y) of one reference column. Where the layers
differ from it, first-order perturbation of β² gives ε_eff = n_ref² + ∫ (ε - ε_ref) χ² dy / ∫ χ² dy. That holds where
the column guides nothing by itself as well (an etched film), where the older effective-index method has no answer.
As in M. Hammer and O. V. Ivanova, Opt. Quantum Electron. 41, 267 (2009), doi:10.1007/s11082-009-9349-3 (te).

Where a guide's own n_eff is known, `beside` gives the permittivity beside it that makes the plane's guide as fast: then
wider guides are right as well, and the film's own answer for an etched column, which is made for fields that do not
jump, is not needed.

In the plane, light of a film's TE mode has H upright, so it is the "tm" of `planar`, and light of its TM mode is the
"te".
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import within
from lingnan.solvers.devices import planar
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import held, namespace


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


def beside(core: ArrayLike, n_eff: ArrayLike, width: ArrayLike, wavelength: ArrayLike) -> Array:
    """ε beside a guide in the plane ("tm") that gives it the index it has in space, elementwise.

    The slab equation κ tan(κ w / 2) / ε_core = γ / ε, γ² = k² (n² - ε), is a quadratic in ε. For a silicon strip and
    the n_eff of 0.45 µm the indices of 0.6, 0.9 and 1.2 µm come out right to 1.4e-3, 7e-4 and 4e-4; with the index of
    oxide beside it they are 3e-2, 8e-3 and 3e-3 off.

    Args:
        core: ε_eff of the film.
        n_eff: of the guide, from a full-vector solver; below √core.
        width: of the guide [µm].
        wavelength: in vacuum [µm].
    """
    fine = within("beside", "width", width, 0.0, jnp.inf, "µm", "")
    fine = fine * within("beside", "wavelength", wavelength, 0.0, jnp.inf, "µm", "")
    xp = namespace(core, n_eff)
    n, film = xp.asarray(n_eff), xp.sqrt(xp.asarray(core))
    said = "beside: n_eff = {value:g} must lie between 0 and the root of the film's ε, {film:g}."
    fine = fine * held((n > 0) & (n < film), said, value=n, film=film)
    return fine * _beside(core, n_eff, width, wavelength)


@jax.jit
def _beside(core: ArrayLike, n_eff: ArrayLike, width: ArrayLike, wavelength: ArrayLike) -> Array:
    k, n = 2 * jnp.pi / jnp.asarray(wavelength), jnp.asarray(n_eff)
    kappa = k * jnp.sqrt(jnp.asarray(core) - n**2)
    q = kappa * jnp.tan(kappa * jnp.asarray(width) / 2) / jnp.asarray(core)
    return k * (jnp.sqrt(k**2 + 4 * (q * n) ** 2) - k) / (2 * q**2)
