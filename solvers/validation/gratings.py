"""A grating coupler against Meep in the same plane: where its guide's light goes, and what a tilted fibre takes."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from lingnan.solvers import meep
from lingnan.solvers.devices import grating
from lingnan.solvers.devices.propagation import Beam, Outcome
from lingnan.solvers.validation.case import Case, Found, Row, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SILICON, OXIDE = 3.4757, 1.444
FILM, ETCH, BURIED, COVER = 0.22, 0.07, 2.0, 4.78  #: of the silicon process, the oxide above the film up to the air
PERIOD, PERIODS, FIBRE = 0.63, 16, Beam(10.4, np.deg2rad(10.0))
GRIDS = (24.0, 36.0)  #: pixels per µm
TOP, END = FILM + COVER + 0.5, PERIODS * PERIOD  #: where light that leaves upwards is recorded, in air
SIDES = (-1.2, END + 0.8)  #: of both levels: as far as `grating` counts


def _rectangle(x0: float, x1: float, y0: float, y1: float, index: float) -> meep.Prism:
    return meep.Prism(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), 0.0, 0.22, index)


def _scene() -> meep.Scene:
    """The wafer's vertical is y here, and E stands on the plane."""
    air = _rectangle(-40.0, END + 40.0, FILM + COVER, 40.0, 1.0)
    handle = _rectangle(-40.0, END + 40.0, -40.0, -BURIED, SILICON)
    film = _rectangle(-40.0, END + 40.0, 0.0, FILM, SILICON)
    starts = [k * PERIOD for k in range(PERIODS)]
    grooves = [_rectangle(x, x + PERIOD / 2, FILM - ETCH, FILM, OXIDE) for x in starts]
    middle, span = sum(SIDES) / 2, SIDES[1] - SIDES[0]
    levels = [meep.Level(n, (middle, y, 0.0), (span, 0.0, 0.0), "y") for n, y in (("up", TOP), ("down", -BURIED))]
    return meep.Scene(
        prisms=(air, handle, film, *grooves),
        slabs=(meep.Slab(-10.0, 10.0, OXIDE),),
        ports=(
            meep.Port("back", (-0.8, FILM / 2, 0.0), 2.0, 1.5, 180.0),
            meep.Port("through", (END + 0.8, FILM / 2, 0.0), 2.0, 1.5, 0.0),
        ),
        lower=(-1.7, -BURIED - 0.3, -1.0),
        upper=(END + 1.7, TOP + 0.3, 1.0),
        bandwidth=0.1,
        points=5,
        dimension=2,
        polarization="TM",
        levels=tuple(levels),
    )


def _as_outcome(found: meep.Radiation, k: int) -> Outcome:
    """Meep's field above in the terms of `propagation`: u = E_z, ∂u/∂y = i ω H_x, and power one is ω there."""
    up, omega = found.levels["up"], jnp.asarray(2 * np.pi / found.wavelength[k])
    back, through = found.amplitudes[:, k]
    slope = 1j * omega * up.H[0, k]
    return Outcome(
        reflection=jnp.asarray(back),
        transmission=jnp.asarray(through),
        up=jnp.asarray(up.power[k]),
        down=jnp.asarray(-found.levels["down"].power[k]),
        x=jnp.asarray(up.x),
        weights=jnp.asarray(up.weights),
        field=jnp.asarray(up.E[2, k]),
        slope=jnp.asarray(slope),
        admittance=jnp.asarray(1.0),
        wavenumber=omega,
        beta=omega,
    )


def _shares(outcome: Outcome, beam: Beam) -> list[float]:
    amplitudes = (outcome.transmission, outcome.reflection)
    guided = [float(jnp.abs(a) ** 2) for a in amplitudes]
    return [*guided, float(outcome.up), float(outcome.down), float(outcome.into(beam))]


NAMES = ("through", "back", "up", "down", "into the fibre")


def _taken() -> Found:
    theirs = [meep.radiate(_scene().at_resolution(r), "back", source_distance=0.4) for r in GRIDS]
    waves = theirs[0].wavelength
    layers = grating.Layers(FILM, ETCH, BURIED, COVER, SILICON, OXIDE, OXIDE, SILICON)
    grooves, teeth = grating.uniform(PERIOD, 0.5, PERIODS)
    ours = [grating.coupler(layers, grooves, teeth, float(w)) for w in waves]
    # the fibre stands where our field of the middle wavelength couples best; for Meep's at the same place
    place, _ = grating.best_position(ours[len(waves) // 2], FIBRE, jnp.linspace(0.0, END, 50))
    beam = FIBRE._replace(position=place)
    mine = np.array([_shares(outcome, beam) for outcome in ours])
    coarse, fine = (np.array([_shares(_as_outcome(found, k), beam) for k in range(len(waves))]) for found in theirs)
    change = fine - coarse
    limit = fine + change / ((GRIDS[1] / GRIDS[0]) ** 2 - 1)
    tolerance = np.maximum(np.abs(change), 5e-3)

    def draw(axes: "Axes") -> None:
        for k, name in enumerate(NAMES):
            axes.plot(waves, mine[:, k], f"C{k}-", label=name)
            axes.plot(waves, coarse[:, k], f"C{k}x")
            axes.plot(waves, fine[:, k], f"C{k}o", fillstyle="none")
            axes.plot(waves, limit[:, k], f"C{k}o", markersize=3)
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("power")
        axes.legend(title="lines: lingnan\nMeep: x coarse, o fine, • limit", fontsize=7, title_fontsize=7)

    found: list[Row] = []
    for k in (0, 2, 4):
        names = [f"{name} at {waves[k]:.3f} µm" for name in NAMES]
        found += rows(names, mine[k], limit[k], tolerance[k])
    return Found(tuple(found), draw)


CASES = (
    Case(
        "grating coupler by Meep",
        "Meep and MPB",
        "Meep 1.25 in two dimensions, 24 and 36 pixels per µm, continued to none",
        "set before a result was seen: Meep's own change between its grids, and at least 5e-3 for its mode planes, its "
        "decay and elements of order 6",
        _taken,
    ),
)
