"""Second routes to phase shifters: modes of graded silicon, charge, differences, samples; too slow for every run."""

from dataclasses import replace
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


def test_a_gate_moves_the_index_by_its_charge() -> None:
    implants = (ps.Implant("p", 5e17, top=0.1125), ps.Implant("n", 5e17, bottom=0.1125))
    section = ps.capacitor(implants, silicon=SILICON, oxide=0.0)
    like = ps.ready(section, 1.55, ps.Fineness(edge=0.03, growth=1.5, most=0.2))
    assert like.light is not None
    made = ps.figures(section, [1.0, -2.0, -2.2], like=like)
    per_width = 3.9 * 8.8541878128e-12 * 0.5 / 0.005  # F/m of the oxide under the overlap
    accumulated = float(made.capacitance[1])
    # accumulated layers are some nm of silicon thick, a few per cent of the oxide; ends of the overlap add a few
    assert_allclose(accumulated, per_width, rtol=0.1)
    assert float(made.capacitance[0]) < 0.8 * accumulated  # depleted
    # the oxide lets nothing pass
    assert float(jnp.max(jnp.abs(made.current))) < 1e-9
    # charge of the holes between two voltages, and C between them
    device = like.plan.device(section)
    share = device.to_nodes(device.areas[..., None] / 4 * device.inside[..., None] * jnp.ones(4))
    way = jnp.asarray(like.plan.reverse)
    held = [float(jnp.sum(share * solve(device, v * way).holes)) * 1.602176634e-19 * 1e-6 for v in (-2.0, -2.2)]
    assert_allclose((held[1] - held[0]) / 0.2, np.mean(np.asarray(made.capacitance[1:])), rtol=1e-2)
    # accumulation lowers the index, depletion raises it; V_pi L of such a capacitor is well below that of a junction
    assert float(made.delta_n[1]) < 0 < float(made.delta_n[0])
    assert float(made.vpi_l[1]) < 0.8


def test_an_l_shaped_junction_has_two_walls() -> None:
    under = ps.Implant("p", 1e18, left=0.0, right=0.15, bottom=0.0, top=0.1)
    aside = ps.Implant("p", 1e18, right=0.0)
    n = (ps.Implant("n", 1e18, left=0.0, bottom=0.1), ps.Implant("n", 1e18, left=0.15, top=0.1))
    bent = ps.figures(
        ps.rib((aside, under, *n), silicon=SILICON, oxide=0.0),
        1.0,
        like=ps.ready(ps.rib((aside, under, *n), silicon=SILICON, oxide=0.0), 1.55, MESH),
    )
    straight = lateral(0.0, 1e18, 1e18)
    flat = ps.figures(straight, 1.0, like=ps.ready(straight, 1.55, MESH))
    # walls of 0.12 up from the level, 0.15 along it and 0.1 up at its end, beside 0.22; corners take from 70 nm of it
    assert_allclose(bent.capacitance[0] / flat.capacitance[0], 0.37 / 0.22, rtol=0.2)
    assert float(bent.vpi_l[0]) < float(flat.vpi_l[0])


def test_fields_in_the_oxide_add_capacitance() -> None:
    # two half planes face each other over the depleted gap; the closed form of coplanar plates in oxide of 0.4 µm on
    # either side of a film: K'/K, and thick plates are left out, so a fifth
    from scipy.special import ellipk

    bare, covered = lateral(), lateral(oxide=0.4)
    c = [float(ps.figures(s, 1.0, like=ps.ready(s, 1.55)).capacitance[0]) for s in (bare, covered)]
    gap, height, half = 0.115, 0.4, 1.0
    k = np.tanh(np.pi * gap / (4 * height)) / np.tanh(np.pi * (half + gap / 2) / (2 * height))
    added = 2 * 3.9 * 8.8541878128e-12 * ellipk(1 - k**2) / (2 * ellipk(k**2))
    assert_allclose(c[1] - c[0], added, rtol=0.25)


def test_derivatives_are_those_of_differences() -> None:
    plan = ps.ready(lateral(), None, MESH)

    def efficiency(wall: Any, donors: Any, width: Any) -> Any:
        return ps.figures(lateral(wall, donors, width=width), 2.0, like=plan).vpi_l[0]

    at = (0.01, 3e17, 0.5)
    slopes = jax.jit(jax.grad(efficiency, (0, 1, 2)))(*at)
    for k, step in enumerate((1e-4, 3e14, 1e-3)):
        low, high = (efficiency(*(v + s * step * (k == m) for m, v in enumerate(at))) for s in (-1, 1))
        # differences are right to the square of 1e-3 of each number
        assert_allclose(slopes[k], (high - low) / (2 * step), rtol=1e-4)


def test_samples_without_spread_are_the_section_itself() -> None:
    blurred = replace(
        lateral(), implants=tuple(replace(one, straggle=0.03) for one in lateral().implants), oxide=0.0
    )  # fmt: skip
    like = ps.ready(blurred, 1.55, ps.ROUGH)
    one = ps.figures(blurred, 2.0, like=like)
    still = ps.sampled(blurred, 2.0, ps.Spread(), 2, like=like)
    assert_allclose(still.vpi_l, one.vpi_l[0], rtol=1e-9)
    doses = ps.sampled(blurred, 2.0, ps.Spread(dose=0.05), 12, like=like)
    # more of either dopant absorbs more: a plane through the samples leaves next to nothing
    columns = np.column_stack([np.ones(12), doses.doses])
    fit, left, *_ = np.linalg.lstsq(columns, np.asarray(doses.loss_db_cm), rcond=None)
    assert fit[1] > 0
    assert fit[2] > 0
    assert float(left[0]) < 0.01 * float(np.var(np.asarray(doses.loss_db_cm))) * 12
    with pytest.raises(ValueError, match=r"implant 0 has straggle = 0\.0"):
        ps.sampled(lateral(), 2.0, ps.Spread(dose=0.1), 1, like=like)
