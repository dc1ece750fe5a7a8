"""Guides in a window of the cladding, over the index of what fills it, for compact models.

A third number beside those of `guides` and `pairs`: the index of the liquid or gas, from that of vacuum to above that
of the buried oxide, so that one fit serves air, water, serum and oil, and its slope is the sensitivity. The narrowest
guide of a fit hangs on that index, for light in air is cut off in wider ones than light in water: between it and the
widest the fit runs in a share of 1/width. Temperature enters by its exact derivative with the index held; how the
liquid's own index moves is the liquid's matter. What the liquid absorbs is first order: the imaginary part of n_eff is
dn_eff/dn times that of n, exact as long as it is small.

An error that is told is the fit's, against the mesh that it was solved on. That mesh's own is 2e-5 of n_eff in strips
of the line's width and grows towards cut-off: 4e-4 in water at two thirds of that width, 7e-4 at the narrowest in air.
What leaks into a substrate has a fit of its own (`wetleaks`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import guides, store
from lingnan.components.compact.chebyshev import nodes
from lingnan.components.compact.guides import digest, in_range
from lingnan.components.compact.volumes import Volume
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.tracing import is_traced, literal, marked, namespace

#: A material or its name, or its index, complex where it absorbs.
Medium = str | materials.Material | ArrayLike

#: Ranges of a fit: wavelength [µm], to beyond methane's lines at 1.65, index of the medium, and the widest guide by the
#: guide's own width.
BAND, LIQUIDS, WIDEST = (1.26, 1.68), (1.0, 1.5), 2.0
#: The narrowest guide, by the guide's own, in media of two indices; its inverse is linear in the index. The silicon
#: line's holds light over the whole band in every corner: least at 1.68 µm in thin_narrow, n_eff - n of the oxide 0.032
#: in air and 0.054 at 1.25 (strips of 0.33 and 0.30 µm).
NARROWEST = ((1.0, 11 / 15), (1.25, 2 / 3))
WAVES, MEDIA, INVERSES = 8, 7, 12  #: nodes of each
_made: dict[str, Any] = {}  #: by key


@dataclass(frozen=True)
class Wet:
    """n_eff(wavelength, width, temperature, medium) of the fundamental TE mode, and where it is from."""

    process: str
    hash: str
    version: str
    corner: str
    cross_section: str
    width: float  #: the cross-section's own [µm]
    temperature: float  #: at which n_eff was solved [K]
    index: Volume  #: of wavelength, 1/width and the medium's index
    warmth: Volume  #: dn_eff/dT, the medium's index held [1/K]
    error: float  #: largest error of n_eff found between the nodes
    loss: float  #: of the straight guide under oxide, the process's number [dB/cm]

    def n_eff(
        self, wl: ArrayLike, medium: Medium, width: ArrayLike | None = None, temperature: ArrayLike | None = None
    ) -> Array:
        """Effective index, broadcast; complex where the medium absorbs.

        Raises:
            LingnanError: a wavelength, width or index outside the fit.
        """
        wl, n, share = self._place(wl, medium, width, temperature)
        xp = namespace(wl, share, temperature, n)
        warm = 0.0 if temperature is None else xp.asarray(temperature, float) - self.temperature
        real = self.index(wl, share, xp.real(n)) + warm * self.warmth(wl, share, xp.real(n))
        if not xp.iscomplexobj(n):
            return real
        return real + 1j * xp.imag(n) * self._slope(wl, share, xp.real(n))

    def bulk(self, wl: ArrayLike, medium: Medium, width: ArrayLike | None = None) -> Array:
        """dn_eff/dn of the medium: the sensitivity, and the share of the medium's absorption that light sees.

        Raises:
            LingnanError: a wavelength, width or index outside the fit.
        """
        wl, n, share = self._place(wl, medium, width, None)
        return self._slope(wl, share, namespace(n).real(n))

    def _place(
        self, wl: ArrayLike, medium: Medium, width: ArrayLike | None, temperature: ArrayLike | None
    ) -> tuple[Any, Any, Any]:
        """The wavelength, the medium's index, and where between the widest guide and the narrowest one lies, by
        1/width."""
        n = index_of(medium, wl, self.temperature if temperature is None else temperature)
        w = self.width if width is None else width
        what = f"{self.cross_section} in a window (process {self.process}, corner {self.corner})"
        wl, n = in_range(what, "wl", wl, self.index.terms[0].x), check_index(what, n)
        real = namespace(n).real(n)
        least = LIQUIDS[1] if isinstance(real, Tracer) else float(np.min(real))
        ends = round(self.width * narrowest(least), 3), WIDEST * self.width  # whole nm
        held = f"in a medium of index {least:.4g} light is held in every corner up to {self.index.terms[0].x[1]:g} µm"
        w = in_range(what, "width", w, ends, because=held)
        u, wide = 1 / namespace(w).asarray(w, float), 1 / ends[1]
        share = (u - wide) / (1 / (self.width * narrowest(real)) - wide)
        if isinstance(share, Tracer):  # where the medium is traced, so is how narrow a guide may be
            said = literal(f"model of {what}: width = ") + "{value:g} µm is too narrow for it in this medium."
            share = share * marked(share <= 1.003, said, value=1 / u)  # the limit itself is in whole nm
        return wl, n, share

    def _slope(self, wl: ArrayLike, share: Any, n: Any) -> Array:
        """dn_eff/dn at a width: the share of 1/width falls as the narrowest guide's 1/width rises."""
        rise = 1 / narrowest(n) - 1 / WIDEST
        return self.index.along_z()(wl, share, n) - share * _RISE / rise * self.index.along_y()(wl, share, n)


#: d(1/`narrowest`)/dn
_RISE = (1 / NARROWEST[1][1] - 1 / NARROWEST[0][1]) / (NARROWEST[1][0] - NARROWEST[0][0])


def narrowest(n: Any) -> Any:
    """Width of the narrowest guide that a fit has in a medium, by the guide's own."""
    return 1 / (1 / NARROWEST[0][1] + _RISE * (n - NARROWEST[0][0]))


def index_of(medium: Medium, wl: ArrayLike, temperature: ArrayLike) -> Any:
    """Index of a medium, complex where it absorbs.

    Args:
        medium: a material or its name, or the index itself.
        wl: wavelength [µm].
        temperature: [K].

    Raises:
        MaterialRangeError: a material asked for where nobody has measured it; give the index.
    """
    if not isinstance(medium, str | materials.Material):
        return medium if is_traced(medium) else np.asarray(medium)
    found = materials.index(medium, wl, temperature)
    return found if is_traced(found) else np.asarray(found)


def check_index(what: str, n: ArrayLike) -> Any:
    """An index as given, if it was solved for; else as `in_range`. Its real part counts.

    Raises:
        LingnanError: with the range.
    """
    low, high = LIQUIDS
    end = (
        f" lies outside {low:g} to {high:g}, for which it was solved. Give cladding = a liquid's or a gas's name, or "
        "its index, inside that range."
    )
    said = literal(f"model of {what}: an index of the medium of ") + "{value:g}" + literal(end)
    if isinstance(n, Tracer):
        real = jnp.real(n)
        return n * marked((real >= low - 1e-9) & (real <= high + 1e-9), said, value=real)
    numbers = np.real(np.asarray(n))
    if not np.all((numbers >= low - 1e-9) & (numbers <= high + 1e-9)):
        worst = numbers.flat[int(np.argmax(np.maximum(low - numbers, numbers - high)))]
        raise LingnanError(said.format(value=worst))
    return n


def wet(process: Process, cross_section: str, corner: str = "nominal") -> Wet:
    """A guide in a window: from the store, else solved now and remembered."""
    key = key_of(process, cross_section, corner)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: as_entry(solve(process, cross_section, corner)))
        filled: dict[str, Any] = {**entry, **{name: volume_of(entry[name]) for name in ("index", "warmth")}}
        _made[key] = Wet(**filled)
    return _made[key]


def key_of(process: Process, cross_section: str, corner: str) -> str:
    """Name of a guide in the store."""
    return f"wet {cross_section} {corner} {digest(process, cross_section, corner)}"


_SHARES = (0.0, 1.0)  #: of 1/width, from the widest guide to the narrowest
#: Where the error is looked for: shares of the band and of 1/width, and media; the last two at the narrowest guides
_BETWEEN = (
    (0.15, 0.6, 1.33), (0.7, 0.65, 1.02), (0.9, 0.75, 1.4), (0.69, 0.93, 1.3154), (0.93, 0.97, 1.02),
)  # fmt: skip


def solve(process: Process, cross_section: str, corner: str = "nominal") -> Wet:
    """Solve a guide in media of all indices at all nodes, and between them for the error."""
    data = process.cross_sections[cross_section]
    own = data.width.value
    waves, shares, media = nodes(*BAND, WAVES), nodes(*_SHARES, INVERSES), nodes(*LIQUIDS, MEDIA)

    @cache
    def geometry(width: float, n: float) -> waveguides.Geometry:
        return optics.geometry(process, cross_section, corner=corner, width=jnp.asarray(width), cladding=n)

    def index(wl: float, share: float, n: float) -> tuple[Array, Array]:
        u = 1 / WIDEST + share * (1 / narrowest(n) - 1 / WIDEST)
        return guides.fastest_te(geometry(float(own / u), float(n)), jnp.asarray(wl))

    values = np.array([[[index(w, share, n) for n in media] for share in shares] for w in waves])
    n_eff, warmth = (Volume.through(BAND, _SHARES, LIQUIDS, values[..., k]) for k in (0, 1))
    span = BAND[1] - BAND[0]
    between = [(BAND[0] + a * span, b, n) for a, b, n in _BETWEEN]
    error = max(abs(float(n_eff(*at)) - float(index(*at)[0])) for at in between)
    loss = 0.0 if data.loss is None else data.loss.value
    kelvin = process.corners[corner].temperature
    return Wet(
        process.name, process.hash, __version__, corner, cross_section, own, kelvin, n_eff, warmth, error, loss
    )  # fmt: skip


def as_entry(made: Wet) -> dict[str, Any]:
    """As the store keeps it."""
    return asdict(made)


def volume_of(entry: Mapping[str, Any]) -> Volume:
    """Of what the store keeps of one."""
    return Volume(tuple(entry["z"]), tuple(store.as_surface(one) for one in entry["terms"]))


def apart(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    """How far two entries of a key are from each other between the nodes, as their error is meant."""
    name = "index" if "index" in one else "logarithm"
    first, second = (volume_of(entry[name]) for entry in (one, two))
    low, high = first.terms[0].y
    at = 1.555, low + 0.6 * (high - low), 1.33  # in the range of every fit
    return abs(float(first(*at)) - float(second(*at)))


def wanted(process: Process) -> list[tuple[str, Any]]:
    """What is kept: strips in windows, every corner."""
    return [
        (key_of(process, "strip", corner), lambda c=corner: as_entry(solve(process, "strip", c)))
        for corner in process.corners
    ]
