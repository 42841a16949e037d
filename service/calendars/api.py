"""The door for calendar clients: GET and HEAD of feeds, with validators (RFC 9110)."""

import re
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from service import clock
from service.access import cookies
from service.access.commands import digest
from service.access.queries import feed_owner
from service.access.rules import Now
from service.calendars.feeds import Feed, Shelf
from service.calendars.shown import own_view
from service.database import reading
from service.groups import queries as groups
from service.language.speech import _
from service.problems import Problem

router = APIRouter(tags=["calendars"])

MEDIA_TYPE = "text/calendar; charset=utf-8"
_PUBLIC = re.compile(r"/calendars/([a-z0-9-]{1,40})(?:/(chair|meetings)|/members/([a-z0-9-]{1,40}))?\.ics")
SHARED = "public, max-age=300, must-revalidate"
_FEED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "It is as it was when it was last read (If-None-Match)."},
}
_OWN = _FEED | {410: {"$ref": "#/components/responses/Gone"}, 429: {"$ref": "#/components/responses/TooMany"}}


@router.head("/calendars/{group}.ics", include_in_schema=False)
@router.get("/calendars/{group}.ics", response_class=Response, responses=_FEED)
async def group_feed(group: str, request: Request) -> Response:
    """Everything public about the group: chair terms, handovers, meetings and external events."""
    return await _answer(request, group, "all")


@router.head("/calendars/{group}/chair.ics", include_in_schema=False)
@router.get("/calendars/{group}/chair.ics", response_class=Response, responses=_FEED)
async def chair_feed(group: str, request: Request) -> Response:
    """The terms of the chair and its handovers."""
    return await _answer(request, group, "chair")


@router.head("/calendars/{group}/meetings.ics", include_in_schema=False)
@router.get("/calendars/{group}/meetings.ics", response_class=Response, responses=_FEED)
async def meetings_feed(group: str, request: Request) -> Response:
    """The meetings of the group: title, date and status."""
    return await _answer(request, group, "meetings")


@router.head("/calendars/{group}/members/{member}.ics", include_in_schema=False)
@router.get("/calendars/{group}/members/{member}.ics", response_class=Response, responses=_FEED)
async def member_feed(group: str, member: str, request: Request) -> Response:
    """The terms of one member and the meetings that it takes part in, as the public may see them."""
    return await _answer(request, group, f"member:{member}")


@router.head("/calendars/p/{token}/{name}.ics", include_in_schema=False)
@router.get("/calendars/p/{token}/{name}.ics", response_class=Response, responses=_OWN)
def own_feed(
    token: str,
    name: str,
    request: Request,
    todos: Annotated[Literal["task", "event"], Query(description="Actions as tasks, or as events of a day.")] = "task",
) -> Response:
    """A person's own calendar, by an address that only they know. A revoked address is gone (410);
    one that is asked for more than sixty times in a minute is not answered until the next (429).

    It has the actions of whom they serve as tasks; with `todos=event` as events, for programs that show no tasks.
    Whoever is signed in and opens it is told where it belongs: a request has one authority, not two.
    """
    if cookies.read(request, cookies.SESSION):
        raise Problem(400, "not-for-a-browser", _("Copy this address into your calendar; it is not for a browser."))
    with reading(request.app.state.engine) as session:
        owner = feed_owner(session, token, name)
        request.app.state.polls.count(digest(token))
        kind = own_view(Now(groups.charter(session, owner.group_id), clock.now()), owner, todos)
    shelf: Shelf = request.app.state.feeds
    feed = shelf.fetch(owner.group_id, kind)
    answer = respond(request, feed, f"{name}.ics", cache="private, no-cache")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


async def _answer(request: Request, group: str, kind: str) -> Response:
    shelf: Shelf = request.app.state.feeds
    feed = shelf.ready(group, kind)
    if feed is None:
        feed = await run_in_threadpool(shelf.fetch, group, kind)
    return respond(request, feed, filename(group, kind))


def respond(request: Request, feed: Feed, named: str, cache: str = SHARED) -> Response:
    """The feed, or 304 where the client has it. Compression only for who asks for it, with its own ETag."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    etag = feed.packed_etag if packed else feed.etag
    if _has(request.headers.get("if-none-match"), etag):
        return _Worded(304, b"", _words(etag, cache))
    body = feed.packed if packed else feed.body
    return _Worded(200, body, _words(etag, cache, named, packed, len(body)))


class _Worded(Response):
    """An answer whose headers stand as ASGI sends them."""

    def __init__(self, status_code: int, body: bytes, words: tuple[tuple[bytes, bytes], ...]) -> None:
        self.status_code, self.body, self.background = status_code, body, None
        self.raw_headers = list(words)


@lru_cache(4096)
def _words(
    etag: str, cache: str, named: str = "", packed: bool = False, length: int = 0
) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a feed as it stands, put into words once; without a name those of a 304."""
    headers = {"ETag": etag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if named:
        headers |= {"Content-Disposition": f'inline; filename="{named}"', "Content-Type": MEDIA_TYPE}
        headers["Content-Length"] = str(length)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _has(given: str | None, etag: str) -> bool:
    """Whether If-None-Match names `etag` (weak comparison, lists and `*`; RFC 9110 13.1.2)."""
    if given is None:
        return False
    if given == etag:
        return True
    return given.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in given.split(","))


def ready(path: str, shelf: Shelf) -> tuple[Feed, str] | None:
    """The public feed at a path, and what its file is called; None where it is not known to be current."""
    found = _PUBLIC.fullmatch(path)
    if found is None:
        return None
    kind = _kind(found[2], found[3])
    feed = shelf.ready(found[1], kind)
    return (feed, filename(found[1], kind)) if feed is not None else None


def _kind(named: str | None, member: str | None) -> str:
    return f"member:{member}" if member else named or "all"


def filename(group: str, kind: str) -> str:
    """What the file is called: the group, and what of it, where that is not all."""
    what = kind.rpartition(":")[2]
    return f"{group}.ics" if what == "all" else f"{group}-{what}.ics"
