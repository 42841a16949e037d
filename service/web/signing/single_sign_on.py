"""Where somebody signs in by the provider that is configured (OpenID Connect), and comes back from there.

The way there is a page that leads on at once, not a redirect: `form-action 'self'` holds for those as well. There
is one address to come back to, so that the provider has to know no group; the group is that of the `state`.
"""

import secrets
from typing import Annotated, NoReturn

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service import clock
from service.access import cookies, identities, sessions, signing, tries
from service.access.oidc import CALLBACK, Claims, Provider, Unavailable, Untrusted, provider
from service.access.tables import SignInRow
from service.database import reading, writing
from service.groups import queries as groups
from service.language.speech import _
from service.notifications.choices.queries import own_language
from service.problems import Problem, not_found
from service.web.frame.page import page, private, problem_page
from service.web.signing.sign_in import Next, not_signed_in, signed_in

router = APIRouter(include_in_schema=False)
Given = Annotated[str | None, Query(max_length=4000)]
log = structlog.get_logger()


@router.post("/groups/{group}/single-sign-on")
def begin(group: str, request: Request, next_: Next = "") -> Response:
    """Lead the browser to the provider."""
    configured = _provider()
    browser = signing.browser_secret(cookies.read(request, cookies.BROWSER))
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    where = tries.place(request)
    with reading(request.app.state.engine) as session:
        groups.group_row(session, group)
        tries.check_place(session, where)
    with writing(request.app.state.engine) as session:
        groups.group_row(session, group, lock=True)
        tries.count(session, where)
        state = signing.ask(
            session, group, way="oidc", browser=browser, next_=signing.way_on(next_, group), nonce=nonce,
            verifier=verifier,
        )  # fmt: skip
    try:
        address = configured.address(state, nonce, verifier)
    except Unavailable:
        return _unavailable(request)
    answer = private(page("signing/sign-in-away.html", title=_("Sign in"), address=address, provider=configured.host))
    cookies.put(answer, cookies.BROWSER, browser, signing.LASTS)
    return answer


@router.get(CALLBACK)
def come_back(
    request: Request, state: Given = None, code: Given = None, iss: Given = None, error: Given = None
) -> Response:
    """Sign in whom the provider has signed in. Whatever is wrong gets one answer, and goes on record."""
    configured = _provider()
    with writing(request.app.state.engine) as session:
        row = signing.use(session, "oidc", state or "", cookies.read(request, cookies.BROWSER))
    if row is None:
        _refuse(request, state or "", "state")
    try:
        claims = _asked(configured, row, code, iss, error)
        with writing(request.app.state.engine) as session:
            caller = identities.person_of(session, row.group_id, claims)
            secret = sessions.begin(session, caller, "oidc", before=cookies.read(request, cookies.SESSION))
            reads = own_language(session, caller.person or "")
    except Untrusted as fault:
        _refuse(request, state or "", fault.why)
    except Unavailable:
        return _unavailable(request)
    return signed_in(request, row, caller, secret, reads)


def _asked(configured: Provider, row: SignInRow, code: str | None, iss: str | None, error: str | None) -> Claims:
    configured.answers_as(iss)
    if error is not None or not code:
        raise Untrusted("refused-there")
    now = int(clock.now().timestamp())
    return configured.claims(code, row.verifier or "", row.nonce or "", now)


def _refuse(request: Request, state: str, why: str) -> NoReturn:
    """Put it on record, where it is known which group it was for; and say nothing of why."""
    log.warning("sign-in refused", why=why)
    with writing(request.app.state.engine) as session:
        row = signing.asked(session, state)
        if row is not None:
            identities.refuse(session, row, why)
    raise not_signed_in()


def _provider() -> Provider:
    configured = provider()
    if configured is None:
        raise not_found(_("There is no sign-in by a provider here; sign in by a mailed link."))
    return configured


def _unavailable(request: Request) -> Response:
    log.error("the provider does not answer")
    detail = _("The provider does not answer. Sign in by a mailed link, or try again shortly.")
    return problem_page(request, Problem(503, "provider-unavailable", detail, headers={"Retry-After": "30"}))
