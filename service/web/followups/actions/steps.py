"""What is done to an action from its page: each form is one request to the door of the API that does the same."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from service.followups.actions import api
from service.followups.actions.bodies import AssignIn, LogIn, ReasonIn, RescheduleIn, Teller, TransferIn
from service.followups.actions.queries import action_row
from service.language.speech import _
from service.problems import Problem, not_found
from service.web.followups.actions.one import ONE, show
from service.web.followups.actions.people import address
from service.web.frame.forms import Form, Typed, attempt, body
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
Model = TypeVar("Model", bound=BaseModel)


@router.post(ONE + "/{verb}")
def step(group: str, action: str, verb: str, request: Request, typed: Form) -> Response:
    """Do what a form of the page asks for, and show the page anew."""
    do = _STEPS.get(verb)
    if do is None:
        raise not_found(_("This page is not here; check the address."))

    def done() -> str:
        do(group, action, request, typed)
        return f"/groups/{group}/actions/{action}"

    return attempt(done, lambda fault: show(request, group, action, fault), typed, form=verb)


def links(typed: Typed, name: str) -> list[dict[str, str]]:
    """The link that was typed, if any, as the API takes it; its address is its title."""
    url = typed.text(name)
    return [{"title": url[:300], "url": url}] if url else []


def exactly(model: type[Model], values: Mapping[str, Any]) -> Model:
    """A body of the API in which None says that something is taken away.

    Raises:
        ValidationError: a field cannot be used.
    """
    return model.model_validate_json(json.dumps(values))


def _update(group: str, action: str, request: Request, typed: Typed) -> None:
    """Log how far it is: a text, a link, and whether work has begun or is done; all of it one entry."""
    said = body(LogIn, {"text": typed.text("text"), "links": links(typed, "links")})
    do: Callable[..., Response] = {"start": api.begin, "finish": api.finish}.get(typed.get("then"), api.log)
    try:
        do(group, action, said, by_browser(request), if_match=typed.if_match)
    except Problem as problem:
        if problem.status != 412 or not _is_there(group, action, request, typed, said):
            raise


def _is_there(group: str, action: str, request: Request, typed: Typed, said: LogIn) -> bool:
    """Whether the entry after the version of the form is this very one: the button was pressed twice."""
    with looking(request, group) as at:
        log = Teller(at).logged(action_row(at.session, group, action)).log
        seen = typed.whole("version")
        after = next((one for one in log if isinstance(seen, int) and one.number == seen + 1), None)
        return after is not None and (after.by, after.text, after.links) == (at.actor, said.text, said.links)


def _start(group: str, action: str, request: Request, typed: Typed) -> None:
    api.start(group, action, by_browser(request), if_match=typed.if_match)


def _finish(group: str, action: str, request: Request, typed: Typed) -> None:
    api.finish(group, action, LogIn(text="", links=[]), by_browser(request), if_match=typed.if_match)


def _drop(group: str, action: str, request: Request, typed: Typed) -> None:
    api.drop(group, action, _reason(typed), by_browser(request), if_match=typed.if_match)


def _reopen(group: str, action: str, request: Request, typed: Typed) -> None:
    api.reopen(group, action, _reason(typed), by_browser(request), if_match=typed.if_match)


def _reason(typed: Typed) -> ReasonIn:
    return body(ReasonIn, {"reason": typed.get("reason")})


def _reschedule(group: str, action: str, request: Request, typed: Typed) -> None:
    """A day that was left as it stood gives way to the meeting that was chosen; both left empty take it away."""
    day, before = typed.text("due"), typed.text("before")
    if before and day == typed.text("was"):
        day = None
    named = {"before": before} if before else {}
    said = exactly(RescheduleIn, {"reason": typed.get("reason"), "due": day, **named})
    api.reschedule(group, action, said, by_browser(request), if_match=typed.if_match)


def _assign(group: str, action: str, request: Request, typed: Typed) -> None:
    doer = typed.text("assignee")
    with looking(request, group) as at:
        mailbox = address(at, doer) if doer else None
    said = exactly(AssignIn, {"assignee": mailbox, "helpers": typed.all("helpers"), "text": typed.get("text")})
    api.assign(group, action, said, by_browser(request), if_match=typed.if_match)


def _transfer(group: str, action: str, request: Request, typed: Typed) -> None:
    said = body(TransferIn, {"owner": typed.get("owner"), "reason": typed.get("reason")})
    api.transfer(group, action, said, by_browser(request), if_match=typed.if_match)


_STEPS: dict[str, Callable[[str, str, Request, Typed], None]] = {
    "update": _update,
    "start": _start,
    "finish": _finish,
    "drop": _drop,
    "reopen": _reopen,
    "reschedule": _reschedule,
    "assign": _assign,
    "transfer": _transfer,
}
