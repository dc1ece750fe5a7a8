"""What mounted gauges tell of strain in a plane and of temperature, and how well.

A gauge on a chip sees what the bond passes on, along it and across it; where the bond is narrow, the chip contracts by
itself. TE light of a silicon wire answers to strain across nearly as to strain along (0.58 and 0.53): two of them at
right angles tell the sum well and the difference badly. Light that answers otherwise (TM: 0.40 and -0.15), or a bond
that passes strain in one direction only, tell both.

    rows = matrix([Mounted(line, 0.0), Mounted(line, 90.0), free(line)])
    told(rows, noise).sigma, told(rows, noise).price, drawn(rows, noise, strains)

Noise is that of dλ/λ, uncorrelated; the bound is that of Cramer and Rao (`sensors.bounds`), which least squares reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.mechanics.strain import Line
from lingnan.solvers.sensors import bounds
from lingnan.solvers.trees import tree

#: what is not known of a place, in the order of the columns
UNKNOWN = ("x", "y", "shear", "warmth")


@tree
@dataclass(frozen=True)
class Mounted:
    """A gauge, how it lies, and what its bond passes on."""

    line: Line
    angle_deg: Any = 0.0  #: from x towards y
    along: Any = 1.0  #: share of the strain along it that arrives
    across: Any = 1.0  #: share of the strain across it
    poisson: Any = 0.0  #: of the chip, by which it contracts across where it is not held

    def __post_init__(self) -> None:
        for name in ("along", "across"):
            check_between("Mounted", name, getattr(self, name), -1e-12, 1 + 1e-12, "", "It is a share of a strain.")
        check_between("Mounted", "poisson", self.poisson, -1.0, 0.5, "", "")

    def row(self) -> Array:
        """dλ/λ by ε_x, ε_y, γ_xy and ΔT, (4,)."""
        held = jnp.asarray(self.across)
        gained = self.along * (self.line.along - self.line.across * self.poisson * (1 - held))
        return replace(self.line, along=gained, across=self.line.across * held).row(self.angle_deg)


def free(line: Line) -> Mounted:
    """A gauge that no strain reaches: where the chip is not bonded, or hangs."""
    return Mounted(line, 0.0, 0.0, 0.0)


def matrix(gauges: Sequence[Mounted], unknown: Sequence[str] = UNKNOWN) -> Array:
    """Answers of gauges to what is not known, (N, P).

    Args:
        gauges: all that are read.
        unknown: some of `UNKNOWN`; the others are taken as none.
    """
    wrong = [name for name in unknown if name not in UNKNOWN]
    if wrong or not len(unknown):
        raise ValueError(f"matrix: unknown = {tuple(unknown)}: it holds some of {', '.join(UNKNOWN)}.")
    if len(gauges) < len(unknown):
        raise ValueError(
            f"matrix: {len(gauges)} gauges for {len(unknown)} unknowns: give as many gauges, or name fewer unknowns."
        )
    return jnp.stack([one.row() for one in gauges])[:, jnp.asarray([UNKNOWN.index(name) for name in unknown])]


class Told(NamedTuple):
    """The best that can be known."""

    covariance: Array  #: (P, P)
    price: Array  #: σ of each over σ if all others were known: 1 where gauges ask for it alone, (P,)

    @property
    def sigma(self) -> Array:
        """(P,)"""
        return jnp.sqrt(jnp.diagonal(self.covariance))


def told(rows: ArrayLike, noise: ArrayLike) -> Told:
    """By the bound of Cramer and Rao.

    Args:
        rows: answers (N, P), as of `matrix`.
        noise: one σ of each gauge's dλ/λ, one or (N,).

    Raises:
        ValueError: gauges that do not tell the unknowns apart.
    """
    answers = jnp.asarray(rows)
    check_no_less("told", "noise", noise, 1e-30, "", "It is one σ of dλ/λ.")
    if known(answers):
        scaled = np.asarray(answers) / np.maximum(np.abs(np.asarray(answers)).max(axis=0), 1e-300)
        condition = float(np.linalg.cond(scaled)) if np.all(np.isfinite(scaled)) else np.nan
        if not condition < 1e9:
            raise ValueError(
                f"told: gauges do not tell {answers.shape[1]} unknowns apart (condition number {condition:.3g}, limit "
                "1e+09). Turn them, free one of strain, or take light that answers otherwise."
            )
    variance = jnp.broadcast_to(jnp.square(jnp.asarray(noise, float)), answers.shape[:1])
    held = bounds.information(variance, answers, jnp.zeros_like(answers))
    covariance = bounds.cramer_rao(held)
    return Told(covariance, jnp.sqrt(jnp.diagonal(held) * jnp.diagonal(covariance)))


def drawn(
    rows: ArrayLike,
    noise: ArrayLike,
    at: ArrayLike,
    count: int = 4000,
    spread: ArrayLike = 0.0,
    seed: int = 0,
) -> np.ndarray:
    """Errors of drawn readings, each solved by weighted least squares with the answers that were meant, (count, P).

    Args:
        rows: answers as they are meant (N, P).
        noise: one σ of each gauge's dλ/λ, one or (N,).
        at: what is there (P,).
        count: of readings.
        spread: one σ of every answer over itself, independent: what is not calibrated. One or (N, P).
        seed: of the draws.
    """
    answers, there = np.asarray(rows, float), np.asarray(at, float)
    if there.shape != answers.shape[1:]:
        raise ValueError(f"drawn: at has the shape {there.shape} for {answers.shape[1]} unknowns: give one of each.")
    rng = np.random.default_rng(seed)
    off = 1 + np.broadcast_to(spread, answers.shape) * rng.standard_normal((count, *answers.shape))
    sigma = np.broadcast_to(noise, answers.shape[:1])
    seen = (answers * off) @ there + sigma * rng.standard_normal((count, answers.shape[0]))
    weighted = answers / sigma[:, None]
    scale = np.linalg.norm(weighted, axis=0)
    found = np.linalg.lstsq(weighted / scale, (seen / sigma).T, rcond=None)[0].T / scale
    return found - there
