"""`check`: every rule of a process on a layout, and what was seen of it."""

import gc
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.cache import Cache
from lingnan.pdk.drc.counts import Counts
from lingnan.pdk.drc.found import Found
from lingnan.pdk.drc.jobs import Work, run
from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.place import path_of
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.violation import LayerCount, Report, Violation
from lingnan.pdk.process import Process, Rule, layers_of

Say = Callable[[str], None]

SMALL = 2_000  #: flat shapes up to which parts do not pay
LARGE = 50_000  #: flat shapes from which more than one process pays

_UNITS = {"area": "um^2", "exclusion": "um^2", "polygon": "um^2", "density": "1", "angle": "deg", "orientation": "deg"}


def notes_of(process: Process, counts: tuple[LayerCount, ...], scene: Scene) -> list[str]:
    """What a reader of a clean report has to know."""
    notes: list[str] = []
    unmapped = [count for count in counts if not count.name]
    for count in unmapped:
        notes.append(
            f"layer {count.gds[0]}/{count.gds[1]}: {count.shapes} shapes are on no layer of {process.name}, not checked"
        )
    masks = {name for name, layer in process.layers.items() if layer.purpose == "mask"}
    seen = sum(count.shapes for count in counts if count.name in masks)
    if not seen:
        notes.insert(
            0,
            f"nothing was checked: no shape of {scene.top.name} is on a mask layer of {process.name}; see --layer-map",
        )
    if seen and "FLOORPLAN" in process.layers and not scene.has("FLOORPLAN"):
        kinds = {"extent": "extent", "density": "density", "open_end": "open ends at the outline"}
        idle = [
            f"{rule.id} ({kinds[rule.kind]})"
            for rule in process.rules.values()
            if rule.kind in kinds and not (rule.kind == "density" and applies(scene, rule))
        ]
        if idle:
            notes.append(f"no FLOORPLAN, so this is not a whole chip: not judged: {', '.join(idle)}")
    return notes


def applies(scene: Scene, rule: Rule) -> bool:
    """Density is a matter of whole chips, or of layouts that hold a whole window."""
    if rule.kind != "density" or scene.has("FLOORPLAN"):
        return True
    window = float(rule.options["window"]) / scene.dbu
    box = scene.top.bbox()
    return box.width() >= window and box.height() >= window


def limit_of(rule: Rule, fault: Found) -> float | None:
    """The limit that a fault broke, in the unit of its value."""
    match rule.kind:
        case "density":
            return float(rule.options[fault.note])
        case "angle":
            return 0.0 if fault.note else float(rule.options.get("interior_min_deg", 0.0))
        case "orientation":
            return float(rule.options.get("tolerance_deg", 0.0))
        case "exclusion" | "extent" | "device_overlap":
            return 0.0
        case "open_end" | "polygon" | "allowed_layers":
            return None
        case _:
            return rule.limit.value if rule.limit else None


def message_of(rule: Rule, value: float | None, limit: float | None, unit: str, note: str) -> str:
    """One sentence: what the rule says, what was found, the limit."""
    shown = {"um": " µm", "um^2": " µm²", "deg": "°", "1": ""}[unit]
    parts = [rule.description]
    if value is not None:
        parts.append(f"found {value:g}{shown}")
    if limit is not None:
        parts.append(f"{note if rule.kind == 'density' else 'limit'} {limit:g}{shown}")
    text = ", ".join(parts)
    return f"{text} ({note})" if note and rule.kind != "density" else text


def in_um(box: kdb.Box, dbu: float) -> tuple[float, float, float, float]:
    """A box in µm."""
    return round(box.left * dbu, 6), round(box.bottom * dbu, 6), round(box.right * dbu, 6), round(box.top * dbu, 6)


def violations_of(scene: Scene, rule: Rule, found: list[Found]) -> list[Violation]:
    """Faults with names, places and sentences."""
    names = layers_of(rule.layer) if rule.layer else ()
    names += layers_of(rule.other) if rule.other else ()
    indexes = [index for name in names if (index := scene.index(name)) is not None]
    if not indexes:
        indexes = [
            index
            for name, layer in scene.process.layers.items()
            if layer.purpose == "mask" and (index := scene.index(name)) is not None
        ]
    unit = _UNITS.get(rule.kind, "um")
    if rule.kind == "device_overlap":
        unit = "um^2"
    if not found:
        return []
    dbu = scene.dbu
    count = [sum(map(len, fault.outlines)) for fault in found]
    points = np.concatenate([one for fault in found for one in fault.outlines])
    begin = np.cumsum([0, *count[:-1]])
    boxes = np.hstack([np.minimum.reduceat(points, begin), np.maximum.reduceat(points, begin)]).tolist()
    placed = map(tuple, np.round(points * dbu, 6).tolist())
    made: list[Violation] = []
    for fault, box in zip(found, boxes, strict=True):
        limit = limit_of(rule, fault)
        made.append(
            Violation(
                rule=rule.id,
                kind=rule.kind,
                severity=rule.severity,
                value=fault.value,
                limit=limit,
                unit=unit,
                layer=rule.layer,
                cell=path_of(scene.layout, scene.top, indexes, kdb.Box(*box)),
                bbox=in_um(kdb.Box(*box), dbu),
                message=message_of(rule, fault.value, limit, unit, fault.note),
                polygons=tuple(tuple(islice(placed, len(one))) for one in fault.outlines),
                status=rule.status,
            )
        )
    return made


@contextmanager
def _no_collection() -> Generator[None]:
    """Without the search for cycles: there are none, and it would go through a million points again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@_no_collection()
def check(
    layout: kdb.Layout,
    top: kdb.Cell,
    process: Process,
    *,
    layers: Mapping[str, tuple[int, int]] | None = None,
    file: str = "",
    cache: Path | str | None = None,
    threads: int | None = None,
    deep: bool | None = None,
    say: Say | None = None,
) -> Report:
    """Run every rule of a process on a cell and all below it.

    Args:
        layout: with its database unit [µm].
        top: the cell to check.
        process: the line; its rules say what is run.
        layers: (layer, datatype) in the file by process layer name; default: the process's own numbers.
        file: name for the report.
        cache: folder that keeps results from run to run; None: no cache.
        threads: processes at work; None: as many as there are cores where the layout is large.
        deep: run every rule on the whole at once, with its hierarchy kept (True) or unfolded (False); None: unfolded
            where the layout is small, else on parts that do not interact, each content once. The result is the same but
            for cells turned by odd angles, whose vertices KLayout rounds at another place.
        say: gets a line for each rule that is done.

    Returns:
        Violations in top-cell µm, sorted by rule and place, with counts of what was seen.
    """
    began = time.perf_counter()
    mapping = dict(layers) if layers is not None else {name: layer.gds for name, layer in process.layers.items()}
    scene = Scene(layout, top, process, mapping, deep=bool(deep) and any(True for _ in top.each_inst()))
    shapes = Counts(layout, top)
    counts = shapes.seen(mapping)
    notes = notes_of(process, counts, scene)
    rules = [rule for rule in process.rules.values() if applies(scene, rule)]
    size = sum(count.shapes for count in counts)
    if threads is None:
        may_fork = hasattr(os, "fork") and not multiprocessing.current_process().daemon  # such have no children
        threads = len(os.sched_getaffinity(0)) if size > LARGE and may_fork else 1
    seconds: dict[str, float] = defaultdict(float)
    made: list[Violation] = []
    if deep is None and (size > SMALL or cache is not None):
        kept = Cache(cache, process, layout.dbu) if cache is not None else None
        work = Work(scene, rules, shapes, kept)
        for job, spent in run(work, threads):
            for rule in job.rules:
                seconds[rule.id] += spent[rule.id]
                if say and not work.left[rule.id]:
                    say(f"{rule.id}: {len(work.faults(rule))}")
        for rule in rules:
            made += violations_of(scene, rule, work.faults(rule))
        if kept:
            kept.close()
    else:
        for rule in rules:
            start = time.perf_counter()
            found = run_rule(scene, rule)
            seconds[rule.id] = time.perf_counter() - start
            made += violations_of(scene, rule, found)
            if say:
                say(f"{rule.id}: {len(found)}")
    ran = [rule.id for rule in rules]
    order = {rule: number for number, rule in enumerate(process.rules)}
    made.sort(key=lambda violation: (order[violation.rule], violation.bbox, violation.value or 0.0))
    spent = {rule: round(value, 4) for rule, value in seconds.items()}
    spent["total"] = round(time.perf_counter() - began, 4)
    return Report(process.stamp, file, top.name, counts, tuple(ran), tuple(made), notes=tuple(notes), seconds=spent)
