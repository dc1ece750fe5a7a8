"""Second routes to phase shifters: modes of graded silicon, and charge; too slow for every run."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials, waveguides
from lingnan.solvers import phaseshifters as ps
from lingnan.solvers.materials.carriers import carrier_shift
from lingnan.solvers.semiconductors import Silicon, solve

pytestmark = pytest.mark.validate

SILICON = Silicon(intrinsic=1e10)
MESH = ps.Fineness(junction=0.003, edge=0.03, growth=1.2, round_x=64, round_y=12)


def lateral(wall: Any = 0.0, donors: Any = 3e17, acceptors: Any = 5e17, **numbers: Any) -> ps.Section:
    implants = (ps.Implant("p", acceptors, right=wall), ps.Implant("n", donors, left=wall))
    return ps.rib(implants, silicon=SILICON, oxide=numbers.pop("oxide", 0.0), **numbers)


@pytest.mark.parametrize("wavelength", [1.31, 1.55])
def test_the_mode_of_graded_silicon_is_moved_as_much(wavelength: float) -> None:
    section = lateral()
    like = ps.ready(section, wavelength, MESH)
    assert like.light is not None
    device = like.plan.device(section)
    x = np.asarray(device.x)
    walls = np.linspace(-0.14, 0.14, 15)
    silicon = float(np.sqrt(materials.get("Si").permittivity(wavelength).real))
    shifts: list[complex] = []
    modes: list[complex] = []
    for volts in (0.0, 4.0):
        state = solve(device, [0.0, volts])
        shifts.append(complex(like.light.shift(device, state)))
        change = np.asarray(carrier_shift(state.electrons[:, 0], state.holes[:, 0], wavelength))
        fine = np.linspace(-0.14, 0.14, 14 * 200 + 1)
        dense = np.interp(fine, x, change.real) + 1j * np.interp(fine, x, change.imag)
        index = silicon + np.array([dense[k * 200 : k * 200 + 201].mean() for k in range(14)])
        p, n = silicon + change[0], silicon + change[-1]
        shapes = [
            waveguides.Trapezoid(p, 0.0, 0.09, None, walls[0]),
            waveguides.Trapezoid(n, 0.0, 0.09, walls[-1], None),
            waveguides.Trapezoid(p, 0.09, 0.22, -0.25, walls[0]),
            waveguides.Trapezoid(n, 0.09, 0.22, walls[-1], 0.25),
            *(
                waveguides.Trapezoid(i, 0.0, 0.22, a, b)
                for i, a, b in zip(index, walls[:-1], walls[1:], strict=True)
            ),
        ]  # fmt: skip
        made = waveguides.cross_section(shapes, background="SiO2", window=(-2.0, 2.0, -1.2, 1.4))
        cells = [3, 2, *(1 for _ in range(14)), 2, 3]
        fit = made.resolved(cells, [3, 2, 2, 3])
        modes.append(complex(waveguides.solve(fit, wavelength, 1).n_eff[0]))
    moved, by_modes = shifts[1] - shifts[0], modes[1] - modes[0]
    # second order of a change of 1e-3 in 3.5, and means over strips of 20 nm, over which the field falls by a hundredth
    assert_allclose(by_modes.real, moved.real, rtol=0.01)
    assert_allclose(modes[0].imag, shifts[0].imag, rtol=0.01)


def test_an_l_shaped_junction_holds_the_charge_that_its_capacitance_says() -> None:
    under = ps.Implant("p", 1e18, left=0.0, right=0.15, bottom=0.0, top=0.1)
    aside = ps.Implant("p", 1e18, right=0.0)
    n = (ps.Implant("n", 1e18, left=0.0, bottom=0.1), ps.Implant("n", 1e18, left=0.15, top=0.1))
    section = ps.rib((aside, under, *n), silicon=SILICON, oxide=0.0)
    like = ps.ready(section, 1.55, MESH)
    bent = ps.figures(section, 1.0, like=like)
    device = like.plan.device(section)
    share = device.to_nodes(device.areas[..., None] / 4 * device.inside[..., None] * jnp.ones(4))
    held = [float(jnp.sum(share * solve(device, [0.0, v]).holes)) * 1.602176634e-19 * 1e-6 for v in (0.95, 1.05)]
    # charge at the ends of 0.1 V is right to (0.1/2 V)² of the second derivative: 5e-4
    assert_allclose((held[0] - held[1]) / 0.1, bent.capacitance[0], rtol=2e-3)
    # a longer wall than that of a junction straight up, 0.22 of film
    straight = ps.Lateral(1e18, 1e18, silicon=SILICON)
    assert float(bent.capacitance[0]) > 1.1 * float(straight.capacitance(1.0))


def test_one_program_for_all_and_its_derivatives_by_doses_junction_and_width() -> None:
    """All of `figures` under `jit`, the guide moving too: V_pi L, loss, C and R, scaled to one."""

    def section(scaled: Any) -> ps.Section:
        p, n, wall, width = scaled
        implants = (
            ps.Implant("p", 5e17 * p, right=0.01 * wall, straggle=0.03),
            ps.Implant("n", 3e17 * n, left=0.01 * wall, straggle=0.03),
        )
        return ps.rib(implants, width=0.5 * width)

    start = jnp.array([1.0, 1.0, 0.5, 1.0])
    like = ps.ready(section([1.0, 1.0, 0.5, 1.0]))

    def found(scaled: Any) -> Any:
        one = ps.figures(section(scaled), jnp.array([2.0]), like=like)
        figures = (one.vpi_l, one.loss_dB_cm, 1e12 * one.capacitance, 1e3 * one.resistance)
        return jnp.concatenate(figures)

    known = ps.figures(section([1.0, 1.0, 0.5, 1.0]), 2.0, like=like)
    compiled, step = jax.jit(found), 1e-4
    # the same equations in another order of sums; these limits were set when the differences had been seen
    assert_allclose(compiled(start)[0], known.vpi_l[0], rtol=1e-8)
    assert_allclose(compiled(start)[3], 1e3 * known.resistance[0], rtol=1e-8)
    slopes = jax.jit(jax.jacfwd(found))(start)
    for k in range(4):
        way = jnp.zeros(4).at[k].set(step)
        differences = (compiled(start + way) - compiled(start - way)) / (2 * step)
        # Newton ends at 1e-10 of a figure of 10, over the step that is 1e-5; the step's square is 1e-8
        assert_allclose(slopes[:, k], differences, rtol=1e-5, atol=2e-5)
