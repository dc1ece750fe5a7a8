"""LVS: the optical and the electrical netlist from geometry alone, held against a design."""

from lingnan.pdk.lvs.circuit import Circuit, Device, Guide, Link, Master, Pin, Port
from lingnan.pdk.lvs.compare import compare
from lingnan.pdk.lvs.report import LvsReport, Mismatch

__all__ = ["Circuit", "Device", "Guide", "Link", "LvsReport", "Master", "Mismatch", "Pin", "Port", "compare"]
