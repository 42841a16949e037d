"""What a caller may do. Pure: who, what, whose it is and the instant in; by whose authority, or none, out."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from service.access.verbs import SCOPES, VERBS, Authority, Scope
from service.groups.charter import Appointment, Charter
from service.rotation.engine import terms
from service.rotation.people import CHAIR_ROLES
from service.rotation.rules import inner_seats
from service.rotation.values import Term
from service.zones import day_in

ALL_SCOPES: frozenset[Scope] = frozenset(SCOPES)
_A_YEAR = timedelta(days=366)


class Caller(NamedTuple):
    """Who asks: a person of the group with the roles of the day, or the secretariat itself.

    `id` is the same for every token of a person, so that a creation repeated with another token is
    known again; `name` stands in the record of what was done. `scopes` is what their token was made for.
    """

    id: str
    name: str
    group_id: str
    appointments: tuple[Appointment, ...]
    secretariat: bool
    scopes: frozenset[Scope]

    @property
    def writes(self) -> bool:
        return bool(self.scopes)

    @property
    def person(self) -> str | None:
        """The id of the person; None for the secretariat itself."""
        return self.id.removeprefix("person:") if self.id.startswith("person:") else None

    def serves(self, organizations: Collection[str], day: date) -> bool:
        """Whether the caller is one of the people who act for any of `organizations` on `day`."""
        return any(
            role.organization in organizations and role.role in CHAIR_ROLES and role.covers(day)
            for role in self.appointments
        )


class Thing(NamedTuple):
    """What is acted upon: the members whose it is, and the day it is about (default: the day of the instant)."""

    members: tuple[str, ...] = ()
    day: date | None = None


NOTHING = Thing()


class Now:
    """A group at one instant: the day in its zone, and who chairs then. Laid only when somebody asks."""

    def __init__(self, charter: Charter, instant: datetime) -> None:
        self.charter = charter
        self.instant = instant
        self.today = day_in(instant, charter.group.timezone)

    @cached_property
    def _laid(self) -> list[Term]:
        return terms(self.charter, self.today + _A_YEAR)

    @cached_property
    def chair(self) -> tuple[str, ...]:
        """The chairing members; empty when nobody chairs."""
        return next((term.chair for term in self._laid if term.start <= self.today < term.end), ())

    @cached_property
    def before(self) -> tuple[str, ...]:
        """Who chaired in the term before this one."""
        past = [term for term in self._laid if term.end <= self.today]
        return past[-1].chair if past else ()

    @cached_property
    def after(self) -> tuple[str, ...]:
        """Who chairs in the term after this one."""
        return next((term.chair for term in self._laid if term.start > self.today), ())

    def organizations(self, members: Collection[str], day: date) -> set[str]:
        """Who acts for `members` on `day`: each member itself, and the seat that holds its place that day."""
        held = any((found := self.charter.member(id_)) is not None and found.rotation for id_ in members)
        seats = inner_seats(self.charter, day) if held else {}
        return {*members} | {seats[id_].seat for id_ in members if id_ in seats}


def may(caller: Caller | None, verb: str, thing: Thing, now: Now) -> Authority | None:
    """By whose authority a caller may do `verb` to `thing` at an instant; None where they may not.

    Raises:
        KeyError: no such verb; each stands in `verbs.VERBS`.
    """
    by, scope = VERBS[verb]
    if scope is not None and (caller is None or scope not in caller.scopes):
        return None
    return next((authority for authority in by if _holds(authority, caller, thing, now)), None)


def _holds(authority: Authority, caller: Caller | None, thing: Thing, now: Now) -> bool:
    if authority == "public":
        return True
    if caller is None:
        return False
    if authority == "self":
        return caller.person is not None
    if authority == "member":
        return is_inside(caller)
    if authority == "own":
        return caller.serves(now.organizations(thing.members, thing.day or now.today), now.today)
    if authority == "secretariat":
        return caller.secretariat
    if not now.chair:
        return caller.secretariat
    return caller.serves(now.organizations(now.chair, now.today), now.today)


def chaired(caller: Caller, now: Now) -> str | None:
    """Why somebody who does not chair may think that they do: their term has ended, or has not begun."""
    if caller.serves(now.organizations(now.before, now.today), now.today):
        return "ended"
    if caller.serves(now.organizations(now.after, now.today), now.today):
        return "not-begun"
    return None


def is_inside(caller: Caller | None) -> bool:
    """Whether the caller belongs to the group: an observer is no member, and sees what the public sees."""
    return caller is not None and (caller.secretariat or any(role.role != "observer" for role in caller.appointments))
