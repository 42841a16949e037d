"""Choosing what reaches one, and who stands in meanwhile; each inside the transaction of the caller."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from sqlmodel import Session, and_, col, or_, update

from service import events
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.language.speech import _, ngettext
from service.notifications.choices.away import stands_for
from service.notifications.choices.showing import absences, by_mail_alone, choices_of, contacts_of, today_of
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ReaderRow
from service.notifications.kinds import FORMS, KINDS, Kind
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.problems import Problem

_FACTS = ("language", "quiet_from", "quiet_until")
# Of today and to come, for one person.
_MOST = 50


def choose(
    session: Session,
    person: PersonRow,
    facts: Mapping[str, Any],
    choices: Mapping[str, Mapping[str, Any]],
    *,
    actor: str,
) -> None:
    """Replace what is named: `facts` of the reader, and by kind the `form` and the `contact`. The group is locked.

    What changes nothing is not on record.

    Raises:
        Problem: 422, a kind, form or channel that cannot be chosen, a duty switched off, or half of quiet hours.
    """
    row = session.get(ReaderRow, person.id) or ReaderRow(person_id=person.id, group_id=person.group_id, version=0)
    after = {name: facts.get(name, getattr(row, name)) for name in _FACTS}
    _check_quiet(after)
    held = choices_of(session, person.id)
    live = {one.id for one in contacts_of(session, person)}
    changed = [
        choice
        for id_, said in choices.items()
        if (choice := _chosen(person, _kind(id_), held.get(id_), said, live)) is not None
    ]
    if not changed and all(getattr(row, name) == value for name, value in after.items()):
        return
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    for one in (row, *changed):
        session.add(one)
    _stop(session, person, [choice.kind for choice in changed if choice.form == "none"], live)
    events.record(session, person.group_id, "choices.changed", person.id, actor=actor)


def _stop(session: Session, person: PersonRow, kinds: list[str], contacts: set[str]) -> None:
    """What waits for this reader of kinds that are switched off does not come after it."""
    if not kinds:
        return
    theirs = and_(col(DeliveryRow.channel) == "mail", col(DeliveryRow.address) == person.email)
    session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == person.group_id,
            col(DeliveryRow.kind).in_(kinds),
            col(DeliveryRow.state).in_(WAITING),
            or_(theirs, col(DeliveryRow.contact_id).in_(contacts)),
        )
        .values(state="declined")
    )


def turn_off(session: Session, person: PersonRow, kind: Kind, *, actor: str) -> None:
    """Let a kind of message reach a person no more; doing it again changes nothing. The group is locked.

    Raises:
        Problem: 422, it cannot be switched off.
    """
    choose(session, person, {}, {kind.id: {"form": "none"}}, actor=actor)


def refused(kind: Kind, form: str) -> Problem | None:
    """Why a form cannot be chosen for a kind."""
    if form in kind.forms:
        return None
    name = _(kind.name)
    if not kind.shown:
        return Problem(422, "no-choice", _("“{kind}”: you get these because you ask for them.", kind=name))
    if kind.is_duty:
        said = _(
            "“{kind}” is a duty of office: it cannot be switched off, only moved to another channel.", kind=name
        )  # fmt: skip
        return Problem(422, "duty-of-office", said)
    allowed = ", ".join(kind.forms)
    said = _("“{kind}” cannot come in that form; choose one of these: {forms}.", kind=name, forms=allowed)
    return Problem(422, "form-not-offered", said)


def _kind(id_: str) -> Kind:
    kind = KINDS.get(id_)
    if kind is None or not kind.shown:
        known = ", ".join(one.id for one in KINDS.values() if one.shown)
        raise Problem(
            422,
            "no-such-kind",
            _("There is no such kind of message to choose for; the kinds are {known}.", known=known),
        )
    return kind


def _chosen(
    person: PersonRow, kind: Kind, held: ChoiceRow | None, said: Mapping[str, Any], live: set[str]
) -> ChoiceRow | None:
    """The choice of a kind as it is to be; None where that is what it is."""
    row = held or ChoiceRow(person_id=person.id, kind=kind.id, group_id=person.group_id)
    form = said.get("form", row.form if row.form in kind.forms else "at-once")
    assert form in FORMS
    problem = refused(kind, form)
    if problem is not None:
        raise problem
    contact = said.get("contact", row.contact_id if row.contact_id in live else None)
    if contact is not None and by_mail_alone(kind):
        detail = _("“{kind}” comes by mail alone; leave its channel out.", kind=_(kind.name))
        raise Problem(422, "by-mail-alone", detail)
    if contact is not None and contact not in live:
        raise Problem(
            422, "no-such-contact", _("This is no chat channel of yours; choose one that is listed, or none for mail.")
        )
    if (form, contact) == (row.form, row.contact_id):
        return None
    row.form, row.contact_id = form, contact
    return row


def _check_quiet(after: Mapping[str, Any]) -> None:
    begins, ends = after["quiet_from"], after["quiet_until"]
    if (begins is None) != (ends is None):
        raise Problem(422, "quiet-hours", _("Quiet hours have a beginning and an end; give both, or neither."))
    if begins is not None and begins == ends:
        raise Problem(422, "quiet-hours", _("Quiet hours end at another time than they begin; they may pass midnight."))


def enter(
    session: Session,
    charter: Charter,
    person: PersonRow,
    from_day: date,
    until_day: date,
    alternate: str,
    *,
    actor: str,
) -> AbsenceRow:
    """Somebody is away on the days `[from_day, until_day)`; `alternate` is the id or address of who stands in.

    The group is locked. Whether the days are in order and no more than a year is for the door to see.

    Raises:
        Problem: 409, they are away on some of these days already; 422, the days have passed, they have too many
            absences, or the alternate does not serve all that they serve.
    """
    today = today_of(session, charter, person)
    if until_day <= today:
        raise Problem(422, "absence-has-passed", _("These days have passed; enter an absence that goes on or comes."))
    coming = absences(session, charter, person)
    if any(one.from_day < until_day and from_day < one.until_day for one in coming):
        detail = _("There is an absence on some of these days already; take that one back first.")
        raise Problem(409, "absence-overlaps", detail)
    if len(coming) >= _MOST:
        raise Problem(
            422,
            "too-many-absences",
            ngettext("At most {n} absence may lie ahead.", "At most {n} absences may lie ahead.", _MOST),
        )
    row = AbsenceRow(
        id=str(uuid4()), group_id=person.group_id, person_id=person.id, from_day=from_day, until_day=until_day,
        alternate=_alternate(session, person, alternate, max(from_day, today), until_day).id,
    )  # fmt: skip
    session.add(row)
    events.record(session, person.group_id, "absence.entered", person.id, actor=actor)
    return row


def take_back(session: Session, row: AbsenceRow, *, actor: str) -> None:
    """Somebody is not away after all, or here again: from now on what is for them reaches themselves."""
    session.delete(row)
    events.record(session, row.group_id, "absence.taken-back", row.person_id, actor=actor)


def _alternate(session: Session, person: PersonRow, named: str, from_day: date, until_day: date) -> PersonRow:
    """Who stands in. Why nobody can is not told apart, so that nobody finds out here whose address is known."""
    people = groups.people_rows(session, person.group_id)
    asked = named.casefold()
    found = next((one for one in people if asked in (one.id, one.email.casefold())), None)
    own = groups.appointments(session, person.id)
    if (
        found is None
        or found.id == person.id
        or not stands_for(own, groups.appointments(session, found.id), from_day, until_day)
    ):
        detail = _(
            "Name somebody else to stand in, by id or mail address: one who serves the same organization on all of "
            "these days, or for the secretariat one of the secretariat."
        )
        raise Problem(422, "alternate-does-not-serve", detail)
    return found
