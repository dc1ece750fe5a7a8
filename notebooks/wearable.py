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
# # A spectrometer for the wrist: what a chip can see of skin, and what it cannot
#
# Wanted of light at 1.55 µm that skin sends back: the path through water to 1 % in a minute; the pulse, ten times its
# noise in a beat; glucose to 0.5 mmol/L, a tenth of what blood has. Eight racetracks take a line each, a germanium
# diode behind each, a ninth sees the rest. Nothing below is chosen for this to come out well, and most of it does not.

# %%
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image
from scipy import constants

from lingnan import tapeout
from lingnan.components import soi
from lingnan.components.soi import photodiodes
from lingnan.pdk import SOI220, active_process
from lingnan.solvers import materials
from lingnan.solvers.sensors import blood, bounds, glucose
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
SOI220.activate()
line = active_process()
work = Path(tempfile.mkdtemp())

PATH_SPECIFIED, PULSE_SPECIFIED, GLUCOSE_SPECIFIED = 0.01, 10.0, 0.5  # share, 1, mmol/L
MINUTE = 60.0

# %% [markdown]
# ## The light
#
# However large the lit spot and however good the lens: one mode takes from a diffuse surface its radiance times λ²,
# half of it for one polarisation. So what counts is W/m² on skin. **Assumed**: 1000 W/m², of which a tenth comes back
# evenly into all directions; a mean path of 1 mm through water; all of it inside one free spectral range, by a filter
# in front of the chip. Facets and routes lose nothing here. Water's absorption is the library's, by Kedenburg.

# %%
design = read_design(Path(tapeout.__file__).parent / "designs" / "wearable.yaml")
settings = [design.instances[f"filter{k}"].settings for k in range(1, 9)]
IRRADIANCE, BACK, PATH, MIDDLE = 1000.0, 0.1, 0.1, 1.55  # W/m², 1, cm, µm
BINS, FINE = 8, 40


def powers(wl, corner="nominal", temperature=None):
    """What the eight drops and the end of the bus take of the light on the bus, (9, N)."""
    bus, taken = np.ones_like(wl), []
    for given in settings:
        s = soi.models["racetrack_double"](wl=wl, corner=corner, temperature=temperature, **given)
        taken.append(bus * np.abs(np.asarray(s["o1", "o2"])) ** 2)
        bus = bus * np.abs(np.asarray(s["o1", "o4"])) ** 2
    return np.stack([*taken, bus])


comb = np.linspace(MIDDLE - 0.007, MIDDLE + 0.007, 2801)
drop = np.abs(np.asarray(soi.models["racetrack_double"](wl=comb, **settings[0])["o1", "o2"])) ** 2
tops = comb[1:-1][(drop[1:-1] > drop[2:]) & (drop[1:-1] > drop[:-2])]
FSR = tops[1] - tops[0]
edges = MIDDLE + FSR * np.linspace(-0.5, 0.5, BINS + 1)
fine = (edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * (np.arange(FINE) + 0.5) / FINE).ravel()
lines = [fine[np.argmax(one)] for one in powers(fine)[:BINS]]
spacing = np.sort(np.diff(np.sort(lines)))[BINS // 2 - 1]
print(f"free spectral range {1e3 * FSR:.2f} nm, lines {1e3 * spacing:.2f} nm apart")
assert abs(BINS * spacing / FSR - 1) < 0.02


def water(wl):
    """Absorption [1/cm]."""
    return 4e4 * np.pi / wl * np.array([complex(materials.index("water", one, 293.15)).imag for one in wl])


middles = (edges[:-1] + edges[1:]) / 2
excess = water(middles) - float(water(np.array([MIDDLE]))[0])
total = IRRADIANCE * BACK / np.pi * (1e-6 * MIDDLE) ** 2 / 2
print(
    f"water {float(water(np.array([MIDDLE]))[0]):.1f} 1/cm, {excess[-1] - excess[0]:+.2f} from end to end of the band"
)
print(f"{total * 1e12:.0f} pW in the guide, whatever the optics")


def skin(level, path):
    """Power in each bin [W], by the level and the path through water [cm]."""
    return level * total / BINS * jnp.exp(-jnp.asarray(excess) * path)


# %% [markdown]
# ## From bins to currents
#
# The diode as drawn, by its hybrid modes; its dark current is the most that the line allows. An amplifier of
# 1 fA/√Hz (**assumed**) adds nothing to that. From corner to corner all lines move together by more than a bin, and
# where one leaves the band another order comes in: no light is lost. But lines are wider than they stand apart, and
# where they stand between bins, neighbours are hard to tell from each other.

# %%
diode = photodiodes.figures("vertical", wavelength=MIDDLE, bias=1.0)
responsivity, dark = float(diode.responsivity), float(diode.dark_current)
least = line.number("specifications.photodiode_responsivity.minimum")
print(f"{responsivity:.2f} A/W, the line promises {least:g}; {1e9 * dark:.0f} nA in the dark")
assert responsivity > least
AMPLIFIER = 1e-15


def matrix(corner="nominal", temperature=None, moved=0.0):
    """Currents of nine diodes by the power in each bin [A/W], (9, 8)."""
    return responsivity * powers(fine - moved, corner, temperature).reshape(BINS + 1, BINS, FINE).mean(-1)


CORNERS = ("nominal", "thick_wide", "thin_narrow", "hot")
seen = {corner: matrix(corner) for corner in CORNERS}
for corner, one in seen.items():
    share = one.sum() / BINS / responsivity
    print(f"{corner:12s} condition {np.linalg.cond(one):.1f}; diodes see {share:.1%} of the light on the bus")
    assert 0.97 < share < 1.0


def variance(currents, seconds, dark=dark):
    """Of the mean over a time [A²]."""
    return (2 * constants.e * (currents + dark) + AMPLIFIER**2) / (2 * seconds)


# %% [markdown]
# ## The spectrum, by least squares
#
# Plain least squares has no bias, and the least scatter that Fisher allows without one. With what is known of skin,
# that its second differences are about 1 % of the mean (**assumed**), scatter falls, and a bias may come in.

# %%
truth = np.asarray(skin(1.0, PATH))
clear = seen["nominal"] @ truth
noise = variance(clear, MINUTE)
rng = np.random.default_rng(7)
readings = clear + np.sqrt(noise) * rng.standard_normal((2000, clear.size))
second = np.diff(np.eye(BINS), 2, axis=0) / (0.01 * truth.mean())


def solver(known, noise, prior=0.0):
    """Rows that make bins of readings."""
    weighed = known.T / noise
    return np.linalg.solve(weighed @ known + prior * second.T @ second, weighed)


found = {name: readings @ solver(seen["nominal"], noise, prior).T for name, prior in (("plain", 0.0), ("smooth", 1.0))}
limit = np.asarray(
    bounds.sigma(
        lambda p: (jnp.asarray(seen["nominal"]) @ p, variance(jnp.asarray(seen["nominal"]) @ p, MINUTE)),
        jnp.asarray(truth),
    )
)
scatter = {name: one.std(axis=0) / truth for name, one in found.items()}
bias = {name: one.mean(axis=0) / truth - 1 for name, one in found.items()}
print(f"a bin in a minute: plain {scatter['plain'].mean():.2%}, bound {(limit / truth).mean():.2%}")
print(f"smooth {scatter['smooth'].mean():.2%}, bias {np.abs(bias['smooth']).max():.2%}")
# 2000 readings tell a scatter to 1.6 %; four of these for the worst of eight
assert np.all(np.abs(scatter["plain"] * truth / limit - 1) < 0.064)
assert scatter["smooth"].mean() < scatter["plain"].mean()

# %% [markdown]
# ## Chips and temperatures
#
# Errors without noise, by the smooth solution, where the chip is not the one that its matrix is for: the nominal
# matrix; the nominal one, moved as one laser line in the middle of the band says; the chip's own, from a scan of a
# laser at the factory.

# %%
shifts = np.linspace(-FSR / 2, FSR / 2, 401)
at_laser = powers(MIDDLE - shifts)


def missed(chip, known):
    """Error of the bins, root mean square over their mean."""
    told = solver(known, noise, 1.0) @ (chip @ truth)
    return float(np.sqrt(np.mean((told - truth) ** 2)) / truth.mean())


errors = {}
for corner in CORNERS:
    laser = powers(np.array([MIDDLE]), corner)
    shift = shifts[np.argmin(np.sum((at_laser - laser) ** 2, axis=0))]
    known = seen["nominal"], matrix(moved=shift), seen[corner]
    errors[corner] = [missed(seen[corner], one) for one in known]
    print(
        f"{corner:12s} nominal {errors[corner][0]:.1%}, one line {errors[corner][1]:.2%}, own {errors[corner][2]:.2%}"
    )
own = line.number("corners.nominal.temperature")
warm, cool = (matrix(temperature=own + by) for by in (0.5, -0.5))
kelvin = missed(warm, cool)
print(f"a kelvin that is not known: {kelvin:.2%}")
for corner in CORNERS[1:]:
    assert errors[corner][2] < 1e-3 < 1e-2 < min(errors[corner][:2])

# %% [markdown]
# One line does not do it: films and widths move the couplers too, the lines are a tenth wider or narrower, and the
# first racetrack leaves less or more to those behind it. Each chip has to be scanned. Temperature is kinder.
#
# ## Water
#
# From nine currents: level, path, and the temperature of the chip, all of them unknown.

# %%
by_kelvin = jnp.asarray(warm - cool)


def currents(p):
    return (jnp.asarray(seen["nominal"]) + p[2] * by_kelvin) @ skin(p[0], p[1])


def water_path(dark):
    """Least σ of the path, a share of it, and of the temperature [K], in a minute."""
    least = bounds.sigma(lambda p: (currents(p), variance(currents(p), MINUTE, dark)), jnp.asarray([1.0, PATH, 0.0]))
    return float(least[1]) / PATH, float(least[2])


path, drift = water_path(dark)
print(f"path {path:.1%}, {drift:.2f} K; wanted {PATH_SPECIFIED:.0%}")
quiet = water_path(0.0)[0]
print(f"the same diodes without dark current: {quiet:.2%}")
assert quiet < PATH_SPECIFIED < path

# %% [markdown]
# ## The pulse
#
# Haemoglobin has no table at 1.55 µm here: the blood of a beat is taken as water of 0.8 of its volume (**assumed**), as
# long as the library's `Finger` has it. Half a beat less the other half, all nine diodes.

# %%
depth = 1 - np.exp(-0.8 * float(water(np.array([MIDDLE]))[0]) * blood.Finger().pulse)


def pulse(dark):
    """Signal over noise of one beat of a second."""
    spread = 2 * np.sum(variance(clear, 0.5, dark))
    return depth * clear.sum() / np.sqrt(spread)


beat, quietly = pulse(dark), pulse(0.0)
print(f"a beat takes {depth:.2%} of the light: {beat:.3f} of its noise in a beat, {quietly:.0f} without dark current")
allowed = np.geomspace(1e-14, 1e-7, 200)
enough = allowed[np.argmin(np.abs(np.log([pulse(one) / PULSE_SPECIFIED for one in allowed])))]
beats = (PULSE_SPECIFIED / beat) ** 2
print(f"{PULSE_SPECIFIED:g} times its noise takes {enough * 1e12:.1f} pA or less, or {beats:.0f} beats")
assert beat < PULSE_SPECIFIED < quietly

# %% [markdown]
# ## Glucose
#
# What is certain: a mole of sugar takes the place of 112 cm³ of water, and light sees less water. Its own absorption
# has no table here. Beside it stands every other change of the path.

# %%
per_mmol = 1e-6 * glucose.VOLUME
print(f"{GLUCOSE_SPECIFIED:g} mmol/L is {GLUCOSE_SPECIFIED * per_mmol:.1e} of the path; noise is {path:.0e} of it")
print(f"by noise {path / per_mmol:.0f} mmol/L in a minute, {quiet / per_mmol:.0f} without dark current")
assert quiet / per_mmol > GLUCOSE_SPECIFIED

# %% [markdown]
# So, plainly. **Spectra**: yes, smooth ones, with a scan of each chip at the factory and its temperature known. **Water
# and pulse**: not with this line's diodes at their worst; light of one mode is tens of pW, under a dark current of tens
# of nA. It takes diodes of some pA, or a diode without a chip in front, which many modes reach. **Glucose**: no. Even
# noiseless, the path through skin would have to be known to a ten-thousandth, and it differs by tens of per cent.
#
# Not in these numbers: scattering, which makes the path depend on wavelength; fat and collagen, for which the library
# has no data at 1.55 µm; water's absorption by temperature; motion; and the pulse's own shape.

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(1e3 * fine, powers(fine).T)
axes[0].set_xlabel("wavelength (nm)")
axes[0].set_ylabel("share of the light")
axes[1].errorbar(1e3 * middles, truth * 1e12, limit * 1e12, fmt="o", label="bound, a minute")
axes[1].plot(1e3 * middles, found["smooth"][:5].T * 1e12, color="0.6", linewidth=0.8)
axes[1].set_xlabel("wavelength (nm)")
axes[1].set_ylabel("power in a bin (pW)")
axes[1].legend()
fig.tight_layout()

# %% [markdown]
# ## The chip

# %%
built = build_chip(design, work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "wearable.png", width=700)
