"""The one way into the outbox: somebody is owed a message, and it becomes a delivery in the form they have chosen."""

from collections.abc import Callable
from datetime import datetime

from service.events import Event
from service.language.dates import spoken
from service.language.speech import _, speaking
from service.notifications.choices.away import places
from service.notifications.choices.rules import Choice, route, stands_in
from service.notifications.freezing import About, begun, freeze
from service.notifications.kinds import KINDS
from service.notifications.look import Look
from service.notifications.readers import Recipient, habits_of, language_of, person_with, reader_of
from service.notifications.wording.message import Message, Reader
from service.zones import day_in

__all__ = ["About", "Recipient", "Say", "post", "reader_of", "reads", "reads_mail"]

Say = Callable[[Reader], Message]


def post(look: Look, event: Event, kind: str, to: Recipient, key: str, last: datetime, about: About, say: Say) -> None:
    """Put a message into the outbox in the form its reader has chosen; it is not sent after `last`.

    `say` is asked for the message once it is known who reads it, and in which language. The bytes are frozen now,
    but for what is gathered for a digest. A mail that turns out unsafe is kept as failed, so that the others go on.
    """
    asked = KINDS[kind]
    person = reads(look, kind, to)
    choice = _choice(look, kind, person)
    # A file goes along at once; who has chosen a digest for what encloses one does without.
    spares = about.attachment is None or (about.enclosed and choice.form in ("daily", "weekly"))
    merges = about.invitation is None and bool(spares)
    sent = look.chosen.sent.setdefault(person.address, [])
    way = route(asked, choice.form, habits_of(look, person), look.now, last, sent, merges)
    row = begun(look, event, kind, to, person, key, last, about)
    row.state, row.next_attempt_at = way
    # A chat channel cannot take what is to be answered in a calendar.
    row.contact_id = choice.contact if choice.contact in look.chosen.contacts and about.invitation is None else None
    with speaking(language_of(look, person)) as language:
        message = say(reader_of(look, person))
        notes = (_in_place(look, to), *message.notes) if person is not to else message.notes
        message = message.model_copy(update={"language": language, "notes": notes})
        if way.state == "pending":
            freeze(look, row, person, message, about)
            if row.channel == "mail" and not asked.personal:
                sent.append(look.now)
    row.said = None if asked.personal else message.model_dump(mode="json")
    look.session.add(row)
    look.known(about.subject).add(key)


def _choice(look: Look, kind: str, person: Recipient) -> Choice:
    return look.chosen.choices.get((look.people.get(person.address, ""), kind), Choice())


def reads(look: Look, kind: str, to: Recipient) -> Recipient:
    """Who reads what is for somebody: their alternate while they are away."""
    id_ = look.people.get(to.address)
    if id_ is None or KINDS[kind].personal or not look.chosen.absences:
        return to
    reads = stands_in(id_, look.chosen.absences, day_in(look.now, reader_of(look, to).zone))
    if reads == id_:
        return to
    found = person_with(look, reads)
    # Who has left since then must not read what is for the organization.
    if found is None or to.organization not in places(found.appointments, look.today):
        return to
    return Recipient(found.name, found.email, to.organization)


def reads_mail(look: Look, kind: str, person: Recipient) -> bool:
    """Whether a kind reaches its reader by mail, so that it can be answered in a calendar; else by a chat channel."""
    return _choice(look, kind, person).contact not in look.chosen.contacts


def _in_place(look: Look, to: Recipient) -> str:
    """Why somebody gets what is for somebody else."""
    away = look.chosen.absences[look.people[to.address]]
    today = day_in(look.now, reader_of(look, to).zone)
    until = next(one.until_day for one in away if one.from_day <= today < one.until_day)
    return _("This is for {name}, who is away until {day}; you stand in.", name=to.name, day=spoken(until))
