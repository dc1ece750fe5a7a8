"""Slab waveguides: their exact modes, and the n_eff below which a cross-section guides nothing."""

import itertools
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.linalg import eigh

from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.reference import gauss, lagrange, lobatto
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import Resolution, first_columns

if TYPE_CHECKING:
    from lingnan.solvers.waveguides.modes import Modes

Float = NDArray[np.float64]


def slab_index(
    levels: Float, along: Float, across: Float, wavelength: float, polarization: str, order: int = 8
) -> float:
    """n_eff of the fundamental mode of a stack of layers between electric (TE) or magnetic (TM) walls.

    Args:
        levels: interfaces and walls, rising (N + 1,) [µm].
        along: relative permittivity in the plane of the layers, (N,).
        across: the same normal to the layers.
        wavelength: in vacuum [µm].
        polarization: "te" (E in the plane) or "tm" (H in the plane).
        order: of the polynomials in each layer.

    TE: u'' + k² ε u = β² u. TM: (u'/ε_along)' + k² u = β² u / ε_across, with u the magnetic field. Returns 0 when the
    highest eigenvalue is not positive.
    """
    k2 = (2 * np.pi / wavelength) ** 2
    nodes, (points, weights) = lobatto(order), gauss(order + 1)
    value, slope = lagrange(nodes, points)
    count = order * (len(levels) - 1) + 1
    stiff, mass = np.zeros((count, count)), np.zeros((count, count))
    for i, (low, high) in enumerate(itertools.pairwise(levels)):
        part = slice(i * order, i * order + order + 1)
        half = (high - low) / 2
        s, m = (slope.T * weights) @ slope / half, (value.T * weights) @ value * half
        if polarization == "te":
            stiff[part, part] += k2 * along[i] * m - s
            mass[part, part] += m
        else:
            stiff[part, part] += k2 * m - s / along[i]
            mass[part, part] += m / across[i]
    inner = slice(1, -1) if polarization == "te" else slice(None)
    top = eigh(stiff[inner, inner], mass[inner, inner], eigvals_only=True)[-1]
    return float(np.sqrt(max(top, 0.0) / k2))


def upper_index(mesh: Mesh, epsilon: Array, geometry: Geometry, resolution: Resolution, wavelength: Array) -> Array:
    """An index a little above that of the highest mode, to search downwards from.

    Light confined to a column of the cross-section has no more than the index of the slab that the column is, and a
    search starts the better the nearer it starts: that of the material itself is far above in a thin film.
    """
    diagonal = (jnp.diagonal(epsilon, axis1=-2, axis2=-1) if epsilon.ndim == 4 else epsilon).real
    highest = jnp.max(diagonal)
    columns = first_columns(geometry, resolution)
    found = [_te_square(mesh.y.real, jnp.max(diagonal[i], axis=-1), wavelength) for i in columns]
    top = jnp.minimum(jnp.max(jnp.stack(found)), highest)
    return jnp.sqrt(top + 0.02 * (highest - top) + 1e-3 * jnp.abs(top))


_STIFF = np.array([[7, -8, 1], [-8, 16, -8], [1, -8, 7]]) / 3
_MASS = np.array([1, 4, 1]) / 6  #: Simpson's rule: a diagonal mass makes it a standard eigenproblem


def upper_number(levels: Float, diagonal: Float, columns: tuple[int, ...], wavelength: float) -> float:
    """`upper_index` of numbers: levels (ny + 1,), Re ε (nx, ny, 3), the columns to look at."""
    k2, h = (2 * np.pi / wavelength) ** 2, np.diff(levels)
    count = 2 * len(h) + 1
    place = 2 * np.arange(len(h))[:, None] + np.arange(3)
    whole, weight = np.zeros((count, count)), np.zeros(count)
    np.add.at(whole, (place[:, :, None], place[:, None, :]), -_STIFF / h[:, None, None])
    np.add.at(weight, place, _MASS * h[:, None])
    found: list[float] = []
    for i in columns:
        load = np.zeros(count)
        np.add.at(load, place, k2 * _MASS * (diagonal[i].max(axis=-1) * h)[:, None])
        scale = 1 / np.sqrt(weight)
        matrix = whole * scale[:, None] * scale + np.diag(load * scale**2)
        found.append(float(eigh(matrix, eigvals_only=True, subset_by_index=(count - 1, count - 1))[0]) / k2)
    highest = float(diagonal.max())
    top = min(max(found), highest)
    return float(np.sqrt(top + 0.02 * (highest - top) + 1e-3 * abs(top)))


def _te_square(levels: Array, epsilon: Array, wavelength: Array) -> Array:
    """n_eff² of the highest TE mode of layers between magnetic walls, by quadratic elements.

    Of all walls these hold a mode back least: what touches an electric wall with its E upright goes no higher.
    """
    k2, h = (2 * jnp.pi / wavelength) ** 2, jnp.diff(levels)
    stiff, mass = _STIFF, _MASS
    count = 2 * len(h) + 1
    place = 2 * np.arange(len(h))[:, None] + np.arange(3)  # unknowns of each element
    whole = jnp.zeros((count, count)).at[place[:, :, None], place[:, None, :]].add(-stiff / h[:, None, None])
    weight = jnp.zeros(count).at[place].add(mass * h[:, None])
    load = jnp.zeros(count).at[place].add(k2 * mass * (epsilon * h)[:, None])
    scale = 1 / jnp.sqrt(weight)
    matrix = whole * scale[:, None] * scale + jnp.diag(load * scale**2)
    return jnp.linalg.eigvalsh(matrix)[-1] / k2


def cutoff(modes: "Modes") -> float:
    """The highest index that the surroundings of the core carry: light below it leaves through the window.

    At the floor and the ceiling that is the index of the medium, at the sides the fundamental mode of the layers there.
    """
    eps = np.asarray(modes.epsilon)
    diagonal = np.real(np.diagonal(eps, axis1=-2, axis2=-1) if eps.ndim == 4 else eps)
    levels = np.real(np.asarray(modes.mesh.y))
    wave = float(modes.wavelength)
    found = [float(np.sqrt(max(diagonal[:, j].max(), 0.0))) for j in (0, -1)]
    for i in (0, -1):
        x, y, z = (np.maximum(diagonal[i, :, k], 1e-3) for k in range(3))
        found += [slab_index(levels, x, x, wave, "te", 4), slab_index(levels, z, y, wave, "tm", 4)]
    return max(found)
