"""Drift and diffusion beside DEVSIM on one mesh, and what a bias, its derivatives and 1,000 process samples take.

    python benchmarks/semiconductors.py            DEVSIM beside it, where `make bench` has installed it; where there is
                                                   no BLAS, it needs devsim-openblas too
    python benchmarks/semiconductors.py samples    1,000 process samples of a phase shifter

The device is a film of silicon with an L-shaped junction, so fields have both directions. DEVSIM gets the same lines,
net doping at nodes, mobilities, lifetimes and constants; its box method on right triangles has the same volumes. Times
are of warm runs from equilibrium to the bias, the best of three, wall and processor.
"""

import importlib.util
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lingnan.solvers import phaseshifters as ps
from lingnan.solvers import semiconductors as sc
from lingnan.solvers.semiconductors.silicon import ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY
from lingnan.solvers.waveguides import keep_compilations

CM = 1e-4  #: of a µm
N, P, LIFETIME = 3e17, 5e17, 1e-9
SILICON = sc.Silicon(
    intrinsic=1e10,
    electron_lifetime=LIFETIME,
    hole_lifetime=LIFETIME,
    electron_auger=0.0,
    hole_auger=0.0,
    saturated=False,
)
STEPS = ((0.25, 0.5), (0.5, 1.0))  #: DEVSIM's way to forward 0.5 V and reverse 1 V


def lines() -> tuple[np.ndarray, np.ndarray]:
    fine = np.cumsum(0.003 * 1.2 ** np.arange(12))
    far = np.linspace(fine[-1], 1.5, 8)[1:]
    right = np.concatenate([[0.0], fine, far])
    x = np.concatenate([-right[:0:-1], right])
    inside = np.linspace(0.0, 0.15, 11)[1:-1]
    x = np.unique(np.concatenate([x[(x <= 0) | (x >= 0.15)], inside, 0.15 + fine[:6], [0.15]]).round(9))
    y = np.unique(np.concatenate([np.linspace(0.0, 0.08, 7), np.linspace(0.08, 0.22, 9)]).round(9))
    return x, y


def l_shaped() -> sc.Device:
    x, y = lines()
    at_x, at_y = (x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2
    is_p = (at_x < 0)[:, None] | ((at_x < 0.15)[:, None] & (at_y < 0.08)[None])
    ends = np.zeros((2, len(x), len(y)), dtype=bool)
    ends[0, 0], ends[1, -1] = True, True
    return sc.device(
        x, y, donors=N * ~is_p, acceptors=P * is_p, contacts={"p": ends[0], "n": ends[1]}, material=SILICON
    )


def best(run: Callable[[], Any], repeat: int = 3) -> tuple[Any, float, float]:
    """Result, wall and processor time [s] after a first run."""
    run()
    taken: list[tuple[float, float]] = []
    for _ in range(repeat):
        wall, processor = time.perf_counter(), time.process_time()
        found = jax.block_until_ready(run())
        taken.append((time.perf_counter() - wall, time.process_time() - processor))
    return found, *min(taken)


def charge_of_holes(device: sc.Device, holes: Any) -> float:
    """[C/m]"""
    share = device.to_nodes(device.areas[..., None] / 4 * jnp.ones(4))
    return float(jnp.sum(share * holes)) * ELEMENTARY_CHARGE * 1e-8 * 100


def devsim() -> dict[str, Any]:
    """The same in DEVSIM."""
    import devsim as ds
    from devsim.python_packages import model_create, simple_physics

    made = l_shaped()
    x, y = np.asarray(made.x) * CM, np.asarray(made.y) * CM
    ds.create_2d_mesh(mesh="m")
    air = 1e-8  #: [cm] beside both ends, for contacts have to lie between regions
    for direction, values in (("x", [x[0] - air, *x, x[-1] + air]), ("y", y)):
        for v in values:
            ds.add_2d_mesh_line(mesh="m", dir=direction, pos=float(v), ps=1.0, ns=1.0)
    ds.add_2d_region(mesh="m", material="Si", region="r", xl=x[0], xh=x[-1], yl=y[0], yh=y[-1])
    for name, low, high in (("left", x[0] - air, x[0]), ("right", x[-1], x[-1] + air)):
        ds.add_2d_region(mesh="m", material="air", region=name, xl=low, xh=high, yl=y[0], yh=y[-1])
    for name, at in (("p", x[0]), ("n", x[-1])):
        ds.add_2d_contact(
            mesh="m", name=name, region="r", material="metal", xl=at, xh=at, yl=y[0], yh=y[-1], bloat=1e-10
        )
    ds.finalize_mesh(mesh="m")
    ds.create_device(mesh="m", device="d")
    at = {"device": "d", "region": "r"}
    volt = float(SILICON.thermal_voltage)
    for name, value in {
        "Permittivity": VACUUM_PERMITTIVITY * 11.7,
        "ElectronCharge": ELEMENTARY_CHARGE,
        "n_i": 1e10,
        "V_t": volt,
        "T": 300.0,
        "n1": 1e10,
        "p1": 1e10,
        "taun": LIFETIME,
        "taup": LIFETIME,
    }.items():
        ds.set_parameter(**at, name=name, value=value)
    places = np.array([ds.get_node_model_values(**at, name=c) for c in ("x", "y")]).T
    i = np.argmin(np.abs(places[:, 0][:, None] - x), axis=1)
    j = np.argmin(np.abs(places[:, 1][:, None] - y), axis=1)
    doping = np.asarray(made.net_doping())[i, j]
    ds.node_solution(**at, name="NetDoping")
    ds.set_node_values(**at, name="NetDoping", values=doping.tolist())
    for name, values in zip(("mu_e", "mu_h"), SILICON.mobilities(np.abs(doping)), strict=True):
        ds.node_solution(**at, name=name)
        ds.set_node_values(**at, name=name, values=np.asarray(values).tolist())
        ds.edge_average_model(**at, node_model=name, edge_model=f"{name}_edge", average_type="arithmetic")
    simple_physics.CreateSiliconPotentialOnly("d", "r")
    for contact in ("p", "n"):
        ds.set_parameter(device="d", name=simple_physics.GetContactBiasName(contact), value=0.0)
        simple_physics.CreateSiliconPotentialOnlyContact("d", "r", contact)
    ds.solve(type="dc", absolute_error=1.0, relative_error=1e-12, maximum_iterations=50)
    for name, start in (("Electrons", "IntrinsicElectrons"), ("Holes", "IntrinsicHoles")):
        model_create.CreateSolution("d", "r", name)
        ds.set_node_values(**at, name=name, init_from=start)
    simple_physics.CreateSiliconDriftDiffusion("d", "r", mu_n="mu_e_edge", mu_p="mu_h_edge")
    for contact in ("p", "n"):
        simple_physics.CreateSiliconDriftDiffusionAtContact("d", "r", contact)
    names = ("Potential", "Electrons", "Holes")
    rest = {name: ds.get_node_model_values(**at, name=name) for name in names}

    def run(contact: str, steps: tuple[float, ...]) -> float:
        for name in names:
            ds.set_node_values(**at, name=name, values=rest[name])
        for other in ("p", "n"):
            ds.set_parameter(device="d", name=simple_physics.GetContactBiasName(other), value=0.0)
        for volts in (0.0, *steps):
            ds.set_parameter(device="d", name=simple_physics.GetContactBiasName(contact), value=volts)
            ds.solve(type="dc", absolute_error=1e10, relative_error=1e-9, maximum_iterations=60)
        return sum(
            ds.get_contact_current(device="d", contact="p", equation=f"{c}ContinuityEquation")
            for c in ("Electron", "Hole")
        )

    def holes() -> np.ndarray:
        field = np.zeros((len(x), len(y)))
        field[i, j] = ds.get_node_model_values(**at, name="Holes")
        return field

    forward, *time_forward = best(lambda: run("p", STEPS[0]))
    _, *time_reverse = best(lambda: run("n", STEPS[1]))
    charges: list[float] = []
    for volts in (0.95, 1.05):
        run("n", (0.5, volts))
        charges.append(charge_of_holes(made, holes()))
    return {
        "current": 100 * abs(forward),
        "capacitance": abs(charges[0] - charges[1]) / 0.1,
        "forward": time_forward,
        "reverse": time_reverse,
    }


def lingnan() -> dict[str, Any]:
    """The same here, by the same way to the capacitance."""
    made = l_shaped()
    state, *time_forward = best(lambda: sc.solve(made, [0.5, 0.0]))
    _, *time_reverse = best(lambda: sc.solve(made, [0.0, 1.0]))
    charges = [charge_of_holes(made, sc.solve(made, [0.0, v]).holes) for v in (0.95, 1.05)]
    return {
        "current": abs(float(sc.terminal_currents(made, state)[0])),
        "capacitance": abs(charges[0] - charges[1]) / 0.1,
        "forward": time_forward,
        "reverse": time_reverse,
    }


def gradient() -> None:
    """A bias of a phase shifter, and its derivative by eight numbers of its implants."""
    section = ps.rib(
        [
            ps.Implant("p", P, right=0.0, straggle=0.03),
            ps.Implant("n", N, left=0.0, straggle=0.03),
            ps.Implant("p", 1e20, right=-0.8, straggle=0.03),
            ps.Implant("n", 1e20, left=0.8, straggle=0.03),
        ]
    )
    like = ps.ready(section, 1.55)
    mode = like.light
    assert mode is not None

    def index(numbers: tuple[Any, Any]) -> Any:
        dose, edge = numbers
        implants = tuple(
            replace(one, concentration=one.concentration * dose[k], straggle=one.straggle + edge[k])
            for k, one in enumerate(section.implants)
        )
        device = like.plan.device(replace(section, implants=implants))
        return mode.shift(device, sc.solve(device, jnp.array([0.0, 1.0]))).real

    start = (jnp.ones(4), jnp.zeros(4))
    value, both = jax.jit(index), jax.jit(jax.value_and_grad(index))
    _, wall, processor = best(lambda: value(start))
    _, wall_both, processor_both = best(lambda: both(start))
    print(f"phase shifter, mesh {len(like.plan.inside)} x {len(like.plan.inside[0])}, at 1 V, warm:")
    print(f"  Δn                       {wall:6.3f} s wall {processor:6.3f} s processor")
    print(f"  Δn and eight derivatives {wall_both:6.3f} s wall {processor_both:6.3f} s processor", end="")
    print(f"  ({processor_both / processor:.2f} times)")


def samples(count: int = 1000) -> None:
    """Doses, edges and straggle of both junction implants moved by their sigmas."""
    section = ps.rib(
        [ps.Implant("p", P, right=0.0, straggle=0.03), ps.Implant("n", N, left=0.0, straggle=0.03)], oxide=0.4
    )
    sigmas = ps.Spread(dose=0.05, overlay=0.033, straggle=0.1)
    for name, mesh in (("fine", ps.Fineness()), ("rough", ps.ROUGH)):
        one = ps.figures(section, 2.0, like=ps.ready(section, 1.55, mesh))
        print(f"  {name}: V_pi L {float(one.vpi_l[0]):.4f} V cm, C {1e12 * float(one.capacitance[0]):.2f} pF/m")
    start, processor = time.perf_counter(), time.process_time()
    found = ps.sampled(section, 2.0, sigmas, count, seed=1)
    print(
        f"{count} samples at 0 and 2 V, compiling included: {time.perf_counter() - start:.0f} s wall "
        f"{time.process_time() - processor:.0f} s processor; V_pi L {float(found.vpi_l.mean()):.3f} ± "
        f"{float(found.vpi_l.std()):.3f} V cm, loss {float(found.loss_db_cm.mean()):.2f} ± "
        f"{float(found.loss_db_cm.std()):.2f} dB/cm"
    )


def main() -> None:
    keep_compilations()
    if "samples" in sys.argv[1:]:
        samples()
        return
    here = lingnan()
    print(f"L-shaped junction, lines {l_shaped().x.shape[0]} x {l_shaped().y.shape[0]}")
    if importlib.util.find_spec("devsim") is None:
        print("DEVSIM is not installed: pip install -r requirements/bench.txt")
    else:
        there = devsim()
        for name in ("current", "capacitance"):
            print(f"  {name:12s} {here[name]:.6e} here, {there[name]:.6e} DEVSIM: {here[name] / there[name] - 1:+.1e}")
        for name in ("forward", "reverse"):
            (a, b), (c, d) = here[name], there[name]
            print(f"  {name:12s} {a:.3f} s wall {b:.3f} processor here, {c:.3f} and {d:.3f} DEVSIM: {c / a:.1f} times")
    gradient()


if __name__ == "__main__":
    main()
