"""From the tables of a process file to a `Process`; every refusal names the file and the key."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import types
from lingnan.pdk.process.expression import layers_of
from lingnan.pdk.process.quantity import STATUSES, Quantity, is_quantity, read_quantity
from lingnan.pdk.process.stack import resolve_levels

SCHEMA_TABLES = (
    "process", "sources", "grid", "layers", "films", "etches", "levels", "implants", "metals",
    "cross_sections", "rules", "corners", "statistics", "specifications", "connectivity", "crystal",
    "packaging", "frame", "fill", "optics", "electrical", "wafer", "cells", "poling", "transitions",
)  # fmt: skip
_SPREAD_TABLES = ("films", "etches", "implants", "metals", "levels")  #: what the line makes has a spread
RULE_KINDS = (
    "width", "width_max", "space", "isolation", "notch", "enclosure", "extension", "overlap", "separation", "exclusion",
    "area", "density", "grid", "angle", "bend_radius", "parallel", "open_end", "abutment", "allowed_layers", "extent",
    "orientation", "polygon", "device_overlap",
)  # fmt: skip
_NEEDS_LIMIT = {
    "width", "width_max", "space", "isolation", "notch", "enclosure", "extension", "overlap", "separation", "area",
    "grid", "bend_radius", "parallel",
}  # fmt: skip
_NEEDS_OTHER = {"enclosure", "extension", "overlap", "separation", "exclusion"}


def _walk(table: Mapping[str, Any], path: str, where: str) -> Iterator[tuple[str, Quantity]]:
    for key, value in table.items():
        here = f"{path}.{key}" if path else str(key)
        if is_quantity(value):
            yield here, read_quantity(value, f"{where}: {here}", spread=here.split(".")[0] in _SPREAD_TABLES)
        elif isinstance(value, Mapping):
            yield from _walk(value, here, where)
        elif isinstance(value, list):
            yield from _walk(
                {str(index): item for index, item in enumerate(value) if isinstance(item, Mapping)}, here, where
            )


class _Reader:
    """One merged file, with the place for messages."""

    def __init__(self, data: Mapping[str, Any], quantities: Mapping[str, Quantity], where: str) -> None:
        self.data, self.quantities, self.where = data, quantities, where

    def table(self, name: str) -> Mapping[str, Any]:
        value = self.data.get(name, {})
        if not isinstance(value, Mapping):
            raise LingnanError(f"{self.where}: {name} = {value!r} is not a table. Write [{name}].")
        return value

    def entries(self, name: str, known: set[str], required: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key, entry in self.table(name).items():
            here = f"{self.where}: {name}.{key}"
            if not isinstance(entry, Mapping):
                raise LingnanError(f"{here} = {entry!r} is not a table.")
            for word in entry:
                if word not in known:
                    raise LingnanError(f"{here}: unknown key {word!r}. {did_you_mean(word, known)}")
            for word in sorted(required):
                if word not in entry:
                    raise LingnanError(f"{here}: {word} is missing.")
            yield key, entry

    def quantity(self, path: str) -> Quantity:
        if path not in self.quantities:
            raise LingnanError(f"{self.where}: {path} is missing. Give {{ value, unit, source, status }}.")
        return self.quantities[path]

    def optional(self, path: str) -> Quantity | None:
        return self.quantities.get(path)

    def layer_name(self, name: object, here: str) -> str:
        if name not in self.table("layers"):
            raise LingnanError(f"{here}: unknown layer {name!r}. {did_you_mean(name, self.table('layers'))}")
        return str(name)

    def expression(self, text: object, here: str) -> str:
        if not isinstance(text, str):
            raise LingnanError(f"{here}: {text!r} is not a layer expression.")
        if text:
            for name in layers_of(text, here):
                self.layer_name(name, here)
        return text

    def status(self, entry: Mapping[str, Any], here: str) -> types.Status:
        if entry.get("status") not in STATUSES:
            raise LingnanError(f"{here}: status {entry.get('status')!r} is not one of {', '.join(STATUSES)}.")
        return entry["status"]


def _layers(reader: _Reader) -> dict[str, types.Layer]:
    layers: dict[str, types.Layer] = {}
    known = {"gds", "purpose", "description", "color", "source", "status"}
    for name, entry in reader.entries("layers", known, known):
        here = f"{reader.where}: layers.{name}"
        gds = entry["gds"]
        if not (isinstance(gds, list) and len(gds) == 2 and all(type(n) is int and 0 <= n <= 32767 for n in gds)):
            raise LingnanError(f"{here}: gds = {gds!r} is not a layer and a datatype between 0 and 32767, e.g. [1, 0].")
        if entry["purpose"] not in ("mask", "marker"):
            raise LingnanError(f"{here}: purpose = {entry['purpose']!r} is neither 'mask' nor 'marker'.")
        layers[name] = types.Layer(
            name,
            gds[0],
            gds[1],
            entry["purpose"],
            entry["description"],
            entry["color"],
            entry["source"],
            reader.status(entry, here),
        )
    return layers


def _sections(reader: _Reader, name: str, entry: Mapping[str, Any]) -> tuple[types.Section, ...]:
    sections: list[types.Section] = []
    for index, table in enumerate(entry.get("sections", [])):
        here = f"{reader.where}: cross_sections.{name}.sections[{index}]"
        for key in table:
            if key not in ("layer", "reach", "width", "offset"):
                raise LingnanError(
                    f"{here}: unknown key {key!r}. {did_you_mean(key, ('layer', 'reach', 'width', 'offset'))}"
                )
        parts = {
            key: read_quantity(table[key], f"{here}.{key}") for key in ("reach", "width", "offset") if key in table
        }
        if ("reach" in parts) == ("width" in parts):
            raise LingnanError(f"{here}: give either reach (beyond the core) or width.")
        sections.append(
            types.Section(
                reader.layer_name(table.get("layer"), here), parts.get("reach"), parts.get("width"), parts.get("offset")
            )
        )
    return tuple(sections)


def _cross_sections(reader: _Reader) -> dict[str, types.CrossSectionData]:
    known = {
        "layer",
        "kind",
        "width",
        "radius",
        "radius_min",
        "sections",
        "description",
        "n_eff",
        "loss",
        "n_g",
        "wavelength",
        "gap",
    }
    found: dict[str, types.CrossSectionData] = {}
    for name, entry in reader.entries("cross_sections", known, {"layer", "kind", "width", "description"}):
        here = f"{reader.where}: cross_sections.{name}"
        if entry["kind"] not in ("optical", "electrical", "placement"):
            raise LingnanError(f"{here}: kind = {entry['kind']!r} is not one of optical, electrical, placement.")
        path = f"cross_sections.{name}"
        found[name] = types.CrossSectionData(
            name=name,
            layer=reader.layer_name(entry["layer"], here),
            kind=entry["kind"],
            width=reader.quantity(f"{path}.width"),
            radius=reader.optional(f"{path}.radius"),
            radius_min=reader.optional(f"{path}.radius_min"),
            sections=_sections(reader, name, entry),
            description=entry["description"],
            n_eff=reader.optional(f"{path}.n_eff"),
            loss=reader.optional(f"{path}.loss"),
        )
    return found


def _rules(reader: _Reader) -> dict[str, types.Rule]:
    known = {"kind", "layer", "other", "limit", "severity", "description", "unless", "options", "source", "status"}
    rules: dict[str, types.Rule] = {}
    for rule_id, entry in reader.entries("rules", known, {"kind", "description"}):
        here = f'{reader.where}: rules."{rule_id}"'
        kind = entry["kind"]
        if kind not in RULE_KINDS:
            raise LingnanError(f"{here}: unknown kind {kind!r}. {did_you_mean(kind, RULE_KINDS)}")
        limit = reader.optional(f"rules.{rule_id}.limit")
        if "limit" in entry and limit is None:
            raise LingnanError(
                f"{here}: limit = {entry['limit']!r} has no pedigree. Give {{ value, unit, source, status }}."
            )
        if kind in _NEEDS_LIMIT and limit is None:
            raise LingnanError(f"{here}: a {kind} rule needs a limit.")
        if kind in _NEEDS_OTHER and not entry.get("other"):
            raise LingnanError(f"{here}: a {kind} rule needs the second layer, other.")
        severity = entry.get("severity", "error")
        if severity not in ("error", "warning"):
            raise LingnanError(f"{here}: severity = {severity!r} is neither 'error' nor 'warning'.")
        if limit is None and not ("source" in entry and "status" in entry):
            raise LingnanError(f"{here}: a rule without a limit needs its own source and status.")
        rules[rule_id] = types.Rule(
            id=rule_id,
            kind=kind,
            layer=reader.expression(entry.get("layer", ""), here),
            other=reader.expression(entry.get("other", ""), here),
            limit=limit,
            severity=severity,
            description=entry["description"],
            unless=reader.expression(entry.get("unless", ""), here),
            options=dict(entry.get("options", {})),
            source=entry.get("source", limit.source if limit else ""),
            status=reader.status(entry, here) if "status" in entry else limit.status if limit else "representative",
        )
    return rules


def _corners(reader: _Reader) -> dict[str, types.Corner]:
    corners: dict[str, types.Corner] = {}
    for name, entry in reader.entries("corners", {"shifts", "temperature", "description"}, {"shifts", "temperature"}):
        for path in entry["shifts"]:
            if path not in reader.quantities:
                raise LingnanError(
                    f"{reader.where}: corners.{name}: no number {path!r}. {did_you_mean(path, reader.quantities)}"
                )
        shifts = {path: float(value) for path, value in entry["shifts"].items()}
        corners[name] = types.Corner(name, shifts, reader.quantity(f"corners.{name}.temperature").value)
    return corners


def _statistics(reader: _Reader) -> dict[str, types.Statistic]:
    known = {"within_wafer", "within_die", "wafer_to_wafer", "correlation_length", "target", "description"}
    statistics: dict[str, types.Statistic] = {}
    for name, entry in reader.entries("statistics", known, {"within_wafer", "target"}):
        for path in entry["target"]:
            if path not in reader.quantities:
                raise LingnanError(
                    f"{reader.where}: statistics.{name}: no number {path!r}. {did_you_mean(path, reader.quantities)}"
                )
        path = f"statistics.{name}"
        statistics[name] = types.Statistic(
            name,
            reader.quantity(f"{path}.within_wafer"),
            reader.optional(f"{path}.wafer_to_wafer"),
            reader.optional(f"{path}.correlation_length"),
            tuple(entry["target"]),
        )
    return statistics


def _polarity(given: Any, here: str) -> Literal["n", "p"]:
    if given in ("n", "p"):
        return given
    raise LingnanError(f"{here}: polarity = {given!r} is neither 'n' nor 'p'.")


def build(data: Mapping[str, Any], files: tuple[str, ...], digest: str, where: str) -> types.Process:
    """Check the merged tables of a file and freeze them.

    Raises:
        LingnanError: names the file, the key, the limit and what to do.
    """
    for name in data:
        if name not in SCHEMA_TABLES:
            raise LingnanError(f"{where}: unknown table [{name}]. {did_you_mean(name, SCHEMA_TABLES)}")
    quantities = dict(_walk(data, "", where))
    reader = _Reader(data, quantities, where)
    head = reader.table("process")
    for key in ("name", "title", "version", "platform"):
        if not isinstance(head.get(key), str) or not head[key]:
            raise LingnanError(f"{where}: process.{key} is missing. Give it as text.")
    if head["platform"] not in ("soi", "tfln"):
        raise LingnanError(f"{where}: process.platform = {head['platform']!r} is neither 'soi' nor 'tfln'.")
    implants = {
        name: types.Implant(
            name,
            reader.layer_name(entry["layer"], f"{where}: implants.{name}"),
            _polarity(entry["polarity"], f"{where}: implants.{name}"),
            reader.quantity(f"implants.{name}.concentration"),
            {
                key: reader.quantity(f"implants.{name}.sheet_resistance.{key}")
                for key in entry.get("sheet_resistance", {})
            },
        )
        for name, entry in reader.entries(
            "implants",
            {"layer", "polarity", "concentration", "sheet_resistance", "description"},
            {"layer", "polarity", "concentration"},
        )
    }
    metals = {
        name: types.Metal(
            name,
            reader.layer_name(entry["layer"], f"{where}: metals.{name}"),
            reader.quantity(f"metals.{name}.sheet_resistance"),
            reader.optional(f"metals.{name}.current_limit"),
        )
        for name, entry in reader.entries(
            "metals",
            {"layer", "sheet_resistance", "current_limit", "conductivity", "contact_resistivity", "description"},
            {"layer", "sheet_resistance"},
        )
    }
    specifications = {
        name: types.Specification(
            name,
            reader.optional(f"specifications.{name}.minimum"),
            reader.optional(f"specifications.{name}.maximum"),
            entry["description"],
        )
        for name, entry in reader.entries("specifications", {"minimum", "maximum", "description"}, {"description"})
    }
    connectivity: list[tuple[str, str, str]] = []
    for row in reader.table("connectivity").get("stack", []):
        here = f"{where}: connectivity.stack {row!r}"
        if not isinstance(row, list) or len(row) != 3:
            raise LingnanError(f"{here} is not [lower, via, upper].")
        lower, via, upper = (reader.layer_name(name, here) for name in row)
        connectivity.append((lower, via, upper))
    layers = _layers(reader)
    return types.Process(
        name=head["name"],
        title=head["title"],
        version=head["version"],
        platform=head["platform"],
        hash=digest,
        files=files,
        sources=dict(reader.table("sources")),
        grid=reader.quantity("grid"),
        layers=layers,
        levels=resolve_levels(data, quantities, where),
        implants=implants,
        metals=metals,
        cross_sections=_cross_sections(reader),
        rules=_rules(reader),
        corners=_corners(reader),
        statistics=_statistics(reader),
        specifications=specifications,
        connectivity=tuple(connectivity),
        crystal=dict(reader.table("crystal")),
        quantities=quantities,
        data=data,
    )
