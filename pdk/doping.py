"""From drawn implant windows of the line and a process corner to the cross-section that the phase shifter solvers take.

Beside `lingnan.pdk.optics` one of the places where layers become materials: a window of an implant layer becomes
dopants of the process's concentration whose edges are blurred by its straggle, and whose carriers are as slow as the
process's sheet resistances say. x runs across the guide; windows are as drawn, the rib is as wide as in the middle of
its height. Where windows overlap, concentrations add.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.modulators import level
from lingnan.pdk.optics import at_corner
from lingnan.pdk.process import load_process
from lingnan.pdk.process.implants import slowness
from lingnan.pdk.process.types import Implant as Data
from lingnan.pdk.process.types import Process
from lingnan.solvers import phaseshifters
from lingnan.solvers.checks import check_between, known
from lingnan.solvers.phaseshifters import Implant, Section
from lingnan.solvers.semiconductors import Silicon

#: law by which dopants narrow the gap. What was measured is minority density times mobility: the older law goes with
#: one mobility for majority and minority, as Masetti's is, and device simulators pair them so. Without it a PIN at 1 V
#: has half the current; of a PN V_pi L moves by 1 %
NARROWING = "slotboom"


@dataclass(frozen=True)
class Mask:
    """A drawn window of an implant layer across the guide [µm]; may be traced."""

    layer: str
    left: Any
    right: Any


def implant_of(process: Process, layer: str) -> Data:
    """The implant of a layer.

    Raises:
        LingnanError: the layer dopes nothing.
    """
    layers = {one.layer: one for one in process.implants.values()}
    if layer not in layers:
        raise LingnanError(
            f"process {process.stamp}: layer {layer!r} is no implant of the line. {did_you_mean(layer, layers)}"
        )
    return layers[layer]


def section(
    process: Process | str,
    masks: Sequence[Mask],
    *,
    width: Any,
    ends: tuple[Any, Any],
    corner: str = "nominal",
    overlay: Mapping[str, Any] | None = None,
    dose: Mapping[str, Any] | None = None,
) -> Section:
    """A doped rib as the line makes it.

    Args:
        process: or its name.
        masks: windows of implants.
        width: of the rib, drawn [µm].
        ends: where the section ends, on silicon doped well enough to be a conductor [µm].
        corner: of the process; moves films, etches, bias and temperature.
        overlay: by which a mask is misplaced to the right, by layer [µm].
        dose: share of its concentration that an implant has, by layer; 1 where nothing is said.

    Raises:
        LingnanError: no such corner, or a layer, of a mask or of an error, that is no implant.
    """
    nominal = load_process(process) if isinstance(process, str) else process
    line = at_corner(nominal, corner)
    for one in {**(overlay or {}), **(dose or {})}:
        implant_of(line, one)
    core, slab = level(line, "core"), level(line, "slab")
    straggle = line.number("electrical.implant_straggle")
    implants: list[Implant] = []
    for one in masks:
        data, aside = implant_of(line, one.layer), (overlay or {}).get(one.layer, 0.0)
        concentration = data.concentration.value * (dose or {}).get(one.layer, 1.0)
        left, right = one.left + aside, one.right + aside
        implants.append(
            Implant(
                data.polarity,
                concentration,
                None if _beyond(ends[0], left) else left,
                None if _beyond(-ends[1], -right) else right,
                straggle=straggle,
                slowness=slowness(nominal, implant_of(nominal, one.layer)),
            )
        )
    return phaseshifters.rib(
        implants,
        width=width + core.bias,
        film=core.z_max,
        slab=slab.thickness,
        left=ends[0],
        right=ends[1],
        silicon=Silicon(temperature=line.corners[corner].temperature, narrowing=NARROWING),
    )


def lead(process: Process, layer: str, length: Any, contact_width: Any, dose: Any = 1.0) -> Any:
    """Series resistance from the end of a section to its metal, times length [Ω m].

    Args:
        process: whose sheet and contact resistances these are.
        layer: of the contact implant.
        length: from the section's end to the contacts, on the slab [µm].
        contact_width: of the contacts' field [µm].
        dose: share of its concentration that the implant has: the sheet's resistance falls as it grows, the mobility
            and what metal meets being those of the process.

    Raises:
        LingnanError: no such implant.
        ValueError: a dose of nothing, or less.
    """
    check_between("lead", "dose", dose, 0.0, float("inf"), "", "1 is the process's own.")
    sheet = implant_of(process, layer).sheet_resistance["slab"].value / dose
    resistivity = process.number("electrical.contact_resistivity")
    return phaseshifters.lead(sheet, length, resistivity, contact_width)


def _beyond(end: Any, edge: Any) -> bool:
    """Whether silicon ends before the edge of a window; edges that are traced are taken to lie inside."""
    return known(end) and known(edge) and float(edge) <= float(end)
