"""How far a published device's numbers move with what its paper leaves open: for `rf.py --spread`.

Fabrication moves the same for every device: the limits of film, etch and rib width and three sigma of wall angle and
overlay of the process `tfln600`, each by itself, and added as squares. What a paper gives as a range, or does not give
at all, is put to both ends of `Device.left_open`, and the widest counts. Metal's own widths do not move: nothing that
could be read says how far they do. r33 and permittivities stay those of `materials`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from lingnan.pdk import active_process, build_pdk
from lingnan.solvers.modulators import Coplanar, TRail
from lingnan.solvers.validation.devices import Device, Value
from lingnan.solvers.validation.electrooptic import Computed, computed, number


@cache
def tolerances() -> dict[str, float]:
    """Of each size of a cross-section, to one side [µm, °]."""
    build_pdk("tfln600").activate(force=True)
    known = active_process().quantities
    angle, overlay = known["etches.rib.sidewall_angle"].sigma, known["optics.overlay"].value
    assert angle is not None
    return {
        "film": _limit(known["films.ln.thickness"]), "etch": _limit(known["etches.rib.depth"]),
        "rib_width": _limit(known["levels.core.bias"]), "rib_wall_angle_deg": 3 * angle, "rib_offset": overlay,
    }  # fmt: skip


def _limit(quantity: Any) -> float:
    return max(abs(float(end) - float(quantity.value)) for end in quantity.range)


def spread(device: Device, value: Value, found: Computed) -> tuple[float, float]:
    """Least and greatest of ours."""
    ours = number(device, found, value)
    squares = sum((of(one, value) - ours) ** 2 for one in by_fabrication(device))
    ends = [ours, *(of(one, value) for one in by_what_is_open(device))]
    return float(min(ends) - np.sqrt(squares)), float(max(ends) + np.sqrt(squares))


#: all numbers of a device are of one solve
_solved = cache(computed)


def of(device: Device, value: Value) -> float:
    """Ours of a device."""
    return number(device, _solved(device), value)


def by_fabrication(device: Device) -> Iterator[Device]:
    """The device with one size at its limit."""
    base = device.rails
    for name, step in tolerances().items():
        now = float(getattr(base, name))
        up = now + step if name != "rib_wall_angle_deg" or now + step <= 90.0 else now - step
        yield changed(device, {name: up})


def by_what_is_open(device: Device) -> Iterator[Device]:
    """The device with one of its open inputs at either end."""
    for name, *ends, _ in device.left_open:
        for end in ends:
            yield changed(device, {name: end})


def changed(device: Device, sizes: dict[str, Any]) -> Device:
    """The same device of another cross-section."""
    if isinstance(device.spec, TRail):
        return replace(device, spec=replace(device.spec, base=replace(device.spec.base, **sizes)))
    assert isinstance(device.spec, Coplanar)
    return replace(device, spec=replace(device.spec, **sizes))
