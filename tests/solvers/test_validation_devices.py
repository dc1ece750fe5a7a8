"""What published modulators are compared with: responses from stated lines, covers of oxide, what the table says."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.optimize import brentq

from lingnan.solvers.modulators import Coplanar, TRail, capacitance, guided, potentials
from lingnan.solvers.modulators.line import C0
from lingnan.solvers.modulators.pockels import clamped, shift_of
from lingnan.solvers.modulators.section import Fineness
from lingnan.solvers.validation import answers
from lingnan.solvers.validation.covered import Covered
from lingnan.solvers.validation.devices import DEVICES, printed
from lingnan.solvers.validation.electrooptic import ANSWERS, error
from lingnan.solvers.validation.published import FILM_LOSS, LOWEST, Device, Stated, Value, at_least, one
from lingnan.solvers.validation.striploaded import StripLoaded
from lingnan.solvers.validation.tantalate import LITHIUM_TANTALATE, TANTALATE

LENGTH = 10000.0
FLAT = Coplanar(gap=5.0, signal_width=20.0, ground_width=60.0, metal_thickness=0.8, etch=0.3, film=0.6)


def device(stated: Stated, reference: float = LOWEST) -> Device:
    return Device("one", "nobody", FLAT, (), length=LENGTH, reference=reference, stated=stated)


def stated_band(stated: Stated, reference: float = LOWEST) -> float:
    return answers.bandwidth(answers.level(device(stated, reference), answers.said(stated), stated.n_g))


def test_walk_off_alone_gives_its_closed_form() -> None:
    # sin x/x is 3 dB down at x = π L Δn f/c; what stands between 600 frequencies is a straight line: 1e-4
    x = brentq(_walk_off, 1.0, 2.0)
    assert stated_band(Stated(2.3, 2.2, 50.0, 0.0)) == pytest.approx(x * C0 / (np.pi * 0.01 * 0.1), rel=1e-4)


def _walk_off(x: float) -> float:
    return np.sin(x) / x - 10**-0.15


def test_loss_alone_gives_its_closed_form() -> None:
    # (1 - exp(-x))/x is 3 dB down, x the amplitude's loss over 1 cm: at 10 MHz the line has lost next to nothing
    x = brentq(_faded, 0.1, 2.0)
    stated = Stated(2.2, 2.2, 50.0, 0.0, 20 / np.log(10) * x / 100)
    assert stated_band(stated) == pytest.approx(1e11, rel=5e-4)


def _faded(x: float) -> float:
    return (1 - np.exp(-x)) / x - 10**-0.15


def test_a_higher_frequency_of_0_db_widens_a_band_that_loss_limits() -> None:
    lossy = Stated(2.2, 2.2, 50.0, 0.6)
    at_lowest, at_one, at_three = (stated_band(lossy, f) for f in (LOWEST, 1e9, 3e9))
    assert at_lowest < at_one < at_three
    assert at_three > 1.2 * at_lowest
    line = answers.said(lossy)
    assert answers.by_reference(device(lossy, 3e9), line, 2.2) == pytest.approx((at_lowest, at_one))


def test_steps_along_the_line_are_the_closed_form() -> None:
    stated = Stated(2.35, 2.2, 42.0, 0.4, 0.02)
    line = answers.said(stated)
    one_way, other = (answers.level(device(stated), line, 2.2, route) for route in (answers.response, answers.stepped))
    # 3,000 steps on 10 mm are 120 to a wave at 320 GHz, whose index they leave 1.1e-4 too high: of the walk-off, from
    # 2.35 to 2.2, 1.7e-3, which is a few thousandths of a decibel down to -10 dB
    near = one_way > -10.0
    np.testing.assert_allclose(one_way[near], other[near], atol=0.01)
    assert answers.bandwidth(other) == pytest.approx(answers.bandwidth(one_way), rel=1e-3)


def test_limits_of_index_and_loss_spread_the_band_about_its_own() -> None:
    stated = Stated(2.25, 2.2, 50.0, 0.7)
    least, greatest = answers.allowed(device(stated), answers.said(stated), 2.2)
    assert least < 0.9 * stated_band(stated)
    assert greatest > 1.1 * stated_band(stated)


def test_what_is_printed_takes_the_place_of_ours_and_of_a_range_the_nearest() -> None:
    ours, other = Stated(2.25, 2.2, 50.0, 0.7), Stated(2.3, 2.1, 40.0, 0.84)
    values = [
        one("n_rf", 2.3), Value("loss", 0.84 * 40**0.5, 9.0), one("Z0", 40.0), one("n_g", 2.1),
    ]  # fmt: skip
    found, of = answers.by_print(device(ours), answers.said(ours), 2.2, values)
    assert of == ["Z0", "loss", "n_g", "n_rf"]
    # loss at 40 GHz lies between two of `BAND`, where a straight line is 2e-3 below the root: 0.01 dB at 10 dB
    expected = answers.level(device(other), answers.said(other), other.n_g)
    np.testing.assert_allclose(found[expected > -10.0], expected[expected > -10.0], atol=0.02)
    nothing, of = answers.by_print(device(ours), answers.said(ours), 2.2, [])
    assert of == []
    np.testing.assert_array_equal(nothing, answers.level(device(ours), answers.said(ours), 2.2))


def test_of_what_a_paper_prints_measured_numbers_count_before_simulated_ones() -> None:
    rails = next(d for d in DEVICES if d.name == "Kharel, T-rails on quartz")
    assert [(v.quantity, v.basis) for v in printed(rails)] == [
        ("n_rf", "measured"), ("loss", "measured"), ("Z0", "simulated"),
    ]  # fmt: skip
    shorter = next(d for d in DEVICES if d.name == "Kharel, T-rails, 10 mm")  # another length of the same line
    assert printed(shorter) == printed(rails)


def test_a_response_that_does_not_fall_has_no_band() -> None:
    assert answers.bandwidth(np.full(answers.FINE.shape, -2.9)) == float("inf")


@pytest.mark.parametrize(
    ("value", "ours", "expected"),
    [
        (at_least("bandwidth", 7e10), float("inf"), 0.0),
        (at_least("bandwidth", 7e10), 9e10, 0.0),
        (at_least("bandwidth", 7e10), 3.5e10, -0.5),
        (one("bandwidth", 7e10), float("inf"), float("inf")),
        (Value("Z0", 41.5, 43.4), 42.0, 0.0),
        (Value("Z0", 40.0, 50.0), 60.0, 0.2),
    ],
)
def test_an_error_counts_from_the_nearest_published_number(value: Value, ours: float, expected: float) -> None:
    assert error(value, ours) == pytest.approx(expected)


def test_all_that_is_guessed_is_a_number_of_the_cross_section() -> None:
    for one_device in DEVICES:
        spec = one_device.spec
        names = {f.name for part in (spec, one_device.rails) for f in fields(part)}
        assert {name for name, _ in one_device.guessed} <= names, one_device.name


def test_what_is_left_open_lies_about_what_is_taken() -> None:
    named = [d for d in DEVICES if d.left_open]
    assert len(named) > 8
    for one_device in named:
        for name, low, high, whose in one_device.left_open:
            taken = getattr(one_device.rails, name)
            if low is None:  # a layer that may not be there
                assert taken is None or 0 <= taken <= high
            elif isinstance(low, float):
                assert low <= taken <= high, (one_device.name, name)
            else:  # a medium that conducts
                assert high.conductivity <= taken.conductivity <= low.conductivity
            assert whose


def test_every_published_response_says_where_its_0_db_is() -> None:
    for one_device in DEVICES:
        if any(v.quantity in ANSWERS for v in one_device.values):
            assert one_device.reference_said
            assert LOWEST <= one_device.reference <= 1e10


def test_the_line_loses_in_its_film_and_the_light_does_not_know() -> None:
    plain = next(d for d in DEVICES if d.name == "He, gap 6.5")
    assert isinstance(plain.line, Coplanar)
    assert isinstance(plain.spec, Coplanar)
    assert {name for name, _ in plain.line.overrides} == {"slab", "core"}
    assert plain.spec.overrides == ()


@pytest.fixture(scope="module")
def picofarads() -> Callable[[Coplanar], float]:
    """Of a line [pF/m], on a rough mesh: all of them the same one."""

    def found(spec: Coplanar) -> float:
        section = replace(spec, reach=50.0).section(fineness=Fineness(order=2))
        return 2e12 * float(np.real(capacitance(section)[0, 0]))

    return found


def test_a_cover_has_more_oxide_than_the_gap_filled_to_its_height_and_less_than_all_up_to_its_top(
    picofarads: Callable[[Coplanar], float],
) -> None:
    names = {f.name for f in fields(Coplanar)} - {"cladding"}
    covered = Covered(**{name: getattr(FLAT, name) for name in names}, cladding=None, cover=0.6)
    low = picofarads(replace(FLAT, cladding=0.3))  # 0.6 above the slab
    high = picofarads(replace(FLAT, cladding=1.1))  # 0.6 above the metal
    assert low * 1.005 < picofarads(covered) < high * 0.995


def test_a_cover_stands_as_high_above_the_rib_as_a_flat_cladding() -> None:
    names = {f.name for f in fields(Coplanar)} - {"cladding"}
    covered = Covered(**{name: getattr(FLAT, name) for name in names}, cladding=None, cover=0.7).waveguide()
    flat = replace(FLAT, cladding=0.7).waveguide()
    # above the rib both end 0.7 above the film; beside it the cover lies lower, by the depth of the etch
    assert float(np.max(np.asarray(covered.levels))) == pytest.approx(float(np.max(np.asarray(flat.levels))))
    assert {"slab", "core", "buried oxide", "cladding", "cladding on the rib"} <= set(covered.names)


@pytest.mark.parametrize("wrong", [{"cladding": 1.0}, {"cladding": None, "cover": 0.0}])
def test_a_cover_is_the_only_cladding(wrong: dict[str, float | None]) -> None:
    with pytest.raises(ValueError, match="the cover is the cladding"):
        Covered(**wrong)  # type: ignore[arg-type]


def test_a_cover_takes_no_more_conductors() -> None:
    with pytest.raises(ValueError, match="it covers 0"):
        Covered(cladding=None).section(more={"bar": FLAT.strip(12.0, 13.0)})


#: a strip of the film's own crystal on a whole film is a rib
WHOLE = StripLoaded(
    gap=6.0, signal_width=20.0, ground_width=60.0, metal_thickness=0.8, film=0.3, etch=0.0, rib_width=1.2,
    rib_wall_angle_deg=60.0, cladding=None, strip_medium="LiNbO3-x-cut", strip_rf="LiNbO3-x-cut", strip_height=0.3,
    strip_bottom=0.3,
)  # fmt: skip


def test_a_strip_of_the_films_own_crystal_is_a_rib(picofarads: Callable[[Coplanar], float]) -> None:
    names = {f.name for f in fields(Coplanar)} - {"film", "etch"}
    rib = Coplanar(**{name: getattr(WHOLE, name) for name in names}, film=0.6, etch=0.3)
    # the same shapes: what is left is the mesh's, for the strip has a line of its own along its bottom
    assert picofarads(WHOLE) == pytest.approx(picofarads(rib), rel=1e-4)
    assert {"slab", "strip", "buried oxide"} <= set(WHOLE.waveguide().names)


@pytest.mark.parametrize(
    "wrong", [{"etch": 0.1}, {"strip_bottom": 0.2}, {"strip_bottom": -0.05}, {"strip_height": 0.0}]
)
def test_a_strip_lies_on_a_whole_film_or_below_it(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a strip lies on a whole film or below it"):
        replace(WHOLE, **wrong)


def test_of_two_modes_of_one_polarisation_the_fundamental_is_taken() -> None:
    # on a whole film the second mode, with a node in its middle, is the purer one
    thin = replace(
        WHOLE, strip_medium="SiO2", strip_rf="SiO2", rib_width=2.0, rib_wall_angle_deg=90.0, strip_height=0.4
    )
    mode = guided(thin)
    share = np.asarray(mode.modes.te_fraction)
    assert share.min() > 0.9
    assert share[1] > share[0]
    assert int(mode.chosen) == 0


def test_tantalate_has_the_indices_in_print_and_its_film_its_own_permittivity() -> None:
    # of C. Wang et al. (2024), at 1.55 µm; the fit to Bond's table is off by up to 5e-4
    assert float(LITHIUM_TANTALATE.n_o(1.55)) == pytest.approx(2.119, abs=5e-4)
    assert float(LITHIUM_TANTALATE.n_e(1.55)) == pytest.approx(2.123, abs=5e-4)
    silver = next(d for d in DEVICES if d.name == "Wang 2024, tantalate, silver").line
    assert isinstance(silver, Coplanar)
    film = dict(silver.overrides)["slab"]
    assert (film.permittivity[0][0], film.permittivity[1][1], film.loss_tangent) == (43.0, 54.0, FILM_LOSS)


@pytest.mark.validate
def test_coefficients_of_tantalate_that_are_not_in_print_do_little() -> None:
    spec = next(d for d in DEVICES if d.name == "Wang 2024, tantalate, silver").spec
    assert isinstance(spec, Coplanar)
    fields_of_it, mode = potentials(replace(spec, reach=50.0).section(fineness=Fineness(order=2))), guided(spec)
    r = clamped(TANTALATE)
    bare = float(shift_of(spec, fields_of_it, mode, r).per_volt)
    for name in ("r13", "r22"):  # 10 pm/V are a third of r33; 2 % are a fifth of what is asked of V_pi L
        moved = float(shift_of(spec, fields_of_it, mode, replace(r, **{name: 10.0})).per_volt)
        assert moved == pytest.approx(bare, rel=2e-2)


def test_a_strip_may_have_t_rails_and_all_but_its_etch_is_said() -> None:
    bars = TRail(WHOLE, 45.0, 5.0, 0.5, 0.5, 5.0).sections().bars
    assert set(bars.terminals) == {"signal", "ground", "signal bar", "ground bar"}
    named = [{name for name, _, _ in Device("one", "nobody", spec, ()).inputs()} for spec in (WHOLE, FLAT)]
    assert named[0] - named[1] == {"strip_medium", "strip_height", "strip_bottom"}
    assert "etch" in named[1] - named[0]
