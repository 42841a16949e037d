"""Which language a page is in: that of its address, else of the browser's cookie, else what the browser asks for.

One language to a page. `?lang=fr` is an address to pass on; the choice is kept for the pages that follow. Addresses of
programs (API, feeds) are in English, whatever a browser sends with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access import cookies
from service.language.catalogues import LANGUAGES, NAMES, known
from service.language.speech import speaking

KEPT = timedelta(days=365)
_PROGRAMS = ("/api/", "/calendars/", "/static/")


class Asked(NamedTuple):
    """The address of the page that is being made."""

    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()
    again: bool = False

    def with_(self, **changed: object) -> str:
        """The same address with some of its parameters changed; None takes one away."""
        kept = [(name, value) for name, value in self.query if name not in changed]
        query = urlencode([*kept, *((name, str(value)) for name, value in changed.items() if value is not None)])
        return f"{self.path}?{query}" if query else self.path

    @property
    def here(self) -> str:
        """The address as it is, without a choice of language."""
        return self.with_(lang=None)


_NOTHING = Asked()
_asked: ContextVar[Asked] = ContextVar("asked", default=_NOTHING)


def asked() -> Asked:
    """What is asked for now."""
    return _asked.get()


class Speaking:
    """Lets everything behind it speak the language of whoever looks at a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_PROGRAMS):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        asked_for = known(request.query_params.get("lang"))
        language = chosen(request) or preferred(Headers(scope=scope))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    # A page may be in another language: that of the reader whom a link is for.
                    headers.setdefault("Content-Language", language)
                    headers.add_vary_header("Accept-Language, Cookie")
                if asked_for:
                    headers.append("set-cookie", _kept(asked_for))
            await send(message)

        with speaking(language), _asking(request):
            await self.app(scope, receive, dressed)


def chosen(request: Request) -> str | None:
    """The language that was chosen with this browser: by the address of the page, else for all pages."""
    return known(request.query_params.get("lang")) or known(cookies.read(request, cookies.LANGUAGE))


@contextmanager
def speaking_to(request: Request, reader: str) -> Iterator[None]:
    """Speak the language `reader`, of somebody whom the page is for, unless another was chosen with this browser."""
    with speaking(chosen(request) or reader):
        yield


def keep(answer: Response, language: str) -> None:
    """Let the pages that follow be in `language`."""
    cookies.put(answer, cookies.LANGUAGE, language, KEPT)


def preferred(headers: Headers) -> str:
    """The language that a browser likes best of those that are spoken here (RFC 9110 12.5.4); English without one."""
    wished: list[tuple[float, str]] = []
    for part in headers.get("accept-language", "")[:1000].split(","):
        tag, _, weight = part.partition(";")
        language = known(tag)
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            quality = 0.0
        if language and quality > 0:
            wished.append((quality, language))
    # The first of those that are liked equally.
    return max(wished, key=lambda one: one[0])[1] if wished else "en"


@contextmanager
def _asking(request: Request) -> Iterator[None]:
    query = parse_qsl(request.url.query, keep_blank_values=True, errors="replace")[:50]
    again = request.method in ("GET", "HEAD")
    token = _asked.set(Asked(request.url.path, tuple(query), again))
    try:
        yield
    finally:
        _asked.reset(token)


def bar() -> list[tuple[str, str, str]]:
    """The languages in the order of the United Nations: code, own name, and the address of this page in it.

    Empty for the answer to a form, which cannot be asked for again by its address.
    """
    if not asked().again:
        return []
    return [(code, NAMES[code], asked().with_(lang=code)) for code in LANGUAGES]


def _kept(language: str) -> str:
    answer = Response()
    keep(answer, language)
    return answer.headers["set-cookie"]
