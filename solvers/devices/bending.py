"""What bends add to the exchange of light between two guides that part: modes lean, and tails fall less steeply.

Derived here, to first order in the coupling. A guide on an arc of radius R with its centre line at r = R has
exp(i β s) along its centre line, s = R θ; in the cladding outside, its field is A H_ν(k r) exp(i ν θ) with ν = β R and
k² = β² - γ², γ being the decay beside a straight guide. Two such fields overlap, by Graf's addition theorem, as
A₁ A₂ H_{ν₁+ν₂}(k (R₁ + R₂ + D)), with D between the centre lines where they are nearest: the distance is crossed by
the tail of one guide on a bend of radius R₁ + R₂,

    exp(-∫₀ᴰ γ(x) dx), γ(x)² = β²/(1 + c x)² - k², c = 1/(R₁ + R₂) = c₁ c₂/(c₁ + c₂),

and not by exp(-γ D): more by about β² D² c / 2γ in the exponent. Beside a straight guide c = 0, and what is left is A:
in a bend the mode moves outwards, ln A = ln A₀ + a/R. A line along which κ varies slowly may use the local curvatures.
Debye's expansion of H gives the root before the exponential. Lengths in µm.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import within
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import held, is_traced, namespace
from lingnan.solvers.waveguides.measures import field_or_zero
from lingnan.solvers.waveguides.modes import Modes


class Lean(NamedTuple):
    """How a guide's outer tail answers to bending."""

    slope: Array  #: a in ln A = ln A₀ + a/R [µm]
    width: ArrayLike  #: of the core [µm]


def lean(
    bent: Callable[[float], Modes],
    width: ArrayLike,
    bottom: ArrayLike,
    top: ArrayLike,
    gap: ArrayLike,
    mode: int = 0,
) -> Lean:
    """Solve a guide straight and in two slight bends, and see what the tail of an equal one outside finds in its core.

    A = ∫ Δε E_tail · E* (1 + x/R) j dA over the core. The phase of the bent mode turns against the tail's away from the
    centre line, and the core departs: for x, j is the Bessel function J_ν(k (R + x)) / J_ν(k R) over exp(γ x), to
    first order 1 - (β² x²/2γ + x/2 - β² x/2γ²)/R by Debye's expansion.

    Args:
        bent: 1/R [1/µm] to the guide's modes, its core centred at x = 0 and the bend's axis at x = -R, for instance
            `solve(replace(geometry, curvature=c))`. Zero and both signs are asked for.
        width: of the core [µm].
        bottom: of what makes the core, the ridge of a rib [µm].
        top: of the core [µm].
        gap: to the other guide [µm]; the window reaches at least 1.5 widths and the gap to the left.
        mode: which one.

    Differentiable.
    """
    step, apart = 0.02, 0.02  # R = ±50 µm: what is left is of third order in 1/R
    across, weights = gauss(8)
    up, weights_up = gauss(4)
    x = jnp.asarray(width) / 2 * jnp.asarray(np.repeat(across, len(up)))
    low, high = jnp.asarray(bottom), jnp.asarray(top)
    y = low + (high - low) * jnp.asarray(np.tile(up, len(across)) + 1) / 2
    w = jnp.asarray(np.outer(weights, weights_up).reshape(-1))
    straight, out, back = (bent(c) for c in (0.0, step, -step))
    fine = within("lean", "gap", gap, 0.0, jnp.inf, "µm", "") * within("lean", "width", width, 0.0, jnp.inf, "µm", "")
    fine = fine * within("lean", "top", high - low, 0.0, jnp.inf, "µm", "This is how far it lies above bottom.")
    fine = fine * _check_window(straight, 1.5 * jnp.asarray(width) + gap + apart)
    near, tail, far = (field_or_zero(straight, x - width - gap - d, y).E[mode] for d in (-apart, 0.0, apart))
    own, outer, inner = (field_or_zero(modes, x, y).E[mode] for modes in (straight, out, back))

    def found(a: Array, b: Array) -> Array:
        return jnp.sum(w * jnp.sum(a * b.conj(), axis=0).real)

    beta = straight.beta[mode].real
    decay = jnp.log(jnp.abs(found(near, own) / found(far, own))) / (2 * apart)
    turned = x / 2 * (1 + (beta / decay) ** 2) - (beta * x) ** 2 / (2 * decay)
    shape = jnp.sum(w * turned * jnp.sum(tail * own.conj(), axis=0).real) / found(tail, own)
    return Lean(fine * (jnp.log(jnp.abs(found(tail, outer) / found(tail, inner))) / (2 * step) + shape), width)


def factor(leaning: Lean, beta: ArrayLike, decay: ArrayLike, gap: ArrayLike, one: ArrayLike, two: ArrayLike) -> Array:
    """By how much bends raise the coupling of guides that part, elementwise.

    Args:
        leaning: of either guide.
        beta: of a guide alone [rad/µm].
        decay: -∂ ln κ/∂gap of straight guides [1/µm].
        gap: smallest one, edge to edge [µm].
        one: curvature of the first guide [1/µm], positive where it bends away from the other.
        two: curvature of the second guide.
    """
    xp = namespace(leaning, beta, decay, gap, one, two)
    one, two, beta, decay = (xp.asarray(v, float) for v in (one, two, beta, decay))
    total = one + two
    curvature = xp.where(total == 0, 0.0, one * two / xp.where(total == 0, 1.0, total))
    if not is_traced(curvature) and not np.any(curvature):
        # beside a straight guide tails fall as they do everywhere: rings on a bus need no integral
        return xp.exp(leaning.slope * total) * xp.ones_like(beta * decay)
    distance = xp.asarray(gap) + leaning.width
    points, weights = gauss(4)  # eight say the same to 2e-12 on a bend of 3 µm

    def fall(x: Any) -> Any:
        # nothing falls beyond the radius where the tail would outrun light, and nothing couples from there
        square = (beta / (1 + curvature * x)) ** 2 - beta**2 + decay**2
        return xp.sqrt(xp.maximum(square, 1e-3 * decay**2))

    places = xp.multiply.outer((points + 1) / 2, xp.broadcast_to(distance, xp.shape(curvature * decay)))
    gained = distance * (decay - xp.tensordot(weights / 2, fall(places), 1))
    root = xp.sqrt(decay / (fall(distance) * (1 + curvature * distance)))
    return root * xp.exp(gained + leaning.slope * total)


def _check_window(modes: Modes, reach: Array) -> Array | float:
    begins = jnp.max(modes.mesh.x[0].real)
    said = (
        "lean: the window begins at x = {value:.3g} µm, and the core of the other guide reaches to -{reach:.3g} µm. "
        "Give the guide a wider window=."
    )
    return held(begins <= -reach, said, value=begins, reach=reach)
