"""Grating couplers: from a guide into a tilted fibre, in the plane of the guide and the vertical.

The grating is uniform across its width, so two dimensions suffice along the guide; the third enters as the overlap of
the guide's and the fibre's lateral profile (`lateral_overlap`). Grooves and teeth may all differ (apodisation), and
every number has a gradient. Left out: focusing (curved lines), reflections at the fibre's facet. Lengths in µm, angles
in radians. L. Chrostowski and M. Hochberg, Silicon Photonics Design (2015), §5.2; D. Taillaert et al., Jpn. J. Appl.
Phys. 45, 6071 (2006), doi:10.1143/JJAP.45.6071 (directionality, overlap).
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole, within
from lingnan.solvers.devices import propagation
from lingnan.solvers.devices.propagation import Beam, Outcome, Plane, Polarization
from lingnan.solvers.tracing import held

ABSORBER = 2  #: columns and rows
_BURIED, _COVER, _ABOVE = 5, 4, 2  #: rows


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Layers:
    """Films under and over a grating: thickness [µm] and refractive index, complex if they absorb."""

    film: ArrayLike  #: thickness of the guide
    etch: ArrayLike  #: depth of the grooves
    buried: ArrayLike  #: thickness of the oxide below
    cover: ArrayLike  #: thickness of the oxide above the film
    n_film: ArrayLike
    n_buried: ArrayLike
    n_cover: ArrayLike  #: also fills the grooves
    n_substrate: ArrayLike
    n_above: ArrayLike = 1.0  #: where the fibre is


def uniform(period: ArrayLike, fill: ArrayLike, periods: int) -> tuple[Array, Array]:
    """Grooves and teeth of a uniform grating, (periods,) each [µm]; `fill` is what is not etched, over the period."""
    if periods < 1:
        raise ValueError(f"uniform: periods = {periods}: a grating has at least one.")
    fine = within("uniform", "period", period, 0.0, np.inf, "µm", "")
    fine = fine * within("uniform", "fill", fill, 0.0, 1.0, "", "It is the share of the period that is not etched.")
    one = fine * jnp.ones(periods) * jnp.asarray(period, float)
    return one * (1 - jnp.asarray(fill)), one * jnp.asarray(fill)


def coupler(
    layers: Layers,
    grooves: ArrayLike,
    teeth: ArrayLike,
    wavelength: ArrayLike,
    *,
    polarization: Polarization = "te",
    order: int = 6,
) -> Outcome:
    """Where the light of the guide goes: reflected, transmitted, up, down, and the field above, for
    `Outcome.into(beam)`.

    Args:
        layers: films; see `Layers`.
        grooves: lengths along the guide, in the order in which its light meets them, (periods,) [µm].
        teeth: the tooth after each groove, (periods,) [µm].
        wavelength: in vacuum [µm].
        polarization: "te": E along the lines of the grating; "tm": H along them.
        order: of the polynomials; 6 is right to about 1e-3 in power, 8 to 1e-5.

    x = 0 is the near edge of the first groove.
    """
    grooves, teeth = jnp.asarray(grooves, float), jnp.asarray(teeth, float)
    fine = _check(layers, grooves, teeth, wavelength)
    plane = _plane(layers, grooves, teeth, polarization, order)
    above = plane.y.shape[0] - 1 - ABSORBER - 1
    found = propagation.launch(plane, wavelength, ABSORBER, above, ABSORBER + 1, ABSORBER + 1 + _BURIED)
    return jax.tree.map(lambda number: fine * number, found)


def best_position(outcome: Outcome, beam: Beam, positions: ArrayLike) -> tuple[Array, Array]:
    """The fibre position among `positions` [µm] that couples best, and the power coupled there."""
    at = jnp.asarray(positions, float)
    if at.ndim != 1 or not at.shape[0]:
        raise ValueError(f"best_position: positions of shape {at.shape}: give a row of places, (places,) [µm].")
    power = jax.vmap(lambda x: outcome.into(beam._replace(position=x)))(at)
    best = jnp.argmax(power)
    return at[best], power[best]


def lateral_overlap(width: ArrayLike, mode_field_diameter: ArrayLike = 10.4) -> Array:
    """Power overlap of cos(π y / width), the guide's profile across, with a Gaussian of that 1/e² diameter [µm]."""
    fine = within("lateral_overlap", "width", width, 0.0, np.inf, "µm", "")
    fine = fine * within("lateral_overlap", "mode_field_diameter", mode_field_diameter, 0.0, np.inf, "µm", "")
    points, weights = np.polynomial.legendre.leggauss(48)
    half = jnp.asarray(width, float) / 2
    guide = jnp.cos(jnp.pi / 2 * points)
    fibre = jnp.exp(-((points * half / (jnp.asarray(mode_field_diameter) / 2)) ** 2))
    power = jnp.sqrt(jnp.pi / 2) * jnp.asarray(mode_field_diameter) / 2  # ∫ of the Gaussian's, tails included
    return fine * jnp.sum(weights * guide * fibre * half) ** 2 / (jnp.sum(weights * guide**2 * half) * power)


def _plane(layers: Layers, grooves: Array, teeth: Array, polarization: Polarization, order: int) -> Plane:
    lead = jnp.asarray([-2.0, -1.6, -1.2, -0.8, -0.4, 0.0])
    steps = jnp.cumsum(jnp.stack([grooves, teeth], axis=1).reshape(-1))
    tail = steps[-1] + jnp.asarray([0.4, 0.8, 1.2, 1.6])
    x = jnp.concatenate([lead, steps, tail])

    low = -jnp.asarray(layers.buried)
    film, etch, cover = (jnp.asarray(v, float) for v in (layers.film, layers.etch, layers.cover))
    rows = [
        low + jnp.asarray([-1.2, -0.75, -0.3]),
        low * (1 - np.arange(_BURIED) / _BURIED),
        jnp.stack([jnp.zeros_like(film), film - etch]),
        film + cover * (np.arange(_COVER) / _COVER),
        film + cover + jnp.asarray([0.0, 0.5, 1.0, 1.5, 2.0]),
    ]
    y = jnp.concatenate(rows)
    n = [layers.n_substrate] * (ABSORBER + 1) + [layers.n_buried] * _BURIED + [layers.n_film] * 2
    n += [layers.n_cover] * _COVER + [layers.n_above] * (_ABOVE + ABSORBER)
    column = jnp.stack([jnp.asarray(v) * 1.0 for v in n]) ** 2
    groove_row = ABSORBER + 1 + _BURIED + 1
    etched = column.at[groove_row].set(jnp.asarray(layers.n_cover) ** 2)
    is_groove = np.zeros(x.shape[0] - 1, bool)
    is_groove[5 : 5 + 2 * grooves.shape[0] : 2] = True
    epsilon = jnp.where(is_groove[:, None], etched, column)
    return Plane(x, y, epsilon, polarization, order, ABSORBER)


def _check(layers: Layers, grooves: Array, teeth: Array, wavelength: ArrayLike) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong."""
    if grooves.ndim != 1 or grooves.shape != teeth.shape or grooves.shape[0] < 1:
        raise ValueError(
            f"coupler: grooves of shape {grooves.shape} and teeth of shape {teeth.shape}: give one tooth for each "
            f"groove, "
            "(periods,) both, for instance from `uniform`."
        )
    lengths = {"wavelength": wavelength, "film": layers.film, "etch": layers.etch, "buried": layers.buried}
    lengths |= {"cover": layers.cover, "grooves": grooves, "teeth": teeth}
    advice = "A guide in air has a cover of index 1."
    fine = [within("coupler", name, value, 0.0, np.inf, "µm", advice) for name, value in lengths.items()]
    said = (
        "coupler: etch = {etch:g} µm reaches through the film of {film:g} µm. Use a shallower etch, or up to 99 % of "
        "the film for grooves that are etched through."
    )
    etch, film = jnp.asarray(layers.etch), jnp.asarray(layers.film)
    return whole(*fine, held(etch < film, said, etch=etch, film=film))
