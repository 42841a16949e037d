"""Where an action comes from and what it waits for, as links with names."""

from typing import NamedTuple

from service import zones
from service.access.scene import Scene
from service.followups.activities.queries import activity_row
from service.language.dates import spoken
from service.language.speech import _
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.problems import Problem


class Link(NamedTuple):
    """An address below the group's, and what it is called."""

    address: str
    name: str


def source(at: Scene, text: str | None) -> Link | None:
    """Where an action comes from; None where nothing is said of it."""
    kind, _colon, id_ = (text or "").partition(":")
    if kind == "decision":
        return Link(f"/decisions/{id_}", _("decision {id}", id=id_))
    if kind == "activity":
        return Link(f"/activities/{id_}", _activity(at, id_))
    if kind == "handover":
        return Link(f"/handovers/{id_}", _("handover {id}", id=id_))
    if kind == "outcome":
        id_, _slash, number = id_.partition("/")
        return _outcome(at, id_, number)
    return None


def meeting(at: Scene, id_: str | None) -> Link | None:
    """A meeting with its day; None where there is none."""
    row = _meeting(at, id_) if id_ else None
    return Link(f"/meetings/{row.id}", _("{title} of {day}", title=row.title, day=_day(at, row))) if row else None


def _outcome(at: Scene, id_: str, number: str) -> Link | None:
    row = _meeting(at, id_)
    if row is None:
        return None
    name = _("{title} of {day}, outcome {number}", title=row.title, day=_day(at, row), number=number)
    return Link(f"/meetings/{id_}/minutes", name)


def _meeting(at: Scene, id_: str) -> MeetingRow | None:
    try:
        return meeting_row(at.session, at.group_id, id_)
    except Problem:
        return None


def _day(at: Scene, row: MeetingRow) -> str:
    return spoken(zones.day_in(row.start, row.zone))


def _activity(at: Scene, id_: str) -> str:
    try:
        return activity_row(at.session, at.group_id, id_).title
    except Problem:
        return _("activity {id}", id=id_)
