"""Metals of the line of two arms in series (`seriespair`) at high frequencies: along the arms, and at the pads.

The line is that of signal and grounds of top metal, with the contacts' metal below them; what stands between both arms
has no way for current along the line and takes the potential that charges nothing. At either end it begins with its
pads and goes on, bare, to the implants. What joins the lower ground to its pads is taken for straight, openings of pads
for closed.
"""

from dataclasses import replace

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.soi.lateral import Window, side_metals
from lingnan.components.soi.seriespair import Pair
from lingnan.pdk import active_process
from lingnan.pdk.metals import Strip, line_section
from lingnan.solvers import modulators
from lingnan.solvers.modulators import Distributed, Fineness, Stretch
from lingnan.solvers.modulators.electrostatics import capacitance

MESH = Fineness(order=3, first=0.25, growth=4.0, samples=5)
_INSIDE = 0.05  #: µm by which metal below a strip is drawn in: edges above each other would be one line of the mesh


def along(pair: Pair, frequency: ArrayLike, corner: str = "nominal") -> Distributed:
    """R, L, G and C of the metals beside the arms."""
    process, f = active_process(), _band(frequency)
    metals = replace(line_section(process, strips(pair), corner), fineness=MESH)
    whole = replace(line_section(process, [*strips(pair), between(pair)], corner), fineness=MESH)
    found = modulators.distributed(metals, f)
    # as the current, the signal's charge comes back on the grounds alone: nothing on the walls, or on what floats
    volts = jnp.linalg.inv(capacitance(whole, f))
    one, back = (whole.terminals.index(name) for name in ("signal", "ground"))
    charge = 1 / (volts[:, one, one] - volts[:, one, back] - volts[:, back, one] + volts[:, back, back])
    shunt = -2j * jnp.pi * f * charge
    return replace(found, conductance=shunt.real, capacitance=-shunt.imag / (2 * jnp.pi * f))


def ends(pair: Pair, frequency: ArrayLike, corner: str = "nominal") -> tuple[Stretch, Stretch]:
    """What stands between a source and the arms: the pads, then bare strips. Light runs beside and gathers nothing."""
    process, f = active_process(), _band(frequency)
    pads, bare = (
        modulators.distributed(replace(line_section(process, each, corner), fineness=MESH), f).line()
        for each in (pads_of(pair), bare_of(pair))
    )
    return Stretch(pads, pair.pad), Stretch(bare, pair.clear)


def _band(frequency: ArrayLike) -> Array:
    return jnp.atleast_1d(jnp.asarray(frequency, float))


def strips(pair: Pair) -> list[Strip]:
    """Metals of signal and grounds, from the middle of the signal, which lies below the arms."""
    over, half = pair.upper[0].metal(), pair.signal / 2
    wide = over.high - over.low
    upper = half + pair.gap
    lower, signal, above = bare_of(pair)
    return [
        lower,
        signal,
        Strip("signal", "metal1", half - wide, half - _INSIDE),
        above,
        Strip("ground", "metal1", upper + _INSIDE, upper + wide),
    ]


def bare_of(pair: Pair) -> list[Strip]:
    """Lower ground, signal and upper ground, where nothing stands below or between them."""
    half = pair.signal / 2
    near, far = half + pair.gap, half + pair.gap + pair.ground
    return [
        Strip("ground", "metal2", -far, -near),
        Strip("signal", "metal2", -half, half),
        Strip("ground", "metal2", near, far),
    ]


def pads_of(pair: Pair) -> list[Strip]:
    """The same at the pads, where signal and upper ground are as wide as pads and strips together."""
    _, signal, above = bare_of(pair)
    middle = pair.inner + pair.signal / 2 - pair.pitch / 2  # of the signal's pad
    found = []
    for at, strip in ((middle - pair.pitch, None), (middle, signal), (middle + pair.pitch, above)):
        low, high = at - pair.pad / 2, at + pair.pad / 2
        if strip is not None:
            low, high = min(low, strip.left), max(high, strip.right)
        found.append(Strip("ground" if strip is None else strip.conductor, "metal2", low, high))
    return found


def between(pair: Pair) -> Strip:
    """Metal of the n sides, in the middle of the gap with both arms."""
    half = (pair.upper[1].far - pair.upper[1].near) / 2
    over = side_metals(Window("VIAC", -half, half))
    middle = (pair.signal + pair.gap) / 2
    return Strip("between", "metal1", middle + over.low, middle + over.high)
