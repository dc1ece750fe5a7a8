"""Which way light runs in an X-cut film, and why some cells exist twice.

Layout x is crystal y, layout y is crystal z. TE light that runs along crystal y has its field along z and sees n_e;
light that runs along z has its field along y and sees n_o, 0.07 more. Whatever counts wavelengths along a guide (the
body of an MMI, the beat of a coupler, the pitch of a grating) therefore has one length for each direction: a cell
named `_y` is made for light along layout x, one named `_z` for light along layout y, each in the way it is drawn.
Either may be turned by 180 degrees or mirrored; a quarter turn is a fault that rule CROSS.DIR finds. Modulators exist
along y only: there alone their RF field lies along z, where r33 is.
"""

from typing import Literal

import gdsfactory as gf
import klayout.db as kdb

Direction = Literal["y", "z"]


def turned(c: gf.Component, direction: Direction) -> gf.Component:
    """A component that was drawn for light along layout x, turned by 90 degrees clockwise if it is meant for `z`.

    Port names stay with the ports: what is west in a `_y` cell is north in the `_z` cell, and they still go clockwise.
    """
    if direction == "z":
        c.transform(kdb.Trans.R270)
    return c
