"""What an agency has to do: its open actions by the day they are due, those overdue before the others."""

from typing import Any, NamedTuple

from service.access.scene import Scene
from service.followups.actions.listing import Filters, page
from service.followups.actions.queries import owing
from service.followups.actions.rules import is_overdue

# So many are shown of an agency, and of the chair, whose board has all of its own.
SHOWN, OF_THE_CHAIR = 8, 4
_COLUMNS = ("id", "title", "owner", "state", "due", "version")


class Owed(NamedTuple):
    """The first of an owner's open actions, and how many there are of them and of those overdue."""

    owner: str
    actions: list[dict[str, Any]]
    pending: int
    overdue: int


def owed(at: Scene, owners: list[str]) -> list[Owed]:
    """What each owner (a member, or `chair`) has to do."""
    totals = owing(at.session, at.group_id, owners, at.today)
    return [_of(at, owner, *totals.get(owner, (0, 0))) for owner in owners]


def _of(at: Scene, owner: str, pending: int, overdue: int) -> Owed:
    found: list[dict[str, Any]] = []
    if pending:
        wanted, limit = Filters(owner=owner, status="pending"), OF_THE_CHAIR if owner == "chair" else SHOWN
        found, _more = page(
            at.session, at.group_id, wanted, _COLUMNS, today=at.today, newest=False, after=None, limit=limit
        )
    for action in found:
        action["late"] = is_overdue(action["state"], action["due"], at.today)
    return Owed(owner, found, pending, overdue)
