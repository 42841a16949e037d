"""Who is owed what about a meeting, as the rows stand."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlmodel import Session, select

from service import zones
from service.groups.charter import Charter
from service.meetings.attendance.queries import observers
from service.meetings.inviting.rules import Asked, Owed, Told, owed
from service.meetings.inviting.tables import InvitationRow
from service.meetings.people import invitees
from service.meetings.tables import MeetingRow


def said_of(row: MeetingRow) -> dict[str, Any]:
    """A meeting as it is told."""
    return {
        "state": row.state,
        "title": row.title,
        "start": row.start.isoformat(),
        "minutes": row.minutes,
        "zone": row.zone,
        "place": row.place,
        "link": row.link,
        "chair": list(row.chair),
        "sequence": row.sequence,
    }


def asked_of(session: Session, charter: Charter, row: MeetingRow, today: date) -> Iterator[Asked]:
    """Whom a meeting asks: those who answer for its members, then observers with an address."""
    day = zones.day_in(row.start, charter.group.timezone)
    seen = set()
    for found in invitees(charter, row.level, row.members, day, today):
        seen.add(found.person.email)
        yield Asked(found.person.email, found.person.name, found.member)
    for observer in observers(session, row):
        if observer.email and observer.email not in seen and observer.withdrawn_at is None:
            seen.add(observer.email)
            yield Asked(observer.email, observer.name, link=observer.link)


def invitation_rows(session: Session, row: MeetingRow) -> dict[str, InvitationRow]:
    """What people were told of a meeting, by their address."""
    asked = select(InvitationRow).where(InvitationRow.group_id == row.group_id, InvitationRow.meeting == row.id)
    return {found.address: found for found in session.exec(asked)}


def owed_by(session: Session, charter: Charter, row: MeetingRow, today: date) -> list[Owed]:
    """The messages that a meeting owes as it stands, whether it has settled or not."""
    told = [
        Told(found.address, found.name, found.organization, found.invited, found.said)
        for found in invitation_rows(session, row).values()
    ]
    return owed(row.state, said_of(row), asked_of(session, charter, row, today), told)
