"""Ways from one kind of guide into another, such as a strip into a slot, by the full-vector modes of cross-sections.

Along a passage the cross-section changes slowly, so light stays in a few local modes and runs one way: between
neighbouring sections the modes are joined by the unitary matrix next to that of their overlaps (which differs from it
by the square of a slice), inside each of them they turn with their own index. Where a passage begins and ends abruptly
the overlap with the guide there counts, and what it misses is lost. Left out: radiation along the passage, reflection.
Temperature turns the phase by dn/dT of the fundamental mode, averaged along the way.
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
STEP = 20.0  #: K, over which dn/dT is taken


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


@partial(jax.jit, static_argnums=2)
def _modes(made: Geometry, wl: Array, count: int) -> Modes:
    return jax.vmap(lambda one: waveguides.solve(one, wl, num_modes=count, resolution=COARSE))(made)


@jax.jit
def _joints(one: Modes, two: Modes) -> Array:
    return jax.vmap(overlap.coupling)(one, two)


def passage(
    first: Geometry, stretches: Sequence[Stretch], last: Geometry
) -> Callable[[float], tuple[complex, float, float]]:
    """Amplitude of the fundamental TE mode from `first` into `last`, over wavelength.

    Returns:
        a function of the wavelength [µm]: amplitude, mean of dn/dT [1/K] along the way, its length [µm].
    """
    sections = [_stacked([s.at((k + 0.5) / s.slices) for k in range(s.slices)]) for s in stretches]
    ends = [_stacked([end]) for end in (first, last)]
    total = sum(s.length for s in stretches)

    def at(wl: float) -> tuple[complex, float, float]:
        wave = jnp.asarray(wl, float)
        modes = [_modes(made, wave, MODES) for made in (ends[0], *sections, ends[1])]
        state = np.zeros(MODES, complex)
        state[_fundamental(_one(modes[0], 0))] = 1.0
        warm, before = 0.0, modes[0]
        for stretch, made, found in zip(stretches, sections, modes[1:-1], strict=True):
            state = _real(_joints(_cut(before, -1, None), _cut(found, 0, 1)))[0] @ state
            joints = [unitary(u) for u in _real(_joints(_cut(found, 0, -1), _cut(found, 1, None)))]
            n, step = np.asarray(found.n_eff).real, stretch.length / stretch.slices
            for k, index in enumerate(n):
                state = np.exp(2j * np.pi / wl * index * step) * state
                if k < len(joints):
                    state = joints[k] @ state
            warm += stretch.length * _slope(made, found, wave)
            before = found
        state = _real(_joints(_cut(before, -1, None), modes[-1]))[0] @ state
        return complex(state[_fundamental(_one(modes[-1], 0))]), warm / total, total

    return at


def _slope(made: Geometry, found: Modes, wave: Array) -> float:
    """Mean of dn/dT of the fundamental mode over the sections."""
    warmer = replace(made, temperature=made.temperature + STEP)
    hot = _modes(warmer, wave, MODES)
    pairs = [(np.asarray(m.n_eff).real, [_fundamental(_one(m, k)) for k in range(len(m.n_eff))]) for m in (hot, found)]
    values = [n[np.arange(len(n)), which] for n, which in pairs]
    return float(np.mean(values[0] - values[1])) / STEP


def _fundamental(modes: Modes) -> int:
    return int(np.argmax(np.asarray(modes.te_fraction) > 0.5))


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
