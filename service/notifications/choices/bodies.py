"""What comes in and goes out at the doors of what readers choose."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema, model_validator

from service.access.bodies import In, Out
from service.groups.parts import Day
from service.language.speech import _
from service.notifications.kinds import KINDS, Form

Language = Literal["ar", "zh", "en", "fr", "ru", "es"]
LONGEST = timedelta(days=366)


def _hour(value: Any) -> Any:
    if isinstance(value, str):
        if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) is None:
            raise ValueError(_("is no hour of the day; write it as 22:00"))
        return time.fromisoformat(value)
    return value


Hour = Annotated[
    time,
    BeforeValidator(_hour),
    PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["22:00"]}),
]


class KindIn(In):
    """How one kind of message is to come: in which form, and by which chat channel (null: by mail).

    What is left out stays.
    """

    form: Form = "at-once"
    contact: Annotated[str, StringConstraints(max_length=36)] | None = None


class ChoicesIn(In):
    """What a reader chooses anew. What is left out stays; null takes a choice back."""

    language: Language | None = None
    quiet_from: Hour | None = Field(None, description="On the clocks of the duty station; with quiet_until, or none.")
    quiet_until: Hour | None = None
    choices: dict[Annotated[str, StringConstraints(max_length=30)], KindIn | None] = Field(
        {},
        max_length=len(KINDS),
        description="By kind of message; null: at once and by mail, as before anything was chosen.",
        examples=[{"minutes": {"form": "weekly"}, "polls": {"form": "none"}}],
    )


class KindOut(Out):
    """A kind of message, what may be chosen for it, and what is.

    `is_duty`: it cannot be switched off. `by_mail_alone`: it goes by no chat channel, since it is answered in
    a calendar.
    """

    id: str
    name: str
    about: str
    forms: list[Form]
    is_duty: bool
    by_mail_alone: bool
    form: Form
    contact: str | None = Field(description="The chat channel; null for mail.")


class ReachOut(Out):
    """A chat channel that may be chosen."""

    id: str
    channel: str
    label: str
    is_failing: bool = Field(description="Nothing but failures comes back from it at present.")


class ChoicesOut(Out):
    """What a reader has chosen, and what they may choose."""

    language: Language | None = Field(description="null: none is chosen.")
    reads: str = Field(description="The language that messages are in: the chosen one, else of the charter.")
    quiet_from: Hour | None
    quiet_until: Hour | None
    zone: str = Field(description="On the clocks of which zone: that of the duty station.")
    kinds: list[KindOut]
    contacts: list[ReachOut]
    version: int = Field(description="0 before anything was chosen.")


class AbsenceIn(In):
    """Somebody is away on the days `[from, until)`. `alternate` gets what is for them: an id or a mail address."""

    from_: Day = Field(alias="from")
    until: Day
    alternate: Annotated[str, StringConstraints(min_length=1, max_length=254, strip_whitespace=True)]

    @model_validator(mode="after")
    def _whole(self) -> "AbsenceIn":
        if self.until <= self.from_:
            raise ValueError(_("until is not after from; until is the first day that they are here again"))
        if self.until - self.from_ > LONGEST:
            raise ValueError(_("is longer than a year; end the appointment instead, or write a shorter one"))
        return self


class AbsenceOut(Out):
    """An absence, `[from, until)`. `alternate` is the id of who stands in."""

    id: str
    from_: date = Field(alias="from")
    until: date
    alternate: str
    name: str | None = Field(description="The name of who stands in; null for one who is no longer here.")


class AbsencesOut(Out):
    """Absences of today and to come, in the order of their days."""

    absences: list[AbsenceOut]
