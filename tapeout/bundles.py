"""What a router is asked: the points that a route has to pass, and which links are routed together. Lengths in µm."""

from collections.abc import Sequence
from typing import Any

import kfactory as kf
from gdsfactory.typings import Port


def waypoints(settings: dict[str, Any], start: Port) -> list[kf.kdb.DPoint] | None:
    """`waypoints` or `steps` as points, with a corner put in between two that are not in line, as gdsfactory does."""
    points: list[tuple[float, float]] = list(settings.get("waypoints", []))
    x, y = start.center
    for step in settings.get("steps", []):
        x, y = step.get("x", x) + step.get("dx", 0), step.get("y", y) + step.get("dy", 0)
        points.append((x, y))
    if not points:
        return None
    along_x = start.orientation % 180 == 0
    found = points[:1]
    for x, y in points[1:]:
        before_x, before_y = found[-1]
        if abs(x - before_x) > 1e-3 and abs(y - before_y) > 1e-3:
            if len(found) > 1:
                along_x = abs(found[-1][0] - found[-2][0]) < 1e-3
            found.append((x, before_y) if along_x else (before_x, y))
        found.append((x, y))
    return [kf.kdb.DPoint(*point) for point in found]


def bundles(pairs: Sequence[tuple[Port, Port]], room: float) -> list[list[int]]:
    """Links that belong together: they leave in one direction, arrive in one direction, and lie in each other's way.

    The router wants the first; where the second does not hold it would herd together what has nothing to do with each
    other. `room` is how far bends and separation may lead a route out of the box between its ports [µm].
    """
    found: list[tuple[tuple[float, float], kf.kdb.DBox, list[int]]] = []
    for index, (start, end) in enumerate(pairs):
        angles = (start.orientation % 360, end.orientation % 360)
        box = kf.kdb.DBox(kf.kdb.DPoint(*start.center), kf.kdb.DPoint(*end.center)).enlarged(room, room)
        mine = [one for one in found if one[0] == angles and one[1].overlaps(box)]
        members = [index]
        for one in mine:
            found.remove(one)
            box += one[1]
            members += one[2]
        found.append((angles, box, sorted(members)))
    return sorted(members for _, _, members in found)
