"""Free carriers in silicon: change of refractive index and absorption by electrons and holes.

Concentrations in cm^-3, absorption in 1/cm, wavelength in µm, from 1.31 to 1.55. Sources: M. Nedeljkovic, R. Soref,
G. Z. Mashanovich, IEEE Photonics J. 3, 1171 (2011), doi:10.1109/JPHOT.2011.2171930, coefficients at 1.3 and
1.55 µm; R. A. Soref and B. R. Bennett, IEEE J. Quantum Electron. 23, 123 (1987), doi:10.1109/JQE.1987.1073206.
Those of 1.3 µm stand at 1.31, as is usual; as λ² goes, they would change the index by 1.5 % more there. Between the two
wavelengths each term goes as a power of the wavelength, which it does exactly for a Drude gas (λ²).
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.solvers.materials.errors import MaterialError, MaterialRangeError, did_you_mean

RANGE = (1.31, 1.55)  #: [µm]


class Law(NamedTuple):
    """factor · concentration^power, at 1.31 and at 1.55 µm."""

    factor: tuple[float, float]
    power: tuple[float, float]


class Model(NamedTuple):
    """Four laws: -Δn and Δα [1/cm] of electrons and holes [cm^-3]."""

    electron_index: Law
    hole_index: Law
    electron_absorption: Law
    hole_absorption: Law


MODELS = {
    "nedeljkovic": Model(
        Law((2.98e-22, 5.40e-22), (1.016, 1.011)),
        Law((1.25e-18, 1.53e-18), (0.835, 0.838)),
        Law((3.48e-22, 8.88e-21), (1.229, 1.167)),
        Law((1.02e-19, 5.84e-20), (1.089, 1.109)),
    ),
    "soref-bennett": Model(
        Law((6.2e-22, 8.8e-22), (1.0, 1.0)),
        Law((6.0e-18, 8.5e-18), (0.8, 0.8)),
        Law((6e-18, 8.5e-18), (1.0, 1.0)),
        Law((4e-18, 6e-18), (1.0, 1.0)),
    ),
}


def carrier_index(
    electrons: ArrayLike, holes: ArrayLike, wavelength: ArrayLike = 1.55, model: str = "nedeljkovic"
) -> Array:
    """Change of the real refractive index by carriers [cm^-3], elementwise; negative."""
    laws = _laws(model, electrons, holes, wavelength)
    return -_at(laws.electron_index, electrons, wavelength) - _at(laws.hole_index, holes, wavelength)


def carrier_absorption(
    electrons: ArrayLike, holes: ArrayLike, wavelength: ArrayLike = 1.55, model: str = "nedeljkovic"
) -> Array:
    """Absorption by carriers [1/cm] of power, elementwise."""
    laws = _laws(model, electrons, holes, wavelength)
    return _at(laws.electron_absorption, electrons, wavelength) + _at(laws.hole_absorption, holes, wavelength)


def carrier_shift(
    electrons: ArrayLike, holes: ArrayLike, wavelength: ArrayLike = 1.55, model: str = "nedeljkovic"
) -> Array:
    """Complex change of the refractive index, Δn + i Δα λ/4π, elementwise: add it to that of silicon."""
    real = carrier_index(electrons, holes, wavelength, model)
    k = 1e-4 * carrier_absorption(electrons, holes, wavelength, model) * jnp.asarray(wavelength) / (4 * jnp.pi)
    return real + 1j * k


def _at(law: Law, concentration: ArrayLike, wavelength: ArrayLike) -> Array:
    n = jnp.asarray(concentration, float)
    # Powers below one have no slope at 0: below one carrier per cm³ the law goes on as a straight line to 0.
    some = n > 1.0
    safe = jnp.where(some, n, 1.0)
    low, high = (f * jnp.where(some, safe**p, n) for f, p in zip(law.factor, law.power, strict=True))
    part = jnp.log(jnp.asarray(wavelength, float) / RANGE[0]) / np.log(RANGE[1] / RANGE[0])
    some = (low > 0) & (high > 0)
    ratio = jnp.where(some, high, 1.0) / jnp.where(some, low, 1.0)
    return jnp.where(some, low * ratio**part, 0.0 * n + low * (1 - part) + high * part)


def _laws(model: str, electrons: ArrayLike, holes: ArrayLike, wavelength: ArrayLike) -> Model:
    if model not in MODELS:
        raise MaterialError(f"carriers: model {model!r} is unknown. {did_you_mean(model, MODELS)}")
    for name, value in (("electrons", electrons), ("holes", holes), ("wavelength", wavelength)):
        if isinstance(value, Tracer):
            continue
        array = np.asarray(value, float)
        if not np.all(np.isfinite(array)) or np.any(array < 0):
            raise MaterialError(f"carriers: {name} = {value}: it must be finite and not negative (cm^-3, µm).")
        if name == "wavelength" and (np.any(array < RANGE[0] - 1e-9) or np.any(array > RANGE[1] + 1e-9)):
            worst = float(array.flat[int(np.argmax(np.abs(array - 1.43)))])
            raise MaterialRangeError(
                "free carriers in Si", "wavelength", worst, RANGE, "µm", "Nedeljkovic 2011, Soref and Bennett 1987",
                "Stay in range; for longer waves take the tables of Nedeljkovic 2011.",
            )  # fmt: skip
    return MODELS[model]
