"""Surrogates of whole devices: S-parameters over wavelength and temperature from a slow solver, fitted and kept.

Every amplitude is written as exp(i ψ) p(λ, T) with ψ = 2π G (1/λ - 1/λ₀) + ρ (T - T₀), whose group length G and ρ leave
the smoothest rest, and p a Chebyshev polynomial, real and imaginary part, of as many orders as the solver's values
between the nodes call for, scaled down where a fit would make light. Echoes inside a device make ripples too fine for
p: they are in its error, and not in the model. Where no fit is right to `WORST`, the device is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Floats, Surface, nodes
from lingnan.components.compact.guides import in_range, measured
from lingnan.components.compact.spec import Settings, Spec
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.tracing import is_traced, namespace

Pair = tuple[str, str]
#: S-parameters of a device at a wavelength [µm] and a temperature [K], by (in, out); each pair of ports once.
Solver = Callable[[Array, Array], Mapping[Pair, Array]]

#: Wavelengths [µm] and temperatures [K] of a fit that asks for no others: devices are designed for one band.
BAND, WARMTH = (1.48, 1.62), (288.15, 368.15)
VEHICLE = (233.15, 398.15)  #: -40 to 125 °C [K]
WORST = 0.1  #: error of an amplitude at which a fit is refused
Between = tuple[tuple[float, float], ...]
#: Where a fit is held against the solver, between the nodes: wavelength [µm] and temperature [K].
BETWEEN: Between = (
    (1.4881, 298.15), (1.4966, 298.15), (1.51, 310.0), (1.5307, 350.0), (1.5437, 298.15), (1.5673, 298.15),
    (1.5912, 325.0), (1.6077, 340.0),
)  # fmt: skip
#: The same for fits over the temperatures of a vehicle.
ABROAD: Between = (
    (1.4881, 298.15), (1.4966, 298.15), (1.51, 238.0), (1.5307, 393.0), (1.5437, 298.15), (1.5673, 265.0),
    (1.5912, 360.0), (1.6077, 340.0),
)  # fmt: skip
TRIED = BETWEEN[2:7:4]  #: of these two, where what is kept is tried after a change of the solver
_NOTHING = 1e-12  #: an amplitude as good as none

solved: "dict[str, Device]" = {}  #: by key; for the rebuild to take


@dataclass(frozen=True)
class Device:
    """S-parameters of one device, and where they are from."""

    process: str
    hash: str
    version: str
    what: str  #: for messages: cell, process, corner
    settings: str  #: what was solved, as text
    turns: Mapping[str, tuple[float, float]]  #: "in out" -> G [µm] and ρ [1/K]
    amplitudes: Mapping[str, tuple[Surface, Surface]]  #: "in out" -> real and imaginary part of p
    error: float  #: largest error of an amplitude found between the nodes

    def sdict(self, wl: ArrayLike, temperature: ArrayLike) -> dict[Pair, Array]:
        """All S-parameters, both ways, broadcast over wavelength [µm] and temperature [K].

        Raises:
            LingnanError: a wavelength or temperature outside the fit.
        """
        first = next(iter(self.amplitudes.values()))[0]
        wl = in_range(self.what, "wl", wl, first.x)
        temperature = in_range(self.what, "temperature", temperature, first.y, "K")
        xp = namespace(wl, temperature)
        wl, kelvin = xp.asarray(wl, float), xp.asarray(temperature, float)
        found: dict[Pair, Array] = {}
        for name, (real, imaginary) in self.amplitudes.items():
            one, two = name.split()
            value = (real(wl, kelvin) + 1j * imaginary(wl, kelvin)) * phase(wl, kelvin, *self.turns[name])
            found[one, two] = found[two, one] = value
        return found


def phase(wl: Any, temperature: Any, group: ArrayLike, turn: ArrayLike) -> Any:
    """exp(i ψ)."""
    middle, warm = sum(BAND) / 2, sum(WARMTH) / 2
    xp = namespace(wl, temperature)
    return xp.exp(1j * (2 * jnp.pi * group * (1 / wl - 1 / middle) + turn * (temperature - warm)))


class Fit(NamedTuple):
    """Where a device is solved."""

    count: tuple[int, int] = (17, 3)  #: nodes in wavelength and temperature
    between: Between = BETWEEN  #: where the fit is held against the solver
    kelvins: tuple[float, float] = WARMTH  #: of temperatures


def within(fit: Any, spec: Spec) -> Any:
    """The same fit, where all media of the device's guide were measured."""
    low, high = np.clip(fit.kelvins, *measured(spec.process, spec.cross_section, spec.corner))
    between = tuple((wl, float(np.clip(kelvin, low, high))) for wl, kelvin in fit.between)
    return fit._replace(kelvins=(float(low), float(high)), between=between)


def device(spec: Spec, solver: Solver, fit: Fit) -> Device:
    """A device: from the store, else solved at all nodes now, and remembered."""
    key = spec.key("device")
    if key not in solved:
        entry = store.recalled(spec.process.name, key, lambda: as_entry(solve(spec, solver, fit)))
        solved[key] = _as_device(entry)
    for told in store.listeners:
        told(key, solved[key].error, partial(wrong, solved[key], solver))
    return solved[key]


def wrong(made: Device, solver: Solver, points: Between = TRIED) -> float:
    """Largest error of an amplitude at some points, by the solver as it is now."""
    errors: list[float] = []
    for wl, kelvin in points:
        fitted = made.sdict(wl, kelvin)
        found = solver(jnp.asarray(wl), jnp.asarray(kelvin))
        errors += [abs(complex(fitted[way]) - complex(found[way])) for way in found]
    return max(errors)


def modelled(
    spec: Spec,
    solver_of: Callable[[Settings], Solver],
    wl: ArrayLike,
    temperature: ArrayLike | None,
    fit: Fit | None = None,
) -> dict[Pair, Array]:
    """S of a device: from its surrogate, or, where a setting is traced, from the solver itself, point by point."""
    kelvin = spec.kelvin(temperature)
    if not is_traced(*spec.settings.values()):
        made = device(spec, lambda *at: solver_of(spec.settings)(*at), fit or Fit())
        return made.sdict(wl, kelvin)
    waves, warmths = jnp.broadcast_arrays(jnp.asarray(wl, float), jnp.asarray(kelvin, float))
    found = jax.vmap(solver_of(spec.settings))(waves.reshape(-1), warmths.reshape(-1))
    shaped = {way: value.reshape(waves.shape) for way, value in found.items()}
    return {**shaped, **{(two, one): value for (one, two), value in shaped.items()}}


def solve(spec: Spec, solver: Solver, fit: Fit) -> Device:
    """Solve a device at all nodes, and between them for the error."""
    fit = within(fit, spec)
    middle, warm = sum(BAND) / 2, sum(WARMTH) / 2
    ways = list(solver(jnp.asarray(middle), jnp.asarray(warm)))

    def point(wl: float, kelvin: float) -> np.ndarray:
        found = solver(jnp.asarray(wl), jnp.asarray(kelvin))
        return np.array([complex(found[way]) for way in ways])

    waves, warmths = nodes(*BAND, fit.count[0]), nodes(*fit.kelvins, fit.count[1])
    small = 1e-4
    up, down = point(middle + small, warm), point(middle - small, warm)
    values = np.array([[point(w, t) for t in warmths] for w in waves])
    found = np.array([point(*at) for at in fit.between])
    turned: dict[str, tuple[float, float]] = {}
    fits: dict[str, tuple[Surface, Surface]] = {}
    error = 0.0
    for number, (one, two) in enumerate(ways):
        slope = np.angle((up[number] + _NOTHING) / (down[number] + _NOTHING)) if abs(up[number]) > _NOTHING else 0.0
        local = slope / (2 * np.pi * (1 / (middle + small) - 1 / (middle - small)))
        group, turn = turning(waves, warmths, values[..., number], float(local))
        best, wrong = _fitted(waves, warmths, values[..., number], found[:, number], fit, group, turn)
        turned[f"{one} {two}"], fits[f"{one} {two}"], error = (group, turn), best, max(error, wrong)
    if not error < WORST:
        raise LingnanError(
            f"model of {spec.what}: {fit.count[0]} x {fit.count[1]} nodes fit its amplitudes to {error:.2g} only, and "
            f"{WORST:g} is asked for: its spectrum has too much structure, as when light is lost and comes back. "
            "Check its sizes."
        )
    process = spec.process
    made = Device(process.name, process.hash, __version__, spec.what, spec.settled, turned, fits, error)
    served = replace(made, amplitudes=_passive(made))
    # what is passive at the nodes is a little off between them, and it is this that is served
    for row, (wl, kelvin) in zip(found, fit.between, strict=True):
        given = served.sdict(wl, kelvin)
        error = max([error, *(abs(complex(given[way]) - value) for way, value in zip(ways, row, strict=True))])
    return replace(served, error=float(error))


def turning(waves: Floats, warmths: Floats, values: np.ndarray, local: float) -> tuple[float, float]:
    """G near a first value or 0, and ρ: those that leave a parabola in the wavelength, and no turn with temperature.

    The first value is the slope of a phase in the middle of the band, and says nothing where the amplitude is zero.
    """
    middle, warm = sum(BAND) / 2, sum(WARMTH) / 2

    def rest(group: float) -> tuple[float, np.ndarray]:
        flat = values / np.exp(2j * np.pi * group * (1 / waves - 1 / middle))[:, None]
        smooth = np.polynomial.chebyshev.chebvander((waves - middle) / (BAND[1] - middle), 2)
        left = flat - smooth @ np.linalg.lstsq(smooth, flat, rcond=None)[0]
        return float(np.sum(np.abs(left) ** 2)), flat

    group = min([0.0, *(local * share for share in np.linspace(0.8, 1.2, 161))], key=lambda g: rest(g)[0])
    phases = np.unwrap(np.angle(rest(group)[1].sum(axis=0) + _NOTHING))
    return float(group), float(np.polyfit(warmths - warm, phases, 1)[0])


def _fitted(
    waves: Floats, warmths: Floats, values: np.ndarray, found: np.ndarray, fit: Fit, group: float, turn: float
) -> tuple[tuple[Surface, Surface], float]:
    """Real and imaginary part of p, and its largest error between the nodes, with the orders that make that least."""
    around = np.asarray(phase(jnp.asarray(waves)[:, None], jnp.asarray(warmths), group, turn))
    at, kelvins = np.array(fit.between).T
    expected = found / np.asarray(phase(jnp.asarray(at), jnp.asarray(kelvins), group, turn))
    whole = [Surface.through(BAND, fit.kelvins, part) for part in ((values / around).real, (values / around).imag)]
    best: tuple[tuple[Surface, Surface], float] | None = None
    for orders in range(min(3, len(waves)), len(waves) + 1):
        real, imaginary = (replace(one, coefficients=one.coefficients[:orders]) for one in whole)
        fitted = np.asarray(real(at, kelvins)) + 1j * np.asarray(imaginary(at, kelvins))
        wrong = float(np.max(np.abs(fitted - expected)))
        if best is None or wrong < 0.9 * best[1]:
            best = (real, imaginary), wrong
    assert best is not None
    return best


def _passive(made: Device) -> dict[str, tuple[Surface, Surface]]:
    """Amplitudes divided by the largest singular value of S anywhere in the fit's range, where that is above one."""
    waves, kelvins = jnp.linspace(*BAND, 57), jnp.linspace(*next(iter(made.amplitudes.values()))[0].y, 5)
    found = made.sdict(waves[:, None], kelvins)
    ports = sorted({port for pair in found for port in pair})
    rows = [[found[a, b] if (a, b) in found else jnp.zeros((57, 5)) for b in ports] for a in ports]
    largest = float(np.linalg.norm(np.moveaxis(np.asarray(rows), (0, 1), (2, 3)), 2, axis=(2, 3)).max())
    scale = max(1.0, largest * (1 + 1e-6))

    def scaled(surface: Surface) -> Surface:
        return replace(surface, coefficients=tuple(tuple(c / scale for c in row) for row in surface.coefficients))

    return {name: (scaled(real), scaled(imaginary)) for name, (real, imaginary) in made.amplitudes.items()}


def as_entry(made: Device) -> dict[str, Any]:
    """A device as the store keeps it."""
    return asdict(made)


def _as_device(entry: Mapping[str, Any]) -> Device:
    amplitudes = {name: tuple(store.as_surface(s) for s in pair) for name, pair in entry["amplitudes"].items()}
    return Device(**{**entry, "amplitudes": amplitudes})
