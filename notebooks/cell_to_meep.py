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
# # From a cell to Meep, and back
#
# Any cell becomes a Meep scene: its polygons, the stack of the process at a corner, its ports. Here seen from above
# ("2.5-D"), with the film's effective permittivity; `dimension=3` gives the stack itself. Meep runs in its own
# process, and results are kept by content.

# %%
import matplotlib.pyplot as plt
import numpy as np

from lingnan.components import soi
from lingnan.pdk import SOI220, meepcell
from lingnan.solvers import meep

SOI220.activate()
cell = soi.taper(length=2.0, width2=0.9)
scene = meepcell.scene(cell, "soi220", dimension=2, points=5)
print(len(scene.prisms), "prism;", ", ".join(f"{p.name} at x = {p.center[0]:g} µm" for p in scene.ports))

# %% [markdown]
# ## Two grids
#
# One FDTD number has no error bar. Two have one: the change from one grid to the next.

# %%
try:
    coarse, fine = meep.convergence(scene, [20.0, 40.0], excite=["o1"])
except meep.MeepNotFoundError as error:
    coarse = fine = None
    print(error)

# %%
if fine is not None:
    passed = [np.abs(s["o2", "o1"]) ** 2 for s in (coarse, fine)]
    figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    axes.plot(1e3 * coarse.wavelength, passed[0], "x-", label="20 pixels per µm")
    axes.plot(1e3 * fine.wavelength, passed[1], "o-", label="40 pixels per µm")
    axes.set(xlabel="wavelength (nm)", ylabel="power from o1 to o2")
    axes.legend()
    plt.show()
    change = float(np.max(np.abs(passed[1] - passed[0])))
    back = float(np.max(np.abs(fine["o1", "o1"]) ** 2))
    print(f"between grids {change:.4f}; {100 * float(passed[1].min()):.1f} % or more goes on, {back:.5f} comes back")
    assert passed[1].max() < 1.005
    assert change < 0.02

# %% [markdown]
# ## Back: S-parameters for a circuit
#
# `sdict()` is what SAX takes, one array over wavelength for each pair of ports.

# %%
if fine is not None:
    for (start, end), s in fine.sdict().items():
        if np.all(np.isfinite(s)):  # only o1 was excited
            print(f"{start} to {end}: |S| = {abs(s[2]):.4f}")
