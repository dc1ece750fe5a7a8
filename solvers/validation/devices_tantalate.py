"""Published modulators of lithium tantalate, which differ from those of niobate by their film alone."""

from lingnan.solvers.modulators import Coplanar, TRail
from lingnan.solvers.validation.devices_plain import ATLAS, UPRIGHT
from lingnan.solvers.validation.published import Device, Stated, Value, at_least, one, simulated
from lingnan.solvers.validation.striploaded import StripLoaded
from lingnan.solvers.validation.tantalate import TANTALATE

GROUND = ("ground_width", "not given: 100")
SILVER = Coplanar(
    gap=6.0, film=0.6, etch=0.3, rib_width=1.2, rib_wall_angle_deg=68.0, signal_width=19.0, ground_width=100.0,
    metal_thickness=0.8, cladding=1.1, metal=6.45e7, crystal=TANTALATE,
)  # fmt: skip
LIN = f"Lin et al., 2025, copper in oxide (lin2025), {ATLAS}"
COPPER = Coplanar(
    gap=6.0, film=0.6, etch=0.32, rib_width=4.0, rib_wall_angle_deg=90.0, signal_width=27.0, ground_width=100.0,
    metal_thickness=1.8, cladding=1.48, metal=4.9e7, crystal=TANTALATE,
)  # fmt: skip
FLAT = (
    UPRIGHT, GROUND, ("signal_width", "27 of a test line in the same process"),
    ("cladding", "oxide and copper are polished flat: up to the top of the metal"),
    ("rib_width", "4.0 of its top or of its foot"),
)  # fmt: skip
SAYEM = f"Sayem et al., 2026, one modulator at four wavelengths (sayem2026c), {ATLAS}"
NEAR_INFRARED = Coplanar(
    gap=5.0, film=0.6, etch=0.36, rib_width=1.6, rib_wall_angle_deg=90.0, signal_width=17.0, ground_width=100.0,
    metal_thickness=1.0, cladding=0.64, crystal=TANTALATE,
)  # fmt: skip
SAYEM_GUESSED = (
    UPRIGHT, GROUND, ("etch", "0.24, drawn beside the slab, are taken for its thickness"),
    ("cladding", "oxide of no given thickness: up to the top of the metal"),
    ("rib_width", "1.6 are taken for the top"),
)  # fmt: skip
SILICA = f"Li et al., 2026, on fused silica (li2026ba), {ATLAS}"
ON_SILICA = TRail(
    Coplanar(gap=5.0, film=0.6, etch=0.44, rib_width=1.8, rib_wall_angle_deg=71.2, signal_width=100.0,
             ground_width=100.0, metal_thickness=0.8, cladding=1.26, substrate="SiO2", crystal=TANTALATE),
    32.0, 3.0, 1.5, 5.0, 2.0,
)  # fmt: skip
ON_SILICA_GUESSED = (
    GROUND, ("rib_width", "read off a picture"), ("rib_wall_angle_deg", "read off the same"),
    ("cladding", "1.5 and a cap of 0.2 are counted from the slab and lie flat"),
    ("buried_oxide", "the film lies on fused silica: as much of it as anywhere"),
)  # fmt: skip
IMBALANCE = (
    "its band is not compared: the authors lay its end to a difference of the arms' optical lengths. Of the 4.6 dB/cm "
    "at 120 GHz ours has 3.2, none of it in oxides"
)
#: put in when our index was known, which goes from 2.17 to 2.26 over it
OXIDE = (
    ("cladding", 0.64, 2.0, "no thickness is given: up to the metal's top, and the thickest of straight lines here"),
)
TANTALATES = (
    Device(
        "Wang 2024, tantalate, silver", f"Wang et al., 2024, silver on tantalate (wang2024a), {ATLAS}", SILVER,
        (Value("V_pi L", 2.8, 2.88), one("n_rf", 2.22, 50e9), one("loss", 0.58 * 50**0.5, 50e9),
         simulated("n_g", 2.25), Value("bandwidth", 90e9, 110e9)),
        (GROUND, ("etch", "half of the film is etched: 0.3"), ("rib_width", "1.2 are taken for the top"),
         ("rib_wall_angle_deg", "read off a picture"), ("cladding", "its 1.4 are counted from the slab"),
         ("metal", "of bulk silver, as the paper quotes it")),
        "the loss is that of test lines of the same process. By its printed line the band is 263 GHz on 50 Ω, and 128 "
        "on 40 Ω, so 90 and 110 are not of that line", 6000.0, reference_said="the paper",
        stated=Stated(2.22, 2.25, 50.0, 0.58, said="loss and n_rf measured, n_g simulated; Z0 is not printed: 50"),
    ),
    Device(
        "Lin 2025, tantalate, 16 mm", LIN, COPPER,
        (Value("V_pi L", 2.7, 2.72), simulated("V_pi L", 2.64), simulated("n_g", 2.22), one("loss", 5.3, 67e9),
         Value("bandwidth", 40e9, 50e9), one("roll-off", 6.2, 110e9)), FLAT,
        "the loss is that of a test line without a rib, whose simulation agrees. Its V_pi L is 17 % below the measured "
        "and 15 % below the simulated one: a rib of 4 µm between upright walls is a guess", 16000.0, reference=1e9,
        reference_said="read off its figure",
    ),
    Device(
        "Lin 2025, tantalate, 6 mm", LIN, COPPER, (one("bandwidth", 100e9), one("roll-off", 3.8, 110e9)), FLAT,
        length=6000.0, reference=1e9, reference_said="read off its figure",
    ),
    Device(
        "Sayem 2026, tantalate, 1071 nm", SAYEM, NEAR_INFRARED,
        (Value("V_pi L", 1.62, 1.68), one("n_rf", 2.26, 57e9), simulated("n_g", 2.25), at_least("bandwidth", 50e9)),
        SAYEM_GUESSED, length=7000.0, wavelength=1.071, left_open=OXIDE,
    ),
    *(Device(f"Sayem 2026, tantalate, {1000 * nm:.0f} nm", SAYEM, NEAR_INFRARED, (one("V_pi L", v),), SAYEM_GUESSED,
             length=7000.0, wavelength=nm) for nm, v in ((0.984, 1.45), (1.311, 2.07), (1.551, 2.57))),
    Device(
        "Chen 2026, tantalate", f"Chen et al., 2026, straight gold on tantalate (chen2026), {ATLAS}",
        Coplanar(gap=6.0, film=0.6, etch=0.3, rib_width=2.2, rib_wall_angle_deg=69.0, signal_width=30.0,
                 ground_width=30.0, metal_thickness=1.0, cladding=None, crystal=TANTALATE),
        (one("V_pi L", 2.4), one("n_rf", 2.2, 47e9), one("loss", 0.74 * 50**0.5, 50e9), simulated("n_g", 2.2),
         Value("bandwidth", 57e9, 67e9)),
        (("ground_width", "not given: as wide as the signal"), ("cladding", "none is drawn")),
        "its figure has more loss than the fit that is printed. More than 67 GHz are printed; the measured curve dips "
        "below -3 dB at 57, 64 and 66", 7500.0,
    ),
    Device(
        "Cai 2025, nitride below tantalate", f"Cai et al., 2025, nitride below tantalate (cai2025), {ATLAS}",
        StripLoaded(gap=6.0, film=0.3, etch=0.0, rib_width=1.0, rib_wall_angle_deg=90.0, signal_width=23.0,
                    ground_width=100.0, metal_thickness=0.8, cladding=None, buried_oxide=4.0, strip_height=0.5,
                    strip_bottom=-0.5, crystal=TANTALATE),
        (one("V_pi L", 4.08), simulated("V_pi L", 5.5), simulated("n_rf", 2.19), simulated("n_g", 2.185),
         one("loss", 6.3, 64e9), Value("bandwidth", 100e9, 110e9)),
        (UPRIGHT, GROUND, ("cladding", "one is laid down and opened: none"),
         ("strip_bottom", "a little oxide between nitride and film is named: none")),
        length=6800.0, reference=2.5e7, reference_said="the paper",
    ),
    Device(
        "Li 2026, tantalate, T-rails", SILICA, ON_SILICA,
        (Value("V_pi L", 2.76, 2.86), one("n_rf", 2.24, 120e9), one("loss", 4.6, 120e9), one("Z0", 42.0),
         simulated("n_g", 2.24)), ON_SILICA_GUESSED, IMBALANCE, 18000.0,
    ),
    Device(
        "Li 2026, tantalate, T-rails, 1300 nm", SILICA, ON_SILICA, (Value("V_pi L", 2.19, 2.42),), ON_SILICA_GUESSED,
        IMBALANCE, 18000.0, 1.3,
    ),
)  # fmt: skip
