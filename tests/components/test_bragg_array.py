"""Bragg gratings in wavelength division: lines by the model and by phase matching, strains, and what is refused."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import store
from lingnan.components.compact.ways import Line
from lingnan.components.soi.gratinglines import Grating, answers
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.sensors import interrogation

WAVES = np.linspace(1.542, 1.575, 3301)
LINES: list[float] = []
SIZES = (300, 0.01, 0.45)  #: periods, depth and width of the process


@pytest.fixture(autouse=True)
def line(request: pytest.FixtureRequest) -> Any:
    """Nothing is solved, but for what `validate` solves anew: all that is asked for is kept."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


@pytest.fixture(scope="module", autouse=True)
def lines() -> None:
    """Of the four gratings that the cell has by default."""
    build_pdk("soi220").activate(force=True)
    LINES[:] = [float(Grating(0.98 + 0.006 * k, *SIZES).line()) for k in range(4)]


def back(waves: Any = WAVES, **settings: Any) -> np.ndarray:
    return np.abs(np.asarray(soi.models["bragg_array"](wl=waves, **settings)["o1", "o1"])) ** 2


def read(light: np.ndarray, lines: list[float], waves: np.ndarray = WAVES) -> np.ndarray:
    """Of each line ln of what two broad channels beside it get."""
    table = interrogation.gaussian_table(waves, np.ravel([(one - 9e-4, one + 9e-4) for one in lines]), 9e-4)
    powers = interrogation.Reading(waves, 1.0, table).powers(light)
    return np.array([float(interrogation.ratio(powers, (2 * k, 2 * k + 1))) for k in range(len(lines))])


def test_one_grating_is_a_grating():
    one = soi.models["bragg"](wl=WAVES, periods=300)
    assert_allclose(back(count=1), np.abs(np.asarray(one["o1", "o1"])) ** 2, rtol=1e-12)
    assert float(soi.bragg_array(count=1).area("WG")) == pytest.approx(float(soi.bragg(periods=300).area("WG")))


def test_lines_lie_where_phases_match():
    """By 2 n Λ/m, which knows no other grating; what these leave in a channel's ratio is 5 pm (2.85 per nm)."""
    light = back()
    read_as = read(light, LINES)
    assert_allclose(read_as, 0.0, atol=0.02)
    total = light + np.abs(np.asarray(soi.models["bragg_array"](wl=WAVES)["o1", "o2"])) ** 2
    assert np.all(total < 1)  # teeth radiate, nothing is made

    # each grating in front is passed twice, and so are links
    def alone(period: float, pair: tuple[str, str]) -> np.ndarray:
        made = soi.models["bragg"](wl=WAVES, periods=300, period=period)
        return np.abs(np.asarray(made[pair])) ** 2

    expected = alone(0.998, ("o1", "o1"))
    for period in (0.98, 0.986, 0.992):
        expected = (
            expected * (alone(period, ("o1", "o2")) * np.abs(Line("strip").amplitude(1.55, 600.0, None)) ** 2) ** 2
        )
    inside = np.abs(WAVES - LINES[3]) < 5e-4
    assert_allclose(light[inside].mean(), expected[inside].mean(), atol=0.015)  # lobes of three in front


def test_strain_moves_each_line_by_its_answers_and_no_other():
    """A strained array beside one grating whose light moves by the share: 0.05 of crosstalk in slope, 0.01 beside."""
    held = answers("strip")
    strains, across = np.array([3e-4, 0.0, -2e-4, 0.0]), np.array([0.0, 3e-4, 0.0, 0.0])
    moved = read(back(along=strains, across=across), LINES) - read(back(), LINES)
    shares = np.asarray(held.along * strains + held.across * across)
    alone = np.abs(np.asarray(soi.models["bragg"](wl=WAVES, periods=300)["o1", "o1"])) ** 2
    still = read(alone, LINES[:1])
    found = [
        float((read(np.interp(WAVES / (1 + share), WAVES, alone), LINES[:1]) - still)[0]) for share in shares
    ]  # fmt: skip
    assert_allclose(moved, found, rtol=0.06, atol=0.01)
    shifted = np.abs(np.asarray(soi.models["bragg"](wl=1.5505 / (1 + shares[0]))["o1", "o1"])) ** 2
    assert_allclose(float(back(1.5505, count=1, periods=200, along=3e-4)), float(shifted), rtol=1e-9)


def test_short_links_let_side_lobes_interfere():
    """Where two channels place the lines: 35 pm off with 20 µm between gratings, 5 pm with the default."""
    short, long = (np.abs(read(back(link=link), LINES)).max() for link in (20.0, 600.0))
    assert short > 4 * long
    assert short / 2.85 == pytest.approx(0.035, abs=0.005)


def test_every_size_moves_the_light():
    before = back(1.5561, count=2)
    for more in (
        {"count": 3}, {"periods": 280}, {"period": 0.979}, {"step": 0.007}, {"link": 601.0}, {"depth": 0.009},
        {"temperature": 305.0}, {"corner": "thin_wide"}, {"along": 1e-5}, {"across": 1e-5},
    ):  # fmt: skip
        assert abs(back(1.5561, **{"count": 2, **more}) - before) > 1e-5, more
    ratings: list[dict[str, Any]] = [{}, {"strain": 6e-4}, {"warmth": 6.0}, {"periods": 400}]
    rooms = [soi.bragg_array(**more).info["room_nm"] for more in ratings]
    assert rooms[1] < rooms[0]
    assert rooms[2] < rooms[0]
    assert rooms[3] > rooms[0]  # a longer grating has a narrower line


def test_the_band_is_that_of_the_model():
    """Zeros beside the line of coupled modes, and of the model."""
    one = Grating(0.98, *SIZES)
    wave = np.linspace(1.547, 1.554, 3501)
    light = back(wave, count=1)
    low = wave[1:-1][np.diff(np.sign(np.diff(light))) > 0]
    at = float(one.line())
    zeros = low[low > at][0] - low[low < at][-1]
    assert one.band == pytest.approx(float(zeros), rel=0.02)
    gauge = one.gauge()
    assert float(gauge.thermal) * 1.5506e6 == pytest.approx(71.6, abs=1.0)  # pm/K, as test_soi_gratings has it


def test_the_gradient_by_strain_is_its_difference():
    def light(strain: Any) -> Any:
        return (
            jnp.abs(soi.models["bragg_array"](wl=1.5499, count=2, periods=16, step=0.05, along=strain)["o1", "o1"]) ** 2
        )

    h = 1e-7
    assert_allclose(jax.grad(light)(2e-5), (light(2e-5 + h) - light(2e-5 - h)) / (2 * h), rtol=1e-5)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"strain": 2e-3}, r"lines 2 and 3 lie 5210 pm apart and may overlap by 1513 pm: they need 6723 pm"),
        ({"step": 0.003}, r"lines 2 and 3 lie 2616 pm apart"),
        ({"warmth": 20.0}, r"lines 2 and 3 lie 5210 pm apart"),
        (
            {"count": 15, "period": 0.77, "step": 0.02},
            r"15 lines with their ranges span 0.2\d+ µm, .* next order of the last is 0.2\d+ µm away: orders collide",
        ),
        ({"count": 40}, r"a period from 0.98 to 1.214 µm: .* lies outside 1.26 to 1.62"),
        ({"cross_section": "strip_wide"}, "lines and answers to strain are known of strip"),
        ({"step": 0.0004}, r"step = 0 is below the limit of 0.001"),
        ({"strain": -1e-4}, "strain = -0.0001 is below the limit of 0"),
        ({"link": 0.0}, "link = 0 is below the limit of 1"),
    ],
)
def test_refused(settings: dict[str, Any], said: str):
    with pytest.raises(LingnanError, match=said):
        soi.bragg_array(**settings)


def test_strains_of_another_number_are_refused():
    with pytest.raises(LingnanError, match=r"along has the shape \(3,\), and there are 4 gratings"):
        soi.models["bragg_array"](along=np.zeros(3))
    assert active_process().name == "soi220"
