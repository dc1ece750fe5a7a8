"""What of published modulators is inside of what is asked of them: counts over the table of `rf.py devices`."""

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

from lingnan.solvers.validation.devices import DEVICES
from lingnan.solvers.validation.electrooptic import ANSWERS, SHARES

#: what is asked of published devices
ASKED = ("V_pi L", "n_rf", "loss", "bandwidth")


def totals(rows: list[dict[str, Any]]) -> None:
    """What is inside: of numbers, of devices, and by the authors' own lines."""
    for quantity, limit in SHARES.items():
        those = [r for r in rows if r["quantity"] == quantity and r["basis"] != "bound"]
        if those:
            met = {r["device"] for r in those if r["inside"]}
            missed = {r["device"] for r in those if not r["inside"]}
            print(
                f"{quantity}: {sum(r['inside'] for r in those)} of {len(those)} numbers within {100 * limit:.0f} %; "
                f"all of {len(met - missed)} of {len(met | missed)} entries"
            )
    _by_kind(rows)
    _by_modulator(rows)
    bounds = [r for r in rows if r["basis"] == "bound"]
    print(f"lower bounds: {sum(r['inside'] for r in bounds)} of {len(bounds)} met")
    walk = [r for r in rows if "allowed" in r and r["basis"] != "bound"]
    within = sum(r["allowed"][0] <= r["published"][1] and r["allowed"][1] >= r["published"][0] for r in walk)
    print(f"bandwidth: {within} of {len(walk)} within what index and loss at their limits allow")
    own = [r for r in rows if r.get("by_their_line") and r["basis"] != "bound"]
    for quantity in ANSWERS:
        those = [r for r in own if r["quantity"] == quantity]
        near = sum(_near(r["by_their_line"], r) for r in those)
        print(f"{quantity} by the authors' own lines: {near} of {len(those)} within {100 * SHARES[quantity]:.0f} %")
    _bands(walk)
    _modulators(rows)


#: how many devices of each kind of number are asked to be inside
ENOUGH = 8


def _by_kind(rows: list[dict[str, Any]]) -> None:
    """Of each kind, how many devices have all their numbers of it inside, and whether that is enough.

    A device is one cross-section of one source at one length, at whatever wavelengths; a cross-section has all its
    lengths. Sources are papers, a design kit and another program, which has two numbers of V_pi L, not measured. What
    was measured counts before what its authors simulate; bounds count for none. Where print gives a range, ours is held
    against the nearest of it, and in the last column against either end.
    """
    known = [r for r in rows if r["basis"] != "bound"]
    niobate = [r for r in known if "tantalate" not in r["device"]]
    sets = {
        "devices": (known, True, _inside),
        "as measured": ([r for r in known if r["basis"] == "measured"], True, _inside),
        "of niobate": (niobate, True, _inside),
        "cross-sections": (known, False, _inside),
        "both ends of ranges": (known, True, _at_both_ends),
    }
    print(f"all numbers of a kind inside, of how many, and is it {ENOUGH} or more:")
    for kind in ASKED:
        told = []
        for said, (those, by_length, judged) in sets.items():
            found = [counted for one in _of_modulators(those, by_length) if (counted := _counted(one, kind))]
            inside = sum(all(map(judged, one)) for one in found)
            told.append(f"{said} {inside:2d} of {len(found):2d} {'yes' if inside >= ENOUGH else 'NO'}")
        print(f"    {kind:9s} within {100 * SHARES[kind]:2.0f} %:  {',  '.join(told)}")
    whole = [
        one for one in _of_modulators(known, by_length=True)
        if all((counted := _counted(one, kind)) and all(r["inside"] for r in counted) for kind in ASKED)
    ]  # fmt: skip
    names = ", ".join(one[0]["device"] for one in whole) or "none"
    print(f"    all four kinds in one device, no bounds: {len(whole)} ({names})")


def _inside(row: dict[str, Any]) -> bool:
    return row["inside"]


def _at_both_ends(row: dict[str, Any]) -> bool:
    """Is ours within what is asked of each end of the published range?"""
    return all(abs(row["ours"] / end - 1) <= row["limit"] for end in row["published"])


def _by_modulator(rows: list[dict[str, Any]]) -> None:
    """Which of the four kinds each paper prints, which are inside, and how many have all inside that is printed."""
    print("kinds of number that are printed (b: a bound, s: simulated alone) and inside (+) or not (-):")
    whole: dict[int, list[str]] = defaultdict(list)
    printed: dict[int, int] = defaultdict(int)
    for those in _of_modulators(rows):
        marks, good = [], True
        for kind in ASKED:
            known = _counted(those, kind)
            if known:
                inside = all(r["inside"] for r in known)
                good &= inside
                basis = {"bound": "b", "simulated": "s"}.get(known[0]["basis"], "")
                marks.append(f"{kind} {'+' if inside else '-'}{basis}")
        print(f"    {those[0]['device']:34s} {', '.join(marks)}")
        printed[len(marks)] += 1
        if good:
            whole[len(marks)].append(those[0]["device"])
    print(f"all that is printed is inside of {sum(map(len, whole.values()))} of {sum(printed.values())} modulators:")
    for count in sorted(printed, reverse=True):
        print(f"    of {printed[count]} with {count} kinds: {len(whole[count])}: {', '.join(whole[count])}")


def _bands(rows: list[dict[str, Any]]) -> None:
    """Bandwidths beside those of the papers' own numbers: what disagrees in print is shown and not counted as met.

    One rule for all, written down when seven of them had been seen: of a paper, each printed index, loss, impedance and
    group index takes the place of ours, all else left as it is (`answers.by_print`). Where a band by that is not within
    what is asked of the printed one, print disagrees with itself, and its spread is from one to the other.
    """
    known = [r for r in rows if r.get("by_print") and r["by_print_of"]]
    agree = [r for r in known if _near(r["by_print"], r)]
    print(
        f"bandwidth by what papers print of line and light: {len(agree)} of {len(known)} agree with the printed one; "
        f"ours are inside for {sum(r['inside'] for r in agree)} of those"
    )
    for r in known:
        if r not in agree:
            spread = min(*r["published"], r["by_print"]), max(*r["published"], r["by_print"])
            low, high, ours = (value / 1e9 for value in (*spread, r["ours"]))
            said = "inside" if _near(r["ours"], r | {"published": spread}) else "outside"
            by = ", ".join(r["by_print_of"])
            print(f"    {r['device']}: {low:.0f} to {high:.0f} GHz, ours {ours:.0f}, {said} (by {by})")


def _near(value: float, row: dict[str, Any]) -> bool:
    """Is a value within what is asked of the published number, or of its range?"""
    low, high = row["published"]
    share = SHARES[row["quantity"]]
    return low * (1 - share) <= value <= high * (1 + share)


def _modulators(rows: list[dict[str, Any]]) -> None:
    """Modulators whose measured numbers of `ASKED` are all inside, or inside of what is open; and with three kinds."""
    whole = _of_modulators(rows)
    measured = [[r for r in those if r["basis"] != "simulated"] for those in whole]
    measured = [those for those in measured if those]
    for said, good in (("inside", ("inside",)), ("inside, or inside of what is open", ("inside", "open"))):
        met = [those for those in measured if all(any(r.get(key) for key in good) for r in those)]
        names = ", ".join(f"{those[0]['device']} ({len(those)})" for those in met)
        print(f"all measured numbers of {len(met)} of {len(measured)} modulators {said}: {names}")
    for said, each in (("as measured", measured), ("as measured, or else as simulated by their authors", whole)):
        kinds = [(those[0]["device"], _kinds(those)) for those in each]
        three = [f"{name} ({', '.join(inside)})" for name, inside in kinds if len(inside) > 2]
        print(
            f"three or four kinds of number inside, {said}: {len(three)} of {len(kinds)} modulators: {'; '.join(three)}"
        )


def _of_modulators(rows: list[dict[str, Any]], by_length: bool = False) -> list[list[dict[str, Any]]]:
    """Rows of `ASKED` by modulator: one cross-section of one paper at whatever wavelengths, lengths apart or not."""
    by: dict[tuple[str, str, float], list[dict[str, Any]]] = defaultdict(list)
    for device in DEVICES:
        by[device.source, repr(device.spec), device.length if by_length else 0.0] += [
            r for r in rows if r["device"] == device.name and r["quantity"] in ASKED
        ]
    return [those for those in by.values() if those]


def _kinds(rows: list[dict[str, Any]]) -> list[str]:
    """Of one modulator: kinds of number all of which are inside; what was measured counts before what was simulated."""
    found = []
    for kind in ASKED:
        those = _counted(rows, kind)
        if those and all(r["inside"] for r in those):
            found.append(kind)
    return found


def _counted(rows: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """What was measured of a kind, or else what was simulated."""
    those = [r for r in rows if r["quantity"] == kind]
    return [r for r in those if r["basis"] != "simulated"] or those


def read(file: Path) -> list[dict[str, Any]]:
    """The table of an earlier run."""
    return json.loads(file.read_text(encoding="utf-8"), object_hook=_infinite)


def _infinite(row: dict[str, Any]) -> dict[str, Any]:
    """A row with infinity where the file, since JSON has none, says null."""
    limits = {key: [math.inf if v is None else v for v in row[key]] for key in ("published", "allowed") if key in row}
    bands = {key: math.inf for key in ("ours", "by_print") if row.get(key, 0.0) is None}
    return row | limits | bands
