"""The elimination of `solvers/linalg` against SuperLU, KLU and PARDISO on the same matrix, side by side in one run.

    python benchmarks/linalg.py [--repeat N] [--solves N]

The matrix is that of an SOI strip shifted above its highest mode, once real and once complex (absorbing layers). For
each way: time to factorise, time of one solve, and of a search for one mode, which is one factorisation and so many
solves; relative residual; and the ratio of the search to ours. Ours is given without folding by symmetry. A library
that is not installed says so. Times are those of the processor, the best of N; run with OMP_NUM_THREADS=1.
"""

import argparse
import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from lingnan.solvers import waveguides
from lingnan.solvers.elements import maxwell
from lingnan.solvers.linalg import columns, host
from lingnan.solvers.linalg.host import Walls
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.waveguides import LADDER, Absorber, engine

Values = NDArray[Any]
WALLS = Walls(False, (False,), False, (False,))


@dataclass(frozen=True)
class Matrix:
    """One matrix in the forms that each way wants."""

    name: str
    layout: Layout
    elements: Values  #: (nx, ny, n, n)
    held: Values  #: the same with ones for what walls hold
    free: NDArray[np.intp]  #: unknowns that are free, in the numbering of `host`
    whole: Any  #: sparse, of the free unknowns

    def embed(self, x: Values) -> Values:
        full = np.zeros(self.layout.size, x.dtype)
        full[self.free] = x
        return full


def matrix(name: str, rung: int, absorber: Absorber | None) -> Matrix:
    guide = waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.5, 1.5, -1.19, 1.41))
    problem = engine.Problem(guide, jnp.asarray(1.55), None, engine.Plan(1, LADDER[rung], (), absorber))
    pencil, numbers = engine.assemble(problem)
    shift = jnp.asarray((2.45 * 2 * np.pi / 1.55) ** 2)
    elements = np.asarray(maxwell.matrices(pencil.element, numbers.data.weights, pencil.powers(shift)))
    held = np.asarray(pencil.elements(numbers.data, shift))
    order = host.numbering(pencil.layout).elements
    rows, cols = np.repeat(order, order.shape[1], axis=1).ravel(), np.tile(order, order.shape[1]).ravel()
    flat = elements.reshape(-1)
    whole = sparse.csc_matrix((flat, (rows, cols)), shape=(pencil.layout.size,) * 2)
    free = np.flatnonzero(host.free(pencil.layout, WALLS)[0, :, 0])
    return Matrix(name, pencil.layout, elements, held, free, whole[free][:, free].tocsc())


def ways(m: Matrix) -> Iterator[tuple[str, Callable[[], Any], Callable[[Any, Values], Values]]]:
    """Name, what factorises, and what solves with that."""
    batch = m.elements.reshape(1, -1, *m.elements.shape[2:])
    for name, exact in (("lingnan, LAPACK", False), ("lingnan, LAPACK, blocks factorised", True)):
        yield (
            name,
            lambda exact=exact: host.factorise(m.layout, batch, WALLS, symmetric=True, exact=exact),
            lambda f, b: host.solve(m.layout, f, m.embed(b)[None, None, :, None])[0, 0, m.free, 0],
        )
    held, vector = jnp.asarray(m.held), host.numbering(m.layout).vector
    factorise = jax.jit(lambda e: columns.factorise(m.layout, e))
    solve = jax.jit(lambda f, b: m.layout.flatten(columns.solve(m.layout, f, m.layout.unflatten(b))))

    def compiled(f: Any, b: Values) -> Values:
        found = np.empty(m.layout.size, b.dtype)
        found[vector] = np.asarray(solve(f, jnp.asarray(m.embed(b)[vector])))
        return found[m.free]

    yield "lingnan, JAX", lambda: jax.block_until_ready(factorise(held)), compiled
    for order in ("COLAMD", "MMD_AT_PLUS_A"):
        yield f"SuperLU, {order}", lambda order=order: splu(m.whole, permc_spec=order), lambda f, b: f.solve(b)
    if importlib.util.find_spec("klujax"):
        import klujax

        coo = m.whole.tocoo()
        rows, cols = jnp.asarray(coo.row, jnp.int32), jnp.asarray(coo.col, jnp.int32)
        data, size = jnp.asarray(coo.data), m.whole.shape[0]
        symbol = klujax.analyze(rows, cols, size)
        yield (
            "KLU (klujax)",
            lambda: jax.block_until_ready(klujax.factor(rows, cols, data, symbol)),
            lambda f, b: np.asarray(klujax.solve_with_numeric(f, jnp.asarray(b), symbol)),
        )
    if importlib.util.find_spec("pypardiso"):
        import pypardiso

        if not np.iscomplexobj(m.whole.data):
            solver = pypardiso.PyPardisoSolver(mtype=11)
            rows_first = m.whole.tocsr()
            yield (
                "PARDISO (pypardiso)",
                lambda: solver.factorize(rows_first),
                lambda _, b: solver.solve(rows_first, b),
            )


def best(run: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    result, times = run(), []
    for _ in range(repeat):
        start = time.process_time()
        result = run()
        times.append(time.process_time() - start)
    return min(times), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--solves", type=int, default=12, help="of a search for one mode")
    parser.add_argument("--rungs", type=int, default=2, help="of the ladder of meshes")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, jax {jax.__version__}")
    print(
        "| matrix | way | factorise ms | solve ms | search ms | over ours | residual |\n|---|---|---|---|---|---|---|"
    )
    for rung in range(options.rungs):
        for kind, absorber in (("real", None), ("complex", Absorber(thickness=0.5))):
            order = LADDER[rung].order
            m = matrix(f"order {order}, {kind}", rung, absorber)
            b = np.cos(1.7 * np.arange(len(m.free))).astype(m.whole.dtype)
            ours = np.nan
            for name, factorise, solve in ways(m):
                try:
                    built, factors = best(factorise, options.repeat)
                    each, x = best(lambda f=factors, s=solve, b=b: s(f, b), options.repeat)
                except Exception as error:  # what a library cannot do is a result
                    print(f"| {m.name} | {name} | {type(error).__name__}: {str(error)[:80]} | | | | |", flush=True)
                    continue
                search = built + options.solves * each
                ours = search if np.isnan(ours) else ours
                residual = np.linalg.norm(m.whole @ x - b) / np.linalg.norm(b)
                print(
                    f"| {m.name}, {len(m.free)} | {name} | {built * 1e3:.1f} | {each * 1e3:.2f} | {search * 1e3:.1f} "
                    f"| {search / ours:.1f} | {residual:.0e} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
