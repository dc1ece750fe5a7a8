"""LiDAR against published arrays, tables of radar and standards, other programs, and its own second routes.

Of the published devices only what follows from pitch, number and wavelength is compared. What was read and what is
recalled stands in each source: the papers of the arrays themselves were not at hand.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from scipy.signal import windows

from lingnan.solvers import waveguides
from lingnan.solvers.devices import grating
from lingnan.solvers.lidar import (
    antenna,
    apertures,
    calibration,
    chirp,
    curtain,
    detection,
    farfield,
    imperfections,
    lobes,
    plots,
    safety,
    tones,
)
from lingnan.solvers.lidar.chirp import Sweep, Targets
from lingnan.solvers.lidar.coherent import Engine
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.links.receiver import CHARGE
from lingnan.solvers.sensors.chain import Chain
from lingnan.solvers.sensors.detector import Detector
from lingnan.solvers.sensors.source import Laser
from lingnan.solvers.validation.case import Case, Found, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "lidar"
OWN = "two routes through this code"
DERIVED = "derived in the code"
TRIALS = 4000


def _case(name: str, source: str, because: str, run: Callable[[], Found]) -> Case:
    return Case(name, GROUP, source, because, run)


def _uniform(count: int, pitch: float, wavelength: float = 1.55) -> Line:
    return Line(np.asarray(apertures.regular(count, pitch)), apertures.uniform(count), wavelength)


def _drawn(array: Line, reach: float) -> "Callable[[Axes], None]":
    def draw(axes: "Axes") -> None:
        plots.plot_far_field(array, np.linspace(-reach, reach, 4001), axes)

    return draw


def _sun() -> Found:
    array = _uniform(64, 9.0)
    spacing = np.rad2deg(np.arcsin(lobes.grating_lobes(9.0, 1.55)))
    return Found(
        (
            *rows(["side of the array"], [64 * 9.0], [576.0], 0.5, "µm"),
            *rows(["lobe beside the beam"], [spacing[spacing > 0][0]], [9.917], 1e-3, "degrees"),
            *rows(["width"], [lobes.beam_width_deg(array)], [0.1366], 1e-4, "degrees"),
        ),
        _drawn(array, 12.0),
    )


def _wide() -> Found:
    """Pitch and number of its antennas do not matter to the width of so large an aperture: 1,000 of 4 µm."""
    array = _uniform(1000, 4.0)
    return Found(rows(["width"], [lobes.beam_width_deg(array)], [0.021], 0.0021, "degrees"), _drawn(array, 0.2))


def _ranging_array() -> Found:
    array = _uniform(50, 2.0)
    whole = 2 * lobes.steering_range_deg(2.0, 1.55)
    return Found(
        rows(
            ["width", "field without aliases"],
            [lobes.beam_width_deg(array), whole],
            [0.85, 46.0],
            [0.085, 4.6],
            "degrees",
        ),
        _drawn(array, 60.0),
    )


def _tuned_array() -> Found:
    """Its guides are not described: a wire of 500 x 220 nm in oxide is taken, and 10 degrees for the middle angle."""
    wire = waveguides.solve(waveguides.strip(0.5, 0.22, "Si", "SiO2"), 1.55, 1)
    n_g = float(wire.n_g[0])
    along = antenna.Antenna(1.55, np.sin(np.deg2rad(10.0)), 0.01, n_g=n_g)
    change = 1e3 * np.linspace(0.0, float(lobes.tuning_for_field(79.6, n_g, 1.55)), 201)

    def draw(axes: "Axes") -> None:
        u = (1.55 / 2.0 * change / change[-1] + 0.3875) % 0.775 - 0.3875
        axes.plot(change, np.rad2deg(np.arcsin(u)), ".")
        axes.set_xlabel("change of wavelength (nm)")
        axes.set_ylabel("angle across (degrees)")

    return Found(
        (
            *rows(["field"], [2 * lobes.steering_range_deg(2.0, 1.55)], [46.0], 4.6, "degrees"),
            *rows(["tuning for it"], [change[-1]], [7.0], 0.7, "nm"),
            *rows(["along, for 90 nm"], [-0.09 * float(along.degrees_per_um)], [13.0], 1.3, "degrees"),
        ),
        draw,
    )


def _shallow_gratings() -> Found:
    """Guides 0.8 µm wide, half of each period etched to 150 nm, all in oxide: the air above would add 3 %."""
    waves = np.asarray([1.5, 1.55, 1.6])
    guides = [waveguides.strip(0.8, thickness, "Si", "SiO2") for thickness in (0.22, 0.15)]
    index = np.mean([[float(waveguides.solve(one, w, 1).n_eff[0].real) for w in waves] for one in guides], axis=0)
    period = 1.55 / (index[1] - np.sin(np.deg2rad(10.0)))
    angles = np.rad2deg(np.arcsin(index - waves / period))
    n_g = index[1] - 1.55 * (index[2] - index[0]) / (waves[2] - waves[0])
    one = antenna.Antenna(1.55, np.sin(np.deg2rad(10.0)), 0.1, n_g=n_g)

    def draw(axes: "Axes") -> None:
        axes.plot(waves, angles, "o-")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("angle (degrees)")

    steered = [angles[0] - angles[2], -0.1 * float(one.degrees_per_um)]
    return Found(rows(["by the grating equation", "by the group index"], steered, [14.1, 14.1], 1.41, "degrees"), draw)


def _tapers() -> Found:
    count = 64
    ours = [apertures.chebyshev(count, 50.0), apertures.taylor(count, 35.0, 6)]
    other = windows.taylor(count, 6, 35, norm=False)
    theirs = [windows.chebwin(count, 50.0), other / other.max()]
    worst = [np.max(np.abs(np.asarray(a) - b)) for a, b in zip(ours, theirs, strict=True)]
    where = np.asarray(apertures.regular(count, 0.775))
    level = lobes.side_lobe_db(Line(where, ours[0]))

    def draw(axes: "Axes") -> None:
        for name, amplitude in zip(("Chebyshev", "Taylor"), ours, strict=True):
            plots.plot_far_field(Line(where, amplitude), np.linspace(-30, 30, 2001), axes, label=name, floor=-70.0)
        axes.legend()

    return Found(
        (
            *rows(["Chebyshev", "Taylor"], worst, [0.0, 0.0], 1e-12),
            *rows(["side lobe of Chebyshev's"], [level], [-50.0], 1e-6, "dB"),
        ),
        draw,
    )


def _radar() -> Found:
    steady = float(detection.snr_db_steady(0.9, 1e-6))
    rough = float(10 * jnp.log10(detection.snr_for(0.9, 1e-6)))
    snr = np.linspace(0.0, 25.0, 101)

    def draw(axes: "Axes") -> None:
        axes.plot(snr, np.asarray(detection.steady(10 ** (snr / 10), 1e-6)), label="steady")
        axes.plot(snr, np.asarray(detection.speckled(10 ** (snr / 10), 1e-6)), label="speckle")
        axes.set_xlabel("signal to noise (dB)")
        axes.set_ylabel("probability of detection")
        axes.legend()

    return Found(rows(["steady", "Swerling 1"], [steady, rough], [13.2, 21.1], 0.05, "dB"), draw)


def _curtain() -> Found:
    time = np.linspace(0.05, 0.5, 91)

    def draw(axes: "Axes") -> None:
        for size in (14.0, 30.0):
            axes.plot(1e3 * time, [curtain.safe_distance_mm(float(t), size) for t in time], label=f"{size:g} mm")
        axes.set_xlabel("time to stop (ms)")
        axes.set_ylabel("distance (mm)")
        axes.legend()

    return Found(rows(["290 and 30 ms, 14 mm"], [curtain.safe_distance_mm(0.32, 14.0)], [512.0], 1e-9, "mm"), draw)


def _eye() -> Found:
    duration = np.geomspace(1e-9, 100.0, 200)
    found = [
        1e3 * safety.continuous_power(0.905) / 10**0.41,
        1e3 * safety.continuous_power(1.55),
        1e3 * safety.class_1(1.55, 5e-9).energy,
        1e6 * safety.class_1(0.905, 1e-3).energy / 10**0.41,
    ]
    names = ["905 nm, long, over C4 (mW)", "1550 nm, long (mW)", "1550 nm, pulse (mJ)", "905 nm, 1 ms, over C4 (µJ)"]
    printed = np.asarray([0.39, 10.0, 8.0, 1e6 * 7e-4 * 1e-3**0.75])

    def draw(axes: "Axes") -> None:
        for wave in (0.905, 1.55):
            axes.loglog(duration, [safety.class_1(wave, float(t)).energy for t in duration], label=f"{wave} µm")
        axes.set_xlabel("duration (s)")
        axes.set_ylabel("class 1 (J)")
        axes.legend()

    return Found(rows(names, found, printed, 0.041 * printed), draw)


def _estimates() -> Found:
    """Beats in noise, and beats of a laser whose phase diffuses: their scatter over theory."""
    snr, rate = 100.0, 20e6
    fast = chirp.Chirp(1e9, 10e-6)
    engine, times = Engine(Chain(Laser(), Detector(bandwidth=rate / 2))), chirp.sample_times(fast, rate)
    targets = Targets(12.0, power=snr * CHARGE / 10e-6)
    duration, delay, width, step = 100e-6, 1e-6, 1e4, 0.5e-6
    sweep = chirp.Chirp(1e9, duration)
    time = jnp.arange(round(duration / step)) * step

    @jax.jit
    def run(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        clear = engine.currents(Sweep(fast), targets, times)

        def noisy(key: jax.Array) -> jax.Array:
            return tones.tone(engine.drawn(clear, key), rate)[0] - fast.beat(12.0)

        def diffusing(key: jax.Array) -> jax.Array:
            laser = chirp.noisy(sweep, width, key, step, delay)
            x = jnp.exp(1j * (laser.phase(time) - laser.phase(time - delay)))
            return tones.tone(x, 1 / step)[0]

        keys = jax.random.split(key, TRIALS)
        return jax.vmap(noisy)(keys), jax.vmap(diffusing)(keys)

    one, two = (np.asarray(v) for v in run(jax.random.key(7)))
    bound = float(tones.frequency_sigma(snr, times.size, rate))
    theory = float(tones.frequency_sigma_of_line(width, delay, duration))

    def draw(axes: "Axes") -> None:
        x = np.linspace(-4, 4, 200)
        axes.hist(one / bound, 60, density=True, alpha=0.5, label="noise of the receiver")
        axes.hist((two - two.mean()) / theory, 60, density=True, alpha=0.5, label="phase noise")
        axes.plot(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), "k")
        axes.set_xlabel("error of the beat / theory")
        axes.legend()

    names = ["noise of the receiver", "phase noise of the laser"]
    return Found(rows(names, [one.std() / bound, two.std() / theory], [1.0, 1.0], 0.05), draw)


def _errors() -> Found:
    array = Line(np.asarray(apertures.regular(128, 0.775)), apertures.taylor(128, 35.0))
    u = jnp.linspace(0.1, 0.9, 41)
    sigma = 0.3

    @jax.jit
    def mean(key: jax.Array) -> jax.Array:
        def one(key: jax.Array) -> jax.Array:
            f = farfield.field(farfield.drawn(array, key, sigma), u) / jnp.sum(array.amplitude)
            return jnp.square(jnp.abs(f))

        return jnp.mean(jax.vmap(one)(jax.random.split(key, 500)))

    expected = jnp.mean(imperfections.expected(array, u, sigma).mean)
    floor = float(10 * jnp.log10(mean(jax.random.key(2)) / expected))

    def draw(axes: "Axes") -> None:
        angle = np.linspace(-60, 60, 1201)
        spread = imperfections.expected(array, farfield.cosine(angle), sigma)
        plots.plot_far_field(farfield.drawn(array, jax.random.key(3), sigma), angle, axes, expected=spread)

    return Found(rows(["mean of 500 arrays over theory"], [floor], [0.0], 0.1, "dB"), draw)


def _calibration() -> Found:
    rng = np.random.default_rng(3)
    phase = rng.uniform(-np.pi, np.pi, 64)
    array = Line(np.asarray(apertures.regular(64, 2.0)), 1 + 0.1 * rng.standard_normal(64), 1.55, phase)
    drives, u = calibration.drives(64, 8, jax.random.key(1)), np.linspace(-0.38, 0.38, 160)
    seen = calibration.measured(array, drives, u)
    noise = 0.01 * float(jnp.mean(seen))
    found = calibration.calibrated(array.position, 1.55, drives, u, seen + noise * rng.standard_normal(seen.shape))
    error = np.angle(np.exp(1j * (np.asarray(found.phase) - phase)))
    error = np.angle(np.exp(1j * (error - np.angle(np.mean(np.exp(1j * error))))))
    mended = Line(array.position, array.amplitude, 1.55, phase + np.asarray(found.correction))
    best = float(farfield.power(mended, 0.0))

    def draw(axes: "Axes") -> None:
        angle = np.linspace(-20, 20, 2001)
        plots.plot_far_field(array, angle, axes, label="as made")
        plots.plot_far_field(mended, angle, axes, label="calibrated")
        axes.legend()

    return Found(
        (
            *rows(["largest error of a phase"], [np.max(np.abs(error))], [0.0], 0.01, "rad"),
            *rows(["beam after calibration"], [10 * np.log10(best)], [0.0], 0.01, "dB"),
        ),
        draw,
    )


def _antenna() -> Found:
    layers = grating.Layers(0.22, 0.05, 2.0, 2.0, 3.476, 1.444, 1.444, 3.476)
    found = jax.jit(lambda p: antenna.solved(layers, p, 0.5, 1.55))(0.62)
    span = 24 * 0.62
    v = np.linspace(-0.9999, 0.9999, 4001)
    sent = np.asarray(antenna.radiated(found.longer, v, 1.55))
    decay = float(found.antenna.decay)

    def draw(axes: "Axes") -> None:
        axes.plot(v, sent)
        axes.axvline(float(found.by_equation), color="k", ls="--")
        axes.set_xlabel("sine of the angle")
        axes.set_ylabel("power by sine")

    return Found(
        (
            *rows(["sine of the angle"], [found.antenna.sine], [found.by_equation], 0.1 * 1.55 / span),
            *rows(["power upwards"], [np.trapezoid(sent, v)], [found.longer.up], 0.01 * float(found.longer.up)),
            *rows(["decay"], [antenna.decay_above(found.longer, 3.0, span - 1.0)], [decay], 0.1 * decay, "1/µm"),
        ),
        draw,
    )


CASES = (
    _case(
        "array of Sun 2013",
        "J. Sun et al., Nature 493, 195 (2013), doi:10.1038/nature11727: 64 x 64 antennas in 576 x 576 µm (abstract, "
        "read); lobe and width computed independently",
        "digits given",
        _sun,
    ),
    _case(
        "aperture of 4 mm",
        "C. V. Poulton et al., Opt. Lett. 42, 21 (2017), doi:10.1364/OL.42.000021: 0.021 degrees at 1550 nm (as "
        "recalled; the aperture read in APL Photonics 3, 011301)",
        "10 %, as asked",
        _wide,
    ),
    _case(
        "array of Poulton 2017",
        "C. V. Poulton et al., Opt. Lett. 42, 4091 (2017), doi:10.1364/OL.42.004091: 50 antennas every 2 µm, 0.85 "
        "degrees, 46 degrees of steering (as recalled, not read anew)",
        "10 %, as asked",
        _ranging_array,
    ),
    _case(
        "array steered by wavelength",
        "array of 2 µm pitch with 79.6 µm from guide to guide: 46 degrees by about 7 nm, 13 degrees along by 90 nm "
        "(abstract read in record 3a193b19d7844417a4afdc5834acd36d of DOAJ, which does not describe the guides)",
        "10 %, as asked; the guides are guessed",
        _tuned_array,
    ),
    _case(
        "shallow gratings steered by wavelength",
        "K. Van Acoleyen et al., Opt. Lett. 34, 1477 (2009), doi:10.1364/OL.34.001477: 16 gratings on silicon 2 µm "
        "apart, 14.1 degrees by wavelength (abstract read); 1500 to 1600 nm, guides 0.8 µm wide and an etch of 70 nm "
        "as recalled",
        "10 %, as asked",
        _shallow_gratings,
    ),
    _case("tapers of SciPy", "scipy.signal.windows, chebwin and taylor", "round-off", _tapers),
    _case(
        "detection in radar's tables",
        "90 % at a false alarm of 1e-6: 13.2 dB steady and 21.1 dB of Swerling 1, as in every course of radar, such as "
        "M. A. Richards, Fundamentals of Radar Signal Processing, ch. 6 (as recalled)",
        "digits given",
        _radar,
    ),
    _case(
        "distance of a light curtain",
        "SICK AG, C4000 Standard/Advanced, operating instructions 8009861 (2012), p. 41 (read)",
        "exact",
        _curtain,
    ),
    _case(
        "class 1 of the eye",
        "IEC 60825-1:2014 rounds the limits of ICNIRP, Health Phys. 105, 271 (2013) to one or two digits; read in "
        "transcriptions, the standard was not",
        "4 %: its rounding",
        _eye,
    ),
    _case(
        "beats at the bound",
        "D. C. Rife and R. R. Boorstyn, IEEE Trans. Inf. Theory 20, 591 (1974), doi:10.1109/TIT.1974.1055282; phase "
        f"noise: {DERIVED}",
        "5 %, as asked: 4,000 trials tell 1.1 %, delays of a hundredth of the sweep leave 1 % out",
        _estimates,
    ),
    _case("far field with errors", f"mean of drawn arrays against theory, {DERIVED}", "0.1 dB: 500 arrays", _errors),
    _case("64 phases from the far field", "phases that were put in", "five σ, 0.002 for 1 % of noise", _calibration),
    _case(
        "grating antenna",
        f"{OWN}: grating equation, spectrum of the field, field along the grating",
        "a tenth of the beam; 1 %: the window's ends; 10 %: ripple of the ends",
        _antenna,
    ),
)
