"""The mode solver against published waveguides and independent solvers."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lingnan.solvers import materials, waveguides
from lingnan.solvers.validation.case import Case, Found, rows
from lingnan.solvers.waveguides import LADDER, Geometry, Modes, Trapezoid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "waveguides"
FEM = "an independent vector FEM (second-order edge elements; within 4e-7 of Hadley's exact corners)"


def picture(modes: Modes, *which: int) -> "Callable[[Axes], None]":
    """The field of a mode beside its cross-section."""
    return lambda axes: waveguides.plot(modes, which[0] if which else 0, axes=axes) and None


def indices(
    guide: Geometry, n_eff: Sequence[float], n_g: Sequence[float], n_tolerance: float, share: float, **options: Any
) -> Found:
    """n_eff and n_g at 1.55 µm of the first modes, TE0 and TM0."""
    modes = waveguides.solve(guide, 1.55, len(n_eff), resolution=LADDER[1], **options)
    names = ("TE0", "TM0")[: len(n_eff)]
    first = rows([f"n_eff {m}" for m in names], modes.n_eff.real, n_eff, n_tolerance)
    second = rows([f"n_g {m}" for m in names], modes.n_g[: len(n_g)], n_g, share * np.asarray(n_g)) if n_g else ()
    return Found((*first, *second), picture(modes))


@cache
def wire(width: float, core: str, cladding: Any = "SiO2") -> Modes:
    """A strip of 220 nm in oxide, TE0 and TM0 at 1.55 µm: several cases look at it."""
    return waveguides.solve(waveguides.strip(width, 0.22, core, cladding), 1.55, 2, resolution=LADDER[1])


def _wires(
    width: float, core: str, n_eff: Sequence[float], n_g: Sequence[float], tolerance: float, share: float,
    cladding: Any = "SiO2",
) -> Found:  # fmt: skip
    modes = wire(width, core, cladding)
    first = rows(["n_eff TE0", "n_eff TM0"], modes.n_eff.real, n_eff, tolerance)
    second = rows(["n_g TE0", "n_g TM0"], modes.n_g, n_g, share * np.asarray(n_g)) if n_g else ()
    return Found((*first, *second), picture(modes, 1))


def _rung(
    geometry: Geometry,
    exact: float,
    tolerance: float,
    target: Any = None,
    magnetic: tuple[str, ...] = (),
    wavelength: float = 1.55,
    rungs: int = 3,
) -> Found:
    """n_eff up the ladder, the last of which counts; the figure shows how the error falls."""
    found = [
        waveguides.solve(geometry, wavelength, 1, resolution=r, target=target, magnetic=magnetic).n_eff[0].real
        for r in LADDER[:rungs]
    ]
    errors = np.abs(np.asarray(found) - exact)

    def draw(axes: "Axes") -> None:
        axes.semilogy([r.order for r in LADDER[:rungs]], np.maximum(errors, 1e-12), "o-")
        axes.axhline(tolerance, color="0.6", linestyle="--", label="tolerance")
        axes.set_xticks([r.order for r in LADDER[:rungs]])
        axes.set_xlabel("order of the elements")
        axes.set_ylabel("|n_eff - reference|")
        axes.legend()

    return Found(rows(["n_eff"], [found[-1]], [exact], tolerance), draw)


def _strip_constant() -> Found:
    return _rung(waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.5, 1.5, -1.19, 1.41)), 2.352833, 1e-6)


def _nitride_constant() -> Found:
    return _rung(waveguides.strip(1.0, 0.4, 1.9963, 1.444, window=(-3.0, 3.0, -2.0, 2.4)), 1.637952, 1e-6)


def _bend() -> Found:
    return _rung(waveguides.strip(0.45, 0.22, 3.4757, 1.444).bend(5.0), 2.353953, 2e-6)


def _hadley_corner() -> Found:
    # a quarter of a square core: electric walls left and right, magnetic ones below and above
    corner = waveguides.cross_section(
        [Trapezoid(8**0.5, 0.0, 0.5, 0.0, 0.5, name="core")], background=1.0, window=(0.0, 1.0, 0.0, 1.0)
    )
    return _rung(corner, 2.65679692, 1e-6, target=2.7, magnetic=("bottom", "top"), wavelength=1.5)


def _hadley_rib(slab: float, exact: float) -> Found:
    if slab:
        guide = waveguides.rib(3.0, 1.0, slab, 3.44, 1.0, substrate=3.40)
    else:
        guide = waveguides.strip(3.0, 1.0, 3.44, 1.0, substrate=3.40)
    # light spreads far below: the window of `solve` is made for silicon's contrast
    guide = guide.walled(-12.0, 12.0, -10.0, 3.0)
    return _rung(guide, exact, 3e-6, wavelength=1.15)


def _lnoi() -> Found:
    core = materials.cut("LiNbO3", "x", 0.0)
    guide = waveguides.rib(1.0, 0.6, 0.3, core, 1.44, sidewall_angle_deg=60.0)
    modes = waveguides.solve(guide, 1.55, 2)
    return Found(rows(["n_eff TE0", "n_eff TM0"], modes.n_eff.real, (1.8992, 1.8866), 3e-3), picture(modes))


def case(name: str, source: str, because: str, run: Callable[[], Found]) -> Case:
    """A case of this group."""
    return Case(name, GROUP, source, because, run)


_SIEPIC = "SiEPIC EBeam PDK, compact model of the 500 x 220 nm strip"
_DIGITS = "digits of the reference, and round-off of its solver"

CASES = (
    case(
        "strip 500x220, foundry model",
        _SIEPIC,
        "0.006 and 0.4 %: the model is a fit over wavelength, and its oxide is not named",
        lambda: _wires(0.5, "Si-SiEPIC", (2.44553, 1.77422), (4.19088, 3.72971), 6e-3, 4e-3),
    ),
    case(
        "strip 500x220, foundry's silicon",
        FEM,
        "3e-4: the error of that solver on its mesh",
        lambda: _wires(0.5, "Si-SiEPIC", (2.44260, 1.76873), (), 3e-4, 0.0, 1.444),
    ),
    case(
        "strip 500x220",
        FEM,
        "3e-4 and 0.1 %: the error of that solver on its mesh",
        lambda: _wires(0.5, "Si-Salzberg", (2.44719, 1.77130), (4.1961, 3.7492), 3e-4, 1e-3),
    ),
    case(
        "strip 450x220",
        FEM,
        "3e-4 and 0.1 %: the error of that solver on its mesh",
        lambda: _wires(0.45, "Si-Salzberg", (2.35497, 1.73423), (4.2912, 3.6210), 3e-4, 1e-3),
    ),
    case(
        "strip 450x220 to six digits",
        "three independent FEMs that agree; constant indices 3.4757 and 1.4440, metal box of 3.0 x 2.6 µm",
        _DIGITS,
        _strip_constant,
    ),
    case("nitride strip 1000x400 to six digits", FEM, _DIGITS, _nitride_constant),
    case("bend of 5 µm", f"{FEM}, in cylindrical coordinates, reference radius in the core's middle", _DIGITS, _bend),
    case(
        "rib 500/220/90",
        FEM,
        "3e-4 and 0.1 %: the error of that solver on its mesh",
        lambda: indices(waveguides.rib(0.5, 0.22, 0.09, "Si-Salzberg", "SiO2"), (2.56911,), (3.8975,), 3e-4, 1e-3),
    ),
    case(
        "dielectric corner",
        "G. R. Hadley, J. Lightwave Technol. 20, 1219 (2002), doi:10.1109/JLT.2002.800371",
        "the field is singular: of his nine digits six are asked for",
        _hadley_corner,
    ),
    case(
        "rib without slab",
        "G. R. Hadley (2002), as above: 3 x 1 µm, 3.44/3.40/1, 1.15 µm",
        "3e-6, half his last digits and the window",
        lambda: _hadley_rib(0.0, 3.412022),
    ),
    case(
        "rib on a slab of 0.7 µm",
        "G. R. Hadley (2002), as above: 3 x 1 µm, 3.44/3.40/1, 1.15 µm",
        "3e-6, half his last digits and the window",
        lambda: _hadley_rib(0.7, 3.414100),
    ),
    case(
        "X-cut lithium niobate rib",
        "J. Wang et al., IEEE Photonics J. 12 (2020), doi:10.1109/JPHOT.2020.2995317",
        "0.003: read off a figure, dispersion formula not named",
        _lnoi,
    ),
)
