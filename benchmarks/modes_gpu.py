"""A sweep of many widths as one batch in JAX alone, as it runs on a GPU, held against LAPACK on the processor.

    python benchmarks/modes_gpu.py [--steps 1000] [--batch 250]

Needs numpy, scipy and JAX, and this folder's repository, installed or not. Prints the device, time of the first call
(compilation included), of a warm one for each solve, of value and gradient, and the largest difference in n_eff.
"""

import argparse
import importlib
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
if importlib.util.find_spec("lingnan") is None:
    sys.path.insert(0, str(ROOT))
_package = importlib.import_module("lingnan")
if importlib.util.find_spec("lingnan.solvers") is None:
    _package.__path__.append(str(ROOT))  # not installed: the floors lie beside the package

from lingnan.solvers import waveguides  # noqa: E402
from lingnan.solvers.elements.problem import EdgePencil  # noqa: E402
from lingnan.solvers.waveguides import LADDER, engine, host  # noqa: E402
from lingnan.solvers.waveguides.engine import Plan, Problem  # noqa: E402

PLAN = Plan(1, LADDER[0], (), None)
WAVELENGTH = 1.55


def problem(width: Any) -> Problem:
    return Problem(waveguides.strip(width, 0.22, 3.4757, 1.444), jnp.asarray(WAVELENGTH), None, PLAN)


def n_eff(width: jax.Array) -> jax.Array:
    """By the search in JAX, whatever the device."""
    case = problem(width)
    found = engine.search_compiled(jax.lax.stop_gradient(case), None)
    return engine.value(case, found)[0].real


def by_lapack(width: float) -> float:
    """The same on the processor."""
    case = problem(width)
    bare = engine.numbers_of(case)
    pencil = EdgePencil(PLAN.resolution.order, bare.mesh.nx, bare.mesh.ny)
    numbers = (bare.mesh.x, bare.mesh.y, bare.epsilon, bare.curvature, WAVELENGTH)
    task = host.Task(*(np.asarray(a)[None] for a in numbers), None)
    beta2 = host.search(host.Options(pencil, 1, PLAN.residual, ()), task).eigenvalues[0, 0]
    return float(np.sqrt(beta2) * WAVELENGTH / (2 * np.pi))


def timed(name: str, run: Callable[[jax.Array], Any], batches: list[jax.Array]) -> Any:
    steps = sum(len(b) for b in batches)
    start = time.perf_counter()
    jax.block_until_ready(run(batches[0]))
    first = time.perf_counter() - start
    start = time.perf_counter()
    found = [jax.block_until_ready(run(b)) for b in batches]
    warm = time.perf_counter() - start
    print(f"{name}: first call {first:.1f} s, warm {warm:.2f} s for {steps}, {warm / steps * 1e3:.2f} ms a solve")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=250, help="solved at a time; 10 MB each")
    options = parser.parse_args()
    device = jax.devices()[0]
    print(f"jax {jax.__version__} on {device.device_kind} ({device.platform}), float64, {LADDER[0]}", flush=True)
    widths = jnp.linspace(0.35, 0.65, options.steps)
    batches = [widths[k : k + options.batch] for k in range(0, options.steps, options.batch)]
    found = np.concatenate(timed("n_eff", jax.jit(jax.vmap(n_eff)), batches))
    for k in np.linspace(0, options.steps - 1, 5).astype(int):
        less = found[k] - by_lapack(widths[k])
        print(f"  width {float(widths[k]):.3f}: n_eff {found[k]:.9f}, less LAPACK {less:+.1e}")
    timed("n_eff and its derivative", jax.jit(jax.vmap(jax.value_and_grad(n_eff))), batches)


if __name__ == "__main__":
    main()
