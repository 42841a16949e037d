"""What happened, for other systems: page by page from a position on, or as a stream of server-sent events.

Each event has the form of CloudEvents 1.0; its `sequence` is its position in the group, so whoever has read
up to one asks for those after it and misses nothing. Order on the way is not promised: drop what is older.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool

from service.access.bodies import Out, answer, new_router
from service.access.cloud_events import CloudEvent, cloud_event, is_private
from service.access.door import Answer, look
from service.access.queries import caller as caller_of
from service.access.rules import Caller
from service.access.scene import scene
from service.database import reading
from service.events import Event
from service.language.speech import _
from service.problems import Problem

router = new_router("events")
# Seconds between two looks, and how long one connection lasts before the client comes again.
PACE, LASTS = 1.0, 900.0
STREAMS = 50
_open = 0

Position = Annotated[int, Query(ge=0, le=2**31 - 1, description="The `sequence` of the last event that was read.")]


class EventsOut(Out):
    """Events in order. Ask again with `after` set to `next`."""

    events: list[CloudEvent]
    next: int


@router.get("/events", response_model=EventsOut)
def events(
    group: str, request: Request, after: Position = 0, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> Response:
    """Everything that happened after a position, oldest first."""

    def do(session: Session, caller: Caller) -> Answer:
        found, last = _after(session, group, caller, after, limit)
        return answer(EventsOut(events=found, next=last))

    return look(request, group, do)


@router.get("/events/stream", response_class=StreamingResponse)
async def stream(group: str, request: Request, after: Position = 0) -> Response:
    """The same as a stream of server-sent events; `Last-Event-ID` goes on where the last one ended.

    Raises:
        Problem: 401 and 403, as everywhere; 503, too many streams are open.
    """
    given = request.headers.get("last-event-id", "")
    start = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else after
    first = await run_in_threadpool(_look, request, group, start)
    if _open >= STREAMS:
        raise Problem(
            503, "too-many-streams", _("Too many streams are open; ask page by page."), headers={"Retry-After": "60"}
        )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request, group, first), media_type="text/event-stream", headers=headers)


async def _told(request: Request, group: str, found: tuple[list[CloudEvent], int]) -> AsyncIterator[bytes]:
    """Events as they come, for as long as the connection and the caller's right to them last."""
    global _open
    _open += 1
    try:
        loop = asyncio.get_running_loop()
        ends = loop.time() + LASTS
        yield b"retry: 3000\n\n"
        while True:
            for event in found[0]:
                yield f"id: {int(event.sequence)}\nevent: {event.type}\ndata: {event.model_dump_json()}\n\n".encode()
            if loop.time() >= ends or await request.is_disconnected():
                return
            if not found[0]:
                yield b": nothing new\n\n"
            await asyncio.sleep(PACE)
            try:
                found = await run_in_threadpool(_look, request, group, found[1])
            except Problem as problem:
                yield f"event: problem\ndata: {json.dumps(problem.body())}\n\n".encode()
                return
    finally:
        _open -= 1


def _look(request: Request, group: str, after: int) -> tuple[list[CloudEvent], int]:
    """Who asks is looked up each time: a token that is revoked ends its stream."""
    with reading(request.app.state.engine) as session:
        caller = caller_of(session, request.headers.get("authorization"), group, writes=False)
        return _after(session, group, caller, after, 200)


def _after(session: Session, group: str, caller: Caller, after: int, limit: int) -> tuple[list[CloudEvent], int]:
    """The events after a position that the caller may see, and the position up to which was looked."""
    at = scene(session, group, caller)
    at.need("event.look")
    asked = select(Event).where(Event.group_id == group, col(Event.position) > after)
    rows = session.exec(asked.order_by(col(Event.position)).limit(limit)).all()
    shown = [row for row in rows if caller.secretariat or not is_private(row.kind)]
    return [cloud_event(row) for row in shown], rows[-1].position if rows else after
