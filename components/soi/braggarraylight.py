"""Compact model of Bragg gratings on one guide: `bragg` after `bragg`, with guide between them.

A strained grating at a wavelength is the one at rest at another one, farther by the share of the shift
(`gratinglines`); strained links change phases alone, which is left out.
"""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp

from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.ways import Line
from lingnan.components.soi import braggarrays, gratinglines
from lingnan.components.soi.gratinglight import row, two_port
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.devices.bragg import Spectrum, join

if TYPE_CHECKING:
    import sax


@model_of(braggarrays.bragg_array, along=0.0, across=0.0)
def bragg_array(asked: Asked) -> "sax.SDict":
    """Model of `bragg_array`: all that gratings send to and fro; strains are of all alike, or one for each (N,)."""
    given = asked.plain()
    count, periods = int(given["count"]), int(given["periods"])
    sizes: dict[str, Any] = {**given, "count": count, "periods": periods}
    drawn = braggarrays.bragg_array(**sizes)
    strains = [_each(asked, name, count) for name in ("along", "across")]
    guide, total = Line(asked.cross_section, asked.corner), None
    between = guide.amplitude(asked.wl, drawn.info["link_um"], asked.temperature)
    link = Spectrum(jnp.zeros_like(between), between, jnp.zeros_like(between))
    for period, along, across in zip(
        braggarrays.periods_of(count, given["period"], given["step"]), *strains, strict=True
    ):
        wl = jnp.asarray(asked.wl, float) / (1 + gratinglines.moved(asked.cross_section, along, across))
        settings = {"periods": periods, "period": period, "depth": asked.given["depth"], "width": None}
        settings["cross_section"] = asked.cross_section
        piece = row(Asked("bragg", settings, wl, asked.temperature, asked.corner, {}))
        total = piece if total is None else join(join(total, link), piece)
    assert total is not None
    return two_port(total)


def _each(asked: Asked, name: str, count: int) -> list[Any]:
    """A strain of every grating."""
    given = jnp.asarray(asked.driven[name], float)
    if given.ndim and given.shape != (count,):
        raise LingnanError(
            f"model of {asked.name}: {name} has the shape {given.shape}, and there are {count} gratings. Give one "
            f"number, or {count}."
        )
    return list(jnp.broadcast_to(given, (count,)))


models: dict[str, Any] = {"bragg_array": bragg_array}
