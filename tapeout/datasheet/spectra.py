"""What the compact model of a cell says: power from the first port to the others, in every corner of the process.

Where nothing gets to another port, as in a terminator, it is the power that comes back.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gdsfactory as gf
import numpy as np
from numpy.typing import NDArray

from lingnan.components.registry import Cell
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process

BAND = (1.5, 1.6)  #: µm
_POINTS = 2001  #: 50 pm apart: finer than a resonance of a quality factor of 10,000
_STEP = 1e-6  #: µm to both sides of the middle, for the group delay: right for paths up to 0.1 m
_LIGHT = 299_792_458.0  #: m/s
_DARK = 1e-6  #: a path that never carries more of the power than this is left out


@dataclass(frozen=True)
class Spectra:
    """Transmission in dB by corner: one row a path, one column a wavelength."""

    wavelengths: NDArray[np.float64]  #: in vacuum [µm]
    paths: tuple[tuple[str, str], ...]  #: from, to
    model: str  #: what the model says of itself
    module: str  #: what its module says of all its models
    by_corner: Mapping[str, NDArray[np.float64]]
    delay: Mapping[str, NDArray[np.float64]]  #: group delay of each path in the middle of the band [ps], by corner


def spectra_of(
    pdk: gf.Pdk, process: Process, cell: Cell, settings: Mapping[str, Any], corners: Sequence[str] | None = None
) -> Spectra:
    """Evaluate the model of a cell.

    Args:
        pdk: that has the model.
        process: the active one.
        cell: whose model it is.
        settings: of the cell, where they differ from its defaults.
        corners: of the process; all if not given. What is not kept beside the models is solved now: minutes a corner.

    Raises:
        LingnanError: there is no model, or it does not reach these settings.
    """
    model = pdk.models.get(cell.name)
    if model is None:
        raise LingnanError(f"No model of {cell.name} exists yet.")
    known = inspect.signature(model).parameters
    unknown = [name for name in settings if name not in known]
    if unknown:
        raise LingnanError(f"The model of {cell.name} does not know {', '.join(unknown)}.")
    used = tuple(process.corners if corners is None else corners)
    if not used:
        raise LingnanError(f"The model of {cell.name} was asked for no corner.")
    waves = np.linspace(*BAND, _POINTS)
    pair = sum(BAND) / 2 + np.array([-_STEP, _STEP])
    asked = np.concatenate([waves, pair])
    raw = {
        corner: {path: np.broadcast_to(np.asarray(s), asked.shape) for path, s in found.items()}
        for corner in used
        for found in [model(wl=asked, corner=corner, **settings)]
    }
    every = next(iter(raw.values()))
    first = min(start for start, _ in every)
    through = sorted(
        path
        for path in every
        if path[0] == first != path[1] and max(np.abs(s[path]).max() for s in raw.values()) ** 2 > _DARK
    )
    paths = through or [(first, first)]  # what ends light is asked how much of it comes back
    omega = 2e-6 * np.pi * _LIGHT / pair  # rad/ps: the wavelengths are in µm
    power: dict[str, NDArray[np.float64]] = {}
    delay: dict[str, NDArray[np.float64]] = {}
    for corner, found in raw.items():
        s = np.array([found[path] for path in paths])
        power[corner] = 20 * np.log10(np.maximum(np.abs(s[:, :-2]), np.finfo(float).tiny))
        # exp(-iωt): what has run further is ahead in phase
        delay[corner] = np.angle(s[:, -1] * np.conj(s[:, -2])) / (omega[1] - omega[0])
    code = inspect.unwrap(model)
    module = inspect.getdoc(inspect.getmodule(code)) or ""
    return Spectra(waves, tuple(paths), inspect.getdoc(code) or "", module, power, delay)


def draw(spectra: Spectra, path: Path) -> Path:
    """Write the curves as a PNG, one panel a path."""
    from matplotlib.figure import Figure

    from lingnan.pdk.view.picture import save

    figure = Figure(figsize=(9, 2.6 * len(spectra.paths) + 0.4), dpi=130, layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(spectra.paths), 1, sharex=True))
    for row, (panel, (start, end)) in enumerate(zip(panels, spectra.paths, strict=True)):
        for corner, values in spectra.by_corner.items():
            nominal = corner == "nominal"
            panel.plot(
                spectra.wavelengths * 1000,
                values[row],
                label=corner,
                color="black" if nominal else None,
                linewidth=1.4 if nominal else 0.9,
                zorder=3 if nominal else 2,
            )
        panel.set_ylabel(f"{start} to {end} (dB)")
        panel.grid(alpha=0.3)
        every = np.concatenate([values[row] for values in spectra.by_corner.values()])
        low, high = float(every.min()), float(every.max())
        margin = max(0.05 * (high - low), 0.02)
        panel.set_ylim(max(low, -60.0) - margin, high + margin)
    panels[-1].set_xlabel("vacuum wavelength (nm)")
    panels[-1].set_xlim(*(1000 * bound for bound in BAND))
    panels[0].legend(fontsize=7, ncols=3)
    return save(figure, path)
