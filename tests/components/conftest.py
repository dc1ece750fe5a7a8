"""Lines that several files of tests draw on."""

from collections.abc import Iterator

import pytest

from lingnan.components.compact import store
from lingnan.pdk import build_pdk


@pytest.fixture
def kept_tfln600() -> Iterator[None]:
    """The lithium niobate line, with nothing solved: all that is asked for is kept."""
    build_pdk("tfln600").activate(force=True)
    with store.keeping(None, only_kept=True):
        yield
