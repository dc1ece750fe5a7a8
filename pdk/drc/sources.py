"""Where a cell was written: the line of the design file, or the Python call, that drew it.

A layout does not say. Whoever builds one may leave a file beside it, `chip.gds` and `chip.sources.json`:
`{"sources": {"cell name": {"file": "design.yaml", "line": 12}}}`, paths relative to that file. A fault then points to
the innermost cell of its path that has an entry.
"""

import json
import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lingnan.pdk.drc.violation import Violation


@dataclass(frozen=True)
class Source:
    """A place in a text file."""

    file: str
    line: int


def sources_path(layout: str | Path) -> Path:
    """The file beside a layout that says where its cells were written."""
    layout = Path(layout)
    return layout.with_name(f"{layout.name.split('.')[0]}.sources.json")


def dump_sources(sources: Mapping[str, Source]) -> str:
    """Text of the file beside a layout."""
    table = {name: {"file": source.file, "line": source.line} for name, source in sorted(sources.items())}
    return json.dumps({"sources": table}, indent=1, ensure_ascii=False) + "\n"


def read_sources(layout: str | Path) -> dict[str, Source]:
    """What the file beside a layout says; nothing where there is none, or where it is not what it should be."""
    path = sources_path(layout)
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["sources"]
        return {
            str(name): Source(os.path.normpath(path.parent / entry["file"]), max(1, int(entry["line"])))
            for name, entry in table.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def source_of(violation: Violation, sources: Mapping[str, Source]) -> Source | None:
    """The place in a text that a fault comes from, if it is known."""
    return next((sources[name] for name in reversed(violation.cell.split("/")) if name in sources), None)
