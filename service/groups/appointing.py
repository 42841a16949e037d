"""Appoints people and ends their appointments, one at a time, inside the transaction of the caller."""

from datetime import date
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select

from service import clock, events, zones
from service.groups import queries
from service.groups.charter import Appointment, Charter, Person, Role
from service.groups.commands import touch
from service.groups.mapping import appointment_of
from service.groups.tables import AppointmentRow, GroupRow, PersonRow
from service.language.dates import spoken
from service.language.speech import _, ngettext
from service.problems import Problem, not_found

# A charter holds no more of each.
_PEOPLE, _APPOINTMENTS = 5000, 50
_NO_PEOPLE_OF_A_MEMBER = ("secretariat", "observer")


def appoint(
    session: Session, charter: Charter, person: Person, role: Appointment, *, actor: str, authority: str
) -> PersonRow:
    """Give somebody a role, and a place in the charter where their address is new to it. Locks the group.

    Raises:
        Problem: 404, the organization is not known; 409, the address belongs to somebody of another name, or they
            have the role on some of these days already; 422, it would begin before today, or be one too many.
    """
    group = queries.group_row(session, charter.group.id, lock=True)
    if role.organization is not None and charter.organization(role.organization) is None:
        raise not_found(_("This organization is not here; check the address."))
    if role.from_ < _today(group):
        raise Problem(
            422, "invalid-day", _("An appointment begins today or later; what has passed stands in the charter.")
        )
    people = queries.people_rows(session, group.id)
    row = next((one for one in people if one.email.casefold() == person.email.casefold()), None)
    if row is None:
        if len(people) >= _PEOPLE:
            raise Problem(
                422,
                "too-many-people",
                ngettext("A group has at most {n} person.", "A group has at most {n} people.", _PEOPLE),
            )
        place = max((one.position for one in people), default=-1) + 1
        row = PersonRow(
            id=str(uuid4()), group_id=group.id, position=place,
            name=person.name, email=person.email, language=person.language,
        )  # fmt: skip
        session.add(row)
        session.flush()
    elif row.name != person.name:
        raise Problem(
            409,
            "address-is-taken",
            _("This address is on record under another name; send the name that stands there, or ask the secretariat."),
        )
    held = _held(session, row.id)
    if len(held) >= _APPOINTMENTS:
        raise Problem(
            422,
            "too-many-appointments",
            ngettext("Somebody has at most {n} appointment.", "Somebody has at most {n} appointments.", _APPOINTMENTS),
        )
    for known in map(appointment_of, held):
        if (known.organization, known.role) == (role.organization, role.role) and _overlap(known, role):
            raise Problem(409, "appointed-already", _("They have this role on some of these days already."))
    session.add(
        AppointmentRow(
            person_id=row.id, position=max((one.position for one in held), default=-1) + 1,
            organization=role.organization, role=role.role, from_day=role.from_, until_day=role.until,
        )
    )  # fmt: skip
    _record(session, group, "people.appointed", row, role, actor, authority)
    return row


def end(
    session: Session,
    group_id: str,
    person_id: str,
    organization: str | None,
    role: Role,
    until: date | None,
    *,
    actor: str,
    authority: str,
) -> PersonRow:
    """End a role of somebody, `until` being the day after its last (default: today). Locks the group.

    A role that has not begun by then is taken back whole.

    Raises:
        Problem: 404, nobody here has this role today or later; 409, nobody would be left to answer for the
            organization, or as the secretariat; 422, `until` is before today, or after the role ends anyway.
    """
    group = queries.group_row(session, group_id, lock=True)
    today = _today(group)
    last = until or today
    person = session.get(PersonRow, person_id)
    held = _held(session, person_id) if person is not None and person.group_id == group_id else []
    mine = [row for row in held if (row.organization, row.role) == (organization, role) and _open(row, today)]
    if person is None or not mine:
        raise not_found(_("This appointment is not here; check the address."))
    if last < today:
        raise Problem(422, "invalid-day", _("A role ends today or later; what has passed stands in the charter."))
    row = next((one for one in mine if one.until_day is None or one.until_day > last), None)
    if row is None:
        raise Problem(422, "ends-earlier", _("The role ends on that day or earlier already."))
    empty = _nobody_on(session, group, row, last)
    if empty is not None:
        day = spoken(empty)
        left = (
            _("Nobody would be left to answer for the organization on {day}; appoint a successor first.", day=day)
            if organization is not None
            else _("Nobody would be left to answer as the secretariat on {day}; appoint a successor first.", day=day)
        )
        raise Problem(409, "last-person", left)
    ended = appointment_of(row)
    if row.from_day >= last:
        session.delete(row)
    else:
        row.until_day = last
        session.add(row)
    session.flush()
    _record(session, group, "people.ended", person, ended.model_copy(update={"until": last}), actor, authority)
    return person


def _record(
    session: Session, group: GroupRow, kind: str, row: PersonRow, role: Appointment, actor: str, authority: str
) -> None:
    session.flush()
    touch(group)
    session.add(group)
    said: dict[str, Any] = {
        "name": row.name, "organization": role.organization, "role": role.role, "authority": authority,
        "from": role.from_.isoformat(), "until": role.until.isoformat() if role.until else None,
    }  # fmt: skip
    events.record(session, group.id, kind, row.id, actor=actor, **said)


def _held(session: Session, person_id: str) -> list[AppointmentRow]:
    asked = select(AppointmentRow).where(AppointmentRow.person_id == person_id)
    return list(session.exec(asked.order_by(col(AppointmentRow.position))))


def _open(row: AppointmentRow, today: date) -> bool:
    return row.until_day is None or row.until_day > today


def _overlap(one: Appointment, other: Appointment) -> bool:
    return (one.until is None or other.from_ < one.until) and (other.until is None or one.from_ < other.until)


def _nobody_on(session: Session, group: GroupRow, ending: AppointmentRow, last: date) -> date | None:
    """The first day on which nobody would answer for what `ending` answers for; observers are not missed."""
    if ending.role == "observer":
        return None
    asked = (
        select(AppointmentRow)
        .join(PersonRow, col(PersonRow.id) == col(AppointmentRow.person_id))
        .where(PersonRow.group_id == group.id)
    )
    if ending.role == "secretariat":
        asked = asked.where(AppointmentRow.role == "secretariat")
    else:
        asked = asked.where(
            AppointmentRow.organization == ending.organization, col(AppointmentRow.role).not_in(_NO_PEOPLE_OF_A_MEMBER)
        )
    others = [appointment_of(row) for row in session.exec(asked).all() if row is not ending]
    first = max(last, ending.from_day)
    # Whoever is there on the first day may leave later; each such day is looked at.
    days = sorted({first, *(one.until for one in others if one.until is not None and one.until > first)})
    missed = (day for day in days if ending.until_day is None or day < ending.until_day)
    return next((day for day in missed if not any(one.covers(day) for one in others)), None)


def _today(group: GroupRow) -> date:
    return zones.day_in(clock.now(), group.timezone)
