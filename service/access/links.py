"""Links that carry their own authority: signed, for one person and one question, good while it is open."""

from datetime import date
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from service.problems import Problem
from service.settings import current
from service.zones import read_day


class AnswerLink(NamedTuple):
    """Lets one person answer for a member whether it takes the term that begins on `term`."""

    group_id: str
    member: str
    term: date
    person_id: str


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current().secret(), salt="chair-answer")


def sign(link: AnswerLink) -> str:
    """The link as the last part of an address."""
    text = _serializer().dumps([link.group_id, link.member, link.term.isoformat(), link.person_id])
    return text.decode() if isinstance(text, bytes) else text


def read_link(text: str, group_id: str) -> AnswerLink:
    """The link in an address of the group.

    Raises:
        Problem: 404, it was not signed here, or belongs to another group.
    """
    try:
        group, member, term, person = _serializer().loads(text)
        link = AnswerLink(group, member, read_day(term), person)
    except (BadData, ValueError, TypeError):
        link = None
    if link is None or link.group_id != group_id:
        raise Problem(404, "not-found", "This link is not good; use the one from the mail, whole.")
    return link
