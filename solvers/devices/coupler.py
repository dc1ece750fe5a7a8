"""Directional couplers by supermodes, bends included: where two guides run side by side, and where they part.

Two guides at a gap g have an even and an odd supermode with indices n₊ and n₋; in a length ds their amplitudes turn
into each other by dφ = (π/λ) (n₊ - n₋) ds. Along bends the gap changes, and φ is the integral; with different paths
for the two guides the phases run apart, and the integral carries that phase. Coupled power is sin² φ. Lengths in µm,
angles in radians. L. Chrostowski and M. Hochberg, Silicon Photonics Design (2015), §4.1; H. A. Haus,
Waves and Fields in Optoelectronics (1984), §7.6 (unequal phases). What bending does to the modes, and so to dφ, is in
`bending`. Left out: loss, and reflections (below -50 dB at such gaps).
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import no_less, within
from lingnan.solvers.devices import bending
from lingnan.solvers.devices.bending import Lean
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import held, is_traced


class Splitting(NamedTuple):
    """n₊ - n₋ as a function of the gap: its logarithm is a polynomial, since supermodes part exponentially."""

    coefficients: Array  #: of Chebyshev polynomials in the gap scaled to -1 … 1
    low: Array  #: smallest gap that was solved [µm]
    high: Array  #: largest gap that was solved [µm]
    n_eff: Array  #: of a guide alone
    lean: Lean | None = None  #: of a guide in bends; None: for straight couplers only

    def __call__(self, gap: ArrayLike) -> Array:
        """n₊ - n₋ at a gap [µm], elementwise; beyond the largest solved gap it goes on falling exponentially."""
        t = 2 * (jnp.asarray(gap) - self.low) / (self.high - self.low) - 1
        inside = jnp.clip(t, -1, 1)
        value, slope = _chebyshev(self.coefficients, inside), _chebyshev_slope(self.coefficients, inside)
        return jnp.exp(value + slope * (t - inside))

    def decay(self, gap: ArrayLike) -> Array:
        """-∂ ln(n₊ - n₋)/∂gap [1/µm], elementwise."""
        t = 2 * (jnp.asarray(gap) - self.low) / (self.high - self.low) - 1
        return -2 / (self.high - self.low) * _chebyshev_slope(self.coefficients, jnp.clip(t, -1, 1))


def gaps_to_solve(low: float, high: float, count: int = 5) -> np.ndarray:
    """The gaps at which to solve for supermodes: Chebyshev's extrema, so that interpolation is as good as it can be."""
    if is_traced(low, high):
        raise ValueError("gaps_to_solve: low and high are traced, and the curve's ends must be known. Give numbers.")
    if not 0 < low < high < np.inf:
        raise ValueError(f"gaps_to_solve: low = {low} and high = {high} µm: give 0 < low < high.")
    if count < 2:
        raise ValueError(f"gaps_to_solve: count = {count}: at least two gaps make a curve.")
    return (low + high) / 2 - (high - low) / 2 * np.cos(np.pi * np.arange(count) / (count - 1))


def splitting(
    supermodes: Callable[[Array], tuple[Array, Array]],
    low: float,
    high: float,
    count: int = 5,
    lean: Lean | None = None,
) -> Splitting:
    """Solve for supermodes at some gaps and join them to a curve.

    Args:
        supermodes: gap [µm] to the two highest n_eff of one polarisation, for instance from `waveguides.solve`.
        low: smallest gap wanted [µm].
        high: largest gap to solve [µm]; beyond it the fall is extrapolated, so 0.4 µm more than `low` is enough in
            silicon.
        count: gaps to solve; five are right to about 1e-3 of the difference over 0.5 µm.
        lean: of either guide, from `bending.lean`; couplers with bends need it.
    """
    gaps = gaps_to_solve(low, high, count)
    pairs = [supermodes(jnp.asarray(g)) for g in gaps]
    difference = jnp.stack([(a - b).real for a, b in pairs])
    least = jnp.argmin(difference)
    said = (
        "splitting: n₊ - n₋ = {value:.3g} at a gap of {gap:.3g} µm is not positive. supermodes(gap) must return (even, "
        "odd) of one polarisation, and the odd one must still be guided."
    )
    difference = difference * held(jnp.min(difference) > 0, said, value=difference[least], gap=jnp.asarray(gaps)[least])
    nodes = -np.cos(np.pi * np.arange(count) / (count - 1))
    fit = np.linalg.inv(np.polynomial.chebyshev.chebvander(nodes, count - 1))
    alone = jnp.mean(jnp.stack(pairs[-1])).real
    return Splitting(jnp.asarray(fit) @ jnp.log(difference), jnp.asarray(low), jnp.asarray(high), alone, lean)


def straight(split: Splitting, gap: ArrayLike, length: ArrayLike, wavelength: ArrayLike) -> Array:
    """φ of a straight coupler of a length [µm], elementwise."""
    fine = _check("straight", gap, length, wavelength)
    return fine * jnp.pi / jnp.asarray(wavelength) * split(gap) * jnp.asarray(length)


def cross_over(split: Splitting, gap: ArrayLike, wavelength: ArrayLike) -> Array:
    """Length in which all light has changed sides [µm]: λ / 2 (n₊ - n₋)."""
    fine = _check("cross_over", gap, 0.0, wavelength)
    return fine * jnp.asarray(wavelength) / (2 * split(gap))


def approach(
    split: Splitting,
    gap: ArrayLike,
    wavelength: ArrayLike,
    radius_one: ArrayLike = np.inf,
    radius_two: ArrayLike = np.inf,
    angle: ArrayLike = np.pi / 2,
) -> Array:
    """|φ| of one end, where the guides part along arcs; twice that for both ends of a coupler or a whole half ring.
    Elementwise.

    Args:
        split: n₊ - n₋ over the gap.
        gap: where the arcs begin, edge to edge [µm].
        wavelength: in vacuum [µm].
        radius_one: of the first guide's centre line [µm]; inf: it goes straight on.
        radius_two: of the second guide, bending to the other side [µm].
        angle: of the arcs, from 0, where nothing is added; past about 30° nothing couples any more.

    Guides at an angle are coupled as parallel ones at the same gap measured across, and more by `bending.factor`. The
    step along them is dz where both part alike and the arc's ds beside a straight guide; in between, of the same order
    in the angle.
    """
    if split.lean is None:
        raise ValueError(
            "approach: this splitting knows straight guides only, and bent ones couple more strongly. Give "
            "splitting(…, lean=bending.lean(…))."
        )
    fine = _check("approach", gap, 0.0, wavelength, radius_one, radius_two)
    fine = fine * no_less("approach", "angle", angle, 0.0, "rad", "Bends part to either side alike: give its size.")
    fine = fine * within("approach", "angle", angle, -np.inf, np.pi / 2 + 1e-9, "rad", "Was it given in degrees?")
    numbers = jnp.broadcast_arrays(*(jnp.asarray(v, float) for v in (gap, wavelength, radius_one, radius_two, angle)))
    gap, wavelength, radius_one, radius_two, angle = numbers
    one, two = (1 / r for r in (radius_one, radius_two))
    fine = fine * _check_bent(one + two)
    tightest = jnp.maximum(one, two)
    # the gap has grown by 1.2 µm where the integral ends: e-folds of 0.1 µm in silicon leave 1e-5
    reach = jnp.minimum(jnp.sqrt(2 * 1.2 / (one + two)), jnp.sin(angle) / tightest)
    points, weights = gauss(40)
    z = reach[..., None] * (points + 1) / 2
    depart_one, longer_one = _arc(z, one[..., None])
    depart_two, longer_two = _arc(z, two[..., None])
    beta = 2 * jnp.pi / wavelength * split.n_eff
    phase = beta[..., None] * (longer_one - longer_two)
    kappa = jnp.pi / wavelength[..., None] * split(gap[..., None] + depart_one + depart_two)
    step = 1 + (_angle(z, one[..., None]) - _angle(z, two[..., None])) ** 2 / 2
    met = jnp.sum(weights * step * kappa * jnp.exp(1j * phase), axis=-1) * reach / 2
    # the two ends of a symmetric coupler are complex conjugates: what they add is twice the real part
    return fine * met.real * bending.factor(split.lean, beta, split.decay(gap), gap, one, two)


def power(
    split: Splitting,
    gap: ArrayLike,
    length: ArrayLike,
    wavelength: ArrayLike,
    radius_one: ArrayLike = np.inf,
    radius_two: ArrayLike = np.inf,
    angle: ArrayLike = np.pi / 2,
) -> Array:
    """Share of the power that changes sides in a coupler: straight part and both approaches. Elementwise.

    A ring beside a straight guide is `length = 0` and one radius; two bends that part from a straight coupler are two
    radii; where both are infinite there are no approaches.
    """
    fine = _check("power", gap, length, wavelength, radius_one, radius_two)
    phase = straight(split, gap, length, wavelength)
    if not (_is_straight(radius_one) and _is_straight(radius_two)):
        bent = jnp.isfinite(jnp.asarray(radius_one, float)) | jnp.isfinite(jnp.asarray(radius_two, float))
        parting = jnp.where(bent, radius_one, 1.0)  # any radius, where nothing is added
        phase = phase + jnp.where(bent, 2 * approach(split, gap, wavelength, parting, radius_two, angle), 0.0)
    return fine * jnp.sin(phase) ** 2


def matrix(coupled: ArrayLike, n_eff: ArrayLike, length: ArrayLike, wavelength: ArrayLike) -> Array:
    """Amplitudes (2, 2) of a symmetric lossless coupler: through on the diagonal, crossed with the phase of +i."""
    fine = within("matrix", "coupled", coupled, -1e-9, 1 + 1e-9, "", "It is the share of power that changes sides.")
    for name, value in (("length", length), ("n_eff", n_eff)):
        fine = fine * no_less("matrix", name, value, 0.0, "µm" if name == "length" else "", "")
    fine = fine * within("matrix", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    common = jnp.exp(2j * jnp.pi / jnp.asarray(wavelength) * jnp.asarray(n_eff) * jnp.asarray(length))
    share = jnp.clip(jnp.asarray(coupled, float), 0, 1)  # what round-off oversteps has no root
    cross, through = jnp.sqrt(share), jnp.sqrt(1 - share)
    return fine * common * jnp.array([[through, 1j * cross], [1j * cross, through]])


def _arc(z: Array, curvature: Array) -> tuple[Array, Array]:
    """How far an arc has departed from its tangent at z along the tangent, and how much longer it is than z."""
    s = jnp.clip(z * curvature, 0, 1)
    # series below 1e-4: the closed form cancels there
    small = s < 1e-4
    safe = jnp.where(small, 0.5, s)
    r = jnp.where(small, 1.0, z / safe)
    away = jnp.where(small, z * s / 2, r * (1 - jnp.sqrt(jnp.maximum(1 - safe**2, 0))))
    longer = jnp.where(small, z * s**2 / 6, r * (jnp.arcsin(jnp.minimum(safe, 1 - 1e-12)) - safe))
    return away, longer


def _angle(z: Array, curvature: Array) -> Array:
    """Of an arc against its tangent, at z along the tangent."""
    return jnp.arcsin(jnp.clip(z * curvature, 0, 1 - 1e-12))


def _check_bent(curvature: Array) -> Array | float:
    said = "approach: both radii are infinite: straight guides do not part. Give one of them, or use `straight`."
    return held(curvature > 0, said)


def _is_straight(radius: ArrayLike) -> bool:
    return not is_traced(radius) and bool(np.isinf(np.asarray(radius)).all())


def _chebyshev(c: Array, t: Array) -> Array:
    order = c.shape[0]
    terms = [jnp.ones_like(t), t]
    for _ in range(2, order):
        terms.append(2 * t * terms[-1] - terms[-2])
    return sum((c[k] * terms[k] for k in range(order)), jnp.zeros_like(t))


def _chebyshev_slope(c: Array, t: Array) -> Array:
    return jax.jvp(lambda u: _chebyshev(c, u), (t,), (jnp.ones_like(t),))[1]


def _check(where: str, gap: ArrayLike, length: ArrayLike, wavelength: ArrayLike, *radii: ArrayLike) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong, elementwise."""
    fine = within(where, "gap", gap, 0.0, np.inf, "µm", "") * no_less(where, "length", length, 0.0, "µm", "")
    fine = fine * within(where, "wavelength", wavelength, 0.0, np.inf, "µm", "")
    for radius in radii:
        fine = fine * no_less(where, "radius", radius, 1e-9, "µm", "Infinite for a straight guide.", infinite=True)
    return fine
