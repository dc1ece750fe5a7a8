"""Eigenmode expansion with full-vector modes: for steps, tapers and couplers whose height matters.

The same joints and lines as `eme`, so power and reciprocity hold for any number of modes. What a few modes leave out is
radiation: the answer is right to the light that they cannot carry. Lossless guides between closed walls, which send
back what has radiated: where much does, more modes do not settle it, and other windows tell how far off it may be.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.devices import overlap, scattering
from lingnan.solvers.devices.scattering import Blocks
from lingnan.solvers.waveguides.media import is_traced
from lingnan.solvers.waveguides.modes import Modes


class VectorScattering(NamedTuple):
    """Of a device, between the modes of its first and its last section."""

    blocks: Blocks  #: counted in the modes' own impedances
    left: Modes
    right: Modes

    @property
    def s(self) -> Array:
        """S[out, in], left modes first, then right ones, each by falling n_eff."""
        return self.blocks.whole

    def power_sum(self, mode: int = 0) -> Array:
        """Power that leaves in all propagating modes kept, when `mode` on the left brings one."""

        def leaves(modes: Modes, block: Array) -> Array:
            n = modes.n_eff[: len(block)]
            return jnp.sum(jnp.where(n.real > jnp.abs(n.imag), jnp.abs(block[:, mode]) ** 2, 0.0))

        return leaves(self.left, self.blocks.s11) + leaves(self.right, self.blocks.s21)


def scatter(sections: Sequence[Modes], lengths: Sequence[ArrayLike], num_modes: int | None = None) -> VectorScattering:
    """S-parameters of sections one after another.

    Args:
        sections: modes of each, all at one wavelength and in the same window.
        lengths: of each [µm].
        num_modes: kept in every section, from the highest n_eff down; None: all. Fewer tell how well it has converged.
    """
    _check(sections, lengths, num_modes)
    norms = [overlap.norms(m) for m in sections]
    k0 = 2 * jnp.pi / sections[0].wavelength
    impedances = [jnp.sign(n.real) * k0 / m.beta for n, m in zip(norms, sections, strict=True)]
    pairs = zip(pairwise(sections), pairwise(norms), strict=True)
    kept = slice(num_modes)
    joints = [joined(*modes, *norm)[kept, kept] for modes, norm in pairs]
    betas, impedances = [m.beta[kept] for m in sections], [z[kept] for z in impedances]
    blocks = _chained(joints, betas, impedances, [jnp.asarray(a, float) for a in lengths])
    return VectorScattering(blocks, sections[0], sections[-1])


@jax.jit
def _chained(joints: list[Array], betas: list[Array], impedances: list[Array], lengths: list[Array]) -> Blocks:
    reference = lax.stop_gradient(jnp.abs(impedances[0][0]))
    lines = [scattering.line(*row, reference) for row in zip(betas, impedances, lengths, strict=True)]
    total = Blocks(*(jnp.diag(b) for b in lines[0]))
    for joint, line in zip(joints, lines[1:], strict=True):
        total = scattering.after_line(scattering.chain(total, scattering.interface(joint)), line)
    return scattering.to_own_impedance(total, impedances[0], impedances[-1], reference)


def joined(left: Modes, right: Modes, norm_left: Array, norm_right: Array) -> Array:
    """P[n, m] for `scattering.interface`: e and h scaled to ∫ e_n × h_n = 1; real in lossless guides."""
    p = overlap.bilinear(left, right)
    p = p / jnp.sqrt(jnp.abs(norm_right))[:, None] / (jnp.sign(norm_left.real) * jnp.sqrt(jnp.abs(norm_left)))
    lossless = not any(jnp.iscomplexobj(m.problem.geometry.lines) or m.problem.plan.absorber for m in (left, right))
    return p.real if lossless and not jnp.iscomplexobj(left.epsilon) and not jnp.iscomplexobj(right.epsilon) else p


def _check(sections: Sequence[Modes], lengths: Sequence[ArrayLike], num_modes: int | None) -> None:
    if num_modes is not None and num_modes < 1:
        raise ValueError(f"scatter: num_modes = {num_modes}: keep at least one mode, or None for all.")
    if not sections or len(sections) != len(lengths):
        raise ValueError(
            f"scatter: {len(sections)} sections and {len(lengths)} lengths: give one length for each section."
        )
    for one, two in pairwise(sections):
        overlap.check_joint("scatter", one, two)
    for k, modes in enumerate(sections):
        n_eff = modes.n_eff[:num_modes]
        if not is_traced(n_eff) and np.abs(n_eff).min() < 3e-3:
            raise ValueError(
                f"scatter: section {k} has a mode of n_eff = {np.abs(n_eff).min():.1e}: a static field, "
                f"which carries nothing. Keep fewer modes than these {len(n_eff)}, by num_modes= or in solve."
            )
    for length in lengths:
        if not is_traced(length) and not (np.isfinite(float(length)) and float(length) >= 0):  # type: ignore[arg-type]
            raise ValueError(f"scatter: length = {length} µm: it must be finite and not negative.")
    walls = [m.mesh.x for m in sections]
    if is_traced(walls):
        return
    box = np.asarray(
        [[m.mesh.x[0, 0].real, m.mesh.x[-1, 0].real, m.mesh.y[0].real, m.mesh.y[-1].real] for m in sections]
    )
    if np.ptp(box, axis=0).max() > 1e-9:
        raise ValueError(
            f"scatter: windows differ (left, right, bottom, top from {box.min(axis=0)} to {box.max(axis=0)} µm). "
            "Give every cross-section the same window=."
        )
