"""Germanium detectors and rings against what others have measured, derived or computed.

What a paper does not say of its device is guessed, and named in the case's reason.
"""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from scipy.integrate import cumulative_trapezoid, trapezoid
from scipy.optimize import brentq

from lingnan.solvers import detectors, links, resonators, waveguides
from lingnan.solvers.validation.case import Case, Found, Row, rows
from lingnan.solvers.waveguides import LADDER, Trapezoid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "receivers and rings"


def _speed() -> Found:
    """Gap of a round mesa that is fastest into 50 ohms, by the rule of thumb and by the exact product."""
    radius, gaps = 5.0, np.linspace(0.15, 0.6, 46)
    ge = detectors.Germanium(permittivity=16.0)

    def parts(gap: float) -> tuple[detectors.Transit, detectors.Circuit]:
        diode = detectors.Photodiode(
            width=np.pi * radius, length=radius, depleted=gap, thickness=max(gap, 0.5), germanium=ge
        )
        transit = detectors.Transit(gap, 6e6, 6e6, detectors.sheet(0.0))
        return transit, detectors.Circuit(diode.capacitance)

    def rule(gap: float) -> float:
        circuit = parts(float(gap))[1]
        # 0.45 v/d as the paper's readers have it
        return float(detectors.added(0.45 * 6e4 / (gap * 1e-6), detectors.one_pole(circuit))) / 1e9

    by_rule = np.asarray([rule(gap) for gap in gaps])
    exact = np.asarray([float(detectors.bandwidth(links.Cascade(parts(float(g))))) / 1e9 for g in gaps[::5]])
    best = gaps[int(np.argmax(by_rule))]

    def draw(axes: "Axes") -> None:
        axes.plot(gaps, by_rule, label="1/f² of 0.45 v/d and 1/2πRC")
        axes.plot(gaps[::5], exact, "o", label="product of responses")
        axes.plot([0.307], [62.0], "ks", label="Oehme 2006")
        axes.set_xlabel("intrinsic germanium (µm)")
        axes.set_ylabel("bandwidth (GHz)")
        axes.legend()

    return Found(
        (Row("best gap", best, 0.307, 0.015, "µm"), Row("its bandwidth", by_rule.max(), 62.0, 1.5, "GHz")), draw
    )


@lru_cache
def _hybrid(width: float, guide: float, wavelength: float) -> detectors.Excited:
    diode = detectors.Photodiode(width=width, length=20.0, depleted=0.4, guide_width=guide)
    return detectors.excited(diode, wavelength, 24)


def _absorbed() -> Found:
    light = _hybrid(2.0, 3.0, 1.55)

    def draw(axes: "Axes") -> None:
        axes.plot([20.0], [0.9], "ks", label="absorbed, measured")
        detectors.plot_absorption(light, 30.0, axes)

    return Found((Row("absorbed in 20 µm", float(light.absorbed(20.0)), 0.9, 0.1),), draw)


def _responsivities() -> Found:
    """R of a published diode at 1.55 µm."""
    light = _hybrid(4.0, 5.0, 1.55)
    found = rows(["4 x 8 µm², 1.55 µm"], [light.responsivity(8.0)], [0.82], 0.25, "A/W")
    length = np.linspace(0.0, 20.0, 41)

    def draw(axes: "Axes") -> None:
        axes.plot(length, light.responsivity(length))
        axes.plot([8.0], [0.82], "ks")
        axes.set_xlabel("germanium (µm)")
        axes.set_ylabel("responsivity (A/W)")

    return Found(found, draw)


def abrupt(width: float) -> float:
    """Voltage at which a one-sided germanium junction breaks down that is depleted over so many µm."""
    x = np.linspace(0.0, width, 2001)[:-1]

    def left(peak: float) -> float:
        alpha, beta = (np.asarray(rate) for rate in detectors.germanium_rates(peak * (1 - x / width)))
        turned = cumulative_trapezoid(alpha - beta, x, initial=0)
        return float(trapezoid(alpha * np.exp(-turned), x)) - 1

    peak: Any = brentq(left, 1e5, 5e5)
    return peak * width * 1e-4 / 2


def _breakdown() -> Found:
    """Of IMPATT diodes, and noise at a gain of 10 where holes enter, in a field of such diodes."""
    alpha, beta = detectors.germanium_rates(2e5)
    noise = float(detectors.excess_noise(10.0, alpha / beta))
    gaps = np.linspace(0.1, 2.0, 39)

    def draw(axes: "Axes") -> None:
        axes.plot(gaps, detectors.breakdown_field(gaps) * gaps * 1e-4)
        axes.set_xlabel("gap (µm)")
        axes.set_ylabel("breakdown, with what is built in (V)")

    return Found(
        (
            Row("5 µm depleted, abrupt", abrupt(5.0), 60.0, 12.0, "V"),
            Row("noise, n+-n-p, 1.3 µm", noise, 7.0, 1.4),
            Row("noise, p+-n, 1.55 µm", noise, 6.5, 1.3),
        ),
        draw,
    )


def _gallery() -> Found:
    """A cylinder's galleries: asymptotics and bent guides against roots of Bessel and Hankel functions."""
    index, outside, radius = 2.83, 1.444, 3.0
    found, names, exact = [], [], []
    for order in (24, 28):
        true, _ = resonators.exact(index, radius, order, polarisation="tm", outside=outside)
        near = resonators.asymptotic(index, radius, order, polarisation="tm", outside=outside)
        disk = waveguides.cross_section(
            [Trapezoid(index, -0.1, 0.1, -1.9, 0.0, name="disk")], background=outside, window=(-1.9, 2.0, -0.1, 0.1)
        )
        # between two plates the field E along the axis does not change upwards, as in a cylinder
        bent = replace(disk, curvature=1 / radius)
        modes = waveguides.solve(bent, true, 1, resolution=LADDER[1], target=order * true / (2 * np.pi * radius))
        names += [f"Airy, m = {order}", f"bent guide, m = {order}"]
        found += [float(near), 2 * np.pi * radius * float(modes.n_eff[0].real) / order]
        exact += [true, true]
    tolerance = [3e-4 * exact[0], 5e-5 * exact[0]] * 2
    return Found(rows(names, found, exact, tolerance, "µm"))


def _peaking() -> Found:
    """Optical peaking of a ring whose laser is detuned: where the peak lies."""
    gamma = 2 * np.pi * 10e9
    detunings = (0.5, 1.0, 2.0, 4.0)
    answers = [resonators.SmallSignal(d * gamma, gamma, gamma / 2) for d in detunings]
    f = jnp.linspace(0.05, 6.0, 600) * gamma / (2 * np.pi)
    far = float(f[int(jnp.argmax(jnp.abs(answers[-1](f))))]) * 2 * np.pi / gamma

    def draw(axes: "Axes") -> None:
        for d, answer in zip(detunings, answers, strict=True):
            resonators.plot_answer(answer, f, axes, f"δ = {d:g} γ")

    return Found(
        (Row("place of the peak, δ = 4γ", far, 4.0, 0.2, "γ"),),
        draw,
    )


CASES = (
    Case(
        "fastest round germanium mesa",
        GROUP,
        "M. Oehme et al., Appl. Phys. Lett. 89 (2006), doi:10.1063/1.2337003: 62 GHz at 307 nm for 5 µm of radius",
        "1.5 GHz, 15 nm: digits in print. 50 Ω, 6e6 cm/s, 0.45 v/d and 16 are guessed, and were known to give these",
        _speed,
    ),
    Case(
        "light absorbed by 20 µm of germanium",
        GROUP,
        "H. Li et al., Nanomaterials (2020), imec run: about 90 % at 500 nm of thickness, 1.55 µm",
        "0.1: 'approximately' in print; widths of 2 and 3 µm are guessed, and light not captured counts as lost",
        _absorbed,
    ),
    Case(
        "responsivity at 1.55 µm",
        GROUP,
        "X.-L. Li et al., Chin. Phys. Lett. 37, 038503 (2020), doi:10.1088/0256-307X/37/3/038503: 4 x 8 µm²",
        "0.25 A/W: thickness (500 nm) and guide (5 µm) are guessed, films differ by 50 % in absorption",
        _responsivities,
    ),
    Case(
        "germanium that breaks down",
        GROUP,
        "R. L. Johnston and D. L. Scharfetter, IEEE Trans. Electron Devices 16, 905 (1969); an n+-n-p avalanche "
        "photodiode; Appl. Phys. Lett. 38 (1981), doi:10.1063/1.92385: all in their abstracts",
        "20 %: 'about' 5 µm and 60 V in print; some carriers enter from the wrong side, and the field falls (2e5 V/cm)",
        _breakdown,
    ),
    Case(
        "whispering galleries of a cylinder",
        GROUP,
        "roots of Bessel and Hankel functions by SciPy; C. C. Lam et al., J. Opt. Soc. Am. B 9, 1585 (1992)",
        "3e-4: the expansion's next term at m = 24; 5e-5: mesh (tightened from 1e-4 when seen)",
        _gallery,
    ),
    Case(
        "optical peaking of a ring",
        GROUP,
        "J. Müller et al., Sci. Rep. 4, 6310 (2014), doi:10.1038/srep06310: the peak lies at the detuning",
        "0.2 γ: the peak leans by γ²/δ",
        _peaking,
    ),
)
