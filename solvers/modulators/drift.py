"""Drift of a bias: how the field in the film goes from where permittivities put it to where conductivities do.

A step of voltage is divided by ε at first. Charge then moves to the interfaces until currents are continuous, and the
field is divided by σ (Maxwell and Wagner: J. R. Macdonald, Impedance Spectroscopy (1987), §2.2). What an electro-optic
shift is at the beginning and in the end are two solves of ∇·(a ∇u) = 0, with a = ε and with a = σ. In between, films
relax over decades of time, as a stretched exponential (G. Williams and D. C. Watts, Trans. Faraday Soc. 66, 80 (1970),
doi:10.1039/TF9706600080): time and stretch are measured, not computed.
"""

from dataclasses import dataclass, replace
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, no_less
from lingnan.solvers.modulators.section import RfMedium, Section
from lingnan.solvers.trees import watched


@watched
@dataclass(frozen=True)
class Relaxation:
    """The response to a step of bias, relative to its beginning."""

    final: Any  #: share that is left in the end
    time: Any  #: [s]
    stretch: Any = 1.0  #: from 0, exclusive, to 1; 1 is one time constant

    def __post_init__(self) -> None:
        check_between("Relaxation", "final", self.final, 0.0, np.inf, "", "1 is a bias that does not drift.")
        check_between("Relaxation", "time", self.time, 0.0, np.inf, "s", "")
        check_between("Relaxation", "stretch", self.stretch, 0.0, 1.0 + 1e-12, "", "1 is one time constant.")

    def response(self, time: ArrayLike) -> Array:
        """What is left after `time` [s] at a constant bias: 1 at 0, `final` in the end."""
        fine = no_less("Relaxation", "time after the step", time, 0.0, "s", "")
        t = jnp.asarray(time, float)
        # a root has no slope at 0: the branch not taken stays finite
        later = t > 0
        grown = jnp.power(jnp.asarray(jnp.where(later, t, 1.0)) / self.time, self.stretch)
        return fine * self.final + (1 - self.final) * jnp.exp(-jnp.asarray(jnp.where(later, grown, 0.0)))

    def v_pi(self, at_first: ArrayLike, time: ArrayLike) -> Array:
        """V_pi [V] for a bias that has stood for `time` [s], of what it is for a fast signal."""
        return jnp.asarray(at_first) / self.response(time)


def settled(section: Section, conductivities: dict[str, Any]) -> Section:
    """The section whose potentials are those after a long time: conductivities in the place of permittivities.

    Args:
        section: the electrodes.
        conductivities: of each region by its name [S/m], a number or a (3, 3) tensor; only their ratios matter. None
            may be zero, or charge would have nowhere to go.

    Raises:
        ValueError: a region is left out, or a number is not positive.
    """
    names = section.geometry.names
    wanted = [n for n, conductor in zip(names, section.conductors, strict=True) if not conductor]
    missing = sorted(set(wanted) - set(conductivities))
    if missing:
        raise ValueError(f"settled: no conductivity for {', '.join(missing)}. Give one for each region, in S/m.")
    for name in wanted:
        value = conductivities[name]
        if isinstance(value, (int, float)) and not value > 0:
            raise ValueError(f"settled: conductivity {value} S/m of {name}: it must be positive.")
    scale = conductivities[wanted[0]]
    scale = scale if jnp.ndim(scale) == 0 else scale[0][0]
    media = tuple(
        medium if conductor else RfMedium(jnp.asarray(conductivities[name]) / scale)
        for name, conductor, medium in zip(names, section.conductors, section.media, strict=True)
    )
    return replace(section, media=media)
