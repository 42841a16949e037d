"""Reads of actions as the rows stand."""

import re
from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from service.followups.actions.tables import ActionLogRow, ActionRow
from service.problems import not_found

_ID = re.compile(r"action-[1-9][0-9]{0,8}")


def action_row(session: Session, group_id: str, id_: str, *, lock: bool = False) -> ActionRow:
    """One action; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such action.
    """
    known = _ID.fullmatch(id_) is not None
    row = session.get(ActionRow, (group_id, id_), with_for_update=True if lock else None) if known else None
    if row is None:
        raise not_found("This action")
    return row


def log_rows(session: Session, row: ActionRow) -> list[ActionLogRow]:
    """Everything that happened to an action, oldest first."""
    asked = select(ActionLogRow).where(ActionLogRow.group_id == row.group_id, ActionLogRow.action == row.id)
    return list(session.exec(asked.order_by(col(ActionLogRow.number))))


def next_number(session: Session, group_id: str) -> int:
    """The number of the next action; the group's row is to be locked."""
    return (session.scalar(select(func.max(ActionRow.number)).where(ActionRow.group_id == group_id)) or 0) + 1


def by_key(session: Session, group_id: str, key: str) -> ActionRow | None:
    """The action that an import knows by this key."""
    return session.exec(select(ActionRow).where(ActionRow.group_id == group_id, ActionRow.key == key)).first()


def pending_of(session: Session, group_id: str, owner: str) -> Sequence[ActionRow]:
    """What a member, or `chair`, still has to do, in order of the days by which it is due."""
    asked = select(ActionRow).where(ActionRow.group_id == group_id, ActionRow.owner == owner, col(ActionRow.pending))
    return session.exec(asked.order_by(col(ActionRow.place), col(ActionRow.number))).all()
