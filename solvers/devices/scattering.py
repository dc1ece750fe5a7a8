"""Scattering matrices of many modes: interfaces, lengths of guide, and how they are chained.

Every mode is a transmission line with voltage V (transverse E) and current I (transverse H). Waves are counted against
one real reference impedance R for all modes of all sections, V = √R (a + b), I = (a - b) / √R, so that

* an interface with real overlaps is an orthogonal matrix, whatever the number of modes kept: no light is made or lost;
* a mode may be propagating, evanescent or exactly at cutoff, and nothing is singular there;
* a lossless section is unitary, evanescent modes included.

Only the outermost ports are counted in their own impedance, where S means what is measured.
Sources: R. E. Collin, Foundations for Microwave Engineering (2nd ed.), §4.7 (lines, S) and, for joining, R. Redheffer,
J. Math. and Phys. 41, 1 (1962), doi:10.1002/sapm19624111. S[out, in]; exp(-iωt); "1" is the left side, "2" the right
one.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Blocks(NamedTuple):
    """S of a piece of the device: waves that leave on the first side for waves that enter on the second side."""

    s11: Array  #: (left, left)
    s12: Array  #: (left, right)
    s21: Array  #: (right, left)
    s22: Array  #: (right, right)

    @property
    def whole(self) -> Array:
        """One matrix, left modes first."""
        return jnp.block([[self.s11, self.s12], [self.s21, self.s22]])


def chain(first: Blocks, second: Blocks) -> Blocks:
    """Join the right side of `first` to the left side of `second` (Redheffer's star product)."""
    one = jnp.eye(first.s22.shape[0])
    left = jnp.linalg.solve(one - second.s11 @ first.s22, jnp.concatenate([second.s11 @ first.s21, second.s12], axis=1))
    right = first.s21, first.s22
    modes = first.s21.shape[1]
    # `left` holds the waves that run to the left at the joint: from a wave on the far left, and from one on the far
    # right.
    from_left, from_right = left[:, :modes], left[:, modes:]
    return Blocks(
        first.s11 + first.s12 @ from_left,
        first.s12 @ from_right,
        second.s21 @ (right[0] + right[1] @ from_left),
        second.s22 + second.s21 @ right[1] @ from_right,
    )


def interface(overlap: Array) -> Blocks:
    """S of a plane where one cross-section ends and another begins.

    Args:
        overlap: P[n, m] = ∫ e_n × h_m · ẑ, mode n of the right section with mode m of the left one, (right, left).

    Continuity of E, tested with the left h, is V1 = Pᵀ V2; continuity of H, tested with the right e, is I2 = P I1.
    Together V1ᵀ I1 = V2ᵀ I2: power and reciprocity hold for any number of modes, and S is orthogonal for a real P.
    (Testing both with the same side's modes, as is often done, holds only for complete sets.)
    """
    p = overlap
    right, left = p.shape
    gram = jnp.eye(right) + p @ p.T
    solved = jnp.linalg.solve(gram, jnp.concatenate([2 * p, jnp.eye(right) - p @ p.T], axis=1))
    s21, s22 = solved[:, :left], solved[:, left:]
    return Blocks(p.T @ s21 - jnp.eye(left), s21.T, s21, s22)


def passage(voltages: Array, currents: Array) -> Blocks:
    """S of a plane with V1 = `voltages` V2, (left, right), and I2 = `currents` I1, (right, left).

    `interface(P)` is `passage(Pᵀ, P)`.
    """
    right, left = currents.shape
    both = jnp.concatenate([2 * currents, jnp.eye(right) - currents @ voltages], axis=1)
    solved = jnp.linalg.solve(jnp.eye(right) + currents @ voltages, both)
    s21, s22 = solved[:, :left], solved[:, left:]
    return Blocks(voltages @ s21 - jnp.eye(left), voltages @ (s22 + jnp.eye(right)), s21, s22)


def line(beta: Array, impedance: Array, length: Array, reference: Array | float) -> Blocks:
    """S of a guide of some length, every mode for itself: all four blocks are diagonal and returned as vectors
    (modes,).

    Args:
        beta: propagation constants, (modes,) complex, Im >= 0 [1/µm].
        impedance: of each mode, in the unit of `reference`, (modes,).
        length: [µm].
        reference: R.
    """
    e = jnp.exp(1j * beta * length)
    z = impedance / reference
    turn = (e**2 - 1) / 2  # i e sin βL
    total = (e**2 + 1) - (z + 1 / z) * turn
    reflected, through = -(z - 1 / z) * turn / total, 2 * e / total
    return Blocks(reflected, through, through, reflected)


def after_line(first: Blocks, second: Blocks) -> Blocks:
    """`chain(first, diagonal second)` for a `line`, at the cost of one solve."""
    full = Blocks(*(jnp.diag(block) for block in second))
    return chain(first, full)


def to_own_impedance(s: Blocks, left: Array, right: Array, reference: Array | float) -> Blocks:
    """S of the whole device counted in the impedances of its outermost modes: what a guide that goes on for ever sees.

    Args:
        s: counted in `reference`.
        left: impedances of the modes on the left side, (left,).
        right: the same on the right side.
        reference: R.
    """

    def step(z: Array) -> tuple[Array, Array]:
        """Reflection from R to Z seen from R, and transmission either way."""
        return (z - reference) / (z + reference), 2 * jnp.sqrt(z * reference + 0j) / (z + reference)

    (rho_l, tau_l), (rho_r, tau_r) = step(left), step(right)
    outer_left = Blocks(jnp.diag(-rho_l), jnp.diag(tau_l), jnp.diag(tau_l), jnp.diag(rho_l))
    outer_right = Blocks(jnp.diag(rho_r), jnp.diag(tau_r), jnp.diag(tau_r), jnp.diag(-rho_r))
    return chain(chain(outer_left, s), outer_right)
