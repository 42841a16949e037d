"""Tells of what has happened around meetings: minutes in circulation and adopted, polls opened and closed.

The deadline of a silence or of a poll is an event that time makes: it is recorded once, with the instant
from which it holds, however late it is seen.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlmodel import col, select

from service import zones
from service.access.links import sign_poll
from service.events import Event
from service.meetings.inviting.queries import said_of
from service.meetings.minutes.queries import minutes_row, objections, outcomes, state_of
from service.meetings.minutes.tables import MinutesRow
from service.meetings.people import invitees
from service.meetings.polls.commands import ballots, poll_row
from service.meetings.polls.rules import is_open, ranked
from service.meetings.polls.tables import PollRow
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.inviting import reader_of
from service.notifications.meetings.rules import who
from service.notifications.meetings.saying import Part, Reader, facts, message, there, title, when
from service.rotation.people import chairs_people
from service.rotation.reasons import spoken

ADOPTED, CLOSED = "minutes.adopted", "poll.closed"
# What was not told for so long is no news any more.
_NEWS_FOR = timedelta(days=30)
_LAST_CALL = timedelta(days=2)


def passing(look: Look) -> None:
    """Record what the clock alone has brought about."""
    for minutes in _silences(look):
        meeting = meeting_row(look.session, look.group_id, minutes.meeting)
        if state_of(look.session, meeting, minutes) == "adopted" and minutes.until is not None:
            look.event(ADOPTED, minutes.meeting, str(minutes.version), minutes.until)
    for poll in _polls(look):
        if not is_open(poll.deadline, poll.closed_at, look.now) and _undecided(look, poll):
            look.event(CLOSED, poll.id, poll.id, poll.closed_at or poll.deadline, meeting=poll.meeting)


def coming(look: Look) -> Iterator[datetime]:
    """The instants at which the clock alone brings something about."""
    for minutes in _silences(look):
        if minutes.until is not None and minutes.until > look.now:
            yield minutes.until
    for poll in _polls(look):
        if is_open(poll.deadline, poll.closed_at, look.now):
            yield poll.deadline
            yield poll.deadline - _LAST_CALL


def _silences(look: Look) -> list[MinutesRow]:
    asked = select(MinutesRow).where(MinutesRow.group_id == look.group_id, col(MinutesRow.until) > look.now - _NEWS_FOR)
    return list(look.session.exec(asked))


def _polls(look: Look) -> list[PollRow]:
    asked = select(PollRow).where(PollRow.group_id == look.group_id, col(PollRow.deadline) > look.now - _NEWS_FOR)
    return list(look.session.exec(asked.order_by(col(PollRow.created_at))))


def _undecided(look: Look, poll: PollRow) -> bool:
    """Whether the meeting may still be put to another time."""
    return meeting_row(look.session, look.group_id, poll.meeting).state in ("proposed", "called")


def tell(look: Look) -> None:
    """Put what has happened and was told to nobody into the outbox."""
    asked = select(Event).where(
        Event.group_id == look.group_id,
        col(Event.kind).in_(tuple(_TELLS)),
        col(Event.recorded_at) > look.now - _NEWS_FOR,
    )
    for event in look.session.exec(asked.order_by(col(Event.recorded_at), col(Event.id))).all():
        _TELLS[event.kind](look, event)
    for poll in _polls(look):
        if is_open(poll.deadline, poll.closed_at, look.now) and look.now >= poll.deadline - _LAST_CALL:
            _last_call(look, poll)


def _all(look: Look, meeting: MeetingRow) -> Iterator[tuple[str, str, str, str]]:
    day = zones.day_in(meeting.start, look.zone)
    for found in invitees(look.charter, meeting.level, meeting.members, day, look.today):
        yield found.person.name, found.person.email, found.member, found.organization


def _chairs(look: Look, meeting: MeetingRow) -> Iterator[tuple[str, str, str, str]]:
    for person, organization in chairs_people(look.charter, look.chair or meeting.chair, look.today):
        yield person.name, person.email, organization, organization


def _post(
    look: Look,
    event: Event,
    meeting: MeetingRow,
    audience: Iterator[tuple[str, str, str, str]],
    subject: str,
    part: Callable[[Reader, str, str], Part],
) -> None:
    """One message to each of the audience, unless it is in the outbox already."""
    about = About(f"meeting-{meeting.id}", meeting.sequence)
    known = look.known(about.subject)
    for name, address, member, organization in audience:
        key = f"{event.kind}:{event.id}:{who(address)}"
        if key not in known:
            reader = reader_of(look, name, organization)
            wording = message(look.charter, reader, subject, part(reader, member, address), look.url)
            look.post(event, Recipient(name, address), wording, key, look.now + _NEWS_FOR, about)
            known.add(key)


def _because(look: Look, organization: str) -> str:
    return f"You get this because you serve {look.charter.short(organization)} in {look.charter.group.name}."


def _circulated(look: Look, event: Event) -> None:
    meeting = meeting_row(look.session, look.group_id, event.subject)
    minutes = minutes_row(look.session, meeting)
    if minutes is None or minutes.until is None or str(minutes.version) != event.occurrence:
        return
    said = said_of(meeting)
    last = spoken(zones.day_in(minutes.until - timedelta(seconds=1), look.zone))
    numbered = [f"{one.number}. {one.text}" for one in outcomes(look.session, meeting)]
    text = minutes.text

    def part(reader: Reader, member: str, _: str) -> Part:
        name = title(look.charter, said)
        lead = f"The minutes of {name} are circulated. They are adopted unless a member objects by the end of {last}."
        return Part(
            lead, facts(look.charter, said, reader), (), "Outcomes", numbered, text, None, _because(look, member)
        )

    _post(
        look,
        event,
        meeting,
        _all(look, meeting),
        f"{title(look.charter, said)}: minutes, for silence until {last}",
        part,
    )


def _adopted(look: Look, event: Event) -> None:
    meeting = meeting_row(look.session, look.group_id, event.subject)
    said = said_of(meeting)
    numbered = [f"{one.number}. {one.text}" for one in outcomes(look.session, meeting)]

    def part(reader: Reader, member: str, _: str) -> Part:
        lead = f"The minutes of {title(look.charter, said)} are adopted: nobody has objected."
        return Part(lead, facts(look.charter, said, reader), (), "Outcomes", numbered, "", None, _because(look, member))

    _post(look, event, meeting, _all(look, meeting), f"{title(look.charter, said)}: minutes adopted", part)


def _objected(look: Look, event: Event) -> None:
    meeting = meeting_row(look.session, look.group_id, event.subject)
    minutes = minutes_row(look.session, meeting)
    if minutes is None:
        return
    said = said_of(meeting)
    found = [
        f"{look.charter.short(one.member)}: {one.text}" for one in objections(look.session, meeting, minutes.version)
    ]

    def part(reader: Reader, member: str, _: str) -> Part:
        lead = f"A member objects to the minutes of {title(look.charter, said)}. Write a new version and circulate it."
        return Part(lead, (), (), "Objections", found, "", None, _because(look, member))

    _post(look, event, meeting, _chairs(look, meeting), f"{title(look.charter, said)}: objection to the minutes", part)


def _slots(poll: PollRow, meeting: MeetingRow, reader: Reader | None = None) -> list[str]:
    """The slots in the meeting's zone; for a reader whose clocks show another time then, in theirs as well."""
    asked = [said_of(meeting) | {"start": slot} for slot in poll.slots]
    local = [there(said, reader) if reader else None for said in asked]
    return [f"{when(said)}{f'; for you {mine}' if mine else ''}" for said, mine in zip(asked, local, strict=True)]


def _opened(look: Look, event: Event) -> None:
    poll = poll_row(look.session, look.group_id, event.subject)
    if is_open(poll.deadline, poll.closed_at, look.now):
        _ask(look, event, poll, "when does it suit you?", frozenset())


def _last_call(look: Look, poll: PollRow) -> None:
    event = look.event("poll.closing", poll.id, poll.id, poll.deadline - _LAST_CALL)
    _ask(look, event, poll, "your answer is missing", frozenset(ballots(look.session, poll)))


def _ask(look: Look, event: Event, poll: PollRow, ask: str, done: frozenset[str]) -> None:
    meeting = meeting_row(look.session, look.group_id, poll.meeting)
    said = said_of(meeting)
    closes = when(said | {"start": poll.deadline.isoformat(), "minutes": 0}).partition(" to ")[0]

    def part(reader: Reader, member: str, address: str) -> Part:
        name = title(look.charter, said)
        lead = f"When should {name} take place? The poll closes by itself on {closes} ({meeting.zone})."
        person = look.people.get(address, "")
        link = f"{look.url}/poll/{sign_poll(look.group_id, poll.id, member, person)}"
        action = (f"Answer for {look.charter.short(member)}", link)
        slots = _slots(poll, meeting, reader)
        return Part(lead, (), (), "To choose from", slots, "", action, _because(look, member))

    audience = (one for one in _all(look, meeting) if one[2] not in done)
    _post(look, event, meeting, audience, f"{title(look.charter, said)}: {ask}", part)


def _closed(look: Look, event: Event) -> None:
    poll = poll_row(look.session, look.group_id, event.subject)
    if not _undecided(look, poll):
        return
    meeting = meeting_row(look.session, look.group_id, poll.meeting)
    said, slots = said_of(meeting), _slots(poll, meeting)
    tallies = ranked(len(slots), [row.answers for row in ballots(look.session, poll).values()])
    found = [f"{slots[one.slot]}: {one.yes} yes, {one.if_need_be} if need be, {one.no} no" for one in tallies]

    def part(reader: Reader, member: str, _: str) -> Part:
        lead = (
            f"The poll on {title(look.charter, said)} is closed. Move the meeting to the slot you choose, and call it."
        )
        return Part(lead, (), (), "From best to worst", found, "", None, _because(look, member))

    _post(look, event, meeting, _chairs(look, meeting), f"{title(look.charter, said)}: the poll is closed", part)


_TELLS: dict[str, Callable[[Look, Event], None]] = {
    "minutes.circulated": _circulated,
    ADOPTED: _adopted,
    "minutes.objected": _objected,
    "poll.opened": _opened,
    CLOSED: _closed,
}
