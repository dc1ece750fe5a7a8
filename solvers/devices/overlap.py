"""Overlaps of full-vector modes whose meshes differ: joints, offsets, tilts, fibres.

Integrals run over the points of `waveguides.joints`. Lengths in µm, fields as in `waveguides.Modes` (1 W). A. W. Snyder
and J. D. Love, Optical Waveguide Theory, ch. 31 (overlap), ch. 20 (offset and tilt).
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole, within
from lingnan.solvers.tracing import held, namespace
from lingnan.solvers.waveguides import fields, joints
from lingnan.solvers.waveguides.joints import Guide
from lingnan.solvers.waveguides.modes import Modes


def coupling(
    one: Modes, two: Modes, *, offset: tuple[ArrayLike, ArrayLike] = (0.0, 0.0), tilt: ArrayLike = 0.0
) -> Array:
    """Amplitude that goes from each mode of `one` into each mode of `two` where two guides meet, (modes of two, modes
    of one).

    a = ¼ ∫ (E₁ × H₂* + E₂* × H₁) · ẑ dA for modes of 1 W: exact to first order in the difference of the guides; what
    does not go on is taken as radiated, and reflections (below 1e-3 for small steps) are left out.

    Args:
        one: modes of the first guide.
        two: modes of the second guide, at the same wavelength.
        offset: of the second guide's axes against the first's, (x, y) [µm].
        tilt: of the second guide's axis towards +x [rad]; small: its phase front leans by k n_eff x.
    """
    fine = check_joint("coupling", one, two)
    fine = fine * within("coupling", "tilt", tilt, -jnp.pi / 2, jnp.pi / 2, "rad", "Is it in degrees?")
    for away in offset:
        fine = fine * within("coupling", "offset", away, -jnp.inf, jnp.inf, "µm", "")
    passed = joints.launched(Guide.of(one), one.order, Guide.of(two), two.order, offset, jnp.sin(tilt))
    return fine * passed.T


def check_joint(what: str, one: Modes, two: Modes) -> Array | float:
    """Refuse modes that cannot meet: 1, or NaN with a warning where wavelengths are traced and differ."""
    if one.wavelength is two.wavelength:
        return 1.0
    xp = namespace(one.wavelength, two.wavelength)
    a, b = xp.asarray(one.wavelength), xp.asarray(two.wavelength)
    said = what + ": wavelengths {a:g} and {b:g} µm differ. Solve both guides at the same one."
    return held(xp.abs(a - b) <= 1e-9 * a, said, a=a, b=b)


def bilinear(one: Modes, two: Modes) -> Array:
    """½ ∫ e_n × h_m / β_m · ẑ dA without conjugation: fields of mode n of `two` with mode m of `one`, (two, one).

    e and h/β of a lossless guide are real, for propagating and for evanescent modes. Absorbing layers are integrated
    over along their complex coordinates, in which alone modes of one guide are orthogonal: both guides must have the
    same ones there (`waveguides.bordered`).
    """
    return between(Guide.of(one), one.order, Guide.of(two), two.order)


def between(one: Guide, order_one: int, two: Guide, order_two: int) -> Array:
    """`bilinear` of guides."""
    x, y, _, area, here, there = joints.common_points(one.mesh, two.mesh, order_one, order_two)
    a, b = joints.at(one, order_one, x, y, here), joints.at(two, order_two, x, y, there)
    return joints.crossed(b.E, a.H / one.beta[:, None, None, None], area) / 2


def step(one: Modes, two: Modes) -> Array:
    """Amplitude of a mode of `one` that comes back where the guide changes abruptly and light goes on as a mode of
    `two`, all others left out: (modes of two, modes of one).

    (1 + r) e₁ = t e₂ and (1 - r) h₁ = t h₂, the first tested with h₁ and the second with e₁, give
    (1 + r)/(1 - r) = ∫ e₂ × h₁ / ∫ e₁ × h₂, which is Z₂/Z₁ of two lines: for light that stands across the walls
    (TE in a wire) Z rises with n_eff, in part or in all, for light along them it falls. To first order it is the
    overlap of a moved wall with the mode that runs back, whose axial field has the other sign (S. G. Johnson et al.,
    Phys. Rev. E 65, 066611 (2002), doi:10.1103/PhysRevE.65.066611). Of scale and sign of the modes it does not depend.
    """
    fine = check_joint("step", one, two)
    there = bilinear(one, two) * one.beta  # e of two with h of one
    back = (bilinear(two, one) * two.beta).T
    return fine * (there - back) / (there + back)


def norms(modes: Modes) -> Array:
    """The diagonal of `bilinear(modes, modes)`, on the points of one mesh: (modes,)."""
    return own(Guide.of(modes), modes.order)[0]


@jax.jit(static_argnums=1)
def own(guide: Guide, order: int) -> tuple[Array, Array]:
    """`norms` of a guide, and the largest transverse component of E of each mode, (modes,): what fixes its sign."""
    mesh, beta = guide.mesh, guide.beta
    e, h = fields.evaluate(mesh, order, guide.vectors, beta, guide.wavelength, guide.curvature)
    h = h / beta[:, None, None, None]
    square = jnp.sum((e[:, 0] * h[:, 1] - e[:, 1] * h[:, 0]) * fields.area(mesh, order), axis=(-2, -1)) / 2
    transverse = e[:, :2].reshape(len(e), -1)
    most = jnp.argmax(jnp.abs(transverse), axis=1)
    return square, jnp.take_along_axis(transverse, most[:, None], axis=1)[:, 0]


def fibre(
    modes: Modes,
    mode_field_diameter: tuple[ArrayLike, ArrayLike] | ArrayLike,
    *,
    centre: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    index: ArrayLike = 1.444,
) -> Array:
    """Power coupled between a fibre's Gaussian mode, polarised along x, and each mode at a facet: (modes,).

    Args:
        modes: of the guide at its facet.
        mode_field_diameter: 1/e² of intensity, one number or (x, y) [µm].
        centre: of the fibre in the guide's coordinates [µm].
        index: of the medium in front of the facet: sets the fibre's magnetic field; 1.444 for index-matching glue.

    The reflection at the facet itself (a few per cent without index matching) is not in it.
    """
    diameter = jnp.asarray(mode_field_diameter, float)
    if diameter.shape not in ((), (2,)):
        raise ValueError(f"fibre: mode_field_diameter of shape {diameter.shape}: give one number or (x, y) [µm].")
    fine = whole(
        within("fibre", "mode_field_diameter", diameter, 0.0, jnp.inf, "µm", ""),
        within("fibre", "index", index, 0.0, jnp.inf, "", "It is that of the medium in front of the facet."),
    )
    wide, high = jnp.broadcast_to(diameter, (2,))
    grid = modes.grid
    gauss_x = jnp.exp(-(((grid.x - centre[0]) / (wide / 2)) ** 2) - ((grid.y - centre[1]) / (high / 2)) ** 2)
    z = fields.Z0 / jnp.asarray(index)
    own = jnp.pi * wide * high / 16 / z  # ½ ∫ E² / Z of the Gaussian [W], tails beyond the window included
    e, h = modes.E, modes.H
    a = jnp.sum((e[:, 0] / z + h[:, 1]) * gauss_x * grid.area, axis=(-2, -1)) / 4
    return fine * jnp.abs(a) ** 2 / own
