"""Compact models of ring and disk modulators, named like their cells, and the same as a ring of `solvers.resonators`.

With the parameters of their cells, `wl` [µm], `temperature` [K] and `corner`; `voltage` of reverse bias [V] and
`heating`, by how much the ring is warmer than the chip [K]; `dose` and `overlay` by mask, as `implanted.shift` takes
them. Statics: `resonator` gives what a fast signal, a budget or a lock are computed from. The junction moves the light
over the share of the ring that has both implants; in the opening towards the bus donors are alone. Left out:
back-scattering, and radiation of the disk into its slab.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.ways import Line, Loop, SDict, all_pass
from lingnan.components.soi import carriers, implanted, ringmodulators
from lingnan.components.soi.active import ERRORS, OFFSETS, errors_of, turned
from lingnan.components.soi.implanted import Errors
from lingnan.components.soi.resonators import Resonator, disk_of, ring_of
from lingnan.components.soi.rims import rim
from lingnan.solvers import resonators
from lingnan.solvers.phaseshifters.light import decibels
from lingnan.solvers.tracing import namespace

VOLTS = 11  #: voltages of a table of bias


@dataclass(frozen=True)
class Loaded:
    """A ring as its model takes it."""

    ring: Resonator
    n_eff: Callable[[ArrayLike, ArrayLike | None], Array]  #: of wavelength [µm] and temperature [K], without carriers
    phase: Callable[[ArrayLike], Array]  #: φ of the coupler: sin² φ of the power changes sides
    loss: float  #: without carriers [dB/cm]
    temperature: float  #: of the corner [K]
    kept: carriers.Shift | implanted.Moved

    def around(self, wl: ArrayLike, temperature: ArrayLike, voltage: ArrayLike) -> Array:
        """Amplitude after one round trip."""
        xp = namespace(wl, temperature, voltage)
        long, doped = self.ring.around, self.ring.doped
        cold = xp.exp(2j * np.pi / xp.asarray(wl, float) * self.n_eff(wl, temperature) * long)
        lost = 10 ** (-self.loss * long * 1e-4 / 20)
        junction = turned(wl, self.kept.at(wl, voltage), doped * long)
        return lost * cold * junction * turned(wl, self.kept.idle_at(wl), (1 - doped) * long)


def loaded(
    ring: Resonator,
    cross_section: str = "rib",
    corner: str = "nominal",
    *,
    disk: bool = False,
    dose: Errors | None = None,
    overlay: Errors | None = None,
) -> Loaded:
    """What a drawn ring or disk is made of, from what is kept."""
    kept = implanted.shift(
        ring.sides, ring.core, corner, ring.radius, dose=dose, overlay=overlay,
        places=implanted.around(ring), bare=implanted.opened(ring),
    )  # fmt: skip
    line = Line(cross_section, corner)
    own = line.guide()
    if disk:
        edge = rim(ring, cross_section, corner)
        return Loaded(ring, edge.n_eff, lambda wl: edge.phase(wl, ring.gap), edge.loss, edge.temperature, kept)
    loop = Loop(ring.radius, 0.0, 0.0, line)

    def phase(wl: ArrayLike) -> Array:
        straight, across = loop.coupling(wl, ring.gap)
        return namespace(across).arctan2(across, straight)

    return Loaded(ring, lambda wl, t: own.n_eff(wl, None, t), phase, own.loss, own.temperature, kept)


def _modelled(asked: Asked, made: Loaded) -> SDict:
    base = made.temperature if asked.temperature is None else asked.temperature
    xp = namespace(asked.wl, asked.driven["voltage"], asked.driven["heating"])
    turn = made.around(asked.wl, base + asked.driven["heating"], asked.driven["voltage"])
    t = xp.cos(made.phase(asked.wl))
    bus = Line(asked.cross_section, asked.corner).amplitude(asked.wl, 2 * made.ring.reach, asked.temperature)
    return all_pass(bus, t, turn)


def _offsets(given: Any) -> tuple[float | None, ...]:
    return tuple(given[key] for key in OFFSETS)


@model_of(ringmodulators.ring_modulator_pn, voltage=0.0, heating=0.0, **ERRORS)
def ring_modulator_pn(asked: Asked) -> SDict:
    """Model of `ring_modulator_pn`: (t - A)/(1 - t A) for A after one round trip, along the bus."""
    given = asked.plain()
    ring = ring_of(given["radius"], given["gap"], given["opening_deg"], _offsets(given), asked.cross_section)
    return _modelled(asked, loaded(ring, asked.cross_section, asked.corner, **errors_of(asked)))


@model_of(ringmodulators.disk_modulator_pn, voltage=0.0, heating=0.0, **ERRORS)
def disk_modulator_pn(asked: Asked) -> SDict:
    """Model of `disk_modulator_pn`: the same for the first radial mode of the disk's rim; others are left out."""
    given = asked.plain()
    disk = disk_of(
        given["radius"], given["width"], given["gap"], given["opening_deg"], _offsets(given), asked.cross_section
    )
    return _modelled(asked, loaded(disk, asked.cross_section, asked.corner, disk=True, **errors_of(asked)))


def resonator(
    ring: Resonator,
    wavelength: float = 1.55,
    *,
    cross_section: str = "rib",
    corner: str = "nominal",
    temperature: float | None = None,
    disk: bool = False,
    dose: Errors | None = None,
    overlay: Errors | None = None,
) -> resonators.Ring:
    """A drawn ring or disk about a wavelength, for spectra, small signals, self-heating and locks.

    Args:
        ring: of `ring_of` or `disk_of`.
        wavelength: [µm].
        cross_section: of the bus, and of the ring.
        corner: of the process.
        temperature: [K]; None: the corner's.
        disk: whether it is one.
        dose: as of `implanted.shift`, numbers.
        overlay: the same.

    Its bias reaches over the voltages that are kept; at them index and loss count from those of the opening.
    """
    made = loaded(ring, cross_section, corner, disk=disk, dose=dose, overlay=overlay)
    kelvin, step = made.temperature if temperature is None else temperature, 1e-3
    volts = np.linspace(*made.kept.volts, VOLTS)
    n, up, down = (float(made.n_eff(wavelength + by, kelvin)) for by in (0.0, step, -step))
    idle, driven = complex(made.kept.idle_at(wavelength)), np.asarray(made.kept.at(wavelength, volts))
    wave = jnp.asarray(wavelength, float)
    bias = resonators.Bias(
        jnp.asarray(volts), jnp.asarray((driven - idle).real), decibels(jnp.asarray(driven - idle), wave)
    )
    kappa2, slope = float(np.sin(made.phase(wavelength)) ** 2), (up - down) / (2 * step)
    return resonators.Ring(
        ring.around, kappa2, n + idle.real, n - wavelength * slope,
        loss_db_cm=made.loss + float(decibels(jnp.asarray(idle), wave)), wavelength=wavelength, bias=bias,
        share=ring.doped, dn_dt=float(made.n_eff(wavelength, kelvin + 1.0)) - n,
    )  # fmt: skip


models: dict[str, Any] = {f.__name__: f for f in (ring_modulator_pn, disk_modulator_pn)}
