"""A gradient by a whole tree of numbers is a tree of slopes, which no check of what is given may refuse."""

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import links
from lingnan.solvers.checks import check_between
from lingnan.solvers.modulators import Coplanar
from lingnan.solvers.nonlinear import Difference
from lingnan.solvers.tracing import demand
from lingnan.solvers.trees import tree, watched

ROOT = Path(__file__).resolve().parents[2]


@tree
@dataclass(frozen=True)
class Share:
    """A share of something, by a method that is no number."""

    share: Any
    method: str = field(default="plain", metadata={"static": True})

    def __post_init__(self) -> None:
        check_between("Share", "share", self.share, 0.0, 1.0, "", "")


def test_what_is_known_is_refused_inside_jit_too() -> None:
    """Arrays that a program closes over: what `jit` makes of their comparison is traced, they are not."""
    film, etch = jnp.asarray(0.3), jnp.asarray(0.6)
    with pytest.raises(ValueError, match=r"etch = 0\.6 µm is not below the film of 0\.3 µm"):
        jax.jit(lambda v: v * Coplanar(film=film, etch=etch).slab)(1.0)
    kappa, pump, signal = jnp.asarray(1e-3), jnp.asarray(0.775), jnp.asarray(0.5)
    with pytest.raises(ValueError, match=r"signal over pump = 0\.645"):
        jax.jit(lambda v: Difference(kappa, pump, signal).undepleted(0.0, v, 1e-3, 1.0))(0.1)


def test_what_is_given_is_checked_and_what_is_put_back_is_not() -> None:
    with pytest.raises(ValueError, match=r"Share: share = 2"):
        Share(2.0)
    slope = jax.grad(lambda one: 50.0 * one.share**2)(Share(0.3, "other"))
    assert slope.share == pytest.approx(30.0)
    assert slope.method == "other"
    leaves, structure = jax.tree.flatten(Share(0.3))
    assert leaves == [0.3]
    assert structure != jax.tree.structure(Share(0.3, "other"))
    assert [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(Share(0.3))] == [".share"]


@watched
@dataclass(frozen=True)
class Table:
    """Places that rise: what is refused is none of the fields, but a row made of one."""

    places: Any

    def __post_init__(self) -> None:
        demand(jnp.diff(self.places) > 0, "Table: places rise by {by:g}.", by=jnp.diff(self.places))


def test_a_row_that_is_made_of_a_field_is_judged_inside_jit() -> None:
    rising, falling = jnp.array([0.0, 1.0, 3.0]), jnp.array([0.0, 2.0, 1.5])
    last = jax.jit(lambda places: Table(places).places[-1])
    assert float(last(rising)) == 3.0
    with pytest.warns(UserWarning, match=r"Table: places rise by -0\.5\."):
        assert np.isnan(float(last(falling)))


def test_a_modulator_has_a_gradient_as_a_whole() -> None:
    """Slopes far outside of what its fields may be, beside one by a field alone."""

    def power(one: links.MachZehnder) -> jax.Array:
        drive = links.Waveform(jnp.linspace(0.0, 1.0, 8), 1e-12)
        return 1e6 * jnp.sum(jnp.abs(one.field(drive).value) ** 2)

    slope = jax.grad(power)(links.MachZehnder(v_pi=2.0, imbalance=0.1))
    alone = jax.grad(lambda v: power(links.MachZehnder(v_pi=v, imbalance=0.1)))(2.0)
    assert_allclose(slope.v_pi, alone, rtol=1e-12)
    assert abs(float(slope.imbalance)) > 1.0


def test_whatever_checks_its_numbers_is_such_a_tree() -> None:
    """A class that refuses numbers and is registered by JAX itself would refuse its own gradient."""
    for file in sorted((ROOT / "solvers").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                methods = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
                decorators = " ".join(ast.unparse(one) for one in node.decorator_list)
                assert not ("__post_init__" in methods and "register_dataclass" in decorators), (file, node.name)
