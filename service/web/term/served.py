"""Whom the reader serves, and how their own clock is named."""

from zoneinfo import ZoneInfo

from service.access.keeping import mine
from service.access.scene import Scene
from service.groups.charter import Member
from service.language.speech import ngettext
from service.meetings.inviting.queries import said_of
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import when
from service.web.frame.reader import for_reader


def members_of(at: Scene) -> list[Member]:
    """The members of today that the reader serves, directly or by one of their seats; in the charter's order."""
    own = set(mine(at))
    standing = [member for member in at.charter.members if member.stands(at.today)]
    return [member for member in standing if own & {member.id, *(seat.id for seat in member.seats)}]


def times(at: Scene, row: MeetingRow) -> tuple[str, str | None]:
    """When a meeting is on its own clock, and on the reader's where that shows another time."""
    said = said_of(row)
    return when(said), for_reader(at, said)


def ahead(days: int) -> str:
    """How far away a day is, in days, months or years, as people say it."""
    if days <= 90:
        return ngettext("in {n} day", "in {n} days", days)
    if days <= 730:
        return ngettext("in about {n} month", "in about {n} months", round(days / 30.44))
    return ngettext("in about {n} year", "in about {n} years", round(days / 365.25))


def zone_of(at: Scene) -> ZoneInfo:
    """The zone of the group."""
    return ZoneInfo(at.charter.group.timezone)
