"""The charter: one file that holds a group, as typed values.

A day is a day in the group's zone; every pair `from`/`until` is half-open. What the fields mean
for the rotation stands in `service/rotation/engine.py`.
"""

from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from service.text import HttpsUrl, Id, Line, Mailbox, Text, Zone

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)

Kind = Literal["regular", "interim", "vacant", "extended", "appointed", "swapped"]
Role = Literal["head", "focal-point", "alternate", "chair-office", "secretariat", "observer"]


def _day(value: Any) -> Any:
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if type(value) is not date:
        raise ValueError("is no day; write it as 2008-07-01")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"lies outside {FIRST_DAY} to {LAST_DAY}; write a day in between")
    return value


Day = Annotated[date, BeforeValidator(_day)]


def _clock_time(value: Any) -> Any:
    return time.fromisoformat(value) if isinstance(value, str) else value


ClockTime = Annotated[
    time, BeforeValidator(_clock_time), PlainSerializer(lambda at: at.strftime("%H:%M"), return_type=str)
]


class Part(BaseModel):
    """A part of the charter: no unknown keys, no coercion, never changed in place."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Period(Part):
    """`[from, until)`; without `until` it is open."""

    from_: Day = Field(alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _forward(self) -> "Period":
        if self.until is not None and self.until <= self.from_:
            raise ValueError(f"until {self.until} is not after from {self.from_}; until is the day after the last")
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day < self.until)


class Holder(Period):
    """A person who heads an organization, possibly in an acting capacity."""

    name: Line
    acting: bool = False
    source: Text | None = None


class Head(Part):
    """The executive head of an organization: the title, and who held it when."""

    title: Line
    holders: list[Holder] = []

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
    order: list[Id] | Literal["alphabetical"]
    first: Id | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _usable(self) -> "Rule":
        if self.from_.day > 28:
            raise ValueError(f"from {self.from_} is after the 28th; a rule begins on the 28th of a month or earlier")
        if self.order != "alphabetical":
            if not self.order:
                raise ValueError("order is empty; list at least one member, or write alphabetical")
            twice = sorted({id_ for id_ in self.order if self.order.count(id_) > 1})
            if twice:
                raise ValueError(f"order names {', '.join(twice)} twice; each member stands once")
            if self.first is not None and self.first not in self.order:
                raise ValueError(f"first {self.first} does not stand in order; name one that does")
        return self


class Member(Organization):
    """A member of the group; with `seats` it is held in turn by several bodies."""

    seats: list[Seat] = []
    rotation: list[Rule] = []


class Recorded(Part):
    """A term on record, `[from, until)`."""

    from_: Day = Field(alias="from")
    until: Day
    chair: list[Id]
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


VERBS = ("pass", "swap", "appoint", "extend", "accept", "withdraw", "vacant", "interim")


class Decision(Part):
    """A dated decision on the chair. Exactly one verb; which other fields it takes follows from it."""

    id: Id
    taken: Day
    source: Text | None = None
    reason: Text | None = None
    pass_: Id | None = Field(None, alias="pass")
    swap: tuple[Id, Id] | None = None
    appoint: Id | list[Id] | None = None
    extend: Day | None = None
    accept: Id | None = None
    withdraw: Id | None = None
    vacant: Day | None = None
    interim: Id | None = None
    term: Day | None = None
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _pair(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("swap"), list):
            return given | {"swap": tuple(given["swap"])}
        return given

    @model_validator(mode="after")
    def _one_verb(self) -> "Decision":
        given = [verb for verb in VERBS if getattr(self, _field(verb)) is not None]
        if len(given) != 1:
            raise ValueError(
                f"names {len(given)} verbs ({', '.join(given) or 'none'}); write exactly one of {', '.join(VERBS)}"
            )
        needed, allowed = FIELDS_OF[given[0]]
        for name in ("term", "from", "until"):
            value = getattr(self, _field(name))
            if value is None and name in needed:
                raise ValueError(f"{given[0]} needs {name}: a day such as 2008-07-01")
            if value is not None and name not in needed | allowed:
                raise ValueError(f"{given[0]} takes no {name}; take it out")
        begins = self.begins
        if begins is not None and self.until is not None and self.until <= begins:
            raise ValueError(f"until {self.until} is not after {begins}; until is the day after the last")
        if self.swap is not None and self.swap[0] == self.swap[1]:
            raise ValueError("swap names one member twice; name two")
        if self.appoint is not None and len(set(self.appointed)) != max(1, len(self.appointed)):
            raise ValueError("appoint names nobody, or one member twice; name each once")
        return self

    @property
    def verb(self) -> str:
        return next(verb for verb in VERBS if getattr(self, _field(verb)) is not None)

    @property
    def begins(self) -> date | None:
        """The day the decision is about; None for a withdrawal."""
        return self.term or self.from_ or self.vacant or self.extend

    @property
    def appointed(self) -> tuple[str, ...]:
        return (self.appoint,) if isinstance(self.appoint, str) else tuple(self.appoint or ())

    @property
    def names(self) -> tuple[str, ...]:
        """Every member that the decision names."""
        one = self.pass_ or self.accept or self.interim
        return (*((one,) if one else ()), *(self.swap or ()), *self.appointed)


def _field(name: str) -> str:
    return {"pass": "pass_", "from": "from_"}.get(name, name)


FIELDS_OF: dict[str, tuple[set[str], set[str]]] = {
    "pass": ({"term"}, set()),
    "swap": ({"term"}, set()),
    "appoint": ({"term"}, {"until"}),
    "extend": ({"until"}, set()),
    "accept": ({"term"}, set()),
    "withdraw": (set(), set()),
    "vacant": ({"until"}, set()),
    "interim": ({"from", "until"}, set()),
}


class Appointment(Period):
    """The role of a person for an organization (member or seat); `secretariat` may serve the group itself."""

    organization: Id | None = None
    role: Role


class Person(Part):
    """Somebody, or a role mailbox, that the service writes to."""

    name: Line
    email: Mailbox
    language: Line | None = None
    appointments: list[Appointment] = []


class Reminders(Part):
    """When people are told of a coming handover: days ahead, and the hour at their own duty station."""

    leads: list[Annotated[int, Field(ge=0, le=730)]] = [180, 90, 30, 7, 1, 0]
    at: ClockTime = time(9)


class Holiday(Part):
    """A day on which a duty station rests."""

    day: Day
    name: Line


class Group(Part):
    """The group itself; `timezone` is the zone that its days belong to."""

    id: Id
    name: Line
    short: Line | None = None
    founded: Day
    timezone: Zone
    languages: list[Line] = ["en"]
    about: Text | None = None
    website: HttpsUrl | None = None
    source: Text | None = None


class Charter(Part):
    """A whole charter, version 1."""

    charter: Literal[1] = 1
    revision: int | None = Field(None, ge=0)
    group: Group
    members: list[Member] = Field(min_length=1, max_length=500)
    history: list[Recorded] = Field([], max_length=2000)
    rotation: list[Rule] = Field([], max_length=200)
    decisions: list[Decision] = Field([], max_length=2000)
    people: list[Person] = Field([], max_length=5000)
    reminders: Reminders = Reminders()
    cadences: list[dict[str, Any]] = Field([], max_length=0)
    holidays: dict[Line, list[Holiday]] = {}
    purposes: dict[int, Line] = {}
    areas: list[Line] = []
    kinds: list[Line] = []

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
