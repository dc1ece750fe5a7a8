"""Turbidity: light that small spheres take out of a beam, and throw aside.

Mie's series as in C. F. Bohren and D. R. Huffman, Absorption and Scattering of Light by Small Particles (1983), ch. 4,
with logarithmic derivatives of both Riccati-Bessel functions, which neither overflow nor cancel: W. Yang, Appl. Opt.
42, 1710 (2003), doi:10.1364/AO.42.001710, eqs. 11 to 17, there for layered spheres. Time convention exp(-iωt).

A turbidimeter after ISO 7027-1 reads light of 860 nm at 90 degrees and is told by formazin what a unit (FNU) is: a unit
has no scattering coefficient of its own. What limits it: a mass of particles gives ten times more or less light with
their size and index (`side` beside the volume), so turbidity is no concentration; and beyond some 0.1 of optical depth
light is scattered more than once, which is left out here. Lengths in µm, attenuation in 1/cm.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.trees import tree

ISO_7027 = 0.860  #: wavelength [µm]
#: terms of the series, and the size that they are enough for: W. J. Wiscombe, Appl. Opt. 19, 1505 (1980): x + 4 x^⅓ + 2
TERMS, LARGEST = 60, 40.0
#: where logarithmic derivatives begin, and |argument| up to which they are right from there, to 1e-9
START, INMOST = 100, 80.0


def _check_index(where: str, index: Any) -> None:
    if not known(index) and not isinstance(index, complex):
        return
    given = np.asarray(index, complex)
    check_between(where, "index", np.real(given), 0.0, np.inf, "", "")
    check_no_less(where, "Im index", np.imag(given), 0.0, "", "With exp(-iωt) a sphere that absorbs has more than 0.")


class Efficiency(NamedTuple):
    """Of one sphere, over its shadow π d²/4."""

    extinction: Array
    scattering: Array
    side: Array  #: scattered at 90 degrees, unpolarised, per steradian [1/sr]


@tree
@dataclass(frozen=True)
class Suspension:
    """Equal spheres in water."""

    diameter: Any  #: [µm]
    index: Any  #: of the spheres, complex where they absorb
    per_cm3: Any  #: how many
    water: Any = 1.33  #: index around them

    def __post_init__(self) -> None:
        check_between("Suspension", "diameter", self.diameter, 0.0, np.inf, "µm", "")
        _check_index("Suspension", self.index)
        check_no_less("Suspension", "per_cm3", self.per_cm3, 0.0, "1/cm³", "")
        check_between("Suspension", "water", self.water, 1.0 - 1e-9, 3.0, "", "It is the index around the spheres.")

    @property
    def volume(self) -> Array:
        """Share of the volume that is spheres."""
        return jnp.asarray(self.per_cm3) * jnp.pi / 6 * (1e-4 * jnp.asarray(self.diameter)) ** 3


def mie(size: ArrayLike, relative: ArrayLike) -> Efficiency:
    """Efficiencies of a sphere.

    Args:
        size: π d n/λ, at most 40; a number.
        relative: its index over that around it, Im >= 0 for one that absorbs; size |relative| at most 80.

    Raises:
        ValueError: a sphere too large for the terms that are summed.
    """
    check_between("mie", "size", size, 0.0, LARGEST, "", "For larger spheres extinction is 2 to within a few per cent.")
    _check_index("mie", relative)
    inside = jnp.asarray(size, float) * jnp.abs(jnp.asarray(relative, complex))
    check_between("mie", "size times relative index", inside, 0.0, INMOST, "", "Take a smaller sphere.")
    return _series(jnp.asarray(size, float), jnp.asarray(relative, complex))


class _Running(NamedTuple):
    """What goes from one order of the series to the next."""

    before: Array  #: ψ'/ψ of the last order
    third: Array  #: ζ'/ζ
    ratio: Array  #: ψ/ζ
    product: Array  #: ψ ζ
    angles: Array  #: π of the last two orders, at 90 degrees
    sums: Array  #: extinction, scattering, and both amplitudes


@jax.jit
def _series(x: Array, m: Array) -> Efficiency:
    inner, outer = _logarithmic(m * x), _logarithmic(x.astype(complex))

    def add(last: _Running, order: tuple[Array, Array, Array]) -> tuple[_Running, None]:
        n, within, without = order
        product = last.product * (n / x - last.before) * (n / x - last.third)
        third = without + 1j / product
        ratio = last.ratio * (third + n / x) / (without + n / x)
        a = ratio * (within / m - without) / (within / m - third)
        b = ratio * (m * within - without) / (m * within - third)
        lower, here = last.angles  # with cos 90° = 0: τ_n = -(n + 1) π_{n-1} and π_{n+1} = -(n + 1)/n π_{n-1}
        tau, share = -(n + 1) * lower, (2 * n + 1) / (n * (n + 1))
        power = (2 * n + 1) * jnp.stack([a + b, jnp.abs(a) ** 2 + jnp.abs(b) ** 2 + 0j])
        amplitude = share * jnp.stack([a * here + b * tau, a * tau + b * here])
        angles = jnp.stack([here, -(n + 1) / n * lower])
        return _Running(without, third, ratio, product, angles, last.sums + jnp.concatenate([power, amplitude])), None

    start = _Running(
        outer[0], 1j + 0 * x, (1 - jnp.exp(-2j * x)) / 2, (1 - jnp.exp(2j * x)) / 2, jnp.asarray([0.0, 1.0]),
        jnp.zeros(4, complex),
    )  # fmt: skip
    orders = jnp.arange(1.0, TERMS + 1), inner[1:], outer[1:]
    total, scattered, one, two = jax.lax.scan(add, start, orders)[0].sums
    side = (jnp.abs(one) ** 2 + jnp.abs(two) ** 2) / 2 / (jnp.pi * x**2)
    return Efficiency(2 / x**2 * total.real, 2 / x**2 * scattered.real, side)


def _logarithmic(z: Array) -> Array:
    """ψ'/ψ of orders 0 to TERMS, (TERMS + 1,), downward, which is stable, and forgets where it began well above |z|."""

    def down(last: Array, n: Array) -> tuple[Array, Array]:
        lower = n / z - 1 / (last + n / z)
        return lower, lower

    orders = jnp.arange(START, 0.0, -1.0)
    return jax.lax.scan(down, 0 * z, orders)[1][::-1][: TERMS + 1]


def _of(suspension: Suspension, wavelength: ArrayLike) -> tuple[Efficiency, Array]:
    check_between("turbidity", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    size = jnp.pi * jnp.asarray(suspension.diameter) * suspension.water / jnp.asarray(wavelength)
    shadows = jnp.asarray(suspension.per_cm3) * jnp.pi / 4 * (1e-4 * jnp.asarray(suspension.diameter)) ** 2
    return mie(size, jnp.asarray(suspension.index) / suspension.water), shadows


def attenuation(suspension: Suspension, wavelength: ArrayLike = ISO_7027) -> Array:
    """Of a beam by scattering and absorption of the spheres [1/cm]; of the water itself not.

    Args:
        suspension: the spheres.
        wavelength: in vacuum [µm], a number.
    """
    efficiency, shadows = _of(suspension, wavelength)
    return shadows * efficiency.extinction


def side(suspension: Suspension, wavelength: ArrayLike = ISO_7027) -> Array:
    """Light scattered at 90 degrees over a path [1/(cm sr)]."""
    efficiency, shadows = _of(suspension, wavelength)
    return shadows * efficiency.side


def fnu(suspension: Suspension, formazin: ArrayLike, wavelength: ArrayLike = ISO_7027) -> Array:
    """What a turbidimeter reads [FNU].

    Args:
        suspension: what it is shown.
        formazin: what the same instrument scatters at 1 FNU of formazin, its calibration [1/(cm sr)].
        wavelength: [µm].
    """
    check_between("fnu", "formazin", formazin, 0.0, np.inf, "1/(cm sr)", "Calibrate with formazin.")
    return side(suspension, wavelength) / jnp.asarray(formazin)
