"""Tells of the group's decisions: opened, revised, contested, adopted, withdrawn; and reminds those who are silent.

That silence has adopted a decision is an event that time makes: it is recorded once, with the instant from which
it holds, however late it is seen.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from sqlmodel import col, select

from service import zones
from service.access.links import sign_decision
from service.events import Event
from service.followups.decisions import rules
from service.followups.decisions.commands import note_adopted
from service.followups.decisions.queries import ADOPTED, answers, course, decision_row, running, unrecorded
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.groups.stations import station
from service.meetings.queries import meeting_row
from service.notifications.followups import decision_words as words
from service.notifications.followups.audience import Addressed, focal_points
from service.notifications.handovers.rules import dues
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.inviting import reader_of
from service.notifications.meetings.rules import who
from service.notifications.meetings.saying import Part, Reader, message
from service.rotation.people import chairs_people
from service.rotation.reasons import spoken

REMINDER = "decision.reminder"
# Days before the last day.
LEAD = 2
# What was not told for so long is no news any more.
_NEWS_FOR = timedelta(days=30)


def passing(look: Look) -> None:
    """Record what silence alone has brought about."""
    for row in unrecorded(look.session, look.group_id):
        if row.until is not None:
            note_adopted(look.session, row, row.until)


def coming(look: Look) -> Iterator[datetime]:
    """The instants at which a decision falls due, or somebody is owed a reminder of one."""
    for row in running(look.session, look.group_id):
        if row.until is not None:
            yield row.until
        yield from (at for _, at in _owed(look, row) if at > look.now)


def tell(look: Look) -> None:
    """Put what has happened and was told to nobody into the outbox, and remind of what comes."""
    asked = select(Event).where(
        Event.group_id == look.group_id,
        col(Event.kind).in_(tuple(_TELLS)),
        col(Event.recorded_at) > look.now - _NEWS_FOR,
    )
    for event in look.session.exec(asked.order_by(col(Event.position))).all():
        _TELLS[event.kind](look, event, decision_row(look.session, look.group_id, event.subject))
    for row in running(look.session, look.group_id):
        _remind(look, row)


def _post(
    look: Look,
    event: Event,
    row: GroupDecisionRow,
    audience: Iterable[Addressed],
    subject: str,
    part: Callable[[Reader, Addressed], Part],
    last: datetime,
    *,
    key: Callable[[Addressed], str] | None = None,
) -> None:
    """One message to each of the audience, unless it is in the outbox already; by default one to each mailbox."""
    about = About(f"decision-{row.id}", row.round)
    known = look.known(about.subject)
    for to in audience:
        named = key(to) if key else f"{event.kind}:{event.id}:{who(to.person.email)}"
        if named not in known:
            reader = reader_of(look, to.person.name, to.organization)
            wording = message(look.charter, reader, subject, part(reader, to), look.url)
            look.post(event, Recipient(to.person.name, to.person.email), wording, named, last, about)
            known.add(named)


def _chairs(look: Look) -> Iterator[Addressed]:
    for id_ in look.chair:
        for person, organization in chairs_people(look.charter, [id_], look.today):
            yield Addressed(person, id_, organization, True)


def _facts(look: Look, row: GroupDecisionRow, reader: Reader | None = None) -> list[tuple[str, str]]:
    """What is known of it; with a reader who may still answer, the deadline on their own clock too."""
    meeting = meeting_row(look.session, look.group_id, row.meeting) if row.meeting else None
    day = f" of {spoken(zones.day_in(meeting.start, look.zone))}" if meeting else ""
    return words.facts(look.charter, row, reader, f"{meeting.title}{day}" if meeting else None)


def _because(look: Look, to: Addressed) -> str:
    return f"You get this because you serve {look.charter.short(to.organization)} in {look.charter.group.name}."


def _standing(look: Look, row: GroupDecisionRow) -> dict[str, GroupAnswerRow]:
    return rules.standing(answers(look.session, row), row.round)


def _asked(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """The text of a round to all, with a link to answer; a round that is over is told to nobody."""
    if row.until is None or event.data["round"] != row.round or not rules.takes_answers(course(row), look.now):
        return
    day = words.last_day(look.charter, row.until)
    again = "is revised; what was answered before no longer counts" if row.round > 1 else "is open"
    so_far = " A member objects to it so far." if row.objections else ""
    lead = f"Decision {row.id} {again}. It is adopted by silence unless a member objects by the end of {day}.{so_far}"

    def part(reader: Reader, to: Addressed) -> Part:
        action = _action(look, row, to)
        return Part(lead, _facts(look, row, reader), text=row.text, action=action, because=_because(look, to))

    asks = f"revised, for silence until {day}" if row.round > 1 else f"for silence until {day}"
    subject = f"{words.name(look.charter, row)}: {asks}"
    _post(
        look, event, row, focal_points(look.charter, look.today), subject, part, row.until,
        key=lambda to: f"{event.kind}:{event.id}:{to.member}:{who(to.person.email)}",
    )  # fmt: skip


def _action(look: Look, row: GroupDecisionRow, to: Addressed) -> tuple[str, str] | None:
    """The link by which somebody answers for their member; who does not speak for it only reads."""
    person = look.people.get(to.person.email)
    if person is None or not to.answers:
        return None
    link = sign_decision(look.group_id, row.id, to.member, person)
    return f"Answer for {look.charter.short(to.member)}", f"{look.url}/decision/{link}"


def _owed(look: Look, row: GroupDecisionRow) -> Iterator[tuple[Addressed, datetime]]:
    """Who of the silent members is reminded, and when: at their own hour, unless the round began later than that."""
    if row.until is None or row.objections:
        return
    heard = _standing(look, row)
    last = zones.day_in(row.until - timedelta(seconds=1), look.zone)
    for to in focal_points(look.charter, look.today):
        if to.answers and to.member not in heard:
            zone, holidays = station(look.charter, to.organization)
            (due,) = dues(last, [LEAD], look.charter.reminders.at, zone, holidays)
            if due.at > row.asked_at:
                yield to, due.at


def _remind(look: Look, row: GroupDecisionRow) -> None:
    owed = [(to, at) for to, at in _owed(look, row) if at <= look.now]
    if not owed or row.until is None:
        return
    event = look.event(REMINDER, row.id, str(row.round), min(at for _, at in owed), round=row.round)
    day = words.last_day(look.charter, row.until)

    def part(reader: Reader, to: Addressed) -> Part:
        lead = (
            f"{look.charter.short(to.member)} has not answered to decision {row.id} yet. "
            f"It is adopted by silence unless a member objects by the end of {day}."
        )
        found = _facts(look, row, reader)
        return Part(lead, found, text=row.text, action=_action(look, row, to), because=_because(look, to))

    subject = f"{words.name(look.charter, row)}: your answer is missing, until {day}"
    _post(
        look, event, row, [to for to, _ in owed], subject, part, row.until,
        key=lambda to: f"{REMINDER}:{event.id}:{to.member}:{who(to.person.email)}",
    )  # fmt: skip


def _contested(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """To the chair and all: it does not pass as it stands."""
    if event.data["round"] != row.round or row.withdrawn_at is not None or not row.objections:
        return
    objecting = [one for one in _standing(look, row).values() if one.answer == "object"]
    lead = f"Decision {row.id} is contested: it is not adopted as it stands. The chair revises or withdraws it."

    def part(reader: Reader, to: Addressed) -> Part:
        lines = words.said(look.charter, objecting)
        return Part(lead, _facts(look, row), (), "Objections", lines, row.text, None, _because(look, to))

    audience = [*_chairs(look), *focal_points(look.charter, look.today)]
    subject = f"{words.name(look.charter, row)}: contested"
    _post(look, event, row, audience, subject, part, look.now + _NEWS_FOR)


def _answered(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """To the chair alone: a member wants another text, or objects to what is contested already."""
    number = int(event.occurrence.partition(":")[2])
    found = [one for one in _standing(look, row).values() if one.number == number]
    if event.data["contests"] or row.withdrawn_at is not None or not found or found[0].answer not in _CHAIRS:
        return
    member = look.charter.short(found[0].member)
    lead = f"{member} wants another text of decision {row.id}. You may revise it: everybody is then asked anew."

    def part(reader: Reader, to: Addressed) -> Part:
        lines = words.said(look.charter, found)
        return Part(lead, _facts(look, row), (), "Answer", lines, row.text, None, _because(look, to))

    subject = f"{words.name(look.charter, row)}: {member} wants a change"
    _post(look, event, row, _chairs(look), subject, part, look.now + _NEWS_FOR)


def _ended(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """The outcome to all, with who endorses it and who stands aside."""
    standing = list(_standing(look, row).values())
    if event.kind == ADOPTED:
        way = "nobody has objected" if row.until else "it was taken by consensus"
        lead, ending = f"Decision {row.id} is adopted: {way}.", "adopted"
    else:
        lead, ending = f"Decision {row.id} is withdrawn: {row.reason}", "withdrawn"

    def part(reader: Reader, to: Addressed) -> Part:
        found = [*_facts(look, row), *words.endorsed(look.charter, standing)]
        apart = [one for one in standing if one.answer == "dissociate"]
        lines = words.said(look.charter, apart)
        return Part(lead, found, (), "Dissociated", lines, row.text, None, _because(look, to))

    subject = f"{words.name(look.charter, row)}: {ending}"
    _post(look, event, row, focal_points(look.charter, look.today), subject, part, look.now + _NEWS_FOR)


_CHAIRS = ("change", "object")
_TELLS: dict[str, Callable[[Look, Event, GroupDecisionRow], None]] = {
    "decision.opened": _asked,
    "decision.revised": _asked,
    "decision.contested": _contested,
    "decision.answered": _answered,
    ADOPTED: _ended,
    "decision.withdrawn": _ended,
}
