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
# # Salt in water, from the specification to a chip that passes sign-off
#
# Wanted: the salinity of river, estuary and sea, 0 to 35 g/kg (‰), to 0.02 ‰, at water temperatures that change by ten
# kelvins, at every corner of the line. A kelvin looks like half a gram of salt in a kilogram, so the chip has to know
# its temperature to a few hundredths of a kelvin: it measures two things or neither.

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
from lingnan.pdk import SOI220, active_process, optics
from lingnan.solvers import sensors
from lingnan.solvers.sensors import bounds, estimators, seawater
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

jax.config.update("jax_enable_x64", True)
keep_compilations()
SOI220.activate()
line = active_process()
work = Path(tempfile.mkdtemp())

WAVELENGTH, WARM = 1.55, 293.15
SPECIFIED = 0.02  # ‰, one σ

# %% [markdown]
# ## What salt does to a guide
#
# Water as the library has it at 1.55 µm, and on top what salt adds, by Quan and Fry. Their measurement ends at 0.7 µm;
# that their formula runs on to 1.55 is an assumption, and the code says so. One solve gives sensitivity and drift.

# %%
guides = {
    corner: {
        medium: sensors.response(
            optics.geometry(line, "strip", corner=corner, cladding=cladding),
            wavelength=WAVELENGTH,
            temperature=WARM,
            other_loss_db_cm=line.cross_sections["strip"].loss.value,
        )
        for medium, cladding in (("wet", "water"), ("dry", None))
    }
    for corner in ("nominal", "thick_wide", "thin_narrow")
}
for corner, pair in guides.items():
    wet, dry = pair["wet"], pair["dry"]
    print(
        f"{corner:12s} {float(wet.nm_per_riu):.1f} nm/RIU; {float(wet.pm_per_kelvin):.1f} pm/K in water, "
        f"{float(dry.pm_per_kelvin):.1f} under oxide; {float(wet.loss_db_cm):.1f} dB/cm in water"
    )
salt = seawater.salt(35.0, WARM, WAVELENGTH)
print(f"sea water: {float(salt.change):.2e} RIU over fresh water; measured at this wavelength: {salt.measured}")
assert not salt.measured

# %% [markdown]
# ## The chip's devices, with the lengths that are drawn
#
# Two interferometers with one arm in the water, and two racetracks in water with a covered twin each. The coarse
# interferometer must not turn by more than π over the whole range of salt; the fine one is read between its fringes.

# %%
design = read_design(Path(tapeout.__file__).parent / "designs" / "salinity.yaml")
drawn = {name: soi.cells[one.component](**one.settings) for name, one in design.instances.items() if one.settings}
exposed = {name: drawn[name].info["exposed_um"] for name in ("coarse", "fine")}
print(exposed)


def seen(corner, salinity, warmth):
    """Phases of both interferometers [rad], and shifts of a wet and of a covered line [pm]."""
    wet, dry = guides[corner]["wet"], guides[corner]["dry"]
    change = sensors.Cause(analyte=seawater.salt(salinity, WARM, WAVELENGTH).change, warmth=warmth)
    phases = [sensors.Interferometer(wet, dry, exposed[name]).phase(WAVELENGTH, change) for name in exposed]
    rest = [sensors.Interferometer(wet, dry, exposed[name]).phase(WAVELENGTH) for name in exposed]
    shift = 1e3 * wet.nm_per_riu * change.analyte + wet.pm_per_kelvin * warmth
    return jnp.stack(
        [*(one - other for one, other in zip(phases, rest, strict=True)), shift, dry.pm_per_kelvin * warmth]
    )


span = jnp.linspace(0.0, 35.0, 36)
turned = jax.vmap(lambda s: seen("nominal", s, 0.0))(span)
coarse = float(turned[-1, 0] - turned[0, 0])
fine = float(turned[-1, 1] - turned[0, 1])
print(f"over all salinities: {coarse:.2f} rad coarse, {fine:.1f} rad fine")
assert abs(coarse) < np.pi < 2 * np.pi < abs(fine)

# %% [markdown]
# A third one has three outputs 120 degrees apart, and so much guide under oxide in its wet arm that a kelvin hardly
# turns it: `soi.athermal` finds the length from the models of the cells; here are the guides of the mode solver.

# %%
arms = design.instances["coherent"].settings
wet, dry = guides["nominal"]["wet"], guides["nominal"]["dry"]


def by_a_kelvin(more):
    """Turn of the coherent interferometer with so much more guide under oxide [rad]."""
    made = sensors.Interferometer(wet, dry, arms["length_x"], covered=more, other=arms["length_x"])
    return float(made.phase(WAVELENGTH, sensors.Cause(warmth=1.0)) - made.phase(WAVELENGTH))


mild, bare = by_a_kelvin(arms["delta_length"]), by_a_kelvin(0.0)
print(f"a kelvin turns the coherent one by {1e3 * mild:.1f} mrad, and {1e3 * bare:.0f} mrad with arms of one length")
assert abs(mild) < 0.02 * abs(bare)  # water's dn/dT is not that of the models' 298.15 K

# %% [markdown]
# ## How well salt and temperature can be told
#
# What a kelvin is taken for differs from reading to reading; were it the same, no number of readings would tell the two
# apart. Both interferometers have one ratio, so a wet line has to come in, and a covered one makes it easy.
#
# Noise: 1 mrad of each phase, 0.2 pm of each line. Fisher's information of all four readings on both unknowns; its
# inverse is the best that anybody can do.

# %%
sigma = jnp.array([1e-3, 1e-3, 0.2, 0.2])


def best(corner, at, keep=(0, 1, 2, 3)):
    """Least σ of salinity [‰] and temperature [K]."""
    which = jnp.asarray(keep)
    return bounds.sigma(lambda p: (seen(corner, p[0], p[1])[which], (sigma**2)[which]), jnp.asarray(at))


for corner in guides:
    least, kelvin = best(corner, [20.0, 2.0])
    print(f"{corner:12s} {float(least):.4f} ‰, {float(kelvin) * 1e3:.2f} mK")
    assert float(least) < SPECIFIED
by_salt, by_warmth = (
    jax.jacfwd(lambda x, k=k: seen("nominal", *((x, 2.0), (20.0, x))[k]))(v) for k, v in ((0, 20.0), (1, 2.0))
)
ratio = np.asarray(by_warmth / by_salt)[:3]
print("a kelvin looks like", *(f"{one:.2f} ‰" for one in ratio), "to coarse, fine and wet line")
assert abs(ratio[0] / ratio[1] - 1) < 1e-9
assert abs(ratio[2] / ratio[0] - 1) > 0.5
easy, alone = (float(best("nominal", [20.0, 2.0], keep)[0]) for keep in ((0, 1, 2, 3), (1, 2)))
print(f"{easy:.4f} ‰ with all, {alone:.4f} ‰ by the fine phase and the wet line")

# %% [markdown]
# ## Estimates on simulated readings
#
# Readings of the fine interferometer are known but for turns of 2π, which the coarse one counts. Then a weighted fit of
# both unknowns; its scatter over 400 readings stands beside the bound.

# %%
rng = np.random.default_rng(5)
truth = np.stack([rng.uniform(1.0, 34.0, 400), rng.uniform(-5.0, 5.0, 400)], axis=1)
clear = jax.vmap(lambda p: seen("nominal", p[0], p[1]))(jnp.asarray(truth))
readings = clear + sigma * rng.standard_normal(clear.shape)
wrapped = readings.at[:, 1].set(jnp.mod(readings[:, 1], 2 * np.pi))


@jax.jit
@jax.vmap
def estimated(reading):
    """Salinity and temperature, from a reading with its fine phase between 0 and 2π."""
    warmth = reading[3] / guides["nominal"]["dry"].pm_per_kelvin
    slope = (seen("nominal", 35.0, warmth) - seen("nominal", 0.0, warmth)) / 35.0
    first = (reading[0] - seen("nominal", 0.0, warmth)[0]) / slope[0]
    expected = seen("nominal", first, warmth)[1]
    turns = jnp.round((expected - reading[1]) / (2 * np.pi))
    whole = reading.at[1].add(2 * np.pi * turns)
    start = jnp.stack([first + 1e-6, warmth + 1e-6])
    return estimators.fit(lambda p, _: seen("nominal", p[0], p[1]), start, whole, whole, sigma**2).parameters


found = estimated(wrapped)
scatter = np.std(np.asarray(found) - truth, axis=0)
bound = np.sqrt(np.mean(np.asarray(jax.vmap(lambda p: best("nominal", p))(jnp.asarray(truth))) ** 2, axis=0))
print(f"scatter {scatter[0]:.4f} ‰ and {scatter[1] * 1e3:.2f} mK; bound {bound[0]:.4f} ‰ and {bound[1] * 1e3:.2f} mK")
# 400 readings tell a scatter to 3.5 %; three of these
assert np.all(np.abs(scatter / bound - 1) < 0.11)
assert scatter[0] < SPECIFIED

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(span, turned[:, 0], label="coarse")
axes[0].plot(span, np.mod(turned[:, 1], 2 * np.pi), label="fine, as read")
axes[0].set_xlabel("salinity (‰)")
axes[0].set_ylabel("phase (rad)")
axes[0].legend()
axes[1].plot(truth[:, 0], 1e3 * (np.asarray(found)[:, 0] - truth[:, 0]), ".", markersize=3)
axes[1].axhspan(-1e3 * SPECIFIED, 1e3 * SPECIFIED, alpha=0.1)
axes[1].set_xlabel("salinity (‰)")
axes[1].set_ylabel("error (0.001 ‰)")
fig.tight_layout()

# %% [markdown]
# What the bound does not know: the index of other salts, sugar or dissolved gas, fouling of the windows, and how far
# Quan and Fry's formula holds at 1.55 µm, some per cent of the change. A calibration with two known waters takes the
# last away.
#
# ## The chip

# %%
built = build_chip(design, work)
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean
Image(work / "salinity.png", width=700)
