"""Compact models of Bragg gratings, exact for what their steps send back: n_eff of both widths and `compact.teeth`.

Temperature comes in by n_eff; that of what a step sends back, of the order of dn/dT, is left out. Left out is what a
grating of third order radiates: 0.0004/µm of the power with the process's own teeth (`solvers.devices.vectorial`, 100
modes), 8 % over their 200 periods. At wavelengths of another than the first or third order models refuse.
"""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from lingnan.components.common import draw
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import settled, value
from lingnan.components.compact.teeth import teeth
from lingnan.components.compact.ways import Line, both_ways, plain
from lingnan.components.soi import gratings as cells
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import materials
from lingnan.solvers.devices.bragg import Spectrum, grating, join, line
from lingnan.solvers.waveguides.media import is_traced

if TYPE_CHECKING:
    import sax

ORDERS = (1, 3)


@model_of(cells.bragg)
def bragg(asked: Asked) -> "sax.SDict":
    """Model of `bragg`."""
    return _two_port(_rows(asked, (_count(asked),), "bragg_period"))


def _count(asked: Asked) -> int:
    return int(plain(asked.name, "periods", asked.given["periods"]))


def _rows(asked: Asked, counts: tuple[int, ...], period_key: str, extra: Any = 0.0) -> Spectrum:
    """Rows of teeth, with `extra` [periods] more groove between them, and as much guide as a groove at both ends."""
    guide = Line(asked.cross_section, asked.corner)
    period = draw.snapped(settled(asked.name, "period", asked.given["period"], period_key))
    width = asked.given["width"]
    low = draw.core_width(asked.cross_section) if width is None else width
    depth = value(asked.name, "depth", asked.given["depth"], "bragg_depth")
    rise = 2 * depth
    kelvin = active_process().corners[asked.corner].temperature if asked.temperature is None else asked.temperature
    medium = materials.index("SiO2", asked.wl, kelvin).real
    taken = 1e-4 * np.log(10) / 10 * guide.guide().loss / (4 * np.pi) * jnp.asarray(asked.wl)  # as Im n_eff
    one, two = (guide.index(asked.wl, asked.temperature, w) + 1j * taken for w in (low, low + rise))
    _check_order(asked, (one + two).real * period / jnp.asarray(asked.wl))
    back = teeth(active_process(), asked.cross_section, asked.corner).step(asked.wl, low, rise, medium)
    tooth = draw.snapped(period / 2)
    duty, total = tooth / period, None
    for count in counts:
        row = grating(one, two, period, count, asked.wl, duty, back)
        total = row if total is None else join(join(total, line(one, extra, asked.wl)), row)
    assert total is not None
    return join(total, line(one, period - tooth, asked.wl))


def _check_order(asked: Asked, order: Any) -> None:
    """Refuse wavelengths of orders that are not modelled."""
    if is_traced(order):
        return
    found = np.asarray(order, float)
    off = np.min([np.abs(found - one) for one in ORDERS], axis=0)
    if off.max() > 0.5:
        worst = found.flat[int(off.argmax())]
        raise LingnanError(
            f"model of {asked.name}: at wl = {np.broadcast_to(asked.wl, found.shape).flat[int(off.argmax())]:g} µm the "
            f"period is {worst:.2f} half waves, and gratings of first and third order are modelled, within half an "
            "order. Use another period, or a wavelength nearer to the grating's line."
        )


def _two_port(found: Spectrum) -> "sax.SDict":
    return both_ways({("o1", "o1"): found.r, ("o1", "o2"): found.t, ("o2", "o2"): found.r_back})


models: dict[str, Any] = {f.__name__: f for f in (bragg,)}
