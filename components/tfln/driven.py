"""A drawn modulator between its source and its termination, from pad to pad: pads, launches, lines and turns.

    made = driven.modulator("mzm", frequency, length=7000.0)         # straight, electrode="rail", or "mzm_folded"
    made = driven.modulator("mzm_segmented", frequency, length=1000.0, segments=4, arms="exchanged")
    modulators.response(made, frequency).s21_db                       # electro-optic S21, with all that is drawn
    modulators.bandwidth(made, frequency, drop_db=6.0, reference=1e9).frequency
    modulators.write_touchstone("mzm.s1p", made, frequency)           # what the source sees

Parameters are those of the cells, the process's own where not given. V_pi is that of `electro.figures`, which has the
line without its pads and launches, of the whole length under electrodes: of segments, that of all together, unless
arms change places, when two undo each other. Where arms leave the gaps, light gathers nothing, but goes on beside the
signal.
"""

import inspect
from typing import Any

from jax.typing import ArrayLike

from lingnan.components.tfln import electro, folded, foldedlight, segmented, segmentedlight, shifters
from lingnan.components.tfln import modulators as cells
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.solvers import modulators

_DRAWN = (
    shifters.phase_modulator, shifters.phase_shifter_gsg, cells.mzm, cells.iq_modulator, folded.mzm_folded,
    segmented.mzm_segmented,
)  # fmt: skip
#: cells with a line from pad to pad and light beside it
CELLS = {cell.__name__: cell for cell in _DRAWN}
#: what a cell has of segments
SEGMENTS = ("segments", "space", "arms")
#: other cells that turn light by a voltage or have a line, and what to call for them
INSTEAD = {
    "racetrack_modulator_y": "its strips are one capacitor: call resonant.racetrack_section, solvers.resonators",
    "field_sensor_mzi": "its strips float, and are one capacitor: call floating.head",
    "electrode_gsg": "no light runs beside it: call rflines.write, or tfln.rf_models",
    "electrode_t_rail": "no light runs beside it: call rflines.write, or tfln.rf_models",
    "thermal_switch_y": "it is driven by heat: call thermal.heating",
    "phase_shifter_heater": "it is driven by heat: call thermal.heating",
    "poled_straight": "its electrodes pole and do not modulate: call conversion.figures",
}


def modulator(
    cell: str,
    frequency: ArrayLike,
    *,
    source: Any = None,
    termination: Any = None,
    corner: str = "nominal",
    wavelength: float = 1.55,
    electrode: str = "straight",
    **sizes: Any,
) -> modulators.Modulator:
    """What `modulators.response`, `bandwidth` and `write_touchstone` take.

    Args:
        cell: one of `CELLS`; of an IQ modulator, either of its two lines.
        frequency: the band in which lines are solved [Hz], (F,), rising.
        source: impedance, complex too, or `modulators.Driver`; None: the process's termination.
        termination: impedance, complex too, or `modulators.Load`; None: the process's own.
        corner: of the process.
        wavelength: of the light [µm].
        electrode: straight or rail.
        sizes: length, signal_width, gap, ground_width, launch and the rail_… by name, as far as the cell has them [µm];
            of segmented modulators segments, space and arms.

    Raises:
        LingnanError: no such cell or size, or sizes that the line cannot make.
    """
    if cell in INSTEAD:
        raise LingnanError(f"driven.modulator: {cell} is no line with light: {INSTEAD[cell]}.")
    if cell not in CELLS:
        raise LingnanError(f"driven.modulator: there is no line in {cell!r}. {did_you_mean(cell, CELLS)}")
    taken = inspect.signature(CELLS[cell]).parameters
    own = {name: one.default for name, one in taken.items() if name in electro.SIZES + SEGMENTS}
    for name in sizes:
        if name not in own:
            raise LingnanError(f"driven.modulator: the electrode of {cell} has no {name!r}. {did_you_mean(name, own)}")
    given = own | sizes
    shape = electro.shape_of(cell, electrode, given)
    if cell == "mzm_segmented":
        row = segmentedlight.elements(shape, frequency, segmentedlight.Segments.of(given), corner=corner)
    else:
        row = (foldedlight if cell == "mzm_folded" else electro).elements(shape, frequency, corner=corner)
    end = active_process().number("electrical.termination")
    spec = electro.spec_of(shape, corner=corner)
    rib = spec.rails if isinstance(spec, modulators.TRail) else spec
    n_g = modulators.guided(rib, wavelength, temperature=electro.kelvin_of(corner)).n_g
    return modulators.Modulator(
        row, n_g, end if source is None else source, end if termination is None else termination
    )
