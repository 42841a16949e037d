"""Chat channels of people: their addresses are secrets, since who has one can write to the channel."""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlmodel import Session, col, select, update

from service import clock, events, outgoing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.language.speech import _, ngettext, speaking
from service.notifications.channels import slack, teams
from service.notifications.choices.queries import spoken_by
from service.notifications.choices.tables import ChoiceRow, ContactRow, ReaderRow
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.wording.message import Message
from service.problems import Problem, not_found
from service.settings import current

# The channels there are, with the hosts that give out addresses for them; nothing else can be named (threat T27).
HOSTS = {
    "slack": ("hooks.slack.com",),
    "teams": (".logic.azure.com", ".webhook.office.com", ".api.powerplatform.com", ".powerautomate.com"),
}
BODIES = {"slack": slack.body, "teams": teams.body}
MOST = 10
ENDED, TESTED = "contact.ended", "contact.tested"
_REMOVED = "its owner took it away"
# A test that did not go out by then has told enough.
_TEST_LASTS = timedelta(hours=1)


def make(
    session: Session, group_id: str, person_id: str, *, channel: str, label: str, url: str, actor: str
) -> ContactRow:
    """A chat channel of a person.

    Raises:
        Problem: 409, they have as many as one may have; 422, the address is none of that channel.
    """
    check(channel, url)
    if len(contacts(session, group_id, person_id)) >= MOST:
        raise Problem(
            409,
            "too-many-channels",
            ngettext(
                "You have {n} channel already; take it away first.",
                "You have {n} channels already; take one away first.",
                MOST,
            ),
        )
    row = ContactRow(
        id=str(uuid4()),
        group_id=group_id,
        person_id=person_id,
        channel=channel,
        label=label,
        secret=_cipher().encrypt(url.encode()),
        created_at=clock.now(),
    )
    session.add(row)
    events.record(session, group_id, "contact.made", row.id, actor=actor, channel=channel)
    return row


def check(channel: str, url: str) -> None:
    """Refuse an address that is none of that channel. Its name is looked up when it is called, not now.

    Raises:
        Problem: 422, with what it should be.
    """
    try:
        target = outgoing.read(url)
    except outgoing.Blocked as blocked:
        raise Problem(422, "blocked-address", outgoing.in_words(blocked)) from None
    if target.host in current().own_chat_hosts:
        return
    known = any(target.host.endswith(one) if one[0] == "." else target.host == one for one in HOSTS[channel])
    if not known or not target.secure or target.port != 443:
        hosts = ", ".join(one.lstrip(".") for one in HOSTS[channel])
        raise Problem(
            422,
            "no-such-channel",
            _(
                "This is no address of {channel}; it gives out https addresses at {hosts}.",
                channel=channel.title(),
                hosts=hosts,
            ),
        )


def contacts(session: Session, group_id: str, person_id: str) -> list[ContactRow]:
    """The chat channels of a person, those that have ended by themselves too; oldest first."""
    asked = select(ContactRow).where(ContactRow.group_id == group_id, ContactRow.person_id == person_id)
    rows = session.exec(asked.order_by(col(ContactRow.created_at), col(ContactRow.id)))
    return [row for row in rows if row.secret]


def contact_row(session: Session, group_id: str, person_id: str, contact_id: str) -> ContactRow:
    """A chat channel of a person.

    Raises:
        Problem: 404, they have no such channel.
    """
    row = session.get(ContactRow, contact_id, with_for_update=True)
    if row is None or row.group_id != group_id or row.person_id != person_id or not row.secret:
        raise not_found(_("This channel is not here; check the address."))
    return row


def remove(session: Session, row: ContactRow, *, actor: str) -> None:
    """Take a channel away with its address; what was to come by it comes by mail."""
    if row.ended_at is None:
        _end(session, row, _REMOVED, actor)
    row.secret = b""
    session.add(row)


def test(session: Session, charter: Charter, row: ContactRow, *, actor: str) -> DeliveryRow:
    """Put a message into the outbox that says nothing but that it is a test.

    Raises:
        Problem: 409, the channel has ended.
    """
    if row.ended_at is not None:
        raise Problem(409, "channel-has-ended", _("This channel has ended; add it anew."))
    person = session.get(PersonRow, row.person_id)
    event = events.record(session, row.group_id, TESTED, row.id, actor=actor)
    if person is None or event is None:
        raise not_found(_("This channel is not here; check the address."))
    session.flush()
    reader = session.get(ReaderRow, row.person_id)
    with speaking(spoken_by(reader, person.language, charter.group.languages)) as language:
        message = Message(
            subject=_("{group}: a test", group=charter.group.name),
            lead=_("This channel works: what you have chosen for it will come here."),
            because=_("You get this because you asked for a test."),
            language=language,
        )
    delivery = _delivery(row, person.email, event.id, message)
    session.add(delivery)
    return delivery


def address_of(row: ContactRow) -> str | None:
    """Where a channel is; None where its address cannot be read any more, since the service has another key."""
    try:
        return _cipher().decrypt(row.secret).decode()
    except InvalidToken:
        return None


def fall_back(session: Session, delivery: DeliveryRow, why: str) -> None:
    """A channel takes nothing more: end it, with why; what it was chosen for comes by mail from now on."""
    row = session.get(ContactRow, delivery.contact_id, with_for_update=True) if delivery.contact_id else None
    if row is not None and row.ended_at is None:
        _end(session, row, why, None)


def _end(session: Session, row: ContactRow, why: str, actor: str | None) -> None:
    row.ended_at, row.why = clock.now(), why[:300]
    session.add(row)
    session.exec(update(ChoiceRow).where(col(ChoiceRow.contact_id) == row.id).values(contact_id=None))
    events.record(session, row.group_id, ENDED, row.id, row.id, actor=actor, why=row.why, channel=row.channel)


def _delivery(row: ContactRow, recipient: str, event_id: str, message: Message) -> DeliveryRow:
    id_, now, body = str(uuid4()), clock.now(), BODIES[row.channel](message)
    return DeliveryRow(
        id=id_,
        dedupe_key=f"{TESTED}:{event_id}",
        group_id=row.group_id,
        event_id=event_id,
        kind="test",
        person_id=row.person_id,
        recipient=recipient,
        address=row.label,
        channel=row.channel,
        contact_id=row.id,
        message_id=id_,
        # Not kept as it was said: a test that the channel does not take is not to come by mail.
        said=None,
        body=body,
        body_hash=sha256(body).hexdigest(),
        created_at=now,
        next_attempt_at=now,
        not_after=now + _TEST_LASTS,
    )


def keep_anew(session: Session) -> tuple[int, int]:
    """Lock every address under the present key, so that the key before it can go; how many, and how many are lost.

    The addresses that were locked under a key that is not here any more stay as they are.
    """
    cipher, done, lost = _cipher(), 0, 0
    for row in session.exec(select(ContactRow).where(col(ContactRow.ended_at).is_(None)).with_for_update()):
        try:
            row.secret = cipher.rotate(row.secret)
        except InvalidToken:
            lost += 1
            continue
        session.add(row)
        done += 1
    return done, lost


def _cipher() -> MultiFernet:
    """Locks with the present key; opens with that or the one before."""
    keys = [hmac.digest(key, b"contacts", "sha256") for key in reversed(current().signing_keys())]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])
