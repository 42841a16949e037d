"""What one reader has chosen and may choose, and when they are away."""

from datetime import date

from sqlmodel import Session, col, select

from service import clock
from service.groups import queries as groups
from service.groups.charter import Appointment, Charter
from service.groups.stations import station
from service.groups.tables import PersonRow
from service.language.speech import _
from service.notifications.choices.away import GROUP, ahead, places
from service.notifications.choices.bodies import AbsenceOut, ChoicesOut, KindOut, ReachOut
from service.notifications.choices.queries import spoken_by
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ContactRow, ReaderRow
from service.notifications.kinds import KINDS, Form, Kind
from service.problems import not_found
from service.zones import day_in


def by_mail_alone(kind: Kind) -> bool:
    """Whether a kind goes by no chat channel: what is answered in a calendar."""
    return kind.id == "invitations"


def version_of(session: Session, person_id: str) -> int:
    """The version of what a person has chosen; 0 before they have chosen anything."""
    row = session.get(ReaderRow, person_id)
    return row.version if row is not None else 0


def choices_of(session: Session, person_id: str) -> dict[str, ChoiceRow]:
    """What a person has chosen, by kind."""
    return {row.kind: row for row in session.exec(select(ChoiceRow).where(ChoiceRow.person_id == person_id))}


def contacts_of(session: Session, person: PersonRow) -> list[ContactRow]:
    """The chat channels that a person may choose."""
    asked = select(ContactRow).where(
        ContactRow.group_id == person.group_id, ContactRow.person_id == person.id, col(ContactRow.ended_at).is_(None)
    )
    return list(session.exec(asked.order_by(col(ContactRow.created_at), col(ContactRow.id))))


def zone_of(charter: Charter, roles: list[Appointment]) -> str:
    """On the clocks of which zone a person is: of the first duty station they serve today, else of the group."""
    today = day_in(clock.now(), charter.group.timezone)
    served = [role.organization for role in roles if role.organization and role.covers(today)]
    return station(charter, served[0] if served else GROUP)[0]


def today_of(session: Session, charter: Charter, person: PersonRow) -> date:
    """The day at a person's duty station."""
    return day_in(clock.now(), zone_of(charter, groups.appointments(session, person.id)))


def shown(session: Session, charter: Charter, person: PersonRow) -> ChoicesOut:
    """What a person has chosen, and everything that they may choose."""
    row = session.get(ReaderRow, person.id)
    held, contacts = choices_of(session, person.id), contacts_of(session, person)
    return ChoicesOut(
        language=row.language if row else None,
        reads=spoken_by(row, person.language, charter.group.languages),
        quiet_from=row.quiet_from if row else None,
        quiet_until=row.quiet_until if row else None,
        zone=zone_of(charter, groups.appointments(session, person.id)),
        kinds=[_kind(kind, held.get(kind.id), contacts) for kind in KINDS.values() if kind.shown],
        contacts=[
            ReachOut(id=one.id, channel=one.channel, label=one.label, is_failing=one.failing_since is not None)
            for one in contacts
        ],
        version=row.version if row else 0,
    )


def _kind(kind: Kind, held: ChoiceRow | None, contacts: list[ContactRow]) -> KindOut:
    # A form that the kind no longer allows, and a channel that has ended, count for nothing.
    form: Form = next((one for one in kind.forms if held is not None and one == held.form), "at-once")
    contact = next((one.id for one in contacts if held is not None and one.id == held.contact_id), None)
    return KindOut(
        id=kind.id,
        name=_(kind.name),
        about=_(kind.about),
        forms=list(kind.forms),
        is_duty=kind.is_duty,
        by_mail_alone=by_mail_alone(kind),
        form=form,
        contact=contact,
    )


def absences(session: Session, charter: Charter, person: PersonRow) -> list[AbsenceRow]:
    """A person's absences of today and to come, in the order of their days."""
    asked = select(AbsenceRow).where(
        AbsenceRow.group_id == person.group_id,
        AbsenceRow.person_id == person.id,
        col(AbsenceRow.until_day) > today_of(session, charter, person),
    )
    return list(session.exec(asked.order_by(col(AbsenceRow.from_day))))


def absence_row(session: Session, charter: Charter, person: PersonRow, absence_id: str) -> AbsenceRow:
    """One absence of a person.

    Raises:
        Problem: 404, they have no such absence today or later.
    """
    found = next((row for row in absences(session, charter, person) if row.id == absence_id), None)
    if found is None:
        raise not_found(_("This absence is not here; check the address."))
    return found


def absence_out(session: Session, row: AbsenceRow) -> AbsenceOut:
    """An absence, with the name of who stands in."""
    alternate = session.get(PersonRow, row.alternate)
    return AbsenceOut(
        id=row.id,
        from_=row.from_day,
        until=row.until_day,
        alternate=row.alternate,
        name=alternate.name if alternate is not None else None,
    )


def colleagues(session: Session, charter: Charter, person: PersonRow) -> list[PersonRow]:
    """Who may come into question as a stand-in: others who serve one that the person serves, today or later."""
    today = today_of(session, charter, person)
    own = ahead(groups.appointments(session, person.id), today)
    return [
        row
        for row in groups.people_rows(session, person.group_id)
        if row.id != person.id and own & ahead(groups.appointments(session, row.id), today)
    ]


def served_now(session: Session, charter: Charter, person: PersonRow) -> list[str]:
    """Whom a person serves today, as people call them."""
    found = places(groups.appointments(session, person.id), today_of(session, charter, person))
    return [charter.short(id_) if id_ else charter.group.label for id_ in sorted(found)]
