"""Coil, crossing and gyroscope: the drawn way by the mask, light both ways, noise, the search for turns and radius."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.compact import films, multimode, store
from lingnan.components.tfln import coils, coilsearch, gyrolight
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.rotation import errors, ring, sagnac
from lingnan.tapeout.datasheet.leads import led_on


@pytest.fixture(autouse=True)
def line(request: Any) -> Any:
    """Nothing is solved but what `validate` holds against the solvers."""
    build_pdk("tfln600").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


@pytest.fixture(scope="module")
def front() -> gyrolight.Front:
    build_pdk("tfln600").activate(force=True)
    with store.keeping(None, only_kept=True):
        return gyrolight.front()


def middle_of(points: np.ndarray) -> np.ndarray:
    """Middle line of a ribbon 1 µm wide: between its two ends, which are as long, both sides by their share of way."""
    edges = np.hypot(*(np.roll(points, -1, 0) - points).T)
    first, second = (int(k) for k in np.argsort(np.abs(edges - 1.0))[:2])
    first, second = sorted((first, second))
    one, two = points[first + 1 : second + 1], np.roll(points, -second - 1, 0)[: len(points) - second + first]
    shares = [np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(side, axis=0).T))]) for side in (one, two[::-1])]
    at = np.unique(np.concatenate([share / share[-1] for share in shares]))
    lines = [
        np.column_stack([np.interp(at, share / share[-1], axis) for axis in side.T])
        for share, side in zip(shares, (one, two[::-1]), strict=True)
    ]
    return (lines[0] + lines[1]) / 2


def ways(file: Path) -> tuple[list[np.ndarray], float]:
    """Middle lines of all pieces of rib in a mask, and the length of its crossings."""
    layout, process = kdb.Layout(), active_process()
    layout.read(str(file))
    layer = layout.layer(*process.layer("LN_RIB").gds)
    found, across = [], 0.0
    for cell in layout.each_cell():
        for shape in cell.shapes(layer).each():
            if cell.name.startswith("crossing"):
                across = cell.dbbox(layer).width()
                continue
            middle = middle_of(np.array([(p.x, p.y) for p in shape.dpolygon.each_point_hull()]))
            for parent in layout.each_cell():
                for one in parent.each_inst():
                    if one.cell.name == cell.name:
                        found.append(np.array([(p.x, p.y) for p in (one.dtrans * kdb.DPoint(*q) for q in middle)]))
    return found, across


def followed(pieces: list[np.ndarray], across: float, start: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """One line through all pieces from a port on, straight over crossings."""
    left, points = list(pieces), [start]
    while left:
        here, tries = points[-1], [(k, one, way) for k in range(3) for one in range(len(left)) for way in (1, -1)]
        for k, one, way in tries:
            piece = left[one][::way]
            if np.hypot(*(piece[0] - here - k * across * heading)) < 5e-3:
                break
        else:
            break
        points += list(piece)
        heading = (piece[-1] - piece[-2]) / np.hypot(*(piece[-1] - piece[-2]))
        del left[one]
    assert not left
    return np.array(points)


@pytest.mark.parametrize("settings", [{}, {"turns": 2, "radius": 700.0, "spacing": 110.0}])
def test_length_and_area_by_formula_and_by_the_mask(settings: dict[str, Any], tmp_path: Path) -> None:
    c = coils.gyroscope_coil(**settings)
    c.write_gds(tmp_path / "coil.gds")
    pieces, across = ways(tmp_path / "coil.gds")
    start = np.array(c.ports["o1"].center)
    line = followed(pieces, across, start, np.array([1.0, 0.0]))
    assert_allclose(line[-1], c.ports["o2"].center, atol=1e-3)
    x, y = line.T
    shoelace = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
    # chords of 3e-3 rad are shorter than arcs by 4e-7, and points lie on a grid of 1 nm
    assert float(np.hypot(*np.diff(line, axis=0).T).sum()) == pytest.approx(c.info["length_um"], rel=1e-6)
    assert shoelace == pytest.approx(c.info["area_um2"], rel=2e-6)  # positive: counterclockwise outwards
    assert c.info["crossings"] == c.info["turns"] - 1


def test_a_large_coil_is_a_round_one() -> None:
    """Phase per rate of 2π L D/(λ c) with the mean diameter, but for straights and spacing over the radius."""
    wound = gyrolight.Winding(4.0, 1e6, 100.0, coils.winding("", 2, 1e4, None, None, (None, None), "rib").bend, 41.0)
    round_one = float(sagnac.phase_per_rate(wound.length * 1e-6, 2.0, 1.55))
    # each turn has a half circle's sag of 243 µm of straights: area + 2 r s, length + 2 s, both of 1e6
    assert round_one == pytest.approx(8 * np.pi * wound.area * 1e-12 / (1.55e-6 * sagnac.LIGHT), rel=1e-3)


def test_light_runs_late_with_the_turn_and_loses_what_it_passes(front: gyrolight.Front) -> None:
    made, model = coils.gyroscope_coil(), tfln.models["gyroscope_coil"]
    told = front.told(3.0, 500.0)
    rate = 1e4
    s = model(wl=1.55, rate=rate)
    apart = float(np.angle(s["o1", "o2"] / s["o2", "o1"]))
    assert apart == pytest.approx(float(told.coil.phase_per_rate) * rate, rel=1e-9)  # info rounds to 1e-9
    assert apart > 0  # counterclockwise with a counterclockwise turn: late, and exp(i k z) is of being late
    still = model(wl=1.55)
    assert still["o1", "o2"] == still["o2", "o1"]
    cross = tfln.models["crossing"](wl=1.55)
    db = -20 * np.log10(abs(cross["o1", "o3"] * cross["o2", "o4"])) * made.info["crossings"]
    straights = made.info["length_um"] - 2 * made.info["crossings"] * tfln.crossing().info["length_um"]
    expected = float(db + 0.3e-4 * straights)
    assert -20 * np.log10(abs(still["o1", "o2"])) == pytest.approx(expected, rel=1e-9)
    assert jax.grad(lambda r: jnp.angle(model(wl=1.55, rate=r)["o1", "o2"] / still["o1", "o2"]))(1.0) == pytest.approx(
        float(told.coil.phase_per_rate) / 2, rel=1e-9
    )


def test_every_size_of_the_coil_moves_its_light() -> None:
    model = tfln.models["gyroscope_coil"]
    first = model(wl=1.55, rate=1e4)
    for change in ({"turns": 2}, {"radius": 600.0}, {"spacing": 90.0}, {"radius_bend": 100.0}):
        other = model(wl=1.55, rate=1e4, **change)
        for what in (lambda s: abs(s["o1", "o2"]), lambda s: np.angle(s["o1", "o2"] / s["o2", "o1"])):
            assert abs(what(other) / what(first) - 1) > 1e-5


def test_a_crossing_turned_by_a_quarter_changes_places() -> None:
    model, c = tfln.models["crossing"], tfln.crossing()
    plain, turned = model(wl=1.55), model(wl=1.55, angle_deg=90.0)
    assert plain["o1", "o3"] == turned["o2", "o4"] != turned["o1", "o3"]
    assert plain["o1", "o2"] == 0
    corners = {round(abs(v), 6) for port in c.ports for v in port.center}
    assert corners == {0.0, c.info["length_um"] / 2}
    with pytest.raises(LingnanError, match="angle_deg = 45"):
        model(angle_deg=45.0)


def test_the_gyroscope_by_its_parts_and_by_the_solvers(front: gyrolight.Front) -> None:
    """Light at the detector over wavelengths, so that echoes between splitters fall out, and `rotation.coil`'s."""
    waves, model = np.linspace(1.54, 1.56, 101), tfln.models["gyroscope"]
    told = front.told(3.0, 500.0)
    outside = 10 ** (6.0 / 10)
    bias = np.array([0.0, np.pi / 2, np.pi])
    seen = (np.abs(model(wl=waves, bias=bias[:, None])["o1", "o2"]) ** 2).mean(axis=1)
    expected = float(told.coil.transmission) * outside * (1 + np.cos(bias)) / 2
    # echoes of 0.05 of the amplitude leave 0.3 % of power on the average; splitters change by 1 % over the waves
    assert_allclose(seen[:2], expected[:2], rtol=0.03)
    assert seen[2] < 0.01 * seen[0]
    rate, pi = float(told.coil.unambiguous), np.pi
    s = [np.abs(model(wl=1.55, rate=r, bias=b)["o1", "o2"]) for r, b in ((rate / 2, 0.0), (0.0, pi / 2))]
    assert s[0] == pytest.approx(s[1], rel=1e-9)


def test_proper_frequency_crosstalk_and_biases_of_a_drawn_coil(front: gyrolight.Front) -> None:
    told = front.told(4.0, 5000.0)
    late = told.n_g * float(told.between) / sagnac.LIGHT  # seconds
    assert float(told.proper) == pytest.approx(1 / (2 * late), rel=1e-12)
    assert float(told.crosstalk_db) < -100  # what lies beside the guides, and crossings, set the spacing
    guide = errors.Guide(n2=1.8e-19, area=1.5, back_db_m=-60.0)
    assert float(errors.coil_kerr(told.coil, guide, 1e-5)) > 0
    # for one turn's sensitivity four turns have a fourth of a given phase, and more than that of the walk
    one = front.told(1.0, 5000.0)
    ratio = float(errors.coil_back(one.coil, guide, 1e-4) / errors.coil_back(told.coil, guide, 1e-4))
    assert ratio == pytest.approx(float(told.wound.area / one.wound.area), rel=1e-12)


def test_a_ring_as_its_model_shows_it() -> None:
    """Depth and width of a dip of `ring_single_y`, and those of the loop that a resonant gyroscope is read by."""
    model = tfln.models["ring_single_y"]

    def seen(waves: np.ndarray) -> np.ndarray:
        return np.abs(model(wl=waves, radius=500.0, gap=1.0)["o1", "o2"]) ** 2

    coarse = np.linspace(1.5495, 1.5505, 2001)  # a free spectral range is 0.33 nm
    dip = coarse[np.argmin(seen(coarse))]
    loop = gyrolight.resonant(500.0, 1.0, wl=float(dip))
    waves = np.linspace(dip - 4e-6, dip + 4e-6, 4001)
    power = seen(waves)
    top = seen(np.linspace(dip, dip + 3.5e-4, 701)).max()
    half = waves[power < (top + power.min()) / 2]
    wide = sagnac.LIGHT * (half[-1] - half[0]) * 1e-6 / (dip * 1e-6) ** 2
    assert wide == pytest.approx(float(loop.fwhm), rel=1e-3)  # 2200 points across, less than two lost at the ends
    assert power.min() / top == pytest.approx(float(loop.transmission(0.0) / loop.transmission(loop.fsr / 2)), abs=2e-3)
    walk = ring.random_walk(loop, ring.Readout(1e-4, coilsearch.READOUT.receiver))
    assert 0 < float(walk) < np.inf


def test_noise_over_turns_and_radius_as_differences_say(front: gyrolight.Front) -> None:
    walk = jax.jit(coilsearch.Ask(front, 2e4).walk)
    found = jax.grad(walk, (0, 1))(3.0, 4000.0)
    for k, (at, step) in enumerate(((3.0, 1e-4), (4000.0, 0.1))):
        up, down = (float(walk(*(3.0 + s * (k == 0), 4000.0 + s * (k == 1)))) for s in (step, -step))
        # round-off of 1e-13 of 20 over the step, and its square
        assert float(found[k]) == pytest.approx((up - down) / (2 * step), rel=1e-6), at


def test_a_search_ends_in_a_coil_that_fits(front: gyrolight.Front) -> None:
    """Below all of a scan of whole turns and radii that fit, and the drawn coil is clean and inside its square."""
    side = 3000.0
    found = coilsearch.optimise(side, front=front)
    turns, radii = (jnp.ravel(one) for one in jnp.meshgrid(jnp.arange(1.0, 12.0), jnp.linspace(400.0, 1500.0, 111)))

    @jax.jit
    def scanned(turns: jax.Array, radii: jax.Array) -> jax.Array:
        fits = jax.vmap(found.ask.used)(turns, radii) <= 1
        return jnp.min(jnp.where(fits, jax.vmap(found.ask.walk)(turns, radii), jnp.inf))

    tried = float(scanned(turns, radii))
    assert found.after.walk < 1.002 * tried  # the barrier stands a thousandth inside
    assert found.after.walk < 0.5 * found.before.walk
    assert found.steps[-1] == pytest.approx(found.after.walk, rel=0.02)  # whole turns cost little
    c = tfln.gyroscope_coil(**found.settings)
    assert 0.98 * side < max(c.dbbox().width(), c.dbbox().height()) <= side
    assert not check(*led_on(c, active_process()), active_process()).violations
    assert c.info["area_um2"] * 1e-12 == pytest.approx(found.after.area, rel=1e-9)
    assert f"{found.after.walk:.4g}" in found.table()
    assert found.figure().axes


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"turns": 0}, "turns = 0 is not a whole number from 1 to 100"),
        ({"radius": 100.0}, "radius = 100 is below the limit of 12.*room for the inner end"),
        ({"radius": float("nan")}, "radius = nan is not a finite number"),
        ({"spacing": 50.0}, "spacing = 50 is below the limit of 83.46 .a crossing's length"),
        ({"spacing": 5.0}, "spacing = 5 is below the limit of 10 .the line's rule against crosstalk"),
        ({"cross_section": "slab_wire"}, "slab_wire is not a rib"),
        ({"width_crossing": 0.5}, "width = 0.5 is below the limit of 1 .the guide's own width"),
    ],
)
def test_coils_that_the_line_does_not_make(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(LingnanError, match=said):
        coils.gyroscope_coil(**settings)


def test_a_square_that_is_too_small(front: gyrolight.Front) -> None:
    with pytest.raises(LingnanError, match="side = 500 µm is too small for 1 turns of a radius of 300"):
        coilsearch.optimise(500.0, front=front)


@pytest.mark.validate
@pytest.mark.parametrize("direction", [0.0, 90.0])
def test_a_crossing_without_horns_is_light_that_spreads(direction: float) -> None:
    """A wide guide's mode over its own width of core without walls: by waves at all angles, and by the expansion."""
    film, wide, wl = films.film(active_process(), "rib", "nominal", direction), 3.0, 1.55
    core, beside, stretch = (float(v) for v in film.at(jnp.asarray(wl), jnp.asarray(298.15)))
    plane = multimode.Plane(core, beside, stretch, film.bias)
    found = multimode.crossing(plane, *(jnp.asarray(v) for v in (wide, wide, 1.0)), jnp.asarray(wl))["through"]
    k0, half = 2 * np.pi / wl, (wide + film.bias) / 2 * stretch
    # fundamental mode of the layer, H upright to the plane
    kappa = np.linspace(1e-3, np.pi / 2 / half - 1e-6, 200001)
    gamma = np.sqrt(np.maximum(k0**2 * (core - beside) - kappa**2, 0))
    k = kappa[np.argmin(np.abs(kappa * np.tan(kappa * half) / core - gamma / beside))]
    g = np.sqrt(k0**2 * (core - beside) - k**2)
    x = (np.arange(2**14) - 2**13) * 0.01
    field = np.where(np.abs(x) < half, np.cos(k * x), np.cos(k * half) * np.exp(-g * (np.abs(x) - half)))
    weight = np.where(np.abs(x) < half, 1 / core, 1 / beside)
    kx = 2 * np.pi * np.fft.fftfreq(x.size, 0.01)
    kz = np.sqrt(k0**2 * core - kx**2 + 0j)
    over = np.fft.ifft(np.fft.fft(field) * np.exp(1j * kz * wide * 1.0))
    through = np.sum(weight * field * over) / np.sum(weight * field**2)
    db = [-20 * np.log10(abs(complex(one))) for one in (found, through)]
    # left out of the second: what both faces send back, some -45 dB, which a hundredth of 0.11 dB is ten times of
    assert db[0] == pytest.approx(db[1], rel=0.01)
