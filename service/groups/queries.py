"""Reads of groups: the charter as the tables hold it."""

import re
from collections import OrderedDict
from datetime import date
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, func, select

from service.groups.charter import Appointment, Charter
from service.groups.mapping import Rows, appointment_of, charter_of
from service.groups.tables import (
    AppointmentRow,
    CadenceRow,
    DecisionRow,
    GroupRow,
    HolderRow,
    HolidayRow,
    OrganizationRow,
    PersonRow,
    RecordRow,
    RuleRow,
)
from service.language.speech import _
from service.problems import not_found
from service.text import ID_PATTERN

Row = TypeVar("Row", bound=SQLModel)


def group_row(session: Session, group_id: str, *, lock: bool = False) -> GroupRow:
    """The group's own row; with `lock`, other writers of the group wait for this transaction.

    Raises:
        Problem: 404, there is no such group.
    """
    # An id that no group can have is not even asked for: PostgreSQL takes no NUL in a text.
    if re.fullmatch(ID_PATTERN, group_id) is None:
        raise not_found(_("This group is not here; check the address."))
    if not lock:
        row = session.get(GroupRow, group_id)
    else:
        asked = select(GroupRow).where(GroupRow.id == group_id).with_for_update()
        row = session.exec(asked.execution_options(populate_existing=True)).first()
    # The session itself knows what it has read only as long as somebody holds it: a transaction reads the row once.
    session.info["group"] = row
    if row is None:
        raise not_found(_("The group {group_id} is not here; check the address.", group_id=repr(group_id)))
    return row


def claim(session: Session, group_id: str) -> GroupRow | None:
    """The group's own row, locked as `group_row` does; None where somebody else holds it now, or it is gone."""
    asked = select(GroupRow).where(GroupRow.id == group_id).with_for_update(skip_locked=True)
    row = session.exec(asked.execution_options(populate_existing=True)).first()
    session.info["group"] = row
    return row


def group_ids(session: Session) -> list[str]:
    """Every group, by id."""
    return list(session.exec(select(GroupRow.id).order_by(GroupRow.id)))


def exists(session: Session, group_id: str) -> bool:
    return session.get(GroupRow, group_id) is not None


def charter_rows(session: Session, group_id: str) -> Rows:
    """Every row of the group besides its own and its people."""

    def of(table: type[Row]) -> list[Row]:
        return list(session.exec(select(table).filter_by(group_id=group_id)))

    return Rows(
        of(OrganizationRow),
        of(HolderRow),
        of(RecordRow),
        of(RuleRow),
        of(DecisionRow),
        of(HolidayRow),
        of(CadenceRow),
    )


def charter(session: Session, group_id: str) -> Charter:
    """The group's charter as it stands.

    Raises:
        Problem: 404, there is no such group.
    """
    group = group_row(session, group_id)
    known = _read.get(group.stamp)
    if known is None:
        known = _charter(session, group)
        if group.stamp:
            _read[group.stamp] = known
            while len(_read) > _KEPT:
                _read.popitem(last=False)
    return known


# The charters read last, by their stamp: a change of the charter is a new stamp, so none of them grows old.
_KEPT = 16
_read: OrderedDict[str, Charter] = OrderedDict()


def _charter(session: Session, group: GroupRow) -> Charter:
    group_id = group.id
    people = people_rows(session, group_id)
    roles = session.exec(
        select(AppointmentRow).where(col(AppointmentRow.person_id).in_([person.id for person in people]))
    )
    return charter_of(group, charter_rows(session, group_id), people, roles)


def people_rows(session: Session, group_id: str) -> list[PersonRow]:
    """The group's people in the order of the charter."""
    return list(session.exec(select(PersonRow).where(PersonRow.group_id == group_id).order_by(col(PersonRow.position))))


def appointments(session: Session, person_id: str) -> list[Appointment]:
    """The roles of a person, in the order of the charter."""
    asked = select(AppointmentRow).where(AppointmentRow.person_id == person_id).order_by(col(AppointmentRow.position))
    return [appointment_of(row) for row in session.exec(asked)]


def cycles(session: Session, group_id: str) -> list[tuple[date, int, int]]:
    """Each rotation rule's first day, its months, and how many stand in its order; in order of days."""
    asked = (
        select(RuleRow.from_day, RuleRow.months, RuleRow.order)  # type: ignore[call-overload]
        .where(RuleRow.group_id == group_id, RuleRow.member == "")
        .order_by(col(RuleRow.from_day))
    )
    rules = session.exec(asked).all()
    members = 0
    if any(order == "alphabetical" for _, _, order in rules):
        counted = select(func.count()).where(
            OrganizationRow.group_id == group_id, col(OrganizationRow.seat_of).is_(None)
        )
        members = session.scalar(counted) or 0
    return [(day, months, members if order == "alphabetical" else len(order)) for day, months, order in rules]
