"""Compact model of the gyroscope, and the gyroscope as `solvers.rotation` reads it.

    told = gyrolight.told(turns=5, radius=5000.0)
    coil.random_walk(told.coil, coil.Readout(1e-3))                  # °/√h
    errors.coil_kerr(told.coil, errors.Guide(n2=…, area=…), 1e-5)    # rad/s
    told.proper, told.crosstalk_db

A voltage that stays does nothing here: both ways pass both arms. `bias` is the phase between the ways that a changing
voltage makes (`rotation.coil.swing`). Left out: what the metal takes from the light, and the modulator's own errors.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.common.curves import s_bend
from lingnan.components.common.winding import Winding
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.ways import Line, Loop, SDict, Turn, joined, through
from lingnan.components.process import number
from lingnan.components.tfln import circuits, coillight, coils, gyroscopes, parts
from lingnan.components.tfln.shifters import phase_shifter_gsg as modulator_cell
from lingnan.components.tfln.splitters import mmi1x2_y as splitter_cell
from lingnan.solvers.rotation import coil, ring
from lingnan.solvers.tracing import namespace

_NEAR = 1.0  #: µm; beyond this gap the supermodes' difference falls exponentially, and is not solved anew


@model_of(gyroscopes.gyroscope, rate=0.0, bias=0.0)
def gyroscope(asked: Asked) -> SDict:
    """Model of `gyroscope`: o1 the source's, o2 the detector's; `rate` [rad/s] as of the coil, `bias` [rad] added."""
    given, settings, xp = asked.plain(), asked.settings, namespace(asked.wl, asked.driven["bias"])
    line = Line(asked.cross_section, asked.corner)
    size = {key: given[key] for key in ("turns", "radius", "spacing")}
    wound = coillight.gyroscope_coil(**settings, **{**size, "turns": int(size["turns"])}, rate=asked.driven["rate"])
    half = xp.asarray(asked.driven["bias"]) / 2
    turned = {("o1", "o2"): xp.exp(1j * half), ("o2", "o1"): xp.exp(-1j * half)}
    biased = {pair: s * turned.get(pair, 1.0) for pair, s in wound.items()}
    sizes = lead_sizes(given["length_modulator"], size["turns"], size["radius"], size["spacing"], asked.cross_section)
    fan, out, back = (_bent(line, asked, one) for one in sizes)
    split = parts.mmi1x2_y(**settings)
    driven = circuits.phase_shifter_gsg(**settings, length=given["length_modulator"])
    shared = through(line.amplitude(asked.wl, given["length_filter"], asked.temperature))
    return joined(
        {
            "joint": split, "shared": shared, "split": split, "driven": driven, "coil": biased,
            "west1": fan, "west2": fan, "out1": out, "out2": out, "back1": back, "back2": back,
        },
        {
            "joint,o1": "shared,o1", "shared,o2": "split,o1", "joint,o2": "west1,o1", "joint,o3": "west2,o1",
            "split,o2": "out2,o1", "split,o3": "out1,o1", "out2,o2": "driven,o2", "out1,o2": "driven,o1",
            "driven,o3": "back2,o1", "driven,o4": "back1,o1", "back2,o2": "coil,o2", "back1,o2": "coil,o1",
        },
        {"o1": "west1,o2", "o2": "west2,o2"},
    )  # fmt: skip


def lead_sizes(
    length: float, turns: float, radius: float, spacing: float | None, cross_section: str
) -> tuple[tuple[float, float], ...]:
    """Length and step of the S-bends at the splitters, into the modulator and out of it [µm], as the cell has them."""
    port = splitter_cell(cross_section=cross_section).ports["o2"]
    made = modulator_cell(length=length, cross_section=cross_section)
    wound = coils.winding("gyroscope", int(turns), radius, spacing, None, (None, None), cross_section)
    aside = gyroscopes.step_bend(wound.spacing / 2 - abs(float(made.ports["o3"].center[1])), cross_section)
    return (
        gyroscopes.fan(port, cross_section),
        gyroscopes.lead_bend(port, made.ports["o2"], cross_section),
        aside,
    )


def _bent(line: Line, asked: Asked, size: tuple[float, float]) -> SDict:
    bend = s_bend(*size)
    return through(line.amplitude(asked.wl, bend.length, asked.temperature, None, Turn.along(bend)))


@dataclass(frozen=True)
class Told:
    """A drawn gyroscope as the solvers read it."""

    wound: Winding
    coil: coil.Coil
    n_g: Any  #: mean around a turn
    between: Any  #: guide between the middles of the modulator's two passes [m]
    crossing_db: Any  #: of all crossings, both ways over each [dB]
    crosstalk_db: Any  #: most that a turn hands to its neighbour: both alike, side by side all around [dB]. By the
    #: modes' tails alone: below some -60 dB scattered light is what matters.

    @property
    def proper(self) -> Any:
        """Best frequency of a modulation [Hz]."""
        return coil.proper_frequency(self.between, self.n_g)


@dataclass(frozen=True)
class Front:
    """What stands before the coil, as numbers, and the coil's parts by which a search goes on."""

    wound: Winding  #: of which turns and radius may be put in anew
    fixed_db: float  #: of all that light passes but coil and crossings; 6 of it are both splitters' own
    one_crossing_db: float  #: along y and along z together
    loss_db_m: float
    n_g: float
    lead: float  #: guide between the modulator's middle and the coil, both ends together [m]
    talk: float  #: n₊ - n₋ of neighbouring turns
    beside: float  #: width of the guide with what lies beside its core [µm]
    wavelength: float  #: [µm]

    def told(self, turns: Any, radius: Any) -> Told:
        """A coil of so many turns and such a radius [µm] behind it; both may be traced."""
        wound = Winding(turns, radius, self.wound.spacing, self.wound.bend, self.wound.crossing)
        length = jnp.asarray(wound.length, float) * 1e-6
        crossing = self.one_crossing_db * jnp.asarray(wound.crossings, float)
        diameter = 4 * jnp.asarray(wound.area, float) * 1e-12 / length
        made = coil.Coil(length, diameter, self.wavelength, self.loss_db_m, self.fixed_db + crossing)
        around = 2 * np.pi * (wound.radius + (wound.turns - 1) * wound.spacing) + 2 * wound.rows
        side = jnp.minimum(np.pi * self.talk / self.wavelength * around, np.pi / 2)  # all of it at π/2
        return Told(wound, made, self.n_g, length + self.lead, crossing, 20 * jnp.log10(jnp.sin(side)))


def front(
    spacing: float | None = None,
    length_modulator: float = 1000.0,
    length_filter: float = 500.0,
    *,
    other_loss_db: float = 6.0,
    wl: float = 1.55,
    cross_section: str = "rib",
    corner: str = "nominal",
) -> Front:
    """What `gyroscope` has beside its coil's turns and radius.

    Args:
        spacing: between neighbouring turns [µm]; the cell's own if not given.
        length_modulator: [µm].
        length_filter: [µm].
        other_loss_db: of all that is not on the chip between source and detector, both couplers to fibre included [dB].
        wl: wavelength [µm].
        cross_section: of the guides.
        corner: of the process.
    """
    settings: dict[str, Any] = {"wl": wl, "cross_section": cross_section, "corner": corner}
    wound = coils.winding("gyroscope", 2, 1e4, spacing, None, (None, None), cross_section)
    line, split = Line(cross_section, corner), parts.mmi1x2_y(**settings)
    driven = circuits.phase_shifter_gsg(**settings, length=length_modulator)["o1", "o4"]
    sizes = lead_sizes(length_modulator, 2, 1e4, spacing, cross_section)
    bends = [s_bend(*size).length for size in sizes]
    guides = abs(line.amplitude(wl, 2 * sum(bends) + 2 * length_filter, None))
    one, two = split["o1", "o2"], split["o1", "o3"]
    ideal = abs(2 * (one * two) ** 2)  # each way leaves by one arm and returns by the other; both add in the detector
    fixed = -20 * np.log10(float(ideal * abs(driven) ** 2 * guides)) + other_loss_db
    met = coillight.crossing(**settings)
    crossing = -20 * np.log10(float(abs(met["o1", "o3"] * met["o2", "o4"])))
    made = modulator_cell(length=length_modulator, cross_section=cross_section)
    lead = (float(made.info["length_um"]) + 2 * bends[2]) * 1e-6
    core = draw.core_width(cross_section)
    gap = wound.spacing - core
    talk = float(line.pair(min(gap, _NEAR)).splitting(wl, gap))
    beside = core + 2 * draw.reach(cross_section)
    loss = 100 * line.guide().loss
    return Front(wound, float(fixed), crossing, loss, _group_index(line, wl), lead, talk, beside, wl)


def told(turns: ArrayLike = 3, radius: ArrayLike = 500.0, **settings: Any) -> Told:
    """A gyroscope by its coil's turns and radius [µm], and the settings of `front`; the two may be traced."""
    return front(**settings).told(turns, radius)


def resonant(
    radius: float, gap: float | None = None, *, wl: float = 1.55, cross_section: str = "rib", corner: str = "nominal"
) -> ring.Loop:
    """A ring as `ring_single_y` draws it, for a resonant gyroscope: one turn, no crossing, and a finesse in its place.

    Args:
        radius: [µm].
        gap: to its bus [µm]; the process's own if not given.
        wl: wavelength [µm].
        cross_section: of ring and bus.
        corner: of the process.
    """
    line = Line(cross_section, corner)
    _, across = Loop(radius, 0.0, 0.0, line).coupling(wl, number(gap, "ring_gap"))
    return ring.Loop(2e-6 * radius, _group_index(line, wl), 100 * line.guide().loss, float(across) ** 2, wl)


def _group_index(line: Line, wl: float) -> float:
    """Mean around a turn, through all directions of the crystal: n - λ dn/dλ."""
    at = jnp.asarray(wl, float)
    n, slope = jax.jvp(lambda wave: line.index(wave, None, None, coillight.ROUND), (at,), (jnp.ones_like(at),))
    return float(n - at * slope)


models = {"gyroscope": gyroscope}
