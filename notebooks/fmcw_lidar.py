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
# # A chirped lidar without moving parts, from a specification to a chip that passes sign-off
#
# Wanted: distance and speed of a surface that sends 10 % back, out to 5 m, in a field of ±12 degrees and 250
# directions a second, seen with 90 % at one false alarm in a thousand; laser class 1; -40 to 125 °C in a vehicle. Two
# phased arrays of 16 antennas, one that sends and one that receives, on either side of an engine. They are a small eye:
# each direction is looked at in four sweeps of 1 ms. The notebook ends with what would reach farther, in order.

# %%
import tempfile
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import yaml
from IPython.display import Image
from scipy import constants

from lingnan import tapeout
from lingnan.components import soi
from lingnan.components.compact.ways import Line as Guide
from lingnan.components.soi import arraysearch, emission, lidarlight, phasedarrays, rangefinder
from lingnan.pdk import SOI220, active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.lidar import calibration, climate, eye, farfield, link, lobes, safety, tones, views
from lingnan.solvers.lidar.chirp import Chirp, Targets, check_sampling, noisy, sample_times
from lingnan.solvers.lidar.coherent import Engine
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.lidar.ranging import Ranging
from lingnan.solvers.sensors import Chain, Converter, Detector, Laser, check_scale, passing
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
SOI220.activate()
work = Path(tempfile.mkdtemp())

WAVELENGTH, VIEW, CELSIUS = 1.55, 12.0, (-40.0, 25.0, 125.0)  # µm, degrees, °C
REFLECTIVITY, CHANCE, FALSE, LOOKS, WANTED = 0.1, 0.9, 1e-3, 4, 5.0  # looks: sweeps for a direction; m
allowed = safety.continuous_power(WAVELENGTH)
print(f"class 1: {1e3 * allowed:.1f} mW may leave the chip, whatever its aperture")

# %% [markdown]
# ## The array, by gradient
#
# Distances between antennas and the bite of their grooves, for low side lobes and much light, with errors of 0.2 rad
# and 5 % left after calibration. The very search was made before and is kept with its steps. It ends on rules of the
# line: grooves of neighbours and those of both sides keep the space of the shallow etch, and masks overlap enough.

# %%
design = arraysearch.optimise()
print(design.table())
figure = design.figure()
array, grating = arraysearch.lines_of(design.ask, design.after.drawn)
figure

# %% [markdown]
# ## The antenna
#
# Its angle by two routes: the grating equation with the index of the wave in the teeth, and the top of the far field
# of all its periods. The wavelength steers along the antennas.

# %%
sizes = emission.drawn(**design.settings)
one = emission.antenna(sizes)
print(f"angle {float(one.angle_deg):.2f}, by the far field {design.after.angle_deg:.2f} degrees")
print(f"{design.after.efficiency:.1%} of the light goes up")
print(f"{1e-3 * float(one.degrees_per_um):.3f} degrees/nm")
shifted = emission.antenna(sizes, WAVELENGTH + 1e-3)
assert abs(float(shifted.angle_deg - one.angle_deg) / (1e-3 * float(one.degrees_per_um)) - 1) < 0.01
assert abs(float(one.angle_deg) - design.after.angle_deg) < design.after.width_along_deg / 2
steer = float(farfield.cosine(VIEW))
print(f"one antenna at the edge of the field: {10 * np.log10(float(emission.element(sizes, steer))):.1f} dB")
second = np.rad2deg(np.arcsin(lobes.grating_lobes(design.after.drawn["pitch"], WAVELENGTH, steer)))
print("with the beam there, grating lobes of the middle pitch at", *np.round(second, 1), "degrees")
views.warn_of_second_beam("fmcw_lidar", array.position, WAVELENGTH, VIEW, VIEW)  # would warn

# %% [markdown]
# ## What the process does to the phases, and the calibration that undoes it
#
# Widths wander over millimetres (`[statistics]` of the process): channels 50 µm apart differ by little, and most of it
# is a tilt. Drawn as a Gaussian field of the process's own deviation within a wafer and its correlation length, along
# channels that are taken as straight; thickness does the same. What the line does not state, scatter on
# micrometres by rough walls, is put in as a phase anywhere round the circle: the calibration must find it all.

# %%
line, guide = active_process(), Guide("strip")
teeth = {name: design.settings.get(name) for name in ("length", "period", "period_end", "width", "bite", "bite_end")}
plan = phasedarrays.plan_of(
    "phased_array", 16, *(design.after.drawn[name] for name in ("pitch", "pitch_end", "pitch_power")), 50.0, 150.0,
    phasedarrays.teeth_of("phased_array", **teeth, fill=0.5, taper=20.0, cross_section="strip"), "strip",
)  # fmt: skip
way, heights = phasedarrays.way_of(plan, "strip") + plan.heater, np.array(plan.channels)
slope = float(guide.index(WAVELENGTH, None, 0.451) - guide.index(WAVELENGTH, None, 0.449)) / 0.002
spread = line.statistics["width"]
apart = (heights[:, None] - heights) / spread.correlation_length.value
common = np.exp(-(apart**2) / 2) + 1e-9 * np.eye(16)
rng = np.random.default_rng(4)
widths = spread.within_wafer.value * (np.linalg.cholesky(common) @ rng.standard_normal((16, 400)))
walks = 2 * np.pi / WAVELENGTH * slope * way * widths
tilt = np.polynomial.polynomial.polyfit(heights, walks, 1)
rest = walks - np.polynomial.polynomial.polyval(heights, tilt, tensor=True).T
print(f"{way:.0f} µm of guide to each antenna, alike, whose width wanders: {walks.std(axis=0).mean():.2f} rad over the")
print(f"channels, of which {rest.std(axis=0).mean():.2f} rad are no tilt")

phase = rng.uniform(-np.pi, np.pi, 16) + walks[:, 0]
made = Line(array.position, 1 + 0.05 * rng.standard_normal(16), WAVELENGTH, phase)
drives, u = calibration.drives(16, 8, jax.random.key(1)), np.linspace(-steer, steer, 48)
seen = calibration.measured(made, drives, u)
seen = seen + 0.02 * float(jnp.mean(seen)) * rng.standard_normal(seen.shape)
found = calibration.calibrated(array.position, WAVELENGTH, drives, u, seen)
mended = Line(array.position, made.amplitude, WAVELENGTH, phase + np.asarray(found.correction))
turned = np.exp(1j * np.asarray(mended.phase))
error = np.angle(turned / np.mean(turned))
beam = 10 * np.log10(float(farfield.power(mended, 0.0)))
print(f"phases found to {error.std():.3f} rad rms; beam {beam:.2f} dB of the best")
assert error.std() < 0.05
angle = np.linspace(-30, 30, 1201)
fig, ax = plt.subplots(figsize=(6, 3))
for label, shown in (("as made", made), ("calibrated", mended), ("steered", mended.steered(steer))):
    if label == "steered":
        shown = Line(mended.position, mended.amplitude, WAVELENGTH, mended.phase + shown.phase)
    ax.plot(angle, 10 * np.log10(np.asarray(farfield.power(shown, farfield.cosine(angle))) + 1e-4), label=label)
ax.set_xlabel("angle (degrees)")
ax.set_ylabel("power (dB)")
_ = ax.legend()

# %% [markdown]
# ## The engine
#
# The heater of the hybrid sets the quarter wave between I and Q. Powers are those of the model: grating coupler, tap,
# splitters and antennas. Each chip's laser is set so that class 1 leaves it.


# %%
def quarter_wave(kelvin=298.15):
    """By how much the hybrid's heater warms its guide [K]."""
    warm = np.linspace(0.0, 40.0, 161)
    mixed = soi.models["hybrid_90"](heating=warm, temperature=kelvin)
    beat = {k: np.asarray(mixed["o2", f"o{k}"]) * np.conj(np.asarray(mixed["o1", f"o{k}"])) for k in (3, 4, 5, 6)}
    quarter = np.angle((beat[5] - beat[6]) / (beat[3] - beat[4]))
    return float(warm[np.argmin(np.abs(quarter + np.pi / 2))])


heating = quarter_wave()
light = lidarlight.engine(heating=heating)
sent = np.abs(np.asarray(lidarlight.excitation(soi.models["phased_array"](**design.settings)))) ** 2
outwards = float(np.abs(light.out) ** 2 * sent.sum())
laser = allowed / outwards
print(f"heater {heating:.1f} K: image {float(light.receiver.image_rejection_db):.0f} dB down")
print(f"{outwards:.1%} of the laser's light in the guide leaves the chip: {1e3 * laser:.0f} mW there are class 1")
print(f"local oscillator {1e3 * laser * float(jnp.sum(jnp.abs(light.receiver.local) ** 2)):.2f} mW at the diodes")
assert float(light.receiver.image_rejection_db) > 25

# %% [markdown]
# ## Range, with phase noise
#
# A chirp of 1 GHz in 1 ms, sampled at 30 MHz; a laser 10 kHz wide. A surface that moves, up and down chirp. 128 sweeps
# with noise scatter as the bound of receiver and phase noise says.

# %%
RATE, LINEWIDTH, ADC = 30e6, 1e4, Converter(4e-6, 12.0, -2e-6)
up = Chirp(1e9, 1e-3)
check_sampling(RATE, up, 20.0, 10.0)
try:
    check_sampling(RATE, up, 3000.0)
except ValueError as refused:
    print(refused)
responsivity = line.specifications["photodiode_responsivity"].minimum.value


def engine_of(power, thermal=5e-12, dark=0.0):
    """Source, chip, detectors and converter: the chain of all sensors, with the chip's hybrid in it."""
    chain = Chain(Laser(power, LINEWIDTH), Detector(responsivity, RATE / 2, thermal, dark), ADC)
    return Engine(chain, light.receiver)


receiver = engine_of(laser)
across = Line(array.position, array.amplitude, WAVELENGTH, jnp.zeros(16))


def eye_of(row, along, sizes):
    """Share of the light in the main lobe, length and width that receive [µm], by amplitudes and pattern."""
    found = eye.across(row, lambda u: emission.element(sizes, u))
    return float(found.share), float(eye.along(along, sizes.period)), float(found.width)


main, long, wide = eye_of(across, grating, sizes)
tilted = 1e-12 * np.cos(np.deg2rad(design.after.angle_deg))
aperture = long * wide * tilted
print(f"{main:.0%} of the light is in the main lobe; aperture {1e12 * aperture:.0f} µm², {long:.0f} by {wide:.1f} µm")
filled = np.ptp(array.position) * 16 / 15 * main
print(f"the second width by the array's own, {filled / main:.1f} µm, times what grating lobes leave: {filled:.1f} µm")
assert abs(wide / filled - 1) < 0.1
path = link.Link(allowed * main, aperture, REFLECTIVITY, efficiency=float(sent.sum()))
system = Ranging(path, receiver, up)

distance, speed = 3.0, 3.0
power = float(path.received(distance))
print(f"{1e15 * power:.2f} fW come back from {distance:g} m, ratio {10 * np.log10(float(system.snr(distance))):.1f} dB")
alone = responsivity * receiver.hybrid.detected(0.0, receiver.local)
check_scale(receiver.trace(alone), ADC)
print(f"direct current of the oscillator, as couplers are not even: {1e9 * abs(complex(alone)):.1f} nA, taken off")


@jax.jit
def sweeps(keys):
    def single(key):
        first, second = jax.random.split(key)
        sweep = noisy(up, LINEWIDTH, first, 1e-8, 5e-8)
        clear = receiver.currents(sweep, Targets(distance, 0.0, power), sample_times(up, RATE))
        return tones.tone(receiver.drawn(clear - alone, second), RATE)[0]

    return jax.lax.map(single, keys)


beats = np.asarray(sweeps(jax.random.split(jax.random.key(3), 128)))
error = (beats - float(up.beat(distance))) * constants.c / (2 * float(up.slope))
good = np.abs(error) < 0.5
sigma = float(system.distance_sigma_m(distance))
in_line = float(tones.coherent_share(LINEWIDTH, 2 * distance / constants.c))
samples = float(system.bound_m(distance)) / np.sqrt(in_line)
print(f"of which {1e3 * samples:.2f} mm by the receiver's samples, as the chain has them, and Fisher's matrix")
print(f"scatter {1e3 * error[good].std():.2f} mm of {good.mean():.0%} that saw it, theory {1e3 * sigma:.2f} mm")
assert abs(error[good].std() / sigma - 1) < 0.2  # 128 sweeps tell 6 %, the bound is that of a strong tone
down = Chirp(1e9, 1e-3, falling=True)
pair = [float(one.beat(distance, speed)) for one in (up, down)]
told = -(pair[0] + pair[1]) / 4e6 * WAVELENGTH
print(f"up and down beat at {pair[0] / 1e6:.3f} and {pair[1] / 1e6:.3f} MHz: {told:.2f} m/s")
assert abs(told - speed) < 1e-9

# %% [markdown]
# ## One gradient from the mask to the reach
#
# The same as one function of the sizes that are drawn, on the chain that all sensors share: its slopes say what a
# nanometre is worth, and samples of the process what it costs. `rangefinder.by_film` adds film and etch, by the grating
# solver anew (not done here: half a minute); widths alone move the reach little.

# %%
tree = float(sent.sum()) / design.after.efficiency
finder = rangefinder.Finder(receiver.chain, up, light, tree, allowed, REFLECTIVITY)
names = ("pitch", "pitch_end", "pitch_power", "bite", "bite_end")
drawn = {"length": design.ask.length, "width": design.ask.width, **{name: design.after.drawn[name] for name in names}}


@jax.jit
def reach_by(sizes, wider=0.0):
    return finder.ranging(**sizes, wider=wider).reach_m(CHANCE, FALSE, LOOKS)


slopes = jax.jit(jax.grad(reach_by))({name: float(value) for name, value in drawn.items()})
for name in ("length", "width", "bite", "bite_end", "pitch_end"):
    print(f"{float(slopes[name]):8.3f} m/µm  {name}")
deviation = np.hypot(spread.within_wafer.value, spread.wafer_to_wafer.value)
chips = np.asarray(jax.jit(jax.vmap(lambda by: reach_by(drawn, by)))(deviation * rng.standard_normal(200)))
good = float(passing(-chips, -WANTED))
print(f"{float(reach_by(drawn)):.2f} m; widths scatter it to {chips.mean():.2f} ± {chips.std():.2f}, yield {good:.2f}")
assert abs(float(reach_by(drawn)) / float(system.reach_m(CHANCE, FALSE, LOOKS)) - 1) < 0.02
assert good == 1.0

# %% [markdown]
# ## Temperature, and the chance to be seen
#
# The beam wanders along the antennas and is brought back by the wavelength; the diodes leak more (activation energy of
# 0.3 eV, **assumed**); the amplifier's noise follows the root of the temperature. Light is that of the chip's models at
# each temperature: splitters, crossing and hybrid with its heater set anew, antennas at their own angle.

# %%
drift = float(guide.index(WAVELENGTH, 299.15, 1.2) - guide.index(WAVELENGTH, 298.15, 1.2))
dark = line.specifications["photodiode_dark_current"].maximum.value * 1e-9
reach = {}
for celsius in CELSIUS:
    kelvin = float(climate.celsius(celsius))
    moved = climate.pointing(one, drift, kelvin)
    chip = lidarlight.engine(heating=quarter_wave(kelvin), temperature=kelvin)
    amplitudes = lidarlight.excitation(soi.models["phased_array"](**design.settings, temperature=kelvin))
    up_there = float(np.sum(np.abs(np.asarray(amplitudes)) ** 2))
    set_to = allowed / (float(np.abs(chip.out) ** 2) * up_there)
    leaks = float(climate.dark_current(dark, 0.3, kelvin))
    chain = engine_of(set_to, 5e-12 * np.sqrt(kelvin / 298.15), leaks).chain
    warmer = Ranging(replace(path, efficiency=up_there), Engine(chain, chip.receiver), up)
    reach[celsius] = float(warmer.reach_m(CHANCE, FALSE, LOOKS))
    print(
        f"{celsius:4.0f} °C: of {1e3 * set_to:.0f} mW {float(np.abs(chip.out) ** 2):.1%} reach an array and "
        f"{up_there:.1%} of that leave it; image {float(chip.receiver.image_rejection_db):.0f} dB down"
    )
    print(
        f"{celsius:4.0f} °C: beam {float(moved.along_deg):+.2f} degrees, brought back by "
        f"{1e3 * float(moved.wavelength):+.1f} nm; diodes leak {4e6 * leaks:.2f} µA; reach {reach[celsius]:.2f} m"
    )
try:
    climate.dark_current(dark, 0.3, climate.celsius(150.0))
except ValueError as refused:
    print(refused)
assert min(reach.values()) > WANTED
where = np.geomspace(0.5, 30.0, 60)
fig, ax = plt.subplots(figsize=(6, 3))
for looks in (1, 4, 16):
    ax.semilogx(where, np.asarray(system.detection(where, FALSE, looks)), label=f"{looks} sweeps")
ax.set_xlabel("distance (m)")
ax.set_ylabel("probability of detection")
_ = ax.legend()
try:
    soi.models["phased_array"](temperature=float(climate.celsius(150.0)))
except LingnanError as refused:
    print(refused)

# %% [markdown]
# ## What limits it, in order
#
# The sum in decibels at 5 m, and then the reach with one thing after another changed. Four looks are four only where
# speckle is another in each: it is, once the surface has moved sideways by about the size of the eye (0.02 by 0.13 mm)
# or the beam has wandered on; what stands quite still is seen as in one look.

# %%
decibel = {
    "light that class 1 allows (dBm)": 30 + 10 * np.log10(allowed),
    "in the main lobe": 10 * np.log10(main),
    "back from the surface, per steradian": 10 * np.log10(REFLECTIVITY / np.pi),
    "what the eye is seen under": 10 * np.log10(aperture / WANTED**2),
    "antennas, guides and splitters of the receiver": 10 * np.log10(path.efficiency),
}
for name, value in decibel.items():
    print(f"{value:7.1f}  {name}")
back = 30 + 10 * np.log10(float(path.received(WANTED)))
photons = float(path.received(WANTED)) * up.duration / (constants.h * constants.c / (1e-6 * WAVELENGTH))
print(f"{back:7.1f}  dBm come back: {photons:.0f} photons in a sweep, ratio {float(system.snr(WANTED)):.0f}")
assert abs(sum(decibel.values()) - back) < 1e-6


def reach_of(antennas, length, *, alone=False):
    """With equal distances and the weakest grooves that the line makes, so many antennas so long [m].

    `alone`: all light in the main lobe, and the eye as much wider.
    """
    given = {"pitch": design.after.drawn["pitch"], "bite": 0.2, "bite_end": 0.2, "period": 0.5989, "length": length}
    made = emission.drawn(**{name: given[name] for name in ("length", "bite", "bite_end", "period")})
    where = phasedarrays.positions(antennas, given["pitch"], given["pitch"], 1.0)
    row = Line(where, np.ones(antennas), WAVELENGTH, np.zeros(antennas))
    share, tall, broad = eye_of(row, emission.along(made, WAVELENGTH), made)
    amplitudes = lidarlight.excitation(soi.models["phased_array"](antennas=antennas, **given))
    taken = float(np.sum(np.abs(np.asarray(amplitudes)) ** 2))
    lobe, seen_by = (1.0, broad / share) if alone else (share, broad)
    one = link.Link(allowed * lobe, tall * seen_by * tilted, REFLECTIVITY, efficiency=taken)
    oscillator = engine_of(allowed / (float(np.abs(light.out) ** 2) * taken))
    return float(Ranging(one, oscillator, up).reach_m(CHANCE, FALSE, LOOKS))


farther = {
    "this chip": reach[25.0],
    "one look instead of four": float(system.reach_m(CHANCE, FALSE)),
    "16 looks": float(system.reach_m(CHANCE, FALSE, 16)),
    "antennas of 500 µm, weak and uniform": reach_of(16, 500.0),
    "64 of them": reach_of(64, 500.0),
    "64 of 1 mm": reach_of(64, 1000.0),
    "64 of 1 mm, without grating lobes": reach_of(64, 1000.0, alone=True),
}
for name, value in farther.items():
    print(f"{value:6.1f} m  {name}")

# %% [markdown]
# First the width: four times as many antennas see twice as far, on a chip of 3.4 mm by array. Then the length, up to
# where the weakest grooves (OVL.SH) have sent all light, about 0.6 mm. Then grating lobes, into which half of the light
# goes, and from which half of the eye looks: the space of the shallow etch (SH.S) keeps antennas 1.95 µm apart, where
# half a wavelength is wanted. More light is not allowed.
#
# ## The chip
#
# `tapeout/designs/fmcw_lidar.yaml` has the engine between both arrays, with the sizes of the search.

# %%
file = Path(next(iter(tapeout.__path__))) / "designs" / "fmcw_lidar.yaml"
drawn = yaml.safe_load(file.read_text())["instances"]
for name in ("sender", "receiver"):
    assert {"width": design.ask.width, **drawn[name]["settings"]} == design.settings
built = build_chip(read_design(file), work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "fmcw_lidar.png", width=700)
