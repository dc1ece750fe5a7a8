"""Derivatives of everything that modes have by everything they depend on, in reverse, forward and over a batch.

What comes out: n_eff, n_g, loss, confinement of three kinds, area, share of polarisation, overlaps and fields. What
goes in: every dimension, index, component of a tensor, wavelength, temperature, radius. The mesh is the coarsest that
has a mode: derivatives are those of the discrete problem. Differences are Richardson's, the last of three steps being
the error, which is asked to be small too. Vectors are known to the search's residual, 1e-9 over the distance to the
next mode, and so are derivatives of what is made of them: 1e-5 of the derivative was asked, of complex numbers as such.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.devices import overlap
from lingnan.solvers.waveguides import Absorber, Modes, Resolution

COARSE = Resolution(2, 2, 2)
WINDOW = (-1.2, 1.2, -0.9, 1.1)
PLACES = np.array([[0, 3, 4], [3, 1, 5], [4, 5, 2]])
HANDED = np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]])
TURNED = np.array([[0, 0, 1], [0, 0, 2], [1, 2, 0]])

#: name: value, step of the central difference
DIMENSIONS = {
    "width": (0.45, 1e-3), "thickness": (0.22, 1e-3), "slab": (0.09, 1e-3), "wall angle [deg]": (82.0, 0.1),
    "cladding": (1.44, 1e-3), "wavelength": (1.55, 1e-3), "temperature": (310.0, 10.0), "bend radius": (12.0, 0.1),
}  # fmt: skip
INDICES = {"core n_x": (3.47, 1e-3), "core n_y": (3.46, 1e-3), "core n_z": (3.48, 1e-3), "core k": (1e-3, 1e-4)}
TENSOR = {
    "ε_xx": (12.0, 1e-2), "ε_yy": (11.9, 1e-2), "ε_zz": (12.1, 1e-2),
    "ε_xy": (0.3, 1e-2), "ε_xz": (0.2, 1e-2), "ε_yz": (0.25, 1e-2),
}  # fmt: skip
GYROTROPIC = {"g_xy": (0.1, 1e-2), "g_xz": (0.15, 1e-2), "g_yz": (0.12, 1e-2), "Im ε": (0.1, 1e-2)}


def tensor(p: Array) -> Array:
    """Symmetric, by its six components."""
    return p[:6][PLACES]


def gyrotropic(p: Array) -> Array:
    """An absorbing one, Hermitian but for its loss: searched in JAX, with left vectors of its own."""
    return tensor(p) + 1j * HANDED * p[6:9][TURNED] + 1j * p[9] * np.eye(3)


@dataclass(frozen=True)
class Case:
    """A bent rib on a named substrate."""

    parameters: dict[str, tuple[float, float]] = field(hash=False)
    core: Callable[[Array], Array]
    absorber: Absorber | None = None

    @property
    def at(self) -> Array:
        return jnp.array([value for value, _ in self.parameters.values()])

    @property
    def steps(self) -> np.ndarray:
        return np.array([step for _, step in self.parameters.values()])

    def modes(self, p: Array) -> Modes:
        rib = waveguides.rib(
            p[0], p[1], p[2], self.core(p[8:]), p[4], substrate="SiO2", sidewall_angle_deg=p[3], window=WINDOW
        )
        bent = rib.bend(p[7])
        return waveguides.solve(bent, p[5], 1, resolution=COARSE, temperature=p[6], absorber=self.absorber)


CASES = {
    "tensor": Case(DIMENSIONS | TENSOR, tensor),
    "absorber": Case(DIMENSIONS | INDICES, lambda p: p[:3] + 1j * p[3], Absorber(("right",), 0.5)),
    "absorbing, gyrotropic": Case(DIMENSIONS | TENSOR | GYROTROPIC, gyrotropic),
}


def wire(wavelength: Any) -> Modes:
    return waveguides.solve(waveguides.strip(0.5, 0.2, 3.4, 1.45, window=WINDOW), wavelength, 1, resolution=COARSE)


@pytest.fixture(scope="module")
def other() -> Modes:
    """What overlaps are with: a wire that does not change."""
    return wire(1.55)


def figures(modes: Modes, other: Modes) -> dict[str, Array]:
    """Everything, complex."""
    found = {"n_eff": modes.n_eff[0], "n_g": modes.n_g[0], "loss": modes.loss_dB_cm[0]}
    for region in ("core", "SiO2"):
        for kind in ("power", "electric", "sensing"):
            found[f"{kind} in {region}"] = waveguides.confinement(modes, region, kind)[0]
    found |= {"area": waveguides.effective_area(modes)[0], "TE": modes.te_fraction[0]}
    beside = wire(modes.wavelength)  # guides meet at one wavelength
    found |= {"overlap": waveguides.overlap(modes, other)[0, 0], "coupling": overlap.coupling(beside, modes)[0, 0]}
    # in the core, in the cladding beside it, and above the slab; then on points that move with the mesh
    at = waveguides.field_at(modes, jnp.array([0.05, 0.3, -0.4]), jnp.array([0.1, 0.15, 0.3]))
    for name, fields, grid in (("E", at.E[0], modes.E[0]), ("H", at.H[0], modes.H[0])):
        for k, axis in enumerate("xyz"):
            found |= {f"{name}_{axis} at {n}": fields[k, n] for n in range(3)}
            found[f"{name}_{axis} on the grid"] = grid[k, 9, 9]
    return found


def differences(function: Callable[[Array], Array], at: Array, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives (parameters, …) and their error, from steps of half, once and twice these."""

    def slope(share: float) -> np.ndarray:
        ahead, behind = (np.asarray(function(at + s * share * jnp.diag(steps))) for s in (1, -1))
        return (ahead - behind) / (2 * share * steps.reshape(-1, *[1] * (ahead.ndim - 1)))

    half, one, two = (slope(share) for share in (0.5, 1.0, 2.0))
    fine, rough = (4 * half - one) / 3, (4 * one - two) / 3
    best = (16 * fine - rough) / 15
    return best, np.abs(best - fine)


@pytest.mark.validate  # compiles both modes of twenty-nine figures
@pytest.mark.parametrize("name", CASES)
def test_every_figure_by_every_parameter(name: str, other: Modes) -> None:
    case, names = CASES[name], []

    def flat(p: Array) -> Array:
        found = figures(case.modes(p), other)
        names[:] = list(found)
        both = jnp.stack([jnp.asarray(v, complex) for v in found.values()])
        return jnp.concatenate([both.real, both.imag])

    def whole(rows: Any) -> np.ndarray:
        rows = np.asarray(rows)
        return rows[..., : len(names)] + 1j * rows[..., len(names) :]

    expected, unsure = (whole(a) for a in differences(jax.jit(jax.vmap(flat)), case.at, case.steps))
    forward = whole(jax.jit(jax.jacfwd(flat))(case.at).T)
    # over a batch of all parameters at once
    batch = jnp.stack([case.at, case.at + 0.1 * case.steps])
    reverse = whole(np.swapaxes(jax.jit(jax.vmap(jax.jacrev(flat)))(batch), 1, 2))
    values = np.abs(np.asarray(case.at))[:, None]
    # where a parameter does next to nothing to a figure: a millionth of what the parameter that does most does,
    # and of the figure itself where none does, as the loss of what is lossless
    size = np.maximum(np.max(np.abs(expected) * values, axis=0), 1e-3 * np.abs(whole(flat(case.at))))
    limit = 1e-5 * np.abs(expected) + 1e-6 * size / values + np.where(size < 1e-6, 1e-6 / values, 0.0)
    for what, found in (("forward", forward), ("reverse", reverse[0])):
        short = np.abs(found - expected) - limit
        worst = np.unravel_index(np.argmax(short), short.shape)
        assert np.all(short <= 0), f"{what}: {names[worst[1]]} by {list(case.parameters)[worst[0]]}"
    assert np.all(np.abs(unsure) <= limit)
    assert_allclose(reverse[0], forward, rtol=1e-7, atol=1e-9)
    # the neighbour in the batch: forward there, by one direction
    tangent = jnp.asarray(case.steps)
    pushed = whole(jax.jit(lambda p: jax.jvp(flat, (p,), (tangent,))[1])(batch[1]))
    assert_allclose(case.steps @ reverse[1], pushed, rtol=1e-7, atol=1e-9)


@pytest.mark.validate  # compiles second derivatives
@pytest.mark.parametrize("name", CASES)
def test_second_derivatives_of_a_complex_index(name: str) -> None:
    """Of Re and Im n_eff by all parameters along one direction, forward over reverse."""
    case = CASES[name]

    def part(p: Array) -> Array:
        n = case.modes(p).n_eff[0]
        return n.real + 10 * n.imag

    gradient = jax.grad(part)
    direction = jnp.asarray(case.steps)
    exact = np.asarray(jax.jit(lambda p: jax.jvp(gradient, (p,), (direction,))[1])(case.at))
    many = jax.jit(jax.vmap(gradient))
    shares = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
    a, b, c, d, e, f = np.asarray(many(case.at + shares[:, None] * direction))
    half, one, two = d - c, (e - b) / 2, (f - a) / 4
    expected = (16 * (4 * half - one) / 3 - (4 * one - two) / 3) / 15
    # gradients are known to 1e-10 of the largest, times the parameter: the residual of the vectors
    floor = 1e-9 * np.max(np.abs(np.asarray(gradient(case.at)) * np.asarray(case.at))) / np.abs(np.asarray(case.at))
    assert np.all(np.abs(exact - expected) <= 1e-5 * np.abs(expected) + floor)


def test_figures_by_every_parameter_at_once() -> None:
    """A small one of the above: loss, confinement and fields of a bend between absorbers, in reverse.

    The figures' sum, each over its own difference along one direction, has that many as derivative along it.
    """
    at = jnp.array([0.45, 0.22, 82.0, 3.47, 3.46, 3.48, 1.44, 1.55, 12.0])
    steps = jnp.array([1e-3, 1e-3, 0.1, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 0.1])

    def some(p: Array) -> Array:
        wire = waveguides.strip(p[0], p[1], p[3:6] + 1e-3j, p[6], sidewall_angle_deg=p[2], window=WINDOW).bend(p[8])
        modes = waveguides.solve(wire, p[7], 1, resolution=COARSE, absorber=Absorber(("right",), 0.5))
        share = waveguides.confinement(modes, "core")[0]
        return jnp.stack([modes.loss_dB_cm[0], share, modes.E[0, 0, 9, 9].real, modes.H[0, 1, 9, 9].real])

    a, b, c, d = np.asarray(jax.jit(jax.vmap(some))(at + jnp.array([-2.0, -1.0, 1.0, 2.0])[:, None] * steps))
    slope = (8 * (c - b) - (d - a)) / 12
    assert np.all(np.abs(slope) > 1e-4 * np.abs(b))  # it moves them all
    pull = jax.jit(lambda p, w: jax.vjp(some, p)[1](w)[0])
    for k in range(4):
        one = np.eye(4)[k] / slope
        # what h⁴ leaves is 6e-8 of the loss
        assert_allclose(pull(at, jnp.asarray(one)) @ steps, 1.0, rtol=1e-6)
