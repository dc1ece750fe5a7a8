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
# # A field sensor for power lines, from its specification to a chip that passes sign-off
#
# Wanted, below a line of 110 kV: fields up to ±10 kV/m without ambiguity, 1 V/m told in a second at 50 Hz, transients
# up to 1 MHz, and no wire to the sensor. The numbers of the specification are chosen here. The chip: an interferometer
# of lithium niobate whose strips float, driven by two plates of metal in its package.

# %%
import tempfile
from pathlib import Path

import jax
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image
from scipy import constants

from lingnan import tapeout
from lingnan.components import tfln
from lingnan.components.tfln import fieldlight, fieldsearch, floating
from lingnan.pdk import TFLN600, active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.fields import current, electric
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
TFLN600.activate()
line = active_process()
work = Path(tempfile.mkdtemp())

MOST, LEAST = 1e4, 1.0  # V/m
SLOWEST, FASTEST = 5.0, 1e6  # Hz

# %% [markdown]
# ## Plates, not an antenna on the chip
#
# A slow field that lies along the chip finds a conductor in its handle. Plates stand off the chip: two of 0.4 cm², 0.2
# mm apart, across the field. They are equipotentials already and disturb it little, so that their open voltage is the
# field times their distance. As a capacitor they are ε₀ A/d (no fringe), and what leaks between the pads is guessed.

# %%
apart, area, leak = 2e-4, 4e-5, 1e11  # m, m², Ω
plates = fieldlight.Plates(height=apart, capacitance=constants.epsilon_0 * area / apart, leak=leak)
print(f"plates {1e12 * plates.capacitance:.2f} pF; the handle conducts up to {floating.relaxation(line) / 1e6:.1f} MHz")
try:
    fieldlight.sensor(plates, frequency=1e8)
except LingnanError as refused:
    print(refused)

# %% [markdown]
# ## By gradient
#
# Longer strips need less voltage, and load the plates with more. The strips may load them with 1.5 pF; the search finds
# the gap and the length with the least noise. The gap ends at the least that the metal may keep from the rib without a
# loss that the model does not know, the length at the limit of the load.

# %%
best = fieldsearch.optimise(plates, load=1.5e-12)
print(best.table())
_ = best.figure()
assert best.after.noise < 0.6 * best.before.noise

# %% [markdown]
# ## What it says
#
# The half-wave field by two routes: from V_π of the surfaces and the plates' divider, and from the fringe of the drawn
# cell's model over voltage.

# %%
told = best.ask.told(best.after.drawn["gap"], best.after.drawn["length"])
model, waves = tfln.models["field_sensor_mzi"], np.linspace(1.543, 1.557, 1401)
seen = np.abs(model(wl=waves, **best.settings)["o1", "o2"]) ** 2
at = float(waves[np.argmin(np.abs(seen - seen.max() / 2))])  # the laser stands here
volts = np.linspace(-4.0, 4.0, 401)
fringe = np.abs(model(wl=at, voltage=volts, **best.settings)["o1", "o2"]) ** 2
v_pi = abs(volts[fringe.argmax()] - volts[fringe.argmin()])
by_fringe = v_pi * (1 + best.after.load / plates.capacitance) / apart
half_wave = float(told.sensor.half_wave)
print(
    f"V_π {v_pi:.2f} V; half-wave field {by_fringe / 1e3:.1f} kV/m by the fringe, {half_wave / 1e3:.1f} by the formula"
)
assert abs(by_fringe / half_wave - 1) < 0.02  # steps of 20 mV, and the laser is not at 1.55 µm
most = float(electric.unambiguous(told.sensor))
slow, fast = (float(one) for one in told.band)
noise = float(electric.field_noise(told.sensor, best.ask.readout, 50.0, told.antenna))
print(f"up to ±{most / 1e3:.1f} kV/m; {noise:.1e} V/m/√Hz at 50 Hz; {slow:.2f} Hz to {fast / 1e9:.1f} GHz by light")
assert most > MOST
assert slow < SLOWEST < FASTEST < fast
assert noise < LEAST

# %% [markdown]
# ## Chips of the line, and a warm day
#
# Film, etch, width and wall move V_π and the load by first-order slopes of the solver; the Pockels coefficient has its
# own spread. The bias drifts with temperature, for the arms are unequal: as a field this is slow, and large. Static
# charge would drift too, but there is none: the bias is no voltage.

# %%
strips, rng = floating.strips(), np.random.default_rng(4)
count = 2000
drawn = rng.standard_normal((count, len(strips.varied)))
ln_v, ln_c = (drawn @ np.array([one[k] for one in strips.varied.values()]) for k in (0, 1))
pockels = line.quantity("optics.r33")
v_pis = float(told.head.v_pi) * np.exp(ln_v) / (1 + pockels.sigma / pockels.value * rng.standard_normal(count))
loads = best.after.load * np.exp(ln_c)
half_waves = v_pis * (1 + loads / plates.capacitance) / apart
yielded = float(np.mean(half_waves / 2 > MOST))
print(f"half-wave field {half_waves.mean() / 1e3:.1f} ± {half_waves.std() / 1e3:.1f} kV/m; yield {yielded:.3f}")
assert yielded > 0.95

warm = [np.abs(model(wl=at, temperature=298.15 + d, **best.settings)["o1", "o2"]) ** 2 for d in (-1.0, 1.0)]
turned = [float(np.arccos(np.clip(2 * w / seen.max() - 1, -1, 1))) for w in warm]
per_kelvin = abs(turned[1] - turned[0]) / 2 / np.pi * half_wave
print(f"bias: a kelvin is taken for {per_kelvin:.0f} V/m: readings begin above the day's drift, not at 0 Hz")

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
field = np.linspace(-3e4, 3e4, 301)
axes[0].plot(field / 1e3, 1e6 * np.asarray(electric.current(told.sensor, best.ask.readout, field)))
axes[0].axvspan(-MOST / 1e3, MOST / 1e3, color="0.9")
axes[0].set_xlabel("field (kV/m)")
axes[0].set_ylabel("photocurrent (µA)")
axes[1].hist(half_waves / 1e3, 40)
axes[1].set_xlabel("half-wave field (kV/m)")
axes[1].set_ylabel("chips")
fig.tight_layout()

# %% [markdown]
# ## The current in the line
#
# That is a matter of its magnetic field. For comparison a **reference model**, no cell of this kit: fibre around the
# conductor (Faraday's effect), twenty turns, with the Verdet constant of the user's fibre; here that of Smith's of 1978
# at .633 µm.

# %%
loop = current.Loop(verdet=3.61, turns=20)
told_current = float(current.current_noise(loop, 1e-3, Receiver(responsivity=0.9)))
print(f"reference: ±{float(current.unambiguous(loop)):.0f} A, {1e3 * told_current:.2f} mA/√Hz")

# %% [markdown]
# ## The chip
#
# The strips of the search, and strips of half their length for fields twice as strong.

# %%
design = read_design(Path(tapeout.__file__).parent / "designs" / "field_sensor.yaml")
near = design.instances["near"].settings
assert abs(near["length"] - best.after.drawn["length"]) < 1.0
assert near["gap"] == best.after.drawn["gap"]
built = build_chip(design, work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "field_sensor.png", width=700)
