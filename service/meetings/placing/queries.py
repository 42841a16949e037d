"""Who sits where, who is taken when, and who bore odd hours so far."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from service import clock, zones
from service.groups.charter import Charter
from service.groups.stations import station
from service.meetings.fair import NIGHT, Station, cost, heaviest
from service.meetings.people import bodies
from service.meetings.placing.tables import BusyRow
from service.meetings.tables import MeetingRow

_LEDGER = timedelta(days=366)


class Hours(NamedTuple):
    """How many meetings an organization had in its office hours, early or late, and at night or on a day of rest.

    `points` is what they asked of it in all (see `fair`).
    """

    member: str
    zone: str
    office: int = 0
    edge: int = 0
    night: int = 0
    points: int = 0

    @property
    def meetings(self) -> int:
        return self.office + self.edge + self.night

    def plus(self, weight: int, points: int) -> "Hours":
        """The same with one more meeting, whose oddest minute has that weight."""
        name = "night" if weight >= NIGHT else "edge" if weight else "office"
        return self._replace(**{name: getattr(self, name) + 1, "points": self.points + points})


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
        for one in _there(session, charter, row):
            points[one.member] += cost(one, row.start, row.minutes)
    return dict(points)


def hours(session: Session, charter: Charter, start: datetime, until: datetime) -> list[Hours]:
    """At which hours of its own each organization met in `[start, until)`, in the order of the charter."""
    asked = select(MeetingRow).where(
        MeetingRow.group_id == charter.group.id,
        col(MeetingRow.state).in_(("called", "held")),
        col(MeetingRow.start) >= start,
        col(MeetingRow.start) < until,
    )
    found: dict[str, Hours] = {}
    for row in session.exec(asked):
        for one in _there(session, charter, row):
            before = found.get(one.member) or Hours(one.member, one.zone)
            found[one.member] = before.plus(heaviest(one, row.start, row.minutes), cost(one, row.start, row.minutes))
    return [found[one.id] for one in charter.organizations() if one.id in found]


def _there(session: Session, charter: Charter, row: MeetingRow) -> list[Station]:
    day = zones.day_in(row.start, charter.group.timezone)
    return stations(session, charter, row.level, row.members, day, busy=False)
