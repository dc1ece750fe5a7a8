"""Drawn diodes of the silicon line whose doses and masks are off: `carriers.shift` with errors, without a solve.

    found = implanted.shift(sides, 0.45, dose={"P": 1.1}, overlay={"N": 0.03})
    found.at(1.55, 2.0), found.junction(2.0)
    implanted.shift(sides, 0.45, overlay={"P": moves}, places=implanted.PAIR)       # arrays, traced or not

Ratios to the diode without errors are those of the nominal corner (`implanting`), and multiply what is kept of the
corner that is asked for. A mask that is off moves to the right of the light's way in one arm of a pair and to the left
in its mirror image, and in a ring it does both: there the mean over the places counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.components.soi import carriers
from lingnan.components.soi.implanting import SIGMAS, Change, change
from lingnan.components.soi.lateral import Side
from lingnan.components.soi.resonators import Resonator
from lingnan.components.soi.voltages import Shift
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.solvers.tracing import literal, marked, namespace

Errors = Mapping[str, Any]  #: by mask


class Places(NamedTuple):
    """Where along the light its guide has which direction: by what shares of its components a mask is off across it."""

    right: tuple[float, ...]  #: of that to the right of the light's way
    ahead: tuple[float, ...]  #: of that along it


STRAIGHT = Places((1.0,), (0.0,))
PAIR = Places((1.0, -1.0), (0.0, 0.0))  #: an arm, and its mirror image below
MIRRORED = Places((-1.0,), (0.0,))  #: the lower arm of a pair


def around(ring: Resonator, count: int = 24) -> Places:
    """Of a ring or disk above its bus: p is outside, to the left of the guide; the opening has no junction."""
    return _along(ring.opening_deg / 2 - 90.0, 270.0 - ring.opening_deg / 2, count)


def opened(ring: Resonator, count: int = 24) -> Places:
    """The rest of it: where donors are alone."""
    return _along(-90.0 - ring.opening_deg / 2, ring.opening_deg / 2 - 90.0, count)


def _along(first_deg: float, last_deg: float, count: int) -> Places:
    angle = np.radians(first_deg + (last_deg - first_deg) * (np.arange(count) + 0.5) / count)
    return Places(tuple(np.sin(angle).tolist()), tuple((-np.cos(angle)).tolist()))


@dataclass(frozen=True)
class Moved:
    """As `voltages.Shift`, of a diode with errors; the mean over its places."""

    own: Shift  #: without errors
    change: Change
    errors: Any  #: (…, places, 2 masks), shares of their limits
    bare: Any  #: the same where there is no p side

    @property
    def volts(self) -> tuple[float, float]:
        """That are kept [V]."""
        return self.own.volts

    def at(self, wl: ArrayLike, volts: ArrayLike) -> Array:
        """Δn_eff at a wavelength [µm] and a voltage [V], broadcast with the errors.

        Raises:
            LingnanError: a voltage outside of what is kept.
        """
        found, ratios = self.own.at(wl, volts), self._ratios(volts)
        real, imaginary = (ratios[..., k].mean(-1) for k in (0, 1))
        return found.real * real + 1j * (found.imag * imaginary)

    def idle_at(self, wl: ArrayLike) -> Array:
        """The same of the n side's carriers alone, where there is no p side."""
        xp, found = namespace(wl, self.bare), self.own.idle_at(wl)
        ratios = xp.exp(xp.einsum("qt,...at->...aq", self.change.idle, self.change.basis(self.bare))).mean(-2)
        return found.real * ratios[..., 0] + 1j * (found.imag * ratios[..., 1])

    def junction(self, volts: ArrayLike) -> tuple[Array, Array]:
        """Capacitance [F/m] and resistance of the silicon [Ω m] of all places side by side, to first order in ω R C.

        Raises:
            LingnanError: a diode that injects, or a voltage outside of what is kept.
        """
        (charge, silicon), ratios = self.own.junction(volts), self._ratios(volts)
        c, r = ratios[..., 2], ratios[..., 3]
        return charge * c.mean(-1), silicon * (r * c**2).mean(-1) / c.mean(-1) ** 2

    def _ratios(self, volts: ArrayLike) -> Any:
        return namespace(volts, self.errors).exp(self.change.logarithms(volts, self.errors))


def shift(
    sides: tuple[Side, Side],
    core: float,
    corner: str = "nominal",
    radius: float | None = None,
    *,
    dose: Errors | None = None,
    overlay: Errors | None = None,
    places: Places = STRAIGHT,
    bare: Places | None = None,
) -> Shift | Moved:
    """The change of index of a drawn diode with errors of its implants; where none are given, that of `carriers.shift`.

    Args:
        sides: left and right of the guide.
        core: width of the guide, drawn [µm].
        corner: of the process.
        radius: of the guide's middle, which bends away from its left side [µm]; None: it is straight.
        dose: share of its concentration that an implant has, by mask; 1 where nothing is said. Arrays are broadcast.
        overlay: by which a mask is misplaced to the right of the light's way, by mask [µm]; a tuple is that, and by
            how much it is misplaced along the way, which a ring tells.
        places: whose mean is asked for.
        bare: the same of `idle_at`, where there is no p side: `opened` of a ring; None: as `places`.

    Raises:
        LingnanError: errors without masks, a mask that the diode has not, or an error beyond three deviations of the
            process. Inside `jit` such errors give NaN, with a warning.
    """
    either: dict[str, Any] = {"dose": dose, "overlay": overlay}
    for name, given in either.items():
        if given is not None and not isinstance(given, Mapping):
            raise LingnanError(f"diode: {name} = {given!r} names no mask. Give each by its mask, as {{'P': …}}.")
    own = carriers.shift(sides, core, corner, radius)
    if not dose and not overlay:
        return own
    kept = change(sides, core, radius)
    errors = _errors(kept, dose or {}, overlay or {}, places)
    return Moved(own, kept, errors, errors if bare is None else _errors(kept, dose or {}, overlay or {}, bare))


def _errors(kept: Change, dose: Errors, overlay: Errors, places: Places) -> Any:
    """(…, places, 2 masks) as shares of their limits."""
    for given in (dose, overlay):
        for one in given:
            if one not in kept.masks:
                raise LingnanError(f"diode: {one!r} is no mask of its implants. {did_you_mean(one, kept.masks)}")
    count = len(kept.masks)
    right, ahead = (np.asarray(one) for one in places)
    xp = namespace(dict(dose), dict(overlay))
    found: list[Any] = []
    for mask, limit in zip(kept.masks, kept.limits[:count], strict=True):
        value = _inside(f"dose of {mask}", dose.get(mask, 1.0), 1 - limit, 1 + limit, "")
        found.append((xp.asarray(value, float)[..., None] - 1) / limit * np.ones_like(right))
    for mask, limit in zip(kept.masks, kept.limits[count:], strict=True):
        value = overlay.get(mask, 0.0)
        pair = value if isinstance(value, tuple) else (value, 0.0)
        if len(pair) != 2:
            raise LingnanError(f"diode: overlay of {mask} = {value!r}. Give what is to the right, and what is ahead.")
        across, along = (xp.asarray(_number(f"overlay of {mask}", one), float)[..., None] for one in pair)
        found.append(_inside(f"overlay of {mask}", across * right + along * ahead, -limit, limit, " µm") / limit)
    return xp.stack(xp.broadcast_arrays(*found), axis=-1)


def _number(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple) or (not isinstance(value, Tracer) and np.asarray(value).dtype.kind not in "iuf"):
        raise LingnanError(f"diode: {name} = {value!r} is no real number, nor an array of them.")
    return value


def _inside(name: str, value: Any, low: float, high: float, unit: str) -> Any:
    """The error, inside of what is kept; a traced one outside is NaN with a warning."""
    end = (
        f"{unit} lies outside {low:g} to {high:g}{unit}, {SIGMAS:g} deviations of the process, up to which errors are "
        "kept. Stay inside, or solve one: `carriers.section` takes any dose and overlay."
    )
    said = literal(f"diode: {name} = ") + "{value:g}" + literal(end)
    value = _number(name, value)
    fine = (value >= low - 1e-9) & (value <= high + 1e-9)
    if isinstance(fine, Tracer):
        return value * marked(fine, said, value=value)
    if not np.all(fine):
        raise LingnanError(said.format(value=np.asarray(value).ravel()[int(np.argmin(np.asarray(fine).ravel()))]))
    return value
