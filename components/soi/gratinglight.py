"""Compact models of Bragg gratings: n_eff of both widths, what a step between them sends back, what teeth radiate.

The first from the fits of guides under oxide and in windows, the others from `compact.teeth` and `compact.radiation`;
rows of teeth are exact for these (`solvers.devices.bragg`). In a window `cladding` fills it as in `wetlight`. Left out:
how temperature moves a step's reflection, of the order of dn/dT; radiation in other corners than the nominal one, whose
is taken; that mask and etch round the teeth. Temperature and the medium's absorption come in by n_eff. At wavelengths
of another than the first or third order models refuse: second orders radiate up and down.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from lingnan.components.common import draw, windows
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.radiation import radiation
from lingnan.components.compact.sizes import settled, value
from lingnan.components.compact.teeth import teeth
from lingnan.components.compact.ways import Line, both_ways, plain
from lingnan.components.compact.wetlines import WetLine
from lingnan.components.compact.wetted import index_of
from lingnan.components.soi import gratinglines
from lingnan.components.soi import gratings as cells
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import materials
from lingnan.solvers.devices.bragg import Spectrum, grating, join, line
from lingnan.solvers.tracing import is_traced, namespace

if TYPE_CHECKING:
    import sax


@model_of(cells.bragg)
def bragg(asked: Asked) -> "sax.SDict":
    """Model of `bragg`."""
    return two_port(row(asked))


@model_of(cells.bragg_shifted)
def bragg_shifted(asked: Asked) -> "sax.SDict":
    """Model of `bragg_shifted`: two gratings and the groove between them."""
    return two_port(_rows(asked, _Guide.dry(asked), 2, "bragg_period"))


@model_of(cells.bragg_sensor, cladding="water")
def bragg_sensor(asked: Asked) -> "sax.SDict":
    """Model of `bragg_sensor`: all of it in the medium but the tapers."""
    return _in_window(asked, 1)


@model_of(cells.bragg_sensor_shifted, cladding="water")
def bragg_sensor_shifted(asked: Asked) -> "sax.SDict":
    """Model of `bragg_sensor_shifted`: as `bragg_shifted`, all of it in the medium but the tapers."""
    return _in_window(asked, 2)


@dataclass(frozen=True)
class _Guide:
    """The guide that has teeth, and the index of the medium over it."""

    line: Line
    medium: Any

    @staticmethod
    def dry(asked: Asked) -> "_Guide":
        """Under oxide."""
        return _Guide(Line(asked.cross_section, asked.corner), materials.index("SiO2", asked.wl, _kelvin(asked)).real)

    @staticmethod
    def wet(asked: Asked) -> "_Guide":
        """In a window."""
        medium = asked.driven["cladding"]
        n = index_of(medium, asked.wl, _kelvin(asked))
        return _Guide(WetLine(asked.cross_section, asked.corner, medium=medium), namespace(n).real(n))

    @property
    def loss_db_cm(self) -> float:
        """Of the straight guide."""
        return (self.line.wet() if isinstance(self.line, WetLine) else self.line.guide()).loss


def _kelvin(asked: Asked) -> Any:
    return active_process().corners[asked.corner].temperature if asked.temperature is None else asked.temperature


def _in_window(asked: Asked, rows: int) -> "sax.SDict":
    guide = _Guide.wet(asked)
    found = _rows(asked, guide, rows, "bragg_sensor_period")
    margin, given = asked.given["margin"], asked.given["width"]
    around = windows.margin_of(asked.name, None if margin is None else plain(asked.name, "margin", margin))
    own = draw.core_width(asked.cross_section)
    width = own if given is None else draw.even(plain(asked.name, "width", given))
    ends = guide.line.amplitude(asked.wl, around + windows.END, asked.temperature, width)
    if tapered := windows.taper_length(width, own):
        dry = WetLine(asked.cross_section, asked.corner, medium="SiO2")
        ends = ends * dry.tapered(asked.wl, tapered, asked.temperature, (width, None))
    return {pair: s * ends**2 for pair, s in two_port(found).items()}


def _rows(asked: Asked, guide: _Guide, rows: int, period_key: str) -> Spectrum:
    """One row of teeth or two alike with more groove between them, and as much guide as a groove at both ends."""
    process, given, wl = active_process(), asked.given, jnp.asarray(asked.wl, float)
    period = draw.snapped(settled(asked.name, "period", given["period"], period_key))
    low = draw.core_width(asked.cross_section) if given["width"] is None else given["width"]
    rise = 2 * value(asked.name, "depth", given["depth"], "bragg_depth")
    back = teeth(process, asked.cross_section, asked.corner).step(asked.wl, low, rise, guide.medium)
    one, two = (guide.line.index(asked.wl, asked.temperature, width) + 0j for width in (low, low + rise))
    order = (one + two).real * period / wl
    _check_order(asked, order)
    shed = radiation(process, asked.cross_section).loss(asked.wl, low, rise, guide.medium)
    own = 1e-4 * np.log(10) / 10 * guide.loss_db_cm
    taken, lost = (1j * wl / (4 * jnp.pi) * jnp.asarray(power) for power in (own, jnp.where(order > 2, shed, 0.0)))
    tooth, count = draw.snapped(period / 2), int(plain(asked.name, "periods", given["periods"])) // rows
    row = grating(one + taken + lost, two + taken + lost, period, count, wl, tooth / period, back)
    total = row
    if rows == 2:
        total = join(join(row, line(one + taken, given["shift"] * period, wl)), row)
    return join(total, line(one + taken, period - tooth, wl))


def _check_order(asked: Asked, order: Any) -> None:
    """Refuse wavelengths of orders that are not modelled."""
    if is_traced(order):
        return
    found = np.asarray(order, float)
    off = np.min([np.abs(found - one) for one in gratinglines.ORDERS], axis=0)
    if off.max() > 0.5:
        worst = found.flat[int(off.argmax())]
        raise LingnanError(
            f"model of {asked.name}: at wl = {np.broadcast_to(asked.wl, found.shape).flat[int(off.argmax())]:g} µm the "
            f"period is {worst:.2f} half waves, and gratings of first and third order are modelled, within half an "
            "order. Use another period, or a wavelength nearer to the grating's line."
        )


def row(asked: Asked) -> Spectrum:
    """What `bragg` is asked for, as a piece of guide to join to others."""
    return _rows(asked, _Guide.dry(asked), 1, "bragg_period")


def two_port(found: Spectrum) -> "sax.SDict":
    """Of amplitudes at both ends."""
    return both_ways({("o1", "o1"): found.r, ("o1", "o2"): found.t, ("o2", "o2"): found.r_back})


models: dict[str, Any] = {f.__name__: f for f in (bragg, bragg_shifted, bragg_sensor, bragg_sensor_shifted)}
