"""Optical links against guides: missing, extra, swapped, crossed, and those that do not fit."""

from lingnan.pdk.lvs.circuit import Pin
from lingnan.pdk.lvs.lightfits import Fits
from lingnan.pdk.lvs.lightopens import Opens
from lingnan.pdk.lvs.lightscene import Pair
from lingnan.pdk.lvs.report import Mismatch


class LightComparison(Opens, Fits):
    """The optical half of a comparison."""

    def run(self) -> list[Mismatch]:
        """Everything that is wrong with the light, each fault once."""
        crossed = self._shorts()
        extra = [pair for pair in self.seen if pair not in self.wanted and not crossed.issuperset(pair)]
        missing = [pair for pair in self.wanted if pair not in set(self.seen)]
        extra, missing = self._swaps(extra, missing)
        for pair in missing:
            self.missing(self.wanted[pair])
        for pair in extra:
            self._extra(pair)
        for link in self.links:
            self.joints(link)
        for guide in self.light.guides.values():
            self.walls(guide)
        for touch in self.light.touches:
            self.touch(touch)
        return self.mismatches

    def _shorts(self) -> set[Pin]:
        """Guides that join more than two ports: crossed or branched without a device."""
        crossed: set[Pin] = set()
        for guide in self.light.guides.values():
            if len(guide.pins) < 3:
                continue
            crossed |= set(guide.pins)
            places = self.branches(guide)
            box = places[0] if places else self.around(self.spot(pin) for pin in guide.pins)
            wanted = [f"{a} - {b}" for a, b in self.wanted if a in guide.pins or b in guide.pins]
            at = " and ".join(f"({(b[0] + b[2]) / 2:.3f}, {(b[1] + b[3]) / 2:.3f})" for b in places or [box])
            text = (
                f"Guides meet without a device at {at}: one piece of {guide.layer} joins "
                f"{', '.join(map(str, guide.pins))}; the design joins {'; '.join(wanted) or 'none of them'}."
            )
            lines = [self.wanted[pair].line for pair in self.wanted if pair[0] in guide.pins]
            self.add("optical short", text, None, "", box, guide.pins, min(lines, default=0), guide)
        return crossed

    def _swaps(self, extra: list[Pair], missing: list[Pair]) -> tuple[list[Pair], list[Pair]]:
        """Ports that are all joined, but to each other's partners: one mismatch for each closed group."""
        groups: list[set[Pin]] = []
        for pair in (*extra, *missing):
            members = [group for group in groups if group & set(pair)]
            groups = [group for group in groups if group not in members] + [set(pair).union(*members)]
        for group in groups:
            found = [pair for pair in extra if pair[0] in group]
            wanted = [pair for pair in missing if pair[0] in group]
            ends = {pin for pair in found for pin in pair}
            if len(wanted) < 2 or ends != group or {pin for pair in wanted for pin in pair} != group:
                continue
            extra = [pair for pair in extra if pair not in found]
            missing = [pair for pair in missing if pair not in wanted]
            text = (
                f"Swapped: the layout joins {'; '.join(f'{a} - {b}' for a, b in found)}; "
                f"the design {'; '.join(f'{a} - {b}' for a, b in wanted)}."
            )
            box = self.around(self.spot(pin) for pin in group)
            line = min(self.wanted[pair].line for pair in wanted)
            guides = [guide for pin in sorted(group) for guide in self.guides_at(pin)]
            self.add("swapped connections", text, None, "", box, sorted(group), line, *guides)
        return extra, missing

    def _extra(self, pair: Pair) -> None:
        designs = [f"{a} - {b}" for a, b in self.wanted if a in pair or b in pair]
        text = (
            f"{self.at(pair[0])} is joined to {self.at(pair[1])}; "
            f"the design has {'; '.join(designs) if designs else 'nothing at either'}."
        )
        guides = [guide for guide in self.guides_at(pair[0]) if pair[1] in guide.pins]
        self.add("extra connection", text, None, "", self.around(map(self.spot, pair)), pair, 0, *guides)
