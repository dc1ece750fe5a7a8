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
# # A strain gauge for bridges, from its specification to a chip that passes sign-off
#
# Wanted, on a girder of steel: ±500 µε along two axes, 1 µε told a hundred times a second, from -20 to 60 °C, without
# a tunable laser. The numbers of the specification are chosen here. The chip: four Bragg gratings in wavelength
# division, two along each axis, and an arrayed-waveguide grating that reads them in the light of one broad source.

# %%
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image

from lingnan import tapeout
from lingnan.components import soi
from lingnan.components.compact.ways import Line as Guide
from lingnan.components.soi.gratinglines import Grating
from lingnan.pdk import SOI220, active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.mechanics import mounting, strain
from lingnan.solvers.mechanics.mounting import Mounted
from lingnan.solvers.sensors import Detector, interrogation
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
SOI220.activate()
line = active_process()
work = Path(tempfile.mkdtemp())

MOST, LEAST = 500e-6, 1e-6  # of strain
COLD, WARM, RATE = 253.15, 333.15, 100.0  # K, K, Hz

# %% [markdown]
# ## Four lines
#
# Where phases match, with what strain and temperature do to them. Each may go its own way by ±500 µε and 2 K; what all
# share does not count, for the spectrometer shares it.

# %%
design = read_design(Path(tapeout.__file__).parent / "designs" / "bridge_strain.yaml")
part = {name: dict(one.settings) for name, one in design.instances.items()}
drawn = [soi.cells["bragg_array"](**part[name]) for name in ("along", "across")]
gratings = [Grating(part[name]["period"] + k * part[name]["step"], 300, line.number("cells.bragg_depth"), 0.45)
            for name in ("along", "across") for k in range(2)]  # fmt: skip
gauges = [one.gauge() for one in gratings]
lines = np.array([float(one.wavelength) for one in gauges])
te = gauges[0]
print("lines", *(f"{1e3 * one:.2f}" for one in lines), "nm")
print(f"dλ/λ by strain along {float(te.along):.3f}, across {float(te.across):.3f};", end=" ")
print(f"{1e6 * lines[0] * float(te.thermal):.1f} pm/K, as {float(te.thermal / te.along) * 1e6:.0f} µε would")
room = strain.gaps_pm(gauges, MOST, 2.0, 1e6 * max(one.band for one in gratings))
print("left between bands:", *(f"{float(one):.0f}" for one in room), "pm")
try:
    soi.cells["bragg_array"](**{**part["along"], "strain": 2e-3})
except LingnanError as refused:
    print(refused)

# %% [markdown]
# ## What tells two strains apart
#
# TE light answers to strain across nearly as to strain along: two gratings at right angles tell their sum well, and
# what each axis does badly. The price is by how much a strain is told worse than if all else were known. A wide guide
# helps a little (its answers, and those of TM light, are of the same solver and not kept: numbers of one run, with the
# thermal answer of the gratings). TM light helps much, but no grating or coupler of this line has it. What the line can
# have is a bond that passes strain one way: glue on two strips, each along its gratings. The chip thinned to 100 µm, 10
# µm of epoxy of 1 GPa (guesses), and silicon along <110>: 169 GPa, Poisson's ratio 0.064.

# %%
GLUE, BOND, CHIP, THIN, POISSON = 1e9, 10.0, 169e9, 100.0, 0.064  # Pa, µm, Pa, µm
STRIP = 500.0  # µm
wide, high = design.chip.size
shares = []
for length, width in ((wide, high), (high, wide)):  # the chip's whole width is stretched by a strip's glue
    lag = strain.lag_of_chip(CHIP, THIN * width / STRIP, GLUE, BOND)
    shares.append(float(strain.passed_mean(lag, length, 1200.0)))
beside = float(strain.passed(strain.lag_of_chip(CHIP, THIN, GLUE, BOND), STRIP))  # no more than this
print(f"strips pass {shares[0]:.2f} and {shares[1]:.2f} along them, {beside:.2f} across at most")


def crossed(gauge):
    return [Mounted(gauge, 0.0, shares[0], beside, POISSON), Mounted(gauge, 90.0, shares[1], beside, POISSON)]


def both(gauge):
    return [Mounted(gauge), Mounted(gauge, 90.0)]


tm = strain.Line(1.55, 0.401, -0.155, te.thermal)
sets = {
    "TE, bonded all over": both(te),
    "TE of 800 nm": both(strain.Line(1.55, 0.642, 0.499, te.thermal)),
    "TM": both(tm),
    "TE and TM": both(te) + both(tm),
    "TE on two strips": crossed(te),
}
NOISE = 1e-8  # of dλ/λ, for comparison
for name, some in sets.items():
    rows = mounting.matrix([*some, mounting.free(te)], ("x", "y", "warmth"))
    told = mounting.told(rows, NOISE)
    seen = mounting.drawn(rows, NOISE, [2e-4, -6e-5, 10.0])[:, 0].std()
    off = mounting.drawn(rows, NOISE, [2e-4, -6e-5, 0.0], spread=0.01)[:, 0].std()
    print(f"{name:20s} price {float(told.price[0]):5.2f}, σ {1e6 * float(told.sigma[0]):.3f} µε", end=" ")
    print(f"by the bound, {1e6 * seen:.3f} drawn; {1e6 * off:.1f} µε of 200 if answers are off by 1 %")
    assert abs(seen / float(told.sigma[0]) - 1) < 0.04

# %% [markdown]
# ## Read by the chip's own spectrometer
#
# Each line lies between two channels; the logarithm of their ratio is the reading. Both are guides of one film: the
# spectrometer is not bonded, so that it moves with temperature as the gratings do, and not with strain. Side lobes of
# one array interfere with the other's lines; the way to the turned array is longer by a spiral, so that a channel sums
# over that. Without the spiral a tenth or more of a strain would be seen on the other axis.

# %%
waves = np.arange(1.538, 1.567, 1e-5)
PAIRS = ((0, 1), (2, 3), (4, 5), (6, 7))
spiral = float(soi.cells["spiral"](**part["delay"]).info["length_um"])
WAYS = (400.0, 2000.0)  # µm of guide that are routed to either array, to 100 µm
guide, fork = Guide("strip"), soi.models["mmi2x2"](wl=waves)


def channels(**now):
    """Share that each channel passes, the shortest wavelength first."""
    found = soi.models["awg"](wl=waves, **part["reader"], **now)
    return np.array([np.abs(np.asarray(found["o1", f"o{number}"])) ** 2 for number in range(9, 1, -1)])


def back(strains=(0.0, 0.0), kelvin=None, delay=spiral):
    """Share that comes back at the splitter's other port: both arrays' amplitudes."""
    total = 0.0
    for name, port, way, along in zip(
        ("along", "across"), ("o4", "o3"), (WAYS[0], WAYS[1] + delay), strains, strict=True
    ):
        array = soi.models["bragg_array"](wl=waves, temperature=kelvin, along=along, **part[name])
        gone = np.asarray(guide.amplitude(waves, way, kelvin))
        total = total + np.asarray(fork["o1", port] * fork[port, "o2"]) * gone**2 * np.asarray(array["o1", "o1"])
    return np.abs(total) ** 2


def readings(light, table):
    powers = interrogation.Reading(waves, 1.0, table).powers(light)
    return np.array([float(interrogation.ratio(powers, pair)) for pair in PAIRS])


def crosstalk(delay):
    """Readings by 100 µε along x and along y, and the worst share of a strain that the other axis' lines show."""
    rest, by_x, by_y = (readings(back(one, delay=delay), table) for one in ((0.0, 0.0), (1e-4, 0.0), (0.0, 1e-4)))
    by_x, by_y = by_x - rest, by_y - rest
    return rest, by_x, by_y, max(np.abs(by_x[2:] / by_y[2:]).max(), np.abs(by_y[:2] / by_x[:2]).max())


table = channels()
rest, by_x, by_y, worst = crosstalk(spiral)
print("100 µε along x:", *(f"{one:.3f}" for one in by_x), "  along y:", *(f"{one:.3f}" for one in by_y))
near = crosstalk(WAYS[0] - WAYS[1])[3]
print(f"crosstalk {100 * worst:.1f} % of the strain; {100 * near:.0f} % if both ways were alike")
assert worst < 0.015 < near
ends = [readings(back((e, e)), table) - rest for e in (-MOST, MOST)]
print("±500 µε in the grating:", *(f"{one:.2f}" for one in (ends[0][0], ends[1][0])))
drift = []
for kelvin in (COLD, WARM):
    drift.append(readings(back(kelvin=kelvin), channels(temperature=kelvin)) - rest)
slope = np.concatenate([by_x[:2], by_y[2:]]) / 100  # per µε
per_kelvin = np.abs(drift[1] - drift[0]).max() / slope.min() / (WARM - COLD)
print(
    f"temperature is taken for {per_kelvin:.2f} µε/K in the grating, not {float(te.thermal / te.along) * 1e6:.0f};",
    end=" ",
)
print(f"of the girder {per_kelvin / min(shares):.2f} µε/K")
assert per_kelvin < 0.5

# %% [markdown]
# ## Noise
#
# A source of 10 mW over 50 nm (guess), its light through a coupler of fibre, the splitter there and back, and a coupler
# to each diode. All eight channels are read, for four lines and the source's power: by the bound, and by currents that
# are drawn.

# %%
through = float(np.abs(soi.models["grating_coupler"](wl=1.55)["o1", "o2"]) ** 2)
half = float(np.abs(soi.models["mmi2x2"](wl=1.55)["o1", "o3"]) ** 2)
source = 10e-3 / 0.05 * through**2 * half**2  # W/µm, at the diodes but for the gratings and the spectrometer
diode = Detector(0.9, RATE / 2, 2e-12)
alone = [np.abs(np.asarray(soi.models["bragg_array"](
    wl=waves, count=1, period=one.period, strain=MOST)["o1", "o1"])) ** 2 for one in gratings]  # fmt: skip


STEP = 1e-5  # µm


def lights(offsets):
    """Of four lines that lie off [µm], and with each a step further: side lobes do not interfere within a channel."""
    at, on = (np.array([np.interp(waves - off - more, waves, one) for off, one in zip(offsets, alone, strict=True)])
              for more in (0.0, STEP))  # fmt: skip
    return np.concatenate([at.sum(axis=0)[None], at.sum(axis=0) - at + on])


@jax.jit
def resolution(lights, table):
    """σ of dλ/λ of each line, and the estimator."""
    reading = interrogation.Reading(waves, source, table)
    powers = jnp.stack([reading.powers(one) for one in lights])
    slopes = jnp.concatenate([(powers[1:] - powers[0]) / STEP * lines[:, None], powers[:1]]).T
    covariance = reading.covariance(lights[0], diode)
    found, scatter = interrogation.estimator(diode.responsivity * slopes, covariance)
    return jnp.sqrt(jnp.diagonal(scatter))[:4], found, diode.responsivity * powers[0], covariance


noise, found, currents, covariance = (np.asarray(one) for one in resolution(lights(np.zeros(4)), table))
rng = np.random.default_rng(7)
again = rng.multivariate_normal(np.zeros(8), covariance, 4000) @ found[:4].T
print("currents", *(f"{1e6 * one:.2f}" for one in currents), "µA")
print(f"σ of dλ/λ {noise.max():.1e} by the bound, {again.std(axis=0).max():.1e} drawn, worst of four")
assert np.allclose(again.std(axis=0), noise, rtol=0.04)

rows = mounting.matrix([one for one in crossed(te) for _ in range(2)], ("x", "y"))
told = mounting.told(rows, noise)
strains = mounting.drawn(rows, noise, [2e-4, -6e-5])
result = 1e6 * np.asarray(told.sigma)
print(f"strain at {RATE:.0f} readings/s: {result[0]:.3f} and {result[1]:.3f} µε by the bound, ", end="")
print(f"{1e6 * strains[:, 0].std():.3f} and {1e6 * strains[:, 1].std():.3f} drawn; wanted {1e6 * LEAST:.0f}")
assert np.allclose(1e6 * strains.std(axis=0), result, rtol=0.04)

# %% [markdown]
# ## Chips of the line
#
# What the wafer has in common moves gratings and spectrometer alike. What differs over two millimetres does not: width
# and film are drawn with their deviations inside a wafer and their length of correlation, as a Gaussian field, which
# is smooth, and as one that falls off exponentially, which is rough. The process does not say which it is. A chip is
# lost where two lines come nearer than their ranges need, or where noise is more than 1 µε; where between its channels
# a line lies does not matter, for all eight are read, and each chip is calibrated.

# %%
corner = {name: np.array([float(Grating(*one[:4], corner=name).line()) for one in gratings])
          for name in ("thick_wide", "thick_narrow", "thin_wide", "thin_narrow")}  # fmt: skip
by_film = (corner["thick_wide"] + corner["thick_narrow"] - corner["thin_wide"] - corner["thin_narrow"]) / 12
by_width = (corner["thick_wide"] + corner["thin_wide"] - corner["thick_narrow"] - corner["thin_narrow"]) / 12
print(f"one deviation: film {1e3 * by_film[0]:.2f} nm, width {1e3 * by_width[0]:.2f} nm")
places = np.array([(1127.0, 380.0), (2021.0, 380.0), (2700.0, 1197.0), (2700.0, 2091.0), (1300.0, 1620.0)])
apart = np.linalg.norm(places[:, None] - places[None], axis=2)  # the spectrometer is the last
needs = np.diff(lines) - 1e-6 * np.asarray(room)
figures = {}
for shape, fall in (("smooth", lambda d: np.exp(-(d**2) / 2)), ("rough", lambda d: np.exp(-d))):
    roots = [
        np.linalg.cholesky(fall(apart / line.statistics[name].correlation_length.value) + 1e-9 * np.eye(5))
        for name in ("thickness", "width")
    ]
    offs = np.array([
        sum(by * (one[:4] - one[4]) for by, one in zip((by_film, by_width),
            (root @ rng.standard_normal(5) for root in roots), strict=True)) for _ in range(100)
    ])  # fmt: skip
    chips = jnp.asarray([lights(off) for off in offs])
    worst = 1e6 * np.asarray(jax.lax.map(lambda one: mounting.told(rows, resolution(one, table)[0]).sigma.max(), chips))
    apart_enough = (np.diff(lines + offs, axis=1) > needs).all(axis=1)
    share = float(np.mean((worst < 1e6 * LEAST) & apart_enough))
    figures[shape] = worst, share
    print(
        f"{shape}: lines lie {1e3 * offs.std():.2f} nm off their channels; {np.median(worst):.3f} µε, nine of", end=""
    )
    print(f" ten below {np.quantile(worst, 0.9):.3f}; yield {share:.2f}")
assert figures["smooth"][1] > 0.8

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(1e3 * waves, table.T, lw=0.8)
axes[0].plot(1e3 * waves, 4 * back(), "k", lw=0.6)
axes[0].set_xlim(1541, 1563)
axes[0].set_xlabel("wavelength (nm)")
axes[0].set_ylabel("power, channels and four times the gratings")
axes[1].hist([figures["smooth"][0], figures["rough"][0]], 30, label=["smooth", "rough"])
axes[1].legend()
axes[1].set_xlabel("resolution (µε)")
axes[1].set_ylabel("chips")
fig.tight_layout()

# %% [markdown]
# Noise is no limit here: what is left are answers to strain (1 % of them is 2 µε of 200), crosstalk of the lines, what
# the bond passes on, and temperature: per kelvin some 1 µε of the girder's strain, which is twice the grating's. All
# four are for a calibration of each mounted chip, under known strain and in an oven. Left out: how the bond creeps; the
# girder's own expansion, which the gauge reads as the strain that it is; and what a strip does near its ends, for
# shear lag knows no corners.
#
# ## The chip

# %%
built = build_chip(design, work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "bridge_strain.png", width=700)
