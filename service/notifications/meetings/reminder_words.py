"""What the reminders of a meeting say: what is coming, and what is missing. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from service.groups.charter import Charter
from service.language.dates import listed, spoken
from service.language.speech import _, ngettext
from service.notifications.meetings.rules import Facts
from service.notifications.meetings.saying import Said, facts, short_when, title
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader


class Coming(NamedTuple):
    """A meeting and what a reminder of it may name: titles of items, and documents as lines.

    `settles` is the day on which its agenda settles, `chair` who chairs today, `member` whom the reader is asked for.
    """

    said: Said
    found: Facts
    settles: date
    chair: tuple[str, ...]
    member: str
    agenda: Sequence[str] = ()
    proposed: Sequence[str] = ()
    documents: Sequence[str] = ()


class _Say(NamedTuple):
    subject: str
    lead: str
    notes: tuple[str, ...] = ()
    heading: str = ""
    lines: tuple[str, ...] = ()


def reminder(charter: Charter, kind: str, coming: Coming, reader: Reader) -> Message:
    """A reminder of a kind of `service.notifications.meetings.rules.RULES`."""
    names = {"name": title(charter, coming.said), "when": short_when(coming.said)}
    say = _SAYS[kind](charter, coming, names)
    return Message(
        subject=say.subject,
        lead=say.lead,
        notes=say.notes,
        facts=facts(charter, coming.said, reader),
        lists=((say.heading, say.lines),) if say.lines else (),
        because=because(charter, reader.organization),
    )


def _uncalled(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    return _Say(
        _("{name}, {when}: to be called", **names),
        _("{name} is proposed and not called yet.", name=names["name"]),
        (_hosts(charter, coming), *_who_acts(charter, coming)),
    )


def _hosts(charter: Charter, coming: Coming) -> str:
    chair = coming.said["chair"]
    if coming.member in chair:
        return _(
            "By the rotation you host it: it is to be called, moved or cancelled, so that the others know."
        )  # fmt: skip
    if not chair:
        return _("By the rotation nobody hosts it: it is to be called, moved or cancelled, so that the others know.")
    return ngettext(
        "By the rotation {names} hosts it: it is to be called, moved or cancelled, so that the others know.",
        "By the rotation {names} host it: it is to be called, moved or cancelled, so that the others know.",
        len(chair),
        names=listed([charter.short(id_) for id_ in chair]),
    )


def _who_acts(charter: Charter, coming: Coming) -> tuple[str, ...]:
    """For a reader who hosts the meeting and does not chair yet: whose it is to act until then."""
    if coming.member in coming.chair or not coming.chair:
        return ()
    now = listed([charter.short(id_) for id_ in coming.chair])
    return (_("Until the chair passes this is for {names} to do; tell them what suits you.", names=now),)


def _agenda_call(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    return _Say(
        _("{name}, {when}: call for agenda items", **names),
        _("What should {name} deal with?", name=names["name"]),
        (_("Items for its agenda are taken until {day}.", day=spoken(coming.settles)),),
        _("On the agenda so far"),
        tuple(coming.agenda),
    )


def _no_agenda(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    settles = _(
        "It is to be settled on {day}; accept what was proposed, or propose items.", day=spoken(coming.settles)
    )  # fmt: skip
    return _Say(
        _("{name}, {when}: no agenda yet", **names),
        _("{name} has no agenda yet.", name=names["name"]),
        (settles, *_who_acts(charter, coming)),
        _("Proposed and not taken yet"),
        tuple(coming.proposed),
    )


def _missing(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    member = charter.short(coming.member)
    lacks = []
    if coming.member not in coming.found.answered:
        lacks.append(_("an answer whether {member} comes, and who for it", member=member))
    if coming.member not in coming.found.news:
        lacks.append(_("its news for the information exchange"))
    return _Say(
        _("{name}, {when}: what we still need from you", **names),
        _("{name} is near.", name=names["name"]),
        (),
        _("Still missing from {member}", member=member),
        tuple(lacks),
    )


def _documents(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    return _Say(
        _("{name}, {when}: documents", **names),
        _("{name} is in a week; please read what it will deal with.", name=names["name"]),
        (),
        _("Documents"),
        tuple(coming.documents) or (_("none so far"),),
    )


def _tomorrow(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    return _Say(
        _("{name}, {when}: soon", **names),
        _("{name} is on the next working day.", name=names["name"]),
        (),
        _("On the agenda"),
        tuple(coming.agenda),
    )


def _no_minutes(charter: Charter, coming: Coming, names: dict[str, str]) -> _Say:
    return _Say(
        _("{name}, {when}: minutes are missing", **names),
        _("The minutes of {name} are not circulated yet.", name=names["name"]),
        (_("Write what was agreed, and give members time to object."),),
    )


_SAYS = {
    "uncalled": _uncalled,
    "agenda-call": _agenda_call,
    "no-agenda": _no_agenda,
    "missing": _missing,
    "documents": _documents,
    "tomorrow": _tomorrow,
    "no-minutes": _no_minutes,
}
