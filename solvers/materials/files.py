"""Files of the refractiveindex.info database as materials.

What a file says of air under SPECS or CONDITIONS is minded: glasses are listed by their index against air at
wavelengths in air, and materials here are absolute, at wavelengths in vacuum, 4e-4 of index apart. Fields: M. N.
Polyanskiy, Sci. Data 11, 94 (2024), doi:10.1038/s41597-023-02898-2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jax import Array

from lingnan.solvers.materials.dispersion import Dispersion, Formula, Table, Tabulated, WithAbsorption
from lingnan.solvers.materials.errors import MaterialError
from lingnan.solvers.materials.library import get
from lingnan.solvers.materials.material import Axis, Material

#: Fields that say whether an index is against vacuum, and whether wavelengths are those in vacuum: in print, and since.
ABSOLUTE, IN_VACUUM = ("n_is_absolute", "n_absolute"), ("wavelength_is_vacuum", "wavelength_vacuum")


@dataclass(frozen=True)
class AgainstAir:
    """An index that was measured in air, for light told by its wavelength in vacuum; of air as the library has it."""

    base: Dispersion
    relative: bool  #: its index is against air
    shorter: bool  #: its wavelengths are those in air

    @property
    def lossy(self) -> bool:
        return self.base.lossy

    def index(self, wavelength: Array) -> Array:
        air = get("air").axes[0].index.index(wavelength)
        n = self.base.index(wavelength / air if self.shorter else wavelength)
        return n * air if self.relative else n


def read_yaml(path: str | Path, name: str = "") -> Material:
    """A file of the refractiveindex.info database: formulas 1 to 9, tables of n, k or both, a formula with k beside it.

    Args:
        path: of the YAML file.
        name: empty: the file's own.

    Raises:
        MaterialError: the file is not there, or is not of that kind.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        parts = [dict(part) for part in content["DATA"]]
        kinds = [str(part["type"]) for part in parts]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise MaterialError(
            f"{path}: cannot be read as a refractiveindex.info file ({type(error).__name__}: {reason}). "
            "It must be YAML with a list DATA, each item with a type."
        ) from error
    try:
        index, limits = _read(parts, kinds)
    except (KeyError, ValueError, IndexError) as error:
        if isinstance(error, MaterialError):
            raise MaterialError(f"{path}: {error}") from error
        raise MaterialError(
            f"{path}: DATA is malformed ({type(error).__name__}: {error}). Compare it with the database."
        ) from error
    relative, shorter = (_denied(content, words) for words in (ABSOLUTE, IN_VACUUM))
    if relative or shorter:
        index = AgainstAir(index, relative, shorter)
    source = " ".join(str(content.get("REFERENCES", path.name)).split())
    kelvin = (content.get("CONDITIONS") or {}).get("temperature", 293.15)
    at = float(kelvin) if isinstance(kelvin, (int, float)) else 293.15
    return Material(name or path.stem, (Axis(index),), source, limits, at)


def _read(parts: list[dict[str, object]], kinds: list[str]) -> tuple[Dispersion, tuple[float, float]]:
    real: Dispersion | None = None
    loss: Table | None = None
    ranges: list[tuple[float, float]] = []
    for part, kind in zip(parts, kinds, strict=True):
        if kind.startswith("formula"):
            numbers = [float(c) for c in str(part["coefficients"]).split()]
            low, high = (float(v) for v in str(part["wavelength_range"]).split())
            real = Formula(int(kind.split()[1]), tuple(numbers))
            ranges.append((low, high))
        elif kind in ("tabulated nk", "tabulated n", "tabulated k"):
            rows = sorted(
                {
                    float(r.split()[0]): [float(v) for v in r.split()]
                    for r in str(part["data"]).splitlines()
                    if r.strip()
                }.items()
            )
            columns = list(zip(*(row for _, row in rows), strict=True))
            table = Table(columns[0], columns[1])
            ranges.append((columns[0][0], columns[0][-1]))
            if kind == "tabulated k":
                loss = table
            else:
                real = Tabulated(table, Table(columns[0], columns[2]) if kind == "tabulated nk" else None)
        else:
            raise MaterialError(
                f"type {kind!r} is unknown. Known: formula 1 to 9, tabulated nk, tabulated n, tabulated k."
            )
    if real is None:
        raise MaterialError("there is no refractive index in it, only absorption. Take a file with n.")
    limits = max(low for low, _ in ranges), min(high for _, high in ranges)
    if not limits[0] < limits[1]:
        raise MaterialError(f"the ranges of its parts, {ranges} µm, do not overlap. Split the file.")
    return (real if loss is None else WithAbsorption(real, loss)), limits


def _denied(content: Mapping[str, Any], words: tuple[str, ...]) -> bool:
    """Whether a file says no to one of these."""
    tables = [content.get(part) for part in ("SPECS", "CONDITIONS")]
    return any(table.get(word) is False for table in tables if isinstance(table, dict) for word in words)
