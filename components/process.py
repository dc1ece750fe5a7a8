"""Numbers of the active process that cells fall back on where a parameter is not given."""

from gdsfactory.typings import CrossSectionSpec

from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError


def number(value: float | None, key: str) -> float:
    """The parameter as given, or the number `key` of the process's table `[cells]`."""
    return active_process().number(f"cells.{key}") if value is None else value


def for_guide(cell: str, parameter: str, value: float | None, key: str, cross_section: CrossSectionSpec) -> float:
    """A length that was designed for one guide: as given, or the process's own for this cross-section.

    `key` in `[cells]` belongs to the process's first guide, `key_NAME` to the cross-section NAME.

    Raises:
        LingnanError: the process has no design for this cross-section.
    """
    if value is not None:
        return value
    process = active_process()
    first = next(name for name, data in process.cross_sections.items() if data.kind == "optical")
    path = f"cells.{key}" if cross_section == first else f"cells.{key}_{cross_section}"
    if path not in process.quantities:
        raise LingnanError(
            f"{cell}: process {process.stamp} has no {parameter} for cross_section = {cross_section} ({path}). "
            f"Give {parameter}."
        )
    return process.number(path)
