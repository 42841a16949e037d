"""The page where a reader chooses: language, quiet hours, what reaches them and how, and who stands in for them."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from service.access.scene import Scene
from service.language.catalogues import NAMES, known
from service.language.dates import listed, weekday
from service.language.speech import N_, _
from service.notifications.choices.api import choose_as, enter_as, oneself
from service.notifications.choices.bodies import AbsenceIn, ChoicesIn, ChoicesOut, KindOut
from service.notifications.choices.commands import take_back
from service.notifications.choices.showing import (
    absence_out,
    absence_row,
    absences,
    colleagues,
    served_now,
    shown,
    today_of,
    version_of,
)
from service.notifications.kinds import KINDS
from service.notifications.wording.common import pair
from service.problems import Problem
from service.versions import Expected
from service.web.frame.forms import in_words, read_fields
from service.web.frame.page import go, page, private
from service.web.frame.pressing import led, remember
from service.web.frame.speaking import keep
from service.web.frame.visitor import changing, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/me/choices"
ABSENCES = "/groups/{group}/me/absences"
_FIELDS = 2 * len(KINDS) + 4
FORMS = {
    "at-once": N_("at once"),
    "daily": N_("in one mail a day"),
    "weekly": N_("in one mail a week"),
    "none": N_("not at all"),
}
CHANNELS = {"slack": "Slack", "teams": "Teams"}
_DONE = {"choices": N_("Your choices are saved."), "absences": N_("Your absences are saved.")}
Typed = Annotated[str, Form(max_length=300)]
Do = Callable[[Scene], None]


@router.get(ADDRESS)
def show(group: str, request: Request, saved: str = "") -> Response:
    """What is chosen now; whoever is not signed in is led to the sign-in."""
    try:
        return _page(request, group, said=_(_DONE[saved]) if saved in _DONE else "")
    except Problem as problem:
        if problem.status == 401 and "text/html" in request.headers.get("accept", ""):
            return go(f"/groups/{quote(group)}/sign-in?next={quote(request.url.path)}")
        raise


@router.post(ADDRESS)
async def choose(group: str, request: Request) -> Response:
    """Put on record what the form holds."""
    sent = await read_fields(request, _FIELDS)
    typed = sent.fields

    def do(at: Scene) -> None:
        person = oneself(at, "self.choose")
        _seen(typed.get("version", "")).meet(version_of(at.session, person.id))
        choose_as(at, person, ChoicesIn.model_validate(_named(typed)))

    return await run_in_threadpool(_attempt, request, group, do, "choices", typed, sent.press)


@router.post(ABSENCES)
def enter(
    group: str,
    request: Request,
    from_: Annotated[str, Form(alias="from", max_length=40)] = "",
    until: Typed = "",
    alternate: Typed = "",
) -> Response:
    """Say that one is away, and who stands in."""
    typed = {"from": from_, "until": until, "alternate": alternate}

    def do(at: Scene) -> None:
        person = oneself(at, "self.choose")
        enter_as(at, person, AbsenceIn.model_validate({name: value.strip() for name, value in typed.items()}))

    return _attempt(request, group, do, "absences", typed)


@router.post(ABSENCES + "/{absence}/take-back")
def come_back(group: str, absence: str, request: Request) -> Response:
    """Take an absence back, or end it now."""

    def do(at: Scene) -> None:
        person = oneself(at, "self.choose")
        take_back(at.session, absence_row(at.session, at.charter, person, absence), actor=at.actor)

    return _attempt(request, group, do, "absences", {})


def _named(typed: dict[str, str]) -> dict[str, Any]:
    """What the form names, as the API takes it: an empty field is no choice, one that is missing stays as it is."""
    facts = {name: typed[name] or None for name in ("language", "quiet_from", "quiet_until") if name in typed}
    choices: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        if f"form-{kind}" in typed:
            choices.setdefault(kind, {})["form"] = typed[f"form-{kind}"]
        if f"contact-{kind}" in typed:
            choices.setdefault(kind, {})["contact"] = typed[f"contact-{kind}"] or None
    return facts | {"choices": choices}


def _seen(version: str) -> Expected:
    """The version that the form was made for."""
    return Expected(f'"{version if version.isdecimal() and version.isascii() else "none"}"', required=True)


def _attempt(request: Request, group: str, do: Do, what: str, typed: dict[str, str], press: str = "") -> Response:
    """Do it and show the page anew, or say on it why not, with what was typed."""
    try:
        with changing(request, group) as at:
            do(at)
    except ValidationError as error:
        return _page(request, group, fault=_in_words(error), wrong=what, status=422, typed=typed)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        before = led(press) if problem.status == 412 else None
        if before is not None:
            return go(before)
        stale = _("It has changed since this page was opened; look again, and save what you typed once more.")
        fault = stale if problem.status == 412 else problem.detail
        return _page(request, group, fault=fault, wrong=what, status=problem.status, typed=typed)
    address = f"/groups/{quote(group)}/me/choices?saved={what}"
    remember(press, address)
    answer = go(address)
    language = known(typed.get("language"))
    if language is not None:
        keep(answer, language)
    return answer


_FIELD = {
    "language": N_("Language"), "quiet_from": N_("Quiet from"), "quiet_until": N_("Quiet until"),
    "from": N_("First day away"), "until": N_("Back on"), "alternate": N_("Who stands in"),
}  # fmt: skip


def _in_words(error: ValidationError) -> str:
    field, message = in_words(error)
    name = _FIELD.get(field)
    return pair(_(name), message[:1].lower() + message[1:]) if name else message


def _page(
    request: Request,
    group: str,
    *,
    said: str = "",
    fault: str = "",
    wrong: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    with looking(request, group) as at:
        values = _values(at, typed or {})
        shown_ = page("own/choices.html", status, at=at, said=said, fault=fault, wrong=wrong, **values)
    return private(shown_)


def _values(at: Scene, typed: dict[str, str]) -> dict[str, Any]:
    person = oneself(at, "self.look")
    out = shown(at.session, at.charter, person)
    return {
        "title": _("What reaches you, and how"),
        "group": at.charter.group,
        "reader": out,
        "typed": _filled(out) | typed,
        "languages": NAMES,
        "kinds": [(kind, _forms(kind), _note(kind, bool(out.contacts))) for kind in out.kinds],
        "contacts": [(one.id, f"{CHANNELS.get(one.channel, one.channel)}: {one.label}") for one in out.contacts],
        "absences": [
            (absence_out(at.session, row), weekday(row.from_day), weekday(row.until_day))
            for row in absences(at.session, at.charter, person)
        ],
        "colleagues": [(row.id, row.name) for row in colleagues(at.session, at.charter, person)],
        "served": listed(served_now(at.session, at.charter, person)),
        "today": today_of(at.session, at.charter, person),
    }


def _filled(out: ChoicesOut) -> dict[str, str]:
    """The fields of the page as they stand."""
    hours = {name: f"{at:%H:%M}" if (at := getattr(out, name)) else "" for name in ("quiet_from", "quiet_until")}
    filled = {"language": out.language or "", "from": "", "until": "", "alternate": ""} | hours
    for kind in out.kinds:
        filled |= {f"form-{kind.id}": kind.form, f"contact-{kind.id}": kind.contact or ""}
    return filled


def _forms(kind: KindOut) -> list[tuple[str, str]]:
    return [(form, _(FORMS[form])) for form in kind.forms]


def _note(kind: KindOut, has_contacts: bool) -> str:
    """Why there is less to choose for some kinds."""
    if kind.is_duty:
        return _("A duty of office: it cannot be switched off, only moved to another channel.")
    return _("Always by mail.") if kind.by_mail_alone and has_contacts else ""
