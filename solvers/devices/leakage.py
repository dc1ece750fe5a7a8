"""Light that leaks through the oxide into the substrate: exactly in layers, and for a wire by its tail.

Lengths in µm, exp(-iωt); a mode that loses light has Im(n_eff) > 0.
J. Chilwell and I. Hodgkinson, J. Opt. Soc. Am. A 1, 742 (1984), doi:10.1364/JOSAA.1.000742 (modes of layers as zeros
of a matrix element); A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 24 (leaky modes).
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.devices.multilayer import Polarization
from lingnan.solvers.waveguides.media import is_traced


def leaky_mode(
    index: ArrayLike,
    thickness: ArrayLike,
    wavelength: ArrayLike,
    guess: ArrayLike,
    polarization: Polarization = "te",
) -> Array:
    """n_eff of the mode of a stack nearest to `guess`, with waves that leave into the outer media: complex, exact.

    Args:
        index: refractive index from the lowest medium to the highest, (layers + 2,).
        thickness: of the layers between, (layers,) [µm].
        wavelength: in vacuum [µm].
        guess: n_eff to start from, for instance of the same stack with a thick oxide (`planar.modes`).
        polarization: "te" or "tm".

    Differentiable in index, thickness and wavelength. Loss [dB/cm] is 1e4 · 20/ln(10) · (2π/λ) Im(n_eff).
    """
    n, d = jnp.asarray(index) + 0j, jnp.asarray(thickness, float)
    if n.shape[0] != d.shape[0] + 2:
        raise ValueError(
            f"leaky_mode: index of shape {n.shape} and thickness of shape {d.shape} do not fit: give both outer "
            f"media too."
        )
    square = _root(polarization, (n, d, jnp.asarray(wavelength, float)), jnp.asarray(guess, complex) ** 2)
    n_eff = jnp.sqrt(square)
    if not is_traced(n_eff):
        rest = _mismatch(polarization, (n, d, jnp.asarray(wavelength, float)), square)
        scale = _mismatch(polarization, (n, d, jnp.asarray(wavelength, float)), square * (1 + 1e-4))
        if not (np.isfinite(complex(n_eff)) and abs(complex(rest)) < 1e-6 * abs(complex(scale))):
            raise ValueError(
                f"leaky_mode: no mode near n_eff = {guess}: Newton's steps did not settle. Start nearer, from "
                f"`planar.modes` of "
                "the same layers, or take another polarisation."
            )
    return n_eff


def wire_loss(
    n_eff: ArrayLike,
    n_buried: ArrayLike,
    n_substrate: ArrayLike,
    below: ArrayLike,
    buried: ArrayLike,
    wavelength: ArrayLike,
    polarization: Polarization = "te",
) -> Array:
    """Leakage of any guide [dB/cm] from the strength of its tail in the oxide, elementwise.

    α = T ∫|u|² on the line under the core, carried down by exp(-2 γ h) and taken over by the substrate with its
    admittance: first order in the leaked light, exact in the limit of a thick oxide for a slab, and for a wire that is
        wider than 1/γ.

    Args:
        n_eff: of the mode.
        n_buried: index of the oxide.
        n_substrate: index of the substrate.
        below: |u|² at the lower face of the core over ∫|u|² dy of the mode, u the field along the film [1/µm].
        buried: thickness of the oxide [µm].
        wavelength: in vacuum [µm].
        polarization: "te" or "tm": u is E or H; for tm `below` is |u|²/n_buried² over ∫|u|²/ε dy.
    """
    n, nb, ns, h = (jnp.asarray(v) for v in (n_eff, n_buried, n_substrate, buried))
    k0 = 2 * jnp.pi / jnp.asarray(wavelength)
    gamma = k0 * jnp.sqrt(n**2 - nb**2)
    k_s = k0 * jnp.sqrt(jnp.maximum(ns**2 - n**2, 0.0))
    if polarization == "tm":
        k_s = k_s * (nb / ns) ** 2
    # field at the substrate: 2γ/(γ - i k_s) of the incoming tail; its flux is k_s |u|², over β ∫|u|²
    alpha = 4 * gamma**2 / (gamma**2 + k_s**2) * k_s * jnp.asarray(below) * jnp.exp(-2 * gamma * h) / (k0 * n)
    return 1e4 * 10 / jnp.log(10.0) * alpha


@jax.jit(static_argnums=0)
def _mismatch(polarization: Polarization, stack: tuple[Array, Array, Array], square: Array) -> Array:
    """What must vanish at a mode: the field grown upwards from the lowest medium against a wave leaving at the top."""
    n, d, wavelength = stack
    k0 = 2 * jnp.pi / wavelength
    eps = n**2
    q = jnp.sqrt(k0**2 * (eps - square))
    # guided light dies away outside; light faster than the medium allows runs out
    evanescent = jnp.abs(q.imag) > jnp.abs(q.real)
    outer = jnp.where(jnp.where(evanescent, q.imag, q.real) < 0, -q, q)
    weight = jnp.ones_like(eps) if polarization == "te" else 1 / eps

    def layer(field: tuple[Array, Array], row: tuple[Array, Array, Array]) -> tuple[tuple[Array, Array], None]:
        u, v = field  # u and weight u'
        q, w, thickness = row
        c, s = jnp.cos(q * thickness), jnp.sin(q * thickness)
        u, v = c * u + s / (q * w) * v, -q * w * s * u + c * v
        scale = 1 / jnp.sqrt(jnp.abs(u) ** 2 + jnp.abs(v / k0) ** 2)
        return (u * lax.stop_gradient(scale), v * lax.stop_gradient(scale)), None

    start = (jnp.ones_like(square), -1j * outer[0] * weight[0])
    (u, v), _ = lax.scan(layer, start, (q[1:-1], weight[1:-1], d))
    return v - 1j * outer[-1] * weight[-1] * u


@partial(jax.custom_jvp, nondiff_argnums=(0,))
@jax.jit(static_argnums=0)
def _root(polarization: Polarization, stack: tuple[Array, Array, Array], start: Array) -> Array:
    """n_eff² by Newton's method; the derivative is that of the equation, not of the steps."""

    def step(_: int, square: Array) -> Array:
        value, slope = jax.jvp(partial(_mismatch, polarization, stack), (square,), (jnp.ones_like(square),))
        return square - value / slope

    return lax.fori_loop(0, 12, step, start)


@_root.defjvp
def _root_jvp(polarization: Polarization, primals: Any, tangents: Any) -> tuple[Array, Array]:
    stack, start = primals
    square = _root(polarization, stack, start)
    moved = jax.jvp(lambda s: _mismatch(polarization, s, square), (stack,), (tangents[0],))[1]
    slope = jax.jvp(partial(_mismatch, polarization, stack), (square,), (jnp.ones_like(square),))[1]
    return square, -moved / slope
