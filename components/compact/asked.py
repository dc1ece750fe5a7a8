"""Models that take what their cells take: the signature of one is made from that of the other.

For models that hand the parameters of their cell on. `sax` and `inspect` see every parameter with the cell's own
default, `wl` before them and `temperature` and `corner` behind; an argument of another name is refused.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jax.typing import ArrayLike

from lingnan.components.compact.spec import Settings, Spec
from lingnan.components.compact.ways import SDict
from lingnan.pdk import active_process


@dataclass(frozen=True)
class Asked:
    """What a model is asked for."""

    name: str  #: of the cell
    given: Mapping[str, Any]  #: its parameters
    wl: ArrayLike  #: [µm]
    temperature: ArrayLike | None  #: [K]; None: the corner's
    corner: str

    @property
    def cross_section(self) -> str:
        """Of the cell's guides."""
        return self.given["cross_section"]

    def spec(self, settings: Settings) -> Spec:
        """The device with the settings that its surrogate depends on."""
        return Spec(active_process(), self.name, self.cross_section, self.corner, settings)


def model_of(cell: Callable[..., Any]) -> Callable[[Callable[[Asked], SDict]], Callable[..., SDict]]:
    """Make a function of what is asked for the model of a cell, with keyword arguments."""
    own = [one.replace(kind=one.KEYWORD_ONLY) for one in inspect.signature(cell).parameters.values()]
    light = {"wl": 1.55, "temperature": None, "corner": "nominal"}
    wl, *last = (inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=v) for name, v in light.items())
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
            return body(Asked(name, given, wl, temperature, corner))

        model.__name__ = model.__qualname__ = name
        model.__module__, model.__doc__ = body.__module__, body.__doc__
        vars(model)["__signature__"] = signature  # where `inspect.signature` looks
        return model

    return decorate
