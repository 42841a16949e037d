"""A meeting as it is told to the outside. The public sees title, date and status; the rest is for the group."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from service import clock, zones
from service.access.bodies import Out
from service.groups.cadence import Level
from service.groups.charter import Charter
from service.meetings.agenda.rules import settles_on
from service.meetings.inviting.rules import Owed
from service.meetings.people import taking_part
from service.meetings.queries import end_of
from service.meetings.rules import State, quorum
from service.meetings.tables import MeetingRow


class ScheduleOut(Out):
    """Where a meeting was under one SEQUENCE."""

    sequence: int
    start: datetime
    minutes: int
    zone: str
    place: str
    status: Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


class Details(Out):
    """What the group's own people see of a meeting."""

    chair: list[str] = Field(description="Who chairs by the terms as they stand; frozen once it is held.")
    presided_by: str | None
    place: str
    link: str | None
    reason: str | None = Field(description="Why it is cancelled.")
    members: list[str] = Field(description="Who takes part.")
    quorum: int = Field(description="How many members have to be there.")
    agenda_until: date = Field(description="The day on which the agenda is settled.")
    schedules: list[ScheduleOut] = Field(description="Where it was under each SEQUENCE; the last is where it is.")
    version: int


class MeetingOut(Out):
    """A meeting. `details` is for the group's own people alone."""

    id: str
    uid: str
    title: str
    level: Level
    cadence: str | None
    state: State
    start: datetime
    end: datetime
    day: date = Field(description="The day of `start` in `zone`.")
    at: str = Field(description="What clocks in `zone` show at its start.")
    zone: str
    minutes: int
    sequence: int
    overdue: bool = Field(description="Whether it is called, over, and not put on record as held.")
    details: Details | None = None


def meeting_out(charter: Charter, row: MeetingRow, *, inside: bool) -> MeetingOut:
    local = row.start.astimezone(ZoneInfo(row.zone))
    return MeetingOut(
        id=row.id,
        uid=row.uid,
        title=row.title,
        level=row.level,
        cadence=row.cadence,
        state=row.state,
        start=row.start,
        end=end_of(row),
        day=local.date(),
        at=f"{local:%H:%M}",
        zone=row.zone,
        minutes=row.minutes,
        sequence=row.sequence,
        overdue=row.state == "called" and end_of(row) <= clock.now(),
        details=_details(charter, row) if inside else None,
    )


def _details(charter: Charter, row: MeetingRow) -> Details:
    day = zones.day_in(row.start, charter.group.timezone)
    members = [member.id for member in taking_part(charter, row.members, day)]
    return Details(
        chair=row.chair,
        presided_by=row.presided_by,
        place=row.place,
        link=row.link,
        reason=row.reason,
        members=members,
        quorum=quorum(row.quorum, len(members)),
        agenda_until=settles_on(day, row.freeze),
        schedules=[
            ScheduleOut(sequence=kept[0], start=kept[1], minutes=kept[2], zone=kept[3], place=kept[4], status=kept[5])
            for kept in row.schedules
        ],
        version=row.version,
    )


class MailOut(Out):
    """A mail that a change brings about, once it has settled."""

    name: str
    member: str | None = Field(description="For whom they are asked; null for an observer.")
    news: Literal["new", "changed", "cancelled", "removed"]


class VerbOut(Out):
    """A meeting after a verb, and who is mailed about it."""

    saved: bool
    meeting: MeetingOut
    mails: list[MailOut]


def verb_out(charter: Charter, row: MeetingRow, mails: Sequence[Owed], *, saved: bool) -> VerbOut:
    told = [MailOut(name=one.to.name, member=one.to.organization or None, news=one.news) for one in mails]
    return VerbOut(saved=saved, meeting=meeting_out(charter, row, inside=True), mails=told)


class MeetingsOut(Out):
    """Meetings in order of time."""

    meetings: list[MeetingOut]
    more: bool = Field(description="Whether there are further ones; ask from the start of the last on.")


class EventOut(Out):
    """Something that happened to a meeting."""

    at: datetime
    what: str
    by: str | None
    data: dict[str, object]


class HistoryOut(Out):
    """Everything that happened to a meeting, oldest first."""

    events: list[EventOut]
