"""Strain-optic effect: what strain does to a permittivity, and through the mode to n_eff, a grating and a ring.

Δ(1/ε)_ij = p_ijkl S_kl, so δε = -ε (p S) ε to first order (J. F. Nye, Physical Properties of Crystals (1957),
chapter 13). A mode sees ∫E*·δε·E/(4 Z0) at 1 W; drawn widths and heights stretch by S_xx and S_yy; and a path
stretches by S_zz. A line stays where the phase of its path does: dλ/λ = (dn_eff + n_eff S_zz)/n_g, as
W. J. Westerveld et al., Opt. Lett. 37, 479 (2012) have it for rings of silicon.

Layout axes x, y, z: across, up, along. Coefficients come from `data/photoelastic.toml`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import resources
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.mechanics.strain import Line
from lingnan.solvers.waveguides import Modes
from lingnan.solvers.waveguides.engine import Found, Problem, value
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.media import permittivity

#: rows of a six-vector in a (3, 3) tensor
VOIGT = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
#: <110> of a silicon wafer along the guide, as usual, and <001> up
ALONG_110 = np.array([[1, -1, 0], [0, 0, np.sqrt(2)], [-1, -1, 0]]) / np.sqrt(2)
#: crystal axes along the layout's
ALIGNED = np.eye(3)


@dataclass(frozen=True)
class Photoelastic:
    """Coefficients of one material."""

    name: str
    six: np.ndarray = field(repr=False)  #: (6, 6) in crystal axes, rows and columns XX YY ZZ YZ XZ XY
    wavelength: float  #: at which they were measured [µm]
    source: str

    def tensor(self, rotation: ArrayLike = ALIGNED) -> Array:
        """p_ijkl in layout axes (3, 3, 3, 3); columns of `rotation` are crystal X, Y, Z in layout axes."""
        r = jnp.asarray(rotation)
        return jnp.einsum("ia,jb,kc,ld,abcd->ijkl", r, r, r, r, jnp.asarray(self.six[VOIGT][:, :, VOIGT]))


def photoelastic(name: str) -> Photoelastic:
    """Of a material with coefficients here.

    Raises:
        ValueError: there are none.
    """
    table = _table()
    if name not in table:
        raise ValueError(f"photoelastic: no coefficients of {name!r}. {did_you_mean(name, sorted(table))}")
    return table[name]


def permittivity_change(p: ArrayLike, epsilon: ArrayLike, strain: ArrayLike) -> Array:
    """δε (3, 3) in layout axes.

    Args:
        p: (3, 3, 3, 3), as of `Photoelastic.tensor`.
        epsilon: relative permittivity, a number, three principal ones, or (3, 3).
        strain: (3, 3), symmetric.
    """
    given = jnp.asarray(epsilon)
    full = given if given.ndim == 2 else given * jnp.eye(3)
    return -full @ jnp.einsum("ijkl,kl->ij", jnp.asarray(p), jnp.asarray(strain)) @ full


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Gauge:
    """How a mode answers to strain."""

    wavelength: Any  #: [µm]
    n_eff: Any
    n_g: Any
    by_material: Any  #: dn_eff by each strain of the media (3, 3), shear halves each
    by_shape: Any  #: dn_eff by S_xx and S_yy of what is drawn (2,)

    @property
    def by_strain(self) -> Array:
        """dλ/λ by each tensor strain (3, 3), all media strained alike."""
        shape = jnp.zeros((3, 3)).at[0, 0].set(self.by_shape[0]).at[1, 1].set(self.by_shape[1])
        longer = jnp.zeros((3, 3)).at[2, 2].set(self.n_eff)
        return (self.by_material + shape + longer) / self.n_g

    def shift(self, strain: ArrayLike) -> Array:
        """Of a ring's or a grating's line [pm], by a strain (3, 3) in layout axes."""
        return 1e6 * self.wavelength * jnp.sum(self.by_strain * jnp.asarray(strain))

    def line(self, poisson: ArrayLike, drift: ArrayLike = 0.0, expansion: ArrayLike = 0.0) -> Line:
        """As a strain gauge in a film that is free upwards, so that ε_yy = -ν/(1-ν) (ε_xx + ε_zz).

        Args:
            poisson: of what the mode is in; one for all of it.
            drift: dn_eff by temperature without strain, as `sensors.response` has it [1/K].
            expansion: of the chip when it is not bonded to anything [1/K]; what it does to n_eff by strain is left out.
        """
        check_between("Gauge.line", "poisson", poisson, -1.0, 0.5, "", "Solids that are alike in all directions.")
        upright = self.by_strain[1, 1] * jnp.asarray(poisson) / (1 - jnp.asarray(poisson))
        thermal = (jnp.asarray(drift) + self.n_eff * jnp.asarray(expansion)) / self.n_g
        return Line(self.wavelength, self.by_strain[2, 2] - upright, self.by_strain[0, 0] - upright, thermal)


def gauge(modes: Modes, mode: int = 0, coefficients: Mapping[str, Any] | None = None) -> Gauge:
    """From one solve: derivatives of n_eff by each strain of media and drawn shape.

    Args:
        modes: as `waveguides.solve` gives them.
        mode: which.
        coefficients: p (3, 3, 3, 3) in layout axes of a region by its name, where they are not known here or the
            crystal does not lie as `ALONG_110` (silicon) or as the medium's own rotation has it (LiNbO3).

    Raises:
        ValueError: of a region with a material nothing is known and nothing given. Air and liquids: give zeros.
    """
    given = dict(coefficients or {})
    geometry = modes.problem.geometry
    names = geometry.names
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(f"gauge: no region {unknown[0]!r} in this cross-section. {did_you_mean(unknown[0], names)}")
    tensors = [given.get(name) for name in names]
    tensors = [_known(m, name) if p is None else p for p, m, name in zip(tensors, geometry.media, names, strict=True)]
    field_, grid = modes.E[mode], modes.grid
    points = modes.order + 1
    regions = np.repeat(np.repeat(modes.regions, points, axis=0), points, axis=1)
    total = jnp.zeros((3, 3))
    for k, (p, medium) in enumerate(zip(tensors, geometry.media, strict=True)):
        inside = jnp.asarray(regions == k) * grid.area
        overlap = jnp.einsum("ixy,jxy,xy->ij", field_.conj(), field_, inside).real / (4 * Z0)
        eps = jnp.asarray(permittivity(medium, modes.wavelength, modes.problem.temperature)).real
        full = eps if eps.ndim == 2 else eps * jnp.eye(3)
        total = total - jnp.einsum("ij,ia,jb,abkl->kl", overlap, full, full, jnp.asarray(p))
    n, shape = _shape(jnp.zeros(2), modes.problem, modes.found, mode)
    return Gauge(jnp.asarray(modes.wavelength), n, modes.n_g[mode], total, shape)


@partial(jax.jit, static_argnums=3)
def _shape(at: Array, problem: Problem, found: Found, mode: int) -> tuple[Array, Array]:
    """n_eff and its derivatives by the stretch of all lines and levels, (2,)."""

    def index(stretch: Array) -> Array:
        drawn = problem.geometry
        wider = replace(drawn, lines=drawn.lines * (1 + stretch[0]), levels=drawn.levels * (1 + stretch[1]))
        return value(replace(problem, geometry=wider), found)[mode].real

    return jax.value_and_grad(index)(at)


def _known(medium: Any, name: str) -> Array:
    material = getattr(medium, "material", None)
    table = _table()
    if material is None or material.name not in table:
        raise ValueError(
            f"gauge: nothing is known of how strain changes {name!r}. Give coefficients={{{name!r}: p}}, (3, 3, 3, 3); "
            f"zeros for a gas. Known: {', '.join(sorted(table))}."
        )
    found = table[material.name]
    if isinstance(medium, Oriented):
        return found.tensor(medium.rotation)
    return found.tensor(ALONG_110)  # what is isotropic does not mind


@cache
def _table() -> dict[str, Photoelastic]:
    text = resources.files("lingnan.solvers.mechanics").joinpath("data/photoelastic.toml").read_text(encoding="utf-8")
    return {name: _read(name, entry) for name, entry in tomllib.loads(text).items()}


def _read(name: str, entry: dict[str, Any]) -> Photoelastic:
    p = {key: float(number) for key, number in entry.items() if key[0] == "p"}
    six = np.zeros((6, 6))
    kind = entry["class"]
    if kind == "3m":  # Nye, appendix E: six² = 6 x 6 with eight of its own
        for i, j, key, sign in (
            (0, 0, "p11", 1), (1, 1, "p11", 1), (0, 1, "p12", 1), (1, 0, "p12", 1), (0, 2, "p13", 1), (1, 2, "p13", 1),
            (0, 3, "p14", 1), (1, 3, "p14", -1), (2, 0, "p31", 1), (2, 1, "p31", 1), (2, 2, "p33", 1),
            (3, 0, "p41", 1), (3, 1, "p41", -1), (3, 3, "p44", 1), (4, 4, "p44", 1), (4, 5, "p41", 1), (5, 4, "p14", 1),
        ):  # fmt: skip
            six[i, j] = sign * p[key]
        six[5, 5] = (p["p11"] - p["p12"]) / 2
    else:
        six[:3, :3] = p["p12"] + (p["p11"] - p["p12"]) * np.eye(3)
        shear = p["p44"] if kind == "cubic" else (p["p11"] - p["p12"]) / 2
        six[3:, 3:] = shear * np.eye(3)
    return Photoelastic(name, six, float(entry["wavelength"]), str(entry["source"]))
