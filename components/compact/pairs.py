"""Two equal guides of the line side by side: how fast light changes sides, over wavelength and gap, for compact models.

Supermodes by `lingnan.solvers.waveguides` at Chebyshev nodes of wavelength and gap; the logarithm of n₊ - n₋ is
fitted, as in `lingnan.solvers.devices.coupler`. Solved when first asked for and remembered for the process's hash: a
few seconds.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides

#: Gaps that are solved, above the smallest asked for [µm]; the fall beyond is exponential.
SPAN, GAPS, WAVES = 0.45, 4, 4

_solved: "dict[tuple[str, str, float, float, str], Pair]" = {}


@dataclass(frozen=True)
class Pair:
    """ln(n₊ - n₋) of wavelength and gap."""

    logarithm: Surface
    band: tuple[float, float]
    low: float  #: smallest gap solved [µm]

    def splitting(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """n₊ - n₋, broadcast over wavelength and gap [µm]; beyond the solved gaps it falls on along its last slope."""
        high = self.low + SPAN
        gap = jnp.asarray(gap, float)
        inside = jnp.clip(gap, self.low, high)
        edge = jnp.asarray(high)
        _, slope = jax.jvp(lambda g: self.logarithm(wl, g), (edge,), (jnp.asarray(1.0),))
        return jnp.exp(self.logarithm(wl, inside) + slope * (gap - inside))

    def phase(self, wl: ArrayLike, gap: ArrayLike, length: ArrayLike) -> Array:
        """φ of a straight length [µm]: sin² φ of the power has changed sides."""
        return jnp.pi / jnp.asarray(wl) * self.splitting(wl, gap) * jnp.asarray(length)

    def phase_along(self, wl: ArrayLike, gaps: np.ndarray, steps: np.ndarray) -> Array:
        """φ of guides whose gap changes: pieces of length `steps` at `gaps`, both (pieces,) [µm], added up."""
        wl = jnp.asarray(wl, float)
        return jnp.pi / wl * jnp.sum(self.splitting(wl[..., None], gaps) * steps, axis=-1)


def pair(process: Process, cross_section: str, gap: float, centre: float, corner: str = "nominal") -> Pair:
    """Two guides of a cross-section from `gap` [µm] up, in a band of ±50 nm about `centre` [µm]."""
    low = round(np.floor(gap / 0.05 + 1e-6) * 0.05, 6)  # so that neighbouring gaps share one solution
    middle = round(centre * 10) / 10
    if low <= 0:
        raise LingnanError(
            f"model of two {cross_section} guides: gap = {gap:g} µm is not above 0.05 µm. Use a larger gap."
        )
    key = (process.hash, cross_section, low, middle, corner)
    if key not in _solved:
        _solved[key] = _solve(process, cross_section, low, middle, corner)
    return _solved[key]


def _solve(process: Process, cross_section: str, low: float, middle: float, corner: str) -> Pair:
    line = optics.at_corner(process, corner)
    data = line.cross_sections[cross_section]
    width, kelvin = data.width.value, line.corners[corner].temperature

    @jax.jit
    def difference(wl: Array, gap: Array) -> Array:
        shapes: dict[str, list[tuple[optics.End, optics.End]]] = {}
        for sign in (-1, 1):
            for layer, half in ((data.layer, width / 2), *_beside(data, width)):
                at, value = sign * (low + SPAN / 2 + width) / 2, sign * (gap + width) / 2
                ends = (optics.End(at - half, value - half), optics.End(at + half, value + half))
                shapes.setdefault(layer, []).append(ends)
        made = optics.of_mask(line, shapes, temperature=kelvin, reach=low + SPAN + width + optics.FAR)
        n = waveguides.solve(made, wl, num_modes=2).n_eff.real
        return n[0] - n[1]

    band = (middle - 0.06, middle + 0.06)
    waves, gaps = nodes(*band, WAVES), nodes(low, low + SPAN, GAPS)
    values = np.array([[difference(jnp.asarray(w), jnp.asarray(g)) for g in gaps] for w in waves])
    if not np.all(values > 0):
        raise LingnanError(
            f"model of two {cross_section} guides: the odd supermode was not found between {low:g} and "
            f"{low + SPAN:g} µm at {middle:g} µm (process {process.stamp}): it is near cutoff. "
            "Use a wider guide or a shorter wavelength."
        )
    return Pair(Surface.through(band, (low, low + SPAN), np.log(values)), band, low)


def _beside(data: Any, width: float) -> list[tuple[str, float]]:
    return [(s.layer, width / 2 + s.reach.value) for s in data.sections if s.reach is not None]
