"""How the modes of the line's guides answer to strain, kept: numbers of `solvers.mechanics.photoelastic.Gauge`.

    strains.gauge(active_process(), "strip").pm_per_microstrain     # along, in a film that is free upwards

At one wavelength and the cross-section's own width; all media are strained alike, gases not.
"""

from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.guides import digest
from lingnan.pdk import optics
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.mechanics import photoelastic
from lingnan.solvers.mechanics.photoelastic import Gauge

WAVELENGTH = 1.55  #: [µm]


def gauge(process: Process, cross_section: str, corner: str = "nominal", cladding: str = "") -> Gauge:
    """Of a guide of the line, or of it with another medium over it; solved once, and kept."""
    key = key_of(process, cross_section, corner, cladding)
    entry = store.recalled(process.name, key, lambda: solve(process, cross_section, corner, cladding))
    return Gauge(
        WAVELENGTH, entry["n_eff"], entry["n_g"], jnp.asarray(entry["by_material"]), jnp.asarray(entry["by_shape"])
    )


def key_of(process: Process, cross_section: str, corner: str, cladding: str) -> str:
    """Name in the store."""
    over = f" {cladding}" if cladding else ""
    return f"strain {cross_section} {corner}{over} {digest(process, cross_section, corner)}"


def solve(process: Process, cross_section: str, corner: str, cladding: str) -> dict[str, Any]:
    """One mode with its derivatives, as the store keeps it."""
    made = optics.geometry(process, cross_section, corner=corner, cladding=cladding or None)
    kelvin = process.corners[corner].temperature
    modes = waveguides.solve(made, WAVELENGTH, 1, temperature=kelvin)
    still = {
        name: np.zeros((3, 3, 3, 3)) for name in made.names if cladding and name in ("cladding", "background")
    }  # fmt: skip
    found = photoelastic.gauge(modes, 0, still)
    return {
        "process": process.name, "hash": process.hash, "version": __version__, "n_eff": float(found.n_eff),
        "n_g": float(found.n_g), "by_material": np.asarray(found.by_material).tolist(),
        "by_shape": np.asarray(found.by_shape).tolist(), "error": 1e-4,
    }  # fmt: skip


def wanted() -> Iterator[tuple[str, str, str]]:
    """Guide, corner and medium of what is kept of silicon."""
    yield "strip", "nominal", ""
    yield "strip", "nominal", "air"
