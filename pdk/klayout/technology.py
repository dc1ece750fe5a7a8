"""The technology file (.lyt): database unit, layer properties, connectivity."""

from xml.etree import ElementTree

from lingnan.pdk.klayout.xmltext import document
from lingnan.pdk.process import Process


def technology(process: Process) -> str:
    """Text of the .lyt file; the layer properties lie beside it."""
    root = ElementTree.Element("technology")
    for key, value in (
        ("name", process.name),
        ("description", f"{process.title} ({process.stamp})"),
        ("dbu", f"{process.grid.value:g}"),
        ("base-path", ""),
        ("original-base-path", ""),
        ("layer-properties_file", f"{process.name}.lyp"),
        ("add-other-layers", "true"),
    ):
        ElementTree.SubElement(root, key).text = value
    writer = ElementTree.SubElement(ElementTree.SubElement(root, "writer-options"), "gds2")
    for key, value in (("write-timestamps", "false"), ("max-vertex-count", "8000"), ("max-cellname-length", "32000")):
        ElementTree.SubElement(writer, key).text = value
    connectivity = ElementTree.SubElement(root, "connectivity")
    for connection in connections(process):
        ElementTree.SubElement(connectivity, "connection").text = ",".join(connection)
    for name in dict.fromkeys(name for connection in connections(process) for name in connection if name):
        layer = process.layer(name)
        ElementTree.SubElement(connectivity, "symbols").text = f"{name}='{layer.layer}/{layer.datatype}'"
    return document(root)


def connections(process: Process) -> tuple[tuple[str, ...], ...]:
    """Lower conductor, via, upper conductor; the via is empty for two that touch without one."""
    return tuple((lower, "" if via in (lower, upper) else via, upper) for lower, via, upper in process.connectivity)
