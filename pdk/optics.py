"""From a cross-section of the line and a process corner to the cross-section that the mode solver takes.

The one place where layers become materials for optics. x runs across the guide, y is the height above the buried oxide;
µm and K. A corner moves the numbers of the process file by standard deviations and the stack is resolved anew.
"""

import copy
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process.build import build
from lingnan.pdk.process.expression import evaluate, layers_of
from lingnan.pdk.process.load import load_process
from lingnan.pdk.process.types import Level, Process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import Geometry, Trapezoid

#: Edges this far from the core's are as good as infinitely far: a guided mode there is below 1e-4 of its top [µm].
FAR = 3.0

#: materials that process files call by another name
FILMS = {"LiNbO3": "ln"}
_OPEN = (-1e3, 1e3, -1e3, 1e3)  # walls before `solve` chooses them


@dataclass(frozen=True)
class End:
    """An edge of a drawn line: where it lies, for sorting, and the same as it may be traced."""

    at: float
    value: Any


@dataclass(frozen=True)
class Spans:
    """Drawn shapes along a cut line: a set of intervals, with the operators of layer expressions."""

    spans: tuple[tuple[End, End], ...] = ()

    def __or__(self, other: "Spans") -> "Spans":
        return self._combine(other, lambda a, b: a or b)

    def __and__(self, other: "Spans") -> "Spans":
        return self._combine(other, lambda a, b: a and b)

    def __sub__(self, other: "Spans") -> "Spans":
        return self._combine(other, lambda a, b: a and not b)

    def __xor__(self, other: "Spans") -> "Spans":
        return self._combine(other, lambda a, b: a != b)

    def covers(self, x: float) -> bool:
        """Does a shape lie at x?"""
        return any(a.at < x < b.at for a, b in self.spans)

    def _combine(self, other: "Spans", rule: Any) -> "Spans":
        ends = sorted(
            {end.at: end for pair in (*self.spans, *other.spans) for end in pair}.values(), key=lambda e: e.at
        )
        found: list[tuple[End, End]] = []
        for a, b in itertools.pairwise(ends):
            middle = (a.at + b.at) / 2
            if rule(self.covers(middle), other.covers(middle)):
                if found and found[-1][1].at == a.at:
                    found[-1] = (found[-1][0], b)
                else:
                    found.append((a, b))
        return Spans(tuple(found))


def geometry(
    process: Process | str,
    cross_section: str = "strip",
    *,
    corner: str = "nominal",
    width: Any = None,
    temperature: Any = None,
    cladding: Any = None,
    angle_deg: Any = 0.0,
) -> Geometry:
    """The fabricated cross-section of a waveguide of the line.

    Args:
        process: or its name.
        cross_section: an optical one of the process.
        corner: of the process; moves films, etches, bias and index.
        width: drawn width of the core [µm], may be traced; None: the cross-section's own.
        temperature: [K], may be traced; None: the corner's.
        cladding: medium over the film in place of the process's, such as "water" or "air" in a sensing window.
        angle_deg: of the waveguide from the layout's x axis, for crystals; may be traced.

    Raises:
        LingnanError: no such cross-section or corner, or a width that leaves nothing standing.
    """
    line = at_corner(process, corner)
    known = {name: data for name, data in line.cross_sections.items() if data.kind == "optical"}
    if cross_section not in known:
        raise LingnanError(
            f"process {line.name}: no optical cross-section {cross_section!r}. {did_you_mean(cross_section, known)}"
        )
    data = known[cross_section]
    drawn_width = data.width.value if width is None else width
    nominal = data.width.value if isinstance(drawn_width, Tracer) else float(drawn_width)
    if not (np.isfinite(nominal) and nominal > 0):
        raise LingnanError(
            f"process {line.name}: width = {width} µm of {cross_section}: it must be positive and finite. "
            f"Its own is {data.width.value} µm."
        )
    drawn = {data.layer: [(End(-nominal / 2, -drawn_width / 2), End(nominal / 2, drawn_width / 2))]}
    for section in data.sections:
        if section.reach is not None:
            half, value = nominal / 2 + section.reach.value, drawn_width / 2 + section.reach.value
            pair = (End(-half, -value), End(half, value))
        elif section.width is not None:
            middle = section.offset.value if section.offset is not None else 0.0
            low, high = middle - section.width.value / 2, middle + section.width.value / 2
            pair = (End(low, low), End(high, high))
        else:
            continue
        drawn.setdefault(section.layer, []).append(pair)
    kelvin = line.corners[corner].temperature if temperature is None else temperature
    return of_mask(line, drawn, temperature=kelvin, cladding=cladding, angle_deg=angle_deg, reach=nominal / 2 + FAR)


def of_mask(
    process: Process,
    drawn: Mapping[str, Sequence[tuple[End, End]]],
    *,
    temperature: Any = None,
    cladding: Any = None,
    angle_deg: Any = 0.0,
    reach: float = 10.0,
) -> Geometry:
    """The cross-section that drawn lines become: couplers, slots, and whatever has no cross-section of its own.

    Args:
        process: at its corner, see `at_corner`.
        drawn: layer name -> left and right ends of its shapes along the cut [µm].
        temperature: [K], stored in the geometry for `solve`.
        cladding: medium over the film; None: the process's.
        angle_deg: of the waveguide from the layout's x axis, for crystals.
        reach: edges with |x| beyond this are taken to lie infinitely far [µm].
    """
    spans = {layer: Spans(tuple(pairs)) for layer, pairs in drawn.items()}
    levels = [
        (level, medium(process, level.material, angle_deg))
        for level in sorted(process.levels.values(), key=lambda lv: -lv.order)
        if level.kind == "film" or (level.kind == "opening" and cladding is None and level.mask)
    ]
    shapes = [shape for level, made in levels for shape in _shapes(level, spans, made, reach, traced=True)]
    if not any(s.left is not None or s.right is not None for s in shapes):
        raise LingnanError(
            f"process {process.name}: the layers {', '.join(drawn)} leave no core standing. "
            "Draw the waveguide's own layer, wide enough for its etch."
        )
    box = process.levels.get("box")
    over = process.levels["cladding"].material if cladding is None else cladding
    below = [] if box is None or box.material == over else [Trapezoid(box.material, top=0.0, name="box")]
    plain = [shape for level, _ in levels for shape in _shapes(level, spans, 1.0, reach, traced=False)]
    topology = waveguides.cross_section([*below, *plain], background=1.0, window=_OPEN).topology
    made = waveguides.cross_section([*below, *shapes], background=over, window=_OPEN, topology=topology)
    names = tuple("cladding" if name == "background" else name for name in made.names)
    kelvin = None if temperature is None else jnp.asarray(temperature, float)
    return replace(made, names=names, open=True, temperature=kelvin)


def at_corner(process: Process | str, corner: str = "nominal") -> Process:
    """The process with its numbers moved as a corner says.

    Raises:
        LingnanError: no such corner, or one that moves a number which is not there.
    """
    line = load_process(process) if isinstance(process, str) else process
    if corner not in line.corners:
        raise LingnanError(f"process {line.name}: no corner {corner!r}. {did_you_mean(corner, line.corners)}")
    return _moved(line, tuple(sorted(line.corners[corner].shifts.items()))) if line.corners[corner].shifts else line


def moved(process: Process, shifts: Mapping[str, float]) -> Process:
    """The process with numbers moved by standard deviations, by path: for Monte Carlo and corners of one's own."""
    return _moved(process, tuple(sorted(shifts.items()))) if shifts else process


class _ByHash:
    """A process as a key of a cache: the hash is that of its file, which a corner of it has too."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def __hash__(self) -> int:
        return hash(self.process.hash)

    def __eq__(self, other: object) -> bool:
        if not (isinstance(other, _ByHash) and self.process.hash == other.process.hash):
            return False
        return self.process is other.process or self.process.data == other.process.data


def _moved(process: Process, shifts: tuple[tuple[str, float], ...]) -> Process:
    return _rebuilt(_ByHash(process), shifts)


@lru_cache(maxsize=256)
def _rebuilt(key: _ByHash, shifts: tuple[tuple[str, float], ...]) -> Process:
    process = key.process
    data = copy.deepcopy(dict(process.data))
    for path, sigmas in shifts:
        quantity = process.quantity(path)
        table: Any = data
        for word in path.split("."):
            table = table[word]
        table["value"] = quantity.at(sigmas)
    return build(data, files=process.files, digest=process.hash, where=process.name)


def medium(process: Process, name: str, angle_deg: Any = 0.0) -> Any:
    """The library's material, cut and turned as the process says, with its index offset.

    Args:
        process: at its corner.
        name: of the material.
        angle_deg: of the light's path from the layout's x axis, for crystals; may be traced.
    """
    found = materials.get(name)
    offset = process.quantities.get(f"optics.{FILMS.get(name, name.casefold())}_index_offset")
    if offset is not None and offset.value != 0 and found.axes:
        found = materials.shifted(found, offset.value)
    if found.uniaxial:
        cut = str(process.crystal.get("cut", "x"))
        base = 90.0 if process.crystal.get("layout_x", "y") == "z" else 0.0
        turned = materials.cut(found, cut, angle_deg if base == 0.0 else base + angle_deg)
        if not isinstance(angle_deg, Tracer) and float(angle_deg) % 90 == 0:
            # without round-off of cos 90°: a crystal along the axes has a diagonal tensor, three times as fast
            return materials.oriented(found, jnp.round(turned.rotation))
        return turned
    return found


def _shapes(level: Level, spans: Mapping[str, Spans], made: Any, reach: float, traced: bool) -> list[Trapezoid]:
    """What a level leaves along the cut, with ends as they may be traced or as plain numbers."""
    if not level.mask:
        return [Trapezoid(made, level.z_min, level.z_max, name=level.name)]
    drawn = {layer: spans.get(layer, Spans()) for layer in layers_of(level.mask)}
    lean = float(np.tan(np.deg2rad(90.0 - level.sidewall_angle_deg)))
    if abs(lean) < 1e-12:
        lean = 0.0
    if level.kind == "opening":  # a hole is wider at its top, as `pdk.view.cut` has it
        lean = -lean
    low = level.width_reference * level.thickness * lean + level.bias / 2
    high = low - level.thickness * lean
    found: list[Trapezoid] = []
    for a, b in evaluate(level.mask, drawn, level.name).spans:
        left, right = (None if abs(e.at) > reach else e.value if traced else e.at for e in (a, b))
        if b.at - a.at + 2 * min(low, high) <= 0:
            loss = (
                f"{-2 * min(low, high):.4g} µm at wall angle {level.sidewall_angle_deg:g}° and bias {level.bias:g} µm"
            )
            raise LingnanError(
                f"level {level.name}: a line drawn {b.at - a.at:.4g} µm wide is gone after the etch (it loses {loss}). "
                "Draw it wider."
            )
        found.append(
            Trapezoid(
                made,
                level.z_min,
                level.z_max,
                None if left is None else left - low,
                None if right is None else right + low,
                None if left is None else left - high,
                None if right is None else right + high,
                level.name,
            )
        )
    return found
