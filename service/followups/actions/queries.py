"""Reads of actions as the rows stand."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, case, col, func, or_, select

from service.followups.actions.course import TURNS, Change, Step, course
from service.followups.actions.tables import ActionLogRow, ActionRow
from service.language.speech import _
from service.problems import not_found

_ID = re.compile(r"action-[1-9][0-9]{0,8}")


class Counts(NamedTuple):
    """How many actions are not finished, how many of these are overdue, and how many are done."""

    pending: int
    overdue: int
    done: int


def action_row(session: Session, group_id: str, id_: str, *, lock: bool = False) -> ActionRow:
    """One action; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such action.
    """
    known = _ID.fullmatch(id_) is not None
    row = session.get(ActionRow, (group_id, id_), with_for_update=True if lock else None) if known else None
    if row is None:
        raise not_found(_("This action is not here; check the address."))
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


def counts(session: Session, group_id: str, today: date) -> dict[str, Counts]:
    """How many actions each owner (a member, or `chair`) has."""
    pending = col(ActionRow.pending)
    numbers = (
        func.sum(case((wanted, 1), else_=0))
        for wanted in (pending, pending & (col(ActionRow.place) < today), col(ActionRow.state) == "done")
    )
    asked: Any = select(ActionRow.owner, *numbers).where(ActionRow.group_id == group_id)
    return {owner: Counts(*found) for owner, *found in session.exec(asked.group_by(ActionRow.owner))}


def owing(session: Session, group_id: str, owners: Sequence[str], today: date) -> dict[str, tuple[int, int]]:
    """How many actions of each owner (a member, or `chair`) are not finished, and how many of these are overdue."""
    late = func.sum(case((col(ActionRow.place) < today, 1), else_=0))
    asked: Any = select(ActionRow.owner, func.count(), late).where(
        ActionRow.group_id == group_id, col(ActionRow.owner).in_(owners), col(ActionRow.pending)
    )
    return {owner: (pending, overdue) for owner, pending, overdue in session.exec(asked.group_by(ActionRow.owner))}


def courses(session: Session, group_id: str, start: datetime, until: datetime, *, public: bool) -> list[list[Step]]:
    """The course of every action that was open at some time in `[start, until)`; with `public`, of those for all."""
    alive: list[Any] = [
        ActionRow.group_id == group_id,
        col(ActionRow.opened_at) < until,
        or_(col(ActionRow.closed_at).is_(None), col(ActionRow.closed_at) >= start),
    ]
    if public:
        alive.append(ActionRow.visibility == "public")
    entry = ActionLogRow
    asked = select(entry.action, entry.at, entry.before, entry.after)
    asked = asked.join(ActionRow, (col(entry.group_id) == col(ActionRow.group_id)) & (entry.action == ActionRow.id))
    asked = asked.where(*alive, col(entry.verb).in_(TURNS)).order_by(col(entry.action), col(entry.number))
    changes: dict[str, list[Change]] = {}
    for id_, at, before, after in session.exec(asked):
        changes.setdefault(id_, []).append(Change(at, dict(before), dict(after)))
    rows = session.exec(select(ActionRow.id, ActionRow.opened_at, col(ActionRow.due)).where(*alive))
    return [course(opened, due, changes.get(id_, [])) for id_, opened, due in rows]
