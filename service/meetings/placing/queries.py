"""Who sits where, who is taken when, and who bore odd hours so far."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from service import clock, zones
from service.groups.charter import Charter
from service.groups.stations import station
from service.meetings.fair import Station, cost
from service.meetings.people import bodies
from service.meetings.placing.tables import BusyRow
from service.meetings.tables import MeetingRow

_LEDGER = timedelta(days=366)


def stations(
    session: Session, charter: Charter, level: str, members: Sequence[str] | None, day: date, *, busy: bool = True
) -> list[Station]:
    """Where everybody sits who takes part in a meeting on `day`: at the duty station of each organization."""
    taken: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    if busy:
        asked = select(BusyRow).where(BusyRow.group_id == charter.group.id)
        for row in session.exec(asked):
            taken[row.member] = tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in row.periods)
    found = []
    for member, organization in bodies(charter, level, members, day):
        zone, rests = station(charter, organization)
        found.append(Station(organization, zone, rests, taken.get(organization, ()) or taken.get(member, ())))
    return found


def borne(session: Session, charter: Charter, besides: str | None = None) -> dict[str, int]:
    """What each organization bore at the meetings of the last year, and will bear at those that are called.

    `besides` is the meeting that is being placed: where it is now burdens nobody.
    """
    asked = select(MeetingRow).where(
        MeetingRow.group_id == charter.group.id,
        col(MeetingRow.state).in_(("called", "held")),
        col(MeetingRow.start) > clock.now() - _LEDGER,
        MeetingRow.id != besides,
    )
    points: dict[str, int] = defaultdict(int)
    for row in session.exec(asked):
        day = zones.day_in(row.start, charter.group.timezone)
        for one in stations(session, charter, row.level, row.members, day, busy=False):
            points[one.member] += cost(one, row.start, row.minutes)
    return dict(points)
