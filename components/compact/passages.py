"""Ways from one kind of guide into another, such as a strip into a slot, by the full-vector modes of cross-sections.

Along a passage the cross-section changes slowly, so light stays in a few local modes and runs one way: between
neighbouring sections the modes are joined by the unitary matrix next to that of their overlaps (which differs from it
by the square of a slice), inside each of them they turn with their own index. Where a passage begins and ends abruptly
the overlap with the guide there counts, and what it misses is lost. Left out: radiation along the passage, reflection.
Temperature turns the phase by dn/dT of the fundamental mode, averaged along the way. A mode's sign is free: at both
ends it is the one that makes the integral of E_x positive, so that phases are smooth over wavelength and corners.
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


class Passed(NamedTuple):
    """What a passage does to light at one wavelength."""

    amplitude: complex
    slope: float  #: mean of dn/dT along the way [1/K]
    length: float  #: of the way [µm]

    def warmer(self, wl: float, kelvin: float) -> complex:
        """The amplitude where it is `kelvin` warmer than it was solved."""
        # overlaps at both ends are right to 1e-3, and may be above one by that
        held = self.amplitude / max(1.0, abs(self.amplitude))
        return held * np.exp(2j * np.pi / wl * self.slope * kelvin * self.length)


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


@partial(jax.jit, static_argnums=2)
def _modes(made: Geometry, wl: Array, count: int) -> tuple[Modes, Array]:
    """Modes of each section, and dn/dT of each of them [1/K], (sections, modes)."""

    def one(section: Geometry) -> tuple[Modes, Array]:
        def at(kelvin: Array) -> tuple[Array, Modes]:
            warm = replace(section, temperature=kelvin)
            modes = waveguides.solve(warm, wl, num_modes=count, resolution=COARSE)
            return modes.n_eff.real, modes

        kelvin = jnp.asarray(section.temperature)
        _, slopes, modes = jax.jvp(at, (kelvin,), (jnp.ones_like(kelvin),), has_aux=True)
        return modes, slopes

    return jax.vmap(one)(made)


@jax.jit
def _joints(one: Modes, two: Modes) -> Array:
    return jax.vmap(overlap.coupling)(one, two)


def passage(first: Geometry, stretches: Sequence[Stretch], last: Geometry) -> Callable[[float], Passed]:
    """The fundamental TE mode from `first` into `last`, as a function of wavelength [µm]."""
    sections = [_stacked([s.at((k + 0.5) / s.slices) for k in range(s.slices)]) for s in stretches]
    ends = [_stacked([end]) for end in (first, last)]
    total = sum(s.length for s in stretches)

    def at(wl: float) -> Passed:
        wave = jnp.asarray(wl, float)
        modes, slopes = zip(*(_modes(made, wave, MODES) for made in (ends[0], *sections, ends[1])), strict=True)
        (begin, sent), (end, received) = (_fundamental(_one(one, 0)) for one in (modes[0], modes[-1]))
        state = np.zeros(MODES, complex)
        state[begin] = sent
        warm, before = 0.0, modes[0]
        for stretch, found, slope in zip(stretches, modes[1:-1], slopes[1:-1], strict=True):
            state = _real(_joints(_cut(before, -1, None), _cut(found, 0, 1)))[0] @ state
            joints = [unitary(u) for u in _real(_joints(_cut(found, 0, -1), _cut(found, 1, None)))]
            n, step = np.asarray(found.n_eff).real, stretch.length / stretch.slices
            for k, index in enumerate(n):
                state = np.exp(2j * np.pi / wl * index * step) * state
                if k < len(joints):
                    state = joints[k] @ state
            warm += stretch.length * _mean_slope(found, slope)
            before = found
        state = _real(_joints(_cut(before, -1, None), modes[-1]))[0] @ state
        return Passed(complex(received * state[end]), warm / total, total)

    return at


def _mean_slope(found: Modes, slopes: Array) -> float:
    """Mean of dn/dT of the fundamental mode over the sections."""
    return float(np.mean([slope[_first_te(_one(found, k))] for k, slope in enumerate(np.asarray(slopes))]))


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
