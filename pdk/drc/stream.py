"""Digests of geometry, by way of a GDS stream in memory."""

import hashlib

import klayout.db as kdb

DRAWN = kdb.Shapes.SBoxes | kdb.Shapes.SPaths | kdb.Shapes.SPolygons  #: what has an area: no texts, no lone edges


class Stream:
    """Digests of shapes, written as a stream: five times faster than as text.

    Args:
        dbu: database unit of the shapes [µm].
    """

    def __init__(self, dbu: float) -> None:
        self._layout = kdb.Layout()
        self._layout.dbu = dbu
        self._shapes = self._layout.create_cell("C").shapes(self._layout.layer(1, 0))
        self._options = kdb.SaveLayoutOptions()
        self._options.format = "GDS2"
        self._options.gds2_write_timestamps = False
        self._options.gds2_multi_xy_records = True

    def of_shapes(self, shapes: kdb.Shapes) -> bytes:
        """Digest of all that is drawn there."""
        self._shapes.clear()
        self._shapes.insert(shapes, DRAWN)
        return self._digest()

    def of_polygon(self, polygon: kdb.Polygon) -> bytes:
        """Digest of one polygon, wherever it stands."""
        corner = polygon.bbox().p1
        self._shapes.clear()
        self._shapes.insert(polygon.moved(-corner.x, -corner.y))
        return self._digest()

    def _digest(self) -> bytes:
        return hashlib.blake2b(self._layout.write_bytes(self._options), digest_size=16).digest()
