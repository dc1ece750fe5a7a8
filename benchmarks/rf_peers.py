"""One coplanar line by femwell and by scikit-rf's CPW media, and by lingnan: index, impedance, loss and time.

    python benchmarks/rf.py peers --python THAT/python          all in one table
    THAT/python benchmarks/rf_peers.py                          femwell's alone, a JSON line each

femwell runs without lingnan, in an interpreter of its own. Its permittivity is a number: for lithium niobate it gets
the root of the product of both, which has the same capacitance across a thin film. scikit-rf's line lies on one
substrate and has no layers. Times are processor time of a warm call with its mesh.
"""

import json
import subprocess
import time
from typing import Any

import numpy as np

EPS0, C0 = 8.8541878188e-12, 299792458.0
SIGNAL, GAP, METAL, GOLD, FREQUENCY = 20.0, 5.0, 0.8, 4.1e7, 5e10  #: [µm], [S/m], [Hz]
REACH = 60.0  #: of the box beyond gap and metal [µm]
#: name -> relative permittivities of film, buried oxide and substrate; 0.3 and 4.7 µm thick
LINES = {"on quartz, no film": (4.5, 4.5, 4.5), "film 0.3 on oxide 4.7 on silicon": ((27.9, 44.3), 3.9, 11.7)}
FILM, OXIDE = 0.3, 4.7  #: [µm]
FEMWELL = (1.0, 0.5, 0.25)  #: size of triangles at metal [µm]: skins are 0.35 µm deep


def femwell(line: str, size: float) -> dict[str, Any]:
    """The line in femwell."""
    import shapely
    from femwell.maxwell.waveguide import compute_modes
    from femwell.mesh import mesh_from_OrderedDict
    from skfem import Basis, ElementTriP0, Functional
    from skfem.io import from_meshio

    half, wide = SIGNAL / 2, SIGNAL / 2 + GAP + REACH
    low = -FILM - OXIDE - REACH
    shapes = {
        "signal": shapely.box(-half, 0, half, METAL),
        "left": shapely.box(-wide, 0, -half - GAP, METAL),
        "right": shapely.box(half + GAP, 0, wide, METAL),
        "film": shapely.box(-wide, -FILM, wide, 0),
        "oxide": shapely.box(-wide, -FILM - OXIDE, wide, -FILM),
        "substrate": shapely.box(-wide, low, wide, -FILM - OXIDE),
        "air": shapely.box(-wide, 0, wide, METAL + REACH),
    }
    sizes = {name: {"resolution": size, "distance": 2.0} for name in ("signal", "left", "right")}
    start = time.process_time()
    mesh = from_meshio(mesh_from_OrderedDict(shapes, sizes, default_resolution_max=10.0))
    basis = Basis(mesh, ElementTriP0())
    eps = basis.zeros(dtype=complex)
    film, oxide, substrate = (np.sqrt(np.prod(e)) if np.ndim(e) else e for e in LINES[line])
    metal = 1 - 1j * GOLD / (2 * np.pi * FREQUENCY * EPS0)
    media = {"film": film, "oxide": oxide, "substrate": substrate, "air": 1.0}
    for name in shapes:
        eps[basis.get_dofs(elements=name)] = media.get(name, metal)
    modes = compute_modes(
        basis, eps, wavelength=C0 / FREQUENCY * 1e6, num_modes=4, order=1, metallic_boundaries=True, n_guess=2.1
    )
    took = time.process_time() - start

    @Functional(dtype=complex)
    def power(w: Any) -> Any:
        (ex, ey), (hx, hy) = w["E"][0], w["H"][0]
        return (ex * np.conj(hy) - ey * np.conj(hx)) / 2

    @Functional(dtype=complex)
    def current(w: Any) -> Any:
        return GOLD * w["E"][1]

    best = min(modes, key=_unlike)
    inside = best.basis.with_elements(mesh.subdomains["signal"])
    flow = current.assemble(inside, E=inside.interpolate(best.E)) * 1e-6
    watt = power.assemble(best.basis, E=best.basis.interpolate(best.E), H=best.basis.interpolate(best.H))
    index = complex(best.n_eff)
    return {
        "program": f"femwell, {size} µm", "n": index.real, "loss": _decibels(abs(index.imag)),
        "z0": 2 * float(watt.real) / abs(flow) ** 2, "seconds": took, "unknowns": int(best.basis.N),
    }  # fmt: skip


def _unlike(mode: Any) -> float:
    """How unlike a quasi-TEM mode: far more real than imaginary, and of an index between those of the media."""
    index = complex(mode.n_eff)
    return abs(index.imag) / max(abs(index.real), 1e-9) + (0 if 1 < index.real < 4 else 1e3)


def _decibels(imaginary: float) -> float:
    """[dB/cm]"""
    return float(20 * np.log10(np.e) * imaginary * 2 * np.pi * FREQUENCY / C0 / 100)


def scikit_rf(line: str) -> list[dict[str, Any]]:
    """The line in scikit-rf: on a thick substrate of each of its permittivities."""
    from skrf import Frequency
    from skrf.media import CPW

    found = []
    for eps in sorted({float(e) for e in LINES[line] if np.ndim(e) == 0}):
        start = time.process_time()
        media = CPW(
            Frequency(FREQUENCY, FREQUENCY, 1, "Hz"), w=SIGNAL * 1e-6, s=GAP * 1e-6, h=500e-6, t=METAL * 1e-6,
            ep_r=eps, rho=1 / GOLD, diel="frequencyinvariant",
        )  # fmt: skip
        gamma, z0 = complex(media.gamma[0]), complex(media.z0_characteristic[0])
        found.append({
            "program": f"scikit-rf, substrate {eps:g}", "n": gamma.imag * C0 / (2 * np.pi * FREQUENCY),
            "z0": z0.real, "loss": 20 * np.log10(np.e) * gamma.real / 100, "seconds": time.process_time() - start,
        })  # fmt: skip
    return found


def ours(line: str) -> list[dict[str, Any]]:
    """The line by both routes of lingnan."""
    import jax
    import jax.numpy as jnp

    from lingnan.solvers.modulators import Coplanar, RfMedium, full_wave, rlgc

    film, oxide, substrate = LINES[line]
    media = {"buried oxide": RfMedium(oxide), "core": RfMedium(1.0)}
    if np.ndim(film) == 0:
        media["slab"] = RfMedium(film)
    section = Coplanar(
        gap=GAP, signal_width=SIGNAL, metal_thickness=METAL, film=FILM + 0.1, etch=0.1, rib_width=1.0, cladding=None,
        buried_oxide=OXIDE, metal=GOLD, substrate=RfMedium(substrate), reach=REACH, overrides=tuple(media.items()),
    ).section()  # fmt: skip
    f = jnp.array([FREQUENCY])
    found = []
    for name, solve in (("two scalar fields", rlgc), ("vector modes", full_wave)):
        solve(section, f)
        start = time.process_time()
        answer = solve(section, f)
        jax.block_until_ready(answer.gamma)
        took = time.process_time() - start
        found.append({
            "program": f"lingnan, {name}", "n": float(answer.n_rf[0]), "z0": float(answer.z0.real[0]),
            "loss": float(answer.loss_db_cm[0]), "seconds": took,
        })  # fmt: skip
    return found


def compare(python: str | None) -> None:
    """A table of all; femwell's rows where an interpreter with it is named."""
    for line in LINES:
        rows = [*ours(line), *scikit_rf(line)]
        if python:
            run = subprocess.run([python, __file__, line], capture_output=True, text=True, check=False)
            if run.returncode:
                print(run.stderr[-1000:])
            rows += [json.loads(row) for row in run.stdout.splitlines() if row.startswith("{")]
        print(f"{line}: S {SIGNAL:g}, gap {GAP:g}, gold {METAL:g} µm, {FREQUENCY / 1e9:g} GHz")
        for row in rows:
            print(
                f"    {row['program']:28s} n {row['n']:6.4f}  Z0 {row['z0']:6.2f} Ω  loss {row['loss']:6.3f} dB/cm  "
                f"{row['seconds']:7.3f} s", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    import sys

    for one in sys.argv[1:] or LINES:
        for size in FEMWELL:
            print(json.dumps(femwell(one, size)), flush=True)
