"""The materials that are shipped: `data/*.toml`, read once, and their names."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from lingnan.solvers.materials.dispersion import (
    Constant,
    Dispersion,
    Formula,
    Oscillators,
    Table,
    Tabulated,
    WithAbsorption,
)
from lingnan.solvers.materials.errors import MaterialError, did_you_mean
from lingnan.solvers.materials.material import Axis, Material, Property
from lingnan.solvers.materials.thermal import Lattice, LatticeSellmeier, Linear, Thermal, ThermalSellmeier

#: key in the data files -> unit
PROPERTIES = {
    "rf_permittivity": "1",
    "conductivity": "S/m",
    "resistivity_slope": "ohm m/K",
    "heat_conductivity": "W/(m K)",
    "heat_capacity": "J/(m3 K)",
    "pockels": "pm/V",
    "nonlinear": "pm/V",
}
#: numbers of a table with names, in the order in which `Property.value` keeps them
ORDER = {"pockels": ("r13", "r33", "r22", "r51"), "nonlinear": ("d33", "d31", "d22")}


def get(name: "str | Material", *, extrapolate: bool = False) -> Material:
    """A material by its name, in upper or lower case.

    Args:
        name: one of `names()` or of their aliases; a material is handed through.
        extrapolate: answer outside the range in which it was measured, too.

    Raises:
        MaterialError: the name is unknown.
    """
    if isinstance(name, Material):
        return name.extrapolated() if extrapolate else name
    known, folded, words = _library()
    if name.casefold() not in folded:
        raise MaterialError(
            f"material {name!r} is unknown. {did_you_mean(name, words)} "
            "By composition: materials.silicon_germanium, solution. "
            "Own ones: materials.constant, sellmeier, tabulated, function, read_yaml."
        )
    found = known[folded[name.casefold()]]
    return found.extrapolated() if extrapolate else found


def names() -> tuple[str, ...]:
    """Names of the materials that are shipped."""
    return tuple(_library()[0])


@cache
def _library() -> tuple[dict[str, Material], dict[str, str], tuple[str, ...]]:
    tables: dict[str, Mapping[str, Any]] = {}
    for file in sorted((resources.files("lingnan.solvers.materials") / "data").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            tables |= tomllib.loads(file.read_text(encoding="utf-8"))
    known = {name: _material(name, table, tables) for name, table in tables.items()}
    words = {word: name for name, table in tables.items() for word in (name, *table.get("aliases", ()))}
    return known, {word.casefold(): name for word, name in words.items()}, tuple(words)


def _material(name: str, table: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> Material:
    sides = ("ordinary", "extraordinary")
    axes: tuple[Axis, ...] = ()
    if "index" in table:
        axes = (_axis(table, tables, None),)
    elif "ordinary" in table:
        axes = tuple(_axis(table[side], tables, side) for side in sides)
    properties: list[tuple[str, Property]] = []
    for key, unit in PROPERTIES.items():
        if key in table:
            entry = table[key]
            value = [entry[k] for k in ORDER[key]] if key in ORDER else entry["value"]
            numbers = tuple(float(v) for v in (value if isinstance(value, list) else [value]))
            properties.append((key, Property(numbers, unit, entry["source"])))
    low, high = table.get("wavelength", (0.0, float("inf")))
    cold, hot = table["temperatures"]
    return Material(
        name,
        axes,
        table["source"],
        (float(low), float(high)),
        float(table["temperature"]),
        (float(cold), float(hot)),
        table.get("description", ""),
        tuple(properties),
    )


def _axis(table: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], side: str | None) -> Axis:
    index = table["index"]
    lattice = _lattice(index["lattice"]) if "lattice" in index else None
    if lattice is not None:
        return Axis(Lattice(lattice, 293.0), lattice)
    return Axis(dispersion(index), _thermal(table.get("thermal"), tables, side))


def _lattice(table: Mapping[str, Any]) -> LatticeSellmeier:
    keys = ("epsilon", "amplitude", "expansion_cold", "expansion_warm")
    return LatticeSellmeier(*(tuple(table[key]) for key in keys))


def _thermal(
    table: Mapping[str, Any] | None, tables: Mapping[str, Mapping[str, Any]], side: str | None
) -> Thermal | None:
    if table is None:
        return None
    if "like" in table:
        other = tables[table["like"]]
        return _axis(other if side is None else other[side], tables, side).thermal
    if "a" in table:
        return ThermalSellmeier(tuple(table["a"]), tuple(table["b"]))
    return Linear(table["dn_dt"])


def dispersion(table: Mapping[str, Any]) -> Dispersion:
    """An index from a table of the data files: formula, oscillators, constant or nk, and perhaps k beside it."""
    if "nk" in table:
        wave, n, k = zip(*table["nk"], strict=True)
        return Tabulated(Table(wave, n), Table(wave, k))
    if "plasma" in table:
        return Oscillators(table["plasma"], tuple(table["drude"]), tuple(tuple(o) for o in table["lorentz"]))
    if "constant" in table:
        return Constant(table["constant"])
    real = Formula(table["formula"], tuple(float(c) for c in table["coefficients"]))
    if "k" not in table:
        return real
    wave, k = zip(*table["k"], strict=True)
    return WithAbsorption(real, Table(wave, k))
