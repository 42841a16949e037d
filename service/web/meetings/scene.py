"""A meeting as the pages of this room see it: the row, who looks, and what they may do with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from fastapi import Request

from service.access.scene import Scene as GroupScene
from service.meetings.door import Scene
from service.meetings.inviting.queries import said_of
from service.meetings.people import taking_part
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import when
from service.web.frame.reader import for_reader
from service.web.frame.visitor import looking, seeing


@contextmanager
def seeing_meetings(request: Request, group: str) -> Iterator[Scene]:
    """As `visitor.seeing`, with the meetings of the group."""
    with seeing(request, group) as at:
        yield _meetings(at)


@contextmanager
def looking_at_meetings(request: Request, group: str, verb: str) -> Iterator[Scene]:
    """As `visitor.looking`, for who may do `verb`.

    Raises:
        Problem: 401, nobody is signed in; 403, whoever is may not; 404, there is no such group.
    """
    with looking(request, group) as at:
        found = _meetings(at)
        found.need(verb)
        yield found


def _meetings(at: GroupScene) -> Scene:
    found = Scene(at.session, at.charter, at.caller)
    # The terms are laid once for a page.
    found.now = at.now
    return found


class Hours(NamedTuple):
    """When a meeting is, in words: on its own clocks, and on those of whoever looks where they show another time.

    `machine` is the same for programs. The hour is for everybody, as it is in the feeds and the API.
    """

    when: str
    there: str | None
    machine: str


def hours(at: Scene, row: MeetingRow) -> Hours:
    """When a meeting is, for whoever looks."""
    said = said_of(row)
    return Hours(when(said), for_reader(at, said), row.start.isoformat())


def answers_for(at: Scene, row: MeetingRow, verb: str) -> list[tuple[str, str]]:
    """The members of a meeting for which whoever looks may do `verb` as their own, as (id, name)."""
    day = at.day_of(row)
    return [
        (member.id, member.label)
        for member in taking_part(at.charter, row.members, day)
        if at.may(verb, member.id, day=day) == "own"
    ]
