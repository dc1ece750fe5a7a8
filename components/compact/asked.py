"""Models that take what their cells take: the signature of one is made from that of the other.

For models that hand the parameters of their cell on. `sax` and `inspect` see every parameter with the cell's own
default, `wl` before them, `temperature` and `corner` behind, and then what drives it, voltages and heat; an argument of
another name is refused.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jax.typing import ArrayLike

from lingnan.components.compact.spec import Settings, Spec
from lingnan.components.compact.ways import SDict, plain
from lingnan.pdk import active_process
from lingnan.solvers.tracing import is_traced


@dataclass(frozen=True)
class Asked:
    """What a model is asked for."""

    name: str  #: of the cell
    given: Mapping[str, Any]  #: its parameters
    wl: ArrayLike  #: [µm]
    temperature: ArrayLike | None  #: [K]; None: the corner's
    corner: str
    driven: Mapping[str, Any]  #: voltages, media and the like by name

    @property
    def cross_section(self) -> str:
        """Of the cell's guides."""
        return self.given["cross_section"]

    @property
    def settings(self) -> dict[str, Any]:
        """What a model hands to those of its parts."""
        return {
            "wl": self.wl, "cross_section": self.cross_section, "temperature": self.temperature, "corner": self.corner,
        }  # fmt: skip

    def plain(self, *traced: str) -> dict[str, Any]:
        """The cell's parameters for drawing it: but for those named none of them may be traced."""
        return {
            name: value
            if value is None or isinstance(value, str) or (name in traced and is_traced(value))
            else plain(self.name, name, value)
            for name, value in self.given.items()
        }

    def spec(self, settings: Settings) -> Spec:
        """The device with the settings that its surrogate depends on."""
        return Spec(active_process(), self.name, self.cross_section, self.corner, settings)


def model_of(cell: Callable[..., Any], **driven: Any) -> Callable[[Callable[[Asked], SDict]], Callable[..., SDict]]:
    """Make a function of what is asked for the model of a cell, with keyword arguments.

    Args:
        cell: whose parameters the model takes.
        driven: what it takes besides, with defaults.
    """
    own = [one.replace(kind=one.KEYWORD_ONLY) for one in inspect.signature(cell).parameters.values()]
    light = {"wl": 1.55, "temperature": None, "corner": "nominal"}
    wl, *last = (
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=v) for name, v in (light | driven).items()
    )
    signature = inspect.Signature([wl, *own, *last])
    name = cell.__name__

    def decorate(body: Callable[[Asked], SDict]) -> Callable[..., SDict]:
        def model(**settings: Any) -> SDict:
            try:
                bound = signature.bind(**settings)
            except TypeError as error:
                raise TypeError(f"model {name}: {error}; it takes {', '.join(signature.parameters)}.") from None
            bound.apply_defaults()
            given = dict(bound.arguments)
            wl, temperature, corner = (given.pop(key) for key in light)
            drives = {key: given.pop(key) for key in driven}
            return body(Asked(name, given, wl, temperature, corner, drives))

        model.__name__ = model.__qualname__ = name
        model.__module__, model.__doc__ = body.__module__, body.__doc__
        vars(model)["__signature__"] = signature  # where `inspect.signature` looks
        return model

    return decorate
