"""Against Meep and MPB, the distribution's, in their own process: results are kept, so that they run once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from scipy.optimize import root_scalar

from lingnan.solvers import meep, waveguides
from lingnan.solvers.devices import eme, planar
from lingnan.solvers.validation.case import Case, Found, Row, rows
from lingnan.solvers.waveguides import LADDER, Geometry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "Meep and MPB"
CORE, CLADDING = 2.8, 1.444
GRIDS = (60, 100)  #: pixels per µm of MPB
#: Where the guide lies on MPB's grid, in pixels. With edges exactly on its points, round-off decides on which side they
#: are: n_eff of the strip then jumps by 6e-4 between grids, instead of falling.
PLACES = ((0.13, 0.21), (0.63, 0.71), (0.38, 0.96), (0.88, 0.46))


def _settled(values: Any) -> tuple[Any, Any]:
    """MPB's limit and how well it is known; `values` are (grids, places, modes).

    A guide does not know where it lies on a grid, so what changes with its place is MPB's own error, and the mean has
    less of it. Averaged pixels are of second order (A. Farjadpour et al., Opt. Lett. 31, 2972 (2006),
    doi:10.1364/OL.31.002972): the means of two grids are continued to none by Richardson. At the corners of a core the
    field is singular and the order falls to 2ν = 1.54 for silicon in oxide, from 5.8 tan(νπ/4) = -tan(3νπ/4); the limit
    is then 0.3 of the last difference off. The tolerance is that difference, and half the range over places.
    """
    array = np.asarray(values, float)
    before, last = array.mean(axis=1)
    limit = last + (last - before) / ((GRIDS[1] / GRIDS[0]) ** 2 - 1)
    return limit, np.abs(last - before) + np.ptp(array[-1], axis=0) / 2


def _placed(section: dict[str, Any], grid: int, place: tuple[float, float]) -> dict[str, Any]:
    """The section with its guide moved by parts of a pixel."""
    dy, dz = (shift / grid for shift in place)
    blocks = [{**block, "y": block["y"] + dy, "z": block["z"] + dz} for block in section["blocks"]]
    return {**section, "blocks": blocks, "resolution": grid}


def _mpb(build: Callable[[], Geometry], section: dict[str, Any], names: Sequence[str]) -> Found:
    """Modes of MPB on two grids, at four places on each."""
    count = len(names)
    task = {"prisms": [], "blocks": [], "wavelength": 1.55, "num_modes": count, "background": 1.444, **section}
    found = [[meep.modes(_placed(task, grid, place)) for place in PLACES] for grid in GRIDS]
    n_eff, change = _settled([[f.n_eff for f in row] for row in found])
    n_g, change_g = _settled([[f.n_g for f in row] for row in found])
    modes = waveguides.solve(build(), 1.55, count, resolution=LADDER[1])

    def draw(axes: "Axes") -> None:
        pixels = [1e3 / r for r in GRIDS for _ in PLACES]
        for k, name in enumerate(names):
            theirs = np.asarray([f.n_eff[k] for row in found for f in row])
            axes.plot(pixels, theirs - float(modes.n_eff[k].real), "o", label=name)
        axes.axhline(0, color="k", label="lingnan")
        axes.set_xlabel("pixel (nm)")
        axes.set_ylabel("n_eff of MPB less ours")
        axes.legend()

    first = rows([f"n_eff {m}" for m in names], modes.n_eff.real, n_eff, change)
    return Found((*first, *rows([f"n_g {m}" for m in names], modes.n_g, n_g, change_g)), draw)


def _block(width: float | None, height: float, index: float, y: float = 0.0, z: float = 0.0) -> dict[str, float | None]:
    return {"y": y, "z": z, "width": width, "height": height, "index": index}


def _strip() -> Found:
    section = {"width": 3.0, "height": 2.6, "blocks": [_block(0.45, 0.2, 3.4757)], "guess": 2.3, "highest": 3.4757}
    return _mpb(lambda: waveguides.strip(0.45, 0.2, 3.4757, 1.444, window=(-1.5, 1.5, -1.2, 1.4)), section, ("TE0",))


def _nitride() -> Found:
    section = {"width": 6.0, "height": 4.4, "blocks": [_block(1.0, 0.4, 1.9963)], "guess": 1.64, "highest": 1.9963}
    return _mpb(lambda: waveguides.strip(1.0, 0.4, 1.9963, 1.444, window=(-3.0, 3.0, -2.0, 2.4)), section, ("TE0",))


def _slot() -> Found:
    blocks = [_block(0.2, 0.2, 3.4757, y) for y in (-0.15, 0.15)]
    section = {"width": 3.6, "height": 2.8, "blocks": blocks, "guess": 1.7, "highest": 3.4757}
    window = (-1.8, 1.8, -1.3, 1.5)
    return _mpb(lambda: waveguides.slot(0.2, 0.1, 0.2, 3.4757, 1.444, window=window), section, ("TE0",))


def _rib() -> Found:
    # the slab runs on through the walls: ours are electric, MPB's periodic, and the field has fallen to 1e-6 there
    blocks = [_block(None, 0.1, 3.4757, 0.0, -0.05), _block(0.5, 0.1, 3.4757, 0.0, 0.05)]
    section = {"width": 4.0, "height": 2.6, "blocks": blocks, "guess": 2.5, "highest": 3.4757}
    window = (-2.0, 2.0, -1.2, 1.4)
    return _mpb(lambda: waveguides.rib(0.5, 0.2, 0.1, 3.4757, 1.444, window=window), section, ("TE0",))


def _supermodes() -> Found:
    blocks = [_block(0.45, 0.2, 3.4757, y) for y in (-0.325, 0.325)]
    section = {"width": 4.0, "height": 2.6, "blocks": blocks, "guess": 2.3, "highest": 3.4757}
    window = (-2.0, 2.0, -1.2, 1.4)
    return _mpb(lambda: waveguides.coupler(0.45, 0.2, 0.2, 3.4757, 1.444, window=window), section, ("even", "odd"))


def _rectangle(x0: float, x1: float, y0: float, y1: float) -> tuple[tuple[float, float], ...]:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _scene(prisms: Sequence[meep.Prism], half: float, resolution: float, polarization: str, ports: float) -> meep.Scene:
    """Two ports on a slab guide of 0.45 µm in two dimensions, ±`ports` from the middle."""
    guide = meep.Prism(_rectangle(-20, 20, -0.225, 0.225), 0, 0.22, CORE)
    return meep.Scene(
        prisms=(guide, *prisms),
        slabs=(meep.Slab(-10, 10, CLADDING),),
        ports=(meep.Port("o1", (-ports, 0, 0), 2.0, 1.5, 180), meep.Port("o2", (ports, 0, 0), 2.0, 1.5, 0)),
        lower=(-half, -1.6, -1),
        upper=(half, 1.6, 1),
        resolution=resolution,
        dimension=2,
        points=5,
        polarization=polarization,
    )


def _slab_phase() -> Found:
    """n_eff out of the phase between two planes, against the slab's own equation and our planar modes."""
    found = meep.simulate(_scene((), 2.5, 60.0, "TM", 1.5), excite=["o1"])
    exact = np.asarray([_slab(float(w)) for w in found.wavelength])
    section = planar.planar([-3.0, -0.225, 0.225, 3.0], [CLADDING, CORE, CLADDING], polarization="te")
    ours = np.asarray([planar.modes(section, float(w), 1).n_eff[0].real for w in found.wavelength])
    turn = np.angle(found["o2", "o1"] * np.exp(-2j * np.pi * exact * 3.0 / found.wavelength))
    theirs = exact + turn * found.wavelength / (2 * np.pi * 3.0)

    def draw(axes: "Axes") -> None:
        axes.plot(found.wavelength, exact, "k-", label="the slab's equation")
        axes.plot(found.wavelength, ours, "o", label="lingnan")
        axes.plot(found.wavelength, theirs, "x", label="Meep, 60 pixels per µm")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("n_eff")
        axes.legend()

    middle = len(exact) // 2
    one = rows(["n_eff at 1.55 µm, exact"], [ours[middle]], [exact[middle]], 1e-7)
    return Found((*one, *rows(["n_eff at 1.55 µm, Meep"], [ours[middle]], [theirs[middle]], 4e-3)), draw)


def _slab(wavelength: float) -> float:
    """TE0 of the slab of 0.45 µm: D. Marcuse, Theory of Dielectric Optical Waveguides, ch. 1."""
    k0 = 2 * np.pi / wavelength

    def mismatch(n: float) -> float:
        k, g = k0 * np.sqrt(CORE**2 - n**2), k0 * np.sqrt(n**2 - CLADDING**2)
        return np.sin(k * 0.225) * k - g * np.cos(k * 0.225)

    lowest = np.sqrt(max(CLADDING**2, CORE**2 - (np.pi / (k0 * 0.45)) ** 2))
    return float(root_scalar(mismatch, bracket=(lowest + 1e-9, CORE - 1e-9)).root)


def _against_eme(pieces: Sequence[tuple[float, float]], grids: tuple[float, float], ports: float, half: float) -> Found:
    """Steps of a slab guide: (length, width) one after another, by Meep and by eigenmode expansion.

    Meep is continued from two grids to none; its error is the change between them.
    """
    total = sum(length for length, _ in pieces)
    prisms: list[meep.Prism] = []
    start = -total / 2
    for length, width in pieces:
        prisms.append(meep.Prism(_rectangle(start, start + length, -width / 2, width / 2), 0, 0.22, CORE))
        start += length
    coarse, fine = (meep.simulate(_scene(prisms, half, r, "TM", ports), excite=["o1"]) for r in grids)

    def section(width: Any) -> planar.Planar:
        edges = [-3.0, -width / 2, width / 2, 3.0]
        closed = planar.planar(edges, [CLADDING, CORE, CLADDING], polarization="te", cells=(4, 2, 4))
        return planar.absorbing(closed, 1.2)  # closed walls would send back what has radiated

    chain = [eme.uniform(section(0.45), ports - total / 2)]
    chain += [eme.uniform(section(w), length) for length, w in pieces]
    chain += [eme.uniform(section(0.45), ports - total / 2)]
    blocks = jax.vmap(lambda w: eme.scatter(chain, w).blocks)(np.asarray(fine.wavelength))
    ours = {"o2": np.abs(np.asarray(blocks.s21[:, 0, 0])) ** 2, "o1": np.abs(np.asarray(blocks.s11[:, 0, 0])) ** 2}

    def power(s: meep.SMatrix, port: str) -> Any:
        return np.abs(s[port, "o1"]) ** 2

    def draw(axes: "Axes") -> None:
        for k, port in enumerate(ours):
            axes.plot(fine.wavelength, ours[port], f"C{k}-", label=f"{port}, lingnan")
            axes.plot(fine.wavelength, power(coarse, port), f"C{k}x", label=f"{port}, Meep, {grids[0]:g} pixels per µm")
            axes.plot(fine.wavelength, power(fine, port), f"C{k}o", label=f"{port}, Meep, {grids[1]:g} pixels per µm")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("power")
        axes.legend()

    found: list[Row] = []
    for port, name in (("o2", "transmitted"), ("o1", "reflected")):
        change = power(fine, port) - power(coarse, port)
        finer, middle = (grids[1] / grids[0]) ** 2 - 1, len(fine.wavelength) // 2  # errors fall with the pixel's square
        limit = power(fine, port) + change / finer
        tolerance = max(float(np.max(np.abs(change))), 2e-3)
        found += rows([f"{name} at 1.55 µm"], [ours[port][middle]], [limit[middle]], [tolerance])
    return Found(tuple(found), draw)


def _case(name: str, source: str, because: str, run: Callable[[], Found]) -> Case:
    return Case(name, GROUP, source, because, run)


_MPB = "MPB in Meep 1.25, 60 and 100 pixels per µm, at four places on each grid"
_CHANGE = "MPB's own, the change of its mean from 60 to 100 pixels per µm and half its range over places"
_FDTD = "Meep 1.25 in two dimensions"
_BOTH = "Meep's own, its change from 40 to 60 pixels per µm, and at least 2e-3 for its decay and mode planes"

CASES = (
    _case("strip 450x200 by MPB", _MPB, _CHANGE, _strip),
    _case("nitride strip 1000x400 by MPB", _MPB, _CHANGE, _nitride),
    _case("slot by MPB", _MPB, _CHANGE, _slot),
    _case("rib 500/200/100 by MPB", _MPB, _CHANGE, _rib),
    _case("supermodes of a coupler by MPB", _MPB, _CHANGE, _supermodes),
    _case(
        "slab guide by Meep",
        f"{_FDTD}; D. Marcuse, Theory of Dielectric Optical Waveguides, ch. 1",
        "1e-7, elements of order 10; 4e-3, Meep's dispersion of its grid, (π n h / λ)² / 6 of n at 60 pixels per µm",
        _slab_phase,
    ),
    _case("one wide stretch by Meep", _FDTD, _BOTH, lambda: _against_eme([(0.6, 1.2)], (40.0, 60.0), 1.5, 2.5)),
    _case(
        "four teeth by Meep",
        _FDTD,
        _BOTH,
        lambda: _against_eme([(0.2, 0.6), (0.2, 0.45), (0.2, 0.6), (0.2, 0.45), (0.2, 0.6)], (40.0, 60.0), 1.5, 2.5),
    ),
)
