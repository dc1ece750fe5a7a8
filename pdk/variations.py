"""A cross-section of the line by numbers of its process, for gradients and `vmap` over the process.

`optics.moved` rebuilds a process, which plain numbers decide. What comes out moves smoothly: lines and levels are
affine in a film's thickness, an etch's depth and a bias, and a wall's lean goes as the cotangent of its angle. So a
cross-section is rebuilt at one standard deviation each way, and is a quadratic between them, mixed terms included:

    film = varied(process, ["films.si.thickness"], cladding="water")
    jax.grad(lambda sigmas: lod(sensors.response(film(sigmas))))(jnp.zeros(1))

µm and K, as in `optics`.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process.load import load_process
from lingnan.pdk.process.types import Process
from lingnan.solvers.waveguides import Geometry


def varied(
    process: Process | str,
    paths: Sequence[str],
    cross_section: str = "strip",
    *,
    corner: str = "nominal",
    width: Any = None,
    temperature: Any = None,
    cladding: Any = None,
) -> Callable[[ArrayLike], Geometry]:
    """The cross-section by standard deviations of numbers of the process, (P,), which may be traced.

    Exact where a cross-section is of second degree in the numbers; a wall's angle leaves 2e-6 µm at two deviations.

    Args:
        process: or its name.
        paths: of numbers with a sigma, such as "films.si.thickness"; their deviations in this order.
        cross_section: an optical one of the process.
        corner: from which the deviations count.
        width: as in `optics.geometry`, may be traced.
        temperature: [K], may be traced; None: the corner's.
        cladding: medium over the film in place of the process's.

    Raises:
        LingnanError: a number without a sigma, or one that moves media or the order of edges rather than the edges.
    """
    line = optics.at_corner(load_process(process) if isinstance(process, str) else process, corner)
    kelvin = line.corners[corner].temperature if temperature is None else temperature
    for path in paths:
        if line.quantity(path).sigma is None:
            raise LingnanError(
                f"process {line.name}: {path} has no sigma to vary it by. Give it one in the process file, or use "
                "optics.moved."
            )

    def at(shifts: dict[str, float]) -> Geometry:
        return optics.geometry(
            optics.moved(line, shifts), cross_section, width=width, temperature=kelvin, cladding=cladding
        )

    middle = at({})
    count = len(paths)
    ahead, behind = ([_like(middle, at({p: s}), p) for p in paths] for s in (1.0, -1.0))
    mixed = {
        (j, k): _like(middle, at({paths[j]: 1.0, paths[k]: 1.0}), paths[k])
        for j, k in itertools.combinations(range(count), 2)
    }

    def there(sigmas: ArrayLike) -> Geometry:
        s = jnp.asarray(sigmas, float)
        if s.shape != (count,):
            raise LingnanError(
                f"varied: deviations of shape {s.shape}: give {count}, one for each of {', '.join(paths)}."
            )

        def moved(name: str) -> Any:
            still = jnp.asarray(getattr(middle, name))
            up, down = ([jnp.asarray(getattr(g, name)) - still for g in side] for side in (ahead, behind))
            found = still
            for k in range(count):
                found = found + s[k] * (up[k] - down[k]) / 2 + s[k] ** 2 * (up[k] + down[k]) / 2
            for (j, k), both in mixed.items():
                found = found + s[j] * s[k] * (jnp.asarray(getattr(both, name)) - still - up[j] - up[k])
            return found

        return replace(middle, lines=moved("lines"), levels=moved("levels"))

    return there


def _like(middle: Geometry, other: Geometry, path: str) -> Geometry:
    """The other one, whose structure has to be that of the middle one."""
    same = (middle.topology, middle.regions, middle.names) == (other.topology, other.regions, other.names)
    pairs = zip(middle.media, other.media, strict=True)  # as many as there are names
    if not (same and all(_alike(a, b) for a, b in pairs)):
        raise LingnanError(
            f"varied: {path} moves more than edges: {'a medium' if same else 'the order of edges'} changes within one "
            "standard deviation. Use optics.moved with numbers."
        )
    return other


def _alike(one: Any, other: Any) -> bool:
    """Whether two media are the same material, or the same numbers."""
    if hasattr(one, "material") or hasattr(other, "material"):
        return getattr(one, "material", None) == getattr(other, "material", None)
    return bool(np.array_equal(one, other))
