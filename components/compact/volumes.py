"""Smooth functions of three numbers: surfaces as Chebyshev coefficients over the third."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.chebyshev import Floats, Surface, nodes
from lingnan.solvers.tracing import namespace


@dataclass(frozen=True)
class Volume:
    """f(x, y, z): Chebyshev coefficients in z, each a surface over x and y."""

    z: tuple[float, float]
    terms: tuple[Surface, ...]

    @staticmethod
    def through(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], values: Floats) -> "Volume":
        """The polynomial through values at the products of `nodes`, (len x, len y, len z)."""
        t = nodes(-1.0, 1.0, values.shape[2])
        over_z = values @ np.linalg.inv(np.polynomial.chebyshev.chebvander(t, len(t) - 1)).T
        return Volume(z, tuple(Surface.through(x, y, over_z[..., k]) for k in range(len(t))))

    def __call__(self, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Array:
        """f at x, y and z, which are broadcast; ranges are the caller's to check."""
        xp = namespace(x, y, z)
        t = (2 * xp.asarray(z, float) - sum(self.z)) / (self.z[1] - self.z[0])
        last, value = t * 0 + 1, t
        total = self.terms[0](x, y) + self.terms[1](x, y) * t
        for term in self.terms[2:]:
            last, value = value, 2 * t * value - last
            total = total + term(x, y) * value
        return total

    def along_z(self) -> "Volume":
        """df/dz."""
        stacked = np.array([term.coefficients for term in self.terms])
        slope = np.polynomial.chebyshev.chebder(stacked, axis=0) * 2 / (self.z[1] - self.z[0])
        first = self.terms[0]
        return Volume(self.z, tuple(Surface(first.x, first.y, tuple(map(tuple, one.tolist()))) for one in slope))

    def along_y(self) -> "Volume":
        """df/dy."""
        return Volume(self.z, tuple(term.slope() for term in self.terms))

    def at(self, z: ArrayLike, wl: ArrayLike) -> "Cut":
        """The surface over x and y in a medium, for wavelengths that it is known at."""
        return Cut(self, z, wl)


@dataclass(frozen=True)
class Cut:
    """What `Pair` takes for its logarithm: a surface over wavelength and gap, in one medium."""

    volume: Volume
    z: Any
    wl: Any

    @property
    def x(self) -> tuple[float, float]:
        """Of wavelengths [µm]."""
        return self.volume.terms[0].x

    def __call__(self, wl: ArrayLike, y: ArrayLike) -> Array:
        xp = namespace(wl, y, self.z)
        extra = xp.ndim(wl) - xp.ndim(self.wl)  # `phase_along` has pieces along a last axis
        z = xp.asarray(self.z)
        return self.volume(wl, y, z.reshape(*z.shape, *(1,) * extra) if z.ndim else z)

    def slope(self) -> "Cut":
        """Over the gap."""
        return Cut(self.volume.along_y(), self.z, self.wl)
