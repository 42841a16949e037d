"""Decisions on the chair: what was decided and why, and a new one, with the terms it changes before it is taken."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.groups.decision import Decision
from service.keyset import cursor, read_cursor
from service.language.speech import _
from service.problems import Problem
from service.rotation import queries, writing_api
from service.rotation.writing_api import DecisionIn
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking
from service.web.record.foreseeing import told_of_decision
from service.web.record.kinds import KINDS, Kind, in_words, said_by, terms_from, turns, withdrawn
from service.web.record.terms import compared

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/record/chair"
_SHOWN = 30
_FIELDS = (
    "kind", "turn", "other", "term", "members", "member", "begins", "from", "until", "decision", "reason", "source",
    "taken",
)  # fmt: skip


@router.get(ADDRESS)
def listed(group: str, request: Request, taken: str = "", after: str | None = None) -> Response:
    """The decisions on record, newest first, and which kinds whoever looks may take."""
    with looking(request, group) as at:
        of = f"page/chair/{group}"
        begin = read_cursor(of, after)
        known = at.charter.decisions[: int(begin[0]) if begin else None]
        shown = known[-_SHOWN:][::-1]
        return page(
            "record/chair.html",
            at=at,
            title=_("Chair decisions"),
            decisions=[(one, in_words(at.charter, one)) for one in shown],
            by=queries.recorded_by(at.session, group, [one.id for one in shown]),
            withdrawn=withdrawn(at.charter),
            older=cursor(of, [len(known) - _SHOWN]) if len(known) > _SHOWN else None,
            kinds=[(kind.id, _(kind.name), _(kind.about)) for kind in _offered(at)],
            taken=next((one.id for one in shown if one.id == taken), ""),
        )


@router.get(ADDRESS + "/new")
def new(group: str, request: Request) -> Response:
    """The form of one kind of decision, filled with what its address says."""
    pairs = [(name, value[:4000]) for name, value in request.query_params.multi_items() if name in _FIELDS]
    return _form(request, group, Typed(pairs))


@router.post(ADDRESS + "/preview")
def preview(group: str, request: Request, typed: Form) -> Response:
    """What a decision would change, and who would be told; nothing is saved."""
    return _preview(request, group, typed)


@router.post(ADDRESS)
def take(group: str, request: Request, typed: Form) -> Response:
    """Take a decision that was looked at."""

    def do() -> str:
        asked = body(DecisionIn, said_by(_kind(typed), typed))
        made = writing_api.decide(
            group, asked, by_browser(request), preview=False, key=typed.once, if_match=typed.if_match
        )
        return f"/groups/{quote(group)}/record/chair?taken={quote(answered(made)['decision']['id'])}"

    def again(fault: Fault) -> Response:
        # The terms are not those that were looked at: what it would do now is shown before anything else.
        return _preview(request, group, typed, fault) if fault.conflict else _form(request, group, typed, fault)

    return attempt(do, again, typed)


def _preview(request: Request, group: str, typed: Typed, stale: Fault | None = None) -> Response:
    shown: list[Response] = []

    def do() -> str:
        kind = _kind(typed)
        asked = body(DecisionIn, said_by(kind, typed))
        found = writing_api.decide(group, asked, by_browser(request), preview=True, key=None, if_match=None)
        told = told_of_decision(request, group, asked)
        shown.append(_previewed(request, group, typed, kind, found, told=told, stale=stale))
        return ""

    answer = attempt(do, lambda fault: _form(request, group, typed, fault), typed)
    return shown[0] if shown else answer


def _previewed(
    request: Request, group: str, typed: Typed, kind: Kind, found: Response, *, stale: Fault | None, **values: Any
) -> Response:
    out = answered(found)
    kept = [(name, value) for name in _FIELDS for value in typed.all(name)]
    with looking(request, group) as at:
        lines, more = compared(at.charter, out["changes"])
        decision = Decision.model_validate_json(json.dumps(out["decision"]))
        return page(
            "record/chair-preview.html",
            stale.status if stale else 200,
            at=at,
            title=_("Before it is taken: {kind}", kind=_(kind.name)),
            wide=True,
            sentence=in_words(at.charter, decision),
            decision=decision,
            lines=lines,
            more=more,
            kept=kept,
            back=f"/groups/{quote(group)}/record/chair/new?{urlencode(kept)}",
            version=found.headers["etag"].strip('"'),
            stale=stale,
            once=new_key(),
            **values,
        )


def _form(request: Request, group: str, typed: Typed, fault: Fault | None = None) -> Response:
    kind = _kind(typed)
    with looking(request, group) as at:
        if kind not in _offered(at):
            at.need(kind.verb)
            raise Problem(403, "not-yours", _("Only a member's own people speak for it."))
        laid = queries.standing(at.session, group).laid
        gone = withdrawn(at.charter)
        return page(
            "record/chair-new.html",
            fault.status if fault else 200,
            at=at,
            title=_(kind.name),
            kind=kind,
            about=_(kind.about),
            typed=typed,
            turns=turns(at.charter, laid, at.today, _speaks(at, kind)),
            terms=terms_from(at.charter, laid, at.today),
            members=[(one.id, one.label) for one in at.charter.members if one.left is None or one.left > at.today],
            decisions=[
                (one.id, f"{one.id}: {in_words(at.charter, one)}")
                for one in at.charter.decisions[::-1]
                if one.id not in gone and one.withdraw is None
            ][:100],
            others=[(other.id, _(other.name)) for other in _offered(at)],
            fault=fault,
        )


def _kind(typed: Typed) -> Kind:
    """The kind that was chosen.

    Raises:
        Problem: 404, there is no such kind.
    """
    kind = KINDS.get(typed.get("kind"))
    if kind is None:
        raise Problem(404, "not-found", _("This kind of decision is not here; choose one on the page of decisions."))
    return kind


def _offered(at: Scene) -> list[Kind]:
    """The kinds that whoever looks may take: a member, of its own coming turn; the secretariat, all."""
    if at.may("chair.decide") is not None:
        return list(KINDS.values())
    laid = queries.standing(at.session, at.group_id).laid
    own = [kind for kind in KINDS.values() if kind.verb != "chair.decide"]
    return [kind for kind in own if turns(at.charter, laid, at.today, _speaks(at, kind))]


def _speaks(at: Scene, kind: Kind) -> Callable[[str, date], bool]:
    return lambda member, day: at.may(kind.verb, member, day=day) is not None
