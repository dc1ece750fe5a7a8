"""Whether the implants of a line can be: doses, blurs and contacts, and sheet resistances that are those of the doses.

Leads, doped heaters and what lies under germanium take the sheets as they are. Models of junctions take the
concentration, with Masetti's mobility slowed until it gives the sheet: see `slowness`.
"""

import math
from collections.abc import Iterator
from functools import cache

from lingnan.pdk.errors import did_you_mean
from lingnan.pdk.process.types import Implant, Process

SOLID = 5e22  #: atoms of silicon and, within a tenth, of germanium [cm^-3]
#: a sheet's resistance over that of all its dopants: less cannot be, but for the law's own error; surfaces that deplete
#: and dopants that are not active make 1.25 to 1.5 of it
USUAL = (0.8, 2.0)
#: numbers of `electrical` and between which limits they lie, both exclusive
LIMITS = {
    "contact_resistivity": (0.0, math.inf, "a contact that gives power is none"),
    "silicide_sheet_resistance": (0.0, math.inf, "a sheet that gives power is none"),
    "implant_straggle": (0.0, math.inf, "implants end in no step, and behind their masks"),
    "implant_dose_spread": (0.0, 1.0, "one deviation below the dose must leave some of it"),
}


def impossible(process: Process) -> Iterator[tuple[str, str]]:
    """Path and words of each number that no line can have."""
    for name, one in process.implants.items():
        numbers = {"concentration": (one.concentration, SOLID, "all atoms of silicon")}
        for level, sheet in one.sheet_resistance.items():
            if level not in process.levels:
                where = f"implants.{name}.sheet_resistance.{level}"
                yield where, f"is of no level of the stack. {did_you_mean(level, process.levels)}"
            numbers[f"sheet_resistance.{level}"] = (sheet, math.inf, "")
        for key, (number, high, what) in numbers.items():
            if not 0 < number.value < high:
                limits = f"between 0 and {high:g} {number.unit}, {what}" if what else "more than 0"
                yield f"implants.{name}.{key}", f"{number.value:g} {number.unit} cannot be: it must be {limits}"
    germanium = process.quantities.get("films.ge.thickness")
    limits = dict(LIMITS)
    if germanium is not None:
        limits["ge_implant_depth"] = (0.0, germanium.value, "the film of germanium lies below")
    for key, (low, high, why) in limits.items():
        number = process.quantities.get(f"electrical.{key}")
        if number is not None and not low < number.value < high:
            upper = f" and less than {high:g}" if math.isfinite(high) else ""
            text = f"{number.value:g} {number.unit} cannot be: it must be more than {low:g}{upper}, for {why}"
            yield f"electrical.{key}", text


def shares(process: Process) -> Iterator[tuple[str, float, str]]:
    """Of each sheet resistance its path, its share of that of all dopants at 300 K, and both in words."""
    for name, one in process.implants.items():
        for level, sheet in one.sheet_resistance.items():
            dopants = one.concentration.value
            if level not in process.levels or not 0 < dopants < SOLID:
                continue
            thick = process.levels[level].z_max
            ideal = ideal_sheet(one, thick)
            own = f"{dopants:g} cm^-3 in {thick:g} µm have {ideal:.0f} by Masetti's mobility"
            where, words = f"implants.{name}.sheet_resistance.{level}", f"{sheet.value:g} ohm/sq, where {own}"
            yield where, sheet.value / ideal, words


def ideal_sheet(implant: Implant, thickness: float) -> float:
    """Of all dopants of an implant with Masetti's mobility at 300 K, through a thickness [µm]: [ohm/sq]."""
    return 1 / (_conductivity(implant.concentration.value, implant.polarity) * thickness * 1e-4)


@cache
def _conductivity(dopants: float, polarity: str) -> float:
    """[1/(ohm cm)]. Models ask for it at each call."""
    import jax  # takes seconds

    from lingnan.solvers.semiconductors.silicon import ELEMENTARY_CHARGE, masetti

    with jax.ensure_compile_time_eval():  # also where a program is traced
        mobility = float(masetti(dopants, "phosphorus" if polarity == "n" else "boron"))
    return ELEMENTARY_CHARGE * mobility * dopants


def slowness(process: Process, implant: Implant) -> tuple[float, float]:
    """How many times slower than by Masetti's mobility carriers are for the line's sheets to be: in film and slab.

    From concentration and thickness of the nominal line: doses, films and temperature of a chip then act by physics.
    A level that has no sheet takes the other's share; an implant without any is as Masetti has it.
    """
    found = {
        level: sheet.value / ideal_sheet(implant, process.levels[level].z_max)
        for level, sheet in implant.sheet_resistance.items()
        if level in ("core", "slab")
    }
    either = next(iter(found.values()), 1.0)
    return found.get("core", either), found.get("slab", either)
