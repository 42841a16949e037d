"""The decisions on the chair, laid out by the day that each is about, and what was made of them."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from service.groups.decision import Decision

Path = tuple[str | int, ...]
Fault = tuple[Path, str]


class Decided:
    """Decisions in force (neither withdrawn nor a withdrawal) by verb and day.

    The walk marks each decision that it used; what is left unused stood for no term.
    """

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self.faults: list[Fault] = []
        self.used: set[str] = set()
        self._position = {decision.id: at for at, decision in enumerate(decisions)}
        self.in_force = self._without_withdrawn(decisions)
        self.passes: dict[date, dict[str, Decision]] = {}
        self.accepts: dict[date, list[Decision]] = {}
        self.swaps: dict[date, Decision] = {}
        self.appoints: dict[date, Decision] = {}
        self.extends: dict[date, Decision] = {}
        self.gaps: dict[date, Decision] = {}
        self._fills: dict[date, Decision] = {}
        self._ends: dict[date, Decision] = {}
        for decision in self.in_force:
            self._place(decision)
        self.gap_days = sorted(self.gaps)
        self._overlaps()

    def _without_withdrawn(self, decisions: Sequence[Decision]) -> list[Decision]:
        known = {decision.id: decision for decision in decisions}
        withdrawn = set()
        for decision in decisions:
            if decision.withdraw is None:
                continue
            target = known.get(decision.withdraw)
            if target is None:
                self.fault(decision, f"withdraws {decision.withdraw}, which is no decision here; name one of them")
            elif target.withdraw is not None:
                self.fault(decision, f"withdraws {target.id}, itself a withdrawal; take the decision anew instead")
            else:
                withdrawn.add(target.id)
        return [d for d in decisions if d.withdraw is None and d.id not in withdrawn]

    def _place(self, decision: Decision) -> None:
        day = decision.begins
        assert day is not None
        if decision.verb == "pass":
            self.passes.setdefault(day, {})[str(decision.pass_)] = decision
        elif decision.verb == "accept":
            self.accepts.setdefault(day, []).append(decision)
        elif decision.verb == "extend":
            self.extends[day] = decision
        else:
            earlier = self._fills.setdefault(day, decision)
            if earlier is not decision:
                self.fault(
                    decision,
                    f"and {earlier.id} both fill the term of {day}; withdraw one of the two",
                    earlier,
                )
                return
            {"swap": self.swaps, "appoint": self.appoints}.get(decision.verb, self.gaps)[day] = decision
        if decision.verb == "extend" or (decision.verb == "appoint" and decision.until):
            earlier = self._ends.setdefault(day, decision)
            if earlier is not decision:
                self.fault(decision, f"and {earlier.id} both set the end of the term of {day}; withdraw one", earlier)

    def _overlaps(self) -> None:
        for before, after in zip(self.gap_days, self.gap_days[1:], strict=False):
            first, second = self.gaps[before], self.gaps[after]
            if first.until is not None and first.until > after:
                self.fault(
                    second,
                    f"and {first.id} both fill the days from {after}; begin on {first.until} or later",
                    first,
                )

    def next_gap(self, after: date) -> Decision | None:
        """The first vacancy or interim chair that begins after `after`."""
        at = bisect_right(self.gap_days, after)
        return self.gaps[self.gap_days[at]] if at < len(self.gap_days) else None

    def use(self, decision: Decision) -> Decision:
        self.used.add(decision.id)
        return decision

    def unused(self) -> list[Decision]:
        return [decision for decision in self.in_force if decision.id not in self.used]

    def fault(self, decision: Decision, text: str, other: Decision | None = None) -> None:
        self.faults.append((("decisions", self._position[decision.id]), f"{decision.id} {text}"))
        self.used.add(decision.id)
        if other is not None:
            self.used.add(other.id)
