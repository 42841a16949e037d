"""The programme of a term: its theme, text and activities, what was left unfinished, and the chair's forms."""

from typing import Any

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.activities.queries import activities
from service.followups.programmes import api
from service.followups.programmes.queries import existing, programme_row
from service.followups.programmes.rules import Place, coming, place
from service.language.speech import N_, _
from service.problems import not_found
from service.rotation.values import Term
from service.web.followups.activities import words as activities_words
from service.web.followups.activities.parts import day_before
from service.web.followups.decisions.words import days_of
from service.web.followups.programmes.terms import laid, term_name
from service.web.frame.forms import Fault, Form, attempt, body
from service.web.frame.ordering import moved
from service.web.frame.page import page
from service.web.frame.templating import theirs
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
ONE = "/groups/{group}/programmes/{turn}"
STATES = {
    "draft": ("waiting", N_("a draft until the term begins")),
    "running": ("", N_("under way")),
    "over": ("late", N_("the term is over, and it is not closed")),
    "closed": ("done", N_("closed")),
}
_MOST = 100


@router.get(ONE)
def one(group: str, turn: str, request: Request) -> Response:
    """The programme of a term, for members."""
    return _page(request, group, turn)


@router.post(ONE)
def put(group: str, turn: str, request: Request, typed: Form) -> Response:
    """Set theme, text and activities."""

    def do() -> str:
        values = {"theme": typed.text("theme"), "text": typed.text("text"), "activities": typed.all("activities")}
        seen = typed.if_match if typed.get("version") else None
        api.set_programme(group, turn, body(api.ProgrammeIn, values), by_browser(request), if_match=seen)
        return _home(group, turn)

    return attempt(do, lambda fault: _page(request, group, turn, fault), typed, "set")


@router.post(ONE + "/order")
def order(group: str, turn: str, request: Request, typed: Form) -> Response:
    """Put one activity a place up or down, in the order as the form showed it."""

    def do() -> str:
        with looking(request, group) as at:
            at.need("activity.look")
            row = existing(at.session, group, turn)
        shown, item = typed.get("shown").split(), typed.get("up") or typed.get("down")
        there = moved(shown, shown, item, up="up" in typed.fields)
        # What the form does not show stays as it is: the version says that nobody has changed it meanwhile.
        values = {"theme": row.theme, "text": row.text, "activities": there}
        api.set_programme(group, turn, body(api.ProgrammeIn, values), by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/programmes/{turn}#{item}"

    return attempt(do, lambda fault: _page(request, group, turn, fault), typed, "order")


@router.post(ONE + "/close")
def close(group: str, turn: str, request: Request, typed: Form) -> Response:
    """Close it with what came of it, and carry on what is ticked."""

    def do() -> str:
        values = {"summary": typed.text("summary"), "carry": typed.all("carry")}
        api.close(group, turn, body(api.CloseIn, values), by_browser(request), if_match=typed.if_match)
        return _home(group, turn)

    return attempt(do, lambda fault: _page(request, group, turn, fault), typed, "close")


def _home(group: str, turn: str) -> str:
    return f"/groups/{group}/programmes/{turn}#stands"


def _page(request: Request, group: str, turn: str, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        at.need("activity.look")
        terms = laid(at)
        found = place(terms, turn)
        row = programme_row(at.session, group, turn)
        if found is None and row is None:
            raise not_found(_("A term with this key is not here; check the address."))
        told = api.programme_out(at, terms, row) if row is not None else None
        name = term_name(at, found.term) if found else turn
        return page(
            "followups/programme.html",
            fault.status if fault else 200,
            at=at,
            title=_("Programme of the term: {term}", term=name),
            turn=turn,
            name=name,
            term=found.term if found else None,
            begun=found is not None and found.term.start <= at.today,
            programme=told,
            state=STATES[told.state] if told else None,
            states=activities_words.STATES,
            sets=found is not None and (told is None or told.closed_at is None) and _sets(at, terms, found.term),
            closes=_closes(at, told, found),
            day_of=days_of(at),
            last_of=day_before,
            fault=fault,
            **_near(at, terms, turn),
            **_offered(at, told),
        )


def _sets(at: Scene, terms: list[Term], term: Term) -> bool:
    """Whether whoever looks may set the programme of a term: the chair its own, who comes next a draft."""
    if term.start <= at.today:
        return at.today < term.end and at.may("programme.set") is not None
    return term == coming(terms, at.today) and at.may("programme.draft", *term.chair, day=term.start) is not None


def _closes(at: Scene, told: api.ProgrammeOut | None, found: Place | None) -> bool:
    open_ = told is not None and told.closed_at is None and told.theme != ""
    return open_ and found is not None and found.term.start <= at.today and at.may("programme.close") is not None


def _near(at: Scene, terms: list[Term], turn: str) -> dict[str, Any]:
    """The terms before and after, by key and name."""
    keys = [term.key for term in terms]
    here = keys.index(turn) if turn in keys else None

    def named(index: int) -> tuple[str, str] | None:
        return (keys[index], term_name(at, terms[index])) if 0 <= index < len(terms) else None

    return (
        {"before": named(here - 1), "after": named(here + 1)} if here is not None else {"before": None, "after": None}
    )


def _offered(at: Scene, told: api.ProgrammeOut | None) -> dict[str, Any]:
    """The activities to choose from: those of the programme in its order, then all others that are not closed."""
    known = [(one.id, one.title) for one in told.activities] if told else []
    ids = {id_ for id_, _title in known}
    alive = [
        (row.id, row.title)
        for state in ("ongoing", "agreed", "proposed")
        for row in activities(at.session, at.group_id, state=state, most=_MOST)
        if row.id not in ids
    ]
    titles = dict(known)
    left = [(id_, theirs(titles.get(id_, id_))) for id_ in told.unfinished] if told else []
    return {"offered": [(id_, theirs(title)) for id_, title in known + alive], "left": left}
