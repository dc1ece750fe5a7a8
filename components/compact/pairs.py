"""Two equal guides of the line side by side: how fast light changes sides, over wavelength and gap, for compact models.

Supermodes by `lingnan.solvers.waveguides` at Chebyshev nodes of wavelength and gap; the logarithm of n₊ - n₋ is
fitted, as in `lingnan.solvers.devices.coupler`. Solved when first asked for, which takes seconds, and remembered for
as long as the numbers of the process that it was solved for stay what they were.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import BAND, WAVES, check_range, digest
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides

#: Gaps that are solved, above the smallest asked for [µm]; the fall beyond is exponential.
SPAN, GAPS = 0.45, 4

_solved: "dict[tuple[str, str, float, str], Pair]" = {}  #: by digest, cross-section, smallest gap and corner


@dataclass(frozen=True)
class Pair:
    """ln(n₊ - n₋) of wavelength and gap."""

    logarithm: Surface
    what: str  #: for messages: cross-section, process and corner
    low: float  #: smallest gap solved [µm]

    def splitting(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """n₊ - n₋, broadcast over wavelength and gap [µm]; beyond the solved gaps it falls on along its last slope.

        Raises:
            LingnanError: a wavelength outside the fit.
        """
        check_range(self.what, "wl", wl, self.logarithm.x)
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


def pair(process: Process, cross_section: str, gap: float, corner: str = "nominal") -> Pair:
    """Two guides of a cross-section from `gap` [µm] up."""
    low = round(np.floor(gap / 0.05 + 1e-6) * 0.05, 6)  # so that neighbouring gaps share one solution
    if low <= 0:
        raise LingnanError(
            f"model of two {cross_section} guides: gap = {gap:g} µm is not above 0.05 µm. Use a larger gap."
        )
    key = (digest(process, cross_section, corner), cross_section, low, corner)
    if key not in _solved:
        _solved[key] = _solve(process, cross_section, low, corner)
    return _solved[key]


def _solve(process: Process, cross_section: str, low: float, corner: str) -> Pair:
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

    waves, gaps = nodes(*BAND, WAVES), nodes(low, low + SPAN, GAPS)
    values = np.array([[difference(jnp.asarray(w), jnp.asarray(g)) for g in gaps] for w in waves])
    if not np.all(values > 0):
        raise LingnanError(
            f"model of two {cross_section} guides: the odd supermode was not found between {low:g} and "
            f"{low + SPAN:g} µm at wavelengths up to {BAND[1]:g} µm (process {process.stamp}): it is near cutoff. "
            "Use a wider guide."
        )
    what = f"two guides {cross_section} (process {process.name}, corner {corner})"
    return Pair(Surface.through(BAND, (low, low + SPAN), np.log(values)), what, low)


def _beside(data: Any, width: float) -> list[tuple[str, float]]:
    return [(s.layer, width / 2 + s.reach.value) for s in data.sections if s.reach is not None]
