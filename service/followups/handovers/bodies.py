"""What comes in and goes out at the doors of handovers."""

from datetime import date, datetime

from pydantic import Field

from service.access.bodies import Document, Documents, In, Out
from service.followups.handovers.rules import CHECKLIST, Key, Side, State
from service.text import Id, Text


class AnswerIn(In):
    """What stands under one heading of the checklist. What is left out stays as it is."""

    heading: Key
    text: Text = ""
    links: Documents = Field([], max_length=30)
    done: bool = False


class FillIn(In):
    """Answers to the checklist, and the documents that are handed over (all of them, in place of those before)."""

    answers: list[AnswerIn] = Field([], max_length=len(CHECKLIST))
    documents: Documents | None = None


class ConfirmIn(In):
    """For which member a side confirms; `side` where the member stays in the chair and is on both.

    The secretariat stands for a side that is vacant: it names the side and no member. The incoming side may note
    reservations: what it has not received.
    """

    member: Id | None = None
    side: Side | None = None
    reservations: Text = ""


class SideOut(Out):
    """One side of a handover. `vacant`: nobody acts for it, so the secretariat stands for it."""

    members: list[str]
    vacant: bool
    confirmed_at: datetime | None
    member: str | None
    by: str | None


class CheckOut(Out):
    """One heading of the checklist with what was written under it, and by which side last."""

    heading: Key
    title: str
    asks: str
    text: str
    links: list[Document]
    done: bool
    side: str | None = Field(description="outgoing, incoming or secretariat.")
    by: str | None
    at: datetime | None


class OwnedOut(Out):
    """An action that the chair owns, whoever that is."""

    id: str
    title: str
    state: str
    due: date | None


class HandoverOut(Out):
    """A handover of the chair; `turn` is the key of the term that begins.

    Its state follows from the clock: ahead, open from 30 days before, overdue from the day after until both
    sides have confirmed, confirmed; withdrawn where the terms have changed and no chair passes there any more.
    `actions` are those that the chair owns: open now, or on the day where it has come. `dossiers` counts those
    that are frozen.
    """

    turn: str
    state: State
    day: date
    at: datetime = Field(description="The instant at which the chair passes.")
    opens: date
    outgoing: SideOut
    incoming: SideOut
    reservations: str
    checklist: list[CheckOut]
    documents: list[Document]
    actions: list[OwnedOut]
    dossiers: int
    version: int


class HandoversOut(Out):
    handovers: list[HandoverOut]
