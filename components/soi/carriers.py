"""What a voltage does in the diodes of the silicon line: from the windows that a cell draws to its physics.

    spec = carriers.section(diodes.pn_sides("phase_shifter_pn", 0.45), 0.45)   # what is drawn, for `phaseshifters`
    carriers.figures(sides, 0.45, [1.0, 4.0]).vpi_l                            # V cm, by drift and diffusion
    carriers.shift(sides, 0.45).at(1.55, 2.0)                                  # complex change of n_eff, kept
    carriers.shift(sides, 0.45, "thick_wide", 25.0).junction(2.0)              # C and R, of a ring in a corner

Drift and diffusion and the mode are solved at one wavelength, in every corner of the process: its films, etches, widths
and temperature. In a ring the light is that of the bend, whose p side is outside; carriers know nothing of the bend.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Floats
from lingnan.components.process import number
from lingnan.components.soi.diodes import pin_sides, pn_sides
from lingnan.components.soi.heaters import doped_sides
from lingnan.components.soi.lateral import Side, rib_of
from lingnan.components.soi.resonators import disk_of, ring_of
from lingnan.components.soi.voltages import MIDDLE, Shift, fitted, of_entry
from lingnan.pdk import active_process, doping
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process.implants import slowness
from lingnan.solvers import phaseshifters, waveguides
from lingnan.solvers.checks import known
from lingnan.solvers.phaseshifters.light import FINE, laid, waveguide
from lingnan.solvers.phaseshifters.plan import Fineness
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides import Geometry, Modes, Resolution

INTO = 0.2  #: µm of contact implant at both ends of a section, a good conductor
_NEAR = 3  #: modes of a bend that are looked through, about the straight guide's
BESIDE = 1e-3  #: of n_eff, by which a search begins beside the mode: on it the matrix is singular


def masks(sides: tuple[Side, Side]) -> tuple[doping.Mask, ...]:
    """Windows of both sides with x to the right of the light's way: the left side comes first."""
    return tuple(doping.Mask(one.layer, -one.high, -one.low) for side in sides for one in side.windows())


def ends(sides: tuple[Side, Side]) -> tuple[Any, Any]:
    """Where a section ends: a little inside of the contact implants, which may be traced."""
    reached = (side.contact + INTO for side in sides)
    left, right = (draw.snapped(one) if known(one) else one for one in reached)
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


def leads(sides: tuple[Side, Side], dose: Mapping[str, Any] | None = None) -> Any:
    """Resistance between the section's ends and the metals, times length [Ω m]; sides and doses may be traced."""
    process, total = active_process(), 0.0
    for side in sides:
        layer = side.windows()[-1].layer
        long, wide = side.near - side.contact - INTO, side.far - side.near
        total = total + doping.lead(process, layer, long, wide, (dose or {}).get(layer, 1.0))
    return total


def figures(
    sides: tuple[Side, Side],
    core: float,
    volts: ArrayLike,
    wavelength: float = MIDDLE,
    corner: str = "nominal",
    *,
    dose: Mapping[str, Any] | None = None,
    overlay: Mapping[str, Any] | None = None,
) -> phaseshifters.Figures:
    """V_pi L, loss, capacitance, resistance and bandwidth of a drawn junction at voltages of reverse bias.

    By a solve: `implantspread.figures` has the same of what is kept. Arguments as of `section`.
    """
    made = section(sides, core, corner, dose=dose, overlay=overlay)
    return phaseshifters.figures(made, volts, wavelength, leads=leads(sides, dose))


_solved: dict[str, Shift] = {}


def shift(sides: tuple[Side, Side], core: float, corner: str = "nominal", radius: float | None = None) -> Shift:
    """The change of index of a drawn diode over its voltages, kept: reverse of a PN junction, forward of a PIN.

    Args:
        sides: left and right of the guide.
        core: width of the guide, drawn [µm].
        corner: of the process.
        radius: of the guide's middle, which bends away from its left side [µm]; None: it is straight.
    """
    return _recalled(key_of(sides, core, corner, radius), partial(solve, sides, core, corner, radius))


def _recalled(key: str, solved: Callable[[], dict[str, Any]]) -> Shift:
    if key not in _solved:
        _solved[key] = of_entry(store.recalled(active_process().name, key, solved))
    return _solved[key]


def kind_of(sides: tuple[Side, Side]) -> str:
    """PN where low implants meet, PIN where there are none."""
    return "pn" if sides[0].junction is not None else "pin"


def key_of(sides: tuple[Side, Side], core: float, corner: str = "nominal", radius: float | None = None) -> str:
    """Name in the store: all numbers that the section has."""
    bent = "" if radius is None else f" R{radius:g}"
    return _named(f"diode {kind_of(sides)}{bent} {corner}", section(sides, core, corner))


def solve(
    sides: tuple[Side, Side], core: float, corner: str = "nominal", radius: float | None = None
) -> dict[str, Any]:
    """By drift and diffusion at the nodes of the fit, and at a voltage between them for the error."""
    made = section(sides, core, corner)
    like = phaseshifters.ready(made, MIDDLE) if radius is None else bent(made, core, radius)

    def run(volts: Floats) -> phaseshifters.Figures:
        return phaseshifters.figures(made, volts, MIDDLE, like=like)

    return fitted(kind_of(sides), repr(made), run, _idle(made, like))


def bent(
    made: phaseshifters.Section, core: float, radius: float, fineness: Fineness | None = None
) -> phaseshifters.Ready:
    """Mesh and mode of a guide that bends away from its left side, for `phaseshifters.figures`.

    What is at r counts by r/R in β R = m, as light passes there on a longer way, for the power ½ ∫ E × H* dA.
    """
    plan = phaseshifters.planned(made, fineness)
    light = laid(bent_mode(waveguide(made, plan.topology), core, radius, MIDDLE), made, plan)
    x = plan.lines(made)
    places = jnp.stack([x[:-1], x[:-1], x[1:], x[1:]], axis=-1)  # of the corners of cells, as weights have them
    return phaseshifters.Ready(plan, replace(light, weights=light.weights * (1 - places / radius)[:, None]))


def bent_mode(
    guide: Geometry, core: float, radius: float, wavelength: ArrayLike, resolution: Resolution = FINE
) -> Modes:
    """The outermost TE mode of a guide about x = 0 in a bend whose axis lies to the right, alone.

    Light in the slab at the outer wall can run as fast: of the modes about the straight guide's, of those with most of
    their field within the core's width, the one of highest index is taken.

    Args:
        guide: straight.
        core: its width [µm].
        radius: to x = 0 [µm].
        wavelength: [µm].
        resolution: of the mesh.
    """
    own = waveguides.solve(guide, wavelength, 1, resolution=resolution).n_eff[0].real
    turned = guide.bend(-radius)
    near = waveguides.solve(turned, wavelength, _NEAR, resolution=resolution, target=own)
    share = np.asarray(waveguides.confinement(near, lambda x, y: abs(x.real) < core / 2, "electric"))
    inside = (share > 0.5) & (np.asarray(near.te_fraction) > 0.5)
    highest = float(np.max(np.asarray(near.n_eff.real), where=inside, initial=-np.inf))
    if not np.isfinite(highest):
        raise LingnanError(
            f"diode: no mode of a bend of {radius:g} µm keeps to its core of {core:g} µm. Use a larger radius."
        )
    return waveguides.solve(turned, wavelength, 1, resolution=resolution, target=highest + BESIDE)


def interleaved(finger_p: float, finger_n: float, reach: float, core: float, corner: str = "nominal") -> Shift:
    """The change of index of interleaved fingers over reverse bias, kept.

    Args:
        finger_p: of a p finger, along the guide [µm].
        finger_n: of an n finger [µm].
        reach: of fingers to either side of the guide's middle [µm].
        core: width of the guide, drawn [µm].
        corner: of the process.
    """
    made = fingers(finger_p, finger_n, reach, core, corner)
    return _recalled(_named(f"diode interleaved {corner}", made), partial(solve_fingers, made))


def solve_fingers(made: phaseshifters.Interleaved) -> dict[str, Any]:
    """As `solve`, in the plane of the film."""
    return fitted("pn", repr(made), lambda volts: phaseshifters.interleaved(made, volts, MIDDLE), 0j)


def _named(kind: str, made: Any) -> str:
    return f"{kind} {hashlib.sha256(repr(made).encode()).hexdigest()[:12]}"


def fingers(
    finger_p: float, finger_n: float, reach: float, core: float, corner: str = "nominal"
) -> phaseshifters.Interleaved:
    """Drawn fingers as the solvers take them: abrupt, as high as the rib everywhere between its walls."""
    process, period = active_process(), finger_p + finger_n
    body = doping.section(process, (), width=core, ends=(-core, core), corner=corner)
    return phaseshifters.Interleaved(
        acceptors=doping.implant_of(process, "P").concentration.value,
        donors=doping.implant_of(process, "N").concentration.value,
        period=period, duty=finger_p / period, reach=reach,
        width=body.bodies[1].right - body.bodies[1].left, film=body.bodies[1].top, slab=body.bodies[0].top,
        silicon=body.silicon, slowness=tuple(slowness(process, doping.implant_of(process, one))[0] for one in "NP"),
    )  # fmt: skip


@dataclass(frozen=True)
class Still:
    """Complex change of n_eff by dopants that no voltage moves."""

    change: complex

    def idle_at(self, wl: ArrayLike) -> Array:
        """At a wavelength [µm]."""
        return self.change * (namespace(wl).asarray(wl, float) / MIDDLE) ** 2


_still: dict[str, Still] = {}


def still(sides: tuple[Side, Side], core: float, corner: str = "nominal") -> Still:
    """What dopants of one kind on both sides do to the light of a guide, kept."""
    made = section(sides, core, corner)
    key = _named(f"dopants {sides[0].polarity} {corner}", made)
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
    """What cells of the active process ask for by default, in every corner: keys, and how to solve for them."""
    core, p = rib_of("rib", "rib"), number(None, "pn_finger")
    pin, doped = pin_sides("rib", core, None, None, None), doped_sides("rib", core, "n", None, None, None)
    rings = [(ring.sides, ring.core, ring.radius) for ring in (ring_of(), disk_of())]
    for corner in active_process().corners:
        for sides, wide, radius in ((pn_sides("rib", core), core, None), (pin, core, None), *rings):
            yield key_of(sides, wide, corner, radius), partial(solve, sides, wide, corner, radius)
        made = fingers(p, p, number(None, "pn_finger_reach"), core, corner)
        yield _named(f"diode interleaved {corner}", made), partial(solve_fingers, made)
        across = section(doped, core, corner)
        yield _named(f"dopants n {corner}", across), partial(solve_still, across)
