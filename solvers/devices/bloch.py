"""Bloch modes of subwavelength gratings: guides whose core is cut into teeth much shorter than a wavelength.

Full-vector and three-dimensional: the cell is expanded in harmonics along z (`elements.harmonics`) over the edge
elements of its cross-section, with no more assumed than that the faces of the teeth stand upright on z. What is left
out is harmonics beyond those kept, which are evanescent: two on each side give n_eff of silicon teeth in oxide to 1e-4,
and none gives the effective medium of zeroth order exactly, which is where the search begins. Below the first Bragg
gap, where no order of the grating radiates, and between closed walls. Lengths in µm, exp(iβz - iωt).
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import within
from lingnan.solvers.elements import harmonics as periodic
from lingnan.solvers.elements.harmonics import Data, PeriodicPencil, Powers
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS, EdgePencil, free_unknowns
from lingnan.solvers.linalg import host as linear
from lingnan.solvers.linalg.eigenpair import Pair, eigenvalue
from lingnan.solvers.linalg.host import FREE, Values, Walls
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.tracing import held, is_traced, marked, namespace
from lingnan.solvers.waveguides import host
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import LADDER, Resolution, discretise, with_window
from lingnan.solvers.waveguides.media import permittivity

#: Eliminations at most; four are usual.
ROUNDS = 15
#: Least likeness to the mode of the effective medium: 0.80 was found next to the Bragg gap of a wire of teeth, and 0.53
#: or less where a mode of the window had taken its place (set after these were seen).
LIKE = 0.65
#: Change of β at which to stop, relative.
SETTLED = 1e-11


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Cell:
    """One period: a tooth of one cross-section, centred on z = 0, and another one to the next tooth."""

    tooth: Geometry
    space: Geometry  #: same lines and levels, other media
    duty: Any  #: share of the tooth in a period
    pitch: Any  #: period [µm]
    wavelength: Any  #: in vacuum [µm]
    temperature: Any
    harmonics: int = field(metadata={"static": True})
    resolution: Resolution = field(metadata={"static": True})
    magnetic: tuple[str, ...] = field(metadata={"static": True})


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class BlochMode:
    """A Bloch mode of a cell."""

    n_eff: Array  #: () complex, β λ / 2π
    start: Array  #: () n_eff of the effective medium of zeroth order, from which the search began
    settled: Array  #: () last change of β, relative
    likeness: Array  #: () |cosine| of what was found and the mode of the effective medium
    cell: Cell
    pair: Pair

    @property
    def n_g(self) -> Array:
        """Group index n_eff - λ dn_eff/dλ at fixed geometry: light crosses a length L in n_g L / c."""
        wave = self.cell.wavelength

        def index(w: Array) -> Array:
            return _value(replace(self.cell, wavelength=w), self.pair).real

        n, slope = jax.jvp(index, (wave,), (jnp.ones_like(wave),))
        return n - wave * slope


def effective(
    tooth: Geometry, space: Geometry, duty: ArrayLike, wavelength: ArrayLike = 1.55,
    temperature: ArrayLike | None = None,
) -> Geometry:  # fmt: skip
    """The cross-section of zeroth-order effective media of a cell (see `waveguides.swg`), for `waveguides.solve`."""
    _alike(tooth, space)
    mean = _effective(_media(tooth, wavelength, temperature), _media(space, wavelength, temperature), duty)
    return replace(tooth, media=tuple(namespace(mean).sqrt(e) for e in mean))


def solve(
    tooth: Geometry,
    space: Geometry,
    duty: ArrayLike,
    pitch: ArrayLike,
    wavelength: ArrayLike = 1.55,
    *,
    mode: int = 0,
    harmonics: int = 2,
    resolution: Resolution | None = None,
    temperature: ArrayLike | None = None,
    magnetic: tuple[str, ...] = (),
) -> BlochMode:
    """The Bloch mode that grows out of a mode of the effective medium.

    Differentiable (forward and reverse) by every number in both cross-sections, by duty, pitch, wavelength and
    temperature; works under `jit` and `vmap`.

    Args:
        tooth: cross-section through a tooth, such as `strip(0.45, 0.22, "Si", "SiO2")`.
        space: cross-section between teeth, of the same shapes: `strip(0.45, 0.22, "SiO2", "SiO2")`.
        duty: share of the tooth in a period, 0 to 1.
        pitch: period [µm].
        wavelength: in vacuum [µm].
        mode: which mode of the effective medium, counted from the highest n_eff.
        harmonics: kept on each side of the one that carries the light.
        resolution: of the cross-section; None: the first of `waveguides.LADDER`.
        temperature: of named materials [K].
        magnetic: walls on which the tangential magnetic field vanishes, as in `waveguides.solve`.

    Raises:
        ValueError: the cross-sections differ in more than media, a number is out of range, or the mode lies in the
            Bragg gap or above it.
    """
    fine = _alike(tooth, space) * _check(duty, pitch, wavelength, mode, harmonics)

    def number(value: Any) -> Any:
        return None if value is None else namespace(value).asarray(value, float)

    temperature = tooth.temperature if temperature is None else temperature
    cell = Cell(
        tooth, space, number(duty), number(pitch), number(wavelength), number(temperature), harmonics,
        resolution or LADDER[0], tuple(sorted(magnetic)),
    )  # fmt: skip
    task = _task(lax.stop_gradient(cell) if is_traced(cell) else cell)
    found = _found(_Static(mode, harmonics, cell.resolution.order, cell.magnetic), task)
    if is_traced(found):
        found = found._replace(beta=fine * _soundness(found, cell) * found.beta)
    pair = Pair(found.beta, found.vector, found.vector)
    wave = namespace(cell.wavelength).asarray(cell.wavelength)
    answer = BlochMode(_value(cell, pair), found.start * wave / (2 * np.pi), found.settled, found.likeness, cell, pair)
    if not is_traced(answer):
        _judge(answer, task)
    return answer


class _Task(NamedTuple):
    """Numbers of a cell on its mesh."""

    x: Any
    y: Any
    epsilon: Any  #: (3, nx, ny, H, H) of `harmonics.coupled`, without k²
    mean: Any  #: (nx, ny, 3) of the effective medium
    pitch: Any
    wavelength: Any


class _Found(NamedTuple):
    beta: Any
    vector: Any
    start: Any  #: β of the effective medium
    settled: Any
    likeness: Any


@dataclass(frozen=True)
class _Static:
    mode: int
    harmonics: int
    order: int
    magnetic: tuple[str, ...]


def _media(geometry: Geometry, wavelength: Any, temperature: Any) -> Any:
    """Relative permittivity of each medium, (M, 3)."""
    found = [permittivity(m, wavelength, temperature) for m in geometry.media]
    if any(e.ndim == 2 for e in found):
        raise ValueError(
            "bloch: a medium has off-diagonal elements of its permittivity, which are not coupled here. Turn the "
            "crystal so that its axes are x, y and z, or give three principal indices."
        )
    return namespace(found).stack(found)


def _effective(one: Any, two: Any, duty: Any) -> Any:
    """Zeroth-order effective permittivities (M, 3): along the layers the mean of ε, across them that of 1/ε."""
    xp = namespace(one, two, duty)
    along = duty * one[:, :2] + (1 - duty) * two[:, :2]
    return xp.concatenate([along, 1 / (duty / one[:, 2:] + (1 - duty) / two[:, 2:])], axis=1)


def _task(cell: Cell) -> _Task:
    one, two = (_media(g, cell.wavelength, cell.temperature) for g in (cell.tooth, cell.space))
    xp = namespace(one, two, cell)
    mean = _effective(one, two, cell.duty)
    mesh, regions = discretise(with_window(cell.tooth, mean, cell.wavelength), cell.resolution)
    epsilon = periodic.coupled(one, two, cell.duty, cell.harmonics, xp)
    return _Task(mesh.x, mesh.y, epsilon[:, regions], mean[regions], cell.pitch, cell.wavelength)


def _data(task: _Task, pencil: PeriodicPencil, free: Any, xp: Any) -> Data:
    tables = periodic.tables(pencil.element, Mesh(task.x, task.y), xp)
    k0 = 2 * np.pi / task.wavelength
    return Data(tables, k0**2 * task.epsilon, 2 * np.pi / task.pitch, free)


def _value(cell: Cell, pair: Pair) -> Array:
    """n_eff with derivatives."""
    if is_traced(cell, pair):
        return _compiled(cell, pair)
    return pair.beta * cell.wavelength / (2 * np.pi) + 0j  # nothing to differentiate: nothing to compile


@jax.jit
def _compiled(cell: Cell, pair: Pair) -> Array:
    task = _task(cell)
    pencil = PeriodicPencil(cell.resolution.order, task.x.shape[0] - 1, task.y.shape[0] - 1, cell.harmonics)
    free = free_unknowns(pencil.layout, cell.magnetic)
    beta = eigenvalue(pencil, _data(task, pencil, free, jnp), pair)
    return beta * cell.wavelength / (2 * jnp.pi) + 0j


def _found(static: _Static, task: _Task) -> _Found:
    if not is_traced(task):
        return _search(static, jax.tree.map(np.asarray, task))
    pencil = PeriodicPencil(static.order, task.x.shape[0] - 1, task.y.shape[0] - 1, static.harmonics)
    kind = jnp.result_type(task.epsilon, float)
    one, real = jax.ShapeDtypeStruct((), kind), jax.ShapeDtypeStruct((), float)
    shapes = _Found(one, jax.ShapeDtypeStruct((pencil.layout.size,), kind), one, real, real)

    def run(task: _Task) -> _Found:
        known = jax.tree.map(np.asarray, task)
        # what is wrong is said by `_check`; numbers that are no cell would end the program, and with it a whole batch
        if not (all(np.all(np.isfinite(one)) for one in known) and known.wavelength > 0 and known.pitch > 0):
            return jax.tree.map(lambda s: np.full(s.shape, np.nan, s.dtype), shapes)
        found = _search(static, known)
        return jax.tree.map(lambda a, s: np.asarray(a, s.dtype), found, shapes)

    return jax.pure_callback(run, shapes, jax.tree.map(jnp.asarray, task), vmap_method="sequential")


def _search(static: _Static, task: _Task) -> _Found:
    """Inverse iteration from the mode of the effective medium, the shift following the quotient of the pencil."""
    nx, ny = task.mean.shape[:2]
    pencil = PeriodicPencil(static.order, nx, ny, static.harmonics)
    flat = EdgePencil(static.order, nx, ny)
    first = host.search(
        host.Options(flat, static.mode + 1, 1e-9, static.magnetic),
        host.Task(task.x[None], task.y[None], task.mean[None], np.zeros(1), task.wavelength[None], None),
    )
    root = np.sqrt(first.eigenvalues[0, static.mode].astype(complex))
    start = root if np.iscomplexobj(task.epsilon) else root.real
    x = np.zeros((flat.layout.size, pencil.count), np.result_type(task.epsilon, float))
    x[:, static.harmonics] = first.vectors[0, static.mode] * np.where(_axial(flat), start, 1.0)
    layout, wall = pencil.layout, {side: side in static.magnetic for side in WALLS}
    free = linear.free(layout, Walls(wall["left"], (wall["right"],), wall["bottom"], (wall["top"],)))[0, :, 0]
    data = _data(task, pencil, free, np)
    x = free * _in_order(layout, x.ravel())
    x /= np.linalg.norm(x)
    origin, beta, change = x, start, np.inf
    local_free = free[linear.numbering(layout).elements].reshape(nx, ny, -1)
    steps = (2 * np.pi / float(task.pitch)) * np.arange(-static.harmonics, static.harmonics + 1)
    for k in range(ROUNDS):
        shift = beta * (1 + 1e-8)  # beside the eigenvalue by enough to divide by
        matrices = periodic.elements(data, shift, static.harmonics, np)
        matrices = matrices * local_free[..., :, None] * local_free[..., None, :]
        diagonal = np.arange(matrices.shape[-1])
        matrices[..., diagonal, diagonal] += 1 - local_free
        factors = linear.factorise(layout, matrices.reshape(1, nx * ny, *matrices.shape[-2:]), FREE, symmetric=True)
        here = steps + shift
        for _ in range(2 if k == 0 else 1):
            slope = _times(layout, data, Powers(0.0, -np.ones_like(here), 2 * here), x) * free
            x = linear.solve(layout, factors, slope[None, None, :, None])[0, 0, :, 0]
            x /= np.linalg.norm(x)
        # x·P(β) x = 0 with P(shift + δ) = P + δ P' + δ² (f, e)
        zero, one, two = (
            np.sum(x * _times(layout, data, powers, x))
            for powers in (
                Powers(1.0, -here, here**2), Powers(0.0, -np.ones_like(here), 2 * here),
                Powers(0.0, 0 * here, np.ones_like(here)),
            )
        )  # fmt: skip
        delta = 0.0 * zero
        for _ in range(5):
            delta = delta - (zero + one * delta + two * delta**2) / (one + 2 * two * delta)
        change, beta = abs(shift + delta - beta) / abs(beta), shift + delta
        if change <= SETTLED:
            break
    return _Found(
        beta, x[linear.numbering(layout).vector], start, np.asarray(change), np.asarray(abs(np.vdot(origin, x)))
    )


def _in_order(layout: Layout, vector: Values) -> Values:
    """A vector in the order of `Layout.flatten`, in that of `linalg.host`."""
    found = np.empty_like(vector)
    found[linear.numbering(layout).vector] = vector
    return found


def _times(layout: Layout, data: Data, powers: Powers, x: Values) -> Values:
    """`harmonics.times` of a vector in the order of `linalg.host`."""
    where = linear.numbering(layout).elements
    shape = layout.nx, layout.ny, -1, len(powers.mixed)
    found = np.zeros_like(x)
    np.add.at(found, where, periodic.times(data, powers, x[where].reshape(shape)).reshape(where.shape))
    return found


def _axial(pencil: EdgePencil) -> Values:
    """True for unknowns of the axial field, (N,) in the order of `Layout.flatten`: last of each place."""
    p, q = pencil.order, pencil.order - 1
    masks: list[Values] = []
    for shape, transverse in zip(pencil.layout.shapes(), (0, p, p, 2 * p * q), strict=True):
        masks.append(np.broadcast_to(np.arange(shape[2]) >= transverse, shape).ravel())
    return np.concatenate(masks)


def _alike(tooth: Geometry, space: Geometry) -> Array | float:
    """1, or NaN with a warning where lines are traced and lie at different places."""
    if tooth.regions != space.regions or tooth.lines.shape != space.lines.shape:
        raise ValueError(
            f"bloch: tooth and space differ in their shapes ({tooth.names} and {space.names}): a cell is one set of "
            "lines with two sets of media. Build both with the same function and sizes, the space with the medium "
            "that fills the gap as its core."
        )
    said = "bloch: tooth and space have lines at different places: give both the same widths, heights and window."
    pairs = (tooth.lines, space.lines), (tooth.levels, space.levels)
    xp = namespace(pairs)
    fine = held(xp.all(xp.stack([xp.allclose(one, two) for one, two in pairs])), said)
    said = "bloch: a bent guide does not repeat along z. Give straight cross-sections."
    bent = [namespace(one.curvature).asarray(one.curvature) != 0 for one in (tooth, space)]
    return fine * held(~(bent[0] | bent[1]), said)


def _check(duty: Any, pitch: Any, wavelength: Any, mode: int, harmonics: int) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong."""
    said = "bloch: duty = {value:g} is outside 0 to 1: it is the share of the tooth in a period."
    share = namespace(duty).asarray(duty, float)
    fine = held((share >= 0) & (share <= 1), said, value=share)
    for name, value in (("pitch", pitch), ("wavelength", wavelength)):
        fine = fine * within("bloch", name, value, 0.0, np.inf, "µm", "Give it in µm.")
    if mode < 0 or not 0 <= harmonics <= 20:
        raise ValueError(
            f"bloch: mode = {mode} and harmonics = {harmonics}: give a mode from 0, and 0 to 20 harmonics."
        )
    return fine


def _soundness(found: _Found, cell: Cell) -> Array:
    """What `_judge` says, of what is traced: 1, or NaN with a warning."""
    start, edge = jnp.real(found.start), jnp.pi / cell.pitch
    like = found.likeness > LIKE
    highest = jnp.where(like, jnp.maximum(jnp.real(found.beta), start), start)
    said = "bloch: β = {value:g}/µm is not below π/Λ = {edge:g}/µm, the edge of the first Bragg gap."
    below = marked(highest < edge, said, value=highest, edge=edge)
    said = "bloch: no mode like that of the effective medium was found (cosine {value:g}): the Bragg gap is near."
    same = marked(like, said, value=found.likeness)
    said = f"bloch: β still changes by {{value:.1e}} after {ROUNDS} eliminations: the mode crosses another one here."
    return below * same * marked(found.settled < 1e-6, said, value=found.settled)


def _judge(found: BlochMode, task: _Task) -> None:
    n, start, wave = float(found.n_eff.real), float(found.start.real), float(task.wavelength)
    like, edge = float(found.likeness) > LIKE, wave / (2 * float(task.pitch))
    highest = max(n, start) if like else start
    if not highest < edge:
        raise ValueError(
            f"bloch: n_eff = {highest:.4f} is not below λ/2Λ = {edge:.4f}, the edge of the first Bragg gap. Use a "
            f"pitch below {wave / 2 / highest:.3f} µm."
        )
    if not like:
        raise ValueError(
            f"bloch: from n_eff = {start:.4f} of the effective medium the search came to another mode, of {n:.4f}: so "
            f"near to the Bragg gap, or in it, none is like that of the medium. Use a pitch well below "
            f"{wave / 2 / start:.3f} µm."
        )
    if not float(found.settled) < 1e-6:
        raise ValueError(
            f"bloch: β still changes by {float(found.settled):.1e} after {ROUNDS} eliminations: the mode crosses "
            "another one here. Change the wavelength or the width a little, or ask for another mode=."
        )
