"""The line: process data, layers, stack, cross-sections, rules, DRC and the KLayout technology.

`SOI220`, `TFLN600` and `TFLN400` are gdsfactory `Pdk` objects with the cells of `lingnan.components` registered;
they are built on first use, so that `lingnan.pdk.process` and `lingnan.pdk.drc` start without gdsfactory.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdsfactory.pdk import Pdk

    from lingnan.pdk.gf import active_process, build_pdk, register

    SOI220: Pdk
    TFLN400: Pdk
    TFLN600: Pdk

_PDKS = {"SOI220": "soi220", "TFLN400": "tfln400", "TFLN600": "tfln600"}
_BRIDGE = ("active_process", "build_pdk", "register")
__all__ = ["SOI220", "TFLN400", "TFLN600", "active_process", "build_pdk", "register"]


def __getattr__(name: str) -> Any:
    if name in _PDKS:
        from lingnan.pdk import gf

        return gf.build_pdk(_PDKS[name])
    if name in _BRIDGE:
        from lingnan.pdk import gf

        return getattr(gf, name)
    raise AttributeError(f"module 'lingnan.pdk' has no attribute {name!r}; it has {', '.join(__all__)}")
