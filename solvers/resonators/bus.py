"""A straight guide that passes a bend: how much of the light of one goes over into the other, to first order.

Where the bus adds Δε to what the bend's mode knows, amplitudes per length change as dB/dz = iκ A with

    κ(z) = (k0/4 Z0) ∫ Δε E_b* · E_r dA,     φ = |∫ κ(z) exp(i(ν θ - β z)) dz|,     κ² = sin² φ

for modes of 1 W (derived here from reciprocity; the bend's field is taken where it is, at r and θ about its axis, and
turned by θ). Nothing is assumed of the guides but that little is exchanged: they may differ in width, and the phase
between them is in the integral. Lengths in µm.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.trees import refusing
from lingnan.solvers.waveguides import Modes
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.measures import field_or_zero

ACROSS, UP, ALONG = 8, 5, 81  #: points in the bus's core, and along it


@refusing
def exchanged(
    bend: Modes, bus: Modes, radius: ArrayLike, apart: ArrayLike, core: tuple[ArrayLike, ArrayLike, ArrayLike],
    contrast: ArrayLike, reach: ArrayLike | None = None,
) -> Array:  # fmt: skip
    """φ: a share sin² φ of the power changes sides where a straight guide passes a bend.

    Args:
        bend: the first of these modes, of a guide about x = 0 in a bend whose axis lies at x = `radius`.
        bus: the first mode of a straight guide about x = 0.
        radius: [µm].
        apart: between the middles of both, where they are nearest [µm].
        core: width, bottom and top of what the bus adds: of a rib, of what stands on the slab [µm].
        contrast: Δε, its permittivity less that of what is there without it.
        reach: to either side along the bus [µm]; None: where the bend has departed by 1.5 µm.
    """
    check_between("exchanged", "radius", radius, 0.0, np.inf, "µm", "Give that of the bend's middle.")
    check_between("exchanged", "apart", apart, 0.0, np.inf, "µm", "Give middle to middle.")
    if reach is not None:
        check_between("exchanged", "reach", reach, 0.0, np.inf, "µm", "")
    r0, away = jnp.asarray(radius, float), jnp.asarray(apart, float)
    width, bottom, top = (jnp.asarray(one, float) for one in core)
    far = jnp.sqrt(2 * (r0 + away) * 1.5 + 1.5**2) if reach is None else jnp.asarray(reach, float)
    (u, wu), (v, wv) = (tuple(jnp.asarray(a) for a in gauss(n)) for n in (ACROSS, UP))
    across, up = width / 2 * u, bottom + (top - bottom) * (v + 1) / 2
    z = far * jnp.linspace(-1.0, 1.0, ALONG)
    x, y, along = jnp.meshgrid(across, up, z, indexing="ij")
    from_axis = r0 + away - x  # x points towards the axis, as in both sections
    r, theta = jnp.hypot(from_axis, along), jnp.arctan2(along, from_axis)
    own = field_or_zero(bus, x[..., 0], y[..., 0]).E[0][..., None]
    there = field_or_zero(bend, r0 - r, y).E[0]
    cos, sin = jnp.cos(theta), jnp.sin(theta)
    turned = jnp.stack([there[0] * cos + there[2] * sin, there[1], there[2] * cos - there[0] * sin])
    phase = bend.beta[0].real * r0 * theta - bus.beta[0].real * along
    weight = width / 2 * wu[:, None, None] * (top - bottom) / 2 * wv[:, None] * (z[1] - z[0])
    total = jnp.sum(weight * jnp.sum(own.conj() * turned, axis=0) * jnp.exp(1j * phase))
    return jnp.abs(jnp.asarray(contrast) * total) * 2 * jnp.pi / bus.wavelength / (4 * Z0)
