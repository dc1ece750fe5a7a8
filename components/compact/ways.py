"""Ways of light on the line: guides along drawn curves, rings and couplers, as amplitudes for the models of all cells.

In a crystal film the index depends on the direction θ of the guide. Along x and y of the layout it is solved; between,
with s = sin² θ, it is n₀ (1 - s) + n₉₀ s + 4 d s (1 - s), and d is solved at 45°. A bend has the mean along its curve.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.common.curves import Curve, euler
from lingnan.components.compact import traced
from lingnan.components.compact.guides import Guide, guide, turns
from lingnan.components.compact.leans import leaning
from lingnan.components.compact.pairs import Ladder, Pair, ladder, pair
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.devices import bending
from lingnan.solvers.tracing import is_traced, namespace

SDict = dict[tuple[str, str], Array]


@dataclass(frozen=True)
class Turn:
    """Means along a path of s = sin² θ and of 4 s (1 - s), θ from the layout's x axis."""

    s: Any = 0.0
    mixed: Any = 0.0

    @staticmethod
    def straight(angle_deg: ArrayLike) -> "Turn":
        """One direction."""
        if is_traced(angle_deg):
            s = jnp.sin(jnp.deg2rad(angle_deg)) ** 2
            return Turn(s, 4 * s * (1 - s))
        s = math.sin(math.radians(angle_deg)) ** 2
        s = round(s) if abs(s - round(s)) < 1e-12 else s
        return Turn(s, 4 * s * (1 - s))

    @staticmethod
    def along(curve: Curve, angle_deg: ArrayLike = 0.0) -> "Turn":
        """A curve that begins at an angle."""
        xp = namespace(curve.s, curve.angle, angle_deg)
        angle = curve.angle + xp.deg2rad(angle_deg)
        steps, middle = xp.diff(curve.s), (angle[1:] + angle[:-1]) / 2
        s = xp.sin(middle) ** 2
        total = xp.maximum(steps.sum(), 1e-12)
        return Turn((s @ steps) / total, ((4 * s * (1 - s)) @ steps) / total)


@dataclass(frozen=True)
class Line:
    """A guide of the active process at a corner."""

    cross_section: str
    corner: str = "nominal"
    cladding: str = ""  #: medium around the core in place of the process's

    def guide(self, direction: float = 0.0) -> Guide:
        """Its fit in one direction [deg]."""
        return guide(active_process(), self.cross_section, self.corner, direction=direction, cladding=self.cladding)

    def pair(self, gap: ArrayLike, angle_deg: float = 0.0, width: float | None = None) -> Pair | Ladder:
        """Two of it at a gap [µm], along the layout's axis nearest to an angle."""
        more: dict[str, Any] = dict(width=width, direction=self.axis(angle_deg), cladding=self.cladding)
        if isinstance(gap, Tracer):
            return ladder(active_process(), self.cross_section, gap, self.corner, **more)
        return pair(active_process(), self.cross_section, float(np.asarray(gap)), self.corner, **more)

    def lean(self, wl: ArrayLike, width: float | None = None, angle_deg: float = 0.0) -> bending.Lean:
        """How its tail leans in a bend, as couplers take it."""
        axis = self.axis(angle_deg)
        return leaning(active_process(), self.cross_section, self.corner, width, axis, self.cladding).at(wl)

    def axis(self, angle_deg: float) -> float:
        """Of the layout's axes the one nearest to an angle, where the index depends on it [deg]."""
        return 90.0 if Turn.straight(angle_deg).s > 0.5 and turns(active_process()) else 0.0

    def index(
        self, wl: ArrayLike, temperature: ArrayLike | None, width: ArrayLike | None = None, turn: Turn | None = None
    ) -> Array:
        """n_eff, mean along a path, broadcast over wavelength [µm], temperature [K] and width [µm]."""
        turn = turn or Turn()
        bent = is_traced(turn.s)
        if not turns(active_process()) or (not bent and turn.s == 0):
            return self.guide().n_eff(wl, width, temperature)
        if not bent and turn.s == 1:
            return self.guide(90.0).n_eff(wl, width, temperature)
        low, high = (self.guide(d).n_eff(wl, width, temperature) for d in (0.0, 90.0))
        n = (1 - turn.s) * low + turn.s * high
        if not bent and turn.mixed < 1e-3:  # a few degrees: below the fits' own error
            return n
        return n + turn.mixed * (self.guide(45.0).n_eff(wl, width, temperature) - (low + high) / 2)

    def amplitude(
        self,
        wl: ArrayLike,
        length: ArrayLike,
        temperature: ArrayLike | None,
        width: ArrayLike | None = None,
        turn: Turn | None = None,
    ) -> Array:
        """What a length of it [µm] does to a wave."""
        return self.guide().amplitude(wl, length, self.index(wl, temperature, width, turn))

    def tapered(
        self,
        wl: ArrayLike,
        length: ArrayLike,
        temperature: ArrayLike | None,
        widths: tuple[ArrayLike | None, ArrayLike | None],
        turn: Turn | None = None,
    ) -> Array:
        """A linear taper, taken as adiabatic: the phase is the integral of n_eff over the width (Gauss, 8 points)."""
        xp = namespace(widths)
        one, two = (xp.asarray(self.guide().width if w is None else w, float) for w in widths)
        points, weights = np.polynomial.legendre.leggauss(8)
        along = [self.index(wl, temperature, one + (two - one) * (1 + t) / 2, turn) for t in points]
        mean = sum(w / 2 * n for w, n in zip(weights, along, strict=True))
        return self.guide().amplitude(wl, length, mean)


def through(amplitude: Array) -> SDict:
    """A two-port without reflection."""
    zero = namespace(amplitude).zeros_like(amplitude)
    return both_ways({("o1", "o2"): amplitude, ("o1", "o1"): zero, ("o2", "o2"): zero})


def both_ways(given: Mapping[tuple[str, str], Array]) -> SDict:
    """The same from either end, as `sax.reciprocal`, without the seconds that importing sax takes."""
    return {**given, **{(b, a): s for (a, b), s in given.items()}}


def coupled(common: Array, phase: Array) -> SDict:
    """A symmetric coupler of two guides without reflection: of what runs along both, sin² φ has changed sides."""
    xp = namespace(common, phase)
    bar, cross = common * xp.cos(phase), 1j * common * xp.sin(phase)
    zero = namespace(bar).zeros_like(bar)
    return both_ways(
        {
            ("o1", "o4"): bar, ("o2", "o3"): bar, ("o1", "o3"): cross, ("o2", "o4"): cross,
            ("o1", "o2"): zero, ("o3", "o4"): zero,
        }
    )  # fmt: skip


def plain(model: str, name: str, value: ArrayLike) -> float:
    """What a curve is drawn from, as a number: SAX hands over arrays.

    Raises:
        LingnanError: it is traced.
    """
    if isinstance(value, Tracer):
        raise LingnanError(
            f"{model}: {name} is traced (inside jit, grad or vmap), and this device is drawn and solved for a number. "
            "Give one, and take its slope by a difference. Traced may be wl and temperature of every model, voltages "
            "and heat, and sizes of guides, bends, spirals, couplers, rings, racetracks and multimode bodies."
        )
    return float(value)


def parted(
    line: Line, wl: ArrayLike, gap: ArrayLike, bend: Curve, *, alone: bool = False, angle_deg: float = 0.0,
    width: float | None = None,
) -> Array:  # fmt: skip
    """φ at one end of a coupler, where a guide leaves along a curve, with what bends add (`solvers.devices.bending`).

    Args:
        line: of both guides.
        wl: wavelength [µm].
        gap: smallest one [µm].
        bend: of the guide that leaves, along x where it begins.
        alone: the other guide runs on along x; else it leaves along the mirror image.
        angle_deg: of the guides from the layout's x axis.
        width: of both cores [µm]; the cross-section's own if not given.
    """
    two, lean = line.pair(gap, angle_deg, width), line.lean(wl, width, angle_deg)
    index, decay = line.index(wl, None, width, Turn.straight(angle_deg)), two.decay(wl, gap)
    xp = namespace(wl, gap, bend.s, lean, index, decay)  # the medium around may be what is traced
    middle, along = (bend.y[1:] + bend.y[:-1]) / 2, xp.diff(bend.s)
    curvature = xp.diff(bend.angle) / along
    beta = xp.asarray(2 * np.pi / xp.asarray(wl, float) * xp.real(index))
    gained = bending.factor(
        lean._replace(slope=xp.asarray(lean.slope)[..., None]), beta[..., None], xp.asarray(decay)[..., None], gap,
        curvature, 0.0 if alone else curvature,
    )  # fmt: skip
    # beside a straight guide the exchange is counted along the curve, between alike curves along the axis
    gaps, steps = (gap + middle, along) if alone else (gap + 2 * middle, xp.diff(bend.x))
    return two.phase_along(wl, gaps, steps, gained)


@dataclass(frozen=True)
class Loop:
    """A ring or racetrack as it is drawn [µm]; radius and straight may be traced."""

    radius: Any
    straight: Any
    p: float
    line: Line
    angle_deg: float = 0.0  #: of the bus

    @property
    def half(self) -> Curve:
        """One of its two turns, from its bus on."""
        if isinstance(self.radius, Tracer):
            return traced.euler(self.radius, 180.0, self.p)
        return euler(self.radius, 180.0, self.p, 1.0)

    @property
    def shape(self) -> Curve:
        """One of its two turns, of whatever radius."""
        return euler(100.0 if isinstance(self.radius, Tracer) else self.radius, 180.0, self.p, 1.0)

    @property
    def is_ring(self) -> bool:
        """Whether there are no straights."""
        return not isinstance(self.straight, Tracer) and not self.straight

    def coupling(self, wl: ArrayLike, gap: ArrayLike) -> tuple[Array, Array]:
        """t and κ beside a straight guide: φ of the straight part and of the turns at both its ends."""
        two = self.line.pair(gap, self.angle_deg)
        count = int(np.argmax(self.shape.x)) + 1  # past a quarter turn it comes back over itself, far away
        quarter = traced.begun(self.half, count)
        phase = 2 * parted(self.line, wl, gap, quarter, alone=True, angle_deg=self.angle_deg)
        if not self.is_ring:
            phase = phase + two.phase(wl, gap, self.straight)
        xp = namespace(phase)
        return xp.cos(phase), xp.sin(phase)

    def half_trip(self, wl: ArrayLike, temperature: ArrayLike | None) -> Array:
        """Amplitude of half a round trip."""
        line, half = self.line, self.half
        turned = line.amplitude(wl, half.s[-1], temperature, None, Turn.along(self.shape, self.angle_deg))
        if self.is_ring:
            return turned
        return turned * line.amplitude(wl, self.straight, temperature, None, Turn.straight(self.angle_deg))

    def bus(self, wl: ArrayLike, temperature: ArrayLike | None, beyond: float = 1.0) -> Array:
        """Amplitude of a bus, as long as `draw_ring` draws it."""
        section, half = self.line.cross_section, self.half
        xp = namespace(self.straight, half.x)
        widest = half.x.max() + draw.core_width(section) / 2  # summed as it is drawn, or whole µm round apart
        length = 2 * (xp.ceil(self.straight / 2 + widest + draw.reach(section)) + draw.snapped(beyond))
        return self.line.amplitude(wl, length, temperature, None, Turn.straight(self.angle_deg))


def all_pass(bus: Array, t: Any, around: Array) -> SDict:
    """A ring on one bus: (t - A)/(1 - t A) times what the bus leaves.

    Args:
        bus: amplitude of the bus alone.
        t: amplitude that stays on it beside the ring.
        around: A, after one round trip.
    """
    return through(bus * (t - around) / (1 - t * around))


def ring_on_one_bus(
    loop: Loop, wl: ArrayLike, gap: ArrayLike, temperature: ArrayLike | None, beyond: float = 1.0
) -> SDict:
    """`all_pass` of a loop."""
    t, _ = loop.coupling(wl, gap)
    return all_pass(loop.bus(wl, temperature, beyond), t, loop.half_trip(wl, temperature) ** 2)


def ring_on_two_buses(
    loop: Loop, wl: ArrayLike, gaps: tuple[ArrayLike, ArrayLike], temperature: ArrayLike | None, beyond: float = 1.0
) -> SDict:
    """Through o1-o4 and o2-o3, drop o1-o2 and o4-o3."""
    (t1, k1), (t2, k2) = (loop.coupling(wl, gap) for gap in gaps)
    half, bus = loop.half_trip(wl, temperature), loop.bus(wl, temperature, beyond)
    total = 1 - t1 * t2 * half**2
    drop = -k1 * k2 * half / total * bus
    zero = namespace(drop).zeros_like(drop)
    return both_ways(
        {
            ("o1", "o4"): bus * (t1 - t2 * half**2) / total,
            ("o2", "o3"): bus * (t2 - t1 * half**2) / total,
            ("o1", "o2"): drop, ("o3", "o4"): drop, ("o1", "o3"): zero, ("o2", "o4"): zero,
        }
    )  # fmt: skip


def joined(parts: Mapping[str, SDict], connections: Mapping[str, str], ports: Mapping[str, str]) -> SDict:
    """S of a small circuit: parts by name, "part,port" joined to "part,port", outer ports by name."""
    import sax

    models: dict[str, Any] = {name: (lambda found=found: found) for name, found in parts.items()}
    netlist: Any = {
        "instances": {name: name for name in parts}, "connections": dict(connections), "ports": dict(ports)
    }  # fmt: skip
    # not klu: its factorisation is freed with the circuit, and a gradient would come for it later
    circuit, _ = sax.circuit(netlist, models, backend="filipsson_gunnar")
    return dict(circuit())
