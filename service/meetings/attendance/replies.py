"""The REPLY of a calendar program (RFC 5546 3.2.3): whose answer it is, to which SEQUENCE, and by whom.

A delegate answers for who delegated: the delegator's own REPLY says DELEGATED, with the delegate's address;
the delegate's REPLY names whom it was DELEGATED-FROM. Either counts for the member that was invited.
A REPLY to something else that was sent as an invitation is taken by the room that sent it (`also`).
"""

from collections.abc import Callable
from datetime import date, timedelta

from sqlmodel import Session, select

from service import clock, zones
from service.access.bodies import Out
from service.calendarfile import CalendarFile, FoundAttendee, FoundEvent, read_calendar
from service.groups.charter import Charter
from service.language.speech import _
from service.meetings.attendance.commands import respond
from service.meetings.people import invitees
from service.meetings.tables import MeetingRow
from service.problems import Problem, not_found

_ANSWERS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined", "DELEGATED": "delegated"}


class Taken(Out):
    """What a REPLY came to, to a meeting or to the coming term of a handover.

    `taken` is false where it was known already, or something newer; `detail` says what it means beyond a meeting.
    """

    meeting: str | None = None
    handover: str | None = None
    member: str
    answer: str
    taken: bool
    detail: str | None = None


Taker = Callable[[Session, Charter, date, FoundEvent, FoundAttendee], Taken | None]
_takers: tuple[Taker, ...] = ()


def also(*takers: Taker) -> None:
    """Name who takes REPLYs to what is no meeting (see `service/wiring.py`); each gives None for what is not its."""
    global _takers
    _takers = takers


def take_reply(session: Session, charter: Charter, today: date, body: bytes) -> Taken:
    """Take the answer in a calendar file.

    Raises:
        Problem: 404, nothing that was sent has this UID; 409, as for `respond`; 413 and 422, the file cannot be
            read, is no REPLY of one attendee, or is from somebody who was not asked.
    """
    event, attendee = _one(read_calendar(body, since=clock.now(), until=clock.now() + timedelta(days=1), zone="UTC"))
    row = session.exec(
        select(MeetingRow).where(MeetingRow.group_id == charter.group.id, MeetingRow.uid == event.uid)
    ).first()
    if row is None:
        found = (take(session, charter, today, event, attendee) for take in _takers)
        other = next((taken for taken in found if taken is not None), None)
        if other is None:
            raise not_found(_("A meeting or coming term with this UID is not here; check the address."))
        return other
    said = _ANSWERS.get(attendee.partstat)
    if said is None:
        raise Problem(422, "no-answer", _("PARTSTAT is none of ACCEPTED, TENTATIVE, DECLINED and DELEGATED."))
    member = _member(charter, row, today, attendee)
    taken = respond(
        session,
        row,
        member,
        said,
        sequence=event.sequence,
        by=attendee.address,
        via="mail",
        at=event.stamp,
        representative=attendee.delegated_to if said == "delegated" else attendee.name or None,
    )
    return Taken(meeting=row.id, member=member, answer=said, taken=taken)


def _one(found: CalendarFile) -> tuple[FoundEvent, FoundAttendee]:
    method, events = found.method, found.events
    if method != "REPLY" or len(events) != 1 or len(events[0].attendees) != 1:
        raise Problem(
            422, "no-reply", _("Send one REPLY of one attendee (RFC 5546 3.2.3), as the calendar program wrote it.")
        )
    return events[0], events[0].attendees[0]


def _member(charter: Charter, row: MeetingRow, today: date, attendee: FoundAttendee) -> str:
    """For whom somebody answers who was asked, or to whom somebody who was asked has delegated."""
    day = zones.day_in(row.start, charter.group.timezone)
    asked = {one.person.email.casefold(): one.member for one in invitees(charter, row.level, row.members, day, today)}
    for address in (attendee.address, attendee.delegated_from):
        if address is not None and address.casefold() in asked:
            return asked[address.casefold()]
    raise Problem(422, "not-invited", _("The attendee of this REPLY was not asked to the meeting."))
