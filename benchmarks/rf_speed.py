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

from lingnan.solvers.modulators import SAMPLED, SAMPLED_LIGHT, Coplanar, Near, Ready, figures, guided, ready, rlgc
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


#: designs of which fields are kept: with nine sizes 22 span what is linear in them and the main part of squares
KEPT = 22
#: held against the fine meshes
HELD = 4


def design(p: Any) -> Coplanar:
    """Cross-section of ten numbers."""
    return replace(SPEC, **dict(zip(NAMES, p[:-1], strict=True)))


def scattered(seed: int, count: int) -> np.ndarray:
    """Ten numbers of so many samples: each scatters by 1 %."""
    return AT * (1 + 0.01 * np.random.default_rng(seed).standard_normal((count, AT.size)))


def merit(known: Ready, p: jax.Array) -> jax.Array:
    """Bandwidth over V_pi of ten numbers."""
    found = figures(design(p), jnp.asarray(FEW), p[-1], reference=1e9, like=known)
    return found.bandwidth / 1e11 / found.v_pi


def kept() -> tuple[np.ndarray, np.ndarray]:
    """Fields of some samples, for those of all others."""
    near = [design(p.tolist()) for p in scattered(0, KEPT)]
    found = ready(SPEC, line=SAMPLED, light=SAMPLED_LIGHT, near=near, frequency=FEW).near
    assert found is not None
    return np.asarray(found.electric), np.asarray(found.magnetic)


def samples_of(task: tuple[tuple[np.ndarray, np.ndarray], int, int]) -> tuple[np.ndarray, float, float]:
    """Merits of `count` samples, and the processor and wall time that they took after the first."""
    fields, seed, count = task
    keep_compilations()
    near = Near(*(jnp.asarray(one) for one in fields))
    known = Ready(SPEC.section(fineness=SAMPLED), guided(SPEC, resolution=SAMPLED_LIGHT), near=near)
    one, points = jax.jit(merit), scattered(seed, count)
    one(known, points[0]).block_until_ready()
    start, wall = time.process_time(), time.perf_counter()
    found = np.array([float(one(known, p)) for p in points])
    return found, time.process_time() - start, time.perf_counter() - wall


def speed(count: int = 1000) -> None:
    """All of them."""
    keep_compilations()
    f = jnp.geomspace(1e8, 2e11, 50)
    like = SPEC.section()
    for run in ("with compilation", "warm"):
        print(f"50 frequencies {run}: {seconds(lambda: rlgc(like, f).gamma)}", flush=True)
    known, at = ready(SPEC), jnp.asarray(AT)
    both, one = jax.jit(jax.value_and_grad(merit, argnums=1)), jax.jit(merit)
    for run in ("with compilation", "warm"):
        said = f"figure of merit and its gradient by {AT.size} numbers {run}"
        print(f"{said}: {seconds(lambda: both(known, at))}", flush=True)
    for run in ("with compilation", "warm"):
        print(f"figure of merit {run}: {seconds(lambda: one(known, at))}", flush=True)
    samples(count)


def samples(count: int) -> None:
    """So many samples of a process, some of them on the fine meshes too."""
    keep_compilations()
    # as a user would: one process a core, one thread each
    os.environ["OMP_NUM_THREADS"] = "1"
    start = time.perf_counter()
    fields = kept()
    print(f"fields of {KEPT} samples: {time.perf_counter() - start:.1f} s wall", flush=True)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(samples_of, [(fields, k, count // 2) for k in (1, 2)]))
    whole, took, wall = time.perf_counter() - start, sum(t for _, t, _ in found), max(w for *_, w in found)
    values = np.concatenate([v for v, *_ in found])
    print(
        f"{count} samples in two processes: {took:.2f} s of processor time, {1e3 * took / count:.0f} ms each, "
        f"{wall:.1f} s wall; {whole:.0f} s with fields, two starts and compilation; bandwidth over V_pi "
        f"{values.mean():.5f} ± {values.std():.5f} of 100 GHz/V", flush=True,
    )  # fmt: skip
    fine, one = ready(SPEC), jax.jit(merit)
    ratios = np.array([v / float(one(fine, p)) for v, p in zip(values, scattered(1, HELD), strict=False)])
    print(
        f"over the fine meshes, {HELD} samples: {ratios.mean() - 1:+.1e}, and between them {np.ptp(ratios):.1e}",
        flush=True,
    )
