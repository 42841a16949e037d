"""The charter: one file that holds a group, as typed values.

A day is a day in the group's zone; every pair `from`/`until` is half-open. What the fields mean
for the rotation stands in `service/rotation/engine.py`.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, model_validator

from service.groups.cadence import Cadence
from service.groups.decision import Decision
from service.groups.parts import FIRST_DAY, ClockTime, Day, Part, Period
from service.text import HttpsUrl, Id, Line, Mailbox, Text, Zone

Kind = Literal["regular", "interim", "vacant", "extended", "appointed", "swapped"]
Role = Literal["head", "focal-point", "alternate", "chair-office", "secretariat", "observer"]


class Holder(Period):
    """A person who heads an organization, possibly in an acting capacity."""

    name: Line
    acting: bool = False
    source: Text | None = None


class Head(Part):
    """The executive head of an organization: the title, and who held it when."""

    title: Line
    holders: list[Holder] = Field([], max_length=200)

    def on(self, day: date) -> Holder | None:
        """Who holds the office on `day`; the latest to begin, where two overlap."""
        holding = [holder for holder in self.holders if holder.covers(day)]
        return max(holding, key=lambda holder: holder.from_, default=None)


class Organization(Part):
    """What a member and a seat have in common."""

    id: Id
    name: Line
    short: Line | None = None
    joined: Day
    left: Day | None = None
    sort: Line | None = None
    website: HttpsUrl | None = None
    city: Line | None = None
    timezone: Zone | None = None
    head: Head | None = None
    mandate: Text | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _stays(self) -> "Organization":
        if self.left is not None and self.left <= self.joined:
            raise ValueError(f"left {self.left} is not after joined {self.joined}")
        return self

    @property
    def label(self) -> str:
        """What people call it."""
        return self.short or self.name

    def stands(self, day: date) -> bool:
        """Whether it is a member on `day`."""
        return self.joined <= day and (self.left is None or day < self.left)


class Seat(Organization):
    """One of several bodies that share a member's place; without `joined`, from the member's first day."""

    joined: Day = FIRST_DAY


class Rule(Part):
    """A rotation rule, in force from `from` until the next rule."""

    from_: Day = Field(alias="from")
    months: int = Field(ge=1, le=120)
    order: Annotated[list[Id], Field(max_length=500)] | Literal["alphabetical"]
    first: Id | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _usable(self) -> "Rule":
        if self.from_.day > 28:
            raise ValueError(f"from {self.from_} is after the 28th; a rule begins on the 28th of a month or earlier")
        if self.order != "alphabetical":
            if not self.order:
                raise ValueError("order is empty; list at least one member, or write alphabetical")
            twice = sorted(id_ for id_, times in Counter(self.order).items() if times > 1)
            if twice:
                raise ValueError(f"order names {', '.join(twice)} twice; each member stands once")
            if self.first is not None and self.first not in self.order:
                raise ValueError(f"first {self.first} does not stand in order; name one that does")
        return self


class Member(Organization):
    """A member of the group; with `seats` it is held in turn by several bodies."""

    seats: list[Seat] = Field([], max_length=50)
    rotation: list[Rule] = Field([], max_length=200)


class Recorded(Part):
    """A term on record, `[from, until)`."""

    from_: Day = Field(alias="from")
    until: Day
    chair: list[Id] = Field(max_length=50)
    kind: Literal["regular", "interim", "vacant", "extended", "appointed"] = "regular"
    source: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Recorded":
        if self.until <= self.from_:
            raise ValueError(f"until {self.until} is not after from {self.from_}")
        if (self.kind == "vacant") != (not self.chair):
            raise ValueError("a vacant term has chair: [], and every other kind names its chair")
        if len(set(self.chair)) != len(self.chair):
            raise ValueError("names the same chair twice; each stands once")
        return self


class Appointment(Period):
    """The role of a person for an organization (member or seat); `secretariat` may serve the group itself."""

    organization: Id | None = None
    role: Role


class Person(Part):
    """Somebody, or a role mailbox, that the service writes to."""

    name: Line
    email: Mailbox
    language: Line | None = None
    appointments: list[Appointment] = Field([], max_length=50)


class Reminders(Part):
    """When people are told of a coming handover: days ahead, and the hour at their own duty station.

    `ask` is how many days ahead the coming chair is asked whether it accepts; null asks nobody.
    """

    leads: list[Annotated[int, Field(ge=0, le=730)]] = Field([180, 90, 30, 7, 1, 0], max_length=20)
    at: ClockTime = time(9)
    ask: int | None = Field(180, ge=1, le=730)


class Holiday(Part):
    """A day on which a duty station rests."""

    day: Day
    name: Line


class Blackout(Period):
    """Days on which no meeting is proposed, such as the high-level week of the General Assembly."""

    until: Day
    name: Line


class Group(Part):
    """The group itself; `timezone` is the zone that its days belong to."""

    id: Id
    name: Line
    short: Line | None = None
    founded: Day
    timezone: Zone
    languages: list[Line] = Field(["en"], max_length=20)
    about: Text | None = None
    website: HttpsUrl | None = None
    source: Text | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.short or self.name


class Charter(Part):
    """A whole charter, version 1."""

    charter: Literal[1] = 1
    revision: int | None = Field(None, ge=0, le=10**9)
    group: Group
    members: list[Member] = Field(min_length=1, max_length=500)
    history: list[Recorded] = Field([], max_length=2000)
    rotation: list[Rule] = Field([], max_length=200)
    decisions: list[Decision] = Field([], max_length=2000)
    people: list[Person] = Field([], max_length=5000)
    reminders: Reminders = Reminders()
    cadences: list[Cadence] = Field([], max_length=100)
    blackouts: list[Blackout] = Field([], max_length=500)
    holidays: dict[Line, Annotated[list[Holiday], Field(max_length=2000)]] = Field({}, max_length=200)
    purposes: dict[Annotated[int, Field(strict=False, ge=1, le=1000)], Line] = Field({}, max_length=200)
    areas: list[Line] = Field([], max_length=200)
    kinds: list[Line] = Field([], max_length=200)

    def member(self, id_: str) -> Member | None:
        return next((member for member in self.members if member.id == id_), None)

    def organizations(self) -> Iterable[Organization]:
        """Members and seats, each member before its seats."""
        for member in self.members:
            yield member
            yield from member.seats

    def organization(self, id_: str) -> Organization | None:
        return next((found for found in self.organizations() if found.id == id_), None)

    def short(self, id_: str) -> str:
        found = self.organization(id_)
        return found.label if found else id_
