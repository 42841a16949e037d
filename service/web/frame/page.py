"""A page: a template in its frame, in the language of whoever looks."""

import re
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.access.scene import Scene
from service.language.speech import N_, _, direction, is_draft, language, speaking
from service.problems import Problem
from service.web.frame.navigation import ways
from service.web.frame.speaking import asked, bar
from service.web.frame.templating import templates

Answer = TypeVar("Answer", bound=Response)
# What went wrong, in a word, where there is a word for it.
_TITLES = {
    400: N_("This cannot be read"), 401: N_("Sign in first"), 403: N_("This is not for you"), 404: N_("Not here"),
    409: N_("This cannot be done as things stand"), 410: N_("This link is good no more"),
    412: N_("It has changed meanwhile"), 413: N_("This is too large"), 422: N_("Something has to be mended"),
    429: N_("Too often"), 503: N_("Try again shortly"),
}  # fmt: skip
_ELSE = N_("This cannot be done")
_BELOW = re.compile(r"/groups/([a-z0-9-]{1,40})/.")


def page(template: str, status: int = 200, *, at: Scene | None = None, **values: Any) -> HTMLResponse:
    """A page from a template. `at` is the group as whoever looks sees it; without it the page has no navigation.

    Values: `title` in any case; `wide` for what needs the whole width of a desk.
    """
    html = templates.get_template(template).render(_frame(at) | values)
    answer = HTMLResponse(html, status, {"Content-Language": language()})
    answer.headers["Cache-Control"] = "no-store" if at is not None and at.caller is not None else "no-cache"
    return answer


def pieces(template: str, parts: Iterator[Any], *, at: Scene | None = None, **values: Any) -> Iterator[str]:
    """A page in pieces, as its `parts` become known: for work that takes a while (see `progress`)."""
    yield from templates.get_template(template).generate(_frame(at) | values | {"parts": parts})


def private(answer: Answer) -> Answer:
    """An answer that no cache keeps."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def go(address: str) -> Response:
    """The way on after something was done; going back does not do it again."""
    return private(RedirectResponse(address, 303))


def problem_page(request: Request, problem: Problem) -> Response:
    """A problem for somebody who came with a browser; who only has to sign in is led there."""
    group = request.path_params.get("group")
    if problem.type == "sign-in-required" and request.method == "GET" and group:
        return go(f"/groups/{quote(group)}/sign-in?next={quote(asked().here)}")
    with speaking(problem.language):
        title = _(_TITLES.get(problem.status, _ELSE))
        told = page("frame/problem.html", problem.status, title=title, detail=problem.detail, home=_group(request))
    told.headers.update(problem.headers)
    return told


def _group(request: Request) -> str | None:
    """The group below whose page an address lies, also one that leads nowhere."""
    found = _BELOW.match(request.url.path)
    return found[1] if found else None


def _frame(at: Scene | None) -> dict[str, Any]:
    """What the frame of a page takes; `frame` is kept apart so that no value of a page hides any of it."""
    frame = {
        "language": language(),
        "direction": direction(),
        "draft": is_draft(),
        "languages": bar(),
        "here": asked().here,
        "ways": ways(at) if at is not None else ((), ()),
    }
    return {"frame": frame, "at": at, "wide": False}
