"""Who looks at a page: signed in to the group by the cookie of their browser, or nobody."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from sqlmodel import Session

from service import audit
from service.access import cookies, sessions
from service.access.door import sent_by
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.database import reading, writing
from service.language.speech import _
from service.logs import note
from service.problems import Problem


@contextmanager
def seeing(request: Request, group: str) -> Iterator[Scene]:
    """The group as whoever looks may see it: somebody who is signed in, or anybody (`at.caller` is None).

    That a session is in use is noted now and then.

    Raises:
        Problem: 404, there is no such group.
    """
    secret = cookies.read(request, cookies.SESSION)
    with reading(request.app.state.engine) as session:
        caller = sessions.caller_of(session, secret, group) if secret else None
        at = scene(session, group, caller)
        if caller is not None:
            note(actor=caller.id)
        stale = caller is not None and sessions.is_stale(session, secret)
        yield at
    if stale:
        with writing(request.app.state.engine) as session:
            sessions.touch(session, secret)


@contextmanager
def looking(request: Request, group: str) -> Iterator[Scene]:
    """The group as somebody who is signed in sees it.

    Raises:
        Problem: 401, nobody is signed in (the browser is led to the sign-in); 404, there is no such group.
    """
    with seeing(request, group) as at:
        if at.caller is None:
            raise _nobody()
        yield at


@contextmanager
def changing(request: Request, group: str) -> Iterator[Scene]:
    """The group, locked, for a change by somebody who is signed in; committed whole at the end, or not at all.

    Raises:
        Problem: 401, nobody is signed in; 404, there is no such group.
    """
    with writing(request.app.state.engine) as session:
        caller = signed_in(session, request, group)
        audit.act(session, caller.id, caller.name, f"{request.method} {request.url.path}")
        yield scene(session, group, caller, lock=True)


def by_browser(request: Request) -> Request:
    """The request, for a door of the API: whoever is signed in with this browser is who asks there.

    A door itself takes no cookie, since a browser sends one along whoever has made it send a request (threat T52).
    Only a page that has been sent from here (see `foreign`) calls one in this way.
    """
    sent_by(request, signed_in)
    return request


def signed_in(session: Session, request: Request, group: str) -> Caller:
    """Who is signed in to a group with the browser of a request that changes something.

    Raises:
        Problem: 401, nobody is.
    """
    secret = cookies.read(request, cookies.SESSION)
    caller = sessions.caller_of(session, secret, group)
    if caller is None:
        raise _nobody()
    sessions.touch(session, secret)
    return caller


def _nobody() -> Problem:
    return Problem(
        401,
        "sign-in-required",
        _("Nobody is signed in with this browser, or no longer; sign in first."),
        headers={"WWW-Authenticate": 'Cookie realm="groups"'},
    )
