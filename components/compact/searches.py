"""Names in the store of what searches have found: the digest of all that was asked."""

import hashlib
import re
from typing import Any


def key_of(kind: str, *asked: Any) -> str:
    """Name in the store, of plain numbers and dataclasses of them; nine digits of each count."""
    read = re.sub(r"\d+\.\d+(e[+-]?\d+)?", lambda found: f"{float(found[0]):.9g}", repr(asked))
    return f"optimum {kind} {hashlib.sha256(read.encode()).hexdigest()[:12]}"
