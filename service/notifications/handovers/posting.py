"""A message about a handover into the outbox, with the term attached; and the link that acknowledges it."""

from datetime import datetime

from service.access.links import sign_seen
from service.events import Event
from service.notifications.handovers.acknowledging import is_acknowledged
from service.notifications.handovers.rules import Told
from service.notifications.handovers.saying import ENCLOSED
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.posting import About, Recipient, Say, post
from service.notifications.wording.message import Reader


def post_about(
    look: Look,
    event: Event,
    row: BoundaryRow,
    told: Told,
    key: str,
    last: datetime,
    say: Say,
    about: About | None = None,
) -> None:
    """Put a message about a boundary into the outbox: a duty for both chairs, for the others news."""
    kind = "handovers" if told.relation == "member" else "chair"
    about = about or About(row.key, row.revision, look.attachment(row), enclosed=ENCLOSED)
    post(look, event, kind, Recipient(told.person.name, told.person.email, told.organization), key, last, about, say)


def seen_link(look: Look, row: BoundaryRow, told: Told, reader: Reader) -> str | None:
    """Where somebody of the incoming chair says that they have seen it, until one of them has."""
    person = look.people.get(reader.address)
    if told.relation != "incoming" or person is None or is_acknowledged(look, row):
        return None
    return f"{look.url}/seen/{sign_seen(look.group_id, row.key, row.revision, person)}"
