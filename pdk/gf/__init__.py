"""The line as gdsfactory sees it: layers, stack, views, cross-sections and `Pdk` objects, all from the process."""

from lingnan.pdk.gf.build import active_process, build_pdk, register

__all__ = ["active_process", "build_pdk", "register"]
