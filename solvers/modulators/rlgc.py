"""RF lines from two scalar fields: shunt C and G from potentials, series R and L from eddy currents.

Good from direct current to where the line is no longer small beside the wavelength; hybrid modes and radiation are left
to `fullwave`. Where the current comes back is `Section.returns`.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.modulators.electrostatics import capacitance
from lingnan.solvers.modulators.line import Distributed, Line
from lingnan.solvers.modulators.magnetics import admittance
from lingnan.solvers.modulators.section import Section
from lingnan.solvers.waveguides.media import is_traced


def distributed(section: Section, frequency: ArrayLike, signal: str = "signal") -> Distributed:
    """R, L, G and C of the line between one conductor and the rest.

    Args:
        section: the line; all conductors but `signal` are ground.
        frequency: [Hz], a number or (F,).
        signal: name of the conductor that carries the signal.

    Returns:
        arrays (F,); differentiable once by every number of the section and by frequency.

    Raises:
        ValueError: no such conductor, or a frequency that is not positive.
    """
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    known = section.terminals
    if signal not in known:
        raise ValueError(f"distributed: no conductor {signal!r} in this section: it has {', '.join(known)}.")
    if not is_traced(f) and not np.all((np.asarray(f) > 0) & np.isfinite(np.asarray(f))):
        raise ValueError(
            f"distributed: frequency {frequency} Hz: each must be positive and finite; take 1e3 Hz for direct current."
        )
    return _distributed(section, f, known.index(signal))


@partial(jax.jit, static_argnums=2)
def _distributed(section: Section, f: Array, k: int) -> Distributed:
    sides = 2.0 if section.mirror else 1.0
    shunt = -2j * jnp.pi * f * sides * capacitance(section, f)[:, k, k]
    series = 1 / (sides * loop(section, admittance(section, f), k))
    omega = 2 * jnp.pi * f
    return Distributed(f, series.real, -series.imag / omega, shunt.real, -shunt.imag / omega)


def rlgc(section: Section, frequency: ArrayLike, signal: str = "signal") -> Line:
    """The line of `distributed`."""
    return distributed(section, frequency, signal).line()


def loop(section: Section, y: Array, k: int) -> Array:
    """Current in the signal for 1 V/m between it and the grounds, which carry it back if the box does not."""
    own = y[:, k, k]
    if section.returns == "box":
        return own
    # grounds at φ, signal at 1 + φ: the currents of all add up to nothing
    return own - jnp.sum(y[:, k, :], axis=-1) * jnp.sum(y[:, :, k], axis=-1) / jnp.sum(y, axis=(-2, -1))
