"""Cross-sections of a process as gdsfactory functions: width, layers, bend radius and its minimum from the file."""

from collections.abc import Callable
from typing import Any

import gdsfactory as gf
from gdsfactory.cross_section import CrossSection

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import CrossSectionData, Process

Factory = Callable[..., CrossSection]


def width_rule(process: Process, layer: str) -> tuple[str, float] | None:
    """Id and limit of the width rule of a layer, if it has one."""
    for rule in process.rules.values():
        if rule.kind == "width" and rule.layer == layer and rule.limit is not None:
            return rule.id, rule.limit.value
    return None


def _sections(data: CrossSectionData, width: float) -> tuple[gf.Section, ...]:
    sections: list[gf.Section] = []
    for index, section in enumerate(data.sections):
        name = f"{section.layer.lower()}_{index}"
        if section.reach is not None:
            sections.append(gf.Section(width=width + 2 * section.reach.value, layer=section.layer, name=name))
        elif section.width is not None:
            offset = section.offset.value if section.offset is not None else 0.0
            sections.append(gf.Section(width=section.width.value, offset=offset, layer=section.layer, name=name))
    return tuple(sections)


def cross_section_factory(process: Process, data: CrossSectionData) -> Factory:
    """A function `name(width=…, radius=…)` that gives the cross-section.

    It refuses a width below the line's rule, naming the rule.
    """
    rule = width_rule(process, data.layer)
    kind = "electrical" if data.kind == "electrical" else "optical"
    ports = ("e1", "e2") if kind == "electrical" else ("o1", "o2")
    default_radius = data.radius.value if data.radius is not None else None
    radius_min = data.radius_min.value if data.radius_min is not None else None

    def factory(width: float = data.width.value, radius: float | None = default_radius, **kwargs: Any) -> CrossSection:
        if rule is not None and width < rule[1] - 1e-9:
            raise LingnanError(
                f"cross-section {data.name}: width = {width:g} µm is below the limit of {rule[1]:g} µm "
                f"(rule {rule[0]}, process {process.stamp}). Use width >= {rule[1]:g}."
            )
        return gf.cross_section.cross_section(
            width=width,
            layer=data.layer,
            sections=_sections(data, width),
            radius=radius,
            radius_min=radius_min,
            port_names=ports,
            port_types=(kind, kind),
            **kwargs,
        )

    factory.__name__ = data.name
    factory.__qualname__ = data.name
    factory.__doc__ = f"{data.description}. Width and radius in µm; from process {process.stamp}."
    return factory


def cross_sections(process: Process) -> tuple[dict[str, Factory], dict[str, str]]:
    """Factories by name, and which name a default cross-section goes by.

    gdsfactory names a cross-section after a hash of its numbers; the second table lets the default one keep the
    process's own name, so that cells, netlists and settings say `strip`.
    """
    factories: dict[str, Factory] = {}
    names: dict[str, str] = {}
    for data in process.cross_sections.values():
        factory = gf.xsection(cross_section_factory(process, data), factories, names)
        factories[data.name] = factory
    return factories, names
