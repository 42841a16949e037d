"""The rhythm of meetings, as the charter writes it in words: a closed grammar, never a raw RRULE.

    every 6 weeks on thursday
    every 2 months on the second tuesday
    in month 3 of each term on the second tuesday
    2 weeks before handover on tuesday

Numbers may be written out up to twelve. Weeks and months are counted from the cadence's `from`; the
months of a term from the month in which it begins. Before a handover, the weekday is the one on the
day itself or the last before it; without one it is the day itself.
"""

import re
from datetime import time
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from service.groups.parts import ClockTime, Period
from service.language.speech import _
from service.text import HttpsUrl, Id, Line, Text, Zone

Level = Literal["principals", "focal-points"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
             "twelfth")  # fmt: skip
_LAST = -1

_DAY = f"(?P<weekday>{'|'.join(WEEKDAYS)})"
_NTH = "(?P<nth>first|second|third|fourth|last)"
_MONTH = r"(?:month (?P<month>\w+)|the (?P<ordinal>\w+) month)"
_FORMS = {
    "weeks": re.compile(rf"every (?:(?P<number>\w+) weeks|week) on {_DAY}"),
    "months": re.compile(rf"every (?:(?P<number>\w+) months|month) on the {_NTH} {_DAY}"),
    "term": re.compile(rf"in {_MONTH} of each term on the {_NTH} {_DAY}"),
    "handover": re.compile(rf"(?P<number>\w+) weeks? before (?:each |the )?handover(?: on {_DAY})?"),
}
_MOST = {"weeks": 52, "months": 24, "term": 120, "handover": 26}
_EXAMPLES = (
    "every 6 weeks on thursday; every 2 months on the second tuesday; "
    "in month 3 of each term on the second tuesday; 2 weeks before handover on tuesday"
)


class When(NamedTuple):
    """A rhythm in figures. `weekday` counts from Monday as 0; `nth` is 1 to 4, or -1 for the last of a month."""

    form: Literal["weeks", "months", "term", "handover"]
    number: int
    weekday: int | None
    nth: int | None


@lru_cache(maxsize=1000)
def read_when(text: str) -> When:
    """The rhythm that `text` describes.

    Raises:
        ValueError: it is none of the four forms, or a number is out of bounds.
    """
    plain = re.sub(r"\s+", " ", text.strip().casefold())
    for form, pattern in _FORMS.items():
        found = pattern.fullmatch(plain)
        if found is not None:
            return _figures(form, found.groupdict())
    raise ValueError(_("is no rhythm that is known here; write one of: {examples}", examples=_EXAMPLES))


def _figures(form: str, parts: dict[str, str | None]) -> When:
    said = parts.get("month") or parts.get("number")
    number = _ORDINALS.index(parts["ordinal"]) + 1 if parts.get("ordinal") in _ORDINALS else _number(said)
    if number is None or not 1 <= number <= _MOST[form]:
        raise ValueError(_("has a number that cannot be used here; write 1 to {most}", most=_MOST[form]))
    weekday, nth = parts.get("weekday"), parts.get("nth")
    return When(
        form,  # type: ignore[arg-type]
        number,
        WEEKDAYS.index(weekday) if weekday else None,
        (_LAST if nth == "last" else _ORDINALS.index(nth) + 1) if nth else None,
    )


def _number(said: str | None) -> int | None:
    if said is None:
        return 1
    if said in _NUMBERS:
        return _NUMBERS.index(said) + 1
    return int(said) if re.fullmatch(r"[0-9]{1,4}", said) else None


def _rhythm(text: str) -> str:
    read_when(text)
    return text


Rhythm = Annotated[str, StringConstraints(max_length=120), AfterValidator(_rhythm)]
Quorum = Literal["majority", "two-thirds", "all"] | Annotated[int, Field(ge=1, le=500)]
Minutes = Annotated[int, Field(ge=15, le=720)]


class Cadence(Period):
    """A kind of meeting that comes back: in force from `from` until `until`.

    `at` is the time of day in `zone` (default: the group's). Without `place` it meets at the chair's duty
    station. `members` names who takes part in a working group; without it, every member does.
    """

    id: Id = Field(description="The name of the rhythm for good; ids of its meetings begin with it.")
    title: Line = Field(description="What each of its meetings is called until somebody corrects it.")
    level: Level = Field("focal-points", description="Who meets: the heads, or those who work with each other.")
    when: Rhythm = Field(description="The rhythm in words; see the four forms below.")
    at: ClockTime = Field(time(15), description="The time of day at which it begins, in `zone`.")
    minutes: Minutes = Field(120, description="How long it lasts.")
    zone: Zone | None = Field(None, description="The zone that `at` is meant in; without it, the group's.")
    place: Line | None = Field(None, description="Where it meets; without it, at the duty station of its chair.")
    link: HttpsUrl | None = Field(None, description="The way in for those who are not in the room.")
    quorum: Quorum = Field("majority", description="How many members have to be there: a share, or their number.")
    freeze: int = Field(7, ge=0, le=90, description="Days before the meeting at which its agenda is settled.")
    members: list[Id] | None = Field(
        None, min_length=1, max_length=500, description="Who takes part in a working group; without it, every member."
    )
    source: Text | None = Field(None, description="Where this is written down.")

    @model_validator(mode="after")
    def _once(self) -> "Cadence":
        if self.members is not None and len(set(self.members)) != len(self.members):
            raise ValueError(_("members names one twice; each stands once"))
        return self
