"""Bad input inside `jit`, `vmap` and `grad`: never a number that looks right, never a silent NaN."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import checks, materials, waveguides
from lingnan.solvers.tracing import CheckError, checked, insist
from lingnan.solvers.waveguides import Resolution

COARSE = Resolution(2, 2, 2)
SMALLEST = Resolution(1, 1, 1)


def silicon(wavelength: Array) -> Array:
    return materials.index("Si", wavelength)


def wire(width: Array, wavelength: Array) -> Array:
    strip = waveguides.strip(width, 0.22, "Si", "SiO2", window=(-1.2, 1.2, -1.2, 1.4))
    return waveguides.solve(strip, wavelength, 1, resolution=COARSE).n_eff[0].real


both = jax.vmap(jax.value_and_grad(wire))
plain, refusing = jax.jit(both), checked(both)  # two programs, of which all tests here take what they need


RANGE = r"Si: wavelength = 1 µm lies outside 1\.2 to 14 µm.*extrapolate=True"


def test_an_index_out_of_range_is_nan_with_a_warning() -> None:
    at = jnp.array([1.55, 1.0, 20.0])
    for asked in (jax.vmap(silicon), jax.vmap(jax.grad(silicon)), jax.vmap(jax.grad(jax.grad(silicon)))):
        with pytest.warns(UserWarning, match=RANGE + r".*2 of 3 such.*NaN there"):
            found = jax.block_until_ready(jax.jit(asked)(at))
        assert np.isnan(found).tolist() == [False, True, True]
        assert_allclose(found[0], jax.jit(asked)(at[:1])[0], rtol=1e-12)
    with pytest.warns(UserWarning, match=RANGE):  # derivatives without jit
        assert np.isnan(jax.grad(silicon)(1.0))
    beyond = materials.get("Si", extrapolate=True)
    assert_allclose(jax.jit(beyond.n)(1.0), beyond.n(1.0), rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_checked_raises_what_is_raised_outside() -> None:
    with pytest.raises(materials.MaterialRangeError) as outside:
        silicon(jnp.asarray(1.0))
    for asked in (silicon, jax.jit(silicon), jax.grad(silicon), jax.hessian(silicon)):
        with pytest.raises(CheckError, match=RANGE) as inside:
            checked(asked)(1.0)
        assert str(inside.value) == str(outside.value)
        assert_allclose(checked(asked)(1.55), asked(1.55), rtol=1e-12)
    assert_allclose(checked(jax.grad(silicon))(1.55), jax.grad(silicon)(1.55), rtol=1e-12)
    with pytest.raises(CheckError, match=r"wavelength = (1|20) µm lies outside"):  # which one is JAX's choice
        checked(jax.vmap(silicon))(jnp.array([1.55, 1.0, 20.0]))


def test_crystals_and_temperatures_are_minded_too() -> None:
    film = materials.cut("LN", "x", 20.0)
    with pytest.warns(UserWarning, match="temperature = 4000 K lies outside"):
        assert np.all(np.isnan(jax.jit(film.permittivity)(1.55, 4000.0)))
    with pytest.raises(CheckError, match="temperature = 4000 K lies outside"):
        checked(film.permittivity)(1.55, 4000.0)


def test_a_cross_section_out_of_range_spoils_itself_alone() -> None:
    widths, waves = jnp.array([0.45, 0.45, -0.45]), jnp.array([1.55, 1.0, 1.55])
    with pytest.warns(UserWarning, match=RANGE), pytest.warns(UserWarning, match="2 of 3 cross-sections"):
        found = jax.block_until_ready(plain(widths, waves))
    assert np.isnan(found).tolist() == [[False, True, True]] * 2
    assert_allclose(found[0][0], wire(0.45, 1.55), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:solve")
def test_checked_raises_what_solve_refuses() -> None:
    good = jnp.full(3, 0.45), jnp.full(3, 1.55)
    for k, (width, wavelength, message) in enumerate(
        (
            (0.45, 1.0, RANGE),
            (-0.45, 1.55, r"strip: width = -0\.45 µm: it must be positive and finite"),
            (jnp.nan, 1.55, "strip: width = nan µm"),
            (0.1, 1.55, r"no guided mode: the highest n_eff found is 1\.4\d+ and what surrounds .* up to 1\.4440"),
            (0.45, -1.55, r"solve: wavelength = -1\.55 µm: it must be positive"),
        )
    ):
        with pytest.raises(CheckError, match=message):
            refusing(good[0].at[k % 3].set(width), good[1].at[k % 3].set(wavelength))
    n, by_width = refusing(*good)
    expected, slope = plain(*good)
    assert_allclose(n, expected, rtol=1e-12)
    assert_allclose(by_width, slope, rtol=1e-9)


def test_checked_raises_what_a_cross_section_refuses() -> None:
    lines = checked(lambda index, thickness: waveguides.strip(0.45, thickness, index, 1.444).lines)
    for index, thickness, message in ((-3.4, 0.22, "real part -3.4: the real part"), (3.4, 220.0, "given in nm")):
        with pytest.raises(CheckError, match=message):
            lines(index, thickness)
    assert lines(3.4, 0.22).shape[0] == 4


def test_where_only_derivatives_are_traced_the_range_is_an_exception() -> None:
    with pytest.raises(materials.MaterialRangeError, match=RANGE):
        jax.grad(wire, argnums=1)(0.45, 1.0)


def test_a_small_window_warns_from_inside_too() -> None:
    def narrow(width: Array) -> Array:
        strip = waveguides.strip(width, 0.22, 3.4757, 1.444, window=(-0.4, 0.4, -0.3, 0.5))
        return waveguides.solve(strip, 1.55, 1, resolution=SMALLEST).n_eff[0].real

    with pytest.warns(waveguides.WindowWarning, match="% of its largest field"):
        jax.block_until_ready(checked(narrow)(0.45))


def test_what_is_static_is_raised_while_jax_traces() -> None:
    def huge(width: Array) -> Array:
        strip = waveguides.strip(width, 0.22, "Si", "SiO2")
        return waveguides.solve(strip, 1.55, 1, resolution=Resolution(9, 60, 60)).n_eff[0].real

    def misspelt(width: Array) -> Array:
        return waveguides.strip(width, 0.22, "Silicn", "SiO2").lines

    with pytest.raises(ValueError, match=r"would need about \d+\.\d GB, above the limit of 8\.0 GB"):
        jax.jit(huge)(0.45)
    with pytest.raises(materials.MaterialError, match=r"Did you mean .*silicon"):
        jax.jit(misspelt)(0.45)


def test_checks_of_numbers_speak_inside_checked() -> None:
    def line(gap: Array) -> Array:
        checks.check_no_less("line", "gap", gap, 0.1, "µm", "Draw {it} wider.")
        checks.check_between("line", "width", gap, 0.0, 5.0, "µm", "")
        return 2 * gap

    assert jax.jit(line)(-1.0) == -2.0  # nothing is added where nobody asks
    assert checked(line)(1.0) == 2.0
    with pytest.raises(
        CheckError, match=r"line: gap = -1 µm: it must be 0\.1 µm or more, and finite\. Draw \{it\} wider\."
    ):
        checked(line)(-1.0)
    with pytest.raises(CheckError, match="line: width = 7 µm: it must be between 0 and 5 µm"):
        checked(jax.vmap(jax.grad(line)))(jnp.array([1.0, 7.0]))


def test_numbers_in_lists_are_looked_at() -> None:
    """Known or traced: a list passed every check without a look."""
    for given in ([0.2, -1.0], (0.2, -1.0), [[0.2], [-1.0]]):
        with pytest.raises(ValueError, match="gap = -1 µm: it must be 0 µm or more"):
            checks.check_no_less("line", "gap", given, 0.0, "µm", "")
        with pytest.raises(ValueError, match="gap = -1 µm: it must be between 0 and 1 µm"):
            checks.within("line", "gap", given, 0.0, 1.0, "µm", "")

    def factor(gap: Array) -> Array:
        checks.check_row("line", "gap", [gap, 0.2], 2, "")
        return jnp.stack(
            [
                checks.no_less("line", "gap", [0.2, gap], 0.0, "µm", ""),
                checks.below("line", "-gap", [-0.2, -gap], 0.5, ""),
            ]
        )

    with pytest.warns(UserWarning, match="gap = -?1"):
        np.testing.assert_array_equal(jax.jit(factor)(-1.0), [[1.0, np.nan]] * 2)
    checks.check_no_less("line", "parts", [object()], 0.0, "", "")  # what JAX puts in its trees for a while


def test_checked_stands_outermost() -> None:
    with pytest.raises(TypeError, match=r"not jax\.jit\(checked\(f\)\)"):
        jax.jit(checked(silicon))(1.55)


def test_a_program_traced_before_is_checked_all_the_same() -> None:
    @jax.jit
    def root(x: Array) -> Array:
        insist(x >= 0, "root: x = {x:g}: it must be 0 or more.", x=x)
        return jnp.sqrt(x)

    assert np.isnan(root(-1.0))
    with pytest.raises(CheckError, match="root: x = -1: it must be 0 or more"):
        checked(root)(-1.0)
    assert np.isnan(root(-1.0))


@pytest.mark.parametrize("core", ["Si", materials.cut("LN", "x")], ids=["name", "crystal"])
def test_a_guide_of_known_numbers_is_solved_inside_the_program_of_something_else(core):
    """Its materials were looked up as if they were traced, unless the same had been asked for before."""
    guide = waveguides.strip(width=1.0, thickness=0.6, core=core, cladding="air", substrate="SiO2")

    def scaled(by: jax.Array) -> jax.Array:
        return by * waveguides.solve(guide, 1.5437).n_eff[0].real

    inside = float(jax.jit(scaled)(jnp.asarray(1.0)))
    assert inside == pytest.approx(float(waveguides.solve(guide, 1.5437).n_eff[0].real), rel=1e-12)
