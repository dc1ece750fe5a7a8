"""What a voltage does to a diode of the silicon line, as polynomials that are kept: index, absorption, C and R.

In its band a change of index goes with the square of the wavelength, as that of free carriers does: the laws that it is
made from end at 1.55 µm, where carriers and light are solved.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Floats, Surface, nodes
from lingnan.components.compact.guides import in_range
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.phaseshifters import Figures
from lingnan.solvers.tracing import namespace

MIDDLE = 1.55  #: µm, at which carriers and light are solved: the end of the data
REVERSE = (0.0, 5.0)  #: V of reverse bias that are kept of a PN junction
FORWARD = (0.0, 1.0)  #: V of forward bias that are kept of a PIN diode
_VOLTS = {"pn": 6, "pin": 12}
_FLOOR = 1e-9  #: of a change of index whose logarithm is kept: nobody sees it
_FLAT = (0.0, 1.0)  #: all depends on voltage alone


@dataclass(frozen=True)
class Shift:
    """Complex change of n_eff by carriers against an undoped guide, over voltages; all but `idle` as logarithms."""

    real: Surface  #: of minus the real part, against voltage
    imaginary: Surface  #: of the imaginary part
    volts: tuple[float, float]
    error: float  #: of the real part at a voltage that was not fitted, relative
    idle: tuple[float, float]  #: of the n side's carriers alone, real and imaginary
    capacitance: Surface | None = None  #: of a junction [F/m]; None: a diode that injects
    resistance: Surface | None = None  #: in series with it, of silicon from end to end of the section [Ω m]

    def at(self, wl: ArrayLike, volts: ArrayLike) -> Array:
        """Δn_eff at a wavelength [µm] and a voltage [V], broadcast.

        Raises:
            LingnanError: a voltage outside of what is kept.
        """
        real, imaginary = (self._of(surface, volts) for surface in (self.real, self.imaginary))
        return (1j * imaginary - real) * (namespace(wl, volts).asarray(wl, float) / MIDDLE) ** 2

    def idle_at(self, wl: ArrayLike) -> Array:
        """The same of the n side's carriers alone, where there is no p side."""
        return complex(*self.idle) * (namespace(wl).asarray(wl, float) / MIDDLE) ** 2

    def junction(self, volts: ArrayLike) -> tuple[Array, Array]:
        """Capacitance [F/m] and resistance of the silicon [Ω m] at reverse voltages [V].

        Raises:
            LingnanError: a diode that injects, or a voltage outside of what is kept.
        """
        if self.capacitance is None or self.resistance is None:
            raise LingnanError("diode: one that injects has no capacitance of a junction. Ask a PN diode.")
        return self._of(self.capacitance, volts), self._of(self.resistance, volts)

    def _of(self, surface: Surface, volts: ArrayLike) -> Array:
        volts = in_range("a diode", "voltage", volts, self.volts, "V", "its carriers are kept")
        xp = namespace(volts)
        return xp.exp(surface(volts, 0.5 * xp.ones_like(volts)))


def fitted(kind: str, what: str, run: Callable[[Floats], Figures], idle: complex) -> dict[str, Any]:
    """An entry of the store: the logarithms of all as polynomials of the voltage.

    Args:
        kind: "pn" over reverse bias, or "pin" over forward bias.
        what: was solved.
        run: figures at voltages of reverse bias.
        idle: change of n_eff by the n side's carriers alone.
    """
    process, (low, high) = active_process(), REVERSE if kind == "pn" else FORWARD
    sign = 1.0 if kind == "pn" else -1.0
    between = low + 0.61 * (high - low)
    found = run(sign * np.array([*nodes(low, high, _VOLTS[kind]), between]))
    shift = np.asarray(found.shift)
    sizes = (-np.real(shift), np.imag(shift))
    parts = {name: np.maximum(one, 0.0) + _FLOOR for name, one in zip(("real", "imaginary"), sizes, strict=True)}
    if kind == "pn":
        silicon = np.asarray(found.resistance - found.leads)
        parts |= {"capacitance": np.asarray(found.capacitance), "resistance": silicon}
    surfaces = {
        name: Surface.through((low, high), _FLAT, np.log(part[:-1, None])) for name, part in parts.items()
    }  # fmt: skip
    error = abs(float(np.exp(surfaces["real"](between, 0.5))) / float(parts["real"][-1]) - 1)
    return {
        "process": process.name, "hash": process.hash, "version": __version__, "what": what,
        **{name: asdict(surface) for name, surface in surfaces.items()}, "volts": [low, high], "error": error,
        "idle": [idle.real, idle.imag],
    }  # fmt: skip


def of_entry(entry: Mapping[str, Any]) -> Shift:
    """From what is kept."""
    real, imaginary, *junction = (
        store.as_surface(entry[name]) if name in entry else None
        for name in ("real", "imaginary", "capacitance", "resistance")
    )
    assert real is not None
    assert imaginary is not None
    return Shift(real, imaginary, tuple(entry["volts"]), entry["error"], tuple(entry["idle"]), *junction)
