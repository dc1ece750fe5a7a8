"""What is known of a published modulator: its cross-section, which numbers of it were read, and what came out."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from lingnan.solvers.modulators import Coplanar, RfMedium, TRail

#: quartz as the papers on it have it
QUARTZ = RfMedium(4.5)
#: light in fused silica or quartz under the film: taken for oxide
ON_QUARTZ = (("buried oxide", QUARTZ),)

#: of `Coplanar`: not said anywhere, and the same for all
COMMON = {"metal_wall_angle_deg": "upright", "reach": "walls of the window"}
#: from `materials`, unless a device says otherwise
LIBRARY = ("crystal", "metal", "oxide", "substrate", "top", "overrides", "push_pull")
#: fields whose default means nothing was said, and nothing is there
NOTHING = {"rib_offset": 0.0, "metal_height": 0.0}


@dataclass(frozen=True)
class Value:
    """One published number, or the range of several."""

    quantity: str  #: "V_pi L", "n_rf", "loss", "Z0", "n_g", "roll-off" or "bandwidth"
    low: float
    high: float
    at: float = 40e9  #: frequency [Hz]
    basis: str = "measured"  #: or "simulated", by the authors


@dataclass(frozen=True)
class Device:
    """A modulator. What `guessed` does not name was read in `source`."""

    name: str
    source: str
    spec: Coplanar | TRail
    values: tuple[Value, ...]
    guessed: tuple[tuple[str, str], ...] = ()  #: (field of the cross-section, why this number)
    outside: str = ""  #: what is known of the reason where a number is not met
    length: float = 10000.0  #: [µm]
    wavelength: float = 1.55  #: [µm]
    termination: float = 50.0  #: [Ω]
    reference: float | None = 1e9  #: frequency of 0 dB [Hz]; None: slow signals

    @property
    def rails(self) -> Coplanar:
        """The cross-section without T's."""
        return self.spec.base if isinstance(self.spec, TRail) else self.spec

    def inputs(self) -> Iterator[tuple[str, Any, str]]:
        """(field, value, "read", "library" or "guessed: why") of every number of the cross-section."""
        why = dict(self.guessed)
        parts: tuple[Any, ...] = (self.spec.base, self.spec) if isinstance(self.spec, TRail) else (self.spec,)
        for part in parts:
            for one in fields(part):
                value = getattr(part, one.name)
                if one.name == "base" or one.name in COMMON or NOTHING.get(one.name, self) == value:
                    continue
                known = "library" if one.name in LIBRARY and value == one.default else "read"
                yield one.name, value, f"guessed: {why[one.name]}" if one.name in why else known


def one(quantity: str, value: float, at: float = 40e9, basis: str = "measured") -> Value:
    """A single number."""
    return Value(quantity, value, value, at, basis)


def simulated(quantity: str, value: float, at: float = 40e9) -> Value:
    """A single number that the authors have computed."""
    return Value(quantity, value, value, at, "simulated")
