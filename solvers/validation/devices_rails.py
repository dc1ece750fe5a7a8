"""Published lithium niobate modulators whose electrodes are loaded by T-rails."""

from lingnan.solvers.modulators import Coplanar, TRail
from lingnan.solvers.validation.devices_plain import ATLAS, GROUNDS, KHAREL, NO_RIB, SEGMENTED
from lingnan.solvers.validation.published import QUARTZ, Device, Stated, Value, at_least, one, simulated

FINGERS = TRail(SEGMENTED, 45.0, 5.0, 2.0, 6.0, 6.0)
ON_QUARTZ_T = (
    *NO_RIB, ("signal_width", "100 as in table I, not said of the device"),
    ("stem_width", "6 is read as that of the stem"),
)  # fmt: skip
SEGMENTS = Stated(2.23, 2.2, 42.0, 0.26, said="loss and n_rf measured, Z0 simulated, n_g said to be about 2.2")
RAILS = (
    Device(
        "Kharel, T-rails on quartz", KHAREL, FINGERS,
        (Value("V_pi L", 2.3, 2.7), simulated("V_pi L", 2.1), simulated("Z0", 42.0, 50e9), one("n_rf", 2.23, 50e9),
         one("loss", 0.26 * 50**0.5, 50e9), simulated("loss", 0.21 * 50**0.5, 50e9), one("roll-off", 1.8, 50e9)),
        ON_QUARTZ_T,
        "fabrication and grounds of 20 to 200 µm move n by -1 to +8 %", 20000.0, 1.56,
        reference=1e9, reference_said="the paper", stated=SEGMENTS, left_open=(GROUNDS,),
    ),
    Device(
        "Kharel, T-rails, 10 mm", KHAREL, FINGERS, (one("roll-off", 0.8, 50e9),), ON_QUARTZ_T,
        length=10000.0, wavelength=1.56, reference=1e9, reference_said="the paper", stated=SEGMENTS,
    ),
    Device(
        "Chen, gap 1.8", f"Chen et al., APL Photonics 7, 026103 (2022), doi:10.1063/5.0077232, {ATLAS}",
        TRail(Coplanar(gap=1.8, film=0.4, etch=0.2, rib_width=1.5, rib_wall_angle_deg=68.0, signal_width=75.0,
                       ground_width=75.0, metal_thickness=0.2, metal_height=0.9, cladding=0.7, buried_oxide=3.0),
              47.0, 3.0, 2.0, 15.0, 5.0),
        (one("V_pi L", 2.2), simulated("V_pi L", 2.1), simulated("n_g", 2.2)),
        (("rib_wall_angle_deg", "read off a drawing"), ("cladding", "its 0.9 lie flat on the slab"),
         ("metal_thickness", "0.2 of the bars; rails have 1.1, and the line stands over an undercut: not compared"),
         ("ground_width", "not given: 75")),
        beside=(one("roll-off", 1.4, 67e9), one("roll-off", 0.76, 50e9)),
        stated=Stated(2.35, 2.2, 50.5, 0.36, said="loss, n_rf and Z0 measured; the design has n_rf 2.16"),
    ),
    Device(
        "Liu 2021, T-rails on quartz", f"X. Liu et al., 2021, arXiv:2103.03684, {ATLAS}",
        TRail(Coplanar(gap=3.0, film=0.6, etch=0.3, rib_width=1.0, rib_wall_angle_deg=68.0, signal_width=50.0,
                       ground_width=50.0, metal_thickness=1.4, metal_height=0.1, cladding=0.1, buried_oxide=2.0,
                       substrate=QUARTZ), 45.0, 5.0, 3.0, 3.0, 5.0),
        (one("V_pi L", 1.7), one("n_rf", 2.3), simulated("n_g", 2.25), one("roll-off", 1.3, 67e9)),
        (("rib_width", "1.0 of the simulation"), ("rib_wall_angle_deg", "read off a drawing"),
         ("ground_width", "not given: 50"), ("metal_thickness", "bars as thick as the rails"),
         ("cladding", "0.1 that follow the rib lie flat on it")), length=5000.0,
    ),
    Device(
        "Liu 2025, T-rails on quartz", f"Liu et al., 2025, wafer-scale process on quartz (liu2025b), {ATLAS}",
        TRail(Coplanar(gap=3.0, film=0.36, etch=0.18, rib_width=2.5, rib_wall_angle_deg=70.0, signal_width=80.0,
                       ground_width=200.0, metal_thickness=1.0, metal_height=1.18, cladding=3.0, buried_oxide=2.5,
                       substrate=QUARTZ), 45.0, 5.0, 2.3, 10.0, 2.3),
        (one("V_pi L", 2.92), simulated("n_rf", 2.22, 50e9), simulated("Z0", 47.0, 50e9),
         simulated("loss", 4.4, 110e9), one("roll-off", 2.3, 110e9), at_least("bandwidth", 110e9)),
        (("rib_wall_angle_deg", "not given: 70"), ("rib_width", "2.5 of the process; a test guide has 1.0"),
         ("cladding", "flat at 3.0 above the rib; over the metal it is opened, which is left out")),
        "oxide over the metal, which the device has not, makes the wave slower",
    ),
    Device(
        "Zhang 2024, T-rails on quartz", f"Zhang et al., 2024, to 500 GHz (zhang2024), {ATLAS}",
        TRail(Coplanar(gap=5.5, film=0.5, etch=0.25, rib_width=1.2, rib_wall_angle_deg=70.0, signal_width=50.0,
                       ground_width=50.0, metal_thickness=0.5, cladding=0.25, buried_oxide=2.0, substrate=QUARTZ),
              18.0, 2.0, 2.0, 2.0, 2.0),
        (one("V_pi L", 2.43), one("n_rf", 2.26, 270e9), one("Z0", 46.0), one("loss", 14.0, 300e9),
         one("bandwidth", 145e9)),
        (("rib_wall_angle_deg", "not given: 70"), ("ground_width", "not given: 50"), ("stem_width", "not given: 2"),
         ("bar", "letters H and S are read as bar and slot, both 2"), ("cladding", "0.5 on the slab, flat"),
         ("metal", "gold in its table, copper in a drawing")),
        "the published n and Z0 are those of 15 % more capacitance than ours. The authors' fit lays 8.4 of 13 dB/cm at "
        "300 GHz to dielectrics and 4.6 to metal, of which we have 8.4; stems and grounds are not published. Their "
        "own numbers give the band",
        8000.0, reference_said="the paper, which says direct current",
        stated=Stated(2.26, 2.26, 46.0, 0.264, 0.028, "all measured but n_g, which is said to be n_rf"),
    ),
    Device(
        "Xue 2026, T-rails, gap 5", f"Xue et al., 2026 (xue2026), {ATLAS}",
        TRail(Coplanar(gap=5.0, film=0.36, etch=0.26, rib_width=0.8, rib_wall_angle_deg=60.0, signal_width=50.0,
                       ground_width=50.0, metal_thickness=0.6, cladding=0.1, buried_oxide=12.0),
              45.0, 5.0, 5.2, 2.0, 5.0),
        (one("V_pi L", 1.25), simulated("V_pi L", 1.2), simulated("n_g", 2.26)),
        (("bar", "letters H and S may be the other way round"), ("cladding", "0.1 that follow the rib lie flat on it"),
         ("ground_width", "not given: 50"), ("metal_thickness", "0.6 of the bars; rails have 1.1")),
        "1.25 V cm over 5 µm is more than a field of V over the gap does in the whole mode (1.29): another definition",
        7000.0,
    ),
)  # fmt: skip
