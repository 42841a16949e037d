"""The HTTP door of follow-up actions: opened, logged, moved, passed on and finished."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlmodel import Session

from service.access.bodies import Document, answer, given, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.actions import commands
from service.followups.actions.bodies import (
    COLUMNS,
    ActionIn,
    ActionsOut,
    AssignIn,
    LoggedOut,
    LogIn,
    Order,
    ReasonIn,
    RescheduleIn,
    Teller,
    TransferIn,
)
from service.followups.actions.changing import By
from service.followups.actions.door import Asked, by_of, needed, owner_of, resolved
from service.followups.actions.listing import page
from service.followups.actions.queries import action_row
from service.followups.actions.rules import owners
from service.followups.actions.tables import ActionRow
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.problems import Problem
from service.versions import Expected

router = new_router("actions")


@router.get("/actions", response_model=ActionsOut)
def actions(
    group: str,
    request: Request,
    filters: Asked,
    order: Annotated[Order, Query(description="By the day they are due, or newest first.")] = "due",
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """Actions, by the day they are due (those without one last), or newest first."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("action.look")
        wanted = resolved(filters, caller)
        of = f"actions/{group}/{order}/{wanted.named()}"
        key = read_cursor(of, after)
        found, coming = page(
            session,
            group,
            wanted,
            COLUMNS,
            today=at.today,
            newest=order == "newest",
            after=key,
            limit=limit,
        )
        return answer(ActionsOut(actions=Teller(at).listed(found), next=cursor(of, coming) if coming else None))

    return look(request, group, do)


@router.get("/actions/{action}", response_model=LoggedOut)
def one_action(group: str, action: str, request: Request) -> Response:
    """An action as it stands, with everything that happened to it."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("action.look")
        return _answer(at, action_row(session, group, action))

    return look(request, group, do)


@router.post("/actions", status_code=201, response_model=LoggedOut)
def open_action(group: str, body: ActionIn, request: Request, key: Key = None) -> Response:
    """Open an action: an agency's own people for their agency, the chair for anybody."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        owner = owner_of(at, body.owner)
        by = needed(at, "action.open", owner)
        row = commands.open_action(session, at.now, by, **body.model_dump() | {"owner": owner})
        found = Teller(at).logged(row)
        return answer(found, row.version, 201, Location=f"/api/v1/groups/{group}/actions/{row.id}")

    return create(request, group, body, do, key=key, if_match=None)


Work = Callable[[Scene, ActionRow, By], None]


def _verb(
    request: Request, group: str, action: str, verb: str, work: Work, *, if_match: str | None, required: bool = True
) -> Response:
    """Do something to an action whose present version the caller has seen."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = action_row(session, group, action, lock=True)
        by = _by(at, verb, row)
        expected.meet(row.version)
        work(at, row, by)
        return _answer(at, row)

    return change(request, group, do, if_match=if_match, required=required)


def _by(at: Scene, verb: str, row: ActionRow) -> By:
    """Who acts; who helps may log, and may do nothing else."""
    if verb != "log":
        return needed(at, f"action.{verb}", row.owner)
    members = (*owners(row.owner, at.now.chair), *row.helpers)
    return by_of(at, at.need("action.log", *members), *members)


def _answer(at: Scene, row: ActionRow) -> Answer:
    return answer(Teller(at).logged(row), row.version)


@router.post("/actions/{action}/start", response_model=LoggedOut)
def start(group: str, action: str, request: Request, if_match: IfMatch = None) -> Response:
    """Say that work has begun."""
    return begin(group, action, LogIn(text="", links=[]), request, if_match=if_match)


def begin(group: str, action: str, body: LogIn, request: Request, if_match: str | None) -> Response:
    """As `start`, with a word on it and links."""

    def work(at: Scene, row: ActionRow, by: By) -> None:
        commands.start(at.session, row, by, body.text, _links(body.links))

    return _verb(request, group, action, "start", work, if_match=if_match)


@router.post("/actions/{action}/log", response_model=LoggedOut)
def log(group: str, action: str, body: LogIn, request: Request, if_match: IfMatch = None) -> Response:
    """Add a comment or proof: the owner, who helps, the chair or the secretariat. If-Match may be left out."""

    def work(at: Scene, row: ActionRow, by: By) -> None:
        commands.log(at.session, row, by, body.text, _links(body.links))

    return _verb(request, group, action, "log", work, if_match=if_match, required=False)


@router.post("/actions/{action}/finish", response_model=LoggedOut)
def finish(group: str, action: str, body: LogIn, request: Request, if_match: IfMatch = None) -> Response:
    """Say that it is done, with a word on it and links as proof (either may be left out)."""

    def work(at: Scene, row: ActionRow, by: By) -> None:
        commands.finish(at.session, row, by, body.text, _links(body.links))

    return _verb(request, group, action, "finish", work, if_match=if_match)


@router.post("/actions/{action}/drop", response_model=LoggedOut)
def drop(group: str, action: str, body: ReasonIn, request: Request, if_match: IfMatch = None) -> Response:
    """Give it up, with the reason."""
    return _verb(
        request,
        group,
        action,
        "drop",
        lambda at, row, by: commands.drop(at.session, row, by, body.reason),
        if_match=if_match,
    )


@router.post("/actions/{action}/reopen", response_model=LoggedOut)
def reopen(group: str, action: str, body: ReasonIn, request: Request, if_match: IfMatch = None) -> Response:
    """Take up again what was done or dropped, with the reason."""
    return _verb(
        request,
        group,
        action,
        "reopen",
        lambda at, row, by: commands.reopen(at.session, at.now, row, by, body.reason),
        if_match=if_match,
    )


@router.post("/actions/{action}/reschedule", response_model=LoggedOut)
def reschedule(group: str, action: str, body: RescheduleIn, request: Request, if_match: IfMatch = None) -> Response:
    """Move the due date, with the reason."""

    def work(at: Scene, row: ActionRow, by: By) -> None:
        if not body.model_fields_set & {"due", "before"}:
            raise Problem(422, "no-due-date", _("Give due or before; due: null takes the due date away."))
        commands.reschedule(at.session, at.now, row, by, body.reason, due=body.due, before=body.before)

    return _verb(request, group, action, "reschedule", work, if_match=if_match)


@router.post("/actions/{action}/assign", response_model=LoggedOut)
def assign(group: str, action: str, body: AssignIn, request: Request, if_match: IfMatch = None) -> Response:
    """Name who does it, and who helps."""

    def work(at: Scene, row: ActionRow, by: By) -> None:
        said = {name: value for name, value in given(body).items() if name != "text"}
        commands.assign(at.session, at.now, row, by, said, body.text)

    return _verb(request, group, action, "assign", work, if_match=if_match)


@router.post("/actions/{action}/transfer", response_model=LoggedOut)
def transfer(group: str, action: str, body: TransferIn, request: Request, if_match: IfMatch = None) -> Response:
    """Let another answer for it; for the chair."""
    return _verb(
        request,
        group,
        action,
        "transfer",
        lambda at, row, by: commands.transfer(at.session, at.now, row, by, body.owner, body.reason),
        if_match=if_match,
    )


def _links(links: list[Document]) -> list[dict[str, Any]]:
    return [link.model_dump() for link in links]
