"""What a rule looks at: its layers, and how far two shapes can be and still matter to each other."""

import math
from collections.abc import Iterable, Mapping

from lingnan.pdk.drc.facing import BRIDGE
from lingnan.pdk.drc.parts import View
from lingnan.pdk.process import Rule, layers_of

#: kinds that read the whole layout: windows, outlines, cells and the file as such
WHOLE = frozenset({"density", "extent", "allowed_layers", "orientation", "device_overlap", "grid", "polygon"})

#: kinds that look at one merged shape, or at what overlaps; open ends also at others in their row
TOUCHING = frozenset({"area", "width_max", "exclusion", "angle", "bend_radius", "open_end"})

#: kinds whose faults need a shape of `other` too
BOTH = frozenset({"separation", "exclusion", "overlap", "extension"})

LEAST_UM = 1.0  #: reach of a rule that looks no farther: parts share a sheet, and its rules the merged shapes on it


def view_of(rule: Rule, indexes: Mapping[str, int], dbu: float, step: float) -> View | None:
    """Layers and reach of a rule, None for one that needs the whole layout.

    Args:
        rule: to look at.
        indexes: layer index by process layer name, of the layers that carry shapes.
        dbu: database unit [µm].
        step: tolerance [dbu].
    """
    if rule.kind in WHOLE:
        return None

    def carried(text: str) -> frozenset[int]:
        return frozenset(indexes[name] for name in layers_of(text) if name in indexes) if text else frozenset()

    reach = 0.0 if rule.kind in TOUCHING or rule.limit is None else rule.limit.value + BRIDGE * step * dbu
    reach = max(reach, float(rule.options.get("tooth_pitch", 0.0)))
    first, other = carried(rule.layer), carried(rule.other)
    second = other if rule.kind in BOTH else frozenset[int]()
    return View(first | other | carried(rule.unless), first, second, math.ceil(max(reach, LEAST_UM) / dbu))


def shared(views: Iterable[View]) -> dict[View, View]:
    """Fewer views for the same rules: those that read the same, or a part of what another reads, take that one's.

    What is merged for one rule then serves the others. Parts are a little larger than each rule would need them.
    """
    joined: dict[tuple[frozenset[int], frozenset[int], frozenset[int]], int] = {}
    for view in views:
        key = view.layers, view.first, view.second
        joined[key] = max(view.reach, joined.get(key, 0))
    target = {key: key for key in joined}
    for key in sorted(joined, key=lambda key: len(key[0])):
        layers, first, second = key
        wider = [k for k in joined if not second and not k[2] and k[0] > layers and k[1] >= first]
        if wider:
            target[key] = min(wider, key=lambda k: (len(k[0]), sorted(k[0])))
            joined[target[key]] = max(joined[target[key]], joined[key])
    found: dict[View, View] = {}
    for view in views:
        key = view.layers, view.first, view.second
        while target[key] != key:
            key = target[key]
        found[view] = View(*key, joined[key])
    return found
