"""What a voltage does in the modulators of the lithium niobate line: from the sizes that a cell draws to its physics.

    spec = electro.section(gap=5.0, signal_width=16.0)                 # the cross-section of the drawn electrode
    found = electro.figures(jnp.geomspace(1e8, 1e11, 30), length=7000.0)   # V_pi, line, electro-optic S21, bandwidth
    electro.write_line("line.s2p", frequency, length=7000.0)

Parameters are those of the cells, the process's own where not given; `corner` moves the process. Launches and pads are
left out of `figures`, and are part of `elements` and of `driven.modulator`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import BANDS, in_range
from lingnan.components.compact.ways import plain
from lingnan.components.tfln.gsg import RAIL, Electrode, check_drive, electrode_of
from lingnan.pdk import active_process
from lingnan.pdk import modulators as bridge
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.modulators import LineSpec
from lingnan.pdk.process import Process
from lingnan.solvers import modulators
from lingnan.solvers.checks import no_less
from lingnan.solvers.modulators import Coplanar
from lingnan.solvers.modulators.loaded import shift_of_bars
from lingnan.solvers.modulators.touchstone import check_path
from lingnan.solvers.tracing import is_traced

ARM = "rib_modulator"  #: cross-section of the guides beside electrodes, as the cells have it
SIZES = ("length", "signal_width", "gap", "ground_width", "launch", *(f"rail_{key}" for key in RAIL))
_WAVES = 3  #: nodes in wavelength: dn/dV bends by a thousandth over the band
_SIZES = (  #: what the bridge says of a line's cross-section, media aside
    "gap", "signal_width", "ground_width", "metal_thickness", "metal_height", "metal_wall_angle_deg", "rib_width",
    "film", "etch", "rib_wall_angle_deg", "cladding", "buried_oxide", "crystal", "push_pull",
)  # fmt: skip
_solved: dict[str, Surface] = {}  #: by key


def shape_of(model: str, electrode: str, given: Mapping[str, Any], cross_section_arm: str | None = ARM) -> Electrode:
    """An electrode from a cell's parameters, of which those that are not there are the process's own.

    Args:
        model: name of the cell, for messages.
        electrode: straight or rail.
        given: length, signal_width, gap, ground_width, launch and the rail_… by name; others are not looked at.
        cross_section_arm: of the guides in the gaps; None: there are none.
    """

    long: Any = given.get("length")
    traced = is_traced(long)
    left = {name: None if name == "length" and traced else given.get(name) for name in SIZES}
    numbers = {name: None if one is None else plain(model, name, one) for name, one in left.items()}
    length, signal, gap, ground, launch, *rails = numbers.values()
    a, b, c, d, e = rails
    guide = 0.0 if cross_section_arm is None else draw.core_width(cross_section_arm)
    shape = electrode_of(model, electrode, length, signal, gap, ground, launch, guide, (a, b, c, d, e))
    if not traced:
        return shape
    least = shape.rail.period if shape.rail else 1.0
    return replace(shape, length=long * no_less(model, "length", long, least, "µm", "It is that of the line."))


def spec_of(shape: Electrode, cross_section_arm: str | None = ARM, corner: str = "nominal") -> LineSpec:
    """The cross-section of a drawn line with its guides, or with none, as the solvers take it."""
    process = active_process()
    base = _coplanar(shape.gap, shape.signal, shape.ground, cross_section_arm, corner)
    if shape.rail is None:
        return base
    bias = bridge.metal_bias(process, corner)
    return bridge.loaded(base, **asdict(shape.rail), bias=bias)


def _coplanar(gap: float, signal: float, ground: float, cross_section_arm: str | None, corner: str) -> Coplanar:
    process = active_process()
    rib = gap / 8 if cross_section_arm is None else draw.core_width(cross_section_arm)
    spec = bridge.coplanar(process, gap=gap, signal_width=signal, ground_width=ground, rib_width=rib, corner=corner)
    return spec if cross_section_arm is not None else bridge.without_rib(spec)


def section(
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section_arm: str = ARM,
    corner: str = "nominal",
) -> LineSpec:
    """The cross-section that the phase shifters draw with these parameters, and that their models solve."""
    given = {
        "signal_width": signal_width, "gap": gap, "ground_width": ground_width, "rail_length": rail_length,
        "rail_slot": rail_slot, "rail_bar": rail_bar, "rail_stem_height": rail_stem_height,
        "rail_stem_width": rail_stem_width,
    }  # fmt: skip
    return spec_of(shape_of("section", electrode, given, cross_section_arm), cross_section_arm, corner)


def figures(
    frequency: ArrayLike,
    electrode: str = "straight",
    length: float | None = None,
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section_arm: str = ARM,
    drive: str = "push_pull",
    corner: str = "nominal",
    wavelength: float = 1.55,
    source: Any = None,
    termination: Any = None,
    like: modulators.Ready | None = None,
) -> modulators.Figures:
    """V_pi, line and electro-optic response of the drawn electrode, by `modulators.figures`.

    Args:
        frequency: [Hz], rising.
        electrode: this and what follows are parameters of the cells.
        length: [µm].
        signal_width: [µm].
        gap: [µm].
        ground_width: [µm].
        rail_length: [µm].
        rail_slot: [µm].
        rail_bar: [µm].
        rail_stem_height: [µm].
        rail_stem_width: [µm].
        cross_section_arm: of the guides in the gaps.
        drive: push_pull, for modulators with an arm in each gap; single, for V_pi of one arm: phase modulators, and
            modulators whose other arm is idle.
        corner: of the process. At its temperature r33 and RF permittivities are the process's own, see
            `modulators.Figures.unchanged`.
        wavelength: of the light [µm].
        source: impedance or `modulators.Driver`; None: the process's termination.
        termination: impedance or `modulators.Load`; None: the process's own.
        like: what `modulators.ready` gives for a design of this kind.
    """
    given = {
        "length": length, "signal_width": signal_width, "gap": gap, "ground_width": ground_width,
        "rail_length": rail_length, "rail_slot": rail_slot, "rail_bar": rail_bar, "rail_stem_height": rail_stem_height,
        "rail_stem_width": rail_stem_width,
    }  # fmt: skip
    check_drive("figures", drive)
    shape, own = shape_of("figures", electrode, given, cross_section_arm), active_process().number
    end = own("electrical.termination")
    found = modulators.figures(
        spec_of(shape, cross_section_arm, corner), frequency, shape.length, wavelength=wavelength,
        source=end if source is None else source, termination=end if termination is None else termination,
        r=bridge.pockels(active_process(), corner), temperature=kelvin_of(corner), like=like,
    )  # fmt: skip
    return replace(found, push_pull=drive == "push_pull")


def line_of(spec: LineSpec, frequency: ArrayLike, corner: str = "nominal") -> modulators.Line:
    """The RF line of a cross-section, at the corner's temperature."""
    kelvin = kelvin_of(corner)
    if isinstance(spec, modulators.TRail):
        return modulators.loaded_line(spec, frequency, temperature=kelvin).line
    return modulators.rlgc(spec.section().at(kelvin), frequency)


def kelvin_of(corner: str) -> float:
    """Temperature of a corner of the process [K]."""
    return active_process().corners[corner].temperature


def elements(
    shape: Electrode,
    frequency: ArrayLike,
    cross_section_arm: str | None = ARM,
    corner: str = "nominal",
    east: bool = True,
) -> tuple[modulators.Stretch, ...]:
    """A drawn electrode from pad to pad: launch, line, launch. In a launch the gap narrows from the pads' own.

    Args:
        shape: the electrode.
        frequency: [Hz].
        cross_section_arm: of the guides in the gaps; None: there are none.
        corner: of the process.
        east: whether there is a launch at the east end.
    """
    line = line_of(spec_of(shape, cross_section_arm, corner), frequency, corner)
    start = line_of(pads_of(shape, cross_section_arm, corner), frequency, corner)
    ends = modulators.Stretch(start, shape.pad), *modulators.taper(start, line, shape.launch)
    along = modulators.Stretch(line, shape.length, 1.0)
    if not east:
        return (*ends, along)
    return (*ends, along, *modulators.taper(line, start, shape.launch), modulators.Stretch(start, shape.pad))


def pads_of(shape: Electrode, cross_section_arm: str | None = ARM, corner: str = "nominal") -> Coplanar:
    """The cross-section of the line at its pads, which the grounds reach beyond."""
    beyond = shape.outer - shape.pitch + shape.pad / 2
    return _coplanar(shape.pitch - shape.pad, shape.pad, beyond, cross_section_arm, corner)


def write_line(path: str | Path, frequency: ArrayLike, electrode: str = "straight", **given: Any) -> Path:
    """S-parameters from pad to pad as a Touchstone file; sizes by name as in the cells."""
    corner = given.pop("corner", "nominal")
    path = check_path(path, 2)
    for name in given:
        if name not in SIZES:
            raise LingnanError(f"write_line: an electrode has no {name!r}. {did_you_mean(name, SIZES)}")
    return modulators.write_touchstone(
        path, elements(shape_of("write_line", electrode, given), frequency, corner=corner), frequency
    )


def per_volt(spec: LineSpec, wl: ArrayLike, corner: str = "nominal") -> Array:
    """dn_eff/dV [1/V] of the guide north of the signal for a voltage on the signal; that south of it has the opposite.

    Solved at nodes of the wavelength [µm], kept and fitted.
    """
    process = active_process()
    with jax.ensure_compile_time_eval():  # the cross-section is known, inside the `jit` of something else too
        key = key_of(process, spec, corner)
        if key not in _solved:
            entry = store.recalled(process.name, key, lambda: solve(process, spec, corner))
            _solved[key] = store.as_surface(entry["slope"])
    wl = in_range(f"an electrode of process {process.name}", "wl", wl, BANDS[process.platform])
    return _solved[key](wl, 0.5)


def key_of(process: Process, spec: LineSpec, corner: str) -> str:
    """Name in the store: all numbers of the line that dn/dV depends on are in its digest."""
    base = spec.base if isinstance(spec, modulators.TRail) else spec
    sizes = [getattr(base, name) for name in _SIZES]
    kind = "straight" if base is spec else "rail"
    if isinstance(spec, modulators.TRail):
        sizes += [getattr(spec, name) for name in RAIL]
    electrical = {path: one.value for path, one in process.quantities.items() if path.startswith("electrical.")}
    read = (sizes, electrical, bridge.pockels(process, corner), process.corners[corner].temperature, process.crystal)
    return f"pockels {kind} {corner} {hashlib.sha256(repr(read).encode()).hexdigest()[:12]}"


def wanted(corner: str) -> Iterator[LineSpec]:
    """What is kept of the active process in a corner."""
    yield from (section(electrode, corner=corner) for electrode in ("straight", "rail"))


def solve(process: Process, spec: LineSpec, corner: str) -> dict[str, Any]:
    """dn/dV at nodes of the wavelength, and its error between them."""
    r, kelvin = bridge.pockels(process, corner), process.corners[corner].temperature
    band = BANDS[process.platform]
    base = spec.rails if isinstance(spec, modulators.TRail) else spec
    parts = spec.sections() if isinstance(spec, modulators.TRail) else None
    field = None if parts else modulators.potentials(base.section())

    def at(wl: float) -> float:
        mode = modulators.guided(base, wl, temperature=kelvin)
        if isinstance(spec, modulators.TRail) and parts:
            return float(shift_of_bars(spec, parts, mode, r).per_volt)
        assert field is not None
        return float(modulators.shift_of(base, field, mode, r).per_volt)

    values = np.array([[at(float(wave))] for wave in nodes(*band, _WAVES)])
    slope = Surface.through(band, (0.0, 1.0), values)
    between = band[0] + 0.3 * (band[1] - band[0])
    error = abs(float(slope(between, 0.5)) - at(between))
    return {
        "process": process.name, "hash": process.hash, "version": __version__, "what": repr(spec),
        "slope": asdict(slope), "error": error,
    }  # fmt: skip
