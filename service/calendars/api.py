"""The door for calendar clients: GET and HEAD of feeds, with validators (RFC 9110)."""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from service import clock
from service.access import cookies
from service.access.queries import feed_owner
from service.access.rules import Caller, Now, is_inside
from service.calendars.feeds import Feed, Shelf
from service.database import reading
from service.groups import queries as groups
from service.problems import Problem

router = APIRouter(tags=["calendars"])

MEDIA_TYPE = "text/calendar; charset=utf-8"
_PUBLIC = re.compile(r"/calendars/([a-z0-9-]{1,40})(?:/(chair|meetings)|/members/([a-z0-9-]{1,40}))?\.ics")
SHARED = "public, max-age=300, must-revalidate"


@router.head("/calendars/{group}.ics", include_in_schema=False)
@router.get("/calendars/{group}.ics", response_class=Response)
async def group_feed(group: str, request: Request) -> Response:
    """Everything public about the group: chair terms, handovers, meetings and external events."""
    return await _answer(request, group, "all")


@router.head("/calendars/{group}/chair.ics", include_in_schema=False)
@router.get("/calendars/{group}/chair.ics", response_class=Response)
async def chair_feed(group: str, request: Request) -> Response:
    """The terms of the chair and its handovers."""
    return await _answer(request, group, "chair")


@router.head("/calendars/{group}/meetings.ics", include_in_schema=False)
@router.get("/calendars/{group}/meetings.ics", response_class=Response)
async def meetings_feed(group: str, request: Request) -> Response:
    """The meetings of the group: title, date and status."""
    return await _answer(request, group, "meetings")


@router.head("/calendars/{group}/members/{member}.ics", include_in_schema=False)
@router.get("/calendars/{group}/members/{member}.ics", response_class=Response)
async def member_feed(group: str, member: str, request: Request) -> Response:
    """The terms of one member and the meetings that it takes part in, as the public may see them."""
    return await _answer(request, group, f"member:{member}")


@router.head("/calendars/p/{token}/{name}.ics", include_in_schema=False)
@router.get("/calendars/p/{token}/{name}.ics", response_class=Response)
def own_feed(
    token: str,
    name: str,
    request: Request,
    todos: Annotated[Literal["task", "event"], Query(description="Actions as tasks, or as events of a day.")] = "task",
) -> Response:
    """A person's own calendar, by an address that only they know. A revoked address is gone (410).

    It has the actions of whom they serve as tasks; with `todos=event` as events, for programs that show no tasks.
    Whoever is signed in and opens it is told where it belongs: a request has one authority, not two.
    """
    if cookies.read(request, cookies.SESSION):
        raise Problem(400, "not-for-a-browser", "Copy this address into your calendar; it is not for a browser.")
    with reading(request.app.state.engine) as session:
        owner = feed_owner(session, token, name)
        kind = f"inside:{todos}:{','.join(_served(session, owner))}" if is_inside(owner) else "all"
    shelf: Shelf = request.app.state.feeds
    feed = shelf.fetch(owner.group_id, kind)
    answer = respond(request, feed, f"{name}.ics", cache="private, no-cache")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _served(session: Session, owner: Caller) -> list[str]:
    """The members whom somebody serves today, and `chair` while they are the chair's people (or steer for it)."""
    now = Now(groups.charter(session, owner.group_id), clock.now())
    served = [
        member.id
        for member in now.charter.members
        if owner.serves(now.organizations([member.id], now.today), now.today)
    ]
    steers = owner.secretariat if not now.chair else any(id_ in served for id_ in now.chair)
    return [*served, *(["chair"] if steers else [])]


async def _answer(request: Request, group: str, kind: str) -> Response:
    shelf: Shelf = request.app.state.feeds
    feed = shelf.ready(group, kind)
    if feed is None:
        feed = await run_in_threadpool(shelf.fetch, group, kind)
    return respond(request, feed, _filename(group, kind))


def respond(request: Request, feed: Feed, filename: str, cache: str = SHARED) -> Response:
    """The feed, or 304 where the client has it. Compression only for who asks for it, with its own ETag."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    etag = feed.packed_etag if packed else feed.etag
    headers = {
        "ETag": etag,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
    }
    if _has(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    body = feed.packed if packed else feed.body
    headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _has(given: str | None, etag: str) -> bool:
    """Whether If-None-Match names `etag` (weak comparison, lists and `*`; RFC 9110 13.1.2)."""
    if given is None:
        return False
    if given == etag:
        return True
    return given.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in given.split(","))


class Front:
    """Hands out a public feed that is ready, before anything else looks at the request: the one hot path.

    A feed that is not ready goes the long way round, through its route, and is ready from then on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _PUBLIC.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        kind = _kind(found[2], found[3]) if found else ""
        feed = scope["app"].state.feeds.ready(found[1], kind) if found else None
        if found is None or feed is None:
            await self.app(scope, receive, send)
        else:
            await respond(Request(scope), feed, _filename(found[1], kind))(scope, receive, send)


def _kind(named: str | None, member: str | None) -> str:
    return f"member:{member}" if member else named or "all"


def _filename(group: str, kind: str) -> str:
    """What the file is called: the group, and what of it, where that is not all."""
    what = kind.rpartition(":")[2]
    return f"{group}.ics" if what == "all" else f"{group}-{what}.ics"
