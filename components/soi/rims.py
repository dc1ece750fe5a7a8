"""The light of a disk's rim, and how it goes over into a bus: kept over wavelength, for compact models.

The rim is a guide of full height on the slab, so wide that its outer wall alone holds the light; `solvers.waveguides`
in a bend, `resonators.exchanged` beside the line's own rib. What is radiated into the slab outside is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import digest, in_range
from lingnan.components.soi.carriers import BESIDE, bent_mode
from lingnan.components.soi.resonators import Resonator, disk_of
from lingnan.pdk import active_process, optics
from lingnan.pdk.modulators import level
from lingnan.solvers import materials, resonators, waveguides
from lingnan.solvers.phaseshifters.light import FINE
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides import Modes

BAND, WAVES = (1.46, 1.62), 4  #: µm, and nodes in it
GAPS, APART = (0.15, 0.55), 4  #: µm between disk and bus, and nodes; what is farther falls on along the last slope
_WARM = 20.0  #: K, over which a slope is taken: the index is straight to 1e-3 of it

_solved: "dict[str, Rim]" = {}


@dataclass(frozen=True)
class Rim:
    """The first radial mode of a disk, about the middle of its ring; x is wavelength."""

    index: Surface
    slope: Surface  #: by temperature [1/K]
    exchange: Surface  #: ln φ over wavelength and gap
    temperature: float  #: of the index [K]
    loss: float  #: of the guide, the process's own of its bus [dB/cm]
    error: float  #: of the index, between nodes

    def n_eff(self, wl: ArrayLike, temperature: ArrayLike | None = None) -> Array:
        """Index about the middle of the ring, broadcast."""
        wl = in_range("a disk", "wl", wl, BAND)
        xp = namespace(wl, temperature)
        warm = 0.0 if temperature is None else xp.asarray(temperature, float) - self.temperature
        return self.index(wl, 0.5) + warm * self.slope(wl, 0.5)

    def phase(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """φ: sin² φ of the power goes over where the bus passes."""
        gap = in_range("a disk", "gap", gap, (GAPS[0], np.inf))
        xp = namespace(wl, gap)
        inside = xp.minimum(xp.asarray(gap, float), GAPS[1])
        beyond = xp.asarray(gap, float) - inside
        return xp.exp(self.exchange(wl, inside) + self.exchange.slope()(wl, GAPS[1]) * beyond)


def rim(disk: Resonator, cross_section: str = "rib", corner: str = "nominal") -> Rim:
    """Of a drawn disk: from the store, else solved now and remembered."""
    process = active_process()
    key = key_of(disk, cross_section, corner)
    if key not in _solved:
        entry = store.recalled(process.name, key, lambda: solve(disk, cross_section, corner))
        _solved[key] = _as_rim(entry)
    return _solved[key]


def key_of(disk: Resonator, cross_section: str, corner: str) -> str:
    """Name in the store."""
    size = f"{disk.core:g} R{disk.radius:g}"
    return f"rim {cross_section} {size} {corner} {digest(active_process(), cross_section, corner)}"


def solve(disk: Resonator, cross_section: str, corner: str) -> dict[str, Any]:
    """Solve the rim at nodes of wavelength, and between them for the error."""
    process = active_process()
    line, kelvin = optics.at_corner(process, corner), process.corners[corner].temperature
    geometry = optics.geometry(process, cross_section, corner=corner, width=disk.core)
    passing = optics.geometry(process, cross_section, corner=corner)
    core, slab = level(line, "core"), level(line, "slab")
    stands = (disk.bus + core.bias, slab.z_max, core.z_max)

    def mode(wl: float) -> Modes:
        return bent_mode(geometry, disk.core, disk.radius, wl)

    def warmer(found: Modes, wl: float) -> float:
        n = float(found.n_eff[0].real)
        hot = waveguides.solve(
            geometry.bend(-disk.radius), wl, 1, resolution=FINE, target=n + BESIDE, temperature=kelvin + _WARM
        )
        return (float(hot.n_eff[0].real) - n) / _WARM

    def crossing(found: Modes, wl: float) -> list[float]:
        bus = waveguides.solve(passing, wl, 1, resolution=FINE)
        above, around = (float(materials.index(one.material, wl).real) for one in (core, level(line, "cladding")))
        return [
            float(
                resonators.exchanged(
                    found, bus, disk.radius, (disk.core + disk.bus) / 2 + gap, stands, above**2 - around**2
                )
            )
            for gap in nodes(*GAPS, APART)
        ]

    waves = [float(wl) for wl in nodes(*BAND, WAVES)]
    found = [mode(wl) for wl in waves]
    index = _along([float(one.n_eff[0].real) for one in found])
    slope = _along([warmer(*pair) for pair in zip(found, waves, strict=True)])
    exchange = Surface.through(BAND, GAPS, np.log([crossing(*pair) for pair in zip(found, waves, strict=True)]))
    between = BAND[0] + 0.36 * (BAND[1] - BAND[0])
    loss = process.cross_sections[cross_section].loss
    made = Rim(
        index, slope, exchange, kelvin, 0.0 if loss is None else loss.value,
        abs(float(index(between, 0.5)) - float(mode(between).n_eff[0].real)),
    )  # fmt: skip
    return {"process": process.name, "hash": process.hash, "version": __version__, **asdict(made)}


def wanted() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """The disk that its cell draws by default, in every corner: keys, and how to solve for them."""
    disk = disk_of()
    for corner in active_process().corners:
        yield key_of(disk, "rib", corner), partial(solve, disk, "rib", corner)


def _along(values: list[float]) -> Surface:
    return Surface.through(BAND, (0.0, 1.0), np.array(values)[:, None])


def _as_rim(entry: Mapping[str, Any]) -> Rim:
    index, slope, exchange = (store.as_surface(entry[name]) for name in ("index", "slope", "exchange"))
    return Rim(index, slope, exchange, entry["temperature"], entry["loss"], entry["error"])
