"""What teeth of a Bragg grating of third order radiate, for compact models: `solvers.devices.radiating` on the line.

Light leaves sideways and up, at some 60 degrees to the guide in oxide. Over wavelength, mean width and height of the
teeth, which are a half of a period, under oxide and in the media that fill a window; in the nominal corner, and taken
for all. Right to a fifth: the fit and the number of modes, 100 or 150, each move it by a tenth.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import passages, store
from lingnan.components.compact.chebyshev import nodes
from lingnan.components.compact.guides import digest, in_range
from lingnan.components.compact.teeth import MEDIA, scaled, through_media, volumes_of
from lingnan.components.compact.volumes import Volume
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.devices import radiating
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides import Absorber, Resolution

#: Ranges of a fit: wavelength [µm], mean width and height of the teeth over the guide's own width. Higher teeth radiate
#: more than they reflect.
BAND, WIDTHS, RISES = (1.45, 1.65), (0.95, 1.25), (0.0, 0.12)
COUNT = (3, 3, 2)  #: nodes in wavelength, width and height
MODES, TARGET = 100, 1.2  #: of the expansion, found around an n_eff
#: Half width, depth and height of the window, and its absorbing layers, over the wavelength.
_WINDOW, _LAYER = (1.3, 0.78, 0.9), 0.32
_ASIDE = 0.015  #: relative distance of the period from that of the stop band, on either side

_made: "dict[str, Radiation]" = {}  #: by key


@dataclass(frozen=True)
class Radiation:
    """ln of the loss of power over the square of the teeth's height, (wavelength, 1/mean width, height), in media."""

    process: str
    hash: str
    version: str
    cross_section: str
    width: float  #: the cross-section's own [µm]
    radiated: tuple[Volume, ...]  #: of 1/µm³
    error: float  #: largest error of a loss found between the nodes [1/µm]

    def loss(self, wl: ArrayLike, width: ArrayLike, rise: ArrayLike, n: ArrayLike) -> Any:
        """Of power [1/µm]; arguments as for `Teeth.step`.

        Raises:
            LingnanError: a wavelength, width or height outside the fit.
        """
        xp = namespace(wl, width, rise, n)
        mean = xp.asarray(width, float) + xp.asarray(rise, float) / 2
        what = f"what teeth of {self.cross_section} radiate (process {self.process})"
        wl = in_range(what, "wl", wl, BAND)
        mean = in_range(what, "mean width", mean, scaled(WIDTHS, self.width))
        rise = in_range(what, "height", rise, scaled(RISES, self.width))
        return xp.exp(through_media(self.radiated, wl, 1 / mean, rise, n)) * rise**2


def radiation(process: Process, cross_section: str) -> Radiation:
    """Of a guide: from the store, else solved now and remembered."""
    key = key_of(process, cross_section)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: as_entry(solve(process, cross_section)))
        filled: dict[str, Any] = {**entry, "radiated": volumes_of(entry["radiated"])}
        _made[key] = Radiation(**filled)
    return _made[key]


def key_of(process: Process, cross_section: str) -> str:
    """Name in the store."""
    return f"radiation {cross_section} nominal {digest(process, cross_section)}"


def solve(process: Process, cross_section: str) -> Radiation:
    """Solve gratings at all nodes, and at one point between them for the error."""
    own = process.cross_sections[cross_section].width.value
    narrow, wide = scaled(WIDTHS, own)
    inverse, rises = (1 / wide, 1 / narrow), scaled(RISES, own)

    def volume(n: float) -> Volume:
        values = [
            [
                [np.log(lost(process, cross_section, w, 1 / u, r, n) / r**2) for r in nodes(*rises, COUNT[2])]
                for u in nodes(*inverse, COUNT[1])
            ]
            for w in nodes(*BAND, COUNT[0])
        ]
        return Volume.through(BAND, inverse, rises, np.array(values))

    made = Radiation(
        process.name, process.hash, __version__, cross_section, own, tuple(volume(n) for n in MEDIA), 0.0
    )  # fmt: skip
    at = 1.55, 1.05 * own, 0.1 * own, 1.33
    error = abs(made.loss(at[0], at[1] - at[2] / 2, *at[2:]) - lost(process, cross_section, *at))
    return replace(made, error=float(error))


def lost(
    process: Process, cross_section: str, wl: float, mean: float, rise: float, n: float, modes: int = MODES
) -> float:
    """Loss of power of a grating of third order beside its stop band [1/µm].

    Args:
        process: of the line.
        cross_section: of the guide.
        wl: wavelength [µm].
        mean: width between that of the grooves and that of the teeth [µm].
        rise: difference of the two [µm].
        n: index of the medium over the core.
        modes: of the expansion.
    """
    low, high = (
        _modes(process, cross_section, float(wl), float(mean + s * rise / 2), float(n), modes) for s in (-1, 1)
    )  # fmt: skip
    fastest = [float(np.max(np.real(one.n_eff))) for one in (low, high)]
    if min(fastest) < max(n, 1.5):
        raise LingnanError(
            f"radiation of teeth on {cross_section}: no guided mode among {modes} at {wl:g} µm, width {mean:g} µm."
        )
    half = 1.5 * wl / sum(fastest)
    lengths = [half * (1 + s) for s in (-_ASIDE, _ASIDE)]
    return sum(radiating.wave(low, high, (one, one), 0).attenuation for one in lengths) / 2


def _modes(process: Process, cross_section: str, wl: float, width: float, n: float, modes: int) -> waveguides.Modes:
    side, below, above = (wl * share for share in _WINDOW)
    absorber = Absorber(("right", "bottom", "top"), _LAYER * wl, 2.0)
    whole = optics.geometry(process, cross_section, width=width, cladding=n).walled(-side, side, -below, above)
    half = waveguides.bordered(passages.right_half(whole), absorber)
    across, up = len(half.regions), len(half.regions[0])
    half = half.resolved((2, *[3] * (across - 2), 1), (1, *[2] * (up - 2), 1))
    return waveguides.solve(
        half, wl, modes, resolution=Resolution(3, growth=2.0, outer_growth=1.5), target=TARGET, mirrors=("left",),
        absorber=absorber,
    )  # fmt: skip


def as_entry(made: Radiation) -> dict[str, Any]:
    """As the store keeps it."""
    return asdict(made)


def apart(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    """How far the losses of two entries are from each other between the nodes, for teeth of a tenth of the width."""
    at = 1.555, 1 / (1.05 * one["width"]), 0.1 * one["width"]
    first, second = (np.exp(float(volumes_of(entry["radiated"])[1](*at))) for entry in (one, two))
    return float(abs(first - second) * at[2] ** 2)


def wanted(process: Process) -> list[tuple[str, Any]]:
    """What is kept: the strip."""
    return [(key_of(process, "strip"), lambda: as_entry(solve(process, "strip")))]
