"""The charter as it is, and another one in its place: what changes is shown before it is applied."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.export import as_yaml
from service.groups.source import CharterProblem
from service.language.speech import _, ngettext
from service.problems import Problem
from service.rotation import writing_api
from service.rotation.check import load
from service.web.frame.forms import Fault, Typed, answered, attempt
from service.web.frame.page import page, private
from service.web.frame.progress import Outcome, Tell, follow
from service.web.frame.visitor import by_browser, looking
from service.web.record.foreseeing import told_of_charter
from service.web.record.pasted import NAME, Pasted, Wrong, differences, faults_of
from service.web.record.terms import compared

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/record/charter"
_REASON, _FAULTS = 300, 50


@router.get(ADDRESS)
def show(group: str, request: Request, begin: str = "") -> Response:
    """The charter in force, and the form for another one; `begin=here` puts the one in force into it."""
    return _form(request, group, begin=begin == "here")


@router.get(ADDRESS + ".yaml")
def export(group: str, request: Request) -> Response:
    """The charter in force as a file."""
    with looking(request, group) as at:
        at.need("charter.look")
        name = f"{at.group_id}-{at.charter.revision or 0}.yaml"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return private(Response(as_yaml(at.charter), media_type="application/yaml", headers=headers))


@router.post(ADDRESS + "/preview")
def preview(group: str, request: Request, typed: Pasted) -> Response:
    """What a charter would change; nothing is saved."""
    return _preview(request, group, typed)


@router.post(ADDRESS)
def apply(group: str, request: Request, typed: Pasted) -> Response:
    """Apply a charter that was looked at, told step by step."""
    with looking(request, group) as at:
        at.need("charter.apply")
        is_stale = typed.get("version") != str(groups.group_row(at.session, group).version)
        if not is_stale:
            back = (f"/groups/{quote(group)}/record/charter", _("Back to the charter"))
            return follow(_work(request, group, typed), at=at, title=_("Applying the charter"), back=back)
    return _preview(request, group, typed, stale=True)


def _work(request: Request, group: str, typed: Typed) -> Any:
    def work(tell: Tell) -> Outcome:
        home = f"/groups/{quote(group)}/record/charter"
        try:
            charter = load(typed.get("text"), NAME)
        except CharterProblem as problem:
            return Outcome("", home, _("Back to the charter"), tuple(problem.faults[:_FAULTS]))
        tell(ngettext("Checked: {n} member, no fault.", "Checked: {n} members, no fault.", len(charter.members)))
        found = answered(_asked(request, group, charter, typed, preview=True))["changes"]
        tell(ngettext("Terms are laid: {n} change.", "Terms are laid: {n} changes.", len(found)))
        told = told_of_charter(request, charter, typed.text("correct"))
        tell(ngettext("{n} person will be told.", "{n} people will be told.", len(told)))
        _asked(request, group, charter, typed, preview=False)
        tell(_("Saved, with calendars and reminders in step."))
        return Outcome(_("This is the group's charter now."), home, _("See the charter"))

    return work


def _asked(request: Request, group: str, charter: Charter, typed: Typed, *, preview: bool) -> Response:
    return writing_api.apply(
        group, charter, by_browser(request), preview=preview, correct=typed.text("correct"),
        if_match=None if preview else typed.if_match,
    )  # fmt: skip


def _preview(request: Request, group: str, typed: Typed, *, stale: bool = False) -> Response:
    shown: list[Response] = []

    def do() -> str:
        if len(typed.get("correct")) > _REASON:
            raise Problem(422, "too-long", _("The reason is too long; 300 characters are enough."), field="correct")
        charter = load(typed.get("text"), NAME)
        found = _asked(request, group, charter, typed, preview=True)
        told = told_of_charter(request, charter, typed.text("correct"))
        shown.append(_previewed(request, group, typed, charter, found, told=told, stale=stale))
        return ""

    try:
        answer = attempt(do, lambda fault: _form(request, group, typed, fault), typed)
    except CharterProblem as problem:
        said = _("This text is no charter that can be used; nothing was saved. Each fault has its line.")
        fault = Fault(said, 422, typed, "text")
        return _form(request, group, typed, fault, wrong=faults_of(problem.faults, typed.get("text")))
    return shown[0] if shown else answer


def _previewed(
    request: Request, group: str, typed: Typed, charter: Charter, found: Response, *, stale: bool, **values: Any
) -> Response:
    with looking(request, group) as at:
        lines, more = compared(charter, answered(found)["changes"])
        texts, hidden = differences(at.charter, charter)
        return page(
            "record/charter-preview.html",
            412 if stale else 200,
            at=at,
            title=_("Before the charter is applied"),
            wide=True,
            lines=lines,
            more=more,
            texts=texts,
            hidden=hidden,
            typed=typed,
            version=found.headers["etag"].strip('"'),
            stale=stale,
            **values,
        )


def _form(
    request: Request,
    group: str,
    typed: Typed | None = None,
    fault: Fault | None = None,
    *,
    begin: bool = False,
    wrong: list[Wrong] | None = None,
) -> Response:
    with looking(request, group) as at:
        at.need("charter.look")
        row = groups.group_row(at.session, group)
        texts, hidden = _beside(at, typed) if fault is not None and fault.status == 409 else ([], 0)
        return page(
            "record/charter.html",
            fault.status if fault else 200,
            at=at,
            title=_("Charter"),
            charter=at.charter,
            revision=row.revision,
            changed_at=row.changed_at,
            text=typed.get("text") if typed else as_yaml(at.charter) if begin else "",
            begin=begin,
            applies=at.may("charter.apply") is not None,
            wrong=(wrong or [])[:_FAULTS],
            more=max(0, len(wrong or []) - _FAULTS),
            texts=texts,
            hidden=hidden,
            fault=fault,
        )


def _beside(at: Scene, typed: Typed | None) -> tuple[list[Any], int]:
    """What was sent beside what is in force, where the one could not take the other's place."""
    try:
        return differences(at.charter, load(typed.get("text") if typed else "", NAME))
    except CharterProblem:
        return [], 0
