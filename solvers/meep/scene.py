"""What is simulated: prisms in layers, ports, a band. Plain numbers, so that a scene can be written down and hashed.

Lengths in µm, x and y in the wafer plane, z up; angles in degrees here because they are the layout's.
"""

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise


@dataclass(frozen=True)
class Prism:
    """A polygon drawn at its bottom, with walls that lean inwards by their angle from the wafer plane."""

    vertices: tuple[tuple[float, float], ...]  #: µm
    z_min: float
    z_max: float
    index: complex  #: refractive index, Im > 0 absorbs
    sidewall_angle_deg: float = 90.0


@dataclass(frozen=True)
class Slab:
    """A wafer-wide layer."""

    z_min: float
    z_max: float
    index: complex


@dataclass(frozen=True)
class Port:
    """A plane across a guide, seen from the device."""

    name: str
    center: tuple[float, float, float]  #: µm
    width: float  #: of the plane, several guide widths [µm]
    height: float  #: of the plane [µm]
    angle_deg: float  #: outward direction: 0, 90, 180 or 270
    mode: int = 1  #: band, counted from 1


@dataclass(frozen=True)
class Level:
    """A line in two dimensions, a rectangle in three: power that crosses it and the fields on it are recorded."""

    name: str
    center: tuple[float, float, float]  #: µm
    size: tuple[float, float, float]  #: µm, zero along the normal
    normal: str  #: "x", "y" or "z": power counts positive along it


def _rounded(points: Sequence[Sequence[float]]) -> frozenset[tuple[float, ...]]:
    """Points as a set, to 1 pm."""
    return frozenset(tuple(round(v, 6) + 0.0 for v in (sorted(p) if len(points) == 1 else p)) for p in points)


@dataclass(frozen=True)
class Scene:
    """A simulation volume with its ports. Guides have to run on beyond each port, through the absorber."""

    prisms: tuple[Prism, ...]
    slabs: tuple[Slab, ...]  #: later ones win
    ports: tuple[Port, ...]
    lower: tuple[float, float, float]  #: corner of the volume without absorber [µm]
    upper: tuple[float, float, float]
    wavelength: float = 1.55  #: centre of the band [µm]
    bandwidth: float = 0.1  #: of the band [µm]
    points: int = 11  #: wavelengths
    resolution: float = 20.0  #: pixels per µm
    absorber: float = 1.0  #: thickness [µm]
    dimension: int = 3  #: 2: the plane z = 0 with indices as given (effective-index picture)
    polarization: str = "TE"  #: TE: E in the wafer plane
    decay: float = 1e-5  #: fields have decayed when the monitors change by less
    levels: tuple[Level, ...] = ()  #: for `radiate`
    mirrors: str = ""  #: "y", "z" or "yz": middle planes of the volume that mirror everything; each halves the work

    def check(self) -> None:
        """Raise ValueError, naming what cannot be simulated and what to do."""
        if self.dimension not in (2, 3):
            raise ValueError(f"scene: dimension = {self.dimension} is not 2 or 3.")
        if self.polarization not in ("TE", "TM"):
            raise ValueError(f"scene: polarization = {self.polarization!r} is neither 'TE' nor 'TM'.")
        for name in ("wavelength", "bandwidth", "resolution", "absorber", "points"):
            value = getattr(self, name)
            if isinstance(value, str | None) or not math.isfinite(value) or (name == "points" and value != int(value)):
                kind = "whole" if name == "points" else "finite"
                raise ValueError(f"scene: {name} = {value!r} is no {kind} number.")
        if not self.ports:
            raise ValueError("scene: no port. A simulation needs at least one to send light in.")
        if not 0 < self.bandwidth < self.wavelength:
            raise ValueError(f"scene: bandwidth = {self.bandwidth} µm has to lie between 0 and the wavelength.")
        for prism in (*self.prisms, *self.slabs):
            if not prism.z_min < prism.z_max:
                raise ValueError(f"scene: z from {prism.z_min} to {prism.z_max} µm: z_min has to lie below z_max.")
            if not cmath.isfinite(prism.index):
                raise ValueError(f"scene: index = {prism.index}: it has to be finite. Check where it comes from.")
        if self.points < 1 or self.resolution <= 0 or self.absorber <= 0:
            raise ValueError("scene: points, resolution and absorber have to be positive.")
        axes = range(self.dimension)
        if any(not self.upper[axis] > self.lower[axis] for axis in axes):
            raise ValueError(f"scene: the volume from {self.lower} to {self.upper} µm is empty.")
        for port in self.ports:
            if port.angle_deg % 90:
                raise ValueError(
                    f"scene: port {port.name} points to {port.angle_deg} degrees. Planes follow the grid: "
                    "turn the device so that every port points along x or y."
                )
            if any(not self.lower[axis] <= port.center[axis] <= self.upper[axis] for axis in axes):
                raise ValueError(f"scene: port {port.name} at {port.center} µm lies outside the volume.")
        names = [port.name for port in self.ports]
        if len(set(names)) < len(names):
            raise ValueError(f"scene: two ports share a name among {', '.join(names)}.")
        for level in self.levels:
            self._check_level(level)
        for axis in self.mirrors:
            self._check_mirror(axis)
        if self.cells > 4e9:
            raise ValueError(
                f"scene: {self.cells:.2g} pixels need about {self.cells * 100 / 2**30:.0f} GiB. "
                "Lower the resolution or the volume, or simulate in 2 dimensions."
            )

    def _check_level(self, level: Level) -> None:
        if level.normal not in tuple("xyz"[: self.dimension]) or level.size["xyz".index(level.normal)] != 0:
            raise ValueError(
                f"scene: level {level.name} has the normal {level.normal!r} and the size {level.size} µm. It lies "
                f"across x, y{' or z' if self.dimension == 3 else ''}, and its size along that axis is 0."
            )
        if self.mirrors:
            raise ValueError(f"scene: level {level.name} is recorded whole: leave mirrors = {self.mirrors!r} out.")
        for axis in range(self.dimension):
            low, high = (level.center[axis] + side * level.size[axis] / 2 for side in (-1, 1))
            if not self.lower[axis] - 1e-9 <= low <= high <= self.upper[axis] + 1e-9:
                raise ValueError(
                    f"scene: level {level.name} reaches from {low:g} to {high:g} µm along {'xyz'[axis]}, and the "
                    f"volume from {self.lower[axis]} to {self.upper[axis]} µm. Enlarge the volume."
                )

    def _check_mirror(self, axis: str) -> None:
        k = "xyz".index(axis) if axis in "xyz" else 0
        if not 0 < k < self.dimension:
            raise ValueError(
                f"scene: mirrors = {self.mirrors!r} in {self.dimension} dimensions. Give 'y', and in three also 'z'."
            )
        middle = self.lower[k] + self.upper[k]

        def outline(prism: Prism, sign: int) -> object:
            corners = [(x, y if axis == "z" or sign > 0 else middle - y) for x, y in prism.vertices]
            heights = [z if axis == "y" or sign > 0 else middle - z for z in (prism.z_min, prism.z_max)]
            lean = prism.sidewall_angle_deg if axis == "y" or sign > 0 else 180 - prism.sidewall_angle_deg
            return _rounded(corners), _rounded([heights]), prism.index, round(lean, 6)

        def layer(z: float) -> object:
            return next((s.index for s in reversed(self.slabs) if s.z_min < z < s.z_max), None)

        same = {outline(p, 1) for p in self.prisms} == {outline(p, -1) for p in self.prisms}
        if axis == "z":
            cuts = sorted({z for s in self.slabs for e in (s.z_min, s.z_max) for z in (e, middle - e)})
            inside = [(a + b) / 2 for a, b in pairwise(cuts) if b > self.lower[2] and a < self.upper[2]]
            same = same and all(layer(z) == layer(middle - z) for z in inside)
        if not same or any(abs(2 * port.center[k] - middle) > 1e-6 for port in self.ports):
            raise ValueError(
                f"scene: mirrors = {self.mirrors!r}, but the plane {axis} = {middle / 2:g} µm does not mirror "
                "every prism, slab and port plane. Leave that axis out, or centre the volume on the device."
            )

    @property
    def cells(self) -> float:
        """Pixels of the volume, absorber included; Meep needs about 100 bytes each."""
        spans = [self.upper[axis] - self.lower[axis] + 2 * self.absorber for axis in range(self.dimension)]
        return math.prod(span * self.resolution for span in spans)

    def at_resolution(self, resolution: float) -> "Scene":
        """The same scene on another grid."""
        return replace(self, resolution=resolution)
