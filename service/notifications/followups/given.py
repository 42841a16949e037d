"""Tells those who are answerable for an action that it was given to them; whoever took it upon themselves knows."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from service.events import Event, lately
from service.followups.actions.people import serves
from service.followups.actions.queries import action_row
from service.followups.actions.rules import owners
from service.followups.actions.tables import ActionRow
from service.groups.charter import Person
from service.notifications.followups import action_words as words
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.posting import About, Recipient, post
from service.rotation.people import people_of

GIVEN = ("action.opened", "action.transferred")
# What was not told for so long shows in lists and reminders.
_NEWS_FOR = timedelta(days=7)


def tell(look: Look) -> None:
    """Put the word of each action that was given to somebody into the outbox, once."""
    for event in lately(look.session, look.group_id, GIVEN, look.now - _NEWS_FOR):
        row = action_row(look.session, look.group_id, event.subject)
        if row.pending and row.owner == event.data["owner"]:
            _tell(look, event, row)


def _tell(look: Look, event: Event, row: ActionRow) -> None:
    subject = f"given-{row.id}"
    known = look.known(subject)
    for person, organization in _answerable(look, row):
        key = f"action.given:{event.id}:{who(person.email)}"
        if organization == event.data["organization"] or key in known:
            continue
        to = Recipient(person.name, person.email, organization)
        say = partial(words.given, look.charter, row, event.actor)
        post(look, event, "actions", to, key, event.recorded_at + _NEWS_FOR, About(subject, row.version), say)


def _answerable(look: Look, row: ActionRow) -> Iterator[tuple[Person, str]]:
    """Who does it: the assignee, or the owner's focal points."""
    members = owners(row.owner, look.chair)
    doer = next((one for one in look.charter.people if look.people.get(one.email) == row.assignee), None)
    found = serves(look.charter, doer, members, look.today) if doer is not None else None
    if doer is not None and found is not None:
        yield doer, found
        return
    for id_ in members:
        yield from people_of(look.charter, id_, ["focal-point"], look.today, look.today)
