"""Four probe pads in a row under a small test structure, and ground-signal-ground standards. Lengths in µm.

The four taps lie around the structure in the order in which their wires can reach the pads on one metal::

          C                 D
          |  [ structure ]  |
          A                 B

        [1]    [2]    [3]    [4]      pads 1 C, 2 A, 3 B, 4 D
"""

import itertools
from collections.abc import Sequence

import gdsfactory as gf

from lingnan.components.common import draw, electrodes
from lingnan.components.process import number
from lingnan.pdk import active_process

Point = tuple[float, float]
TAPS: dict[str, Point] = {"A": (-45.0, -20.0), "B": (45.0, -20.0), "C": (-45.0, 40.0), "D": (45.0, 40.0)}
_PADS = ("C", "A", "B", "D")  #: from west to east
_ROOM = 60.0  #: from the structure's middle down to the pads


def wire(c: gf.Component, points: Sequence[Point], width: float, layer: str) -> None:
    """A wire along points that follow each other in x or in y, with square corners and ends."""
    half = width / 2
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        left, right, low, high = min(x1, x2) - half, max(x1, x2) + half, min(y1, y2) - half, max(y1, y2) + half
        draw.box(c, left, low, right, high, layer)


def four_pads(c: gf.Component, cell: str, lower: str = "M1", upper: str = "M2") -> None:
    """Taps around the origin, pads below them, wires between, ports e1 to e4 on the pads from west to east.

    Args:
        c: component that holds the structure.
        cell: its name, for messages.
        lower: metal that the structure uses.
        upper: metal of pads and wires.
    """
    process = active_process()
    size, pitch = process.number("packaging.dc_pad_size"), process.number("packaging.dc_pad_pitch")
    middle, stack = -_ROOM - size / 2, draw.even(number(None, "via_stack_size"))
    for index, name in enumerate(_PADS):
        x, (tap_x, tap_y) = (index - 1.5) * pitch, TAPS[name]
        electrodes.add_stack(c, cell, tap_x, tap_y, (stack, stack), (lower, upper), "tap")
        electrodes.add_pad(c, cell, x, middle, (size, size), upper)
        wire(c, [(x, middle), (x, tap_y), (tap_x, tap_y)], stack, upper)
        draw.port(c, f"e{index + 1}", x, middle - size / 2, 270, stack, upper, "electrical")


def ground_signal_ground(c: gf.Component, cell: str, x: float, layer: str) -> tuple[float, float]:
    """Three pads in a column around (x, 0), and their size and pitch."""
    process = active_process()
    size, pitch = process.number("packaging.rf_pad_size"), process.number("packaging.rf_pad_pitch")
    for index in (-1, 0, 1):
        electrodes.add_pad(c, cell, x, index * pitch, (size, size), layer)
    return size, pitch
