"""Which ports are joined, by a guide between them or because they lie on each other."""

from collections.abc import Mapping, Sequence

from lingnan.pdk.lvs.circuit import Pin
from lingnan.pdk.lvs.joints import Joint
from lingnan.pdk.lvs.optical import Light


def abutments(joints: Mapping[Pin, Joint], devices: Mapping[int, str]) -> list[tuple[Pin, Pin]]:
    """Ports of two devices that lie on each other."""
    by_device: dict[str, list[Joint]] = {}
    for pin, joint in joints.items():
        by_device.setdefault(pin.device, []).append(joint)
    pairs: set[tuple[Pin, Pin]] = set()
    for pin, joint in joints.items():
        for node in joint.touches:
            if node in devices:
                pairs |= {
                    _ordered(pin, other.pin) for other in by_device.get(devices[node], ()) if _meets(joint, other)
                }
    return sorted(pairs)


def _meets(one: Joint, other: Joint) -> bool:
    dx, dy = one.frame.x - other.frame.x, one.frame.y - other.frame.y
    facing = one.frame.out[0] * other.frame.out[0] + one.frame.out[1] * other.frame.out[1] < 0
    return facing and one.layer == other.layer and dx * dx + dy * dy <= (one.frame.half + other.frame.half) ** 2


def _ordered(one: Pin, other: Pin) -> tuple[Pin, Pin]:
    return (one, other) if one < other else (other, one)


def pairs_of(light: Light) -> Sequence[tuple[Pin, Pin]]:
    """Ports that are joined, by a guide or by abutment."""
    pairs = set(abutments(light.joints, light.devices))
    for guide in light.guides.values():
        for index, pin in enumerate(guide.pins):
            pairs |= {_ordered(pin, other) for other in guide.pins[index + 1 :]}
    return sorted(pairs)
