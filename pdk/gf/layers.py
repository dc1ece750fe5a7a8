"""Layer map, layer stack and layer views of a process, as gdsfactory types."""

from typing import Any

import gdsfactory as gf
from gdsfactory.technology import LayerLevel, LayerStack, LayerView, LayerViews
from gdsfactory.technology.layer_stack import DerivedLayer, LogicalLayer

from lingnan.pdk.process import Process, evaluate
from lingnan.pdk.view.picture import color_of


def layer_map(process: Process) -> type[Any]:
    """A `LayerEnum` with the process's names."""
    meta: Any = type(gf.LayerEnum)  # kfactory's enum takes its members from the class body, so one is made by hand
    body = meta.__prepare__("LAYER", (gf.LayerEnum,))
    body["layout"] = gf.constant(gf.kcl.layout)
    for name, layer in process.layers.items():
        body[name] = layer.gds
    return meta("LAYER", (gf.LayerEnum,), body)


def _broad_layer(process: Process, mask: str) -> LogicalLayer | DerivedLayer:
    return evaluate(mask, {name: LogicalLayer(layer=layer.gds) for name, layer in process.layers.items()})


def layer_stack(process: Process) -> LayerStack:
    """Levels that a mask shapes, and the wafer-wide ones on the floorplan."""
    levels: dict[str, LayerLevel] = {}
    for level in process.levels.values():
        broad = _broad_layer(process, level.mask or "FLOORPLAN")
        first = broad if isinstance(broad, LogicalLayer) else _first(broad)
        levels[level.name] = LayerLevel(
            name=level.name,
            layer=broad,
            derived_layer=None if isinstance(broad, LogicalLayer) else first,
            thickness=level.thickness,
            zmin=level.z_min,
            sidewall_angle=90.0 - level.sidewall_angle_deg,  # gdsfactory counts from the wafer's normal
            width_to_z=level.width_reference,
            bias=level.bias / 2 if level.bias else None,
            mesh_order=level.order,
            material=level.material,
            info={"kind": level.kind, "color": color_of(level.material), "process": process.stamp},
        )
    return LayerStack(layers=levels)


def _first(broad: DerivedLayer | LogicalLayer) -> LogicalLayer:
    while not isinstance(broad, LogicalLayer):
        broad = broad.layer1
    return broad


def layer_views(process: Process) -> LayerViews:
    """Colours and names; markers are outlines."""
    return LayerViews(
        layer_views={
            name: LayerView(
                name=name,
                layer=layer.gds,
                color=layer.color,
                hatch_pattern="hollow" if layer.purpose == "marker" else "coarsely dotted",
            )
            for name, layer in process.layers.items()
        }
    )
