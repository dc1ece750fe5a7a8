"""Is a result what was asked for? `solve` asks by itself where numbers are known."""

import warnings
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.tracing import asking, insist, is_traced
from lingnan.solvers.waveguides.caustic import Leaving, leaving
from lingnan.solvers.waveguides.grid import METAL
from lingnan.solvers.waveguides.guided import CLEAR, FREE, METAL_HELD, NOT_GUIDED, WindowWarning, mind_window
from lingnan.solvers.waveguides.media import check
from lingnan.solvers.waveguides.modes import Modes
from lingnan.solvers.waveguides.slab import cutoff, cutoff_numbers

__all__ = ["MeshWarning", "NoGuidedModeError", "WindowWarning", "judge"]

#: parameters of a member of a batch that a message names
NAMED = 4
#: Im n_eff of a mode in a bend below which light would grow by more than a mesh leaves open: 3.5 dB/cm at 1.55 µm
GROWS = -1e-5
#: Im n_eff over the square of the largest field at a wall, below which an absorber in the tail of a bent mode may have
#: made it: of strips, ribs and nitride it made 0.1 to 2.2, and radiation was 10 and more; 18 was wrong by half.
TAIL = 20.0
#: What a wall sends back over what leaves a bend, by `caustic.leaving`, from which on a loss may be wrong by half.
HALF = 0.25
#: Radians of the wave that leaves a bend, across a cell and over its order, from which on its loss is wrong: by 4 % at
#: 1.9, 30 % at 2.6 to 2.8, 3 times at 3.9 and 30 times at 5.4, of nitride 0.1 to 0.4 µm thick.
COARSE = 2.0
#: Im n_eff that is nothing to mind: 1e-3 dB/cm at 1.55 µm
SLIGHT = 3e-9

_NOT_FINITE = (
    "solve: n_eff = {n_eff} is not finite. Usual causes: a line of the cross-section has crossed another one (a width "
    "or thickness below 0, a wall that leans too far, the axis of a bend in the window), a wavelength below 0, or a "
    "medium that is not finite. Look at geometry.lines and geometry.levels."
)


class NoGuidedModeError(ValueError):
    """The cross-section guides nothing; `n_eff` and `cutoff` say by how much."""

    def __init__(self, message: str, n_eff: float, cutoff: float) -> None:
        super().__init__(message)
        self.n_eff, self.cutoff = n_eff, cutoff


class MeshWarning(UserWarning):
    """The mesh is too coarse for what was asked."""


def judge(modes: Modes, *, open_problem: bool = False) -> None:
    """Refuse or warn when a result is not what was asked for: for modes that come out of `jit`, `vmap` or `sweep`.

    `solve` does this by itself where numbers are known. The message names the member of a batch, and what sets it
    apart from the others. Inside `jit` it does nothing, but inside `checked`, see `lingnan.solvers.tracing`, where
    `solve` calls it too.

    Args:
        modes: one set, or a batch.
        open_problem: leaky modes are welcome.

    Raises:
        ValueError: n_eff is not finite, or a material was not measured at the wavelength or temperature.
        NoGuidedModeError: nothing is guided.
    """
    if not is_traced(modes):
        _judge(modes, open_problem, "", stacklevel=4)
    elif asking():
        _insist(modes, open_problem)


def _judge(modes: Modes, open_problem: bool, member: str, stacklevel: int) -> None:
    if modes.n_eff.ndim > 1:
        apart = _what_sets_apart(modes.problem)
        for k in range(len(modes.n_eff)):
            name = f"member {k} of {len(modes.n_eff)}{apart[k]}: {member}"
            one = jax.tree.map(lambda a, k=k: a[k], modes)
            try:
                _judge(one, open_problem, name, stacklevel + 1)
            except ValueError as error:
                if one.n_eff.ndim == 1:
                    error.args = (f"{name}{error}", *error.args[1:])
                raise
        return
    check(modes.problem.geometry.media, modes.wavelength, modes.problem.temperature)
    n_eff, wall = np.asarray(modes.n_eff), np.asarray(modes.report.wall)
    if not np.all(np.isfinite(n_eff)):
        raise ValueError(_NOT_FINITE.format(n_eff=n_eff))
    if np.any(np.asarray(modes.problem.geometry.curvature)):
        if np.any(np.imag(n_eff) < GROWS):
            _mind_growth(modes, n_eff, member, stacklevel + 1)
        _mind_tail(modes, n_eff, wall, member, stacklevel + 1)
        _mind_wave(modes, n_eff, member, stacklevel + 1)
    if open_problem or np.all(wall < FREE):
        return
    if modes.problem.plan.mirrors:
        wall = _beside_walls(modes)
    limit = cutoff(modes)
    if n_eff[0].real <= limit:
        highest = float(n_eff[0].real)
        metal = METAL_HELD if np.min(np.real(np.asarray(modes.epsilon))) < METAL else ""
        raise NoGuidedModeError(NOT_GUIDED.format(n_eff=highest, limit=limit) + metal, highest, limit)
    mind_window(np.real(n_eff), wall, limit, member=member, stacklevel=stacklevel + 1)


def _mind_growth(modes: Modes, n_eff: Any, member: str, stacklevel: int) -> None:
    """Light in a bend does not grow without gain: radiation was resolved too coarsely inside the absorber."""
    limit = cutoff(modes)
    grows = [k for k, n in enumerate(n_eff) if n.real > limit + 1e-3 and n.imag < GROWS]
    if grows and np.all(np.imag(np.asarray(modes.epsilon)) >= 0):
        n = n_eff[grows[0]]
        warnings.warn(
            f"{member}solve: mode {grows[0]} (n_eff {n.real:.5f}{n.imag:+.1e}j) gains light, and no medium does: its "
            "loss is not resolved. Use finer cells where light leaves (resolution=, or geometry.resolved), an absorber "
            "at the outer wall of a bend only, or a wider window=.",
            MeshWarning,
            stacklevel=stacklevel,
        )


def _mind_tail(modes: Modes, n_eff: Any, wall: Any, member: str, stacklevel: int) -> None:
    """A wall too near to the caustic of a bend sends back more than leaves, and an absorber before it takes that from
    the tail of the mode: see `caustic`.
    """
    absorber, curvature = modes.problem.plan.absorber, float(np.asarray(modes.problem.geometry.curvature))
    outer = "right" if curvature > 0 else "left"
    lost = np.abs(n_eff.imag)
    doubtful = (lost <= TAIL * wall**2) & (lost > SLIGHT)
    if absorber is None or outer not in absorber.walls or not np.any(doubtful):
        return
    limit, end = cutoff(modes), _outer_wall(modes)
    out = _leaving(modes, n_eff, limit)
    begins = end.real - absorber.thickness
    early = (n_eff.real > limit + CLEAR) & (out.place > begins) & (out.back < out.leaves - np.log(HALF)) & doubtful
    if np.any(early):
        k = int(np.argmax(early))
        warnings.warn(
            f"{member}solve: mode {k} (n_eff {n_eff[k].real:.5f}): light leaves this bend {out.place[k]:.2f} µm "
            f"outside of x = 0, and the absorber begins at {begins:.2f} µm, in the tail of the mode. "
            f"Im n_eff = {n_eff[k].imag:.1e} may be what it takes from there; radiation may be less by orders of "
            "magnitude. Leave out window=, and solve chooses one; or put the "
            f"{outer} wall {out.place[k] + absorber.thickness:.1f} µm from x = 0 or beyond, with finer cells there "
            "(Geometry.resolved), or solve without an absorber.",
            WindowWarning,
            stacklevel=stacklevel,
        )


def _outer_wall(modes: Modes) -> complex:
    """Of the window of a bend, counted outwards from x = 0 and into its absorber [µm]."""
    ends = np.asarray(modes.mesh.x[[0, -1], 0]) * np.sign(np.asarray(modes.problem.geometry.curvature))
    end = complex(ends[int(np.argmax(np.real(ends)))])
    return complex(end.real, abs(end.imag))


def _leaving(modes: Modes, n_eff: Any, limit: float) -> Leaving:
    curvature = float(np.asarray(modes.problem.geometry.curvature))
    lines = np.asarray(modes.problem.geometry.lines[1:-1]) * np.sign(curvature)
    edge = float(np.max(lines, initial=0.0))
    return leaving(n_eff.real, limit, 1 / abs(curvature), edge, _outer_wall(modes), float(modes.wavelength))


def _mind_wave(modes: Modes, n_eff: Any, member: str, stacklevel: int) -> None:
    """In a window that `solve` chose: light that leaves is a wave, and thin absorbers stand so far out that cells are
    too long for it.
    """
    geometry, absorber = modes.problem.geometry, modes.problem.plan.absorber
    if geometry.reach is None or absorber is None:
        return
    limit, x = cutoff(modes), np.real(np.asarray(modes.mesh.x[:, 0]))
    passing = n_eff.real[:, None] / (1 + float(np.asarray(geometry.curvature)) * (x[1:] + x[:-1]) / 2)
    wave = 2 * np.pi / float(modes.wavelength) * np.sqrt(np.maximum(limit**2 - passing**2, 0.0))
    most = np.max(wave * np.diff(x), axis=1) / modes.order
    # by what leaves, of which Im n_eff was 3e-4 to 1e-2 where cells were short: what was found here may be far less
    seen = 0.01 * np.exp(-_leaving(modes, n_eff, limit).leaves) > SLIGHT
    coarse = (n_eff.real > limit + CLEAR) & seen & (most > COARSE)
    if np.any(coarse):
        k = int(np.argmax(coarse))
        warnings.warn(
            f"{member}solve: mode {k} (n_eff {n_eff[k].real:.5f}{n_eff[k].imag:+.1e}j): cells are too long for the "
            f"light that leaves this bend, {most[k]:.1f} rad to an order where {COARSE:g} is the most: its loss is not "
            f"resolved. Give an absorber thicker than {absorber.thickness:g} µm, such as {4 * absorber.thickness:g}, "
            "which may stand nearer, or a finer resolution=.",
            MeshWarning,
            stacklevel=stacklevel,
        )


def _insist(modes: Modes, open_problem: bool) -> None:
    """`judge` of traced modes, inside `checked`: ranges of materials stand in `search`."""
    if modes.n_eff.ndim > 1:
        jax.vmap(partial(_insist_one, open_problem=open_problem))(modes)
    else:
        _insist_one(modes, open_problem)


def _insist_one(modes: Modes, open_problem: bool) -> None:
    n_eff, wall = lax.stop_gradient((modes.n_eff, modes.report.wall))
    insist(jnp.isfinite(n_eff), _NOT_FINITE, n_eff=n_eff.real)
    if open_problem:
        return
    eps: Array = modes.epsilon
    diagonal = jnp.real(jnp.diagonal(eps, axis1=-2, axis2=-1) if eps.ndim == 4 else eps)
    numbers = lax.stop_gradient((diagonal, jnp.real(modes.mesh.y), modes.wavelength))

    def host(*numbers: Any) -> np.ndarray:
        return np.asarray(cutoff_numbers(modes.problem.plan.mirrors, *map(np.asarray, numbers)))

    limit = jax.pure_callback(host, jax.ShapeDtypeStruct((), float), *numbers, vmap_method="sequential")
    free = jnp.any(wall >= FREE) & (n_eff[0].real <= limit)
    insist(~free, NOT_GUIDED, n_eff=n_eff[0].real, limit=limit)
    if not modes.problem.plan.mirrors:
        jax.debug.callback(mind_window, n_eff.real, wall, limit)


def _beside_walls(modes: Modes) -> np.ndarray:
    """`Report.wall` without the mirrors, at the outermost points of the grid: (modes,)."""
    strength = np.sum(np.abs(np.asarray(modes.E)) ** 2, axis=1)
    rims = dict(zip(WALLS, (strength[:, 0], strength[:, -1], strength[:, :, 0], strength[:, :, -1]), strict=True))
    most = [rim.max(axis=1) for side, rim in rims.items() if side not in modes.problem.plan.mirrors]
    return np.sqrt(np.max(most, axis=0) / strength.max(axis=(1, 2))) if most else np.zeros(len(strength))


def _what_sets_apart(problem: Any) -> list[str]:
    """For each member of a batch of problems the numbers that are not the same in all."""
    said: list[list[str]] = []
    for path, leaf in jax.tree_util.tree_leaves_with_path(problem):
        values = np.asarray(leaf)
        name = jax.tree_util.keystr(path).removeprefix(".")
        rows = values.reshape(len(values), -1)
        # NaN differs from itself
        for at in np.flatnonzero(np.any(rows != rows[:1], axis=0) & ~np.all(np.isnan(rows), axis=0)):
            place = np.unravel_index(at, values.shape[1:])
            index = f"[{', '.join(str(i) for i in place)}]" if place else ""
            said.append([f"{name}{index} = {v:.6g}" for v in rows[:, at]])
    if not said:
        return [""] * len(jax.tree.leaves(problem)[0])
    more = f" and {len(said) - NAMED} more" if len(said) > NAMED else ""
    return [f" ({', '.join(column[:NAMED])}{more})" for column in zip(*said, strict=True)]
