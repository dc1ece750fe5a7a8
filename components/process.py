"""What cells take from the active process: cross-sections, and numbers for parameters that are not given."""

from functools import lru_cache

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import trace
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean


def number(value: float | None, key: str) -> float:
    """The parameter as given, or the number `key` of the process's table `[cells]`."""
    return _own(f"cells.{key}") if value is None else value


def _own(path: str) -> float:
    quantity = active_process().quantity(path)
    trace.note_number(path, quantity)
    return quantity.value


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
    return _own(path)


def section_of(cross_section: CrossSectionSpec, width: float | None = None) -> gf.CrossSection:
    """A cross-section of the active process, with another core width where one is given [µm].

    Raises:
        LingnanError: the process has none of that name.
    """
    process = active_process()
    if isinstance(cross_section, str):
        if cross_section not in gf.get_active_pdk().cross_sections:
            raise LingnanError(
                f"cross_section = {cross_section!r} is no cross-section of process {process.name}. "
                f"{did_you_mean(cross_section, process.cross_sections)}"
            )
        return _named_section(process.hash, cross_section, width)
    return gf.get_cross_section(cross_section, **({} if width is None else {"width": width}))


@lru_cache(maxsize=4096)
def _named_section(digest: str, name: str, width: float | None) -> gf.CrossSection:
    """Remembered by the hash of the process: cells ask for the same few cross-sections over and over."""
    return gf.get_cross_section(name, **({} if width is None else {"width": width}))
