"""The usual cross-sections. Lengths in µm, wall angles in degrees from the horizontal (90: upright)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.tracing import insist, is_traced
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section
from lingnan.solvers.waveguides.given import check_real
from lingnan.solvers.waveguides.topology import Window

Height = Literal["bottom", "middle", "top"]
#: As long as the longest wave that `solve` takes: a thickness beyond was meant in nm. [µm]
THICKEST = 100.0
_THICK = f"thickness = {{value}} µm: no film that guides is above {THICKEST:g} µm. Was it given in nm?"


def strip(
    width: ArrayLike,
    thickness: ArrayLike,
    core: Any,
    cladding: Any,
    *,
    substrate: Any = None,
    sidewall_angle_deg: ArrayLike = 90.0,
    width_at: Height = "middle",
    window: Window | None = None,
) -> Geometry:
    """A core that is etched through, centred on x = 0 and standing on y = 0.

    Args:
        width: of the core at `width_at` [µm].
        thickness: of the core [µm].
        core: medium, see `media.medium`: an index, three principal indices, a (3, 3) permittivity, or a material.
        cladding: medium above and beside.
        substrate: medium below y = 0; None: the cladding.
        sidewall_angle_deg: 90 upright, below 90 wider at the bottom.
        width_at: the height at which `width` is measured.
        window: left, right, bottom, top of the simulated region [µm]; None: chosen by `solve`.
    """
    _positive("strip", width=width, thickness=thickness)
    _angle("strip", sidewall_angle_deg)

    def shapes(width: Any, thickness: Any, lean: Any) -> list[Trapezoid]:
        return [_ridge(core, 0.0, 0.0, thickness, width, lean, width_at, "core")]

    return _build("strip", shapes, (width, thickness, _lean(sidewall_angle_deg)), cladding, substrate, window, "core")


def rib(
    width: ArrayLike,
    thickness: ArrayLike,
    slab: ArrayLike,
    core: Any,
    cladding: Any,
    *,
    substrate: Any = None,
    sidewall_angle_deg: ArrayLike = 90.0,
    width_at: Height = "middle",
    window: Window | None = None,
) -> Geometry:
    """A ridge on a slab of the same medium, which stands on y = 0.

    Args:
        width: of the ridge at `width_at` of its own height [µm].
        thickness: of the film, slab and ridge together [µm].
        slab: what the etch leaves [µm].
        core: medium of the film.
        cladding: medium above.
        substrate: medium below; None: the cladding.
        sidewall_angle_deg: of the ridge; 90 upright.
        width_at: the height of the ridge at which `width` is measured.
        window: as in `strip`.
    """
    _positive("rib", width=width, thickness=thickness, slab=slab)
    _angle("rib", sidewall_angle_deg)
    said = (
        "rib: slab = {slab} µm is not below the film's thickness of {thickness} µm. "
        "Give the thickness that the etch leaves, not its depth."
    )
    if is_traced(slab, thickness):
        insist(jnp.asarray(slab) < thickness, said, slab=slab, thickness=thickness)
    elif float(slab) >= float(thickness):  # type: ignore[arg-type]
        raise ValueError(said.format(slab=slab, thickness=thickness))

    def shapes(width: Any, thickness: Any, slab: Any, lean: Any) -> list[Trapezoid]:
        return [
            Trapezoid(core, 0.0, slab, name="slab"),
            _ridge(core, 0.0, slab, thickness, width, lean, width_at, "core"),
        ]

    numbers = (width, thickness, slab, _lean(sidewall_angle_deg))
    return _build("rib", shapes, numbers, cladding, substrate, window, "core")


def slot(
    width: ArrayLike,
    gap: ArrayLike,
    thickness: ArrayLike,
    core: Any,
    cladding: Any,
    *,
    filling: Any = None,
    substrate: Any = None,
    sidewall_angle_deg: ArrayLike = 90.0,
    width_at: Height = "middle",
    window: Window | None = None,
) -> Geometry:
    """Two equal cores side by side with a slot between them.

    Args:
        width: of each core [µm].
        gap: between them, both at `width_at` [µm].
        thickness: of the cores [µm].
        core: medium of the cores.
        cladding: medium above and beside.
        filling: medium in the slot; None: the cladding.
        substrate: medium below; None: the cladding.
        sidewall_angle_deg: of all four walls; 90 upright.
        width_at: the height at which `width` and `gap` are measured.
        window: as in `strip`.
    """
    return _pair(
        "slot", width, width, gap, thickness, core, cladding, filling, substrate, sidewall_angle_deg, width_at, window
    )


def coupler(
    width: ArrayLike,
    gap: ArrayLike,
    thickness: ArrayLike,
    core: Any,
    cladding: Any,
    *,
    width_right: ArrayLike | None = None,
    substrate: Any = None,
    sidewall_angle_deg: ArrayLike = 90.0,
    width_at: Height = "middle",
    window: Window | None = None,
) -> Geometry:
    """Two strips side by side, the gap centred on x = 0.

    Args:
        width: of the left strip, and of the right one unless `width_right` is given [µm].
        gap: between them [µm]; widths and gap at `width_at`.
        thickness: of the film [µm].
        core: medium of the strips.
        cladding: medium above and beside.
        width_right: of the right strip [µm].
        substrate: medium below; None: the cladding.
        sidewall_angle_deg: of all four walls; 90 upright.
        width_at: the height at which widths and gap are measured.
        window: as in `strip`.
    """
    right = width if width_right is None else width_right
    return _pair(
        "coupler", width, right, gap, thickness, core, cladding, None, substrate, sidewall_angle_deg, width_at, window
    )


def _pair(
    what: str, left: Any, right: Any, gap: Any, thickness: Any, core: Any, cladding: Any, filling: Any, substrate: Any,
    angle: Any, width_at: Height, window: Window | None,
) -> Geometry:  # fmt: skip
    _positive(what, width=left, width_right=right, gap=gap, thickness=thickness)
    _angle(what, angle)

    def shapes(left: Any, right: Any, gap: Any, thickness: Any, lean: Any) -> list[Trapezoid]:
        cores = [
            _ridge(core, -(gap + left) / 2, 0.0, thickness, left, lean, width_at, "left"),
            _ridge(core, (gap + right) / 2, 0.0, thickness, right, lean, width_at, "right"),
        ]
        if filling is None:
            return cores
        a, b = cores
        middle = Trapezoid(filling, 0.0, thickness, a.right, b.left, a.right_top, b.left_top, "slot")
        return [*cores, middle]

    return _build(what, shapes, (left, right, gap, thickness, _lean(angle)), cladding, substrate, window, "left")


#: of the height below the place where a width is measured
_SHARES = {"bottom": 0.0, "middle": 0.5, "top": 1.0}


def _ridge(core: Any, x: Any, bottom: Any, top: Any, width: Any, lean: Any, width_at: Height, name: str) -> Trapezoid:
    """A trapezoid about x whose walls lean inwards by `lean` µm for each µm of height."""
    if width_at not in _SHARES:
        raise ValueError(f"width_at = {width_at!r}: {did_you_mean(str(width_at), tuple(_SHARES))}")
    if is_traced(top):
        top = jnp.where(top <= THICKEST, top, jnp.nan)
    height = top - bottom
    wider = _SHARES[width_at] * height * lean
    low, high = width / 2 + wider, width / 2 + wider - height * lean
    return Trapezoid(core, bottom, top, x - low, x + low, x - high, x + high, name)


# Numbers that give each kind of cross-section its topology, whatever is traced later.
_TYPICAL = {
    "strip": (1.0, 0.5, 0.1),
    "rib": (1.0, 0.5, 0.2, 0.1),
    "slot": (1.0, 1.0, 0.5, 0.5, 0.1),
    "coupler": (1.0, 1.0, 0.5, 0.5, 0.1),
}


def _build(
    what: str, shapes: Callable[..., Sequence[Trapezoid]], numbers: tuple[Any, ...], cladding: Any, substrate: Any,
    window: Window | None, core: str,
) -> Geometry:  # fmt: skip
    def whole(*numbers: Any) -> list[Trapezoid]:
        below = [] if substrate is None else [Trapezoid(substrate, top=0.0, name="substrate")]
        return [*below, *shapes(*numbers)]

    far = (-1e3, 1e3, -1e3, 1e3)
    topology = None
    if is_traced(numbers, window):
        typical = cross_section(whole(*_TYPICAL[what]), background=1.0, window=far)
        topology = typical.topology
    geometry = cross_section(whole(*numbers), background=cladding, window=window or far, topology=topology)
    names = tuple("cladding" if n == "background" else n for n in geometry.names)
    return replace(geometry, names=names, open=window is None)


def _lean(angle_deg: Any) -> Any:
    """cot of the wall angle, exactly 0 at 90°; of a traced one that is none NaN."""
    if not is_traced(angle_deg):
        return float(np.tan(np.deg2rad(90.0 - float(angle_deg))))
    angle = jnp.asarray(angle_deg, float)
    return jnp.tan(jnp.deg2rad(90.0 - jnp.where((angle >= 20) & (angle <= 160), angle, jnp.nan)))


def _positive(what: str, **lengths: Any) -> None:
    for name, value in lengths.items():
        if is_traced(value):
            array: Any = value
            said = f"{what}: {name} = {{value}} µm: it must be positive and finite. Give it in µm."
            insist((array > 0) & (array < math.inf), said, value=array)
            if name == "thickness":
                insist(array <= THICKEST, f"{what}: {_THICK}", value=array)
            continue
        check_real(what, name, value, "µm", 0.45)
        if not (math.isfinite(float(value)) and float(value) > 0):
            raise ValueError(f"{what}: {name} = {value} µm: it must be positive and finite. Give it in µm.")
        if name == "thickness" and float(value) > THICKEST:
            raise ValueError(f"{what}: {_THICK.format(value=value)}")


def _angle(what: str, angle_deg: Any) -> None:
    said = (
        f"{what}: sidewall_angle_deg = {{value}} is outside 20 to 160: it is measured from the horizontal, 90 for an "
        "upright wall, in degrees."
    )
    check_real(what, "sidewall_angle_deg", angle_deg, "degrees", 85)
    if is_traced(angle_deg):
        insist((angle_deg >= 20) & (angle_deg <= 160), said, value=angle_deg)
    elif not 20 <= float(angle_deg) <= 160:
        raise ValueError(said.format(value=angle_deg))
