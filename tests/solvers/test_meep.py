"""Meep in its own process: exact limits of a straight guide, the adjoint against differences, and how it fails."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from lingnan.solvers import meep
from lingnan.solvers.meep import job

pytestmark = pytest.mark.meep
jax.config.update("jax_enable_x64", True)

WIDTH, CORE, CLADDING, SPAN = 0.45, 2.8, 1.444, 3.0


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        meep.find()
    except meep.MeepNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.getbasetemp() / "meep-cache"
    monkeypatch.setenv("LINGNAN_CACHE", str(folder))
    return folder


def rectangle(x0: float, x1: float, y0: float, y1: float) -> tuple[tuple[float, float], ...]:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def straight(resolution: float = 25.0) -> meep.Scene:
    """A slab guide in two dimensions, ports `SPAN` apart."""
    return meep.Scene(
        prisms=(meep.Prism(rectangle(-20, 20, -WIDTH / 2, WIDTH / 2), 0, 0.22, CORE),),
        slabs=(meep.Slab(-10, 10, CLADDING),),
        ports=(
            meep.Port("o1", (-SPAN / 2, 0, 0), 2.0, 1.5, 180),
            meep.Port("o2", (SPAN / 2, 0, 0), 2.0, 1.5, 0),
        ),
        lower=(-2.5, -1.5, -1),
        upper=(2.5, 1.5, 1),
        resolution=resolution,
        dimension=2,
        points=3,
    )


def slab_n_eff(wavelength: float, *, in_plane: bool) -> float:
    """Fundamental mode of the slab from its own equation, tan(k w / 2) = r g / k (Marcuse, Theory of Dielectric
    Optical Waveguides, 1.3). The field across the wafer plane's normal (Hz) makes the step r = (core/cladding)^2."""
    k0 = 2 * np.pi / wavelength
    ratio = (CORE / CLADDING) ** 2 if in_plane else 1.0

    def mismatch(n: float) -> float:
        k, g = k0 * np.sqrt(CORE**2 - n**2), k0 * np.sqrt(n**2 - CLADDING**2)
        return np.sin(k * WIDTH / 2) * k - ratio * g * np.cos(k * WIDTH / 2)

    lowest = np.sqrt(max(CLADDING**2, CORE**2 - (np.pi / (k0 * WIDTH)) ** 2))
    return brentq(mismatch, lowest + 1e-9, CORE - 1e-9)


def test_straight_guide_passes_everything_both_ways() -> None:
    found = meep.simulate(straight())
    power = np.abs(found.s) ** 2
    # the two planes see the same guide on the same grid: what is left is the decay criterion, 1e-5 in the field
    assert_allclose(power[1, 0], 1.0, atol=1e-3)
    assert_allclose(found["o2", "o1"], found["o1", "o2"], atol=1e-3)
    assert np.all(power[0, 0] < 1e-3)
    assert np.all(np.diff(found.wavelength) > 0)


@pytest.mark.parametrize("polarization", ["TE", "TM"])
def test_phase_is_that_of_the_slab_equation(polarization: str) -> None:
    found = meep.simulate(replace(straight(40.0), polarization=polarization), excite=["o1"])
    expected = [slab_n_eff(w, in_plane=polarization == "TE") * SPAN / w for w in found.wavelength]
    # exp(-i omega t): a wave that has travelled has gained positive phase. Numerical dispersion of 40 pixels per µm
    # (25 to the wavelength in silicon) is about 1e-3 of 4.6 cycles
    turn = np.exp(1j * (np.angle(found["o2", "o1"]) - 2 * np.pi * np.array(expected)))
    assert np.max(np.abs(np.angle(turn))) < 2 * np.pi * 0.02


def test_a_wider_stretch_reflects_and_energy_is_kept() -> None:
    scene = straight()
    bump = meep.Prism(rectangle(-0.3, 0.3, -0.6, 0.6), 0, 0.22, CORE)
    found = meep.simulate(replace(scene, prisms=(*scene.prisms, bump)), excite=["o1"])
    power = np.abs(found.s[:, 0]) ** 2
    assert np.all(power[0] > 1e-3)
    assert np.all(power.sum(axis=0) < 1.0 + 1e-3)


def test_what_enters_a_box_leaves_it_and_fields_carry_what_the_flux_says() -> None:
    bump = meep.Prism(rectangle(-0.3, 0.3, -0.2, 0.6), 0, 0.22, CORE)
    scene = straight()
    sides = {"left": (-1.0, 0.0, "x"), "right": (1.0, 0.0, "x"), "down": (0.0, -1.2, "y"), "up": (0.0, 1.2, "y")}
    levels = tuple(
        meep.Level(name, (x, y, 0.0), (0.0, 2.4, 0.0) if normal == "x" else (2.0, 0.0, 0.0), normal)
        for name, (x, y, normal) in sides.items()
    )
    found = meep.radiate(replace(scene, prisms=(*scene.prisms, bump), levels=levels, polarization="TM"), "o1")
    power = {name: level.power for name, level in found.levels.items()}
    # Meep sums a flux on its grid, to second order: (k h)² / 12 = 1.7e-2 in the core (2e-3, asked first, was missed)
    assert_allclose(power["left"] + power["down"], power["right"] + power["up"], atol=1.7e-2)
    assert np.all(power["up"] - power["down"] > 0.02)
    # what the guide brings in less what it takes back, where radiation to the left is small
    assert_allclose(power["left"], 1 - found.power("o1"), atol=0.05)
    up = found.levels["up"]
    # between two rows of the grid Meep takes the mean of powers, and of each field: cos²(k h / 2) in the cladding is
    # 1.4e-2 short of one (round-off was asked first)
    assert_allclose(np.sum((up.E[2].conj() * up.H[0]).real * up.weights, axis=-1), up.power, rtol=1.4e-2)


def test_levels_that_cannot_be_recorded_are_refused() -> None:
    for level, word in (
        (meep.Level("top", (0.0, 1.0, 0.0), (1.0, 0.1, 0.0), "y"), "along that axis is 0"),
        (meep.Level("top", (0.0, 1.0, 0.0), (9.0, 0.0, 0.0), "y"), r"from -4\.5 to 4\.5 µm along x"),
    ):
        with pytest.raises(ValueError, match=word):
            replace(straight(), levels=(level,)).check()
    whole = meep.Level("top", (0.0, 1.0, 0.0), (2.0, 0.0, 0.0), "y")
    with pytest.raises(ValueError, match="leave mirrors"):
        replace(straight(), levels=(whole,), mirrors="y").check()


def test_a_mirror_changes_nothing_but_the_work() -> None:
    bump = meep.Prism(rectangle(-0.3, 0.3, -0.6, 0.6), 0, 0.22, CORE)
    scene = replace(straight(24.0), points=1)  # 120 pixels across: an odd number puts the mirror into a pixel
    scene = replace(scene, prisms=(*scene.prisms, bump))
    whole, half = (meep.simulate(replace(scene, mirrors=m), excite=["o1"]) for m in ("", "y"))
    assert_allclose(half.s[:, 0], whole.s[:, 0], atol=1e-5)  # the decay criterion
    assert_allclose(whole.wavelength, [1.55], rtol=1e-12)  # one point is the wavelength, not the middle in frequency


def test_what_a_mirror_does_not_mirror_is_refused() -> None:
    scene = straight()
    replace(scene, mirrors="y").check()
    block = meep.Prism(rectangle(-0.3, 0.3, 0.3, 0.6), 0, 0.22, CORE)
    for wrong in (
        replace(scene, prisms=(*scene.prisms, block)),
        replace(scene, upper=(2.5, 1.6, 1.0)),
        replace(scene, ports=(scene.ports[0], replace(scene.ports[1], center=(1.5, 0.1, 0.0)))),
    ):
        with pytest.raises(ValueError, match="does not mirror"):
            replace(wrong, mirrors="y").check()
    with pytest.raises(ValueError, match="in 2 dimensions"):
        replace(scene, mirrors="z").check()
    upright = replace(scene, dimension=3, lower=(-2.5, -1.5, -0.78), mirrors="z")
    with pytest.raises(ValueError, match="port plane"):
        upright.check()  # ports at z = 0, the film's middle at 0.11 µm
    ports = tuple(replace(p, center=(p.center[0], 0.0, 0.11)) for p in scene.ports)
    replace(upright, ports=ports, mirrors="yz").check()
    leaning = replace(scene.prisms[0], sidewall_angle_deg=85.0)
    with pytest.raises(ValueError, match="does not mirror"):
        replace(upright, ports=ports, prisms=(leaning,)).check()


def test_a_result_is_kept_by_content(monkeypatch: pytest.MonkeyPatch) -> None:
    first = meep.simulate(straight())

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the same scene ran twice")

    monkeypatch.setattr(subprocess, "Popen", forbidden)
    for out, into in (("o2", "o1"), ("o1", "o2")):  # each excitation by itself, whatever was asked beside it
        again = meep.simulate(straight(), excite=[into])
        assert_allclose(again[out, into], first[out, into], rtol=0)
    with pytest.raises(AssertionError, match="ran twice"):
        meep.simulate(straight(26.0), excite=["o1"])


def test_progress_counts_all_runs() -> None:
    told: list[tuple[float, str]] = []
    meep.simulate(straight(10.0), progress=lambda done, doing: told.append((done, doing)))
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert {doing.split(":")[0] for _, doing in told} >= {"FDTD from o1", "FDTD from o2"}
    assert shares[0] == 0
    assert 0.5 <= shares[-1] <= 1


def test_an_interrupted_run_is_killed_and_leaves_nothing(own_cache: Path) -> None:
    class EnoughError(Exception):
        pass

    def stop(done: float, doing: str) -> None:
        raise EnoughError

    before = set((own_cache / "meep").glob("*"))
    with pytest.raises(EnoughError):
        meep.simulate(straight(31.0), excite=["o1"], progress=stop)
    assert set((own_cache / "meep").glob("*")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="the signal of a parent's death is Linux's")
def test_a_run_ends_with_who_asked_for_it() -> None:
    """A killed interpreter cannot clean up after itself."""
    run = [sys.executable, "-I", "-c", "import time; print('runs', flush=True); time.sleep(20); print('outlived it')"]
    ask = "import os, subprocess, sys; subprocess.run([*sys.argv[1:4], str(os.getpid()), *sys.argv[4:]])"
    command = [sys.executable, "-I", "-c", ask, sys.executable, "-I", str(job.TETHER), *run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "runs\n"
        asker.kill()
        assert asker.stdout.read() == ""


REGION = meep.DesignRegion(-0.5, 0.5, -0.5, 0.5, 0.0, 0.22, CLADDING, CORE)


def test_adjoint_gradient_is_the_central_difference() -> None:
    power = meep.transmission(straight(), REGION, excite="o1", receive=["o2"])
    rng = np.random.default_rng(0)
    density = jnp.asarray(rng.uniform(0.3, 0.7, (26, 26)))
    direction = jnp.asarray(rng.normal(size=(26, 26)))

    def middle(d: jax.Array) -> jax.Array:
        return power(d)[0, 1]

    step = 4e-3
    difference = (middle(density + step * direction) - middle(density - step * direction)) / (2 * step)
    along = jnp.vdot(jax.grad(middle)(density), direction)
    # Meep interpolates the fields to the design grid: 1.5 % at 25 pixels per µm, whatever the step of the difference
    assert_allclose(along, difference, rtol=0.02)
    assert abs(float(difference)) > 1e-3


def test_a_shape_has_a_gradient_through_the_density() -> None:
    power = meep.transmission(straight(), REGION, excite="o1", receive=["o2"])

    def passed(width: jax.Array) -> jax.Array:
        corners = jnp.array([[-0.6, -0.5], [0.6, -0.5], [0.6, 0.5], [-0.6, 0.5]]).at[:, 1].multiply(width)
        return power(meep.rasterise(corners, REGION, (26, 26), softness=0.12))[0, 1]

    width, step = 0.62, 0.004
    difference = (passed(jnp.float64(width + step)) - passed(jnp.float64(width - step))) / (2 * step)
    assert_allclose(
        jax.grad(passed)(jnp.float64(width)), difference, rtol=0.03
    )  # as above: two decayed runs are subtracted


def test_rasterised_area_is_the_polygons() -> None:
    square = jnp.array([[-0.31, -0.2], [0.31, -0.2], [0.31, 0.2], [-0.31, 0.2]])
    density = meep.rasterise(square, REGION, (101, 101))
    assert_allclose(jnp.sum(density) * 0.01**2, 0.62 * 0.4, rtol=5e-3)  # the soft corners lose a quarter pixel each
    turned = meep.rasterise(square[::-1], REGION, (101, 101))
    assert_allclose(turned, density, atol=1e-12)


def test_mpb_agrees_with_three_finite_element_codes() -> None:
    """SOI strip 450 x 220 with constant indices: n_eff 2.352833 by three independent vector FEMs."""
    section = {
        "width": 3.0,
        "height": 2.6,
        "background": 1.4440,
        "blocks": [{"y": 0, "z": 0, "width": 0.45, "height": 0.22, "index": 3.4757}],
        "prisms": [],
        "wavelength": 1.55,
        "num_modes": 1,
        "guess": 2.35,
        "highest": 3.4757,
    }
    found = [meep.modes({**section, "resolution": resolution}) for resolution in (32, 64)]
    errors = [abs(one.n_eff[0] - 2.352833) for one in found]
    assert errors[1] < 3e-3  # staircased at 64 pixels per µm: a pixel is 3.5 % of the width
    assert errors[1] < errors[0]
    assert 3.9 < found[1].n_g[0] < 4.5


def test_refusals_say_what_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = straight()
    with pytest.raises(ValueError, match="45 degrees"):
        meep.simulate(replace(scene, ports=(replace(scene.ports[0], angle_deg=45),)))
    with pytest.raises(ValueError, match="no port 'o9'"):
        meep.simulate(scene, excite=["o9"])
    with pytest.raises(ValueError, match="GiB"):
        meep.simulate(replace(scene, resolution=1e5))
    with pytest.raises(meep.MeepError, match=r"status 1\): fewer than 3 vertices"):
        meep.simulate(replace(scene, prisms=(replace(scene.prisms[0], vertices=((0, 0), (1, 1))),)))
    monkeypatch.setenv("LINGNAN_MEEP_PYTHON", "/bin/false")
    with pytest.raises(meep.MeepNotFoundError, match="LINGNAN_MEEP_PYTHON"):
        meep.simulate(scene)


def test_several_processes_are_started_by_the_mpirun_beside_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that starts its command once: the point is how it is asked, in words that all families of MPI know."""
    (tmp_path / "mpirun").write_text('#!/bin/sh\n[ "$1 $2" = "-np 2" ] && shift 2 && exec "$@"\n')
    (tmp_path / "mpirun").chmod(0o755)
    (tmp_path / "python").symlink_to(meep.find().python)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    machine = replace(meep.find(), python=str(tmp_path / "python"), mpi=True)
    section = {"width": 3.0, "background": 1.0}
    with pytest.raises(meep.MeepError, match="KeyError: 'blocks'"):
        job.run(machine, {"kind": "modes", "section": section}, processes=2, cache=False)
    for wrong, count, message in (
        (replace(machine, mpi=False), 2, "serial build"),
        (replace(machine, modes=False), 1, "without MPB"),
        (replace(machine, python="/nowhere/python"), 2, "no mpirun beside /nowhere/python"),
        (machine, 3, "this machine has 2 cores"),
    ):
        monkeypatch.setenv("PATH", str(tmp_path.parent))
        with pytest.raises(ValueError, match=message):
            job.run(wrong, {"kind": "modes", "section": section}, processes=count)


def test_what_no_run_could_use_is_refused_before_it() -> None:
    scene = straight()
    upside = replace(scene.prisms[0], z_min=1.0, z_max=0.0)
    for wrong, message in (
        (replace(scene, resolution="20"), "resolution = '20' is no finite number"),
        (replace(scene, points=1.5), "no whole number"),
        (replace(scene, prisms=(upside,)), "z_min has to lie below z_max"),
        (replace(scene, prisms=(replace(scene.prisms[0], index=float("nan")),)), "has to be finite"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong.check()
    for ask, message in (
        (lambda: meep.simulate(scene, excite="o1"), "give a list of ports"),
        (lambda: meep.simulate(scene, excite=[]), "give a list of ports"),
        (lambda: meep.simulate(scene, processes=0), "at least one"),
        (lambda: meep.modes({"width": 3.0}), "no background, blocks"),
        (lambda: meep.transmission(scene, replace(REGION, x_min=1.0), excite="o1", receive=["o2"]), "is empty"),
        (
            lambda: meep.transmission(scene, REGION, excite="o1", receive=["o2"])(jnp.full((5, 5), jnp.nan)),
            "from nan to nan",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            ask()
