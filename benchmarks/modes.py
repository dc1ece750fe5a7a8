"""Error against time of the mode solver and of femwell, side by side in one process, as series and not as points.

    python benchmarks/modes.py [--femwell] [--repeat N]

For each case: error of n_eff against the converged value, time of the first call (compilation included) and the best of
N warm calls; then a gradient, and a sweep of a thousand widths in one compilation, by `lax.map` and by `vmap`.
femwell comes with `pip install lingnan[bench]`. Quote the machine and what else ran on it with every number.
"""

import argparse
import importlib.util
import os
import platform
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import LADDER, Geometry, Resolution

#: name -> (cross-section, converged n_eff): the references of tests/solvers
CASES: dict[str, tuple[Callable[[], Geometry], float]] = {
    "SOI strip 450 x 220": (
        lambda: waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.5, 1.5, -1.19, 1.41)),
        2.352833,
    ),
    "SOI strip, bend of 5 µm": (lambda: waveguides.strip(0.45, 0.22, 3.4757, 1.444).bend(5.0), 2.353953),
    "SiN 1000 x 400": (
        lambda: waveguides.strip(1.0, 0.4, 1.9963, 1.444, window=(-3.0, 3.0, -2.0, 2.4)),
        1.637952,
    ),
}
SERIES = (Resolution(2), *LADDER[:3])


def best(run: Callable[[], Any], repeat: int) -> tuple[float, float, Any]:
    """Time of the first call, of the best later one [s], and the result."""
    start = time.perf_counter()
    result = jax.block_until_ready(run())
    first = time.perf_counter() - start
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        jax.block_until_ready(run())
        times.append(time.perf_counter() - start)
    return first, min(times), result


def row(error: float, first: float, warm: float) -> str:
    return f"error {error:+.1e}  first {first:6.2f} s  warm {warm * 1e3:7.1f} ms"


def ours(repeat: int) -> None:
    for name, (build, exact) in CASES.items():
        print(f"\n{name}: converged n_eff {exact}")
        for resolution in SERIES:
            run = lambda r=resolution, b=build: waveguides.solve(b(), 1.55, 1, resolution=r).n_eff[0].real  # noqa: E731
            first, warm, n = best(run, repeat)
            print(f"  order {resolution.order}: {row(float(n) - exact, first, warm)}")


def gradients(repeat: int) -> None:
    def n_eff(p: jax.Array) -> jax.Array:
        guide = waveguides.strip(p[0], p[1], p[2:5], p[5], substrate=p[6], sidewall_angle_deg=p[7])
        return waveguides.solve(guide.bend(1 / p[8]), p[9], 1).n_eff[0].real

    at = jnp.array([0.45, 0.22, 3.47, 3.47, 3.47, 1.444, 1.444, 85.0, 0.01, 1.55])
    value, both = jax.jit(n_eff), jax.jit(jax.value_and_grad(n_eff))
    _, alone, _ = best(lambda: value(at), repeat)
    _, together, _ = best(lambda: both(at), repeat)
    print(f"\nvalue {alone * 1e3:.1f} ms, with the gradient by ten parameters {together * 1e3:.1f} ms")
    print(f"ratio {together / alone:.2f}")


def sweeps(steps: int) -> None:
    def n_eff(width: jax.Array) -> jax.Array:
        return waveguides.solve(waveguides.strip(width, 0.22, 3.4757, 1.444), 1.55, 1).n_eff[0].real

    widths = jnp.linspace(0.35, 0.65, steps)
    for name, run in (("lax.map", jax.jit(lambda w: jax.lax.map(n_eff, w))), ("vmap", jax.jit(jax.vmap(n_eff)))):
        first, warm, _ = best(lambda run=run: run(widths), 1)
        print(f"sweep of {steps} widths by {name}: {warm / steps * 1e3:.1f} ms a solve, first {first:.1f} s")


def femwell(repeat: int) -> None:
    if importlib.util.find_spec("femwell") is None:
        print("\nfemwell is not installed: pip install lingnan[bench]")
        return
    import shapely
    from femwell.maxwell.waveguide import compute_modes
    from femwell.mesh import mesh_from_OrderedDict
    from skfem import Basis, ElementTriP0
    from skfem.io import from_meshio

    core, window = shapely.box(-0.225, 0.0, 0.225, 0.22), shapely.box(-1.5, -1.19, 1.5, 1.41)
    exact = CASES["SOI strip 450 x 220"][1]
    print("\nfemwell, SOI strip 450 x 220, second order")
    for size in (0.06, 0.03, 0.015, 0.008):

        def run(size: float = size) -> float:
            resolutions = {"core": {"resolution": size, "distance": 0.5}}
            shapes = {"core": core, "clad": window}
            mesh = from_meshio(mesh_from_OrderedDict(shapes, resolutions, default_resolution_max=0.3))
            basis = Basis(mesh, ElementTriP0())
            eps = basis.zeros()
            for part, n in (("core", 3.4757), ("clad", 1.444)):
                eps[basis.get_dofs(elements=part)] = n**2
            return float(np.real(compute_modes(basis, eps, wavelength=1.55, num_modes=1, order=2)[0].n_eff))

        start = time.perf_counter()
        n = run()
        first = time.perf_counter() - start
        times = []
        for _ in range(max(1, repeat // 5)):
            start = time.perf_counter()
            n = run()
            times.append(time.perf_counter() - start)
        print(f"  cells of {size} µm: {row(n - exact, first, min(times))}, mesh included")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--femwell", action="store_true", help="run femwell as well")
    parser.add_argument("--repeat", type=int, default=20, help="warm calls of which the best counts")
    parser.add_argument("--steps", type=int, default=1000, help="of the sweep")
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, jax {jax.__version__}")
    ours(options.repeat)
    gradients(options.repeat)
    sweeps(options.steps)
    if options.femwell:
        femwell(options.repeat)


if __name__ == "__main__":
    main()
