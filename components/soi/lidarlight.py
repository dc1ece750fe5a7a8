"""Compact models of the silicon line's lidar cells, named like them: from the guide to what antennas send up.

With the parameters of their cells, `wl` [µm], `temperature` [K] and `corner`, and `heating` [K]. Emission is that of
`emission`; far fields are `solvers.lidar.farfield`'s of what these give. Phases at antennas are those where their
gratings begin. Arrays are the product of what light meets on its way, without what splitters send back.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import constants

from lingnan.components.common import draw
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.ways import Line, SDict, both_ways, plain
from lingnan.components.process import number
from lingnan.components.soi import antennas, circuits, emission, engines, light, parts, phasedarrays
from lingnan.components.soi.antennas import Teeth
from lingnan.components.soi.legs import bend_of
from lingnan.solvers.detectors import HybridReceiver
from lingnan.solvers.tracing import is_traced, namespace

_NODES = 12  #: wavelengths at which antennas are summed, where more are asked for
_GRATING = ("length", "period", "period_end", "fill", "width", "bite", "bite_end", "taper", "cross_section")


def _teeth(asked: Asked) -> Teeth:
    given = asked.plain()
    return antennas.teeth_of(asked.name, **{name: given[name] for name in _GRATING})


def _sent(asked: Asked, teeth: Teeth) -> tuple[Any, Any]:
    """Amplitudes of what an antenna sends up and of what is left behind it, over wavelength; smooth, so that many
    wavelengths are read from a polynomial through a few, where they are known."""
    sizes, corner, kelvin = emission.sizes_of(teeth), asked.corner, asked.temperature

    def shares(wave: Any) -> tuple[Any, Any]:
        up = emission.efficiency(emission.along(sizes, wave, kelvin, corner))
        return up, emission.left(sizes, wave, kelvin, corner)

    if is_traced(asked.wl, kelvin):
        traced = jnp.asarray(asked.wl, float)
        sent, kept = jax.vmap(shares)(traced.ravel())
        return jnp.sqrt(sent).reshape(traced.shape), jnp.sqrt(kept).reshape(traced.shape)
    waves = np.asarray(asked.wl, float)
    low, high = waves.min(), waves.max()
    few = nodes(low, high, _NODES) if waves.size > _NODES and high > low else waves.ravel()
    up, left = np.array([shares(float(one)) for one in few]).T
    if few.size == waves.size:
        return np.sqrt(up).reshape(waves.shape), np.sqrt(left).reshape(waves.shape)
    sent, kept = (Surface.through((low, high), (0.0, 1.0), np.sqrt(one)[:, None]) for one in (up, left))
    return sent(waves, 0.5), kept(waves, 0.5)


@model_of(antennas.grating_antenna)
def grating_antenna(asked: Asked) -> SDict:
    """Model of `grating_antenna`: o1-o2 is what is left, o1-o3 what leaves upwards in all; nothing comes back."""
    teeth = _teeth(asked)
    line, wl, kelvin = Line(asked.cross_section, asked.corner), asked.wl, asked.temperature
    led: Any = line.tapered(wl, teeth.taper, kelvin, (None, teeth.width)) if teeth.taper else 1.0
    inside = line.amplitude(wl, teeth.length, kelvin, teeth.width)
    sent, left = _sent(asked, teeth)
    zero = 0.0 * led
    return both_ways(
        {
            ("o1", "o2"): led**2 * inside * left, ("o1", "o3"): led * sent, ("o2", "o3"): zero, ("o1", "o1"): zero,
            ("o2", "o2"): zero, ("o3", "o3"): zero,
        }
    )  # fmt: skip


@model_of(phasedarrays.phased_array, heating=0.0)
def phased_array(asked: Asked) -> SDict:
    """Model of `phased_array`: from o1 to each antenna; `heating` [K]: one number, or one for each channel.

    Warns as the cell does, for the shortest wavelength where that is known.
    """
    given, teeth = asked.plain(), _teeth(asked)
    plan = phasedarrays.plan_of(
        asked.name, int(given["antennas"]), given["pitch"], given["pitch_end"], given["pitch_power"],
        given["pitch_channel"], given["length_heater"], teeth, asked.cross_section,
    )  # fmt: skip
    line, wl, kelvin = Line(asked.cross_section, asked.corner), asked.wl, asked.temperature
    if not is_traced(wl):
        phasedarrays.look_around(plan, given["view_deg"], float(np.min(np.asarray(wl))))
    fork, bend = parts.mmi1x2(**asked.settings), light.bend_euler(**asked.settings)["o1", "o2"]
    way = phasedarrays.way_of(plan, asked.cross_section)
    common = (fork["o1", "o2"] * bend**2) ** plan.stages * line.amplitude(wl, way, kelvin)
    if teeth.taper:
        common = common * line.tapered(wl, teeth.taper, kelvin, (None, teeth.width))
    sent, _ = _sent(asked, teeth)
    count = len(plan.heights)
    xp = namespace(asked.driven["heating"])
    warm = xp.broadcast_to(xp.asarray(asked.driven["heating"], float), (count,))
    found: dict[tuple[str, str], Any] = {}
    for index in range(count):
        arm: dict[str, Any] = {"length": plan.heater, "heating": warm[index]}
        heated = circuits.phase_shifter_heater(**asked.settings, **arm)["o1", "o2"]
        found["o1", f"o{index + 2}"] = common * heated * sent
    zero = 0.0 * common
    names = [f"o{index}" for index in range(1, count + 2)]
    return both_ways({**{(a, b): zero for a in names for b in names if a <= b}, **found})


def excitation(made: SDict) -> Any:
    """Amplitudes of an array's antennas, from south to north, out of its model: (N,)."""
    count = len({two for _, two in made}) - 1
    return jnp.stack([jnp.asarray(made["o1", f"o{index + 2}"]) for index in range(count)])


@model_of(engines.hybrid_90, heating=0.0)
def hybrid_90(asked: Asked) -> SDict:
    """Model of `hybrid_90`: from either input to the four outputs; `heating` [K] turns the oscillator's second arm."""
    line, wl, kelvin, name = Line(asked.cross_section, asked.corner), asked.wl, asked.temperature, asked.name
    quarter, depth, half, radius = engines.rows(name, asked.cross_section)
    turn = bend_of(name, asked.cross_section)[1]
    made = engines.hybrid_90(**asked.plain())
    long, heater = made.info["arm_um"], made.info["heater_um"]
    fork, mixer = parts.mmi1x2(**asked.settings), parts.mmi2x2(**asked.settings)
    cross = parts.crossing(**asked.settings)["o1", "o3"]
    ends = 4 * (turn - radius) + 2 * quarter - made.info["ports_um"]

    def arm(more: float, crosses: bool) -> Any:
        way = line.amplitude(wl, ends + long + more - 2 * half * crosses, kelvin)
        return way * cross if crosses else way

    down = 2 * turn + 2 * quarter - 4 * radius
    up = 2 * (2 * turn + quarter - 4 * radius)
    warm: dict[str, Any] = {"length": heater, "heating": asked.driven["heating"]}
    heated = circuits.phase_shifter_heater(**asked.settings, **warm)["o1", "o2"]
    dipped = arm(4 * (turn - radius) + 2 * (depth - 2 * radius) - heater, False) * heated
    arms = {"o2": (arm(0.0, False), arm(down, True)), "o1": (arm(up, True), dipped)}
    zero = 0.0 * dipped
    names = [f"o{index}" for index in range(1, 7)]
    found: dict[tuple[str, str], Any] = {(a, b): zero for a in names for b in names if a <= b}
    for port, ways in arms.items():
        for index, way in enumerate(ways):
            for out in (3, 4):
                found[port, f"o{out + 2 * index}"] = fork["o1", "o2"] * way * mixer[port, f"o{out}"]
    return both_ways(found)


class Light(NamedTuple):
    """What an engine does to fields, over those in the laser's and the return's guide."""

    out: Any  #: of what goes out
    receiver: HybridReceiver  #: its `local` is for the whole of the laser's light
    reference: Any  #: of what goes into the interferometer of known delay
    delay: Any  #: of that interferometer, by the group index [s]


def _tapped(asked: Asked) -> tuple[Any, SDict]:
    """An engine as it is drawn, and its tap."""
    given: dict[str, Any] = {**asked.plain(), "turns": int(plain(asked.name, "turns", asked.given["turns"]))}
    made = engines.fmcw_engine(**given)
    tapped: dict[str, Any] = {
        "gap": made.info["gap_um"], "length": given["length_tap"], "dy": draw.even(number(None, "tap_distance"))
    }  # fmt: skip
    return made, light.coupler(**asked.settings, **tapped)


@model_of(engines.fmcw_engine, heating=0.0)
def engine(asked: Asked) -> Any:
    """`Light` of `fmcw_engine` at one wavelength; responsivity is the diodes' matter, and 1 here."""
    made, tap = _tapped(asked)
    given, line, wl, kelvin = asked.given, Line(asked.cross_section, asked.corner), asked.wl, asked.temperature
    fork = parts.mmi1x2(**asked.settings)["o1", "o2"]
    mixed = hybrid_90(**asked.settings, length_heater=given["length_heater"], heating=asked.driven["heating"])
    back = line.amplitude(wl, made.info["return_um"], kelvin)
    taken = tap["o1", "o3"] * line.amplitude(wl, made.info["local_um"], kelvin) * fork
    local = taken * line.amplitude(wl, made.info["split_um"], kelvin)
    fields = [jnp.stack([jnp.asarray(mixed[port, f"o{k}"]) for k in range(3, 7)]) for port in ("o2", "o1")]
    delay = line.guide().n_g(wl, None, kelvin) * made.info["delay_um"] * 1e-6 / constants.c
    out = tap["o1", "o4"] * line.amplitude(wl, made.info["out_um"], kelvin)
    return Light(out, HybridReceiver(fields[0] * back, fields[1] * local), taken, delay)


@model_of(engines.fmcw_engine, heating=0.0)
def fmcw_engine(asked: Asked) -> SDict:
    """Model of `fmcw_engine`: from the laser to what goes out; what its diodes make of the return is `engine`'s."""
    made, tap = _tapped(asked)
    way = Line(asked.cross_section, asked.corner).amplitude(asked.wl, made.info["out_um"], asked.temperature)
    out, names = tap["o1", "o4"] * way, ("o1", "o2", "o3")
    return both_ways({**{(a, b): 0.0 * out for a in names for b in names if a <= b}, ("o1", "o3"): out})


models: dict[str, Any] = {f.__name__: f for f in (grating_antenna, phased_array, hybrid_90, fmcw_engine)}
