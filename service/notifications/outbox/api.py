"""The HTTP door of the outbox: who was told what, when, by which channel, and what came back; sending again."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlmodel import Session

from service.access.bodies import answer, new_router
from service.access.door import Answer, Key, create, look
from service.access.queries import caller as caller_of
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.database import reading
from service.groups.tables import PersonRow
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.notifications.outbox import commands, forecasting, queries
from service.notifications.outbox.answered import Answers
from service.notifications.outbox.bodies import (
    AgainIn,
    DeliveriesOut,
    DeliveryOut,
    ReleasedOut,
    ReleaseIn,
    Showing,
    ToldOut,
    WholeDeliveryOut,
    event_out,
)
from service.notifications.outbox.forecasting import ForecastOut
from service.notifications.outbox.queries import STATES, Wanted, event_row, page
from service.problems import Problem
from service.versions import Expected

router = new_router("deliveries")
Days = Annotated[int, Query(ge=1, le=forecasting.MOST_DAYS, description="How many days ahead, from now on.")]


@router.get("/deliveries", response_model=DeliveriesOut)
def list_deliveries(
    group: str,
    request: Request,
    state: Annotated[str | None, Query(description=", ".join(STATES))] = None,
    kind: Annotated[str | None, Query(max_length=60, description="Of the message, or of the event it tells.")] = None,
    recipient: Annotated[
        str | None, Query(max_length=254, description="A mailbox: for whom, or where it went.")
    ] = None,
    subject: Annotated[str | None, Query(max_length=80, description="What it is about, such as turn-6.")] = None,
    event: Annotated[str | None, Query(max_length=36, description="The id of an event.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """What was sent or is to be sent, newest first. For the chair and the secretariat."""
    wanted = Wanted(state, kind, recipient, subject, event)

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("delivery.look")
        if state is not None and state not in STATES:
            raise Problem(422, "invalid-input", _("state is one of {names}.", names=", ".join(STATES)))
        return answer(DeliveriesOut(**_page(at, wanted, after, limit)))

    return look(request, group, do)


@router.get("/me/deliveries", response_model=DeliveriesOut)
def own_deliveries(group: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """What was sent to whoever asks, or in their place to somebody who stands in for them, newest first."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        person = session.get(PersonRow, caller.person) if caller.person else None
        if person is None:
            return answer(DeliveriesOut(deliveries=[], next=None))
        return answer(DeliveriesOut(**_page(at, Wanted(person=person.id, mailbox=person.email), after, limit)))

    return look(request, group, do)


@router.get("/events/{event}/deliveries", response_model=ToldOut)
def told(group: str, event: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """Who was told of an event, when, by which channel, what the other side said, and what they have answered."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("delivery.look")
        row = event_row(session, group, event, secretariat=_is_secretariat(at))
        return answer(ToldOut(event=event_out(row), **_page(at, Wanted(event=row.id), after, limit)))

    return look(request, group, do)


@router.get("/deliveries/forecast", response_model=ForecastOut)
def forecast(group: str, request: Request, days: Days = 90) -> Response:
    """What would be sent in the coming days if nobody changed anything; nothing is sent or saved for it.

    Raises:
        Problem: 503, it took too long; ask for fewer days.
    """
    engine = request.app.state.engine
    with reading(engine) as session:
        at = scene(session, group, caller_of(session, request.headers.get("authorization"), group, writes=False))
        at.need("delivery.look")
        asked = forecasting.asked(session, at.charter, days)
    # It takes seconds, so nothing is held meanwhile.
    body = forecasting.forecast(engine, asked)
    return Response(body.model_dump_json(), headers={"Cache-Control": "no-store"}, media_type="application/json")


@router.get("/deliveries/{delivery}", response_model=WholeDeliveryOut)
def one_delivery(group: str, delivery: str, request: Request) -> Response:
    """One delivery with the text as it went, without the links that only its reader may follow."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("delivery.look")
        return answer(_showing(at).whole(*queries.delivery(session, group, delivery)))

    return look(request, group, do)


@router.post("/deliveries/{delivery}/send-again", response_model=DeliveryOut)
def send_again(group: str, delivery: str, body: AgainIn, request: Request, key: Key = None) -> Response:
    """Send what failed, expired or is held: the same message, with the same Message-ID.

    Raises:
        Problem: 409, it was accepted or superseded, or waits already; 422, it needs a new last instant.
    """

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("delivery.send")
        row, event = queries.delivery(session, group, delivery, lock=True)
        commands.send_again(session, row, until=body.until, actor=caller.name)
        return answer(_showing(at).whole(row, event))

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/deliveries/release", response_model=ReleasedOut)
def release(group: str, body: ReleaseIn, request: Request, key: Key = None) -> Response:
    """Let everything go that is held and was made since an instant, such as after a backup was restored."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("delivery.send")
        done = commands.release(session, group, since=body.since, actor=caller.name)
        return answer(ReleasedOut(**done._asdict()))

    return create(request, group, body, do, key=key, if_match=None)


def _page(at: Scene, wanted: Wanted, after: str | None, limit: int) -> dict[str, Any]:
    of = f"deliveries:{at.group_id}:{wanted.named()}"
    found, last = page(at.session, at.group_id, wanted, after=read_cursor(of, after), limit=limit)
    showing = _showing(at)
    return {"deliveries": [showing.line(one) for one in found], "next": cursor(of, last) if last else None}


def _showing(at: Scene) -> Showing:
    return Showing(at.charter, Answers(at.session, at.charter), secretariat=_is_secretariat(at))


def _is_secretariat(at: Scene) -> bool:
    return at.caller is not None and at.caller.secretariat
