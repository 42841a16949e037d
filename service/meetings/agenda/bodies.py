"""What goes into the door of agendas, and what comes out of it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from service.access.bodies import Document, In, Out, Purposes
from service.groups.cadence import Level
from service.meetings.agenda.rules import Kind
from service.text import Id, Line, Text


class ItemText(In):
    """What an item says; `purposes` are numbers of the Terms of Reference."""

    title: Line
    kind: Literal["decide", "discuss", "inform"] = "discuss"
    text: Text = ""
    purposes: Purposes = Field([])
    presenter: Line | None = None
    minutes: int = Field(15, ge=1, le=480)
    links: list[Document] = Field([], max_length=30)


class ItemIn(ItemText):
    """An item proposed for a meeting, or without one for the backlog of a level. `member` is who proposes it."""

    meeting: Id | None = None
    level: Level = "focal-points"
    member: Id | None = None


class ItemEditIn(In):
    """What is to change; whatever is left out stays."""

    title: Line | None = None
    kind: Literal["decide", "discuss", "inform"] | None = None
    text: Text | None = None
    purposes: Purposes | None = None
    presenter: Line | None = None
    minutes: int | None = Field(None, ge=1, le=480)
    links: list[Document] | None = Field(None, max_length=30)


class PlaceIn(In):
    """Onto the agenda of which meeting."""

    meeting: Id


class ConcludeIn(In):
    """What came of an item, in a sentence."""

    conclusion: Text | None = None


class WhyIn(In):
    """Why, if that is worth a word."""

    reason: Text | None = None


class OrderIn(In):
    """Every item of the agenda, in the order in which they are to be taken."""

    items: list[Id] = Field(min_length=1, max_length=200)


class ItemOut(Out):
    """One item. `starts` is when it begins if those before it take their minutes; `origin` is where it came from."""

    id: str
    meeting: str | None
    level: Level
    kind: Kind
    title: str
    text: str
    purposes: list[int]
    member: str | None
    presenter: str | None
    minutes: int
    links: list[Document]
    state: str
    late: bool
    carried: bool
    origin: str | None
    conclusion: str | None
    version: int
    starts: datetime | None = None


class AgendaOut(Out):
    """An agenda: what was taken, with times; what is proposed; what has gone elsewhere."""

    meeting: str | None
    settled: bool
    items: list[ItemOut]
