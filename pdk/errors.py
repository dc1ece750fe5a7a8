"""What a user did wrong, said in one sentence: what it was, where the limit comes from, what to do."""

import difflib
from collections.abc import Iterable


class LingnanError(ValueError):
    """Bad input. The command line prints it as one line and exits with status 2."""


def did_you_mean(word: object, known: Iterable[str], count: int = 3) -> str:
    """Nearest spelling among `known`, as a sentence that can end an error message."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    near = [folded[match] for match in difflib.get_close_matches(str(word).casefold(), folded, n=count, cutoff=0.5)]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if len(names) <= 12:
        return f"Known: {', '.join(names) or 'none'}."
    return f"{len(names)} are known, {names[0]} to {names[-1]}."
