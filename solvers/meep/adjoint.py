"""Transmission of a scene as a JAX function of a design region's density, with the gradient from Meep's adjoint.

`transmission(density, ...)` is an ordinary function for `jax.grad`: its rule runs two FDTD simulations, whatever the
number of pixels. Shapes are differentiable too: `rasterise` paints a polygon's parameters on the density with edges
one pixel soft, so the chain rule carries Meep's gradient to widths and positions. Source: A. M. Hammond et al.,
Opt. Express 30, 4467 (2022), doi:10.1364/OE.442074.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from numpy.typing import NDArray

from lingnan.solvers.meep.job import Progress, run
from lingnan.solvers.meep.machine import find
from lingnan.solvers.meep.scene import Scene


@dataclass(frozen=True)
class DesignRegion:
    """A rectangle whose density runs from `low` (0) to `high` (1)."""

    x_min: float
    x_max: float
    y_min: float
    y_max: float
    z_min: float
    z_max: float
    low: complex  #: refractive index at density 0
    high: complex  #: refractive index at density 1

    def pixels(self, shape: tuple[int, int]) -> tuple[Array, Array]:
        """Centres of the pixels, x and y, each of the given shape [µm]."""
        x, y = jnp.meshgrid(
            jnp.linspace(self.x_min, self.x_max, shape[0]),
            jnp.linspace(self.y_min, self.y_max, shape[1]),
            indexing="ij",
        )
        return x, y


def rasterise(vertices: Array, region: DesignRegion, shape: tuple[int, int], softness: float | None = None) -> Array:
    """Density of a simple polygon, differentiable in its corners.

    A pixel's density follows its signed distance to the outline, through a step `softness` wide.

    Args:
        vertices: corners [µm], shape (n, 2), either sense.
        region: where.
        shape: pixels in x and y.
        softness: width of the edge [µm]; one pixel if not given.

    Returns:
        density between 0 and 1, of the given shape.
    """
    x, y = region.pixels(shape)
    soft = (region.x_max - region.x_min) / (shape[0] - 1) if softness is None else softness
    start = jnp.asarray(vertices)
    end = jnp.roll(start, -1, axis=0)

    def edge(a: Array, b: Array) -> tuple[Array, Array]:
        run_x, run_y = b - a
        length2 = run_x**2 + run_y**2
        along = jnp.clip(((x - a[0]) * run_x + (y - a[1]) * run_y) / length2, 0.0, 1.0)
        # the tiny number keeps the derivative of the root finite for a pixel that lies on the outline
        distance = jnp.sqrt((x - a[0] - along * run_x) ** 2 + (y - a[1] - along * run_y) ** 2 + 1e-18)
        crosses = (a[1] > y) != (b[1] > y)
        rise = jnp.asarray(jnp.where(crosses, run_y, 1.0))  # not 0 where it divides
        left = x < a[0] + (y - a[1]) / rise * run_x
        return distance, crosses & left

    distances, crossings = jax.vmap(edge)(start, end)
    inside = jnp.sum(crossings, axis=0) % 2 == 1
    signed = jnp.where(inside, 1.0, -1.0) * jnp.min(distances, axis=0)
    step = jnp.clip(signed / soft + 0.5, 0.0, 1.0)
    return step * step * (3 - 2 * step)


def _ask(density: NDArray[np.float64], task: dict[str, Any], options: dict[str, Any]) -> dict[str, NDArray[Any]]:
    machine = find(options["python"])
    if not machine.adjoint:
        raise ValueError(
            f"meep.transmission: {machine.python} cannot import Meep's adjoint. pip install autograd (beside lingnan)."
        )
    return run(
        machine,
        task,
        {"density": np.asarray(density, dtype=np.float64)},
        processes=options["processes"],
        progress=options["progress"],
        cache=options["cache"],
    )


def transmission(
    scene: Scene,
    region: DesignRegion,
    *,
    excite: str,
    receive: Sequence[str],
    python: str | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    cache: bool = True,
    source_distance: float = 0.5,
    maximum_time: float = 20_000.0,
) -> Callable[[Array], Array]:
    """A function of the density that gives the power from one port to others.

    Args:
        scene: without the design region's contents.
        region: the rectangle that is designed.
        excite: port that light is sent into.
        receive: ports whose outgoing power is asked for.
        python: Meep's interpreter, found if not given.
        processes: MPI processes.
        progress: called with the share done and what is being done.
        cache: keep results and use kept ones.
        source_distance: from the source plane to the port plane [µm].
        maximum_time: of the fields after the source has ended, in µm/c.

    Returns:
        `power(density)`, density of shape (nx, ny) in 0 to 1, power of shape (len(receive), scene.points), by
        increasing frequency. `jax.grad` and `jax.vjp` work on it, under `jit` too; it runs on the host.

    Raises:
        ValueError: the scene cannot be simulated, or a port is not there.
    """
    scene.check()
    if not (region.x_min < region.x_max and region.y_min < region.y_max and region.z_min < region.z_max):
        raise ValueError(f"meep.transmission: {region} is empty: each minimum has to lie below its maximum.")
    if isinstance(receive, str):
        raise ValueError(f"meep.transmission: receive = {receive!r}: give a list of ports.")
    names = [port.name for port in scene.ports]
    for name in (excite, *receive):
        if name not in names:
            raise ValueError(f"meep.transmission: there is no port {name!r} among {', '.join(names)}.")
    task = {
        "kind": "adjoint",
        "scene": asdict(scene),
        "region": asdict(region),
        "excite": excite,
        "receive": list(receive),
        "source_distance": source_distance,
        "maximum_time": maximum_time,
    }
    options = {"python": python, "processes": processes, "progress": progress, "cache": cache}
    out = (len(receive), scene.points)

    def host_value(density: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(_ask(density, {**task, "gradient": False}, options)["power"]).reshape(out)

    def host_both(density: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        found = _ask(density, {**task, "gradient": True}, options)
        shape = np.shape(density)
        gradient = np.asarray(found["gradient"]).reshape(len(receive), *shape, scene.points)
        return np.asarray(found["power"]).reshape(out), gradient

    @jax.custom_vjp
    def power(density: Array) -> Array:
        return jax.pure_callback(host_value, jax.ShapeDtypeStruct(out, jnp.float64), density)

    def forward(density: Array) -> tuple[Array, Array]:
        shapes = (
            jax.ShapeDtypeStruct(out, jnp.float64),
            jax.ShapeDtypeStruct((len(receive), *density.shape, scene.points), jnp.float64),
        )
        return jax.pure_callback(host_both, shapes, density)

    def backward(gradient: Array, weight: Array) -> tuple[Array]:
        return (jnp.einsum("rxyf,rf->xy", gradient, weight),)

    power.defvjp(forward, backward)
    return partial(_checked, power)


def _checked(power: Callable[[Array], Array], density: Array) -> Array:
    if jnp.ndim(density) != 2:
        raise ValueError(f"meep.transmission: the density has shape {jnp.shape(density)}; give (nx, ny).")
    if not isinstance(density, Tracer):
        least, most = float(jnp.min(density)), float(jnp.max(density))
        if not (least >= -1e-9 and most <= 1 + 1e-9):  # NaN neither
            raise ValueError(
                f"meep.transmission: the density runs from {least:g} to {most:g}. It lies between 0 and 1, of which "
                "region.low and region.high are the indices."
            )
    return power(density)
