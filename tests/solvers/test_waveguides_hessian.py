"""Second derivatives of n_eff by every kind of parameter, beside differences of the gradient.

Dimensions, indices and components of tensors, loss, wavelength, temperature, wall angle, radius, and the angle by which
light runs through a crystal; straight and bent, with and without loss. Differences are Richardson's, of steps of half,
once and twice what is said. 1e-5 of each is asked, with a floor of 1e-7 of the largest second derivative where all
parameters are counted in shares of themselves, of which 7e-9 is used. Between absorbers the search
goes on to a residual of 1e-12 here, and 6e-8 is used; with its own, 1e-9, second derivatives of Im n_eff are 2.5e-6 of
the largest off, those of Re n_eff 1.4e-8.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import Absorber, Resolution
from lingnan.solvers.waveguides.engine import Plan

COARSE = Resolution(2, 2, 2)  # derivatives are those of the discrete problem
WINDOW = (-1.2, 1.2, -0.9, 1.1)
PLACES = np.array([[0, 3, 4], [3, 1, 5], [4, 5, 2]])

#: name: value, step of the central difference
SHAPE = {
    "width": (0.45, 2e-3), "thickness": (0.22, 2e-3), "slab": (0.09, 2e-3), "wall angle [deg]": (82.0, 0.2),
    "cladding": (1.44, 2e-3), "wavelength": (1.55, 2e-3), "temperature": (310.0, 10.0),
}  # fmt: skip
INDICES = {"n_x": (3.47, 2e-3), "n_y": (3.46, 2e-3), "n_z": (3.48, 2e-3), "k": (1e-3, 2e-4)}
TENSOR = {
    "ε_xx": (12.0, 2e-2), "ε_yy": (11.9, 2e-2), "ε_zz": (12.1, 2e-2),
    "ε_xy": (0.3, 2e-2), "ε_xz": (0.2, 2e-2), "ε_yz": (0.25, 2e-2),
}  # fmt: skip
RADIUS = {"radius": (12.0, 0.2)}
CRYSTAL = {
    "width": (1.2, 5e-3), "thickness": (0.6, 5e-3), "slab": (0.3, 5e-3), "wall angle [deg]": (65.0, 0.2),
    "wavelength": (1.55, 5e-3), "temperature": (310.0, 10.0), "direction [deg]": (20.0, 0.2),
}  # fmt: skip


class Case(NamedTuple):
    """A rib, by its parameters."""

    parameters: dict[str, tuple[float, float]]
    n_eff: Callable[[Array], Array]

    @property
    def at(self) -> Array:
        return jnp.array([value for value, _ in self.parameters.values()])

    @property
    def steps(self) -> np.ndarray:
        return np.array([step for _, step in self.parameters.values()])


def silicon(core: Callable[[Array], Array], bent: bool, absorber: Absorber | None = None) -> Callable[[Array], Array]:
    def n_eff(p: Array) -> Array:
        rib = waveguides.rib(
            p[0], p[1], p[2], core(p[7:]), p[4], substrate="SiO2", sidewall_angle_deg=p[3], window=WINDOW
        )
        rib = rib.bend(p[-1]) if bent else rib
        return waveguides.solve(rib, p[5], 1, resolution=COARSE, temperature=p[6], absorber=absorber).n_eff[0]

    return n_eff


def niobate(p: Array) -> Array:
    film = materials.cut("LiNbO3", "x", p[6])
    rib = waveguides.rib(p[0], p[1], p[2], film, "SiO2", sidewall_angle_deg=p[3], window=(-1.8, 1.8, -1.0, 1.5))
    return waveguides.solve(rib, p[4], 1, resolution=COARSE, temperature=p[5]).n_eff[0]


def tensor(p: Array) -> Array:
    return p[:6][PLACES]


def lossy(p: Array) -> Array:
    return p[:3] + 1j * p[3]


CASES = {
    "straight, tensor": Case(SHAPE | TENSOR, silicon(tensor, False)),
    "bent, tensor": Case(SHAPE | TENSOR | RADIUS, silicon(tensor, True)),
    "straight, lossy": Case(SHAPE | INDICES, silicon(lossy, False)),
    "bent, lossy, absorber": Case(SHAPE | INDICES | RADIUS, silicon(lossy, True, Absorber(("right",), 0.5))),
    "crystal, turned": Case(CRYSTAL, niobate),
}


def differences(gradients: Callable[[Array], Array], at: Array, steps: np.ndarray) -> np.ndarray:
    def slope(share: float) -> np.ndarray:
        moves = share * jnp.diag(jnp.asarray(steps))
        return np.asarray(gradients(at + moves) - gradients(at - moves)) / (2 * share * steps[:, None])

    half, one, two = (slope(share) for share in (0.5, 1.0, 2.0))
    return (16 * (4 * half - one) / 3 - (4 * one - two) / 3) / 15


@pytest.mark.validate  # compiles second derivatives by up to fourteen parameters
@pytest.mark.parametrize("name", CASES)
def test_every_second_derivative(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forward over reverse, which is `jax.hessian`; of Re n_eff, and of Im n_eff where there is loss."""
    case = CASES[name]
    if "absorber" in name:
        module = import_module("lingnan.solvers.waveguides.solve")  # the package has its function by that name
        monkeypatch.setattr(module, "Plan", partial(Plan, residual=1e-12))

    def part(p: Array, share: Array) -> Array:
        n = case.n_eff(p)
        return share[0] * n.real + share[1] * n.imag

    many, whole = jax.jit(jax.vmap(jax.grad(part), (0, None))), jax.jit(jax.hessian(part))
    both = np.abs(np.outer(case.at, case.at))
    for share in jnp.eye(2)[: 2 if "lossy" in name else 1]:
        expected = differences(lambda p, share=share: many(p, share), case.at, case.steps)
        found = np.asarray(whole(case.at, share))
        largest = np.max(np.abs(expected) * both)
        limit = 1e-5 * np.abs(expected) + 1e-7 * largest / both
        short = np.abs(found - expected) / limit
        worst = np.unravel_index(np.argmax(short), short.shape)
        names = list(case.parameters)
        assert np.all(short <= 1), f"{names[worst[0]]}, {names[worst[1]]}: {short[worst]:.2g} of the limit"
        assert np.max(np.abs(found - found.T) * both) <= 1e-7 * largest
        # every parameter bends n_eff, alone or with another
        assert np.all(np.max(np.abs(found) * both, axis=1) > 1e-7 * largest)


@pytest.mark.validate  # compiles second derivatives
@pytest.mark.parametrize("name", ["straight, tensor", "bent, lossy, absorber"])
def test_reverse_over_reverse_is_forward_over_reverse(name: str) -> None:
    case = CASES[name]
    gradient = jax.grad(lambda p: case.n_eff(p).real)
    direction = jnp.asarray(case.steps)
    forward = jax.jit(lambda p: jax.jvp(gradient, (p,), (direction,))[1])(case.at)
    reverse = jax.jit(jax.grad(lambda p: jnp.dot(gradient(p), direction)))(case.at)
    both = np.abs(np.asarray(case.at))
    # of the linear solves, which both make in another order
    assert np.max(np.abs(np.asarray(forward - reverse)) * both) <= 1e-7 * np.max(np.abs(np.asarray(forward)) * both)
