"""The four floors stand at the top and are imported as `lingnan.*`; everything else is in pyproject.toml."""

from setuptools import find_packages, setup

FLOORS = ("pdk", "components", "solvers", "tapeout")
found = find_packages(include=[pattern for floor in FLOORS for pattern in (floor, f"{floor}.*")])
setup(
    packages=["lingnan", *(f"lingnan.{name}" for name in found)],
    package_dir={f"lingnan.{floor}": floor for floor in FLOORS},
)
