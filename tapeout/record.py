"""What is known about a chip and does not belong into a GDS file, as JSON beside it."""

import dataclasses
import importlib.metadata
import json
from typing import Any

import lingnan
from lingnan.tapeout.built import Built
from lingnan.tapeout.circuit.simulate import Silent
from lingnan.tapeout.collisions import Routed

_PACKAGES = ("gdsfactory", "kfactory", "klayout")


def _plain(value: Any) -> dict[str, Any]:
    return dataclasses.asdict(value)


def _route(one: Routed) -> dict[str, Any]:
    return {key: value for key, value in vars(one).items() if key not in ("shapes", "pieces")}


def to_json(built: Built) -> str:
    """Process, versions, instances with settings, ports and info, routes with lengths, fill, densities, verdict."""
    design, assembly, process = built.design, built.assembly, built.design.process
    record = {
        "lingnan": lingnan.__version__,
        "packages": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "process": {
            "name": process.name,
            "version": process.version,
            "hash": process.hash,
            "representative_numbers": len(process.representative),
            "numbers": len(process.quantities),
        },
        "design": {"name": design.name, "revision": design.chip.revision, "description": design.chip.description},
        "files": dict(built.digests),
        "clean": built.clean,
        "drc": {
            "rules": len(built.drc.rules),
            "errors": built.errors,
            "warnings": len(built.drc.violations) - built.errors,
        },
        "lvs": {"mismatches": len(built.lvs.mismatches), "devices": built.lvs.devices, "links": built.lvs.links},
        "die_um": list(design.chip.size),
        "instances": {one.name: _plain(one) for one in assembly.placed.values()},
        "routes": [_route(one) for one in assembly.routed],
        "fill": [_plain(one) for one in assembly.filled],
        "densities": [_plain(one) for one in assembly.densities],
        "notes": list(assembly.notes),
        "networks": [
            {
                "name": one.network.name,
                "couplers": list(one.network.couplers),
                "without_spectra_because": list(one.reasons) if isinstance(one, Silent) else [],
            }
            for one in built.spectra
        ],
    }
    return json.dumps(record, indent=1, sort_keys=True, default=str, ensure_ascii=False) + "\n"
