"""One item of an agenda: what it says, and what its proposer and the chair may do with it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock
from service.language.speech import _
from service.meetings.agenda import api
from service.meetings.agenda.bodies import ConcludeIn, ItemEditIn, WhyIn
from service.meetings.agenda.queries import is_settled, item_row
from service.meetings.agenda.rules import OPEN
from service.meetings.agenda.tables import ItemRow
from service.meetings.door import Scene
from service.meetings.tables import MeetingRow
from service.problems import not_found
from service.web.frame.forms import Fault, Form, attempt, body
from service.web.frame.page import page
from service.web.frame.visitor import by_browser
from service.web.meetings.agenda import AGENDA
from service.web.meetings.scene import looking_at_meetings
from service.web.meetings.words import ITEMS, KINDS

router = APIRouter(include_in_schema=False)
ITEM = AGENDA + "/{item}"
_VERBS = ("conclude", "defer", "refer", "withdraw", "drop")


@router.get(ITEM)
def show(group: str, meeting: str, item: str, request: Request) -> Response:
    """One item, with its forms."""
    return _page(request, group, meeting, item)


@router.post(ITEM + "/edit")
def edit(group: str, meeting: str, item: str, request: Request, typed: Form) -> Response:
    """Say anew what the item is."""

    def do() -> str:
        said: dict[str, Any] = {"title": typed.get("title"), "kind": typed.text("kind"), "text": typed.get("text")}
        said["purposes"] = typed.wholes("purposes")
        said |= {"minutes": typed.whole("minutes"), "presenter": typed.text("presenter")}
        # A presenter that is left empty is taken away; anything else stays as it is.
        told = ItemEditIn.model_validate(
            {name: value for name, value in said.items() if value is not None or name == "presenter"}
        )
        api.edit(group, item, told, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}/agenda#{item}"

    return attempt(do, lambda fault: _page(request, group, meeting, item, fault), typed, form="edit")


@router.post(ITEM + "/{verb}")
def do_it(group: str, meeting: str, item: str, verb: str, request: Request, typed: Form) -> Response:
    """Conclude, leave for the next meeting, refer to the other level, take back or drop."""
    if verb not in _VERBS:
        raise not_found(_("This page is not here; check the address."))

    def do() -> str:
        by, seen, text = by_browser(request), typed.if_match, typed.text("text")
        if verb == "conclude":
            api.conclude(group, item, body(ConcludeIn, {"conclusion": text}), by, if_match=seen)
        elif verb == "defer":
            api.defer(group, item, by, if_match=seen)
        elif verb == "refer":
            api.refer(group, item, by, if_match=seen)
        elif verb == "withdraw":
            api.withdraw(group, item, body(WhyIn, {"reason": text}), by, if_match=seen)
        else:
            api.drop(group, item, body(WhyIn, {"reason": text}), by, if_match=seen)
        return f"/groups/{group}/meetings/{meeting}/agenda"

    return attempt(do, lambda fault: _page(request, group, meeting, item, fault), typed, form=verb)


def _page(request: Request, group: str, meeting: str, item: str, fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "agenda.look") as at:
        row = at.meeting(meeting)
        found = item_row(at.session, group, item)
        if found.meeting not in (None, row.id):
            raise not_found(_("This agenda item is not here; check the address."))
        sets = at.may("agenda.set") is not None
        return page(
            "meetings/item.html",
            fault.status if fault else 200,
            at=at,
            title=found.title,
            meeting=row,
            item=found,
            edits=_edits(at, row, found, sets=sets),
            takes_back=_own(at, found) and found.state in OPEN,
            sets=sets and found.state in OPEN,
            concludes=sets and found.state == "accepted",
            kinds=KINDS,
            states=ITEMS,
            fault=fault,
        )


def _own(at: Scene, item: ItemRow) -> bool:
    return item.member is not None and at.may("agenda.edit", item.member) == "own"


def _edits(at: Scene, meeting: MeetingRow, item: ItemRow, *, sets: bool) -> bool:
    """Whether whoever looks may change the words: its proposer until the agenda is settled, the chair until the end."""
    settled = item.meeting is not None and is_settled(meeting, at.charter.group.timezone, clock.now())
    return item.state in OPEN and item.kind != "exchange" and (sets or (_own(at, item) and not settled))
