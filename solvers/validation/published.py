"""What is known of a published modulator: its cross-section, which numbers of it were read, and what came out."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from lingnan.solvers.modulators import Coplanar, RfMedium, TRail

#: quartz as the papers on it have it
QUARTZ = RfMedium(4.5)
#: light in fused silica or quartz under the film: taken for oxide
ON_QUARTZ = (("buried oxide", QUARTZ),)

#: loss tangent of the film of all devices, that with which Kharel et al. (2021) compute theirs of niobate. Oxides and
#: silicon lose nothing unless a device says so: their loss is not published
FILM_LOSS = 0.004

#: of `Coplanar`: not said anywhere, and the same for all
COMMON = {"metal_wall_angle_deg": "upright", "reach": "walls of the window"}
#: from `materials`, unless a device says otherwise
LIBRARY = ("crystal", "metal", "oxide", "substrate", "top", "overrides", "push_pull")
#: fields whose default means nothing was said, and nothing is there
NOTHING = {"rib_offset": 0.0, "metal_height": 0.0}


#: 0 dB of a response whose paper says "direct current", or names no frequency at all: where analysers begin [Hz]
LOWEST = 1e7
UNSAID = "not said: 10 MHz, where analysers begin"


@dataclass(frozen=True)
class Value:
    """One published number, or the range of several."""

    quantity: str  #: "V_pi L", "n_rf", "loss", "Z0", "n_g", "roll-off" or "bandwidth"
    low: float
    high: float  #: infinite where the paper has a lower bound
    at: float = 40e9  #: frequency [Hz]
    basis: str = "measured"  #: or "simulated", by the authors

    @property
    def bound(self) -> bool:
        """Does the paper say no more than that it is so much or more?"""
        return self.high == float("inf")


@dataclass(frozen=True)
class Stated:
    """What the authors say of line and light: a response from it takes no cross-section, and no line of ours."""

    n_rf: float
    n_g: float
    z0: float  #: [Ω]
    root: float  #: loss that goes as the root of frequency [dB/cm at 1 GHz]
    linear: float = 0.0  #: loss that goes as frequency [dB/cm at 1 GHz]
    said: str = ""  #: which of them were measured, simulated or read elsewhere in the paper


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
    reference: float = LOWEST  #: frequency of 0 dB of the published response [Hz]
    reference_said: str = UNSAID  #: by whom
    stated: Stated | None = None
    #: (field, one end, other end, whose) of what the source gives as a range or not at all: `benchmarks/rf.py --spread`
    left_open: tuple[tuple[str, Any, Any, str], ...] = ()
    beside: tuple[Value, ...] = ()  #: held against `stated` alone: our cross-section is not that of the line

    @property
    def rails(self) -> Coplanar:
        """The cross-section without T's."""
        return self.spec.base if isinstance(self.spec, TRail) else self.spec

    @property
    def line(self) -> Coplanar | TRail:
        """The cross-section at radio frequencies: its film loses power."""
        eps = np.asarray(self.rails.film_crystal.rf_permittivity())
        film = RfMedium(tuple(tuple(row) for row in eps.tolist()), FILM_LOSS)
        rails = replace(self.rails, overrides=(*self.rails.overrides, ("slab", film), ("core", film)))
        return replace(self.spec, base=rails) if isinstance(self.spec, TRail) else rails

    def inputs(self) -> Iterator[tuple[str, Any, str]]:
        """(field, value, "read", "library" or "guessed: why") of every number of the cross-section."""
        why = dict(self.guessed)
        parts: tuple[Any, ...] = (self.spec.base, self.spec) if isinstance(self.spec, TRail) else (self.spec,)
        for part in parts:
            for one in fields(part):
                value = getattr(part, one.name)
                if one.name == "base" or one.name in COMMON or NOTHING.get(one.name, self) == value:
                    continue
                if one.name == "cladding" and hasattr(part, "cover"):
                    continue
                if hasattr(part, "strip_medium") and one.name in ("etch", "strip_rf"):
                    continue
                known = "library" if one.name in LIBRARY and value == one.default else "read"
                yield one.name, value, f"guessed: {why[one.name]}" if one.name in why else known


def one(quantity: str, value: float, at: float = 40e9, basis: str = "measured") -> Value:
    """A single number."""
    return Value(quantity, value, value, at, basis)


def at_least(quantity: str, value: float) -> Value:
    """A bound: what the authors could measure did not reach further."""
    return Value(quantity, value, float("inf"))


def simulated(quantity: str, value: float, at: float = 40e9) -> Value:
    """A single number that the authors have computed."""
    return Value(quantity, value, value, at, "simulated")
