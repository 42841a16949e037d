"""The verbs of an agenda item, each inside the transaction of the caller."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from service import clock, events
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.meetings.agenda.carrying import go_on, new_item_id, next_position
from service.meetings.agenda.queries import is_settled, items
from service.meetings.agenda.rules import BACKLOG, ITEMS, OTHER_LEVEL, STARTS
from service.meetings.agenda.rules import STANDS as ITEM
from service.meetings.agenda.tables import ItemRow, NewsRow
from service.meetings.queries import end_of, following, next_meeting
from service.meetings.rules import STANDS
from service.meetings.tables import MeetingRow
from service.problems import Problem


def propose(
    session: Session, charter: Charter, meeting: MeetingRow | None, *, level: str, chairing: bool, actor: str,
    purposes: Sequence[int], **values: Any,
) -> ItemRow:  # fmt: skip
    """Propose an item for a meeting, or for the backlog of a level. What the chair proposes is accepted at once.

    Raises:
        Problem: 409, the meeting takes no more items; 422, a purpose is not known.
    """
    _purposes(charter, purposes)
    if meeting is not None:
        _takes_items(meeting)
    known = items(session, charter.group.id, meeting.id if meeting else None, level)
    most = ITEMS if meeting else BACKLOG
    if len(known) >= most:
        raise Problem(
            409,
            "agenda-is-full",
            ngettext(
                "There is {n} item already; withdraw it, or use the backlog.",
                "There are {n} items already; withdraw some, or use the backlog.",
                most,
            ),
        )
    row = ItemRow(
        id=new_item_id(),
        group_id=charter.group.id,
        meeting=meeting.id if meeting else None,
        level=meeting.level if meeting else level,
        position=next_position(session, charter.group.id, meeting),
        purposes=list(purposes),
        state="accepted" if chairing and meeting is not None else "proposed",
        late=meeting is not None and is_settled(meeting, charter.group.timezone, clock.now()),
        created_at=clock.now(),
        **values,
    )
    session.add(row)
    _record(session, row, "item.proposed", actor)
    return row


def edit(session: Session, charter: Charter, row: ItemRow, *, actor: str, **values: Any) -> None:
    """Change what an item says."""
    _may(row, "edit")
    if "purposes" in values:
        _purposes(charter, values["purposes"])
    _set(session, row, "item.edited", actor, **values)


def accept(session: Session, row: ItemRow, *, actor: str) -> None:
    """Take an item onto its agenda; one that was carried forward is kept."""
    _may(row, "accept")
    if row.meeting is None:
        raise Problem(409, "in-backlog", _("This item stands in the backlog; place it in a meeting first."))
    _set(session, row, "item.accepted", actor, state="accepted", carried=False)


def place(session: Session, row: ItemRow, meeting: MeetingRow, *, actor: str) -> None:
    """Take an item from the backlog, or from another agenda, onto that of a meeting."""
    _may(row, "place")
    _takes_items(meeting)
    if row.level != meeting.level:
        raise Problem(409, "other-level", _("This meeting is of the other level; refer the item instead."))
    if len(items(session, row.group_id, meeting.id)) >= ITEMS:
        raise Problem(
            409,
            "agenda-is-full",
            ngettext(
                "The agenda of this meeting has {n} item already.",
                "The agenda of this meeting has {n} items already.",
                ITEMS,
            ),
        )
    _set(
        session, row, "item.placed", actor, meeting=meeting.id, state="accepted", carried=False,
        position=next_position(session, row.group_id, meeting),
    )  # fmt: skip


def conclude(session: Session, row: ItemRow, *, conclusion: str | None, actor: str) -> None:
    """Note that an item is done, and with what."""
    _may(row, "conclude")
    _set(session, row, "item.concluded", actor, state="concluded", conclusion=conclusion)


def defer(session: Session, row: ItemRow, meeting: MeetingRow | None, *, actor: str) -> ItemRow:
    """Leave an item for the next meeting of its kind, or for the backlog where none is in sight."""
    _may(row, "defer")
    coming = following(session, meeting) if meeting else None
    new = go_on(session, row, "deferred", coming, row.level)
    _record(session, row, "item.deferred", actor, to=new.id)
    return new


def refer(session: Session, row: ItemRow, *, actor: str) -> ItemRow:
    """Refer an item to the other level: up to the principals, or down to the focal points."""
    _may(row, "refer")
    level = OTHER_LEVEL[row.level]
    coming = next_meeting(session, row.group_id, level)
    usable = coming if coming is not None and coming.state in ("proposed", "called") else None
    new = go_on(session, row, "referred", usable, level)
    _record(session, row, "item.referred", actor, to=new.id)
    return new


def close(session: Session, row: ItemRow, verb: str, *, reason: str | None, actor: str) -> None:
    """`withdraw` an item that one has proposed, or as the chair `drop` one."""
    _may(row, verb)
    state = {"withdraw": "withdrawn", "drop": "dropped"}[verb]
    _set(session, row, f"item.{state}", actor, state=state, conclusion=reason)


def order(session: Session, meeting: MeetingRow, ids: Sequence[str], *, actor: str) -> None:
    """Put the items of an agenda into an order.

    Raises:
        Problem: 422, the list is not that of the agenda's items.
    """
    _takes_items(meeting)
    known = {item.id: item for item in items(session, meeting.group_id, meeting.id)}
    if sorted(ids) != sorted(known):
        raise Problem(422, "other-items", _("Name every item of this agenda once; it has {number}.", number=len(known)))
    for position, id_ in enumerate(ids, 1):
        known[id_].position = position
        session.add(known[id_])
    events.record(session, meeting.group_id, "agenda.ordered", meeting.id, actor=actor, items=list(ids))


def tell(session: Session, meeting: MeetingRow, member: str, text: str, *, actor: str) -> NewsRow:
    """Note what a member has to tell at a meeting; a second text replaces the first."""
    if meeting.state == "cancelled" or clock.now() >= end_of(meeting):
        raise Problem(409, "meeting-is-over", _("This meeting is over or cancelled; give the news to the next one."))
    known = session.get(NewsRow, (meeting.group_id, meeting.id, member))
    row = known or NewsRow(
        group_id=meeting.group_id, meeting=meeting.id, member=member, text=text, by=actor, at=clock.now()
    )
    row.text, row.by, row.at = text, actor, clock.now()
    session.add(row)
    events.record(session, meeting.group_id, "news.told", meeting.id, actor=actor, member=member)
    events.changed(session, "meeting", meeting.group_id, meeting.id)
    return row


def _purposes(charter: Charter, purposes: Sequence[int]) -> None:
    if not set(purposes) <= set(charter.purposes):
        known = ", ".join(map(str, sorted(charter.purposes))) or "–"
        raise Problem(
            422, "no-such-purpose", _("A purpose is not in the Terms of Reference; they are {known}.", known=known)
        )


def _takes_items(meeting: MeetingRow) -> None:
    if meeting.state not in ("proposed", "called"):
        raise Problem(
            409,
            f"meeting-is-{meeting.state}",
            _("{stands} Its agenda stands as it is.", stands=_(STANDS[meeting.state])),
        )


def _may(row: ItemRow, verb: str) -> None:
    if row.state not in STARTS[verb]:
        raise Problem(
            409,
            f"item-is-{row.state}",
            _("{stands} So this cannot be done with it.", stands=_(ITEM[row.state])),
        )


def _set(session: Session, row: ItemRow, kind: str, actor: str, /, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    _record(session, row, kind, actor)


def _record(session: Session, row: ItemRow, kind: str, actor: str, **data: Any) -> None:
    events.record(
        session, row.group_id, kind, row.id, str(row.version), actor=actor, meeting=row.meeting, state=row.state, **data
    )
