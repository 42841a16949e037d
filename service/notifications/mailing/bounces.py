"""Mail that came back, written down once for each delivery; a mailbox that gives back too much is paused."""

import structlog
from sqlmodel import Session, col, update

from service import clock
from service.events import record
from service.groups import queries as groups
from service.notifications.mailing.rules import MOST_BOUNCES, Kind, counted, kind_of
from service.notifications.mailing.tables import BounceRow, MailboxRow
from service.notifications.outbox.tables import DeliveryRow

# What a delivery says of itself while it waits for its mailbox.
PAUSED = "this mailbox has given mail back too often; it waits until it works again"
_WORSE: dict[str, int] = {"soft": 0, "policy": 1, "hard": 2}
log = structlog.get_logger()


def note(
    session: Session, delivery_id: str, status: str, diagnostic: str, way: str, *, final: bool = False
) -> Kind | None:
    """Write down that a mail came back, in the transaction of its outcome; what it counted as.

    `way` is `smtp` (refused when it was handed over) or `dsn` (a notification that came later, `final` when the
    other side has given up). None when it is a delay, or is known already: a delivery counts once, unless what
    comes later is worse.
    """
    kind, delivery = kind_of(status, final=final), session.get(DeliveryRow, delivery_id)
    if kind is None or delivery is None:
        return None
    # Two notifications of one delivery, or two of one mailbox, take turns.
    groups.group_row(session, delivery.group_id, lock=True)
    row = session.get(BounceRow, delivery_id)
    if row is not None and _WORSE[row.kind] >= _WORSE[kind]:
        return None
    row = BounceRow(
        delivery_id=delivery_id,
        group_id=delivery.group_id,
        address=delivery.address,
        kind=kind,
        status=status,
        diagnostic=diagnostic[:500],
        way=way,
        at=clock.now(),
    )
    session.merge(row)
    session.flush()
    if kind == "policy":
        log.error("mail is refused by policy; see to the relay", delivery=delivery_id, status=status)
    record(
        session, delivery.group_id, "mail.bounced", _subject(delivery.address), f"{delivery_id}:{kind}",
        address=delivery.address, bounce=kind, status=status, way=way, delivery=delivery_id,
    )  # fmt: skip
    if kind == "hard":
        _count(session, delivery, diagnostic)
    return kind


def _count(session: Session, delivery: DeliveryRow, diagnostic: str) -> None:
    mailbox = session.get(MailboxRow, (delivery.group_id, delivery.address)) or MailboxRow(
        group_id=delivery.group_id, address=delivery.address
    )
    today = clock.now().date()
    mailbox.bounces, mailbox.last_on = counted(mailbox.bounces, mailbox.last_on, today), today
    mailbox.why = diagnostic[:500]
    session.add(mailbox)
    session.flush()
    if mailbox.bounces >= MOST_BOUNCES and mailbox.paused_at is None:
        _pause(session, mailbox)


def _pause(session: Session, mailbox: MailboxRow) -> None:
    """Send it nothing more; what waits for it waits until it works."""
    mailbox.paused_at = clock.now()
    session.add(mailbox)
    session.flush()
    session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == mailbox.group_id,
            col(DeliveryRow.address) == mailbox.address,
            col(DeliveryRow.channel) == "mail",
            col(DeliveryRow.state) == "pending",
        )
        .values(state="held", answer=PAUSED)
    )
    record(
        session, mailbox.group_id, "mailbox.paused", _subject(mailbox.address), str(mailbox.paused_at),
        address=mailbox.address, organizations=organizations(session, mailbox.group_id, mailbox.address),
    )  # fmt: skip


def organizations(session: Session, group_id: str, address: str) -> list[str]:
    """The members and seats that somebody serves today whose mailbox this is."""
    today = clock.now().date()
    return sorted(
        {
            appointment.organization
            for person in groups.charter(session, group_id).people
            if person.email == address
            for appointment in person.appointments
            if appointment.organization and appointment.covers(today)
        }
    )


def _subject(address: str) -> str:
    return address[:80]
