"""Lays the days of turns, vacancies and interim chairs end to end. Pure.

A turn may be interrupted by a vacancy or an interim chair, and cut by a member that leaves inside it.
"""

from collections.abc import Sequence
from datetime import date

from service.groups.charter import Organization
from service.groups.decision import Decision
from service.rotation.decided import Decided
from service.rotation.values import Kind, Reason, Status, Term


class Laying:
    """The terms laid so far, and how one more is laid."""

    def __init__(self, members: Sequence[Organization], decisions: Sequence[Decision]) -> None:
        self.members = {member.id: member for member in members}
        self.decided = Decided(decisions)
        self.terms: list[Term] = []
        self.turn = 0
        # Where a member left inside its term and a decision fills the rest: the end of that rest.
        self.rest_of_cut: date | None = None

    def gap(self, gap: Decision) -> date:
        """Lay the days of a vacancy or an interim chair; the day on which they end."""
        self.decided.use(gap)
        assert gap.begins is not None
        assert gap.until is not None
        chair = (gap.interim,) if gap.interim else ()
        kind: Kind = "interim" if gap.interim else "vacant"
        why = (Reason(kind, (gap.id, *chair)),)
        left = self.members[gap.interim].left if gap.interim in self.members else None
        if left is not None and gap.begins < left < gap.until:
            self.term(gap.begins, left, chair, kind, "decided", why, 0)
            self.term(left, gap.until, (), "vacant", "decided", (Reason("left", (gap.interim, left)),), 0)
        else:
            self.term(gap.begins, gap.until, chair, kind, "decided", why, 0)
        return gap.until

    def pieces(
        self,
        start: date,
        end: date,
        chair: tuple[str, ...],
        kind: Kind,
        status: Status,
        why: tuple[Reason, ...],
        owner: str | None = None,
        turn: int | None = None,
    ) -> date:
        """Lay one turn from `start`, interrupted by vacancies and by members who leave; its last day + 1."""
        turn = self.turn if turn is None else turn
        gap = self.decided.next_gap(start) if self.decided.gap_days else None
        interrupted = gap is not None and gap.begins is not None and gap.begins < end
        leaving = [left for id_ in chair if (left := self.members[id_].left) is not None and left < end]
        if not interrupted and not leaving:
            self.term(start, end, chair, kind, status, why, turn, 1, owner)
            return end
        if interrupted:
            status = "decided"
        day, piece = start, 0
        while day < end:
            gap = self.decided.gaps.get(day)
            if gap is not None:
                day = self.gap(gap)
                continue
            sitting = tuple(id_ for id_ in chair if self.members[id_].left is None or day < self.members[id_].left)  # type: ignore[operator]
            if day > start and chair and not sitting and day in self.decided.appoints:
                self.rest_of_cut = end
                return day
            coming = self.decided.next_gap(day)
            stops = [end, *(left for left in leaving if left > day)]
            stops += [coming.begins] if coming is not None and coming.begins is not None else []
            stop = min(stops)
            if sitting or not chair:
                piece += 1
                self.term(day, stop, sitting, kind, status, why, turn, piece, owner)
            else:
                gone = tuple(Reason("left", (id_, self.members[id_].left)) for id_ in chair)
                self.term(day, stop, (), "vacant", "projected", gone, 0)
            day = stop
        return day

    def term(
        self,
        start: date,
        end: date,
        chair: tuple[str, ...],
        kind: Kind,
        status: Status,
        why: tuple[Reason, ...],
        turn: int,
        piece: int = 1,
        owner: str | None = None,
    ) -> None:
        """Add one term."""
        self.terms.append(Term(start, end, chair, kind, status, why, turn, piece, owner))
