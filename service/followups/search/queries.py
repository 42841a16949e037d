"""One search over what was decided, agreed, left to do and minuted; kind by kind, the newest of each first."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, exists, select

from service.followups.actions.tables import ActionRow
from service.followups.activities.tables import ActivityRow
from service.followups.decisions.tables import GroupDecisionRow
from service.followups.search.rules import ESCAPE, KINDS, Kind, patterns, snippet
from service.language.speech import _
from service.meetings.minutes.tables import MinutesRow, OutcomeRow
from service.meetings.tables import MeetingRow
from service.problems import Problem

# A search that takes longer holds others up: seconds.
PATIENCE = 2.0
_STEPS = 10_000


class Hit(NamedTuple):
    """Something that was found; `key` is its place among those of its kind."""

    kind: Kind
    id: str
    title: str
    snippet: str
    key: list[Any]


def search(
    session: Session, group_id: str, words: list[str], kinds: Sequence[Kind], after: list[Any] | None, limit: int
) -> list[Hit]:
    """Up to `limit` hits, after the one with the key `[kind, *key]`.

    Raises:
        Problem: 503, it takes too long.
    """
    found: list[Hit] = []
    wanted = [kind for kind in KINDS if kind in kinds and (after is None or KINDS.index(kind) >= KINDS.index(after[0]))]
    with bounded(session, PATIENCE):
        for kind in wanted:
            past = after[1:] if after is not None and after[0] == kind else None
            found += _OF[kind](session, group_id, words, past, limit - len(found))
            if len(found) >= limit:
                break
    return found


def overview(session: Session, group_id: str, words: list[str], each: int) -> dict[Kind, list[Hit]]:
    """Up to `each` hits of every kind that has any.

    Raises:
        Problem: 503, it takes too long.
    """
    with bounded(session, PATIENCE):
        found = {kind: _OF[kind](session, group_id, words, None, each) for kind in KINDS}
    return {kind: hits for kind, hits in found.items() if hits}


@contextmanager
def bounded(session: Session, seconds: float) -> Iterator[None]:
    """Let no statement in the block run longer than `seconds`.

    Raises:
        Problem: 503, one did.
    """
    connection = session.connection()
    raw: Any = connection.connection.driver_connection
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        last = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > last, _STEPS)
    else:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
    try:
        yield
    except OperationalError:
        raise Problem(
            503,
            "search-too-slow",
            _("The search took too long; look for a longer word, or in one kind alone."),
            headers={"Retry-After": "5"},
        ) from None
    finally:
        if sqlite:
            raw.set_progress_handler(None, _STEPS)


def _holds(words: list[str], *columns: Any) -> ColumnElement[bool]:
    """Whether each of the words stands in one of the columns."""
    return and_(*(or_(*(_like(column, word) for column in columns)) for word in words))


def _like(column: Any, word: str) -> ColumnElement[bool]:
    return or_(*(column.ilike(pattern, escape=ESCAPE) for pattern in patterns(word)))


def _decisions(session: Session, group_id: str, words: list[str], past: list[Any] | None, limit: int) -> list[Hit]:
    row = GroupDecisionRow
    asked: Select[Any] = select(row.id, row.title, row.text, row.year, row.number).where(  # type: ignore[call-overload]
        row.group_id == group_id, _holds(words, col(row.title), col(row.text))
    )
    if past is not None:
        year, number = past
        asked = asked.where(or_(col(row.year) < year, and_(col(row.year) == year, col(row.number) < number)))
    asked = asked.order_by(col(row.year).desc(), col(row.number).desc()).limit(limit)
    found = session.connection().execute(asked)
    return [
        Hit("decision", id_, title, snippet([title, text], words), [year, number])
        for id_, title, text, year, number in found
    ]


def _numbered(
    session: Session,
    kind: Kind,
    row: Any,
    text: Any,
    group_id: str,
    words: list[str],
    past: list[Any] | None,
    limit: int,
) -> list[Hit]:
    asked: Select[Any] = select(row.id, row.title, text, row.number).where(
        row.group_id == group_id, _holds(words, row.title, text)
    )
    if past is not None:
        asked = asked.where(row.number < past[0])
    found = session.connection().execute(asked.order_by(row.number.desc()).limit(limit))
    return [Hit(kind, id_, title, snippet([title, said], words), [number]) for id_, title, said, number in found]


def _activities(session: Session, group_id: str, words: list[str], past: list[Any] | None, limit: int) -> list[Hit]:
    return _numbered(session, "activity", ActivityRow, ActivityRow.objective, group_id, words, past, limit)


def _actions(session: Session, group_id: str, words: list[str], past: list[Any] | None, limit: int) -> list[Hit]:
    return _numbered(session, "action", ActionRow, ActionRow.text, group_id, words, past, limit)


def _minutes(session: Session, group_id: str, words: list[str], past: list[Any] | None, limit: int) -> list[Hit]:
    """Minutes that were circulated; a draft is the chair's alone. Found by title, text and outcomes."""

    def said(word: str) -> ColumnElement[bool]:
        return exists().where(
            col(OutcomeRow.group_id) == col(MinutesRow.group_id),
            col(OutcomeRow.meeting) == col(MinutesRow.meeting),
            _like(col(OutcomeRow.text), word),
        )

    asked = (
        select(MeetingRow.id, MeetingRow.title, MinutesRow.text, MeetingRow.start)
        .where(
            MinutesRow.group_id == group_id,
            col(MinutesRow.circulated_at).is_not(None),
            MeetingRow.group_id == group_id,
            MeetingRow.id == MinutesRow.meeting,
        )
        .where(*(or_(_holds([word], col(MinutesRow.text), col(MeetingRow.title)), said(word)) for word in words))
    )
    if past is not None:
        start, id_ = datetime.fromisoformat(past[0]), past[1]
        asked = asked.where(
            or_(col(MeetingRow.start) < start, and_(col(MeetingRow.start) == start, col(MeetingRow.id) < id_))
        )
    asked = asked.order_by(col(MeetingRow.start).desc(), col(MeetingRow.id).desc()).limit(limit)
    found = session.connection().execute(asked).all()
    outcomes = _outcomes(session, group_id, [id_ for id_, *_ in found])
    return [
        Hit("minutes", id_, title, snippet([text, *outcomes.get(id_, []), title], words), [start.isoformat(), id_])
        for id_, title, text, start in found
    ]


def _outcomes(session: Session, group_id: str, ids: list[str]) -> dict[str, list[str]]:
    asked = select(OutcomeRow).where(OutcomeRow.group_id == group_id, col(OutcomeRow.meeting).in_(ids))
    found: dict[str, list[str]] = {}
    for row in session.exec(asked.order_by(col(OutcomeRow.number))) if ids else ():
        found.setdefault(row.meeting, []).append(row.text)
    return found


_OF = {"decision": _decisions, "activity": _activities, "action": _actions, "minutes": _minutes}
