"""What the service says about a handover: a reminder, a change, and the question whether a turn is taken. Pure."""

from datetime import date
from typing import NamedTuple

from service.calendars.items import group_name
from service.followups.handovers.rules import CHECKLIST
from service.groups.charter import Charter
from service.language.dates import spoken, weekday
from service.language.speech import N_, _, ngettext
from service.notifications.handovers.rules import Told
from service.notifications.wording.common import because, pair, seated
from service.notifications.wording.message import Message
from service.rotation.reasons import BY_RULE

# What goes along with a message, where a calendar can take it.
ENCLOSED = N_("the term, for your calendar")


class Handover(NamedTuple):
    """What a message about a handover says: chairs before and after, days, reasons and standing.

    `member` names the member whose seats rotate; empty for the chair of the group.
    """

    outgoing: tuple[str, ...]
    incoming: tuple[str, ...]
    member: str
    day: date
    until: date
    why: tuple[str, ...]
    projected: bool


def reminder(charter: Charter, told: Told, handover: Handover, on: date, link: str | None) -> Message:
    """A reminder of a coming handover, as read on the day `on`; by `link` the reader says that they have seen it."""
    return Message(
        subject=_("{what} {when}", what=_headline(charter, told, handover), when=_ahead(handover.day, on)),
        lead=_lead(charter, told, handover),
        notes=(_midnight(charter), *_standing(handover)),
        lists=(_why(handover), *_checklist(told)),
        actions=((_("I have seen it"), link),) if link else (),
        because=because(charter, told.organization),
    )


def escalation(charter: Charter, told: Told, handover: Handover, on: date, link: str | None) -> Message:
    """A reminder that nobody has acknowledged, to the next who should know."""
    said = reminder(charter, told, handover, on, link)
    incoming = seated(charter, handover.incoming)
    note = _(
        "Nobody of {incoming} has said that they have seen this. Please see to it that somebody does.",
        incoming=incoming,
    )
    subject = _("Not acknowledged: {what}", what=said.subject)
    return said.model_copy(update={"subject": subject, "notes": (note, *said.notes)})


def changed(charter: Charter, told: Told, was: Handover, now: Handover | None) -> Message:
    """A correction for somebody who was told, or whose own turn has moved."""
    place = _place(charter, was.member)
    if now is None:
        after = _("Nothing takes its place for now.")
    else:
        after = _(
            "Now: {outgoing} hands over to {incoming} on {day}, until {until} (from 00:00 in {zone}).",
            outgoing=seated(charter, now.outgoing),
            incoming=seated(charter, now.incoming),
            day=weekday(now.day),
            until=weekday(now.until),
            zone=charter.group.timezone,
        )
    return Message(
        subject=_("Changed: {place}: handover of {day}", place=place, day=spoken(was.day)),
        lead=_(
            "{place}: the handover to {incoming} on {day} does not take place as announced.",
            place=place,
            incoming=seated(charter, was.incoming),
            day=spoken(was.day),
        ),
        notes=(after, *(_standing(now) if now else ())),
        lists=(_why(now),) if now else (),
        because=_(
            "You get this because you were told of the earlier day, or because it is the turn of {organization}.",
            organization=charter.short(told.organization),
        )
        if told.organization
        else because(charter, ""),
    )


def asked(charter: Charter, told: Told, handover: Handover, link: str) -> Message:
    """The question to the coming chair whether it takes its turn; `link` is where the reader answers."""
    incoming, place = seated(charter, handover.incoming), _place(charter, "")
    return Message(
        subject=_(
            "{place}: will {incoming} take the chair on {day}?",
            place=place,
            incoming=incoming,
            day=spoken(handover.day),
        ),
        lead=_(
            "By the rotation it is the turn of {incoming} to chair {place}, from {day} until {until} "
            "(00:00 in {zone}).",
            incoming=incoming,
            place=place,
            day=weekday(handover.day),
            until=weekday(handover.until),
            zone=charter.group.timezone,
        ),
        notes=(
            *_standing(handover),
            _("Will {incoming} take it?", incoming=incoming),
            _(
                "The link only opens a form; nothing is decided before you send it. Whoever gives up its turn gives up "
                "this one alone, and the next in order is asked."
            ),
            _("The link is yours alone: who has it can answer for {incoming}.", incoming=incoming),
        ),
        lists=(
            _why(handover),
            (_("What to prepare for, if {incoming} takes the chair", incoming=incoming), _headings()),
        ),
        actions=((_("Answer for {organization}", organization=incoming), link),),
        because=because(charter, told.organization),
    )


def _place(charter: Charter, member: str) -> str:
    if not member:
        return group_name(charter)
    return _("{group}, seat of {member}", group=group_name(charter), member=charter.short(member))


def _headline(charter: Charter, told: Told, handover: Handover) -> str:
    said = {
        "place": _place(charter, handover.member),
        "incoming": seated(charter, handover.incoming),
        "outgoing": seated(charter, handover.outgoing),
    }
    if handover.member:
        if told.relation == "incoming":
            return _("{place}: {incoming} takes the seat", **said)
        if told.relation == "outgoing":
            return _("{place}: {outgoing} hands over the seat", **said)
        return _("{place}: the seat passes to {incoming}", **said)
    if not handover.incoming:
        return _("{place}: the chair falls vacant", **said)
    if told.relation == "incoming":
        return _("{place}: {incoming} takes the chair", **said)
    if told.relation == "outgoing":
        return _("{place}: {outgoing} hands over the chair", **said)
    return _("{place}: the chair passes to {incoming}", **said)


def _ahead(day: date, on: date) -> str:
    days = (day - on).days
    if days < 0:
        return _("({day})", day=spoken(day))
    if days == 0:
        return _("today ({day})", day=spoken(day))
    if days == 1:
        return _("tomorrow ({day})", day=spoken(day))
    return ngettext("in {n} day ({day})", "in {n} days ({day})", days, day=spoken(day))


def _lead(charter: Charter, told: Told, handover: Handover) -> str:
    said = {
        "place": _place(charter, handover.member),
        "incoming": seated(charter, handover.incoming),
        "outgoing": seated(charter, handover.outgoing),
        "day": weekday(handover.day),
        "until": weekday(handover.until),
    }
    if handover.member:
        if told.relation == "incoming":
            return _("{incoming} takes the seat on {day}, and holds it until {until} ({place}).", **said)
        if told.relation == "outgoing":
            return _("{outgoing} hands the seat over to {incoming} on {day} ({place}).", **said)
        return _("The seat passes from {outgoing} to {incoming} on {day}, until {until} ({place}).", **said)
    if not handover.incoming:
        return _("The chair of {place} falls vacant on {day}, until {until}; the secretariat steers.", **said)
    if told.relation == "incoming" or not handover.outgoing:
        return _("{incoming} takes the chair of {place} on {day}, and holds it until {until}.", **said)
    if told.relation == "outgoing":
        return _("{outgoing} hands the chair of {place} over to {incoming} on {day}.", **said)
    return _("The chair of {place} passes from {outgoing} to {incoming} on {day}, until {until}.", **said)


def _midnight(charter: Charter) -> str:
    return _("The day begins at 00:00 in {zone}.", zone=charter.group.timezone)


def _standing(handover: Handover) -> tuple[str, ...]:
    if not handover.projected:
        return ()
    return (_("This is by rule, not on record: no decision has confirmed it yet."),)


def _why(handover: Handover) -> tuple[str, tuple[str, ...]]:
    return _("Why"), tuple(sentence for sentence in handover.why if sentence != _(BY_RULE))


def _headings() -> tuple[str, ...]:
    return tuple(f"[ ] {pair(_(one.title), _(one.text))}" for one in CHECKLIST)


def _checklist(told: Told) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if told.relation == "member":
        return ()
    return ((_("For the handover, both chairs check together"), _headings()),)
