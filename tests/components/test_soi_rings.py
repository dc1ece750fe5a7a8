"""Ring and disk modulators: spectra against the rings of the solvers, couplers by two routes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.compact import store
from lingnan.components.compact.ways import Line, Loop
from lingnan.components.soi import carriers, rims, ringlight, ringmodulators
from lingnan.components.soi.resonators import Resonator, disk_of, ring_of
from lingnan.pdk import active_process, build_pdk, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.modulators import level
from lingnan.solvers import materials, resonators, waveguides
from lingnan.solvers.phaseshifters.light import FINE

SIZES = {"ring_modulator_pn": ring_of, "disk_modulator_pn": disk_of}
both = pytest.mark.parametrize("name", sorted(SIZES))


@pytest.fixture(autouse=True)
def line_active(request: pytest.FixtureRequest) -> Iterator[None]:
    """The line, and nothing solved: all that is asked for here is kept."""
    build_pdk("soi220").activate(force=True)
    if "validate" in request.keywords:
        yield
        return
    with store.keeping(None, only_kept=True):
        yield


def made(name: str, wavelength: float = 1.55, **given: Any) -> tuple[Resonator, resonators.Ring]:
    ring = SIZES[name](**given)
    return ring, ringlight.resonator(ring, wavelength, disk=name.startswith("disk"))


def power(name: str, wl: Any, **driven: Any) -> Any:
    """Of what the ring leaves in its bus, without the loss of the bus."""
    ring = SIZES[name]()
    bus = Line("rib").amplitude(wl, 2 * ring.reach, None)
    return np.abs(ringlight.models[name](wl=wl, **driven)["o1", "o2"] / bus) ** 2


def dip(name: str, **driven: Any) -> tuple[float, float, float]:
    """Place, half depth's full width and floor of the resonance nearest to 1.55 µm that a model shows."""
    _, found = made(name)
    near = float(resonators.resonance(found, 1.55))
    wide = near / float(resonators.quality(found))
    low = near + np.linspace(-0.3, 0.7, 4001) * float(found.fsr)
    coarse = low[int(np.argmin(power(name, low, **driven)))]
    fine = coarse + np.linspace(-0.5, 0.5, 8001) * min(6 * wide, float(found.fsr))
    trace = power(name, fine, **driven)
    floor = trace.min()
    inside = np.flatnonzero(trace < (trace.max() + floor) / 2)
    return float(fine[int(np.argmin(trace))]), float(fine[inside[-1]] - fine[inside[0]]), float(floor)


@both
def test_a_gap_across_which_nothing_couples_is_refused(name: str) -> None:
    """By cell and model: of ribs 1.2 µm apart and more the mesh's own error was taken for coupling that grows."""
    for asked in (getattr(ringmodulators, name), ringlight.models[name]):
        with pytest.raises(LingnanError, match=f"{name}: gap = 5 is above the limit of 0.9 "):
            asked(gap=5.0)


@both
def test_the_model_is_the_ring_that_the_solvers_take(name: str) -> None:
    """About a resonance at which that ring is taken; index and coupler over wavelength against straight ones."""
    near = float(resonators.resonance(made(name)[1], 1.55, 2.0))
    ring, found = made(name, near)
    wl = near * (1 + np.linspace(-10, 10, 2001) / float(resonators.quality(found)))
    for volts in (2.0, 3.0):
        theirs = np.abs(np.asarray(resonators.spectrum(found, wl, volts).through)) ** 2
        # between voltages of a table, cubic: 2e-3 of a width
        assert_allclose(power(name, wl, voltage=volts), theirs, atol=4e-3)
        assert theirs.min() < 0.9 * theirs.max()
    assert_allclose(found.length, 2 * np.pi * ring.radius)


@both
def test_volts_move_the_resonance_by_their_index(name: str) -> None:
    """Three routes: the dip of the model, the resonance of the solvers, and λ Δn/n_g over the doped share."""
    ring, found = made(name)
    kept = carriers.shift(ring.sides, ring.core, "nominal", ring.radius)
    step = float((kept.at(1.55, 4.0) - kept.at(1.55, 0.0)).real)
    seen = dip(name, voltage=4.0)[0] - dip(name, voltage=0.0)[0]
    solved = float(resonators.resonance(found, 1.55, 4.0) - resonators.resonance(found, 1.55, 0.0))
    # a dip is read to 1e-3 of its width, a fiftieth of the shift; n_g is that of the wavelength, not of the dip
    assert_allclose([seen, solved], 1.55 * step * ring.doped / float(found.n_g), rtol=0.02)
    pm_per_volt = 1e6 * solved / 4.0
    assert 5.0 < pm_per_volt < 40.0  # published depletion rings have 10 to 30 with all of the ring doped


@both
def test_widths_and_floors_are_those_of_the_lifetime(name: str) -> None:
    ring, found = made(name)
    place, width, floor = dip(name, voltage=1.0)
    assert_allclose(place / width, resonators.quality(found, 1.0), rtol=0.05)  # of a Lorentzian; finesse some ten
    t, a = np.sqrt(1 - float(found.kappa2)), np.exp(-float(found.absorption(1.0)) * ring.around / 2)
    assert_allclose(floor, ((t - a) / (1 - t * a)) ** 2, atol=2e-3)


@both
def test_heat_moves_the_resonance_as_its_index_does(name: str) -> None:
    _, found = made(name)
    moved = dip(name, heating=8.0)[0] - dip(name)[0]
    assert_allclose(moved, 1.55 * float(found.dn_dt) * 8.0 / float(found.n_g), rtol=0.02)
    assert 40 < 1e6 * moved / 8.0 < 110  # pm/K of silicon guides


@both
@pytest.mark.parametrize(("given", "key"), [({"gap": 0.48}, "kappa2"), ({"opening_deg": 170.0}, "share")])
def test_sizes_that_need_no_solve_move_the_ring(name: str, given: dict[str, float], key: str) -> None:
    """Radius, width and implants are in the keys of what is kept, see `test_soi_drawn`."""
    _, own = made(name)
    _, other = made(name, **given)
    assert float(getattr(other, key)) < 0.95 * float(getattr(own, key))


def test_a_disk_s_tail_falls_as_its_index_says() -> None:
    """φ over the gap: γ² = k0² (n² - n_oxide²) at the rim, and less by what bends and corners of the cores take."""
    disk = disk_of()
    edge = rims.rim(disk)
    rate = -np.log(edge.phase(1.55, 0.5) / edge.phase(1.55, 0.2)) / 0.3
    at_rim = float(edge.n_eff(1.55)) * disk.radius / (disk.radius + disk.core / 2)
    slab = 2 * np.pi / 1.55 * np.sqrt(at_rim**2 - float(materials.index("SiO2", 1.55).real) ** 2)
    assert 0.6 < float(rate) / slab < 1.05
    assert edge.error < 1e-5  # of an index: a hundredth of a width


def test_what_is_not_kept_is_refused() -> None:
    with pytest.raises(LingnanError, match=r"gap = 0.1 µm lies outside 0.15"):
        rims.rim(disk_of()).phase(1.55, 0.1)
    with pytest.raises(LingnanError, match=r"wl = 1.4 µm lies outside 1.46"):
        rims.rim(disk_of()).n_eff(1.4)


@pytest.mark.validate
@pytest.mark.parametrize("gap", [0.2, 0.3, 0.4])
def test_light_goes_over_by_supermodes_and_by_the_integral_of_a_bent_mode(gap: float) -> None:
    """Of a ring of the bus's own width: two routes that share nothing but modes of one guide."""
    process = active_process()
    guide, core = optics.geometry(process, "rib"), level(process, "core")
    bus = waveguides.solve(guide, 1.55, 1, resolution=FINE)
    bent = carriers.bent_mode(guide, 0.45, 25.0, 1.55)
    stands = (0.45, level(process, "slab").z_max, core.z_max)
    contrast = float(materials.index("Si", 1.55).real ** 2 - materials.index("SiO2", 1.55).real ** 2)
    found = float(resonators.exchanged(bent, bus, 25.0, 0.45 + gap, stands, contrast))
    straight, across = Loop(25.0, 0.0, 0.0, Line("rib")).coupling(1.55, gap)
    # first order in an exchange of 0.24 to 0.73 rad; walls of 85 degrees are upright in the integral: 2.2 % and less
    assert_allclose(found, np.arctan2(across, straight), rtol=0.03)
