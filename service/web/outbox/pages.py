"""Pages for the chair and the secretariat: what was sent to whom, what came back, and what would be sent next."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service import clock, zones
from service.access.cloud_events import is_private
from service.access.scene import Scene
from service.keyset import cursor, read_cursor
from service.language.dates import weekday
from service.language.speech import _
from service.notifications.kinds import KINDS
from service.notifications.outbox import commands, forecasting, queries
from service.notifications.outbox.answered import Answers
from service.notifications.outbox.bodies import DeliveryOut, Showing
from service.notifications.outbox.forecasting import ForecastOut, LineOut
from service.notifications.outbox.queries import Wanted, event_row
from service.problems import Problem
from service.web.frame.page import page, private
from service.web.frame.visitor import changing, looking
from service.web.outbox.words import LOOKS, STATES, asked, channel, kind_of, whom

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/outbox"
_PAGE = 50
# How many a message is said to go to by name; the rest are counted.
_NAMED = 5
# How many messages a page of what would be sent shows.
_AT_ONCE = 50
# What needs a hand is shown first, so far back and so many.
_RECENT, _MOST = timedelta(days=30), 20
_FIRST = {state: place for place, state in enumerate(queries.TROUBLED)}
_DAYS = (30, 90, 180, forecasting.MOST_DAYS)


def _signed_in(request: Request, group: str, show: Callable[[], Response]) -> Response:
    """What is shown to whoever is signed in; a browser of somebody who is not is led to the sign-in."""
    try:
        return private(show())
    except Problem as problem:
        if problem.status == 401 and "text/html" in request.headers.get("accept", ""):
            return private(RedirectResponse(f"/groups/{quote(group)}/sign-in?next={quote(request.url.path)}", 303))
        raise


@router.get(ADDRESS)
def outbox(
    group: str, request: Request, state: str = "", kind: str = "", to: str = "", after: str | None = None
) -> Response:
    """What was sent and what is to be sent, newest first; what failed, expired or is held stands on top."""
    chosen = {"state": state, "kind": kind, "to": to.strip()}

    def show() -> Response:
        with looking(request, group) as at:
            at.need("delivery.look")
            wanted = Wanted(state if state in STATES else None, kind or None, to.strip() or None)
            of = f"outbox:{group}:{wanted.named()}"
            found, last = queries.page(at.session, group, wanted, after=read_cursor(of, after), limit=_PAGE)
            plain = after is None and not any(chosen.values())
            now = clock.now()
            hands = queries.troubled(at.session, group, now - _RECENT, _MOST) if plain else []
            showing = _showing(at)
            older = urlencode(chosen | {"after": cursor(of, last)}) if last else ""
            return page(
                "outbox/outbox.html",
                title=_("Outbox"),
                hands=[showing.line(one) for one in sorted(hands, key=lambda one: _FIRST[one.row.state])],
                lines=[showing.line(one) for one in found],
                counts=queries.counts(at.session, group),
                kinds=[(one.id, _(one.name)) for one in KINDS.values()],
                mailboxes=sorted(person.email for person in at.charter.people),
                chosen=chosen,
                filtered=any(chosen.values()),
                older=older,
                **_words(at),
            )

    return _signed_in(request, group, show)


@router.get(ADDRESS + "/forecast")
def forecast(
    group: str, request: Request, days: int = 90, after: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    """What would be sent in the coming days, day by day; `after` so many messages, which stand on earlier pages."""

    def show() -> Response:
        ahead = days if days in _DAYS else 90
        with looking(request, group) as at:
            at.need("delivery.look")
            wanted = forecasting.asked(at.session, at.charter, ahead)
        # It reads for a while on its own; what is shown around it is read again, with a hold on nothing meanwhile.
        found = forecasting.forecast(request.app.state.engine, wanted)
        with looking(request, group) as at:
            names = {person.email: person.name for person in at.charter.people}
            messages = _together(found, at.charter.group.timezone, names)
            shown = messages[after : after + _AT_ONCE]
            return page(
                "outbox/outbox-forecast.html",
                title=_("What would be sent"),
                forecast=found,
                days=[(weekday(day), [*ones]) for day, ones in groupby(shown, itemgetter("day"))],
                further=after + _AT_ONCE if len(messages) > after + _AT_ONCE else None,
                ahead=ahead,
                named=_NAMED,
                offered=_DAYS,
                **_words(at),
            )

    return _signed_in(request, group, show)


@router.get(ADDRESS + "/{delivery}")
def one(group: str, delivery: str, request: Request) -> Response:
    """One delivery with its text as it went, and the button to send it again where that can be done."""
    return _signed_in(request, group, lambda: _one(request, group, delivery))


@router.post(ADDRESS + "/release")
def release(group: str, request: Request) -> Response:
    """Let everything go that is held and was made in the last days."""
    with changing(request, group) as at:
        at.need("delivery.send")
        since = clock.now() - _RECENT
        commands.release(at.session, group, since=since, actor=at.actor)
    return private(RedirectResponse(f"/groups/{quote(group)}/outbox", 303))


@router.post(ADDRESS + "/{delivery}/send-again")
def send_again(group: str, delivery: str, request: Request, days: Annotated[int, Form(ge=0, le=7)] = 0) -> Response:
    """Send it again; `days` gives it that long where its last instant has passed."""
    try:
        with changing(request, group) as at:
            at.need("delivery.send")
            row, _event = queries.delivery(at.session, group, delivery, lock=True)
            until = clock.now() + timedelta(days=days) if days else None
            commands.send_again(at.session, row, until=until, actor=at.actor)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return private(_one(request, group, delivery, problem.detail, problem.status))
    return private(RedirectResponse(f"/groups/{quote(group)}/outbox/{quote(delivery)}", 303))


@router.get("/groups/{group}/events/{event}/told")
def told(group: str, event: str, request: Request, after: str | None = None) -> Response:
    """Who was told of an event, when, by which channel, what came back, and what they have answered."""

    def show() -> Response:
        with looking(request, group) as at:
            at.need("delivery.look")
            row = event_row(at.session, group, event, secretariat=_is_secretariat(at))
            of = f"told:{group}:{row.id}"
            found, last = queries.page(
                at.session, group, Wanted(event=row.id), after=read_cursor(of, after), limit=_PAGE
            )
            showing = _showing(at)
            lines = [showing.line(one) for one in found]
            older = urlencode({"after": cursor(of, last)}) if last else ""
            return page(
                "outbox/outbox-told.html", title=_("Who was told"), event=row, lines=lines, older=older, **_words(at)
            )

    return _signed_in(request, group, show)


def _one(request: Request, group: str, delivery: str, fault: str = "", status: int = 200) -> Response:
    with looking(request, group) as at:
        at.need("delivery.look")
        row, event = queries.delivery(at.session, group, delivery)
        other = queries.in_place_of(at.session, row) if row.superseded_by or row.state == "superseded" else None
        shown = _showing(at).whole(row, event)
        return page(
            "outbox/outbox-delivery.html", status, one=shown, tells=event,
            title=shown.title or kind_of(shown.kind or shown.tells),
            fault=fault, other=other.id if other else None,
            is_told=_is_secretariat(at) or not is_private(event.kind),
            sendable=is_sendable(shown) and bool(row.body) and not queries.is_personal(row), **_words(at),
        )  # fmt: skip


def is_sendable(one: DeliveryOut) -> bool:
    """Whether a page offers to send it again; a mail that was never made has no title, and cannot be sent."""
    made = bool(one.title) or one.channel != "mail"
    kept = made and one.forgotten_at is None
    return kept and one.state in queries.TROUBLED and queries.SIGN_IN not in (one.kind, one.subject)


def _showing(at: Scene) -> Showing:
    return Showing(at.charter, Answers(at.session, at.charter), secretariat=_is_secretariat(at))


def _is_secretariat(at: Scene) -> bool:
    return at.caller is not None and at.caller.secretariat


def _words(at: Scene) -> dict[str, Any]:
    """What every page of the outbox needs."""
    now = clock.now()
    return {
        "at": at,
        "group": at.charter.group,
        "zone": at.charter.group.timezone,
        "states": STATES,
        "looks": LOOKS,
        "kind_of": kind_of,
        "channel": channel,
        "whom": whom,
        "asked": lambda one: asked(at, one),
        "sends": at.may("delivery.send") is not None,
        "is_sendable": is_sendable,
        "is_late": lambda one: one.not_after <= now,
    }


def _together(found: ForecastOut, zone: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """The messages of a forecast with their day; what goes to several people at one minute is one of them."""
    together: dict[tuple[datetime, str, str], list[LineOut]] = {}
    for line in found.lines:
        together.setdefault((line.at, line.kind, line.title), []).append(line)
    return [
        {
            "day": zones.day_in(at, zone), "at": at, "kind": kind, "title": title,
            "to": [(names.get(one.recipient, ""), one.recipient, one.channel) for one in ones],
        }
        for (at, kind, title), ones in together.items()
    ]  # fmt: skip
