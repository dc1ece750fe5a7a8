"""Rings in a row: widths, drops and crosstalk by the spectrum, and a spectrum reconstructed from them."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.spectrometers import filters, reconstruct
from lingnan.solvers.spectrometers.filters import Rings
from lingnan.solvers.spectrometers.guide import Guide

WIRE = Guide(2.4, 4.2, 1.55, loss_db_cm=2.0, dn_dt=1.8e-4, expansion=2.6e-6)
RINGS = Rings(WIRE, order=60, spacing=8e-4, kappa2=0.05, count=16)
WAVE = np.linspace(1.5435, 1.5565, 1301)
A = np.asarray(filters.matrix(RINGS, WAVE))


def test_lines_lie_where_they_were_asked_for() -> None:
    peaks = WAVE[np.argmax(A, axis=1)]
    assert np.allclose(peaks, RINGS.resonances, atol=1.2e-5)  # the grid's step, and shade of the neighbours'


def test_width_peak_and_crosstalk_of_the_first_ring() -> None:
    """No ring before it: the line alone."""
    first = float(RINGS.resonances[0])
    half = float(RINGS.line_width) / 2
    own, low, high, next_to = np.asarray(filters.matrix(RINGS, first + np.array([0.0, -half, half, RINGS.spacing]))[0])
    assert own == pytest.approx(float(RINGS.peak), rel=2e-3)  # its loss is that of a ring of another length, 0.4 %
    assert (low + high) / 2 / own == pytest.approx(0.5, abs=5e-3)  # n_g λ bends: free range of another wavelength
    assert 10 * np.log10(next_to / own) == pytest.approx(float(RINGS.adjacent_db), abs=0.1)


def test_no_light_is_made() -> None:
    assert np.all(np.sum(A, axis=0) < 1.0)
    assert np.all(A >= 0)


def test_warmth_moves_all_lines() -> None:
    kelvin = 5.0
    warm = np.asarray(filters.matrix(RINGS, WAVE, kelvin))
    moved = WAVE[np.argmax(warm[4:12], axis=1)] - WAVE[np.argmax(A[4:12], axis=1)]
    assert np.mean(moved) == pytest.approx(kelvin * float(WIRE.shift_per_kelvin), abs=1e-5)  # the grid's step


def test_a_spectrum_is_reconstructed_and_errors_of_the_process_spoil_it() -> None:
    wave = np.linspace(1.5445, 1.5555, 45)
    slow = np.exp(-(((wave - 1.5497) / 2.5e-3) ** 2))
    drawn = replace(RINGS, errors=1e-4 * np.random.default_rng(1).standard_normal(16))
    meant, made = (np.asarray(filters.matrix(rings, wave)) for rings in (RINGS, drawn))
    smooth = reconstruct.roughness(wave.size)
    calibrated, trusted = (np.asarray(reconstruct.inverse(a, 1e-3, smooth)) for a in (made, meant))
    own = float(reconstruct.error(calibrated, made, slow, 1e-3).rms)
    other = float(reconstruct.error(trusted, made, slow, 1e-3).rms)
    assert own < 0.02
    assert other > 3 * own


def test_a_column_for_each_ring_undoes_their_crosstalk() -> None:
    """As many wavelengths as rings: lines at the resonances come back exactly, and noise grows by what is dropped."""
    wave = np.asarray(RINGS.resonances)
    square = np.asarray(filters.matrix(RINGS, wave))
    lines = np.zeros(16)
    lines[[5, 9]] = 1.0
    g = np.asarray(reconstruct.inverse(square, 0.0))
    assert (square @ lines)[6] > 1e-3
    error = reconstruct.error(g, square, lines, 0.01)
    assert np.allclose(error.bias, 0.0, atol=1e-12)
    # rows of A are the drop at their own resonance and a few per cent beside it
    assert np.allclose(error.noise[:4], 0.01 / np.diagonal(square)[:4], rtol=0.05)


def test_all_sizes_move_the_readings_as_differences_say() -> None:
    shape = np.random.default_rng(1).standard_normal(4)

    def read(x: jax.Array) -> jax.Array:
        guide = Guide(x[0], x[1], 1.55, x[2], x[3], x[4])
        rings = Rings(guide, x[5], x[6], x[7], 4, x[8] * shape)
        return jnp.log(filters.matrix(rings, np.array([1.5501]), 4.0)[2, 0])

    x = np.array([2.4, 4.2, 2.0, 1e-4, 3e-6, 60.0, 8e-4, 0.05, 1e-4])
    quick, found = jax.jit(read), np.asarray(jax.jit(jax.grad(read))(jnp.asarray(x)))
    for index in range(x.size):
        step = 1e-6 * x[index]
        ends = [float(quick(jnp.asarray(x).at[index].add(s))) for s in (step, -step)]
        by_difference = (ends[0] - ends[1]) / (2 * step)
        assert by_difference != 0
        # steps of 1e-6 move lines by less than their width; round-off of 1e-13 over the step
        assert found[index] == pytest.approx(by_difference, rel=1e-4, abs=1e-7 / x[index])


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"20 rings 0.0008 µm apart span 0.016 µm, .* is 0.0147619 µm: orders collide"):
        replace(RINGS, count=20)
    with pytest.raises(ValueError, match=r"Rings: 0.02 µm of wavelengths and a free spectral range of 0.0147619 µm"):
        filters.matrix(RINGS, np.array([1.54, 1.56]))
    with pytest.raises(ValueError, match=r"kappa2 = 1:"):
        replace(RINGS, kappa2=1.0)
    with pytest.raises(ValueError, match=r"errors of shape \(2,\) for 16 rings"):
        replace(RINGS, errors=np.zeros(2))
    with pytest.raises(ValueError, match=r"count = 1: it must be 2 or more"):
        replace(RINGS, count=1)
