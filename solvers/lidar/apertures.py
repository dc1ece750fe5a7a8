"""Where the antennas of a phased array stand and how much light each gets: uniform, tapered and sparse apertures.

Amplitudes are of the field, with 1 as the largest. Positions and lengths in µm, levels in dB below the main lobe.
Sources: C. L. Dolph, Proc. IRE 34, 335 (1946), doi:10.1109/JRPROC.1946.225956; T. T. Taylor, Trans. IRE AP-3, 16
(1955), doi:10.1109/TPGAP.1955.5720407; R. J. Mailloux, Phased Array Antenna Handbook (2nd ed., 2005), ch. 3.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less


def _check_count(where: str, count: int) -> None:
    if count < 2:
        raise ValueError(f"{where}: count = {count}: an array has two antennas or more.")


def regular(count: int, pitch: ArrayLike) -> Array:
    """Positions at a constant pitch about 0, (N,) [µm]."""
    _check_count("regular", count)
    check_between("regular", "pitch", pitch, 0.0, np.inf, "µm", "")
    return (jnp.arange(count) - (count - 1) / 2) * jnp.asarray(pitch, float)


def uniform(count: int) -> Array:
    """The same light for all, (N,): the narrowest beam, side lobes 13.3 dB below it."""
    _check_count("uniform", count)
    return jnp.ones(count)


def gaussian(count: int, edge_db: ArrayLike) -> Array:
    """A Gaussian whose amplitude at the ends of the aperture, half a pitch outside, is `edge_db` down, (N,)."""
    _check_count("gaussian", count)
    check_no_less("gaussian", "edge_db", edge_db, 0.0, "dB", "It is counted downwards.")
    t = (jnp.arange(count) - (count - 1) / 2) / (count / 2)
    return _topped(10 ** (-jnp.asarray(edge_db, float) * t**2 / 20))


def chebyshev(count: int, level_db: ArrayLike) -> Array:
    """Dolph's: all side lobes at one level, and no narrower beam has as low ones, (N,).

    The pattern is T_{N-1}(x0 cos(ψ/2)), ψ = k u pitch; its Fourier sum gives the amplitudes.

    Args:
        count: N.
        level_db: of the side lobes below the main one [dB].
    """
    _check_count("chebyshev", count)
    check_between("chebyshev", "level_db", level_db, 0.0, np.inf, "dB", "It is counted downwards.")
    order = count - 1
    x0 = jnp.cosh(jnp.arccosh(10 ** (jnp.asarray(level_db, float) / 20)) / order)
    angle = np.pi * np.arange(count) / count  # ψ/2
    pattern = _chebyshev_polynomial(order, x0 * jnp.cos(angle))
    places = np.arange(count) - order / 2
    return _topped(jnp.cos(2 * places[:, None] * angle) @ pattern)


def _chebyshev_polynomial(order: int, x: Array) -> Array:
    """T_n(x) for any real x; both branches are finite."""
    inside = jnp.abs(x) <= 1
    low = jnp.cos(order * jnp.arccos(jnp.where(inside, x, 0.0)))
    size = jnp.where(inside, 2.0, jnp.abs(x))
    high = jnp.sign(x) ** order * jnp.cosh(order * jnp.arccosh(size))
    return jnp.asarray(jnp.where(inside, low, high))


def taylor(count: int, level_db: ArrayLike, equal: int = 6) -> Array:
    """Taylor's: the first `equal` - 1 side lobes near one level, all others fall like those of uniform light, (N,).

    Args:
        count: N.
        level_db: of the near side lobes below the main one [dB].
        equal: his n̄; a deep level wants a large one (`2 A² + 1/2` at least, A = arccosh(10^(level/20))/π).
    """
    _check_count("taylor", count)
    check_between("taylor", "level_db", level_db, 0.0, np.inf, "dB", "It is counted downwards.")
    if equal < 2:
        raise ValueError(f"taylor: equal = {equal}: 2 or more; with 1 the light is uniform.")
    a2 = (jnp.arccosh(10 ** (jnp.asarray(level_db, float) / 20)) / jnp.pi) ** 2
    stretch = equal**2 / (a2 + (equal - 0.5) ** 2)  # σ², moves the near zeros out
    near = np.arange(1, equal)
    place = (jnp.arange(count) - (count - 1) / 2) / count
    total = jnp.ones(count)
    for m in near:
        top = jnp.prod(1 - m**2 / stretch / (a2 + (near - 0.5) ** 2))
        others = np.prod(1 - m**2 / near[near != m] ** 2)
        total = total + (-1) ** (m + 1) * top / others * jnp.cos(2 * jnp.pi * m * place)
    return _topped(total)


def _topped(amplitude: Array) -> Array:
    return amplitude / jnp.max(amplitude)


def taper_efficiency(amplitude: ArrayLike) -> Array:
    """Directivity over that of uniform light on the same regular aperture: (Σa)²/(N Σa²)."""
    a = jnp.asarray(amplitude, float)
    return jnp.square(jnp.sum(a)) / (a.shape[-1] * jnp.sum(jnp.square(a)))


def sparse(
    count: int, aperture: float, least: float, wavelength: float, *,
    beyond: float | None = None, key: Array | None = None, steps: int = 400, rate: float = 0.02,
) -> Array:  # fmt: skip
    """Positions without a period, found by gradient for low side lobes, (N,) rising [µm].

    The largest of |F|² on a grid of u outside the main lobe is lowered (its 12-norm, which has a slope everywhere), by
    Adam. Gaps are `least` and a share of what is left, so no gap is ever too small and the ends stay where they are.
    The mean level cannot fall below 1/N: sparse arrays trade grating lobes for a floor.

    Args:
        count: N.
        aperture: from the first to the last antenna [µm].
        least: smallest distance of two antennas [µm].
        wavelength: [µm].
        beyond: u where side lobes begin; None: 1.5 times the first zero of uniform light.
        key: where to start from; None: `jax.random.key(0)`.
        steps: of Adam.
        rate: of Adam.
    """
    import optax

    _check_count("sparse", count)
    check_between("sparse", "least", least, 0.0, np.inf, "µm", "")
    check_no_less(
        "sparse", "aperture", aperture, (count - 1) * least * 1.001, "µm",
        "That is N - 1 gaps of the least distance: take a larger aperture, fewer antennas or a smaller distance.",
    )  # fmt: skip
    start = 1.5 * wavelength / aperture if beyond is None else beyond
    check_between("sparse", "beyond", start, 0.0, 2.0, "", "A beam steered to one edge sees u up to 2 away from it.")
    u = jnp.linspace(start, 2.0, max(256, int(4 * (2.0 - start) * aperture / wavelength)))

    def places(p: Array) -> Array:
        gaps = least + jax.nn.softmax(p) * (aperture - (count - 1) * least)
        return jnp.concatenate([jnp.zeros(1), jnp.cumsum(gaps)]) - aperture / 2

    def height(p: Array) -> Array:
        phase = 2 * jnp.pi / wavelength * u[:, None] * places(p)
        power = (jnp.sum(jnp.cos(phase), 1) ** 2 + jnp.sum(jnp.sin(phase), 1) ** 2) / count**2
        top = jax.lax.stop_gradient(jnp.max(power))
        return jnp.log(top) + jnp.log(jnp.mean((power / top) ** 12)) / 12

    p = 0.5 * jax.random.normal(jax.random.key(0) if key is None else key, (count - 1,))
    adam = optax.adam(rate)

    @jax.jit
    def run(p: Array) -> Array:
        def step(state: tuple, _: None) -> tuple[tuple, None]:
            p, memory, best, lowest = state
            value, slope = jax.value_and_grad(height)(p)
            best = jnp.where(value < lowest, p, best)
            moves, memory = adam.update(slope, memory, p)
            return (optax.apply_updates(p, moves), memory, best, jnp.minimum(value, lowest)), None

        (_, _, best, _), _ = jax.lax.scan(step, (p, adam.init(p), p, jnp.asarray(jnp.inf)), None, length=steps)
        return places(best)

    return run(p)
