"""Spirals of the line that see the least methane: light, width, length and what is left of the cladding.

    best = methane.optimise()
    print(best.table())
    soi.spiral_sensor(**best.settings)

One derivative runs from width, length and the oxide that the window leaves (`openings`), through the mode solver, the
line shapes and the chain, to the limit, three σ of `sensors.gas.ppm_sigma`; L-BFGS-B follows it. What is drawn is the
best of what the process makes: its window opens down to some level, and TE or TM light runs in it. Beside that, lines
are tried whose etch stops elsewhere: at levels in a row, and wherever the limit is least.

TM guides are no wider than 0.62 µm, where TE1 overtakes TM0 and bends turn one into the other. Left out: etalons of
facets and couplers, which no averaging takes away (`gas.fringe_ppm`), and roughness of the film's top. Of a few radii
the least is taken whose bends add no fiftieth of what the guide loses there (`spiralsearch.BENT`).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan import __version__
from lingnan.components.common import sizing, windows
from lingnan.components.compact import searches, wetleaks, wetted
from lingnan.components.compact.guides import digest
from lingnan.components.soi import spiralsearch, wetloss
from lingnan.components.soi.openings import Opened
from lingnan.components.soi.spiralsearch import FIXED, FREE, SAMPLES, Design, Figures, Wanted
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import sensors

#: Own choice, to be replaced by one's own instrument: a laser of 1 mW in the guide, a photodiode with its amplifier.
CHAIN = sensors.Chain(sensors.Laser(1e-3, 1e6, -145.0), sensors.Detector(0.9, 1e2, 2e-12))
#: A scan over R(4) of 2ν₃ [1/cm]
SCAN = (6056.4, 6058.0)


@dataclass(frozen=True)
class Guide:
    """A strip in a window full of air that leaves no oxide, at one wavelength, TE: by the fits behind the cells."""

    wavelength: float  #: [µm]
    corner: str = "nominal"

    def share(self, width: Any) -> Array:
        """Of the gas's absorption that light sees: dn_eff/dn."""
        return wetted.wet(active_process(), "strip", self.corner).bulk(self.wavelength, self._air, width)

    def loss_db_cm(self, width: Any) -> Array:
        """By roughness, from the process's number for its own strip under oxide, and into the substrate."""
        wide = jnp.asarray(width, float)
        fit = wetted.wet(active_process(), "strip", self.corner)
        index, slope = jax.jvp(lambda w: fit.n_eff(self.wavelength, self._air, w), (wide,), (jnp.ones_like(wide),))
        leak = wetleaks.leak(active_process(), "strip", self.corner).db_cm(self.wavelength, self._air, wide)
        return leak + wetloss.walls(active_process(), self.corner, self.wavelength, self._air, index, slope)

    @property
    def _air(self) -> float:
        return wetloss.index("air", self.wavelength)


def limit(
    width: Any,
    length: Any,
    oxide: Any = 0.0,
    *,
    polarization: str = "te",
    chain: sensors.Chain = CHAIN,
    gas: str = "CH4",
    scan: tuple[float, float] = SCAN,
    corner: str = "nominal",
) -> Array:
    """Three σ of one scan over a gas [ppm]: the figure that the search lowers, differentiable by its sizes.

    Args:
        width: of the guide [µm].
        length: of the spiral [cm].
        oxide: left of the cladding, from the top of the buried oxide [µm].
        polarization: te or tm.
        chain: what reads.
        gas: of `sensors.lines`.
        scan: first and last wavenumber [1/cm].
        corner: of the process.
    """
    waves = spiralsearch.waves_of(scan)
    light = Opened(float(waves[SAMPLES // 2]), polarization, corner).light(width, oxide)
    return spiralsearch.ppm(chain, gas, waves, light, length)


def optimise(
    free: Mapping[str, tuple[float, float]] | None = None,
    *,
    polarization: str | None = None,
    start: Mapping[str, float] | None = None,
    chain: sensors.Chain = CHAIN,
    gas: str = "CH4",
    scan: tuple[float, float] = SCAN,
    corner: str = "nominal",
    say: Callable[[float], None] | None = None,
) -> Design:
    """Search for the spiral that sees the least of a gas in air on the active process.

    Args:
        free: width [µm], length [cm] and oxide left [µm] -> least and largest; what is missing: `FREE`, and
            `spiralsearch.TM_WIDTHS` of TM light. Levels of oxide are compared; drawn is that of the process's window.
        polarization: te or tm; None: both are tried, and the better is drawn.
        start: width and length; what is missing: those of `spiralsearch`.
        chain: what reads.
        gas: of `sensors.lines`.
        scan: first and last wavenumber [1/cm].
        corner: of the process.
        say: is told the limit at each step of the search whose spiral is drawn.

    Raises:
        LingnanError: another name, polarisation or range, or sizes that the line does not make.
        ValueError: a scan outside the gas's lines.
    """
    lights = ("te", "tm") if polarization is None else (polarization,)
    windows.on_line("optimise")
    asked = Wanted(lights, free or {}, start or {}, chain, gas, scan, corner)
    for light in lights:
        Opened(1.0, light)  # refuses another word
        ranges = {name: ends for name, ends in asked.limits(light).items() if name != "oxide"}
        sizing.check(ranges, asked.first(light), ("width", "length"), {"width": "OX.WG.W"})
    low, high = asked.limits(lights[0])["oxide"]
    if not 0 <= low < high <= FREE["oxide"][1]:
        raise LingnanError(
            f"optimise: oxide from {low:g} to {high:g} µm: give 0 <= low < high <= {FREE['oxide'][1]:g}, from the top "
            "of the buried oxide."
        )
    sensors.lines.absorption(sensors.lines.get(gas), np.asarray(scan))  # says what lies outside of the gas's lines
    process = active_process()
    key, entry = _asked(process, asked, say)
    return searches.recalled(process.name, key, entry, _design, say)


def wanted(process: Process) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Searches that are kept: the one that `optimise` does with nothing said."""
    return [_asked(process, Wanted(("te", "tm"), {}, {}, CHAIN, "CH4", SCAN, "nominal"), None)]


def _asked(
    process: Process, wanted: Wanted, say: Callable[[float], None] | None
) -> tuple[str, Callable[[], dict[str, Any]]]:
    """Name of a search in the store, and how to do it."""
    loss = process.cross_sections["strip"].loss
    ranges = [(sorted(wanted.limits(one).items()), sorted(wanted.first(one).items())) for one in wanted.lights]
    numbers = [float(x) for x in jax.tree.leaves(wanted.chain)]
    solved_for = digest(process, "strip", wanted.corner), 0.0 if loss is None else loss.value
    key = searches.key_of("spiral", solved_for, numbers, wanted.lights, ranges, wanted.gas, wanted.scan, FIXED)
    return key, lambda: _entry(process, spiralsearch.search(process, wanted, say))


def _design(entry: Mapping[str, Any]) -> Design:
    before, after = (Figures(**entry[name]) for name in ("before", "after"))
    tried, stopped = (tuple(Figures(**one) for one in entry[name]) for name in ("tried", "stopped"))
    return Design(before, after, tuple(entry["steps"]), tried, stopped, tuple(entry["why"]), dict(entry["settings"]))


def _entry(process: Process, found: Design) -> dict[str, Any]:
    """As the store keeps it; what is drawn is what is told, without a fit of its own."""
    return {"process": process.name, "hash": process.hash, "version": __version__, "error": 0.0, **asdict(found)}
