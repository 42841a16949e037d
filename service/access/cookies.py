"""The cookies of the pages: by https bound to this host alone (`__Host-`), never read by a script.

    gmg           somebody is signed in; the session itself is kept on the server
    gmg-browser   which browser has asked to sign in
    gmg-known     who has signed in with this browser before: others who ask in their name do not use up their tries
    gmg-language  the language in which pages are shown

On loopback by plain http a browser would refuse the prefix, so there the names stand bare.
"""

from datetime import timedelta

from fastapi import Request, Response

from service.settings import current

SESSION, BROWSER, KNOWN, LANGUAGE = "gmg", "gmg-browser", "gmg-known", "gmg-language"


def read(request: Request, cookie: str) -> str:
    """What the browser has sent; empty where it has sent nothing."""
    return request.cookies.get(_name(cookie), "")


def put(response: Response, cookie: str, value: str, lasts: timedelta) -> None:
    """Give the browser a cookie. Lax: it comes along when somebody follows a link from a mail."""
    response.set_cookie(
        _name(cookie), value, max_age=int(lasts.total_seconds()), path="/",
        secure=current().secure, httponly=True, samesite="lax",
    )  # fmt: skip


def drop(response: Response, cookie: str) -> None:
    put(response, cookie, "", timedelta(0))


def _name(cookie: str) -> str:
    return f"__Host-{cookie}" if current().secure else cookie
