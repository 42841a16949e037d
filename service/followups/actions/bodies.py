"""What the doors of actions take and give."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from service.access.bodies import Document, Documents, In, Out, Purposes
from service.access.scene import Scene
from service.followups.actions.checks import SOURCE
from service.followups.actions.people import serves
from service.followups.actions.queries import log_rows
from service.followups.actions.rules import HELPERS, State, Visibility, is_overdue, owners
from service.followups.actions.tables import ActionLogRow, ActionRow
from service.groups import queries as groups
from service.groups.charter import Person
from service.groups.parts import Day
from service.rotation.people import people_of
from service.text import Id, Line, Mailbox, Text

Before = Annotated[
    str,
    StringConstraints(pattern=r"^(next|next:principals|next:focal-points|[a-z0-9-]{1,80})$"),
    Field(description="A meeting's id, `next`, `next:principals` or `next:focal-points`: due the day before it."),
]
Source = Annotated[
    str,
    StringConstraints(pattern=SOURCE),
    Field(description="`decision:2008-3`, `outcome:<meeting>/<number>`, `activity:activity-4` or `handover:turn-2`."),
]
Helpers = Annotated[list[Id], Field(max_length=HELPERS)]


class ActionIn(In):
    """An action. Without `owner` it is the caller's own organization that answers for it; `chair` is who chairs."""

    title: Line
    owner: Id | None = None
    text: Text = ""
    helpers: Helpers = Field([])
    assignee: Mailbox | None = Field(None, description="The address of one of the owner's people.")
    due: Day | None = Field(None, description="The last day, in the group's zone.")
    before: Before | None = None
    source: Source | None = None
    purposes: Purposes = Field([])
    documents: Documents = Field([])
    visibility: Visibility = "members"


class LogIn(In):
    """A comment, and links as proof."""

    text: Text = ""
    links: Documents = Field([])


class ReasonIn(In):
    """Why."""

    reason: Line


class RescheduleIn(In):
    """Another due date, and why; `due: null` takes it away."""

    reason: Line
    due: Day | None = None
    before: Before | None = None


class AssignIn(In):
    """Who does it (an address of the owner's people, or null for nobody), who helps, and a word on it."""

    assignee: Mailbox | None = None
    helpers: Helpers | None = None
    text: Text = ""


class TransferIn(In):
    """Who answers for it from now on: a member, or `chair`; and why."""

    owner: Id
    reason: Line


class AssigneeOut(Out):
    """Who does it. `serving` is false once they serve the owner no more: its focal point is reminded instead."""

    id: str
    name: str
    serving: bool


class ActionOut(Out):
    """An action as it stands. `members` answer for it today and `focal_points` are theirs, whoever they are by now."""

    id: str
    number: int
    title: str
    text: str
    owner: str
    members: list[str]
    focal_points: list[str]
    helpers: list[str]
    assignee: AssigneeOut | None
    state: State
    overdue: bool
    due: date | None
    before: str | None
    meeting: str | None = Field(description="The meeting before which it is due, where one is in sight.")
    source: str | None
    purposes: list[int]
    documents: list[Document]
    visibility: Visibility
    reason: str | None
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    closed_at: datetime | None
    version: int


class EntryOut(Out):
    """What happened: the fields that changed, as they were and as they are, with the word and the links on it."""

    number: int
    verb: str
    at: datetime
    by: str
    organization: str | None
    from_: dict[str, Any] = Field(alias="from")
    to: dict[str, Any]
    text: str
    links: list[Document]


class LoggedOut(ActionOut):
    """An action and everything that happened to it, oldest first."""

    log: list[EntryOut]


class ActionsOut(Out):
    """A page of actions; `next` is the cursor of the next one, null on the last."""

    actions: list[ActionOut]
    next: str | None


Order = Literal["due", "newest"]
COLUMNS = (
    "id", "number", "title", "text", "owner", "helpers", "assignee", "state", "due", "before", "meeting", "source",
    "purposes", "documents", "visibility", "reason", "opened_at", "opened_by", "changed_at", "closed_at", "version",
)  # fmt: skip


class Teller:
    """Says actions as they are seen today; looks up chair and people once for all of them."""

    def __init__(self, at: Scene) -> None:
        self.at = at
        self._answering: dict[str, tuple[list[str], list[str]]] = {}

    @cached_property
    def _people(self) -> dict[str, Person]:
        known = {person.email: person for person in self.at.charter.people}
        rows = groups.people_rows(self.at.session, self.at.group_id)
        return {row.id: known[row.email] for row in rows if row.email in known}

    def answering(self, owner: str) -> tuple[list[str], list[str]]:
        """The members that answer for an owner today, and the names of their focal points."""
        if owner not in self._answering:
            chair = self.at.now.chair if owner == "chair" else ()
            members = list(owners(owner, chair))
            found = (people_of(self.at.charter, id_, ["focal-point"], self.at.today, self.at.today) for id_ in members)
            self._answering[owner] = members, [person.name for each in found for person, _ in each]
        return self._answering[owner]

    def assignee(self, id_: str | None, owner: str) -> AssigneeOut | None:
        if id_ is None:
            return None
        person = self._people.get(id_)
        if person is None:
            return AssigneeOut(id=id_, name="", serving=False)
        members, _ = self.answering(owner)
        found = serves(self.at.charter, person, members, self.at.today)
        return AssigneeOut(id=id_, name=person.name, serving=found is not None)

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        members, people = self.answering(row["owner"])
        return dict(row) | {
            "members": members,
            "focal_points": people,
            "assignee": self.assignee(row["assignee"], row["owner"]),
            "overdue": is_overdue(row["state"], row["due"], self.at.today),
            "meeting": row["meeting"] or None,
        }

    def listed(self, rows: Sequence[Mapping[str, Any]]) -> list[ActionOut]:
        return [ActionOut.model_validate(self.values(row)) for row in rows]

    def logged(self, row: ActionRow) -> LoggedOut:
        """An action with its log."""
        entries = [_entry(entry) for entry in log_rows(self.at.session, row)]
        values = self.values({name: getattr(row, name) for name in COLUMNS})
        return LoggedOut.model_validate(values | {"log": entries})


def _entry(row: ActionLogRow) -> EntryOut:
    return EntryOut.model_validate(
        {
            "number": row.number,
            "verb": row.verb,
            "at": row.at,
            "by": row.by,
            "organization": row.organization,
            "from": row.before,
            "to": row.after,
            "text": row.text,
            "links": row.links,
        }
    )
