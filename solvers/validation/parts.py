"""Devices by waveguide theory against published measurements, foundry models and formulas."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import root_scalar
from scipy.special import jv, kv

from lingnan.solvers import waveguides
from lingnan.solvers.devices import bending, bragg, coupler, multilayer, overlap
from lingnan.solvers.validation.case import Case, Found, rows
from lingnan.solvers.validation.guides import picture
from lingnan.solvers.waveguides import LADDER, Resolution, Trapezoid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "devices"
_SPLIT: list[coupler.Splitting] = []


def _splitting() -> coupler.Splitting:
    """Supermodes of 500 x 220 nm strips with the constants of SiEPIC's model, solved once."""
    if not _SPLIT:

        def supermodes(gap: jax.Array) -> tuple[jax.Array, jax.Array]:
            geometry = waveguides.coupler(width=0.5, gap=gap, thickness=0.22, core=3.473425, cladding=1.444)
            n = waveguides.solve(geometry, 1.55, 2).n_eff.real
            return n[0], n[1]

        guide = waveguides.strip(0.5, 0.22, 3.473425, 1.444, window=(-1.8, 1.8, -1.2, 1.4))

        def bent(curvature: float) -> waveguides.Modes:
            return waveguides.solve(replace(guide, curvature=curvature), 1.55, 1, resolution=LADDER[1])

        lean = bending.lean(bent, 0.5, 0.0, 0.22, 0.1)
        _SPLIT.append(coupler.splitting(supermodes, 0.1, 0.5, 4, lean))
    return _SPLIT[0]


def _cross_over(gaps: tuple[float, ...], lengths: tuple[float, ...], share: float) -> Found:
    split = _splitting()
    found = [coupler.cross_over(split, g, 1.55) for g in gaps]

    def draw(axes: "Axes") -> None:
        g = np.linspace(0.1, 0.5, 60)
        axes.semilogy(1e3 * g, np.asarray(coupler.cross_over(split, g, 1.55)), label="lingnan")
        axes.errorbar(
            1e3 * np.asarray(gaps), lengths, yerr=share * np.asarray(lengths), fmt="ks", markersize=4, label="reference"
        )
        axes.set_xlabel("gap (nm)")
        axes.set_ylabel("cross-over length (µm)")
        axes.legend()

    names = [f"gap {1e3 * g:.0f} nm" for g in gaps]
    return Found(rows(names, found, lengths, share * np.asarray(lengths), "µm"), draw)


def _half_rings() -> Found:
    published = {(10.0, 0.1): 0.0761, (5.0, 0.1): 0.0414, (18.0, 0.2): 0.0219}
    split = _splitting()
    found = [coupler.power(split, gap, 0.0, 1.55, np.inf, radius) for radius, gap in published]
    names = [f"R {radius:g} µm, gap {1e3 * gap:.0f} nm" for radius, gap in published]
    reference = np.asarray(list(published.values()))
    return Found(rows(names, found, reference, 0.15 * reference))


def _quarter_waves() -> Found:
    n0, high, low, ns = 1.0, 2.3, 1.38, 1.52
    pairs = (1, 5)
    waves = np.linspace(1.1, 2.4, 300)

    def stack(count: int) -> tuple[jax.Array, jax.Array]:
        index = [n0, *[high, low] * count, ns]
        return jnp.asarray(index), jnp.stack([multilayer.quarter_wave(n, 1.55) for n in index[1:-1]])

    found = [multilayer.response(*stack(count), 1.55).reflectance for count in pairs]
    y = [ns / n0 * (high / low) ** (2 * count) for count in pairs]
    exact = [((1 - v) / (1 + v)) ** 2 for v in y]
    index, thickness = stack(5)
    spectrum = jax.vmap(lambda w: multilayer.response(index, thickness, w).reflectance)(jnp.asarray(waves))

    def draw(axes: "Axes") -> None:
        axes.plot(waves, np.asarray(spectrum))
        axes.plot([1.55], [exact[1]], "ko")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("reflectance of 5 pairs")

    return Found(rows([f"R of {count} pairs" for count in pairs], found, exact, 1e-10), draw)


def _weak_grating() -> Found:
    low, high, count = 2.4, 2.405, 1000
    period = 1.55 / (low + high)
    waves = np.linspace(1.545, 1.555, 1001)
    spectrum = jax.vmap(lambda w: bragg.grating(low, high, period, count, w).r)(jnp.asarray(waves))
    power = np.abs(np.asarray(spectrum)) ** 2
    kappa, length = bragg.coupling(low, high, 1.55), count * period
    middle = len(waves) // 2
    left = middle - int(np.argmax(np.diff(power[middle::-1]) > 0))
    right = middle + int(np.argmax(np.diff(power[middle:]) > 0))
    width = float(bragg.bandwidth(kappa, length, 1.55, (low + high) / 2))

    def draw(axes: "Axes") -> None:
        axes.plot(waves, power, label="exact matrices")
        detuning = 2 * np.pi * (low + high) / 2 / waves - np.pi / period
        axes.plot(waves, np.asarray(bragg.coupled_mode(kappa, length, detuning)), "k--", label="coupled modes")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("reflectance")
        axes.legend()

    first = rows(["R at the centre"], [power[middle]], [float(jnp.tanh(kappa * length) ** 2)], 2e-3)
    second = rows(["width between zeros"], [1e3 * (waves[right] - waves[left])], [1e3 * width], 0.02, "nm")
    return Found((*first, *second), draw)


def _plasmon() -> Found:
    metal, glass, wavelength = 0.2 + 5.0j, 1.444, 0.8
    plane = waveguides.cross_section(
        [Trapezoid(metal, top=0.0, name="metal")], background=glass, window=(0.0, 0.4, -0.8, 5.0)
    ).resolved((1,), (4, 5))
    modes = waveguides.solve(plane, wavelength, 1, resolution=Resolution(6), target=1.5, magnetic=("left", "right"))
    exact = np.sqrt(metal**2 * glass**2 / (metal**2 + glass**2))
    n = complex(modes.n_eff[0])
    return Found(rows(["Re n_eff", "Im n_eff"], [n.real, n.imag], [exact.real, exact.imag], 2e-7), picture(modes))


def _fibre() -> Found:
    """A fibre's own mode and Gaussian beams: full-vector modes on sixteen corners, and Bessel functions."""
    core, clad, radius, wavelength, corners = 1.4504, 1.4447, 4.1, 1.55, 8
    k0 = 2 * np.pi / wavelength
    v = k0 * radius * np.sqrt(core**2 - clad**2)

    def mismatch(u: float) -> float:
        w = np.sqrt(v * v - u * u)
        return float(u * jv(1, u) / jv(0, u) - w * kv(1, w) / kv(0, w))

    u = float(root_scalar(mismatch, bracket=(1e-6, v - 1e-9)).root)
    w = np.sqrt(v * v - u * u)
    point, weight = (20 * a for a in np.polynomial.legendre.leggauss(200))
    x, y = np.meshgrid(point, point, indexing="ij")
    r = np.hypot(x, y)
    inside, outside = jv(0, u * np.minimum(r, radius) / radius) / jv(0, u), kv(0, w * np.maximum(r, radius) / radius)
    field, area = np.where(r < radius, inside, outside / kv(0, w)), weight[:, None] * weight

    def exact(diameter: float, offset: float) -> float:
        beam = np.exp(-((x - offset) ** 2 + y**2) / (diameter / 2) ** 2)
        return float(np.sum(field * beam * area) ** 2 / np.sum(field**2 * area) / np.sum(beam**2 * area))

    turn = np.linspace(0, np.pi, corners + 1)
    reach = radius * np.sqrt(np.pi / (corners * np.sin(np.pi / corners)))  # the polygon has the circle's area
    level, half = -reach * np.cos(turn), np.maximum(reach * np.sin(turn), 1e-3)
    rows_ = [
        Trapezoid(core, level[k], level[k + 1], -half[k], half[k], -half[k + 1], half[k + 1]) for k in range(corners)
    ]
    guide = waveguides.cross_section(rows_, background=clad, window=(-14.0, 14.0, -14.0, 14.0))
    modes = waveguides.solve(guide, wavelength, 2, resolution=LADDER[1])  # both polarisations
    beams = ((10.4, 0.0), (3.0, 0.0), (10.4, 3.0), (6.0, 2.0))
    found = [jnp.sum(overlap.fibre(modes, d, centre=(offset, 0.0), index=clad)) for d, offset in beams]
    names = [f"beam of {d:g} µm, {offset:g} µm aside" for d, offset in beams]
    index = np.sqrt(clad**2 + (w / (k0 * radius)) ** 2)
    first = rows(["n_eff"], [modes.n_eff[0].real], [index], 2e-5)
    return Found((*first, *rows(names, found, [exact(*b) for b in beams], 1e-3)), picture(modes))


def _case(name: str, source: str, because: str, run: Any) -> Case:
    return Case(name, GROUP, source, because, run)


CASES = (
    _case(
        "coupler, foundry model",
        "SiEPIC EBeam PDK, fit of FDTD of 500 x 220 nm strips",
        "7 %: spread of the fit",
        lambda: _cross_over((0.2,), (39.17,), 0.07),
    ),
    _case(
        "coupler, supermodes",
        "an independent vector FEM, silicon 3.473425 in 1.444",
        "1 %: its mesh in the gap",
        lambda: _cross_over((0.1, 0.2), (14.56, 37.61), 0.01),
    ),
    _case(
        "half rings beside a guide",
        "SiEPIC EBeam PDK, coupled power of half rings by FDTD",
        "15 %: spread of the table",
        _half_rings,
    ),
    _case(
        "fibre into a guide",
        "LP01 in Bessel functions: A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 14",
        "1e-3 and 2e-5: sixteen corners of equal area for the circle, and weak guidance, of order Δ = 4e-3",
        _fibre,
    ),
    _case("quarter-wave stacks", "M. Born and E. Wolf, Principles of Optics, §1.6", "round-off", _quarter_waves),
    _case(
        "weak Bragg grating",
        "coupled-mode theory, A. Yariv, IEEE J. Quantum Electron. 9, 919 (1973), doi:10.1109/JQE.1973.1077767",
        "2e-3, the theory's own order Δn/n; 0.02 nm, twice the grid of the sweep",
        _weak_grating,
    ),
    _case(
        "plasmon on one interface",
        "n = √(ε_m ε_d/(ε_m + ε_d)): H. Raether, Surface Plasmons (1988), ch. 2",
        "the walls see exp(-15) of the field, and n its square",
        _plasmon,
    ),
)
