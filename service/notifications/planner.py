"""Turns what has fallen due and what has changed into deliveries. Safe to run in any number of processes."""

from datetime import datetime

from sqlmodel import Session

from service import zones
from service.notifications import faults, people
from service.notifications.choices import digests
from service.notifications.followups import actions, activities, decisions, given, handovers, notices
from service.notifications.handovers import escalating
from service.notifications.handovers.asking import ask, ask_at
from service.notifications.handovers.changes import tell, untold
from service.notifications.handovers.reminders import owed, remind
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.meetings import inviting, reminding, telling
from service.notifications.webhooks import feeding

HANDOVER, SEAT_HANDOVER = "chair.handover", "seat.handover"


def plan_group(session: Session, group_id: str) -> Look:
    """Record what has passed, tell of changes, remind of what comes, ask who is next, invite to meetings.

    Returns the look that this was done in, for `next_due`.
    """
    look = Look(session, group_id)
    for row in look.near():
        _pass(look, row)
    for event in untold(look):
        tell(look, event)
    for row in look.near():
        remind(look, row)
        ask(look, row)
        escalating.escalate(look, row)
    telling.passing(look)
    telling.tell(look)
    people.tell(look)
    for meeting in inviting.waiting(look):
        inviting.invite(look, meeting)
    for meeting in reminding.near(look):
        reminding.remind(look, meeting)
    decisions.passing(look)
    decisions.tell(look)
    notices.digest(look)
    given.tell(look)
    actions.remind(look)
    activities.tell(look)
    activities.remind(look)
    handovers.hand_over(look)
    faults.tell(look)
    digests.send(look)
    feeding.feed(look)
    session.flush()
    return look


def next_due(look: Look) -> datetime | None:
    """The next instant at which the group of a look that has planned owes something; None when nothing is in sight."""
    coming: list[datetime | None] = []
    for row in look.near():
        if not row.passed:
            coming.append(zones.midnight(row.day, look.zone))
        coming += [due.at for _, all_dues in owed(look, row) for due in all_dues]
        coming.append(ask_at(look, row))
        coming += [step.at for step in escalating.owed(look, row)]
    coming += telling.coming(look)
    coming += [inviting.settles_at(look, meeting) for meeting in inviting.waiting(look)]
    coming += [one.at for meeting in reminding.near(look) for one in reminding.owed(look, meeting)]
    coming += [*decisions.coming(look), *notices.coming(look)]
    coming += actions.coming(look)
    coming += activities.coming(look)
    coming += handovers.coming(look)
    coming += digests.coming(look)
    coming += feeding.coming(look)
    return min((at for at in coming if at is not None and at > look.now), default=None)


def _pass(look: Look, row: BoundaryRow) -> None:
    """One event for each handover, with the instant from which it holds, however late it is seen."""
    if row.passed or row.day > look.today:
        return
    row.passed = True
    look.session.add(row)
    kind = SEAT_HANDOVER if row.member else HANDOVER
    at = zones.midnight(row.day, look.zone)
    look.event(kind, row.key, f"{row.day}:{row.revision}", at, outgoing=row.outgoing, incoming=row.incoming)
