"""The line as data: every number with value, unit, spread, source and status.

`load_process("soi220")` or `load_process("my_line.toml")` gives a frozen `Process`; nothing here imports gdsfactory.
"""

from lingnan.pdk.process.expression import evaluate, layers_of
from lingnan.pdk.process.load import find_process_file, load_process, shipped_processes
from lingnan.pdk.process.quantity import Quantity, read_quantity
from lingnan.pdk.process.types import (
    Corner,
    CrossSectionData,
    Implant,
    Layer,
    Level,
    Metal,
    Process,
    Rule,
    Section,
    Specification,
    Statistic,
)

__all__ = [
    "Corner",
    "CrossSectionData",
    "Implant",
    "Layer",
    "Level",
    "Metal",
    "Process",
    "Quantity",
    "Rule",
    "Section",
    "Specification",
    "Statistic",
    "evaluate",
    "find_process_file",
    "layers_of",
    "load_process",
    "read_quantity",
    "shipped_processes",
]
