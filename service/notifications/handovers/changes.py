"""Changes of a handover: told to those who were told of it before, and to those whose own turn has moved.

Nobody else is bothered.
"""

from datetime import date, timedelta
from functools import partial

from sqlmodel import col, select

from service import zones
from service.events import Event
from service.notifications.handovers.inviting import about_change
from service.notifications.handovers.posting import post_about
from service.notifications.handovers.rules import Told
from service.notifications.handovers.saying import Handover, changed
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.readers import serves_today
from service.notifications.wording.message import Message, Reader
from service.rotation.people import chairs_people

CHANGED = "handover.changed"
_TOLD = f"{CHANGED}.told"


def untold(look: Look) -> list[Event]:
    """Changes for which nobody has been looked up yet, oldest first."""
    seen = select(Event.subject, Event.occurrence).where(Event.group_id == look.group_id, Event.kind == _TOLD)
    told = set(look.session.exec(seen).all())
    found = look.session.exec(
        select(Event)
        .where(Event.group_id == look.group_id, Event.kind == CHANGED)
        .order_by(col(Event.recorded_at), col(Event.id))
    )
    return [event for event in found if (event.subject, event.occurrence) not in told]


def tell(look: Look, event: Event) -> None:
    """Put the correction into the outbox, unless the boundary has changed again since."""
    look.event(_TOLD, event.subject, event.occurrence, look.now)
    row = look.session.get(BoundaryRow, (look.group_id, event.subject))
    if row is None or not event.occurrence.endswith(f":{row.revision}"):
        return
    was = _was(row, event)
    for told in _concerned(look, row, was):
        key = f"{CHANGED}:{look.group_id}:{row.key}:{row.revision}:{look.person(told)}:mail"
        last = max(zones.midnight(max(row.day, was.day), look.zone), look.now) + timedelta(hours=24)
        about = about_change(look, row, told, was)
        post_about(look, event, row, told, key, last, partial(_say, look, row, told, was), about)


def _say(look: Look, row: BoundaryRow, told: Told, was: Handover, reader: Reader) -> Message:
    return changed(look.charter, told, was, None if row.gone else look.handover(row))


def _was(row: BoundaryRow, event: Event) -> Handover:
    was = event.data["was"]
    day = date.fromisoformat(was["day"])
    return Handover(tuple(was["outgoing"]), tuple(was["incoming"]), row.member, day, row.until_day, (), False)


def _concerned(look: Look, row: BoundaryRow, was: Handover) -> list[Told]:
    """Who was told of this boundary before; and, while their turn is near, those whose own it is."""
    already = set(
        look.session.exec(
            select(DeliveryRow.recipient).where(
                DeliveryRow.group_id == look.group_id,
                DeliveryRow.subject == row.key,
                col(DeliveryRow.state).in_(("accepted", "sending", "merged")),
            )
        )
    )
    found: dict[str, Told] = {}
    if _own_next_turn(look, row, was):
        for chair in (row.incoming, was.incoming):
            for person, organization in chairs_people(look.charter, chair, min(row.day, was.day)):
                found.setdefault(person.email, Told(person, "incoming", organization))
    for person in look.charter.people:
        # Whoever has left since is not told any more.
        if person.email in already and any(role.covers(look.today) for role in person.appointments):
            found.setdefault(person.email, Told(person, "member", serves_today(look, person)))
    return list(found.values())


def _own_next_turn(look: Look, row: BoundaryRow, was: Handover) -> bool:
    """Whether this is the next turn of the chair in question, before or after the change."""
    earlier = look.session.exec(
        select(BoundaryRow.incoming).where(
            BoundaryRow.group_id == look.group_id,
            BoundaryRow.member == row.member,
            col(BoundaryRow.day) > look.today,
            col(BoundaryRow.day) < min(row.day, was.day),
            ~col(BoundaryRow.gone),
        )
    )
    seen = {id_ for incoming in earlier for id_ in incoming}
    return not seen.issuperset(set(row.incoming) | set(was.incoming))
