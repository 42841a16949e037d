"""What is done with an activity from its page, each through the door of the API."""

import json
from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from service.followups.activities import api, milestones_api
from service.followups.activities.bodies import (
    AgreeIn,
    EditIn,
    MilestoneIn,
    MoveIn,
    ReachIn,
    ReasonIn,
    ReportIn,
    SummaryIn,
)
from service.web.followups.activities.one import ONE, show
from service.web.followups.activities.parts import described
from service.web.followups.documents import documents
from service.web.frame.forms import Form, Typed, attempt, body
from service.web.frame.visitor import by_browser

router = APIRouter(include_in_schema=False)


@router.post(ONE + "/agree")
def agree(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Put on record by what the group has agreed: `by` is decision:2008-1 or meeting:its-id."""

    def do() -> None:
        kind, _colon, id_ = typed.get("by").partition(":")
        values = {kind if kind in ("decision", "meeting") else "decision": id_ or None}
        api.agree(group, activity, body(AgreeIn, values), by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "agree", do)


@router.post(ONE + "/start")
def start(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Say that work has begun."""

    def do() -> None:
        api.start(group, activity, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "start", do)


@router.post(ONE + "/report")
def report(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Report for the lead or a partner."""

    def do() -> None:
        answers = typed.whole("answers")
        values = {
            "member": typed.text("member"),
            "text": typed.text("text"),
            "outputs": [{"document": one, "expected": answers} for one in documents(typed, "output")],
            "links": documents(typed, "link"),
        }
        api.report(group, activity, body(ReportIn, values), by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "report", do)


@router.post(ONE + "/edit")
def edit(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Correct what is said of it."""

    def do() -> None:
        values = EditIn.model_validate_json(_given(typed))
        api.edit(group, activity, values, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "edit", do)


@router.post(ONE + "/complete")
def complete(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Close it with what came of it."""

    def do() -> None:
        values = body(SummaryIn, {"text": typed.text("text")})
        api.complete(group, activity, values, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "complete", do)


@router.post(ONE + "/discontinue")
def discontinue(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Give it up, or turn a proposal down, with the reason."""

    def do() -> None:
        values = body(ReasonIn, {"reason": typed.text("reason")})
        api.discontinue(group, activity, values, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "discontinue", do)


@router.post(ONE + "/milestones")
def add(group: str, activity: str, request: Request, typed: Form) -> Response:
    """Add a milestone."""

    def do() -> None:
        values = body(MilestoneIn, {name: typed.text(name) for name in ("title", "due")})
        milestones_api.add(group, activity, values, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, "add", do)


@router.post(ONE + "/milestones/{number}/reach")
def reach(group: str, activity: str, number: int, request: Request, typed: Form) -> Response:
    """Say that a milestone is reached, today or on an earlier day."""

    def do() -> None:
        values = body(ReachIn, {"day": typed.text("day")})
        milestones_api.reach(group, activity, number, values, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, f"reach-{number}", do)


@router.post(ONE + "/milestones/{number}/move")
def move(group: str, activity: str, number: int, request: Request, typed: Form) -> Response:
    """Move a milestone, with the reason."""

    def do() -> None:
        values = body(MoveIn, {name: typed.text(name) for name in ("due", "reason")})
        milestones_api.move(group, activity, number, values, by_browser(request), if_match=typed.if_match)

    return _done(request, group, activity, typed, f"move-{number}", do)


def _done(
    request: Request, group: str, activity: str, typed: Typed, form: str, do: Callable[[], None]
) -> Response:  # fmt: skip
    """Do it and show the activity, or say beside the form that was sent what was wrong."""

    def then() -> str:
        do()
        # Without a part of its own the browser would keep the one that the form was sent to.
        return f"/groups/{group}/activities/{activity}#stands"

    return attempt(then, lambda fault: show(request, group, activity, fault), typed, form)


def _given(typed: Typed) -> str:
    """All that the form shows; an external event that is taken away is sent as null."""
    values = described(typed)
    return json.dumps({name: value for name, value in values.items() if value is not None or name == "external"})
