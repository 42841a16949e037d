"""The reasons of a term in plain words, in the language spoken now."""

from collections.abc import Callable
from datetime import date

from service.language.dates import spoken
from service.language.speech import N_, _, filled
from service.rotation.values import Kind, Reason, Status, Term

BY_RULE = N_("By rule, not on record.")

SENTENCES = {
    "appointed": N_("Appointed by decision {0}."),
    "until": N_("Decision {0} sets its end on {1}."),
    "extended": N_("Decision {0} moves its end to {1}."),
    "accepted": N_("{0} has accepted (decision {1})."),
    "passed": N_("{0} gave up this turn (decision {1})."),
    "swapped": N_("{0} sits in the turn of {1} (decision {2})."),
    "vacant": N_("Vacant by decision {0}; the secretariat steers."),
    "interim": N_("{1} chairs in the interim (decision {0})."),
    "left": N_("{0} left the group on {1}; the rest of its term is vacant until a decision fills it."),
    "nobody": N_("No member stands in the order on this day."),
    "recorded": N_("On record: {0}"),
}

# What kind of term it is, and how firmly it stands, in a word or two.
KINDS: dict[Kind, str] = {
    "regular": N_("regular"),
    "extended": N_("extended"),
    "swapped": N_("swapped"),
    "appointed": N_("appointed"),
    "interim": N_("interim"),
    "vacant": N_("vacant"),
}
STATUSES: dict[Status, str] = {
    "recorded": N_("on record"),
    "decided": N_("decided"),
    "projected": N_("by rule, not on record"),
}

Namer = Callable[[str], str]


def explain(term: Term, name: Namer) -> list[str]:
    """The reasons of `term`, a sentence each, and how it stands; `name` turns an id into what people call it."""
    said = because(term, name)
    if term.status == "projected":
        said.append(_(BY_RULE))
    elif term.status == "recorded" and not said:
        said.append(_("On record."))
    return said


def because(term: Term, name: Namer) -> list[str]:
    """The reasons alone, for a page that says by a mark of its own how the term stands."""
    return [_say(reason, name) for reason in term.why]


def _say(reason: Reason, name: Namer) -> str:
    if reason.code == "order":
        owner, previous, since = reason.of
        if previous is None:
            return _(
                "{owner} opens the rotation, first in the order in force since {since}.",
                owner=name(str(owner)),
                since=spoken(since),
            )
        return _(
            "{owner} follows {previous} in the order in force since {since}.",
            owner=name(str(owner)),
            previous=name(str(previous)),
            since=spoken(since),
        )
    return filled(_(SENTENCES[reason.code]), *(_part(part, name) for part in reason.of))


def _part(part: object, name: Namer) -> str:
    return spoken(part) if isinstance(part, date) else name(str(part))
