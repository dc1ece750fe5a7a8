"""Ways from one kind of guide into another, such as a strip into a slot, by the full-vector modes of cross-sections.

Along a passage the cross-section changes slowly, so light stays in a few local modes and runs one way: between
neighbouring sections the modes are joined by the unitary matrix next to that of their overlaps (which differs from it
by the square of a slice), inside each of them they turn with their own index. Where a passage begins and ends abruptly
the overlap with the guide there counts, and what it misses is lost. Left out: radiation along the passage, reflection.
A mode's sign is free: at both ends it is the one that makes the integral of E_x positive, so that phases are smooth
over wavelength and corners.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.compact.chebyshev import Floats
from lingnan.pdk import optics
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.devices import overlap
from lingnan.solvers.waveguides import Geometry, Modes, Resolution

#: Drawn layers of a cross-section: lower and upper edges of its shapes [µm].
Mask = Mapping[str, Sequence[tuple[float, float]]]

MODES = 3
#: Right to 1e-3 of n_eff, and to as much of a power.
COARSE = Resolution(3, 2, 2, 3.0, 3.0)


class Stretch(NamedTuple):
    """A part of a passage along which no shape begins or ends."""

    at: Callable[[float], Geometry]  #: cross-section at a place from 0 to 1
    length: float  #: [µm]
    slices: int


def section(line: Process, mask: Mask, window: tuple[float, float, float, float], kelvin: float) -> Geometry:
    """A cross-section of drawn shapes in a window: left, right, bottom, top [µm]."""
    drawn = {
        layer: [(optics.End(low, low), optics.End(high, high)) for low, high in shapes]
        for layer, shapes in mask.items()
    }
    return optics.of_mask(line, drawn, temperature=kelvin, reach=1e3).walled(*window)


def right_half(whole: Geometry) -> Geometry:
    """The right half of a section that is its own mirror image, with a wall where E_x is all there is in the plane.

    Its modes are those of the whole with E_x even; the others, TM ones among them, never meet these.
    """
    middle = len(whole.regions) // 2
    lines = jnp.concatenate([jnp.zeros_like(whole.lines[:1]), whole.lines[middle + 1 :]])
    return replace(whole, lines=lines, regions=whole.regions[middle:], topology=None)


@partial(jax.jit, static_argnums=3)
def _modes(made: Geometry, wl: Array, kelvin: Array, count: int) -> Modes:
    """Modes of each section, (sections, modes)."""

    def one(section: Geometry) -> Modes:
        return waveguides.solve(section, wl, num_modes=count, resolution=COARSE, temperature=kelvin)

    return jax.vmap(one)(made)


@jax.jit
def _joints(one: Modes, two: Modes) -> Array:
    return jax.vmap(overlap.coupling)(one, two)


def passage(first: Geometry, stretches: Sequence[Stretch], last: Geometry) -> Callable[[float, float], complex]:
    """Amplitude of the fundamental TE mode from `first` into `last`, by wavelength [µm] and temperature [K]."""
    sections = [_stacked([s.at((k + 0.5) / s.slices) for k in range(s.slices)]) for s in stretches]
    ends = [_stacked([end]) for end in (first, last)]

    def at(wl: float, kelvin: float) -> complex:
        wave, warm = jnp.asarray(wl, float), jnp.asarray(kelvin, float)
        modes = [_modes(made, wave, warm, MODES) for made in (ends[0], *sections, ends[1])]
        (begin, sent), (end, received) = (_fundamental(_one(one, 0)) for one in (modes[0], modes[-1]))
        state = np.zeros(MODES, complex)
        state[begin] = sent
        before = modes[0]
        for stretch, found in zip(stretches, modes[1:-1], strict=True):
            state = _real(_joints(_cut(before, -1, None), _cut(found, 0, 1)))[0] @ state
            joints = [unitary(u) for u in _real(_joints(_cut(found, 0, -1), _cut(found, 1, None)))]
            n, step = np.asarray(found.n_eff).real, stretch.length / stretch.slices
            for k, index in enumerate(n):
                state = np.exp(2j * np.pi / wl * index * step) * state
                if k < len(joints):
                    state = joints[k] @ state
            before = found
        state = _real(_joints(_cut(before, -1, None), modes[-1]))[0] @ state
        through = complex(received * state[end])
        return through / max(1.0, abs(through))  # overlaps at both ends are right to 1e-3, and may be above one by that

    return at


def _first_te(modes: Modes) -> int:
    return int(np.argmax(np.asarray(modes.te_fraction) > 0.5))


def _fundamental(modes: Modes) -> tuple[int, float]:
    """Which one the fundamental TE mode is, and the sign that makes the integral of its E_x positive."""
    which = _first_te(modes)
    return which, float(np.sign(np.sum(np.asarray(modes.E[which, 0] * modes.grid.area).real)))


def _stacked(many: Sequence[Geometry]) -> Geometry:
    return jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(leaf) for leaf in leaves]), *many)


def _one(modes: Modes, k: int) -> Modes:
    return jax.tree.map(lambda leaf: leaf[k], modes)


def _cut(modes: Modes, start: int | None, stop: int | None) -> Modes:
    return jax.tree.map(lambda leaf: leaf[start:stop], modes)


def _real(joints: Array) -> Floats:
    return np.asarray(joints).real


def unitary(joint: Floats) -> Floats:
    """The nearest unitary matrix (polar decomposition)."""
    left, _, right = np.linalg.svd(joint)
    return left @ right
