"""What a mode is called, and which one it was a step ago."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.given import check_made
from lingnan.solvers.waveguides.judging import judge
from lingnan.solvers.waveguides.measures import field_or_zero
from lingnan.solvers.waveguides.modes import Modes
from lingnan.solvers.waveguides.solve import solve


@dataclass(frozen=True)
class Label:
    """What kind of mode it is."""

    polarization: Literal["TE", "TM"]  #: by the larger of ∫|E_x|² and ∫|E_y|²
    order: int  #: among the modes of its polarization, from 0
    parity: Literal["even", "odd", "none"]  #: of its main component under x -> -x
    te_fraction: float

    @property
    def hybrid(self) -> bool:
        """Is neither component more than nine tenths?"""
        return 0.1 < self.te_fraction < 0.9

    def __str__(self) -> str:
        return f"{self.polarization}{self.order}"


def named(modes: Modes) -> tuple[tuple[Literal["TE", "TM"], int], ...]:
    """Polarization and order of each mode, in their order."""
    count = {"TE": 0, "TM": 0}
    found: list[tuple[Literal["TE", "TM"], int]] = []
    for share in np.asarray(modes.te_fraction):
        name: Literal["TE", "TM"] = "TE" if share > 0.5 else "TM"
        found.append((name, count[name]))
        count[name] += 1
    return tuple(found)


def _check_one(where: str, name: str, modes: Modes) -> None:
    check_made(where, name, modes, Modes, "Give what `solve` returns.")
    if modes.n_eff.ndim > 1:
        raise ValueError(
            f"{where}: {name} is a batch of {len(modes.n_eff)}. Give one: jax.tree.map(lambda a: a[0], modes)."
        )
    if not np.all(np.isfinite(np.asarray(modes.n_eff))):
        judge(modes, open_problem=True)


def classify(modes: Modes) -> tuple[Label, ...]:
    """Label of each mode, in their order."""
    _check_one("classify", "modes", modes)
    te = np.asarray(modes.te_fraction)
    grid = modes.grid
    here, there = modes.E, field_or_zero(modes, -grid.x, grid.y).E
    labels: list[Label] = []
    for k, (name, order) in enumerate(named(modes)):
        main = 0 if name == "TE" else 1
        a, b = np.asarray(here[k, main]), np.asarray(there[k, main])
        area = np.asarray(grid.area)
        likeness = float(np.real(np.sum(a.conj() * b * area)) / np.sum(np.abs(a) ** 2 * area))
        parity: Literal["even", "odd", "none"] = "even" if likeness > 0.9 else "odd" if likeness < -0.9 else "none"
        labels.append(Label(name, order, parity, float(te[k])))
    return tuple(labels)


def follow(before: Modes, after: Modes) -> np.ndarray:
    """Which mode of `after` each mode of `before` has become: the assignment of largest likeness of their fields.

    Likeness is |∫ E_i* · E_j|² over both norms. Modes that cross keep their fields and so their places; at an
    anti-crossing the fields themselves change over, and a step must be small against its width to follow that. The same
    from `after` to `before`: which way a sweep goes does not matter. Of modes of one n_eff any mixture is as good as
    another, and only what they have together is followed.

    Raises:
        ValueError: `after` has fewer modes than `before`, or a mode is not finite.
    """
    for name, modes in (("before", before), ("after", after)):
        _check_one("follow", name, modes)
    if len(before.n_eff) > len(after.n_eff):
        raise ValueError(
            f"follow: before has {len(before.n_eff)} modes and after {len(after.n_eff)}: some would end. Solve after "
            "with as many num_modes, or more."
        )
    return _assign(np.asarray(_likeness(before, after)))


@jax.jit
def _likeness(before: Modes, after: Modes) -> Array:
    grid = before.grid
    a, b = before.E, field_or_zero(after, grid.x, grid.y).E
    cross = jnp.abs(jnp.einsum("icxy,jcxy,xy->ij", a.conj(), b, grid.area)) ** 2
    one, two = (jnp.einsum("icxy,icxy,xy->i", f.conj(), f, grid.area).real for f in (a, b))
    return cross / one[:, None] / two


def _assign(likeness: np.ndarray) -> np.ndarray:
    from scipy.optimize import linear_sum_assignment  # a third of a second to import, which a solve does not need

    return np.asarray(linear_sum_assignment(-likeness)[1])


@dataclass(frozen=True)
class Sweep:
    """Modes along a sweep, each in its own column whatever it crosses."""

    values: Array  #: (steps,) or a pytree of such: what was swept
    modes: Modes  #: a batch, sorted by n_eff at each step
    place: np.ndarray  #: (steps, modes): where in `modes` the mode is that started in each place

    def of(self, quantity: Array) -> np.ndarray:
        """A quantity (steps, modes) of `modes`, such as n_eff, with each mode in its own column."""
        return np.take_along_axis(np.asarray(quantity), self.place, axis=1)

    @property
    def n_eff(self) -> np.ndarray:
        """(steps, modes), each mode in its own column."""
        return self.of(self.modes.n_eff)


def sweep(build: Callable[[Any], Geometry], values: ArrayLike, wavelength: ArrayLike = 1.55, **options: Any) -> Sweep:
    """Solve along a line of cross-sections with one compilation, and keep each mode's identity.

    Args:
        build: cross-section from one of the values, such as `lambda w: strip(width=w, …)`; it must keep its topology.
        values: (steps,) numbers, or a pytree of them.
        wavelength: in vacuum [µm], one for all or (steps,).
        options: of `solve`, but not `tolerance`.

    Raises:
        ValueError: a step that cannot be solved, by its number and what sets it apart.
    """
    if not callable(build):
        raise ValueError(f"sweep: build = {type(build).__name__} is no function. Give lambda w: strip(width=w, …).")
    if isinstance(values, (list, tuple)) and values and all(np.isscalar(value) for value in values):
        values = np.asarray(values)
    leaves = [np.shape(leaf) for leaf in jax.tree.leaves(values)]
    if not leaves or any(not shape or shape[0] != (leaves[0] or (0,))[0] or not shape[0] for shape in leaves):
        raise ValueError(
            f"sweep: values = {values!r}: give one array of numbers, or several of one length, with at least one step."
        )
    steps = leaves[0][0]
    if np.shape(wavelength) not in ((), (steps,)):
        raise ValueError(
            f"sweep: wavelength has shape {np.shape(wavelength)}: give one for all, or one for each of {steps} steps."
        )
    waves = jnp.broadcast_to(jnp.asarray(wavelength, float), (steps,))
    swept = jax.tree.map(lambda a: jnp.asarray(a, float), values)

    @jax.jit
    def run(swept: Any, waves: Array) -> Modes:
        return jax.vmap(lambda value, wave: solve(build(value), wave, **options))(swept, waves)

    modes = run(swept, waves)
    if not np.all(np.isfinite(np.asarray(modes.n_eff))):
        judge(modes, open_problem=True)
    likeness = lax.map(
        lambda pair: _likeness(*pair),
        (jax.tree.map(lambda a: a[:-1], modes), jax.tree.map(lambda a: a[1:], modes)),
    )
    place = [np.arange(modes.n_eff.shape[1])]
    for matrix in np.asarray(likeness):
        place.append(_assign(matrix)[place[-1]])
    return Sweep(swept, modes, np.stack(place))
