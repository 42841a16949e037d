"""What a member's people say to a meeting: whether it comes, when it suits it, what it has to tell."""

from fastapi import APIRouter, Request, Response

from service.meetings.agenda import news_api
from service.meetings.attendance import api as attendance
from service.meetings.polls import api as polls
from service.meetings.polls.rules import SLOTS
from service.web.frame.forms import Form, attempt, body
from service.web.frame.visitor import by_browser
from service.web.meetings.meeting import ONE, show

router = APIRouter(include_in_schema=False)


@router.post(ONE + "/respond")
def respond(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Answer for a member, to the meeting as the form showed it."""

    def do() -> str:
        said = {name: typed.text(name) for name in ("member", "answer", "representative", "rank")}
        told = body(attendance.RespondIn, said | {"sequence": typed.whole("sequence")})
        attendance.respond(group, meeting, told, by_browser(request))
        return f"/groups/{group}/meetings/{meeting}#answer"

    return attempt(do, lambda fault: show(request, group, meeting, fault), typed, form="respond")


@router.post(ONE + "/news")
def tell(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Note what a member has to tell."""

    def do() -> str:
        told = body(news_api.NewsIn, {"member": typed.text("member"), "text": typed.get("text")})
        news_api.tell(group, meeting, told, by_browser(request))
        return f"/groups/{group}/meetings/{meeting}#news"

    return attempt(do, lambda fault: show(request, group, meeting, fault), typed, form="news")


@router.post(ONE + "/polls/{poll}/vote")
def vote(group: str, meeting: str, poll: str, request: Request, typed: Form) -> Response:
    """Say for a member when it suits it."""

    def do() -> str:
        answers = [typed.get(f"slot-{at}") for at in range(SLOTS) if f"slot-{at}" in typed.fields]
        ballot = body(polls.VoteIn, {"member": typed.text("member"), "answers": answers})
        polls.vote(group, poll, ballot, by_browser(request))
        return f"/groups/{group}/meetings/{meeting}#polls"

    return attempt(do, lambda fault: show(request, group, meeting, fault), typed, form="vote")
