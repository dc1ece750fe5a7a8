"""Compact model of the ring on a membrane, and the membrane as `solvers.mechanics` takes it.

    made = membranelight.membrane(radius=60.0)                 # of the active process
    made.pm_per_pascal(1000.0), plates.resonances(made.plate)

A pressure from above bends the membrane down; the ring stands on its upper face and is strained as the face is, along
it and across it (`compact.strains`). All lines of the ring move by one share. Beyond linear theory, and where the
oxide's own stress buckles the membrane, the plates refuse; inside `jit` that is NaN and a warning. Left out: what holes
and the ring itself do to the stiffness (`cut_share` of the cell's info is how much of the outermost circle is holes),
the rim's scallops, and air that comes behind the membrane through open holes: they count as closed.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact import strains
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import settled
from lingnan.components.compact.ways import plain, ring_on_one_bus
from lingnan.components.compact.wetlines import WetLine
from lingnan.components.soi import membranes
from lingnan.components.soi.wetlight import WetLoop
from lingnan.pdk import active_process
from lingnan.solvers.mechanics import plates
from lingnan.solvers.tracing import is_traced

if TYPE_CHECKING:
    import sax


@dataclass(frozen=True)
class Membrane:
    """A drawn membrane with its ring."""

    plate: plates.Circle
    ring_radius: Any  #: [µm]
    along: Any  #: dλ/λ by strain along the ring
    across: Any  #: by strain across it

    def share(self, pressure: ArrayLike) -> Array:
        """dλ/λ by a pressure from above [Pa].

        Raises:
            ValueError: the membrane buckles, or stretches so much that linear theory does not hold; inside `jit` that
                is NaN with a warning, or `solvers.tracing.CheckError` by `checked`.
        """
        radial, _, _, tangential = jnp.ravel(
            plates.strain(self.plate, -jnp.asarray(pressure, float), self.ring_radius, 0.0, self.plate.thickness / 2)
        )
        return self.along * tangential + self.across * radial

    def pm_per_pascal(self, pressure: ArrayLike = 1.0) -> Array:
        """Shift of a line at 1.55 µm over the pressure."""
        return 1e6 * strains.WAVELENGTH * self.share(pressure) / jnp.asarray(pressure)


def membrane(
    radius: float = 30.0,
    *,
    stress: ArrayLike = 0.0,
    reach: ArrayLike | None = None,
    thickness: ArrayLike | None = None,
    film: plates.Film = plates.FUSED_SILICA,
    cross_section: str = "strip",
    corner: str = "nominal",
) -> Membrane:
    """As `ring_membrane` draws it on the active process.

    Args:
        radius: of the ring [µm].
        stress: left in the buried oxide, tension positive [Pa].
        reach: of the release etch [µm]; None: the process's own.
        thickness: of the membrane [µm]; None: that of the buried oxide.
        film: what the membrane is of, but for its stress.
        cross_section: of the ring.
        corner: of the process.
    """
    process = active_process()
    drawn = membranes.ring_membrane(radius=radius, cross_section=cross_section).info
    more = 0.0 if reach is None else jnp.asarray(reach) - process.number("cells.undercut_reach")
    size = drawn["membrane_radius_um"] + more
    thick = process.levels["box"].thickness if thickness is None else thickness
    line = strains.gauge(process, cross_section, corner, "air").line(film.poisson)
    plate = plates.Circle(replace(film, stress=stress), thick, size)
    return Membrane(plate, radius, line.along, line.across)


@model_of(membranes.ring_membrane, pressure=0.0, stress=0.0)
def ring_membrane(asked: Asked) -> "sax.SDict":
    """Model of `ring_membrane`: the ring in air, its lines moved by a `pressure` [Pa] from above.

    A strained ring at a wavelength is the ring at rest at another one, farther by the share of the shift.
    """
    radius = plain(asked.name, "radius", asked.given["radius"])
    gap, drawn = settled(asked.name, "gap", asked.given["gap"], "sensor_gap"), asked.plain()
    pressure, stress = asked.driven["pressure"], asked.driven["stress"]
    wl: Any = asked.wl
    if is_traced(pressure) or np.any(np.asarray(pressure)):
        made = membrane(radius, stress=stress, cross_section=asked.cross_section, corner=asked.corner)
        wl = jnp.asarray(wl) / (1 + made.share(pressure))
    line = WetLine(asked.cross_section, asked.corner, medium="air")
    bus = float(membranes.ring_membrane(**drawn).info["bus_length_um"])
    return ring_on_one_bus(WetLoop(radius, 0.0, 0.0, line, bus_um=bus), wl, gap, asked.temperature)


models = {"ring_membrane": ring_membrane}
