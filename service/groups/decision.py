"""A decision on the chair, as the charter and the API write it."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, model_validator

from service.groups.parts import Day, Part
from service.text import Id, Text

VERBS = ("pass", "swap", "appoint", "extend", "accept", "withdraw", "vacant", "interim")


class Proposal(Part):
    """What a decision on the chair says, before anybody has taken it.

    Exactly one verb; which other fields it takes follows from it.
    """

    source: Text | None = None
    reason: Text | None = None
    pass_: Id | None = Field(None, alias="pass")
    swap: tuple[Id, Id] | None = None
    appoint: Id | Annotated[list[Id], Field(max_length=50)] | None = None
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
    def _one_verb(self) -> "Proposal":
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


class Decision(Proposal):
    """A decision on the chair with the day on which it was taken."""

    id: Id
    taken: Day
