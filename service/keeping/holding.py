"""What a restored database must not do by itself: send again what went out after its backup was made (promise P16).

The restored rows know nothing of what happened between the backup and now. What waited to be sent then may long have
gone out; what has become due since then, such as a reminder, was most likely sent too. So the planner is run first,
and then all that waits is held, until an operator lets it go with `gmg outbox release`.
"""

from typing import NamedTuple

import structlog
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from service import audit, clock, events
from service.access.tables import SessionRow, SignInRow
from service.database import reading, writing
from service.groups import queries as groups
from service.groups.tables import GroupRow
from service.keeping.archive import About
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan

RESTORED = "database.restored"
ACTOR = "command line"
WHY = "held since a backup was restored: it may have gone out before"
# A look makes new things due only in rare cases, and never for ever.
_LOOKS = 5
log = structlog.get_logger()


class Held(NamedTuple):
    """`waiting`: how many deliveries are held; `planned`: what has become due since the backup is among them."""

    waiting: int
    planned: bool


def come_to_rest(engine: Engine, about: About, published: dict[str, int]) -> Held:
    """Plan what has become due since the backup, then hold all that waits; everybody signs in anew.

    `published` is how far the feeds of each group had got in the database that is replaced: they go on from there,
    so that nobody who has read them takes an older one for the newest.
    """
    planned = catch_up(engine)
    count = 0
    for group_id in _groups(engine):
        with writing(engine) as session:
            group = groups.group_row(session, group_id, lock=True)
            held = hold(session, group_id)
            group.published = max(group.published, published.get(group_id, 0)) + 1
            session.add(group)
            _sign_out(session, group_id)
            _put_on_record(session, group_id, about, held)
            count += held
    return Held(count, planned)


def catch_up(engine: Engine) -> bool:
    """Plan all that has become due; whether it went well. A database is of use also where it did not."""
    try:
        for group_id in _groups(engine):
            with writing(engine) as session:
                groups.group_row(session, group_id, lock=True)
                events.owes(session, group_id, clock.now())
        for _ in range(_LOOKS):
            plan(engine)
            with reading(engine) as session:
                if not events.due_groups(session):
                    break
    except Exception:
        log.exception("what has become due since the backup could not be planned")
        return False
    return True


def hold(session: Session, group_id: str) -> int:
    """Hold all that waits to be sent, or was being sent; how many."""
    waits = (col(DeliveryRow.group_id) == group_id, col(DeliveryRow.state).in_(("pending", "sending")))
    return int(session.exec(update(DeliveryRow).where(*waits).values(state="held", owner=None, answer=WHY)).rowcount)


def _groups(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.exec(select(GroupRow.id).order_by(col(GroupRow.id))))


def _sign_out(session: Session, group_id: str) -> None:
    """A session or a link that was ended after the backup must not come back to life."""
    now = clock.now()
    session.exec(
        update(SessionRow)
        .where(col(SessionRow.group_id) == group_id, col(SessionRow.ended_at).is_(None))
        .values(ended_at=now)
    )
    session.exec(
        update(SignInRow)
        .where(col(SignInRow.group_id) == group_id, col(SignInRow.used_at).is_(None))
        .values(used_at=now)
    )


def _put_on_record(session: Session, group_id: str, about: About, held: int) -> None:
    audit.act(session, ACTOR, ACTOR)
    taken_at = about.taken_at.isoformat()
    audit.note(session, group_id, "backup", taken_at, None, {"taken_at": taken_at, "held": held})
    events.record(session, group_id, RESTORED, group_id, actor=ACTOR, taken_at=taken_at, held=held)
