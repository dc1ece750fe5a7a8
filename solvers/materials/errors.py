"""What can be wrong with a question to the material library."""

import difflib
from collections.abc import Iterable


class MaterialError(ValueError):
    """A material that does not exist, cannot be read, or was asked for what it does not have."""


class MaterialRangeError(MaterialError):
    """A wavelength or a temperature outside the range in which a material was measured."""

    def __init__(
        self,
        material: str,
        quantity: str,
        value: float,
        limits: tuple[float, float],
        unit: str,
        source: str,
        advice: str,
    ) -> None:
        self.material = material
        self.quantity = quantity
        self.value = value
        self.limits = limits
        low, high = limits
        super().__init__(
            f"{material}: {quantity} = {value:.6g} {unit} lies outside {low:.6g} to {high:.6g} {unit}, where it was "
            f"measured ({source}). {advice}"
        )


def did_you_mean(word: str, known: Iterable[str], count: int = 3) -> str:
    """Nearest spelling among `known`, as a sentence that can end an error message."""
    names = list(known)
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), folded, n=count, cutoff=0.5)
    near += [name for name in folded if name not in near and word and name.startswith(word.casefold())][:count]
    if near:
        return f"Did you mean {' or '.join(folded[match] for match in near[:count])}?"
    return f"Known: {', '.join(sorted(names))}."
