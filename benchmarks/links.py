"""How fast links are: an eye of 2^15 symbols, TDECQ, and 1,000 samples of a process.

`python benchmarks/links.py [eye|tdecq|samples]`. Times are processor time of one thread, warm and with compilation.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers import links

RATE, SAMPLES = 100e9, 16


def seconds(call: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    jax.block_until_ready(call())
    return time.process_time() - start


def far_end(p: jax.Array, symbols: jax.Array) -> links.Waveform:
    """Light behind 1 km of fibre for V_pi [V], bandwidth [GHz] and imbalance."""
    drive = links.scaled(links.edges(symbols, RATE, SAMPLES, 3e-12), p[0] / 4)
    modulator = links.MachZehnder(p[0], links.OnePole(p[1] * 1e9), imbalance=p[2])
    return links.power(links.propagated(modulator.field(drive), links.Fibre(1.0, 2.0, 1.31)))


def received(p: jax.Array, symbols: jax.Array) -> jax.Array:
    """Least height over noise and log of the error ratio in the middle of the eye."""
    seen = links.detected(far_end(p, symbols), links.Receiver(0.8, links.BesselThomson(60e9), 20e-12))
    eye = links.folded(seen.current, symbols, SAMPLES, seen.noise, levels=4)
    rates = links.error_rates(eye)
    return jnp.stack([jnp.min(links.height(eye, 3.4)) * 1e6, jnp.min(jnp.log10(rates.symbols + 1e-300))])


AT = jnp.array([3.0, 70.0, 0.03])


def eye() -> None:
    """Drive, light, fibre, receiver, noise, openings and error rates of 32,768 PAM4 symbols."""
    symbols = jnp.asarray(links.pam(links.prbs(20, 2**16), 4))
    value = jax.jit(received)
    gradient = jax.jit(jax.grad(lambda p, s: received(p, s)[0]))
    for run in ("with compilation", "warm"):
        print(f"eye of {symbols.size} symbols, {run}: {seconds(lambda: value(AT, symbols)):.2f} s", flush=True)
    for run in ("with compilation", "warm"):
        print(f"its height with gradient, {run}: {seconds(lambda: gradient(AT, symbols)):.2f} s", flush=True)


def tdecq() -> None:
    """TDECQ of PRBS13Q."""
    symbols = jnp.asarray(links.pam(np.tile(links.prbs(13), 2), 4))

    def value(p: jax.Array) -> jax.Array:
        return links.tdecq(far_end(p, symbols), symbols, SAMPLES).tdecq

    both = jax.jit(jax.value_and_grad(value))
    for run in ("with compilation", "warm"):
        print(f"TDECQ of {symbols.size} symbols with gradient, {run}: {seconds(lambda: both(AT)):.2f} s", flush=True)


def samples() -> None:
    """1,000 modulators of 511 symbols each, twenty at a time."""
    symbols = jnp.asarray(links.pam(np.tile(links.prbs(9), 2), 4))
    many = AT * (1 + 0.05 * jnp.asarray(np.random.default_rng(0).standard_normal((1000, 3))))

    @jax.jit
    def all_of(points: jax.Array) -> jax.Array:
        return jax.lax.map(lambda p: received(p, symbols), points, batch_size=20)

    for run in ("with compilation", "warm"):
        print(f"1,000 eyes of {symbols.size} symbols, {run}: {seconds(lambda: all_of(many)):.2f} s", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("eye", "tdecq", "samples"):
        {"eye": eye, "tdecq": tdecq, "samples": samples}[name]()
