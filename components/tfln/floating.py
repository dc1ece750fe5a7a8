"""Short strips about two ribs that float over the handle: their charges, and what their voltage does to the light.

    strips = floating.strips()                               # of the active process, solved once and kept
    head = floating.head(strips, length=5000.0, gap=5.0, strip_width=20.0)
    head.v_pi, head.load                                     # V, F: what an antenna drives

Slow fields find a conductor in the handle: below its relaxation σ/(2π ε) it has one potential, to which the strips and
their pads have capacitance too. Both poles float, so that their charges are opposite; what the handle's potential is
follows. Three numbers of charge and two of light (by the inner strip, by the outer two) at nodes of gap and strip width
are surfaces, which differentiate; at another wavelength the light's are scaled as at one cross-section.

Left out: the fringe of pads and wires, plates to the handle alone (a fiftieth of the strips'), and what the metal takes
from the light.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import BANDS, in_range
from lingnan.components.tfln.fieldsensor import ARM
from lingnan.pdk import active_process, optics
from lingnan.pdk import modulators as bridge
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import modulators
from lingnan.solvers.modulators import RfMedium

GAPS, WIDTHS = (4.0, 16.0), (17.0, 80.0)  #: µm, what surfaces cover
_COUNTS, _WAVES = (9, 4), 3
_CONDUCTOR = 1e6  #: relative permittivity of what shields a static field: 1e5 gives the same to 4e-4
#: quantities that chips differ in, by path; how a deviation of each moves V_π and load is solved: `Strips.varied`
VARIED = ("films.ln.thickness", "etches.rib.depth", "levels.core.bias", "etches.rib.sidewall_angle")
_AT = (5.0, 20.0)  #: µm, gap and strip width of what is solved once alone


class Charges(NamedTuple):
    """Of inner and outer strips per volt and length [F/m], and dn_eff of the upper arm per volt on each [1/V]."""

    inner: Any
    mutual: Any  #: negative
    outer: Any
    by_inner: Any
    by_outer: Any


@dataclass(frozen=True)
class Strips:
    """A process in a corner."""

    inner: Surface  #: logarithms of sizes, of gap and strip width
    mutual: Surface
    outer: Surface
    slope: Surface  #: of `by_inner`, which is negative
    back: Surface  #: of `by_outer`
    waves: Surface  #: `by_…` over that at 1.55 µm, of the wavelength
    n_g: float
    varied: Mapping[str, tuple[float, float]]  #: path -> change of ln V_π and of ln C by one deviation
    error: float  #: largest relative one of the surfaces, between their nodes

    def __call__(self, gap: ArrayLike, strip_width: ArrayLike) -> Charges:
        """At a gap and a strip width [µm], drawn."""
        gap = in_range("field_sensor_mzi", "gap", gap, GAPS)
        strip_width = in_range("field_sensor_mzi", "strip_width", strip_width, WIDTHS)
        sizes = (jnp.exp(getattr(self, name)(gap, strip_width)) for name in _LOGARITHMS)
        return Charges(*(sign * size for sign, size in zip(_SIGNS, sizes, strict=True)))

    @cached_property
    def asdict(self) -> dict[str, Any]:
        """As the store keeps it."""
        return {
            name: {"x": value.x, "y": value.y, "coefficients": value.coefficients}
            if isinstance(value, Surface) else value
            for name, value in ((one.name, getattr(self, one.name)) for one in fields(self))
        }  # fmt: skip


_LOGARITHMS, _SIGNS = ("inner", "mutual", "outer", "slope", "back"), (1, -1, 1, -1, 1)


class Head(NamedTuple):
    """A drawn sensor, as `solvers.fields.electric` takes it."""

    v_pi: Array  #: between the pads [V]
    load: Array  #: between the pads, all of it [F]
    per_volt: Array  #: dn_eff of the upper arm [1/V]; the lower one has the opposite
    share: Array  #: of the voltage that lies between the inner strip and the handle


def relaxation(process: Process) -> float:
    """Frequency up to which the handle is a conductor, 1/(2π ρ ε) [Hz]."""
    ohm_m = process.number("wafer.handle_resistivity") * 1e-2
    permittivity = process.number("electrical.rf_permittivity_handle") * constants.epsilon_0
    return 1 / (2 * np.pi * ohm_m * permittivity)


def check_slow(frequency: float) -> None:
    """Refuse a field that changes so fast that the handle does not follow it.

    Raises:
        LingnanError: with the limit.
    """
    process = active_process()
    limit = relaxation(process)
    if not 0 <= frequency <= limit:
        raise LingnanError(
            f"field_sensor_mzi: frequency = {frequency:g} Hz: the handle of process {process.stamp} is a conductor up "
            f"to {limit:.3g} Hz (its resistivity and permittivity), and this model takes it for one. Ask below, or "
            "load the line's own file with --process."
        )


def head(strips: Strips, length: ArrayLike, gap: ArrayLike, strip_width: ArrayLike, wl: ArrayLike = 1.55) -> Head:
    """Of a sensor as `field_sensor_mzi` draws it; every number may be traced.

    Args:
        strips: of the process.
        length: of the strips [µm].
        gap: [µm].
        strip_width: [µm].
        wl: wavelength [µm].
    """
    found, process = strips(gap, strip_width), active_process()
    wl = in_range("field_sensor_mzi", "wl", wl, BANDS[process.platform])
    metres = jnp.asarray(length) * 1e-6
    pad, crossed = beside(process, strip_width)
    inner, outer = found.inner * metres + pad + crossed, found.outer * metres + pad + crossed
    mutual = found.mutual * metres - crossed
    total = inner + outer + 2 * mutual
    share = (outer + mutual) / total
    slope = strips.waves(wl, 0.5) * (share * found.by_inner - (1 - share) * found.by_outer)
    # both arms turn, apart from each other
    v_pi = jnp.asarray(wl) / (4 * jnp.abs(slope) * jnp.asarray(length))
    return Head(v_pi, (inner * outer - mutual**2) / total, slope, share)


def beside(process: Process, strip_width: ArrayLike) -> tuple[float, Any]:
    """Capacitance of a pad to the handle, and between top metal and the strips that it crosses [F]."""
    box, slab, strips, metal = (process.levels[name] for name in ("box", "slab", "electrode", "metal2"))
    oxide, film = (process.number(f"electrical.rf_permittivity_{way}") for way in ("oxide", "perpendicular"))
    via = draw.even(process.limit("VIA.W") + 2 * max(process.limit("VIA.E.TL"), process.limit("VIA.E.M2")))
    area = process.number("packaging.dc_pad_size") ** 2
    under = (box.thickness + metal.z_min - slab.z_max) / oxide + slab.thickness / film
    over = (metal.z_min - strips.z_max) / oxide
    plate = constants.epsilon_0 * 1e-6
    return plate * area / under, plate * 2 * via * jnp.asarray(strip_width) / over


def strips(corner: str = "nominal") -> Strips:
    """Surfaces of the active process; solved once, which takes a minute, and kept."""
    process = active_process()
    return from_entry(store.recalled(process.name, key_of(process, corner), lambda: solve(process, corner)))


def from_entry(entry: Mapping[str, Any]) -> Strips:
    """As the store has kept it."""
    surfaces = {name: store.as_surface(entry[name]) for name in (*_LOGARITHMS, "waves")}
    varied = {path: (one[0], one[1]) for path, one in entry["varied"].items()}
    return Strips(**surfaces, n_g=entry["n_g"], varied=varied, error=entry["error"])


def key_of(process: Process, corner: str) -> str:
    """Name in the store: all numbers that the surfaces depend on are in its digest."""
    spec, electrical = _spec(process, corner, *_AT), process.quantities.items()
    sizes = [value for value in astuple(replace(spec, overrides=())) if isinstance(value, (int, float, str, bool))]
    read = (
        sizes, GAPS, WIDTHS, _COUNTS, {path: one.value for path, one in electrical if path.startswith("electrical.")},
        {path: process.quantities[path].sigma for path in VARIED}, bridge.pockels(process, corner).r33,
        process.corners[corner].temperature, process.crystal,
    )  # fmt: skip
    return f"field {corner} {hashlib.sha256(repr(read).encode()).hexdigest()[:12]}"


def _spec(process: Process, corner: str, gap: float, wide: float) -> modulators.Coplanar:
    """The strips over a handle that conducts."""
    made = bridge.coplanar(
        process, gap=gap, signal_width=wide, ground_width=wide, rib_width=draw.core_width(ARM), corner=corner
    )
    handle = RfMedium(_CONDUCTOR)
    return replace(made, overrides=tuple((name, handle if name == "substrate" else m) for name, m in made.overrides))


def solve(process: Process, corner: str) -> dict[str, Any]:
    """All that `Strips` holds, as the store keeps it."""
    kelvin = process.corners[corner].temperature

    def charges(line: Process, gap: float, wide: float, mode: modulators.Guided) -> np.ndarray:
        spec, r = _spec(line, corner, gap, wide), bridge.pockels(line, corner)
        found = modulators.potentials(spec.section())
        other = replace(found, values=found.values[:, ::-1])
        by = [float(modulators.shift_of(spec, one, mode, r).per_volt) for one in (found, other)]
        c = 2 * np.asarray(found.capacitance)  # of both halves
        return np.array([c[0, 0], c[0, 1], c[1, 1], *by])

    def mode_of(line: Process, wl: float) -> modulators.Guided:
        return modulators.guided(_spec(line, corner, *_AT), wl, temperature=kelvin)

    mode, signs = mode_of(process, 1.55), np.array(_SIGNS)
    grid = [[charges(process, g, w, mode) for w in nodes(*WIDTHS, _COUNTS[1])] for g in nodes(*GAPS, _COUNTS[0])]
    table = np.log(signs * np.array(grid))
    surfaces = {name: Surface.through(GAPS, WIDTHS, table[..., k]) for k, name in enumerate(_LOGARITHMS)}
    here = charges(process, *_AT, mode)
    band = BANDS[process.platform]
    ratios = [charges(process, *_AT, mode_of(process, float(wl)))[3] / here[3] for wl in nodes(*band, _WAVES)]
    made = Strips(
        **surfaces, waves=Surface.through(band, (0.0, 1.0), np.array(ratios)[:, None]), n_g=float(mode.n_g),
        varied={}, error=float(np.max(np.abs(np.exp([f(*_AT) for f in surfaces.values()]) / (signs * here) - 1))),
    )  # fmt: skip
    varied = {}
    before = _figures(here)
    for path in VARIED:
        # back from where a corner has moved it up to the end of its range
        step = -1.0 if process.corners[corner].shifts.get(path, 0.0) > 0 else 1.0
        moved = optics.moved(process, {path: step})
        after = _figures(charges(moved, *_AT, mode_of(moved, 1.55)))
        varied[path] = tuple(step * float(np.log(a / b)) for a, b in zip(after, before, strict=True))
    entry = {**made.asdict, "varied": varied}
    return {"process": process.name, "hash": process.hash, "version": __version__, **entry}


def _figures(c: np.ndarray) -> tuple[float, float]:
    """What V_π L and the capacitance of long strips go as."""
    total = c[0] + c[2] + 2 * c[1]
    share = (c[2] + c[1]) / total
    return 1 / abs(share * c[3] - (1 - share) * c[4]), (c[0] * c[2] - c[1] ** 2) / total
