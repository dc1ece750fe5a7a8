"""Work in portions: rules that look at the whole layout, and the others on its parts, many parts at a time."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import klayout.db as kdb

from lingnan.pdk.drc.cache import Cache, Kept
from lingnan.pdk.drc.counts import Counts
from lingnan.pdk.drc.digest import Digests
from lingnan.pdk.drc.ends import frame_of, inside
from lingnan.pdk.drc.found import Found
from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.lanes import Lanes
from lingnan.pdk.drc.objects import Objects, points_of
from lingnan.pdk.drc.parts import Part, View, parts_of
from lingnan.pdk.drc.reach import BOTH, shared, view_of
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.sheet import Sheet, placed
from lingnan.pdk.process import Rule, layers_of

PORTION = 150_000  #: vertices of one portion of parts

Results = dict[str, dict[str, list[Found]]]  #: faults by rule and content


@dataclass
class Job:
    """Rules to run on the whole (no view), or on some parts of a view."""

    rules: list[Rule]
    view: View | None = None
    contents: list[str] = field(default_factory=list[str])
    weight: int = 0


class Work:
    """Which rule has to run on what; what is known from an earlier run is not done again.

    Args:
        scene: the whole layout.
        rules: to run.
        counts: of the layout's shapes.
        cache: of results; None: everything is computed.
    """

    def __init__(self, scene: Scene, rules: list[Rule], counts: Counts, cache: Cache | None) -> None:
        self.scene, self._cache = scene, cache
        names = {name: index for name in scene.layers if (index := scene.index(name)) is not None}
        self._indexes = {name: index for name, index in names.items() if not scene.top.bbox(index).empty()}
        self._layers = {index: name for name, index in self._indexes.items()}
        self._digests = Digests(scene.layout, self._layers)
        scene.keep = Kept(cache, self._digests) if cache else None
        self._objects = Objects(scene.layout, scene.top, self._layers, counts)
        self.parts: dict[View, dict[str, Part]] = {}
        self._views: dict[str, View | None] = {}
        self.known: Results = {}
        by_view: dict[View | None, list[Rule]] = defaultdict(list)
        views = {rule.id: view_of(rule, self._indexes, scene.dbu, scene.step) for rule in rules}
        idle = {
            rule.id
            for rule in rules
            if (view := views[rule.id]) and not (view.first and (view.second or rule.kind not in BOTH))
        }
        wider = shared([view for rule, view in views.items() if view and rule not in idle])
        for rule in rules:
            own = views[rule.id]
            self._views[rule.id] = own if own is None or rule.id in idle else wider[own]
            if rule.id not in idle:
                by_view[self._views[rule.id]].append(rule)
        self.left: Counter[str] = Counter()  #: jobs of each rule that are not done
        self.jobs: list[Job] = []
        self._add(self._whole(by_view.pop(None, [])))
        self._by_view = by_view

    def divide(self) -> None:
        """Find the parts, and add what has to run on them: the longest first."""
        portions = (job for view, group in self._by_view.items() if view for job in self._portions(view, group))
        self._add(sorted(portions, key=_weight_of, reverse=True))

    def _add(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self.jobs.append(job)
            self.left.update(rule.id for rule in job.rules)

    def _whole(self, rules: list[Rule]) -> Iterator[Job]:
        by_layer: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            content = self._content(rule) if self._cache else ""
            known = self._cache.load(rule, [content]) if self._cache else {}
            if known:
                self.known[rule.id] = known
            else:
                by_layer[rule.layer].append(rule)
        for group in by_layer.values():
            yield Job(group)

    def _portions(self, view: View, rules: list[Rule]) -> Iterator[Job]:
        parts = self.parts[view] = parts_of(self._objects, view, self._name)
        todo: dict[tuple[str, ...], list[str]] = {}
        for rule in rules:
            self.known[rule.id] = self._cache.load(rule, parts) if self._cache else {}
        for content in parts:
            missing = tuple(rule.id for rule in rules if content not in self.known[rule.id])
            if missing:
                todo.setdefault(missing, []).append(content)
        by_id = {rule.id: rule for rule in rules}
        for missing, contents in todo.items():
            job = Job([by_id[rule] for rule in missing], view)
            for content in sorted(contents, key=lambda content: parts[content].box.height()):
                weight = self._weight(parts[content], view)
                if job.contents and job.weight + weight > PORTION:
                    yield job
                    job = Job(job.rules, view)
                job.contents.append(content)
                job.weight += weight
            yield job

    def _weight(self, part: Part, view: View) -> int:
        """Vertices of a part."""
        cells = sum(self._objects.points(index, layer) for index, _ in part.cells for layer in view.layers)
        return cells + sum(points_of(shape) for _, shape, _ in part.shapes)

    def _name(self, index: int, layers: frozenset[int]) -> str:
        return self._digests.cell(index, layers) if self._cache else f"cell {index}"

    def _content(self, rule: Rule) -> str:
        """What a rule that looks at the whole depends on. Without a layer of its own it reads all of them."""
        names = layers_of(rule.layer) if rule.layer and rule.kind != "device_overlap" else tuple(self._indexes)
        texts = (rule.other, rule.unless, str(rule.options.get("outside", "")))
        read = {*names, *(name for text in texts if text for name in layers_of(text)), "FLOORPLAN"}
        indexes = [self._indexes[name] for name in read if name in self._indexes]
        top, layout = self.scene.top, self.scene.layout
        told = [str(self.scene.chip), str(top.bbox()), self._digests.cell(top.cell_index(), indexes)]
        if not rule.layer:  # what is a mask, layers that are not the process's, and cells by their names
            told += [f"{name} {self.scene.process.layers[name].purpose}" for name in sorted(self._indexes)]
            told += [f"{info.layer}/{info.datatype} {top.bbox(i)}" for i, info in _infos(self.scene)]
            told += sorted(f"{layout.cell(i).name} {self._digests.cell(i, indexes)}" for i in top.called_cells())
        return " ".join(told)

    def do(self, number: int) -> tuple[Results, dict[str, float]]:
        """Do a job: faults by rule and content, and seconds by rule."""
        job = self.jobs[number]
        results: Results = {}
        seconds: dict[str, float] = {}
        if job.view is None:
            for rule in job.rules:
                start = time.perf_counter()
                results[rule.id] = {self._content(rule) if self._cache else "": run_rule(self.scene, rule)}
                seconds[rule.id] = time.perf_counter() - start
            return results, seconds
        start = time.perf_counter()
        parts = {content: self.parts[job.view][content] for content in job.contents}
        sheet = Sheet(self.scene.layout, parts, job.view, self._layers)
        scene = sheet.scene(self.scene.process)
        for rule in job.rules:
            results[rule.id] = sheet.run(scene, rule)
            seconds[rule.id], start = time.perf_counter() - start, time.perf_counter()
        return results, seconds

    def take(self, job: Job, results: Results) -> None:
        """Add what a job found to what is known."""
        self.left.subtract(rule.id for rule in job.rules)
        for rule in job.rules:
            self.known.setdefault(rule.id, {}).update(results[rule.id])
            if self._cache:
                self._cache.store(rule, results[rule.id])

    def faults(self, rule: Rule) -> list[Found]:
        """All faults of a rule, at every place."""
        view, known = self._views[rule.id], self.known.get(rule.id, {})
        if view is None:
            return [fault for faults in known.values() for fault in faults]
        found = [
            placed(fault, trans)
            for content, faults in known.items()
            for fault in faults
            for trans in self.parts[view][content].places
        ]
        if rule.kind == "open_end" and not self.scene.chip:  # the parts do not know the outline of the whole
            return inside(found, frame_of(self.scene, rule))
        return found


def run(work: Work, threads: int) -> Iterator[tuple[Job, dict[str, float]]]:
    """Do all jobs; each as it is done, with the seconds of its rules. What looks at the whole is begun before the parts
    are known."""
    if threads <= 1:
        work.divide()
        for number, job in enumerate(work.jobs):
            results, seconds = work.do(number)
            work.take(job, results)
            yield job, seconds
        return
    with Lanes(work.do, threads) as lanes:
        todo = deque(range(len(work.jobs)))
        if todo:
            lanes.ask(todo.popleft(), len(work.jobs))
        begun = len(work.jobs)
        work.divide()
        todo += range(begun, len(work.jobs))
        done: list[tuple[int, tuple[Results, dict[str, float]]]] = []
        while todo or lanes.busy or done:
            while todo and lanes.free:
                lanes.ask(todo.popleft(), len(work.jobs))
            for number, (results, seconds) in done:  # while the next ones are in work
                work.take(work.jobs[number], results)
                yield work.jobs[number], seconds
            done = lanes.answers() if lanes.busy else []


def _weight_of(job: Job) -> int:
    return job.weight


def _infos(scene: Scene) -> list[tuple[int, kdb.LayerInfo]]:
    return [(index, scene.layout.get_info(index)) for index in scene.layout.layer_indexes()]
