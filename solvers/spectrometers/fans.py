"""A star by eigenmodes: guides that end on an arc, their tapers, gaps and neighbours, and the slab between two arcs.

With x = R' φ and z = R' ln(r/R') about the middle of an arc, R' where the tapers end, Helmholtz's equation stays one,
in a medium whose index is multiplied by r/R' (the conformal map that straightens bends: M. Heiblum and J. H. Harris,
IEEE J. Quantum Electron. 11, 75 (1975), doi:10.1109/JQE.1975.1068563, from memory). Guides that look at the middle run
along z, and slices of equal r are sections of `devices.planar`, joined by `devices.eme`: between walls no light is made
or lost for any number of modes. In the slab all slices have the same waves, cos νφ, which go through it as cylinder
waves of order ν do: for light of the film's TE mode, H upright, that is right to 1/(k n R)² beside 1.

The slab's middle is crossed by Green's theorem, with Hankel's function for large arguments (NIST DLMF, 10.17.5), from
one arc to the other. Light that an arc throws back does not come again, and light beyond the walls is lost.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.devices import eme, planar
from lingnan.solvers.devices.eme import Piece, Scattering
from lingnan.solvers.devices.planar import Basis, Planar
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.spectrometers.mouths import mouth
from lingnan.solvers.spectrometers.stars import coupled
from lingnan.solvers.trees import tree

#: modes that are kept over waves that propagate in the slab: corners of facets cost 0.5 % of amplitude then
_SPARE = 2.0
#: of k times the way, above which six terms of Hankel's function are right to 1e-7
_FAR = 20.0


@tree
@dataclass(frozen=True)
class Fan:
    """Guides that end on an arc and look at its middle, where the slab is; walls at both sides."""

    core: Any  #: permittivity of slab and guides, in the plane (as of `mouths.mouth`)
    beside: Any  #: of what lies between the guides
    radius: Any  #: R of the arc [µm]
    pitch: Any  #: of the guides, along the chord [µm]
    width: Any  #: of their mouths [µm]
    narrow: Any  #: where their tapers end [µm]
    taper: Any  #: length of these [µm]
    margin: Any = 3.0  #: from the outermost mouths to the walls, along the arc [µm]
    count: int = field(default=8, metadata={"static": True})
    cells: tuple[int, int, int] = field(default=(1, 2, 3), metadata={"static": True})  #: in a gap, guide and margin

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"Fan: count = {self.count}: it must be 1 or more.")
        for name in ("radius", "pitch", "width", "narrow", "taper", "margin"):
            check_between("Fan", name, getattr(self, name), 0.0, np.inf, "µm", "")
        check_between("Fan", "beside", self.beside, 0.0, np.inf, "", "It is a permittivity.")
        if known(self.core) and known(self.beside) and not float(self.core) >= float(self.beside):
            raise ValueError(
                f"Fan: core = {self.core} and beside = {self.beside}: light is in the denser medium. Exchange them."
            )
        if not all(known(leaf) for leaf in jax.tree.leaves(self)):
            return
        outer = (self.count - 1) / 2 * float(self.pitch) / float(self.radius)
        if outer >= 0.7:
            raise ValueError(
                f"Fan: {self.count} guides {self.pitch:g} µm apart reach more than 45 degrees around an arc of "
                f"{self.radius:g} µm. Take fewer, or a larger arc."
            )
        # neighbours' axes part as r grows: they are nearest on the arc where tapers do not widen
        for where, r, width in (("mouths", self.radius, self.width), ("ends", self.end, self.narrow)):
            if self.count > 1 and float(width) >= float(self.pitch) * float(r) / float(self.radius):
                raise ValueError(
                    f"Fan: {where} {width:g} µm wide touch at a pitch of {self.pitch:g} µm on the arc. Leave a gap."
                )

    @property
    def end(self) -> Any:
        """R', where the tapers end [µm]."""
        return self.radius + self.taper

    @property
    def places(self) -> Array:
        """Of the mouths along the chord [µm], (count,)."""
        return (jnp.arange(self.count) - (self.count - 1) / 2) * self.pitch

    @property
    def wall(self) -> Array:
        """Angle of the walls from the axis [rad]."""
        outermost = jnp.arcsin((self.count - 1) / 2 * jnp.asarray(self.pitch) / self.radius)
        return outermost + (jnp.asarray(self.width) / 2 + self.margin) / self.radius

    def section(self, share: ArrayLike, full: ArrayLike | None = None) -> Planar:
        """At a share of the tapers' length from the mouths.

        Args:
            share: 0 at the mouths, 1 at the ends.
            full: where the core is, of wall, guide, gap, … , wall, (2 count + 1,); None: in the guides.
        """
        r = self.radius + share * self.taper
        half = jnp.arcsin((self.width + (self.narrow - self.width) * share) / (2 * r))
        middles = jnp.arcsin(self.places / self.radius)
        inner = jnp.stack([middles - half, middles + half], axis=1).ravel()
        edges = self.end * jnp.concatenate([-self.wall[None], inner, self.wall[None]])
        inside = np.arange(2 * self.count + 1) % 2 == 1 if full is None else full
        epsilon = jnp.where(jnp.asarray(inside), self.core, self.beside) * (r / self.end) ** 2
        gap, guide, margin = self.cells
        cells = (margin, *(guide, gap) * (self.count - 1), guide, margin)
        return planar.planar(edges, epsilon=epsilon, polarization="tm", cells=cells)


class Seen(NamedTuple):
    """What a fan does to the waves of its slab (left) and to the modes at the ends of its tapers (right)."""

    fan: Fan
    scattering: Scattering
    guides: Array  #: modes of single guides as sums of the right ones, (count, modes)

    @property
    def taken(self) -> Array:
        """Amplitudes in the guides for waves that come through the slab, (count, waves)."""
        return self.guides @ self.scattering.blocks.s21

    @property
    def sent(self) -> Array:
        """Amplitudes of waves in the slab for light that comes in a guide, (waves, count)."""
        return self.scattering.blocks.s12 @ self.guides.T

    @property
    def returned(self) -> Array:
        """Amplitudes that go back in the guides for light that comes in one of them, (count, count)."""
        return self.guides @ self.scattering.blocks.s22 @ self.guides.T


class Star(NamedTuple):
    """Light from guides on one arc to guides on the other."""

    amplitudes: Array  #: at the ends of the tapers, for 1 at the ends of the others', (count, inputs)
    expected: Array  #: of the mouths by Fourier optics, with the mouths' own fields, (count, inputs)
    arriving: Array  #: share of an input's power that comes to the other arc between its walls, (inputs,)
    back: Array  #: share of it that the other arc throws back into the slab, (inputs,)

    @property
    def ratio(self) -> Array:
        """Of both amplitudes, without a phase that all share, (count, inputs)."""
        shared = jnp.sum(self.amplitudes * self.expected.conj(), axis=0)
        return self.amplitudes / self.expected * jnp.exp(-1j * jnp.angle(shared))

    @property
    def loss_db(self) -> Array:
        """Of all that goes into the slab, of the inputs [dB]."""
        return -10 * jnp.log10(jnp.sum(jnp.square(jnp.abs(self.amplitudes)), axis=0))

    @property
    def expected_loss_db(self) -> Array:
        """The same by Fourier optics."""
        return -10 * jnp.log10(jnp.sum(jnp.square(jnp.abs(self.expected)), axis=0))

    @property
    def errors(self) -> tuple[Array, Array]:
        """Phases [rad] and amplitudes of the first input's arms as `awg.Awg` takes them, for two such stars, (count,).

        They do not change with wavelength or output: the middle of a narrow comb.
        """
        both = self.ratio[:, 0] ** 2
        return jnp.angle(both), jnp.abs(both) - 1


def seen(fan: Fan, wavelength: ArrayLike, slices: int = 40, num_modes: int | None = None) -> Seen:
    """By eigenmode expansion.

    Args:
        fan: guides.
        wavelength: in vacuum [µm].
        slices: of the tapers, each below half a wavelength in the guide, 0.27 µm in silicon (`eme.varying`).
        num_modes: kept in every slice; None: twice the waves that propagate in the slab.
    """
    _check(fan, wavelength, slices)
    kept = _kept(fan, wavelength) if num_modes is None else num_modes
    return _seen(fan, jnp.asarray(wavelength, float), slices, kept)


@jax.jit(static_argnums=(2, 3))
def _seen(fan: Fan, wavelength: Array, slices: int, num_modes: int) -> Seen:
    cuts = fan.radius + fan.taper * np.linspace(0, 1, slices + 1)
    middle = (jnp.sqrt(cuts[1:] * cuts[:-1]) - fan.radius) / fan.taper
    layers = np.arange(2 * fan.count + 1)
    # all in one piece, the slab as well: compiled once
    share = jnp.concatenate([jnp.zeros(1), middle, jnp.ones(1)])
    full = np.concatenate([np.ones((1, layers.size), bool), np.tile(layers % 2 == 1, (slices + 1, 1))])
    lengths = jnp.concatenate([jnp.zeros(1), fan.end * jnp.log(cuts[1:] / cuts[:-1]), jnp.zeros(1)])
    found = eme.scatter([Piece(jax.vmap(fan.section)(share, full), lengths)], wavelength, num_modes)
    return Seen(fan, found, _guides(fan, found.right, wavelength))


def _guides(fan: Fan, ends: Basis, wavelength: Array) -> Array:
    """As `eme.localised` has it, of guides that are all alike: orthogonal rows nearest to the overlaps.

    By Newton's and Schulz's iteration (N. J. Higham, Functions of Matrices (2008), ch. 8), which takes rows that are
    nearly so and has a derivative where they are: neighbours at the ends of tapers hardly touch.
    """
    layers = np.arange(2 * fan.count + 1)
    alone = layers == 2 * np.arange(fan.count)[:, None] + 1

    def one(full: Array) -> Array:
        single = planar.modes(fan.section(1.0, full), wavelength, 1)
        return planar.overlaps(ends, single)[0] * jnp.sqrt(single.impedance[0])

    rows = (jax.vmap(one)(alone) / jnp.sqrt(ends.impedance))[:, : fan.count].real
    for _ in range(6):
        rows = 1.5 * rows - 0.5 * (rows @ rows.T) @ rows
    return jnp.pad(rows, ((0, 0), (0, ends.beta2.shape[0] - fan.count)))


@jax.jit
def across(one: Seen, other: Seen) -> Array:
    """From waves that leave the first arc to those that come to the second, (waves, waves).

    The middle of the second arc lies in the middle of the first, and the other way round where both have the same R.
    """
    first, second = one.scattering.left, other.scattering.left
    n = jnp.sqrt(jnp.asarray(one.fan.core))
    k = first.k0 * n
    (x, w), (y, v) = _points(first.section), _points(second.section)
    s_one, s_two = one.fan.radius / one.fan.end, other.fan.radius / other.fan.end
    from_angle, to_angle = x / one.fan.end, y / other.fan.end
    reach = one.fan.radius
    start = jnp.stack([reach * (1 - jnp.cos(from_angle)), reach * jnp.sin(from_angle)], axis=-1)
    ahead = jnp.stack([jnp.cos(from_angle), -jnp.sin(from_angle)], axis=-1)
    goal = other.fan.radius * jnp.stack([jnp.cos(to_angle), jnp.sin(to_angle)], axis=-1)
    way = goal[:, None] - start
    far = jnp.linalg.norm(way, axis=-1)
    zero, slope = _hankel(k * far)
    # u(P) = ∫ (u ∂G/∂n - G ∂u/∂n), n the way that the light goes, G = (i/4) H0(k d)
    along = k * slope * jnp.einsum("pqa,qa->pq", way, ahead) / far
    lines = 0.25j * w * s_one
    u, shape = planar.values_at(first, x), planar.values_at(second, y)
    field = (along * lines) @ u.T - (zero * lines) @ (u.T * (1j * first.beta / s_one))
    found = (shape * v / second.section.epsilon[0]) @ field
    # waves have power 1; those that do not propagate carry none, and go nowhere
    root_one, root_two = (_root(side) for side in (first, second))
    sent = jnp.where(root_one > 0, 1 / jnp.where(root_one > 0, root_one, 1.0), 0.0)
    return s_two / s_one * root_two[:, None] * found * sent  # H over r is what goes as light does


def _root(basis: Basis) -> Array:
    """√ of the power of a wave whose field is a mode, 0 for those that do not propagate."""
    runs = basis.beta2.real > 0
    return jnp.where(runs, (jnp.where(runs, basis.beta2.real, 1.0) / basis.k0**2) ** 0.25, 0.0)


def _points(section: Planar) -> tuple[Array, Array]:
    """Of Gauss's rule in every element, and weights."""
    points, weights = gauss(section.order + 2)
    shares = [(k, np.arange(c) / c) for k, c in enumerate(section.cells)]
    steps = jnp.diff(section.edges)
    breaks = jnp.concatenate([*(section.edges[k] + steps[k] * one for k, one in shares), section.edges[-1:]])
    half, middle = jnp.diff(breaks) / 2, (breaks[1:] + breaks[:-1]) / 2
    return (middle[:, None] + half[:, None] * points).ravel(), (half[:, None] * weights).ravel()


def _hankel(x: Array) -> tuple[Array, Array]:
    """H0⁽¹⁾ and H1⁽¹⁾ of large arguments."""
    found = []
    for order in (0, 1):
        term, total = jnp.ones_like(x) + 0j, jnp.ones_like(x) + 0j
        for m in range(1, 7):
            term = term * 1j * (4 * order**2 - (2 * m - 1) ** 2) / (8 * m * x)
            total = total + term
        found.append(jnp.sqrt(2 / (jnp.pi * x)) * jnp.exp(1j * (x - jnp.pi / 4 - order * jnp.pi / 2)) * total)
    return found[0], found[1]


def star(inputs: Seen, arms: Seen) -> Star:
    """Of two fans that look at each other, at the wavelength of both."""
    waves = [one.scattering.left.k0 for one in (inputs, arms)]
    if all(known(one) for one in waves) and abs(float(waves[0] / waves[1]) - 1) > 1e-9:
        here, there = (2 * np.pi / float(one) for one in waves)
        raise ValueError(f"star: inputs at {here:g} µm and arms at {there:g} µm: give both at one wavelength.")
    return _star(inputs, arms)


@jax.jit
def _star(inputs: Seen, arms: Seen) -> Star:
    near, far = inputs.fan, arms.fan
    wavelength = 2 * jnp.pi / arms.scattering.left.k0
    arriving = across(inputs, arms) @ inputs.sent
    amplitudes = arms.taken @ arriving
    back = arms.scattering.blocks.s11 @ arriving
    runs = arms.scattering.left.beta2.real > 0

    def power(waves: Array) -> Array:
        return jnp.sum(jnp.where(runs[:, None], jnp.square(jnp.abs(waves)), 0.0), axis=0)

    sides = [mouth(one.width, one.core, one.beside, wavelength).field() for one in (near, far)]
    scale = wavelength * near.radius / jnp.sqrt(jnp.asarray(near.core))
    expected = coupled(sides[0], sides[1], near.places, far.places, scale).T
    return Star(amplitudes, expected, power(arriving), power(back))


def _check(fan: Fan, wavelength: ArrayLike, slices: int) -> None:
    check_between("seen", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    if np.ndim(wavelength):
        raise ValueError("seen: give one wavelength, and jax.vmap for a sweep.")
    if not all(known(leaf) for leaf in [*jax.tree.leaves(fan), wavelength]):
        return
    wave = float(jnp.asarray(wavelength))
    longest = wave / (2 * float(fan.core) ** 0.5)
    if slices < 2 or float(fan.taper) / slices >= longest:
        raise ValueError(
            f"seen: slices = {slices} of {fan.taper:g} µm: steps of half a wavelength, {longest:.3g} µm, are a "
            f"grating. Take {int(1.5 * float(fan.taper) / longest) + 2} or more."
        )
    least = 2 * np.pi / wave * float(fan.core) ** 0.5 * float(fan.radius)
    if least < 2 * _FAR:
        raise ValueError(
            f"seen: radius = {fan.radius} µm is {least:.3g} waves over 2π: the slab's integral takes {2 * _FAR:g} or "
            "more. Take a larger arc."
        )


def _kept(fan: Fan, wavelength: ArrayLike) -> int:
    """As many as `_SPARE` times the waves of the slab; all that its elements carry, if these are fewer."""
    gap, guide, margin = fan.cells
    most = (2 * margin + fan.count * guide + (fan.count - 1) * gap) * planar.ORDER - 1
    try:
        waves = 4 * float(fan.wall) * float(fan.radius) * float(fan.core) ** 0.5 / float(jnp.asarray(wavelength))
    except jax.errors.ConcretizationTypeError:
        raise ValueError("seen: give num_modes= where sizes are traced (inside jit, grad or vmap).") from None
    if waves > most:
        raise ValueError(
            f"seen: {waves:.0f} waves propagate in the slab, and cells = {fan.cells} carry {most} modes. Take more."
        )
    return min(most, int(np.ceil(_SPARE * waves)))
