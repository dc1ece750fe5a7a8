"""What a step in a guide's width sends back, by overlap and by perturbation of its walls; gratings made of steps."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.devices import bloch, bragg, overlap, radiating, scattering, vectorial
from lingnan.solvers.waveguides import Absorber, Resolution, Trapezoid

SILICON, OXIDE, HIGH, WAVE = 3.4757, 1.444, 0.22, 1.55
IMPEDANCE = 376.730313412  #: of vacuum [Ω], CODATA 2022
EDGE = 1e-7  #: relative, by which a point lies outside of the core


def wire(width: float, flanks: tuple[float, float] | None = None, fill: float = SILICON) -> waveguides.Geometry:
    """A wire in oxide, and between two widths more of it, of another index."""
    parts = [Trapezoid(SILICON, -HIGH / 2, HIGH / 2, -width / 2, width / 2, name="core")]
    if flanks:
        low, high = (half / 2 for half in flanks)
        parts += [
            Trapezoid(fill, -HIGH / 2, HIGH / 2, a, b, name=n) for n, a, b in (("l", -high, -low), ("r", low, high))
        ]
    return waveguides.cross_section(parts, background=OXIDE, window=(-1.6, 1.6, -1.2, 1.2))


def solved(width: float) -> waveguides.Modes:
    return waveguides.solve(wire(width), WAVE, num_modes=1, resolution=waveguides.LADDER[1])


def back(one: waveguides.Modes, two: waveguides.Modes) -> float:
    return float(overlap.step(one, two)[0, 0].real)


@pytest.fixture(scope="module")
def wires() -> dict[float, waveguides.Modes]:
    return {width: solved(width) for width in (0.448, 0.45, 0.452)}


def test_a_small_step_is_its_wall_times_the_mode_that_runs_back(wires: dict[float, waveguides.Modes]):
    """κ by S. G. Johnson et al., doi:10.1103/PhysRevE.65.066611, eq. 12, with the axial field's sign turned.

    r is half of κ/β a unit of length: per width moved on both sides (k₀/Z₀ 4 β) ∫ Δε (|E_y|² - |E_z|²) - Δ(1/ε) |D_x|²
    over one wall. Gauss points at a wall whose ends are singular are right to 0.6 %, and the overlap of finite steps
    falls off with their height: by 1 % a nanometre here, taken out by two of them.
    """
    made = wires[0.45]
    points, weights = np.polynomial.legendre.leggauss(24)
    x, y = jnp.full(24, 0.45 / 2 * (1 + EDGE)), jnp.asarray(points * HIGH / 2)
    e = np.asarray(waveguides.field_at(made, x, y).E)[0]
    across = -(1 / SILICON**2 - 1 / OXIDE**2) * OXIDE**4 * np.abs(e[0]) ** 2
    up, along = ((SILICON**2 - OXIDE**2) * np.abs(e[k]) ** 2 for k in (1, 2))
    both = [float(np.sum(weights * HIGH / 2 * f)) for f in (across + up - along, across + up + along)]
    k0, n = 2 * np.pi / WAVE, float(made.n_eff[0].real)
    backward, forward = (k0 / IMPEDANCE / 4 * value / (2 * n * k0) for value in both)
    # forward: half of dn/n, the index that a wall adds
    slope = (wires[0.452].n_eff[0] - wires[0.448].n_eff[0]).real / 0.004
    assert_allclose(forward, slope / (2 * n), rtol=6e-3)
    two, four = (back(wires[0.448], wires[w]) / (w - 0.448) for w in (0.45, 0.452))
    assert_allclose(2 * two - four, -backward, rtol=8e-3)
    assert backward < 0 < forward  # Z rises with n: the other sign than two media of these indices have


def test_a_step_the_other_way_has_the_other_sign(wires: dict[float, waveguides.Modes]):
    one, two = wires[0.448], wires[0.452]
    assert_allclose(back(one, two), -back(two, one), rtol=1e-9)
    assert abs(back(one, one)) < 1e-12


def test_steps_between_layers_are_those_of_their_indices():
    """The Bragg grating with a step given, and without: the same where the step is that of two media."""
    n1, n2 = 2.35 + 1e-4j, 2.41 + 1e-4j
    own = bragg.grating(n1, n2, 0.32, 50, 1.53)
    given = bragg.grating(n1, n2, 0.32, 50, 1.53, step=(n1 - n2) / (n1 + n2))
    for a, b in zip(own, given, strict=True):
        assert_allclose(a, b, rtol=1e-12)


def test_a_grating_of_steps_keeps_all_light_and_peaks_as_coupled_modes_do():
    n1, n2, period, count, step = 2.35, 2.39, 0.98, 200, 0.0039
    waves = jnp.linspace(1.548, 1.549, 1001)  # about 2 x 2.37 x 0.98 / 3
    found = bragg.grating(n1, n2, period, count, waves, step=step)
    assert_allclose(np.abs(found.r) ** 2 + np.abs(found.t) ** 2, 1, rtol=1e-12)
    assert_allclose(np.abs(found.r), np.abs(found.r_back), rtol=1e-10)
    # two steps a period, in phase as far as both halves of it are three quarters of a wave
    kappa = 2 * step / period * abs(np.sin(3 * np.pi * n2 / (n1 + n2)))
    # 400 steps in a row are tanh(400 artanh r): coupled modes to the square of a step
    assert_allclose(np.max(np.abs(found.r) ** 2), bragg.coupled_mode(kappa, count * period), rtol=1e-4)


def test_the_gradient_of_a_grating_of_steps():
    def reflected(step: float) -> jax.Array:
        return jnp.abs(bragg.grating(2.35, 2.39, 0.98, 60, 1.551, step=step).r) ** 2

    h = 1e-6
    assert_allclose(jax.grad(reflected)(0.004), (reflected(0.004 + h) - reflected(0.004 - h)) / (2 * h), rtol=1e-7)


@pytest.mark.validate
def test_the_stop_band_of_a_wire_with_teeth_is_that_of_its_steps():
    """κ of first order by Bloch modes, which have all harmonics, beside the gap: q² = (β - π/Λ)² - κ² at two periods.

    Teeth of 10 nm on either side. Steps, one mode on either side of each, are found 3 % low (what two pairs of periods
    and 2 to 8 harmonics differ by is 1 %); two media of these indices would have 2.2 times as much.
    """
    tooth, space = (wire(0.44, (0.44, 0.46), fill) for fill in (SILICON, OXIDE))
    pitches = 0.3297 * (1 - np.array([0.0095, 0.008]))
    coarse = Resolution(3, 2, 2, 3.0, 3.0)
    found = [
        bloch.solve(tooth, space, 0.5, p, WAVE, harmonics=4, resolution=coarse, magnetic=()).n_eff.real for p in pitches
    ]
    edge = np.pi / pitches
    square = (2 * np.pi / WAVE * np.array([float(n) for n in found]) - edge) ** 2 - edge**2
    beta = -(square[1] - square[0]) / (edge[1] - edge[0]) / 2
    kappa = np.sqrt(beta**2 - 2 * beta * edge[0] - square[0])
    step = back(solved(0.44), solved(0.46))
    assert_allclose(2 * step / 0.3297, kappa, rtol=0.04)


def _between(width: float, count: int) -> waveguides.Modes:
    """Modes of a quarter of a wire between absorbers."""
    absorber = Absorber(("right", "top"), 0.4, 2.0)
    core = Trapezoid(SILICON, 0.0, HIGH / 2, 0.0, width / 2, name="silicon")
    quarter = waveguides.cross_section([core], background=OXIDE, window=(0.0, 2.3, 0.0, 1.4))
    quarter = waveguides.bordered(quarter, absorber).resolved((2, 3, 1), (1, 2, 1))
    return waveguides.solve(
        quarter, WAVE, count, resolution=Resolution(3, growth=2.0, outer_growth=1.5), target=1.2,
        magnetic=("bottom",), mirrors=("left", "bottom"), absorber=absorber,
    )  # fmt: skip


def test_a_grating_of_third_order_radiates_and_one_of_first_order_does_not():
    """A hundred modes: in first order, where nothing may radiate, a sixth of what the third one loses is left.

    In the stop band the mode fades as the steps have it: 2r/Λ, within the 3 % by which modes and windows move it.
    """
    low, high = _between(0.44, 100), _between(0.46, 100)
    half = WAVE / 4 * 2 / float(low.n_eff.real.max() + high.n_eff.real.max())
    beside = [radiating.wave(low, high, (1.015 * m * half, 1.015 * m * half), 0) for m in (1, 3)]
    assert all(one.share > 0.99 for one in beside)
    first, third = (one.attenuation for one in beside)
    # 32 periods in a row: what neither goes on nor comes back, within what the two ends radiate, 4e-5 of 1.9e-2
    length = 1.015 * 3 * half
    row = vectorial.scatter([low, high, low], [length / 2, length, length / 2]).blocks
    for _ in range(5):
        row = scattering.chain(row, row)
    kept = abs(row.s21[0, 0]) ** 2 + abs(row.s11[0, 0]) ** 2
    assert_allclose(-np.log(kept) / (32 * 2 * length), third, rtol=5e-3)
    assert first < third / 5
    inside = radiating.wave(low, high, (3 * half, 3 * half), 0)
    assert_allclose(inside.attenuation / 2, 2 * back(solved(0.44), solved(0.46)) / inside.period, rtol=0.03)
