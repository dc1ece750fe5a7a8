"""Figures of merit of a travelling-wave modulator, from what is drawn to what is measured, in one call.

spec = modulators.Coplanar(gap=5.0, signal_width=16.0, ground_width=150.0)       # or a TRail
found = modulators.figures(spec, jnp.geomspace(1e8, 1e11, 30), length=7000.0)
found.v_pi, found.bandwidth.frequency, found.line.z0, found.response.s21_db

like = modulators.ready(spec)                                                     # once, from plain numbers
def bandwidth(p): return modulators.figures(replace(spec, gap=p[0]), f, 7000.0, like=like).bandwidth.frequency
jax.jit(jax.grad(bandwidth))(p)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole, within
from lingnan.solvers.modulators import optical
from lingnan.solvers.modulators.bandwidth import Crossing, crossing
from lingnan.solvers.modulators.checks import check_frequencies
from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.electrostatics import potentials
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.modulators.loaded import Parts, TRail, loaded_line, shift_of_bars
from lingnan.solvers.modulators.near import Near, gathered
from lingnan.solvers.modulators.network import MATCHED, Stretch
from lingnan.solvers.modulators.optical import Guided
from lingnan.solvers.modulators.pockels import Coefficients, Shift, check_axis, shift_of
from lingnan.solvers.modulators.rlgc import rlgc, rlgc_among
from lingnan.solvers.modulators.section import Fineness, Section
from lingnan.solvers.modulators.travelling import Modulator, Response, fit, looked_at, response
from lingnan.solvers.waveguides import Resolution


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Figures:
    """A pytree: all of it may be traced, mapped and differentiated."""

    #: what a temperature does not move here: no measurement of either over temperature, of a clamped crystal, was found
    #: that could be read. Where they are known, give `r` and the media's permittivities at each temperature
    unchanged: ClassVar[tuple[str, ...]] = ("Pockels coefficients", "permittivities at radio frequencies")

    shift: Shift  #: of the guide in one gap: `n_g`, `vpi_l`, `vpi_l_push_pull` [V cm]
    line: Line  #: `n_rf`, `z0` [Ω], `loss_db_cm` at the frequencies asked for
    response: Response  #: `s21`, `s21_db`, `input_impedance`
    length: Array  #: [µm]
    push_pull: bool = field(metadata={"static": True})
    drop_db: float = field(metadata={"static": True})
    crossing: Crossing  #: of S21 through `drop_db`: its `frequency` [Hz] is the bandwidth where `found`

    @property
    def bandwidth(self) -> Array:
        """Electro-optic bandwidth [Hz]; where S21 does not fall so far, the end of the band (`crossing.found`)."""
        return self.crossing.frequency

    @property
    def vpi_l(self) -> Array:
        """V_pi L of the modulator [V cm]: of both arms where it is push-pull."""
        return self.shift.vpi_l_push_pull if self.push_pull else self.shift.vpi_l

    @property
    def v_pi(self) -> Array:
        """V_pi at low frequency [V]."""
        return self.vpi_l / (1e-4 * self.length)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Ready:
    """What `figures` follows traced numbers by: made once, from plain ones."""

    electrodes: "Section | Parts"
    mode: Guided
    line: Section | None = None  #: for the line's R, L, G and C; None: as fine as the field that light sees
    near: Near | None = None  #: fields of designs near by; None: fields are solved


#: a mesh for many designs that are far from each other: index to 8e-4, impedance to 2.5e-3 and loss to 5e-3, the same
#: for all of them (`benchmarks/rf.py speed`)
ROUGH = Fineness(order=2, samples=4)
#: meshes for samples of a process, of fields for `near` and of light
SAMPLED, SAMPLED_LIGHT = Fineness(first=0.3, growth=6.0, samples=5), Resolution(4, 3, 2, 3.0, 3.0)


def ready(
    spec: Coplanar | TRail,
    wavelength: ArrayLike = 1.55,
    line: Fineness | None = None,
    *,
    light: Resolution | None = None,
    near: Sequence[Coplanar] = (),
    frequency: ArrayLike | None = None,
) -> Ready:
    """Meshes of the line and of the guide, for `like` of `figures`.

    Args:
        spec: of plain numbers; others may then move, but not the order of edges.
        wavelength: [µm].
        line: of the mesh for R, L, G and C, such as `ROUGH`; None: as for the field that light sees. With `near` it is
            one mesh for both. Not for T-rails.
        light: of the optical mesh; None: `optical.FINE`.
        near: designs of plain numbers among which others will lie, as samples of a process do. Their electric and
            magnetic fields are solved here, and `figures` then takes of each design the best among their sums: see
            `near`. Not for T-rails.
        frequency: the band [Hz], (F,), for `near`.

    Raises:
        ValueError: `line` or `near` for T-rails, or `near` without `frequency`.
    """
    if isinstance(spec, TRail):
        for name, given in (("line", line), ("near", near)):
            if given:
                raise ValueError(
                    f"ready: {name} = {given}: T-rails are made of three sections and have no mesh of the line alone. "
                    f"Leave {name} out."
                )
        return Ready(spec.sections(), optical.guided(spec.rails, wavelength, resolution=light))
    if not near:
        mode = optical.guided(spec, wavelength, resolution=light)
        return Ready(spec.section(), mode, spec.section(fineness=line) if line else None)
    if frequency is None:
        raise ValueError(
            f"ready: near = {len(near)} designs without a band: give the frequencies [Hz] of their fields."
        )
    section = spec.section(fineness=line)
    fields = gathered([one.section(section) for one in near], frequency)
    return Ready(section, optical.guided(spec, wavelength, resolution=light), None, fields)


def figures(
    spec: Coplanar | TRail,
    frequency: ArrayLike,
    length: ArrayLike,
    *,
    wavelength: ArrayLike = 1.55,
    source: Any = MATCHED,
    termination: Any = MATCHED,
    reference: ArrayLike | None = None,
    drop_db: float = 3.0,
    r: Coefficients | None = None,
    temperature: ArrayLike | None = None,
    like: Ready | None = None,
) -> Figures:
    """V_pi L, line, electro-optic response and bandwidth of one uniform electrode.

    Args:
        spec: cross-section, with T's or without.
        frequency: the band [Hz], (F,), rising; S21 is followed between its points too.
        length: of the electrode [µm].
        wavelength: [µm].
        source: `Load`, `Driver` or complex [Ω].
        termination: `Load`, `OPEN` or complex [Ω].
        reference: frequency of 0 dB [Hz]; None: slow signals on conductors without resistance.
        drop_db: that makes the bandwidth.
        r: Pockels coefficients, the same at each temperature; None: clamped ones.
        temperature: of guide and metal [K]: indices, and conductivities whose slope is known, follow it, and nothing of
            `Figures.unchanged`; None: each material's own.
        like: what `ready` gives, where numbers are traced or many designs of a kind follow each other.

    Returns:
        differentiable once by every number of `spec`, by length, wavelength, r, temperature and both ends. A bandwidth
        beyond the band is not an error here: see `crossing.found`.

    Raises:
        ValueError: what `phase_shift`, `rlgc`, `loaded_line` and `response` refuse.
    """
    check_frequencies("figures", frequency)
    length = jnp.asarray(length) * within(
        "figures", "length", length, 0.0, np.inf, "µm", "Give the length of the electrode."
    )
    fine = within("figures", "drop_db", drop_db, 0.0, np.inf, "dB", "Give how far S21 falls, 3.0 or 6.0.")
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    rails = spec.rails if isinstance(spec, TRail) else spec
    mode = optical.guided(rails, wavelength, like=like.mode if like else None, temperature=temperature)
    known = like.electrodes if like else None
    if isinstance(spec, TRail):
        parts = spec.sections(known if isinstance(known, Parts) else None)
        shift, line = shift_of_bars(spec, parts, mode, r), loaded_line(spec, f, parts, temperature).line
    else:
        section = spec.section(known if isinstance(known, Section) else None)
        near = like.near if like else None
        electric = potentials(section, near.electric if near else None)
        shift = shift_of(spec, electric, mode, r)
        if near:
            line = rlgc_among(section.at(temperature), f, electric, near.magnetic)
        else:
            wire = spec.section(like.line) if like and like.line else section
            line = rlgc(wire.at(temperature), f)
    check_axis(rails, shift)
    modulator = Modulator((Stretch(line, length, 1.0),), shift.n_g, source, termination)
    if reference is not None:
        looked_at(modulator, reference)
        fine = whole(fine, fit(modulator, reference))
    found = crossing(modulator, f, drop_db, reference)
    answer = response(modulator, f)
    found = found._replace(
        frequency=whole(fine, jnp.where(jnp.isnan(answer.frequency), jnp.nan, 1.0)) * found.frequency
    )
    return Figures(shift, line, answer, jnp.asarray(length, float), rails.push_pull, drop_db, found)
