"""Steps between two widths of a guide, as the teeth of a Bragg grating have them, for compact models.

What of the fundamental TE mode comes back at a step, by the overlap of the modes of both widths
(`lingnan.solvers.devices.overlap.step`), over wavelength, mean width and height of the step, under oxide and in the
media that fill a window. The index of the two widths is no measure of it: TE light in a wire stands across the walls,
and a step sends back a quarter to a half of what two media of these indices would, with the other sign. Teeth up to
`RISES` only: of higher ones a larger part of the light is in no guided mode in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import nodes
from lingnan.components.compact.guides import digest, in_range
from lingnan.components.compact.volumes import Volume
from lingnan.pdk import optics
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.devices import overlap
from lingnan.solvers.tracing import namespace

#: Ranges of a fit: wavelength [µm], mean width and height of a step over the guide's own width; and the indices of the
#: media in which it is solved, with a parabola through them.
BAND, WIDTHS, RISES, MEDIA = (1.26, 1.68), (0.9, 1.6), (0.0, 0.22), (1.0, 1.25, 1.5)
COUNT = (5, 5, 3)  #: nodes of each

_made: "dict[str, Teeth]" = {}  #: by key


@dataclass(frozen=True)
class Teeth:
    """Reflection of a step over its height, (wavelength, 1/mean width, height), in three media."""

    process: str
    hash: str
    version: str
    corner: str
    cross_section: str
    width: float  #: the cross-section's own [µm]
    per_rise: tuple[Volume, ...]  #: [1/µm]
    error: float  #: largest error of a reflection found between the nodes

    def step(self, wl: ArrayLike, width: ArrayLike, rise: ArrayLike, n: ArrayLike) -> Any:
        """Amplitude that comes back where a guide of `width` becomes wider by `rise`, in a medium of index n.

        Args:
            wl: wavelength [µm].
            width: of the narrower guide, as drawn [µm].
            rise: by how much the other is wider [µm].
            n: of the medium over the core.

        Raises:
            LingnanError: a wavelength, width or height outside the fit.
        """
        xp = namespace(wl, width, rise, n)
        mean = xp.asarray(width, float) + xp.asarray(rise, float) / 2
        what = f"a step of {self.cross_section} (process {self.process}, corner {self.corner})"
        wl = in_range(what, "wl", wl, BAND)
        mean = in_range(what, "mean width", mean, scaled(WIDTHS, self.width))
        rise = in_range(what, "height", rise, scaled(RISES, self.width))
        return through_media(self.per_rise, wl, 1 / mean, rise, n) * rise


def through_media(volumes: tuple[Volume, ...], wl: ArrayLike, inverse: ArrayLike, rise: ArrayLike, n: ArrayLike) -> Any:
    """Lagrange's parabola through three media."""
    total: Any = 0.0
    for k, volume in enumerate(volumes):
        rest = [one for one in MEDIA if one != MEDIA[k]]
        share = (n - rest[0]) * (n - rest[1]) / ((MEDIA[k] - rest[0]) * (MEDIA[k] - rest[1]))
        total = total + volume(wl, inverse, rise) * share
    return total


def teeth(process: Process, cross_section: str, corner: str = "nominal") -> Teeth:
    """Steps of a guide: from the store, else solved now and remembered."""
    key = key_of(process, cross_section, corner)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: as_entry(solve(process, cross_section, corner)))
        filled: dict[str, Any] = {**entry, "per_rise": volumes_of(entry["per_rise"])}
        _made[key] = Teeth(**filled)
    return _made[key]


def key_of(process: Process, cross_section: str, corner: str) -> str:
    """Name in the store."""
    return f"teeth {cross_section} {corner} {digest(process, cross_section, corner)}"


def solve(process: Process, cross_section: str, corner: str = "nominal") -> Teeth:
    """Solve steps at all nodes, and between them for the error."""
    own = process.cross_sections[cross_section].width.value
    narrow, wide = scaled(WIDTHS, own)
    inverse, rises = (1 / wide, 1 / narrow), scaled(RISES, own)

    @cache
    def modes(wl: float, width: float, n: float) -> waveguides.Modes:
        made = optics.geometry(process, cross_section, corner=corner, width=jnp.asarray(width), cladding=n)
        return waveguides.solve(made, wl, num_modes=2)

    def back(wl: float, mean: float, rise: float, n: float) -> float:
        one, two = (modes(wl, mean + side * rise / 2, n) for side in (-1, 1))
        te = (int(np.argmax(np.asarray(made.te_fraction) > 0.5)) for made in (two, one))
        return float(overlap.step(one, two)[*te].real)

    def volume(n: float) -> Volume:
        values = [
            [[back(w, 1 / u, r, n) / r for r in nodes(*rises, COUNT[2])] for u in nodes(*inverse, COUNT[1])]
            for w in nodes(*BAND, COUNT[0])
        ]
        return Volume.through(BAND, inverse, rises, np.array(values))

    made = Teeth(
        process.name, process.hash, __version__, corner, cross_section, own,
        tuple(volume(n) for n in MEDIA), 0.0,
    )  # fmt: skip
    between = [(1.55, 1.05, 0.09, 1.444), (1.31, 1.1, 0.14, 1.33), (1.6, 1.0, 0.18, 1.33), (1.55, 1.33, 0.21, 1.0)]
    error = max(
        abs(made.step(w, (m - r / 2) * own, r * own, n) - back(w, m * own, r * own, n)) for w, m, r, n in between
    )
    return replace(made, error=float(error))


def scaled(shares: tuple[float, float], own: float) -> tuple[float, float]:
    """A range given over the guide's own width [µm]."""
    return shares[0] * own, shares[1] * own


def as_entry(made: Teeth) -> dict[str, Any]:
    """As the store keeps it."""
    return asdict(made)


def volumes_of(entries: Sequence[Mapping[str, Any]]) -> tuple[Volume, ...]:
    """Volumes from their numbers."""
    return tuple(Volume(tuple(one["z"]), tuple(store.as_surface(term) for term in one["terms"])) for one in entries)


def apart(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    """How far the reflections of two entries are from each other between the nodes, for a step of 40 nm."""
    first, second = (
        volumes_of(entry["per_rise"])[1](1.555, 1.0 / (1.05 * entry["width"]), 0.04) * 0.04 for entry in (one, two)
    )
    return abs(float(first) - float(second))


def wanted(process: Process) -> list[tuple[str, Any]]:
    """What is kept: strips in every corner."""
    return [
        (key_of(process, "strip", corner), lambda c=corner: as_entry(solve(process, "strip", c)))
        for corner in process.corners
    ]
