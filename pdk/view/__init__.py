"""Looking at a layout as it will be made: the cross-section at a cut line, and solids of the stack."""

from lingnan.pdk.view.cut import Cut, Trapezoid, cut
from lingnan.pdk.view.picture import cross_section_picture, layout_picture
from lingnan.pdk.view.solid import solid_picture, write_mesh

__all__ = ["Cut", "Trapezoid", "cross_section_picture", "cut", "layout_picture", "solid_picture", "write_mesh"]
