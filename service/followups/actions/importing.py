"""Actions out of a table: each good row is taken, each bad one is told with its line and what to write instead.

All of it is one transaction and one answer. A row with a `key` that is known here already is not taken again.
"""

from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from service.access.scene import Scene
from service.followups.actions import csvs
from service.followups.actions.bodies import ActionIn
from service.followups.actions.commands import open_action
from service.followups.actions.door import needed, owner_of
from service.followups.actions.queries import by_key
from service.problems import Problem

KEY = 100
# What a cell takes, where it takes no plain text.
_WRITE = {
    "title": "a line of at most 300 characters",
    "owner": "a member's id such as ilo, or chair",
    "helpers": "members' ids such as ilo iom",
    "assignee": "the mail address of one of the owner's people",
    "due": "a day such as 2008-07-01",
    "before": "a meeting's id, next, next:principals or next:focal-points",
    "source": "decision:2008-3, outcome:<meeting>/<number>, activity:activity-4 or handover:turn-2",
    "purposes": "numbers such as 1 3 7",
    "visibility": "members or public",
}


class Took(NamedTuple):
    """What became of a row: taken, or known already, with the id of its action; or refused, and why."""

    line: int
    became: Literal["taken", "known", "refused"]
    action: str | None
    why: tuple[str, ...]


def take(at: Scene, rows: list[csvs.Row]) -> list[Took]:
    """Open an action for each row that fits; the group's row is to be locked."""
    return [_take(at, row) for row in rows]


def _take(at: Scene, row: csvs.Row) -> Took:
    if "" in row.cells:
        return _refused(row, "has more cells than the first line has columns; put quotes around a text with commas")
    cells = dict(row.cells)
    key = cells.pop("key", None)
    if key is not None and len(key) > KEY:
        return _refused(row, f"key is longer than {KEY} characters; shorten it")
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
        owner = owner_of(at, body.owner)
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
        raise ValueError("purposes are numbers, such as 1 3 7")
    return int(part)


def _fault(fault: Any) -> str:
    """What is wrong with a cell, and what to write instead."""
    column = str(fault["loc"][0])
    hint = _WRITE.get(column)
    return f"{column}: {str(fault['msg']).removeprefix('Value error, ')}" + (f"; write {hint}" if hint else "")


def _refused(row: csvs.Row, *why: str) -> Took:
    return Took(row.line, "refused", None, why)
