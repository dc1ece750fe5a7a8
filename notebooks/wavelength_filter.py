# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A wavelength filter, from its spectrum to a layout that passes the rules
#
# Wanted: a filter that drops one channel in 5 nm, 0.4 nm wide (50 GHz). A racetrack between two guides does that. Its
# length sets the distance of the channels, the gap to its guides their width. Both follow by gradient through the
# compact models, which come from the mode solver and the process file.

# %%
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np

from lingnan.components import soi
from lingnan.components.common.curves import euler
from lingnan.components.compact.ways import Line
from lingnan.components.soi import light
from lingnan.pdk import SOI220
from lingnan.pdk.drc.file import check_file

jax.config.update("jax_enable_x64", True)
SOI220.activate()
RADIUS, WAVELENGTH = 10.0, 1.55
TARGET = jnp.asarray([5.0, 0.4])  # distance and full width at half power [nm]

# %% [markdown]
# ## What a racetrack does, as a function of its straight and its gap
#
# Guides change light along the straight and along both turns, where the gap opens. The two numbers of the spectrum:
# channels lie λ² / (n_g L) apart, and are as much narrower as the finesse π √t² / (1 - t²) says, t² being what
# stays in one round trip.

# %%
line, turn = Line("strip"), euler(RADIUS, 180.0, 0.5, 1.0)
two = line.pair(0.2)
side = int(np.argmax(turn.x)) + 1  # the quarter that leaves the bus
heights, steps = (turn.y[1:side] + turn.y[: side - 1]) / 2, np.diff(turn.x[:side])


def spectrum(design: jax.Array) -> jax.Array:
    """Distance and width of the channels [nm] for (straight, gap) [µm]."""
    straight, gap = design
    round_trip = 2 * (straight + turn.length)
    n, slope = jax.jvp(lambda w: line.index(w, None), (jnp.asarray(WAVELENGTH),), (jnp.asarray(1.0),))
    distance = 1e3 * WAVELENGTH**2 / ((n - WAVELENGTH * slope) * round_trip)
    opening = 2 * jnp.sum(two.splitting(WAVELENGTH, gap + heights) * steps)
    phase = jnp.pi / WAVELENGTH * (two.splitting(WAVELENGTH, gap) * straight + opening)
    kept = jnp.cos(phase) ** 2 * jnp.abs(line.amplitude(WAVELENGTH, round_trip, None))
    return jnp.stack([distance, distance * (1 - kept) / (jnp.pi * jnp.sqrt(kept))])


# %% [markdown]
# ## Newton's method, with the exact Jacobian

# %%
design = jnp.asarray([10.0, 0.25])
for _ in range(6):
    found = spectrum(design)
    print(f"straight {design[0]:8.4f} µm, gap {design[1]:.5f} µm: {found[0]:.4f} nm apart, {found[1]:.4f} nm wide")
    step = jnp.linalg.solve(jax.jacfwd(spectrum)(design), TARGET - found)
    design = design + jnp.clip(step, -jnp.asarray([8.0, 0.05]), jnp.asarray([8.0, 0.05]))
assert jnp.allclose(spectrum(design), TARGET, rtol=1e-6)

# %% [markdown]
# ## The cell, and what its model says
#
# Rounded to the grid of the masks. The model of the cell knows the whole spectrum and every corner of the process; here
# its own width and distance are read off the curve, and must be what was asked for.

# %%
straight, gap = round(float(design[0]), 3), round(float(design[1]), 3)
cell = soi.racetrack_double(radius=RADIUS, length_x=straight, gap=gap, gap_drop=gap)
wl = jnp.linspace(1.542, 1.558, 6401)
settings = {"radius": RADIUS, "length_x": straight, "gap": gap, "gap_drop": gap}
dropped = np.abs(np.asarray(light.racetrack_double(wl=wl, **settings)["o1", "o2"])) ** 2
passed = np.abs(np.asarray(light.racetrack_double(wl=wl, **settings)["o1", "o4"])) ** 2
inner = dropped[1:-1]
peaks = 1 + np.flatnonzero((inner > dropped[:-2]) & (inner > dropped[2:]))
middle = peaks[np.argmin(np.abs(np.asarray(wl)[peaks] - WAVELENGTH))]
near = np.abs(np.asarray(wl) - float(wl[middle])) < 2e-3
width = 1e3 * float(wl[1] - wl[0]) * np.sum(dropped[near] > dropped[middle] / 2)
distance = 1e3 * float(np.mean(np.diff(np.asarray(wl)[peaks])))
print(f"{distance:.3f} nm apart, {width:.3f} nm wide, {-10 * np.log10(dropped[middle]):.2f} dB lost in the channel")
assert abs(distance - 5.0) < 0.05
assert abs(width - 0.4) < 0.02  # the nearest channel lies up to 2.5 nm from 1.55 µm, where the couplers take more

# %%
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
axes.plot(1e3 * wl, 10 * np.log10(dropped), label="dropped")
axes.plot(1e3 * wl, 10 * np.log10(passed), label="passed")
axes.axvspan(1e3 * float(wl[middle]) - 0.2, 1e3 * float(wl[middle]) + 0.2, color="0.9", label="asked for: 0.4 nm")
axes.set(xlabel="wavelength (nm)", ylabel="power (dB)", ylim=(-30, 1))
axes.legend(loc="lower left")
plt.show()

# %% [markdown]
# The channel's place is another matter: 1 nm in width moves it by about 1 nm in wavelength, more than its own width. No
# line holds that, so such a filter gets a heater.
#
# ## GDS, and the rules

# %%
work = Path(tempfile.mkdtemp())
path = work / "filter.gds"
cell.write_gds(path, with_metadata=False)
report = check_file(path, "soi220")
print(len(report.rules), "rules,", sum(v.severity == "error" for v in report.violations), "errors")
assert report.clean
