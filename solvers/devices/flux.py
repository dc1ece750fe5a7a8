"""Where the light of a full-vector expansion goes, by Poynting's vector of its fields and not by its own numbers.

Amplitudes of all modes at both ends of all sections give E and H anywhere. What they carry through whole planes
(`through`) and out of a box around the device (`sideways`) are integrals of ½ Re E × H*, in which modes are orthogonal
neither by construction nor at all: together with the guided light they say whether power is kept. First section and
last section go on for ever. For known numbers, not differentiable. Lengths in µm, powers relative to what comes in.

Between absorbers the joints of `vectorial` keep reciprocity for any number of modes, and power only as well as those of
one section make up the conjugate fields of another. `sideways` tests continuity with conjugate fields instead,

    ∫ (E₁ - E₂) × h₁* = 0,    ∫ e₂* × (H₁ - H₂) = 0    (over the window as it is, not along complex coordinates),

from which ½ ∫ E × H* follows to be the same on both sides for any number of modes, in the layers and between them
together (derived here). What is gained or lost between them is then what is left out in the layers, where little is.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from lingnan.solvers.devices import scattering, vectorial
from lingnan.solvers.devices.scattering import Blocks
from lingnan.solvers.devices.vectorial import Side
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides import fields, joints
from lingnan.solvers.waveguides.joints import Elements
from lingnan.solvers.waveguides.modes import Modes
from lingnan.solvers.waveguides.probe import probe

Values = NDArray[Any]

#: Im n_eff below which a guided mode is one that stays: its tail in an absorber, beside 8e-3 of what radiates least.
LASTING = 1e-3
#: Length of device to an interval of Gauss's rule [µm], its points, and those along an edge of an element.
STEP, POINTS, ALONG = 0.1, 12, 6


class Waves(NamedTuple):
    """Modes in a section: E_t = Σ (f exp(iβz) + g exp(iβ(L-z))) e, in H_t and E_z the second with its sign changed."""

    beta: Values  #: (modes,) [1/µm]
    impedance: Values  #: (modes,) k / β
    forward: Values  #: f, (modes,), at the left end
    backward: Values  #: g, (modes,), at the right end
    length: float

    def at(self, z: float) -> tuple[Values, Values]:
        """Sum and difference of the waves at z from the left end."""
        f, g = self.forward * np.exp(1j * self.beta * z), self.backward * np.exp(1j * self.beta * (self.length - z))
        return f + g, f - g


class Sideways(NamedTuple):
    """What leaves a box through its sides and in guided modes along it, relative to what comes in along it."""

    before: float  #: through the sides of the first section, to the left of the device
    within: tuple[float, ...]  #: through the sides of each section
    after: float  #: through the sides of the last section, to the right of the device
    back: float  #: guided, to the left
    on: float  #: guided, to the right

    @property
    def radiated(self) -> float:
        """Through the sides."""
        return self.before + sum(self.within) + self.after

    @property
    def total(self) -> float:
        """All of it: 1, as far as power is kept."""
        return self.radiated + self.back + self.on


def waves(
    sections: Sequence[Modes], lengths: Sequence[float], mode: int = 0, *, conjugate: bool = False
) -> tuple[Waves, ...]:
    """Modes in every section when `mode` comes from the left, with 1 in its own impedance.

    Args:
        sections: as of `vectorial.scatter`.
        lengths: of each [µm].
        mode: what comes in.
        conjugate: test continuity with conjugate fields, which keeps power, and not as `vectorial.scatter` does, which
            keeps reciprocity.
    """
    if is_traced(sections, lengths):
        raise ValueError(
            "flux: modes or lengths are traced (inside jit, grad or vmap), and it is for known numbers. Take the slope "
            "of `vectorial.scatter`, or differences of this."
        )
    vectorial.check(sections, lengths, None)
    kept, betas, impedances, overlaps = vectorial.prepared(sections, None)
    if conjugate:
        sides = [vectorial.side(modes, numbers) for modes, numbers in zip(sections, kept, strict=True)]
        joined = [_keeping_power(left, right) for left, right in pairwise(sides)]
    else:
        joined = [scattering.interface(p) for p in overlaps]
    reference = float(np.abs(impedances[0][0]))
    parts = [_step(impedances[0], reference)]
    for k, (beta, z, length) in enumerate(zip(betas, impedances, lengths, strict=True)):
        line = scattering.line(beta, z, jnp.asarray(length, float), reference)
        parts.append(Blocks(*(jnp.diag(block) for block in line)))
        if k < len(joined):
            parts.append(joined[k])
    end = _step(impedances[-1], reference)
    parts.append(Blocks(end.s22, end.s21, end.s12, end.s11))
    lefts, rights = [parts[0]], [parts[-1]]
    for part in parts[1:-1]:
        lefts.append(scattering.chain(lefts[-1], part))
    for part in parts[-2:0:-1]:
        rights.insert(0, scattering.chain(part, rights[0]))
    came = np.eye(len(betas[0]))[mode]
    found: list[Values] = []
    for number, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        s22, s11, s21 = (np.asarray(a) for a in (left.s22, right.s11, left.s21))
        a = np.linalg.solve(np.eye(len(s22)) - s22 @ s11, s21 @ came)
        b, z = s11 @ a, np.asarray(impedances[number // 2])
        voltage, current = np.sqrt(reference) * (a + b), (a - b) / np.sqrt(reference)
        found.append((voltage + (1 if number % 2 == 0 else -1) * z * current) / 2)
    return tuple(
        Waves(np.asarray(beta), np.asarray(z), found[2 * k], found[2 * k + 1], float(length))
        for k, (beta, z, length) in enumerate(zip(betas, impedances, lengths, strict=True))
    )


def through(sections: Sequence[Modes], lengths: Sequence[float], mode: int = 0) -> Values:
    """What crosses the whole window to the right at both ends of each section, (sections, 2), for closed walls."""
    if any(modes.problem.plan.absorber for modes in sections):
        raise ValueError("through: power in absorbing layers is no number. Use `sideways` for sections that have them.")
    found = []
    for modes, wave in zip(sections, waves(sections, lengths, mode), strict=True):
        side, e, h = _fields(modes, wave)
        area = np.asarray(fields.area(side.guide.mesh, side.order))
        flux = np.einsum("mxy,nxy,xy->mn", e[:, 0], h[:, 1].conj(), area)
        flux = flux - np.einsum("mxy,nxy,xy->mn", e[:, 1], h[:, 0].conj(), area)
        ends = [wave.at(z) for z in (0.0, wave.length)]
        found.append([np.real(total @ flux @ rest.conj()) / 2 for total, rest in ends])
    return np.array(found) / _brought(sections)


def sideways(
    sections: Sequence[Modes],
    lengths: Sequence[float],
    box: tuple[float, float] | None = None,
    mode: int = 0,
    *,
    conjugate: bool = True,
) -> Sideways:
    """What leaves to the right and upwards, between absorbers there and walls of symmetry at the left and bottom.

    Args:
        sections: as of `vectorial.scatter`, quarters of a device, with an absorber.
        lengths: of each [µm].
        box: its right side and top [µm], inside of where the absorbers begin; None: where they begin.
        mode: what comes in, from the left: a guided one.
        conjugate: as of `waves`; False: fields are those of `vectorial.scatter`.

    Without absorbers light never leaves. Powers along the box are those within it: tails outside are on neither side of
    the balance. It misses what modes leave out in the layers, and the discretisation of the modes.
    """
    for modes in sections:
        absorber = modes.problem.plan.absorber
        if absorber is None:
            raise ValueError("sideways: a section has closed walls, which light does not leave. Use `through` for it.")
        ends = (float(np.real(np.asarray(a)).max()) for a in (modes.mesh.x, modes.mesh.y))
        right, top = (round(end - absorber.thickness, 6) for end in ends)
        box = (right, top) if box is None else box
        if not (0 < box[0] <= right and 0 < box[1] <= top):
            raise ValueError(f"sideways: box = {box} µm must lie in what the absorbers leave, {(right, top)} µm.")
    assert box is not None
    start = sections[0]
    guided = np.flatnonzero(_lasting(start, np.asarray(start.n_eff)[np.asarray(vectorial.falling(start))])).tolist()
    if mode not in guided:
        raise ValueError(
            f"sideways: mode = {mode} of the first section is not guided. Give one of those that are: {guided}."
        )
    found = waves(sections, lengths, mode, conjugate=conjugate)
    parts = [_contour(modes, wave, box) for modes, wave in zip(sections, found, strict=True)]
    within = []
    points, weights = gauss(POINTS)
    for wave, one in zip(found, parts, strict=True):
        count = max(2, round(wave.length / STEP)) if wave.length else 0
        places = ((np.arange(count)[:, None] + 0.5 + points / 2) * wave.length / max(count, 1)).ravel()
        each = np.tile(weights / 2, count) * wave.length / max(count, 1)
        within.append(sum(w * one.of(*wave.at(z)) for z, w in zip(places, each, strict=True)))
    first, last = found[0], found[-1]
    came = np.zeros_like(first.forward)
    came[mode] = first.forward[mode]
    back = first.backward * np.exp(1j * first.beta * first.length)
    on = last.forward * np.exp(1j * last.beta * last.length)
    before = parts[0].for_ever(first.beta, back, came)
    after = parts[-1].for_ever(last.beta, on, 0 * on)
    scale = parts[0].along(came, came)
    turned_back = scale - parts[0].along(came + back, came - back)
    ahead = parts[-1].along(on, on)
    whole = [float(p) / scale for p in (before, *within, after, turned_back, ahead)]
    return Sideways(whole[0], tuple(whole[1:-3]), *whole[-3:])


class _Contour(NamedTuple):
    """½ ∮ E × H* · n of modes m and n along a contour, of the parts that go with sums and with differences of waves."""

    sums: Values
    differences: Values
    lasting: Values  #: (modes,) that never reach the contour
    inside: Values  #: ½ ∫ E × H* · z within the contour, of the modes that last

    def of(self, total: Values, rest: Values) -> float:
        """To the side, per length."""
        return float(np.real(total @ self.sums @ total.conj() + rest @ self.differences @ rest.conj()))

    def along(self, total: Values, rest: Values) -> float:
        """Carried along the box by modes that last: E of sums, H of differences."""
        return float(np.real(total[self.lasting] @ self.inside @ rest[self.lasting].conj()))

    def for_ever(self, beta: Values, leaving: Values, coming: Values) -> float:
        """Along a section without end, from waves that leave along it and from those that come: exp(iβs), exp(-iβs)."""

        def whole(turn: Values) -> Values:
            both = self.lasting[:, None] & self.lasting
            return np.where(both, 0.0, -1 / np.where(both, 1.0, 1j * turn))

        plus, minus = self.sums + self.differences, self.sums - self.differences
        out = leaving @ (plus * whole(beta[:, None] - beta.conj())) @ leaving.conj()
        out = out + leaving @ (minus * whole(beta[:, None] + beta.conj())) @ coming.conj()
        return float(np.real(out + coming @ (minus * whole(-beta[:, None] - beta.conj())) @ leaving.conj()))


def _contour(modes: Modes, wave: Waves, box: tuple[float, float]) -> _Contour:
    side = vectorial.side(modes, vectorial.falling(modes))
    mesh, right, top = side.guide.mesh, *box
    points, weights = gauss(ALONG)

    def along(end: float, breaks: Values) -> tuple[Values, Values]:
        cuts = np.unique(np.round([0.0, end, *breaks[(breaks > 0) & (breaks < end)]], 12))
        half, middle = np.diff(cuts)[:, None] / 2, ((cuts[1:] + cuts[:-1]) / 2)[:, None]
        return (middle + half * points).ravel(), (half * weights).ravel()

    def at(x: Values, y: Values, which: Values | slice = slice(None)) -> tuple[Values, Values]:
        g = side.guide
        beta, places = jnp.asarray(wave.beta[which]), map(jnp.asarray, (x, y))
        f = probe(mesh, side.order, g.vectors[which], beta, g.wavelength, g.curvature, *places)
        scale = np.asarray(side.scale)[which, None, None]
        return np.asarray(f.E) * scale, np.asarray(f.H) * scale

    def crossed(a: Values, b: Values, w: Values) -> Values:
        return np.einsum("mp,np,p->mn", a, b.conj(), w) / 2

    tiny = 1e-9  # on the inner side of a line between elements
    y, w = along(top, np.real(np.asarray(mesh.y)))
    e, h = at(np.full_like(y, right - tiny), y)
    sums, differences = crossed(e[:, 1], h[:, 2], w), -crossed(e[:, 2], h[:, 1], w)
    x, w = along(right, np.real(np.asarray(mesh.x)).ravel())
    e, h = at(x, np.full_like(x, top - tiny))
    sums, differences = sums - crossed(e[:, 0], h[:, 2], w), differences + crossed(e[:, 2], h[:, 0], w)
    lasting = _lasting(modes, wave.beta * float(np.asarray(modes.wavelength)) / (2 * np.pi))
    (x, across), (y, up) = along(right, np.real(np.asarray(mesh.x)).ravel()), along(top, np.real(np.asarray(mesh.y)))
    e, h = at(np.tile(x, len(y)), np.repeat(y, len(x)), np.flatnonzero(lasting))
    w = np.outer(up, across).ravel()
    return _Contour(sums, differences, lasting, crossed(e[:, 0], h[:, 1], w) - crossed(e[:, 1], h[:, 0], w))


def _lasting(modes: Modes, n_eff: Values) -> Values:
    """Which modes stay in the guide: above the index of what lies at the upper right corner, where light leaves."""
    outside = float(np.sqrt(np.real(np.asarray(modes.epsilon))[-1, -1].max()))
    return (np.real(n_eff) > outside) & (np.abs(np.imag(n_eff)) < LASTING)


def _keeping_power(left: Side, right: Side) -> Blocks:
    """A joint that has the same ½ ∫ E × H* on both sides (see above)."""
    x, y, w, _, here, there = joints.common_points(left.guide.mesh, right.guide.mesh, left.order, right.order)

    def of(side: Side, place: Elements) -> tuple[Array, Array]:
        f, scale = joints.at(side.guide, side.order, x, y, place), side.scale[:, None, None, None]
        return f.E * scale, f.H * scale * (side.sign / side.guide.beta)[:, None, None, None]

    (e1, h1), (e2, h2) = of(left, here), of(right, there)
    one, two, mixed = (joints.crossed(e, h.conj(), w).T / 2 for e, h in ((e1, h1), (e2, h2), (e2, h1)))
    return scattering.passage(jnp.linalg.solve(one, mixed), jnp.linalg.solve(two.conj().T, mixed.conj().T))


def _fields(modes: Modes, wave: Waves) -> tuple[Side, Values, Values]:
    """A section as a joint sees it, and E and H of its modes on the points of its elements."""
    side = vectorial.side(modes, vectorial.falling(modes))
    g = side.guide
    f = fields.evaluate(g.mesh, side.order, g.vectors, jnp.asarray(wave.beta), g.wavelength, g.curvature)
    scale = np.asarray(side.scale)[:, None, None, None]
    return side, np.asarray(f.E) * scale, np.asarray(f.H) * scale


def _step(impedance: Array, reference: float) -> Blocks:
    """From a mode's own impedance to the reference."""
    z = impedance
    rho, tau = (z - reference) / (z + reference), 2 * jnp.sqrt(z * reference + 0j) / (z + reference)
    return Blocks(jnp.diag(-rho), jnp.diag(tau), jnp.diag(tau), jnp.diag(rho))


def _brought(sections: Sequence[Modes]) -> float:
    """Of a wave of unit amplitude in its own impedance k/β: |√Z|² β."""
    return 2 * np.pi / float(np.asarray(sections[0].wavelength))
