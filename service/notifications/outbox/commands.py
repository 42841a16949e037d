"""Sending again what did not go out, and letting go what is held; each inside the transaction of the caller.

A delivery that is sent again is the same message: its bytes and its Message-ID stay (promise P16), so whoever got it
after all gets nothing new.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from service import audit, clock, events
from service.language.speech import N_, _
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.queries import in_place_of, is_personal
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.webhooks.tables import WebhookRow
from service.problems import Problem

# How long something that has expired may still be sent.
LONGEST = timedelta(days=7)
SENT_AGAIN, RELEASED = "delivery.sent-again", "delivery.released"
_REFUSED = {
    "pending": N_("It waits to be sent already; see next_attempt_at."),
    "sending": N_("It is being sent at this moment; look again in a minute."),
    "gathered": N_("It waits for the digest that its reader has chosen, and goes out with that."),
    "merged": N_("It went out in the digest that superseded_by names."),
    "declined": N_("Its reader has chosen not to get messages of this kind."),
}


class Released(NamedTuple):
    """How many were let go, how many had passed their last instant, and how many stay held: their mailbox or endpoint
    takes nothing."""

    released: int
    expired: int
    paused: int


def send_again(session: Session, row: DeliveryRow, *, until: datetime | None, actor: str) -> None:
    """Let a delivery go out that has failed, expired or is held: by `until`, or by its own last instant.

    Raises:
        Problem: 409, it was accepted, replaced, or waits already, or cannot be sent as it is; 422, its last instant has
            passed and no new one was given, or `until` is past or more than 7 days off.
    """
    _refuse(session, row)
    now = clock.now()
    if until is not None and not now < until <= now + LONGEST:
        raise Problem(422, "until-does-not-fit", _("until is to lie ahead, at most 7 days from now."))
    last = until or row.not_after
    if last <= now:
        raise Problem(
            422,
            "last-instant-needed",
            _("Its last instant has passed. Say with until up to when it may still be sent, at most 7 days from now."),
        )
    before = row.state
    _let_go(session, row, now, last)
    events.record(session, row.group_id, SENT_AGAIN, row.id, actor=actor, was=before)


def release(session: Session, group_id: str, *, since: datetime, actor: str) -> Released:
    """Let everything go that is held and was made since an instant; what has no point any more expires.

    What is for a mailbox that is paused, or an endpoint that is disabled, stays held until it works again.
    """
    now = clock.now()
    paused = set(
        session.exec(
            select(MailboxRow.address).where(MailboxRow.group_id == group_id, col(MailboxRow.paused_at).is_not(None))
        )
    )
    closed = set(
        session.exec(
            select(WebhookRow.id).where(WebhookRow.group_id == group_id, col(WebhookRow.disabled_at).is_not(None))
        )
    )
    expired = kept = 0
    going: list[str] = []
    for row in _held(session, group_id, since):
        if (row.address in paused and row.channel == "mail") or (row.channel == "webhook" and row.contact_id in closed):
            kept += 1
        elif row.not_after <= now:
            _put(session, row, "expired")
            expired += 1
        else:
            _let_go(session, row, now, row.not_after)
            going.append(row.id)
    if going or expired:
        events.record(
            session, group_id, RELEASED, group_id, actor=actor, since=since.isoformat(), released=len(going),
            expired=expired,
        )  # fmt: skip
    return Released(len(going), expired, kept)


def _held(session: Session, group_id: str, since: datetime) -> Sequence[DeliveryRow]:
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == group_id, DeliveryRow.state == "held", col(DeliveryRow.created_at) >= since
    )
    return session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.id)).with_for_update()).all()


def _refuse(session: Session, row: DeliveryRow) -> None:
    """What cannot be sent again, each with what is so instead."""
    if row.state == "accepted" and row.accepted_at is not None:
        raise Problem(
            409,
            "delivery-was-accepted",
            _(
                "It was accepted at {instant}; it is not sent twice.",
                instant=f"{row.accepted_at:%Y-%m-%dT%H:%M:%SZ}",
            ),
        )
    if row.state == "superseded":
        other = in_place_of(session, row)
        said = (
            _("It was superseded: delivery {id} took its place.", id=other.id)
            if other
            else _("It was superseded: what it said is no longer so.")
        )
        raise Problem(409, "delivery-was-superseded", said, superseded_by=other and other.id)
    if row.state in _REFUSED:
        raise Problem(409, f"delivery-is-{row.state}", _(_REFUSED[row.state]))
    if is_personal(row):
        raise Problem(
            409, "ask-for-a-new-link", _("A link to sign in lasts for minutes; its reader asks for a new one.")
        )
    if row.forgotten_at is not None:
        raise Problem(
            409, "text-is-forgotten", _("Its text is no longer kept, so there is nothing to send; say it anew.")
        )
    if not row.body:
        raise Problem(
            409, "nothing-to-send", _("This message could not be made as a mail; its answer says why. Mend that first.")
        )
    mailbox = session.get(MailboxRow, (row.group_id, row.address)) if row.channel == "mail" else None
    if mailbox is not None and mailbox.paused_at is not None:
        raise Problem(
            409,
            "mailbox-is-paused",
            _("This mailbox has given mail back and is paused; let it go on, then send again."),
        )
    if row.channel == "webhook":
        _refuse_closed(session.get(WebhookRow, row.contact_id))


def _refuse_closed(endpoint: WebhookRow | None) -> None:
    if endpoint is None:
        raise Problem(409, "webhook-is-removed", _("The webhook it was for was removed; there is nowhere to send it."))
    if endpoint.disabled_at is not None:
        raise Problem(
            409,
            "webhook-is-disabled",
            _("This webhook is disabled; enable it: what is held for it goes out with that."),
        )


def _let_go(session: Session, row: DeliveryRow, now: datetime, last: datetime) -> None:
    """As new: due now, with all attempts before it."""
    row.attempts, row.next_attempt_at, row.not_after, row.owner = 0, now, last, None
    _put(session, row, "pending")


def _put(session: Session, row: DeliveryRow, state: str) -> None:
    """A new state, on record as an act of whoever asked for it."""
    audit.note(session, row.group_id, "delivery", row.id, {"state": row.state}, {"state": state})
    row.state = state
    session.add(row)
