"""What goes in and out by the doors of common activities."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, model_validator

from service.access.bodies import Document, Documents, In, Out, Purposes
from service.followups.activities.rules import EXPECTED, MILESTONES, State, Visibility, overdue
from service.followups.activities.tables import ActivityReportRow, ActivityRow, MilestoneRow
from service.groups.parts import Day
from service.language.speech import _
from service.text import Id, Line, Text

Areas = Annotated[list[Line], Field(max_length=50)]
Partners = Annotated[list[Id], Field(max_length=200)]
Expected = Annotated[list[Line], Field(max_length=EXPECTED)]


class MilestoneIn(In):
    """A milestone, to be reached by the end of the day `due` in the group's zone."""

    title: Line
    due: Day


class ActivityIn(In):
    """A common activity as it is proposed; `until` is the day after its last, in the group's zone."""

    kind: Line = Field(description="One of the charter's kinds.")
    title: Line
    objective: Text
    purposes: Purposes = Field([])
    areas: Areas = Field([])
    lead: Id
    partners: Partners = Field([])
    from_: Day = Field(alias="from")
    until: Day
    milestones: list[MilestoneIn] = Field([], max_length=MILESTONES)
    expected: Expected = Field([])
    external: Id | None = Field(None, description="The external event that it contributes to.")
    visibility: Visibility = "members"

    @model_validator(mode="after")
    def _usable(self) -> "ActivityIn":
        if self.until <= self.from_:
            raise ValueError(_("until is not after from; until is the day after the last"))
        if not self.objective:
            raise ValueError(_("objective is empty; say what it is for"))
        return self


class EditIn(In):
    """What may be corrected; whatever is left out stays. The chair alone gives it another lead."""

    title: Line | None = None
    objective: Text | None = None
    purposes: Purposes | None = None
    areas: Areas | None = None
    lead: Id | None = None
    partners: Partners | None = None
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    expected: Expected | None = None
    external: Id | None = None
    visibility: Visibility | None = None


class AgreeIn(In):
    """How the group agreed: by an adopted decision, or at a meeting; one of the two."""

    decision: Line | None = None
    meeting: Line | None = None

    @model_validator(mode="after")
    def _one(self) -> "AgreeIn":
        if (self.decision is None) == (self.meeting is None):
            raise ValueError(_("name the decision that agreed it, or the meeting; one of the two"))
        return self


class OutputIn(In):
    """A real output, and the number (from 1) of the expected one that it answers, or none."""

    document: Document
    expected: int | None = Field(None, ge=1, le=EXPECTED)


class ReportIn(In):
    """What a member reports: progress as text, what came of it, and links."""

    member: Id = Field(description="The lead or a partner, for which it is said.")
    text: Text
    outputs: list[OutputIn] = Field([], max_length=30)
    links: Documents = Field([])


class ReasonIn(In):
    """Why."""

    reason: Line


class SummaryIn(In):
    """What came of it, in a few words."""

    text: Text = ""


class ReachIn(In):
    """The day on which a milestone was reached; by default today."""

    day: Day | None = None


class MoveIn(In):
    """The day a milestone moves to, and why."""

    due: Day
    reason: Line


class MilestoneOut(Out):
    number: int
    title: str
    due: date
    reached: date | None
    overdue: bool
    moves: int


class OutputOut(Out):
    """A real output; `expected` is the number of the expected one that it answers."""

    document: Document
    expected: int | None
    member: str | None
    day: date


class ChangeOut(Out):
    field: str
    before: Any
    after: Any


class EntryOut(Out):
    """One thing that was done about an activity; `member` is the organization that `by` acted for."""

    number: int
    at: datetime
    by: str
    member: str | None
    authority: str
    what: str
    state_from: str | None
    state_to: str | None
    text: str
    changes: list[ChangeOut]
    outputs: list[OutputOut]
    links: list[Document]


class EntriesOut(Out):
    """What was done about an activity, newest first; `next` leads to the page after."""

    reports: list[EntryOut]
    next: str | None


class ActivityOut(Out):
    """A common activity as a list shows it; `overdue` counts milestones whose day has ended without them."""

    id: str
    kind: str
    title: str
    objective: str
    purposes: list[int]
    areas: list[str]
    lead: str
    partners: list[str]
    from_: date = Field(alias="from")
    until: date
    status: State
    overdue: int
    expected: list[str]
    outputs: list[OutputOut]
    external: str | None
    visibility: Visibility
    version: int


class Inside(Out):
    """What the group's own people see of an activity besides."""

    decision: str | None = Field(description="The group decision that agreed it.")
    meeting: str | None = Field(description="The meeting at which the chair found it agreed.")
    reason: str | None = Field(description="Why it was discontinued.")
    programmes: list[str] = Field(description="The turns whose programmes it stands in.")
    proposed_at: datetime
    agreed_at: datetime | None
    reported_at: datetime | None
    closed_at: datetime | None
    reports: list[EntryOut] = Field(description="What was done last about it, newest first; `…/reports` has all.")


class OneActivityOut(ActivityOut):
    """One activity with its milestones; `inside` is for the group's own people alone."""

    milestones: list[MilestoneOut]
    inside: Inside | None


class ActivitiesOut(Out):
    """Activities, newest first; `next` leads to the page after."""

    activities: list[ActivityOut]
    next: str | None


def listed(row: ActivityRow, steps: Sequence[MilestoneRow], today: date) -> dict[str, Any]:
    """The values of an `ActivityOut`."""
    alive = row.state in ("proposed", "agreed", "ongoing")
    return {
        name: getattr(row, name)
        for name in (
            "id", "kind", "title", "objective", "purposes", "areas", "lead", "partners", "expected", "external",
            "visibility", "version",
        )
    } | {
        "from": row.from_day,
        "until": row.until_day,
        "status": row.state,
        "overdue": sum(alive and overdue(one.due, one.reached, today) for one in steps),
        "outputs": row.outputs,
    }  # fmt: skip


def milestone_out(one: MilestoneRow, row: ActivityRow, today: date) -> MilestoneOut:
    alive = row.state in ("proposed", "agreed", "ongoing")
    late = alive and overdue(one.due, one.reached, today)
    return MilestoneOut(
        number=one.number, title=one.title, due=one.due, reached=one.reached, overdue=late, moves=one.moves
    )


def entry_out(one: ActivityReportRow) -> EntryOut:
    """An entry of the log as it is told."""
    names = ("number", "at", "by", "member", "authority", "what", "state_from", "state_to", "text")
    said = {name: getattr(one, name) for name in names}
    return EntryOut.model_validate(said | {"changes": one.changes, "outputs": one.outputs, "links": one.links})
