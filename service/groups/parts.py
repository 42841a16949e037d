"""What every part of a charter is made of: days, hours, periods, and no key that is not known."""

from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from service.zones import read_day
from service.zones import read_when as read_instant

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


def _day(value: Any) -> Any:
    if isinstance(value, str):
        value = read_day(value)
    if type(value) is not date:
        raise ValueError("is no day; write it as 2008-07-01")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"lies outside {FIRST_DAY} to {LAST_DAY}; write a day in between")
    return value


Day = Annotated[date, BeforeValidator(_day)]


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or len(value) <= 10:
        raise ValueError("is no instant; write it as 2008-07-01T15:00:00Z")
    return read_instant(value, "UTC")


Moment = Annotated[datetime, BeforeValidator(_moment)]


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
