"""Models at radio frequencies of cells that hold no light: lines between pads, and what ends them.

    s = tfln.rf_models["electrode_gsg"](frequency=f, length=2000.0)       # s["e2", "e5"], complex, (F,)
    rflines.write("line.s2p", "electrode_t_rail", f, length=2000.0, corner="hot")

With the parameters of their cells, `frequency` [Hz], `reference`, the real impedance of all ports [Ω], and for lines
`corner`.
S-parameters are those of exp(-iωt), as of all models here; files have their conjugates. A port is the signal's pad with
the grounds beside it: e2 of e1 to e3 in the west, e5 of e4 to e6 in the east. The cross-section is the drawn one, by
the process's own media, without a rib in its gaps; launches are lines whose gap narrows. Left out: fields that reach
beyond an open end, the inductance of a strip that shorts one, the vias, and the length of the termination's resistors,
which stand side by side within a pad's pitch of the line.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.tfln import electro, electrodes, terminations
from lingnan.components.tfln.gsg import Electrode
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.solvers import modulators
from lingnan.solvers.modulators.checks import check_frequencies, check_impedance
from lingnan.solvers.modulators.network import ends
from lingnan.solvers.modulators.rows import abcd
from lingnan.solvers.modulators.touchstone import check_path, write_scattering

SDict = dict[tuple[str, str], Array]
WEST, EAST = "e2", "e5"
#: where lines are solved [Hz]; in between R, L, G and C are joined by cubics in the root of frequency
BAND = np.geomspace(1e6, 2e11, 41)
ENDS = {"open": modulators.OPEN, "short": modulators.SHORT}


def electrode_gsg(frequency: ArrayLike, *, corner: str = "nominal", reference: float = 50.0, **given: Any) -> SDict:
    """Model of `electrode_gsg`: two ports, or one where the line is open or shorted."""
    sizes = _settings(electrodes.electrode_gsg, given)
    return _line("electrode_gsg", sizes.pop("electrode"), sizes, frequency, corner, reference)


def electrode_t_rail(frequency: ArrayLike, *, corner: str = "nominal", reference: float = 50.0, **given: Any) -> SDict:
    """Model of `electrode_t_rail`: as `electrode_gsg`, with its own T-rails."""
    sizes = _settings(electrodes.electrode_t_rail, given)
    return _line("electrode_t_rail", "rail", sizes, frequency, corner, reference)


def termination(frequency: ArrayLike, *, reference: float = 50.0, **given: Any) -> SDict:
    """Model of `termination`: one port, the resistance that is drawn, by the process's own sheet resistance."""
    sizes = _settings(terminations.termination, given)
    _check("termination", frequency, reference)
    ohms = float(terminations.termination(**sizes).info["resistance_ohm"])
    z = jnp.full(jnp.shape(jnp.atleast_1d(jnp.asarray(frequency, float))), ohms + 0j)
    return {(WEST, WEST): (z - reference) / (z + reference)}


def write(path: str | Path, name: str, frequency: ArrayLike, *, reference: float = 50.0, **given: Any) -> Path:
    """A model's S-parameters as a Touchstone file: .s2p, or .s1p where there is one port.

    Args:
        path: of the file.
        name: of the model.
        frequency: [Hz], (F,), rising.
        reference: impedance of the ports [Ω].
        given: parameters of the cell, and the corner.
    """
    if name not in models:
        raise LingnanError(f"rflines.write: there is no model {name!r}. {did_you_mean(name, models)}")
    one = name == "termination" or given.get("end", "through") != "through"
    path = check_path(path, 1 if one else 2)
    found = models[name](frequency, reference=reference, **given)
    ports = sorted({port for pair in found for port in pair})
    s = np.stack([np.stack([np.asarray(found[a, b]) for b in ports], -1) for a in ports], -2)
    return write_scattering(path, frequency, s, reference)


def _settings(cell: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """The cell's parameters, its own where not given."""
    signature = inspect.signature(cell)
    for name in given:
        if name not in signature.parameters:
            raise LingnanError(f"{cell.__name__}: there is no {name!r}. {did_you_mean(name, signature.parameters)}")
    return {name: given.get(name, one.default) for name, one in signature.parameters.items()}


def _line(name: str, kind: str, sizes: dict[str, Any], frequency: ArrayLike, corner: str, reference: float) -> SDict:
    _check(name, frequency, reference)
    end = sizes.pop("end")
    if end not in ("through", *ENDS):
        raise LingnanError(f"{name}: end = {end!r} is none of through, open, short. Give one of them.")
    shape = electro.shape_of(name, kind, sizes, None)
    row = _solved(active_process().stamp, shape, corner, end == "through")
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    if end == "through":
        s = modulators.scattering(row, f, reference)
        return {(a, b): s[:, i, j] for i, a in enumerate((WEST, EAST)) for j, b in enumerate((WEST, EAST))}
    m, (v, i) = abcd(row, f), ends(ENDS[end], f, f"{name}: end")
    first, through = m[:, 0, 0] * v + m[:, 0, 1] * i, m[:, 1, 0] * v + m[:, 1, 1] * i
    return {(WEST, WEST): (first - reference * through) / (first + reference * through)}


@lru_cache(maxsize=32)
def _solved(stamp: str, shape: Electrode, corner: str, east: bool) -> tuple[modulators.Stretch, ...]:
    del stamp  # of the process: a part of the cache's key
    return electro.elements(shape, BAND, None, corner, east)


def _check(name: str, frequency: ArrayLike, reference: float) -> None:
    check_frequencies(name, frequency)
    check_impedance(f"{name}: reference", reference, real=True)


models: dict[str, Callable[..., SDict]] = {f.__name__: f for f in (electrode_gsg, electrode_t_rail, termination)}
