"""A message becomes bytes, once: a mail, or what a chat channel takes. Every attempt sends the same."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

import structlog

from service.access.links import sign_choice
from service.calendars.items import group_name
from service.events import Event
from service.language.speech import _, language
from service.notifications.choices.contacts import BODIES
from service.notifications.kinds import KINDS, Kind
from service.notifications.look import Look
from service.notifications.mailing.bounces import PAUSED
from service.notifications.mailing.mail import Envelope, UnsafeMail, mail_bytes, message_id
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.readers import Recipient
from service.notifications.wording.message import Message
from service.notifications.wording.rendering import Foot, Wording, rendered
from service.settings import current

log = structlog.get_logger()


class About(NamedTuple):
    """What a message is about, and in which state; a file to attach, or an iTIP method with its message.

    `enclosed` says what the file is (a message of the catalogues), for a file that a reader can do without.
    """

    subject: str
    revision: int
    attachment: tuple[str, bytes] | None = None
    invitation: tuple[str, bytes] | None = None
    enclosed: str = ""


NOTHING = About("", 0)


def begun(
    look: Look, event: Event, kind: str, to: Recipient, reads: Recipient, key: str, last: datetime, about: About
) -> DeliveryRow:
    """A delivery without its bytes yet: for `to`, where `reads` gets it."""
    id_ = str(uuid4())
    return DeliveryRow(
        id=id_,
        dedupe_key=key,
        group_id=look.group_id,
        event_id=event.id,
        kind=kind,
        subject=about.subject,
        revision=about.revision,
        person_id=look.people.get(to.address, ""),
        recipient=to.address,
        address=reads.address,
        channel="mail",
        message_id=message_id(id_, current().sender),
        body=b"",
        body_hash=sha256(b"").hexdigest(),
        created_at=look.now,
        next_attempt_at=look.now,
        not_after=last,
    )


def freeze(look: Look, row: DeliveryRow, person: Recipient, message: Message, about: About = NOTHING) -> None:
    """Make the bytes of a delivery in the language spoken now: for its chat channel, or else as a mail."""
    contact = look.chosen.contacts.get(row.contact_id or "")
    if contact is not None:
        row.channel, row.address = contact.channel, contact.label
        _write(row, BODIES[contact.channel](message))
        return
    if about.enclosed and (about.attachment or about.invitation):
        message = message.model_copy(update={"lists": (*message.lists, (_("Attached"), (_(about.enclosed),)))})
    mail(look, row, person, rendered(message, person.name, foot(look, KINDS[row.kind], person)), about)


def mail(look: Look, row: DeliveryRow, person: Recipient, wording: Wording, about: About = NOTHING) -> None:
    """Give a delivery the bytes of a mail; it waits while the mailbox is paused, and fails where it is unsafe."""
    sender, kind = current().sender, KINDS[row.kind]
    row.channel, row.contact_id, row.address = "mail", None, person.address
    envelope = Envelope(
        group_name(look.charter),
        sender,
        person.name,
        person.address,
        look.chairs_mailbox,
        f"{look.group_id}.{sender.partition('@')[2]}",
        unsubscribe=_unsubscribe(look, kind, person),
        language=language(),
    )
    try:
        _write(row, mail_bytes(envelope, wording, row.id, look.now, about.attachment, about.invitation))
    except (UnsafeMail, ValueError) as error:
        row.state, row.answer = "failed", str(error)[:300]
        log.error("mail is unsafe", delivery=row.id)
        return
    if person.address in look.chosen.paused and not kind.personal:
        row.state, row.answer = "held", PAUSED


def foot(look: Look, kind: Kind, person: Recipient) -> Foot:
    """What stands below a message: for a person of the group, where they choose what reaches them."""
    to_chair = look.chairs_mailbox is not None
    if person.address not in look.people or kind.personal:
        return Foot(look.charter.group.name, look.url, to_chair=to_chair)
    own = _unsubscribe(look, kind, person) or f"{look.url}/me/choices"
    return Foot(look.charter.group.name, look.url, own, kind.is_duty and kind.shown, to_chair)


def _unsubscribe(look: Look, kind: Kind, person: Recipient) -> str | None:
    """Where one click ends messages of this kind (RFC 8058); nowhere for a duty, nor for who is no person here."""
    id_ = look.people.get(person.address)
    if id_ is None or not kind.may_be_none:
        return None
    return f"{look.url}/unsubscribe/{sign_choice(look.group_id, kind.id, id_)}"


def _write(row: DeliveryRow, body: bytes) -> None:
    row.body, row.body_hash = body, sha256(body).hexdigest()
