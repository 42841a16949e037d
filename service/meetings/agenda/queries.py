"""Agendas, backlogs and news, as the rows stand."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from service import zones
from service.language.speech import _
from service.meetings.agenda.rules import settles_on
from service.meetings.agenda.tables import ItemRow, NewsRow
from service.meetings.tables import MeetingRow
from service.problems import not_found


def items(session: Session, group_id: str, meeting: str | None, level: str | None = None) -> list[ItemRow]:
    """The items of a meeting, or of the backlog, in their order."""
    asked = select(ItemRow).where(ItemRow.group_id == group_id, ItemRow.meeting == meeting)
    if level is not None:
        asked = asked.where(ItemRow.level == level)
    return list(session.exec(asked.order_by(col(ItemRow.position), col(ItemRow.created_at), col(ItemRow.id))))


def item_row(session: Session, group_id: str, id_: str) -> ItemRow:
    """One item.

    Raises:
        Problem: 404, there is no such item.
    """
    asked = select(ItemRow).where(ItemRow.group_id == group_id, ItemRow.id == id_).with_for_update()
    row = session.exec(asked).first() if re.fullmatch("[a-z0-9]{1,20}", id_) else None
    if row is None:
        raise not_found(_("This agenda item is not here; check the address."))
    return row


def is_settled(row: MeetingRow, zone: str, now: datetime) -> bool:
    """Whether the agenda of a meeting is settled at `now`; `zone` is the group's."""
    day = settles_on(zones.day_in(row.start, zone), row.freeze)
    return now >= zones.midnight(day, zone)


def has_agenda(session: Session, row: MeetingRow) -> bool:
    """Whether anything but the exchange of news has been taken onto an agenda."""
    return any(
        item.state in ("accepted", "concluded") and item.kind != "exchange"
        for item in items(session, row.group_id, row.id)
    )


def with_agenda(session: Session, group_id: str, ids: Sequence[str]) -> set[str]:
    """Those of several meetings that have an agenda, as `has_agenda` sees it."""
    asked = select(ItemRow.meeting).where(
        ItemRow.group_id == group_id,
        col(ItemRow.meeting).in_(ids),
        col(ItemRow.state).in_(("accepted", "concluded")),
        ItemRow.kind != "exchange",
    )
    return {id_ for id_ in session.exec(asked.distinct()) if id_ is not None}


def news(session: Session, row: MeetingRow) -> list[NewsRow]:
    """The news for a meeting, by member."""
    asked = select(NewsRow).where(NewsRow.group_id == row.group_id, NewsRow.meeting == row.id)
    return list(session.exec(asked.order_by(col(NewsRow.member))))
