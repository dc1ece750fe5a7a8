"""Pictures of rings: spectra against bias, answers in frequency and time, states under their own heat, locks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.links import Waveform
from lingnan.solvers.plots import axes_or_new, name_axes
from lingnan.solvers.resonators.bistable import shift_per_joule, steady
from lingnan.solvers.resonators.coupled import RingModulator, State
from lingnan.solvers.resonators.locking import Trace
from lingnan.solvers.resonators.ring import Ring, spectrum
from lingnan.solvers.resonators.small_signal import SmallSignal

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_spectra(
    ring: Ring, wavelength: ArrayLike, volts: Sequence[float] = (0.0,), axes: "Axes | None" = None, floor: float = -40.0
) -> "Axes":
    """Power behind a ring over the wavelength at some voltages; that of a second guide dashed.

    Args:
        ring: with its table of bias.
        wavelength: [µm], (W,).
        volts: of reverse bias [V].
        axes: to draw on; None: new ones.
        floor: of the axis [dB].
    """
    ax = axes_or_new(axes)
    wave = np.asarray(wavelength, float)
    for k, volt in enumerate(volts):
        found = spectrum(ring, wave, volt)
        ax.plot(1e3 * wave, _db(found.through, floor), color=f"C{k}", label=f"{volt:g} V")
        if float(ring.kappa2_drop) > 0:
            ax.plot(1e3 * wave, _db(found.drop, floor), "--", color=f"C{k}", linewidth=0.9)
    name_axes(ax, "wavelength (nm)", "transmission (dB)")
    ax.set_ylim(floor, 1.0)
    ax.legend(title="reverse bias", fontsize="small")
    return ax


def plot_answer(
    answer: SmallSignal, frequency: ArrayLike, axes: "Axes | None" = None, label: str | None = None
) -> "Axes":
    """Small signals through a ring over frequency, against slow ones, with 3 dB marked.

    Args:
        answer: from `small_signal`.
        frequency: [Hz], (F,).
        axes: to draw on, several on the same; None: new ones.
        label: for a legend.
    """
    ax = axes_or_new(axes)
    f = np.asarray(frequency, float)
    ax.plot(f / 1e9, _db(answer(f), -400.0), label=label)
    ax.axhline(-3, color="0.7", linewidth=0.8)
    name_axes(ax, "frequency (GHz)", "response (dB)")
    if label is not None:
        ax.legend()
    return ax


def plot_run(
    modulator: RingModulator, times: ArrayLike, state: State, drive: Waveform | None = None, axes: "Axes | None" = None
) -> "Axes":
    """Power behind a ring over time, and on an axis of its own the drive, or the ring's warmth where it is warm.

    Args:
        modulator: that was run.
        times: as given to `run` [s], (N,).
        state: from `run`.
        drive: as given to `run`, drawn dotted; None: none.
        axes: to draw on; None: new ones.
    """
    t = np.asarray(times, float)
    out = np.abs(np.asarray(modulator.out(state.amplitude))) ** 2
    if t.shape != out.shape:
        raise ValueError(f"plot_run: {t.shape} times for {out.shape} states: give the times that `run` was given.")
    ax = axes_or_new(axes)
    scale, unit = (1e12, "ps") if np.ptp(t) < 1e-9 else (1e9, "ns") if np.ptp(t) < 1e-6 else (1e6, "µs")
    ax.plot(scale * t, 1e3 * out)
    if drive is not None:
        other = ax.twinx()
        other.plot(scale * t, np.interp(t, drive.time, drive.value, period=drive.value.size * drive.step), "k:")
        other.set_ylabel("drive (V), dotted")
    elif modulator.warm is not None:
        other = ax.twinx()
        other.plot(scale * t, np.asarray(state.warmth), "C3--")
        other.set_ylabel("warmth (K), dashed")
    name_axes(ax, f"time ({unit})", "power behind the ring (mW)")
    return ax


def plot_branches(
    modulator: RingModulator, detuning: ArrayLike, quantity: Literal["through", "warmth"] = "through",
    axes: "Axes | None" = None,
) -> "Axes":  # fmt: skip
    """Steady states of a ring that its own light heats; those that heat makes unstable dashed.

    Args:
        modulator: with `warm`, as of `steady`.
        detuning: of the cold resonance less the laser [rad/s], (D,).
        quantity: "through", of the laser's power, or "warmth".
        axes: to draw on; None: new ones.
    """
    said = {"through": "power behind the ring (of the laser's)", "warmth": "warmth of the ring (K)"}
    if quantity not in said:
        raise ValueError(f"plot_branches: quantity = {quantity!r}: it is 'through' or 'warmth'.")
    delta = np.asarray(detuning, float)
    found = [steady(modulator, d) for d in delta]
    place, hot = np.repeat(np.arange(delta.size), 3), np.concatenate([one.energy for one in found])
    value, stable = (np.concatenate([getattr(one, name) for one in found]) for name in (quantity, "stable"))
    # on either side of the warm resonance the detuning is one function of the energy: up one side, down the other
    side = np.sign(delta[place] + float(shift_per_joule(modulator)) * hot)
    order = np.lexsort((-side * hot, side))[: np.count_nonzero(~np.isnan(hot))]
    place = place[order]
    # two states of one detuning follow each other where branches meet; at the ends of the sweep they do not
    cut = 1 + np.nonzero((np.diff(place) == 0) & ((place[1:] == 0) | (place[1:] == delta.size - 1)))[0]
    x, y = np.insert(delta[place] / (2e9 * np.pi), cut, np.nan), np.insert(value[order], cut, np.nan)
    held = np.insert(stable[order].astype(bool), cut, True)
    beside = np.convolve(~held, np.ones(3), "same") > 0  # dashes reach to the branches that they join
    ax = axes_or_new(axes)
    ax.plot(x, np.where(held, y, np.nan), label="stable")
    if not held.all():
        ax.plot(x, np.where(beside, y, np.nan), "--", color="C0", linewidth=0.9, label="unstable")
    name_axes(ax, "cold resonance less laser (GHz)", said[quantity])
    ax.legend(fontsize="small")
    return ax


def plot_lock(trace: Trace) -> "tuple[Axes, Axes]":
    """What a lock reads and what its heater takes, over time."""
    import matplotlib.pyplot as plt

    top, bottom = plt.subplots(2, 1, sharex=True)[1]
    top.plot(1e6 * np.asarray(trace.time), np.asarray(trace.reading))
    bottom.plot(1e6 * np.asarray(trace.time), 1e3 * np.asarray(trace.heater))
    top.set_ylabel("reading (of the laser's)")
    bottom.set(xlabel="time (µs)", ylabel="heater (mW)")
    return top, bottom


def _db(amplitude: ArrayLike, floor: float) -> np.ndarray:
    return 20 * np.log10(np.maximum(np.abs(np.asarray(amplitude)), 10 ** (floor / 20)))
