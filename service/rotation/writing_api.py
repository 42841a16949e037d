"""The HTTP door for changes of the rotation: decisions on the chair, and the charter as a whole.

It stands above `access/`, since a door asks who is there; the room behind it does not know.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from service.access.door import Answer, IfMatch, Key, TokenRoute, bearer, change, create, look
from service.access.rules import ALL_SCOPES, Caller
from service.access.scene import scene
from service.access.verbs import OWN_TURN
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.decision import Decision, Proposal
from service.groups.parts import Day
from service.language.speech import _
from service.problems import Problem, not_found
from service.rotation import commands
from service.rotation.outline import ChangesOut, DecisionsOut, TakenOut, changes_out
from service.text import Id
from service.versions import Expected, etag

router = APIRouter(
    prefix="/api/v1/groups/{group}", tags=["rotation"], route_class=TokenRoute, dependencies=[Depends(bearer)]
)

Preview = Annotated[bool, Query(description="Say what would change, and save nothing.")]


class DecisionIn(Proposal):
    """A decision on the chair: one verb and what it needs. `id` is the next free one, `taken` today unless given."""

    id: Id | None = None
    taken: Day | None = None


@router.get("/chair-decisions", response_model=DecisionsOut)
def decisions(group: str, request: Request) -> Response:
    """Every decision on the chair, in the order in which they were recorded."""

    def do(session: Session, _caller: Caller) -> Answer:
        found = groups.charter(session, group)
        return Answer(200, DecisionsOut(decisions=found.decisions), _tag(session, group))

    return look(request, group, do)


@router.get("/chair-decisions/{decision}", response_model=Decision)
def one_decision(group: str, decision: str, request: Request) -> Response:
    """One decision on the chair."""

    def do(session: Session, _caller: Caller) -> Answer:
        known = {found.id: found for found in groups.charter(session, group).decisions}
        if decision not in known:
            raise not_found(_("This decision is not here; check the address."))
        return Answer(200, known[decision], _tag(session, group))

    return look(request, group, do)


@router.post("/chair-decisions", status_code=201, response_model=TakenOut)
def decide(
    group: str, body: DecisionIn, request: Request, preview: Preview = False, key: Key = None, if_match: IfMatch = None
) -> Response:
    """Take a decision on the chair. The secretariat takes any; a member accepts or passes its own turn.

    With `preview=true` nothing is saved, no key is needed, and the answer is 200. If-Match, where it is
    sent, holds the decision to the version that was previewed.
    """

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        row = groups.group_row(session, group, lock=not preview)
        _authorize(session, group, caller._replace(scopes=ALL_SCOPES) if preview else caller, body)
        expected.meet(row.version)
        if preview:
            charter = groups.charter(session, group)
            decision, found = commands.considered(charter, body, id_=body.id, taken=body.taken)
            version = row.version
        else:
            taken = commands.take_decision(session, group, body, id_=body.id, taken=body.taken, actor=caller.name)
            charter = groups.charter(session, group)
            decision, found, version = taken
        out = TakenOut(decision=decision, saved=not preview, changes=changes_out(charter, found))
        headers = {"ETag": etag(version)}
        if preview:
            return Answer(200, out, headers)
        return Answer(201, out, headers | {"Location": f"/api/v1/groups/{group}/chair-decisions/{decision.id}"})

    if preview:
        return look(request, group, lambda session, caller: do(session, caller, Expected(if_match, required=False)))
    return create(request, group, body, do, key=key, if_match=if_match)


@router.get("/charter", response_model=Charter)
def charter_in_force(group: str, request: Request) -> Response:
    """The charter in force, people and addresses included: for the secretariat alone."""

    def do(session: Session, caller: Caller) -> Answer:
        scene(session, group, caller).need("charter.look")
        return Answer(200, groups.charter(session, group), _tag(session, group))

    return look(request, group, do)


@router.put("/charter", response_model=ChangesOut)
def apply(
    group: str,
    body: Charter,
    request: Request,
    preview: Preview = False,
    correct: Annotated[
        str | None, Query(min_length=1, max_length=300, description="Reason for changing days that have passed.")
    ] = None,
    if_match: IfMatch = None,
) -> Response:
    """Make this the group's charter, whole and in one transaction, and say which terms that changes."""
    if body.group.id != group:
        raise Problem(
            422, "other-group", _("The charter is that of {id}; send it to that group's address.", id=body.group.id)
        )

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        scene(session, group, caller._replace(scopes=ALL_SCOPES) if preview else caller).need("charter.apply")
        expected.meet(groups.group_row(session, group, lock=not preview).version)
        if preview:
            found = commands.compared(session, body, correct=correct) or []
        else:
            found = commands.apply_charter(session, body, correct=correct, actor=caller.name)
        return Answer(200, ChangesOut(saved=not preview, changes=changes_out(body, found)), _tag(session, group))

    if preview:
        return look(request, group, lambda session, caller: do(session, caller, Expected(if_match, required=False)))
    return change(request, group, do, if_match=if_match)


def _tag(session: Session, group: str) -> dict[str, str]:
    return {"ETag": etag(groups.group_row(session, group).version)}


def _authorize(session: Session, group: str, caller: Caller, proposal: Proposal) -> None:
    """A preview may be asked for with any token: nothing is written by it."""
    at = scene(session, group, caller)
    if proposal.verb in OWN_TURN and proposal.term is not None and not caller.secretariat:
        at.need(f"chair.{proposal.verb}", *proposal.names, day=proposal.term)
    else:
        at.need("chair.decide")
