"""The modes of a cross-section, and what is computed from them."""

from dataclasses import dataclass, field
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.waveguides import fields
from lingnan.solvers.waveguides.fields import Fields, Points
from lingnan.solvers.waveguides.grid import Resolution


class Report(NamedTuple):
    """How a solve ended."""

    residual: Array  #: (modes,) of the eigenproblem, relative
    steps: Array  #: () times the factorised matrix was used
    wall: Array  #: (modes,) largest |E| on the walls of the window over the largest |E|


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Modes:
    """`n_eff` and more of the modes found, sorted by falling n_eff; each array begins with the modes.

    Time convention exp(i β z - i ω t): a lossy mode has Im(n_eff) > 0. Fields are scaled to 1 W along z.
    """

    n_eff: Array  #: (modes,) complex
    n_g: Array  #: (modes,) group index at fixed geometry, dispersion of the media included
    te_fraction: Array  #: (modes,) ∫|E_x|² / ∫(|E_x|² + |E_y|²)
    vectors: Array  #: (modes, N) unknowns of the elements
    left: Array  #: (modes, N) left eigenvectors
    values: Array  #: (modes,) eigenvalues of the pencil
    wavelength: Array  #: () [µm]
    mesh: Mesh
    epsilon: Array  #: (nx, ny, 3) or (nx, ny, 3, 3) of each element
    curvature: Array
    report: Report
    resolution: Resolution = field(metadata={"static": True})
    regions: tuple[tuple[int, ...], ...] = field(metadata={"static": True})  #: medium of each element
    names: tuple[str, ...] = field(metadata={"static": True})  #: of the media
    error: Array | None = None  #: (modes,) estimate of the error of n_eff, when a tolerance was asked for

    @property
    def order(self) -> int:
        """Order of the elements."""
        return self.resolution.order

    @property
    def beta(self) -> Array:
        """Propagation constants [rad/µm]."""
        return 2 * jnp.pi / self.wavelength * self.n_eff

    @property
    def loss_dB_cm(self) -> Array:
        """Propagation loss [dB/cm]."""
        return 20 / np.log(10) * 1e4 * self.beta.imag

    @property
    def grid(self) -> Points:
        """The points where `E` and `H` are given, and the area that each stands for."""
        return fields.points(self.mesh, self.order)

    @property
    def fields(self) -> Fields:
        """E and H on `grid`."""
        return fields.evaluate(self.mesh, self.order, self.vectors, self.beta, self.wavelength, self.curvature)

    @property
    def E(self) -> Array:
        """Electric field (modes, 3, X, Y) on `grid` [V/µm]."""
        return self.fields.E

    @property
    def H(self) -> Array:
        """Magnetic field (modes, 3, X, Y) on `grid` [A/µm]."""
        return self.fields.H
