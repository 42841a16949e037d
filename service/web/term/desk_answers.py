"""What is answered right from the desk: each by the door of the API, and back to the desk."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from service.followups.actions import api as actions
from service.followups.actions.bodies import LogIn
from service.followups.actions.queries import action_row, log_rows
from service.followups.decisions import api as decisions
from service.followups.decisions.bodies import AnswerIn
from service.meetings.agenda import news_api
from service.meetings.attendance import api as attendance
from service.meetings.polls import api as polls
from service.notifications.handovers import acknowledging_api
from service.problems import Problem
from service.rotation import writing_api as chair
from service.web.frame.forms import Form, Typed, attempt, body
from service.web.frame.visitor import by_browser, looking
from service.web.term.desk import desk

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/desk"
_SLOTS = 30


def _desk(request: Request, group: str, what: str, about: str, do: Callable[[], object], typed: Typed) -> Response:
    """Do it and go back to the desk; where something is wrong, the desk shows it at the form `what`-`about`."""

    def done() -> str:
        do()
        return f"/groups/{group}/desk?done={what}"

    return attempt(done, lambda fault: desk(request, group, fault=fault), typed, form=f"{what}-{about}")


@router.post(ADDRESS + "/log")
def log(group: str, request: Request, typed: Form) -> Response:
    """Log an update on an action. A comment collides with nothing; the same one sent twice is one."""
    action = typed.get("action")

    def do() -> None:
        said = body(LogIn, {"text": typed.text("text")})
        try:
            actions.log(group, action, said, by_browser(request), if_match=typed.if_match)
        except Problem as problem:
            if problem.status != 412:
                raise
            if not _is_logged(request, group, action, said.text):
                actions.log(group, action, said, by_browser(request), if_match=None)

    return _desk(request, group, "log", action, do, typed)


def _is_logged(request: Request, group: str, action: str, text: str) -> bool:
    """Whether the last word on an action is this very one, of whoever asks."""
    with looking(request, group) as at:
        last = log_rows(at.session, action_row(at.session, group, action))[-1]
        return (last.text, last.by) == (text, at.actor)


@router.post(ADDRESS + "/rsvp")
def rsvp(group: str, request: Request, typed: Form) -> Response:
    """Say whether a member comes to a meeting, as the desk has shown it."""
    meeting = typed.get("meeting")

    def do() -> None:
        values = {"member": typed.text("member"), "answer": typed.text("answer"), "sequence": typed.whole("sequence")}
        said = body(attendance.RespondIn, values)
        attendance.respond(group, meeting, said, by_browser(request))

    return _desk(request, group, "rsvp", f"{meeting}-{typed.get('member')}", do, typed)


@router.post(ADDRESS + "/endorse")
def endorse(group: str, request: Request, typed: Form) -> Response:
    """Endorse the text of a round for a member; every other answer is given on the page of the decision."""
    decision = typed.get("decision")

    def do() -> None:
        values = {"member": typed.text("member"), "answer": "endorse", "round": typed.whole("round")}
        decisions.answer_to(group, decision, body(AnswerIn, values), by_browser(request), if_match=None)

    return _desk(request, group, "endorse", f"{decision}-{typed.get('member')}", do, typed)


@router.post(ADDRESS + "/poll")
def vote(group: str, request: Request, typed: Form) -> Response:
    """Answer each slot of a poll for a member."""
    poll = typed.get("poll")

    def do() -> None:
        slots = [typed.get(f"slot-{at}") for at in range(_SLOTS) if typed.ticked(f"slot-{at}")]
        said = body(polls.VoteIn, {"member": typed.text("member"), "answers": slots})
        polls.vote(group, poll, said, by_browser(request))

    return _desk(request, group, "poll", f"{poll}-{typed.get('member')}", do, typed)


@router.post(ADDRESS + "/news")
def news(group: str, request: Request, typed: Form) -> Response:
    """Note what a member has to tell at a meeting."""
    meeting = typed.get("meeting")

    def do() -> None:
        said = body(news_api.NewsIn, {"member": typed.text("member"), "text": typed.text("text")})
        news_api.tell(group, meeting, said, by_browser(request))

    return _desk(request, group, "news", f"{meeting}-{typed.get('member')}", do, typed)


@router.post(ADDRESS + "/seen")
def seen(group: str, request: Request, typed: Form) -> Response:
    """Say that one has seen that the coming turn is theirs."""
    turn = typed.get("turn")

    def do() -> None:
        acknowledging_api.say_seen(group, turn, by_browser(request), if_match=typed.if_match)

    return _desk(request, group, "seen", turn, do, typed)


@router.post(ADDRESS + "/turn")
def take(group: str, request: Request, typed: Form) -> Response:
    """Accept the coming turn for a member, or pass it on with the reason."""
    member = typed.get("member")

    def do() -> None:
        values = {"pass" if typed.get("choice") == "pass" else "accept": member, "term": typed.text("term")}
        said = body(chair.DecisionIn, values | {"reason": typed.text("reason")})
        chair.decide(group, said, by_browser(request), preview=False, key=typed.once, if_match=typed.if_match)

    return _desk(request, group, "turn", member, do, typed)
