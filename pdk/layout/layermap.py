"""Layer maps: a foreign file's `layer/datatype` to a layer name of the process."""

import re
from collections.abc import Mapping
from typing import Any

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process

_NUMBERS = re.compile(r"\s*(\d{1,5})\s*/\s*(\d{1,5})\s*\Z")
_HIGHEST = 65535  #: GDS stores layer and datatype in 16 bits


def parse_gds(word: object, where: str) -> tuple[int, int]:
    """`3/0` as (3, 0).

    Raises:
        LingnanError: not two whole numbers of 16 bits.
    """
    found = _NUMBERS.match(word) if isinstance(word, str) else None
    if found is None or max(int(found[1]), int(found[2])) > _HIGHEST:
        raise LingnanError(f'{where}: {word!r} is not layer/datatype. Write two whole numbers, e.g. "3/0": WG.')
    return int(found[1]), int(found[2])


def read_layer_map(table: Mapping[str, Any], process: Process, where: str = "layer map") -> dict[tuple[int, int], str]:
    """Check a layer map against the process.

    Args:
        table: `{"3/0": "WG", …}`, as YAML holds it; several numbers may go to one name.
        process: whose layer names count.
        where: name of the file, for messages.

    Raises:
        LingnanError: not a mapping, a key that is no layer/datatype, or a name that the process does not have.
    """
    if not hasattr(table, "items") or not table:  # YAML may hold a list
        raise LingnanError(f'{where}: is not a mapping of layers. Write lines such as "3/0": WG.')
    lines: Mapping[str, int] = getattr(table, "lines", {})
    found: dict[tuple[int, int], str] = {}
    for key, name in table.items():
        here = f"{where}:{lines[key]}" if key in lines else where
        gds = parse_gds(key, here)
        if not isinstance(name, str) or name not in process.layers:
            raise LingnanError(
                f"{here}: {key!r} goes to {name!r}, which is not a layer of process {process.name}. "
                + did_you_mean(name, process.layers)
            )
        if gds in found:
            raise LingnanError(f"{here}: {gds[0]}/{gds[1]} is given twice. Remove one of them.")
        found[gds] = name
    return found
