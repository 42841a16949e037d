"""What was gathered for a reader goes out as one message, at the hour it was gathered for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import col, func, select

from service.language.speech import _, ngettext, speaking
from service.notifications.freezing import About, begun, foot, freeze, mail
from service.notifications.kinds import KINDS
from service.notifications.look import Look
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.readers import Recipient, language_of, serves_today, why
from service.notifications.wording.common import pair
from service.notifications.wording.message import Message
from service.notifications.wording.rendering import gathered

DIGEST = "digest"
# A digest that nobody took for so long is no news any more.
_NEWS_FOR = timedelta(days=2)
_LEFT = "Its reader serves nobody in the group any more."


def send(look: Look) -> None:
    """Put the digests that are due into the outbox; what has no point any more, or no reader, is left out.

    All that is due at once, however much it is: a part of it would be another mail to the same reader.
    """
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == look.group_id,
        DeliveryRow.state == "gathered",
        col(DeliveryRow.next_attempt_at) <= look.now,
    )
    waiting: dict[tuple[str, str | None], list[DeliveryRow]] = {}
    for row in look.session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.id))).all():
        if row.not_after < look.now:
            row.state = "expired"
        elif _has_left(look, row.address):
            row.state, row.answer = "superseded", _LEFT
        else:
            # What was for a channel that has ended comes with the rest by mail.
            contact = row.contact_id if row.contact_id in look.chosen.contacts else None
            waiting.setdefault((row.address, contact), []).append(row)
    for (address, contact), items in waiting.items():
        items.sort(key=lambda item: (item.created_at, (item.said or {})["subject"]))
        person = _person(look, address)
        with speaking(language_of(look, person)):
            if len(items) == 1:
                _send_alone(look, person, items[0])
            else:
                _send_together(look, person, items, contact)


def coming(look: Look) -> Iterator[datetime]:
    """The instant at which the next digest is due."""
    first = look.session.exec(
        select(func.min(DeliveryRow.next_attempt_at)).where(
            DeliveryRow.group_id == look.group_id, DeliveryRow.state == "gathered"
        )
    ).one()
    if first is not None:
        yield first


def _has_left(look: Look, address: str) -> bool:
    """Whether a reader has lost what made them one since a message was gathered."""
    found = next((one for one in look.charter.people if one.email == address), None)
    return found is not None and not any(role.covers(look.today) for role in found.appointments)


def _person(look: Look, address: str) -> Recipient:
    found = next((one for one in look.charter.people if one.email == address), None)
    return Recipient(found.name, address, serves_today(look, found)) if found else Recipient(address, address)


def _send_alone(look: Look, person: Recipient, row: DeliveryRow) -> None:
    """What was gathered with nothing beside it goes out as it is."""
    row.state = "pending"
    freeze(look, row, person, Message.model_validate(row.said))


def _send_together(look: Look, person: Recipient, items: list[DeliveryRow], contact: str | None) -> None:
    said = [Message.model_validate(item.said) for item in items]
    names = " ".join(item.id for item in items)
    occurrence = sha256(names.encode()).hexdigest()[:32]
    event = look.event("digest.gathered", DIGEST, occurrence, look.now, deliveries=[item.id for item in items])
    key, last = f"{DIGEST}:{look.group_id}:{occurrence}", look.now + _NEWS_FOR
    row = begun(look, event, DIGEST, person, person, key, last, About(DIGEST, 0))
    row.contact_id = contact
    message = _opening(look, person, said)
    if row.contact_id in look.chosen.contacts:
        message = message.model_copy(update={"lists": tuple(_in_chat(one) for one in said)})
        freeze(look, row, person, message)
    else:
        mail(look, row, person, gathered(message, person.name, foot(look, KINDS[DIGEST], person), said))
    row.said = message.model_dump(mode="json")
    look.session.add(row)
    for item in items:
        item.state, item.superseded_by = "merged", row.id


def _in_chat(said: Message) -> tuple[str, tuple[str, ...]]:
    """A gathered message as a heading with its lines, the link by which it is answered among them."""
    pairs = (*said.facts, *said.actions)
    return said.subject, (said.lead, *said.notes, *(pair(name, value) for name, value in pairs))


def _opening(look: Look, person: Recipient, said: list[Message]) -> Message:
    count = ngettext("{n} message was gathered for you.", "{n} messages were gathered for you.", len(said))
    group = look.charter.group.label
    subject = ngettext("{group}: {n} message", "{group}: {n} messages", len(said), group=group)
    return Message(
        subject=subject,
        lead=count,
        lists=((_("In it"), tuple(one.subject for one in said)),),
        because=why(look, person.address, person.organization),
    )
