"""Design-rule check of drawn layouts: `check` for KLayout objects, `check_file` for a file.

The rules are data (`pdk/process/*.toml`); the same rules run here, with the klayout module, and in the KLayout
application, as a generated macro. d is a rule's limit, g the tolerance, one step of the mask grid. Regions are merged.

| kind | `layer`, `other`, options | a fault is |
|---|---|---|
| width | A | two edges of one shape, inside between them, nearer than d (`gap`: tolerance) |
| space | A | two edges, outside between them, nearer than d: of two shapes or of one |
| space, `beyond` | A | a gap below d - g on the mean that goes on for longer than `beyond`, followed round curves |
| isolation / notch | A | space between different shapes only / within one shape only |
| separation | A, B | an edge of A and one of B facing each other from outside, nearer than d; overlap: exclusion |
| enclosure | A, B; `flush` | an edge of A less than d inside one of B (on it: not with `flush`), or A outside B |
| extension | A, B | where A crosses an edge of B, it reaches less than d beyond |
| overlap | A, B | A and B overlap, but by less than d somewhere |
| exclusion | A, B | A and B share an area (slivers of mean thickness g or less left out) |
| area | A | a shape smaller than the limit |
| width_max | A | a square wider than d fits in |
| density | A; `window`, `step`, `minimum`, `maximum` | a window with a share of A outside the range |
| density | `outside`, `around`, `remaining` | what `outside` covers, and `around` it, does not count (`density`) |
| grid | all masks | a vertex that is no multiple of d |
| angle | A; `allowed` ("any", "45", "90"), `interior_min_deg` | an edge off those directions; a sharper corner |
| bend_radius | A; `max_width`, `teeth`, `tooth_pitch` | a guide whose centre line bends more tightly than d (`bend`) |
| parallel | A; `length` | guides nearer than d side by side for longer than `length` (`runs`) |
| open_end | A; `max_width`, `teeth`, `tooth_pitch` | an end face of a guide that touches nothing, no tooth (`ends`) |
| abutment | A | two end faces that face each other across d or less |
| allowed_layers | whole file | shapes on a layer that the process does not have |
| extent | all masks, B | a part outside B, the floorplan |
| orientation | `cells_y`, `cells_z`, `turn_deg` | a cell named for a crystal direction, turned by that angle |
| orientation | A, B; `axis`, `tolerance_deg`, `within` | a guide of A in a gap of B that runs off the axis (`axis`) |
| polygon | all masks | a drawn polygon that crosses itself or has no area |
| device_overlap | A | two devices of one cell on each other; a device inside a device is its part |

`unless` excuses a fault whose marker lies inside that expression. Markers of one kind that touch are one violation; its
value is the worst. Notches of a comb do not touch, so each is one, as is each gap between teeth that stand alone:
either is a place to mend, and KLayout's own check has a pair of edges for each. With each result come the shapes seen
by layer: a clean report of nothing says so in its notes.
"""

from typing import TYPE_CHECKING, Any

from lingnan.pdk.drc.engine import check
from lingnan.pdk.drc.violation import LayerCount, Report, Violation

if TYPE_CHECKING:
    from lingnan.pdk.drc.file import check_file

__all__ = ["LayerCount", "Report", "Violation", "check", "check_file"]


def __getattr__(name: str) -> Any:
    if name == "check_file":
        from lingnan.pdk.drc.file import check_file

        return check_file
    raise AttributeError(f"module 'lingnan.pdk.drc' has no attribute {name!r}; it has {', '.join(__all__)}")
