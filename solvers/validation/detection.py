"""Noise, kinetics and gases of sensors against published numbers, closed forms and their own second routes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import wofz

from lingnan.solvers import sensors
from lingnan.solvers.sensors import (
    Chain,
    Converter,
    Detector,
    Laser,
    Ring,
    allan,
    bounds,
    estimators,
    gas,
    kinetics,
    lines,
    sensorgram,
    turbidity,
)
from lingnan.solvers.sensors.voigt import faddeeva
from lingnan.solvers.validation.case import Found, rows
from lingnan.solvers.validation.sensing import OWN, WIRE, case

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DERIVED = "derived in the code"


def _limits() -> Found:
    first = rows(["White and Fan"], [1e5 * sensors.lod_white_fan(1.55, 1e4, 70.0)], [4.829], 6e-4, "1e-5 RIU")
    second = rows(["intrinsic"], [1e3 * sensors.lod_intrinsic(1.55, 1e4, 70.0)], [2.214], 6e-4, "1e-3 RIU")
    snr = np.linspace(20, 90, 71)

    def draw(axes: "Axes") -> None:
        axes.semilogy(snr, np.asarray(sensors.lod_white_fan(1.55, 1e4, 70.0, snr)))
        axes.set_xlabel("signal to noise (dB)")
        axes.set_ylabel("limit of detection (RIU)")

    return Found((*first, *second), draw)


def _bound() -> Found:
    wave, true = jnp.linspace(-4.0, 4.0, 161), jnp.asarray([0.13, 1.0, 0.8, 1.0])
    noise = jnp.full(wave.shape, 0.008**2)

    @jax.jit
    def run(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        traces = estimators.lorentzian(true, wave) + jax.random.normal(key, (2000, wave.size)) * 0.008

        def centre(trace: jax.Array) -> jax.Array:
            start = estimators.first_guess(wave, trace)
            return estimators.fit(estimators.lorentzian, start, wave, trace, noise).parameters[0]

        return jax.vmap(centre)(traces), bounds.sigma(lambda p: (estimators.lorentzian(p, wave), noise), true)[0]

    centres, sigma = run(jax.random.key(11))
    excess = 10 * np.log10(np.var(np.asarray(centres)) / float(sigma) ** 2)

    def draw(axes: "Axes") -> None:
        axes.hist((np.asarray(centres) - 0.13) / float(sigma), 60, density=True)
        x = np.linspace(-4, 4, 200)
        axes.plot(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))
        axes.set_xlabel("error of the centre / bound")

    closed = bounds.lorentzian_sigma(1.0, 0.8, 0.008, 0.05)
    return Found(
        (
            *rows(["variance over the bound"], [excess], [0.0], 1.0, "dB"),
            *rows(["bound / closed form"], [float(sigma) / closed], [1.0], 0.02),
        ),
        draw,
    )


def _allan() -> Found:
    n, numbers = 1234567890, list[float]()
    for _ in range(1000):
        numbers.append(n / 2147483647)
        n = 16807 * n % 2147483647
    every = allan.factors_up_to(1000, 4)

    def draw(axes: "Axes") -> None:
        axes.loglog(every, np.asarray(allan.allan(np.asarray(numbers), every)), "o-")
        axes.set_xlabel("samples averaged")
        axes.set_ylabel("Allan deviation")

    found = allan.allan(np.asarray(numbers), (1, 10, 100))
    printed = np.asarray([2.922319e-1, 9.159953e-2, 3.241343e-2])
    return Found(rows(["1", "10", "100"], found, printed, 1e-7), draw)


def _langmuir() -> Found:
    t90 = np.log(10) / (1e5 * 1e-8 + 1e-3)
    time = np.linspace(0, 5000, 301)

    def draw(axes: "Axes") -> None:
        for c in (2e-9, 1e-8, 5e-8):
            axes.plot(time, np.asarray(kinetics.langmuir(time, 1e5, 1e-3, c, kinetics.Pulse(0.0, 2500.0))))
        axes.set_xlabel("time (s)")
        axes.set_ylabel("coverage")

    share = float(kinetics.langmuir(1151.3, 1e5, 1e-3, 1e-8)) / float(kinetics.equilibrium(1e5, 1e-3, 1e-8))
    return Found(
        (
            *rows(["coverage at rest"], [kinetics.equilibrium(1e5, 1e-3, 1e-8)], [0.5], 1e-12),
            *rows(["share of it at t90"], [share], [0.9], 1e-4),
            *rows(["t90"], [t90], [1151.3], 0.05, "s"),
        ),
        draw,
    )


def _transport() -> Found:
    time, pulse = jnp.linspace(0.0, 3000.0, 61), kinetics.Pulse(0.0, 1500.0)

    @jax.jit
    def run(k_m: float) -> jax.Array:
        return kinetics.transported(time, 1e5, 1e-3, 1e-8, k_m, 1e-8, pulse)

    speeds = (1e-1, 1e-6, 1e-10)
    found = [np.asarray(run(k)) for k in speeds]
    law = np.asarray(kinetics.langmuir(time, 1e5, 1e-3, 1e-8, pulse))

    def draw(axes: "Axes") -> None:
        for k, y in zip(speeds, found, strict=True):
            axes.plot(time, y, label=f"{k:g} m/s")
        axes.plot(time, law, "k--", label="Langmuir")
        axes.legend()

    return Found(
        (
            *rows(["fast transport less Langmuir"], [np.max(abs(found[0] - law))], [0.0], 2e-5),
            *rows(["slow transport after 50 s"], [1e6 * found[2][1]], [5.0], 0.1, "1e-6"),
        ),
        draw,
    )


def _rates() -> Found:
    time, pulse = jnp.linspace(0.0, 3000.0, 61), kinetics.Pulse(0.0, 1500.0)
    concentrations = jnp.asarray([2e-9, 1e-8, 5e-8])
    clear = sensorgram.modelled(jnp.log(jnp.asarray([1e5, 1e-3, 100.0])), time, concentrations, pulse)
    noisy = clear + 0.5 * np.random.default_rng(12).standard_normal(clear.shape)

    @jax.jit
    def run(traces: jax.Array) -> sensorgram.Kinetics:
        return sensorgram.fitted(time, traces, concentrations, 0.5, (3e4, 3e-3, 60.0), pulse)

    found = run(noisy)
    spread = np.asarray(found.spread)

    def draw(axes: "Axes") -> None:
        axes.plot(time, np.asarray(noisy).T, ".", markersize=3)
        axes.plot(time, np.asarray(clear).T, "k")
        axes.set_xlabel("time (s)")
        axes.set_ylabel("shift (pm)")

    values = [found.k_on / 1e5, found.k_off / 1e-3, found.k_d / 1e-8]
    return Found(rows(["k_on", "k_off", "K_D"], values, [1.0, 1.0, 1.0], 3 * spread[[0, 1, 3]]), draw)


def _faddeeva() -> Found:
    x, y = np.meshgrid(np.linspace(-20, 20, 81), np.logspace(-4, 1, 11))
    z = (x + 1j * y).ravel()
    error = np.max(abs(np.asarray(faddeeva(z)) / wofz(z) - 1))
    return Found(rows(["largest relative error"], [1e12 * error], [0.0], 10.0, "1e-12"))


def _gas() -> Found:
    co2 = lines.get("CO2")
    nu = np.linspace(4986.0, 4994.0, 801)
    alpha = np.asarray(lines.absorption(co2, nu, fraction=4e-4))
    # all of the light that lines take: the sum of their intensities, where the band is whole
    wide = np.linspace(4978.0, 5010.0, 20001)
    area = np.trapezoid(np.asarray(lines.absorption(co2, wide, pressure=0.02, fraction=4e-4)), wide)
    expected = 2.47937e19 * 0.02 * 4e-4 * float(np.sum(co2.intensity))

    def draw(axes: "Axes") -> None:
        axes.plot(nu, alpha * 1e6)
        axes.set_xlabel("wavenumber (1/cm)")
        axes.set_ylabel("absorption of 400 ppm (1e-6/cm)")

    return Found(rows(["area of the band / sum of intensities"], [area / expected], [1.0], 1e-3), draw)


def _methane() -> Found:
    """Pure methane, 5 cm at 300 K and 1 atm, as HITRAN's own page has it: without the pressure's shift."""
    ch4 = lines.get("CH4")
    still = replace(ch4, shift=np.zeros_like(ch4.shift))
    wave = np.asarray([6056.5, 6057.0, 6057.095, 6057.15, 6057.6])
    printed = -np.log([0.958027, 0.452708, 0.158835, 0.264522, 0.924861])
    near = np.linspace(6056.0, 6058.0, 401)

    def draw(axes: "Axes") -> None:
        axes.plot(near, 5 * np.asarray(lines.absorption(still, near, 300.0, 1.0, 1.0)), label="lingnan")
        axes.plot(wave, printed, "ko", label="HITRAN's page")
        axes.set_xlabel("wavenumber (1/cm)")
        axes.set_ylabel("absorbance of 5 cm")
        axes.legend()

    names = [f"{nu:g} 1/cm" for nu in wave]
    return Found(rows(names, 5 * lines.absorption(still, wave, 300.0, 1.0, 1.0), printed, 1e-3), draw)


def _acetylene() -> Found:
    c2h2 = lines.get("C2H2")
    printed = np.asarray([1528.01432, 1528.59390, 1530.97627, 1532.83045, 1533.46136])
    free = printed - 6.7e-3 * np.asarray([0.017, 0.016, 0.015, 0.015, 0.016])
    found = [1e7 / c2h2.position[np.argmin(abs(c2h2.position - 1e7 / w))] for w in free]
    return Found(rows(["P(5)", "P(6)", "P(10)", "P(13)", "P(14)"], found, free, 1e-4, "nm"))


def _spheres() -> Found:
    found = turbidity.mie(2 * np.pi * 0.525 / 0.6328, 1.55).extinction
    sizes = np.linspace(0.2, 20.0, 199)

    def draw(axes: "Axes") -> None:
        axes.plot(sizes, [float(turbidity.mie(x, 1.33).extinction) for x in sizes])
        axes.set_xlabel("size π d n/λ")
        axes.set_ylabel("extinction over the shadow, m = 1.33")

    return Found(rows(["extinction"], [found], [3.10543], 6e-6), draw)


def _harmonic() -> Found:
    depth = np.linspace(0.2, 6.0, 59)
    found = np.asarray(-gas.harmonic(lambda x: 1 / (1 + x**2), np.zeros(depth.size), depth[:, None]))
    exact = 2 / depth**2 * ((2 + depth**2) / np.sqrt(1 + depth**2) - 2)

    def draw(axes: "Axes") -> None:
        axes.plot(depth, exact, "k", label="Arndt")
        axes.plot(depth, found, ".", label="lingnan")
        axes.set_xlabel("depth of modulation / half width")
        axes.legend()

    return Found(
        (
            *rows(["largest error"], [np.max(abs(found - exact))], [0.0], 1e-8),
            *rows(["depth of the greatest signal"], [depth[np.argmax(found)]], [2.197], 0.06),
        ),
        draw,
    )


def _chain() -> Found:
    """Shot noise alone on a symmetric dip against the integral by hand."""
    ring = Ring(WIRE, 200.0, 0.05)
    wave = ring.resonance() + ring.fwhm * jnp.linspace(-4, 4, 161)
    chain = Chain(Laser(1e-4, rin_db_hz=-300.0), Detector(1.0, 1e4, 1e-10), Converter(2e-4, 24))
    found = sensors.shift_sigma(chain, ring.through, wave)
    fine = float(wave[1] - wave[0])
    slope = np.gradient(np.asarray(ring.through(wave)), fine) * 1e-4
    by_hand = 1e6 * np.sqrt(1e-20 * 1e4 / np.sum(slope**2))
    return Found(rows(["scatter of the shift / by hand"], [found / by_hand], [1.0], 0.02))


CASES = (
    case(
        "limits of detection",
        "I. M. White and X. Fan, Opt. Express 16, 1020 (2008), doi:10.1364/OE.16.001020; closed forms",
        "digits given",
        _limits,
    ),
    case("a fit at the bound", f"bound of Cramer and Rao, {DERIVED}", "1 dB; 2 % for the scan's ends", _bound),
    case(
        "Allan deviation",
        "W. J. Riley, Handbook of Frequency Stability Analysis, NIST SP 1065 (2008): set of 1,000 numbers",
        "digits given",
        _allan,
    ),
    case("Langmuir's law", "closed form: k_on 1e5, k_off 1e-3, 10 nM", "digits given", _langmuir),
    case(
        "transport, fast and slow",
        f"limits, {DERIVED}",
        "the lag of the surface, 1e-5, and 2 % of depletion",
        _transport,
    ),
    case("rates from noisy sensorgrams", "rates that were put in", "three σ of Fisher's information", _rates),
    case("Faddeeva function", "SciPy's wofz", "what its docstring says", _faddeeva),
    case("band of carbon dioxide", "sum of the intensities of its lines", "1e-3: wings beyond the band", _gas),
    case(
        "methane at 1651 nm",
        "HITRAN on the Web, kept beside the lines in github.com/kimdav178/HITRAN",
        "1e-3: weak and distant lines that are not kept, 6e-4 to 8e-4",
        _methane,
    ),
    case(
        "acetylene at 1.53 µm",
        "S. L. Gilbert and W. C. Swann, NIST SP 260-133 (2001), SRM 2517a, less its shift by pressure",
        "0.1 pm: NIST's own",
        _acetylene,
    ),
    case(
        "light thrown by a sphere",
        "C. F. Bohren and D. R. Huffman, Absorption and Scattering of Light by Small Particles (1983), appendix A",
        "digits given",
        _spheres,
    ),
    case(
        "second harmonic",
        "R. Arndt, J. Appl. Phys. 36, 2522 (1965), doi:10.1063/1.1714523",
        "sum of 128 points",
        _harmonic,
    ),
    case("chain by hand", OWN, "2 %: differences for the slope, gain and base known", _chain),
)
