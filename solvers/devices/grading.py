"""Elements of a planar cross-section that shrink towards corners, where fields are singular. Lengths in µm."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.devices.planar import Planar
from lingnan.solvers.tracing import is_traced


def graded(section: Planar, corners: Sequence[float] = (), shells: int = 2, ratio: float = 0.2) -> Planar:
    """The same layers, with elements that shrink towards every interface and towards `corners`.

    Where a neighbouring slice has an interface, the joint has a corner, and the field there is singular if H stands
    upright ("tm"). Equal elements then converge slowly, and not even steadily; with two shells the power through a
    step of silicon is right to 1e-5. Give each slice the interfaces of both neighbours.

    Args:
        section: layers, before `absorbing`.
        corners: where neighbours have interfaces, numbers [µm]; on an interface of this section's own they add nothing.
        shells: elements that shrink, on either side.
        ratio: size of an element over that of the next one.
    """
    if shells < 1 or not 0 < ratio < 1:
        raise ValueError(f"graded: shells = {shells} must be at least 1 and ratio = {ratio} between 0 and 1.")
    if is_traced(section.edges):
        raise ValueError(
            "graded: the edges are traced (inside jit, grad or vmap), so their order is not known. Make a graded "
            "section from numbers and pass its edges through `dataclasses.replace`."
        )
    own = np.real(np.asarray(section.edges))
    extra = [c for c in corners if own[0] < c < own[-1] and np.min(np.abs(own - c)) > 1e-9]
    ends = np.sort(np.concatenate([own, extra]))
    share = ratio ** np.arange(shells - 1, -1, -1) / 2  # of a piece, from its end to its middle
    reach = np.diff(ends)
    # pieces at the walls stay long, so that an absorber fits: shells as wide as those across the interface
    near = np.minimum(reach, np.concatenate([reach[1:2], reach[1:-1], reach[-2:-1]])) if len(reach) > 1 else reach
    parts: list[np.ndarray] = [ends]
    for k, (low, high) in enumerate(pairwise(ends)):
        if k > 0:
            parts.append(low + near[k] * share)
        if k < len(reach) - 1:
            parts.append(high - near[k] * share)
    edges = np.unique(np.round(np.concatenate(parts), 12))
    layer = np.searchsorted(own, (edges[1:] + edges[:-1]) / 2) - 1
    size = np.max(np.diff(own) / np.asarray(section.cells))  # no element is larger than before
    cells = tuple(int(c) for c in np.maximum(1, np.ceil(np.diff(edges) / size - 1e-9)))
    return replace(section, edges=jnp.asarray(edges), epsilon=section.epsilon[layer], cells=cells)
