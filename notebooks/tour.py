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
# # The tour: from a cell to a chip that passes sign-off
#
# Everything here runs without an account, a key or a display. The line's numbers are public, representative ones; a
# foundry's own file takes their place with `--process`.

# %%
import tempfile
from pathlib import Path

from IPython.display import Image

from lingnan.components import soi
from lingnan.pdk import SOI220
from lingnan.pdk.process import load_process

SOI220.activate()
process = load_process("soi220")
work = Path(tempfile.mkdtemp())
print(process.stamp, "-", len(process.rules), "rules,", len(process.representative), "representative numbers")

# %% [markdown]
# ## A cell
#
# Widths, layers and limits come from the process. What the line cannot make is refused with the rule that says so.

# %%
ring = soi.ring_single(radius=10, gap=0.2)
print([port.name for port in ring.ports], dict(ring.info))

# %%
try:
    soi.ring_single(gap=0.05)
except ValueError as error:
    print(error)
    refused = str(error)
assert "WG.S" in refused

# %% [markdown]
# ## A cut through it
#
# The same process file says what the masks leave on the wafer: here across the bus and the ring, in the coupling gap.

# %%
from lingnan.pdk.view import cross_section_picture, cut

across = cut(ring, process, (0, -2), (0, 4))
cross_section_picture(ring, process, (0, -2), (0, 4), work / "cut.png")
Image(work / "cut.png")

# %% [markdown]
# ## A chip
#
# gdsfactory's netlist schema, and a `chip:` section for what surrounds the circuit.

# %%
design_text = """
chip:
  process: soi220
  name: tour
  size: [1300, 1200]
  fibre_arrays:
    west: {side: west, component: grating_coupler, count: 4}
  measurements:
    rings: {devices: [ring1-2], measure: transmission, wavelength: [1.5, 1.6]}
instances:
  ring1: {component: ring_single, settings: {radius: 10, gap: 0.2}}
  ring2: {component: ring_single, settings: {radius: 10, gap: 0.25}}
placements:
  ring1: {port: o1, x: 700, y: "west1,o1"}
  ring2: {port: o1, x: 700, y: "west3,o1"}
routes:
  out: {links: {"west1,o1": "ring1,o1", "west3,o1": "ring2,o1"}}
  back: {links: {"ring1,o2": "west2,o1", "ring2,o2": "west4,o1"}}
"""
(work / "tour.yaml").write_text(design_text)

# %%
from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

design = read_design(work / "tour.yaml")
folder = work / "tour"
folder.mkdir()
built = build_chip(design, folder)
print(sorted(path.name for path in folder.iterdir()))
Image(folder / "tour.png", width=700)

# %% [markdown]
# ## Sign-off
#
# The design rules of the process, and the layout against its design: extracted from the shapes alone.

# %%
print(len(built.drc.rules), "rules,", built.errors, "errors")
print(built.lvs.joined, "of", built.lvs.links, "links joined,", len(built.lvs.mismatches), "mismatches")
assert built.clean

# %% [markdown]
# ## A fault, found
#
# Somebody moves a ring by 5 nm in a layout editor. A gap that no eye sees, and light that does not arrive.

# %%
import klayout.db as kdb

from lingnan.tapeout.lvsdesign import lvs

edited = kdb.Layout()
edited.read(str(folder / "tour.gds"))
moved = next(one for one in edited.top_cell().each_inst() if one.cell.name.startswith("ring_single"))
moved.transform(kdb.Trans(5, 0))
report = lvs(edited, edited.top_cell(), design)
for mismatch in report.mismatches:
    print(mismatch.kind, mismatch.value, mismatch.unit, mismatch.instances)
assert not report.clean

# %% [markdown]
# ## The file
#
# No dates and no metadata in the GDS: the same design gives the same bytes, anywhere.

# %%
again = work / "again"
again.mkdir()
build_chip(read_design(work / "tour.yaml"), again)
assert (again / "tour.gds").read_bytes() == (folder / "tour.gds").read_bytes()
print(built.digests["tour.gds"])
