"""Compact models of the silicon line's Fourier-transform spectrometers and rows of rings: circuits of their parts.

Light goes on from part to part; what splitters and terminators send back is left out between parts, and kept inside an
interferometer.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jax import Array

from lingnan.components.common import draw
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.ways import Line, plain, through
from lingnan.components.soi import circuits, interferograms, light, parts, ringrows

if TYPE_CHECKING:
    import sax


def _between(asked: Asked, delays: Sequence[float]) -> Array:
    """Amplitudes from one end of interferometers to the other, (delays, ...): all in one circuit."""
    plans = [interferograms.delay_of(draw.even(delay), asked.cross_section) for delay in delays]
    line = Line(asked.cross_section, asked.corner)
    seen = np.broadcast_shapes(*(np.shape(one) for one in (asked.wl, asked.temperature) if one is not None))
    along, guide, more = (
        np.reshape([getattr(plan, name) for plan in plans], (-1, *(1 for _ in seen)))
        for name in ("along", "guide", "more")
    )
    upper, lower = (line.amplitude(asked.wl, long, asked.temperature) for long in (along, guide))
    rise = interferograms.RISE
    found = circuits.interferometer(("mmi1x2", "mmi1x2"), (upper, lower), (rise, rise + more), asked.settings)
    return found["o1", "o2"]


@model_of(interferograms.delay_interferometer)
def delay_interferometer(asked: Asked) -> "sax.SDict":
    """Model of `delay_interferometer`: what comes through; what comes back is left out."""
    return through(_between(asked, [plain(asked.name, "delay", asked.given["delay"])])[0])


@model_of(interferograms.fourier_spectrometer)
def fourier_spectrometer(asked: Asked) -> "sax.SDict":
    """Model of `fourier_spectrometer`: from the input to every output."""
    count = int(plain(asked.name, "count", asked.given["count"]))
    step, section = plain(asked.name, "step", asked.given["step"]), asked.cross_section
    made = interferograms.fourier_spectrometer(count=count, step=step, cross_section=section)
    rows = interferograms.rows_of(count, step, section)
    split = parts.models["mmi1x2"](**asked.settings)["o1", "o2"]
    legs = interferograms.leg_lengths(rows, section)
    line = Line(section, asked.corner)
    found: dict[str, Array] = {}
    for number, (leg, between) in enumerate(zip(legs, _between(asked, rows.delays), strict=True), 2):
        led = line.amplitude(asked.wl, leg + made.info[f"lead_o{number}_um"], asked.temperature)
        found[f"o{number}"] = split ** len(rows.nodes) * led * between
    return circuits.outward(found)


@model_of(ringrows.ring_filters)
def ring_filters(asked: Asked) -> "sax.SDict":
    """Model of `ring_filters`: to every drop what the rings before have left, and what all have left."""
    settings = asked.plain()
    for name in ("count", "order"):
        settings[name] = int(settings[name])
    made = ringrows.ring_filters(**settings)
    line = Line(asked.cross_section, asked.corner)
    link = line.amplitude(asked.wl, made.info["link_um"], asked.temperature)
    turn = light.bend_euler(**asked.settings)["o1", "o2"]
    found: dict[str, Array] = {}
    left: Any = 1.0
    for index in range(1, settings["count"] + 1):
        ring = light.racetrack_double(
            **asked.settings, radius=settings["radius"], length_x=made.info[f"length_x_{index}_um"],
            gap=settings["gap"], p=ringrows.EULER,
        )  # fmt: skip
        found[f"o{index + 1}"] = left * ring["o1", "o2"] * turn
        left = left * ring["o1", "o4"] * (link if index < settings["count"] else 1.0)
    found[f"o{settings['count'] + 2}"] = left
    return circuits.outward(found)


models: dict[str, Any] = {f.__name__: f for f in (delay_interferometer, fourier_spectrometer, ring_filters)}
