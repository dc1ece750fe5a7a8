"""All figures of merit in one call: they are those of its parts, and their derivatives are right."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.modulators import (
    ROUGH,
    Coplanar,
    Fineness,
    Modulator,
    Ready,
    Stretch,
    TRail,
    bandwidth,
    electrostatics,
    figures,
    guided,
    phase_shift,
    potentials,
    ready,
    response,
    rlgc,
    shift_of,
)
from lingnan.solvers.modulators.electrostatics import field_at
from lingnan.solvers.waveguides import Resolution

SPEC = Coplanar(ground_width=60.0)
F = jnp.geomspace(1e9, 1.2e11, 12)
#: coarse: parts are compared with themselves
LIKE = Ready(SPEC.section(fineness=Fineness(3, 0.2, 4.5)), guided(SPEC, resolution=Resolution(3, 1, 1, 2.0, 3.0)))


def test_points_on_a_mesh_line_have_the_field_of_one_side():
    """The middle of a rib is such a place, and moves with the line: rounding must not choose the element."""
    found, x = potentials(SPEC.section(LIKE.electrodes)), SPEC.rib_centre
    assert np.min(np.abs(np.asarray(found.mesh.x) - x)) < 1e-9
    y = jnp.linspace(0.05, 0.55, 11)
    left, right, far = (field_at(found, jnp.full_like(y, x + d), y) for d in (-1e-12, 1e-12, -1e-6))
    np.testing.assert_allclose(left, right, rtol=1e-9)
    assert np.max(np.abs(left - far)) > 1e-7  # a jump there is, of the error of the mesh


@pytest.mark.validate
def test_voltage_is_smooth_where_points_lie_on_mesh_lines():
    """Order 2 has points in the middle of a rib: one that changed sides left 2.5 % and more of its derivative."""
    mode = guided(SPEC, resolution=Resolution(2, 1, 1, 2.0, 3.0))

    def vpi_l(gap: jax.Array) -> jax.Array:
        moved = replace(SPEC, gap=gap)
        return shift_of(moved, potentials(moved.section(LIKE.electrodes)), mode).vpi_l

    slope, h = jax.grad(vpi_l)(5.0), 1e-3
    # the third derivative leaves 3e-9, rounding 1e-12/h
    assert float((vpi_l(5.0 + h) - vpi_l(5.0 - h)) / (2 * h)) == pytest.approx(float(slope), rel=1e-7)


@pytest.mark.validate
def test_a_rough_line_for_many_samples():
    """What a mesh of order 2 and four fields leave of a line; voltages keep their own mesh."""
    with pytest.raises(ValueError, match="T-rails are made of three sections"):
        ready(TRail(SPEC), line=ROUGH)
    known = ready(SPEC, line=ROUGH)
    rough, fine = (figures(SPEC, F, 10000.0, like=like, reference=1e9) for like in (known, replace(known, line=None)))
    # what is said of it
    np.testing.assert_allclose(rough.line.n_rf, fine.line.n_rf, rtol=8e-4)
    np.testing.assert_allclose(rough.line.loss_db_cm, fine.line.loss_db_cm, rtol=5e-3)
    np.testing.assert_allclose(rough.line.z0.real, fine.line.z0.real, rtol=2.5e-3)
    assert float(rough.vpi_l) == float(fine.vpi_l)


def test_potentials_are_made_of_those_of_designs_near_by():
    """Parabolas in the gap leave its step of 2 % cubed of the field, 1e-5, and of the capacitance the square."""
    like, fine = SPEC.section(fineness=Fineness(2, 0.3, 6.0)), 1e-9
    solved = [electrostatics.fields(replace(SPEC, gap=gap).section(like)) for gap in (4.9, 5.0, 5.1)]
    between = replace(SPEC, gap=5.04).section(like)
    among, own = potentials(between, jnp.concatenate(solved, axis=1)), potentials(between)
    np.testing.assert_allclose(among.values, own.values, atol=1e-4)
    np.testing.assert_allclose(among.capacitance, own.capacitance, rtol=10 * fine)
    assert float(among.capacitance[0, 0]) >= float(own.capacitance[0, 0]) * (1 - fine)  # energy is least in the field


@pytest.mark.validate
def test_fields_of_designs_near_by_stand_for_solving():
    """A gap between three that were solved, beside its own solution on the same mesh."""
    gaps, light = (4.9, 5.0, 5.1), Resolution(3, 1, 1, 2.0, 3.0)
    line = Fineness(3, 0.2, 4.5, 4)
    known = ready(SPEC, line=line, light=light, near=[replace(SPEC, gap=gap) for gap in gaps], frequency=F)
    between = replace(SPEC, gap=5.04)
    near, own = (figures(between, F, 10000.0, like=like, reference=1e9) for like in (known, replace(known, near=None)))
    # fields are told by parabolas in the gap: what is left is its step of 2 % cubed, 1e-5
    assert float(near.vpi_l) == pytest.approx(float(own.vpi_l), rel=1e-4)
    # its square is nothing; four frequencies leave 3e-4 of R and 2e-5 of L where each design has only its own
    np.testing.assert_allclose(near.line.n_rf, own.line.n_rf, rtol=1e-4)
    np.testing.assert_allclose(near.line.z0.real, own.line.z0.real, rtol=1e-4)
    np.testing.assert_allclose(near.line.loss_db_cm, own.line.loss_db_cm, rtol=1e-3)
    # far away they do not
    far = replace(SPEC, gap=7.0)
    near, own = (figures(far, F, 10000.0, like=like, reference=1e9) for like in (known, replace(known, near=None)))
    assert abs(float(near.vpi_l / own.vpi_l) - 1) > 1e-3
    with pytest.raises(ValueError, match="near = 1 designs without a band"):
        ready(SPEC, near=[SPEC])
    with pytest.raises(ValueError, match=r"near = .*: T-rails are made of three sections"):
        ready(TRail(SPEC), near=[SPEC], frequency=F)


@pytest.mark.validate
def test_derivatives_among_fields_of_designs_near_by():
    """They are those of the value that is computed, not of another one: bandwidth and V_pi by the gap."""
    near = [replace(SPEC, gap=gap) for gap in (4.9, 5.0, 5.1)]
    known = ready(
        SPEC, line=Fineness(3, 0.2, 4.5, 4), light=Resolution(3, 1, 1, 2.0, 3.0), near=near, frequency=F
    )  # fmt: skip

    @jax.jit
    def two(gap: jax.Array) -> jax.Array:
        found = figures(replace(SPEC, gap=gap), F, 10000.0, like=known, reference=1e9)
        return jnp.stack([found.bandwidth / 1e10, found.v_pi])

    at, h = jnp.asarray(5.03), 2e-3
    slopes = jax.jit(jax.jacfwd(two))(at)
    # the error of second order is h²/6 of the third derivative, 1e-6 of the first
    np.testing.assert_allclose((two(at + h) - two(at - h)) / (2 * h), slopes, rtol=1e-5)


def test_one_call_is_its_parts():
    found = figures(SPEC, F, 10000.0, like=LIKE, reference=1e9)
    line = rlgc(SPEC.section(LIKE.electrodes), F)
    np.testing.assert_allclose(found.line.gamma, line.gamma, rtol=1e-12)
    shift = shift_of(SPEC, potentials(SPEC.section(LIKE.electrodes)), LIKE.mode)
    assert float(found.vpi_l) == pytest.approx(float(shift.vpi_l_push_pull), rel=1e-9)
    assert float(found.v_pi) == pytest.approx(float(found.vpi_l))  # 1 cm
    m = Modulator((Stretch(line, 10000.0, 1.0),), shift.n_g)
    np.testing.assert_allclose(found.response.s21, response(m, F).s21, rtol=1e-9)
    assert float(found.bandwidth) == pytest.approx(float(bandwidth(m, F, reference=1e9).frequency), rel=1e-9)
    assert bool(found.crossing.found)


def test_a_bandwidth_beyond_the_band_is_no_error():
    """A tenth of a millimetre is faster than 120 GHz: the end of the band stands for it, and `found` tells."""
    found = figures(SPEC, F, 100.0, like=LIKE, reference=1e9)
    assert not bool(found.crossing.found)
    assert float(found.bandwidth) == pytest.approx(1.2e11)


@pytest.mark.validate
def test_gradient_of_figures_of_merit():
    """Bandwidth and V_pi by gap, signal width and length, against central differences of fourth order."""

    def two(p: jax.Array) -> jax.Array:
        found = figures(replace(SPEC, gap=p[0], signal_width=p[1]), F, p[2] * 1e4, like=LIKE, reference=1e9)
        return jnp.stack([found.bandwidth / 1e10, found.v_pi])

    @jax.jit
    def both(p: jax.Array) -> tuple[jax.Array, jax.Array]:
        found, back = jax.vjp(two, p)
        return found, jnp.stack([back(row)[0] for row in jnp.eye(2)])

    at, steps = jnp.array([5.0, 16.0, 1.0]), (5e-3, 1.6e-2, 1e-3)
    slopes = both(at)[1]
    for k, h in enumerate(steps):
        d = h * jnp.eye(3)[k]
        near, far = ((both(at + n * d)[0] - both(at - n * d)[0]) / (2 * n * h) for n in (1, 2))
        differences = (4 * near - far) / 3
        # Fields at a few frequencies span those between: the value's error is a square, and that of its slope not.
        # 4e-6 of the bandwidth's by the gap and 3e-5 by the width were seen before this was set.
        assert float(slopes[0, k]) == pytest.approx(float(differences[0]), rel=1e-4)
        # points of the mode cross no line of the mesh here; V_pi hardly knows the width, hence the second number
        assert float(slopes[1, k]) == pytest.approx(float(differences[1]), rel=1e-5, abs=1e-6)


@pytest.mark.validate
def test_defaults_are_those_of_the_parts():
    """Without `like`, on meshes as fine as each part makes them by itself."""
    found, line = figures(SPEC, F, 7000.0), rlgc(SPEC.section(), F)
    assert float(found.v_pi) == pytest.approx(float(phase_shift(SPEC).vpi_l_push_pull) / 0.7, rel=1e-9)
    np.testing.assert_allclose(found.line.z0, line.z0, rtol=1e-12)
