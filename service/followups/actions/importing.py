"""Actions out of a table: each good row is taken, each bad one is told with its line and what to write instead.

All of it is one transaction and one answer. A row with a `key` that is known here already is not taken again.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from service.access.scene import Scene
from service.followups.actions import checks, csvs
from service.followups.actions.bodies import ActionIn
from service.followups.actions.commands import open_action
from service.followups.actions.door import needed, owner_of
from service.followups.actions.queries import by_key
from service.language.speech import N_, _, ngettext
from service.problems import Problem

KEY = 100
# So many rows are checked before who waits is told.
STEP = 50
# What hears how many rows are checked, and of how many.
Told = Callable[[int, int], None]
# What to write in a cell that takes no plain text.
_WRITE = {
    "title": N_("write a line of at most 300 characters"),
    "owner": N_("write a member's id such as ilo, or chair"),
    "helpers": N_("write members' ids such as ilo iom"),
    "assignee": N_("write the mail address of one of the owner's people"),
    "due": N_("write a day such as 2008-07-01"),
    "before": N_("write a meeting's id, next, next:principals or next:focal-points"),
    "source": N_("write decision:2008-3, outcome:<meeting>/<number>, activity:activity-4 or handover:turn-2"),
    "purposes": N_("write numbers such as 1 3 7"),
    "visibility": N_("write members or public"),
}


class Took(NamedTuple):
    """What became of a row: taken, or known already, with the id of its action; or refused, and why."""

    line: int
    became: Literal["taken", "known", "refused"]
    action: str | None
    why: tuple[str, ...]


def take(at: Scene, rows: list[csvs.Row], told: Told = lambda n, of: None) -> list[Took]:
    """Open an action for each row that fits; the group's row is to be locked. `told` hears how far it has come."""
    took: list[Took] = []
    for n, row in enumerate(rows, 1):
        took.append(_take(at, row))
        if n % STEP == 0 or n == len(rows):
            told(n, len(rows))
    return took


def _take(at: Scene, row: csvs.Row) -> Took:
    if "" in row.cells:
        return _refused(row, _("has more cells than the first line has columns; put quotes around a text with commas"))
    cells = dict(row.cells)
    key = cells.pop("key", None)
    if key is not None and len(key) > KEY:
        return _refused(
            row,
            ngettext(
                "key is longer than {n} character; shorten it", "key is longer than {n} characters; shorten it", KEY
            ),
        )
    known = by_key(at.session, at.group_id, key) if key is not None else None
    if known is not None:
        return Took(row.line, "known", known.id, ())
    values: dict[str, Any] = {**cells}
    try:
        for name in csvs.LISTS:
            if name in values:
                values[name] = list(csvs.parts(values[name]))
        if "purposes" in values:
            values["purposes"] = [_number(part) for part in values["purposes"]]
        body = ActionIn.model_validate(values)
        owner = checks.owner(at.charter, owner_of(at, body.owner), at.today)
        by = needed(at, "action.open", owner)
        said = body.model_dump() | {"owner": owner}
        return Took(row.line, "taken", open_action(at.session, at.now, by, key=key, past=True, **said).id, ())
    except ValidationError as error:
        return _refused(row, *(_fault(fault) for fault in error.errors()))
    except ValueError as error:
        return _refused(row, str(error))
    except Problem as problem:
        return _refused(row, problem.detail)


def _number(part: str) -> int:
    if not (part.isascii() and part.isdigit() and len(part) <= 4):
        raise ValueError(_("purposes are numbers, such as 1 3 7"))
    return int(part)


def _fault(fault: Any) -> str:
    """What is wrong with a cell, and what to write instead."""
    column = str(fault["loc"][0])
    hint = _WRITE.get(column)
    # What pydantic says of its own is English, and the hint says the same.
    own = str(fault["msg"]).removeprefix("Value error, ") if fault["type"] == "value_error" else ""
    # What is ours says after a semicolon what to do.
    why = own if "; " in own else "; ".join(part for part in (own, _(hint) if hint else "") if part)
    return f"{column}: {why or _('this cannot be used')}"


def _refused(row: csvs.Row, *why: str) -> Took:
    return Took(row.line, "refused", None, why)
