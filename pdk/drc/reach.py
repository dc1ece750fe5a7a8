"""What a rule looks at: its layers, and how far two shapes can be and still matter to each other."""

import math
from collections.abc import Mapping

from lingnan.pdk.drc.facing import BRIDGE
from lingnan.pdk.drc.parts import View
from lingnan.pdk.process import Rule, layers_of

#: kinds that read the whole layout: windows, outlines, cells and the file as such
WHOLE = frozenset({"density", "extent", "allowed_layers", "orientation", "device_overlap", "grid", "polygon"})

#: kinds that look at one merged shape, or at what overlaps
TOUCHING = frozenset({"area", "width_max", "exclusion", "angle", "bend_radius", "open_end"})

#: kinds whose faults need a shape of `other` too
BOTH = frozenset({"separation", "exclusion", "overlap", "extension"})

FINEST_UM = 2.1  #: rules of about the same reach share their parts; it doubles from here


def view_of(rule: Rule, indexes: Mapping[str, int], dbu: float, step: float, *, chip: bool) -> View | None:
    """Layers and reach of a rule, None for one that needs the whole layout.

    Args:
        rule: to look at.
        indexes: layer index by process layer name, of the layers that carry shapes.
        dbu: database unit [µm].
        step: tolerance [dbu].
        chip: whether open ends at the outline are faults; if not, the outline of the whole has to be known.
    """
    if rule.kind in WHOLE or (rule.kind == "open_end" and not chip):
        return None

    def carried(text: str) -> frozenset[int]:
        return frozenset(indexes[name] for name in layers_of(text) if name in indexes) if text else frozenset()

    reach = 0.0 if rule.kind in TOUCHING or rule.limit is None else rule.limit.value + BRIDGE * step * dbu
    rough = FINEST_UM * 2 ** max(0, math.ceil(math.log2(max(reach, 1e-9) / FINEST_UM)))
    first, other = carried(rule.layer), carried(rule.other)
    second = other if rule.kind in BOTH else frozenset[int]()
    return View(first | other | carried(rule.unless), first, second, math.ceil(rough / dbu))
