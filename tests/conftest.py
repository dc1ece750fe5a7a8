"""Fixtures and settings for every floor."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
settings.register_profile("lingnan", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("lingnan")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Layouts and facts that nobody here wrote; they lie beside the repository, not in it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; put the folder with third-party layouts beside the repository to run this")
    return folder
