"""The door to the mode solver: checks what comes in, refines if asked to, and says when a result cannot be trusted."""

import math
import warnings
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.typing import ArrayLike

from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.tracing import asking, insist, is_traced, namespace
from lingnan.solvers.waveguides.bending import losing, nearest, opened
from lingnan.solvers.waveguides.engine import Plan, Problem, search, value
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.given import check_made, check_real
from lingnan.solvers.waveguides.grid import LADDER, Absorber, Resolution, cells, memory, unknowns
from lingnan.solvers.waveguides.judging import judge
from lingnan.solvers.waveguides.media import check, structured
from lingnan.solvers.waveguides.modes import Modes
from lingnan.solvers.waveguides.refine import refine

#: Refuse what would need more than this: beyond it the machine starts to swap, which looks like a hang.
MEMORY_LIMIT_GB = 8.0
#: Unknowns to a mode at least: two thirds of them belong to modes at all, and the highest of those mean nothing.
SHARE_OF_MODES = 4


def solve(
    geometry: Geometry,
    wavelength: ArrayLike = 1.55,
    num_modes: int = 2,
    *,
    tolerance: float | None = None,
    resolution: Resolution | None = None,
    target: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    magnetic: tuple[str, ...] = (),
    mirrors: tuple[str, ...] = (),
    absorber: Absorber | None = None,
) -> Modes:
    """The modes of highest n_eff, or those nearest to `target`.

    Differentiable (forward and reverse, twice) by every number in `geometry`, by wavelength and temperature; works
    under `jit` and `vmap`, where numbers are not known, so that there is no refinement: what cannot be solved, or asks
    for a material outside its range, has n_eff NaN there, with a warning, and the others of a batch are right. Where
    nothing is guided, or the window cuts a mode, its n_eff comes with a warning that says the numbers.
    `checked` around the function that is transformed raises what `solve` would have raised; or call `judge` on the
    modes that come out. See `lingnan.solvers.tracing`.

    Args:
        geometry: a cross-section.
        wavelength: in vacuum [µm].
        num_modes: how many modes. Several of one and the same n_eff, as in a square box of metal, all come out; what
            they have together, such as the sum of their n_eff, has its derivative, and none of them alone.
        tolerance: refine the mesh until the estimated error of every n_eff is below this; None: no refinement.
        resolution: of the mesh; None: the first of `LADDER`, right to about 5e-5 for silicon wires.
        target: look for the modes whose n_eff is nearest to this, for leaky modes or plasmons; None: from the top.
        temperature: of named materials [K]; None: the geometry's, or else each at its own reference temperature.
        magnetic: walls ("left", "right", "bottom", "top") on which the tangential magnetic field vanishes; on the
            others the tangential electric field does.
        mirrors: walls on which a core is cut in half: what is guided is judged by the other ones.
        absorber: absorbing layers inside the walls, for radiation loss; None: closed walls, between which nothing is
            lost. In a bend whose window is left open, with a layer at the outer wall, that wall stands beyond where
            light leaves, or where none is seen to (`caustic`); the modes are those that the straight guide has.

    Raises:
        ValueError: a number out of range, or a mesh too large for memory.
        NoGuidedModeError: nothing is guided.
    """
    check_made("solve", "geometry", geometry, Geometry, "Make one with strip, rib, slot, coupler or cross_section.")
    _check(wavelength, num_modes, tolerance, target)
    num_modes = int(num_modes)
    if resolution is not None:
        check_made(
            "solve", "resolution", resolution, Resolution, "Take one of waveguides.LADDER, or Resolution(order=4)."
        )
    if temperature is not None:
        check_real("solve", "temperature", temperature, "K", 300)
    temperature = geometry.temperature if temperature is None else temperature
    check(geometry.media, wavelength, temperature)
    if temperature is not None and not is_traced(temperature) and not math.isfinite(np.asarray(temperature)):
        raise ValueError(f"solve: temperature = {temperature} K: it must be finite. Give it in K, such as 300.")
    geometry = structured(geometry)
    open_problem = absorber is not None or target is not None
    _check_absorber(absorber, geometry)
    if losing(geometry, absorber):
        _check_size(num_modes, resolution or LADDER[0], magnetic, geometry)
        plan = _plan(num_modes, LADDER[0], (magnetic, mirrors), absorber)
        whole = Problem(geometry, _number(wavelength), _number(temperature), plan)
        geometry, target = opened(whole, _number(target))
    numbers = (geometry, wavelength, temperature, target)
    if tolerance is None:
        modes = _solve(num_modes, resolution or LADDER[0], (magnetic, mirrors), absorber, *numbers)
    elif is_traced(numbers):
        raise ValueError(
            f"solve: tolerance = {tolerance} cannot be met inside jit, grad or vmap, where numbers are not known. "
            "Solve once outside with tolerance=, and pass resolution=modes.resolution inside."
        )
    else:
        modes = _refined(tolerance, num_modes, (magnetic, mirrors), absorber, *numbers)
    if not is_traced(modes.n_eff) or asking():
        judge(modes, open_problem=open_problem)
    elif not is_traced(modes.found):  # only derivatives are traced
        judge(lax.stop_gradient(modes), open_problem=open_problem)
    return modes


def _solve(
    num_modes: int,
    resolution: Resolution,
    walls: tuple[tuple[str, ...], tuple[str, ...]],
    absorber: Absorber | None,
    geometry: Geometry,
    wavelength: ArrayLike,
    temperature: ArrayLike | None,
    target: ArrayLike | None,
) -> Modes:
    _check_size(num_modes, resolution, walls[0], geometry)
    problem = Problem(
        geometry, _number(wavelength), _number(temperature), _plan(num_modes, resolution, walls, absorber)
    )  # fmt: skip
    given: Any = (problem, _number(target))
    find = nearest if target is not None and np.ndim(target) else search
    found = find(*(lax.stop_gradient(given) if is_traced(given) else given))
    return Modes(value(problem, found), problem, found)


def _plan(num_modes: int, resolution: Resolution, walls: Any, absorber: Absorber | None) -> Plan:
    magnetic, mirrors = (tuple(sorted(sides)) for sides in walls)
    return Plan(num_modes, resolution, magnetic, absorber, mirrors=mirrors)


def _number(value: ArrayLike | None) -> Any:
    if value is None:
        return None
    xp = namespace(value)
    array = xp.asarray(value)
    return array.astype(xp.result_type(array, float))


def _refined(tolerance: float, num_modes: int, walls: Any, absorber: Any, *numbers: Any) -> Modes:
    """Refine until the estimated error is below the tolerance; see `refine`."""

    def on(resolution: Resolution) -> Modes:
        return _solve(num_modes, resolution, walls, absorber, *numbers)

    cells_given = numbers[0].cells is not None
    found = refine(lambda resolution: np.asarray(on(resolution).n_eff), tolerance, cells_given)
    if not found.met:
        warnings.warn(
            f"solve: the estimated error is {found.error.max():.1e} on the finest mesh, above tolerance = {tolerance}. "
            "Modes near cutoff or a crossing do that; fewer num_modes, a larger window, or a finer resolution= help.",
            stacklevel=3,
        )
    limit = None if found.limit is None else jnp.asarray(found.limit)
    return replace(on(found.resolution), error=jnp.asarray(found.error), limit=limit)


def _check(wavelength: ArrayLike, num_modes: int, tolerance: float | None, target: ArrayLike | None) -> None:
    check_real("solve", "wavelength", wavelength, "µm", 1.55)
    if is_traced(wavelength):
        wave: Any = wavelength
        said = "solve: wavelength = {value} µm: it must be positive and no more than about 100 µm. Give it in µm."
        insist((wave > 0) & (wave <= 100), said, value=wave)
    else:
        value = float(wavelength)  # type: ignore[arg-type]
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"solve: wavelength = {wavelength} µm: it must be positive and finite. Give it in µm.")
        if value > 100:
            raise ValueError(f"solve: wavelength = {wavelength} µm: optics ends at about 100 µm. Was it given in nm?")
    check_real("solve", "num_modes", num_modes, "whole numbers", 2)
    if not math.isfinite(num_modes) or num_modes != int(num_modes) or num_modes < 1:
        raise ValueError(f"solve: num_modes = {num_modes}: ask for at least one mode, in whole numbers.")
    if tolerance is not None:
        check_real("solve", "tolerance", tolerance, "n_eff", 1e-4)
    if tolerance is not None and not 1e-10 <= tolerance <= 0.1:
        raise ValueError(f"solve: tolerance = {tolerance} is outside 1e-10 to 0.1, an error of n_eff.")
    if target is None:
        return
    if np.ndim(target):
        raise ValueError(f"solve: target = {target!r}: it is one n_eff to look near. Solve once for each.")
    if is_traced(target):
        near: Any = target
        said = "solve: target = {value}: it is an n_eff to look near, and those are positive."
        insist(jnp.real(near) > 0, said, value=jnp.real(near))
        return
    if np.asarray(target).dtype.kind not in "iufc" or not np.all(np.isfinite(np.asarray(target))):
        raise ValueError(f"solve: target = {target!r}: it is an n_eff to look near, a finite number.")
    if not np.all(np.real(np.asarray(target)) > 0):
        raise ValueError(f"solve: target = {target!r}: it is an n_eff to look near, and those are positive.")


def _check_size(num_modes: int, resolution: Resolution, magnetic: tuple[str, ...], geometry: Geometry) -> None:
    gigabytes = memory(geometry, resolution, num_modes)
    if gigabytes > MEMORY_LIMIT_GB:
        raise ValueError(
            f"solve: {resolution} on this cross-section would need about {gigabytes:.1f} GB, above the limit of "
            f"{MEMORY_LIMIT_GB} GB (waveguides.solve.MEMORY_LIMIT_GB). Use fewer cells, a lower order or a looser "
            "tolerance."
        )
    most = unknowns(geometry, resolution) // SHARE_OF_MODES
    if num_modes > most:
        raise ValueError(
            f"solve: num_modes = {num_modes}: {resolution} resolves at most {most} modes on this cross-section. Ask "
            "for fewer, or give a finer resolution=."
        )
    if sum(len(f) - 1 for f in cells(geometry, resolution)[0]) == 1 and not {"left", "right"} & set(magnetic):
        raise ValueError(
            "solve: one column of elements between electric walls leaves nothing to solve for. Give geometry.resolved "
            'two, or magnetic=("left", "right").'
        )


def _check_absorber(absorber: Absorber | None, geometry: Geometry) -> None:
    if absorber is None:
        return
    check_made("solve", "absorber", absorber, Absorber, "Absorber() is a good start.")
    unknown = sorted(set(absorber.walls) - set(WALLS))
    if unknown:
        raise ValueError(
            f"solve: absorber.walls {unknown} do not exist: a window has {', '.join(WALLS)}. Give a tuple of these."
        )
    if not (0 < absorber.thickness < math.inf and 0 < absorber.strength < math.inf):
        raise ValueError(
            f"solve: {absorber}: thickness [µm] and strength must be positive and finite. Absorber() is a good start."
        )
    if geometry.open or is_traced(geometry.window):
        return
    left, right, bottom, top = (float(a) for a in geometry.window)
    for span, pair in ((right - left, ("left", "right")), (top - bottom, ("bottom", "top"))):
        taken = absorber.thickness * len(set(pair) & set(absorber.walls))
        if taken >= span:
            raise ValueError(
                f"solve: absorbers of {absorber.thickness} µm at {' and '.join(pair)} fill the window of {span:g} µm. "
                "Use thinner ones or a larger window."
            )
