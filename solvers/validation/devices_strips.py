"""Published modulators whose film of lithium niobate is whole: light runs along a strip on it or below it."""

from collections.abc import Iterator
from dataclasses import replace

from lingnan.solvers import materials
from lingnan.solvers.modulators import TRail
from lingnan.solvers.validation.devices_plain import ATLAS, UPRIGHT
from lingnan.solvers.validation.published import Device, Stated, Value, at_least, one, simulated
from lingnan.solvers.validation.striploaded import StripLoaded

QI = f"Qi et al., 2024, silica ribs on a whole film (qi2024), {ATLAS}"
SILICA = StripLoaded(
    gap=7.0, film=0.3, etch=0.0, rib_width=2.0, rib_wall_angle_deg=90.0, signal_width=20.0, ground_width=150.0,
    metal_thickness=0.8, cladding=None, buried_oxide=3.0, strip_medium="SiO2", strip_rf="SiO2", strip_height=0.4,
    strip_bottom=0.3,
)  # fmt: skip
TWO_BANDS = (
    "the two bands are of no one uniform line: by walk-off a band goes as 1/L and by loss as 1/L², so the shorter "
    "device has 1.6 times the band of the longer or more, and in print 1.17"
)
QI_GUESSED = (UPRIGHT, ("metal", "0.1 of titanium and 0.7 of gold are taken for 0.8 of gold"))
NELAN = f"Nelan et al., 2022, folded, with two outputs (nelan2022), {ATLAS}"
SEGMENTED = f"Nelan et al., 2022, segmented electrodes (nelan2022a), {ATLAS}"
NITRIDE = StripLoaded(
    gap=4.0, film=0.3, etch=0.0, rib_width=2.0, rib_wall_angle_deg=90.0, signal_width=24.5, ground_width=75.0,
    metal_thickness=1.0, metal_height=0.45, cladding=0.45, strip_medium=materials.constant(1.943), strip_rf="Si3N4",
    strip_height=0.1, strip_bottom=0.3,
)  # fmt: skip
NELAN_GUESSED = (UPRIGHT, ("cladding", "its 0.45 are counted from the film and lie flat"))
VALDEZ = f"Valdez et al., Optics Express (2023), doi:10.1364/oe.480519, one film in two bands (valdez2023), {ATLAS}"
VALDEZ_GUESSED = (
    UPRIGHT, ("signal_width", "55 between the bars' edges as in the same hands' paper of 2022: rails of 47"),
    ("ground_width", "not given: 100"), ("buried_oxide", "3.0 of that paper, 0.15 about the strip, 0.04 over it"),
    ("slot", "5, as drawn"), ("bar", "2 of the 4 by which rails recede, as in that paper"),
    ("stem_height", "the other 2"),
)  # fmt: skip
SINKS = (
    "printed losses, 0.7 to 0.8 dB/cm at 1 GHz, are 1.25 to 1.38 times ours or more, both of 0.75 of gold. By the "
    "authors' own line 10 mm have 46 to 60 GHz and 5.4 mm 116 to 159, where 54 to 69 and 75 to 109 are in print: "
    "measured curves of the short ones sink by 2 dB up to 10 GHz, and slowly from there"
)
WITHIN = "loss and Z0 measured, the index within 1 % of n_g, which is simulated"


def _valdez(
    name: str, strip: float, gap: float, stem: float, wavelength: float, n_g: float, *ends: tuple[float, float]
) -> Iterator[Device]:
    """One design at both lengths; `ends` are V_pi L over them, and the bands of the longer and of the shorter."""
    spec = TRail(
        StripLoaded(gap=gap, film=0.58, etch=0.0, rib_width=strip, rib_wall_angle_deg=90.0, signal_width=47.0,
                    ground_width=100.0, metal_thickness=0.75, cladding=None, buried_oxide=3.19, strip_medium="Si",
                    strip_rf="Si", strip_height=0.15, strip_bottom=-0.19), 20.0, 5.0, 2.0, 2.0, stem,
    )  # fmt: skip
    efficiency, long, short = ends
    line = (Value("n_rf", 0.99 * n_g, 1.01 * n_g, 50e9), Value("loss", 0.7 * 50**0.5, 0.8 * 50**0.5, 50e9),
            one("Z0", 40.0), simulated("n_g", n_g))  # fmt: skip
    for length, mm, values in ((10000.0, "10", (Value("V_pi L", *efficiency), *line, Value("bandwidth", *long))),
                               (5400.0, "5.4", (Value("bandwidth", *short),))):  # fmt: skip
        yield Device(
            f"Valdez 2023, {name}, {mm} mm", VALDEZ, spec, values, VALDEZ_GUESSED, SINKS, length, wavelength,
            reference=1e9, reference_said="the paper", stated=Stated(n_g, n_g, 40.0, 0.75, said=WITHIN),
        )  # fmt: skip


#: silicon below in two bands: the index is within 1 % of the group index by its text
TWO_BANDS_OF_SILICON = (
    *_valdez("C band, T-rails", 0.3, 7.0, 10.0, 1.55, 2.38, (2.93, 3.02), (54e9, 60e9), (75e9, 100e9)),
    *_valdez("C band, slots", 0.275, 8.0, 20.0, 1.55, 2.31, (3.11, 3.12), (60e9, 69e9), (100e9, 109e9)),
    *_valdez("O band, T-rails", 0.25, 6.0, 5.0, 1.31, 2.43, (2.01, 2.04), (54e9, 60e9), (75e9, 100e9)),
    *_valdez("O band, slots", 0.225, 8.0, 20.0, 1.31, 2.30, (2.36, 2.6), (60e9, 66e9), (100e9, 102e9)),
)
STRIPS = (
    Device(
        "Qi 2024, silica, 12.9 mm", QI, SILICA, (one("V_pi L", 2.53),), QI_GUESSED, length=12917.0, reference=1e9,
        reference_said="the paper",
    ),
    Device(
        "Qi 2024, silica, 8 mm", QI, SILICA, (one("bandwidth", 80.661e9),), QI_GUESSED, TWO_BANDS, 8000.0,
        reference=1e9, reference_said="the paper",
    ),
    Device(
        "Qi 2024, silica, 5 mm", QI, SILICA, (one("bandwidth", 94.171e9),), QI_GUESSED, TWO_BANDS, 5000.0,
        reference=1e9, reference_said="the paper",
    ),
    Device(
        "Qi 2024, silica, 3 mm", QI, SILICA, (at_least("bandwidth", 110e9),), QI_GUESSED, length=3000.0, reference=1e9,
        reference_said="the paper",
    ),
    Device(
        "Mao 2022, silicon on the film", f"Mao et al., APL Photonics 7, 126103 (2022), {ATLAS}",
        StripLoaded(gap=6.0, film=0.7, etch=0.0, rib_width=1.0, rib_wall_angle_deg=90.0, signal_width=16.0,
                    ground_width=16.0, metal_thickness=1.5, cladding=1.6, buried_oxide=2.0,
                    strip_medium=materials.constant(3.475), strip_rf="Si", strip_height=0.07, strip_bottom=0.7),
        (Value("V_pi L", 1.9, 1.92), simulated("n_rf", 2.34), simulated("Z0", 44.0), simulated("n_g", 2.62),
         one("bandwidth", 60e9)),
        (UPRIGHT, ("ground_width", "not given: as wide as the signal"),
         ("cladding", "its 1.6 are counted from the film")),
        "1.9 V cm over 6 µm is more than a field of V over the gap does in the 0.73 of the light that its authors find "
        "in the film (2.1): another definition, or a narrower gap", 6000.0,
    ),
    Device(
        "Nelan 2022, nitride on the film", NELAN, NITRIDE,
        (Value("V_pi L", 3.28, 3.3), Value("n_rf", 1.85, 1.86), simulated("n_g", 2.14)), NELAN_GUESSED,
        "the index is that of the line in air, of groups of waves; the response was taken under a fluid of no "
        "published permittivity. Oxide below the metal and film in the gap, as capacitances in series, leave the film "
        "0.67 of V, which in 0.69 of the light (their second paper) makes 2.2 V cm; V_pi is not defined", 11000.0,
    ),
    Device(
        "Nelan 2022, nitride, T-rails", SEGMENTED,
        TRail(replace(NITRIDE, gap=6.0, signal_width=50.0, ground_width=50.0, metal_height=0.5, cladding=0.5),
              45.0, 5.0, 3.0, 3.0, 34.0),
        (one("V_pi L", 3.75), one("n_rf", 2.134, 120e9), one("bandwidth", 95e9)),
        (UPRIGHT, ("cladding", "its 0.5 are counted from the film and lie flat"), ("ground_width", "not given: 50"),
         ("stem_height", "H_STEM; what H_BASE, 3 as well, is cannot be told from the transcription: left out")),
        "stems keep flux out: without that n would be 2.363", 10000.0, reference=1e9, reference_said="the paper",
    ),
    Device(
        "Vanackere 2023, nitride below", f"Vanackere et al., 2023, printed on nitride (vanackere2023), {ATLAS}",
        StripLoaded(gap=6.0, film=0.3, etch=0.0, rib_width=1.0, rib_wall_angle_deg=90.0, signal_width=35.0,
                    ground_width=35.0, metal_thickness=1.0, cladding=None, buried_oxide=3.6, strip_height=0.3,
                    strip_bottom=-0.3, push_pull=False),
        (Value("V_pi L", 2.96, 3.0), simulated("V_pi L", 3.0)),
        (UPRIGHT, ("ground_width", "not given: as wide as the signal"),
         ("buried_oxide", "3.3 are counted from below the nitride")),
        length=2000.0,
    ),
    Device(
        "Valdez 2022, silicon below", f"Valdez et al., 2022, silicon below a whole film (valdez2022), {ATLAS}",
        TRail(StripLoaded(gap=9.0, film=0.6, etch=0.0, rib_width=0.275, rib_wall_angle_deg=90.0, signal_width=47.0,
                          ground_width=100.0, metal_thickness=0.75, cladding=None, buried_oxide=3.19, strip_medium="Si",
                          strip_rf="Si", strip_height=0.15, strip_bottom=-0.19), 20.0, 5.0, 2.0, 2.0, 20.0),
        (one("V_pi L", 3.1), simulated("n_rf", 2.34, 110e9), simulated("Z0", 42.0), simulated("n_g", 2.32),
         at_least("bandwidth", 110e9)),
        (UPRIGHT, ("ground_width", "not given: 100"),
         ("buried_oxide", "3.0 of the wafer, 0.15 about the strip, 0.04 over it"),
         ("bar", "slots of 4 into an edge of 55 are bars of 2 on stems of 2, as wide as the bars")),
        "stems keep flux out: without that n would be 2.515, and walk-off would take the band (86 GHz)",
        5000.0,
    ),
    *TWO_BANDS_OF_SILICON,
)  # fmt: skip
