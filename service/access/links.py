"""Links that carry their own authority: signed, for one person and one question, good while it is open."""

from datetime import date
from typing import NamedTuple, TypeVar

from service import signed
from service.language.speech import _
from service.problems import Problem
from service.zones import read_day


class AnswerLink(NamedTuple):
    """Lets one person answer for a member whether it takes the term that begins on `term`."""

    group_id: str
    member: str
    term: date
    person_id: str


class MeetingLink(NamedTuple):
    """Lets one person answer for a member: whether it comes to a meeting, when it suits it, or to a decision."""

    group_id: str
    subject: str
    member: str
    person_id: str


class ChoiceLink(NamedTuple):
    """Lets one person say that a kind of message is not to reach them any more."""

    group_id: str
    kind: str
    person_id: str


class SeenLink(NamedTuple):
    """Lets one person say that they have seen that the turn is theirs: a boundary in one of its revisions."""

    group_id: str
    key: str
    revision: str
    person_id: str


Link = TypeVar("Link", AnswerLink, MeetingLink, ChoiceLink, SeenLink)
# A link for one question opens no other.
_ANSWER, _RSVP, _POLL, _DECISION = "chair-answer", "meeting-rsvp", "meeting-poll", "group-decision"
_CHOICE, _SEEN = "choice", "handover-seen"


def sign(link: AnswerLink) -> str:
    """The link as the last part of an address."""
    return _sign(_ANSWER, [link.group_id, link.member, link.term.isoformat(), link.person_id])


def sign_rsvp(group_id: str, meeting: str, member: str, person_id: str) -> str:
    """The link by which a person answers an invitation."""
    return _sign(_RSVP, [group_id, meeting, member, person_id])


def sign_poll(group_id: str, poll: str, member: str, person_id: str) -> str:
    """The link by which a person answers a poll."""
    return _sign(_POLL, [group_id, poll, member, person_id])


def sign_decision(group_id: str, decision: str, member: str, person_id: str) -> str:
    """The link by which a person answers to a decision of the group, in whatever round it is."""
    return _sign(_DECISION, [group_id, decision, member, person_id])


def sign_choice(group_id: str, kind: str, person_id: str) -> str:
    """The link by which a person turns a kind of message off."""
    return _sign(_CHOICE, [group_id, kind, person_id])


def sign_seen(group_id: str, key: str, revision: int, person_id: str) -> str:
    """The link by which a person acknowledges that a turn is theirs."""
    return _sign(_SEEN, [group_id, key, str(revision), person_id])


def read_link(text: str, group_id: str) -> AnswerLink:
    """The link in an address of the group.

    Raises:
        Problem: 404, it was not signed here, or belongs to another group or question.
    """
    parts = _read(_ANSWER, text)
    try:
        link = AnswerLink(parts[0], parts[1], read_day(parts[2]), parts[3]) if len(parts) == 4 else None
    except ValueError:
        link = None
    return _of_group(link, group_id)


def read_rsvp(text: str, group_id: str) -> MeetingLink:
    """As `read_link`, for an answer to an invitation."""
    return _of_group(_meeting_link(_RSVP, text), group_id)


def read_poll(text: str, group_id: str) -> MeetingLink:
    """As `read_link`, for an answer to a poll."""
    return _of_group(_meeting_link(_POLL, text), group_id)


def read_decision(text: str, group_id: str) -> MeetingLink:
    """As `read_link`, for an answer to a decision."""
    return _of_group(_meeting_link(_DECISION, text), group_id)


def read_choice(text: str, group_id: str) -> ChoiceLink:
    """As `read_link`, for turning a kind of message off."""
    parts = _read(_CHOICE, text)
    return _of_group(ChoiceLink(*parts) if len(parts) == 3 else None, group_id)


def read_seen(text: str, group_id: str) -> SeenLink:
    """As `read_link`, for acknowledging a turn."""
    parts = _read(_SEEN, text)
    return _of_group(SeenLink(*parts) if len(parts) == 4 else None, group_id)


def _meeting_link(salt: str, text: str) -> MeetingLink | None:
    parts = _read(salt, text)
    return MeetingLink(*parts) if len(parts) == 4 else None


def _of_group(link: Link | None, group_id: str) -> Link:
    if link is None or link.group_id != group_id:
        raise Problem(404, "not-found", _("This link is not good; use the one from the mail, whole."))
    return link


def _sign(salt: str, parts: list[str]) -> str:
    return signed.sign(salt, parts)


def _read(salt: str, text: str) -> list[str]:
    """What was signed; nothing where the signature is not ours."""
    parts = signed.read(salt, text)
    return parts if isinstance(parts, list) and all(isinstance(part, str) for part in parts) else []
