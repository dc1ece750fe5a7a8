"""The window of a bend that loses light, where none was given, and its modes, which are not the highest in it.

Beyond the caustic the window is full of light that has left, at indices above those of guided modes. So these are found
first between closed walls, straight, then bent with the outer wall before the caustic, and looked for by their n_eff.
Nothing here has a derivative: a wall moves a loss by one to two times `caustic.SHARE` of it.
"""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.tracing import is_traced, namespace
from lingnan.solvers.waveguides import engine
from lingnan.solvers.waveguides.caustic import begins
from lingnan.solvers.waveguides.engine import Found, Problem
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import Absorber, margin
from lingnan.solvers.waveguides.guided import CLEAR
from lingnan.solvers.waveguides.refine import DRAFT
from lingnan.solvers.waveguides.slab import carried

#: Two n_eff nearer than this are one mode, relative.
ONE = 1e-8
#: The outer wall of the first look stands at a caustic, but at so much of the margin at least.
CLOSE = 1 / 6


def losing(geometry: Geometry, absorber: Absorber | None) -> tuple[str, ...]:
    """Side walls of an open window where a bend loses light: with an absorber, and outside, as far as that is known."""
    if absorber is None or not geometry.open:
        return ()
    outside: tuple[str, ...] = ("left", "right")
    if not is_traced(geometry.curvature):
        turn = float(np.asarray(geometry.curvature))
        outside = ("right",) if turn > 0 else ("left",) if turn < 0 else ()
    return tuple(side for side in outside if side in absorber.walls)


def opened(problem: Problem, target: Any) -> tuple[Geometry, Any]:
    """The cross-section with an outer wall that lets light leave, and n_eff (modes,) near which its modes lie.

    Args:
        problem: of an open window that is `losing`.
        target: what the caller looks near; None: the highest modes of the straight guide.
    """
    bent, absorber = problem.geometry, problem.plan.absorber
    assert absorber is not None
    given = problem, target
    problem, target = lax.stop_gradient(given) if is_traced(given) else given
    geometry = replace(problem.geometry, cells=None)
    closed = replace(problem, geometry=geometry, plan=replace(problem.plan, absorber=None, resolution=DRAFT))
    apart, curvature = margin(geometry, engine.media_of(problem), problem.wavelength), geometry.curvature
    xp: Any = namespace(closed, apart, target)
    outside = xp.stack([xp.asarray(side) for side in (curvature < 0, curvature > 0, False, False)])
    if target is None:
        straight = _indices(replace(closed, geometry=replace(geometry, curvature=0.0 * curvature)), None)
        near = xp.where(outside, _wall(closed, straight, apart, None), 1.0)
        near = replace(geometry, reach=xp.stack([near, xp.zeros(4)]))
        edge = xp.max(xp.abs(geometry.lines[1:-1]))
        near_n = _indices(replace(closed, geometry=near), straight[0] * (1 + abs(curvature) * edge))
    else:
        near_n = xp.real(xp.asarray(target)).reshape(1)
    layers = xp.asarray([absorber.thickness if side in absorber.walls else 0.0 for side in WALLS])
    reach = xp.stack([xp.where(outside, _wall(closed, near_n, apart, absorber), 1.0), layers])
    far = losing(bent, absorber)
    layered = tuple(side for side in absorber.walls if side not in far)
    return replace(bent, reach=reach, far=far, layered=layered), near_n if target is None else target


def nearest(problem: Problem, aims: Any) -> Found:
    """For each of n_eff (modes,) a mode near it, no mode twice."""
    found: list[Found] = []
    values: list[Any] = []
    for k in range(problem.plan.num_modes):
        several = replace(problem, plan=replace(problem.plan, num_modes=k + 1))
        near = engine.search(several, aims[k])
        n_eff = _value(several, near)
        xp = namespace(n_eff)
        miss = xp.abs(n_eff - aims[k])
        for other in values:
            miss = xp.where(xp.abs(n_eff - other) < ONE * xp.abs(other), xp.inf, miss)
        best = xp.argmin(miss)
        values.append(n_eff[best])
        pairs, residual, steps, wall = near
        found.append(Found(jax.tree.map(lambda a, best=best: a[best], pairs), residual[best], steps, wall[best]))
    xp = namespace(values)
    order = xp.argsort(-xp.real(xp.stack(values)))
    pairs, residual, steps, wall = jax.tree.map(lambda *a: xp.stack(a), *found)
    return Found(jax.tree.map(lambda a: a[order], pairs), residual[order], xp.sum(steps), wall[order])


def _value(problem: Problem, found: Found) -> Any:
    n_eff = engine.value(problem, found)
    return lax.stop_gradient(n_eff) if is_traced(n_eff) else n_eff


def _indices(problem: Problem, target: Any) -> Any:
    return _value(problem, engine.search(problem, target)).real


def _wall(problem: Problem, n_eff: Any, apart: Any, absorber: Absorber | None) -> Any:
    """Where the outer wall stands before the caustic, or an absorber begins, from the core, over the margin."""
    mirrors = problem.plan.mirrors

    def host(*numbers: Any) -> np.ndarray:
        n, diagonal, levels, lines, curvature, apart, wave = (np.asarray(a, float) for a in numbers)
        if curvature == 0 or not all(np.all(np.isfinite(a)) for a in (n, diagonal, levels, lines, curvature, wave)):
            return np.ones(())
        outer, edge = ("right", np.max(lines)) if curvature > 0 else ("left", -np.min(lines))
        sides = [side for side in (outer, "bottom", "top") if side not in mirrors]
        indices = [index for index in carried(sides, diagonal, levels, float(wave)) if index > 0]
        radius, limit = float(1 / abs(curvature)), max(indices, default=1.0)
        if absorber is not None:
            return np.asarray(begins(n, indices, radius, float(edge), float(apart), absorber, float(wave)))
        places = radius * (n[n > limit + CLEAR] / limit - 1) - edge
        return np.clip(np.min(places, initial=np.inf) / apart, CLOSE, 1.0)

    bare = engine.numbers_of(problem)
    epsilon, geometry = bare.epsilon, problem.geometry
    xp: Any = namespace(bare)
    diagonal = xp.real(xp.diagonal(epsilon, axis1=-2, axis2=-1) if epsilon.ndim == 4 else epsilon)
    given = n_eff, diagonal, bare.mesh.y, geometry.lines[1:-1], geometry.curvature, apart, problem.wavelength
    if not is_traced(given):
        return host(*given)
    shape = jax.ShapeDtypeStruct((), float)
    return jax.pure_callback(host, shape, *map(jnp.asarray, given), vmap_method="sequential")
