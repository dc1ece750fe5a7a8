"""Searches for sensors: kept under what was asked, better than what they began with, and drawn clean."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import store, wetlines, wetted
from lingnan.components.compact.ways import Loop
from lingnan.components.soi import biosensor, methane, spiralsearch, wetloss
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import sensors
from lingnan.solvers.waveguides import Resolution
from lingnan.tapeout.datasheet.leads import led_on


@pytest.fixture(autouse=True)
def line(request: Any) -> Any:
    """Nothing is solved: all that is asked for is kept, but for what `validate` solves anew."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def clean(c: Any) -> bool:
    return not check(*led_on(c, active_process()), active_process()).violations


@pytest.mark.parametrize(("polarization", "bound"), [("te", ("width", "length_x")), ("tm", ("length_x",))])
def test_a_ring_is_found_that_sees_less(polarization: str, bound: tuple[str, ...]):
    """Without a solve: sizes on the grid and within their ranges, the fit right at the end, and a clean layout.

    TE goes to the narrowest silicon that the line has in a window; TM does not, for bends radiate. Lengths go to where
    the range of the reading is the one that is specified.
    """
    found = biosensor.optimise(polarization=polarization)
    assert found.after.lod_riu < 0.8 * found.before.lod_riu
    assert found.steps[-1] < found.steps[0]
    assert found.error < 5e-3  # of interpolation in gap and width, at five and four nodes of a pair
    for name, (low, high) in biosensor.FREE.items():
        value = found.after.drawn[name]
        assert low - 1e-3 <= value <= high + 1e-3
        assert value == pytest.approx(round(value * 500) / 500, abs=1e-9)  # two steps of the grid
    assert clean(soi.ring_sensor(**found.settings))
    assert f"{found.after.lod_riu:.3g}" in found.table()
    assert tuple(line.split()[0] for line in found.ends) == bound
    assert ("OX.WG.W" in found.table()) == (polarization == "te")
    assert_allclose(found.after.range_riu, biosensor.RANGE, rtol=2e-3)  # the grid, and the fit of dn_eff/dn
    assert found.figure().axes


def test_the_optimum_of_te_light_has_its_spectra_in_all_corners():
    """Which nothing is solved for; its coupler is the search's, which knows one gap from a solve of its own.

    Their exchanges differ by what that mesh leaves of a small difference, 2 %, and by the lean of bends, which the
    search takes at the middle of its widths.
    """
    found, near = biosensor.optimise(polarization="te"), np.linspace(1.545, 1.555, 4001)
    for corner in active_process().corners:
        spectrum = np.abs(
            soi.models["ring_sensor"](wl=near, cladding="water", corner=corner, **found.settings)["o1", "o2"]
        )
        assert 0.8 < spectrum.max() < 1.0
        assert spectrum.min() < 0.5
    line = wetlines.WetLine("strip", medium="water", width=found.settings["width"])
    loop = Loop(found.settings["radius"], found.settings["length_x"], 0.5, line)
    kappa = loop.coupling(np.array([1.55]), found.settings["gap"])[1]
    assert_allclose(kappa**2, found.after.kappa2, rtol=0.1)


def test_the_optimum_for_methane_has_its_spectra_in_all_corners(spiral: methane.Design):
    for corner in active_process().corners:
        amplitude = soi.models["spiral_sensor"](wl=np.linspace(1.65, 1.652, 5), corner=corner, **spiral.settings)[
            "o1", "o2"
        ]
        assert np.all((np.abs(amplitude) > 0.1) & (np.abs(amplitude) < 1.0))


@pytest.mark.validate
@pytest.mark.parametrize("polarization", ["te", "tm"])
def test_the_ring_found_today_is_the_one_that_is_kept(polarization: str):
    kept = biosensor.optimise(polarization=polarization)
    key, entry = dict(zip(("te", "tm"), biosensor.wanted(active_process()), strict=True))[polarization]
    assert key in store.entries("soi220")
    anew = entry()
    assert_allclose(anew["after"]["lod_riu"], kept.after.lod_riu, rtol=1e-3)


@pytest.fixture(scope="module")
def spiral() -> methane.Design:
    """What is kept, for all tests of this file."""
    build_pdk("soi220").activate(force=True)
    return methane.optimise()


def test_a_spiral_is_found_that_sees_less_methane(spiral: methane.Design):
    """Its length is no less than that of noise which does not know the power, 1/α: with shot noise it is twice that.

    Its width lies inside, where leakage begins, and its window leaves nothing, as the process has it.
    """
    assert spiral.after.limit_ppm < 0.2 * spiral.before.limit_ppm
    assert spiral.steps[-1] <= min(spiral.steps)
    reach = float(sensors.gas.best_length(spiral.after.loss_db_cm))
    assert 0.9 * reach < spiral.after.length < 3 * reach
    assert methane.FREE["width"][0] + 2e-3 < spiral.after.width < 0.36
    assert (spiral.after.polarization, spiral.after.oxide) == ("te", spiralsearch.left_by(active_process()))
    assert all(one in spiral.table() for one in spiral.why)
    c = soi.spiral_sensor(**spiral.settings)
    assert_allclose(c.info["length_um"] * 1e-4, spiral.after.length, rtol=1e-9)
    assert clean(c)
    assert spiral.figure().axes


def test_the_search_compares_claddings(spiral: methane.Design):
    """TE light wants none; TM light some over the film, which holds it off the substrate. Fits are the second route."""
    te, tm = ([one for one in spiral.tried if one.polarization == light] for light in ("te", "tm"))
    limits = [one.limit_ppm for one in sorted(te, key=lambda one: one.oxide)]
    assert limits == sorted(limits)
    free = {one.polarization: one for one in spiral.stopped}
    film = active_process().levels["core"].z_max
    assert free["te"].oxide < 1e-3
    assert film + 0.05 < free["tm"].oxide < film + 0.4
    for light, found in (("te", te), ("tm", tm)):
        assert free[light].limit_ppm <= min(one.limit_ppm for one in found) * (1 + 1e-6)
    assert free["tm"].leak_db_cm < 0.1 * next(one.leak_db_cm for one in tm if one.oxide == 0)
    guide = methane.Guide(1.65096)
    assert_allclose(guide.share(spiral.after.width), spiral.after.share, rtol=2e-3)
    assert_allclose(guide.loss_db_cm(spiral.after.width), spiral.after.loss_db_cm, rtol=5e-3)


@pytest.mark.validate  # minutes of CPU for the search
def test_the_spiral_found_today_is_the_one_that_is_kept(spiral: methane.Design):
    ((key, entry),) = methane.wanted(active_process())
    assert key in store.entries("soi220")
    anew = entry()
    assert_allclose(anew["after"]["limit_ppm"], spiral.after.limit_ppm, rtol=1e-3)
    assert anew["settings"]["radius"] == spiral.settings["radius"]  # which no digest of the question covers


@pytest.mark.validate  # 20 s of CPU, most of it compilation
def test_what_bends_radiate_does_not_hang_on_the_mesh(monkeypatch: pytest.MonkeyPatch):
    """TM in water: exponentially less at a larger radius, and the same on a much finer mesh to 2 %."""
    there = active_process(), "nominal", 1.55, 1.3154, 0.36
    tight, wide = (wetloss.bend(*there, radius, te=False) for radius in (12.0, 20.0))
    assert tight > 10 * wide > 10.0
    monkeypatch.setattr(wetloss, "_FINE", Resolution(9))
    assert_allclose(wetloss.bend(*there, 20.0, te=False), wide, rtol=0.02)


@pytest.mark.validate
def test_the_spirals_model_takes_what_its_gas_cell_takes(spiral: methane.Design):
    """The drawn cell with a gas's lines as its medium's imaginary part, and Beer and Lambert in `gas`."""
    waves = np.array([1.6505, 1.65096, 1.6514])
    alpha = np.asarray(sensors.lines.absorption(sensors.lines.get("CH4"), 1e4 / waves, 296.0, 1.0)) * 1000.0
    n = wetloss.index("air", 1.65096)
    model = soi.models["spiral_sensor"]
    with_gas, without = (
        np.abs(model(wl=waves, cladding=one, **spiral.settings)["o1", "o2"]) ** 2
        for one in (n + 1j * alpha * waves * 1e-4 / (4 * np.pi), n)
    )
    share = wetted.wet(active_process(), "strip").bulk(waves, n, spiral.settings["width"])
    cell = sensors.gas.Cell(share, spiral.after.length)
    assert_allclose(with_gas / without, cell.transmission(1e4 / waves, alpha), rtol=1e-9)


def test_roughness_grows_with_the_step_of_the_index_and_falls_with_the_width():
    guide = methane.Guide(1.65096)
    own = active_process().cross_sections["strip"]
    assert own.loss is not None
    assert float(guide.loss_db_cm(own.width.value)) > own.loss.value
    assert float(guide.loss_db_cm(0.8)) < float(guide.loss_db_cm(0.45))


def test_a_spiral_of_a_length_is_about_as_wide_as_it_is_high():
    settings = spiralsearch.spiral_of(1.5, 0.4)
    c = soi.spiral_sensor(**settings)
    assert_allclose(c.info["length_um"], 1.5e4, atol=0.05)  # two steps of the grid, times the straights
    assert 0.5 < c.dbbox().width() / c.dbbox().height() < 2.5


@pytest.mark.parametrize(
    ("search", "settings", "said"),
    [
        (biosensor.optimise, {"polarization": "circular"}, "is neither te nor tm"),
        (biosensor.optimise, {"free": {"radius": (10.0, 20.0)}}, "'radius' is no size of the search"),
        (biosensor.optimise, {"free": {"width": (0.2, 0.5)}}, r"below the limit of 0.3 \(rule OX.WG.W"),
        (biosensor.optimise, {"start": {"gap": 1.9}}, "starting at 1.9"),
        (biosensor.optimise, {"range_riu": -0.1}, "range_riu = -0.1 RIU: it must be between 0 and 1"),
        (methane.optimise, {"free": {"width": (0.2, 0.5)}}, r"below the limit of 0.3 \(rule OX.WG.W"),
        (methane.optimise, {"free": {"length": (0.0, 1.0)}}, "give 0 < low < high"),
        (methane.optimise, {"free": {"oxide": (0.1, 2.0)}}, r"oxide from 0\.1 to 2 µm: give 0 <= low < high <= 0\.8"),
        (methane.optimise, {"polarization": "circular"}, "is neither te nor tm"),
        (methane.optimise, {"start": {"oxide": 0.1}}, "'oxide' is no size of the search: width, length are"),
    ],
)
def test_searches_refuse(search: Any, settings: dict[str, Any], said: str):
    with pytest.raises((LingnanError, ValueError), match=said):
        search(**settings)
