"""How fast a heater is: ρc ∂T/∂t = ∇·(k ∇T) + q after a step of power, as an observer of T sees it.

The response is wᵀ(K + sM)⁻¹f in the Laplace domain. Fields at a few real s, of the source and of the observer, span all
that happens between them: projected on that span the response has both its value and its slope right at each s
(Galerkin on both sides), and is a sum of decaying exponentials,

    g(t) = Σ_i g_i (1 - exp(-λ_i t)),      K v_i = λ_i M v_i on the span.

Its error is the product of the two fields' errors, so that derivatives do not need to follow how the span turns.
`stepped` is the second way: steps in time on the whole mesh.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import within
from lingnan.solvers.elements import scalar
from lingnan.solvers.heat.conduction import PER_MICRON, Plan, at_points, capacity, plan_of, sources, stiffness
from lingnan.solvers.heat.heater import Heater
from lingnan.solvers.heat.section import Section
from lingnan.solvers.heat.shift import AMBIENT, above_zero, observer
from lingnan.solvers.linalg.symmetric import symmetric_pencil
from lingnan.solvers.modulators import optical
from lingnan.solvers.modulators.optical import Guided, Polarisation
from lingnan.solvers.tracing import held
from lingnan.solvers.waveguides import Resolution

#: at which fields are solved [1/s]: from the warming of a wafer to that of a film
SHIFTS = np.concatenate([[0.0], np.geomspace(1e2, 1e9, 15)])
#: of an interval of 35 e-folds of time: to round-off
HALVINGS = 60


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Step:
    """The response to a step of power: Σ gains (1 - exp(-rates t))."""

    rates: Array  #: (R,) [1/s], falling
    gains: Array  #: (R,) in the observer's unit per W/µm

    def at(self, time: ArrayLike) -> Array:
        """Share of the whole change that is there `time` [s] after the step, (*time.shape)."""
        t = jnp.asarray(time, float)[..., None]
        return jnp.sum(-self.gains * jnp.expm1(-self.rates * t), axis=-1) / jnp.sum(self.gains)

    def when(self, share: ArrayLike) -> Array:
        """Time at which a share of the change is there [s]."""
        advice = "The end itself is never reached."
        share = jnp.asarray(share, float) * within("Step.when", "share", share, 0.0, 1.0, "of the change", advice)
        fixed = jax.tree.map(lax.stop_gradient, self)

        def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = ends
            middle = (low + high) / 2
            late = fixed.at(jnp.exp(middle)) > share
            return jnp.where(late, low, middle), jnp.where(late, middle, high)

        slowest = jnp.log(1 / jnp.min(fixed.rates))
        low, high = lax.fori_loop(0, HALVINGS, halve, (slowest - 30.0, slowest + 5.0))
        found = jnp.exp((low + high) / 2)
        slope = jax.grad(fixed.at)(found)
        return found - (self.at(found) - share) / slope  # one step of Newton's carries the derivative

    @property
    def rise_time(self) -> Array:
        """From 10 to 90 % of the change [s]."""
        return self.when(0.9) - self.when(0.1)

    @property
    def time_constant(self) -> Array:
        """Until all but 1/e of the change is there [s]; where one mode has all the gain, its 1/λ."""
        return self.when(1 - 1 / np.e)

    def slowest(self, least: float = 0.5) -> Array:
        """1/λ of the slowest mode that has at least this share of the gain [s].

        A heater on a wafer spreads its gain over many modes of the handle, and has none; one over an undercut has one.

        Raises:
            ValueError: no mode has it.
        """
        heavy = self.gains >= least * jnp.sum(self.gains)
        said = (
            "Step.slowest: no mode has {least:g} of the gain: the largest has {most:.2f}. Ask for time_constant, or "
            "for less."
        )
        fine, most = jnp.any(heavy), jnp.max(self.gains) / jnp.sum(self.gains)
        found = 1 / jnp.min(jnp.where(heavy, self.rates, jnp.inf))
        return found * held(fine, said, least=least, most=most)

    def modulation(self, frequency: ArrayLike) -> Array:
        """Response to power at a frequency [Hz] over that to slow power, (*frequency.shape), exp(-iωt)."""
        s = -2j * jnp.pi * jnp.asarray(frequency, float)[..., None]
        return jnp.sum(self.gains * self.rates / (self.rates + s), axis=-1) / jnp.sum(self.gains)


def response(
    spec: Heater,
    wavelength: ArrayLike = 1.55,
    *,
    polarisation: Polarisation = "te",
    like: tuple[Section, Guided] | None = None,
    resolution: Resolution | None = None,
    ambient: ArrayLike = AMBIENT,
) -> Step:
    """How the mode's phase follows a step of power; arguments as of `shift`, and as differentiable."""
    ambient = above_zero("response", ambient)
    guided = optical.guided(spec, wavelength, polarisation, like[1] if like else None, resolution, ambient)
    return response_of(spec.section(like[0] if like else None), guided, ambient)


@jax.jit
def response_of(section: Section, guided: Guided, ambient: ArrayLike = AMBIENT) -> Step:
    """`response` from a stack and a mode that is known."""
    return observed(section, guided.x, guided.y, observer(guided, ambient))


@jax.jit
def observed(section: Section, x: Array, y: Array, weight: Array) -> Step:
    """What Σ weight · T(x, y) does after a step in the first source.

    Args:
        section: the stack.
        x: points [µm].
        y: the same.
        weight: of each point.
    """
    plan, k, m, f, w = _matrices(section, x, y, weight)
    frozen_k, frozen_m, both = lax.stop_gradient((k, m, jnp.stack([f, w], axis=-1)))
    # a unit of its own for the observer: it may be anything
    both = both / jnp.max(jnp.abs(both), axis=0)
    held = scalar.hold(plan.layout, frozen_k, plan.free)
    # unknowns that are held stay so whatever is added: capacities there are left out
    keep = scalar.of_elements(plan.layout, plan.free)
    free_m = frozen_m * keep[..., :, None] * keep[..., None, :]
    many = held[None] + SHIFTS[:, None, None, None, None] * free_m[None]
    fields = scalar.solved(plan.layout, many, jnp.broadcast_to(both, (len(SHIFTS), *both.shape)))
    columns = jnp.moveaxis(fields, 0, 1).reshape(plan.layout.size, -1)
    span = jnp.linalg.qr(columns / jnp.linalg.norm(columns, axis=0))[0] * plan.free[:, None]
    small_k, small_m = (span.T @ scalar.product(plan.layout, a, span) for a in (k, m))
    rates, vectors = symmetric_pencil((small_k + small_k.T) / 2, (small_m + small_m.T) / 2)
    gains = (vectors @ (span.T @ f)) * (vectors @ (span.T @ w)) / rates
    return Step(rates, gains * PER_MICRON)


@jax.jit
def stepped(section: Section, x: Array, y: Array, weight: Array, times: Array) -> Array:
    """`observed` by steps in time from each of `times` [s] to the next, beginning at 0: what is seen, (T,).

    Two stages of the L-stable diagonally implicit rule of second order, γ = 1 - 1/√2: R. Alexander, SIAM J. Numer.
    Anal. 14, 1006 (1977), doi:10.1137/0714068.
    """
    plan, k, m, f, w = _matrices(section, x, y, weight)
    gamma = 1 - 1 / np.sqrt(2)

    def rate(u: Array, step: Array) -> Array:
        """k with M k = f - K (u + γ h k)."""
        held = scalar.hold(plan.layout, m + gamma * step * k, plan.free)
        push = plan.free * (f - scalar.product(plan.layout, k, u[:, None])[:, 0])
        return scalar.solved(plan.layout, held[None], push[None, :, None])[0, :, 0]

    def advance(u: Array, step: Array) -> tuple[Array, Array]:
        one = rate(u, step)
        two = rate(u + (1 - gamma) * step * one, step)
        u = u + step * ((1 - gamma) * one + gamma * two)
        return u, w @ u

    return lax.scan(advance, jnp.zeros(plan.layout.size), jnp.diff(times, prepend=0.0))[1] * PER_MICRON


def _matrices(section: Section, x: Array, y: Array, weight: Array) -> tuple[Plan, Array, Array, Array, Array]:
    """K and M of the elements, the source and the observer as vectors."""
    mesh, regions = section.mesh()
    plan = plan_of(section, regions)
    k = stiffness(section, mesh, regions, plan.order)
    m = capacity(section, mesh, regions, plan.order)
    f = sources(section, mesh, regions, plan)[:, 0]

    def seen(values: Array) -> Array:
        return jnp.sum(weight * at_points(mesh, plan.order, values, x, y))

    return plan, k, m, f, plan.free * jax.grad(seen)(jnp.zeros(plan.layout.size))
