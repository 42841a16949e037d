"""Answers to an invitation, and who makes a quorum. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from service.meetings.rules import holds, quorum

Reply = Literal["accepted", "tentative", "declined", "delegated"]
Presence = Literal["in-person", "remote", "absent", "excused"]
Rank = Literal["principal", "alternate", "focal-point"]
PRESENT = ("in-person", "remote")
COMING = ("accepted", "delegated")


class Count(NamedTuple):
    """Whether enough members are there; before the meeting, whether enough have said that they come."""

    members: int
    needed: int
    coming: int
    present: int

    @property
    def met(self) -> bool:
        return self.present >= self.needed


class Standing(NamedTuple):
    """What a member has answered: to which SEQUENCE, when, and who is there."""

    answer: str
    sequence: int
    at: datetime | None
    presence: str


def supersedes(sequence: int, at: datetime, known: Standing) -> bool:
    """Whether an answer is newer than the one that is known: by the SEQUENCE it answers, then by its instant.

    Mails overtake one another; the order in which they arrive says nothing (RFC 5546 2.1.5).
    """
    return known.at is None or (sequence, at) >= (known.sequence, known.at)


def stands(known: Standing, schedules: Sequence[Sequence[Any]]) -> bool:
    """Whether an answer was given to the meeting as it is."""
    return bool(known.answer) and holds(schedules, known.sequence)


def counted(
    rule: str | int, members: Collection[str], known: dict[str, Standing], schedules: Sequence[Sequence[Any]]
) -> Count:
    """The quorum of a meeting, counted by organization."""
    mine = [known[member] for member in members if member in known]
    coming = sum(one.answer in COMING and stands(one, schedules) for one in mine)
    present = sum(one.presence in PRESENT for one in mine)
    return Count(len(members), quorum(rule, len(members)), coming, present)
