"""Whether an implant's sheet resistance is that of its concentration: two numbers of one thing.

Models of junctions take the concentration, with Masetti's mobility; leads, doped heaters and what lies under germanium
take the sheets. Who changes one of them has to change the other.
"""

from collections.abc import Iterator

from lingnan.pdk.process.types import Process

#: a sheet's resistance over that of all its dopants: less cannot be, but for the law's own error; surfaces that deplete
#: and dopants that are not active make 1.25 to 1.5 of it
USUAL = (0.8, 2.0)


def shares(process: Process) -> Iterator[tuple[str, float, str]]:
    """Of each sheet resistance its path, its share of that of all dopants at 300 K, and both in words."""
    sheets = [
        (f"implants.{name}.sheet_resistance.{level}", one, process.levels[level].z_max, sheet.value)
        for name, one in process.implants.items()
        for level, sheet in one.sheet_resistance.items()
        if level in process.levels
    ]
    if not sheets:
        return
    from lingnan.solvers.semiconductors.silicon import ELEMENTARY_CHARGE, masetti  # JAX takes seconds to import

    for where, one, thick, sheet in sheets:
        dopants = one.concentration.value
        mobility = float(masetti(dopants, "phosphorus" if one.polarity == "n" else "boron"))
        all_of_them = 1 / (ELEMENTARY_CHARGE * mobility * dopants * thick * 1e-4)
        words = (
            f"{sheet:g} ohm/sq, where {dopants:g} cm^-3 in {thick:g} µm have {all_of_them:.0f} by Masetti's mobility"
        )
        yield where, sheet / all_of_them, words
