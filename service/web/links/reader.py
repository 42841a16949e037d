"""Whom a link is for: the page is in their language, until another is chosen on it."""

from contextlib import AbstractContextManager
from typing import Protocol

from fastapi import Request
from sqlmodel import Session

from service.notifications.choices.queries import language_of_person
from service.web.frame.speaking import speaking_to


class Link(Protocol):
    """What every link says: the group, and the id of the person that it was made for."""

    @property
    def group_id(self) -> str: ...

    @property
    def person_id(self) -> str: ...


def speaking_for(request: Request, session: Session, link: Link) -> AbstractContextManager[None]:
    """Speak the language of whoever the link is for, unless another was chosen with this browser."""
    return speaking_to(request, language_of_person(session, link.group_id, link.person_id))
