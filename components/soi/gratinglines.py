"""Lines of Bragg gratings as gauges: where they lie, how wide they are, and what strain and temperature do to them.

A line of order m lies where its period is m half waves, λ = 2 (n1 g + n2 t)/m with the indices of groove and tooth. By
strain it answers as the mode of the cross-section's own width does (`compact.strains`), in a film that is free upwards
and whose own Poisson's ratio is oxide's; with silicon's, 0.28, both answers are 0.014 smaller. Temperature moves it by
the guide's dn/dT; what the chip's expansion does is a strain, and counts as one.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.compact import strains, teeth
from lingnan.components.compact.ways import Line
from lingnan.pdk import active_process
from lingnan.solvers import materials
from lingnan.solvers.devices import bragg
from lingnan.solvers.mechanics import plates
from lingnan.solvers.mechanics.strain import Line as GaugeLine

ORDERS = (1, 3)  #: that are modelled: second orders radiate up and down
WARMER = 1.0  #: K over which the thermal answer is taken
_BESIDE = 1e-4  #: µm over which the group index is taken


class Grating(NamedTuple):
    """A row of teeth as drawn [µm]."""

    period: float
    periods: int
    depth: float
    width: float
    cross_section: str = "strip"
    corner: str = "nominal"

    @property
    def tooth(self) -> float:
        """Of a period."""
        return draw.snapped(self.period / 2)

    def n_eff(self, wl: ArrayLike, temperature: ArrayLike | None) -> Array:
        """Mean n_eff along it, (n1 g + n2 t)/Λ."""
        guide, share = Line(self.cross_section, self.corner), self.tooth / self.period
        low, high = (guide.index(wl, temperature, width) for width in (self.width, self.width + 2 * self.depth))
        return (1 - share) * jnp.asarray(low) + share * jnp.asarray(high)

    def n_g(self, wl: ArrayLike, temperature: ArrayLike | None) -> Array:
        """n - λ dn/dλ of that mean."""
        wave = jnp.asarray(wl)
        low, high = (self.n_eff(wave + side * _BESIDE, temperature) for side in (-1, 1))
        return self.n_eff(wave, temperature) - wave * (high - low) / (2 * _BESIDE)

    def order(self, near: float = strains.WAVELENGTH) -> int:
        """Half waves in a period, of the orders that are modelled the nearest to a wavelength [µm]."""
        waves = float(2 * self.n_eff(near, None) * self.period / near)
        return min(ORDERS, key=lambda order: abs(order - waves))

    def line(self, temperature: ArrayLike | None = None, near: float = strains.WAVELENGTH) -> Array:
        """Where it reflects most [µm].

        Args:
            temperature: [K]; None: the corner's.
            near: a wavelength that tells the order [µm].
        """
        order, wave = self.order(near), jnp.asarray(near)
        slope = order * self.n_g(near, None) / self.n_eff(near, None)
        for _ in range(6):  # what is left of the slope's error is a few per cent of each step
            wave = wave + (2 * self.n_eff(wave, temperature) * self.period - order * wave) / slope
        return wave

    @property
    def coupling(self) -> float:
        """Two steps a period [1/µm]."""
        oxide = materials.index("SiO2", strains.WAVELENGTH, active_process().corners[self.corner].temperature).real
        found = teeth.teeth(active_process(), self.cross_section, self.corner)
        return abs(2 * float(found.step(strains.WAVELENGTH, self.width, 2 * self.depth, oxide)) / self.period)

    @property
    def band(self) -> float:
        """From zero to zero beside the line [µm]."""
        wave = self.line()
        return float(bragg.bandwidth(self.coupling, self.periods * self.period, wave, self.n_g(wave, None)))

    def gauge(self) -> GaugeLine:
        """As a strain gauge: wavelength, and dλ/λ by strain along it, across it, and by temperature [1/K]."""
        wave, held = self.line(), answers(self.cross_section)
        kelvin = active_process().corners[self.corner].temperature
        warm = self.line(kelvin + WARMER) - self.line(kelvin - WARMER)
        return GaugeLine(float(wave), held.along, held.across, float(warm / (2 * WARMER * wave)))


def answers(cross_section: str) -> GaugeLine:
    """To strain alone, of a guide as the process has it."""
    return strains.gauge(active_process(), cross_section).line(plates.FUSED_SILICA.poisson)


def moved(cross_section: str, along: ArrayLike, across: ArrayLike) -> Array:
    """dλ/λ by strains along and across."""
    held = answers(cross_section)
    return held.along * jnp.asarray(along) + held.across * jnp.asarray(across)


def free_range(grating: Grating) -> float:
    """From a line to the next order's, which is shorter [µm]: λ n/(m n_g + n), with an index linear in 1/λ."""
    wave = grating.line()
    n, n_g = grating.n_eff(wave, None), grating.n_g(wave, None)
    return float(wave * n / (grating.order() * n_g + n))
