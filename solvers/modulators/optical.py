"""The guided mode between the electrodes, in the form in which a field that fills the gap is laid over it."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.elements.problem import EdgePencil
from lingnan.solvers.waveguides import Modes, Resolution, host, solve
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.host import Options, Task

Polarisation = Literal["te", "tm"]
#: of the optical mesh: n_eff to 1e-5, V_pi L to 1e-3. Four elements across the rib, for the middle of three is a line
#: of the electric field's mesh, where slopes are worst: V_pi L was up to 0.8 % off
FINE = Resolution(4, 4, 3, 3.0, 3.0)
#: with elements of nearly one size, for what is averaged over each
EVEN = Resolution(4, 6, 3, 1.3, 3.0)
#: shapes of the crystal in `Coplanar.waveguide`
CRYSTAL = ("slab", "core")


class Drawn(Protocol):
    """Numbers that draw a waveguide: electrodes or heaters about one."""

    def waveguide(self, like: Geometry | None = None) -> Geometry:
        """The cross-section, with the topology of another one where its own numbers are traced."""
        ...


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Guided:
    """One mode, scaled to 1 W; arrays (X, Y) at the points of its mesh, x counted from the middle of the rib."""

    modes: Modes
    chosen: Array  #: () which of the modes it is
    x: Array  #: [µm]
    y: Array  #: [µm]
    area: Array  #: that each point stands for [µm²]
    strength: Array  #: its electric field, (3, X, Y) [V/µm]
    n_eff: Array
    n_g: Array
    wavelength: Array  #: [µm]
    order: int = field(metadata={"static": True})

    @property
    def geometry(self) -> Geometry:
        """The waveguide."""
        return self.modes.problem.geometry

    @property
    def temperature(self) -> Array | None:
        """At which the mode was solved [K]; None: each material's own."""
        return self.modes.problem.temperature

    @property
    def inside(self) -> np.ndarray:
        """(X, Y) 1 inside of the crystal."""
        q = self.order + 1
        crystal = np.isin(np.asarray(self.modes.names), CRYSTAL)[self.modes.regions]
        return np.repeat(np.repeat(crystal, q, axis=0), q, axis=1).astype(float)

    def element_means(self, values: Array) -> Array:
        """Means over the elements, (nx, ny, ...), of values (X, Y, ...) at the points."""
        q = self.order + 1
        nx, ny = (n // q for n in values.shape[:2])

        def summed(a: Array) -> Array:
            return jnp.sum(a.reshape(nx, q, ny, q, *a.shape[2:]), axis=(1, 3))

        weight = self.area.reshape(*self.area.shape, *[1] * (values.ndim - 2))
        return summed(values * weight) / summed(weight)


def guided(
    spec: Drawn,
    wavelength: ArrayLike = 1.55,
    polarisation: Polarisation = "te",
    like: Guided | None = None,
    resolution: Resolution | None = None,
    temperature: ArrayLike | None = None,
) -> Guided:
    """The fundamental mode of the rib of `spec`: the first that is more than half of the polarisation, of two.

    Arguments are those of `pockels.phase_shift`. Of two modes of one polarisation the second may be the purer: in a rib
    that is wide, or on a film that is not etched.
    """
    if polarisation not in ("te", "tm"):
        raise ValueError(f"guided: polarisation = {polarisation!r}: it is 'te' or 'tm'.")
    geometry = spec.waveguide(like.geometry if like else None)
    fine = resolution or (like.modes.resolution if like else FINE)
    modes = solve(geometry, wavelength, 2, resolution=fine, temperature=temperature)
    return _guided(modes, polarisation == "te")


def _guided(modes: Modes, te: bool) -> Guided:
    share = modes.te_fraction if te else 1 - modes.te_fraction
    k = jnp.where(jnp.any(share > 0.5), jnp.argmax(share > 0.5), jnp.argmax(share))
    grid = modes.grid
    return Guided(
        modes,
        k,
        grid.x,
        grid.y,
        grid.area,
        modes.E[k],
        modes.n_eff[k].real,
        modes.n_g[k],
        modes.wavelength,
        modes.order,
    )


def with_change(mode: Guided, change: np.ndarray) -> float:
    """n_eff of the mode where δε (nx, ny, 3, 3) is added to the permittivity of the elements; from plain numbers."""
    modes = mode.modes
    eps = np.asarray(modes.epsilon)
    if eps.ndim == 3:
        eps = eps[..., None] * np.eye(3)
    mesh = modes.mesh
    wave = np.asarray(mode.wavelength, float)
    task = Task(*(np.asarray(a)[None] for a in (mesh.x, mesh.y, eps + change, 0.0, wave, mode.n_eff)))
    pencil = EdgePencil(mode.order, mesh.nx, mesh.ny, quadratic=True)
    answer: Any = host.search(Options(pencil, 2, 1e-11, ()), task)
    found = np.real(answer.eigenvalues[0]) * wave / (2 * np.pi)
    return float(found[np.argmin(np.abs(found - float(mode.n_eff)))])
