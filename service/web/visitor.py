"""Who looks at a page: signed in to the group by the cookie of their browser, or nobody."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from sqlmodel import Session

from service import audit
from service.access import cookies, sessions
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.database import reading, writing
from service.problems import Problem


@contextmanager
def looking(request: Request, group: str) -> Iterator[Scene]:
    """The group as somebody who is signed in sees it. That the session is in use is noted now and then.

    Raises:
        Problem: 401, nobody is signed in; 404, there is no such group.
    """
    secret = cookies.read(request, cookies.SESSION)
    with reading(request.app.state.engine) as session:
        at = scene(session, group, _caller(session, secret, group))
        stale = sessions.is_stale(session, secret)
        yield at
    if stale:
        with writing(request.app.state.engine) as session:
            sessions.touch(session, secret)


@contextmanager
def changing(request: Request, group: str) -> Iterator[Scene]:
    """The group, locked, for a change by somebody who is signed in; committed whole at the end, or not at all.

    Raises:
        Problem: 401, nobody is signed in; 404, there is no such group.
    """
    secret = cookies.read(request, cookies.SESSION)
    with writing(request.app.state.engine) as session:
        caller = _caller(session, secret, group)
        audit.act(session, caller.id, caller.name, f"{request.method} {request.url.path}")
        sessions.touch(session, secret)
        yield scene(session, group, caller, lock=True)


def _caller(session: Session, secret: str, group: str) -> Caller:
    caller = sessions.caller_of(session, secret, group)
    if caller is None:
        raise Problem(
            401,
            "sign-in-required",
            "Nobody is signed in with this browser, or no longer; sign in first.",
            headers={"WWW-Authenticate": 'Cookie realm="groups"'},
        )
    return caller
