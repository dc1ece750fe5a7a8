"""What a search for an electrode has found, as numbers that are kept beside those of the compact models.

A search takes minutes and its outcome a few kilobytes: the sizes, the way there, and all figures of merit before and
after.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lingnan import __version__
from lingnan.pdk.process import Process
from lingnan.solvers.modulators import Figures, Line, Shift
from lingnan.solvers.modulators.bandwidth import Crossing
from lingnan.solvers.modulators.minimax import Step
from lingnan.solvers.modulators.optimum import Optimum
from lingnan.solvers.modulators.travelling import Response


def as_entry(process: Process, found: Optimum) -> dict[str, Any]:
    """The numbers of an optimum; its error is what the mask's grid took of the bandwidth of the last step."""
    after = found.bandwidths[1]
    return {
        "process": process.name,
        "hash": process.hash,
        "version": __version__,
        "drawn": found.drawn,
        "length": found.length,
        "v_pi_limit": found.v_pi_limit,
        "before": {name: _numbers(f) for name, f in found.before.items()},
        "after": {name: _numbers(f) for name, f in found.after.items()},
        "steps": [step._asdict() for step in found.steps],
        "message": found.message,
        "error": abs(found.steps[-1].bandwidth / after - 1),
    }


def as_optimum(entry: Mapping[str, Any]) -> Optimum:
    """An optimum from its numbers."""
    before, after = ({name: _figures(f) for name, f in entry[when].items()} for when in ("before", "after"))
    steps = tuple(Step(**step) for step in entry["steps"])
    numbers = (float(entry[name]) for name in ("length", "v_pi_limit"))
    return Optimum(dict(entry["drawn"]), *numbers, before, after, steps, str(entry["message"]))


def _numbers(found: Figures) -> dict[str, Any]:
    """Leaves in order, complex ones as two lists."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(found)]
    plain = [[a.real.tolist(), a.imag.tolist()] if np.iscomplexobj(a) else [a.tolist()] for a in leaves]
    return {"leaves": plain, "push_pull": found.push_pull, "drop_db": found.drop_db}


def _figures(numbers: Mapping[str, Any]) -> Figures:
    o = jnp.zeros(())
    line, response, crossing = Line(o, o, o), Response(o, o, o, o), Crossing(o, o, o)
    like = Figures(Shift(o, o, o, o), line, response, o, numbers["push_pull"], numbers["drop_db"], crossing)
    leaves = [np.asarray(one[0]) if len(one) == 1 else one[0] + 1j * np.asarray(one[1]) for one in numbers["leaves"]]
    return jax.tree.unflatten(jax.tree.structure(like), leaves)
