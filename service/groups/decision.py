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

    source: Text | None = Field(None, description="The document that the decision stands in.")
    reason: Text | None = Field(None, description="Why it was taken.")
    pass_: Id | None = Field(
        None, alias="pass", description="Verb. Gives up its turn of `term`; the next in order moves up."
    )
    swap: tuple[Id, Id] | None = Field(
        None, description="Verb. The second sits in the first's turn of `term`, the first in the second's next turn."
    )
    appoint: Id | Annotated[list[Id], Field(max_length=50)] | None = Field(
        None, description="Verb. Sits in `term` instead, one or several; the order goes on after the last named."
    )
    extend: Day | None = Field(
        None, description="Verb. The first day of the term that ends on `until`, later or earlier than planned."
    )
    accept: Id | None = Field(None, description="Verb. The coming chair has said yes to `term`: it is decided.")
    withdraw: Id | None = Field(None, description="Verb. The id of a decision that is to be as if never taken.")
    vacant: Day | None = Field(None, description="Verb. The first day on which nobody chairs, until `until`.")
    interim: Id | None = Field(
        None, description="Verb. Sits from `from` until `until`; nobody's turn is lost by it, and its own comes still."
    )
    term: Day | None = Field(
        None, description="The first day of the term that `pass`, `swap`, `appoint`, `accept` name."
    )
    from_: Day | None = Field(None, alias="from", description="The first day of an `interim`.")
    until: Day | None = Field(
        None, description="The day after the last, for `extend`, `vacant`, `interim`; `appoint` may have it."
    )

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

    id: Id = Field(description="The name of the decision for good, by which it can be withdrawn.")
    taken: Day = Field(description="The day on which the group took it; not `on`, which YAML reads as true.")
