"""What a request must not be: meant for another host, or sent by a page of somebody else.

Links are made from GMG_PUBLIC_URL alone, so a wrong Host could do no harm to them; it is refused all the same
(threat T55). A cookie comes along whoever has made the browser send a request. So one that may change something
has to come from a page of ours (threat T52): the browser says so itself in Sec-Fetch-Site, `same-origin` or `none`
(an address that somebody has typed); an old one that sends no such header says it in Origin. A browser that says
neither is refused. This needs no secret in any form, and so none can be missing from one. The API is exempt: it
takes no cookie, only a token that no browser sends by itself; so are feeds, which nothing can be sent to. And so is
the one click that ends messages of a kind: programs for mail send it from where they are (RFC 8058), no cookie counts
there, and the link itself is the authority.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.language.speech import _
from service.problems import Problem
from service.refusals import problem_response, tell
from service.settings import Settings, current
from service.web.frame.page import problem_page

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_EXEMPT = ("/api/", "/calendars/")
_ONE_CLICK = re.compile(r"/groups/[a-z0-9-]{1,40}/unsubscribe/[A-Za-z0-9_.-]{1,500}")
# What an orchestrator asks by the address of a container.
_HEALTH = {"/livez", "/readyz", "/metrics"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"http": 80, "https": 443}


class OwnHost:
    """Answers only what is meant for the public address, or for loopback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_ours(scope, current()):
            await self.app(scope, receive, send)
        else:
            problem = Problem(
                400, "wrong-host", _("This service is not at that address; it is at {home}.", home=_home())
            )
            await problem_response(problem)(scope, receive, send)


def is_ours(scope: Scope, using: Settings) -> bool:
    """Whether every host that a request names is ours; health is asked for by the address of a container."""
    path = scope["path"]
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not path.startswith("/") or len(hosts) != 1:
        return False
    if path in _HEALTH:
        return True
    hosts += [value for name, value in scope["headers"] if name == b"x-forwarded-host"]
    return all(
        is_own_host(one.strip(), using.public_url) for host in hosts for one in host.decode("latin-1").split(",")
    )


@lru_cache(1000)
def is_own_host(host: str, home: str) -> bool:
    """Whether a Host is that of the public address, with its port or the usual one, or loopback with any port."""
    public = urlsplit(home)
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return False
    if name is None or parts.path or parts.query or parts.fragment or "@" in host:
        return False
    if name in _LOOPBACK:
        return True
    usual = _PORTS[public.scheme]
    return name == public.hostname and (port or usual) == (public.port or usual)


def _home() -> str:
    return current().public_url


class OwnPages:
    """Refuses what may change something and was not sent by a page of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_exempt(scope["method"], scope["path"]):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if _is_own_page(headers, current()):
            await self.app(scope, receive, send)
            return
        problem = Problem(
            403,
            "cross-site",
            _("This was not sent by a page of this service. Open the page here, and send it from there."),
        )
        await tell(Request(scope), problem, problem_page)(scope, receive, send)


def _is_exempt(method: str, path: str) -> bool:
    one_click = method == "POST" and _ONE_CLICK.fullmatch(path) is not None
    return method in _SAFE or path.startswith(_EXEMPT) or one_click


def _is_own_page(headers: Headers, using: Settings) -> bool:
    site = headers.getlist("sec-fetch-site")
    if site:
        return site in (["same-origin"], ["none"])
    public = urlsplit(using.public_url)
    return headers.getlist("origin") == [f"{public.scheme}://{public.netloc}"]
