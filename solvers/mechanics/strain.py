"""Strain sensors: what a fibre's grating says, rosettes, what glue passes on, torque and force, arrays of lines.

A fibre's grating shifts by dλ/λ = (1 - p_e) ε + (α + ξ) ΔT with p_e = n²/2 (p12 - ν(p11 + p12)) of the glass
(C. D. Butter, G. B. Hocker, Appl. Opt. 17, 2867 (1978); A. D. Kersey et al., J. Lightwave Technol. 15, 1442 (1997)):
1.209 pm/µε at 1.55 µm for p_e = .22. For guides on a chip `photoelastic.Gauge` has the numbers. Glue in shear passes
strain on over a length from the ends: H. L. Cox, Br. J. Appl. Phys. 3, 72 (1952); F. Ansari, L. Yuan, J. Eng. Mech.
124, 385 (1998), for coated fibres.

Strains are numbers (1e-6 is a µε), wavelengths in µm, shifts in pm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.trees import tree

#: condition number of a rosette beyond which its directions are said not to differ
WORST_ROSETTE = 1e4


def photoelastic_constant(n: ArrayLike, p11: ArrayLike, p12: ArrayLike, poisson: ArrayLike) -> Array:
    """p_e = n²/2 (p12 - ν(p11 + p12)) of a glass fibre pulled along, light across the pull."""
    check_between("photoelastic_constant", "n", n, 1.0 - 1e-9, 5.0, "", "")
    check_between("photoelastic_constant", "poisson", poisson, -1.0, 0.5, "", "")
    n2 = jnp.square(jnp.asarray(n))
    return n2 / 2 * (jnp.asarray(p12) - poisson * (jnp.asarray(p11) + p12))


@tree
@dataclass(frozen=True)
class Line:
    """A Bragg grating or ring as a strain gauge: dλ/λ = along ε_l + across ε_t + thermal ΔT."""

    wavelength: Any  #: [µm]
    along: Any = 0.78  #: 1 - p_e; of a chip's guide that of `photoelastic.Gauge`
    across: Any = 0.0  #: by strain in the plane across it
    thermal: Any = 0.0  #: without strain, dλ/λ [1/K]

    def __post_init__(self) -> None:
        check_between("Line", "wavelength", self.wavelength, 0.0, np.inf, "µm", "")

    def shift(self, along: ArrayLike = 0.0, across: ArrayLike = 0.0, warmth: ArrayLike = 0.0) -> Array:
        """[pm], by strains and by a change of temperature [K]."""
        share = self.along * jnp.asarray(along) + self.across * jnp.asarray(across) + self.thermal * jnp.asarray(warmth)
        return 1e6 * self.wavelength * share

    def row(self, angle_deg: ArrayLike) -> Array:
        """dλ/λ by ε_x, ε_y, γ_xy and ΔT of a line that lies at an angle from x towards y, (4,)."""
        angle = jnp.deg2rad(jnp.asarray(angle_deg, float))
        c, s = jnp.cos(angle), jnp.sin(angle)
        own, other = jnp.stack([c**2, s**2, s * c]), jnp.stack([s**2, c**2, -s * c])  # strain along it, across it
        strains = jnp.asarray(self.along) * own + jnp.asarray(self.across) * other
        return jnp.append(strains, jnp.asarray(self.thermal, float))

    @property
    def pm_per_microstrain(self) -> Array:
        """[pm/µε], along."""
        return jnp.asarray(self.wavelength) * self.along


class Plane(NamedTuple):
    """Strain in a plane, and temperature."""

    x: Array
    y: Array
    shear: Array  #: γ_xy, twice the tensor's
    warmth: Array  #: [K]

    @property
    def principal(self) -> tuple[Array, Array]:
        """Largest and smallest."""
        mean, radius = (self.x + self.y) / 2, jnp.hypot((self.x - self.y) / 2, self.shear / 2)
        return mean + radius, mean - radius

    @property
    def angle_deg(self) -> Array:
        """Of the largest, from x towards y [°]."""
        return jnp.rad2deg(jnp.arctan2(self.shear, self.x - self.y) / 2)


def rosette_matrix(lines: Sequence[Line], angles_deg: Sequence[float], free: Line) -> Array:
    """dλ/λ of each line by ε_x, ε_y, γ_xy, ΔT; the last row is a line that no strain reaches, (4, 4)."""
    rows = [line.row(angle) for line, angle in zip(lines, angles_deg, strict=True)]
    return jnp.stack([*rows, replace(free, along=0.0, across=0.0).row(0.0)])


def rosette(
    shifts_pm: ArrayLike,
    lines: Sequence[Line],
    free_pm: ArrayLike,
    free: Line,
    angles_deg: Sequence[float] = (0, 45, 90),
) -> Plane:
    """Strain and temperature from three lines that are bonded and one that is not.

    Args:
        shifts_pm: of the three (3,) [pm].
        lines: the three.
        free_pm: of the free line [pm].
        free: which has the same temperature.
        angles_deg: of the lines, from x towards y: (0, 45, 90), or a delta, (0, 60, 120).

    Raises:
        ValueError: not three, or directions or sensitivities that do not tell strains apart.
    """
    if not len(lines) == len(angles_deg) == np.size(shifts_pm) == 3:
        raise ValueError(
            f"rosette: {len(lines)} lines, {len(angles_deg)} angles, {np.size(shifts_pm)} shifts: it has three of each."
        )
    check_between(
        "rosette", "thermal answer of the free line", jnp.abs(jnp.asarray(free.thermal)), 0.0, np.inf, "1/K", ""
    )
    matrix = rosette_matrix(lines, angles_deg, free)
    if known(matrix):
        scaled = np.asarray(matrix[:3, :3])
        condition = float(np.linalg.cond(scaled)) if np.all(np.isfinite(scaled)) else np.nan
        if not condition < WORST_ROSETTE:
            turned = ", ".join(f"{angle:g}°" for angle in angles_deg)
            raise ValueError(
                f"rosette: lines at {turned} do not tell three strains apart (condition "
                f"number {condition:.3g}, limit {WORST_ROSETTE:g}). Turn them apart, 45° or 60° from each other."
            )
    waves = jnp.stack([jnp.asarray(line.wavelength, float) for line in (*lines, free)])
    seen = jnp.append(jnp.asarray(shifts_pm, float), jnp.asarray(free_pm, float)) / (1e6 * waves)
    return Plane(*jnp.linalg.solve(matrix, seen))


def lag_of_fibre(young: ArrayLike, radius: ArrayLike, shear: ArrayLike, outer: ArrayLike) -> Array:
    """k of a fibre in a coating whose outside is strained [1/µm]: k² = 2 G/(E r² ln(R/r)).

    Args:
        young: of the fibre [Pa].
        radius: of the glass [µm].
        shear: modulus of the coating [Pa].
        outer: radius of the coating [µm].
    """
    _check_positive("lag_of_fibre", young=(young, "Pa"), radius=(radius, "µm"), shear=(shear, "Pa"))
    ratio = jnp.asarray(outer) / radius
    check_between("lag_of_fibre", "outer over inner radius", ratio, 1.0, np.inf, "", "")
    return jnp.sqrt(2 * jnp.asarray(shear) / (jnp.asarray(young) * jnp.log(ratio))) / radius


def lag_of_chip(young: ArrayLike, thickness: ArrayLike, shear: ArrayLike, bond: ArrayLike) -> Array:
    """k of a chip glued on what is strained [1/µm]: k² = G/(E t_chip t_glue), the chip thin beside its length.

    Args:
        young: of the chip [Pa].
        thickness: of the chip [µm].
        shear: modulus of the glue [Pa].
        bond: thickness of the glue [µm].
    """
    _check_positive(
        "lag_of_chip", young=(young, "Pa"), thickness=(thickness, "µm"), shear=(shear, "Pa"), bond=(bond, "µm")
    )  # fmt: skip
    return jnp.sqrt(jnp.asarray(shear) / (jnp.asarray(young) * thickness * bond))


def passed(lag: ArrayLike, length: ArrayLike, place: ArrayLike = 0.0) -> Array:
    """Share of the strain that arrives at a place of a bond: 1 - cosh(k x)/cosh(k L/2).

    Args:
        lag: k [1/µm].
        length: of the bond [µm].
        place: from its middle [µm].
    """
    _check_positive("passed", lag=(lag, "1/µm"), length=(length, "µm"))
    half, at = jnp.asarray(length) / 2, jnp.abs(jnp.asarray(place, float))
    check_between("passed", "place over half of the length", at / half, -1.0, 1 + 1e-9, "", "It is not bonded there.")
    k = jnp.asarray(lag)
    # cosh(kx)/cosh(kL/2) without overflow
    return 1 - jnp.exp(k * (at - half)) * (1 + jnp.exp(-2 * k * at)) / (1 + jnp.exp(-2 * k * half))


def passed_mean(lag: ArrayLike, length: ArrayLike, over: ArrayLike | None = None) -> Array:
    """Mean of `passed` over a sensor in the middle, `over` long [µm]; None: as long as the bond."""
    _check_positive("passed_mean", lag=(lag, "1/µm"), length=(length, "µm"))
    sensor = jnp.asarray(length if over is None else over, float)
    check_between(
        "passed_mean", "over by length", sensor / length, 0.0, 1 + 1e-9, "", "The sensor is longer than its bond."
    )
    k, half, half_sensor = jnp.asarray(lag), jnp.asarray(length) / 2, sensor / 2
    ratio = jnp.exp(k * (half_sensor - half)) * -jnp.expm1(-2 * k * half_sensor) / (1 + jnp.exp(-2 * k * half))
    return 1 - ratio / (k * half_sensor)


def of_torque(
    torque: ArrayLike, diameter: ArrayLike, young: ArrayLike, poisson: ArrayLike, bore: ArrayLike = 0.0
) -> Array:
    """Strain on a shaft at 45° to its axis; at -45° it is the opposite: 16 T(1+ν)/(π E d³ (1 - (b/d)⁴)).

    Half of the difference of two lines at ±45° is torque alone, half of their sum temperature and pull.

    Args:
        torque: [N m].
        diameter: [mm].
        young: [Pa].
        poisson: ratio.
        bore: inner diameter [mm].
    """
    _check_positive("of_torque", diameter=(diameter, "mm"), young=(young, "Pa"))
    check_between("of_torque", "poisson", poisson, -1.0, 0.5, "", "Solids that are alike in all directions.")
    hollow = jnp.asarray(bore) / diameter
    check_between("of_torque", "bore over diameter", hollow, -1e-12, 1.0, "", "")
    size = jnp.asarray(diameter) * 1e-3
    return 16 * jnp.asarray(torque) * (1 + jnp.asarray(poisson)) / (jnp.pi * young * size**3 * (1 - hollow**4))


def of_force(
    force: ArrayLike,
    length: ArrayLike,
    width: ArrayLike,
    thickness: ArrayLike,
    young: ArrayLike,
    place: ArrayLike = 0.0,
) -> Array:
    """Strain on top of a cantilever that a force bends at its end: 6 F (L - x)/(E w t²).

    Args:
        force: upwards makes the top shorter; this is the size of it, positive where it bends down [N].
        length: to the force [mm].
        width: [mm].
        thickness: [mm].
        young: [Pa].
        place: x from the clamp [mm].
    """
    _check_positive(
        "of_force", length=(length, "mm"), width=(width, "mm"), thickness=(thickness, "mm"), young=(young, "Pa")
    )  # fmt: skip
    check_between("of_force", "place over length", jnp.asarray(place) / length, -1e-12, 1.0 + 1e-9, "", "")
    arm = (jnp.asarray(length) - place) * 1e-3
    return 6 * jnp.asarray(force) * arm / (jnp.asarray(young) * width * jnp.square(jnp.asarray(thickness)) * 1e-9)


def gaps_pm(lines: Sequence[Line], strain: ArrayLike, warmth: ArrayLike, width_pm: ArrayLike) -> Array:
    """What is left between neighbours of an array in wavelength when each goes its own way as far as it may [pm].

    Args:
        lines: of one array, by rising wavelength.
        strain: the largest along each line, of either sign; across it none, or one of the other sign, as in a bar
            that is pulled. Where both have one sign, give (|along| + |across|)/|along| times as much.
        warmth: the largest change of temperature, of either sign [K].
        width_pm: that a line needs for itself, from side to side [pm].

    Raises:
        ValueError: fewer than two lines, or two overlap: which, by how much, and how far apart they must be.
    """
    if len(lines) < 2:
        raise ValueError(f"gaps_pm: {len(lines)} lines: an array has two or more.")
    for name, number, unit in (("strain", strain, ""), ("warmth", warmth, "K"), ("width_pm", width_pm, "pm")):
        check_no_less("gaps_pm", name, number, 0.0, unit, "")
    waves = jnp.stack([1e6 * jnp.asarray(line.wavelength, float) for line in lines])
    far = jnp.stack([
        1e6 * line.wavelength * (jnp.abs(line.along) * strain + jnp.abs(line.thermal) * warmth) for line in lines
    ])  # fmt: skip
    found = waves[1:] - waves[:-1] - far[1:] - far[:-1] - width_pm
    if known(found) and np.any(np.asarray(found) < 0):
        k = int(np.argmin(np.asarray(found)))
        apart, short = float(waves[k + 1] - waves[k]), -float(found[k])
        raise ValueError(
            f"gaps_pm: lines {k} and {k + 1} lie {apart:.4g} pm apart and may overlap by {short:.4g} pm: they need "
            f"{apart + short:.4g} pm. Take fewer lines, a wider source, or a smaller range."
        )
    return found


def _check_positive(where: str, **numbers: tuple[Any, str]) -> None:
    for name, (number, unit) in numbers.items():
        check_between(where, name, number, 0.0, np.inf, unit, "")
