"""Withdraws reminders that a change of their meeting has made pointless, in the transaction of the change.

A question that waits in a digest is withdrawn by the next look, once it is answered or closed.
"""

from collections.abc import Callable, Collection

from sqlmodel import Session, col, select

from service import clock, zones
from service.events import Event
from service.groups import queries as groups
from service.meetings.people import invitees
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.notifications.meetings.facts import facts_of
from service.notifications.meetings.rules import BY_KIND, kind_of
from service.notifications.outbox.tables import WAITING, DeliveryRow


def withdraw(session: Session, group_id: str, id_: str) -> None:
    """Supersede what has not gone out about a meeting that has moved, is cancelled, or needs no word any more."""
    open_ = select(DeliveryRow).where(
        DeliveryRow.group_id == group_id,
        DeliveryRow.subject == f"meeting-{id_}",
        col(DeliveryRow.state).in_(WAITING),
    )
    waiting = [row for row in session.exec(open_) if kind_of(row.dedupe_key) or _asks(row)]
    if not waiting:
        return
    meeting = meeting_row(session, group_id, id_)
    facts, members = facts_of(session, meeting), _members(session, meeting)
    for row in waiting:
        rule = BY_KIND.get(kind_of(row.dedupe_key) or "")
        if _asks(row):
            over = meeting.state not in ("proposed", "called")
        elif rule is None or row.revision != meeting.sequence:
            over = True
        else:
            over = not rule.owed(facts, members.get(row.recipient, ""))
        if over:
            row.state = "superseded"
            session.add(row)


def withdraw_questions(session: Session, group_id: str, poll: str, answered: Callable[[], Collection[str]]) -> None:
    """Supersede what still asks the mailboxes in `answered` when it suits them; that is asked for only if needed."""
    asked = select(Event.id).where(Event.group_id == group_id, Event.subject == poll)
    waiting = select(DeliveryRow).where(
        col(DeliveryRow.event_id).in_(asked), DeliveryRow.kind == "polls", col(DeliveryRow.state).in_(WAITING)
    )
    rows = list(session.exec(waiting))
    done = answered() if rows else ()
    for row in rows:
        if row.recipient in done:
            row.state = "superseded"
            session.add(row)


def _asks(row: DeliveryRow) -> bool:
    """Whether a message asks when a meeting should be."""
    return row.dedupe_key.startswith(("poll.opened:", "poll.closing:"))


def _members(session: Session, meeting: MeetingRow) -> dict[str, str]:
    """For which member each address is asked to a meeting."""
    charter = groups.charter(session, meeting.group_id)
    zone = charter.group.timezone
    day, today = zones.day_in(meeting.start, zone), zones.day_in(clock.now(), zone)
    found = invitees(charter, meeting.level, meeting.members, day, today)
    return {one.person.email: one.member for one in found}
