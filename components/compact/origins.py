"""Which solver an entry of the store is of: a version for each kind of entry, and the sources it leans on.

`kept/solvers.json` has both. An entry is used as long as its version is that of its kind. The sources stand there as
they were when entries of that kind were last held against the solver: `make validate` compares them with what there is
now, and whoever has changed a solver runs `python -m lingnan.components.compact.confirm`, which solves some entries
anew. Where they agree it writes the sources down; where they do not, the version is raised, and what is kept is solved
again.

Comments, docstrings and layout of a source do not count. A key may have a version of its own, by its beginning.
"""

import ast
import hashlib
import io
import json
import tokenize
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("kept") / "solvers.json"
#: Kinds of entries, by the beginnings of their keys, and the modules that solve them. What else is kept (`optimum`) is
#: solved again in part whenever it is used.
KINDS: dict[str, tuple[str, ...]] = {
    "guide": ("components.compact.guides",),
    "pair": ("components.compact.pairs",),
    "lean": ("components.compact.leans",),
    "wet": ("components.compact.wetted",),
    "wetpair": ("components.compact.wetpairs",),
    "wetleak": ("components.compact.wetleaks",),
    "device": ("components.compact.couplers", "components.compact.passages", "components.compact.planes"),
    "body": ("components.compact.multimode", "components.compact.segments"),
    "pockels": ("components.tfln.electro",),
    "field": ("components.tfln.floating",),
    "strain": ("components.compact.strains",),
    "heater": ("components.tfln.thermal",),
    "diode": ("components.soi.carriers",),
    "dopants": ("components.soi.carriers",),
    "implants": ("components.soi.implanting",),
    "rim": ("components.soi.rims",),
    "emission": ("components.soi.emission",),
    "teeth": ("components.compact.teeth",),
    "radiation": ("components.compact.radiation",),
}
#: Where imports are followed: the physics, the fits, and the bridges from layers to materials.
_FOLLOWED = (
    "solvers.",
    "components.compact.",
    "pdk.optics",
    "pdk.columns",
    "pdk.doping",
    "pdk.heaters",
    "pdk.modulators",
)
_NO_PART = ("plots", "origins", "store")  #: last words of modules that no number depends on


def version_of(key: str) -> int:
    """Of the solver of an entry: that of the longest beginning of its key that has one, else 1."""
    known = [name for name in table() if key.startswith(name) and "version" in table()[name]]
    return int(table()[max(known, key=len)]["version"]) if known else 1


def changed(kind: str) -> list[str]:
    """Modules behind a kind of entries that are not what they were when it was last confirmed."""
    now, then = sources(kind), table().get(kind, {}).get("sources", {})
    return sorted(name for name in {*now, *then} if now.get(name) != then.get(name))


def sources(kind: str) -> dict[str, str]:
    """Digest of each module that a kind of entries leans on."""
    found: dict[str, str] = {}
    left = list(KINDS[kind])
    while left:
        name = left.pop()
        if name not in found:
            file = _file(name)
            assert file is not None, name
            text = file.read_text(encoding="utf-8")
            found[name] = digest(text)
            left += [one for one in _imports(text) if one.startswith(_FOLLOWED)]
    return dict(sorted(found.items()))


def digest(text: str) -> str:
    """Of a source without comments, docstrings and layout, 8 hex digits; the same in every version of Python."""
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = "pass" if number == node.lineno - 1 else ""
    return hashlib.sha256(" ".join("\n".join(lines).split()).encode()).hexdigest()[:8]


def record(kind: str) -> None:
    """Write down the sources as they are now."""
    whole = {**table(), kind: {"version": version_of(kind), "sources": sources(kind)}}
    lines = [f"{json.dumps(name)}: {json.dumps(whole[name], sort_keys=True)}" for name in sorted(whole)]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    table.cache_clear()


@lru_cache(maxsize=1)
def table() -> Mapping[str, Mapping[str, Any]]:
    """What the file says: by kind or beginning of a key, `version` and `sources`."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def _imports(text: str) -> Iterator[str]:
    """Modules of lingnan that a source imports, anywhere in it, without the package's name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lingnan."):
            module = (node.module or "").removeprefix("lingnan.")
            inner = [f"{module}.{alias.name}" for alias in node.names]
            yield from (one for one in inner if _file(one))
            if not all(_file(one) for one in inner):
                yield from (one for one in (module,) if _file(one))


@lru_cache(maxsize=512)
def _file(module: str) -> Path | None:
    """The source of a module, if it has one that counts."""
    if module.rpartition(".")[2] in _NO_PART:
        return None
    place = ROOT / module.replace(".", "/")
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
