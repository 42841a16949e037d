"""The HTTP door of people: an agency keeps its own, the secretariat everybody's."""

from datetime import date

from fastapi import Request, Response
from pydantic import Field, model_validator
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.keeping import appoint, end, mine, need_keeping
from service.access.rules import Caller
from service.access.scene import scene
from service.groups import queries as groups
from service.groups.charter import Appointment, Person, Role
from service.groups.parts import Day
from service.groups.tables import PersonRow
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.problems import Problem
from service.text import Id, Line, Mailbox
from service.versions import Expected

router = new_router("people")


class AppointIn(In):
    """Who gets which role for which organization, `[from, until)`; without `from` from today, without `until` for good.

    A member or seat appoints its head, focal points, alternates and chair's office. An address that is known
    already keeps its person.
    """

    name: Line
    email: Mailbox
    language: Line | None = None
    organization: Id | None = None
    role: Role
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> "AppointIn":
        if self.organization is None and self.role not in ("secretariat", "observer"):
            raise ValueError(_("organization is missing; name the member or seat that the role is for"))
        if self.from_ is not None and self.until is not None and self.until <= self.from_:
            raise ValueError(_("until is not after from; until is the day after the last"))
        return self

    def person(self) -> Person:
        return Person(name=self.name, email=self.email, language=self.language)

    def appointment(self, today: date) -> Appointment:
        """The appointment, from `today` on where nothing else is said.

        Raises:
            Problem: 422, it would be over before it begins.
        """
        if self.until is not None and self.until <= (self.from_ or today):
            raise Problem(422, "until-does-not-fit", _("until is not after from; until is the day after the last"))
        return Appointment.model_validate(
            {"organization": self.organization, "role": self.role, "from": self.from_ or today, "until": self.until}
        )


class EndIn(In):
    """Which role ends; `until` is the day after its last, today unless given."""

    organization: Id | None = None
    role: Role
    until: Day | None = None


class PersonOut(Out):
    """Somebody, with their roles past, present and to come: those for the caller's own organizations, or all."""

    id: str
    name: str
    email: str
    language: str | None
    appointments: list[Appointment]


class PeopleOut(Out):
    people: list[PersonOut]
    next: str | None


@router.get("/people", response_model=PeopleOut)
def people(
    group: str, request: Request, organization: Id | None = None, limit: Limit = 50, after: After = None
) -> Response:
    """The people of one's own agency; for the secretariat everybody. The ETag is what a change of them needs."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        own = None if at.may("people.look-all") else mine(at)
        if own is not None:
            at.need("people.look", *own)
        of = f"people {group} {organization} {caller.id}"
        seen = read_cursor(of, after)
        shown = []
        for row in groups.people_rows(session, group):
            if seen is None or row.position > seen[0]:
                found = _out(session, row, own)
                if _is_shown(found, own, organization):
                    shown.append((row.position, found))
        page = shown[:limit]
        more = cursor(of, [page[-1][0]]) if len(shown) > limit else None
        out = PeopleOut(people=[person for _, person in page], next=more)
        return answer(out, groups.group_row(session, group).version)

    return look(request, group, do)


@router.post("/people", status_code=201, response_model=PersonOut)
def appoint_somebody(
    group: str, body: AppointIn, request: Request, key: Key = None, if_match: IfMatch = None
) -> Response:
    """Appoint a successor, a leave cover, a head or the chair's office. The secretariat is told.

    Only the secretariat appoints the secretariat and observers, or for another organization than one's own.
    """

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        need_keeping(at, "people.appoint", body.organization, body.role)
        expected.meet(groups.group_row(session, group).version)
        row = appoint(at, body.person(), body.appointment(at.today))
        return _answer(session, group, row, None if at.may("people.look-all") else mine(at), 201)

    return create(request, group, body, do, key=key, if_match=if_match)


@router.post("/people/{person}/end", response_model=PersonOut)
def end_appointment(group: str, person: str, body: EndIn, request: Request, if_match: IfMatch = None) -> Response:
    """End a role. The last one who answers for an organization stays until there is a successor (409)."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        own = None if at.may("people.look-all") else mine(at)
        need_keeping(at, "people.end", body.organization, body.role)
        expected.meet(groups.group_row(session, group).version)
        return _answer(session, group, end(at, person, body.organization, body.role, body.until), own, 200)

    return change(request, group, do, if_match=if_match)


def _answer(session: Session, group: str, row: PersonRow, own: tuple[str, ...] | None, status: int) -> Answer:
    out = _out(session, row, own)
    return answer(out, groups.group_row(session, group).version, status)


def _out(session: Session, row: PersonRow, own: tuple[str, ...] | None) -> PersonOut:
    roles = groups.appointments(session, row.id)
    shown = [role for role in roles if own is None or role.organization in own]
    return PersonOut(id=row.id, name=row.name, email=row.email, language=row.language, appointments=shown)


def _is_shown(out: PersonOut, own: tuple[str, ...] | None, organization: str | None) -> bool:
    named = organization is None or any(role.organization == organization for role in out.appointments)
    return named and (own is None or bool(out.appointments))
