"""Takes notifications of mail that came back, and lets a mailbox have mail again."""

from typing import NamedTuple

from sqlmodel import Session, col, select

from service import clock
from service.events import record
from service.groups import queries as groups
from service.language.speech import _
from service.notifications.mailing.bounces import PAUSED, note
from service.notifications.mailing.reports import Report, read_report
from service.notifications.mailing.rules import Kind
from service.notifications.mailing.tables import MailboxRow
from service.notifications.mailing.verp import delivery_of
from service.notifications.outbox.tables import DeliveryRow
from service.problems import Problem, not_found
from service.settings import current


class Taken(NamedTuple):
    """What a notification was about, and what it counted as; None for a delay, or what was known already."""

    delivery: DeliveryRow
    report: Report
    counted: Kind | None


def take_report(session: Session, raw: bytes, group_id: str | None = None) -> Taken:
    """Write down what a notification says, once for each delivery; the delivery has failed then.

    Raises:
        Problem: 422, the mail is no notification, or it does not carry a return path that we have signed.
    """
    try:
        report = read_report(raw)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):
        # What the library stumbles over is written so that it would.
        report = None
    if report is None:
        raise Problem(422, "no-report", _("This is no notification of a mail server (RFC 3464); send it as it came."))
    ways = [(path, key) for path in report.paths for key in current().signing_keys()]
    id_ = next((found for path, key in ways if (found := delivery_of(path, key)) is not None), None)
    delivery = session.get(DeliveryRow, id_) if id_ is not None else None
    if delivery is None or (group_id is not None and delivery.group_id != group_id):
        raise Problem(
            422,
            "unknown-return-path",
            _("It does not name a mail that was sent from here; send it with the address it came to (To) as it was."),
        )
    if report.message_id is not None and report.message_id.strip() != delivery.message_id:
        raise Problem(422, "other-mail", _("The mail it returns is not the one that its address stands for."))
    # Who looks and who changes take turns.
    groups.group_row(session, delivery.group_id, lock=True)
    session.refresh(delivery)
    counted = None
    if report.failed:
        counted = note(session, delivery.id, report.status, report.diagnostic, "dsn", final=True)
    if counted is not None and delivery.state == "accepted":
        delivery.state, delivery.answer = "failed", report.diagnostic[:300] or report.status
        session.add(delivery)
    return Taken(delivery, report, counted)


def resume(session: Session, group_id: str, address: str, actor: str) -> tuple[MailboxRow, int]:
    """A mailbox works again: it counts from the start, and what waits for it and is still in time goes out.

    Returns the mailbox, and how many mails were let go. The group is to be locked.

    Raises:
        Problem: 404, no mail came back from there.
    """
    mailbox = session.get(MailboxRow, (group_id, address), with_for_update=True)
    if mailbox is None:
        raise not_found(_("This mailbox is not here; check the address."))
    now, paused = clock.now(), mailbox.paused_at
    mailbox.bounces, mailbox.last_on, mailbox.paused_at, mailbox.why = 0, None, None, None
    session.add(mailbox)
    let_go = 0
    for row in held_for(session, mailbox):
        late = row.not_after <= now
        row.state, row.answer = ("expired" if late else "pending"), None
        row.next_attempt_at = now
        let_go += not late
        session.add(row)
    if paused is not None or let_go:
        record(session, group_id, "mailbox.resumed", address[:80], actor=actor, address=address, let_go=let_go)
    return mailbox, let_go


def held_for(session: Session, mailbox: MailboxRow) -> list[DeliveryRow]:
    """What waits because the mailbox is paused; what is held for another reason is not among it."""
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == mailbox.group_id,
        DeliveryRow.address == mailbox.address,
        DeliveryRow.channel == "mail",
        DeliveryRow.state == "held",
        DeliveryRow.answer == PAUSED,
    )
    return list(session.exec(asked.order_by(col(DeliveryRow.not_after), col(DeliveryRow.id)).with_for_update()))
