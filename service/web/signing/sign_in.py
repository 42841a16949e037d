"""Where somebody signs in by a mailed link, and signs out.

GET only shows a button, however often a scanner of mails follows the link; POST signs in, once, in the browser
that has asked for it.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from service.access import cookies, sessions, signing, tries
from service.access.oidc import provider
from service.access.queries import person_caller
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.access.tables import SignInRow
from service.database import reading, writing
from service.groups import queries as groups
from service.language.speech import N_, _
from service.notifications.choices.queries import own_language
from service.notifications.signing import mail_link
from service.problems import Problem
from service.text import Mailbox
from service.web.frame.page import page, private
from service.web.frame.speaking import chosen, keep

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/sign-in"
NOT_GOOD = N_(
    "This did not sign you in. A link is good once, for ten minutes, and in the browser in which it was asked for; "
    "ask for a new one."
)
Next = Annotated[str, Form(alias="next", max_length=1000)]


@router.get(ADDRESS)
def ask_for_address(
    group: str, request: Request, next_: Annotated[str, Query(alias="next", max_length=1000)] = ""
) -> Response:
    """The form that asks for a mail address; where a provider is configured, also the way there."""
    return _form(request, group, next_)


@router.post(ADDRESS)
def mail(group: str, request: Request, email: Annotated[str, Form(max_length=1000)] = "", next_: Next = "") -> Response:
    """Mail a link. The answer, and what is done for it, is the same whether the address is known or not."""
    try:
        address = TypeAdapter(Mailbox).validate_python(email)
    except ValidationError:
        return _form(request, group, next_, _("This is no mail address; write it as name@agency.example."), email, 422)
    where = tries.place(request)
    browser = signing.browser_secret(cookies.read(request, cookies.BROWSER))
    engine = request.app.state.engine
    with reading(engine) as session:
        tries.check_place(session, where)
    with writing(engine) as session:
        groups.group_row(session, group, lock=True)
        tries.count(session, where, address, by=_known_by(session, request, group, address))
        mail_link(session, group, address, browser=browser, next_=signing.way_on(next_, group))
    if request.app.state.ticker is not None:
        request.app.state.ticker.wake()
    minutes = int(signing.LASTS.total_seconds() // 60)
    with reading(engine) as session:
        sent = page(
            "signing/sign-in-sent.html", 202, at=_outside(session, group), title=_("Look into your mail"),
            group=group, minutes=minutes,
        )  # fmt: skip
    answer = private(sent)
    cookies.put(answer, cookies.BROWSER, browser, signing.LASTS)
    return answer


@router.api_route(ADDRESS + "/{token}", methods=["GET", "HEAD"])
def show(group: str, token: str, request: Request) -> Response:
    """A button; nothing is looked up, so nothing is used up and nothing is told."""
    return private(page("signing/sign-in-link.html", title=_("Sign in"), group=group))


@router.post(ADDRESS + "/{token}")
def use(group: str, token: str, request: Request) -> Response:
    """Sign in by the link, and go where the reader wanted to go."""
    with writing(request.app.state.engine) as session:
        row = signing.use(session, "mail", token, cookies.read(request, cookies.BROWSER))
        caller = person_caller(session, group, row.person_id or "") if row and row.group_id == group else None
        if row is None or caller is None:
            raise not_signed_in()
        secret = sessions.begin(session, caller, "mail", before=cookies.read(request, cookies.SESSION))
        reads = own_language(session, caller.person or "")
    return signed_in(request, row, caller, secret, reads)


@router.post("/groups/{group}/sign-out")
def sign_out(group: str, request: Request) -> Response:
    """End the session; whoever is signed out already stays so."""
    with writing(request.app.state.engine) as session:
        groups.group_row(session, group)
        sessions.end(session, cookies.read(request, cookies.SESSION))
    answer = private(RedirectResponse(f"/groups/{group}", 303))
    cookies.drop(answer, cookies.SESSION)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def signed_in(request: Request, row: SignInRow, caller: Caller, secret: str, reads: str | None) -> Response:
    """The way on after signing in, with the cookies of the session; pages are in the language that they read."""
    answer = private(RedirectResponse(row.next, 303))
    cookies.put(answer, cookies.SESSION, secret, sessions.LASTS)
    cookies.put(answer, cookies.KNOWN, tries.known_mark(caller.group_id, caller.person or ""), tries.KNOWN_FOR)
    cookies.drop(answer, cookies.BROWSER)
    if reads is not None and chosen(request) is None:
        keep(answer, reads)
    return answer


def not_signed_in() -> Problem:
    """The one answer to everything that signs nobody in, whatever was wrong with it."""
    return Problem(400, "sign-in-failed", _(NOT_GOOD))


def _form(request: Request, group: str, next_: str, fault: str = "", email: str = "", status: int = 200) -> Response:
    configured = provider()
    with reading(request.app.state.engine) as session:
        at = _outside(session, group)
        return private(
            page(
                "signing/sign-in.html", status, at=at, title=_("Sign in"), group=at.charter.group,
                next=next_[:200], fault=fault, email=email[:300], provider=configured.host if configured else "",
            )
        )  # fmt: skip


def _outside(session: Session, group: str) -> Scene:
    """The group as anybody sees it."""
    return scene(session, group, None)


def _known_by(session: Session, request: Request, group: str, address: str) -> str:
    """The person, where they have signed in with this browser before: then their tries are counted apart."""
    people = groups.people_rows(session, group)
    person = next((one.id for one in people if one.email.casefold() == address.casefold()), "")
    return person if tries.is_known(cookies.read(request, cookies.KNOWN), group, person) else ""
