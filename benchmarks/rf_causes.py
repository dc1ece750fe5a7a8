"""Would one cause, the same for all, bring more bandwidths of published straight lines inside of what is asked?"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lingnan.solvers.modulators import Coplanar
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.validation import answers
from lingnan.solvers.validation.devices import DEVICES, Device, Value
from lingnan.solvers.validation.electrooptic import SHARES, computed, error

#: how a line and what its paper does with it are changed, and by how many decibels the response falls at the band's end
Change = tuple[str, Callable[[Line], Line], Callable[[Device], Device], float]


def _changes() -> list[Change]:
    """Loss, dielectrics, index, impedance, far end, frequency of 0 dB and what is called 3 dB: one at a time."""
    same: list[Change] = [("as it is", _line(), _device(), 3.0)]
    for share in (0.8, 0.9, 1.1, 1.2):
        same.append((f"loss times {share:g}", _line(loss=share), _device(), 3.0))
    for more in (0.005, 0.01, 0.02):
        same.append((f"{more:g} dB/cm/GHz of dielectrics more", _line(linear=more), _device(), 3.0))
    for share in (0.97, 0.985, 1.015, 1.03):
        same.append((f"index times {share:g}", _line(index=share), _device(), 3.0))
    for share in (0.9, 1.1):
        same.append((f"impedance times {share:g}", _line(impedance=share), _device(), 3.0))
    for ohms in (45.0, 50.0):
        same.append((f"ends of {ohms:g} Ω", _line(), _device(termination=ohms), 3.0))
    for frequency in (1e7, 1e9, 3e9):
        same.append((f"0 dB at {frequency / 1e9:g} GHz", _line(), _device(reference=frequency), 3.0))
    return [*same, ("3 dB of the optical power", _line(), _device(), 6.0)]


def _line(loss: float = 1.0, linear: float = 0.0, index: float = 1.0, impedance: float = 1.0) -> Callable[[Line], Line]:
    """Loss, index and impedance by shares; `linear` is loss that goes as frequency [dB/cm at 1 GHz]."""

    def changed(line: Line) -> Line:
        more = linear * answers.BAND / 1e9 * 100 * np.log(10) / 20
        return replace(line, gamma=line.alpha * loss + more - 1j * line.beta * index, z0=line.z0 * impedance)

    return changed


def _device(**fields: float) -> Callable[[Device], Device]:
    def changed(device: Device) -> Device:
        return replace(device, **fields)  # pyright: ignore[reportArgumentType]

    return changed


def causes() -> None:
    """Of each change, how many of all bandwidths that are no bounds are inside, and which come and go by it."""
    asked: list[tuple[Device, Value, Line, float]] = []
    for device in DEVICES:
        bands = [v for v in device.values if v.quantity == "bandwidth" and not v.bound]
        if bands and isinstance(device.spec, Coplanar):
            found = computed(device)
            assert found.line is not None
            asked += [(device, value, found.line, float(found.shift.n_g)) for value in bands]
    before: set[str] | None = None
    for name, of_line, of_device, drop in _changes():
        inside: set[str] = set()
        for device, value, line, n_g in asked:
            ours = answers.bandwidth(answers.level(of_device(device), of_line(line), n_g), drop)
            if abs(error(value, ours)) <= SHARES["bandwidth"]:
                inside.add(device.name)
        before = inside if before is None else before
        text = f"{name:36s} {len(inside):2d} of {len(asked)}"
        for said, those in (("more", inside - before), ("fewer", before - inside)):
            text += f"; {said}: {', '.join(sorted(those))}" if those else ""
        print(text, flush=True)
