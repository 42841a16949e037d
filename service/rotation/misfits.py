"""What of history, rules and decisions does not fit together, and what to write instead. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from service.groups.charter import Organization, Recorded, Rule
from service.groups.decision import Decision
from service.rotation.decided import Decided, Fault
from service.rotation.values import Term


def history_faults(history: Sequence[Recorded], rules: Sequence[Rule]) -> list[Fault]:
    """Gaps and overlaps of the history, and rules that are not in order of days."""
    faults: list[Fault] = []
    for at, (before, after) in enumerate(pairwise(history), start=1):
        if before.until != after.from_:
            word = "a gap" if before.until < after.from_ else "an overlap"
            text = f"begins on {after.from_} but the term before ends on {before.until}: {word}"
            text += f"; write from: {before.until}"
            faults.append((("history", at), text))
    for at, (earlier, later) in enumerate(pairwise(rules), start=1):
        if later.from_ <= earlier.from_:
            text = f"begins on {later.from_}, not after the rule before it ({earlier.from_}); put rules in order"
            faults.append((("rotation", at), text))
    return faults


def refuse_strangers(decided: Decided, members: Mapping[str, Organization]) -> None:
    """Fault each decision that names somebody who is no member on its day."""
    for decision in decided.in_force:
        day = decision.begins
        assert day is not None
        for id_ in decision.names:
            member = members.get(id_)
            if member is not None and not member.stands(day):
                span = f"joined {member.joined}" + (f", left {member.left}" if member.left else "")
                decided.fault(decision, f"names {id_}, which is not a member on {day} ({span}); name one that is")


def refuse_unused(decided: Decided, history: Sequence[Recorded], terms: Sequence[Term]) -> None:
    """Fault each decision that stood for no term; one that is on record by now is done with."""
    for decision in decided.unused():
        day = decision.begins
        assert day is not None
        if history and day < history[-1].until and any(entry.from_ == day for entry in history):
            continue
        decided.fault(decision, _why_unused(decision, day, terms))


def _why_unused(decision: Decision, day: date, terms: Sequence[Term]) -> str:
    # Where a turn goes on after a vacancy, no term starts.
    term = next((term for term in terms if term.start == day and term.piece < 2), None)
    if term is None:
        starts = [term.start for term in terms if term.turn and term.piece < 2]
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
