"""Layouts that somebody else wrote: read whole, refused when they cannot be what they claim, nothing dropped unseen."""

from lingnan.pdk.layout.layermap import read_layer_map
from lingnan.pdk.layout.read import Loaded, read_layout

__all__ = ["Loaded", "read_layer_map", "read_layout"]
