"""RF lines from two scalar fields: shunt C and G from potentials, series R and L from eddy currents.

Good from direct current to where the line is no longer small beside the wavelength. What is left out there is the
longitudinal field between layers of different permittivity: it raises the index by a share that grows as f², between
plates exactly as theory has it (the test of what a quasi-static line leaves out). A coplanar line with 5 µm gaps in a
box of 60 µm on silicon has 0.14 % at 100 GHz and 0.57 % at 200 GHz by `fullwave`; wider lines and boxes have more, as
the square of their size. Hybrid modes and radiation are left to `fullwave`. Where current and charge come back is
`Section.returns`: through the grounds alone the walls of the window hold neither, so that L C is ε µ0 of one medium
and both end as the window grows.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.modulators.electrostatics import Potentials, capacitance
from lingnan.solvers.modulators.line import Distributed, Line
from lingnan.solvers.modulators.magnetics import admittance
from lingnan.solvers.modulators.section import Section
from lingnan.solvers.tracing import is_traced, marked


def distributed(section: Section, frequency: ArrayLike, signal: str = "signal") -> Distributed:
    """R, L, G and C of the line between one conductor and the rest.

    Args:
        section: the line; all conductors but `signal` are ground.
        frequency: [Hz], a number or (F,).
        signal: name of the conductor that carries the signal.

    Returns:
        arrays (F,); differentiable once by every number of the section and by frequency.

    Raises:
        ValueError: no such conductor, no other one to carry the current back, or a frequency that is not positive.
    """
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    known = section.terminals
    if signal not in known:
        raise ValueError(f"distributed: no conductor {signal!r} in this section: it has {', '.join(known)}.")
    if section.returns == "grounds" and len(known) < 2:
        raise ValueError(
            f"distributed: {len(known)} conductor, {', '.join(known)!r}, and nothing for its current to come back on: "
            'there must be 2. Add a ground, or take returns="box", in which the walls of the window carry it.'
        )
    if not is_traced(f) and not np.all((np.asarray(f) > 0) & np.isfinite(np.asarray(f))):
        raise ValueError(
            f"distributed: frequency {frequency} Hz: each must be positive and finite; take 1e3 Hz for direct current."
        )
    return _distributed(section, f * check_below(f, "distributed"), known.index(signal))


#: permittivities and conductivities of `materials` are those far below the lattice's first resonance, 4.5 THz in
#: lithium niobate, and below the relaxation of electrons in metals [Hz]
HIGHEST = 1e12


def check_below(frequency: Array, where: str) -> Array | float:
    """1, and ValueError for frequencies at which the materials are others; NaN for those that are traced."""
    if is_traced(frequency):
        said = f"{where}: frequency {{value:g}} Hz: each must be positive and {HIGHEST:g} Hz at most."
        return marked((frequency > 0) & (frequency <= HIGHEST), said, value=frequency)
    if np.any(np.asarray(frequency) > HIGHEST):
        raise ValueError(
            f"{where}: frequency {float(np.max(np.asarray(frequency))):g} Hz is above {HIGHEST:g} Hz, to which the RF "
            "permittivities and conductivities of `materials` hold. Stay below."
        )
    return 1.0


@partial(jax.jit, static_argnums=2)
def _distributed(section: Section, f: Array, k: int) -> Distributed:
    return _elements(section, f, k, capacitance(section, f), admittance(section, f))


def rlgc_among(section: Section, frequency: Array, electric: Potentials, magnetic: Array) -> Line:
    """`rlgc` where fields are known for what is near: they are not solved again.

    Args:
        section: the line.
        frequency: [Hz], (F,).
        electric: its potentials; where media lose, C and G are solved, for these do not know it.
        magnetic: fields of sections of the same kind, (N, S): see `admittance`.
    """
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    f = f * check_below(f, "rlgc")
    lossy = any(
        not name and (m.conductivity is not None or m.loss_tangent is not None)
        for name, m in zip(section.conductors, section.media, strict=True)
    )
    return _among(section, f, electric, magnetic, lossy).line()


@partial(jax.jit, static_argnames="lossy")
def _among(section: Section, f: Array, electric: Potentials, magnetic: Array, lossy: bool) -> Distributed:
    still = electric.capacitance
    matrix = capacitance(section, f) if lossy else jnp.broadcast_to(still, (len(f), *still.shape))
    return _elements(section, f, section.terminals.index("signal"), matrix, admittance(section, f, span=magnetic))


def _elements(section: Section, f: Array, k: int, matrix: Array, y: Array) -> Distributed:
    sides = 2.0 if section.mirror else 1.0
    shunt = -2j * jnp.pi * f * sides * loop(section, matrix, k)
    series = 1 / (sides * loop(section, y, k))
    omega = 2 * jnp.pi * f
    return Distributed(f, series.real, -series.imag / omega, shunt.real, -shunt.imag / omega)


def rlgc(section: Section, frequency: ArrayLike, signal: str = "signal") -> Line:
    """The line of `distributed`."""
    return distributed(section, frequency, signal).line()


def loop(section: Section, y: Array, k: int) -> Array:
    """Between the signal and the grounds, of a matrix (F, conductors, conductors) against the walls: current or charge.

    The grounds carry back what the signal holds, if the box does not.
    """
    own = y[:, k, k]
    if section.returns == "box":
        return own
    # grounds at φ, signal at 1 + φ: what all hold adds up to nothing
    return own - jnp.sum(y[:, k, :], axis=-1) * jnp.sum(y[:, :, k], axis=-1) / jnp.sum(y, axis=(-2, -1))
