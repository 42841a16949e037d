"""Lists of actions, page by page: plain columns, walked along an index, however many there are.

Two filters stand in lists inside a row (purposes and helpers) and are looked at row by row on the way.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, String, Table, and_, cast, or_, select, tuple_
from sqlmodel import Session

from service.followups.actions.rules import NO_DAY, Status
from service.followups.actions.tables import ActionRow

_BATCH = 500
Values = dict[str, Any]


class Filters(NamedTuple):
    """Which actions: all that are set hold together. `due_from` and `due_until` are days `[from, until)`.

    `due` is `none` for those without a day.
    """

    owner: str | None = None
    status: Status | None = None
    due_from: date | None = None
    due_until: date | None = None
    purpose: int | None = None
    source: str | None = None
    helper: str | None = None
    assignee: str | None = None
    visibility: str | None = None
    due: Literal["none"] | None = None

    def named(self) -> str:
        """What makes two lists the same one, for their cursors."""
        return ",".join(f"{name}={value}" for name, value in self._asdict().items() if value is not None)


_table: Table = ActionRow.__table__  # type: ignore[attr-defined]
_c = _table.c


def page(
    session: Session,
    group_id: str,
    filters: Filters,
    names: Sequence[str],
    *,
    today: date,
    newest: bool,
    after: list[Any] | None,
    limit: int,
) -> tuple[list[Values], list[Any] | None]:
    """Up to `limit` actions as mappings of `names`, and the key of the last one where more follow.

    By the day they are due (those without one last), then by number; or `newest` first.
    """
    asked = _selected(names).where(_c.group_id == group_id, *_conditions(filters, today))
    if newest:
        asked = asked.order_by(_c.number.desc())
        if after is not None:
            asked = asked.where(_c.number < after[0])
    else:
        asked = asked.order_by(_c.place, _c.number)
        if after is not None:
            asked = asked.where(tuple_(_c.place, _c.number) > tuple_(date.fromisoformat(after[0]), after[1]))
    found = [dict(row) for row in session.connection().execute(asked.limit(limit + 1)).mappings()]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], [last["number"]] if newest else [last["place"].isoformat(), last["number"]]


def every(session: Session, group_id: str, filters: Filters, names: Sequence[str], today: date) -> Iterator[Values]:
    """All of them by the day they are due, a batch at a time, so that memory stays small."""
    after: list[Any] | None = None
    while True:
        found, after = page(session, group_id, filters, names, today=today, newest=False, after=after, limit=_BATCH)
        yield from found
        if after is None:
            return


def _selected(names: Sequence[str]) -> Select[Any]:
    return select(*(_c[name] for name in dict.fromkeys([*names, "place", "number"])))


def _conditions(filters: Filters, today: date) -> Iterator[ColumnElement[bool]]:
    if filters.status in ("pending", "overdue"):
        yield _c.pending.is_(True)
    elif filters.status is not None:
        yield _c.state == filters.status
    if filters.status == "overdue":
        yield _c.place < today
    plain: Mapping[str, Any] = {
        "owner": filters.owner,
        "source": filters.source,
        "assignee": filters.assignee,
        "visibility": filters.visibility,
    }
    yield from (_c[name] == value for name, value in plain.items() if value is not None)
    if filters.due_from is not None:
        yield and_(_c.place >= filters.due_from, _c.place < NO_DAY)
    if filters.due_until is not None:
        yield _c.place < filters.due_until
    if filters.due == "none":
        yield _c.place == NO_DAY
    if filters.helper is not None:
        yield _text("helpers").contains(f'"{filters.helper}"', autoescape=True)
    if filters.purpose is not None:
        number = filters.purpose
        forms = (f"[{number}]", f"[{number}, %", f"%, {number}]", f"%, {number}, %")
        yield or_(*(_text("purposes").like(form) for form in forms))


def _text(name: str) -> Any:
    """A list inside a row as the text that it is kept as."""
    return cast(_c[name], String)
