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

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from service.groups.charter import Charter, Member, Organization, Recorded, Rule
from service.groups.decision import Decision
from service.rotation.laying import Laying
from service.rotation.misfits import history_faults, refuse_strangers, refuse_unused
from service.rotation.orders import Orders
from service.rotation.values import Reason, RotationProblem, Status, Term

_DAY = timedelta(days=1)


def terms(charter: Charter, until: date) -> list[Term]:
    """All terms of the group from its first until the one that holds the day before `until`.

    Raises:
        RotationProblem: history, rules and decisions do not fit together.
    """
    return Walk(charter.members, charter.history, charter.rotation, charter.decisions).to(until)


def inner_terms(member: Member, until: date) -> list[Term]:
    """The terms of a member's seats, by its own rotation; none before its first rule."""
    if not member.rotation:
        return []
    return Walk(member.seats, (), member.rotation, ()).to(until)


def add_months(day: date, months: int) -> date:
    """`months` calendar months on; the last day of the month where that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = day.day if day.day <= 28 else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, last)


class Walk(Laying):
    """One walk over the days: whose turn it is, and until when. Holds the rule in force and who went before."""

    def __init__(
        self,
        members: Sequence[Organization],
        history: Sequence[Recorded],
        rules: Sequence[Rule],
        decisions: Sequence[Decision],
    ) -> None:
        super().__init__(members, decisions)
        self.history = history
        self.rules = rules
        self.orders = Orders(rules, members)
        self.rule = -1
        self.begun_rule = -1
        self.previous: str | None = None
        self.promised: dict[str, tuple[str, Decision]] = {}
        # Where days are missing between the terms, no decision can be told whether it fits.
        self.broken = False
        self.disturbances = sorted(
            {d.begins for d in self.decided.in_force if d.begins}
            | {rule.from_ for rule in rules}
            | {day for member in members for day in (member.joined, member.left) if day}
        )

    def to(self, until: date) -> list[Term]:
        refuse_strangers(self.decided, self.members)
        day = self._history()
        # A whole term past the last decision, so that the term nearest to it is known when none starts on its day.
        longest = max((rule.months for rule in self.rules), default=1)
        horizon = max([until, *(add_months(d.begins, longest) + _DAY for d in self.decided.in_force if d.begins)])
        while day is not None and day < horizon and self.rules:
            day = self._run(day, horizon)
            if day < horizon:
                day = self._lay(day)
        if not self.broken:
            refuse_unused(self.decided, self.history, self.terms)
        if self.decided.faults:
            raise RotationProblem(self.decided.faults)
        return [term for term in self.terms if term.start < until]

    # -- what is on record

    def _history(self) -> date | None:
        """Lay the recorded terms; the last of them may still be moved or interrupted by a decision."""
        faults = history_faults(self.history, self.rules)
        self.decided.faults += faults
        self.broken = bool(faults)
        day: date | None = None
        for at, entry in enumerate(self.history):
            turn = 0
            if entry.kind not in ("interim", "vacant"):
                self.turn = turn = self.turn + 1
                self._went_on_record(entry)
            if at == len(self.history) - 1:
                day = self._last_on_record(entry, turn)
            else:
                self.term(entry.from_, entry.until, tuple(entry.chair), entry.kind, "recorded", _source(entry), turn)
        if not self.rules:
            return self._gaps_from(day)
        if day is None:
            return self.rules[0].from_
        if self.rules[0].from_ > day:
            text = f"begins on {self.rules[0].from_}, but the history ends on {day}; write from: {day} or earlier"
            self.decided.faults.append((("rotation", 0), text))
            self.broken = True
            return None
        return day

    def _gaps_from(self, day: date | None) -> date | None:
        """A vacancy that begins where a record without rules ends is still laid."""
        while day is not None and day in self.decided.gaps:
            day = self.gap(self.decided.gaps[day])
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
        return self.pieces(entry.from_, end, tuple(entry.chair), kind, status, why, None, turn)  # type: ignore[arg-type]

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

    # -- what is laid by rule and decision

    def _run(self, day: date, until: date) -> date:
        """Lay the whole turns that lie before the next day on which anything happens; the day on which they end.

        Where no decision, rule, arrival or departure touches a stretch, the same members follow one
        another again and again: nothing has to be looked up for each turn (see its property test).
        """
        at = bisect_left(self.disturbances, day)
        quiet = self.disturbances[at] if at < len(self.disturbances) else date.max
        if day == quiet or self.promised or self.rest_of_cut or self.begun_rule != self.rule or self._rule_is_over(day):
            return day
        rule, previous = self.rules[self.rule], self.previous
        circle = list(self.orders.after(self.rule, previous, day))
        if not circle:
            return day
        ring = [((id_,), (self._follows(id_, before, rule),)) for before, id_ in pairwise(circle[-1:] + circle)]
        # The first follows whoever sat before this stretch, who need not be the last of the circle.
        chair, why = (circle[0],), (self._follows(circle[0], previous, rule),)
        place, size, months, turn = 0, len(circle), rule.months, self.turn
        while day < until and (end := add_months(day, months)) <= quiet:
            turn += 1
            self.terms.append(Term(day, end, chair, "regular", "projected", why, turn, 1, chair[0]))
            day, self.previous, place = end, chair[0], place + 1
            chair, why = ring[place % size]
        self.turn = turn
        return day

    def _follows(self, owner: str, previous: str | None, rule: Rule) -> Reason:
        return Reason("order", (owner, previous, rule.from_))

    def _rule_is_over(self, day: date) -> bool:
        return self.rule + 1 < len(self.rules) and self.rules[self.rule + 1].from_ <= day

    def _lay(self, day: date) -> date:
        """Lay what begins on `day`; the day on which it ends."""
        gap = self.decided.gaps.get(day)
        if gap is not None:
            return self.gap(gap)
        while self._rule_is_over(day):
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
        return self.pieces(day, end, chair, kind, status, why, owner)  # type: ignore[arg-type]

    def _by_order(self, day: date) -> tuple[tuple[str, ...], str, tuple[Reason, ...], str | None, bool]:
        """Whose turn begins on `day`: (chair, kind, reasons, owner of the turn, touched by a decision)."""
        swap, passes = self.decided.swaps.get(day), self.decided.passes.get(day, {})
        passed: tuple[Reason, ...] = ()
        for owner in self._candidates(day):
            sitter, kind = owner, "regular"
            why = self._follows(owner, self.previous, self.rules[self.rule])
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


def _source(entry: Recorded) -> tuple[Reason, ...]:
    return (Reason("recorded", (entry.source or entry.note,)),) if entry.source or entry.note else ()
