"""From a process to a gdsfactory `Pdk`, and back from the active one to its process."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import entry_points
from typing import Any

import gdsfactory as gf
from gdsfactory.pdk import GenericConstants, Pdk
from pydantic import PrivateAttr

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.gf.cross_sections import cross_sections
from lingnan.pdk.gf.layers import layer_map, layer_stack, layer_views
from lingnan.pdk.process import Process, load_process

#: gdsfactory knows ports for a fibre above the chip, and has no name for one at its edge that says the polarization
gf.CONF.port_types = [*gf.CONF.port_types, "edge_te", "edge_tm"]


class LinePdk(Pdk):
    """A `Pdk` that knows the process it was built from; two versions of one line are two of them."""

    _process: Process = PrivateAttr()

    def __init__(self, process: Process, **words: Any) -> None:
        super().__init__(**words)
        self._process = process

    @property
    def process(self) -> Process:
        """What every number of it comes from."""
        return self._process

    def activate(self, force: bool = False) -> None:
        """Make this the active one: gdsfactory would keep one of the same name, such as the line under an overlay."""
        super().activate(force=True)


def _separation(process: Process, layer: str) -> float:
    """Between neighbouring guides of a bundle [µm], edge to edge: where the line sees no crosstalk, or gdsfactory's."""
    limits = [r.limit.value for r in process.rules.values() if r.kind == "parallel" and r.layer == layer and r.limit]
    return max(limits, default=3.0)


def _routing_strategies(process: Process) -> dict[str, Any]:
    strategies: dict[str, Any] = {}
    for name, data in process.cross_sections.items():
        if data.kind == "optical" and data.radius is not None:
            apart = _separation(process, data.layer)
            strategies[f"route_bundle_{name}"] = partial(gf.routing.route_bundle, cross_section=name, separation=apart)
        elif data.kind == "electrical":
            strategies[f"route_bundle_{name}"] = partial(gf.routing.route_bundle_electrical, cross_section=name)
    optical = next(name for name, data in process.cross_sections.items() if data.kind == "optical")
    strategies["route_bundle"] = partial(strategies[f"route_bundle_{optical}"])
    strategies["route_bundle_all_angle"] = partial(gf.routing.route_bundle_all_angle, cross_section=optical)
    if "metal2" in process.cross_sections:
        strategies["route_bundle_electrical"] = partial(gf.routing.route_bundle_electrical, cross_section="metal2")
    return strategies


def _constants(process: Process) -> GenericConstants:
    pad, pitch = process.number("packaging.dc_pad_size"), process.number("packaging.dc_pad_pitch")
    return GenericConstants(pad_size=(pad, pad), pad_pitch=pitch)


_BUILT: dict[str, LinePdk] = {}  #: by the hash of the process


def build_pdk(process: Process | str) -> LinePdk:
    """A gdsfactory `Pdk` whose every number comes from the process.

    Args:
        process: a `Process`, a shipped name, or the path of a process file.
    """
    if isinstance(process, str):
        process = load_process(process)
    if process.hash not in _BUILT:
        _BUILT[process.hash] = _build(process)
    return _BUILT[process.hash]


def _build(process: Process) -> LinePdk:
    factories, default_names = cross_sections(process)
    pdk = LinePdk(
        process,
        name=process.name,
        version=process.version,
        cross_sections=factories,
        cross_section_default_names=default_names,
        layers=layer_map(process),
        layer_stack=layer_stack(process),
        layer_views=layer_views(process),
        layer_transitions=_transitions(process),
        routing_strategies=_routing_strategies(process),
        connectivity=[row for row in process.connectivity if len(set(row)) == 3],
        constants=_constants(process),
    )
    for point in entry_points(group="lingnan.cells", name=process.platform):
        library = point.load()  # by name, so that this floor does not import the one above it
        register(pdk, library.cells, library.models)
    return pdk


def _transitions(process: Process) -> dict[Any, Any]:
    """How a route changes width on one layer: the library's own taper, along the first guide of that layer."""
    first: dict[str, str] = {}
    for name, data in process.cross_sections.items():
        if data.kind == "optical":
            first.setdefault(data.layer, name)
    return {
        process.layers[layer].gds: {"component": "taper", "settings": {"cross_section": name}}
        for layer, name in sorted(first.items())
    }


def register(
    pdk: Pdk, cells: Mapping[str, Callable[..., Any]], models: Mapping[str, Callable[..., Any]] | None = None
) -> None:
    """Add cells and their compact models to a `Pdk`.

    Raises:
        LingnanError: a model without a cell of the same name.
    """
    for name in models or {}:
        if name not in cells and name not in pdk.cells:
            raise LingnanError(
                f"model {name!r} has no cell of that name in process {pdk.name}. Register both together."
            )
    pdk.cells.update(cells)
    pdk.models.update(models or {})


def active_process() -> Process:
    """The process of the active `Pdk`: cells take every width, layer and limit from it.

    Raises:
        LingnanError: no lingnan process is active.
    """
    pdk = gf.get_active_pdk()
    if not isinstance(pdk, LinePdk):
        raise LingnanError(
            f"the active PDK is {pdk.name!r}, which is no lingnan process. "
            "Activate one first: from lingnan.pdk import SOI220; SOI220.activate()."
        )
    return pdk.process
