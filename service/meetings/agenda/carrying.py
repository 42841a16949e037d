"""What is not finished goes on by itself: to the next meeting, to the other level, or to the backlog.

The item that goes on is a new row that names its origin; the old one stays where it was, so that an
agenda of the past says what stood on it, and the lineage of an item can be followed back.
"""

import secrets

from sqlmodel import Session

from service import clock, events
from service.meetings.agenda.queries import items
from service.meetings.agenda.rules import OPEN
from service.meetings.agenda.tables import ItemRow
from service.meetings.queries import following
from service.meetings.tables import MeetingRow

_EXCHANGE = "Information exchange"
_LAST = 1000


def new_item_id() -> str:
    return f"i{secrets.token_hex(6)}"


def carry_forward(session: Session, meeting: MeetingRow, *, actor: str | None) -> list[ItemRow]:
    """Take what a meeting that is over has left open on to the next one of its kind, for its chair to keep or drop.

    What stood on a meeting that was withdrawn with its cadence has no next one to go to: it goes to the backlog.
    """
    coming = following(session, meeting) if not meeting.withdrawn else None
    left = [item for item in items(session, meeting.group_id, meeting.id) if item.state in OPEN]
    carried = []
    for item in left:
        if item.kind == "exchange":
            item.state = "concluded" if meeting.state == "held" else "withdrawn"
            item.version += 1
            session.add(item)
        else:
            carried.append(go_on(session, item, "deferred", coming, item.level, carried=True))
    if carried:
        events.record(
            session, meeting.group_id, "agenda.carried", meeting.id, actor=actor,
            to=coming.id if coming else None, items=[item.id for item in carried],
        )  # fmt: skip
    return carried


def go_on(
    session: Session, item: ItemRow, state: str, to: MeetingRow | None, level: str, *, carried: bool = False
) -> ItemRow:
    """Leave an item behind in `state`, and set a new one of it on another agenda, or on the backlog of `level`."""
    values = item.model_dump(
        include={"group_id", "kind", "title", "text", "purposes", "member", "presenter", "minutes"}
    )
    new = ItemRow(
        **values,
        id=new_item_id(),
        links=list(item.links),
        meeting=to.id if to else None,
        level=level,
        position=next_position(session, item.group_id, to),
        carried=carried,
        origin=item.id,
        created_at=clock.now(),
    )
    item.state, item.version = state, item.version + 1
    session.add(item)
    session.add(new)
    session.flush()
    return new


def add_exchange(session: Session, meeting: MeetingRow) -> None:
    """Every called meeting ends with what each member has to tell."""
    if any(item.kind == "exchange" for item in items(session, meeting.group_id, meeting.id)):
        return
    session.add(
        ItemRow(
            id=new_item_id(),
            group_id=meeting.group_id,
            meeting=meeting.id,
            level=meeting.level,
            position=_LAST,
            kind="exchange",
            title=_EXCHANGE,
            minutes=15,
            state="accepted",
            created_at=clock.now(),
        )
    )
    session.flush()


def next_position(session: Session, group_id: str, meeting: MeetingRow | None) -> int:
    """The place after the last item but the exchange."""
    known = items(session, group_id, meeting.id if meeting else None)
    return max((item.position for item in known if item.kind != "exchange"), default=0) + 1
