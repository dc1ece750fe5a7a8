"""Error against time of the mode solver, of femwell, MEOW and MPB, side by side in one run, as series, not as points.

    python benchmarks/modes.py [--peers PYTHON …] [--repeat N] [--skip cfgs] [--only CASE]

First a singular corner by refinement, with its memory. Then for each case error of n_eff against the converged value,
time of the first call and the best of N warm calls, cross-section included; then first calls in new processes, a
gradient by ten parameters, sweeps of a thousand widths in one compilation, one of them through a crossing of modes;
last the peers, which live in an interpreter of their own
(`modes_peers.py`). Times are those of the processor where nothing else is said; run with OMP_NUM_THREADS=1, and quote
the machine and what else ran on it with every number.
"""

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import LADDER, Geometry, Resolution

#: name -> (cross-section, converged n_eff): the references of tests/solvers
CASES: dict[str, tuple[Callable[[], Geometry], float | None]] = {
    "SOI strip 450 x 220": (
        lambda: waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.5, 1.5, -1.19, 1.41)),
        2.352833,
    ),
    "SOI strip, bend of 5 µm": (lambda: waveguides.strip(0.45, 0.22, 3.4757, 1.444).bend(5.0), 2.353953),
    "SiN 1000 x 400": (
        lambda: waveguides.strip(1.0, 0.4, 1.9963, 1.444, window=(-3.0, 3.0, -2.0, 2.4)),
        1.637952,
    ),
    "X-cut LNOI rib, 60 degrees": (
        lambda: waveguides.rib(
            1.0, 0.6, 0.3, [2.137560, 2.211111, 2.211111], 1.44, sidewall_angle_deg=60.0, window=(-2.5, 2.5, -1.7, 2.3)
        ),
        None,
    ),
}
SERIES = (Resolution(3, 2, 2), Resolution(4, 2, 2, 3.0, 5.0), *LADDER[:3])


def best(run: Callable[[], Any], repeat: int) -> tuple[float, float, Any]:
    """Time of the first call, of the best later one [s], and the result.

    Processor time of this process, which is wall time on a quiet machine and means something on a busy one too.
    """
    start = time.process_time()
    result = jax.block_until_ready(run())
    first = time.process_time() - start
    times = []
    for _ in range(repeat):
        start = time.process_time()
        jax.block_until_ready(run())
        times.append(time.process_time() - start)
    return first, min(times), result


def row(error: float, first: float, warm: float) -> str:
    return f"error {error:+.1e}  first {first:6.2f} s  warm {warm * 1e3:7.1f} ms"


def ours(repeat: int, only: str) -> tuple[dict[str, list[tuple[float, float]]], dict[str, float]]:
    """Our series, (error, warm seconds), and the references."""
    own: dict[str, list[tuple[float, float]]] = {}
    references: dict[str, float] = {}
    for name, (build, known) in CASES.items():
        if only not in name:
            continue
        exact = known or float(waveguides.solve(build(), 1.55, 1, resolution=LADDER[3]).n_eff[0].real)
        references[name] = exact
        print(f"\n{name}: converged n_eff {exact:.6f}{'' if known else ' (our own at order 6)'}")
        for resolution in SERIES:
            run = lambda r=resolution, b=build: waveguides.solve(b(), 1.55, 1, resolution=r).n_eff[0].real  # noqa: E731
            first, warm, n = best(run, repeat)
            own.setdefault(name, []).append((abs(float(n) - exact), warm))
            size = f"order {resolution.order}, {resolution.inner} + 2 x {resolution.outer} cells"
            print(f"  {size}: {row(float(n) - exact, first, warm)}", flush=True)
    return own, references


def gradients(repeat: int) -> None:
    def n_eff(p: jax.Array) -> jax.Array:
        guide = waveguides.strip(p[0], p[1], p[2:5], p[5], substrate=p[6], sidewall_angle_deg=p[7])
        return waveguides.solve(guide.bend(1 / p[8]), p[9], 1).n_eff[0].real

    at = jnp.array([0.45, 0.22, 3.47, 3.47, 3.47, 1.444, 1.444, 85.0, 0.01, 1.55])
    value, both = jax.jit(n_eff), jax.jit(jax.value_and_grad(n_eff))
    # in turn, so that whatever else the machine does falls on both
    times = [[best(partial(run, at), 1)[1] for run in (value, both)] for _ in range(repeat)]
    alone, together = (min(column) for column in zip(*times, strict=True))
    print(f"\nvalue {alone * 1e3:.1f} ms, with the gradient by ten parameters {together * 1e3:.1f} ms")
    print(f"ratio {together / alone:.2f}")


def sweeps(steps: int) -> None:
    def n_eff(width: jax.Array) -> jax.Array:
        return waveguides.solve(waveguides.strip(width, 0.22, 3.4757, 1.444), 1.55, 1).n_eff[0].real

    widths = jnp.linspace(0.35, 0.65, steps)
    one = best(lambda: waveguides.solve(waveguides.strip(0.45, 0.22, 3.4757, 1.444), 1.55, 1), 20)[1]
    run = jax.jit(jax.vmap(n_eff))
    before, start = time.process_time(), time.perf_counter()
    jax.block_until_ready(run(widths))
    cpu, wall = time.process_time() - before, time.perf_counter() - start
    print(f"sweep of {steps} widths, compilation included: {wall / steps * 1e3:.1f} ms a solve, {cpu / wall:.2f} cores")
    print(f"  {cpu / steps * 1e3:.1f} ms of processor a solve; a single warm call {one * 1e3:.1f} ms")

    def square(width: jax.Array) -> Geometry:
        return waveguides.strip(width, 0.8, 2.0, 1.444, window=(-2.0, 2.0, -1.6, 2.4))

    start = time.perf_counter()
    swept = waveguides.sweep(square, jnp.linspace(0.7, 0.9, steps), num_modes=2)
    fraction = swept.of(swept.modes.te_fraction)
    kept = bool((fraction[:, 0] < 0.2).all() and (fraction[:, 1] > 0.8).all())
    print(f"sweep of {steps} through a crossing, {time.perf_counter() - start:.1f} s: identity kept: {kept}")


def corners() -> None:
    """G. R. Hadley's square core, whose corner is singular (2002, doi:10.1109/JLT.2002.800371), by refinement."""
    core = waveguides.Trapezoid(8**0.5, 0.0, 0.5, 0.0, 0.5)  # a quarter of it, between walls of symmetry
    quarter = waveguides.cross_section([core], background=1.0, window=(0.0, 1.0, 0.0, 1.0))
    print("\nsquare core of Hadley")
    for asked in (1e-4, 1e-5, 1e-6, 1e-7):
        modes = waveguides.solve(quarter, 1.5, 1, tolerance=asked, target=2.7, magnetic=("bottom", "top"))
        estimate = float(modes.error[0]) if modes.error is not None else math.nan
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"  tolerance {asked:.0e}: error {float(modes.n_eff[0].real) - 2.65679692:+.1e}, estimate {estimate:.1e}, "
            f"order {modes.order}; most memory so far {memory:.0f} MB"
        )


FIRST = """
import time; start = time.perf_counter()
from lingnan.solvers import waveguides
if {cache!r}: waveguides.keep_compilations({cache!r})
guide = waveguides.strip(0.45, 0.22, 3.4757, 1.444)
imported = time.perf_counter()
float(waveguides.solve(guide, 1.55, {modes}, resolution=waveguides.LADDER[{rung}]).n_eff[0].real)
print(imported - start, time.perf_counter() - start)
"""


def first_calls() -> None:
    """A new process: import, cross-section and first solve, in wall time and in processor time, and its memory."""
    with tempfile.TemporaryDirectory() as folder:
        for name, cache, rung in (
            ("no cache", "", 0),
            ("cache, being filled", folder, 0),
            ("cache", folder, 0),
            ("order 5, error 7e-7", "", 2),
        ):
            code = FIRST.format(cache=cache, modes=1, rung=rung)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            imported, whole = (float(v) for v in out.split())
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(
                f"first call, {name}: {whole:.2f} s, of it {imported:.2f} s imports and the cross-section; "
                f"{cpu:.2f} s of processor; most memory so far {after.ru_maxrss / 1024:.0f} MB"
            )


def points_of(command: list[str]) -> Iterator[dict[str, Any]]:
    """What another process prints, line by line as it comes; Meep says more than JSON."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield from (json.loads(line) for line in process.stdout if line.startswith("{"))


def peers(
    pythons: list[str], options: list[str], own: dict[str, list[tuple[float, float]]], exact: dict[str, float]
) -> None:
    """The other solvers' series under their interpreters, and how much longer they take for an error."""
    script = Path(__file__).with_name("modes_peers.py")
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    print("\n| case | solver | step | error | seconds |\n|---|---|---|---|---|")
    for point in chain.from_iterable(points_of([python, str(script), *options]) for python in pythons):
        if "failed" in point:
            print(f"| {point.get('case', '')} | {point['solver']} | {point['failed']} | | |", flush=True)
            continue
        name, solver = point["case"], point["solver"]
        error = abs(point["n_eff"] - exact[name])
        found.setdefault((name, solver), []).append((error, point["seconds"]))
        print(f"| {name} | {solver} | {point['step']} | {error:.1e} | {point['seconds']:.3f} |", flush=True)
    print("\n| case | solver | its first time below 1e-4 and staying there | lingnan | ratio |\n|---|---|---|---|---|")
    for (name, solver), points in found.items():
        # peers jump as they refine: the first point from which on all stay below
        good = [all(e < 1e-4 for e, _ in points[k:]) for k in range(len(points))]
        ours = min((t for e, t in own[name] if e < 1e-4), default=math.nan)
        theirs = points[good.index(True)][1] if any(good) else math.inf
        print(f"| {name} | {solver} | {theirs:.3f} s | {1e3 * ours:.1f} ms | {theirs / ours:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peers", nargs="*", default=[], metavar="PYTHON", help="interpreters with femwell and meow-sim, and with Meep"
    )
    parser.add_argument("--skip", default="", help="parts to leave out: corners, first calls, gradients, sweeps")
    parser.add_argument("--only", default="", help="cases with this in their name")
    parser.add_argument("--repeat", type=int, default=20, help="warm calls of which the best counts")
    parser.add_argument("--steps", type=int, default=1000, help="of the sweep")
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, jax {jax.__version__}")
    if "c" not in options.skip:
        corners()
    own, exact = ours(options.repeat, options.only)
    if "f" not in options.skip:
        first_calls()
    if "g" not in options.skip:
        gradients(options.repeat)
    if "s" not in options.skip:
        sweeps(options.steps)
    if options.peers:
        passed = ["--repeat", str(max(1, options.repeat // 10)), "--only", options.only]
        peers(options.peers, passed, own, exact)


if __name__ == "__main__":
    main()
