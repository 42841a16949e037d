"""What every part of a charter is made of: days, hours, periods, and no key that is not known."""

from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from service.language.speech import _
from service.zones import read_day
from service.zones import read_when as read_instant

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


def _day(value: Any) -> Any:
    if isinstance(value, str):
        value = read_day(value)
    if type(value) is not date:
        raise ValueError(_("is no day; write it as 2008-07-01"))
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(_("lies outside {first} to {last}; write a day in between", first=FIRST_DAY, last=LAST_DAY))
    return value


Day = Annotated[date, BeforeValidator(_day)]


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or len(value) <= 10:
        raise ValueError(_("is no instant; write it as 2008-07-01T15:00:00Z"))
    return read_instant(value, "UTC")


Moment = Annotated[datetime, BeforeValidator(_moment)]


def _clock_time(value: Any) -> Any:
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(_("is no time of day; write it as 15:00")) from None


ClockTime = Annotated[
    time, BeforeValidator(_clock_time), PlainSerializer(lambda at: at.strftime("%H:%M"), return_type=str)
]


class Part(BaseModel):
    """A part of the charter: no unknown keys, no coercion, never changed in place."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Period(Part):
    """`[from, until)`; without `until` it is open."""

    from_: Day = Field(alias="from", description="The first day.")
    until: Day | None = Field(None, description="The day after the last; without it there is none yet.")

    @model_validator(mode="after")
    def _forward(self) -> "Period":
        if self.until is not None and self.until <= self.from_:
            raise ValueError(
                _(
                    "until {until} is not after from {start}; until is the day after the last",
                    until=self.until,
                    start=self.from_,
                )
            )
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day < self.until)
