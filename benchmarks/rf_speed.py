"""Times of a line's spectrum, of a modulator's figures with their gradient, and of process samples: for `rf.py`."""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import ROUGH, Coplanar, figures, ready, rlgc
from lingnan.solvers.waveguides.cache import keep_compilations

#: ten numbers of a Mach-Zehnder modulator with its length [µm], and how its line's process scatters
NAMES = (
    "gap", "signal_width", "ground_width", "metal_thickness", "rib_width", "film", "etch", "cladding", "buried_oxide",
)  # fmt: skip
SPEC = Coplanar(ground_width=150.0)
FEW = np.geomspace(1e9, 1e11, 12)
AT = np.array([*(float(getattr(SPEC, name)) for name in NAMES), 10000.0])


def seconds(call: Callable[[], Any]) -> str:
    """Processor and wall time of one call."""
    start, wall = time.process_time(), time.perf_counter()
    jax.block_until_ready(call())
    return f"{time.process_time() - start:.2f} s, wall {time.perf_counter() - wall:.2f} s"


def merit(rough: bool = False) -> Callable[[jax.Array], jax.Array]:
    """Bandwidth over V_pi of ten numbers."""
    known = ready(SPEC, line=ROUGH if rough else None)

    def value(p: jax.Array) -> jax.Array:
        moved = replace(SPEC, **dict(zip(NAMES, p[:-1], strict=True)))
        found = figures(moved, jnp.asarray(FEW), p[-1], reference=1e9, like=known)
        return found.bandwidth / 1e11 / found.v_pi

    return value


def samples_of(task: tuple[int, int]) -> tuple[float, float]:
    """Sum of the merits of `count` samples, and the processor time that they took after the first."""
    seed, count = task
    keep_compilations()
    one = jax.jit(merit(rough=True))
    points = AT * (1 + 0.01 * jax.random.normal(jax.random.key(seed), (count + 1, AT.size)))
    one(points[0]).block_until_ready()
    start = time.process_time()
    total = sum(float(one(p)) for p in points[1:])
    return total, time.process_time() - start


def speed(count: int = 20) -> None:
    """All of them; `count` samples stand for 1,000."""
    keep_compilations()
    f = jnp.geomspace(1e8, 2e11, 50)
    like = SPEC.section()
    for run in ("with compilation", "warm"):
        print(f"50 frequencies {run}: {seconds(lambda: rlgc(like, f).gamma)}", flush=True)
    both, one = jax.jit(jax.value_and_grad(merit())), jax.jit(merit())
    at = jnp.asarray(AT)
    for run in ("with compilation", "warm"):
        print(f"figure of merit and its gradient by {AT.size} numbers {run}: {seconds(lambda: both(at))}", flush=True)
    for run in ("with compilation", "warm"):
        print(f"figure of merit {run}: {seconds(lambda: one(at))}", flush=True)
    rough = jax.jit(merit(rough=True))
    ratio = float(rough(at) / one(at))
    moved = at * (1 + 0.01 * jax.random.normal(jax.random.key(9), at.shape))
    print(f"rough over fine {ratio:.5f}, of another sample {float(rough(moved) / one(moved)):.5f}", flush=True)
    # as a user would: one process a core, one thread each
    os.environ["OMP_NUM_THREADS"] = "1"
    wall = time.perf_counter()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        took = [t for _, t in pool.map(samples_of, [(k, count // 2) for k in range(2)])]
    print(
        f"{count} process samples in two processes: {sum(took):.2f} s of processor time, {1e3 * sum(took) / count:.0f} "
        f"ms each; 1,000 take {500 * sum(took) / count:.0f} s on two cores ({time.perf_counter() - wall:.0f} s wall "
        "here, with two starts)", flush=True,
    )  # fmt: skip
