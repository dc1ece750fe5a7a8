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
# # A biosensor array, from its specification to a chip that passes sign-off
#
# Wanted: eight channels that tell 10 pM of a protein from none where receptors hold it with K_D = 10 nM, on nine chips
# of ten, and rates of binding with their uncertainty. The chip: a racetrack in water with a covered one beside it in
# each channel, in an assay chamber and in a control chamber.

# %%
import tempfile
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image
from scipy.optimize import brentq

from lingnan import tapeout
from lingnan.components import soi
from lingnan.components.soi import biosensor
from lingnan.pdk import SOI220, active_process, optics
from lingnan.solvers import sensors
from lingnan.solvers.sensors import estimators, kinetics, sensorgram, surface
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
SOI220.activate()
line = active_process()
work = Path(tempfile.mkdtemp())

K_D, WANTED = 1e-8, 1e-11  # mol/L
LAYER_NM, PROTEIN = 4.0, 1.45  # a full layer of captured protein: thickness and index, both textbook sizes

# %% [markdown]
# ## The guide in water
#
# One solve each: how the liquid's index and warmth move the mode, and how a nanometre of protein on its faces does.

# %%
loss = line.cross_sections["strip"].loss.value


def guide_of(sigmas, wavelength=1.55):
    """The line's strip in water, its width and film so many deviations off."""
    moved = optics.moved(line, {"levels.core.bias": float(sigmas[0]), "films.si.thickness": float(sigmas[1])})
    made = optics.geometry(moved, "strip", cladding="water")
    return sensors.response(made, wavelength=wavelength, other_loss_db_cm=loss)


guide = guide_of((0.0, 0.0))
coated = partial(
    surface.strip,
    line.cross_sections["strip"].width.value + line.number("levels.core.bias"),
    line.number("films.si.thickness"),
    core="Si", film=PROTEIN, cladding="water", substrate="SiO2",
    sidewall_angle_deg=line.number("levels.core.sidewall_angle"),
)  # fmt: skip
grown = surface.slope(coated, 1e-3)
pm_per_nm = 1e6 * guide.wavelength / float(grown.n_g) * float(grown.slope) * 1e-3
print(
    f"{float(guide.nm_per_riu):.1f} nm/RIU, {pm_per_nm:.0f} pm/nm, {float(guide.pm_per_kelvin):.1f} pm/K, "
    f"{float(guide.loss_db_cm):.1f} dB/cm"
)

# %% [markdown]
# ## The ring
#
# A search for width, gap and length by one derivative was made before and is kept. It ends at the narrowest guide that
# the line has in a window, and at the longest ring whose lines still tell 0.01 RIU apart: the limit wants light in the
# water. This array stays with the line's own width, whose losses have been measured, and takes short rings, whose lines
# lie farther apart than any assay moves them.

# %%
best = biosensor.optimise(polarization="te")
print(best.table())
_ = best.figure()

# %% [markdown]
# The ring as the cell's model has it, from drawn sizes. Its sensitivity by two routes: the model's line in two media of
# slightly different index, and the guide's formula at that line.

# %%
design = read_design(Path(tapeout.__file__).parent / "designs" / "biosensor_array.yaml")
settings = {k: v for k, v in design.instances["assay1"].settings.items() if k in ("gap", "length_x")}
ring_model = partial(soi.models["ring_sensor"], **settings)
coarse = np.linspace(1.546, 1.554, 8001)
power = np.abs(ring_model(wl=coarse, cladding="water")["o1", "o2"]) ** 2
at = coarse[np.argmin(power)]
waves = jnp.asarray(at + np.linspace(-6e-4, 6e-4, 601))


def line_of(medium, moved=0.0):
    """Middle [µm], width [µm], depth and base of the ring's line near by."""
    seen = jnp.abs(ring_model(wl=waves + moved, cladding=medium)["o1", "o2"]) ** 2
    start = estimators.first_guess(waves, seen)
    return estimators.fit(estimators.lorentzian, start, waves, seen, jnp.ones_like(waves), 40).parameters


water = line_of("water")
index, more = 1.3154, 5e-4  # of water, and a step; both without absorption
by_model = 1e3 * float(line_of(index + more)[0] - line_of(index - more)[0]) / (2 * more)
here = guide_of((0.0, 0.0), float(water[0]))
print(
    f"line at {float(water[0]):.4f} µm, Q {float(water[0] / water[1]):.0f}, depth {float(water[2] / water[3]):.2f}; "
    f"{by_model:.2f} nm/RIU by the model, {float(here.nm_per_riu):.2f} by the guide"
)
assert abs(by_model / float(here.nm_per_riu) - 1) < 5e-3  # water's dispersion is in the guide's n_g alone

# %% [markdown]
# ## The limit, and the yield
#
# The coupling that gives the model's width makes a `sensors.Ring`; a laser, a photodiode and a converter read it. What
# is left of temperature beside the covered ring is taken as 1 mK. Then 2,000 chips with widths and films of the line.

# %%
around = float(soi.ring_sensor(**settings).info["round_trip_um"])
kappa2 = brentq(lambda k: float(sensors.Ring(here, around, k).fwhm - water[1]), 1e-4, 0.5)
chain = sensors.Chain(
    sensors.Laser(1e-4, 1e5, -140.0, repeatability_pm=0.02),
    sensors.Detector(0.9, 1e4, 5e-12),
    sensors.Converter(1.2e-4, 14),
)
still = sensors.Environment(temperature=1e-3)


def budget(made):
    """Scatter of one reading of a ring's line."""
    ring = sensors.Ring(made, around, kappa2)
    scan = jax.lax.stop_gradient(ring.resonance() + ring.fwhm * jnp.linspace(-3.0, 3.0, 61))
    return sensors.limit(chain, ring, scan, still)


nominal = budget(guide)
print(
    f"κ² {kappa2:.4f}; scatter {float(nominal.total):.3f} pm: samples {float(nominal.samples):.3f}, laser "
    f"{float(nominal.repeatability):.3f}, warmth {float(nominal.temperature):.3f}; {float(nominal.lod_riu):.2e} RIU"
)

spread = sensors.mapped(guide_of, (0.0, 0.0), (3.5, 3.5), degree=2)
drawn = np.clip(np.random.default_rng(2).standard_normal((2000, 2)), -3.5, 3.5)
sigmas = jax.jit(lambda points: jax.lax.map(lambda p: budget(spread(p)).total, points, batch_size=200))(
    jnp.asarray(drawn)
)


def least_concentration(sigma_pm):
    """What shifts a line, less its reference's, by three deviations [mol/L]: θ = c/(c + K_D)."""
    share = 3 * np.sqrt(2) * np.asarray(sigma_pm) / (pm_per_nm * LAYER_NM)
    return K_D * share / (1 - share)


concentrations = least_concentration(sigmas)
yielded = float(np.mean(concentrations <= WANTED))
print(f"least concentration {1e12 * float(np.median(concentrations)):.2f} pM in the middle; yield {yielded:.3f}")
assert yielded > 0.9

# %% [markdown]
# ## Binding, measured
#
# Four concentrations, a pulse of fifteen minutes, then buffer. Both chambers drift together, see the sample's index and
# what sticks everywhere; the control chamber sees nothing else. The difference is fitted.

# %%
time = jnp.arange(0.0, 2700.0, 10.0)
pulse = kinetics.Pulse(200.0, 1100.0)
given = jnp.asarray([1e-9, 3e-9, 1e-8, 3e-8])
k_on, k_off, full = 1e5, 1e-3, pm_per_nm * LAYER_NM
bound = full * jnp.stack([kinetics.langmuir(time, k_on, k_off, c, pulse) for c in given])
common = 5e-3 * time + 1e3 * guide.nm_per_riu * 2e-5 * ((time >= pulse.start) & (time < pulse.end))
noise = float(nominal.total)
rng = np.random.default_rng(3)
assay, control = (shape + common + noise * rng.standard_normal(bound.shape) for shape in (bound, 0 * bound))
difference = sensorgram.referenced(assay, control)
# first guesses by eye: what is left after 1,000 s of buffer, and the shift of the highest concentration
fading = float(jnp.log(difference[-1, 120] / difference[-1, 220]) / (time[220] - time[120]))
start = (fading / 2e-8, fading, 1.2 * float(difference.max()))
told = sensorgram.fitted(time, difference, given, noise * np.sqrt(2), start, pulse)
names, values = ("k_on", "k_off", "full", "K_D"), (told.k_on, told.k_off, told.full, told.k_d)
for name, value, truth, share in zip(names, values, (k_on, k_off, full, K_D), told.spread, strict=True):
    print(f"{name:5s} {float(value):.4g} ± {100 * float(share):.3f} %; drawn with {truth:.4g}")
    assert abs(float(value) / truth - 1) < 4 * float(share)

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(time, assay[2], label="assay")
axes[0].plot(time, control[2], label="control")
axes[0].plot(time, assay[2] - control[2], label="difference")
axes[0].set_xlabel("time (s)")
axes[0].set_ylabel("shift (pm)")
axes[0].legend()
axes[1].hist(1e12 * concentrations, 40)
axes[1].axvline(1e12 * WANTED, color="C3")
axes[1].set_xlabel("least concentration (pM)")
axes[1].set_ylabel("chips")
fig.tight_layout()

# %% [markdown]
# What this does not know: how fast a flow brings molecules to the ring (`kinetics.transported` does, with a number of
# the cell's), receptors that are not all alike, and drift that differs between the chambers. At picomolar
# concentrations binding takes hours: the limit is that of a patient reader.
#
# ## The chip

# %%
built = build_chip(design, work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "biosensor_array.png", width=700)
