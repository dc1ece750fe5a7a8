"""Lines loaded by T-rails, in 2.5 dimensions: cross-sections with and without the T, and one plan of a period.

         rail                      Signal and ground have rails that carry the current, and T's that stand on stems and
    =====================          face each other over a narrow gap: they add capacitance, hardly any inductance, and
       | |         | |  stem       so slow the wave.
    ---------   ---------  bar
      length  slot              (gap)

- Series: bars are cut by slots, so no current runs along them as a whole, but eddies do. Z' is that of the rails alone
  over the slots, that of rails with bars whose currents add up to zero over the bars, and that of wide rails, out to
  the gap, where a stem keeps flux out and current runs along the gap: for a share σ of the length that is less than the
  stem's width, from a period in three dimensions (`stems`).
- Shunt: the capacitance of the cross-section through the bars counts for a share κ of the length, that of the rails
  for the rest. Slots are as long as the gap is wide, so κ is more than length/period: it is taken from the plan of
  half a period, a 2-D Poisson problem in the wafer plane. Stems add, for their width, what wide rails hold more.
- The charge of a bar arrives through its stem: what of it stands out to either side is a short open line, so that
  Z_bar' (length - stem)³/(12 length²) is in series to its capacitance (T. Itoh's stub, of which this is the first
  term).
- Light sees the field of the cross-section through the bars and that of the rails, in the same shares: the flux through
  mid-gap of the plan is the mean field there.
- Loads stand a period apart: Bloch's condition cosh γp = cosh γ_0 p + ½ Y_T z_0 sinh γ_0 p. R. E. Collin, Foundations
  for Microwave Engineering (2001), §8.1, doi:10.1109/9780470544662.

Left out: fields of bar ends and of stems' walls above and below the wafer plane. `unitcell.period` has them, for
perfect conductors in three dimensions: there κ is 0.972 where the plan has 0.96 (bars 45 µm long, slots 5, on quartz),
and the index is that of here to 0.3 %, over stems of 2 to 40 µm in periods of 25 to 50. Were flux not kept out, it
would be 0.3 to 1 % too high with stems of 5 to 7 µm and 10 % with stems of 34.

What crowds at stems, 4 to 9 % of R, is that of surfaces. A film of thickness t has 1/(σ t) a square, and crowds its
current by inductance, µ0/2 over the wave number, no nearer than δ²/t in its plane, δ the skin's depth: for that stands
1/(1 + δ²/(t s)), s the height of stem and bar, an estimate, which matters below 10 GHz. What a gap of 5 µm has more
than one of 5.3 in films of 0.8 µm follows it to 0.1 from 0.1 GHz on, s the gap. Far below a gigahertz current spreads
into stems by another share than σ besides.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import are_numbers, check_between
from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.electrostatics import EPS0, Potentials, capacitance, potentials
from lingnan.solvers.modulators.line import Distributed, Line, of_cell
from lingnan.solvers.modulators.magnetics import MU0, admittance
from lingnan.solvers.modulators.network import MICRON
from lingnan.solvers.modulators.optical import Guided
from lingnan.solvers.modulators.pockels import Coefficients, Shift, apart, change_in_crystal, shift_of
from lingnan.solvers.modulators.rlgc import check_below, loop
from lingnan.solvers.modulators.section import RfMedium, Section, section
from lingnan.solvers.modulators.stems import Cells, of_stems
from lingnan.solvers.tracing import demand, is_traced
from lingnan.solvers.trees import watched
from lingnan.solvers.waveguides.geometry import Trapezoid


@watched
@dataclass(frozen=True)
class TRail:
    """A coplanar line with T's on both of its conductors."""

    base: Coplanar  #: its `gap` lies between the bars, its `signal_width` is that of the rail
    length: Any = 45.0  #: of a bar along the line [µm]
    slot: Any = 5.0  #: between bars [µm]
    bar: Any = 1.5  #: width of a bar across the line [µm]
    stem_height: Any = 1.5  #: from rail to bar [µm]
    stem_width: Any = 7.0  #: along the line [µm]

    def __post_init__(self) -> None:
        for name in ("length", "slot", "bar", "stem_height", "stem_width"):
            check_between("TRail", name, getattr(self, name), 0.0, np.inf, "µm", "Give it in µm.")
        if are_numbers(self.stem_width, self.length):
            said = "TRail: stem_width = {stem:g} µm is more than the bar's {bar:g} µm. Narrow it, or lengthen the bar."
            demand(self.stem_width <= self.length, said, stem=self.stem_width, bar=self.length)

    @property
    def period(self) -> Any:
        """[µm]"""
        return self.length + self.slot

    @property
    def rails(self) -> Coplanar:
        """The line without its T's."""
        return replace(self.base, gap=self.base.gap + 2 * (self.bar + self.stem_height))

    @property
    def solid(self) -> Coplanar:
        """The line whose rails reach to the gap, as where stems stand; upright at the gap, as bars are."""
        base, more = self.base, self.bar + self.stem_height
        ground = None if base.ground_width is None else base.ground_width + more
        return replace(base, signal_width=base.signal_width + 2 * more, ground_width=ground, metal_wall_angle_deg=90.0)

    def sections(self, like: "Parts | None" = None) -> "Parts":
        """What the line is computed from; `like` as of `Coplanar.section`."""
        rails, gap = self.rails, self.base.gap
        start = rails.signal_width / 2 + self.stem_height
        bars = {
            "signal bar": rails.strip(start, start + self.bar),
            "ground bar": rails.strip(start + self.bar + gap, start + 2 * self.bar + gap),
        }
        one, two, three, four, five = like or (None,) * 5
        return Parts(
            rails.section(one),
            rails.section(two, more=bars),
            self.solid.section(three),
            self._plan(four),
            Cells.of(self, five),  # type: ignore[arg-type]  # one class, seen under two names
        )

    def _plan(self, like: Section | None) -> Section:
        """Half a period seen from above: x along the line from the middle of a stem, y across from mid-gap."""
        half, low = self.period / 2, self.base.gap / 2
        rail = low + self.bar + self.stem_height
        metal = RfMedium(1.0, None, 1.0)
        shapes = [
            Trapezoid(metal, rail, rail + 1.0, name="rail"),
            Trapezoid(metal, low, low + self.bar, 0.0, self.length / 2, name="bar"),
            Trapezoid(metal, low + self.bar, rail, 0.0, self.stem_width / 2, name="stem"),
        ]
        return section(
            shapes,
            background=1.0,
            window=(0.0, half, 0.0, rail + 1.0),
            conductors={s.name: "signal" for s in shapes},
            magnetic=("left", "right", "top"),
            like=like,
        )


class Parts(NamedTuple):
    """What a T-rail line is computed from."""

    rails: Section
    bars: Section
    solid: Section
    plan: Section  #: half a period seen from above
    cells: Cells  #: half a period in three dimensions

    def at(self, temperature: ArrayLike | None) -> "Parts":
        """The parts at a temperature [K]; the plan's metal is perfect."""
        return self._replace(**{name: getattr(self, name).at(temperature) for name in ("rails", "bars", "solid")})


class Loaded(NamedTuple):
    """A loaded line."""

    line: Line  #: from Bloch's condition
    smooth: Distributed  #: the same with its load spread evenly
    share: Array  #: κ
    stems: Array  #: σ
    crowded: Array  #: of the series resistance [Ω/m], where currents crowd at stems, (F,)


def loaded_line(
    spec: TRail, frequency: ArrayLike, like: Parts | None = None, temperature: ArrayLike | None = None
) -> Loaded:
    """The line of T-rails; differentiable once by every number of `spec`.

    Args:
        spec: rails, bars and stems.
        frequency: [Hz], a number or (F,).
        like: `spec.sections()` of plain numbers of the same kind, where those of `spec` are traced.
        temperature: of the metal [K]; None: at which its conductivity is given.
    """
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    if not is_traced(f) and not np.all(np.asarray(f) > 0):
        raise ValueError(f"loaded_line: frequency {frequency} Hz: each must be positive.")
    return _loaded(spec, spec.sections(like).at(temperature), f * check_below(f, "loaded_line"))


@jax.jit
def _loaded(spec: TRail, parts: Parts, f: Array) -> Loaded:
    rails, bars = parts.rails, parts.bars
    length, period = spec.length, spec.period
    omega = 2 * jnp.pi * f
    sides = 2.0 if rails.mirror else 1.0
    kappa, stems = share(spec, parts.plan), of_stems(spec, parts.cells)  # type: ignore[arg-type]  # as above
    sigma, crowded = stems.share, stems.crowded * _surface(spec, rails, omega)
    # series: rails alone, rails beside bars without net current, and rails as wide as with bars
    bare = 1 / (sides * loop(rails, admittance(rails, f), 0))
    whole = jnp.linalg.inv(admittance(bars, f))
    with_bars = 1 / (sides * loop(rails, jnp.linalg.inv(whole[:, :2, :2]), 0))
    duty = length / period
    filled = 1 / (sides * loop(rails, admittance(parts.solid, f), 0))
    series = (1 - sigma) * ((1 - duty) * bare + duty * with_bars) + sigma * filled + (1 - 1j) * crowded
    # shunt: each rail and its bar are one conductor
    c_rails = sides * loop(rails, capacitance(rails, f), 0)
    tied = np.array([[1, 0, 1, 0], [0, 1, 0, 1]])
    c_bars = sides * loop(rails, tied @ capacitance(bars, f) @ tied.T, 0)
    c_solid = sides * loop(rails, capacitance(parts.solid, f), 0)
    shunt = -1j * omega * c_rails
    load = -1j * omega * (kappa * (c_bars - c_rails) + spec.stem_width / period * (c_solid - c_bars))
    # of one bar over the other, no current in the rails
    both = whole[:, 2:, 2:]
    z_bar = (both[:, 0, 0] + both[:, 1, 1] - both[:, 0, 1] - both[:, 1, 0]) / sides
    inner = z_bar * (length - spec.stem_width) ** 3 / length**2 * MICRON / 12
    y_t = load * period * MICRON
    y_t = y_t / (1 + inner * y_t)
    y = shunt + y_t / (period * MICRON)
    smooth = Distributed(f, series.real, -series.imag / omega, y.real, -y.imag / omega)
    return Loaded(bloch(f, series, shunt, y_t, period * MICRON), smooth, kappa, sigma, crowded)


def _surface(spec: TRail, rails: Section, omega: Array) -> Array:
    """R_s/µ0 [m/s] of the metal, where its current lies at surfaces, and less where it fills a film."""
    metal = rails.media[rails.conductors.index("signal")].conductivity
    squared = 2 / (omega * MU0 * metal)  # of the skin's depth
    film = spec.base.metal_thickness * (spec.bar + spec.stem_height) * MICRON**2
    return jnp.sqrt(omega / (2 * MU0 * metal)) / (1 + squared / film)


def bloch(f: Array, series: Array, shunt: Array, y_t: Array, period: Array) -> Line:
    """A period of rails with its load in the middle; z0 where periods meet."""
    root_z, root_y = jnp.sqrt(series), jnp.sqrt(shunt)
    theta, z = root_z * root_y * period, root_z / root_y
    # the cell is symmetric: cosh γp = A, and its image impedance is sqrt(B/C)
    half, sinh = jnp.cosh(theta / 2), jnp.sinh(theta / 2)
    a = jnp.cosh(theta) + y_t * z * jnp.sinh(theta) / 2
    b = z * jnp.sinh(theta) + y_t * (z * sinh) ** 2
    c = jnp.sinh(theta) / z + y_t * half**2
    return of_cell(f, a, b, c, period)


def share(spec: TRail, plan: Section) -> Array:
    """κ: how much of the length the bars' capacitance counts for, ends included; from 0 to 1."""
    # with one bar all along, and with none, the plan is a plate capacitor
    half, low = spec.period / 2, spec.base.gap / 2
    solid, rail = EPS0 * half / low, EPS0 * half / (low + spec.bar + spec.stem_height)
    return (capacitance(plan)[0, 0] - rail) / (solid - rail)


def shift_of_bars(spec: TRail, parts: Parts, mode: Guided, r: Coefficients | None = None) -> Shift:
    """What a volt does to a mode beside T's: `pockels.shift_of` over bars and over slots, each for its share."""
    over, beside = (shift_of(spec.rails, p, mode, r) for p in _over_and_beside(parts))
    kappa = share(spec, parts.plan)
    return replace(over, per_volt=kappa * over.per_volt + (1 - kappa) * beside.per_volt)


def resolved_of_bars(
    spec: TRail, mode: Guided, kappa: float, volts: float = 20.0, r: Coefficients | None = None
) -> Shift:
    """`shift_of_bars` by its second way: the modes at ±`volts` in the mean of both permittivities.

    Args:
        spec: rails, bars and stems, of plain numbers.
        mode: of `spec.rails`, best on a mesh of `optical.EVEN`.
        kappa: share of the bars, from `share` or from a period in three dimensions, `unitcell.period`.
        volts: far enough apart for the modes to differ by more than they are solved to.
        r: Pockels coefficients; None: clamped ones.
    """
    over, beside = (change_in_crystal(spec.rails, p, mode, r) for p in _over_and_beside(spec.sections()))
    return apart(mode, kappa * over + (1 - kappa) * beside, volts)


def _over_and_beside(parts: Parts) -> tuple[Potentials, Potentials]:
    """Potentials through the bars, which are one with their rails, and through a slot."""
    bars = potentials(parts.bars)
    signal, bar = (bars.terminals.index(name) for name in ("signal", "signal bar"))
    tied = replace(bars, values=bars.values.at[:, signal].add(bars.values[:, bar]))
    return tied, potentials(parts.rails)
