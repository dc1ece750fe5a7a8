"""Surrogates of devices that are a uniform body between two ends: multimode couplers, slot and segmented guides.

What light does at either end, and how fast each of the body's modes runs, are smooth in wavelength and temperature and
are fitted; the body's length enters exactly, and with it all interference and every echo between the ends, however fine
the ripple that they make. Of the body's modes those are kept that an end couples to a port by more than `COUPLED`;
light in others, radiating ones among them, is gone. S-matrices of both ends are scaled down where a fit would make
light, so that the whole makes none at any length.

Every amplitude of an end is written as exp(i ψ) p(λ, T), as in `devices`. The error is that of S of the whole, found
between the nodes against the same solver.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Floats, Surface, Surfaces, nodes
from lingnan.components.compact.devices import (
    BAND,
    BETWEEN,
    TRIED,
    WARMTH,
    WORST,
    Between,
    phase,
    turning,
    within,
)
from lingnan.components.compact.guides import in_range
from lingnan.components.compact.spec import Settings, Spec
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.tracing import is_traced, namespace

#: Least amplitude between a port and a mode of the body for which the mode is kept, and any amplitude that is. Modes
#: near cutoff, which no port sees much of, resonate between the ends as a set: a bound of 1e-2 kept a part of one, and
#: S was 1e-2 off.
COUPLED, LEAST = 2e-3, 3e-4
#: Least coefficients of polynomials that are kept: of indices, and of amplitudes.
FINE, SEEN = 1e-6, 3e-4
solved: "dict[str, Body]" = {}  #: by key; for the rebuild to take


class End(NamedTuple):
    """S at one end of a body, symmetric, with the ports' planes where the device has them."""

    ports: Any  #: (…, ports, ports) what comes back
    into: Any  #: (…, modes, ports)
    modes: Any  #: (…, modes, modes) what the end sends back into the body


class Cut(NamedTuple):
    """A device at one wavelength and temperature, its length left open."""

    index: Any  #: (…, modes) n_eff of the body's modes
    left: End
    right: End


class Fit(NamedTuple):
    """Where a device is solved."""

    #: Nodes in wavelength and temperature; indices bend with temperature, so that two leave a hundredth of a turn.
    count: tuple[int, int] = (9, 3)
    between: Between = BETWEEN  #: where the fit is held against the solver
    band: tuple[float, float] = BAND  #: of wavelengths [µm]
    kelvins: tuple[float, float] = WARMTH  #: of temperatures


#: A cut device at a wavelength [µm] and a temperature [K].
Cutter = Callable[[Array, Array], Cut]


def whole(cut: Cut, length: ArrayLike, wl: ArrayLike) -> Any:
    """S of the device, (…, ports, ports), left ports first: all echoes between the ends summed."""
    xp = namespace(cut, length, wl)
    left, right = cut.left, cut.right
    run = xp.exp(2j * np.pi / xp.asarray(wl)[..., None] * cut.index * length)[..., :, None]
    into = run * right.into  # the right end, seen from the left one
    beyond = run * right.modes * xp.swapaxes(run, -1, -2)
    sources = xp.concatenate([left.into + 0j, left.modes @ into], axis=-1)
    onwards = xp.linalg.solve(np.eye(cut.index.shape[-1]) - left.modes @ beyond, sources)
    back = beyond @ onwards + xp.concatenate([xp.zeros_like(left.into), into], axis=-1)
    through = xp.concatenate([xp.swapaxes(left.into, -1, -2) @ back, xp.swapaxes(into, -1, -2) @ onwards], axis=-2)
    west, east, plain = left.ports.shape[-1], right.ports.shape[-1], [(0, 0)] * (left.ports.ndim - 2)
    return through + xp.pad(left.ports, [*plain, *[(0, east)] * 2]) + xp.pad(right.ports, [*plain, *[(west, 0)] * 2])


@dataclass(frozen=True)
class Body:
    """A cut device over wavelength and temperature, and where it is from."""

    process: str
    hash: str
    version: str
    what: str  #: for messages: cell, process, corner
    settings: str  #: what was solved, as text
    length: float  #: of the body at which the error was found [µm]
    ports: tuple[int, int]  #: how many are left and right
    indices: tuple[Surface, ...]  #: of the body's modes
    turns: Mapping[str, tuple[float, float]]  #: by "end row column" -> G [µm] and ρ [1/K]
    amplitudes: Mapping[str, tuple[Surface, Surface]]  #: the same -> real and imaginary part of p
    scales: tuple[float, float]  #: by which each end is scaled down
    error: float  #: largest error of an amplitude of the whole found between the nodes
    band: tuple[float, float] = BAND  #: of wavelengths [µm]
    kelvins: tuple[float, float] = WARMTH  #: of temperatures

    def cut(self, wl: ArrayLike, temperature: ArrayLike) -> Cut:
        """The cut device, broadcast over wavelength [µm] and temperature [K].

        Raises:
            LingnanError: a wavelength or temperature outside the fit.
        """
        wl = in_range(self.what, "wl", wl, self.band)
        temperature = in_range(self.what, "temperature", temperature, self.kelvins, "K")
        xp = namespace(wl, temperature)
        waves, kelvins = xp.broadcast_arrays(xp.asarray(wl, float), xp.asarray(temperature, float))
        table, modes = self._table, len(self.indices)
        values = table.polynomials(waves, kelvins)
        amplitude = (values[..., modes::2] + 1j * values[..., modes + 1 :: 2]) * table.scale
        amplitude = amplitude * phase(waves[..., None], kelvins[..., None], table.group, table.turn)
        amplitude = xp.concatenate([amplitude, xp.zeros_like(amplitude[..., :1])], axis=-1)
        ends = (_parted(amplitude[..., rows], count) for rows, count in zip(table.places, self.ports, strict=True))
        return Cut(values[..., :modes], *ends)

    def s(self, wl: ArrayLike, temperature: ArrayLike, length: ArrayLike | None = None) -> Any:
        """S of the whole, (…, ports, ports)."""
        return whole(self.cut(wl, temperature), self.length if length is None else length, wl)

    @cached_property
    def _table(self) -> "_Table":
        names, modes = list(self.amplitudes), len(self.indices)
        places: list[np.ndarray] = []
        for end, count in enumerate(self.ports):
            places.append(np.full((count + modes, count + modes), len(names)))
            for number, name in enumerate(names):
                which, row, column = map(int, name.split())
                if which == end:
                    places[end][row, column] = places[end][column, row] = number
        return _Table(
            Surfaces.of([*self.indices, *(part for name in names for part in self.amplitudes[name])]),
            np.array([self.turns[name][0] for name in names]),
            np.array([self.turns[name][1] for name in names]),
            np.array([1 / self.scales[int(name.split()[0])] for name in names]),
            places,
        )


class _Table(NamedTuple):
    """All amplitudes of a body side by side."""

    polynomials: Surfaces  #: indices, then real and imaginary part of each amplitude
    group: Floats
    turn: Floats
    scale: Floats
    places: list[np.ndarray]  #: of each end: which amplitude stands where in its S; one beyond the last: none


def _parted(s: Any, ports: int) -> End:
    return End(s[..., :ports, :ports], s[..., ports:, :ports], s[..., ports:, ports:])


def _matrix(end: End) -> np.ndarray:
    """S of an end, its ports first."""
    return np.block([[end.ports, np.swapaxes(end.into, -1, -2)], [end.into, end.modes]])


def body(spec: Spec, usual: float, cutter: Cutter, fit: Fit) -> Body:
    """A device that is a body between two ends: from the store, else solved now and remembered.

    Args:
        spec: what it is, without the body's length.
        usual: length of the body, at which the error is found [µm].
        cutter: the solver.
        fit: where it is solved.
    """
    key = spec.key("body")
    if key not in solved:
        entry = store.recalled(spec.process.name, key, lambda: as_entry(solve(spec, usual, cutter, fit)))
        solved[key] = _as_body(entry)
    for told in store.listeners:
        told(key, solved[key].error, partial(wrong, solved[key], cutter))
    return solved[key]


def wrong(made: Body, cutter: Cutter, points: Between = TRIED) -> float:
    """Largest error of an amplitude of the whole at some points, by the solver as it is now."""
    return max(_wrong(made, cutter, *at) for at in points)


def modelled(
    spec: Spec,
    length: ArrayLike,
    usual: float,
    cutter_of: Callable[[Settings], Cutter],
    ports: tuple[tuple[str, ...], tuple[str, ...]],
    wl: ArrayLike,
    temperature: ArrayLike | None,
    fit: Fit | None = None,
) -> dict[tuple[str, str], Array]:
    """S of a device: from its surrogate, or, where a setting is traced, from the solver itself, point by point.

    Args:
        spec: what it is, without the body's length.
        length: of the body [µm]; may be traced.
        usual: the process's own length, at which the error of the fit is found, whoever asks first [µm].
        cutter_of: makes the solver for settings.
        ports: names of those on the left and on the right, as the solver has them.
        wl: wavelength [µm].
        temperature: [K]; None: the corner's.
        fit: where it is solved; None: at as many points as multimode couplers ask for.
    """
    kelvin = spec.kelvin(temperature)
    if not is_traced(*spec.settings.values()):
        made = body(spec, usual, lambda *at: cutter_of(spec.settings)(*at), fit or Fit())
        s = made.s(wl, kelvin, length)
    else:
        waves, kelvins = jnp.broadcast_arrays(jnp.asarray(wl, float), jnp.asarray(kelvin, float))
        cut = jax.vmap(cutter_of(spec.settings))(waves.reshape(-1), kelvins.reshape(-1))
        s = whole(cut, length, waves.reshape(-1))
        s = s.reshape(*waves.shape, *s.shape[1:])
    names = [*ports[0], *ports[1]]
    return {(a, b): s[..., j, i] for i, a in enumerate(names) for j, b in enumerate(names)}


def solve(spec: Spec, length: float, cutter: Cutter, fit: Fit) -> Body:
    """Solve a device at all nodes, and between them for the error."""
    fit = within(fit, spec)
    middle, warm, small = sum(BAND) / 2, sum(WARMTH) / 2, 1e-4
    waves, warmths = nodes(*fit.band, fit.count[0]), nodes(*fit.kelvins, fit.count[1])
    up, down = (_numbers(cutter, middle + sign * small, warm) for sign in (1, -1))
    grid = [[_numbers(cutter, w, t) for t in warmths] for w in waves]
    coupled = np.max([abs(end.into).max(axis=-1) for row in grid for one in row for end in one[1:]], axis=0)
    modes = np.flatnonzero(coupled > COUPLED)
    index = np.array([[one.index[modes] for one in row] for row in grid])
    indices = tuple(_through(index[..., k], fit, FINE) for k in range(len(modes)))
    turns: dict[str, tuple[float, float]] = {}
    amplitudes: dict[str, tuple[Surface, Surface]] = {}
    ports = (up.left.ports.shape[0], up.right.ports.shape[0])
    for end in (0, 1):
        kept = np.concatenate([np.arange(ports[end]), ports[end] + modes])
        values = np.array([[_matrix(one[1 + end])[np.ix_(kept, kept)] for one in row] for row in grid])
        above, below = (_matrix(one[1 + end])[np.ix_(kept, kept)] for one in (up, down))
        for row, column in zip(*np.tril_indices(len(kept)), strict=True):
            one = values[..., row, column]
            if np.abs(one).max() < LEAST:
                continue
            slope = np.angle(above[row, column] * np.conj(below[row, column]))
            local = slope / (2 * np.pi * (1 / (middle + small) - 1 / (middle - small)))
            turn = turning(waves, warmths, one, float(local))
            flat = one / phase(waves[:, None], warmths, *turn)
            turns[f"{end} {row} {column}"] = turn
            real, imaginary = (_through(part, fit, SEEN) for part in (flat.real, flat.imag))
            amplitudes[f"{end} {row} {column}"] = (real, imaginary)
    process = spec.process
    made = Body(
        process.name, process.hash, __version__, spec.what, spec.settled, length, ports, indices, turns, amplitudes,
        (1.0, 1.0), 0.0, fit.band, fit.kelvins,
    )  # fmt: skip
    made = replace(made, scales=_scales(made))
    error = max(_wrong(made, cutter, *at) for at in fit.between)
    if not error < WORST:
        raise LingnanError(
            f"model of {spec.what}: {fit.count[0]} x {fit.count[1]} nodes fit its amplitudes to {error:.2g} only, and "
            f"{WORST:g} is asked for: its ends have too much structure. Check its sizes."
        )
    return replace(made, error=error)


def _numbers(cutter: Cutter, wl: float, kelvin: float) -> Cut:
    return jax.tree.map(np.asarray, cutter(jnp.asarray(wl), jnp.asarray(kelvin)))


def _wrong(made: Body, cutter: Cutter, wl: float, kelvin: float) -> float:
    """Error of the whole at a point, against all modes that the solver has."""
    expected = whole(_numbers(cutter, wl, kelvin), made.length, np.asarray(wl))
    return float(np.abs(made.s(wl, kelvin) - expected).max())


def _through(values: Floats, fit: Fit, seen: float) -> Surface:
    """The polynomial through values at the nodes, without orders below `seen`, and with digits to match."""
    surface = Surface.through(fit.band, fit.kelvins, values)
    size = np.abs(np.array(surface.coefficients))
    high, wide = (int(np.flatnonzero(size.max(axis=axis) > seen).max(initial=0)) + 1 for axis in (1, 0))
    digits = 1 - int(np.floor(np.log10(seen)))
    rows = tuple(tuple(round(c, digits) for c in row[:wide]) for row in surface.coefficients[:high])
    return replace(surface, coefficients=rows)


def _scales(made: Body) -> tuple[float, float]:
    """Largest singular value of either end anywhere in the fit's range, where that is above one."""
    cut = made.cut(np.linspace(*made.band, 57)[:, None], np.linspace(*made.kelvins, 5))
    low, high = (float(np.linalg.norm(_matrix(end), 2, axis=(-2, -1)).max()) for end in (cut.left, cut.right))
    return max(1.0, low * (1 + 1e-6)), max(1.0, high * (1 + 1e-6))


def as_entry(made: Body) -> dict[str, Any]:
    """A body as the store keeps it: of polynomials only the coefficients, for all share one rectangle."""
    short = {name: [surface.coefficients for surface in pair] for name, pair in made.amplitudes.items()}
    held = {field.name: getattr(made, field.name) for field in fields(made)}
    return {**held, "indices": [surface.coefficients for surface in made.indices], "amplitudes": short}


def _as_body(entry: Mapping[str, Any]) -> Body:
    (low, high), (cold, hot) = entry.get("band", BAND), entry.get("kelvins", WARMTH)
    band, kelvins = (low, high), (cold, hot)

    def surface(coefficients: Any) -> Surface:
        return Surface(band, kelvins, tuple(map(tuple, coefficients)))

    amplitudes = {name: tuple(surface(c) for c in pair) for name, pair in entry["amplitudes"].items()}
    read: dict[str, Any] = {
        **entry, "indices": tuple(surface(c) for c in entry["indices"]), "amplitudes": amplitudes,
        "ports": tuple(entry["ports"]), "band": band, "kelvins": kelvins,
    }  # fmt: skip
    return Body(**read)
