"""Who is owed which message about a meeting: the net change since each was last told, and no more. Pure.

Time, place, way in and chair are told; a better title is not. A cancellation is told at once, anything
else once the meeting has stood still for a minute, so that several edits are one message.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

SETTLES = timedelta(minutes=1)

News = Literal["new", "changed", "cancelled", "removed"]
# What a change of is told, in the order in which a message names it.
TOLD = ("start", "minutes", "zone", "place", "link", "chair")


class Asked(NamedTuple):
    """Somebody who is to be asked: a person for a member, or an observer (`organization` empty)."""

    address: str
    name: str
    organization: str = ""
    link: bool = True


class Told(NamedTuple):
    """What somebody was last told; `invited` unless it was a word to the host alone."""

    address: str
    name: str
    organization: str
    invited: bool
    said: Mapping[str, Any]


class Owed(NamedTuple):
    """A message that somebody is owed; `was` is what they were told before."""

    to: Asked
    news: News
    said: Mapping[str, Any]
    was: Mapping[str, Any] | None = None
    invited: bool = True


def owed(state: str, said: Mapping[str, Any], asked: Iterable[Asked], told: Iterable[Told]) -> list[Owed]:
    """The messages that a meeting in `state` owes; `said` is the meeting as it stands.

    A proposed meeting is told to nobody but those who were told of it already, such as its host.
    """
    known = {one.address: one for one in told}
    wanted = {one.address: one for one in asked} if state == "called" else {}
    found = [_news(one, said, known.get(one.address)) for one in wanted.values()]
    for address, one in known.items():
        if address not in wanted:
            found.append(_no_more(state, said, one))
    return [one for one in found if one is not None]


def _news(asked: Asked, said: Mapping[str, Any], told: Told | None) -> Owed | None:
    mine = seen_by(asked, said)
    if told is None or not told.invited or told.said.get("state") == "cancelled":
        return Owed(asked, "new", mine)
    if all(told.said.get(name) == mine.get(name) for name in TOLD):
        return None
    return Owed(asked, "changed", mine, told.said)


def _no_more(state: str, said: Mapping[str, Any], told: Told) -> Owed | None:
    """What somebody is owed who was told, and is not asked: it is cancelled, moved, or for others now."""
    to = Asked(told.address, told.name, told.organization)
    if told.said.get("state") == "cancelled" or state == "held":
        return None
    if state == "cancelled":
        return Owed(to, "cancelled", dict(said), told.said, told.invited)
    if told.invited:
        return Owed(to, "removed", dict(said) | {"state": "cancelled"}, told.said)
    if all(told.said.get(name) == said.get(name) for name in TOLD):
        return None
    return Owed(to, "changed", dict(said), told.said, False)


def seen_by(asked: Asked, said: Mapping[str, Any]) -> dict[str, Any]:
    """The meeting as somebody may see it: an observer without the way in, unless it was given."""
    return dict(said) if asked.link else dict(said) | {"link": None}


def settled(state: str, changed_at: datetime, now: datetime) -> bool:
    """Whether a meeting has stood still long enough to be told of."""
    return state == "cancelled" or now >= changed_at + SETTLES
