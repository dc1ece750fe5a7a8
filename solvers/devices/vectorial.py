"""Eigenmode expansion with full-vector modes: for steps, tapers and couplers whose height matters.

The same joints and lines as `eme`, so reciprocity holds for any number of modes, and power too between closed walls.
Those send back what has radiated: where much does, more modes do not settle it. Absorbing layers take it away, and
then a hundred modes are enough, guided ones and those that decay, found around a `target` far below the guided ones:

    absorber = Absorber(("left", "right", "bottom", "top"), thickness=0.4)
    sections = [solve(bordered(g, absorber), 1.55, 100, target=1.5, absorber=absorber) for g in cross_sections]
    scatter(sections, [0.0, 3.3, 0.0]).s

Modes between absorbing layers are orthogonal without conjugation and along the complex coordinates only, and that only
if all sections have the same elements there (`waveguides.bordered`). Their amplitudes do not add up to power but for
guided ones, whose fields do not reach the layers: what those lack has radiated, or was absorbed.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import no_less, whole
from lingnan.solvers.devices import overlap, scattering
from lingnan.solvers.devices.scattering import Blocks
from lingnan.solvers.tracing import is_traced, marked
from lingnan.solvers.waveguides import engine
from lingnan.solvers.waveguides.joints import Guide
from lingnan.solvers.waveguides.modes import Modes

#: Residual of a search above which what it found is no mode.
LOST = 1e-4
#: |n_eff| below which a mode is a field at rest.
STATIC = 3e-3


class VectorScattering(NamedTuple):
    """Of a device, between the modes of its first and its last section."""

    blocks: Blocks  #: counted in the modes' own impedances
    left: Modes
    right: Modes

    @property
    def s(self) -> Array:
        """S[out, in], left modes first, then right ones, each by falling Re β²."""
        return self.blocks.whole

    def power_sum(self, mode: int = 0) -> Array:
        """Power that leaves in all propagating modes kept, when `mode` on the left brings one.

        For closed walls: modes between absorbing layers are not orthogonal in power.
        """

        def leaves(modes: Modes, block: Array) -> Array:
            n = modes.n_eff
            return jnp.sum(jnp.where(n.real > jnp.abs(n.imag), jnp.abs(block[:, mode]) ** 2, 0.0))

        return leaves(self.left, self.blocks.s11) + leaves(self.right, self.blocks.s21)


def scatter(sections: Sequence[Modes], lengths: Sequence[ArrayLike], num_modes: int | None = None) -> VectorScattering:
    """S-parameters of sections one after another.

    Args:
        sections: modes of each, all at one wavelength and in the same window.
        lengths: of each [µm].
        num_modes: kept in every section, from the highest Re β² down; None: all. Fewer tell how well it has converged.
    """
    fine = check(sections, lengths, num_modes)
    kept, betas, impedances, joints = prepared(sections, num_modes)
    blocks = _chained(joints, betas, impedances, [jnp.asarray(a, float) for a in lengths])
    blocks = Blocks(*(fine * block for block in blocks))
    return VectorScattering(blocks, sections[0].taken(kept[0]), sections[-1].taken(kept[-1]))


def interface_norms(sections: Sequence[Modes], num_modes: int | None = None) -> Array:
    """Largest singular value of S between the propagating modes of neighbouring sections: one, if all is right.

    For closed walls, as in `VectorScattering.power_sum`. Arguments as for `scatter`.
    """
    fine = check(sections, [0.0] * len(sections), num_modes)
    _, betas, impedances, joints = prepared(sections, num_modes)
    found: list[Array] = []
    for joint, beta, z in zip(joints, pairwise(betas), pairwise(impedances), strict=True):
        s = scattering.to_own_impedance(scattering.interface(joint), *z, jnp.abs(impedances[0][0])).whole
        carries = jnp.concatenate([b.real > jnp.abs(b.imag) for b in beta])
        found.append(jnp.linalg.norm(jnp.where(carries[:, None] & carries, s, 0.0), 2))
    return fine * jnp.stack(found)


class Prepared(NamedTuple):
    """What a chain of sections is made of: a list over them each, joints between neighbours."""

    kept: list[Array]  #: numbers of the modes kept in each section
    betas: list[Array]
    impedances: list[Array]
    joints: list[Array]


def prepared(sections: Sequence[Modes], num_modes: int | None) -> Prepared:
    """Modes kept of each section, scaled, and their joints; arguments as for `scatter`."""
    k0 = 2 * jnp.pi / sections[0].wavelength
    kept = [falling(m)[:num_modes] for m in sections]
    sides = [side(m, k) for m, k in zip(sections, kept, strict=True)]
    betas = [_forward(one.guide.beta) for one in sides]
    impedances = [one.sign * k0 / beta for one, beta in zip(sides, betas, strict=True)]
    return Prepared(kept, betas, impedances, [_joined(left, right) for left, right in pairwise(sides)])


def falling(modes: Modes) -> Array:
    """Numbers of the modes by falling Re β²: guided, radiating, evanescent."""
    return jnp.argsort(-(modes.n_eff**2).real)


@jax.jit
def _chained(joints: list[Array], betas: list[Array], impedances: list[Array], lengths: list[Array]) -> Blocks:
    reference = lax.stop_gradient(jnp.abs(impedances[0][0]))
    lines = [scattering.line(*row, reference) for row in zip(betas, impedances, lengths, strict=True)]
    total = Blocks(*(jnp.diag(b) for b in lines[0]))
    for joint, line in zip(joints, lines[1:], strict=True):
        total = scattering.after_line(scattering.chain(total, scattering.interface(joint)), line)
    return scattering.to_own_impedance(total, impedances[0], impedances[-1], reference)


class Side(NamedTuple):
    """Modes of a section, and how they are scaled: e and h to ∫ e_n × h_n / β_n = `sign`."""

    guide: Guide
    order: int
    scale: Array
    sign: Array  #: of what a lossless mode's fields give, which are real and cannot change it; one in open sections
    open: bool


def side(modes: Modes, kept: Array) -> Side:
    """Modes of the numbers `kept`, as a joint sees them."""
    found = Guide.unscaled(modes)
    guide = found._replace(vectors=found.vectors[kept], beta=found.beta[kept])
    norm, most = overlap.own(guide, modes.order)
    if not _open(modes):
        sign, towards = jnp.sign(norm.real), jnp.sign(most.real)
        return Side(guide, modes.order, towards / jnp.sqrt(jnp.abs(norm.real)), sign, False)
    root = jnp.sqrt(norm + 0j)
    towards = jnp.where((most / root).real < 0, -1.0, 1.0)
    return Side(guide, modes.order, towards / root, jnp.ones(len(kept)), True)


def _joined(left: Side, right: Side) -> Array:
    """P[n, m] for `scattering.interface`; real between lossless guides."""
    p = overlap.between(left.guide, left.order, right.guide, right.order)
    p = p * right.scale[:, None] * (left.scale * left.sign)
    return p if left.open or right.open else p.real


def _open(modes: Modes) -> bool:
    """Does light get lost in the section, or has it modes in pairs with conjugate β²? Their fields are complex."""
    found = modes.found.pairs.right
    lossy = jnp.iscomplexobj(found) or jnp.iscomplexobj(engine.media_of(modes.problem))
    return modes.problem.plan.absorber is not None or lossy


def _forward(beta: Array) -> Array:
    """Of ±β: a wave that turns faster than it fades runs forward, all others decay.

    Inside absorbing layers β² lies on either side of the real axis, and the root of positive real part may grow.
    """
    root = jnp.where(beta.real < 0, -beta, beta)
    return jnp.where((jnp.abs(root.imag) >= root.real) & (root.imag < 0), -root, root)


def check(sections: Sequence[Modes], lengths: Sequence[ArrayLike], num_modes: int | None) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong."""
    if num_modes is not None and num_modes < 1:
        raise ValueError(f"scatter: num_modes = {num_modes}: keep at least one mode, or None for all.")
    if not sections or len(sections) != len(lengths):
        raise ValueError(
            f"scatter: {len(sections)} sections and {len(lengths)} lengths: give one length for each section."
        )
    fine = [overlap.check_joint("scatter", one, two) for one, two in pairwise(sections)]
    for k, modes in enumerate(sections):
        if is_traced(modes.n_eff, modes.found.residual):
            kept = falling(modes)[:num_modes]
            n_eff, residual = jnp.abs(modes.n_eff[kept]).min(), modes.found.residual[kept].max()
            said = f"scatter: section {k} has a mode of n_eff = {{value:g}}: a static field, which carries nothing."
            fine.append(marked(n_eff >= STATIC, said, value=n_eff))
            said = f"scatter: section {k} has a mode with a residual of {{value:.1e}}, above {LOST:g}."
            fine.append(marked(residual <= LOST, said, value=residual))
            continue
        kept = np.asarray(falling(modes))[:num_modes]
        n_eff, residual = (np.asarray(a)[kept] for a in (modes.n_eff, modes.found.residual))
        if np.abs(n_eff).min() < STATIC:
            raise ValueError(
                f"scatter: section {k} has a mode of n_eff = {np.abs(n_eff).min():.1e}: a static field, "
                f"which carries nothing. Keep fewer modes than these {len(n_eff)}, by num_modes= or in solve."
            )
        if residual.max() > LOST:
            raise ValueError(
                f"scatter: section {k} has a mode with a residual of {residual.max():.1e}, above {LOST:g}. Between "
                "closed walls modes near cutoff may come in pairs with complex β, which a search inside jit cannot "
                "give. Keep fewer modes, by num_modes= or in solve, or give all sections an absorber=."
            )
    for length in lengths:
        fine.append(no_less("scatter", "length", length, 0.0, "µm", "Give it in µm."))
        if np.ndim(length):
            raise ValueError(f"scatter: length of shape {np.shape(length)}: it is one number. Use jax.vmap for many.")
        if not is_traced(length) and not (np.isfinite(float(length)) and float(length) >= 0):  # type: ignore[arg-type]
            raise ValueError(f"scatter: length = {length} µm: it must be finite and not negative.")
    meshes = [engine.numbers_of(m.problem).mesh for m in sections]
    if is_traced(meshes):
        ends = jnp.stack([jnp.stack([m.x[0, 0], m.x[-1, 0], m.y[0], m.y[-1]]) for m in meshes])
        apart = jnp.max(jnp.ptp(ends.real, axis=0))
        fine.append(marked(apart <= 1e-9, "scatter: windows differ, by {value:g} µm at most.", value=apart))
        return whole(*fine)
    x, y = ([np.asarray(a) for a in part] for part in ([m.x for m in meshes], [m.y for m in meshes]))
    box = np.real([[a[0, 0], a[-1, 0], b[0], b[-1]] for a, b in zip(x, y, strict=True)])
    if np.ptp(box, axis=0).max() > 1e-9:
        raise ValueError(
            f"scatter: windows differ (left, right, bottom, top from {box.min(axis=0)} to {box.max(axis=0)} µm). "
            "Give every cross-section the same window=."
        )
    layers = [_layers(a, b) for a, b in zip(x, y, strict=True)]
    for k, one in enumerate(layers):
        if one.shape != layers[0].shape or not np.allclose(one, layers[0], rtol=0, atol=1e-9):
            raise ValueError(
                f"scatter: sections 0 and {k} have different elements inside their absorbing layers, where fields then "
                "do not meet at the same complex places. Give every section the same absorber=, its cross-section a "
                "border there (waveguides.bordered), and the same number of cells in it."
            )
    return whole(*fine)


def _layers(x: Any, y: Any) -> Any:
    """Corners of what is stretched, from its inner border on, as one row of numbers: lines at both ends, levels."""

    def stretched(places: Any) -> Any:
        deep = np.abs(places.imag).max(axis=1) > 1e-12  # µm; the border itself is stretched by round-off
        near = deep | np.append(deep[1:], False) | np.insert(deep[:-1], 0, False)
        return places[near].ravel()

    ends = np.stack([x[:, 0], x[:, -1]], axis=1)
    return np.concatenate([stretched(ends), stretched(y[:, None])])
