"""lingnan, an open design kit for a silicon-photonics and thin-film lithium niobate line.

`import lingnan as ln` is cheap: the floors (`ln.solvers`, `ln.pdk`, `ln.components`, `ln.tapeout`) load on first use.
"""

import importlib
from types import ModuleType

__version__ = "0.1.0"

_FLOORS = ("solvers", "pdk", "components", "tapeout")
__all__ = ["__version__", *_FLOORS]


def __getattr__(name: str) -> ModuleType:
    if name in _FLOORS:
        return importlib.import_module(f"lingnan.{name}")
    raise AttributeError(f"module 'lingnan' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
