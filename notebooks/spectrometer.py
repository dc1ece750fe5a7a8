# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A terminal's spectrometer, from its specification to a chip that passes sign-off
#
# Wanted: eight channels of 1.6 nm around 1.55 µm with -30 dB of crosstalk in the mean, in a square millimetre, where a
# millimetre of the line's strip has an error of phase of 0.15 rad by its walls and 0.03 rad by all else (specified, not
# measured); and a spectrum inside 3 nm, resolved to 0.9 nm, from eight interferometers, right to
# 5 % after calibration, on any chip of the process and 5 K from where it was calibrated if the chip's temperature is
# known.

# %%
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image

from lingnan import tapeout
from lingnan.components.compact.planar import plane
from lingnan.components.soi import awglight, gridsearch
from lingnan.pdk import SOI220
from lingnan.solvers.spectrometers import awg, channels, fourier, phase_errors, plots, reconstruct
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
SOI220.activate()
work = Path(tempfile.mkdtemp())
WANTED_DB = -30.0

# %% [markdown]
# ## The grating
#
# Widths of mouths and the gaps beside them by gradient, for arms of two guides; errors of phase counted. Before: a
# plain grating with arms until the light falls to 1/e². The drawn errors are the second route.

# %%
wander = gridsearch.Wander(width=0.15, film=0.03)
best = gridsearch.optimise(
    channels=8, spacing_nm=1.6, wander=wander, orders=(50,), arms=(40,), cross_sections=("strip", "strip_wide")
)
print(best.table())
print(f"drawn errors {best.drawn:.2f} dB beside {best.after.crosstalk_db:.2f} dB expected")
assert abs(best.drawn - best.after.crosstalk_db) < 0.5
assert best.after.crosstalk_db < WANTED_DB
_ = best.figure()

# %% [markdown]
# What limits it: errors of phase, where arms are narrow. Mouths alone gain half a decibel; a guide of 1.2 µm, whose
# index knows a wall that is off 18 times less, gains the rest, until the ends of the array count as much:

# %%
for one in (best.before, *best.tried):
    made, errors = awglight.grating(**one.settings), gridsearch.errors_of(one.settings, wander)
    alone = ", ".join(f"{name} {level:.1f}" for name, level in phase_errors.causes(made, errors).items())
    print(f"{one.settings['cross_section']:10s} {one.crosstalk_db:.1f} dB; {alone}")

# %% [markdown]
# The design has these sizes. Its channels at three temperatures and in the line's corners:

# %%
design = read_design(Path(tapeout.__file__).parent / "designs" / "spectrometer.yaml")
settings = dict(design.instances["grid"].settings)
assert settings.items() <= best.settings.items()
grid = awglight.grating(**settings)
for kelvin in (273.15, 298.15, 343.15):
    at = awg.centres(awglight.grating(temperature=kelvin, **settings))
    print(f"{kelvin:.2f} K: {1e3 * float(at[0]):.2f} to {1e3 * float(at[-1]):.2f} nm")
for corner in ("thick_wide", "thin_narrow"):
    moved = awglight.grating(corner=corner, **settings)
    print(f"{corner:12s} channels {1e3 * float(moved.spacing):.3f} nm apart, free for {1e3 * float(moved.fsr):.1f} nm")
print(f"3 dB width {1e3 * float(channels.width(grid)):.3f} nm")
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
_ = plots.plot_channels(grid, np.linspace(1.54, 1.56, 401), axes[0])

# %% [markdown]
# ## The interferometers
#
# As drawn: seven steps of 90 µm. Every chip has phases of its own, so that each is calibrated; then warmth moves its
# fringes. The reconstruction is regularised, and its error has two parts: what is left without noise, and noise.

# %%
step = float(design.instances["fringes"].settings["step"])
guide = plane("strip", 1.55).guide
warm = plane("strip", 1.55, 303.15).guide
slope = float(warm.n_eff - plane("strip", 1.55, 298.15).guide.n_eff) / 5
wire = fourier.Guide(float(guide.n_eff), float(guide.n_g), 1.55, float(guide.loss_db_cm), slope)
array = fourier.Interferometers(wire, step * np.arange(8), share=1 / 8)
low = float(wire.n_g / (np.ceil(2 * wire.index(1.55) * step / 1.55) / (2 * step) - wire.slope))  # where it folds
wave = low + 1e-3 * np.linspace(0.02, 2.98, 75)
sent = np.exp(-(((wave - wave[30]) / 0.9e-3) ** 2)) + 0.4 * np.exp(-(((wave - wave[58]) / 0.7e-3) ** 2))
smooth = reconstruct.roughness(wave.size)
print(f"resolution {1e3 * float(array.resolution):.2f} nm, band {1e3 * float(array.band):.2f} nm")


def errors(phases, kelvin, known):
    """RMS of a chip's reconstruction, calibrated at its own phases, read warmer by so much."""
    made = fourier.Interferometers(wire, array.delays, share=1 / 8, phases=phases)
    meant = fourier.matrix(made, wave, kelvin if known else 0.0)
    operator = reconstruct.inverse(meant, 1e-5, smooth)
    seen = fourier.matrix(made, wave, kelvin)
    each = jnp.sqrt(jnp.sum(jnp.square(operator * 1e-4), axis=1))
    return reconstruct.Error(operator @ (seen @ sent) - sent, each).rms


drawn = jnp.asarray(0.3 * np.random.default_rng(4).standard_normal((200, 8)))
found = {
    (kelvin, known): np.asarray(jax.lax.map(lambda p, k=kelvin, c=known: errors(p, k, c), drawn))
    for kelvin, known in ((0.0, True), (5.0, True), (5.0, False))
}
for (kelvin, known), rms in found.items():
    print(f"{kelvin:.0f} K, {'known' if known else 'unknown'}: rms {np.median(rms):.3f}, worst of 200 {rms.max():.3f}")
assert all(rms.max() < 0.05 for (_, known), rms in found.items() if known)
tuned = jax.grad(lambda k: errors(drawn[0], k, False))(0.5)
print(f"slope of the error 0.5 K off: {float(tuned):.4f} per K")
own = np.asarray(reconstruct.inverse(fourier.matrix(array, wave), 1e-5, smooth)) @ (fourier.matrix(array, wave) @ sent)
_ = plots.plot_spectrum(wave, sent, own, axes=axes[1])

# %% [markdown]
# What this does not know: reflections between splitters (some per cent of a fringe, in the cells' model), detectors,
# and how a chip's temperature comes to be known: 5 K that nobody knows of cost more than all else.
#
# ## The chip

# %%
built = build_chip(design, work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "spectrometer.png", width=700)
