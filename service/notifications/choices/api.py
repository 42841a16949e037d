"""The HTTP door of what readers choose: language, quiet hours, kinds; and who stands in while somebody is away."""

from fastapi import Request, Response
from sqlmodel import Session

from service.access.bodies import answer, given, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.keeping import mine
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.groups import queries as groups
from service.groups.tables import PersonRow
from service.language.speech import _
from service.notifications.choices import commands
from service.notifications.choices.away import ahead
from service.notifications.choices.bodies import AbsenceIn, AbsenceOut, AbsencesOut, ChoicesIn, ChoicesOut
from service.notifications.choices.showing import absence_out, absence_row, absences, shown, version_of
from service.problems import Problem, not_found
from service.versions import Expected

router = new_router("choices")


@router.get("/me/choices", response_model=ChoicesOut)
def choices(group: str, request: Request) -> Response:
    """What reaches whoever asks, in which language and form, by which channel; and what they may choose."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        out = shown(session, at.charter, oneself(at, "self.look"))
        return answer(out, out.version)

    return look(request, group, do)


@router.patch("/me/choices", response_model=ChoicesOut)
def choose(group: str, body: ChoicesIn, request: Request, if_match: IfMatch = None) -> Response:
    """Choose anew what is named, and leave the rest. A duty of office cannot be switched off (422)."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        person = oneself(at, "self.choose")
        expected.meet(version_of(session, person.id))
        choose_as(at, person, body)
        out = shown(session, at.charter, person)
        return answer(out, out.version)

    return change(request, group, do, if_match=if_match)


@router.get("/me/absences", response_model=AbsencesOut)
def own_absences(group: str, request: Request) -> Response:
    """When whoever asks is away, and who stands in."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        return answer(_list(at, oneself(at, "self.look")))

    return look(request, group, do)


@router.post("/me/absences", status_code=201, response_model=AbsenceOut)
def enter_own(group: str, body: AbsenceIn, request: Request, key: Key = None) -> Response:
    """Say that one is away; from that day on the alternate gets what is for oneself, but for links to sign in."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        return _entered(at, oneself(at, "self.choose"), body, "me")

    return create(request, group, body, do, key=key, if_match=None)


@router.delete("/me/absences/{absence}", response_model=AbsencesOut)
def take_back_own(group: str, absence: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take an absence back, or end it now. The answer has those that are left."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        return _taken_back(at, oneself(at, "self.choose"), absence)

    # An absence is never changed, so there is no version of it that might have been missed.
    return change(request, group, do, if_match=if_match, required=False)


@router.get("/people/{person}/absences", response_model=AbsencesOut)
def absences_of(group: str, person: str, request: Request) -> Response:
    """When somebody of one's own agency is away, and who stands in; for the secretariat anybody."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        return answer(_list(at, somebody(at, person, "people.look")))

    return look(request, group, do)


@router.post("/people/{person}/absences", status_code=201, response_model=AbsenceOut)
def enter_for(group: str, person: str, body: AbsenceIn, request: Request, key: Key = None) -> Response:
    """Say that somebody of one's own agency is away; the secretariat may for anybody."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        return _entered(at, somebody(at, person, "people.appoint"), body, f"people/{person}")

    return create(request, group, body, do, key=key, if_match=None)


@router.delete("/people/{person}/absences/{absence}", response_model=AbsencesOut)
def take_back_for(group: str, person: str, absence: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take back an absence of somebody of one's own agency. The answer has those that are left."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        return _taken_back(at, somebody(at, person, "people.appoint"), absence)

    return change(request, group, do, if_match=if_match, required=False)


def oneself(at: Scene, verb: str) -> PersonRow:
    """The person who asks.

    Raises:
        Problem: 403, the token was not made for this; 422, it is no person's.
    """
    at.need(verb)
    person = at.session.get(PersonRow, at.caller.person) if at.caller and at.caller.person else None
    if person is None:
        raise Problem(422, "no-person", _("What reaches one is a person's own; ask with a token of that person."))
    return person


def somebody(at: Scene, person_id: str, verb: str) -> PersonRow:
    """Somebody else, by who keeps the people of an agency that they serve today or later.

    Raises:
        Problem: 403, who asks does not (nor is told who is known here); 404, there is no such person.
    """
    person = at.session.get(PersonRow, person_id)
    known = person if person is not None and person.group_id == at.group_id else None
    served = ahead(groups.appointments(at.session, known.id), at.today) if known is not None else set()
    at.need(verb, *sorted(served & set(mine(at))))
    if known is None:
        raise not_found(_("This person is not here; check the address."))
    return known


def choose_as(at: Scene, person: PersonRow, body: ChoicesIn) -> None:
    """Put on record what a body chooses.

    Raises:
        Problem: 422, see `commands.choose`.
    """
    facts = given(body)
    facts.pop("choices", None)
    said = {
        kind: given(choice) if choice is not None else {"form": "at-once", "contact": None}
        for kind, choice in body.choices.items()
    }
    commands.choose(at.session, person, facts, said, actor=at.actor)


def enter_as(at: Scene, person: PersonRow, body: AbsenceIn) -> AbsenceOut:
    """Put an absence on record.

    Raises:
        Problem: 409 and 422, see `commands.enter`.
    """
    row = commands.enter(at.session, at.charter, person, body.from_, body.until, body.alternate, actor=at.actor)
    return absence_out(at.session, row)


def _entered(at: Scene, person: PersonRow, body: AbsenceIn, whose: str) -> Answer:
    out = enter_as(at, person, body)
    return answer(out, status=201, Location=f"/api/v1/groups/{at.group_id}/{whose}/absences")


def _taken_back(at: Scene, person: PersonRow, absence: str) -> Answer:
    commands.take_back(at.session, absence_row(at.session, at.charter, person, absence), actor=at.actor)
    at.session.flush()
    return answer(_list(at, person))


def _list(at: Scene, person: PersonRow) -> AbsencesOut:
    found = absences(at.session, at.charter, person)
    return AbsencesOut(absences=[absence_out(at.session, row) for row in found])
