"""What a fast signal does in `mzm`: from the strips that it draws to its loaded line and electro-optic response.

    found = travelling.figures(jnp.geomspace(1e9, 1e11, 30), bias=2.0)
    found.v_pi, found.bandwidth, found.response.s21_db, found.line.z0
    travelling.figures(frequency, length=2000.0, signal_width=12.0, termination=40.0)

The line is that of the metals (`pairmetals`), from pads to pads. Over it lie two junctions in series
(`phaseshifters.electro_optic`), with C and R by drift and diffusion at the bias. The wire to the bias is left out.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.ways import Line as Guide
from lingnan.components.soi import carriers, implanted, pairmetals
from lingnan.components.soi.implanted import Errors
from lingnan.components.soi.lateral import rib_of
from lingnan.components.soi.seriespair import pair_of
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import modulators, phaseshifters
from lingnan.solvers.checks import known, within
from lingnan.solvers.modulators import Distributed, Stretch


@dataclass(frozen=True)
class Travelling:
    """A modulator at some frequencies, (F,)."""

    metal: Distributed  #: of the line without junctions
    line: modulators.Line  #: with them
    junction: phaseshifters.Junction  #: of one arm, the mean of both
    response: modulators.Response  #: `s21_db`, `input_impedance`
    v_pi: Array  #: of slow signals about the bias, on the line [V]
    ends: tuple[Stretch, ...]  #: between the source and what has junctions, and backwards to the termination

    @property
    def bandwidth(self) -> Array:
        """Where S21 is first 3 dB below that of slow signals on metal without loss [Hz]; linear between frequencies.

        Raises:
            LingnanError: it is not, in the band.
        """
        level, f = np.asarray(self.response.s21_db), self.response.frequency
        below = np.flatnonzero(level < -3.0)
        if len(below) == 0 or below[0] == 0:
            raise LingnanError(
                f"mzm: S21 is {level[0]:.3g} to {level.min():.3g} dB between {float(f[0]):g} and {float(f[-1]):g} Hz, "
                "and crosses -3 dB nowhere there. Give other frequencies."
            )
        first = int(below[0])
        two = self.response.s21_db[first - 1 : first + 1]
        return f[first - 1] + (f[first] - f[first - 1]) * (two[0] + 3.0) / (two[0] - two[1])


def figures(
    frequency: ArrayLike,
    length: float | None = None,
    signal_width: float | None = None,
    ground_width: float | None = None,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section_arm: str = "rib",
    *,
    bias: float = 2.0,
    corner: str = "nominal",
    wavelength: float = 1.55,
    source: Any = modulators.MATCHED,
    termination: Any = modulators.MATCHED,
    pads: bool = True,
    dose: Errors | None = None,
    overlay: Errors | None = None,
) -> Travelling:
    """Loaded line, V_pi and electro-optic response of the drawn modulator.

    Args:
        frequency: [Hz], rising.
        length: this and what follows are parameters of `mzm` and `phase_shifter_series` [µm].
        signal_width: [µm].
        ground_width: [µm].
        junction_offset: [µm].
        mid_offset_p: [µm].
        mid_offset_n: [µm].
        contact_offset_p: [µm].
        contact_offset_n: [µm].
        contact_distance: [µm].
        contact_width: [µm].
        cross_section_arm: of the arms.
        bias: of the n sides, both arms at rest [V].
        corner: of the process.
        wavelength: of the light [µm].
        source: impedance [Ω] or `modulators.Driver`.
        termination: impedance [Ω] or `modulators.Load`.
        pads: whether source and termination stand at the pads; otherwise where the arms begin and end.
        dose: share of its concentration that an implant has, by mask, as of `implanted.shift`.
        overlay: by which a mask is misplaced downwards, to the right of the light's way, by mask [µm].

    Raises:
        LingnanError: sizes that the line cannot make, arms without a slab, a bias or a wavelength that is not kept.
        ValueError: what `modulators` refuses of frequencies and impedances.
    """
    offsets = (
        junction_offset, mid_offset_p, mid_offset_n, contact_offset_p, contact_offset_n, contact_distance,
        contact_width,
    )  # fmt: skip
    core = rib_of("mzm", cross_section_arm)
    pair = pair_of("mzm", core, length, signal_width, ground_width, offsets)
    kept = implanted.shift(pair.upper, core, corner, dose=dose, overlay=overlay, places=implanted.PAIR)
    charge, silicon = kept.junction(bias)
    junction = phaseshifters.Junction(charge, silicon + carriers.leads(pair.upper, dose))
    metal = pairmetals.along(pair, frequency, corner)
    ends = pairmetals.ends(pair, frequency, corner) if pads else ()
    n_g = Guide(cross_section_arm, corner).guide().n_g(wavelength)
    answer = phaseshifters.electro_optic(
        metal, junction, pair.length, n_g, drive="series", source=source, termination=termination, ends=ends
    )
    line = phaseshifters.loaded(metal, junction, drive="series").line()
    return Travelling(metal, line, junction, answer, v_pi(kept, bias, pair.length, wavelength), ends)


def v_pi(kept: carriers.Shift | implanted.Moved, bias: ArrayLike, length: ArrayLike, wavelength: ArrayLike) -> Array:
    """λ/(2 L dn/dV) [V]: both arms have half of a signal each, with opposite signs.

    Args:
        kept: of an arm, or of a pair with errors.
        bias: of both arms at rest [V].
        length: of the junctions [µm].
        wavelength: of the light [µm].

    Raises:
        LingnanError: a bias outside of what is kept. Inside `jit` V_pi is NaN then, with a warning.
        ValueError: a length or a wavelength that is none.
    """
    long = length * within("v_pi", "length", length, 0.0, np.inf, "µm", "")
    wl = wavelength * within("v_pi", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    if known(bias):
        kept.at(1.0, bias)  # refused here: the slope only marks it
    volts = jnp.asarray(bias, float)
    _, slope = jax.jvp(lambda v: kept.at(wl, v).real, (volts,), (jnp.ones_like(volts),))
    return wl / (2 * long * slope)
