"""Charter to rows and back, part by part. What one direction writes the other reads: see the round trip in its test."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from service.groups.cadence import Cadence
from service.groups.charter import (
    Appointment,
    Blackout,
    Charter,
    Group,
    Head,
    Holder,
    Holiday,
    Member,
    Organization,
    Person,
    Recorded,
    Reminders,
    Rule,
    Seat,
)
from service.groups.decision import Decision
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

_WORDS = ("purposes", "areas", "kinds", "blackouts")


def plain(part: Any, **exclude: Any) -> dict[str, Any]:
    """A part as plain JSON values under the names of the file, without what is empty or at its default."""
    dumped: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_defaults=True, **exclude)
    return dumped


class Rows(NamedTuple):
    """All rows of one group, besides its own and its people."""

    organizations: list[OrganizationRow]
    holders: list[HolderRow]
    records: list[RecordRow]
    rules: list[RuleRow]
    decisions: list[DecisionRow]
    holidays: list[HolidayRow]
    cadences: list[CadenceRow]


def group_values(charter: Charter) -> dict[str, Any]:
    """The columns of the group's own row."""
    return {
        "timezone": charter.group.timezone,
        "facts": plain(charter.group),
        "words": plain(charter, include=set(_WORDS)),
        "reminders": plain(charter.reminders),
    }


def rows(charter: Charter) -> Rows:
    """The rows that hold `charter`."""
    id_ = charter.group.id
    found = Rows([], [], [], [], [], [], [])
    for member in charter.members:
        _organization(found, id_, member, None)
        for seat in member.seats:
            _organization(found, id_, seat, member.id)
        found.rules.extend(_rule(id_, member.id, rule) for rule in member.rotation)
    found.rules.extend(_rule(id_, "", rule) for rule in charter.rotation)
    found.records.extend(
        RecordRow(
            group_id=id_,
            from_day=entry.from_,
            until_day=entry.until,
            chair=entry.chair,
            kind=entry.kind,
            source=entry.source,
            note=entry.note,
        )
        for entry in charter.history
    )
    found.decisions.extend(decision_row(id_, at, decision) for at, decision in enumerate(charter.decisions))
    found.holidays.extend(
        HolidayRow(group_id=id_, city=city, day=holiday.day, name=holiday.name, position=at)
        for at, (city, holiday) in enumerate((city, day) for city, days in charter.holidays.items() for day in days)
    )
    found.cadences.extend(
        CadenceRow(group_id=id_, id=cadence.id, position=at, what=plain(cadence))
        for at, cadence in enumerate(charter.cadences)
    )
    return found


def decision_row(group_id: str, position: int, decision: Decision) -> DecisionRow:
    """The row of one decision on the chair."""
    return DecisionRow(
        group_id=group_id,
        id=decision.id,
        position=position,
        taken=decision.taken,
        what=plain(decision, exclude={"id", "taken", "source", "reason"}),
        source=decision.source,
        reason=decision.reason,
    )


def _organization(found: Rows, group_id: str, part: Organization, seat_of: str | None) -> None:
    found.organizations.append(
        OrganizationRow(
            group_id=group_id,
            position=len(found.organizations),
            seat_of=seat_of,
            head_title=part.head.title if part.head else None,
            **part.model_dump(exclude={"head", "seats", "rotation"}),
        )
    )
    found.holders.extend(
        HolderRow(
            group_id=group_id,
            organization=part.id,
            position=at,
            name=holder.name,
            from_day=holder.from_,
            until_day=holder.until,
            acting=holder.acting,
            source=holder.source,
        )
        for at, holder in enumerate(part.head.holders if part.head else [])
    )


def _rule(group_id: str, member: str, rule: Rule) -> RuleRow:
    return RuleRow(
        group_id=group_id,
        member=member,
        from_day=rule.from_,
        months=rule.months,
        order=rule.order,
        first=rule.first,
        source=rule.source,
    )


def charter_of(
    group: GroupRow, kept: Rows, people: Sequence[PersonRow], appointments: Iterable[AppointmentRow]
) -> Charter:
    """The charter that the rows hold. Rows come in any order."""
    roles: dict[str, list[AppointmentRow]] = {}
    for row in sorted(appointments, key=lambda row: row.position):
        roles.setdefault(row.person_id, []).append(row)
    holidays: dict[str, list[Holiday]] = {}
    for holiday in sorted(kept.holidays, key=lambda row: row.position):
        holidays.setdefault(holiday.city, []).append(Holiday(day=holiday.day, name=holiday.name))
    return Charter(
        revision=group.revision,
        group=Group.model_validate(group.facts),
        members=_members(kept),
        history=[
            Recorded.model_validate(_aliased(row, {"chair", "kind", "source", "note"}))
            for row in sorted(kept.records, key=lambda row: row.from_day)
        ],
        rotation=rules_of(kept.rules, ""),
        decisions=[
            Decision.model_validate(
                row.what | {"id": row.id, "taken": row.taken, "source": row.source, "reason": row.reason}
            )
            for row in sorted(kept.decisions, key=lambda row: row.position)
        ],
        people=[_person(row, roles.get(row.id, [])) for row in sorted(people, key=lambda row: row.position)],
        reminders=Reminders.model_validate(group.reminders),
        cadences=[Cadence.model_validate(row.what) for row in sorted(kept.cadences, key=lambda row: row.position)],
        blackouts=[Blackout.model_validate(blackout) for blackout in group.words.get("blackouts", [])],
        holidays=holidays,
        purposes={int(number): text for number, text in group.words.get("purposes", {}).items()},
        areas=group.words.get("areas", []),
        kinds=group.words.get("kinds", []),
    )


def _members(kept: Rows) -> list[Member]:
    members = []
    ordered = sorted(kept.organizations, key=lambda row: row.position)
    for row in ordered:
        if row.seat_of is None:
            seats = [Seat(**_part(kept, seat)) for seat in ordered if seat.seat_of == row.id]
            members.append(Member(**_part(kept, row), seats=seats, rotation=rules_of(kept.rules, row.id)))
    return members


def _part(kept: Rows, row: OrganizationRow) -> dict[str, Any]:
    values = row.model_dump(exclude={"group_id", "position", "seat_of", "head_title"})
    if row.head_title is not None:
        mine = sorted((h for h in kept.holders if h.organization == row.id), key=lambda h: h.position)
        holders = [Holder.model_validate(_aliased(holder, {"name", "acting", "source"})) for holder in mine]
        values["head"] = Head(title=row.head_title, holders=holders)
    return values


def rules_of(kept: Iterable[RuleRow], member: str) -> list[Rule]:
    """The rules of a member's seats, or with an empty `member` those of the group, in order of days."""
    mine = sorted((row for row in kept if row.member == member), key=lambda row: row.from_day)
    return [
        Rule.model_validate(row.model_dump(include={"months", "order", "first", "source"}) | {"from": row.from_day})
        for row in mine
    ]


def _person(row: PersonRow, roles: list[AppointmentRow]) -> Person:
    return Person(
        name=row.name,
        email=row.email,
        language=row.language,
        appointments=[appointment_of(role) for role in roles],
    )


def appointment_of(row: AppointmentRow) -> Appointment:
    """The role of a person that a row holds."""
    return Appointment.model_validate(_aliased(row, {"organization", "role"}))


def _aliased(row: SQLModel, fields: set[str]) -> dict[str, Any]:
    days = {"from": getattr(row, "from_day"), "until": getattr(row, "until_day")}  # noqa: B009 - common to these tables
    return row.model_dump(include=fields) | days
