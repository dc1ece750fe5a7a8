"""Lithium tantalate, as far as published modulators ask for it: light across crystal Z in an X-cut film.

Indices are fits of two oscillators to the table of W. L. Bond, J. Appl. Phys. 36, 1674 (1965),
doi:10.1063/1.1703106 (as refractiveindex.info has it), from 0.6 to 2.0 µm, off by up to 5e-4; at 1.55 µm they are
the 2.119 and 2.123 of C. Wang et al., Nature 629, 784 (2024), extended data table 1. Permittivities (at 100 kHz) and
Pockels coefficients are those of that table, which has no r13 and no r22: 0 stands for them. A r13 of 10 pm/V would
move V_pi L by 1.3 %, a r22 of 10 not at all.
"""

from lingnan.solvers import materials
from lingnan.solvers.materials.dispersion import Formula
from lingnan.solvers.materials.material import Axis, Material, Property

BOND = "W. L. Bond, J. Appl. Phys. 36, 1674 (1965), doi:10.1063/1.1703106"
TABLE = "C. Wang et al., Nature 629, 784 (2024), extended data table 1, doi:10.1038/s41586-024-07369-1"
LITHIUM_TANTALATE = Material(
    "LiTaO3",
    (
        Axis(Formula(2, (0.0, 3.50658, 0.025574, 1.9841, 90.56))),
        Axis(Formula(2, (0.0, 3.51958, 0.026073, 3529.2011, 167806.71))),
    ),
    BOND,
    (0.6, 2.0),
    properties=(
        ("rf_permittivity", Property((54.0, 54.0, 43.0), "1", TABLE)),
        ("pockels", Property((0.0, 30.5, 0.0, 20.0), "pm/V", TABLE)),
    ),
)
#: X-cut, light along Y
TANTALATE = materials.cut(LITHIUM_TANTALATE, "x")
