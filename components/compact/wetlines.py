"""A guide in a window as a line of `ways`: its light, pairs of it and its bends, in whatever fills the window."""

from dataclasses import dataclass
from typing import Any

from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact import wetleaks, wetpairs
from lingnan.components.compact.ways import Line
from lingnan.components.compact.wetpairs import WetPair
from lingnan.components.compact.wetted import Wet, index_of, wet
from lingnan.pdk import active_process
from lingnan.solvers.devices import bending
from lingnan.solvers.tracing import namespace


@dataclass(frozen=True)
class WetLine(Line):
    """A guide of the active process in a window, filled by a medium."""

    medium: Any = "air"  #: a material's name, or an index
    width: float | None = None  #: of the core [µm]; None: the cross-section's

    def wet(self) -> Wet:
        """Its fit."""
        return wet(active_process(), self.cross_section, self.corner)

    def index(
        self, wl: ArrayLike, temperature: ArrayLike | None, width: ArrayLike | None = None, turn: Any = None
    ) -> Array:
        """n_eff in the medium, complex where that absorbs."""
        return self.wet().n_eff(wl, self.medium, self.width if width is None else width, temperature)

    def amplitude(
        self,
        wl: ArrayLike,
        length: ArrayLike,
        temperature: ArrayLike | None,
        width: ArrayLike | None = None,
        turn: Any = None,
    ) -> Array:
        """What a length of it [µm] does to a wave, with what leaks into the substrate; tapers lie under oxide."""
        kept = super().amplitude(wl, length, temperature, width, turn)
        leak = wetleaks.leak(active_process(), self.cross_section, self.corner)
        leaked = leak.db_cm(wl, self.medium_index(wl), self.width if width is None else width)
        return kept * 10 ** (-leaked * namespace(length).asarray(length) * 1e-4 / 20)

    def medium_index(self, wl: ArrayLike) -> Any:
        """Real part of the medium's index, at the corner's temperature."""
        n = index_of(self.medium, wl, self.wet().temperature)
        return namespace(n).real(n)

    def _pair(self, width: float | None) -> WetPair:
        used = self.width if width is None else width
        return wetpairs.pair(active_process(), self.cross_section, self.corner, used)

    def pair(self, gap: ArrayLike, angle_deg: float = 0.0, width: float | None = None) -> Any:
        """Two of it at a gap [µm], in the medium."""
        made = self._pair(width)
        made.check_gap(gap)
        return _PairInWindow(self, made)

    def lean(self, wl: ArrayLike, width: float | None = None, angle_deg: float = 0.0) -> bending.Lean:
        """How its tail leans in a bend, in the medium."""
        return self._pair(width).leaning(self.medium_index(wl), wl)


@dataclass(frozen=True)
class _PairInWindow:
    """A `Pair` whose medium disperses: cut at the wavelengths that it is asked for."""

    line: WetLine
    made: WetPair

    def phase(self, wl: ArrayLike, gap: ArrayLike, length: ArrayLike) -> Array:
        """As `Pair.phase`."""
        return self.made.pair(self.line.medium_index(wl), wl).phase(wl, gap, length)

    def decay(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """As `Pair.decay`."""
        return self.made.pair(self.line.medium_index(wl), wl).decay(wl, gap)

    def phase_along(self, wl: ArrayLike, gaps: ArrayLike, steps: ArrayLike, gained: ArrayLike = 1.0) -> Array:
        """As `Pair.phase_along`."""
        return self.made.pair(self.line.medium_index(wl), wl).phase_along(wl, gaps, steps, gained)
