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

    name: Line = Field(description="Who it is.")
    acting: bool = Field(False, description="Whether they only act for a head who is still to come.")
    source: Text | None = Field(None, description="Where this is written down.")


class Head(Part):
    """The executive head of an organization: the title, and who held it when."""

    title: Line = Field(description="The office, such as Director-General.")
    holders: list[Holder] = Field([], max_length=200, description="Who held it when; days may have gaps.")

    def on(self, day: date) -> Holder | None:
        """Who holds the office on `day`; the latest to begin, where two overlap."""
        holding = [holder for holder in self.holders if holder.covers(day)]
        return max(holding, key=lambda holder: holder.from_, default=None)


class Organization(Part):
    """What a member and a seat have in common."""

    id: Id = Field(description="The name for good, in addresses and lists; no other organization has it.")
    name: Line = Field(description="The name in full.")
    short: Line | None = Field(None, description="What people call it; without it, the name.")
    joined: Day = Field(description="Its first day as a member.")
    left: Day | None = Field(None, description="The day after its last as a member.")
    sort: Line | None = Field(None, description="What an alphabetical order goes by; without it, the name.")
    website: HttpsUrl | None = Field(None, description="Where the public reads more.")
    city: Line | None = Field(None, description="Its duty station; `holidays` are found by it.")
    timezone: Zone | None = Field(None, description="The clocks of its people; without it, the group's.")
    head: Head | None = Field(None, description="Who heads it.")
    mandate: Text | None = Field(None, description="What it does, in a few words.")
    source: Text | None = Field(None, description="Where this is written down.")

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

    joined: Day = Field(FIRST_DAY, description="Its first day; without it, that of the member whose place it shares.")


class Rule(Part):
    """A rotation rule, in force from `from` until the next rule."""

    from_: Day = Field(
        alias="from",
        description="The first day of its first term, the 28th of a month or earlier; it cuts a projected one.",
    )
    months: int = Field(ge=1, le=120, description="How long a term lasts, counted from its own first day.")
    order: Annotated[list[Id], Field(max_length=500)] | Literal["alphabetical"] = Field(
        description="Who follows whom: a list in which each stands once, or by `sort`, else by name."
    )
    first: Id | None = Field(
        None, description="Who takes the rule's first turn; without it, who follows the last chair."
    )
    source: Text | None = Field(None, description="Where this is written down.")

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

    seats: list[Seat] = Field([], max_length=50, description="The bodies that hold its place in turn.")
    rotation: list[Rule] = Field([], max_length=200, description="How the place goes round among its seats.")


class Recorded(Part):
    """A term on record, `[from, until)`."""

    from_: Day = Field(alias="from", description="The first day; that of the first is the beginning of the record.")
    until: Day = Field(description="The day after the last, on which the next one on record begins.")
    chair: list[Id] = Field(max_length=50, description="Who chaired, several for co-chairs; `[]` for a vacant chair.")
    kind: Literal["regular", "interim", "vacant", "extended", "appointed"] = Field(
        "regular", description="How it came about; after an interim chair the order goes on as if it had not been."
    )
    source: Text | None = Field(None, description="Where this is written down.")
    note: Text | None = Field(None, description="What else is to be known of it.")

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

    organization: Id | None = Field(
        None, description="The member or seat that they serve; `secretariat` may go without."
    )
    role: Role = Field(description="As what they serve it.")


class Person(Part):
    """Somebody, or a role mailbox, that the service writes to."""

    name: Line = Field(description="Their name, or that of the mailbox.")
    email: Mailbox = Field(description="Where mails to them go; it names them, so each stands once.")
    language: Line | None = Field(
        None,
        description="What they read until they choose for themselves, such as `fr` or French; else the group's.",
    )
    appointments: list[Appointment] = Field([], max_length=50, description="Their roles, each with its days.")


class Reminders(Part):
    """When people are told of a coming handover: days ahead, and the hour at their own duty station.

    `ask` is how many days ahead the coming chair is asked whether it accepts; null asks nobody.
    """

    leads: list[Annotated[int, Field(ge=0, le=730)]] = Field(
        [180, 90, 30, 7, 1, 0], max_length=20, description="How many days ahead; `[]` reminds nobody."
    )
    at: ClockTime = Field(time(9), description="The hour at each reader's own duty station, on its working days.")
    ask: int | None = Field(
        180,
        ge=1,
        le=730,
        description="How many days ahead the coming chair is asked whether it accepts; null asks nobody.",
    )


class Holiday(Part):
    """A day on which a duty station rests."""

    day: Day = Field(description="The day, of the station's own calendar.")
    name: Line = Field(description="What is kept on it.")


class Blackout(Period):
    """Days on which no meeting is proposed, such as the high-level week of the General Assembly."""

    until: Day = Field(description="The day after the last.")
    name: Line = Field(description="What else takes place in these days.")


class Group(Part):
    """The group itself; `timezone` is the zone that its days belong to."""

    id: Id = Field(description="The name for good, in every address of the group.")
    name: Line = Field(description="The name in full.")
    short: Line | None = Field(None, description="What people call it; without it, the name.")
    founded: Day = Field(description="Its first day; nothing in the record is from before it.")
    timezone: Zone = Field(description="The zone that days of the charter belong to; a term begins there at 00:00.")
    languages: list[Line] = Field(
        ["en"],
        max_length=20,
        description="What it works in; whoever has chosen none reads English where it is among them, else the first.",
    )
    about: Text | None = Field(None, description="What it is for, on its page.")
    website: HttpsUrl | None = Field(None, description="Where the public reads more.")
    source: Text | None = Field(None, description="Where this is written down.")

    @property
    def label(self) -> str:
        """What people call it."""
        return self.short or self.name


class Charter(Part):
    """A whole charter, version 1."""

    charter: Literal[1] = Field(1, description="The version of this format.")
    revision: int | None = Field(
        None,
        ge=0,
        le=10**9,
        description="Written by an export; a file with an older one than the group has is refused.",
    )
    group: Group = Field(description="The group itself.")
    members: list[Member] = Field(min_length=1, max_length=500, description="Who is or was a member.")
    history: list[Recorded] = Field([], max_length=2000, description="Terms on record, in order and without gaps.")
    rotation: list[Rule] = Field([], max_length=200, description="How the chair goes round after the record ends.")
    decisions: list[Decision] = Field(
        [], max_length=2000, description="What was decided on the chair beside the rules."
    )
    people: list[Person] = Field(
        [], max_length=5000, description="Who is written to, and may do what their roles allow."
    )
    reminders: Reminders = Field(Reminders(), description="When people are told of a coming handover.")
    cadences: list[Cadence] = Field([], max_length=100, description="How often the group meets.")
    blackouts: list[Blackout] = Field([], max_length=500, description="Days on which it does not meet.")
    holidays: dict[Line, Annotated[list[Holiday], Field(max_length=2000)]] = Field(
        {}, max_length=200, description="Days of rest, by the `city` of the duty station."
    )
    purposes: dict[Annotated[int, Field(strict=False, ge=1, le=1000)], Line] = Field(
        {}, max_length=200, description="What the group is for, by the numbers of its Terms of Reference."
    )
    areas: list[Line] = Field(
        [], max_length=200, description="The group's words for fields of work; activities take them."
    )
    kinds: list[Line] = Field(
        [], max_length=200, description="The group's words for what an activity is, such as survey."
    )

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
