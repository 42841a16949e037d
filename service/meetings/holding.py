"""A meeting that has taken place: its chair is frozen, who was there is noted, what is unfinished goes on."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlmodel import Session

from service import clock, events, zones
from service.groups.charter import Charter
from service.language.speech import _
from service.meetings.attendance.commands import note_presence
from service.meetings.changing import change
from service.meetings.commands import chair_at, leave
from service.meetings.people import taking_part
from service.meetings.rules import STANDS
from service.meetings.tables import MeetingRow
from service.problems import Problem


class Present(NamedTuple):
    """Whether a member was there, and by whom."""

    member: str
    presence: str
    representative: str | None
    rank: str | None


def hold(
    session: Session,
    charter: Charter,
    row: MeetingRow,
    *,
    presided_by: str | None,
    present: Iterable[Present],
    actor: str,
) -> None:
    """Put on record that a meeting was held; its chair is that of its day, from now on for good.

    Raises:
        Problem: 409, it is not called, or has not begun; 422, a member that takes no part is named.
    """
    if row.state != "called":
        raise Problem(
            409, f"meeting-is-{row.state}", _("{stands} Only a called one is held.", stands=_(STANDS[row.state]))
        )
    if clock.now() < row.start:
        raise Problem(409, "not-begun", _("This meeting has not begun yet; cancel or move it, or wait."))
    chair = chair_at(charter, zones.day_in(row.start, charter.group.timezone))
    attend(session, charter, row, present, actor=actor)
    change(session, row, "meeting.held", actor=actor, state="held", chair=list(chair), presided_by=presided_by)
    leave(session, row, actor=actor)


def attend(session: Session, charter: Charter, row: MeetingRow, present: Iterable[Present], *, actor: str) -> None:
    """Note who was there.

    Raises:
        Problem: 422, a member that takes no part in this meeting is named.
    """
    day = zones.day_in(row.start, charter.group.timezone)
    known = {member.id for member in taking_part(charter, row.members, day)}
    noted = list(present)
    for one in noted:
        if one.member not in known:
            raise Problem(
                422,
                "no-such-member",
                _("One of the members named takes no part; they are {names}.", names=", ".join(sorted(known))),
            )
        note_presence(session, row, one.member, one.presence, one.representative, one.rank)
    if noted:
        events.record(
            session,
            row.group_id,
            "attendance.noted",
            row.id,
            actor=actor,
            present={one.member: one.presence for one in noted},
        )
