"""From drawn electrodes of the line and a process corner to the cross-section that the modulator solvers take.

Beside `lingnan.pdk.optics` the one place where layers become materials: the electrode metal on the slab, ribs in its
gaps, film, oxides and handle, with the process's own RF permittivities and conductivities. Widths here are as drawn;
etch, bias and leaning walls come from the levels of the stack. Light runs along layout x.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.optics import at_corner
from lingnan.pdk.process.types import Level, Process
from lingnan.solvers import materials
from lingnan.solvers.modulators import Coefficients, Coplanar, RfMedium, TRail, clamped

LineSpec = Coplanar | TRail


def coplanar(
    process: Process | str,
    *,
    gap: Any,
    signal_width: Any,
    ground_width: Any,
    rib_width: Any,
    corner: str = "nominal",
    metal: str = "electrode",
    push_pull: bool = True,
) -> Coplanar:
    """A ground-signal-ground line about ribs as the line makes it.

    Args:
        process: or its name.
        gap: drawn, edge of the signal to edge of the ground [µm]; may be traced, like all widths here.
        signal_width: drawn [µm].
        ground_width: drawn [µm].
        rib_width: drawn [µm].
        corner: of the process; moves films, etches and bias.
        metal: level that the strips are drawn on.
        push_pull: a rib in each gap; else one gap with one rib between a signal and a ground.

    Raises:
        LingnanError: no such corner, or a process without a film of lithium niobate and a metal on it.
    """
    line = at_corner(process, corner)
    slab, core, strips = (level(line, name) for name in ("slab", "core", metal))
    wider, top = metal_bias(line, metal=metal), edges(core)[1]
    return Coplanar(
        gap=gap - wider,
        signal_width=signal_width + wider,
        ground_width=ground_width + wider,
        metal_thickness=strips.thickness,
        metal_height=strips.z_min - slab.z_max,
        metal_wall_angle_deg=strips.sidewall_angle_deg,
        rib_width=rib_width + 2 * top + core.bias,
        film=core.z_max,
        etch=core.thickness,
        rib_wall_angle_deg=core.sidewall_angle_deg,
        cladding=level(line, "cladding").z_max - core.z_max,
        buried_oxide=level(line, "box").thickness,
        crystal=f"{core.material}-{line.crystal['cut']}-cut",
        overrides=_media(line, strips),
        push_pull=push_pull,
    )


def without_rib(spec: Coplanar) -> Coplanar:
    """The line where no guide runs in its gaps: the film is etched down to the slab there, under the cladding."""
    return replace(spec, overrides=(*spec.overrides, ("core", spec.medium("cladding", spec.oxide))))


def loaded(
    base: Coplanar, *, length: Any, slot: Any, bar: Any, stem_height: Any, stem_width: Any, bias: Any = 0.0
) -> TRail:
    """The same line with T-rails in its gaps.

    Args:
        base: of `coplanar`; its gap is the one between the bars.
        length: of a bar, drawn [µm].
        slot: between bars, drawn [µm].
        bar: width of a bar across the line, drawn [µm].
        stem_height: from strip to bar, drawn [µm].
        stem_width: of the stem along the line, drawn [µm].
        bias: drawn to fabricated width of the metal [µm].
    """
    return TRail(base, length + bias, slot - bias, bar + bias, stem_height - bias, stem_width + bias)


def metal_bias(process: Process | str, corner: str = "nominal", metal: str = "electrode") -> float:
    """By how much strips of a metal are wider at their bottom than drawn [µm]."""
    strips = level(at_corner(process, corner), metal)
    return 2 * edges(strips)[0] + strips.bias


def pockels(process: Process | str, corner: str = "nominal") -> Coefficients:
    """Electro-optic coefficients at radio frequencies: the library's, with the process's own r33 [pm/V]."""
    line = at_corner(process, corner)
    core = level(line, "core")
    known = clamped(materials.cut(core.material, str(line.crystal["cut"])))
    return replace(known, r33=line.number("optics.r33"))


def _media(line: Process, strips: Level) -> tuple[tuple[str, Any], ...]:
    """RF media of the shapes of `Coplanar`, in layout axes: x across is layout y, z along is layout x.

    The metal's conductivity is that at the nominal corner's temperature, with the slope of its material: solvers are
    told a corner's temperature beside the section. The handle's conductivity is left out: at the process's resistivity
    its loss tangent is 1 at 15 MHz and falls as 1/f, under 4.7 µm of oxide.
    """
    axes = {str(line.crystal["layout_y"]), str(line.crystal["layout_x"])}
    if str(line.crystal["cut"]) != "x" or axes != {"y", "z"}:
        raise LingnanError(
            f"process {line.stamp}: its film is {line.crystal['cut']}-cut with layout x along crystal "
            f"{line.crystal['layout_x']}. Electrodes are bridged for X-cut films with crystal y and z in the plane."
        )
    along_z, others = (line.number(f"electrical.rf_permittivity_{way}") for way in ("parallel", "perpendicular"))
    across = along_z if line.crystal["layout_y"] == "z" else others
    along = others if across == along_z else along_z
    film = RfMedium(((across, 0.0, 0.0), (0.0, others, 0.0), (0.0, 0.0, along)))
    oxide = RfMedium(line.number("electrical.rf_permittivity_oxide"))
    metal = next(key for key, one in line.metals.items() if one.layer == strips.mask)
    slope, usual = materials.get(strips.material).resistivity_slope, line.corners["nominal"].temperature
    return (
        ("slab", film),
        ("core", film),
        ("cladding", oxide),
        ("buried oxide", oxide),
        ("substrate", RfMedium(line.number("electrical.rf_permittivity_handle"))),
        ("metal", RfMedium(1.0, None, line.number(f"metals.{metal}.conductivity"), slope, usual)),
    )


def level(line: Process, name: str) -> Level:
    """A level of the stack, by the name that electro-optic lines give it."""
    if name not in line.levels:
        raise LingnanError(
            f"process {line.stamp} has no level {name!r}: an electro-optic line has a film as slab and core, "
            "oxides box and cladding, and a metal."
        )
    return line.levels[name]


def edges(level: Level) -> tuple[float, float]:
    """How far each wall stands outside the drawn edge at the bottom and at the top, bias aside [µm]."""
    lean = float(np.tan(np.deg2rad(90.0 - level.sidewall_angle_deg)))
    bottom = level.width_reference * level.thickness * lean
    return bottom, bottom - level.thickness * lean
