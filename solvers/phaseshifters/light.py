"""Light in a cross-section: how much each place of it counts for the mode.

By first-order perturbation a small change δε of the permittivity moves the mode of 1 W by

    δn_eff = 1/(4 Z0) ∫ e*·δε e dA        (as in `modulators.pockels`),   δε = 2 n δn

with a complex δn of free carriers: its imaginary part is absorption. The integral is taken over cells of the carriers'
mesh, of which each corner gets its share, so what carriers do is a sum of weights times δn at corners.
"""

from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers import materials
from lingnan.solvers.materials.carriers import carrier_shift
from lingnan.solvers.phaseshifters.plan import Fineness, Plan, plan_of
from lingnan.solvers.phaseshifters.section import Section
from lingnan.solvers.semiconductors import Device, State
from lingnan.solvers.waveguides import Modes, Resolution, Trapezoid, cross_section, solve
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.measures import field_or_zero
from lingnan.solvers.waveguides.topology import Topology

#: of the optical mesh: n_eff to 1e-5
FINE = Resolution(4, 3, 3, 3.0, 3.0)
_OPEN = (-1e3, 1e3, -1e3, 1e3)  # walls before `solve` chooses them
#: Gauss points of a cell, each way: fields of a mode are smooth over cells of some nm
POINTS, SHARES = (np.array([0.5 - np.sqrt(1 / 12), 0.5 + np.sqrt(1 / 12)]), np.array([0.5, 0.5]))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Light:
    """A mode over the carriers' mesh."""

    n_eff: Array
    n_g: Array
    wavelength: Array  #: [µm]
    weights: Array  #: (nx, ny, 4) of the corners of cells: dn_eff/dn

    def shift(self, device: Device, state: State) -> Array:
        """Complex Δn_eff by all carriers, against silicon without any."""
        return self.of(device.to_cells(state.electrons), device.to_cells(state.holes))

    def of(self, electrons: Array, holes: Array) -> Array:
        """The same from densities at the corners of cells, (nx, ny, 4) [cm^-3]."""
        return jnp.sum(self.weights * carrier_shift(electrons, holes, self.wavelength))

    def loss_dB_cm(self, shift: Array) -> Array:
        """[dB/cm] of a complex change of n_eff."""
        return decibels(shift, self.wavelength)

    @property
    def confinement(self) -> Array:
        """dn_eff/dn of all silicon."""
        return jnp.sum(self.weights)


def decibels(shift: Array, wavelength: Array) -> Array:
    """[dB/cm] of a complex change of n_eff at a wavelength [µm]."""
    return 20 / np.log(10) * 2 * jnp.pi / (1e-4 * wavelength) * jnp.imag(shift)


def waveguide(section: Section, topology: Topology | None = None) -> Geometry:
    """The cross-section as light sees it: without implants, and silicon goes on beyond the outermost contacts."""
    shapes = [
        Trapezoid(
            section.core,
            body.bottom,
            body.top,
            None if body.goes_on[0] else body.left,
            None if body.goes_on[1] else body.right,
            name=body.name,
        )
        for body in section.bodies
    ]
    made = cross_section(shapes, background=section.cladding, window=_OPEN, topology=topology)
    return replace(made, open=True)


def planned(section: Section, fineness: Fineness | None = None) -> Plan:
    """The mesh of a section of plain numbers, for sections of its kind."""
    topology = waveguide(section).topology
    if topology is None:
        raise ValueError("planned: the waveguide has no topology.")
    return plan_of(section, topology, fineness)


def light(
    section: Section,
    plan: Plan,
    wavelength: ArrayLike = 1.55,
    *,
    resolution: Resolution = FINE,
    temperature: ArrayLike | None = None,
) -> Light:
    """The fundamental TE mode of a section.

    Args:
        section: its numbers may be traced.
        plan: of `planned`, made from plain numbers of the same kind.
        wavelength: [µm], 1.31 to 1.55.
        resolution: of the optical mesh.
        temperature: [K]; None: the material's own.

    Raises:
        MaterialRangeError: the wavelength lies outside the data of free carriers.
    """
    carrier_shift(0.0, 0.0, wavelength)  # refuses what it has no data for, before a mode is solved for nothing
    modes = solve(waveguide(section, plan.topology), wavelength, 1, resolution=resolution, temperature=temperature)
    return laid(modes, section, plan, temperature)


def laid(modes: Modes, section: Section, plan: Plan, temperature: ArrayLike | None = None) -> Light:
    """The first of some modes over the carriers' mesh."""
    x, y = plan.lines(section), plan.levels(section)
    index = jnp.sqrt(materials.get(section.core).permittivity(modes.wavelength, temperature).real)
    weights = _weights(modes, x, y, jnp.asarray(plan.inside, float)) * index
    return Light(modes.n_eff[0].real, modes.n_g[0], modes.wavelength, weights)


def _weights(modes: Modes, x: Array, y: Array, inside: Array) -> Array:
    """1/(2 Z0) ∫ |e|² over each cell, shared among its corners: (nx, ny, 4)."""
    dx, dy = jnp.diff(x), jnp.diff(y)
    px, py = x[:-1, None] + POINTS * dx[:, None], y[:-1, None] + POINTS * dy[:, None]
    at_x, at_y = jnp.broadcast_arrays(px[:, None, :, None], py[None, :, None, :])
    e = field_or_zero(modes, at_x, at_y).E[0]
    strength = jnp.sum(jnp.abs(e) ** 2, axis=0)  # (nx, ny, 2, 2)
    near = np.stack([1 - POINTS, POINTS])  # (end, point): linear between the ends of a cell
    split = jnp.einsum("xyqr,aq,br,q,r->xyab", strength, near, near, SHARES, SHARES)
    area = (dx[:, None] * dy) * inside / (2 * Z0)
    return (split * area[..., None, None]).reshape(*area.shape, 4)
