"""How the tail of a guide of the line answers to bending, over wavelength, for compact models of couplers with bends.

By `lingnan.solvers.devices.bending`, on the guide straight and in two slight bends, as a corner of the process makes
it, beside a guide at the process's own gap of couplers: the slope hardly changes with that. Where the etch leaves so
much that light in the slab at the outer wall runs as fast as the guide's, modes of bends are not the guide's alone, the
fit's error says so (above `WORST`), and the slope of the nominal corner is taken.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.films import wider
from lingnan.components.compact.guides import BANDS, digest
from lingnan.pdk import columns, optics
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.devices import bending
from lingnan.solvers.waveguides import LADDER, Modes

NODES = 3  #: in wavelength
_MARGIN = 2.0  #: µm from cores to the window's walls
BESIDE = 1e-3  #: of n_eff, by which a search begins beside the mode: on it the matrix is singular
WORST = 0.02  #: error of a slope at which it is not used [µm]: 4e-4 of an amplitude in the bends that it is solved in
_FLAT = (0.0, 1.0)  #: the slope depends on wavelength alone

_solved: "dict[str, Leaning]" = {}  #: by key


@dataclass(frozen=True)
class Leaning:
    """The slope a in ln A = ln A₀ + a/R of a guide's tail over wavelength, and where it is from."""

    process: str
    hash: str
    version: str
    width: float  #: of the core as drawn [µm]
    slope: Surface  #: of wavelength and nothing else [µm]
    error: float  #: largest error of the slope found between the nodes [µm]

    def at(self, wl: ArrayLike) -> bending.Lean:
        """As `bending.factor` takes it."""
        return bending.Lean(self.slope(wl, 0.5), self.width)


def leaning(
    process: Process, cross_section: str, corner: str, width: float | None, direction: float, cladding: str
) -> Leaning:
    """Of a guide: from the store, else solved now and remembered; arguments as for `pairs.pair`."""
    used = process.cross_sections[cross_section].width.value if width is None else width
    settings = (cross_section, corner, used, direction, cladding)
    key = key_of(process, *settings)
    if key not in _solved:
        entry = store.recalled(process.name, key, lambda: as_entry(solve(process, *settings)))
        _solved[key] = Leaning(**{**entry, "slope": store.as_surface(entry["slope"])})
    if _solved[key].error > WORST and corner != "nominal":
        return leaning(process, cross_section, "nominal", width, direction, cladding)
    return _solved[key]


def key_of(process: Process, cross_section: str, corner: str, width: float, direction: float, over: str) -> str:
    """Name in the store."""
    turned = f"@{direction:g}" if direction else ""
    return f"lean {cross_section}{turned}{'/' if over else ''}{over} {width:g} {corner} " + digest(
        process, cross_section, corner
    )


def solve(
    process: Process, cross_section: str, corner: str, width: float, direction: float, cladding: str | float
) -> Leaning:
    """Solve the guide at all nodes, and between them for the error."""
    slope = slopes(process, cross_section, corner, width, direction, cladding)
    low, high = BANDS[process.platform]
    values = np.array([[slope(w)] for w in nodes(low, high, NODES)])
    found = Surface.through((low, high), _FLAT, values)
    between = low + 0.7 * (high - low)
    error = abs(float(found(between, 0.5)) - slope(between))
    return Leaning(process.name, process.hash, __version__, width, found, error)


def slopes(
    process: Process, cross_section: str, corner: str, width: float, direction: float, cladding: str | float,
    *, te: bool = True,
) -> Callable[[float], float]:  # fmt: skip
    """The slope of a guide by wavelength, of its first TE mode or of its first TM mode."""
    line, gap = optics.at_corner(process, corner), process.number("cells.coupler_gap")
    made = optics.geometry(
        process, cross_section, corner=corner, width=width, cladding=cladding or None, angle_deg=direction
    )
    stands = width + wider(line, cross_section)  # what the cores gain the gap loses
    data = line.cross_sections[cross_section]
    beside = {section.layer for section in data.sections}
    bottom, top = (_height(line, drawn, direction) for drawn in (beside, {data.layer, *beside}))
    window = (-1.5 * width - gap - _MARGIN, width / 2 + _MARGIN, -_MARGIN, top + _MARGIN)
    walled = made.walled(*window)

    def slope(wl: float) -> float:
        straight = waveguides.solve(walled, wl, num_modes=2, resolution=LADDER[1])
        own = float(straight.n_eff[int(np.argmax((np.asarray(straight.te_fraction) > 0.5) == te))].real)

        @lru_cache
        def bent(curvature: float) -> Modes:
            # by its index: in a bend light in the slab at the outer wall can run faster than in a shallow rib
            turned = replace(walled, curvature=curvature)
            return waveguides.solve(turned, wl, num_modes=1, resolution=LADDER[1], target=own + BESIDE)

        return float(bending.lean(bent, stands, bottom, top, gap + width - stands).slope)

    return slope


def _height(line: Process, drawn: set[str], direction: float) -> float:
    """Top of the film where layers are drawn [µm]; 0, the oxide's top, where there is none."""
    films = {level.name for level in line.levels.values() if level.kind == "film"}
    return max(
        (one.z_max for one in columns.column(line, drawn, angle_deg=direction) if one.name in films), default=0.0
    )


def as_entry(made: Leaning) -> dict[str, Any]:
    """As the store keeps it."""
    return asdict(made)
