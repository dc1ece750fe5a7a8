"""Slab waveguides: their exact modes, and the n_eff below which a cross-section guides nothing."""

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.elements.reference import gauss, lagrange, lobatto
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import METAL, Resolution, first_columns

if TYPE_CHECKING:
    from lingnan.solvers.waveguides.modes import Modes

Float = NDArray[np.float64]
Values = NDArray[Any]


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
    from scipy.linalg import eigh  # slow to import, and needed only where a mode is near its cutoff

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


def _plasmon(epsilon: Values, places: Values, wavelength: float) -> float:
    """n² above the slowest plasmon between neighbours on one line of elements; 0 where there is no metal.

    On a surface ε_d ε_m / (ε_d + ε_m). Across a gap g it has tanh(γ g/2) = ε_d κ / |ε_m| γ, γ and κ being the decays in
    dielectric and metal: here for a thin gap, tanh a ≈ a, with κ² ≈ k² (ε_d - ε_m). A film t has tanh(κ t/2) =
    ε_d κ / |ε_m| γ, and where it ends light is held more closely, though less than by a wire as thick, see `_wire`.
    """
    cut = np.flatnonzero(np.diff(epsilon)) + 1
    media, thick = epsilon[np.append(0, cut)], np.diff(places[np.concatenate([[0], cut, [len(epsilon)]])])
    found = [0.0]
    for k, (one, two) in enumerate(itertools.pairwise(media)):
        metal, other = min(one, two), max(one, two)
        if metal > METAL or other < 0:
            continue
        found.append(other * metal / (other + metal) if other < -0.8 * metal else 5 * other)
        film = thick[k] if one == metal else thick[k + 1]
        deep = np.pi * film * np.sqrt(-metal) / wavelength  # the wire's radius by what the field reaches into metal
        share = -other / metal * np.sqrt(1 + deep**2 / 4)
        found.append(other + (_wire(share) * wavelength / (np.pi * film)) ** 2)
        if two == other and k + 2 < len(media) and media[k + 2] < METAL:
            found.append(
                other * (1 + wavelength / (np.pi * thick[k + 1] * np.sqrt(-metal)) * np.sqrt(1 - other / metal))
            )
    return max(found)


def _wire(share: float) -> float:
    """κ r of the plasmon around a wire: x² ln(2 e^-C / x) = 2 s with Euler's C and s = ε_d / |ε_m| · z I₀(z) / 2 I₁(z).

    The limit for a small x of (ε_d / x) K₁(x) / K₀(x) = (|ε_m| / z) I₁(z) / I₀(z), which is the continuity of E_z and
    H_φ of the wave without nodes around a wire; z = γ r is what x is in the metal. z I₀ / 2 I₁ is √(1 + z²/4) to 4 %.
    From s = 0.116 on x is no longer small, and there is no root: then 0.68, that of the largest s.
    """
    most = 0.6811  #: 2 e^-(C + 1/2), where the left side is largest, 0.2320
    if 2 * share >= most**2 / 2:
        return most
    x = np.sqrt(2 * share)
    for _ in range(60):
        x = np.sqrt(2 * share / np.log(1.1229 / x))
    return float(x)


_STIFF = np.array([[7, -8, 1], [-8, 16, -8], [1, -8, 7]]) / 3
_MASS = np.array([1, 4, 1]) / 6  #: Simpson's rule: a diagonal mass makes it a standard eigenproblem


def upper_numbers(x: Values, y: Values, epsilon: Values, wavelength: Values) -> Values:
    """An index a little above that of the highest mode, to search downwards from, of G cross-sections.

    A scalar wave confined by the cross-section has no more than the index of the slabs that its columns are, laid side
    by side; the same with rows. Light mostly has less than a scalar wave. The search starts the better the nearer.

    Args:
        x: corners (G, nx + 1, ny + 1) [µm].
        y: levels (G, ny + 1) [µm].
        epsilon: (G, nx, ny, 3) or (G, nx, ny, 3, 3).
        wavelength: (G,) [µm].
    """
    full = epsilon.ndim == 5
    largest = np.real(np.diagonal(epsilon, axis1=-2, axis2=-1) if full else epsilon).max(axis=-1)  # (G, nx, ny)
    x, y, k2 = np.real(x), np.real(y), (2 * np.pi / wavelength) ** 2
    highest = largest.max(axis=(1, 2))
    by_column = _te_squares(y[:, None], _distinct(largest), k2)
    across = _te_squares(_widest(x, largest)[:, None], _spread(by_column, largest)[:, None], k2)[:, 0]
    turned = np.swapaxes(largest, 1, 2)
    by_row = _te_squares(_widest(x, largest)[:, None], _distinct(turned), k2)
    up = _te_squares(y[:, None], _spread(by_row, turned)[:, None], k2)[:, 0]
    top = np.minimum(np.minimum(across, up), highest)
    return np.sqrt(top + 0.02 * (highest - top) + 1e-3 * np.abs(top))


def plasmon_numbers(x: Values, y: Values, epsilon: Values, wavelength: Values) -> Values:
    """An index above that of the highest plasmon of G cross-sections, 0 without metal; arguments as `upper_numbers`.

    Often far above: a search that starts there finds the highest mode well, and those far below badly.
    """
    full = epsilon.ndim == 5
    largest = np.real(np.diagonal(epsilon, axis1=-2, axis2=-1) if full else epsilon).max(axis=-1)  # (G, nx, ny)
    found = np.zeros(len(largest))
    if largest.min() < METAL:
        across = (np.real(x[:, :, :-1]) + np.real(x[:, :, 1:])) / 2
        for g, wave in enumerate(wavelength):
            columns = [(column, np.real(y[g])) for column in largest[g]]
            rows = list(zip(largest[g].T, across[g].T, strict=True))
            found[g] = max(_plasmon(*line, wave) for line in (*columns, *rows))
    return np.sqrt(1.05 * found)


def _starts(epsilon: Values) -> NDArray[np.bool_]:
    """Where along axis 1 a slice differs from the one before."""
    new = np.any(epsilon[:, 1:] != epsilon[:, :-1], axis=(0, 2))
    return np.concatenate([[True], new])


def _distinct(epsilon: Values) -> Values:
    return epsilon[:, _starts(epsilon)]


def _spread(found: Values, epsilon: Values) -> Values:
    return found[:, np.cumsum(_starts(epsilon)) - 1]


def _widest(x: Values, largest: Values) -> Values:
    """x of each line, (G, nx + 1): of a leaning one where the denser side reaches farthest."""
    dense = largest.max(axis=2)
    right = np.concatenate([dense[:, :1], dense], axis=1) >= np.concatenate([dense, dense[:, -1:]], axis=1)
    return np.maximum.accumulate(np.where(right, x.max(axis=2), x.min(axis=2)), axis=1)


def _te_squares(levels: Values, epsilon: Values, k2: Values) -> Values:
    """`_te_square` of numbers, many at a time: levels (G, 1, n + 1), ε (G, K, n), k² (G,)."""
    h = np.maximum(np.diff(levels), 1e-9)
    stiff, mass = _tables(h.shape[-1])
    scale = 1 / np.sqrt(h @ mass)
    load = ((k2[:, None, None] * epsilon * h) @ mass) * scale**2
    whole = (1 / h) @ stiff.reshape(len(stiff), -1)
    matrix = load[..., None] * np.eye(load.shape[-1])
    matrix -= whole.reshape(*whole.shape[:-1], *stiff.shape[1:]) * scale[..., None] * scale[..., None, :]
    return np.linalg.eigvalsh(matrix)[..., -1] / k2[:, None]


@lru_cache(maxsize=64)
def _tables(count: int) -> tuple[Float, Float]:
    """Stiffness of each of so many elements of length 1, (n, 2 n + 1, 2 n + 1), and its lumped mass, (n, 2 n + 1)."""
    stiff, mass = np.zeros((count, 2 * count + 1, 2 * count + 1)), np.zeros((count, 2 * count + 1))
    for i in range(count):
        part = slice(2 * i, 2 * i + 3)
        stiff[i, part, part], mass[i, part] = _STIFF, _MASS
    return stiff, mass


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
    Behind a mirror there is the other half of the core, and no surroundings.
    """
    eps = np.asarray(modes.epsilon)
    diagonal = np.real(np.diagonal(eps, axis1=-2, axis2=-1) if eps.ndim == 4 else eps)
    return cutoff_numbers(modes.problem.plan.mirrors, diagonal, np.real(np.asarray(modes.mesh.y)), modes.wavelength)


def cutoff_numbers(mirrors: tuple[str, ...], diagonal: Values, levels: Values, wavelength: Any) -> float:
    """`cutoff` of real permittivities (nx, ny, 3) on levels (ny + 1,) [µm]; NaN of what is not finite."""
    if not (np.all(np.isfinite(diagonal)) and np.all(np.diff(levels) > 0) and float(wavelength) > 0):
        return float("nan")
    free = [side for side in WALLS if side not in mirrors]
    return max([0.0, *carried(free, diagonal, levels, float(wavelength))])


def carried(sides: Sequence[str], diagonal: Values, levels: Values, wave: float) -> list[float]:
    """Indices that the surroundings carry at some walls; arguments as of `cutoff_numbers`."""
    ends = {"left": 0, "right": -1, "bottom": 0, "top": -1}
    found = []
    for side in sides:
        if side in ("bottom", "top"):
            found.append(float(np.sqrt(max(diagonal[:, ends[side]].max(), 0.0))))
            continue
        x, y, z = (np.maximum(diagonal[ends[side], :, k], 1e-3) for k in range(3))
        found += [slab_index(levels, x, x, wave, "te", 4), slab_index(levels, z, y, wave, "tm", 4)]
    return found
