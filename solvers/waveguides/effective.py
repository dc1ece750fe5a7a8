"""Effective media: what a wave sees of layers much thinner than its length."""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import worst
from lingnan.solvers.tracing import is_traced, marked


def swg(line: ArrayLike, space: ArrayLike, duty: ArrayLike) -> Array:
    """Principal indices along x, y, z of lines and spaces that alternate along z: a subwavelength grating.

    Args:
        line: refractive index of the lines.
        space: refractive index of what fills the spaces.
        duty: share of the line in a period, 0 to 1.

    S. M. Rytov, Sov. Phys. JETP 2, 466 (1956), to zeroth order in period over wavelength: along the layers the mean of
    ε, across them the mean of 1/ε. Right to a few per cent of n - n_space below a third of the Bragg period; give the
    result as the medium of a core.
    """
    said = "swg: duty = {value:g} is outside 0 to 1: it is the share of the line in a period."
    if not is_traced(duty) and not 0 <= float(np.min(duty)) <= float(np.max(duty)) <= 1:
        raise ValueError(said.format(value=worst(duty, ~((np.asarray(duty) >= 0) & (np.asarray(duty) <= 1)))))
    line, space, duty = (jnp.asarray(a) for a in (line, space, duty))
    if is_traced(duty):
        duty = duty * marked((duty >= 0) & (duty <= 1), said, value=duty)
    along = duty * line**2 + (1 - duty) * space**2
    across = 1 / (duty / line**2 + (1 - duty) / space**2)
    return jnp.sqrt(jnp.stack([along, along, across]))
