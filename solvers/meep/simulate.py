"""S-matrix of a scene by FDTD, with its convergence in resolution; modes of a cross-section by MPB.

Each excitation is a run of its own, normalised by the wave that arrives at its own port plane, so no reference run is
needed and an interrupted matrix goes on where it stopped. S[out, in] at the port planes, exp(-i omega t).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.meep.job import Progress, run
from lingnan.solvers.meep.machine import find
from lingnan.solvers.meep.scene import Scene

#: what `modes` is told of a cross-section
SECTION = (
    "width", "height", "background", "blocks", "prisms", "wavelength", "resolution", "num_modes", "guess", "highest",
)  # fmt: skip
Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


@dataclass(frozen=True)
class SMatrix:
    """S-parameters between ports."""

    ports: tuple[str, ...]
    wavelength: Real  #: [µm], shape (points,), increasing
    s: Complex  #: S[out, in, wavelength]; NaN where an excitation was not asked for
    resolution: float  #: pixels per µm

    def __getitem__(self, pair: tuple[str, str]) -> Complex:
        """S from one port to another: `s["o2", "o1"]` is out of o2 for light into o1."""
        for name in pair:
            if name not in self.ports:
                raise ValueError(f"S-matrix: there is no port {name!r} among {', '.join(self.ports)}.")
        out, into = (self.ports.index(name) for name in pair)
        return self.s[out, into]

    def sdict(self) -> dict[tuple[str, str], Complex]:
        """As SAX writes it: keys are (in, out)."""
        return {
            (into, out): self.s[row, column]
            for column, into in enumerate(self.ports)
            for row, out in enumerate(self.ports)
        }


@dataclass(frozen=True)
class Crossing:
    """What crosses a level when a wave of power one enters the excited port; c = ε₀ = μ₀ = 1, power Re ∫ E* × H."""

    power: Real  #: (points,) along the level's normal
    x: Real  #: of the places where fields are given, along each axis [µm]
    y: Real
    z: Real
    weights: Real  #: sums of a field times these are its integral
    E: Complex  #: (3, points, …)
    H: Complex


@dataclass(frozen=True)
class Radiation:
    """Where the light of one port goes."""

    ports: tuple[str, ...]
    wavelength: Real  #: [µm], shape (points,), increasing
    amplitudes: Complex  #: (ports, points) that leave
    levels: dict[str, Crossing]

    def power(self, port: str) -> Real:
        """That leaves through a port: (points,)."""
        return np.abs(self.amplitudes[self.ports.index(port)]) ** 2


@dataclass(frozen=True)
class Modes:
    """Modes of a cross-section by MPB."""

    n_eff: Real
    n_g: Real


def simulate(
    scene: Scene,
    *,
    excite: Sequence[str] | None = None,
    python: str | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    cache: bool = True,
    source_distance: float = 0.5,
    maximum_time: float = 20_000.0,
) -> SMatrix:
    """S-matrix of a scene.

    Args:
        scene: what to simulate; its guides run on beyond the ports by `source_distance` and the absorber.
        excite: ports that light is sent into; all of them if not given.
        python: Meep's interpreter, found if not given.
        processes: MPI processes.
        progress: called with the share done and what is being done.
        cache: keep each excitation's result and use kept ones.
        source_distance: from the source plane to the port plane [µm].
        maximum_time: of the fields after the source has ended, in µm/c.

    Raises:
        ValueError: the scene cannot be simulated; the message says why.
        MeepNotFoundError: Meep is not installed.
        MeepError: Meep failed.
    """
    scene.check()
    names = [port.name for port in scene.ports]
    if isinstance(excite, str) or (excite is not None and not excite):
        raise ValueError(f"meep.simulate: excite = {excite!r}: give a list of ports, or leave it out for all of them.")
    excite = list(names if excite is None else excite)
    _check_excited("simulate", scene, excite)
    machine = find(python)
    matrix = np.full((len(names), len(names), scene.points), np.nan + 0j)
    wavelength = np.zeros(scene.points)
    for count, name in enumerate(excite):
        task = _task(scene, name, source_distance, maximum_time)
        found = run(machine, task, processes=processes, progress=_part(progress, count, len(excite)), cache=cache)
        matrix[:, names.index(name)] = found["s"]
        wavelength = found["wavelength"]
    order = np.argsort(wavelength)
    return SMatrix(tuple(names), wavelength[order], matrix[:, :, order], scene.resolution)


def radiate(
    scene: Scene,
    excite: str,
    *,
    python: str | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    cache: bool = True,
    source_distance: float = 0.5,
    maximum_time: float = 20_000.0,
) -> Radiation:
    """What light from one port becomes: waves out of the ports, and power and fields on the levels of the scene.

    Args:
        scene: what to simulate, with `levels`.
        excite: port that light is sent into.
        python: Meep's interpreter, found if not given.
        processes: MPI processes.
        progress: called with the share done and what is being done.
        cache: keep the result and use a kept one.
        source_distance: from the source plane to the port plane [µm].
        maximum_time: of the fields after the source has ended, in µm/c.

    Raises:
        ValueError: the scene cannot be simulated; the message says why.
        MeepNotFoundError: Meep is not installed.
        MeepError: Meep failed.
    """
    scene.check()
    _check_excited("radiate", scene, [excite])
    task = _task(scene, excite, source_distance, maximum_time)
    found = run(find(python), task, processes=processes, progress=progress, cache=cache)
    order = np.argsort(found["wavelength"])

    def crossing(name: str) -> Crossing:
        power, fields, x, y, z, weights = (
            found[f"{name}/{key}"] for key in ("power", "fields", "x", "y", "z", "weights")
        )
        return Crossing(power[order], x, y, z, weights, fields[:3, order], fields[3:, order])

    levels = {level.name: crossing(level.name) for level in scene.levels}
    names = tuple(port.name for port in scene.ports)
    return Radiation(names, found["wavelength"][order], found["s"][:, order], levels)


def _check_excited(what: str, scene: Scene, excite: Sequence[str]) -> None:
    names = [port.name for port in scene.ports]
    for name in excite:
        if name not in names:
            raise ValueError(f"meep.{what}: there is no port {name!r} to excite among {', '.join(names)}.")


def _part(progress: Progress | None, count: int, of: int) -> Progress | None:
    """For one of several runs, what tells the progress of all."""
    if progress is None:
        return None
    return lambda done, doing: progress((count + done) / of, doing)


def _task(scene: Scene, excite: str, source_distance: float, maximum_time: float) -> dict[str, Any]:
    return {
        "kind": "sparameters",
        "scene": asdict(scene),
        "excite": excite,
        "source_distance": source_distance,
        "maximum_time": maximum_time,
    }


def convergence(
    scene: Scene, resolutions: Sequence[float], *, excite: Sequence[str] | None = None, **options: Any
) -> list[SMatrix]:
    """The same scene on several grids: the honest error bar of an FDTD number.

    Subpixel averaging makes smooth dielectric scenes converge with the square of the pixel; say so only after looking.
    """
    return [simulate(scene.at_resolution(resolution), excite=excite, **options) for resolution in resolutions]


def modes(
    section: Mapping[str, Any], *, python: str | None = None, progress: Progress | None = None, cache: bool = True
) -> Modes:
    """Modes of a cross-section by MPB at a given wavelength (periodic walls, so give it room).

    Args:
        section: `width`, `height` of the window [µm]; `background` index; `blocks` (each `y`, `z`, `width`, `height`
            [µm], `index`; None for endless) and `prisms` (`vertices` [(y, z)], `index`); `wavelength` [µm];
            `resolution` [pixels per µm]; `num_modes`; `guess` and `highest` for n_eff.
        python: Meep's interpreter, found if not given.
        progress: called with the share done.
        cache: keep the result and use a kept one.
    """
    missing = sorted({*SECTION} - {*section})
    if missing:
        raise ValueError(f"meep.modes: the section has no {', '.join(missing)}. It takes {', '.join(SECTION)}.")
    machine = find(python)
    if not machine.mpb:
        raise ValueError(f"meep.modes: {machine.python} has Meep but not MPB. apt-get install python3-h5py.")
    found = run(machine, {"kind": "modes", "section": dict(section)}, progress=progress, cache=cache)
    return Modes(found["n_eff"], found["n_g"])
