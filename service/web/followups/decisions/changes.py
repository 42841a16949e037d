"""What is done with a decision from its page: answered, revised, withdrawn; each through the door of the API."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from service.followups.decisions import api
from service.followups.decisions.bodies import AnswerIn, ReviseIn, WhyIn
from service.web.followups.decisions.one import ONE, show
from service.web.frame.forms import Fault, Form, attempt, body
from service.web.frame.visitor import by_browser

router = APIRouter(include_in_schema=False)


@router.post(ONE + "/answer")
def answer(group: str, decision: str, request: Request, typed: Form) -> Response:
    """Answer for a member to the text that the form has shown."""

    def do() -> str:
        values = {
            "member": typed.text("member"),
            "answer": typed.text("answer"),
            "reason": typed.text("reason"),
            "round": typed.whole("round"),
        }
        api.answer_to(group, decision, body(AnswerIn, values), by_browser(request), if_match=None)
        return _home(group, decision)

    form = f"answer-{typed.get('member')}"
    return attempt(do, _again(request, group, decision), typed, form)


@router.post(ONE + "/revise")
def revise(group: str, decision: str, request: Request, typed: Form) -> Response:
    """Put a new text to the members."""

    def do() -> str:
        values = {name: typed.text(name) for name in ("title", "text", "until")}
        api.revise(group, decision, body(ReviseIn, values), by_browser(request), if_match=typed.if_match)
        return _home(group, decision)

    return attempt(do, _again(request, group, decision), typed, "revise")


@router.post(ONE + "/withdraw")
def withdraw(group: str, decision: str, request: Request, typed: Form) -> Response:
    """Give it up, with the reason."""

    def do() -> str:
        values = {"reason": typed.text("reason")}
        api.withdraw(group, decision, body(WhyIn, values), by_browser(request), if_match=typed.if_match)
        return _home(group, decision)

    return attempt(do, _again(request, group, decision), typed, "withdraw")


def _again(request: Request, group: str, decision: str) -> Callable[[Fault], Response]:
    return lambda fault: show(request, group, decision, fault)


def _home(group: str, decision: str) -> str:
    # Without a part of its own the browser would keep the one that the form was sent to.
    return f"/groups/{group}/decisions/{decision}#stands"
