"""How fast sensors are: 10,000 biosensor chips of a process, and the gradient of a limit of detection.

`python benchmarks/sensors.py [chips|gradient]`. Wall time, and processor time of all threads.
"""

import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from timing import report

from lingnan.solvers import sensors, waveguides
from lingnan.solvers.sensors import Chain, Converter, Detector, Environment, Guide, Laser, Ring

WINDOW = (-1.5, 1.5, -1.2, 1.4)
#: width [µm], film [µm], sidewall angle [degrees]: middle, σ
PROCESS = ((0.45, 0.005), (0.22, 0.002), (88.0, 1.0))


def guide_of(p: Any) -> Guide:
    """A wire in water by width, film and angle."""
    wire = waveguides.strip(p[0], p[1], "Si-Salzberg", 1.3154, substrate="SiO2", sidewall_angle_deg=p[2], window=WINDOW)
    return sensors.response(wire, other_loss_db_cm=12.0)


def lod_of(guide: Guide, length: Any, kappa2: Any, chain: Chain, environment: Environment) -> jax.Array:
    """Limit of detection [RIU] of a ring that is scanned over six widths about its resonance."""
    ring = Ring(guide, length, kappa2)
    wave = jax.lax.stop_gradient(ring.resonance() + ring.fwhm * jnp.linspace(-3.0, 3.0, 61))
    return sensors.limit(chain, ring, wave, environment).lod_riu


def chips() -> None:
    """10,000 chips: a map of 64 solves, its error on solves that were not fitted, and the chain on every chip."""
    middle, sigma = (np.asarray(column) for column in zip(*PROCESS, strict=True))
    rng = np.random.default_rng(0)
    many = jnp.asarray(middle + sigma * np.clip(rng.standard_normal((10_000, 3)), -4, 4))
    chain = Chain(Laser(1e-4, 1e5, -140.0, 0.02), Detector(0.9, 1e4, 5e-12), Converter(1.1e-4, 14))

    def all_of_it() -> tuple[Any, jax.Array]:
        found = sensors.mapped(guide_of, middle.tolist(), (4 * sigma).tolist(), degree=3)

        @jax.jit
        def run(points: jax.Array) -> jax.Array:
            def one(p: jax.Array) -> jax.Array:
                return lod_of(found(p), 200.0, 0.05, chain, Environment(1e-3, 1e-8))

            return jax.lax.map(one, points, batch_size=250)

        return found, run(many)

    (found, lods), _ = report("10,000 chips, solves and compilation and all", all_of_it)
    errors = sensors.misfit(found, guide_of, np.asarray(many[:20]))
    print(
        f"largest error of the map on 20 solved chips: dn_eff/dn {float(errors.bulk):.1e}, n_g {float(errors.n_g):.1e}"
    )
    limit = float(jnp.median(lods)) * 1.05
    print(
        f"median {float(jnp.median(lods)):.3e} RIU; yield below {limit:.3e}: {float(sensors.passing(lods, limit)):.3f}"
    )


#: ten parameters of a chip and its reading
TEN = (0.45, 0.22, 88.0, 1.3154, 200.0, 0.05, 1e-4, 5e-12, 1e-3, 1e-8)


def limit_of_ten(p: jax.Array) -> jax.Array:
    """Limit of detection [RIU] from the mode solve on."""
    wire = waveguides.strip(p[0], p[1], "Si-Salzberg", p[3], substrate="SiO2", sidewall_angle_deg=p[2], window=WINDOW)
    guide = sensors.response(wire, other_loss_db_cm=12.0)
    chain = Chain(Laser(p[6], 1e5, -140.0, 0.02), Detector(0.9, 1e4, p[7]), Converter(1.1e-4, 14))
    return lod_of(guide, p[4], p[5], chain, Environment(p[8], p[9]))


def gradient() -> None:
    """Value, and value with ten derivatives, warm."""
    at = jnp.asarray(TEN)
    value, both = jax.jit(limit_of_ten), jax.jit(jax.value_and_grad(limit_of_ten))
    report("value, with compilation", lambda: value(at))
    report("value and gradient, with compilation", lambda: both(at))
    times: dict[str, list[float]] = {"value": [], "both": []}
    for _ in range(15):
        for name, call in (("value", value), ("both", both)):
            start = time.process_time()
            jax.block_until_ready(call(at))
            times[name].append(time.process_time() - start)
    alone, with_it = (float(np.median(times[name])) for name in ("value", "both"))
    print(f"value {1e3 * alone:.0f} ms, with ten derivatives {1e3 * with_it:.0f} ms: {with_it / alone:.2f} times")
    moved, slope = jnp.asarray(TEN).at[0].add(1e-4), both(at)[1][0]
    back = jnp.asarray(TEN).at[0].add(-1e-4)
    print(f"by the width: {float(slope):.6e}, difference {float((value(moved) - value(back)) / 2e-4):.6e} RIU/µm")


def main() -> None:
    """One of them, or all."""
    for name, run in (("chips", chips), ("gradient", gradient)):
        if len(sys.argv) < 2 or sys.argv[1] == name:
            run()


if __name__ == "__main__":
    main()
