"""From a drawn heater of the line and a process corner to the cross-section that the heat solver takes.

Beside `lingnan.pdk.optics` and `lingnan.pdk.modulators` the one place where layers become materials. Widths are as
drawn; etch, bias and leaning walls come from the levels of the stack.
"""

from typing import Any

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.modulators import edges, level
from lingnan.pdk.optics import at_corner
from lingnan.pdk.process.types import Process
from lingnan.solvers.heat import Heater


def heater(
    process: Process | str,
    *,
    width: Any,
    core_width: Any,
    corner: str = "nominal",
    offset: Any = 0.0,
    pitch: Any = None,
    slab: bool = True,
    **around: Any,
) -> Heater:
    """A heater over a guide as the line makes it.

    Args:
        process: or its name.
        width: of the wire, drawn [µm]; may be traced, like all widths here.
        core_width: of the rib, drawn [µm].
        corner: of the process; moves films, etches and bias.
        offset: of the wire's middle from the rib's [µm].
        pitch: to the next rib, which has no heater [µm].
        slab: whether a slab lies beside the core, where the line has guides of both kinds.
        around: trenches and undercuts, as `Heater` has them.

    Raises:
        LingnanError: no such corner, or a process without a heater over a film.
    """
    line = at_corner(process, corner)
    wire, core, beside = (level(line, name) for name in ("heater", "core", "slab"))
    if beside.z_min != 0 or (core.z_min != 0 and (beside.mask or beside.z_max != core.z_min)):
        raise LingnanError(
            f"process {line.stamp}: its core stands neither on the oxide nor on a slab that lies whole under it. "
            "Heaters are bridged for those two."
        )
    cladding, metal = level(line, "cladding"), next(key for key, one in line.metals.items() if one.layer == wire.mask)
    return Heater(
        width=width + 2 * edges(wire)[0] + wire.bias,
        thickness=wire.thickness,
        height=wire.z_min - core.z_max,
        offset=offset,
        core_width=core_width + 2 * edges(core)[1] + core.bias,
        film=core.z_max,
        slab=beside.thickness if slab or core.z_min != 0 else None,
        wall_angle_deg=core.sidewall_angle_deg,
        buried_oxide=level(line, "box").thickness,
        cladding=cladding.z_max - core.z_max,
        handle=line.number("wafer.handle_thickness"),
        pitch=pitch,
        sheet_resistance=line.metals[metal].sheet_resistance.value,
        core=f"{core.material}-{line.crystal['cut']}-cut" if line.platform == "tfln" else core.material,
        metal=wire.material,
        oxide=cladding.material,
        handle_medium=level(line, "substrate").material,
        **around,
    )
