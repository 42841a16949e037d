"""Ways out that did not answer: one breaker for each, shared by all workers (promise P7).

While it is open nobody tries; then one message is the trial, whoever claims it, and the others wait for its outcome.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from service.notifications.outbox.rules import PAUSE, is_shut
from service.notifications.outbox.tables import DeliveryRow, RelayRow


def broken(session: Session) -> list[RelayRow]:
    """The ways out that did not answer last, locked: whoever claims takes turns while there is one."""
    return list(session.exec(select(RelayRow).order_by(col(RelayRow.name)).with_for_update()))


def on_trial(rows: list[RelayRow], now: datetime) -> list[RelayRow]:
    """Those of them that may be tried again."""
    return [row for row in rows if not is_shut(row.open_until, now)]


def goes_by(names: list[str]) -> ColumnElement[bool]:
    """Whether a delivery goes by one of these ways out."""
    channels = [name for name in names if ":" not in name]
    contacts = [name.partition(":")[2] for name in names if ":" in name]
    plain = and_(col(DeliveryRow.channel).in_(channels), col(DeliveryRow.contact_id).is_(None))
    # What has no contact is not of one: compared with names it would be neither in nor out (SQL has a third answer).
    own = and_(col(DeliveryRow.contact_id).is_not(None), col(DeliveryRow.contact_id).in_(contacts))
    return or_(plain, own)


def shut(session: Session, name: str, now: datetime, answer: str) -> None:
    """Let nobody try a way out for a while, and say why."""
    row = session.get(RelayRow, name, with_for_update=True) or RelayRow(name=name)
    row.failures += 1
    row.open_until, row.answer = now + PAUSE, answer[:500]
    session.add(row)
    session.flush()


def mend(session: Session, name: str) -> None:
    """The way out has answered."""
    row = session.get(RelayRow, name, with_for_update=True)
    if row is not None:
        session.delete(row)
        session.flush()
