"""Spectra of a chip's networks in every corner of its process, by the models of its cells and SAX.

A route is the product of the guides that it is made of, which reflect nothing. All corners, and networks wired alike,
go through SAX at once. A network in which one part has no model, or none that reaches its settings, is left out whole,
with the reason: light that goes astray there is missed everywhere in it. In a window of the chip the medium is air;
routes that reach into one are taken as covered.
"""

import hashlib
import importlib
import inspect
import os
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.gf.build import LinePdk
from lingnan.tapeout.circuit.network import Network, Part
from lingnan.tapeout.collisions import Piece

POINTS = 2001  #: 50 pm apart over 100 nm: finer than a resonance of a quality factor of 10,000
BARE = "air"  #: over what lies in a window of the chip
FAINT = 1e-5  #: of the power: a path that never carries more in any corner is counted, and not shown

Floats = NDArray[np.float64]
SDict = dict[tuple[str, str], NDArray[np.complex128]]


@dataclass(frozen=True)
class Spectra:
    """Power from fibre to fibre of one network."""

    network: Network
    wavelengths: Floats  #: in vacuum [µm]
    corners: tuple[str, ...]
    power_db: Mapping[tuple[str, str], Floats]  #: (corners, wavelengths) by the couplers at both ends
    faint: int  #: paths that never carry more than `FAINT`


@dataclass(frozen=True)
class Silent:
    """A network without spectra."""

    network: Network
    reasons: tuple[str, ...]  #: one a part that cannot be simulated


def simulate(
    pdk: LinePdk, found: Sequence[Network], corners: Sequence[str], cache: Path | None = None
) -> list[Spectra | Silent]:
    """Spectra of networks, or why there are none, in their order.

    Args:
        pdk: the active one.
        found: as `network.networks` gives them.
        corners: of the process.
        cache: folder that keeps spectra by the content of their networks, of the process and of the models.
    """
    models, code = _Models(pdk, tuple(corners)), digest_of_models() if cache else ""
    results: dict[int, Spectra | Silent] = {}
    solved: dict[int, dict[str, SDict]] = {}
    files: dict[int, Path] = {}
    for place, one in enumerate(found):
        if cache:
            key = hashlib.sha256(repr((one, pdk.process.hash, tuple(corners), POINTS, code)).encode()).hexdigest()[:24]
            files[place] = cache / f"{key}.npz"
            kept = _recalled(files[place], one, models.corners)
            if kept:
                results[place] = kept
                continue
        parts = _parts(models, one)
        if isinstance(parts, Silent):
            results[place] = parts
        else:
            solved[place] = parts
    for places in _alike(found, solved):
        together = _circuits([found[place] for place in places], [solved[place] for place in places])
        for place, s in zip(places, together, strict=True):
            results[place] = made = _spectra(found[place], models.corners, s)
            if cache:
                _remember(files[place], made)
    return [results[place] for place in range(len(found))]


def digest_of_models() -> str:
    """sha256 of everything that spectra are made of: the code of models and solvers, what is kept, and SAX."""
    digest = hashlib.sha256(version("sax").encode())
    for room in ("components", "pdk", "solvers", "tapeout.circuit"):
        folder = Path(str(importlib.import_module(f"lingnan.{room}").__file__)).parent
        for file in sorted(file for pattern in ("*.py", "*.json") for file in folder.rglob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _recalled(file: Path, network: Network, corners: tuple[str, ...]) -> Spectra | None:
    try:
        with np.load(file) as kept:
            paths = [(str(start), str(end)) for start, end in kept["paths"].reshape(-1, 2)]
            power = dict(zip(paths, kept["power"].astype(float), strict=True))
            return Spectra(network, wavelengths(network.band), corners, power, int(kept["faint"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # not there, or not whole


def _remember(file: Path, made: Spectra) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with part.open("wb") as stream:
        paths, power = np.array(list(made.power_db)), np.array(list(made.power_db.values()))
        np.savez_compressed(stream, paths=paths, power=power, faint=made.faint)
    part.replace(file)


class _Models:
    """S-parameters of pieces, each asked for once."""

    def __init__(self, pdk: LinePdk, corners: tuple[str, ...]) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)  # a phase of thousands of turns has no digits left in 32 bits
        self.pdk, self.corners = pdk, corners
        self.known: dict[tuple[str, tuple[float, float]], SDict | LingnanError] = {}

    def of_piece(self, piece: Piece, band: tuple[float, float], bare: bool = False) -> SDict:
        """(corners, wavelengths) by pair of ports; raises what the model raises."""
        key = repr((piece.component, sorted(piece.settings.items()), piece.angle_deg, bare)), band
        if key not in self.known:
            try:
                self.known[key] = self._solved(piece, band, bare)
            except LingnanError as error:
                self.known[key] = error
        made = self.known[key]
        if isinstance(made, LingnanError):
            raise made
        return made

    def _solved(self, piece: Piece, band: tuple[float, float], bare: bool) -> SDict:
        model = self.pdk.models.get(piece.component)
        if model is None:
            raise LingnanError(f"{piece.component} has no model")
        taken = inspect.signature(model).parameters
        settings = dict(piece.settings)
        if "angle_deg" in taken and "angle_deg" not in inspect.signature(self.pdk.cells[piece.component]).parameters:
            settings["angle_deg"] = piece.angle_deg
        if bare:
            settings.setdefault("cladding", BARE)
        unknown = [name for name in settings if name not in taken]
        if unknown:
            where = " in a window" if bare else ""
            raise LingnanError(f"the model of {piece.component}{where} does not know {', '.join(unknown)}")
        waves = wavelengths(band)
        by_corner = [model(wl=waves, corner=corner, **settings) for corner in self.corners]
        return {
            pair: np.stack([np.broadcast_to(np.asarray(one[pair], complex), waves.shape) for one in by_corner])
            for pair in by_corner[0]
        }

    def of_part(self, part: Part, band: tuple[float, float]) -> SDict:
        """Of a device, or of a route as one guide."""
        if len(part.pieces) == 1:
            return self.of_piece(part.pieces[0], band, part.in_window)
        along = [self.of_piece(piece, band)["o1", "o2"] ** count for piece, count in _gathered(part.pieces)]
        through = reduce(np.multiply, along)
        zero = np.zeros_like(through)
        return {("o1", "o2"): through, ("o2", "o1"): through, ("o1", "o1"): zero, ("o2", "o2"): zero}


def wavelengths(band: tuple[float, float]) -> Floats:
    """Where a network is simulated [µm]."""
    return np.linspace(*band, POINTS)


def _gathered(pieces: Sequence[Piece]) -> list[tuple[Piece, int]]:
    """Pieces that are alike once, straights of one guide and direction as one that is as long as all of them."""
    counts: Counter[str] = Counter()
    kinds: dict[str, Piece] = {}
    lengths: dict[str, float] = {}
    for piece in pieces:
        straight = piece.component == "straight"
        key = repr((piece.component, piece.angle_deg % 180, sorted(_but(piece.settings, "length" if straight else ""))))
        kinds.setdefault(key, piece)
        counts[key] += 0 if straight and key in counts else 1
        if straight:
            lengths[key] = lengths.get(key, 0.0) + float(piece.settings["length"])
            kinds[key] = Piece(piece.component, {**piece.settings, "length": lengths[key]}, piece.angle_deg)
    return [(kinds[key], count) for key, count in counts.items()]


def _but(settings: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    return [item for item in settings.items() if item[0] != name]


def _parts(models: _Models, network: Network) -> dict[str, SDict] | Silent:
    """S of all parts by name, or why one has none."""
    solved: dict[str, SDict] = {}
    reasons: dict[str, None] = {}
    for part in network.parts:
        try:
            solved[part.name] = models.of_part(part, network.band)
        except LingnanError as error:
            reasons[f"{part.name} (line {part.line}): {error}"] = None
    return Silent(network, tuple(reasons)) if reasons else solved


def _spectra(network: Network, corners: tuple[str, ...], s: SDict) -> Spectra:
    """Light that leaves a coupler by several ports, such as an array's antennas, is added up."""
    ports = sorted({port for pair in s for port in pair})
    seen = [[one for one in ports if one.startswith(f"fibre{number}_")] for number in range(len(network.couplers))]
    power: dict[tuple[str, str], Floats] = {}
    faint = 0
    for number, one in enumerate(network.couplers):
        for other, two in enumerate(network.couplers[number + 1 :], number + 1):
            ways = [np.abs(s[a, b].reshape(len(corners), POINTS)) ** 2 for a in seen[number] for b in seen[other]]
            through = sum(ways, np.zeros((len(corners), POINTS))) / max(min(len(seen[number]), len(seen[other])), 1)
            if through.max() < FAINT:
                faint += 1
            else:
                power[one, two] = 10 * np.log10(np.maximum(through, np.finfo(float).tiny))
    return Spectra(network, wavelengths(network.band), corners, power, faint)


def _alike(found: Sequence[Network], solved: Mapping[int, Mapping[str, SDict]]) -> list[list[int]]:
    """Places of networks, those together that differ in numbers only."""
    groups: dict[str, list[int]] = {}
    for place, parts in solved.items():
        pairs = [sorted(parts[part.name]) for part in found[place].parts]
        groups.setdefault(repr((pairs, *_wired(found[place], parts))), []).append(place)
    return list(groups.values())


def _wired(network: Network, solved: Mapping[str, SDict]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Which ports are joined and which ones fibres see, parts named by number."""
    named = {part.name: f"part{number}" for number, part in enumerate(network.parts)}
    joints = [_renamed(pair, named) for pair in network.joints]
    joined = {port for pair in joints for port in pair}
    guides = {part.name: part.guides for part in network.parts}
    ports: dict[str, str] = {}
    for number, name in enumerate(network.couplers):
        mine = sorted({port for pair in solved[name] for port in pair} - {*guides[name]})
        free = [port for port in (f"{named[name]},{one}" for one in mine) if port not in joined]
        ports |= {f"fibre{number}_{k}": port for k, port in enumerate(free)}
    return joints, ports


def _circuits(networks: Sequence[Network], solved: Sequence[Mapping[str, SDict]]) -> list[SDict]:
    """S between the fibres of networks that differ in numbers only, by SAX: all go through one circuit at once."""
    import sax

    joints, ports = _wired(networks[0], solved[0])
    constants: dict[str, Any] = {}
    for number, part in enumerate(networks[0].parts):
        every = [parts[network.parts[number].name] for network, parts in zip(networks, solved, strict=True)]
        flat = {pair: np.concatenate([one[pair].reshape(-1) for one in every]) for pair in sorted(solved[0][part.name])}
        constants[f"part{number}"] = lambda flat=flat: flat
    circuit, _ = sax.circuit(
        {"instances": {word: word for word in constants}, "connections": dict(joints), "ports": ports},
        constants,
        backend="klu",
    )
    # before the circuit goes: its factorisation is freed with it, and JAX may still be working with that
    found = {pair: np.asarray(value) for pair, value in circuit().items()}
    return [{pair: value.reshape(len(networks), -1)[k] for pair, value in found.items()} for k in range(len(networks))]


def _renamed(pair: tuple[str, str], named: Mapping[str, str]) -> tuple[str, str]:
    one, two = (f"{named[part]},{port}" for part, _, port in (word.partition(",") for word in pair))
    return one, two
