"""Published lithium niobate modulators: what their papers say of the cross-section, and what was measured or simulated.

Geometry and numbers were read in the papers or in their transcription with page numbers, the "eo-modulator-atlas"
(github.com/jwt625/eo-modulator-atlas). No parameter is fitted; `guessed` names what no source says. Where a number is
given twice, `low` and `high` are both.
"""

from dataclasses import dataclass, replace

from lingnan.solvers.modulators import Coplanar, RfMedium, TRail

#: quartz as the papers on it have it
QUARTZ = RfMedium(4.5)
#: light in fused silica or quartz under the film: taken for oxide
ON_QUARTZ = (("buried oxide", QUARTZ),)


@dataclass(frozen=True)
class Value:
    """One published number, or the range of several."""

    quantity: str  #: "V_pi L", "n_rf", "loss", "Z0", "n_g", "roll-off" or "bandwidth"
    low: float
    high: float
    at: float = 40e9  #: frequency [Hz]
    basis: str = "measured"  #: or "simulated"


@dataclass(frozen=True)
class Device:
    """A modulator."""

    name: str
    source: str
    spec: Coplanar | TRail
    values: tuple[Value, ...]
    guessed: str
    length: float = 10000.0  #: [µm]
    wavelength: float = 1.55  #: [µm]


def _one(quantity: str, value: float, at: float = 40e9, basis: str = "measured") -> Value:
    return Value(quantity, value, value, at, basis)


FEM = Coplanar(
    gap=5.0, film=0.6, etch=0.35, rib_width=1.5, rib_wall_angle_deg=70.0, metal_thickness=0.8, signal_width=20.0
)
HFSS = Coplanar(
    gap=5.0, signal_width=30.0, ground_width=100.0, metal_thickness=0.8, film=0.6, etch=0.35, buried_oxide=2.0
)
KHAREL = "P. Kharel et al., Optica 8, 357 (2021), arXiv:2011.13422"
ARAB = "Arab Juneghani et al., 2022, modulators of table 1"
JUNEGHANI = Coplanar(
    gap=5.0, signal_width=12.0, ground_width=40.0, metal_thickness=1.0, metal_height=0.2, film=0.5, etch=0.2,
    rib_width=0.8, rib_offset=-0.6, rib_wall_angle_deg=90.0, cladding=0.6, buried_oxide=2.0,
)  # fmt: skip
SEGMENTED = Coplanar(
    gap=5.0, signal_width=100.0, ground_width=100.0, metal_thickness=0.8, film=0.6, etch=0.35, substrate=QUARTZ,
    overrides=ON_QUARTZ,
)  # fmt: skip

DEVICES: tuple[Device, ...] = (
    Device(
        "600/350 film, gap 5, in oxide", "an independent vector FEM", FEM,
        (_one("V_pi L", 2.250, basis="simulated"), _one("n_g", 2.261, basis="simulated")), "nothing",
    ),
    Device(
        "600/350 film, gap 5, in air", "an independent vector FEM", replace(FEM, cladding=None),
        (_one("V_pi L", 2.559, basis="simulated"),), "nothing",
    ),
    Device(
        "Kharel, straight on Si, gap 5", f"{KHAREL}, table I", HFSS,
        (_one("V_pi L", 2.1, basis="simulated"), _one("Z0", 39.0, basis="simulated"),
         Value("loss", 0.69 * 50**0.5, 0.75 * 50**0.5, 50e9)),
        "rib 1.5 at 60°, oxide 1.0 above the rib (as in the device; the table names none), grounds 100",
    ),
    Device(
        "Kharel, straight on Si, gap 7", f"{KHAREL}, table I", replace(HFSS, gap=7.0),
        (_one("V_pi L", 2.6, basis="simulated"), _one("Z0", 45.0, basis="simulated"),
         _one("loss", 0.64 * 50**0.5, 50e9, "simulated")),
        "rib 1.5 at 60°, oxide 1.0 above the rib (as in the device; the table names none), grounds 100",
    ),
    Device(
        "Kharel, straight on Si, gap 10", f"{KHAREL}, table I", replace(HFSS, gap=10.0),
        (_one("V_pi L", 3.7, basis="simulated"), _one("Z0", 48.0, basis="simulated"),
         _one("loss", 0.57 * 50**0.5, 50e9, "simulated")),
        "rib 1.5 at 60°, oxide 1.0 above the rib (as in the device; the table names none), grounds 100",
    ),
    Device(
        "Kharel, straight on quartz", f"{KHAREL}, table I", SEGMENTED,
        (_one("Z0", 41.0, basis="simulated"), _one("n_rf", 1.8, 50e9, "simulated"),
         _one("loss", 0.37 * 50**0.5, 50e9, "simulated")),
        "rib 1.5 at 60°, oxide 1.0 above the rib (as in the device; the table names none), grounds 100",
    ),
    Device(
        "Kharel, T-rails on quartz", KHAREL,
        TRail(SEGMENTED, 45.0, 5.0, 2.0, 6.0, 6.0),
        (Value("V_pi L", 2.1, 2.7), Value("Z0", 42.0, 42.0, 50e9, "simulated"), _one("n_rf", 2.23, 50e9),
         Value("loss", 0.21 * 50**0.5, 0.26 * 50**0.5, 50e9), _one("roll-off", 1.8, 50e9)),
        "rib 1.5 at 60°, signal and grounds 100 as in table I, oxide 1.0 above the rib",
        20000.0, 1.56,
    ),
    Device(
        "Arab Juneghani #1, gap 5", ARAB, JUNEGHANI, (_one("V_pi L", 2.2), _one("n_rf", 2.2), ),
        "upright walls, oxide to 0.8 above the slab, buried oxide 2.0",
    ),
    Device(
        "Arab Juneghani #2, gap 10", ARAB, replace(JUNEGHANI, gap=10.0, signal_width=22.0, rib_offset=-2.6),
        (_one("V_pi L", 3.3), _one("n_rf", 2.2), _one("loss", 3.6, 67e9), Value("Z0", 49.0, 52.0),
         _one("n_g", 2.23, basis="simulated"), _one("roll-off", 2.0, 100e9)),
        "upright walls, oxide to 0.8 above the slab, buried oxide 2.0", 5000.0,
    ),
    Device(
        "He, gap 6.5", "He et al., 2019, doi:10.1038/s41566-019-0378-6",
        Coplanar(gap=6.5, film=0.6, etch=0.18, rib_width=1.0, signal_width=19.5, ground_width=30.0,
                 metal_thickness=0.6, cladding=None, buried_oxide=3.3),
        (Value("V_pi L", 2.2, 2.5), _one("n_rf", 2.16, 60e9, "simulated"), _one("Z0", 48.0, 60e9, "simulated"),
         _one("loss", 7.3, 100e9, "simulated"), _one("n_g", 2.21, basis="simulated")),
        "0.3 of BCB over the oxide taken for oxide", 3000.0,
    ),
    Device(
        "Zhang, gap 5", "Zhang et al., Photonics Research, 2022",
        Coplanar(gap=5.0, film=0.6, etch=0.3, rib_width=1.2, rib_wall_angle_deg=70.0, signal_width=20.0,
                 ground_width=100.0, metal_thickness=0.8, cladding=1.1, buried_oxide=2.0, metal=5.8e7,
                 overrides=(("cladding", RfMedium(5.5)),)),
        (Value("V_pi L", 2.3, 2.67), _one("n_g", 2.26, basis="simulated"), Value("Z0", 41.5, 43.4, 200e9),
         _one("loss", 13.0, 250e9), _one("bandwidth", 170e9)),
        "walls 70°, grounds 100, cladding flat at 0.6 above the metal, of permittivity 5.5 as its authors infer; no "
        "loss in dielectrics, to which they lay 0.025 dB/cm/GHz",
        5800.0, 1.579,
    ),
    Device(
        "Yang, gap 7", "Yang et al., Chinese Optics Letters 20, 022502 (2022)",
        Coplanar(gap=7.0, film=0.6, etch=0.2, rib_width=1.3, rib_wall_angle_deg=90.0, signal_width=20.0,
                 ground_width=20.0, metal_thickness=0.83, cladding=0.8),
        (_one("V_pi L", 2.37), _one("n_rf", 2.23), Value("Z0", 45.0, 65.0), _one("n_g", 2.24, basis="simulated"),
         _one("roll-off", 2.5, 110e9)),
        "grounds 20, oxide flat at 1.0 above the slab", 5000.0,
    ),
    Device(
        "Pan, gap 6.5, 1957 nm", "Pan et al., 2021, 1957 nm",
        Coplanar(gap=6.5, film=0.6, etch=0.3, rib_width=1.1, rib_wall_angle_deg=60.0, signal_width=17.0,
                 ground_width=60.0, metal_thickness=0.5, cladding=None, buried_oxide=2.0, top=1.0),
        (Value("V_pi L", 3.67, 4.06), _one("n_g", 2.276, basis="simulated"), _one("Z0", 50.0, basis="simulated")),
        "no cladding", 5000.0, 1.957,
    ),
    Device(
        "Chen, gap 1.8", "Chen et al., APL Photonics 7, 026103 (2022)",
        Coplanar(gap=1.8, film=0.4, etch=0.2, rib_width=1.5, rib_wall_angle_deg=68.0, signal_width=75.0,
                 metal_thickness=1.1, metal_height=0.9, cladding=0.7, buried_oxide=3.0),
        (Value("V_pi L", 2.1, 2.2), _one("n_g", 2.2, basis="simulated")),
        "bars as thick as the rails; the line is over an undercut, which these cross-sections have not",
    ),
    Device(
        "Liu 2021, T-rails on quartz", "Liu et al., 2021: Low half-wave-voltage, ultra-high bandwidth ...",
        TRail(Coplanar(gap=3.0, film=0.6, etch=0.3, rib_width=1.0, rib_wall_angle_deg=68.0, signal_width=50.0,
                       ground_width=50.0, metal_thickness=1.4, metal_height=0.1, cladding=0.1, buried_oxide=2.0,
                       substrate=QUARTZ), 45.0, 5.0, 3.0, 3.0, 5.0),
        (_one("V_pi L", 1.7), _one("n_rf", 2.3), _one("n_g", 2.25, basis="simulated"), _one("roll-off", 1.3, 67e9)),
        "walls 68°, bars 1.4 thick, grounds 50, oxide flat at 0.1 above the rib", 5000.0,
    ),
    Device(
        "Liu 2025, T-rails on quartz", "Liu et al., 2025, wafer-scale process on quartz",
        TRail(Coplanar(gap=3.0, film=0.36, etch=0.18, rib_width=2.5, rib_wall_angle_deg=70.0, signal_width=80.0,
                       ground_width=200.0, metal_thickness=1.0, metal_height=1.18, cladding=3.0, buried_oxide=2.5,
                       substrate=QUARTZ), 45.0, 5.0, 2.3, 10.0, 2.3),
        (_one("V_pi L", 2.92), _one("n_rf", 2.22, 50e9, "simulated"), _one("Z0", 47.0, 50e9, "simulated"),
         _one("loss", 4.4, 110e9, "simulated")),
        "walls 70°, oxide flat at 3 above the rib, over the metal too",
    ),
    Device(
        "Luxtelligence lnoi400", "lxt_pdk_gf: its cells and the V_pi of its modulator",
        Coplanar(gap=4.0, film=0.4, etch=0.2, rib_width=2.5, rib_wall_angle_deg=77.0, signal_width=10.0,
                 ground_width=180.0, metal_height=1.2, cladding=1.0),
        (_one("V_pi L", 3.3),), "oxide 1.0 above the film, none over the metal", 7500.0,
    ),
)  # fmt: skip
