"""Charter and dated decisions in, terms out: one walk from left to right, each term with its reasons.

Pure. Days are days in the group's zone; terms are half-open and lie end to end.

What the walk holds to (the charter's rotation rules):

- It begins with the history and goes on where that ends, after the last chair that was not interim.
- A turn goes, in this order: to nobody while a vacancy or an interim chair fills the day; to the
  appointed; to the `first` of a new rule, else to the next in the order in force; swapped, if that
  turn is swapped; on to the next in order, if the one who would sit passes.
- A turn is as long as the rule in force on its first day says, unless a decision sets its end; a
  new rule cuts a term whose end is not decided.
- A vacancy or interim chair on a turn's first day makes the turn wait; inside a turn it interrupts.
- A member that leaves inside its term leaves the rest of the term vacant, until a decision fills it.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from service.groups.charter import Charter, Member, Organization, Recorded, Rule
from service.groups.decision import Decision
from service.rotation.decided import Decided
from service.rotation.orders import Orders
from service.rotation.values import Kind, Reason, RotationProblem, Status, Term

_DAY = timedelta(days=1)


def terms(charter: Charter, until: date) -> list[Term]:
    """All terms of the group from its first until the one that holds the day before `until`.

    Raises:
        RotationProblem: history, rules and decisions do not fit together.
    """
    return _Walk(charter.members, charter.history, charter.rotation, charter.decisions).to(until)


def inner_terms(member: Member, until: date) -> list[Term]:
    """The terms of a member's seats, by its own rotation; none before its first rule."""
    if not member.rotation:
        return []
    return _Walk(member.seats, (), member.rotation, ()).to(until)


def add_months(day: date, months: int) -> date:
    """`months` calendar months on; the last day of the month where that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = day.day if day.day <= 28 else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, last)


class _Walk:
    """One laying of terms. Holds where it is: the terms so far, the turn, the rule, who went before."""

    def __init__(
        self,
        members: Sequence[Organization],
        history: Sequence[Recorded],
        rules: Sequence[Rule],
        decisions: Sequence[Decision],
    ) -> None:
        self.members = {member.id: member for member in members}
        self.history = history
        self.rules = rules
        self.orders = Orders(rules, members)
        self.decided = Decided(decisions)
        self.terms: list[Term] = []
        self.turn = 0
        self.rule = -1
        self.begun_rule = -1
        self.previous: str | None = None
        self.promised: dict[str, tuple[str, Decision]] = {}
        self.rest_of_cut: date | None = None

    def to(self, until: date) -> list[Term]:
        self._check_names()
        day = self._history()
        # A whole term past the last decision, so that the term nearest to it is known when none starts on its day.
        longest = max((rule.months for rule in self.rules), default=1)
        horizon = max([until, *(add_months(d.begins, longest) + _DAY for d in self.decided.in_force if d.begins)])
        while day is not None and day < horizon and self.rules:
            day = self._lay(day)
        self._unused()
        if self.decided.faults:
            raise RotationProblem(self.decided.faults)
        return [term for term in self.terms if term.start < until]

    # -- what is on record

    def _history(self) -> date | None:
        """Lay the recorded terms; the last of them may still be moved or interrupted by a decision."""
        self._check_history()
        day: date | None = None
        for at, entry in enumerate(self.history):
            turn = 0
            if entry.kind not in ("interim", "vacant"):
                self.turn = turn = self.turn + 1
                self._went_on_record(entry)
            if at == len(self.history) - 1:
                day = self._last_on_record(entry, turn)
            else:
                self._term(entry.from_, entry.until, tuple(entry.chair), entry.kind, "recorded", _source(entry), turn)
        if not self.rules:
            return self._gaps_from(day)
        if day is None:
            return self.rules[0].from_
        if self.rules[0].from_ > day:
            text = f"begins on {self.rules[0].from_}, but the history ends on {day}; write from: {day} or earlier"
            self.decided.faults.append((("rotation", 0), text))
            return None
        return day

    def _gaps_from(self, day: date | None) -> date | None:
        """A vacancy that begins where a record without rules ends is still laid."""
        while day is not None and day in self.decided.gaps:
            day = self._gap(self.decided.gaps[day])
        return day

    def _last_on_record(self, entry: Recorded, turn: int) -> date:
        end, kind, status, why = entry.until, entry.kind, "recorded", _source(entry)
        extension = self.decided.extends.get(entry.from_)
        if turn and extension is not None and extension.until is not None:
            self.decided.use(extension)
            if extension.until != end:
                end, status = extension.until, "decided"
                kind = "extended" if kind == "regular" else kind
                why = (*why, Reason("extended", (extension.id, end)))
        return self._pieces(entry.from_, end, tuple(entry.chair), kind, status, why, None, turn)  # type: ignore[arg-type]

    def _went_on_record(self, entry: Recorded) -> None:
        """Who the order goes on after; a swap that is on record by now keeps both its halves."""
        self.previous = entry.chair[-1]
        swap = self.decided.swaps.get(entry.from_)
        if swap is not None and swap.swap is not None and entry.chair == [swap.swap[1]]:
            self.previous = swap.swap[0]
            self.promised[swap.swap[1]] = (swap.swap[0], swap)
            return
        for owner, (sitter, _) in list(self.promised.items()):
            if entry.chair == [sitter]:
                self.previous = owner
                del self.promised[owner]

    def _check_history(self) -> None:
        for at, (before, after) in enumerate(zip(self.history, self.history[1:], strict=False), start=1):
            if before.until != after.from_:
                word = "a gap" if before.until < after.from_ else "an overlap"
                text = f"begins on {after.from_} but the term before ends on {before.until}: {word}"
                text += f"; write from: {before.until}"
                self.decided.faults.append((("history", at), text))
        for at, (earlier, later) in enumerate(zip(self.rules, self.rules[1:], strict=False), start=1):
            if later.from_ <= earlier.from_:
                text = f"begins on {later.from_}, not after the rule before it ({earlier.from_}); put rules in order"
                self.decided.faults.append((("rotation", at), text))

    # -- what is laid by rule and decision

    def _lay(self, day: date) -> date:
        """Lay what begins on `day`; the day on which it ends."""
        gap = self.decided.gaps.get(day)
        if gap is not None:
            return self._gap(gap)
        while self.rule + 1 < len(self.rules) and self.rules[self.rule + 1].from_ <= day:
            self.rule += 1
        rest, self.rest_of_cut = self.rest_of_cut, None
        appointment = self.decided.appoints.get(day)
        self.turn += 1
        if appointment is not None:
            self.decided.use(appointment)
            chair, kind = appointment.appointed, "appointed"
            why: tuple[Reason, ...] = (Reason("appointed", (appointment.id,)),)
            owner: str | None = chair[-1]
            self.previous, touched = owner, True
            self.begun_rule = self.rule
        else:
            chair, kind, why, owner, touched = self._by_order(day)
        end, ended = self._end(day, appointment, rest)
        if ended is not None:
            touched, why = True, (*why, ended)
            kind = "extended" if kind == "regular" and ended.code == "extended" else kind
        for acceptance in self.decided.accepts.get(day, ()):
            if acceptance.accept in chair:
                self.decided.use(acceptance)
                touched, why = True, (*why, Reason("accepted", (acceptance.accept, acceptance.id)))
        status: Status = "decided" if touched else "projected"
        return self._pieces(day, end, chair, kind, status, why, owner)  # type: ignore[arg-type]

    def _by_order(self, day: date) -> tuple[tuple[str, ...], str, tuple[Reason, ...], str | None, bool]:
        """Whose turn begins on `day`: (chair, kind, reasons, owner of the turn, touched by a decision)."""
        swap, passes = self.decided.swaps.get(day), self.decided.passes.get(day, {})
        passed: tuple[Reason, ...] = ()
        for owner in self._candidates(day):
            sitter, kind, why = (
                owner,
                "regular",
                Reason("order", (owner, self.previous, self.rules[self.rule].from_)),
            )
            by = None
            promise = self.promised.pop(owner, None)
            if promise is not None and self.members[promise[0]].stands(day):
                sitter, by = promise
            if swap is not None and swap.swap is not None and swap.swap[0] == sitter:
                sitter, by = self._swapped(swap, swap.swap), swap
            if by is not None:
                kind, why = "swapped", Reason("swapped", (sitter, owner, by.id))
            if sitter in passes:
                passed += (Reason("passed", (sitter, self.decided.use(passes[sitter]).id)),)
                continue
            self.previous = owner
            return (sitter,), kind, (*passed, why), owner, by is not None or bool(passed)
        return (), "vacant", passed or (Reason("nobody"),), None, bool(passed)

    def _swapped(self, swap: Decision, pair: tuple[str, str]) -> str:
        """Who sits by `swap` now; the other one is promised the next turn of who does."""
        gives, sits = pair
        earlier = self.promised.get(sits)
        if earlier is not None:
            text = f"gives away the next turn of {sits}, which {earlier[1].id} gave to {earlier[0]} already"
            self.decided.fault(swap, f"{text}; name another member", earlier[1])
        self.decided.use(swap)
        self.promised[sits] = (gives, swap)
        return sits

    def _candidates(self, day: date) -> Iterator[str]:
        rule = self.rules[self.rule]
        opens = self.begun_rule != self.rule
        self.begun_rule = self.rule
        on_record = self.history and rule.from_ < self.history[-1].until
        if opens and rule.first is not None and not on_record:
            if rule.first in self.members and self.members[rule.first].stands(day):
                return self.orders.starting_with(self.rule, rule.first, day)
            text = f"first {rule.first} is not a member on {day}, when its turn begins; name one that is"
            self.decided.faults.append((("rotation", self.rule), text))
        return self.orders.after(self.rule, self.previous, day)

    def _end(self, day: date, appointment: Decision | None, rest: date | None) -> tuple[date, Reason | None]:
        """When the term of `day` ends, and the reason where a decision or a new rule says so."""
        if appointment is not None and appointment.until is not None:
            return appointment.until, Reason("until", (appointment.id, appointment.until))
        extension = self.decided.extends.get(day)
        if extension is not None and extension.until is not None:
            return extension.until, Reason("extended", (self.decided.use(extension).id, extension.until))
        if rest is not None and appointment is not None:
            return rest, None
        end = add_months(day, self.rules[self.rule].months)
        if self.rule + 1 < len(self.rules) and self.rules[self.rule + 1].from_ < end:
            return self.rules[self.rule + 1].from_, None
        return end, None

    def _gap(self, gap: Decision) -> date:
        """Lay the days of a vacancy or an interim chair; the day on which they end."""
        self.decided.use(gap)
        assert gap.begins is not None
        assert gap.until is not None
        chair = (gap.interim,) if gap.interim else ()
        kind: Kind = "interim" if gap.interim else "vacant"
        why = (Reason(kind, (gap.id, *chair)),)
        left = self.members[gap.interim].left if gap.interim in self.members else None
        if left is not None and gap.begins < left < gap.until:
            self._term(gap.begins, left, chair, kind, "decided", why, 0)
            self._term(left, gap.until, (), "vacant", "decided", (Reason("left", (gap.interim, left)),), 0)
        else:
            self._term(gap.begins, gap.until, chair, kind, "decided", why, 0)
        return gap.until

    def _pieces(
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
            self._term(start, end, chair, kind, status, why, turn, 1, owner)
            return end
        if interrupted:
            status = "decided"
        day, piece = start, 0
        while day < end:
            gap = self.decided.gaps.get(day)
            if gap is not None:
                day = self._gap(gap)
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
                self._term(day, stop, sitting, kind, status, why, turn, piece, owner)
            else:
                gone = tuple(Reason("left", (id_, self.members[id_].left)) for id_ in chair)
                self._term(day, stop, (), "vacant", "projected", gone, 0)
            day = stop
        return day

    def _term(
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
        self.terms.append(Term(start, end, chair, kind, status, why, turn, piece, owner))

    # -- what does not fit

    def _check_names(self) -> None:
        for decision in self.decided.in_force:
            day = decision.begins
            assert day is not None
            for id_ in decision.names:
                member = self.members.get(id_)
                if member is not None and not member.stands(day):
                    span = f"joined {member.joined}" + (f", left {member.left}" if member.left else "")
                    self.decided.fault(
                        decision, f"names {id_}, which is not a member on {day} ({span}); name one that is"
                    )

    def _unused(self) -> None:
        for decision in self.decided.unused():
            day = decision.begins
            assert day is not None
            if self.history and day < self.history[-1].until and self._on_record(decision, day):
                continue
            self.decided.fault(decision, self._why_unused(decision, day))

    def _on_record(self, decision: Decision, day: date) -> bool:
        return any(entry.from_ == day for entry in self.history)

    def _why_unused(self, decision: Decision, day: date) -> str:
        # Where a turn goes on after a vacancy, no term starts.
        term = next((term for term in self.terms if term.start == day and term.piece < 2), None)
        if term is None:
            starts = [term.start for term in self.terms if term.turn and term.piece < 2]
            if not starts:
                return f"is about {day}, but the charter lays no term; add a rotation rule"
            nearest = min(starts, key=lambda start: abs(start - day))
            field = "extend" if decision.verb == "extend" else "term"
            return f"is about {day}, on which no term starts; the nearest starts on {nearest}: write {field}: {nearest}"
        if not term.turn:
            return f"is about {day}, but those days are {term.kind}; the next turn starts on {term.end}"
        if not decision.names:
            return f"would {decision.verb} the term of {day}, whose end another decision sets; withdraw that one first"
        verb = {"pass": "pass", "accept": "accept", "swap": "swap its turn"}.get(decision.verb, decision.verb)
        would = " and ".join(term.chair) or "nobody"
        who = decision.names[0]
        return f"says that {who} should {verb} for the term of {day}, but {would} would sit there; name {would}"


def _source(entry: Recorded) -> tuple[Reason, ...]:
    return (Reason("recorded", (entry.source or entry.note,)),) if entry.source or entry.note else ()
