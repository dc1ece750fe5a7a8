"""Eigenmode expansion: S-parameters of devices whose cross-section changes along z, such as tapers and multimode
couplers.

The device is cut into slices; in each the field is a sum of the modes of its cross-section, guided, radiating and
evanescent, and slices are joined as `scattering` says. Power is conserved for any number of modes, so the sum of
powers is no measure of the error: convergence in modes and slices is. Lengths in µm, exp(-iωt), S[out, in].
G. V. Eleftheriades, A. S. Omar, L. P. B. Katehi and G. M. Rebeiz, IEEE Trans. MTT 42, 1896 (1994),
doi:10.1109/22.320771 (which test functions conserve power); D. F. G. Gallagher and T. P. Felici, Proc. SPIE 4987, 69
(2003), doi:10.1117/12.473173 (the method in optics).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, no_less, within
from lingnan.solvers.devices import planar, scattering
from lingnan.solvers.devices.planar import Basis, Planar
from lingnan.solvers.devices.scattering import Blocks
from lingnan.solvers.tracing import is_traced, marked


class Piece(NamedTuple):
    """Slices with the same layers, though not the same positions. Made by `uniform` or `varying`."""

    sections: Planar  #: arrays with the slices along their first axis
    lengths: Array  #: (slices,) [µm]


class Scattering(NamedTuple):
    """Of a whole device, between the modes of its first and its last cross-section."""

    blocks: Blocks  #: counted in the modes' own impedances
    left: Basis  #: modes at the left end
    right: Basis  #: modes at the right end

    @property
    def s(self) -> Array:
        """S[out, in], left modes first, then right ones, each by falling β²."""
        return self.blocks.whole

    def power_sum(self, mode: int = 0) -> Array:
        """Power that leaves through all propagating modes, guided and radiating, when `mode` on the left brings one.

        For closed walls: modes inside absorbing ones are not orthogonal in power, and their squares do not add up.
        """
        if mode not in range(self.blocks.s11.shape[1]):
            raise ValueError(
                f"power_sum: mode = {mode}: {self.blocks.s11.shape[1]} modes come from the left, from 0 on."
            )
        into_left = jnp.sum(jnp.where(self.left.beta2.real > 0, jnp.abs(self.blocks.s11[:, mode]) ** 2, 0.0))
        return into_left + jnp.sum(jnp.where(self.right.beta2.real > 0, jnp.abs(self.blocks.s21[:, mode]) ** 2, 0.0))


def uniform(section: Planar, length: ArrayLike) -> Piece:
    """A straight piece of one cross-section."""
    fine = _check_length("uniform", length)
    return Piece(jax.tree.map(lambda a: jnp.asarray(a)[None], section), fine * jnp.asarray(length, float)[None])


def varying(
    section_at: Callable[[float], Planar],
    length: ArrayLike,
    cuts: int | Sequence[float],
    *,
    cells: tuple[int, ...] | None = None,
) -> Piece:
    """A piece whose cross-section changes, as a staircase of the cross-sections in the middle of its slices.

    Args:
        section_at: cross-section at a place from 0 (left end) to 1 (right end). The layers must stay the same ones.
        length: of the piece [µm].
        cuts: number of equal slices, or where to cut: rising from 0 to 1, for instance from `adapted`.
        cells: elements in each layer; None: the most that any slice asks for.

    The error of the staircase falls with the square of the slices' thickness h once h is below half a wavelength in
    the guide, λ / 2n, 0.25 µm in silicon: longer steps are a grating, reflect where h is a multiple of that, and say
    nothing of convergence. With "tm" it falls more slowly in the end, with h: E stands across the interfaces, and each
    corner of a step d stores energy in proportion to d² whatever its scale, so that L / h steps of a slope s leave
    s² h L.
    """
    fine = _check_length("varying", length)
    at = np.linspace(0, 1, max(cuts, 0) + 1) if isinstance(cuts, int) else np.asarray(cuts, float)
    if at.ndim != 1 or len(at) < 2 or at[0] != 0 or at[-1] != 1 or not np.all(np.diff(at) > 0):
        raise ValueError(
            f"varying: cuts = {cuts}: give a number of slices, at least 1, or places that rise from 0 to 1."
        )
    sections = [section_at(float(t)) for t in (at[1:] + at[:-1]) / 2]
    if len({len(s.cells) for s in sections}) != 1:
        raise ValueError(
            "varying: the number of layers changes along the piece. Cut the device where a layer begins or ends and "
            "give "
            "each part its own piece."
        )
    most = cells or tuple(max(column) for column in zip(*(s.cells for s in sections), strict=True))
    sections = [replace(s, cells=most) for s in sections]
    return Piece(jax.tree.map(lambda *a: jnp.stack(a), *sections), fine * jnp.asarray(length) * np.diff(at))


def adapted(
    section_at: Callable[[float], Planar],
    length: ArrayLike,
    wavelength: ArrayLike,
    tolerance: float = 1e-3,
    *,
    num_modes: int | None = None,
    most: int = 512,
) -> tuple[float, ...]:
    """Where to cut a varying piece so that its first mode's S-parameters are right to `tolerance`.

    The number of slices doubles until S changes by less than three times the tolerance (the error falls by four; with
    "tm" by less than the tolerance, since there it may but halve, see `varying`), and each time the cuts move to where
    neighbouring slices differ most: every joint then has the same mismatch. The places are numbers, so that
    gradients taken through `varying` with them are those of one fixed staircase.

    Args:
        section_at: as in `varying`, of numbers.
        length: of the piece [µm].
        wavelength: in vacuum [µm].
        tolerance: of any amplitude.
        num_modes: kept in every slice.
        most: slices at which to give up.

    Raises:
        ValueError: `most` slices were not enough; says how far they came.
    """
    if is_traced(length, wavelength, tolerance):
        raise ValueError(
            "adapted: numbers are traced (inside jit, grad or vmap), and how many slices there are cannot depend on "
            "them. Adapt once outside, and give the cuts to `varying` inside."
        )
    check_between("adapted", "tolerance", tolerance, 0.0, np.inf, "", "")
    if most != int(most) or most < 4:
        raise ValueError(f"adapted: most = {most!r}: give a whole number of slices, at least 4.")
    ends = uniform(section_at(0.0), 0.0), uniform(section_at(1.0), 0.0)
    wave = jnp.asarray(wavelength, float)
    count, cuts, before, change = 4, np.linspace(0, 1, 5), None, np.inf
    while count <= most:
        piece = varying(section_at, length, list(cuts))
        result = scatter([ends[0], piece, ends[1]], wave, num_modes)
        now = np.asarray(jnp.concatenate([result.blocks.s11[:4, 0], result.blocks.s21[:4, 0]]))
        if before is not None:
            change = float(np.max(np.abs(now - before)))
            if change < (3 if piece.sections.polarization == "te" else 1) * tolerance:
                return tuple(float(c) for c in cuts)
        before, count = now, 2 * count
        bases = jax.vmap(lambda s: planar.modes(s, wave, 1))(piece.sections)
        former, latter = (jax.tree.map(lambda a: a[:-1], bases), jax.tree.map(lambda a: a[1:], bases))
        alike = np.asarray(jax.vmap(planar.overlaps)(former, latter)).reshape(-1)
        cuts = _spread(cuts, np.sqrt(np.maximum(1 - np.abs(alike), 0)), count)
    raise ValueError(
        f"adapted: {most} slices change S by {change:.1e}, and tolerance = {tolerance} was asked for. Allow more "
        f"slices with "
        "most=, cut the piece where its cross-section jumps, or ask for less."
    )


def _spread(cuts: np.ndarray, mismatch: np.ndarray, count: int) -> np.ndarray:
    """`count` slices with equal shares of the mismatch at inner cuts, half of them spread evenly along the piece."""
    middle = (cuts[1:] + cuts[:-1]) / 2
    density = np.interp(middle, cuts[1:-1], mismatch / (middle[1:] - middle[:-1]))
    density = density / max(np.sum(density * np.diff(cuts)), 1e-300) + 1
    whole = np.concatenate([[0.0], np.cumsum(density * np.diff(cuts))])
    made = np.interp(np.linspace(0, whole[-1], count + 1), whole, cuts)
    made[0], made[-1] = 0.0, 1.0
    return made


def scatter(pieces: Sequence[Piece], wavelength: ArrayLike, num_modes: int | None = None) -> Scattering:
    """S-parameters of pieces one after another.

    Args:
        pieces: from left to right, with walls at the same two positions.
        wavelength: in vacuum [µm].
        num_modes: kept in every slice; None: all that the elements carry.

    Differentiable in every position, index and length and in the wavelength.
    """
    fine = _check_pieces(pieces, wavelength, num_modes)
    found = _scatter(tuple(pieces), jnp.asarray(wavelength, float), num_modes)
    return found._replace(blocks=Blocks(*(fine * block for block in found.blocks)))


@jax.jit(static_argnums=2)
def _scatter(pieces: tuple[Piece, ...], wavelength: Array, num_modes: int | None) -> Scattering:
    bases = [jax.vmap(lambda s: planar.expanded(s, wavelength, num_modes))(piece.sections) for piece in pieces]
    first, last = _slice(bases[0], 0), _slice(bases[-1], -1)
    reference = lax.stop_gradient(_reference(first))
    total: Blocks | None = None
    before: Basis | None = None
    for piece, basis in zip(pieces, bases, strict=True):
        start = _line(_slice(basis, 0), piece.lengths[0], reference)
        if total is None or before is None:
            total = Blocks(*(jnp.diag(block) for block in start))
        else:
            joint = scattering.interface(planar.overlaps(before, _slice(basis, 0)))
            total = scattering.after_line(scattering.chain(total, joint), start)
        if piece.lengths.shape[0] > 1:
            total = _march(total, basis, piece.lengths, reference)
        before = _slice(basis, -1)
    assert total is not None
    return Scattering(scattering.to_own_impedance(total, first.impedance, last.impedance, reference), first, last)


def _march(total: Blocks, basis: Basis, lengths: Array, reference: Array) -> Blocks:
    """Join the slices of one piece, from its second on, to what lies left of them."""
    former, latter = (jax.tree.map(lambda a: a[:-1], basis), jax.tree.map(lambda a: a[1:], basis))

    def step(total: Blocks, row: tuple[Basis, Basis, Array]) -> tuple[Blocks, None]:
        one, two, length = row
        joint = scattering.interface(planar.overlaps(one, two))
        return scattering.after_line(scattering.chain(total, joint), _line(two, length, reference)), None

    return lax.scan(step, jax.tree.map(lambda b: b + 0j, total), (former, latter, lengths[1:]))[0]


def interface_norms(pieces: Sequence[Piece], wavelength: ArrayLike, num_modes: int | None = None) -> Array:
    """Largest singular value of S between the propagating modes of neighbouring slices: one, if all is right."""
    fine = _check_pieces(pieces, wavelength, num_modes)
    wave = jnp.asarray(wavelength, float)
    bases: list[Basis] = []
    for piece in pieces:
        batch = jax.vmap(lambda s: planar.expanded(s, wave, num_modes))(piece.sections)
        bases += [_slice(batch, k) for k in range(piece.lengths.shape[0])]
    if len(bases) < 2:
        raise ValueError("interface_norms: one slice has no neighbour. Give two pieces, or more slices.")
    return fine * jnp.stack([_interface_norm(one, two) for one, two in pairwise(bases)])


def _interface_norm(one: Basis, two: Basis) -> Array:
    joint = scattering.interface(planar.overlaps(one, two))
    s = scattering.to_own_impedance(joint, one.impedance, two.impedance, _reference(one)).whole
    carries = jnp.concatenate([one.beta2.real > 0, two.beta2.real > 0])
    return jnp.linalg.norm(jnp.where(carries[:, None] & carries, s, 0.0), 2)


def localised(basis: Basis, arms: Sequence[Planar]) -> Array:
    """T[arm, mode]: the modes of single guides as sums of the guided modes of all of them together.

    Supermodes belong to no arm. `T @ s21` has one row an arm. The rows are made orthogonal in the way that changes them
    least, (T Tᵀ)^-1/2 T (P.-O. Löwdin, J. Chem. Phys. 18, 365 (1950), doi:10.1063/1.1747632), so that power stays
    power.

    Args:
        basis: modes of the whole cross-section, `Scattering.right` or `.left`.
        arms: cross-sections with one arm each, the others replaced by cladding; between the same walls.
    """
    if not arms:
        raise ValueError("localised: no arms. Give the cross-section of each arm alone, between the same walls.")
    wavelength = 2 * jnp.pi / basis.k0
    singles = [planar.expanded(arm, wavelength, 1) for arm in arms]
    scale = jnp.sqrt(basis.impedance)
    rows = []
    for single in singles:
        p = planar.overlaps(basis, single)[0]
        rows.append(p * jnp.sqrt(single.impedance[0]) / scale)
    t = jnp.stack(rows)[:, : len(arms)].real
    values, vectors = planar.symmetric_pencil(t @ t.T, jnp.eye(len(arms)))
    root = vectors.T @ (vectors / jnp.sqrt(values)[:, None])
    return jnp.pad(root @ t, ((0, 0), (0, basis.beta2.shape[0] - len(arms))))


def _reference(basis: Basis) -> Array:
    return jnp.abs(basis.impedance[0])


def _line(basis: Basis, length: Array, reference: Array) -> Blocks:
    # exactly at cutoff the impedance is infinite: 1e-12 beside it, everything has its limit to round-off
    tiny = 1e-12 * basis.k0**2
    beta2 = jnp.where(jnp.abs(basis.beta2) < tiny, tiny, basis.beta2)
    safe = basis._replace(beta2=beta2)
    return scattering.line(safe.beta, safe.impedance, length, reference)


def _slice(basis: Basis, k: int) -> Basis:
    return jax.tree.map(lambda a: a[k], basis)


def _check_length(what: str, length: ArrayLike) -> Array | float:
    """1, or NaN with a warning where the length is traced and wrong."""
    fine = no_less(what, "length", length, 0.0, "µm", "Give it in µm.")
    if np.ndim(length):
        raise ValueError(f"{what}: length of shape {np.shape(length)}: it is one number. Make a piece of each.")
    if not is_traced(length) and not (np.isfinite(float(length)) and float(length) >= 0):  # type: ignore[arg-type]
        raise ValueError(f"{what}: length = {length} µm: it must be finite and not negative. Give it in µm.")
    return fine


def _check_pieces(pieces: Sequence[Any], wavelength: ArrayLike, num_modes: Any) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong."""
    if num_modes is not None and not isinstance(num_modes, (int, np.integer)):
        raise ValueError(f"scatter: num_modes = {num_modes!r}: give a whole number, or None for all.")
    if not pieces:
        raise ValueError("scatter: no pieces. Give at least one, from `uniform` or `varying`.")
    if not all(isinstance(piece, Piece) for piece in pieces):
        raise ValueError("scatter: pieces come from `uniform` and `varying`, which give a cross-section its length.")
    fine = within("scatter", "wavelength", wavelength, 0.0, np.inf, "µm", "Give it in µm.")
    if np.ndim(wavelength):
        raise ValueError(
            f"scatter: wavelength of shape {np.shape(wavelength)}: it is one number. Use jax.vmap for a sweep."
        )
    if len({piece.sections.polarization for piece in pieces}) > 1:
        raise ValueError('scatter: pieces of "te" and of "tm" do not couple. Give all of them one polarization.')
    edges: list[Any] = [piece.sections.edges for piece in pieces]
    if is_traced(edges):
        ends = jnp.concatenate([jnp.real(e)[:, jnp.array([0, -1])] for e in edges])
        apart = jnp.max(jnp.ptp(ends, axis=0))
        said = "scatter: the walls move by {value:g} µm: all sections must lie between the same two walls."
        return fine * marked(apart <= 1e-9, said, value=apart)
    walls = np.concatenate([np.asarray(e)[:, [0, -1]] for e in edges])
    if np.ptp(np.real(walls), axis=0).max() > 1e-9:
        raise ValueError(
            f"scatter: the walls move, from {np.real(walls[0])} µm to others: all sections must lie between the same "
            f"two walls. "
            "Give every section the same first and last edge, far from all cores."
        )
    return fine
