"""Layered cross-sections with one transverse dimension: all their modes, guided, radiating and evanescent, at once.

Light runs along z, the medium changes along x, nothing depends on y. Between walls (electric ones for "te", magnetic
flux walls of H for "tm") the modes are a complete set:

    te (E along y):  u'' + k² ε u = β² u            orthogonal under ∫ u v
    tm (H along y):  (u'/ε)' + k² u = β² u / ε      orthogonal under ∫ u v / ε

Polynomials of order p in each element, with nodes on every interface, so the error falls exponentially in p and
everything is smooth in the positions. A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 12 (slabs), ch. 11
(orthogonality).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, no_less, within
from lingnan.solvers.elements.reference import gauss, lagrange, lobatto
from lingnan.solvers.linalg.symmetric import symmetric_pencil
from lingnan.solvers.tracing import is_traced, marked

Polarization = Literal["te", "tm"]
ORDER = 10


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Planar:
    """Layers between two walls. Made by `planar`."""

    edges: Array  #: (layers + 1,) walls and interfaces, rising [µm]; complex inside an absorbing layer
    epsilon: Array  #: (layers,) relative permittivity
    cells: tuple[int, ...] = field(metadata={"static": True})  #: elements in each layer
    polarization: Polarization = field(default="te", metadata={"static": True})
    order: int = field(default=ORDER, metadata={"static": True})  #: of the polynomials


class Basis(NamedTuple):
    """The modes of a cross-section: u has ∫ u² = 1 (te) or ∫ u²/ε = 1 (tm)."""

    section: Planar
    beta2: Array  #: (modes,) β² [1/µm²], falling
    vectors: Array  #: (modes, N) u at the nodes
    k0: Array  #: vacuum wavenumber [1/µm]

    @property
    def beta(self) -> Array:
        """β [1/µm] of the wave that runs or decays towards +z.

        A wave that turns faster than it fades goes where its power goes, Re(β ∫ |u|²/ε) > 0: towards -Re β beside some
        metals; and the sign of Im, which a tail in an absorber gives to a guided mode near cutoff, tells nothing. All
        others decay.
        """
        root = jnp.sqrt(self.beta2 + 0j)
        against = (root * _strength(self)).real < 0
        return jnp.where(jnp.where(jnp.abs(root.imag) < root.real, against, root.imag < 0), -root, root)

    @property
    def n_eff(self) -> Array:
        """Effective indices, imaginary for evanescent modes."""
        return self.beta / self.k0

    @property
    def impedance(self) -> Array:
        """Of each mode: k/β for te, where u is the electric field; β/k for tm, where u is the magnetic field."""
        return self.k0 / self.beta if self.section.polarization == "te" else self.beta / self.k0


def planar(
    edges: ArrayLike | Sequence[Any],
    index: ArrayLike | Sequence[Any] | None = None,
    *,
    epsilon: ArrayLike | Sequence[Any] | None = None,
    polarization: Polarization = "te",
    order: int = ORDER,
    cells: tuple[int, ...] | None = None,
    cell_size: float = 1.0,
) -> Planar:
    """Layers between walls.

    Args:
        edges: left wall, interfaces, right wall, rising, (layers + 1,) [µm].
        index: refractive index of each layer, (layers,); or
        epsilon: relative permittivity of each layer, which may be negative.
        polarization: "te": E along y; "tm": H along y.
        order: of the polynomials.
        cells: elements in each layer; None: as many as `cell_size` asks for, which needs numbers (not tracers).
        cell_size: largest element [µm]. Fields between walls oscillate up to k n: π / (k n) is 0.22 µm in silicon at
            1.55 µm,
            and order 10 puts more than two points into each.
    """
    x = _stack(edges)
    if (index is None) == (epsilon is None):
        raise ValueError("planar: give either index or epsilon, one number for each layer.")
    n = _stack(epsilon) if index is None else _stack(index)
    if x.ndim != 1 or n.ndim != 1 or x.shape[0] != n.shape[0] + 1:
        raise ValueError(
            f"planar: edges of shape {x.shape} and media of shape {n.shape} do not fit: give both walls and every "
            "interface between them, one more than layers, and jax.vmap for a sweep."
        )
    if polarization not in ("te", "tm"):
        raise ValueError(f'planar: polarization = {polarization!r} is neither "te" nor "tm". Give one of them.')
    if order < 1:
        raise ValueError(f"planar: order = {order}: polynomials have an order of at least 1.")
    check_between("planar", "cell_size", cell_size, 0.0, np.inf, "µm", "")
    if not is_traced(x) and not np.all(np.isfinite(np.asarray(x))):
        raise ValueError(f"planar: edges = {np.asarray(x)} µm are not all finite.")
    if cells is None:
        if is_traced(x):
            raise ValueError(
                "planar: the edges are traced (inside jit, grad or vmap), so the number of elements cannot be chosen. "
                "Pass cells=, for instance the cells of the same cross-section made from numbers."
            )
        cells = tuple(int(c) for c in np.maximum(1, np.ceil(np.diff(np.real(np.asarray(x))) / cell_size - 1e-9)))
    if not is_traced(n) and index is not None and np.any(np.real(np.asarray(n)) < 0):
        raise ValueError(f"planar: index = {np.asarray(n)}: none has a negative real part. Metals have Im > 0.")
    if len(cells) != n.shape[0] or min(cells) < 1:
        raise ValueError(f"planar: cells = {cells} for {n.shape[0]} layers: give each layer at least one element.")
    if is_traced(x):
        thin = jnp.min(jnp.diff(x.real))
        x = x * marked(thin > 0, "planar: edges do not rise: a layer is {value:g} µm thick.", value=thin)
    elif not np.all(np.diff(np.real(np.asarray(x))) > 0):
        raise ValueError(
            f"planar: edges = {np.asarray(x)} µm do not rise. Each layer needs a positive thickness, and walls lie "
            f"outside."
        )
    if is_traced(n):
        fine = jnp.all(jnp.isfinite(n)) & (jnp.all(n.real >= 0) if epsilon is None else True)
        n = n * marked(fine, "planar: a medium is not finite, or an index has a negative real part.")
    elif not np.all(np.isfinite(np.asarray(n))):
        raise ValueError(f"planar: media {np.asarray(n)} are not finite. Check where the numbers come from.")
    return Planar(x, n if index is None else n**2, tuple(cells), polarization, order)


def absorbing(section: Planar, thickness: ArrayLike, strength: ArrayLike = 2.0) -> Planar:
    """Stretch the outer `thickness` [µm] at both walls into the complex plane: radiation leaves instead of coming back.

    The layer is cut in three, so that the stretch grows as a cube, reaching the slope `strength` at the wall.
    Reciprocity stays exact; power is then lost to the outside, so what guided modes bring out falls below one by what
    was radiated. W. C. Chew and W. H. Weedon, Microw. Opt. Technol. Lett. 7, 599 (1994), doi:10.1002/mop.4650071304.
    """
    fine = no_less("absorbing", "strength", strength, 0.0, "", "Below 0 waves grow.")
    x, d = section.edges, jnp.asarray(thickness, float)
    if is_traced(x, d):
        room = jnp.minimum((x[1] - x[0]).real, (x[-1] - x[-2]).real)
        said = "absorbing: thickness = {value:g} µm does not fit into the outermost layers, of {room:g} µm at least."
        fine = fine * marked((d > 0) & (d < room), said, value=d, room=room)
    else:
        outer = np.real(np.asarray([x[1] - x[0], x[-1] - x[-2]]))
        if not 0 < float(d) < outer.min():
            raise ValueError(
                f"absorbing: thickness = {thickness} µm does not fit into the outermost layers of {outer} µm. "
                "Move the walls out, or use a thinner absorber."
            )
    cuts = jnp.asarray([1.0, 2 / 3, 1 / 3])
    depth = jnp.asarray(strength) * d * cuts**3 / 3
    left = x[0] + d * (1 - cuts) - 1j * depth
    right = x[-1] - d * (1 - cuts[::-1]) + 1j * depth[::-1]
    edges = fine * jnp.concatenate([left, (x[0] + d)[None], x[1:-1], (x[-1] - d)[None], right])
    eps, cells = section.epsilon, section.cells
    epsilon = jnp.concatenate([jnp.repeat(eps[:1], 3), eps, jnp.repeat(eps[-1:], 3)])
    return replace(section, edges=edges, epsilon=epsilon, cells=(1, 1, 1, *cells, 1, 1, 1))


def modes(section: Planar, wavelength: ArrayLike, num_modes: int | None = None) -> Basis:
    """The modes of highest β², or all that the elements carry.

    Args:
        section: layers.
        wavelength: in vacuum [µm].
        num_modes: how many to keep; None: all.
    """
    fine = within("modes", "wavelength", wavelength, 0.0, np.inf, "µm", "Give it in µm.")
    basis = expanded(section, wavelength, num_modes)
    return basis._replace(beta2=fine * basis.beta2, vectors=fine * basis.vectors)


def expanded(section: Planar, wavelength: ArrayLike, num_modes: int | None = None) -> Basis:
    """`modes` at a wavelength that was looked at before."""
    k0 = 2 * jnp.pi / jnp.asarray(wavelength, float)
    a, m = _pencil(section, k0)
    values, vectors = symmetric_pencil(a, m)
    if jnp.iscomplexobj(values):
        # Inside an absorber β² goes far into the complex plane, to both sides: guided modes first, then by their decay.
        root = jnp.sqrt(values)
        order = jnp.argsort(10 * jnp.abs(root.imag) - root.real)
        values, vectors = values[order], vectors[order]
    count = vectors.shape[0] if num_modes is None else num_modes
    if count < 1 or count > vectors.shape[0]:
        raise ValueError(
            f"modes: num_modes = {num_modes} is outside 1 to {vectors.shape[0]}, what {section.cells} elements of "
            f"order "
            f"{section.order} carry. Use more cells or a higher order for more modes."
        )
    # An eigenvector's sign is free: one that leans on a fixed tilted profile keeps it as the section changes.
    free = slice(1, -1) if section.polarization == "te" else slice(None)
    lean = (vectors[:count] @ (m @ _tilted(section)[free])).real
    vectors = vectors[:count] * jnp.where(lean < 0, -1.0, 1.0)[:, None]
    if section.polarization == "te":
        vectors = jnp.pad(vectors, ((0, 0), (1, 1)))
    return Basis(section, values[:count], vectors, k0)


def _strength(basis: Basis) -> Array:
    """∫ |u|² (te) or ∫ |u|²/ε (tm) of every mode, by the rule of the nodes, (modes,)."""
    section = basis.section
    p, half = section.order, jnp.diff(_breaks(section)).real / 2
    index = np.arange(half.shape[0])[:, None] * p + np.arange(p + 1)
    share = half[:, None] * (2 / (p * (p + 1) * np.polynomial.legendre.legval(lobatto(p), [0] * p + [1]) ** 2))
    if section.polarization == "tm":
        share = share / _element_epsilon(section)[:, None]
    return jnp.einsum("mea,ea->m", jnp.abs(basis.vectors[:, index]) ** 2, share)


def product(section: Planar) -> Array:
    """M of the scalar product u M v = ∫ u v or ∫ u v / ε, at all nodes, (N, N)."""
    return _matrices(section, jnp.asarray(0.0))[1]


def overlaps(left: Basis, right: Basis) -> Array:
    """P[n, m] = ∫ e_n × h_m of mode n on the right with mode m on the left, (right, left): exact by quadrature.

    The elements of both sides are cut at each other's nodes, so the integrand is a polynomial in every piece.
    """
    if left.section.polarization != right.section.polarization:
        raise ValueError(
            f"overlaps: a {left.section.polarization} section does not couple to a {right.section.polarization} one."
        )
    x, w = _common_points(left.section, right.section)
    u, v = values_at(left, x), values_at(right, x)
    if right.section.polarization == "tm":
        w = w / _epsilon_at(right.section, x)
    return jnp.einsum("nx,mx,x->nm", v, u, w)


def values_at(basis: Basis, x: Array) -> Array:
    """u of every mode at positions x between the walls, (modes, len(x)) [µm^-1/2]."""
    section = basis.section
    nodes = _breaks(section)
    element, local = _locate(nodes, x)
    shape = _lagrange(section.order, local)
    index = element[:, None] * section.order + jnp.arange(section.order + 1)
    return jnp.einsum("mxa,xa->mx", basis.vectors[:, index], shape)


def _stack(values: Any) -> Array:
    if isinstance(values, (list, tuple)):
        values = jnp.stack([jnp.asarray(v) for v in values])
    array = jnp.asarray(values)
    return array if jnp.iscomplexobj(array) else array.astype(float)


def _breaks(section: Planar) -> Array:
    """Ends of all elements, (elements + 1,)."""
    parts = [
        section.edges[k] + (section.edges[k + 1] - section.edges[k]) * (np.arange(c) / c)
        for k, c in enumerate(section.cells)
    ]
    return jnp.concatenate([*parts, section.edges[-1:]])


def _tilted(section: Planar) -> Array:
    """1 + ξ/2 at all nodes, ξ from -1 at the left wall to 1 at the right one: neither even nor odd."""
    breaks = _breaks(section).real
    inner = breaks[:-1, None] + jnp.diff(breaks)[:, None] * (lobatto(section.order)[:-1] + 1) / 2
    x = jnp.concatenate([inner.reshape(-1), breaks[-1:]])
    return 1 + (x - (breaks[0] + breaks[-1]) / 2) / (breaks[-1] - breaks[0])


def _element_epsilon(section: Planar) -> Array:
    return jnp.repeat(section.epsilon, np.asarray(section.cells), total_repeat_length=sum(section.cells))


def _pencil(section: Planar, k0: Array) -> tuple[Array, Array]:
    """A and M of A u = β² M u at the free nodes: a te field is zero on the walls."""
    free = slice(1, -1) if section.polarization == "te" else slice(None)
    a, m = _matrices(section, k0)
    return a[free, free], m[free, free]


def _matrices(section: Planar, k0: Array) -> tuple[Array, Array]:
    """A and M at all nodes."""
    p, count = section.order, sum(section.cells)
    points, weights = gauss(p + 1)
    value, slope = lagrange(lobatto(p), points)
    mass, stiff = (value.T * weights) @ value, (slope.T * weights) @ slope
    half = jnp.diff(_breaks(section)) / 2
    eps = _element_epsilon(section)
    one = jnp.ones_like(eps)
    a_weight, s_weight, m_weight = (
        (k0**2 * eps, one, one) if section.polarization == "te" else (k0**2 * one, 1 / eps, 1 / eps)
    )
    local_a = (a_weight * half)[:, None, None] * mass - (s_weight / half)[:, None, None] * stiff
    local_m = (m_weight * half)[:, None, None] * mass
    index = np.arange(count)[:, None] * p + np.arange(p + 1)
    rows, columns = (np.broadcast_to(index[:, :, None], (count, p + 1, p + 1)), index[:, None, :])
    size = count * p + 1

    def assemble(local: Array) -> Array:
        return jnp.zeros((size, size), local.dtype).at[rows, columns].add(local)

    return assemble(local_a), assemble(local_m)


def _common_points(one: Planar, two: Planar) -> tuple[Array, Array]:
    """Points and weights that integrate products of both sides' polynomials, on the union of their elements."""
    a, b = _breaks(one), _breaks(two)
    union = jnp.concatenate([a, b])
    union = union[jnp.argsort(union.real)]
    points, weights = gauss((one.order + two.order) // 2 + 1)
    half, middle = jnp.diff(union) / 2, (union[1:] + union[:-1]) / 2
    return (middle[:, None] + half[:, None] * points).reshape(-1), (half[:, None] * weights).reshape(-1)


def _locate(breaks: Array, x: Array) -> tuple[Array, Array]:
    """Element of each x, and its place in it from -1 to 1."""
    count = breaks.shape[0] - 1
    element = jnp.clip(jnp.searchsorted(breaks.real, x.real, side="right") - 1, 0, count - 1)
    low, high = breaks[element], breaks[element + 1]
    return element, (2 * x - low - high) / (high - low)


def _lagrange(order: int, x: Array) -> Array:
    """`reference.lagrange` for traced positions: values only, (len(x), order + 1)."""
    nodes = lobatto(order)
    coefficients = np.linalg.inv(np.polynomial.legendre.legvander(nodes, order))
    rows = [jnp.ones_like(x), x]
    for k in range(2, order + 1):
        rows.append(((2 * k - 1) * x * rows[-1] - (k - 1) * rows[-2]) / k)
    return jnp.stack(rows[: order + 1], axis=-1) @ coefficients


def _epsilon_at(section: Planar, x: Array) -> Array:
    element, _ = _locate(_breaks(section), x)
    return _element_epsilon(section)[element]
