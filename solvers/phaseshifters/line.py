"""Travelling waves along a junction: an RF line whose shunt admittance is that of metal and of the junction.

A junction is R in series with C, per length, beside the line's own G and C. One junction stands between signal and
ground ("single"), or two in series stand between the two strips ("series"): they load the line with half of the
capacitance, each has half of the voltage, and both arms turn, against each other. What moves the light is the voltage
over the depleted region, 1/(1 - iωRC) of that on the line; it is the same all along, so the electro-optic response is
that of `modulators.response` on the loaded line times this pole. Time convention exp(-iωt).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.modulators import MATCHED, Distributed, Modulator, Response, Stretch, response
from lingnan.solvers.modulators.network import Element
from lingnan.solvers.trees import tree

Drive = Literal["single", "series"]


@tree
@dataclass(frozen=True)
class Junction:
    """Of one phase shifter, per length."""

    capacitance: Any  #: [F/m]
    resistance: Any  #: [Ω m]

    def __post_init__(self) -> None:
        check_between("Junction", "capacitance", self.capacitance, 0.0, 1.0, "F/m", "3e-10 is usual.")
        check_no_less("Junction", "resistance", self.resistance, 0.0, "Ω m", "0.01 is usual.")

    def share(self, frequency: ArrayLike) -> Array:
        """Of a voltage over all of it that stands over the depleted region."""
        omega = 2 * jnp.pi * jnp.asarray(frequency, float)
        return 1 / (1 - 1j * omega * self.resistance * self.capacitance)

    def admittance(self, frequency: ArrayLike) -> Array:
        """[S/m]."""
        omega = 2 * jnp.pi * jnp.asarray(frequency, float)
        return -1j * omega * self.capacitance * self.share(frequency)


def loaded(line: Distributed, junction: Junction, *, drive: Drive = "single", coverage: ArrayLike = 1.0) -> Distributed:
    """A line with junctions.

    Args:
        line: of the metal alone, see `modulators.distributed`.
        junction: of one phase shifter.
        drive: "single": one junction between signal and ground; "series": two in series between two strips.
        coverage: share of the length that has junctions; sections are short beside a wave.
    """
    check_between("loaded", "coverage", coverage, 0.0, 1.0 + 1e-9, "", "1 loads all of the line.")
    if drive not in ("single", "series"):
        raise ValueError(f"loaded: drive = {drive!r}: it is 'single' or 'series'.")
    part = jnp.asarray(coverage, float) * (0.5 if drive == "series" else 1.0)
    y = part * junction.admittance(line.frequency)
    return replace(
        line,
        conductance=line.conductance + y.real,
        capacitance=line.capacitance - y.imag / (2 * jnp.pi * line.frequency),
    )


def electro_optic(
    line: Distributed,
    junction: Junction,
    length: ArrayLike,
    n_g: ArrayLike,
    *,
    drive: Drive = "single",
    coverage: ArrayLike = 1.0,
    source: Any = MATCHED,
    termination: Any = MATCHED,
    ends: Sequence[Element] = (),
) -> Response:
    """Electro-optic response of a travelling-wave modulator, at the line's frequencies.

    Args:
        line: of the metal alone.
        junction: of one phase shifter.
        length: of the electrode [µm].
        n_g: group index of the light.
        drive: as of `loaded`.
        coverage: as of `loaded`.
        source: `Load`, `Driver` or complex [Ω].
        termination: `Load`, `OPEN` or complex [Ω].
        ends: what stands between the source and the junctions, and backwards between them and the termination: pads.

    Returns:
        `s21_db` is 0 for slow signals on conductors without resistance; differentiable by every number.
    """
    whole = loaded(line, junction, drive=drive, coverage=coverage).line()
    row = (*ends, Stretch(whole, length, 1.0), *reversed(ends))
    found = response(Modulator(row, n_g, source, termination), line.frequency)
    return found._replace(drive=found.drive * junction.share(line.frequency))
