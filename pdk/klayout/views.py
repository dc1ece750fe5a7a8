"""Layer properties (.lyp): names and colours of the process; masks filled, markers as outlines."""

from xml.etree import ElementTree

from lingnan.pdk.klayout.xmltext import document
from lingnan.pdk.process import Layer, Process

#: dither patterns of KLayout: coarsely dotted, hatched both ways …, in turn, so that neighbours in the list differ
_FILLS = ("I9", "I5", "I6", "I3", "I10", "I11", "I2")
_HOLLOW = "I1"


def layer_properties(process: Process) -> str:
    """Text of the .lyp file: a group of masks in the order of the process, and a group of markers."""
    root = ElementTree.Element("layer-properties")
    for purpose, title in (("mask", "masks"), ("marker", "markers")):
        group = _view(root, title, "*/*@*", "#000000", _HOLLOW, "properties")
        layers = [layer for layer in process.layers.values() if layer.purpose == purpose]
        for number, layer in enumerate(layers):
            fill = _HOLLOW if purpose == "marker" else _FILLS[number % len(_FILLS)]
            _layer(group, layer, fill)
    return document(root)


def _layer(group: ElementTree.Element, layer: Layer, fill: str) -> None:
    name = f"{layer.name} {layer.layer}/{layer.datatype}: {layer.description}"
    _view(group, name, f"{layer.layer}/{layer.datatype}@1", layer.color, fill, "group-members")


def _view(parent: ElementTree.Element, name: str, source: str, color: str, fill: str, tag: str) -> ElementTree.Element:
    view = ElementTree.SubElement(parent, tag)
    for key, value in (
        ("frame-color", color),
        ("fill-color", color),
        ("frame-brightness", "0"),
        ("fill-brightness", "0"),
        ("dither-pattern", fill),
        ("line-style", ""),
        ("valid", "true"),
        ("visible", "true"),
        ("transparent", "false"),
        ("width", "1"),
        ("marked", "false"),
        ("xfill", "false"),
        ("animation", "0"),
        ("name", name),
        ("source", source),
    ):
        ElementTree.SubElement(view, key).text = value
    return view
