"""One decision of the group: its text, where it stands with the one next step, who has answered, what followed."""

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.decisions.outline import DecisionOut, decision_out, rounds_out
from service.followups.decisions.queries import decision_row, state_of
from service.followups.decisions.tables import GroupDecisionRow
from service.language.speech import _
from service.problems import not_found
from service.web.followups.actions import words as actions_words
from service.web.followups.decisions import words
from service.web.followups.decisions.following import agreed_by, followed, meeting_of, neighbours
from service.web.followups.decisions.steps import Rights, next_step, rights
from service.web.frame.forms import Fault
from service.web.frame.page import page
from service.web.frame.visitor import looking, seeing

router = APIRouter(include_in_schema=False)
ONE = "/groups/{group}/decisions/{decision}"


@router.get(ONE)
def one(group: str, decision: str, request: Request) -> Response:
    """The decision, as far as whoever looks may see it."""
    return show(request, group, decision)


@router.get(ONE + "/rounds/{number}")
def one_round(group: str, decision: str, number: str, request: Request) -> Response:
    """The text that was put to the members in a round of before, and all that was answered to it."""
    with looking(request, group) as at:
        at.need("decision.look")
        row = decision_row(at.session, group, decision)
        found = next((one for one in rounds_out(at.session, row) if str(one.round) == number), None)
        if found is None:
            raise not_found(_("This decision has no such round; check the address."))
        return page(
            "followups/decision_round.html",
            at=at,
            title=found.title,
            id=row.id,
            round=found,
            deadline=words.deadline(at, found.until) if found.until else None,
            said=words.SAID,
        )


def show(request: Request, group: str, decision: str, fault: Fault | None = None) -> Response:
    """The page; with what was wrong with a form that was sent from it."""
    with seeing(request, group) as at:
        row = seen(at, decision)
        told = decision_out(at.session, at.charter, row, inside=at.inside)
        may = rights(at, row)
        meeting = meeting_of(at, row)
        near = neighbours(at, told)
        return page(
            "followups/decision.html",
            fault.status if fault else 200,
            at=at,
            title=told.title,
            decision=told,
            deadline=words.deadline(at, told.until) if told.until else None,
            step=next_step(at, told, may, near.after.id if near.after else None),
            may=may,
            own=_own(told, may),
            meeting=meeting,
            meeting_name=words.meeting_name(meeting) if meeting else "",
            near=near,
            actions=followed(at, f"decision:{told.id}"),
            activities=agreed_by(at, told.id),
            earlier=rounds_out(at.session, row)[:-1] if at.inside and row.rounds else [],
            states=words.STATES,
            operative=words.OPERATIVE,
            said=words.SAID,
            choices=[one for one in words.said(words.CHOICES) if one[0] != "endorse"],
            action_states=actions_words.STATES,
            day_of=words.days_of(at),
            fault=fault,
            **words.silence(at),
        )


def seen(at: Scene, decision: str) -> GroupDecisionRow:
    """A decision that whoever looks may see.

    Raises:
        Problem: 404, there is none, or it is not for the public.
    """
    row = decision_row(at.session, at.group_id, decision)
    if not at.inside and (row.visibility != "public" or state_of(at.session, row) not in ("adopted", "superseded")):
        raise not_found(_("This decision is not here; check the address."))
    return row


def _own(told: DecisionOut, may: Rights) -> list[tuple[str, str | None, str | None]]:
    """For whom whoever looks may answer: the member, what it has answered, and why."""
    known = {one.member: one for one in told.answers}
    return [
        (member, known[member].answer, known[member].reason) if member in known else (member, None, None)
        for member in may.answers
    ]
