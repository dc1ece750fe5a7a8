"""What light does in the germanium photodiodes of the silicon line: from the sizes that a cell draws to its physics.

    found = photodiodes.figures("vertical", wavelength=1.55, bias=1.0, temperature=330.0)
    found.responsivity, found.bandwidth, found.dark_current             # A/W, Hz, A
    photodiodes.figures(bias=8.0).multiplied.gain                       # near breakdown; beyond it bias is refused
    found.receiver(links.BesselThomson(40e9), amplifier=2e-11, load=None)   # for eyes and budgets of `links`
    photodiodes.figures("lateral", length=30.0).transfer                # a transfer, for `links`
    photodiodes.balanced(), photodiodes.monitored(1e-3)                 # of `detector_balanced` and `monitor_tap`

Pairs made outside of the depleted germanium count as lost, and all inside are collected at any bias: the 0.5 V that are
built in drive carriers at 85 % of their saturated speed or more, so of those that live 1 ns the vertical diode loses
0.2 % and the lateral one 0.6 % without bias, 0.06 % less at 1 V (`Figures.collected`; the line gives no lifetime). That
a field lets germanium absorb beyond its edge is left out. So bias moves bandwidth and dark current, temperature all
three. Responsivity and dark current are those of carriers that do not multiply, as `detectors.Noise` takes them; what
they become is `Figures.multiplied`, a gain whose own time is in the bandwidth. Contacts and implants on the
germanium are no part of the optics: they stand at its edges, and light comes in its middle. Electrically a diode is as
large as its n implant, without fringes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from inspect import signature
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import electrodes, viafields
from lingnan.components.soi import active, detectors
from lingnan.pdk import active_process
from lingnan.pdk.doping import implant_of, lead
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.modulators import level
from lingnan.pdk.optics import at_corner
from lingnan.pdk.photodiodes import photodiode
from lingnan.pdk.process import Process
from lingnan.solvers import detectors as physics
from lingnan.solvers.checks import are_numbers, check_between
from lingnan.solvers.links import Cascade, Receiver, Transfer
from lingnan.solvers.waveguides import Resolution

MODES = 80  #: hybrid modes: they carry 0.9999 of what comes in the diodes that cells draw by default
MESH = Resolution(3, 3, 2)  #: of the optical mesh
LOAD = 50.0  #: Ω, of an instrument
BAND = (1.25, 1.63)  #: µm, in which guides and germanium are meant to be asked


@dataclass(frozen=True)
class Figures:
    """A photodiode at a wavelength, a bias and a temperature."""

    light: physics.Excited  #: what the guide's mode excites
    diode: physics.Photodiode  #: as light sees it
    junction: physics.Photodiode  #: as currents see it
    circuit: physics.Circuit
    share: Array  #: of the absorbed light in depleted germanium
    bias: float  #: reverse [V]
    leakage: physics.Leakage
    transfer: Cascade  #: of transit times, then of the circuit; 1 for slow light

    @property
    def absorbed(self) -> Array:
        """Share of the guide's power that germanium takes."""
        return self.light.absorbed(self.diode.length)

    @property
    def responsivity(self) -> Array:
        """[A/W] of light in the guide where it meets the silicon below."""
        return self.light.responsivity(self.diode.length, self.share)

    @property
    def bandwidth(self) -> Array:
        """Where the electrical power has fallen by half [Hz]."""
        return physics.bandwidth(self.transfer)

    def collected(self, lifetime: ArrayLike) -> Array:
        """Share of what depleted germanium absorbs that is not lost on the way by carriers that live so long [s]."""
        return self.transfer.parts[0].collected(lifetime)

    @property
    def multiplied(self) -> physics.Avalanche:
        """Gain of the pairs that light makes at this bias, and its excess noise."""
        return physics.multiplied(self.junction, self.bias, self.transfer.parts[0].profile)

    @property
    def dark_current(self) -> Array:
        """[A], before it multiplies."""
        return physics.dark_current(self.junction, self.leakage, self.bias)

    def receiver(self, behind: Transfer | None = None, **noise: Any) -> Receiver:
        """A receiver of `links` on this diode, with its dark current, gain and excess noise at the bias.

        Dark current is multiplied as light is there, whose gain is within 0.5 % of its own.

        Args:
            behind: transfer of amplifier and filter; None: none.
            noise: what `detectors.Noise` takes besides; `load` is that of the circuit where it is not given.
        """
        made = self.multiplied
        parts: dict[str, Any] = {"load": self.circuit.load, **noise}
        whole = physics.Noise(dark=self.dark_current, gain=made.gain, excess=made.excess, **parts)
        chain = self.transfer if behind is None else Cascade((*self.transfer.parts, behind))
        return physics.receiver(whole, self.responsivity, chain)


def figures(
    detector: str = "vertical",
    *,
    wavelength: float = 1.55,
    bias: float = 1.0,
    temperature: float | None = None,
    corner: str = "nominal",
    load: ArrayLike = LOAD,
    pad: ArrayLike = 0.0,
    leakage: physics.Leakage | None = None,
    modes: int = MODES,
    **sizes: Any,
) -> Figures:
    """Responsivity, bandwidth and dark current of a drawn photodiode.

    Args:
        detector: "vertical" or "lateral": of `detector_vertical` or `detector_lateral`.
        wavelength: [µm], 1.26 to 1.62.
        bias: reverse [V].
        temperature: of the germanium [K]; None: the corner's.
        corner: of the process.
        load: that the current flows into [Ω].
        pad: capacitance beside the load [F].
        leakage: of the line; None: see `allowed`.
        modes: hybrid modes; see `light.captured`.
        sizes: parameters of the cell.

    Raises:
        LingnanError: no such photodiode, or sizes that the line cannot make.
        ValueError: a wavelength outside of the band, several biases, a forward one, one at which germanium breaks down,
            a temperature where it was not measured.
    """
    if detector not in _DRAWN:
        raise LingnanError(f"photodiodes: detector = {detector!r} is no photodiode. {did_you_mean(detector, _DRAWN)}")
    check_between("photodiodes", "wavelength", wavelength, *BAND, "µm", "The line's guides carry no other light.")
    if not are_numbers(bias) or np.ndim(bias):
        raise ValueError(f"photodiodes: bias = {bias!r} is not one number. Give each bias in V, and ask once for each.")
    known = tuple(signature(_DRAWN[detector]).parameters)
    if strange := next((name for name in sizes if name not in known), None):
        raise LingnanError(f"photodiodes: detector_{detector} has no size {strange!r}. {did_you_mean(strange, known)}")
    made = _DRAWN[detector](**sizes)
    body, line = made.body, at_corner(active_process(), corner)
    upright = isinstance(made, detectors.Vertical)
    diode = photodiode(
        active_process(), direction="vertical" if upright else "lateral", width=body.width, length=body.length,
        base=2 * body.half, front=body.tip, gap=None if upright else made.gap, doped="PP" if upright else "",
        wavelength=wavelength, temperature=temperature, corner=corner,
    )  # fmt: skip
    physics.check_bias("photodiodes", diode, bias)
    light = _excited(diode, wavelength, modes)
    if upright:
        low = float(diode.film)
        spans = (low, low + float(diode.depleted))
        junction, ohms = replace(diode, width=2 * made.edge, length=body.implanted), _series(made, line)
    else:
        spans = (-made.gap / 2, made.gap / 2)
        junction, ohms = replace(diode, length=body.implanted), 2 * _contact(line, body, 1, made.stripe)
    profile = light.profile(diode.length, *spans, direction=diode.direction)
    circuit = physics.Circuit(junction.capacitance, ohms, load, pad)
    transfer = physics.respond(junction, bias, circuit, profile)
    return Figures(light, diode, junction, circuit, profile.share, bias, leakage or allowed(), transfer)


@lru_cache(maxsize=64)
def _excited(diode: physics.Photodiode, wavelength: float, modes: int) -> physics.Excited:
    """Remembered: bias and circuits do not change the light."""
    return physics.excited(diode, wavelength, modes, resolution=MESH)


_DRAWN: dict[str, Callable[..., Any]] = {"vertical": detectors.vertical_of, "lateral": detectors.lateral_of}


def allowed() -> physics.Leakage:
    """The most that the line allows its photodiode, as a density over the junction of its own vertical one.

    How much of it flows along the rim the line does not say: none here, so that small diodes leak more than this.
    """
    process, own = active_process(), detectors.vertical_of()
    area = 2 * own.edge * own.body.implanted * 1e-8
    most = 1e-6 * process.number("specifications.photodiode_dark_current.maximum")  # nA to mA
    return physics.Leakage(bulk=most / area)


def _contact(line: Process, body: detectors.Body, rows: int, width: float) -> float:
    """Contacts on fields of an implant of the germanium [Ω]: their own area counts."""
    around = electrodes.enclosure("VIAC", "GE_N")
    count = rows * viafields.count(body.implanted - 2 * around, width - 2 * around, "VIAC")
    return line.number("electrical.contact_resistivity") / (count * line.limit("VIAC.W") ** 2 * 1e-8)


def _series(made: detectors.Vertical, line: Process) -> float:
    """Silicon below, slab beside and contacts of both kinds [Ω].

    A current that enters a sheet evenly over a width w and leaves at both edges meets R_s w/(12 L); the sheet below is
    as thick as the film, of the same concentration as on the slab.
    """
    long, film, slab = made.body.length, level(line, "core").z_max, level(line, "slab").thickness
    sheet = implant_of(line, "PP").sheet_resistance["slab"].value
    below = sheet * slab / film * (2 * made.body.half / 12 / long)
    middle = sheet * made.offset / long  # to the p++ implant, on the slab
    beyond = 1e6 * lead(line, "PPP", made.near - made.body.half - made.offset, made.far - made.near) / long
    return float(below + (middle + beyond) / 2) + _contact(line, made.body, 2, made.row)


def balanced(
    detector: str = "vertical", length: float | None = None, *, upper: Figures | None = None, **given: Any
) -> physics.BalancedPair:
    """The pair of `detector_balanced`: two alike, or another in its upper half.

    Args:
        detector: "vertical" or "lateral".
        length: of the germanium of each [µm].
        upper: figures of the upper one, where it differs.
        given: what `figures` takes besides.

    Responsivities are those behind the gain at the bias.
    """
    lower = figures(detector, length=length, **given)
    other = upper or lower
    return physics.BalancedPair(
        lower.responsivity * lower.multiplied.gain,
        other.responsivity * other.multiplied.gain,
        response=lower.transfer,
        other=None if upper is None else other.transfer,
    )


def monitored(
    power: ArrayLike,
    gap: float | None = None,
    length_coupler: float | None = None,
    distance: float | None = None,
    length: float | None = None,
    detector: str = "vertical",
    *,
    noise: ArrayLike = 0.0,
    **given: Any,
) -> physics.Tapped:
    """What `monitor_tap` sees of the power in its guide [W], and what it costs.

    Args:
        power: that comes in at o1 [W].
        gap: of the coupler [µm].
        length_coupler: of its straight part [µm].
        distance: between the guide and the photodiode's [µm].
        length: of the germanium [µm].
        detector: "vertical" or "lateral".
        noise: rms current in the bandwidth of the reading [A].
        given: what `figures` takes besides.
    """
    found = figures(detector, length=length, **given)
    corner = given.get("corner", "nominal")
    share = active.tapped(
        wl=given.get("wavelength", 1.55), gap=gap, length_coupler=length_coupler, distance=distance, corner=corner,
    )  # fmt: skip
    gain, leak = found.multiplied.gain, physics.multiplied(found.junction, found.bias).gain * found.dark_current
    return physics.monitor(power, share, found.responsivity * gain, leak, noise)
