"""What is new in the group since some days ago, newest first: decisions, notices, minutes, changes of meetings."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from service import clock
from service.access.scene import Scene
from service.events import Event
from service.followups.decisions.queries import Wanted, adopted_at, page
from service.followups.notices.queries import notices
from service.language.speech import N_, _
from service.meetings.minutes.queries import in_circulation
from service.meetings.queries import meeting_row, meetings_by_id, recent_changes

DAYS = 14
SHOWN = 12
_WORDS = {
    "meeting.called": N_("Meeting called"),
    "meeting.moved": N_("Meeting moved"),
    "meeting.hosted": N_("Meeting with another host"),
    "meeting.cancelled": N_("Meeting cancelled"),
    "meeting.withdrawn": N_("Meeting cancelled"),
}


class Fresh(NamedTuple):
    """Something new: since when, what it is, its own title and its page (below the group's address)."""

    at: datetime
    what: str
    title: str
    path: str


def fresh(at: Scene) -> list[Fresh]:
    """At most `SHOWN` of them."""
    since = clock.now() - timedelta(days=DAYS)
    found = [*_decisions(at, since), *_notices(at, since), *_minutes(at, since), *_meetings(at, since)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _decisions(at: Scene, since: datetime) -> Iterator[Fresh]:
    for row in page(at.session, at.group_id, Wanted(state="adopted"), inside=True, limit=SHOWN):
        adopted = adopted_at(row)
        if adopted is not None and adopted >= since:
            yield Fresh(adopted, _("Decision {id} adopted", id=row.id), row.title, f"/decisions/{row.id}")


def _notices(at: Scene, since: datetime) -> Iterator[Fresh]:
    for row in notices(at.session, at.group_id, inside=True, since=since, limit=SHOWN):
        what = _("Notice of {member}", member=at.charter.short(row.member))
        yield Fresh(row.published_at, what, row.theme, f"/notices/{row.id}")


def _minutes(at: Scene, since: datetime) -> Iterator[Fresh]:
    for row in in_circulation(at.session, at.group_id, since, SHOWN):
        if row.circulated_at is not None and row.circulated_at >= since:
            meeting = meeting_row(at.session, at.group_id, row.meeting)
            yield Fresh(row.circulated_at, _("Minutes circulated"), meeting.title, f"/meetings/{meeting.id}/minutes")


def _meetings(at: Scene, since: datetime) -> Iterator[Fresh]:
    last: dict[str, Event] = {}
    for event in recent_changes(at.session, at.group_id, since, 3 * SHOWN):
        last.setdefault(event.subject, event)
    found = meetings_by_id(at.session, at.group_id, last)
    for id_, event in last.items():
        yield Fresh(event.recorded_at, _(_WORDS[event.kind]), found[id_].title, f"/meetings/{id_}")
