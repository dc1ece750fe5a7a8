"""Models by name before their module is imported: JAX takes seconds to start, and most commands call no model."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


class Later:
    """A model whose module is imported when it is called, or when something looks at its signature."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__, self.__name__, self.__qualname__ = module, name, name

    def __call__(self, **settings: Any) -> Any:
        """S-parameters of the model with these settings."""
        return self.__wrapped__(**settings)

    def __getattr__(self, name: str) -> Any:
        if name == "__wrapped__":  # where `inspect.signature` looks, and through it SAX
            return getattr(import_module(self.__module__), self.__name__)
        raise AttributeError(f"model {self.__name__} has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<model {self.__module__}.{self.__name__}>"


def later(module: str, *names: str) -> dict[str, Callable[..., Any]]:
    """Models of a module by name."""
    # the solvers ask JAX for 64 bits when they are imported, which is too late where a first call is traced
    os.environ.setdefault("JAX_ENABLE_X64", "true")
    if "jax" in sys.modules:
        sys.modules["jax"].config.update("jax_enable_x64", True)
    return {name: Later(module, name) for name in names}
