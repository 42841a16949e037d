"""One search box over what was decided, agreed, left to do and minuted: the first of each kind, or all of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, get_args

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.search.api import read_words
from service.followups.search.queries import Hit, overview, search
from service.followups.search.rules import KINDS, LONGEST, SHORTEST, WORDS, Kind
from service.keyset import cursor, read_cursor
from service.language.dates import spoken
from service.language.speech import N_, _
from service.problems import Problem
from service.web.frame.page import page
from service.web.frame.visitor import looking
from service.zones import day_in

router = APIRouter(include_in_schema=False)
_EACH, _SHOWN = 8, 30
_NAMES: dict[Kind, str] = {
    "decision": N_("Decisions"), "activity": N_("Activities"), "action": N_("Actions"), "minutes": N_("Minutes"),
}  # fmt: skip
_ALL: dict[Kind, str] = {
    "decision": N_("All decisions with these words"), "activity": N_("All activities with these words"),
    "action": N_("All actions with these words"), "minutes": N_("All minutes with these words"),
}  # fmt: skip
_ADDRESSES: dict[Kind, str] = {
    "decision": "decisions/{id}", "activity": "activities/{id}", "action": "actions/{id}",
    "minutes": "meetings/{id}/minutes",
}  # fmt: skip


class Group(NamedTuple):
    """The hits of a kind; `more` is whether there are others, and what the way to them is called."""

    kind: Kind
    name: str
    hits: Sequence[Hit]
    more: str = ""


@router.get("/groups/{group}/search")
def search_page(group: str, request: Request, q: str = "", kind: str = "", after: str | None = None) -> Response:
    """What was found, kind by kind; without words the box alone, with what can be looked for."""
    with looking(request, group) as at:
        at.need("followups.search")
        one = next((known for known in KINDS if known == kind), None)
        found, older, fault = _found(at, q, one, after)
        return page(
            "followups/search.html",
            fault.status if fault else 200,
            at=at,
            title=_("Search"),
            q=q,
            kind=one or "",
            kinds=[(name, _(_NAMES[name])) for name in get_args(Kind)],
            groups=found,
            older=older,
            fault=fault.detail if fault else "",
            address=lambda hit: f"/groups/{group}/{_ADDRESSES[hit.kind].format(id=hit.id)}",
            mark=lambda hit: _mark(at, hit),
            shortest=SHORTEST,
            longest=LONGEST,
        )


def _mark(at: Scene, hit: Hit) -> str:
    """What tells a hit from another of the same title: the day of the meeting, else its id."""
    if hit.kind != "minutes":
        return hit.id
    return spoken(day_in(datetime.fromisoformat(hit.key[0]), at.charter.group.timezone))


def _found(at: Scene, q: str, kind: Kind | None, after: str | None) -> tuple[list[Group], str | None, Problem | None]:
    """The hits by kind, the cursor of what follows, and what was wrong."""
    if not q.strip():
        return [], None, None
    try:
        words = read_words(q)
    except Problem as problem:
        said = _(
            "Write {shortest} to {longest} letters, in at most {words} words.",
            shortest=SHORTEST, longest=LONGEST, words=WORDS,
        )  # fmt: skip
        return [], None, Problem(problem.status, problem.type, said)
    try:
        return (*_of_one(at, words, kind, after), None) if kind else (_of_each(at, words), None, None)
    except Problem as problem:
        if problem.status != 503:
            raise
        return [], None, problem


def _of_each(at: Scene, words: list[str]) -> list[Group]:
    found = overview(at.session, at.group_id, words, _EACH + 1)
    return [
        Group(kind, _(_NAMES[kind]), hits[:_EACH], _(_ALL[kind]) if len(hits) > _EACH else "")
        for kind, hits in found.items()
    ]


def _of_one(at: Scene, words: list[str], kind: Kind, after: str | None) -> tuple[list[Group], str | None]:
    of = f"page/search/{at.group_id}/{kind}/{' '.join(words)}"
    past: list[Any] | None = read_cursor(of, after)
    hits = search(at.session, at.group_id, words, [kind], past, _SHOWN + 1)
    older = cursor(of, [kind, *hits[_SHOWN - 1].key]) if len(hits) > _SHOWN else None
    return [Group(kind, _(_NAMES[kind]), hits[:_SHOWN])] if hits else [], older
