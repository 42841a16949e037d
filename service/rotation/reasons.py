"""The reasons of a term in plain words."""

from collections.abc import Callable
from datetime import date

from service.rotation.values import Reason, Term

BY_RULE = "By rule, not on record."

SENTENCES = {
    "appointed": "Appointed by decision {0}.",
    "until": "Decision {0} sets its end on {1}.",
    "extended": "Decision {0} moves its end to {1}.",
    "accepted": "{0} has accepted (decision {1}).",
    "passed": "{0} gave up this turn (decision {1}).",
    "swapped": "{0} sits in the turn of {1} (decision {2}).",
    "vacant": "Vacant by decision {0}; the secretariat steers.",
    "interim": "{1} chairs in the interim (decision {0}).",
    "left": "{0} left the group on {1}; the rest of its term is vacant until a decision fills it.",
    "nobody": "No member stands in the order on this day.",
    "recorded": "On record: {0}",
}

Namer = Callable[[str], str]


def explain(term: Term, name: Namer) -> list[str]:
    """The reasons of `term`, a sentence each; `name` turns an id into what people call it."""
    said = [_say(reason, name) for reason in term.why]
    if term.status == "projected":
        said.append(BY_RULE)
    elif term.status == "recorded" and not said:
        said.append("On record.")
    return said


def _say(reason: Reason, name: Namer) -> str:
    if reason.code == "order":
        owner, previous, since = reason.of
        rule = f"in the order in force since {spoken(since)}"
        if previous is None:
            return f"{name(str(owner))} opens the rotation, first {rule}."
        return f"{name(str(owner))} follows {name(str(previous))} {rule}."
    return SENTENCES[reason.code].format(*(_filled(part, name) for part in reason.of))


def _filled(part: object, name: Namer) -> str:
    return spoken(part) if isinstance(part, date) else name(str(part))


def spoken(day: object) -> str:
    """A day in English words, such as 1 July 2008."""
    return f"{day.day} {day:%B %Y}" if isinstance(day, date) else str(day)
