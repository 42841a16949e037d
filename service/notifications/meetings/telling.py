"""Tells of what has happened around meetings: minutes in circulation and adopted, polls opened and closed.

The deadline of a silence or of a poll is an event that time makes: it is recorded once, with the instant
from which it holds, however late it is seen.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import col, select, update

from service import zones
from service.access.links import sign_poll
from service.events import Event, lately
from service.meetings.inviting.queries import said_of
from service.meetings.minutes.queries import minutes_row, objections, outcomes, state_of
from service.meetings.minutes.tables import MinutesRow
from service.meetings.people import invitees
from service.meetings.polls.commands import ballots, poll_row
from service.meetings.polls.rules import is_open, ranked
from service.meetings.polls.tables import PollRow
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.notifications.look import Look
from service.notifications.meetings.news_words import adopted, asked, circulated, closed, objected
from service.notifications.meetings.rules import who
from service.notifications.meetings.withdrawing import withdraw_questions
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.posting import About, Recipient, post
from service.notifications.wording.message import Message, Reader
from service.rotation.people import chairs_people

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
    for event in lately(look.session, look.group_id, _TELLS, look.now - _NEWS_FOR):
        _TELLS[event.kind](look, event)
    for poll in _polls(look):
        withdraw_questions(look.session, look.group_id, poll.id, partial(_answered, look, poll))
        if is_open(poll.deadline, poll.closed_at, look.now) and look.now >= poll.deadline - _LAST_CALL:
            _last_call(look, poll)


def _answered(look: Look, poll: PollRow) -> set[str]:
    """Who need not be asked any more: the people of the members that have answered, or all once it is closed."""
    done, over = ballots(look.session, poll), not is_open(poll.deadline, poll.closed_at, look.now)
    meeting = meeting_row(look.session, look.group_id, poll.meeting)
    return {address for _name, address, member, _own in _all(look, meeting) if over or member in done}


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
    kind: str,
    meeting: MeetingRow,
    audience: Iterator[tuple[str, str, str, str]],
    say: Callable[[str, Reader], Message],
    last: datetime | None = None,
) -> None:
    """One message to each of the audience, unless it is in the outbox already; it is no news any more after `last`.

    `say` is asked with the member whom the reader serves, and the reader.
    """
    about = About(f"meeting-{meeting.id}", meeting.sequence)
    known = look.known(about.subject)
    last = min(last, look.now + _NEWS_FOR) if last is not None and last > look.now else look.now + _NEWS_FOR
    for name, address, member, organization in audience:
        key = f"{event.kind}:{event.id}:{who(address)}"
        if key not in known:
            to = Recipient(name, address, organization)
            post(look, event, kind, to, key, last, about, partial(say, member))


def _circulated(look: Look, event: Event) -> None:
    meeting = meeting_row(look.session, look.group_id, event.subject)
    minutes = minutes_row(look.session, meeting)
    if minutes is None or minutes.until is None or str(minutes.version) != event.occurrence:
        return
    _supersede_versions(look, meeting, event)
    last = zones.day_in(minutes.until - timedelta(seconds=1), look.zone)
    say = partial(circulated, look.charter, said_of(meeting), last, _outcomes(look, meeting), minutes.text)
    _post(look, event, "minutes", meeting, _all(look, meeting), say, minutes.until)


def _supersede_versions(look: Look, meeting: MeetingRow, newest: Event) -> None:
    """An older version that waits in a digest would be read beside the one that counts."""
    look.session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == look.group_id,
            col(DeliveryRow.subject) == f"meeting-{meeting.id}",
            col(DeliveryRow.event_id) != newest.id,
            col(DeliveryRow.state).in_(WAITING),
            col(DeliveryRow.dedupe_key).startswith(f"{newest.kind}:"),
        )
        .values(state="superseded")
    )


def _adopted(look: Look, event: Event) -> None:
    meeting = meeting_row(look.session, look.group_id, event.subject)
    say = partial(adopted, look.charter, said_of(meeting), _outcomes(look, meeting))
    _post(look, event, "minutes", meeting, _all(look, meeting), say)


def _objected(look: Look, event: Event) -> None:
    meeting = meeting_row(look.session, look.group_id, event.subject)
    minutes = minutes_row(look.session, meeting)
    if minutes is None:
        return
    against = objections(look.session, meeting, minutes.version)
    found = [f"{look.charter.short(one.member)}: {one.text}" for one in against]
    say = partial(objected, look.charter, said_of(meeting), found)
    _post(look, event, "chair", meeting, _chairs(look, meeting), say)


def _outcomes(look: Look, meeting: MeetingRow) -> list[str]:
    return [f"{one.number}. {one.text}" for one in outcomes(look.session, meeting)]


def _opened(look: Look, event: Event) -> None:
    poll = poll_row(look.session, look.group_id, event.subject)
    if is_open(poll.deadline, poll.closed_at, look.now):
        _ask(look, event, poll, False, frozenset())


def _last_call(look: Look, poll: PollRow) -> None:
    event = look.event("poll.closing", poll.id, poll.id, poll.deadline - _LAST_CALL)
    _ask(look, event, poll, True, frozenset(ballots(look.session, poll)))


def _ask(look: Look, event: Event, poll: PollRow, is_last_call: bool, done: frozenset[str]) -> None:
    meeting = meeting_row(look.session, look.group_id, poll.meeting)
    audience = (one for one in _all(look, meeting) if one[2] not in done)
    say = partial(_say_asked, look, poll, said_of(meeting), is_last_call)
    _post(look, event, "polls", meeting, audience, say, poll.deadline)


def _say_asked(
    look: Look, poll: PollRow, said: dict[str, Any], is_last_call: bool, member: str, reader: Reader
) -> Message:
    """The question, with the link by which the reader answers it."""
    person = look.people.get(reader.address, "")
    link = f"{look.url}/poll/{sign_poll(look.group_id, poll.id, member, person)}"
    return asked(look.charter, said, poll.slots, poll.deadline, is_last_call, link, member, reader)


def _closed(look: Look, event: Event) -> None:
    poll = poll_row(look.session, look.group_id, event.subject)
    if not _undecided(look, poll):
        return
    meeting = meeting_row(look.session, look.group_id, poll.meeting)
    tallies = ranked(len(poll.slots), [row.answers for row in ballots(look.session, poll).values()])
    say = partial(closed, look.charter, said_of(meeting), poll.slots, tallies)
    _post(look, event, "chair", meeting, _chairs(look, meeting), say)


_TELLS: dict[str, Callable[[Look, Event], None]] = {
    "minutes.circulated": _circulated,
    ADOPTED: _adopted,
    "minutes.objected": _objected,
    "poll.opened": _opened,
    CLOSED: _closed,
}
