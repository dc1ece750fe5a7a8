"""What a voltage does in the diodes of the silicon line: from the windows that a cell draws to its physics.

    spec = carriers.section(diodes.pn_sides("phase_shifter_pn", 0.45), 0.45)   # what is drawn, for `phaseshifters`
    carriers.figures(sides, 0.45, [1.0, 4.0]).vpi_l                            # V cm, by drift and diffusion
    carriers.shift(sides, 0.45).at(1.55, 2.0)                                  # complex change of n_eff, kept

Drift and diffusion and the mode are solved at one wavelength and in the nominal corner. In its band the change goes
with the square of the wavelength, as that of free carriers does: the laws it is made from end at 1.55 µm.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Floats, Surface, namespace, nodes
from lingnan.components.process import number
from lingnan.components.soi.diodes import pin_sides, pn_sides
from lingnan.components.soi.heaters import doped_sides
from lingnan.components.soi.lateral import Side, rib_of
from lingnan.pdk import active_process, doping
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import phaseshifters
from lingnan.solvers.checks import known

MIDDLE = 1.55  #: µm, at which carriers and light are solved: the end of the data
REVERSE = (0.0, 5.0)  #: V of reverse bias that are kept of a PN junction
FORWARD = (0.0, 1.0)  #: V of forward bias that are kept of a PIN diode
_INTO = 0.2  #: µm of contact implant at both ends of a section, a good conductor
_VOLTS = {"pn": 6, "pin": 9}
_FLOOR = 1e-9  #: of a change of index whose logarithm is kept: nobody sees it


@dataclass(frozen=True)
class Shift:
    """Complex change of n_eff by carriers against an undoped guide, over voltages; kept as its logarithm."""

    real: Surface  #: of minus the real part, against voltage
    imaginary: Surface  #: of the imaginary part
    volts: tuple[float, float]
    error: float  #: of the real part at a voltage that was not fitted, relative
    idle: tuple[float, float]  #: of the n side's carriers alone, real and imaginary

    def at(self, wl: ArrayLike, volts: ArrayLike) -> Array:
        """Δn_eff at a wavelength [µm] and a voltage [V], broadcast.

        Raises:
            LingnanError: a voltage outside of what is kept.
        """
        low, high = self.volts
        if known(volts) and not (np.all(np.asarray(volts) >= low) and np.all(np.asarray(volts) <= high)):
            raise LingnanError(
                f"diode: voltage = {volts} V is outside of {low:g} to {high:g} V, for which its carriers are kept. "
                "Stay inside, or ask carriers.figures."
            )
        xp = namespace(wl, volts)
        real, imaginary = (surface(volts, 0.5 * xp.ones_like(volts)) for surface in (self.real, self.imaginary))
        return (xp.exp(imaginary) * 1j - xp.exp(real)) * (xp.asarray(wl, float) / MIDDLE) ** 2

    def idle_at(self, wl: ArrayLike) -> Array:
        """The same of the n side's carriers alone, where there is no p side."""
        return complex(*self.idle) * (namespace(wl).asarray(wl, float) / MIDDLE) ** 2


def masks(sides: tuple[Side, Side]) -> tuple[doping.Mask, ...]:
    """Windows of both sides with x to the right of the light's way: the left side comes first."""
    return tuple(doping.Mask(one.layer, -one.high, -one.low) for side in sides for one in side.windows())


def ends(sides: tuple[Side, Side]) -> tuple[float, float]:
    """Where a section ends: a little inside of the contact implants."""
    left, right = (draw.snapped(side.contact + _INTO) for side in sides)
    return -left, right


def section(sides: tuple[Side, Side], core: float, corner: str = "nominal", **more: Any) -> phaseshifters.Section:
    """The cross-section that a cell draws with these sides, as the solvers take it.

    Args:
        sides: left and right of the guide.
        core: width of the guide, drawn [µm].
        corner: of the process.
        more: `overlay` and `dose` of `doping.section`.
    """
    return doping.section(active_process(), masks(sides), width=core, ends=ends(sides), corner=corner, **more)


def leads(sides: tuple[Side, Side]) -> float:
    """Resistance between the section's ends and the metals, times length [Ω m]."""
    process, total = active_process(), 0.0
    for side in sides:
        layer = side.windows()[-1].layer
        total += float(doping.lead(process, layer, side.near - side.contact - _INTO, side.far - side.near))
    return total


def figures(
    sides: tuple[Side, Side],
    core: float,
    volts: ArrayLike,
    wavelength: float = MIDDLE,
    corner: str = "nominal",
) -> phaseshifters.Figures:
    """V_pi L, loss, capacitance, resistance and bandwidth of a drawn junction at voltages of reverse bias."""
    return phaseshifters.figures(section(sides, core, corner), volts, wavelength, leads=leads(sides))


_solved: dict[str, Shift] = {}


def shift(sides: tuple[Side, Side], core: float) -> Shift:
    """The change of index of a drawn diode over its voltages, kept: reverse of a PN junction, forward of a PIN."""
    key = key_of(sides, core)
    if key not in _solved:
        _solved[key] = of_entry(store.recalled(active_process().name, key, lambda: solve(sides, core)))
    return _solved[key]


def of_entry(entry: Any) -> Shift:
    """From what is kept."""
    real, imaginary = (
        Surface(tuple(one["x"]), tuple(one["y"]), tuple(map(tuple, one["coefficients"])))
        for one in (entry["real"], entry["imaginary"])
    )
    return Shift(real, imaginary, tuple(entry["volts"]), entry["error"], tuple(entry["idle"]))


def kind_of(sides: tuple[Side, Side]) -> str:
    """PN where low implants meet, PIN where there are none."""
    return "pn" if sides[0].junction is not None else "pin"


def key_of(sides: tuple[Side, Side], core: float) -> str:
    """Name in the store: all numbers that the section has."""
    return _named(f"diode {kind_of(sides)} nominal", section(sides, core))


def solve(sides: tuple[Side, Side], core: float) -> dict[str, Any]:
    """By drift and diffusion at the nodes of the fit, and at a voltage between them for the error."""
    kind, made = kind_of(sides), section(sides, core)
    like = phaseshifters.ready(made, MIDDLE)

    def run(volts: Floats) -> Array:
        return phaseshifters.figures(made, volts, MIDDLE, like=like).shift

    return _fitted(kind, repr(made), run, _idle(made, like))


def interleaved(finger_p: float, finger_n: float, reach: float, core: float) -> Shift:
    """The change of index of interleaved fingers over reverse bias, kept.

    Args:
        finger_p: of a p finger, along the guide [µm].
        finger_n: of an n finger [µm].
        reach: of fingers to either side of the guide's middle [µm].
        core: width of the guide, drawn [µm].
    """
    made = fingers(finger_p, finger_n, reach, core)
    key = _named("diode interleaved nominal", made)
    if key not in _solved:
        _solved[key] = of_entry(store.recalled(active_process().name, key, lambda: solve_fingers(made)))
    return _solved[key]


def solve_fingers(made: phaseshifters.Interleaved) -> dict[str, Any]:
    """As `solve`, in the plane of the film."""

    def run(volts: Floats) -> Array:
        return phaseshifters.interleaved(made, volts, MIDDLE).shift

    return _fitted("pn", repr(made), run, 0j)


def _named(kind: str, made: Any) -> str:
    return f"{kind} {hashlib.sha256(repr(made).encode()).hexdigest()[:12]}"


def fingers(finger_p: float, finger_n: float, reach: float, core: float) -> phaseshifters.Interleaved:
    """Drawn fingers as the solvers take them: abrupt, as high as the rib everywhere between its walls."""
    process, period = active_process(), finger_p + finger_n
    body = doping.section(process, (), width=core, ends=(-core, core))
    return phaseshifters.Interleaved(
        acceptors=doping.implant_of(process, "P").concentration.value,
        donors=doping.implant_of(process, "N").concentration.value,
        period=period, duty=finger_p / period, reach=reach,
        width=body.bodies[1].right - body.bodies[1].left, film=body.bodies[1].top, slab=body.bodies[0].top,
        silicon=body.silicon,
    )  # fmt: skip


def _fitted(kind: str, what: str, run: Callable[[Floats], Array], idle: complex) -> dict[str, Any]:
    """An entry of the store: the logarithms of both parts as polynomials of the voltage."""
    process, (low, high) = active_process(), REVERSE if kind == "pn" else FORWARD
    sign = 1.0 if kind == "pn" else -1.0
    between = low + 0.61 * (high - low)
    values = np.asarray(run(sign * np.array([*nodes(low, high, _VOLTS[kind]), between])))
    parts = [np.log(np.maximum(part, 0.0) + _FLOOR) for part in (-np.real(values), np.imag(values))]
    surfaces = [Surface.through((low, high), (0.0, 1.0), part[:-1, None]) for part in parts]
    error = abs(float(np.exp(surfaces[0](between, 0.5) - parts[0][-1])) - 1)
    return {
        "process": process.name, "hash": process.hash, "version": __version__, "what": what,
        "real": asdict(surfaces[0]), "imaginary": asdict(surfaces[1]), "volts": [low, high], "error": error,
        "idle": [idle.real, idle.imag],
    }  # fmt: skip


@dataclass(frozen=True)
class Still:
    """Complex change of n_eff by dopants that no voltage moves."""

    change: complex

    def idle_at(self, wl: ArrayLike) -> Array:
        """At a wavelength [µm]."""
        return self.change * (namespace(wl).asarray(wl, float) / MIDDLE) ** 2


_still: dict[str, Still] = {}


def still(sides: tuple[Side, Side], core: float) -> Still:
    """What dopants of one kind on both sides do to the light of a guide, kept."""
    made = section(sides, core)
    key = _named(f"dopants {sides[0].polarity} nominal", made)
    if key not in _still:
        entry = store.recalled(active_process().name, key, lambda: solve_still(made))
        _still[key] = Still(complex(*entry["change"]))
    return _still[key]


def solve_still(made: phaseshifters.Section) -> dict[str, Any]:
    """From the mode and the drawn dopants, all of them ionised."""
    process, like = active_process(), phaseshifters.ready(made, MIDDLE)
    device, light = like.plan.device(made), like.light
    assert light is not None
    change = complex(light.of(device.donors, device.acceptors))
    return {
        "process": process.name, "hash": process.hash, "version": __version__, "what": repr(made),
        "change": [change.real, change.imag], "error": 0.0,
    }  # fmt: skip


def _idle(made: phaseshifters.Section, like: phaseshifters.Ready) -> complex:
    """What donors alone do, without a junction."""
    light, device = like.light, like.plan.device(made)
    assert light is not None
    return complex(light.of(device.donors, 0.0 * device.donors))


def wanted() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """What cells of the active process ask for by default: keys, and how to solve for them."""
    core = rib_of("rib", "rib")
    for sides in (pn_sides("rib", core), pin_sides("rib", core, None, None, None)):
        yield key_of(sides, core), partial(solve, sides, core)
    p = n = number(None, "pn_finger")
    made = fingers(p, n, number(None, "pn_finger_reach"), core)
    yield _named("diode interleaved nominal", made), partial(solve_fingers, made)
    doped = section(doped_sides("rib", core, "n", None, None, None), core)
    yield _named("dopants n nominal", doped), partial(solve_still, doped)
