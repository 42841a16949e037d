"""Tells of what does not get through: mailboxes and endpoints that are given up for a while, chat channels that ended.

A mailbox is told of to the others of its agency, since it cannot be told itself; what was on its way to a chat
channel that has ended goes by mail.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlmodel import col, select

from service.events import Event, lately
from service.language.speech import _, speaking
from service.notifications.choices.tables import ContactRow
from service.notifications.freezing import freeze
from service.notifications.look import Look
from service.notifications.mailing.tables import MailboxRow
from service.notifications.meetings.rules import who
from service.notifications.outbox.rules import FAILED
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.posting import About, Recipient, post
from service.notifications.readers import person_with, serves_today, why
from service.notifications.webhooks.tables import WebhookRow
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader
from service.rotation.people import CHAIR_ROLES, secretaries, serving

PAUSED, DISABLED, ENDED = "mailbox.paused", "webhook.disabled", "contact.ended"
_NEWS_FOR = timedelta(days=14)


def tell(look: Look) -> None:
    """Put the word of each fault into the outbox, once."""
    for event in lately(look.session, look.group_id, (PAUSED, DISABLED, ENDED, FAILED), look.now - _NEWS_FOR):
        if event.kind == PAUSED:
            _mailbox(look, event)
        elif event.kind == DISABLED:
            _endpoint(look, event)
        elif event.kind == FAILED:
            _refused(look, event)
        else:
            _chat(look, event)


def _mailbox(look: Look, event: Event) -> None:
    row = look.session.get(MailboxRow, (look.group_id, event.data["address"]))
    if row is None or row.paused_at is None:
        return
    name = next((one.name for one in look.charter.people if one.email == row.address), row.address)
    others = [to for id_ in event.data["organizations"] for to in _serving(look, id_)]
    audience = [to for to in others if to.address != row.address] or list(_secretariat(look))
    _post(look, event, audience, partial(_mailbox_said, look, name, row))


def _mailbox_said(look: Look, name: str, row: MailboxRow, reader: Reader) -> Message:
    return Message(
        subject=_("{group}: mail to {name} comes back", group=look.charter.group.label, name=name),
        lead=_("Mail to {name} has come back again and again. Nothing more is sent to this mailbox.", name=name),
        notes=(
            _("What is for it waits. Give the person another address, or say that this one works again."),
            _("Who else serves your agency gets what is for all of you; nothing that was sent before is lost."),
        ),
        facts=((_("Mailbox"), row.address), (_("What came back"), row.why or "–")),
        because=because(look.charter, reader.organization),
    )


def _endpoint(look: Look, event: Event) -> None:
    row = look.session.get(WebhookRow, event.subject)
    if row is not None and row.disabled_at is not None:
        audience = list(_serving(look, row.member)) if row.member else list(_secretariat(look))
        _post(look, event, audience or list(_secretariat(look)), partial(_endpoint_said, look, row))


def _endpoint_said(look: Look, row: WebhookRow, reader: Reader) -> Message:
    name = row.label or row.url
    return Message(
        subject=_("{group}: events are no longer posted to {endpoint}", group=look.charter.group.label, endpoint=name),
        lead=_("Your endpoint {endpoint} does not take what is posted to it, and was switched off.", endpoint=name),
        notes=(_("Mend it and switch it on again; then replay what it has missed. No event is lost."),),
        facts=((_("Address"), row.url), (_("Why"), row.why or "–")),
        because=because(look.charter, reader.organization),
    )


def _chat(look: Look, event: Event) -> None:
    contact = look.session.get(ContactRow, event.subject)
    person = person_with(look, contact.person_id) if contact is not None else None
    if contact is None or person is None or contact.ended_at is None:
        return
    to = Recipient(person.name, person.email, serves_today(look, person))
    _by_mail(look, contact, to)
    # Whoever took the channel away knows.
    if event.actor is None:
        _post(look, event, [to], partial(_chat_said, look, contact))


def _chat_said(look: Look, contact: ContactRow, reader: Reader) -> Message:
    return Message(
        subject=_("{group}: the channel {channel} has ended", group=look.charter.group.label, channel=contact.label),
        lead=_("Your channel {channel} does not take messages any more.", channel=contact.label),
        notes=(_("What was for it comes by mail from now on, until you choose another channel."),),
        facts=((_("Why"), contact.why or "–"),),
        because=why(look, reader.address, reader.organization),
    )


def _refused(look: Look, event: Event) -> None:
    """A chat channel has refused one message: that one goes by mail."""
    row = look.session.get(DeliveryRow, event.subject)
    contact = look.session.get(ContactRow, row.contact_id) if row is not None and row.contact_id else None
    person = person_with(look, contact.person_id) if contact is not None else None
    if row is None or person is None or row.state != "failed" or row.not_after <= look.now:
        return
    _mailed(look, row, Recipient(person.name, person.email, serves_today(look, person)))


def _by_mail(look: Look, contact: ContactRow, to: Recipient) -> None:
    """Send what the channel did not take as mail, as long as it has a point."""
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == look.group_id,
        DeliveryRow.contact_id == contact.id,
        col(DeliveryRow.state).in_(("failed", "pending")),
        col(DeliveryRow.not_after) > look.now,
    )
    for row in look.session.exec(asked).all():
        _mailed(look, row, to)


def _mailed(look: Look, row: DeliveryRow, to: Recipient) -> None:
    """Make a mail of what was to go to a chat channel; what was a mere test of it stays what it was."""
    if row.said is None:
        return
    row.state, row.attempts, row.next_attempt_at, row.contact_id = "pending", 0, look.now, None
    message = Message.model_validate(row.said)
    with speaking(message.language):
        freeze(look, row, to, message)


def _post(look: Look, event: Event, audience: list[Recipient], say: partial[Message]) -> None:
    about = About(f"fault-{event.id}"[:80], 0)
    known = look.known(about.subject)
    for to in audience:
        key = f"{event.kind}:{event.id}:{who(to.address)}"
        if key not in known:
            post(look, event, "faults", to, key, look.now + _NEWS_FOR, about, say)


def _serving(look: Look, organization: str) -> Iterator[Recipient]:
    for person in serving(look.charter, organization, CHAIR_ROLES, look.today):
        yield Recipient(person.name, person.email, organization)


def _secretariat(look: Look) -> Iterator[Recipient]:
    for person in secretaries(look.charter, look.today):
        yield Recipient(person.name, person.email)
