"""A strip in a window that may leave some oxide: what light sees of the gas there and what it loses, TE or TM.

`oxide` is what an etch leaves, measured from the top of the buried oxide [µm]: at 0 the guide stands free, as in the
window of `soi220`; at the film's thickness its top alone is open; beyond, the rest covers it. One mode solve has all of
it, and every number differentiates by width and oxide through the solver, to one side at 0.

    light = openings.Opened(1.651, "tm").light(0.6, 0.4)
    light.share, light.loss_db_cm

Walls scatter as in `wetloss`, each part of them by the step of permittivity there: of n dn_eff/dw the parts beside gas
and beside oxide come from the field on the wall, inside the core. The film's top counts as smooth. Light leaks into the
substrate by its tail in the buried oxide (`compact.wetleaks`). Left out: bends, for which see `bend`.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from lingnan.components.compact import wetleaks
from lingnan.components.soi import wetloss
from lingnan.pdk import active_process, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.checks import check_between
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.waveguides import Geometry, Modes, Trapezoid
from lingnan.solvers.waveguides.measures import field_or_zero

_SLIVER = 1e-5  #: µm that a layer has at least, so that one mesh serves all heights: 1e-4 of the share
_INSIDE = 1e-7  #: µm from the wall, where the field in the core is taken
_POINTS = 12  #: of the integrals along the walls
MOST = 1.2  #: µm of oxide that the window has room for
_MODES = 3  #: of which one is the fundamental TE, another the fundamental TM mode


class Light(NamedTuple):
    """One mode of a strip in a window."""

    n_eff: Any
    share: Any  #: of the gas's absorption that it sees, dn_eff/dn
    walls_db_cm: Any  #: by rough side walls
    leak_db_cm: Any  #: into the substrate
    te: Any  #: share of its field that is TE: near ½ it is neither, and bends turn one into the other

    @property
    def loss_db_cm(self) -> Any:
        """By walls and by the substrate."""
        return self.walls_db_cm + self.leak_db_cm


@dataclass(frozen=True)
class Opened:
    """Strips of the active process in a window full of a medium, at one wavelength and in one polarisation."""

    wavelength: float  #: [µm]
    polarization: str = "te"
    corner: str = "nominal"
    medium: str = "air"

    def __post_init__(self) -> None:
        if self.polarization not in ("te", "tm"):
            raise LingnanError(f"Opened: polarization = {self.polarization!r} is neither te nor tm. Give one of both.")

    def light(self, width: Any, oxide: Any = 0.0) -> Light:
        """Of a strip; both sizes may be traced.

        Args:
            width: of the drawn core [µm].
            oxide: left of the cladding, from the top of the buried oxide, less than `MOST` [µm].
        """
        return self.of(width, oxide, self.polarization == "te")

    def of(self, width: Any, oxide: Any, te: Any) -> Light:
        """As `light`, in the polarisation that is told, which may be traced: one compilation for both."""
        process, line = active_process(), optics.at_corner(active_process(), self.corner)
        core, left = (wetloss.index(line.levels[name].material, self.wavelength) for name in ("core", "cladding"))
        gas = wetloss.index(self.medium, self.wavelength)

        def solved(width: Any) -> tuple[Array, Any]:
            shape = self.shape(width, oxide)
            modes = waveguides.solve(shape, self.wavelength, _MODES, temperature=line.corners[self.corner].temperature)
            # of modes that are not guided nothing is finite, nor is its derivative
            one = modes.taken(jnp.argmax((modes.te_fraction > 0.5) == te)[None])
            dry = _dry(one, shape, (core**2, left**2, gas**2))
            share = waveguides.confinement(one, "background", "sensing")[0]
            return one.n_eff[0].real, (share, wetleaks.lost(line, one)[0], one.te_fraction[0], dry)

        wide = jnp.asarray(width, float)
        n_eff, slope, (share, leak, fraction, dry) = jax.jvp(solved, (wide,), (jnp.ones_like(wide),), has_aux=True)
        beside = jnp.sqrt(dry * gas**2 + (1 - dry) * left**2)
        rough = wetloss.walls(process, self.corner, self.wavelength, beside, n_eff, slope)
        return Light(n_eff, share, rough, leak, fraction)

    def bend(self, width: float, oxide: float, radius: float, near: float) -> float:
        """What a bend of a radius [µm] radiates [dB/cm], to some `wetloss.FLOOR`, of the mode near an n_eff."""
        return wetloss.radiated(self.shape(width, oxide), self.wavelength, near, radius)

    def shape(self, width: Any, oxide: Any) -> Geometry:
        """The cross-section of a width [µm] with some oxide left [µm], without the substrate."""
        check_between("Opened", "oxide", oxide, -1e-9, MOST, "µm", "It is what is left above the buried oxide.")
        line = optics.at_corner(active_process(), self.corner)
        given: dict[str, Any] = {"background": wetloss.index(self.medium, self.wavelength), "window": wetleaks.WINDOW}
        with jax.ensure_compile_time_eval():  # which line is whose is read from numbers
            own = self._shapes(line, line.cross_sections["strip"].width.value, 0.1)
            order = waveguides.cross_section(own, **given, overlap="later").topology
        return waveguides.cross_section(self._shapes(line, width, oxide), **given, topology=order)

    def _shapes(self, line: Process, width: Any, oxide: Any) -> list[Trapezoid]:
        """Buried oxide, what is left beside the core and over it, and the core that stands in it."""
        made = optics.geometry(line, "strip", width=width, cladding=wetloss.index(self.medium, self.wavelength))
        (left, left_top), (right, right_top) = made.lines[1, 1:3], made.lines[2, 1:3]
        top, cladding = made.levels[2], line.levels["cladding"].material
        beside = _SLIVER + jnp.minimum(oxide, top) * (1 - 2 * _SLIVER / top)
        over = top + _SLIVER + jnp.maximum(oxide - top, 0.0)
        core = made.media[made.names.index("core")]
        return [
            Trapezoid(line.levels["box"].material, top=0.0, name="box"),
            Trapezoid(cladding, 0.0, beside, name="beside"),
            Trapezoid(cladding, top, over, name="over"),
            Trapezoid(core, 0.0, top, left, right, left_top, right_top, name="core"),
        ]


def _dry(modes: Modes, shape: Geometry, epsilon: tuple[float, float, float]) -> Array:
    """Of what both side walls move n_eff by, the share of their parts beside gas; of core, oxide and gas.

    A wall that is shifted moves n_eff by its step of permittivity times |E|² along it and |D|² across it, over both
    permittivities (S. G. Johnson et al., Phys. Rev. E 65, 066611 (2002), doi:10.1103/PhysRevE.65.066611).
    """
    points, weights = gauss(_POINTS)
    up, core, parts = (points + 1) / 2, epsilon[0], []
    for row, beside in enumerate(epsilon[1:], 1):
        low, high = shape.levels[row], shape.levels[row + 1]
        y, total = low + (high - low) * up, 0.0
        for side, inward in ((1, _INSIDE), (2, -_INSIDE)):
            x = shape.lines[side, row] * (1 - up) + shape.lines[side, row + 1] * up + inward
            square = jnp.abs(field_or_zero(modes, x, y).E[0]) ** 2
            total += jnp.sum(weights * (square[1] + square[2] + core / beside * square[0]))
        parts.append((core - beside) * total * (high - low))
    return parts[1] / (parts[0] + parts[1])
