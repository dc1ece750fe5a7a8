"""Surrogates of whole devices: S-parameters over wavelength and temperature from a slow solver, fitted and kept.

Every amplitude is written as exp(i ψ) p(λ, T) with ψ = 2π G (1/λ - 1/λ₀) + ρ (T - T₀), whose group length G and ρ are
found from differences of the solver in the middle, and p a Chebyshev polynomial, real and imaginary part, scaled down
where a fit would make light. Where no fit is right to `WORST`, the device is refused.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import check_range, digest
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process

Pair = tuple[str, str]
#: S-parameters of a device at a wavelength [µm] and a temperature [K], by (in, out); each pair of ports once.
Solver = Callable[[Array, Array], Mapping[Pair, Array]]

#: Wavelengths [µm] and temperatures [K] of every fit: devices are designed for one band.
BAND, WARMTH = (1.48, 1.62), (288.15, 368.15)
WORST = 0.1  #: error of an amplitude at which a fit is refused

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
        check_range(self.what, "wl", wl, first.x)
        _check_temperature(self.what, temperature, first.y)
        wl, kelvin = jnp.asarray(wl, float), jnp.asarray(temperature, float)
        found: dict[Pair, Array] = {}
        for name, (real, imaginary) in self.amplitudes.items():
            one, two = name.split()
            value = (real(wl, kelvin) + 1j * imaginary(wl, kelvin)) * phase(wl, kelvin, *self.turns[name])
            found[one, two] = found[two, one] = value
        return found


def phase(wl: Array, temperature: Array, group: ArrayLike, turn: ArrayLike) -> Array:
    """exp(i ψ)."""
    middle, warm = sum(BAND) / 2, sum(WARMTH) / 2
    return jnp.exp(1j * (2 * jnp.pi * group * (1 / wl - 1 / middle) + turn * (temperature - warm)))


def _check_temperature(what: str, value: ArrayLike, limits: tuple[float, float]) -> None:
    if isinstance(value, jax.core.Tracer):
        return
    low, high = limits
    if not np.all((np.asarray(value) >= low - 1e-9) & (np.asarray(value) <= high + 1e-9)):
        raise LingnanError(
            f"model of {what}: temperature = {np.asarray(value)} K lies outside {low:g} to {high:g} K, for which it "
            "was solved. Give it in K, inside that range."
        )


def device(
    process: Process,
    name: str,
    cross_section: str,
    corner: str,
    settings: Mapping[str, Any],
    solver: Solver,
    count: tuple[int, int] = (9, 3),
) -> Device:
    """A device: from the store, else solved at all nodes now, and remembered.

    Args:
        process: of the line.
        name: of the cell.
        cross_section: of its guides.
        corner: of the process.
        settings: everything else that its S-parameters depend on, as plain values.
        solver: S-parameters at a point.
        count: nodes in wavelength and temperature.
    """
    key = key_of(process, name, cross_section, corner, settings)
    if key not in solved:
        entry = store.find(process.name, key)
        solved[key] = (
            solve(process, name, cross_section, corner, settings, solver, count) if entry is None else _as_device(entry)
        )
    return solved[key]


def modelled(
    process: Process,
    name: str,
    cross_section: str,
    corner: str,
    settings: Mapping[str, Any],
    solver_of: Callable[[Mapping[str, Any]], Solver],
    wl: ArrayLike,
    temperature: ArrayLike | None,
    count: tuple[int, int] = (9, 3),
) -> dict[Pair, Array]:
    """S of a device: from its surrogate, or, where a setting is traced, from the solver itself, point by point."""
    kelvin = process.corners[corner].temperature if temperature is None else temperature
    if not any(isinstance(value, jax.core.Tracer) for value in settings.values()):
        made = device(process, name, cross_section, corner, settings, lambda *at: solver_of(settings)(*at), count)
        return made.sdict(wl, kelvin)
    waves, warmths = jnp.broadcast_arrays(jnp.asarray(wl, float), jnp.asarray(kelvin, float))
    found = jax.vmap(solver_of(settings))(waves.reshape(-1), warmths.reshape(-1))
    shaped = {way: value.reshape(waves.shape) for way, value in found.items()}
    return {**shaped, **{(two, one): value for (one, two), value in shaped.items()}}


def key_of(process: Process, name: str, cross_section: str, corner: str, settings: Mapping[str, Any]) -> str:
    """Name of a device in the store."""
    given = hashlib.sha256(repr(sorted(settings.items())).encode()).hexdigest()[:8]
    return f"device {name} {cross_section} {corner} {given} {digest(process, cross_section, corner)}"


def solve(
    process: Process,
    name: str,
    cross_section: str,
    corner: str,
    settings: Mapping[str, Any],
    solver: Solver,
    count: tuple[int, int],
) -> Device:
    """Solve a device at all nodes, and between them for the error."""
    middle, warm = sum(BAND) / 2, sum(WARMTH) / 2
    ways = list(solver(jnp.asarray(middle), jnp.asarray(warm)))

    def point(wl: float, kelvin: float) -> np.ndarray:
        found = solver(jnp.asarray(wl), jnp.asarray(kelvin))
        return np.array([complex(found[way]) for way in ways])

    small, kelvin = 1e-4, 0.5
    floor = 1e-12 * np.exp(0.0j)  # where nothing is, nothing turns
    by_wave, by_warmth = (
        np.angle((point(*up) + floor) / (point(*down) + floor))
        for up, down in (
            ((middle + small, warm), (middle - small, warm)), ((middle, warm + kelvin), (middle, warm - kelvin))
        )
    )  # fmt: skip
    groups = by_wave / (2 * np.pi * (1 / (middle + small) - 1 / (middle - small)))
    turns = by_warmth / (2 * kelvin)

    def flattened(wl: float, kelvin: float) -> np.ndarray:
        return point(wl, kelvin) / np.asarray(phase(jnp.asarray(wl), jnp.asarray(kelvin), groups, turns))

    waves, warmths = nodes(*BAND, count[0]), nodes(*WARMTH, count[1])
    values = np.array([[flattened(w, t) for t in warmths] for w in waves])
    fits = [tuple(Surface.through(BAND, WARMTH, p) for p in (v.real, v.imag)) for v in np.moveaxis(values, -1, 0)]
    error = 0.0
    for wl, kelvin in ((1.4966, 298.15), (1.5307, 350.0), (1.5912, 325.0)):
        fitted = np.array([complex(real(wl, kelvin) + 1j * imaginary(wl, kelvin)) for real, imaginary in fits])
        error = max(error, float(np.max(np.abs(fitted - flattened(wl, kelvin)))))
    what = f"{name} on {cross_section} (process {process.name}, corner {corner})"
    if not error < WORST:
        raise LingnanError(
            f"model of {what}: {count[0]} x {count[1]} nodes fit its amplitudes to {error:.2g} only, and {WORST:g} is "
            "asked for: its spectrum has too much structure, as when light is lost and comes back. Check its sizes."
        )
    turned = {f"{one} {two}": (float(g), float(r)) for (one, two), g, r in zip(ways, groups, turns, strict=True)}
    fitted_pairs = {f"{one} {two}": fit for (one, two), fit in zip(ways, fits, strict=True)}
    settled = ", ".join(f"{key}={value}" for key, value in sorted(settings.items()))
    made = Device(process.name, process.hash, __version__, what, settled, turned, fitted_pairs, error)
    return replace(made, amplitudes=_passive(made))


def _passive(made: Device) -> dict[str, tuple[Surface, Surface]]:
    """Amplitudes divided by the largest singular value of S anywhere in the fit's range, where that is above one."""
    waves, kelvins = jnp.linspace(*BAND, 57), jnp.linspace(*WARMTH, 5)
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


def _as_device(entry: dict[str, Any]) -> Device:
    amplitudes = {name: tuple(store.as_surface(s) for s in pair) for name, pair in entry["amplitudes"].items()}
    return Device(**{**entry, "amplitudes": amplitudes})
