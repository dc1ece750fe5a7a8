"""Heights of the stack: each level stands on another, so a thicker film lifts what is above it."""

from collections.abc import Mapping
from typing import Any

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process.expression import layers_of
from lingnan.pdk.process.quantity import Quantity
from lingnan.pdk.process.types import Level

_KEYS = {
    "kind", "mask", "material", "film", "etch", "part", "on", "under", "down_from", "gap", "from", "to", "thickness",
    "sidewall_angle", "width_reference", "bias", "order", "description",
}  # fmt: skip
_KINDS = ("film", "dielectric", "implant", "metal", "via", "opening")
_GROUND = "ground"  #: the top of the buried oxide, z = 0


class _Heights:
    """Resolves levels in whatever order the file names them."""

    def __init__(self, data: Mapping[str, Any], quantities: Mapping[str, Quantity], where: str) -> None:
        self.levels: Mapping[str, Any] = data.get("levels", {})
        self.films: Mapping[str, Any] = data.get("films", {})
        self.etches: Mapping[str, Any] = data.get("etches", {})
        self.quantities = quantities
        self.where = where
        self.done: dict[str, tuple[float, float]] = {}
        self.used: dict[str, dict[str, Quantity]] = {}
        self.open: list[str] = []

    def _number(self, level: str, path: str) -> float:
        if path not in self.quantities:
            raise LingnanError(
                f"{self.where}: levels.{level} needs the number {path}, which is not there with its pedigree. "
                "Give { value, unit, source, status }."
            )
        self.used[level][path] = self.quantities[path]
        return self.quantities[path].value

    def _film(self, level: str, film: str) -> tuple[float, float]:
        if film not in self.films:
            raise LingnanError(f"{self.where}: levels.{level}: unknown film {film!r}. {did_you_mean(film, self.films)}")
        bottom = self._top(level, str(self.films[film].get("on", _GROUND)))
        if "gap" in self.films[film]:
            bottom += self._number(level, f"films.{film}.gap")
        return bottom, bottom + self._number(level, f"films.{film}.thickness")

    def _top(self, level: str, other: str) -> float:
        if other == _GROUND:
            return 0.0
        if other in self.levels:
            top = self.bounds(other)[1]
            self.used[level].update(self.used[other])
            return top
        if other in self.films:
            return self._film(level, other)[1]
        raise LingnanError(
            f"{self.where}: levels.{level} stands on {other!r}, which is neither a level nor a film. "
            + did_you_mean(other, [*self.levels, *self.films])
        )

    def bounds(self, level: str) -> tuple[float, float]:
        if level in self.done:
            return self.done[level]
        if level in self.open:
            raise LingnanError(
                f"{self.where}: levels {' -> '.join([*self.open, level])} stand on each other. Break the circle."
            )
        self.open.append(level)
        self.used.setdefault(level, {})
        table = self.levels[level]
        if "film" in table:
            low, high = self._film(level, str(table["film"]))
            if "etch" in table:
                etch = str(table["etch"])
                if etch not in self.etches:
                    raise LingnanError(
                        f"{self.where}: levels.{level}: unknown etch {etch!r}. {did_you_mean(etch, self.etches)}"
                    )
                cut = high - self._number(level, f"etches.{etch}.depth")
                part = table.get("part", "below")
                if part not in ("below", "above"):
                    raise LingnanError(f"{self.where}: levels.{level}: part = {part!r} is neither 'below' nor 'above'.")
                low, high = (low, cut) if part == "below" else (cut, high)
        elif "from" in table and "to" in table:
            low = self._top(level, str(table["from"]))
            high = (
                self.bounds(str(table["to"]))[0]
                if str(table["to"]) in self.levels
                else self._top(level, str(table["to"]))
            )
            self.used[level].update(self.used.get(str(table["to"]), {}))
        elif "under" in table:
            high = self.bounds(str(table["under"]))[0] if str(table["under"]) in self.levels else 0.0
            low = high - self._number(level, f"levels.{level}.thickness")
        elif "down_from" in table:
            high = self._top(level, str(table["down_from"]))
            low = high - self._number(level, f"levels.{level}.thickness")
        else:
            low = self._top(level, str(table.get("on", _GROUND)))
            if "gap" in table:
                low += self._number(level, f"levels.{level}.gap")
            high = low + self._number(level, f"levels.{level}.thickness")
        self.open.pop()
        if not high > low:
            raise LingnanError(
                f"{self.where}: levels.{level} is {high - low:.4g} µm thick. Its top has to lie above its bottom."
            )
        self.done[level] = (low, high)
        return low, high


def resolve_levels(data: Mapping[str, Any], quantities: Mapping[str, Quantity], where: str) -> dict[str, Level]:
    """Every level of `[levels]` with its heights, bottom first."""
    heights = _Heights(data, quantities, where)
    levels: list[Level] = []
    for name, table in heights.levels.items():
        here = f"{where}: levels.{name}"
        for key in table:
            if key not in _KEYS:
                raise LingnanError(f"{here}: unknown key {key!r}. {did_you_mean(key, _KEYS)}")
        if table.get("kind") not in _KINDS:
            raise LingnanError(f"{here}: kind = {table.get('kind')!r} is not one of {', '.join(_KINDS)}.")
        low, high = heights.bounds(name)
        mask = str(table.get("mask", ""))
        if mask:
            for layer in layers_of(mask, here):
                if layer not in data.get("layers", {}):
                    raise LingnanError(
                        f"{here}: mask uses the unknown layer {layer!r}. {did_you_mean(layer, data.get('layers', {}))}"
                    )
        etch = table.get("etch")
        film = table.get("film")
        angle = 90.0
        for path in (f"levels.{name}.sidewall_angle", f"etches.{etch}.sidewall_angle", f"films.{film}.sidewall_angle"):
            if path in quantities:
                angle = quantities[path].value
                heights.used[name][path] = quantities[path]
                break
        bias_path = f"levels.{name}.bias"
        if bias_path in quantities:
            heights.used[name][bias_path] = quantities[bias_path]
        material = table.get("material", data.get("films", {}).get(film, {}).get("material"))
        if not material:
            raise LingnanError(f'{here}: no material, neither here nor in its film. Name one, e.g. material = "SiO2".')
        levels.append(
            Level(
                name=name,
                mask=mask,
                material=str(material),
                z_min=round(low, 9),
                thickness=round(high - low, 9),
                sidewall_angle_deg=angle,
                width_reference=float(table.get("width_reference", 0.0)),
                bias=quantities[bias_path].value if bias_path in quantities else 0.0,
                order=int(table.get("order", 5)),
                kind=table["kind"],
                quantities=dict(heights.used[name]),
            )
        )
    return {level.name: level for level in sorted(levels, key=lambda level: (level.z_min, level.z_max))}
