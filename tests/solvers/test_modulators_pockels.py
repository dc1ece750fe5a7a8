"""What a volt does to a mode: known numbers, two routes, axes of the crystal, gradients; T-rails and drift."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import materials
from lingnan.solvers.modulators import (
    UNCLAMPED,
    Coplanar,
    Relaxation,
    TRail,
    capacitance,
    clamped,
    guided,
    overlap,
    permittivity_change,
    phase_shift,
    prepared,
    resolved,
    settled,
)
from lingnan.solvers.modulators.loaded import resolved_of_bars, share, shift_of_bars
from lingnan.solvers.modulators.optical import EVEN

#: film 0.6, slab 0.25, 70°, gap 5, gold 0.8 on the slab, in oxide: 2.250 V cm, overlap 0.572, n_g 2.261 by another FEM
KNOWN = Coplanar(
    gap=5.0, film=0.6, etch=0.35, rib_width=1.5, rib_wall_angle_deg=70.0, metal_thickness=0.8, signal_width=20.0
)


def test_known_modulator_by_two_routes():
    one, two = phase_shift(KNOWN), resolved(KNOWN)
    assert float(one.vpi_l_push_pull) == pytest.approx(2.250, rel=0.04)  # the other solver's own limit
    assert float(overlap(one, KNOWN, 30.8, 2.1376)) == pytest.approx(0.572, rel=0.04)
    assert float(one.n_g) == pytest.approx(2.261, abs=2e-3)
    # the second route takes the mean of the field over each element: some 1e-4
    assert float(two.per_volt) == pytest.approx(float(one.per_volt), rel=5e-4)
    assert float(one.vpi_l) == pytest.approx(2 * float(one.vpi_l_push_pull))
    assert float(one.tuning_pm_v) == pytest.approx(1e6 * 1.55 * float(one.per_volt) / float(one.n_g))


def test_permittivity_change_is_that_of_materials():
    """The same tensor as `materials.electro_optic`, in a crystal that lies askew, and linear in r."""
    crystal = materials.cut("LiNbO3", "y", angle_deg=25.0)
    field = jnp.array([0.3, -0.2, 0.7])
    ours = permittivity_change(crystal, clamped(crystal), field, 1.55)
    np.testing.assert_allclose(ours, materials.electro_optic(crystal, field, 1.55), rtol=1e-12)
    other = permittivity_change(crystal, UNCLAMPED, field, 1.55)
    assert float(jnp.max(jnp.abs(other - ours))) > 0.05 * float(jnp.max(jnp.abs(ours)))  # r22 doubles


def test_arm_along_the_wrong_axis():
    with pytest.raises(ValueError, match="wrong axis of the crystal"):
        phase_shift(replace(KNOWN, crystal=materials.cut("LiNbO3", "x", angle_deg=90.0)))
    with pytest.raises(materials.MaterialError, match="say how it is cut"):
        replace(KNOWN, crystal="LiNbO3").section()


def test_gradient_of_vpi():
    """By gap, width of the rib, film and metal, against central differences."""
    like = prepared(KNOWN)

    def vpi(p: jax.Array) -> jax.Array:
        spec = replace(KNOWN, gap=p[0], rib_width=p[1], film=p[2], metal_thickness=p[3])
        return phase_shift(spec, like=like).vpi_l_push_pull

    at, h = jnp.array([5.0, 1.5, 0.6, 0.8]), 1e-3
    value = jax.jit(vpi)
    differences = [(value(at + h * d) - value(at - h * d)) / (2 * h) for d in jnp.eye(4)]
    # h² times the third derivative, by the film: 1e-5
    np.testing.assert_allclose(jax.jit(jax.grad(vpi))(at), differences, rtol=1e-4)


def test_share_of_a_bar():
    """Nearly all of the length when slots are narrow, more than length/period otherwise, never more than one."""
    found = []
    for slot in (0.5, 5.0, 20.0):
        spec = TRail(Coplanar(), 50.0 - slot, slot)
        found.append(float(share(spec, spec.sections().plan)))
        assert spec.length / spec.period < found[-1] < 1
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.995


@pytest.mark.validate
def test_t_rails_by_two_routes():
    """Perturbation over bars and over slots, and the modes in the mean of both permittivities at ±20 V."""
    spec = TRail(KNOWN)
    parts, mode = spec.sections(), guided(spec.rails, resolution=EVEN)
    one = shift_of_bars(spec, parts, mode)
    two = resolved_of_bars(spec, mode, float(share(spec, parts.plan)))
    # the second route takes the mean of the field over each element, as for straight electrodes
    assert float(two.per_volt) == pytest.approx(float(one.per_volt), rel=5e-4)
    wrong = resolved_of_bars(spec, mode, 0.5)
    assert abs(float(wrong.per_volt)) < 0.9 * abs(float(one.per_volt))


def test_rails_that_are_none():
    with pytest.raises(ValueError, match="slot = 0 µm"):
        TRail(Coplanar(), slot=0)
    with pytest.raises(ValueError, match="more than the bar's"):
        TRail(Coplanar(), stem_width=60.0)


def test_relaxation():
    """From 1 to its end; V_pi rises by as much; its slope at the beginning is finite."""
    bias = Relaxation(0.25, 3600.0, 0.5)
    assert float(bias.response(0.0)) == 1.0
    assert float(bias.response(3600.0)) == pytest.approx(0.25 + 0.75 * np.exp(-1))
    assert float(bias.v_pi(2.0, 1e9)) == pytest.approx(8.0)
    assert np.isfinite(float(jax.grad(bias.response)(0.0)))


def test_settled_field_follows_conductivities():
    """With σ in proportion to ε nothing moves; a well conducting oxide takes the field from the film."""
    section = KNOWN.section()
    names = [n for n, c in zip(section.geometry.names, section.conductors, strict=True) if not c]
    ratios = {n: np.asarray(m.tensor) for n, m in zip(section.geometry.names, section.media, strict=True)}
    same = settled(section, {n: 1e-12 * ratios[n] for n in names})
    now, then = capacitance(section)[0, 0], capacitance(same)[0, 0]
    # scaled by the first region's permittivity
    assert float(now / then) == pytest.approx(float(ratios[names[0]][0, 0]), rel=1e-9)
    with pytest.raises(ValueError, match="no conductivity for"):
        settled(section, {})


def test_directions_follow_each_other_in_one_program():
    """A crystal is a static part of an electrode, which JAX compares: by what it is."""
    made = [replace(KNOWN, crystal=materials.cut("LiNbO3", "x", angle_deg=angle)) for angle in (10.0, 30.0, 10.0)]
    assert made[0] == made[2] != made[1]
    assert len({one.crystal for one in made}) == 2
    compiled = jax.jit(lambda spec: spec.film_crystal.rotation[0, 0] * spec.gap)
    found = [float(compiled(one)) / 5.0 for one in made]
    assert found == [float(one.crystal.rotation[0, 0]) for one in made]
    assert compiled._cache_size() == 2


@pytest.mark.validate
def test_light_across_the_crystal_by_two_routes():
    """X-cut, 30° off: more than along Y, for r51 has a part; less than in bulk, where the RF field does not turn."""
    turned = replace(KNOWN, ground_width=60.0, crystal=materials.cut("LiNbO3", "x", angle_deg=30.0))
    one, straight = phase_shift(turned), phase_shift(replace(turned, crystal="LiNbO3-x-cut"))
    # as between the routes of `test_known_modulator_by_two_routes`: elements have one permittivity each
    assert float(one.per_volt / resolved(turned).per_volt) == pytest.approx(1.0, abs=1e-3)
    crystal = turned.film_crystal
    field = jnp.array([1.0, 0.0, 0.0])
    bulk, along = (
        permittivity_change(c, clamped(c), field, 1.55)[0, 0]
        for c in (crystal, replace(turned, crystal="LiNbO3-x-cut").film_crystal)
    )
    assert 1.0 < float(one.per_volt / straight.per_volt) < float(bulk / along)


def test_picture(tmp_path):
    import matplotlib as mpl

    mpl.use("Agg")
    from lingnan.solvers.modulators.plots import plot_fields

    axes = plot_fields(KNOWN, guided(KNOWN))
    axes.figure.savefig(tmp_path / "fields.png")
    assert (tmp_path / "fields.png").stat().st_size > 10_000
