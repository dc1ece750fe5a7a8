"""Spectrometer cells: lengths as drawn, models against the solvers' formulas, and what they refuse."""

from typing import Any

import jax
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.common.delay import crosstalk_pitch
from lingnan.components.compact import store
from lingnan.components.compact.planar import plane
from lingnan.components.soi import awglight, gridsearch
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.spectrometers import awg, channels, fourier, phase_errors
from lingnan.solvers.spectrometers.mouths import mouth
from lingnan.tapeout.datasheet.leads import led_on


@pytest.fixture(autouse=True)
def line() -> Any:
    """Nothing is solved: all that is asked for is kept."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept=True):
        yield


def power(found: Any, a: str, b: str) -> np.ndarray:
    return np.abs(np.asarray(found[a, b])) ** 2


def test_arms_grow_by_one_step_as_drawn() -> None:
    """Half of what is around a ribbon is its middle line and one width, in bends too; tapers are alike in all arms."""
    c = soi.awg(arms=9)
    index = c.kcl.layout.layer(*active_process().layer("WG").gds)
    drawn = [shape.polygon for shape in c.kdb_cell.shapes(index).each()]
    around = np.sort([one.perimeter() * c.kcl.dbu / 2 for one in drawn])[-18:]  # both halves of nine arms
    # corners on the grid: half a step at either end, and less than that from chords of 0.2 µm off by as much
    assert_allclose(np.diff(around[::2]), c.info["delta_length_um"] / 2, atol=1.5e-3)
    assert_allclose(around[::2], around[1::2], atol=1.5e-3)
    assert kdb.Region(c.kdb_cell.begin_shapes_rec(index)).merged().count() == 1
    longer = soi.awg(arms=9, length_taper=25.0)
    assert longer.area("WG") > c.area("WG")


def test_channels_come_out_where_they_were_asked_for() -> None:
    """By the cell's model, and by the formula of the focus."""
    waves = np.linspace(1.5435, 1.5565, 1301)
    found = soi.models["awg"](wl=waves)
    peaks = [waves[np.argmax(power(found, "o1", f"o{number}"))] for number in range(2, 6)]
    expected = np.asarray(awg.centres(awglight.grating()))[::-1]
    assert_allclose(peaks, expected, atol=2.5e-5)  # the grid's step, and the arms' own field: (v/W)² of 5 nm
    # the bend of the comb is spacing/λ, the middle is one step of the comb's grid off for an even number
    assert_allclose(np.diff(peaks), -0.0032, atol=3e-5)
    assert power(found, "o2", "o3").max() == 0.0


def test_warmth_and_corners_move_the_comb_as_the_guide_says() -> None:
    cold, warm = (awglight.grating(temperature=kelvin) for kelvin in (298.15, 308.15))
    moved = float(np.mean(np.asarray(awg.centres(warm) - awg.centres(cold))))
    now = plane("strip", 1.55, 298.15), plane("strip", 1.55, 308.15)
    slope = float(now[1].guide.n_eff - now[0].guide.n_eff) / 10.0
    # of first order; n_g of the warm guide is 2e-4 another
    assert moved == pytest.approx(10 * 1.55 / float(now[0].guide.n_g) * slope, rel=5e-3)
    assert 0.05e-3 < moved / 10 < 0.09e-3  # silicon wires: 70 to 80 pm/K
    wide = awglight.grating(corner="thick_wide")
    assert float(wide.length) == pytest.approx(float(cold.length), rel=1e-9)  # what is drawn stays
    assert float(wide.step) == pytest.approx(float(cold.step), rel=1e-9)


@pytest.mark.validate
def test_the_model_knows_its_slopes() -> None:
    def light(kelvin: Any) -> Any:
        found = soi.models["awg"](wl=1.5505, temperature=kelvin)["o1", "o3"]
        return jax.numpy.abs(found) ** 2

    by_difference = (light(300.0 + 1e-3) - light(300.0 - 1e-3)) / 2e-3
    assert float(jax.grad(light)(300.0)) == pytest.approx(float(by_difference), rel=1e-5)


@pytest.mark.parametrize(
    ("size", "value"),
    [
        ("pitch", 1.7), ("pitch_out", 3.2), ("width_arm", 1.2), ("width_out", 1.6), ("arms", 14), ("order", 42),
        ("spacing_nm", 3.0), ("wavelength", 1.552), ("pitch_arm", 5.6), ("radius", 11.0),
        ("pitch_port", 6.0),
    ],
)  # fmt: skip
def test_every_size_moves_the_light(size: str, value: float) -> None:
    before, after = (soi.models["awg"](wl=1.5517, **more)["o1", "o3"] for more in ({}, {size: value}))
    assert abs(complex(before) - complex(after)) > 1e-6


def test_a_mouth_is_a_slab_and_its_gaussian_takes_as_much() -> None:
    """The slab's own equation, the integrals by sums, and the slope by differences."""
    one = mouth(1.4, 8.1, 1.15, 1.55)
    u = float(one.kappa) * 0.7
    assert u * np.tan(u) / 8.1 == pytest.approx(float(one.gamma) * 0.7 / 1.15, rel=1e-9)
    assert one.kappa**2 + one.gamma**2 == pytest.approx((2 * np.pi / 1.55) ** 2 * (8.1 - 1.15), rel=1e-12)
    field = one.field(40001, 2.0)
    x, v = np.asarray(field.x), np.asarray(field.value)
    weight = np.where(np.abs(x) < 0.7, 1.0, 8.1 / 1.15)
    radius = np.trapezoid(v, x) ** 2 / np.trapezoid(weight * v**2, x) / np.sqrt(2 * np.pi)
    assert float(one.gaussian.radius) == pytest.approx(radius, rel=1e-4)  # a step within the sum
    slope = jax.grad(lambda w: mouth(w, 8.1, 1.15, 1.55).gaussian.radius)(1.4)
    ends = [float(mouth(1.4 + d, 8.1, 1.15, 1.55).gaussian.radius) for d in (-1e-4, 1e-4)]
    assert float(slope) == pytest.approx((ends[1] - ends[0]) / 2e-4, rel=1e-6)
    with pytest.raises(ValueError, match="light is in the denser medium"):
        mouth(1.4, 1.1, 1.2, 1.55)


def test_orders_that_collide_are_refused_with_the_limit() -> None:
    with pytest.raises(
        LingnanError, match=r"awg: .*12 channels of 0.0032 µm span 0.0384 µm, .* free for 0.0212\d+ µm: orders"
    ):
        soi.awg(channels=12)
    with pytest.raises(LingnanError, match=r"come within 3.64 µm of each other where they turn.*times as high"):
        soi.awg(order=30)
    with pytest.raises(LingnanError, match=r"awg: pitch = 1.5 is below the limit of 1.6 \(width_arm and WG.S"):
        soi.awg(pitch=1.5)
    with pytest.raises(LingnanError, match=r"awg: pitch_arm = 1.8 is below .*room for tapers"):
        soi.awg(pitch_arm=1.8)
    with pytest.raises(LingnanError, match="more than 45 degrees"):
        soi.awg(arms=60)


def test_a_spiral_is_as_much_longer_as_it_says() -> None:
    """By area: both arms are the upper one twice, and the delay."""
    one, other = (soi.delay_interferometer(delay=delay) for delay in (500.0, 1234.567))
    core = active_process().number("cross_sections.strip.width")
    more = [c.info["delay_um"] + 2 * c.info["arm_um"] for c in (one, other)]
    # walls of bends on the grid, 1e-3 of the area that is new
    assert (other.area("WG") - one.area("WG")) / core == pytest.approx(more[1] - more[0], rel=1e-3)
    assert other.info["delay_um"] == pytest.approx(1234.567, abs=1e-3)  # half of the grid in two straights


def test_interferometers_read_what_the_solver_says() -> None:
    waves = np.linspace(1.546, 1.554, 201)
    found = soi.models["fourier_spectrometer"](wl=waves, step=60.0)
    made = soi.fourier_spectrometer(step=60.0)
    now = plane("strip", 1.55)
    delays = np.array([made.info[f"delay_o{number}_um"] for number in range(2, 6)])
    array = fourier.Interferometers(now.guide, delays)
    share = np.asarray(jax.jit(lambda wave: fourier.matrix(array, wave))(waves))  # also where spectra fold
    read = np.array([power(found, "o1", f"o{number}") for number in range(2, 6)])
    # echoes of a few per cent between an interferometer's two splitters ripple on the fringes: 0.1 of their height
    assert all(np.corrcoef(one, other)[0, 1] > 0.985 for one, other in zip(read[1:], share[1:], strict=True))
    assert 0.19 < read.max() < 0.25  # a quarter to each, and three splitters' loss
    assert float(array.resolution) == pytest.approx(1.55**2 / 4.284 / 180, rel=1e-3)


def test_mouths_for_eigenmodes_are_those_of_the_grating() -> None:
    sizes = {"arms": 9, "width_arm": 1.2}
    entry, arms = awglight.mouths(**sizes)
    grid = awglight.grating(**sizes)
    assert arms.radius == entry.radius == pytest.approx(float(grid.length), rel=1e-6)
    assert_allclose(arms.places, grid.places, atol=1e-12)
    for fan, mode in ((entry, grid.mode_in), (arms, grid.mode_arm)):
        found = mouth(fan.width, fan.core, fan.beside, 1.55).gaussian.radius
        assert float(found) == pytest.approx(float(mode.radius), rel=1e-12)
    with pytest.raises(LingnanError, match=r"temperature = 700 K lies outside 230 to 600 K"):
        soi.models["awg"](temperature=700.0)


def test_rings_drop_what_they_were_made_for() -> None:
    waves = np.linspace(1.5465, 1.5535, 1401)
    found = soi.models["ring_filters"](wl=waves)
    read = np.array([power(found, "o1", f"o{number}") for number in range(2, 6)])
    asked = 1.55 + 0.0016 * (np.arange(4) - 1.5)
    # straights on a grid of 2 nm: 4 nm of 72 µm around are 47 pm; and the coupler's phase
    assert_allclose(waves[read.argmax(axis=1)], asked, atol=4e-5)
    total = read.sum(axis=0) + power(found, "o1", "o6")
    assert np.all(total < 1.0)
    with pytest.raises(
        LingnanError, match=r"6 rings 0.0016 µm apart span 0.0096 µm, the free spectral range is 0.0077"
    ):
        soi.ring_filters(count=6)
    with pytest.raises(LingnanError, match=r"count = 6 is not a multiple of 4"):
        soi.fourier_spectrometer(count=6)


@pytest.mark.validate
def test_forty_channels_are_drawn_and_modelled() -> None:
    sizes = {"channels": 40, "spacing_nm": 0.4, "order": 44, "arms": 150}
    waves = np.linspace(1.541, 1.559, 901)
    found = soi.models["awg"](wl=waves, **sizes)
    peaks = np.array([waves[np.argmax(power(found, "o1", f"o{number}"))] for number in range(2, 42)])
    assert_allclose(np.diff(peaks), -0.0004, atol=4.5e-5)  # the grid's step twice
    assert float(np.max(channels.crosstalk_db(awglight.grating(**sizes)))) < -15.0


def test_arms_of_a_wide_guide_have_ports_of_another() -> None:
    """The arms keep their way; input and outputs are as their own cross-section has them, in the model too."""
    sizes = {"arms": 8, "channels": 2, "order": 50, "cross_section": "strip_wide"}
    wide, thin = (soi.awg(**sizes, cross_section_port=port) for port in (None, "strip"))
    assert (wide.ports["o1"].width, thin.ports["o1"].width) == (1.2, 0.45)
    assert wide.info["delta_length_um"] == thin.info["delta_length_um"]
    north = [one.dcenter[1] for one in (thin.ports["o2"], thin.ports["o3"])]
    assert north[1] - north[0] == pytest.approx(crosstalk_pitch("strip"), abs=1e-9)  # the ports' own, not the arms'
    for made, port, loss in ((wide, None, 1.0), (thin, "strip", 2.0)):  # dB/cm
        lead = made.info["lead_in_um"] + made.info["lead_o2_um"]
        found = soi.models["awg"](**sizes, cross_section_port=port)["o1", "o2"]
        alone = awg.transmission(awglight.grating(**sizes, cross_section_port=port), 1.55)[1]
        assert -20 * np.log10(abs(found / alone)) == pytest.approx(1e-4 * loss * lead, rel=1e-6)
    entry, _ = awglight.mouths(**sizes, cross_section_port="strip")
    assert float(entry.narrow) == pytest.approx(0.45)
    assert awglight.shortest(**sizes, cross_section_port="strip") == pytest.approx(thin.info["shortest_um"], abs=1e-5)


def test_errors_of_phase_grow_with_length_and_less_in_wide_guides() -> None:
    wander = gridsearch.Wander(width=0.15, film=0.03)
    one, four = (float(wander.after(length, "strip", 1.55)) for length in (1000.0, 4000.0))
    assert one == pytest.approx(np.hypot(0.15, 0.03), rel=1e-12)
    assert four == pytest.approx(2 * one, rel=1e-12)
    walls, rest = gridsearch.Wander(0.15), gridsearch.Wander(0.0, 0.03)
    narrow, wide = (float(walls.after(1000.0, name, 1.55)) for name in ("strip", "strip_wide"))
    assert narrow / wide == pytest.approx(18.0, abs=0.5)  # as the module says
    assert float(rest.after(1000.0, "strip_wide", 1.55)) == pytest.approx(0.03, rel=1e-12)
    with pytest.raises(ValueError, match=r"Wander: width = -0.1 rad"):
        gridsearch.Wander(-0.1)


def test_expected_crosstalk_is_that_of_drawn_errors_of_each_arm() -> None:
    """Arms that are worse the longer they are; and each cause alone."""
    settings = {"arms": 16, "cross_section": "strip", "wavelength": 1.55}
    wander = gridsearch.Wander(0.3)
    grid, errors = awglight.grating(**settings), gridsearch.errors_of(settings, wander)
    assert_allclose(errors, 0.3 * np.sqrt(1e-3 * np.asarray(grid.lengths)), rtol=1e-12)
    mean = 10 * np.log10(float(np.mean(channels.crosstalk(phase_errors.expected(grid, errors)))))
    # 400 draws of some ten errors in four channels: 0.07 dB
    assert phase_errors.drawn_db(grid, errors, 400) == pytest.approx(mean, abs=0.3)
    found = phase_errors.causes(grid, errors)
    assert found["image"] < found["ends"] < mean
    assert found["image"] < found["errors"]


@pytest.mark.validate
def test_a_search_lowers_crosstalk_and_ends_in_a_cell() -> None:
    """Beside a plain grating with the arms that a textbook gives it, as drawn; and against drawn errors."""
    wander = gridsearch.Wander(width=0.15, film=0.03)
    given: dict[str, Any] = {"channels": 8, "spacing_nm": 1.6, "wander": wander}
    best = gridsearch.optimise(**given, orders=(50,), arms=(40,), cross_sections=("strip", "strip_wide"))
    narrow = min(one.crosstalk_db for one in best.tried if one.settings["cross_section"] == "strip")
    assert best.after.settings["cross_section"] == "strip_wide"
    assert best.after.crosstalk_db < narrow - 6.0
    assert narrow < best.before.crosstalk_db
    assert best.after.loss_db < best.before.loss_db
    # 200 draws of speckle of some ten independent errors in eight channels: 0.1 dB; four of these
    assert best.drawn == pytest.approx(best.after.crosstalk_db, abs=0.4)
    made = soi.awg(**best.settings)
    assert check(*led_on(made, active_process()), active_process()).clean
    assert best.after.area_mm2 == pytest.approx(1e-6 * made.xsize * made.ysize)
    assert "crosstalk (dB)" in best.table()
    assert best.figure().axes[0].get_xlabel() == "area (mm²)"
    with pytest.raises(
        LingnanError, match=r"nothing fits most_area_mm2 = 0.1 mm²; the least that was found has 0\.\d+"
    ):
        gridsearch.optimise(**given, orders=(50,), arms=(30,), most_area_mm2=0.1)
    with pytest.raises(LingnanError, match=r"gap_arm = 0.1 is below the limit of 0.2 \(rule WG.S"):
        gridsearch.optimise(**given, orders=(50,), arms=(20,), free={"gap_arm": (0.1, 0.3)})
