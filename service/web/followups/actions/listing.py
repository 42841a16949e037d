"""The list of actions, with the filters of the API, as a page and as files."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.actions import csv_api
from service.followups.actions.bodies import COLUMNS, ActionOut, ActionsOut, Teller
from service.followups.actions.door import resolved
from service.followups.actions.listing import Filters
from service.followups.actions.listing import page as found_page
from service.keyset import cursor, read_cursor
from service.language.speech import N_, _
from service.problems import Problem
from service.web.followups.actions import words
from service.web.followups.actions.asking import NAMES, Wanted, given, read
from service.web.followups.actions.people import every_owner, offered, own
from service.web.followups.actions.sources import Link, source
from service.web.frame.page import page, private
from service.web.frame.visitor import looking

router = APIRouter(include_in_schema=False)
LIST = "/groups/{group}/actions"
# Lists that are asked for again and again.
_QUICK = (
    (N_("Mine"), {"assignee": "me", "status": "pending"}),
    (N_("Overdue"), {"status": "overdue"}),
    (N_("Of the chair"), {"owner": "chair", "status": "pending"}),
    (N_("Without a day"), {"due": "none", "status": "pending"}),
)
# The filters that stand in the form at once; the others are a press away.
_NEAR = ("owner", "status", "due_from", "due_until")


class Line(NamedTuple):
    """An action in the list."""

    action: ActionOut
    marks: list[words.Mark]
    due: str
    owner: str
    source: Link | None


@router.get(LIST)
def listed(group: str, request: Request) -> Response:
    """Actions by the day they are due; what the API refuses is told on the page, with the form as it was filled."""
    with looking(request, group) as at:
        at.need("action.look")
        try:
            wanted = read(request)
            found, coming = _found(at, wanted)
        except Problem as problem:
            if problem.status not in (400, 422):
                raise
            return _page(at, given(request), problem.status, wrong=problem.detail)
        later = urlencode({**wanted.given, "after": coming}) if coming else None
        return _page(at, wanted.given, lines=[_line(at, one) for one in found], later=later, query=wanted.query)


@router.get(LIST + "/table.csv")
def table(group: str, request: Request) -> Response:
    """The same list, all of it, for spreadsheets; by the writer of the API (cells that look like formulas are safe)."""
    with looking(request, group) as at:
        at.need("action.look")
        filters = _resolved(at, read(request))
    return csv_api.as_table(request, group, filters)


@router.get(LIST + "/table.json")
def as_json(group: str, request: Request) -> Response:
    """The same list as the API gives it; its `next` is `after` of the following page."""
    with looking(request, group) as at:
        at.need("action.look")
        found, coming = _found(at, read(request))
        body = ActionsOut(actions=found, next=coming).model_dump_json(by_alias=True)
    return private(Response(body, media_type="application/json"))


def _resolved(at: Scene, wanted: Wanted) -> Filters:
    return resolved(wanted.filters, at.caller) if at.caller is not None else wanted.filters


def _found(at: Scene, wanted: Wanted) -> tuple[list[ActionOut], str | None]:
    """The actions of a page, and the cursor of the next one: the one that the API would give."""
    filters = _resolved(at, wanted)
    of = f"actions/{at.group_id}/{wanted.order}/{filters.named()}"
    found, coming = found_page(
        at.session,
        at.group_id,
        filters,
        COLUMNS,
        today=at.today,
        newest=wanted.order == "newest",
        after=read_cursor(of, wanted.after),
        limit=wanted.limit,
    )
    return Teller(at).listed(found), cursor(of, coming) if coming else None


def _line(at: Scene, one: ActionOut) -> Line:
    return Line(
        one,
        words.marks(one, at.today),
        words.due(one, at.charter.group.timezone),
        words.owner(at.charter, one.owner, one.members),
        source(at, one.source),
    )


def _page(at: Scene, asked: dict[str, str], status: int = 200, **values: Any) -> Response:
    quick = _quick(at, asked)
    standing = {"lines": [], "later": None, "query": "", "wrong": ""} | values
    return page(
        "followups/actions.html",
        status,
        at=at,
        title=_("Actions"),
        asked=asked,
        quick=quick,
        filtered=not any(current for _name, _address, current in quick),
        more_filters=any(name in asked for name in NAMES if name not in (*_NEAR, "after")),
        opens=bool(offered(at)),
        owners=every_owner(at),
        statuses=words.said(words.STATUSES),
        circles=words.said(words.CIRCLES),
        orders=words.said(words.ORDERS),
        **standing,
    )


def _quick(at: Scene, asked: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Lists that are a press away: name, address, and whether it is the one that is shown."""
    mine = [(name, {"owner": id_, "status": "pending"}) for id_, name in own(at)]
    person = at.caller is not None and at.caller.person is not None
    lists = [(_("All that is not finished"), {"status": "pending"})]
    lists += [(_(name), query) for name, query in _QUICK[:1] if person]
    lists += mine
    lists += [(_(name), query) for name, query in _QUICK[1:]]
    return [(name, f"/groups/{at.group_id}/actions?{urlencode(query)}", query == asked) for name, query in lists]
