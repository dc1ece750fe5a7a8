"""Full-vector modes of a cross-section: the search for eigenpairs, and what is differentiated from them.

Edge elements of order p on lines that follow the interfaces (`elements`), a direct factorisation above the highest mode
(`linalg.columns`), Arnoldi's method on top. On a CPU both run in LAPACK (`waveguides.host`), elsewhere and for lossy
full tensors in JAX. The search is not differentiated: `value`, `group` and `vectors` attach implicit derivatives to
what it found (`linalg.eigenpair`), each only when somebody asks, so that a gradient of n_eff costs an assembly and no
linear solve.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS, Data, EdgePencil, free_unknowns
from lingnan.solvers.linalg.eigenpair import Pair, eigenpair, eigenvalue
from lingnan.solvers.tracing import asking, is_traced, marked, namespace
from lingnan.solvers.waveguides import compiled, fields, host
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import Absorber, Resolution, discretise, stretch, with_window
from lingnan.solvers.waveguides.guided import mind
from lingnan.solvers.waveguides.media import check, mark, permittivity, unchecked
from lingnan.solvers.waveguides.slab import plasmon_numbers, upper_index

#: Residual of a search in real numbers above which it is made again in complex ones. Between closed walls a lossless
#: guide has modes whose β² are conjugates of each other, often near cutoff. Inside `jit` real numbers stay real.
IN_PAIRS = 1e-6
#: Optics ends about here: a wavelength beyond was meant in nm. [µm]
LONGEST = 100.0


@dataclass(frozen=True)
class Plan:
    """All that is static in a solve: one compilation for each, and for each shape of the cross-section."""

    num_modes: int
    resolution: Resolution
    magnetic: tuple[str, ...]
    absorber: Absorber | None
    residual: float = 1e-9  #: of the vectors; n_eff has its square
    mirrors: tuple[str, ...] = ()  #: walls that cut the core in half, for `judge`

    def __post_init__(self) -> None:
        for what, sides in (("magnetic", self.magnetic), ("mirrors", self.mirrors)):
            unknown = sorted(set(sides) - set(WALLS))
            if unknown:
                raise ValueError(
                    f"solve: {what} walls {unknown} do not exist: a window has {', '.join(WALLS)}. Give a "
                    f"tuple of these, such as {what}=('left',)."
                )


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Problem:
    """What is solved."""

    geometry: Geometry
    wavelength: Array
    temperature: Array | None
    plan: Plan = field(metadata={"static": True})


class Assembled(NamedTuple):
    """The numbers of a problem on its mesh."""

    mesh: Mesh  #: complex inside absorbing layers
    epsilon: Array  #: (nx, ny, 3) or (nx, ny, 3, 3) of each element
    data: Data
    curvature: Array


class Bare(NamedTuple):
    """Mesh and media of a problem."""

    mesh: Mesh  #: complex inside absorbing layers
    epsilon: Any  #: (nx, ny, 3) or (nx, ny, 3, 3)
    curvature: Any  #: ()


class Found(NamedTuple):
    """Eigenpairs without derivatives, sorted by falling n_eff, and how the search ended."""

    pairs: Pair
    residual: Array
    steps: Array
    wall: Array


def media_of(problem: Problem) -> Any:
    """Permittivity of each medium: (M, 3), or (M, 3, 3) when one of them has off-diagonal elements."""
    # ranges are checked, or marked, by `search`
    media = [permittivity(unchecked(m), problem.wavelength, problem.temperature) for m in problem.geometry.media]
    xp = namespace(media)
    if any(e.ndim == 2 for e in media):
        media = [e if e.ndim == 2 else xp.diag(e) for e in media]
    return xp.stack(media)


def numbers_of(problem: Problem) -> Bare:
    """Mesh and media; in numpy's arrays where all numbers are known."""
    plan, media = problem.plan, media_of(problem)
    window = with_window(problem.geometry, media, problem.wavelength)
    mesh, regions = discretise(window, plan.resolution)
    return Bare(stretch(mesh, plan.absorber), media[regions], window.curvature)


def assemble(problem: Problem) -> tuple[EdgePencil, Assembled]:
    """Mesh, media and weights."""
    plan, (mesh, epsilon, curvature) = problem.plan, numbers_of(problem)
    pencil = EdgePencil(plan.resolution.order, mesh.nx, mesh.ny, epsilon.ndim == 4)
    weights = maxwell.weights(pencil.element, mesh, epsilon, 2 * jnp.pi / problem.wavelength, curvature)
    return pencil, Assembled(mesh, epsilon, Data(weights, free_unknowns(pencil.layout, plan.magnetic)), curvature)


def search(problem: Problem, target: Array | None) -> Found:
    """The modes nearest to the n_eff `target`, or from the top down; nothing here has a derivative."""
    media, wavelength, temperature = problem.geometry.media, problem.wavelength, problem.temperature
    check(media, wavelength, temperature)  # known here where only derivatives are traced
    if is_traced(wavelength, temperature, target):
        factor = mark(media, wavelength, temperature) if is_traced(wavelength, temperature) else 1.0
        wave = jnp.asarray(wavelength) * factor
        fine = (wave > 0) & (wave <= LONGEST)
        fine = fine if temperature is None else fine & jnp.isfinite(temperature)
        fine = fine if target is None else fine & (jnp.real(target) > 0)
        problem = replace(problem, wavelength=jnp.where(fine, wave, jnp.nan))  # and the search says so
    bare = numbers_of(problem)
    pencil = EdgePencil(problem.plan.resolution.order, bare.mesh.nx, bare.mesh.ny, bare.epsilon.ndim == 4)
    task = host.Task(bare.mesh.x, bare.mesh.y, bare.epsilon, bare.curvature, problem.wavelength, target)
    two_sided = pencil.quadratic and (_complex(bare.epsilon) or _complex(bare.mesh.x))
    if jax.default_backend() != "cpu" or two_sided:  # left vectors of their own: transposed solves
        if is_traced(task):
            task = jax.tree.map(jnp.asarray, task)
            fine = host.sound(jax.tree.map(lambda a: a[None], task))[0]
            problem = replace(problem, wavelength=problem.wavelength * marked(fine, f"solve: some{host.UNSOUND}"))
        found = search_compiled(problem, target)
        if is_traced(task) and not asking() and _closed(task):
            n_eff = propagation(pencil.quadratic, found.pairs.beta) * problem.wavelength / (2 * jnp.pi)
            jax.debug.callback(
                partial(mind, problem.plan.mirrors), n_eff, found.wall, (task.epsilon, task.y, task.wavelength)
            )
        return found
    plan = problem.plan
    options = host.Options(pencil, plan.num_modes, plan.residual, plan.magnetic)
    answer = _called(options, task, plan.mirrors)
    x = answer.vectors
    return Found(Pair(answer.eigenvalues, x, x.conj() if pencil.quadratic else x), *answer[2:])


def _closed(task: host.Task) -> bool:
    """Is a mode to be guided? Not from a target on, nor beside an absorber."""
    return task.target is None and not (_complex(task.x) or _complex(task.y))


def _called(options: host.Options, task: host.Task, mirrors: tuple[str, ...]) -> host.Answer:
    """`host.search_many`, from outside, or from inside a program that JAX transforms; a batch comes as a whole."""
    if not is_traced(task):
        one = jax.tree.map(lambda a: np.asarray(a)[None], task)
        found = host.search_many(options, one)
        if np.max(found.residual) > IN_PAIRS and not (_complex(found.vectors) or options.pencil.quadratic):
            pairs = host.search_many(options, one._replace(epsilon=one.epsilon.astype(complex)))
            found = pairs if np.max(pairs.residual) <= IN_PAIRS else found
        return jax.tree.map(lambda a: a[0], found)
    pencil, count = options.pencil, options.count
    spoken = not asking() and _closed(task)
    kind = complex if pencil.quadratic or any(_complex(a) for a in (task.x, task.y, task.epsilon)) else float

    def run(task: host.Task) -> host.Answer:
        task = jax.tree.map(np.asarray, task)
        lead = task.wavelength.shape
        flat = jax.tree.map(lambda a: a.reshape(-1, *a.shape[len(lead) :]), task)
        found = host.search_many(options, flat)
        if spoken:
            n_eff = propagation(pencil.quadratic, found.eigenvalues) * flat.wavelength[:, None] / (2 * np.pi)
            for n, wall, *numbers in zip(n_eff, found.wall, flat.epsilon, flat.y, flat.wavelength, strict=True):
                mind(mirrors, n, wall, tuple(numbers))
        found = found._replace(eigenvalues=found.eigenvalues.astype(kind), vectors=found.vectors.astype(kind))
        return jax.tree.map(lambda a: a.reshape((*lead, *a.shape[1:])), found)

    one = jax.ShapeDtypeStruct((count,), float)
    shapes = host.Answer(
        jax.ShapeDtypeStruct((count,), kind), jax.ShapeDtypeStruct((count, pencil.layout.size), kind),
        one, jax.ShapeDtypeStruct((), int), one,
    )  # fmt: skip
    task = jax.tree.map(jnp.asarray, task)
    return jax.pure_callback(run, shapes, task, vmap_method="broadcast_all")


def _complex(a: Any) -> bool:
    return np.dtype(a.dtype).kind == "c"


@jax.jit
def search_compiled(problem: Problem, target: Array | None) -> Found:
    """`search` in JAX alone: on a GPU, and for lossy media with a full tensor."""
    pencil, numbers = assemble(problem)
    k0 = 2 * jnp.pi / problem.wavelength
    if target is None:
        target = upper_index(
            numbers.mesh, numbers.epsilon, problem.geometry, problem.plan.resolution, problem.wavelength
        )
        target = jnp.maximum(target, _held(numbers, problem.wavelength))
    ritz, pairs = compiled.search(pencil, numbers.data, target * k0, problem.plan.num_modes, problem.plan.residual)
    beta = propagation(pencil.quadratic, pairs.beta)
    raw = fields.evaluate(numbers.mesh, pencil.order, pairs.right, beta, problem.wavelength, numbers.curvature)
    strength = jnp.sqrt(jnp.sum(jnp.abs(raw.E) ** 2, axis=1))
    rim = jnp.concatenate([strength[:, 0], strength[:, -1], strength[:, :, 0], strength[:, :, -1]], axis=-1)
    wall = jnp.max(rim, axis=-1) / jnp.max(strength, axis=(-2, -1))
    order = jnp.argsort(-beta.real)
    return Found(jax.tree.map(lambda a: a[order], pairs), ritz.residuals[order], ritz.steps, wall[order])


def _held(numbers: Assembled, wavelength: Array) -> Array:
    """`plasmon_numbers` of one cross-section or of a batch: whether there is metal is seen while the program runs."""

    def run(x: Any, y: Any, epsilon: Any, wavelength: Any) -> np.ndarray:
        parts, lead = tuple(np.asarray(a) for a in (x, y, epsilon, wavelength)), np.shape(wavelength)
        flat = (a.reshape(-1, *a.shape[len(lead) :]) for a in parts)
        return plasmon_numbers(*flat).reshape(lead)

    given = lax.stop_gradient((numbers.mesh.x, numbers.mesh.y, numbers.epsilon, wavelength))
    shape = jax.ShapeDtypeStruct((), float)
    return jax.pure_callback(run, shape, *given, vmap_method="broadcast_all")


def value(problem: Problem, found: Found) -> Array:
    """n_eff (modes,) complex, with derivatives."""
    if is_traced(problem, found):
        return _value(problem, found)
    # nothing to differentiate: nothing to compile
    beta = propagation(media_of(problem).ndim == 3, np.asarray(found.pairs.beta))  # type: ignore[arg-type]
    return beta * np.asarray(problem.wavelength) / (2 * np.pi)  # type: ignore[return-value]


@jax.jit
def _value(problem: Problem, found: Found) -> Array:
    pencil, numbers = assemble(problem)
    values = jax.vmap(lambda pair: eigenvalue(pencil, numbers.data, pair))(found.pairs)
    return propagation(pencil.quadratic, values) * problem.wavelength / (2 * jnp.pi)


@jax.jit
def group(problem: Problem, found: Found) -> Array:
    """n_g (modes,) = n_eff - λ dn_eff/dλ at fixed geometry, dispersion of the media included."""
    wave = problem.wavelength
    n, slope = jax.jvp(lambda w: value(replace(problem, wavelength=w), found).real, (wave,), (jnp.ones_like(wave),))
    return n - wave * slope


@jax.jit
def dispersion(problem: Problem, found: Found) -> Array:
    """d²n_eff/dλ² (modes,) [1/µm²]."""
    wave = problem.wavelength

    def slope(w: Array) -> Array:
        return jax.jvp(lambda w: value(replace(problem, wavelength=w), found).real, (w,), (jnp.ones_like(w),))[1]

    return jax.jvp(slope, (wave,), (jnp.ones_like(wave),))[1]


@jax.jit
def vectors(problem: Problem, found: Found) -> tuple[Array, Array]:
    """Right vectors (modes, N), of 1 W and with the largest transverse component real, and left ones."""
    pencil, numbers = assemble(problem)
    _, x, y = jax.vmap(lambda pair: eigenpair(pencil, numbers.data, pair))(found.pairs)
    beta = 2 * jnp.pi / problem.wavelength * value(problem, found)
    raw = fields.evaluate(numbers.mesh, pencil.order, x, beta, problem.wavelength, numbers.curvature)
    area = fields.points(numbers.mesh, pencil.order).area
    main = jnp.concatenate([raw.E[:, 0], raw.E[:, 1]], axis=-1).reshape(len(x), -1)
    top = jnp.take_along_axis(main, jnp.argmax(jnp.abs(main), axis=-1)[:, None], axis=-1)[:, 0]
    turn = top.conj() / jnp.abs(top)
    turn = turn if jnp.iscomplexobj(x) else turn.real
    return x * (turn / jnp.sqrt(_watt(raw, area)))[:, None], y


def _watt(raw: fields.Fields, area: Array) -> Array:
    """Power of each mode [W]; an evanescent one carries none, and gets the strength |½ ∫ E × H · ẑ| instead."""
    flux = jnp.abs(fields.power(raw, area))
    swing = jnp.abs(fields.power(fields.Fields(raw.E, raw.H.conj()), area))
    return jnp.where(flux > 1e-6 * swing, flux, swing)


def propagation(quadratic: bool, values: Array) -> Array:
    """β of eigenvalues; of ±β the one that decays or runs forward."""
    xp = namespace(values)
    beta = values.astype(complex) if quadratic else xp.sqrt(values.astype(complex))
    return xp.where(beta.real * 1e6 + beta.imag < 0, -beta, beta)
