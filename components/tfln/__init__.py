"""Cells of the lithium niobate line. `cells` is what the gdsfactory PDK registers, by name; `models` likewise."""

from collections.abc import Callable
from typing import Any

cells: dict[str, Callable[..., Any]] = {}
models: dict[str, Callable[..., Any]] = {}
