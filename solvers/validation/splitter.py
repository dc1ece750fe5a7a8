"""A 1x2 multimode splitter of a silicon film in oxide, by expansion in full-vector modes and by Meep in 3-D.

Film 0.22 µm, body 1.98 x 3.3 µm, guides of 0.66 µm, the two on the right 1.1 µm apart, no tapers: 6 % of the light
radiates. All sizes are multiples of 0.11 µm, so that on grids of k pixels per 0.11 µm, k = 1.4, 2.4, 3.4 …, every edge
lies at the same place of a pixel and the series is smooth. Both use the two mirror planes. Compared is the even
supermode of both guides, in planes that hold all of it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers import meep, waveguides
from lingnan.solvers.devices import vectorial
from lingnan.solvers.validation.case import Case, Found, rows
from lingnan.solvers.waveguides import Absorber, Resolution, Trapezoid

UNIT, SILICON, OXIDE, WAVELENGTH = 0.11, 3.4757, 1.444, 1.55
GUIDE, HALF, GAP, LENGTH = 6 * UNIT, 9 * UNIT, 4 * UNIT, 30 * UNIT
#: Cores of guide, body and the two guides, from the middle of the device out [µm].
CORES = ((0.0, GUIDE / 2), (0.0, HALF), (GAP / 2, GAP / 2 + GUIDE))
#: Cells across, as many in all of them, so that fields are compiled once: the last one is the absorbing layer's.
COLUMNS = ((3, 3, 1), (4, 2, 1), (1, 3, 2, 1))
#: Quarter of the window [µm], and the layer inside it.
WINDOW, ABSORBER = (1.7, 0.8), Absorber(("right", "top"), 0.4, 2.0)
#: Of the search. The circle about n² = 1.4 that takes in the body's first mode, n² = 8, holds what decays as slowly.
TARGET, MODES = 1.2, 80


def section(
    number: int,
    modes: int = MODES,
    *,
    window: tuple[float, float] = WINDOW,
    absorber: Absorber | None = ABSORBER,
    order: int = 3,
    half: ArrayLike = HALF,
    target: float = TARGET,
) -> waveguides.Modes:
    """Modes of a quarter of cross-section `number` of `CORES`: electric wall in the middle of the device, magnetic one
    in the middle of the film.

    Args:
        number: 0 to 2, from left to right.
        modes: how many.
        window: width and height of the quarter [µm].
        absorber: None: closed walls.
        order: of the elements.
        half: half the width of the body [µm].
        target: n_eff to search from.
    """
    whole = (0.0, window[0], 0.0, window[1])
    core = Trapezoid(SILICON, 0.0, UNIT, *CORES[number], name="silicon")
    quarter = waveguides.cross_section([core], background=OXIDE, window=whole)
    if number == 1:
        core = replace(core, right=half)  # which may be traced: the order of the lines is that of numbers
        quarter = waveguides.cross_section([core], background=OXIDE, window=whole, topology=quarter.topology)
    if absorber:
        quarter = waveguides.bordered(quarter, absorber).resolved(COLUMNS[number], (1, 1, 1))
    else:
        quarter = quarter.resolved((*COLUMNS[number][:-2], 3), (1, 2))
    return waveguides.solve(
        quarter, WAVELENGTH, modes, resolution=Resolution(order, growth=2.0, outer_growth=1.5), target=target,
        magnetic=("bottom",), mirrors=("left", "bottom"), absorber=absorber,
    )  # fmt: skip


def scattered(sections: Sequence[waveguides.Modes], modes: int | None = None) -> vectorial.VectorScattering:
    """S of the device, from modes of its three cross-sections."""
    return vectorial.scatter(sections, [0.0, LENGTH, 0.0], modes)


def decibels(amplitude: complex) -> float:
    """Power into each of both guides [dB]."""
    return float(10 * np.log10(abs(amplitude) ** 2 / 2))


def _box(x0: float, x1: float, y0: float, y1: float) -> meep.Prism:
    return meep.Prism(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), -UNIT, UNIT, SILICON)


def scene() -> meep.Scene:
    """The same device for Meep."""
    arms = [_box(LENGTH, 20.0, low, low + GUIDE) for low in (GAP / 2, -GAP / 2 - GUIDE)]
    reach = HALF + 0.6
    return meep.Scene(
        prisms=(_box(-20.0, 0.0, -GUIDE / 2, GUIDE / 2), _box(0.0, LENGTH, -HALF, HALF), *arms),
        slabs=(meep.Slab(-10.0, 10.0, OXIDE),),
        ports=(
            meep.Port("o1", (-0.25, 0.0, 0.0), 2 * reach, 1.22, 180.0),
            meep.Port("o2", (LENGTH + 0.25, 0.0, 0.0), 2 * reach, 1.22, 0.0),
        ),
        lower=(-0.55, -reach, -0.61),
        upper=(LENGTH + 0.55, reach, 0.61),
        wavelength=WAVELENGTH,
        bandwidth=0.3,
        points=1,
        absorber=0.6,
        mirrors="yz",
    )


def by_meep(cells: float, *, cache: bool = True) -> tuple[float, float]:
    """Power into each of both guides [dB] and power that comes back, on `cells` pixels per 0.11 µm."""
    s = meep.simulate(scene().at_resolution(cells / UNIT), excite=["o1"], source_distance=0.25, cache=cache)
    return decibels(complex(s["o2", "o1"][0])), float(np.abs(s["o1", "o1"][0]) ** 2)


def _splitter() -> Found:
    found = scattered([section(k) for k in range(3)]).blocks
    theirs, back = by_meep(3.4)
    ours = decibels(complex(found.s21[0, 0]))
    one = rows(["into each guide"], [ours], [theirs], [0.05], "dB")
    return Found((*one, *rows(["back"], [abs(complex(found.s11[0, 0])) ** 2], [back], [1e-3])))


CASES = (
    Case(
        "1x2 splitter in three dimensions by Meep",
        "Meep and MPB",
        "Meep 1.25 in three dimensions, 31 pixels per µm",
        "0.05 dB and 1e-3; Meep moves by 0.011 dB from 22 to 31 pixels per µm, and by 4.5e-4 of what comes back",
        _splitter,
    ),
)
