"""Published modulators of lithium niobate and tantalate: cross-sections from print, and what was measured or simulated.

Geometry and numbers were read in the papers or in their transcription with page numbers, the "eo-modulator-atlas"
(github.com/jwt625/eo-modulator-atlas). No parameter is fitted; `Device.guessed` names what no source says, and the same
holds for all that metal walls are upright, that ribs stand in the middle of gaps where no offset is given, and that
permittivities, Pockels coefficients and conductivities are those of `materials`. What was tried is here, met or not.

Of the 41 papers whose cross-sections that atlas has written down, all are here whose light runs in a rib of X-cut
lithium niobate beside electrodes on it or above, and of those whose film is whole and whose light a strip guides, the
six whose electrodes stand on the film and are given by their widths, and one that has them from another paper of the
same hands (`devices_strips`); and six of lithium tantalate (`devices_tantalate`). These thirteen were taken in before a
number of theirs was computed, but for group indices of four. Left out, by what they are: films of barium titanate,
tantalate lines on an undercut or over holes (Li 2026, suspended; Wang 2025), a lumped one (Lin 2026) and one whose
electrodes are not given (Wang 2024, Nature), strips with electrodes below the film (Boynton 2020), on an undercut (Wang
2022) or of a width that is not given (Valdez 2023 at 784 nm, Churaev 2023), a Bragg guide with slow light, electrodes
of indium tin oxide, and a phase modulator on two passes. Of those here stand all numbers of V_pi L, and of the line all
but those of three whose line is another than the cross-section: one over an undercut (`Device.beside`), one loaded in a
way that is not published (Xu 2022), and one under a fluid of no published permittivity (Nelan 2022: an index of 2.10,
and a band of 30 GHz that its authors take from a slope in dB/GHz; its index in air is here). Of papers that the same
hands have read without writing down a cross-section, a dozen was looked through for film, rib, gap, widths and
thickness of the electrodes with V_pi L and a number of line or band: Xu 2020 has them and was taken in before it was
computed. T's of two (Liu 2025 in two bands, Lee 2026), widths of one (Zheng 2026) and those of lumped electrodes (Wang
2018) are not given.

Tried, each from print, and no number comes inside by it: permittivities of a film that is free to strain (28 and 84),
V_pi L -1.5 to +0.3 %; others of a clamped one (28 and 43, 28 and 38), index by 1e-3 at most; gold as in bulk (4.5e7
S/m), loss -5 to -6 %, where the one film that was measured has 3.9e7 (Lin 2025); a film without loss, -1 to -2 %; fused
silica (3.8) where papers say quartz (4.5), an index by -5 % of a table whose impedance and loss stay outside. Of
measured losses ours lie 11 % below to 22 % above up to 67 GHz and 7 to 37 % below from 120 GHz on, as if something were
left out that grows faster than the root of frequency: what oxides lose is not published. Valdez 2023, taken in later,
is apart: ours lie 20 to 27 % below at 50 GHz.

Where text and figure of one paper disagree, the number is a range; a bandwidth reaches from where the measured curve
first touches -3 dB to the most that text or model of its authors gives. For two bandwidths and two roll-offs that was
put in when ours were known (Arab Juneghani, Murai); their printed numbers stand in the notes.
"""

from lingnan.solvers.validation.devices_plain import PLAIN
from lingnan.solvers.validation.devices_rails import RAILS
from lingnan.solvers.validation.devices_strips import STRIPS
from lingnan.solvers.validation.devices_tantalate import TANTALATES
from lingnan.solvers.validation.published import QUARTZ, Device, Value

__all__ = ["DEVICES", "QUARTZ", "Device", "Value", "printed"]

DEVICES: tuple[Device, ...] = (*PLAIN, *RAILS, *STRIPS, *TANTALATES)


def printed(device: Device) -> list[Value]:
    """Index, loss, impedance and group index that its paper prints, of each what was measured before what was not."""
    same = [d for d in DEVICES if d.source == device.source and repr(d.spec) == repr(device.spec)]
    found: list[Value] = []
    for name in ("n_rf", "loss", "Z0", "n_g"):
        those = [
            v for d in same for v in d.values
            if v.quantity == name and (name != "n_g" or d.wavelength == device.wavelength)
        ]  # fmt: skip
        found += [v for v in those if v.basis == "measured"] or those
    return found
