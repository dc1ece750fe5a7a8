"""The mode solvers of femwell, MEOW (Tidy3D's local one) and MPB on the cases of `modes.py`, which calls this.

    python benchmarks/modes_peers.py [--repeat N]        one JSON line for each point of a series

Runs without lingnan, so the peers may live in an interpreter of their own: `pip install femwell meow-sim` there, and
`benchmarks/modes.py --peers THAT/python`. MPB comes with Meep: name its interpreter too. Times are processor time of a
warm call with its mesh, the best of N. Lithium niobate goes to MEOW and MPB: femwell's permittivity is a scalar; MPB
bends nothing.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Iterator

import numpy as np

#: name -> corners of the core's parts, indices (core, cladding), window (left, right, bottom, top) and bend radius [µm]
CASES = {
    "SOI strip 450 x 220": {
        "parts": [[(-0.225, 0.0), (0.225, 0.0), (0.225, 0.22), (-0.225, 0.22)]],
        "index": (3.4757, 1.444),
        "window": (-1.5, 1.5, -1.19, 1.41),
    },
    "SiN 1000 x 400": {
        "parts": [[(-0.5, 0.0), (0.5, 0.0), (0.5, 0.4), (-0.5, 0.4)]],
        "index": (1.9963, 1.444),
        "window": (-3.0, 3.0, -2.0, 2.4),
    },
    "SOI strip, bend of 5 µm": {
        "parts": [[(-0.225, 0.0), (0.225, 0.0), (0.225, 0.22), (-0.225, 0.22)]],
        "index": (3.4757, 1.444),
        "window": (-1.5, 1.5, -1.19, 1.41),
        "radius": 5.0,
    },
    "X-cut LNOI rib, 60 degrees": {  # 1 µm wide at half its height, film 0.6, slab 0.3; (x, y, z) indices of Zelmon
        "parts": [
            [(-2.5, 0.0), (2.5, 0.0), (2.5, 0.3), (-2.5, 0.3)],
            [(-0.58660254, 0.3), (0.58660254, 0.3), (0.41339746, 0.6), (-0.41339746, 0.6)],
        ],
        "index": ((2.137560, 2.211111, 2.211111), 1.44),
        "window": (-2.5, 2.5, -1.7, 2.3),
    },
}
FEMWELL = (0.05, 0.025, 0.0125, 0.00625)  #: size of triangles in the core, relative to the strip [µm]
MEOW = (30, 60, 120, 180)  #: cells across the core's width
MPB = (20, 40, 80, 100, 160)  #: pixels a µm


def best(run: Callable[[], float], repeat: int) -> tuple[float, float]:
    run()
    times = []
    for _ in range(repeat):
        start = time.process_time()
        n = run()
        times.append(time.process_time() - start)
    return n, min(times)


def femwell(case: dict, size: float) -> Callable[[], float]:
    import shapely
    from femwell.maxwell.waveguide import compute_modes
    from femwell.mesh import mesh_from_OrderedDict
    from skfem import Basis, ElementTriP0
    from skfem.io import from_meshio

    left, right, bottom, top = case["window"]
    core, window = shapely.Polygon(case["parts"][0]), shapely.box(left, bottom, right, top)
    scale = np.ptp([x for x, _ in case["parts"][0]]) / 0.45

    def run() -> float:
        sizes = {"core": {"resolution": size * scale, "distance": 0.5 * scale}}
        shapes = {"core": core, "clad": window}
        mesh = from_meshio(mesh_from_OrderedDict(shapes, sizes, default_resolution_max=0.3))
        basis = Basis(mesh, ElementTriP0())
        eps = basis.zeros()
        for part, n in zip(("core", "clad"), case["index"], strict=True):
            eps[basis.get_dofs(elements=part)] = n**2
        options = {"radius": case["radius"]} if "radius" in case else {}
        return float(np.real(compute_modes(basis, eps, wavelength=1.55, num_modes=1, order=2, **options)[0].n_eff))

    return run


def meow(case: dict, cells: int) -> Callable[[], float]:
    import meow as mw
    from meow.fde.tidy3d import _compute_modes

    left, right, bottom, top = case["window"]
    width = np.ptp([x for x, _ in case["parts"][-1]])
    fine = width / cells

    def grid(low: float, high: float, edges: list[float]) -> np.ndarray:
        """Cells of `fine` about the core, growing by a sixth outside, with lines on the edges of the core.

        To 0.1 µm or three times `fine`: with 0.1 µm always, cells outside leave 1.3e-4 in lithium niobate.
        """
        inner = np.linspace(edges[0], edges[-1], max(4, round((edges[-1] - edges[0]) / fine)) + 1)
        step, below, above = inner[1] - inner[0], [edges[0]], [edges[-1]]
        while below[-1] > low:
            step = min(step * 1.1667, 0.1, 3 * fine)
            below.append(max(low, below[-1] - step))
        step = inner[1] - inner[0]
        while above[-1] < high:
            step = min(step * 1.1667, 0.1, 3 * fine)
            above.append(min(high, above[-1] + step))
        return np.concatenate([below[:0:-1], inner, above[1:]])

    def run() -> float:
        core = case["parts"][-1]
        x = grid(left, right, sorted(x for x, _ in core))
        y = grid(bottom, top, sorted({y for part in case["parts"] for _, y in part}))
        mesh = mw.Mesh2D(x=x, y=y)
        env = mw.Environment(wl=1.55, T=25.0)
        core_index, cladding = case["index"]
        three = np.broadcast_to(core_index, 3)
        sections = {}
        for n in set(three):
            shapes = [mw.Structure2D(
                material=mw.IndexMaterial(name="clad", n=cladding), mesh_order=2,
                geometry=mw.Rectangle(x_min=left, x_max=right, y_min=bottom, y_max=top),
            )]  # fmt: skip
            shapes += [
                mw.Structure2D(
                    material=mw.IndexMaterial(name="core", n=float(n)),
                    geometry=mw.Polygon2D(poly=np.asarray(part, float)), mesh_order=1,
                )
                for part in case["parts"]
            ]  # fmt: skip
            sections[n] = mw.CrossSection(structures=shapes, mesh=mesh, env=env)
        nx, ny, nz = (getattr(sections[n], axis) for n, axis in zip(three, ("nx", "ny", "nz"), strict=True))
        zero = np.zeros_like(nx)
        from types import SimpleNamespace

        spec = SimpleNamespace(
            num_modes=1, target_neff=None, num_pml=(0, 0), filter_pol=None, angle_theta=0.0, angle_phi=0.0,
            bend_radius=case.get("radius"), bend_axis=1 if "radius" in case else None, precision="double",
            track_freq="central", group_index_step=False,
        )  # fmt: skip
        found = _compute_modes(
            eps_cross=[nx**2, zero, zero, zero, ny**2, zero, zero, zero, nz**2], coords=[x, y],
            freq=299792458.0 / 1.55e-6, mode_spec=spec, precision="double", plane_center=(0.0, 0.0),
        )  # fmt: skip
        return float(np.real(np.ravel(found[1])[0]))

    return run


def mpb(case: dict, pixels: int) -> Callable[[], float]:
    import meep as mp
    from meep import mpb as solver

    left, right, bottom, top = case["window"]
    index, cladding = case["index"]
    nx, ny, nz = np.broadcast_to(index, 3)
    core = mp.Medium(index=nx) if nx == ny == nz else mp.Medium(epsilon_diag=mp.Vector3(nx**2, ny**2, nz**2))
    mp.verbosity(0)

    def shape(part: list[tuple[float, float]]) -> object:
        """A block where it is one: MPB averages permittivities at its faces better than at a prism's."""
        points = np.asarray(part) - ((left + right) / 2, (bottom + top) / 2)
        size = np.ptp(points, axis=0)
        if len({x for x, _ in part}) == 2:
            return mp.Block(size=mp.Vector3(*size, mp.inf), center=mp.Vector3(*points.mean(axis=0)), material=core)
        return mp.Prism([mp.Vector3(*point) for point in points], height=mp.inf, material=core)

    shapes = [shape(part) for part in case["parts"]]

    def run() -> float:
        modes = solver.ModeSolver(
            geometry_lattice=mp.Lattice(size=mp.Vector3(right - left, top - bottom, 0)), geometry=shapes,
            default_material=mp.Medium(index=cladding), resolution=pixels, num_bands=1, tolerance=1e-8,
        )  # fmt: skip
        near = float(np.max(index)) * 0.75 / 1.55
        k = modes.find_k(mp.NO_PARITY, 1 / 1.55, 1, 1, mp.Vector3(0, 0, 1), 1e-6, near, 0.4, 3.6)
        return float(k[0]) * 1.55

    return run


def series(repeat: int, only: str = "") -> Iterator[dict]:
    """Points as they come; a peer that fails or is not there says so once."""
    peers = (("femwell", "femwell", femwell, FEMWELL), ("MEOW", "meow", meow, MEOW), ("MPB", "meep", mpb, MPB))
    for solver, module, build, steps in peers:
        if importlib.util.find_spec(module) is None:
            yield {"solver": solver, "failed": "not in this interpreter"}
            continue
        for name, case in CASES.items():
            left_out = {"femwell": len(case["parts"]) > 1, "MPB": "radius" in case}
            if only not in name or left_out.get(solver, False):
                continue
            for step in steps:
                try:
                    n, seconds = best(build(case, step), repeat)
                except Exception as error:  # a peer's failure is a result
                    yield {"solver": solver, "case": name, "step": step, "failed": f"{type(error).__name__}: {error}"}
                    break
                yield {"solver": solver, "case": name, "step": step, "n_eff": n, "seconds": seconds}
                if seconds > 30:
                    break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--only", default="", help="cases with this in their name")
    options = parser.parse_args()
    for point in series(options.repeat, options.only):
        print(json.dumps(point), flush=True)


if __name__ == "__main__":
    main()
