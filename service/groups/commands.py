"""Writes the charter's facts into the tables, inside the transaction of the caller."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select

from service import clock, events
from service.groups import queries
from service.groups.charter import Appointment, Charter, Person
from service.groups.mapping import group_values, rows
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


def store(session: Session, charter: Charter) -> GroupRow:
    """Make the tables hold `charter`, and count its revision and version on."""
    row = session.get(GroupRow, charter.group.id, with_for_update=True)
    if row is None:
        row = GroupRow(id=charter.group.id, changed_at=clock.now(), stamp=str(uuid4()), **group_values(charter))
        row.revision = max(1, charter.revision or 1)
    else:
        for name, value in group_values(charter).items():
            setattr(row, name, value)
        touch(row)
    session.add(row)
    session.flush()
    _replace(session, charter)
    store_people(session, charter.group.id, charter.people, remove_others=True)
    session.flush()
    return row


def touch(row: GroupRow) -> None:
    """Count a change of the group."""
    row.version += 1
    row.revision += 1
    row.stamp = str(uuid4())
    row.changed_at = clock.now()


def _replace(session: Session, charter: Charter) -> None:
    wanted, id_ = rows(charter), charter.group.id
    _sync(session, HolderRow, id_, [], lambda row: (row.organization, row.position))
    _sync(session, OrganizationRow, id_, wanted.organizations, lambda row: row.id)
    _sync(session, HolderRow, id_, wanted.holders, lambda row: (row.organization, row.position))
    _sync(session, RecordRow, id_, wanted.records, lambda row: row.from_day)
    _sync(session, RuleRow, id_, wanted.rules, lambda row: (row.member, row.from_day))
    _sync(session, DecisionRow, id_, wanted.decisions, lambda row: row.id)
    _sync(session, CadenceRow, id_, wanted.cadences, lambda row: row.id)
    _sync(session, HolidayRow, id_, wanted.holidays, lambda row: (row.city, row.day))


def _sync(
    session: Session, table: type[Any], group_id: str, wanted: Iterable[Any], key: Callable[[Any], object]
) -> None:
    """Make the group's rows of `table` equal to `wanted`: what is gone is deleted, the rest merged."""
    keep = {key(row): row for row in wanted}
    # Held until they are merged with, which would else ask for each of them again.
    stored = session.exec(select(table).where(table.group_id == group_id)).all()
    for row in stored:
        if key(row) not in keep:
            session.delete(row)
    session.flush()
    # A seat names its member, so members go first.
    for row in sorted(keep.values(), key=lambda row: getattr(row, "seat_of", None) is not None):
        session.merge(row)
    session.flush()


def store_people(session: Session, group_id: str, people: Iterable[Person], *, remove_others: bool) -> None:
    """Write people, known by their address; an address that stays keeps its person."""
    rows = queries.people_rows(session, group_id)
    known = {row.email.casefold(): row for row in rows}
    free = max((row.position for row in rows), default=-1) + 1
    wanted: dict[str, list[Appointment]] = {}
    for at, person in enumerate(people):
        row = known.pop(person.email.casefold(), None)
        if row is None:
            position = at if remove_others else free + at
            row = PersonRow(id=str(uuid4()), group_id=group_id, position=position, name=person.name, email=person.email)
        elif remove_others:
            row.position = at
        row.name, row.email, row.language = person.name, person.email, person.language
        session.add(row)
        wanted[row.id] = person.appointments
    gone = list(known.values()) if remove_others else []
    session.flush()
    _appoint(session, wanted | {row.id: [] for row in gone})
    for row in gone:
        session.delete(row)


def _appoint(session: Session, wanted: dict[str, list[Appointment]]) -> None:
    """Make the roles on record of each person those that are wanted."""
    keep = {
        (person_id, place): AppointmentRow(
            person_id=person_id,
            position=place,
            organization=role.organization,
            role=role.role,
            from_day=role.from_,
            until_day=role.until,
        )
        for person_id, roles in wanted.items()
        for place, role in enumerate(roles)
    }
    # Held until they are merged with.
    stored = session.exec(select(AppointmentRow).where(col(AppointmentRow.person_id).in_(wanted))).all()
    for row in stored:
        if (row.person_id, row.position) not in keep:
            session.delete(row)
    for row in keep.values():
        session.merge(row)
    session.flush()


def import_people(session: Session, group_id: str, people: list[Person], actor: str | None = None) -> None:
    """Add people, or bring those with a known address up to date; nobody is removed."""
    row = queries.group_row(session, group_id, lock=True)
    store_people(session, group_id, people, remove_others=False)
    touch(row)
    events.record(session, group_id, "people.imported", group_id, str(row.version), actor=actor, count=len(people))


def confirm(session: Session, group_id: str, actor: str | None = None) -> None:
    """Note that the operator has confirmed the group's addresses: mail may go out to them."""
    row = queries.group_row(session, group_id, lock=True)
    if row.confirmed_at is None:
        row.confirmed_at = clock.now()
        session.add(row)
        events.record(session, group_id, "group.confirmed", group_id, "once", actor=actor)
