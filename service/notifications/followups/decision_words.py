"""What is said of a decision of the group, from the question to the outcome. Nothing is read here."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service import zones
from service.calendars.items import group_name
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.groups.charter import Charter
from service.language.dates import hour, listed, spoken, weekday
from service.language.speech import N_, _
from service.notifications.wording.common import because, pair
from service.notifications.wording.message import Message, Reader

_OPERATIVE = {
    "adopted": N_("adopted"),
    "endorsed": N_("endorsed"),
    "approved": N_("approved"),
    "requested": N_("requested"),
    "took-note": N_("took note"),
    "designated": N_("designated"),
}
# What a member has answered, with its reason.
_SAID = {
    "change": N_("{member} asks for a change: {reason}"),
    "dissociate": N_("{member} dissociates itself: {reason}"),
    "object": N_("{member} objects: {reason}"),
}


class Subject(NamedTuple):
    """A decision of the group as it stands, and the title and day of the meeting that it comes from, if any."""

    charter: Charter
    row: GroupDecisionRow
    meeting: tuple[str, date] | None


def asked(about: Subject, member: str, link: str | None, reader: Reader) -> Message:
    """The text of a round; by `link` the reader answers for a member, without one they only read."""
    row, day = about.row, _last_day(about)
    if row.round > 1:
        subject = _("{decision}: revised, for silence until {day}", decision=_named(about), day=day)
        lead = _(
            "Decision {id} is revised; what was answered before no longer counts. It is adopted by silence unless a "
            "member objects by the end of {day}.",
            id=row.id,
            day=day,
        )
    else:
        subject = _("{decision}: for silence until {day}", decision=_named(about), day=day)
        lead = _(
            "Decision {id} is open. It is adopted by silence unless a member objects by the end of {day}.",
            id=row.id,
            day=day,
        )
    notes = (_("A member objects to it so far."),) if row.objections else ()
    return _message(about, subject, lead, reader, asks=reader, notes=notes, actions=_answer(about, member, link))


def missing(about: Subject, member: str, link: str | None, reader: Reader) -> Message:
    """A reminder for a member that is silent."""
    day = _last_day(about)
    subject = _("{decision}: your answer is missing, until {day}", decision=_named(about), day=day)
    lead = _(
        "{member} has not answered to decision {id} yet. It is adopted by silence unless a member objects by the end "
        "of {day}.",
        member=about.charter.short(member),
        id=about.row.id,
        day=day,
    )
    return _message(about, subject, lead, reader, asks=reader, actions=_answer(about, member, link))


def contested(about: Subject, objecting: Iterable[GroupAnswerRow], reader: Reader) -> Message:
    """That it does not pass as it stands, and who objects."""
    lead = _(
        "Decision {id} is contested: it is not adopted as it stands. The chair revises or withdraws it.",
        id=about.row.id,
    )
    subject = _("{decision}: contested", decision=_named(about))
    return _message(about, subject, lead, reader, lists=((_("Objections"), _answers(about, objecting)),))


def wanted(about: Subject, answer: GroupAnswerRow, reader: Reader) -> Message:
    """To the chair: a member wants another text."""
    member = about.charter.short(answer.member)
    lead = _(
        "{member} wants another text of decision {id}. You may revise it: everybody is then asked anew.",
        member=member,
        id=about.row.id,
    )
    subject = _("{decision}: {member} wants a change", decision=_named(about), member=member)
    return _message(about, subject, lead, reader, lists=((_("Answer"), _answers(about, [answer])),))


def adopted(about: Subject, standing: Iterable[GroupAnswerRow], reader: Reader) -> Message:
    """That it is adopted, with who stands behind it and who aside."""
    if about.row.until is not None:
        lead = _("Decision {id} is adopted: nobody has objected.", id=about.row.id)
    else:
        lead = _("Decision {id} is adopted: it was taken by consensus.", id=about.row.id)
    return _ended(about, _("{decision}: adopted", decision=_named(about)), lead, standing, reader, holds=True)


def withdrawn(about: Subject, standing: Iterable[GroupAnswerRow], reader: Reader) -> Message:
    """That the chair has given it up, and why."""
    lead = _("Decision {id} is withdrawn: {reason}", id=about.row.id, reason=about.row.reason)
    return _ended(about, _("{decision}: withdrawn", decision=_named(about)), lead, standing, reader)


def _ended(
    about: Subject,
    subject: str,
    lead: str,
    standing: Iterable[GroupAnswerRow],
    reader: Reader,
    *,
    holds: bool = False,
) -> Message:
    standing = list(standing)
    apart = [one for one in standing if one.answer == "dissociate"]
    dissociated = (_("Dissociated"), _answers(about, apart))
    found = _message(about, subject, lead, reader, lists=(dissociated,), holds=holds)
    members = sorted(about.charter.short(one.member) for one in standing if one.answer == "endorse")
    if members:
        found = found.model_copy(update={"facts": (*found.facts, (_("Endorsed by"), listed(members)))})
    return found


def _message(
    about: Subject,
    subject: str,
    lead: str,
    reader: Reader,
    *,
    asks: Reader | None = None,
    notes: tuple[str, ...] = (),
    lists: tuple[tuple[str, tuple[str, ...]], ...] = (),
    actions: tuple[tuple[str, str], ...] = (),
    holds: bool = False,
) -> Message:
    return Message(
        subject=subject,
        lead=lead,
        notes=notes,
        facts=tuple(_facts(about, asks, holds)),
        lists=lists,
        text=about.row.text,
        actions=actions,
        because=because(about.charter, reader.organization),
    )


def _named(about: Subject) -> str:
    """As it stands in subject lines: GMG: decision 2008-3, Title."""
    row = about.row
    return _("{group}: decision {id}, {title}", group=group_name(about.charter), id=row.id, title=row.title)


def _last_day(about: Subject) -> str:
    """The day that ends at the deadline, in the group's zone; none where it was taken by consensus."""
    until = about.row.until
    return spoken(zones.day_in(until - timedelta(seconds=1), about.charter.group.timezone)) if until else ""


def _answer(about: Subject, member: str, link: str | None) -> tuple[tuple[str, str], ...]:
    return ((_("Answer for {organization}", organization=about.charter.short(member)), link),) if link else ()


def _answers(about: Subject, answers: Iterable[GroupAnswerRow]) -> tuple[str, ...]:
    """Answers that carry a reason, one a line."""
    return tuple(_(_SAID[one.answer], member=about.charter.short(one.member), reason=one.reason) for one in answers)


def _facts(about: Subject, asks: Reader | None, holds: bool) -> Iterator[tuple[str, str]]:
    """Number, what kind it is, until when, and where it comes from.

    A reader who is asked (`asks`) also gets the deadline on their own clock. What the group did by it ("adopted")
    is said of a decision that `holds` alone: beside one that is open or contested it reads as if it were.
    """
    charter, row = about.charter, about.row
    kind = _("Common position") if row.position else _("Decision")
    yield kind, pair(f"{row.id} ({_(_OPERATIVE[row.operative])})" if holds else row.id, row.title)
    if row.round > 1:
        yield _("Round"), str(row.round)
    if row.until is not None:
        yield _("Deadline"), _("the end of {day} ({zone})", day=_last_day(about), zone=charter.group.timezone)
        there = _there(charter, row.until, asks) if asks is not None else None
        if there is not None:
            yield _("For you"), there
    purposes = [f"{number} ({charter.purposes[number]})" for number in row.purposes if number in charter.purposes]
    if purposes:
        yield _("Purposes"), listed(purposes)
    if about.meeting is not None:
        title, held = about.meeting
        said = {"title": title, "day": spoken(held), "number": row.outcome}
        known = _("{title} of {day}, outcome {number}", **said) if row.outcome else _("{title} of {day}", **said)
        yield _("Meeting"), known
    if row.supersedes is not None:
        yield _("Supersedes"), _("decision {id}", id=row.supersedes)
    for link in row.links:
        yield _("Document"), f"{link['title']} {link['url']}"


def _there(charter: Charter, until: datetime, reader: Reader) -> str | None:
    """The deadline on the reader's clock, where that shows another time then."""
    own = until.astimezone(ZoneInfo(reader.zone))
    if own.utcoffset() == until.astimezone(ZoneInfo(charter.group.timezone)).utcoffset():
        return None
    return _(
        "before {day}, {hour} ({place})", day=weekday(own.date()), hour=hour(own), place=reader.city or reader.zone
    )
