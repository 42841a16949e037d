"""The HTTP door of the group's decisions: taken at a meeting or by silence, answered, revised, withdrawn, replaced."""

from typing import Annotated

from fastapi import Query, Request, Response
from sqlmodel import Session, col, select

from service.access.bodies import answer, new_router
from service.access.door import ANYBODY, Answer, IfMatch, Key, change, create, glance, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.events import Event
from service.followups.decisions import commands, rules
from service.followups.decisions.bodies import AnswerIn, DecisionIn, MeetingId, ReviseIn, WhyIn
from service.followups.decisions.outline import (
    DecisionHistoryOut,
    DecisionOut,
    DecisionsOut,
    decision_out,
    rounds_out,
    shorts,
)
from service.followups.decisions.queries import Wanted, decision_row, page, state_of
from service.followups.decisions.tables import GroupDecisionRow
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.meetings.outline import EventOut
from service.problems import Problem, not_found
from service.versions import Expected

router = new_router("decisions")


@router.get("/decisions", response_model=DecisionsOut, openapi_extra=ANYBODY)
def decisions(
    group: str,
    request: Request,
    year: Annotated[int | None, Query(ge=1900, le=2199)] = None,
    state: Annotated[rules.State | None, Query()] = None,
    operative: Annotated[rules.Operative | None, Query()] = None,
    purpose: Annotated[int | None, Query(ge=1, le=1000)] = None,
    meeting: Annotated[MeetingId | None, Query()] = None,
    position: Annotated[bool | None, Query()] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """The group's decisions, newest first. The public sees those adopted and meant for it."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        at.need(_look(at))
        wanted = Wanted(year, state, operative, purpose, meeting, position)
        of = f"decisions:{group}:{at.inside}:{wanted}"
        begin = read_cursor(of, after)
        key = (int(begin[0]), int(begin[1])) if begin else None
        found = page(session, group, wanted, inside=at.inside, after=key, limit=limit + 1)
        shown = found[:limit]
        more = cursor(of, [shown[-1].year, shown[-1].number]) if len(found) > limit else None
        return answer(DecisionsOut(decisions=shorts(session, shown), next=more))

    return glance(request, group, do)


@router.get("/decisions/{decision}", response_model=DecisionOut, openapi_extra=ANYBODY)
def one_decision(group: str, decision: str, request: Request) -> Response:
    """One decision; to members with what each has answered, and who is silent."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        at.need(_look(at))
        row = decision_row(session, group, decision)
        if not at.inside and (row.visibility != "public" or state_of(session, row) not in ("adopted", "superseded")):
            raise not_found(_("This decision is not here; check the address."))
        return _answer(at, row)

    return glance(request, group, do)


@router.get("/decisions/{decision}/history", response_model=DecisionHistoryOut)
def history(group: str, decision: str, request: Request) -> Response:
    """Every text that was put to the members with all answers, those replaced included; and what happened when."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("decision.look")
        row = decision_row(session, group, decision)
        asked = select(Event).where(
            Event.group_id == group,
            Event.subject == row.id,
            col(Event.kind).startswith("decision."),
            Event.kind != "decision.reminder",
        )
        found = session.exec(asked.order_by(col(Event.effective_at), col(Event.position)))
        told = [EventOut(at=one.effective_at, what=one.kind, by=one.actor, data=one.data) for one in found]
        return answer(DecisionHistoryOut(rounds=rounds_out(session, row), events=told))

    return look(request, group, do)


@router.post("/decisions", status_code=201, response_model=DecisionOut)
def decide(group: str, body: DecisionIn, request: Request, key: Key = None) -> Response:
    """Put a decision on record that a meeting has taken by consensus; or, with `until`, open a silence procedure."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need(_way(body))
        return _made(at, body)

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/decisions/{decision}/supersede", status_code=201, response_model=DecisionOut)
def supersede(
    group: str, decision: str, body: DecisionIn, request: Request, key: Key = None, if_match: IfMatch = None
) -> Response:
    """Make the decision that is to replace an adopted one, in either way; the old one stands until it is adopted."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("decision.supersede")
        at.need(_way(body))
        old = decision_row(session, group, decision)
        expected.meet(old.version)
        return _made(at, body, supersedes=old.id)

    return create(request, group, body, do, key=key, if_match=if_match)


@router.post("/decisions/{decision}/answer", response_model=DecisionOut)
def answer_to(group: str, decision: str, body: AnswerIn, request: Request, if_match: IfMatch = None) -> Response:
    """Answer for a member to the text of a round. A later answer replaces an earlier one until the deadline."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("decision.answer", body.member)
        row = decision_row(session, group, decision)
        expected.meet(row.version)
        commands.answer(
            session, at.charter, row, body.member, body.answer, body.reason, round_=body.round, actor=caller.name
        )
        return _answer(at, row)

    return change(request, group, do, if_match=if_match, required=False)


@router.post("/decisions/{decision}/revise", response_model=DecisionOut)
def revise(group: str, decision: str, body: ReviseIn, request: Request, if_match: IfMatch = None) -> Response:
    """Put a new text to the members with a new deadline; everybody is asked anew, and all objections are of before."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("decision.revise")
        row = decision_row(session, group, decision)
        expected.meet(row.version)
        if not body.text:
            raise Problem(422, "empty-field", _("The text is empty; write what is to be decided."))
        commands.revise(session, at.charter, row, text=body.text, title=body.title, last=body.until, actor=caller.name)
        return _answer(at, row)

    return change(request, group, do, if_match=if_match)


@router.post("/decisions/{decision}/withdraw", response_model=DecisionOut)
def withdraw(group: str, decision: str, body: WhyIn, request: Request, if_match: IfMatch = None) -> Response:
    """Give up a decision that is open or contested; its number is not used again."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("decision.withdraw")
        row = decision_row(session, group, decision)
        expected.meet(row.version)
        if not body.reason:
            raise Problem(422, "empty-field", _("The reason is empty; say why it is withdrawn."))
        commands.withdraw(session, row, reason=body.reason, actor=caller.name)
        return _answer(at, row)

    return change(request, group, do, if_match=if_match)


def _look(at: Scene) -> str:
    return "decision.look" if at.inside else "decision.look-public"


def _way(body: DecisionIn) -> str:
    return "decision.record" if body.until is None else "decision.open"


def _made(at: Scene, body: DecisionIn, supersedes: str | None = None) -> Answer:
    values = body.model_dump(exclude={"until", "endorsing", "dissociating"}) | {"supersedes": supersedes}
    if body.until is None:
        apart = {one.member: one.reason for one in body.dissociating}
        if len(apart) != len(body.dissociating):
            raise Problem(422, "repeated-member", _("A member is named twice among those that dissociate."))
        if not all(apart.values()):
            raise Problem(422, "reason-required", _("Say of each member that dissociates why."))
        row = commands.record(
            at.session, at.charter, endorsing=body.endorsing, dissociating=apart, actor=at.actor, **values
        )
    else:
        if body.endorsing or body.dissociating:
            raise Problem(422, "members-answer", _("In a silence procedure members answer themselves; leave them out."))
        row = commands.open_(at.session, at.charter, last=body.until, actor=at.actor, **values)
    return _answer(at, row, 201, Location=f"/api/v1/groups/{at.group_id}/decisions/{row.id}")


def _answer(at: Scene, row: GroupDecisionRow, status: int = 200, **headers: str) -> Answer:
    at.session.flush()
    return answer(decision_out(at.session, at.charter, row, inside=at.inside), row.version, status, **headers)
