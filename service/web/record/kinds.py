"""The kinds of decisions on the chair: what each does, what its form asks for, and a decision in a sentence."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from service.groups.charter import Charter
from service.groups.decision import Decision
from service.language.dates import listed, spoken
from service.language.speech import N_, _
from service.problems import Problem
from service.rotation.values import Term
from service.web.frame.forms import Typed

Asks = Literal["turn", "other", "term", "members", "member", "begins", "from", "until", "until-or-not", "decision"]


class Kind(NamedTuple):
    """A kind of decision: its name, what happens, and what its form asks for; `verb` is what one has to be allowed."""

    id: str
    name: str
    about: str
    asks: tuple[Asks, ...]
    verb: str = "chair.decide"


KINDS = {
    kind.id: kind
    for kind in (
        Kind("accept", N_("Accept a turn"), N_("The coming chair has said yes: its term is decided."),
             ("turn",), "chair.accept"),
        Kind("pass", N_("Pass a turn"), N_("A member gives up its turn; the next in the order moves up."),
             ("turn",), "chair.pass"),
        Kind("swap", N_("Swap two turns"), N_("Another member sits in this turn, and this member in its next one."),
             ("turn", "other")),
        Kind("appoint", N_("Appoint a chair"), N_("The named members sit instead; the order goes on after the last."),
             ("term", "members", "until-or-not")),
        Kind("extend", N_("Move the end of a term"), N_("The term ends later or earlier; later terms follow."),
             ("term", "until")),
        Kind("interim", N_("Interim chair"), N_("A member sits for some days; whose turn it is keeps that turn."),
             ("member", "from", "until")),
        Kind("vacant", N_("Vacant chair"), N_("Nobody chairs for some days; the secretariat steers."),
             ("begins", "until")),
        Kind("withdraw", N_("Withdraw a decision"), N_("The decision counts as never taken."), ("decision",)),
    )
}  # fmt: skip


def said_by(kind: Kind, typed: Typed) -> dict[str, Any]:
    """The body of the API, from the fields of a kind's form; what is empty is left out.

    Raises:
        Problem: 422, a field that this kind needs is empty.
    """
    for name in kind.asks:
        if name != "until-or-not" and not typed.all(name):
            raise Problem(422, "field-missing", _("Something is missing; fill in the field."), field=name)
    day, _space, member = typed.get("turn").partition(" ")
    members = typed.all("members")
    term, until = typed.text("term"), typed.text("until")
    said: dict[str, dict[str, Any]] = {
        "accept": {"accept": member, "term": day},
        "pass": {"pass": member, "term": day},
        "swap": {"swap": [member, typed.get("other")], "term": day},
        "appoint": {"appoint": members[0] if len(members) == 1 else members, "term": term, "until": until},
        "extend": {"extend": term, "until": until},
        "interim": {"interim": typed.text("member"), "from": typed.text("from"), "until": until},
        "vacant": {"vacant": typed.text("begins"), "until": until},
        "withdraw": {"withdraw": typed.text("decision")},
    }
    more = {name: typed.text(name) for name in ("reason", "source", "taken")}
    return {name: value for name, value in (said[kind.id] | more).items() if value not in (None, "")}


def turns(
    charter: Charter, laid: Sequence[Term], today: date, is_offered: Callable[[str, date], bool]
) -> list[tuple[str, str]]:
    """The coming turns to choose from, as value and label: those of which `is_offered` says so of member and day."""
    return [
        (f"{term.start} {id_}", _("{member}, from {day}", member=charter.short(id_), day=spoken(term.start)))
        for term in laid
        if term.start > today and term.turn and term.piece < 2
        for id_ in term.chair
        if is_offered(id_, term.start)
    ]


def terms_from(charter: Charter, laid: Sequence[Term], today: date) -> list[tuple[str, str]]:
    """The running term and those to come, as value and label."""
    return [
        (
            term.start.isoformat(),
            _(
                "{chair}, {day} to {until}",
                chair=listed([charter.short(id_) for id_ in term.chair]) or _("vacant"),
                day=spoken(term.start),
                until=spoken(term.end),
            ),
        )
        for term in laid
        if term.end > today
    ]


def in_words(charter: Charter, decision: Decision) -> str:
    """What a decision says, in a sentence."""
    name = charter.short
    day, until = (spoken(one) if one else "" for one in (decision.begins, decision.until))
    names = [name(id_) for id_ in decision.names]
    one = names[0] if names else ""
    if decision.verb == "swap":
        return _("{other} sits in the turn of {member} from {day}.", other=names[1], member=one, day=day)
    if decision.verb == "appoint" and decision.until is not None:
        return _("{members} chair from {day} until {until}.", members=listed(names), day=day, until=until)
    said = {
        "accept": _("{member} takes the chair on {day}.", member=one, day=day),
        "pass": _("{member} gives up its turn of {day}.", member=one, day=day),
        "appoint": _("{members} chair from {day}.", members=listed(names), day=day),
        "extend": _("The term of {day} ends on {until}.", day=day, until=until),
        "interim": _("{member} chairs in the interim, from {day} until {until}.", member=one, day=day, until=until),
        "vacant": _("The chair is vacant from {day} until {until}.", day=day, until=until),
        "withdraw": _("Decision {id} is withdrawn.", id=decision.withdraw or ""),
    }
    return said[decision.verb]


def withdrawn(charter: Charter) -> dict[str, str]:
    """The decisions that are withdrawn, each with the decision that has done it."""
    return {one.withdraw: one.id for one in charter.decisions if one.withdraw is not None}
