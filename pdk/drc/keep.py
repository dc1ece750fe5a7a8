"""What a rule that looks at the whole layout may keep from run to run, by the content of cells."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

GROUPS = 64  #: of cells whose results are kept together


class Keep(Protocol):
    """Arrays that are kept from run to run."""

    def own(self, cell: int, layers: Sequence[int]) -> str:
        """Identifies what a cell draws by itself."""
        ...

    def load(self, name: str) -> list[NDArray[Any]] | None:
        """What was stored under a name."""
        ...

    def store(self, name: str, arrays: list[NDArray[Any]]) -> None:
        """Keep arrays under a name."""
        ...


def in_groups(cells: Iterable[int], layers: Sequence[int], keep: Keep | None) -> list[tuple[str, list[int]]]:
    """Cells in groups, each with a name: those of equal content are in the same from run to run."""
    if keep is None:
        return [("", list(cells))]
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for index in cells:
        told = keep.own(index, layers)
        found[int(told[:8], 16) % GROUPS].append((told, index))
    groups = [sorted(found[number]) for number in sorted(found)]
    return [(" ".join(told for told, _ in group), [index for _, index in group]) for group in groups]
