"""What the KLayout application needs to know of a process, generated from its data and never edited by hand."""

from lingnan.pdk.klayout.package import export, install_folder, klayout_home, package_files, technology_files

__all__ = ["export", "install_folder", "klayout_home", "package_files", "technology_files"]
