"""What a report says, as values: a term of the chair, and the purposes of the group over some days. Pure.

How to come by one: `reports.queries.term_report(session, charter, term)` gives the `TermReport` of a term as
it stands, `reports.queries.purposes_report(session, charter, start, until)` the `PurposesReport`; both are put
together by `reports.rules` and said as Markdown by `reports.wording`.

Members stand here by their ids (`charter.short` names them), the owner of an action may be `chair`. Every day
is a day in the group's zone; every pair `start`/`end` is half-open.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import PlainSerializer

# What became of something within the days of a report. An activity opens when it is agreed.
Change = Literal["opened", "closed", "opened-and-closed", "none"]


class Outcome(NamedTuple):
    """One outcome of a meeting."""

    number: int
    text: str


class Output(NamedTuple):
    """A document that came of an activity."""

    title: str
    url: str


class Progress(NamedTuple):
    """What was reported about an activity, and for which member."""

    day: date
    member: str
    text: str


# For the API each of them is an object, not a row.
_Named = PlainSerializer(lambda found: [one._asdict() for one in found], return_type=list[dict[str, Any]])


@dataclass(frozen=True)
class MeetingLine:
    """A meeting that begins in the term. `outcomes` are empty until the minutes are circulated.

    `state`: proposed, called, held or cancelled; `minutes`: draft, circulated, contested, adopted, or None.
    """

    id: str
    title: str
    level: str
    day: date
    place: str
    state: str
    presided_by: str | None
    minutes: str | None
    outcomes: Annotated[tuple[Outcome, ...], _Named]


@dataclass(frozen=True)
class DecisionLine:
    """A group decision that was opened, settled or still open in the term.

    `verb` is its operative verb; `state`, and `day` on which it was adopted or withdrawn, are as they stand today.
    """

    id: str
    verb: str
    title: str
    text: str
    purposes: tuple[int, ...]
    state: str
    day: date | None
    opened: date
    meeting: str | None
    endorsed_by: tuple[str, ...]
    visibility: str


@dataclass(frozen=True)
class ActivityLine:
    """A common activity that was alive in the term. `state` is that at the end of the term, or today within it.

    `overdue` counts milestones whose day had ended by then without them; `outputs` are those of before the end of
    the term; `progress` holds what was reported in the term, oldest first. `agreed` and `closed` are days.
    """

    id: str
    kind: str
    title: str
    objective: str
    lead: str
    partners: tuple[str, ...]
    purposes: tuple[int, ...]
    start: date
    end: date
    state: str
    change: Change
    agreed: date | None
    closed: date | None
    decision: str | None
    overdue: int
    expected: tuple[str, ...]
    outputs: Annotated[tuple[Output, ...], _Named]
    progress: Annotated[tuple[Progress, ...], _Named]
    in_programme: bool
    visibility: str


@dataclass(frozen=True)
class ActionLine:
    """A follow-up action that was open at some time in the term.

    `state`: open, in-progress, done or dropped, at the end of the term, or today within it; `settled` is the day
    on which it was done or dropped. `owner` is a member's id, or `chair`. `due` is a day, None where it has
    none (or waits for a meeting that nobody has set).
    """

    id: str
    title: str
    owner: str
    state: str
    opened: date
    settled: date | None
    due: date | None
    purposes: tuple[int, ...]
    source: str | None
    overdue: bool
    change: Change


@dataclass(frozen=True)
class NoticeLine:
    """A notice that an agency published in the term; `title` is its text."""

    id: str
    member: str
    theme: str
    title: str
    day: date
    visibility: str


@dataclass(frozen=True)
class ProgrammeLine:
    """The programme of the term: its theme, text and activities; and how it was closed, once it was.

    `unfinished` are the activities that were not completed when it was closed, `carried` those among them that
    pass to the programme of the next term.
    """

    theme: str
    text: str
    activities: tuple[str, ...]
    closed_on: date | None
    summary: str | None
    unfinished: tuple[str, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """A term in figures. What is open is open at its end, or today within it."""

    meetings_held: int = 0
    meetings_cancelled: int = 0
    decisions_adopted: int = 0
    activities_agreed: int = 0
    activities_completed: int = 0
    activities_discontinued: int = 0
    activities_alive: int = 0
    actions_opened: int = 0
    actions_done: int = 0
    actions_dropped: int = 0
    actions_open: int = 0
    actions_overdue: int = 0
    notices: int = 0


@dataclass(frozen=True)
class TermReport:
    """The chair's report of a term. `turn` is `Term.key`; `over` says whether the term has ended by `as_of`."""

    group: str
    turn: str
    chair: tuple[str, ...]
    kind: str
    start: date
    end: date
    as_of: datetime
    over: bool
    programme: ProgrammeLine | None
    meetings: tuple[MeetingLine, ...]
    decisions: tuple[DecisionLine, ...]
    activities: tuple[ActivityLine, ...]
    actions: tuple[ActionLine, ...]
    notices: tuple[NoticeLine, ...]
    figures: Figures = Figures()


@dataclass(frozen=True)
class PurposeLine:
    """What was decided, agreed and done for one purpose in the days of a report, and what stayed open.

    `decided`: decisions adopted in these days; `agreed`: activities agreed in them; `reported`: activities on
    whose progress something was reported; `done_…`: activities completed and actions done in them; `open_…`: what
    was not finished at their end. `idle` says that nothing was decided, agreed, reported or done.
    """

    number: int
    purpose: str
    decided: tuple[DecisionLine, ...]
    agreed: tuple[ActivityLine, ...]
    reported: tuple[ActivityLine, ...]
    done_activities: tuple[ActivityLine, ...]
    done_actions: tuple[ActionLine, ...]
    open_activities: tuple[ActivityLine, ...]
    open_actions: tuple[ActionLine, ...]
    idle: bool


@dataclass(frozen=True)
class PurposesReport:
    """The report to purposes over `[start, end)`, a line for each purpose of the charter in order."""

    group: str
    start: date
    end: date
    as_of: datetime
    purposes: tuple[PurposeLine, ...]
