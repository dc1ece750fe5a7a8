"""Electrodes of the line with the largest bandwidth at a limit of V_pi: what comes out is what a cell is called with.

    best = optimise({"gap": (5.0, 8.0), "rail_length": (20.0, 60.0)}, v_pi=3.0, electrode="rail")
    print(best.table())
    best.plot()
    tfln.mzm(**best.settings)

All corners of the process count, and the worst of them most: see `lingnan.solvers.modulators.optimum`. A search takes
minutes: what was asked before is kept (`compact.store`), its steps too, and told again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.components.compact.searches import key_of, recalled
from lingnan.components.tfln import electro, searches
from lingnan.components.tfln.gsg import KINDS, RAIL
from lingnan.pdk import active_process
from lingnan.pdk import modulators as bridge
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import modulators
from lingnan.solvers.modulators.minimax import Step
from lingnan.solvers.modulators.optimum import Optimum, optimum

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: every 8 GHz: lines are smooth between, and losses that grow as a root need more of them at the low end
BAND = jnp.concatenate([jnp.geomspace(1e9, 8e9, 4), jnp.arange(16e9, 168e9, 8e9)])
CORNERS = ("nominal", "thick_wide", "thin_narrow")
#: what the notebook of a transmitter asks, and what is therefore kept: 3 V at both corners
SHOWN: dict[str, Any] = {
    "free": {"gap": (5.0, 8.0), "signal_width": (6.0, 40.0)},
    "v_pi": 3.0,
    "electrode": "straight",
    "start": None,
    "corners": ("nominal", "thin_narrow"),
    "frequency": jnp.concatenate([jnp.geomspace(1e9, 8e9, 3), jnp.linspace(20e9, 160e9, 7)]),
}
#: parameters of cells that may be free
FREE = ("gap", "signal_width", "ground_width", *(f"rail_{name}" for name in RAIL))


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    optimum: Optimum
    settings: dict[str, Any]  #: of `phase_shifter_gsg` and of modulators that have one

    def table(self) -> str:
        """Before and after, a line for each corner."""
        return self.optimum.table()

    def plot(self, axes: "Axes | None" = None) -> "Axes":
        """Electro-optic S21 before and after, a curve for each corner, with V_pi and bandwidth."""
        return modulators.plot_optimum(self.optimum, axes)


def optimise(
    free: Mapping[str, tuple[float, float]],
    *,
    v_pi: float,
    electrode: str = "straight",
    start: Mapping[str, float] | None = None,
    corners: tuple[str, ...] = CORNERS,
    frequency: ArrayLike | None = None,
    say: Callable[[Step], None] | None = None,
    **more: Any,
) -> Design:
    """Widen the band of a push-pull modulator on the active process.

    Args:
        free: parameters of the cell -> least and largest [µm]; others are the process's own.
        v_pi: limit of all corners [V].
        electrode: straight, or rail for a line loaded with T-rails.
        start: of what is free [µm]; what is missing starts at the process's own.
        corners: of the process, each at its own temperature.
        frequency: the band [Hz]; None: 1 to 160 GHz.
        say: is told each step.
        more: other arguments of `solvers.modulators.optimum`: length, source, termination, wavelength.

    Raises:
        LingnanError: a parameter that electrodes do not have, or a corner that the process does not have.
        ValueError: what `optimum` refuses.
    """
    search = Search.of(free, v_pi, electrode, start, corners, frequency, **more)
    process = active_process()
    found = recalled(process.name, search.key, lambda: search.entry(say), searches.as_optimum, say)
    cell = {name: found.drawn[_solver(name)] for name in free}
    settings = {"electrode": electrode, **(start or {}), **cell, "length": found.length}
    return Design(found, settings)


@dataclass(frozen=True)
class Search:
    """What `optimum` is called with, and the name under which its answer is kept."""

    process: Process
    specs: dict[str, Any]  #: by corner
    free: dict[str, tuple[float, float]]  #: by the solvers' names
    given: dict[str, Any]  #: its other arguments
    key: str

    @classmethod
    def of(
        cls,
        free: Mapping[str, tuple[float, float]],
        v_pi: float,
        electrode: str,
        start: Mapping[str, float] | None,
        corners: tuple[str, ...],
        frequency: ArrayLike | None,
        **more: Any,
    ) -> "Search":
        """On the active process; arguments and refusals are those of `optimise`."""
        if electrode not in KINDS:
            raise LingnanError(
                f"optimise: electrode = {electrode!r} is neither straight nor rail. Give one of the two."
            )
        allowed = FREE if electrode == "rail" else FREE[:3]
        for name in [*free, *(start or {})]:
            if name not in allowed:
                raise LingnanError(
                    f"optimise: {name!r} is no size of a {electrode} electrode: {', '.join(allowed)} are."
                )
        shape, process = electro.shape_of("optimise", electrode, dict(start or {})), active_process()
        drawn = {"gap": shape.gap, "signal_width": shape.signal, "ground_width": shape.ground}
        drawn |= {f"rail_{name}": value for name, value in (asdict(shape.rail) if shape.rail else {}).items()}
        specs: dict[str, Any] = {corner: electro.spec_of(shape, corner=corner) for corner in corners}
        known = bridge.pockels(process)
        given = {
            "v_pi": v_pi,
            "frequency": np.asarray(BAND if frequency is None else frequency, float).tolist(),
            "r": modulators.Coefficients(*(float(one) for one in astuple(known))),
            "temperature": {corner: electro.kelvin_of(corner) for corner in corners},
            "start": {_solver(name): drawn[name] for name in free},
            **more,
        }
        limits = {_solver(name): (float(low), float(high)) for name, (low, high) in free.items()}
        return cls(process, specs, limits, given, key_of(electrode, specs, limits, given))

    def entry(self, say: Callable[[Step], None] | None = None) -> dict[str, Any]:
        """Search, and give what is kept of it."""
        return searches.as_entry(self.process, optimum(self.specs, self.free, say=say, **self.given))


def _solver(name: str) -> str:
    """The name that a cell's parameter has in the solvers."""
    return name.removeprefix("rail_")
