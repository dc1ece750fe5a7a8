"""Racetracks in a liquid over the width of their guide and the gap to their bus, TE or TM, for searches.

The mode of the strip in the liquid and the supermodes of two of them are solved at nodes of width and gap; between them
are surfaces, which differentiate. Couplers count bends as the cells' models do (`compact.leans`); what walls and bends
lose and what leaks into the substrate is that of `wetloss`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common.curves import Curve, euler
from lingnan.components.common.sizing import Ranges
from lingnan.components.compact import leans, pairs
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.soi import wetloss
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import sensors

_WIDTHS, _GAPS, _ALIKE, _BENT = 6, 5, 5, 10  #: nodes of a guide's width, of gap and width of pairs, of width in bends
_SPAN = 0.5  #: µm of gaps that are solved, from the least on
_LEAST = 1e-3  #: dB, below which bends count for nothing
_FLAT = (0.0, 1.0)
_GUIDE = tuple(field.name for field in fields(sensors.Guide) if field.name not in ("wavelength", "surface"))


@dataclass(frozen=True)
class Section:
    """A strip in a liquid over its width, and two of them over their gap."""

    wavelength: float  #: [µm]
    guide: Mapping[str, Surface]  #: of 1/width: what `sensors.Guide` holds
    pair: Surface  #: ln(n₊ - n₋) of gap and 1/width
    lean: float  #: slope of the tail in a bend [µm]
    leak: Surface  #: ln of what a straight guide leaks into the substrate [dB/cm], of 1/width
    bends: Surface  #: ln of what both ends of the racetrack radiate, and `_LEAST` [dB], of 1/width
    known_slope: Any = None  #: of n_eff by the width, where it is not that of the fit [1/µm]

    def at(self, width: Any) -> sensors.Guide:
        """The guide of a width [µm], smooth and straight."""
        return sensors.Guide(self.wavelength, **{name: one(1 / width, 0.5) for name, one in self.guide.items()})

    def slope(self, width: Any) -> Array:
        """Of n_eff by the width [1/µm]."""
        if self.known_slope is not None:
            return jnp.asarray(self.known_slope)
        wide = jnp.asarray(width, float)
        return jax.jvp(lambda w: self.guide["n_eff"](1 / w, 0.5), (wide,), (jnp.ones_like(wide),))[1]

    def leak_db_cm(self, width: Any) -> Array:
        """What a straight guide leaks into the substrate [dB/cm]."""
        return jnp.exp(self.leak(1 / width, 0.5))

    def turned_db(self, width: Any) -> Array:
        """What both ends radiate in a round trip [dB]."""
        return jnp.exp(self.bends(1 / width, 0.5)) - _LEAST

    def splitting(self, gap: Any, width: Any) -> Array:
        """n₊ - n₋; beyond the solved gaps it falls on along its last slope."""
        low, high = self.pair.x
        inside = jnp.clip(gap, low, high)
        step = 1e-3
        slope = (self.pair(high, 1 / width) - self.pair(high - step, 1 / width)) / step
        return jnp.exp(self.pair(inside, 1 / width) + slope * (gap - inside))


@dataclass(frozen=True)
class Ask:
    """What is searched, but for the numbers that are free."""

    polarization: str
    liquid: str
    radius: float
    wavelength: float
    corner: str

    @property
    def end(self) -> Curve:
        """Half of the racetrack's bends."""
        return euler(self.radius, 180.0, 0.5, 1.0)

    @property
    def medium(self) -> float:
        """Index of the liquid, without what it absorbs."""
        return wetloss.index(self.liquid, self.wavelength)

    def section(self, process: Process, free: Ranges) -> Section:
        """Solve at all nodes."""
        inverse = 1 / free["width"][1], 1 / free["width"][0]
        widths = 1 / nodes(*inverse, _WIDTHS)
        found = [self.solved(process, float(w)) for w in widths]
        table = {name: np.array([[float(getattr(one, name))] for one in found]) for name in _GUIDE}
        guide = {name: Surface.through(inverse, _FLAT, values) for name, values in table.items()}
        near = free["gap"][0], min(free["gap"][1], free["gap"][0] + _SPAN)
        gaps, alike = nodes(*near, _GAPS), 1 / nodes(*inverse, _ALIKE)
        values = np.log([[self.exchange(process, float(g), float(w)) for w in alike] for g in gaps])
        if not np.all(np.isfinite(values)):
            raise LingnanError(
                f"optimise: the odd {self.polarization} supermode is not guided for widths from {free['width'][0]:g} "
                f"and gaps from {free['gap'][0]:g} µm. Use a wider guide."
            )
        lean = leans.slopes(
            process, "strip", self.corner, float(np.mean(free["width"])), 0.0, self.liquid, te=self.te
        )(self.wavelength)  # fmt: skip
        turned = np.log([[self.turned(process, float(w)) + _LEAST] for w in 1 / nodes(*inverse, _BENT)])
        bends = Surface.through(inverse, _FLAT, turned)
        leaked = np.log([[self.leaked(process, float(w))] for w in 1 / nodes(*inverse, _BENT)])
        leak = Surface.through(inverse, _FLAT, leaked)
        return Section(self.wavelength, guide, Surface.through(near, inverse, values), lean, leak, bends)

    @property
    def te(self) -> bool:
        """Whether the light is TE."""
        return self.polarization == "te"

    def solved(self, process: Process, width: float) -> sensors.Guide:
        """One guide by the mode solver."""
        made = optics.geometry(process, "strip", corner=self.corner, width=jnp.asarray(width), cladding=self.liquid)
        kelvin = process.corners[self.corner].temperature
        return sensors.response(made, "cladding", self.wavelength, mode=0 if self.te else 1, temperature=kelvin)

    def leaked(self, process: Process, width: float) -> float:
        """What a straight guide leaks into the substrate [dB/cm], by the mode solver."""
        return wetloss.leak(process, self.corner, self.wavelength, self.medium, width, te=self.te)

    def turned(self, process: Process, width: float) -> float:
        """What both ends radiate in a round trip [dB], by the mode solver."""
        there = process, self.corner, self.wavelength, self.medium, width
        return 2 * wetloss.along(*there, self.end, te=self.te)

    def exchange(self, process: Process, gap: float, width: float) -> float:
        """n₊ - n₋ of one pair by the mode solver."""
        made = pairs.beside(process, "strip", self.corner, 0.5, width, 0.0, self.liquid)(jnp.asarray(gap))
        return float(pairs.splitting_of(made, jnp.asarray(self.wavelength), self.te))


def ring(process: Process, section: Section, ask: Ask, width: Any, gap: Any, length_x: Any) -> sensors.Ring:
    """The racetrack as `ring_sensor` draws it, with the loss of liquid, walls, substrate and bends."""
    half = ask.end
    quarter = slice(0, int(np.argmax(half.x)) + 1)
    steps, middle = np.diff(half.s[quarter]), (half.y[quarter][1:] + half.y[quarter][:-1]) / 2
    bent = np.exp(section.lean * np.diff(half.angle[quarter]) / steps)
    turned = jnp.sum(section.splitting(gap + middle, width) * (bent * steps))
    phase = jnp.pi / ask.wavelength * (section.splitting(gap, width) * length_x + 2 * turned)
    guide, length = section.at(width), 2 * (half.length + length_x)
    rough = wetloss.walls(process, ask.corner, ask.wavelength, ask.medium, guide.n_eff, section.slope(width))
    loss = guide.loss_db_cm + rough + section.leak_db_cm(width) + 1e4 * section.turned_db(width) / length
    return sensors.Ring(replace(guide, loss_db_cm=loss), length, jnp.sin(phase) ** 2)
