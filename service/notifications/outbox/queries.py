"""Deliveries as the rows stand: for one event, by filters page by page, and counted by their state."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, and_, func, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from service.access.cloud_events import is_private
from service.events import Event
from service.language.speech import _
from service.notifications.outbox.showing import title
from service.notifications.outbox.tables import DeliveryRow
from service.problems import Problem, not_found

STATES = (
    "pending", "sending", "accepted", "failed", "expired", "superseded", "held", "gathered", "merged", "declined",
)  # fmt: skip
# What somebody may have to do something about.
TROUBLED = ("failed", "expired", "held")
SIGN_IN = "sign-in"
# The headers of a mail are shorter than this.
_HEAD = 4000


class Wanted(NamedTuple):
    """Which deliveries a list is of; what is None is not asked for.

    `kind` is that of the message or of the event it tells. `recipient` is a mailbox: whom it is for, or where it
    went. `person` is the id of a person, with `mailbox` theirs: what was for them or came to them.
    """

    state: str | None = None
    kind: str | None = None
    recipient: str | None = None
    subject: str | None = None
    event: str | None = None
    person: str | None = None
    mailbox: str | None = None

    def named(self) -> str:
        """What makes two lists the same one, for their cursors."""
        return ",".join(f"{name}={value}" for name, value in self._asdict().items() if value is not None)


class Line(NamedTuple):
    """A delivery without its bytes, the event it tells of, and what stands in its subject line."""

    row: DeliveryRow
    event: Event
    title: str


def page(
    session: Session, group_id: str, wanted: Wanted, *, after: list[Any] | None = None, limit: int = 50
) -> tuple[list[Line], list[Any] | None]:
    """Up to `limit` deliveries, newest first, and the key of the last one where more follow.

    Raises:
        Problem: 400, `after` is no key of this list.
    """
    row: Any = DeliveryRow
    asked = _lines().where(col(row.group_id) == group_id, *_conditions(wanted))
    if after is not None:
        at, id_ = _read(after)
        asked = asked.where(or_(row.created_at < at, and_(row.created_at == at, row.id < id_)))
    asked = asked.order_by(col(row.created_at).desc(), col(row.id).desc()).limit(limit + 1)
    found = [Line(one, event, title(bytes(head or b""))) for one, event, head in session.exec(asked)]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1].row
    return found[:limit], [last.created_at.isoformat(), last.id]


def troubled(session: Session, group_id: str, since: datetime, most: int) -> list[Line]:
    """What failed, expired or is held and was made since an instant, newest first."""
    row: Any = DeliveryRow
    asked = _lines().where(row.group_id == group_id, row.state.in_(TROUBLED), row.created_at >= since)
    asked = asked.order_by(col(row.created_at).desc(), col(row.id).desc()).limit(most)
    return [Line(one, event, title(bytes(head or b""))) for one, event, head in session.exec(asked)]


def delivery(session: Session, group_id: str, id_: str, *, lock: bool = False) -> tuple[DeliveryRow, Event]:
    """One delivery with its bytes, and the event it tells of.

    Raises:
        Problem: 404, the group has no such delivery.
    """
    asked = select(DeliveryRow).where(DeliveryRow.group_id == group_id, DeliveryRow.id == id_)
    row = session.exec(asked.with_for_update() if lock else asked).first()
    if row is None:
        raise not_found(_("This delivery is not here; check the address."))
    return row, session.exec(select(Event).where(Event.id == row.event_id)).one()


def event_row(session: Session, group_id: str, id_: str, *, secretariat: bool = True) -> Event:
    """One event.

    Raises:
        Problem: 404, the group has no such event, or it is for the secretariat alone.
    """
    found = session.exec(select(Event).where(Event.group_id == group_id, Event.id == id_)).first()
    if found is None or (is_private(found.kind) and not secretariat):
        raise not_found(_("This event is not here; check the address."))
    return found


def counts(session: Session, group_id: str, since: datetime | None = None) -> dict[str, int]:
    """How many deliveries of a group, made since an instant, are in each state; every state has a number."""
    asked = select(DeliveryRow.state, func.count()).where(DeliveryRow.group_id == group_id)
    if since is not None:
        asked = asked.where(col(DeliveryRow.created_at) >= since)
    found = dict(session.exec(asked.group_by(col(DeliveryRow.state))).all())
    return {state: int(found.get(state, 0)) for state in STATES}


def in_place_of(session: Session, row: DeliveryRow) -> DeliveryRow | None:
    """What has taken the place of a superseded delivery: what it names, or the next one alike."""
    if row.superseded_by is not None:
        return session.get(DeliveryRow, row.superseded_by)
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == row.group_id,
        DeliveryRow.subject == row.subject,
        DeliveryRow.recipient == row.recipient,
        col(DeliveryRow.created_at) > row.created_at,
        DeliveryRow.state != "superseded",
    )
    return session.exec(asked.order_by(col(DeliveryRow.created_at)).limit(1)).first()


def is_personal(row: DeliveryRow) -> bool:
    """Whether a message is for its reader's eyes alone, such as a link to sign in: nobody else sees its text."""
    return SIGN_IN in (row.kind, row.subject)


def _lines() -> Any:
    head = func.substr(col(DeliveryRow.body), 1, _HEAD, type_=LargeBinary)
    light = (defer(col(DeliveryRow.body)), defer(col(DeliveryRow.said)))  # type: ignore[arg-type]
    asked = select(DeliveryRow, Event, head).join(Event, col(Event.id) == col(DeliveryRow.event_id))
    return asked.options(*light)


def _conditions(wanted: Wanted) -> list[Any]:
    row: Any = DeliveryRow
    plain = {"state": wanted.state, "subject": wanted.subject, "event_id": wanted.event}
    found = [getattr(row, name) == value for name, value in plain.items() if value is not None]
    if wanted.kind is not None:
        found.append(or_(row.kind == wanted.kind, col(Event.kind) == wanted.kind))
    if wanted.recipient is not None:
        mailbox = wanted.recipient.lower()
        found.append(or_(func.lower(row.recipient) == mailbox, func.lower(row.address) == mailbox))
    if wanted.person is not None:
        found.append(or_(row.person_id == wanted.person, row.address == wanted.mailbox))
    return found


def _read(after: list[Any]) -> tuple[datetime, str]:
    try:
        at, id_ = after
        return datetime.fromisoformat(at), str(id_)
    except (ValueError, TypeError):
        raise Problem(
            400, "invalid-cursor", _("This cursor is not good for this list; begin with its first page.")
        ) from None
