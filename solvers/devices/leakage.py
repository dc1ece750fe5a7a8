"""Light that leaks through the oxide into the substrate: exactly in layers, and of any guide by its tail.

Lengths in µm, exp(-iωt); a mode that loses light has Im(n_eff) > 0.
J. Chilwell and I. Hodgkinson, J. Opt. Soc. Am. A 1, 742 (1984), doi:10.1364/JOSAA.1.000742 (modes of layers as zeros
of a matrix element); A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 24 (leaky modes). What is made of a
tail is derived here.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import no_less, whole, within
from lingnan.solvers.devices.multilayer import Polarization
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import held, is_traced, marked
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.measures import field_or_zero
from lingnan.solvers.waveguides.modes import Modes


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
    if polarization not in ("te", "tm"):
        raise ValueError(f'leaky_mode: polarization = {polarization!r} is neither "te" nor "tm". Give one of them.')
    fine = whole(
        no_less("leaky_mode", "thickness", d, 0.0, "µm", ""),
        within("leaky_mode", "wavelength", wavelength, 0.0, np.inf, "µm", ""),
    )
    if np.ndim(wavelength) or n.ndim != 1 or d.ndim != 1 or n.shape[0] != d.shape[0] + 2:
        raise ValueError(
            f"leaky_mode: index of shape {n.shape} and thickness of shape {d.shape} do not fit: give both outer "
            f"media too, one wavelength, and jax.vmap for a sweep."
        )
    stack = n, d, jnp.asarray(wavelength, float)
    square = _root(polarization, stack, jnp.asarray(guess, complex) ** 2)
    n_eff = jnp.sqrt(square)
    rest, scale = (jnp.abs(_mismatch(polarization, stack, square * factor)) for factor in (1.0, 1 + 1e-4))
    settled = jnp.isfinite(n_eff) & (rest < 1e-6 * scale)
    said = "leaky_mode: no mode near n_eff = {guess:g}: Newton's steps did not settle. Start nearer, from "
    said += "`planar.modes` of the same layers, or take another polarisation."
    return fine * n_eff * held(settled, said, guess=jnp.real(guess))


def wire_loss(modes: Modes, level: ArrayLike, buried: ArrayLike, n_substrate: ArrayLike, *, orders: int = 64) -> Array:
    """Leakage of each mode into a substrate below its window's oxide, from its tail there: (modes,) [dB/cm].

    On a line in the oxide the field is a sum of plane waves exp(i k_x x + iβz), each with E across its plane of
    incidence (s) or H (p). Each falls on its way down by exp(-γ h), γ² = k_x² + β² - k² ε_b, and is taken over by the
    substrate, k_s² = k² ε_s - k_x² - β², with Fresnel's |t|² = 4γ²/(γ² + k_s²), for p with γ/ε_b and k_s/ε_s. First
    order in the leaked light. A wire's tail has k_x beside β, with which it falls faster than that of its slab:
    450 x 220 nm of silicon on 0.8 µm of oxide lose half of what γ alone would say.

    Args:
        modes: of the guide without the substrate.
        level: y of the line, below all that is not oxide, in the window [µm].
        buried: oxide from that line down to the substrate [µm].
        n_substrate: index of the substrate.
        orders: plane waves on either side of k_x = 0; fields that reach the walls are taken as periodic.

    Differentiable in everything but `orders`.
    """
    oxide = _oxide(modes, level)
    fine = no_less("wire_loss", "buried", buried, 0.0, "µm", "The substrate cannot lie above the line.")
    fine = fine * within("wire_loss", "n_substrate", jnp.real(n_substrate), 0.0, np.inf, "", "It is an index.")
    if is_traced(modes.mesh.y, modes.mesh.x, level):
        y = modes.mesh.y.real
        said = "wire_loss: level = {value:g} µm is not in the window, which begins at {low:g} µm."
        inside = (jnp.asarray(level) > y[0]) & (jnp.asarray(level) < y[-1])
        fine = fine * marked(inside, said, value=level, low=y[0])
    n, beside = modes.n_eff.real, jnp.sqrt(oxide)
    said = "wire_loss: n_eff = {value:.5g} lies below the oxide's {oxide:.5g}: that light has no tail. "
    said += "Solve for fewer modes."
    fine = fine * held(n > beside, said, value=n, oxide=beside)
    x, weights, width = _along(modes, level)
    k0, along = 2 * jnp.pi / modes.wavelength, modes.beta.real[:, None]
    k_x = 2 * jnp.pi / width * np.arange(-orders, orders + 1)
    inside = jnp.sqrt(k_x**2 + along**2)
    turn = weights[:, None] * jnp.exp(-1j * x[:, None] * k_x) / width
    at = field_or_zero(modes, x, jnp.full_like(x, level))
    # across the plane of incidence
    e, h = ((along * (f[:, 0] @ turn) - k_x * (f[:, 2] @ turn)) / inside for f in (at.E, at.H))
    substrate = jnp.asarray(n_substrate) ** 2
    fall = jnp.sqrt(inside**2 - k0**2 * oxide)
    square = k0**2 * substrate - inside**2
    down = jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)

    def taken(fall: Array, down: Array) -> Array:
        return 4 * fall**2 / (fall**2 + down**2) * down / (2 * k0)

    flux = taken(fall, down) * jnp.abs(e) ** 2 / Z0 + taken(fall / oxide, down / substrate) * jnp.abs(h) ** 2 * Z0
    per_um = jnp.sum(flux * jnp.exp(-2 * fall * jnp.asarray(buried)), axis=-1) * width
    return fine * 1e4 * 10 / jnp.log(10.0) * per_um


def _along(modes: Modes, level: ArrayLike) -> tuple[Array, Array, Array]:
    """Points on a line through the window that move with the mesh, weights of an integral, and its length [µm]."""
    mesh, (points, weights) = modes.mesh, gauss(12)
    y = mesh.y.real
    row = jnp.clip(jnp.searchsorted(y, jnp.asarray(level)) - 1, 0, mesh.ny - 1)
    up = (level - y[row]) / (y[row + 1] - y[row])
    cuts = (mesh.x[:, row] * (1 - up) + mesh.x[:, row + 1] * up).real
    half = jnp.diff(cuts)[:, None] / 2
    x = (cuts[1:] + cuts[:-1])[:, None] / 2 + half * points
    return x.reshape(-1), (half * weights).reshape(-1), cuts[-1] - cuts[0]


def _oxide(modes: Modes, level: ArrayLike) -> Array:
    """Relative permittivity of what the line lies in, the bottom of the window."""
    epsilon = modes.epsilon.real
    if epsilon.ndim == 4:
        epsilon = jnp.diagonal(epsilon, axis1=-2, axis2=-1)
    if not is_traced(epsilon, modes.mesh.y, level):
        rows, y = np.asarray(epsilon), np.real(np.asarray(modes.mesh.y))
        same = np.ptp(rows, axis=(0, 2)) + np.abs(rows[0, :, 0] - rows[0, 0, 0]) < 1e-9
        top = float(y[np.argmin(same)]) if not np.all(same) else float(y[-1])
        if not y[0] < float(np.asarray(level)) <= top:
            raise ValueError(
                f"wire_loss: level = {level} µm must lie between {y[0]:.4g} and {top:.4g} µm, in one oxide below the "
                "core. Solve without the substrate, in a window that has some oxide."
            )
    return epsilon[0, 0, 0]


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
