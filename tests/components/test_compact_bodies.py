"""Bodies between two ends: echoes summed exactly, no light made at any length; the slot."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lingnan.components.compact import bodies, passages, store
from lingnan.components.compact.bodies import Cut, End, Fit
from lingnan.components.compact.segments import Chain
from lingnan.components.compact.spec import Spec
from lingnan.components.process import number
from lingnan.components.soi import parts
from lingnan.components.soi.passages import slot, swg, transition_strip_nitride
from lingnan.pdk import build_pdk, optics
from lingnan.pdk.process import load_process
from lingnan.solvers.devices import bloch

WAVES = np.linspace(1.5, 1.6, 5)


@pytest.fixture(autouse=True)
def line(request):
    """The line, and nothing solved but under `validate`."""
    build_pdk("soi220").activate()
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def mirror(r: float) -> End:
    """A plane that sends back r and lets i √(1 - r²) through."""
    return End(np.array([[r]]), np.array([[1j * np.sqrt(1 - r**2)]]), np.array([[r]]))


@given(r=st.floats(0, 0.95), other=st.floats(0, 0.95), length=st.floats(0.1, 100))
def test_one_mode_is_an_etalon(r, other, length):
    """Airy's sum (M. Born, E. Wolf, Principles of Optics): t t' p / (1 - r r' p²), and all of the light is there."""
    s = bodies.whole(Cut(np.array([2.1]), mirror(r), mirror(other)), length, np.asarray(1.55))
    p = np.exp(2j * np.pi / 1.55 * 2.1 * length)
    t = -np.sqrt((1 - r**2) * (1 - other**2))
    assert_allclose(s[1, 0], t * p / (1 - r * other * p**2), rtol=1e-9)
    assert_allclose(s @ s.conj().T, np.eye(2), atol=1e-9)


def made_up(modes: int, seed: int) -> bodies.Cutter:
    """Two random lossless ends of two ports, each behind its own length."""
    random = np.random.default_rng(seed)

    def end(ports: int) -> np.ndarray:
        size = ports + modes
        unitary = np.linalg.qr(random.normal(size=(size, size)) + 1j * random.normal(size=(size, size)))[0]
        return unitary @ unitary.T

    ends, index = (end(2), end(2)), np.linspace(2.6, 1.9, modes)

    def cutter(wl, kelvin):
        turn = np.exp(2j * np.pi / float(wl) * 8.0 * (1 + 1e-5 * (float(kelvin) - 300)))
        outer = np.diag([turn] * 2 + [1.0] * modes)
        parts = (outer @ s @ outer for s in ends)
        return Cut(index + 0.3 * (1.55 - float(wl)), *(End(s[:2, :2], s[2:, :2], s[2:, 2:]) for s in parts))

    return cutter


def test_a_fit_makes_no_light_at_any_length():
    process = load_process("soi220")
    made = bodies.solve(Spec(process, "made up", "strip", "nominal", {}), 30.0, made_up(3, 1), Fit())
    assert made.error < 2e-2  # resonances of random mirrors are sharp, and polynomials end at 3e-4
    for length in (0.0, 3.7, 30.0, 411.0):
        s = made.s(np.linspace(1.49, 1.61, 41), 311.0, length)
        assert np.linalg.norm(s, 2, axis=(1, 2)).max() <= 1 + 1e-9
        assert_allclose(s, np.swapaxes(s, 1, 2), atol=1e-12)


def test_the_length_of_a_body_is_no_other_solution():
    """`store.keeping` lets nothing be solved: other lengths, traced ones too, come from what is kept."""
    short = parts.mmi1x2(wl=1.55, length_mmi=30.0)["o1", "o2"]
    assert abs(short - parts.mmi1x2(wl=1.55)["o1", "o2"]) > 1e-2
    power = lambda length: jnp.abs(parts.mmi1x2(wl=1.55, length_mmi=length)["o1", "o2"]) ** 2  # noqa: E731
    slope = jax.grad(power)(30.0)
    assert_allclose(slope, (power(30.0 + 1e-4) - power(30.0 - 1e-4)) / 2e-4, rtol=1e-5)


def test_known_numbers_and_traced_ones_agree():
    wl, kelvin = jnp.asarray([1.53, 1.5512]), jnp.asarray([300.0, 321.0])
    known = parts.mmi2x2(wl=wl, temperature=kelvin)
    traced = jax.jit(lambda w, t: parts.mmi2x2(wl=w, temperature=t))(wl, kelvin)
    for pair, value in known.items():
        assert_allclose(traced[pair], value, atol=1e-12)


@pytest.mark.parametrize("corner", ["nominal", "thick_wide", "thin_narrow", "thick_narrow", "thin_wide", "hot"])
def test_both_transitions_of_a_slot_pass_most_of_the_light(corner):
    power = np.abs(slot(wl=WAVES, corner=corner)["o1", "o2"]) ** 2
    assert np.all(power > 0.95)
    assert np.all(power < 1)


def test_a_longer_slot_turns_by_its_own_index():
    """Rails 0.22 wide and 0.2 apart guide at 1.637, as the cell says."""
    one, two = (np.angle(slot(wl=1.55, length=length)["o1", "o2"]) for length in (50.0, 50.1))
    turned = (two - one) % (2 * np.pi)
    assert_allclose(turned / (2 * np.pi) * 1.55 / 0.1, 1.637, atol=2e-3)


def test_the_nearest_unitary_of_a_rotation_is_itself():
    turn = np.array([[np.cos(0.3), np.sin(0.3)], [-np.sin(0.3), np.cos(0.3)]])
    assert_allclose(passages.unitary(0.98 * turn), turn, atol=1e-14)


@pytest.mark.parametrize("wavelength", [1.5, 1.6])
@pytest.mark.parametrize("end", ["tip", "segments"])
def test_subwavelength_guide_stays_below_its_bragg_gap(end, wavelength):
    """As its docstring says: by 0.06 at least, with the process's own sizes, where its n_eff is highest and beyond."""
    period, duty, width = (number(None, f"swg_{key}") for key in ("period", "duty", "width"))
    line = optics.at_corner("soi220", "nominal")
    chain = Chain(line, "WG", period, duty, (-2.6, 2.6, -1.6, 1.8))
    mode = chain.mode(width, line.limit("WG.W") if end == "tip" else 0.0, wavelength, 293.15)
    assert 1.444 < float(mode.n_eff.real) < wavelength / (2 * period) - 0.06


@pytest.mark.parametrize("nitride", [{}, {"SIN": [(-0.5, 0.5)]}])
def test_half_of_a_mirrored_section_has_its_te_mode(nitride):
    """A wall in the plane of symmetry changes nothing where E_x is even; with another wall n_eff would be below 1.8."""
    line = optics.at_corner("soi220", "nominal")
    whole = passages.section(line, {"WG": [(-0.225, 0.225)], **nitride}, (-2.0, 2.0, -1.4, 2.2), 298.15)

    def index(section):
        """Of a section that does not change along z, without the question whether its walls carry light: half do."""
        return float(bloch.solve(section, section, 1.0, 0.2, harmonics=0).n_eff.real)

    # both have a mesh of their own, and the solver's first one is right to 5e-5
    assert_allclose(index(passages.right_half(whole)), index(whole), atol=1e-4)


@pytest.mark.parametrize(("model", "least"), [(swg, 0.85), (transition_strip_nitride, 0.95)])
def test_ways_into_other_guides_pass_most_of_the_light(model, least):
    """By the same local modes, the tip of silicon loses 5 % in segments and one hundredth under nitride."""
    power = np.abs(model(wl=WAVES)["o1", "o2"]) ** 2
    assert np.all(power > least)
    assert np.all(power < 1)


def test_longer_segments_turn_by_their_bloch_mode():
    """The process's note says n_eff 1.60 at 1.55 µm; a length that is no whole number of periods is rounded to one."""
    one, two, three = (np.angle(swg(wl=1.55, length=length)["o1", "o2"]) for length in (50.0, 50.4, 50.5))
    assert_allclose((two - one) % (2 * np.pi) / (2 * np.pi) * 1.55 / 0.4, 1.597, atol=5e-3)
    assert_allclose(three, two, atol=1e-12)


@pytest.mark.parametrize("model", [swg, transition_strip_nitride])
def test_phases_run_on_smoothly_over_wavelength(model):
    """The sign of a mode is free, and would turn the phase by half a turn from one wavelength to the next."""
    waves = np.linspace(1.51, 1.61, 401)  # neighbours are a hundredth of a turn of 100 µm apart
    turned = np.diff(np.unwrap(np.angle(model(wl=waves)["o1", "o2"])))
    assert np.all(turned < 0)
    assert_allclose(turned, turned.mean(), rtol=0.25)  # 1/λ² alone makes 13 % over this band
