"""Published lithium niobate modulators with straight electrodes."""

from dataclasses import replace

from lingnan.solvers.modulators import Coplanar, RfMedium
from lingnan.solvers.validation.covered import Covered
from lingnan.solvers.validation.published import ON_QUARTZ, QUARTZ, Device, Stated, Value, at_least, one, simulated

#: eo-modulator-atlas (github.com/jwt625/eo-modulator-atlas): transcription with page numbers, by paper
ATLAS = "by its transcription in the eo-modulator-atlas"
CENTRED = "the rib stands in the middle of the gap"
UPRIGHT = ("rib_wall_angle_deg", "no angle is given: upright")

FEM = Coplanar(
    gap=5.0, film=0.6, etch=0.35, rib_width=1.5, rib_wall_angle_deg=70.0, metal_thickness=0.8, signal_width=20.0
)
FEMS = (
    Device(
        "another FEM, in oxide", "an independent vector FEM", FEM,
        (simulated("V_pi L", 2.250), simulated("n_g", 2.261)),
    ),
    Device(
        "another FEM, in air", "an independent vector FEM", replace(FEM, cladding=None), (simulated("V_pi L", 2.559),),
    ),
)  # fmt: skip

KHAREL = f"P. Kharel et al., Optica 8, 357 (2021), arXiv:2011.13422, {ATLAS}"
NO_RIB = (
    ("rib_width", "no rib is published: 1.5"), ("rib_wall_angle_deg", "no rib is published: 60"),
    ("cladding", "1.0 as on the device; the table names none"), ("ground_width", "not given: as wide as the signal"),
)  # fmt: skip
HFSS = Coplanar(
    gap=5.0, signal_width=30.0, ground_width=100.0, metal_thickness=0.8, film=0.6, etch=0.35, buried_oxide=2.0
)
ON_SI = (*NO_RIB[:3], ("ground_width", "not given: 100"), ("buried_oxide", "not given: 2.0"))
SEGMENTED = Coplanar(
    gap=5.0, signal_width=100.0, ground_width=100.0, metal_thickness=0.8, film=0.6, etch=0.35, substrate=QUARTZ,
    overrides=ON_QUARTZ,
)  # fmt: skip
TOO_GOOD = (
    "a field of V over the gap in the whole mode gives 1.8 (gap 7) and 2.6 V cm (gap 10), the table so 0.69 and 0.70 "
    "of it; wide plates on a plane leave 0.64 in mid-gap. Finite differences of their own give ours to 2.3 % (gap 10)"
)
TABLE = (
    Device(
        "Kharel table I, Si, gap 5", KHAREL, HFSS,
        (simulated("V_pi L", 2.1), simulated("Z0", 39.0),
         Value("loss", 0.69 * 50**0.5, 0.75 * 50**0.5, 50e9, "simulated")), ON_SI,
    ),
    Device(
        "Kharel table I, Si, gap 7", KHAREL, replace(HFSS, gap=7.0),
        (simulated("V_pi L", 2.6), simulated("Z0", 45.0), simulated("loss", 0.64 * 50**0.5, 50e9)), ON_SI, TOO_GOOD,
    ),
    Device(
        "Kharel table I, Si, gap 10", KHAREL, replace(HFSS, gap=10.0),
        (simulated("V_pi L", 3.7), simulated("Z0", 48.0), simulated("loss", 0.57 * 50**0.5, 50e9)), ON_SI, TOO_GOOD,
    ),
    Device(
        "Kharel table I, quartz", KHAREL, SEGMENTED,
        (simulated("Z0", 41.0), simulated("n_rf", 1.8, 50e9), simulated("loss", 0.37 * 50**0.5, 50e9)), NO_RIB,
        "the published Z0 and n are 20 % less C and 11 % more L than ours, as of a line with a wider gap: the table "
        "does not say that of this row",
    ),
)  # fmt: skip

#: ends of what is not given: grounds of published lines, both films of oxide that wafers are sold with, walls of ribs
GROUNDS = ("ground_width", 20.0, 200.0, "not given: the narrowest and the widest of all devices here")
OXIDES = ("buried_oxide", 2.0, 4.7, "not given: the thinnest and the thickest of straight devices on silicon here")
WALLS = ("rib_wall_angle_deg", 50.0, 90.0, "not given")
ARAB = f"Arab Juneghani et al., 2022, table 1, {ATLAS}"
JUNEGHANI = Coplanar(
    gap=5.0, signal_width=12.0, ground_width=40.0, metal_thickness=1.0, metal_height=0.2, film=0.5, etch=0.2,
    rib_width=0.8, rib_offset=-0.6, rib_wall_angle_deg=90.0, cladding=0.6, buried_oxide=2.0,
)  # fmt: skip
COUNTED = ("cladding", 0.3, 0.8, "its 0.8 are counted from the film's bottom or from the rib")
UNSAID = (UPRIGHT, ("cladding", "its 0.8 are counted from the slab"), ("buried_oxide", "not given: 2.0, after trials"))
ZHANG = f"Y. Zhang et al., Photonics Research 10, 2380 (2022), doi:10.1364/PRJ.468518, {ATLAS}"
CU = Covered(
    gap=5.0, film=0.6, etch=0.3, rib_width=1.2, rib_wall_angle_deg=70.0, signal_width=20.0, ground_width=100.0,
    metal_thickness=0.8, cladding=None, cover=0.6, buried_oxide=2.0, metal=5.8e7,
    overrides=(("cladding", RfMedium(5.5)),),
)  # fmt: skip
PECVD = (
    ("rib_wall_angle_deg", "not given: 70"), ("ground_width", "not given: 100"), ("metal", "copper as in bulk"),
    ("cover", "its 0.6 of silica, laid down last, follow what lies below; of permittivity 5.5 as the authors infer"),
)  # fmt: skip
SLOW = (
    "the index at 100 GHz is 2.36 with that silica flat above the metal, 2.31 where it follows the metal and 2.28 "
    "where it fills the gap to 0.6 alone, beside n_g 2.26: walk-off takes the band. The fitted loss, 0.42 dB/cm at 1 "
    "GHz, is below that of copper 0.8 thick at direct current. The bandwidths are read off a curve that the authors "
    "calculate from measured S-parameters, normalised to 1 GHz; sidebands scatter about it. With that loss, light at "
    "2.26 and any index within 0.06 of it, 3 and 6 dB lie at 116 to 141 and 285 to 470 GHz for 41.5 Ω, and at 165 to "
    "215 and 324 to 573 for a matched line: 170 and 295 are of none, nor are 100 and 175 of the longer one"
)
COPPER = Stated(2.26, 2.26, 41.5, 0.42, 0.025, "loss and Z0 measured, n_g simulated; n_rf is not printed: as n_g")
XU = f"M. Xu et al., Nature Communications 11, 3911 (2020), doi:10.1038/s41467-020-17806-0, {ATLAS}"
IQ = Coplanar(
    gap=7.0, film=0.6, etch=0.3, rib_width=4.0, rib_wall_angle_deg=64.0, signal_width=19.5, ground_width=80.0,
    metal_thickness=0.9, cladding=None, buried_oxide=3.0,
)  # fmt: skip
IQ_GUESSED = (
    ("buried_oxide", "not given: 3.0, between those of the same group's other papers, 2.0 (Pan) and 4.7 (Wang)"),
    ("cladding", "none is named"), ("substrate", "none is named"),
)  # fmt: skip
BARE = "with 1.0 of oxide V_pi L is 2.57. By loss alone the band of 13 mm asks for 0.89 dB/cm at 1 GHz"
IQ_OPEN = ("cladding", None, 1.0, "none is named: none, and as on most devices here")
MURAI = f"Murai et al., 2025, micro-transfer-printed (murai2025), {ATLAS}"
PRINTED = Coplanar(
    gap=5.0, film=0.6, etch=0.4, rib_width=2.4, rib_wall_angle_deg=90.0, signal_width=22.0, ground_width=60.0,
    metal_thickness=1.2, cladding=None, buried_oxide=3.0, substrate=RfMedium(11.7, None, 10.0),
)  # fmt: skip
RANGE = (
    "substrate", RfMedium(11.7, None, 100.0), RfMedium(11.7, None, 5.0), "the paper's range, 1 to 20 Ωcm",
)  # fmt: skip
ON_LOSSY = (
    ("ground_width", "not given: 60"), ("etch", "read off the field plot of a simulation"),
    ("rib_width", "read off the same"), ("substrate", "1 to 20 Ωcm are given: 10"), ("cladding", "none is drawn"),
)  # fmt: skip
MEASURED = (
    Device(
        "Arab Juneghani #1, gap 5", ARAB, JUNEGHANI, (one("V_pi L", 2.2), Value("bandwidth", 75e9, 95e9),
        Value("roll-off", 2.4, 3.6, 100e9)), UNSAID,
        "84 GHz are printed. The measured curve touches -3 dB at 75 GHz and stays within half a dB of it up to 100, "
        "where it ends at -2.4 dB and 3.6 are printed; the authors' own model crosses at 95. No index, impedance or "
        "loss is published of this line: with those of #2 but for 50 Ω, 84 GHz ask for 1.4 dB/cm at 1 GHz where #2 has "
        "0.44, and at 40 Ω for 0.92", 5000.0,
        left_open=(OXIDES, WALLS, COUNTED),
    ),
    Device(
        "Arab Juneghani #2, gap 10", ARAB, replace(JUNEGHANI, gap=10.0, signal_width=22.0, rib_offset=-2.6),
        (one("V_pi L", 3.3), one("n_rf", 2.2), one("loss", 3.6, 67e9), Value("Z0", 49.0, 52.0),
         simulated("n_g", 2.23), Value("roll-off", 1.3, 2.0, 100e9), at_least("bandwidth", 100e9)), UNSAID,
        "a finite-difference route of its own gives our V_pi L to 2.3 %; 3.3 takes 0.78 of V over the gap, where "
        "plates on a plane leave 0.75 at the rib. A roll-off of 2 dB is printed, and its curve ends at -1.3 dB. The "
        "authors extrapolate to 170 GHz, which is not of their line: that falls by 1.06 dB to 100 GHz and by less than "
        "3 dB to 320 GHz; with its loss counted twice, by 2.1 dB and to 200 GHz", length=5000.0,
        stated=Stated(2.2, 2.23, 50.5, 0.44, said="loss, n_rf and Z0 measured, n_g simulated"),
        left_open=(OXIDES, WALLS, COUNTED),
    ),
    Device(
        "He, gap 6.5", f"M. He et al., Nature Photonics (2019), doi:10.1038/s41566-019-0378-6, {ATLAS}",
        Coplanar(gap=6.5, film=0.6, etch=0.18, rib_width=1.0, signal_width=19.5, ground_width=30.0,
                 metal_thickness=0.6, cladding=None, buried_oxide=3.3),
        (Value("V_pi L", 2.2, 2.5), simulated("V_pi L", 2.46), simulated("n_rf", 2.16, 60e9),
         simulated("Z0", 48.0, 60e9), simulated("loss", 7.3, 100e9), simulated("n_g", 2.21),
         at_least("bandwidth", 70e9)),
        (("buried_oxide", "3.0 of oxide and 0.3 of BCB, taken for oxide"),), length=3000.0,
        left_open=(("buried_oxide", 3.0, 3.3, "with the glue and without"),),
        stated=Stated(2.16, 2.21, 48.0, 0.73, said="all simulated"),
    ),
    Device(
        "Xu 2020, gap 7, 13 mm", XU, IQ,
        (Value("V_pi L", 2.4, 2.47), one("bandwidth", 48e9), one("roll-off", 5.0, 67e9)), IQ_GUESSED,
        BARE, length=13000.0, reference=1.5e9, reference_said="the paper", left_open=(OXIDES, IQ_OPEN),
    ),
    Device(
        "Xu 2020, gap 7, 7.5 mm", XU, IQ,
        (Value("V_pi L", 2.3, 2.33), one("roll-off", 2.0, 67e9), at_least("bandwidth", 67e9)), IQ_GUESSED, BARE,
        length=7500.0, reference=1.5e9, reference_said="the paper", left_open=(OXIDES, IQ_OPEN),
    ),
    Device(
        "Zhang 2022, 5.8 mm", ZHANG, CU,
        (Value("V_pi L", 2.3, 2.67), simulated("n_g", 2.26), Value("Z0", 41.5, 43.4, 200e9), one("loss", 13.0, 250e9),
         one("loss", 0.42 * 50**0.5 + 0.025 * 50, 50e9), one("bandwidth", 170e9)), PECVD, SLOW, 5800.0, 1.579,
        reference=1e9, reference_said="the paper", stated=COPPER, left_open=(GROUNDS, WALLS),
    ),
    Device(
        "Zhang 2022, 10.8 mm", ZHANG, CU, (one("bandwidth", 100e9),), PECVD, SLOW, 10800.0, 1.579,
        reference=1e9, reference_said="the paper", stated=COPPER, left_open=(GROUNDS, WALLS),
    ),
    Device(
        "Yang, gap 7", f"Yang et al., Chinese Optics Letters 20, 022502 (2022), {ATLAS}",
        Covered(gap=7.0, film=0.6, etch=0.2, rib_width=1.3, rib_wall_angle_deg=90.0, signal_width=20.0,
                ground_width=20.0, metal_thickness=0.83, cladding=None, cover=1.0),
        (one("V_pi L", 2.37), Value("n_rf", 2.22, 2.24, 70e9), Value("Z0", 45.0, 65.0), simulated("n_g", 2.24),
         one("roll-off", 2.5, 110e9), at_least("bandwidth", 110e9)),
        (("ground_width", "not given: 20"), ("cover", "its 1.0, laid down last, follow what lies below")),
        length=5000.0, reference_said="the paper", left_open=(GROUNDS,),
    ),
    Device(
        "Pan, gap 6.5, 1957 nm", f"Pan et al., 2021, 1957 nm, {ATLAS}",
        Coplanar(gap=6.5, film=0.6, etch=0.3, rib_width=1.1, rib_wall_angle_deg=60.0, signal_width=17.0,
                 ground_width=60.0, metal_thickness=0.5, cladding=None, buried_oxide=2.0, top=1.0),
        (one("V_pi L", 3.67), simulated("V_pi L", 4.06), simulated("n_g", 2.276), simulated("Z0", 50.0),
         at_least("bandwidth", 22e9)),
        (("cladding", "none is drawn"),),
        "the metal that was made is wider than what was designed, so its gaps are narrower: no number is given",
        5000.0, 1.957,
    ),
    Device(
        "Murai, gap 5, 9.9 mm", MURAI, PRINTED,
        (one("V_pi L", 2.7), simulated("V_pi L", 2.5), one("n_rf", 2.1), one("Z0", 40.0), one("n_g", 2.2),
         Value("bandwidth", 12e9, 28e9)), ON_LOSSY,
        "the silicon below has 1 to 20 Ωcm, and takes the response to -3 dB and along it: the published curve stays "
        "between -2.7 and -3.5 dB from 12 to 35 GHz, and 28 are printed. Ours crosses at 3 to 16 GHz over that range; "
        "n is 2.60 at 1 Ωcm",
        9900.0, reference=1e9, reference_said="the paper", left_open=(RANGE, GROUNDS),
    ),
    Device(
        "Murai, gap 5, 3 mm", MURAI, PRINTED, (at_least("bandwidth", 50e9),), ON_LOSSY, "as of 9.9 mm", 3000.0,
        reference=1e9, reference_said="the paper", left_open=(RANGE, GROUNDS),
    ),
    Device(
        "Luxtelligence lnoi400", "lxt_pdk_gf: its cells and the V_pi of its modulator",
        Coplanar(gap=4.0, film=0.4, etch=0.2, rib_width=2.5, rib_wall_angle_deg=77.0, signal_width=10.0,
                 ground_width=180.0, metal_height=1.2, cladding=1.0), (one("V_pi L", 3.3),),
        (("cladding", "1.0 above the film, none over the metal"),), length=7500.0,
    ),
    Device(
        "Wang 2022, IQ, gap 5", f"Wang et al., 2022, dual-polarisation IQ modulator (wang2022a), {ATLAS}",
        Coplanar(gap=5.0, film=0.5, etch=0.26, rib_width=1.5, rib_wall_angle_deg=70.0, signal_width=40.0,
                 ground_width=50.0, metal_thickness=1.2, cladding=2.0),
        (one("V_pi L", 2.6), one("roll-off", 5.0, 67e9)),
        (("rib_width", "1.5 are taken for the top"), ("cladding", "2.0 over all, laid flat")),
        "the published response has probes in it", length=12000.0, termination=38.0,
        left_open=(("rib_width", 1.311, 1.5, "at its foot or at its top, walls at 70°"),),
    ),
    Device(
        "Xu, gap 3", f"Xu et al., 2022, dual-polarisation IQ modulator (xu2022), {ATLAS}",
        Coplanar(gap=3.0, film=0.36, etch=0.18, rib_width=2.5, rib_wall_angle_deg=90.0, signal_width=80.0,
                 ground_width=80.0, metal_thickness=0.9, metal_height=0.7, cladding=0.52, substrate=QUARTZ,
                 overrides=ON_QUARTZ), (one("V_pi L", 2.35), simulated("V_pi L", 2.4)),
        (UPRIGHT, ("signal_width", "80 is a label that may be something else"), ("ground_width", "not given: 80"),
         ("cladding", "0.7 are counted from the slab"), ("metal_height", "0.7 are counted from the slab")),
        left_open=(GROUNDS, WALLS),
    ),
)  # fmt: skip

BROAD = Coplanar(
    gap=6.0, film=0.3, etch=0.18, rib_width=3.5, rib_wall_angle_deg=60.0, signal_width=25.0, ground_width=150.0,
    metal_thickness=1.0, cladding=2.0,
)  # fmt: skip
LI = f"Li et al., 2026, one modulator from 1310 to 2000 nm (li2026aa), {ATLAS}"
COVER = (("cladding", "its 2.0 lie flat above the rib"), ("metal_height", "0: on the slab, from the order of steps"))
RENAUD = f"Renaud et al., Nature Communications 14, 1496 (2023), {ATLAS}"
VISIBLE = Coplanar(
    gap=3.0, film=0.3, etch=0.18, rib_width=0.6, rib_wall_angle_deg=60.0, signal_width=7.0, ground_width=50.0,
    metal_thickness=0.8, cladding=1.0, buried_oxide=2.0,
)  # fmt: skip
SCATTER = (
    "in print V_pi L over the wavelength is 0.79, 0.71, 0.75 and 1.01 V cm/µm at 532, 638, 738 and 838 nm, where our "
    "guide has 0.77 to 0.87, rising: those of print scatter by a sixth about any one cross-section. Over the gap they "
    "go as its first power, to 4 %, where ours go as the power 1.16"
)
WIDE = (
    ("rib_wall_angle_deg", "not given: 60"), ("ground_width", "not given: 50"),
    ("signal_width", "not given: of whole numbers the one with the impedance that the line of gap 3 is designed for, "
                     "50 Ω at 50 GHz"),
)  # fmt: skip
COLOURS = (
    Device(
        "Li 2026, gap 6, 1550 nm", LI, BROAD,
        (one("V_pi L", 2.61), simulated("n_g", 2.13), simulated("n_rf", 2.13, 50e9), simulated("Z0", 42.0, 50e9),
         Value("bandwidth", 100e9, 110e9)), COVER,
        "no loss is printed: with the index, impedance and group index that are, this band asks for 0.80 to 0.84 dB/cm "
        "at 1 GHz, and that at 1310 nm for 0.71 to 0.76",
        length=9000.0, termination=38.0, reference_said="the paper, which says direct current",
    ),
    *(Device(f"Li 2026, gap 6, {1000 * nm:.0f} nm", LI, BROAD, (one("V_pi L", v), *more), COVER, length=9000.0,
             wavelength=nm, termination=38.0, reference_said="the paper, which says direct current")
      for nm, v, more in (
          (1.31, 1.92, (simulated("n_g", 2.18), Value("bandwidth", 100e9, 110e9))),
          (1.45, 2.39, (at_least("bandwidth", 67e9),)),
          (1.485, 2.48, (Value("bandwidth", 100e9, 110e9),)),
          (1.653, 2.89, ()),
      )),
    Device(
        "Renaud, gap 3, 738 nm", RENAUD, VISIBLE,
        (one("V_pi L", 0.55), simulated("n_rf", 2.22, 50e9), one("loss", 1.35 * 35**0.5, 35e9), one("bandwidth", 35e9)),
        WIDE, "the widths of the line, of which loss and band are made, are not published: with a signal of 50, at "
        "30 Ω, the loss is 6.0. Their own numbers give the band", wavelength=0.738,
        reference=3e9, reference_said="the paper",
        stated=Stated(2.22, 2.38, 50.0, 1.35, said="loss measured, n_rf and n_g simulated, Z0 what it is designed for"),
    ),
    *(Device(f"Renaud, gap {gap:g}, 738 nm", RENAUD, replace(VISIBLE, gap=gap), (one("V_pi L", v),), WIDE, SCATTER,
             wavelength=0.738) for gap, v in ((2.5, 0.47), (4.0, 0.79), (5.0, 0.93))),
    *(Device(f"Renaud, gap 3, {1000 * nm:.0f} nm", RENAUD, VISIBLE, (one("V_pi L", v),), WIDE, SCATTER, wavelength=nm)
      for nm, v in ((0.532, 0.42), (0.638, 0.45), (0.838, 0.85))),
    Device(
        "Xue 2023, gap 2.6, 630 nm", f"Xue et al., 2023, full visible band (xue2023), {ATLAS}",
        Coplanar(gap=2.6, film=0.3, etch=0.18, rib_width=1.0, rib_wall_angle_deg=76.0, signal_width=19.0,
                 ground_width=19.0, metal_thickness=0.7, cladding=None, buried_oxide=2.0), (one("V_pi L", 0.48),),
        (("rib_width", "1.0 are taken for the top"), ("rib_wall_angle_deg", "read off a drawing"),
         ("signal_width", "read off a picture"), ("ground_width", "read off a picture"),
         ("metal_thickness", "read off a drawing"), ("buried_oxide", "not given: 2.0")), length=8000.0, wavelength=0.63,
    ),
    Device(
        "Li 2022, 532 nm", f"Li et al., Optics Express (2022), 532 nm (li2022b), {ATLAS}",
        Covered(gap=5.9, film=0.2, etch=0.1, rib_width=1.5, rib_wall_angle_deg=60.0, signal_width=13.8,
                ground_width=60.0, metal_thickness=1.1, cladding=None, cover=0.315, buried_oxide=2.0),
        (Value("V_pi L", 0.92, 1.1), simulated("V_pi L", 0.90), simulated("n_rf", 1.98, 70e9),
         Value("Z0", 51.8, 53.2, 70e9, "simulated"), simulated("loss", 8.9, 120e9), simulated("n_g", 2.514),
         one("roll-off", 1.59, 25e9), at_least("bandwidth", 25e9)),
        (("rib_width", "1.5 are taken for the top"), ("gap", "5.9 in the text, 5.5 below a figure"),
         ("cover", "its 0.315 of oxide, as measured, follow what lies below")),
        "3.3 V are printed between marks that stand 2.8 V apart",
        3300.0, 0.532, left_open=(("gap", 5.5, 5.9, "below a figure, and in the text"),),
    ),
)  # fmt: skip

PLAIN = (*FEMS, *TABLE, *MEASURED, *COLOURS)
