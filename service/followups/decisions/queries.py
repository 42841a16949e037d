"""Decisions of the group as the rows stand, and where each is at this instant."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, exists, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from service import clock, zones
from service.events import Event
from service.followups.decisions import rules
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.groups.charter import Charter
from service.language.speech import _
from service.problems import not_found

ADOPTED = "decision.adopted"
ID = re.compile(r"\d{4}-\d{1,6}", re.ASCII)


class Wanted(NamedTuple):
    """Which decisions a list is of; what is None is not asked for."""

    year: int | None = None
    state: rules.State | None = None
    operative: rules.Operative | None = None
    purpose: int | None = None
    meeting: str | None = None
    position: bool | None = None


def decision_row(session: Session, group_id: str, id_: str) -> GroupDecisionRow:
    """One decision.

    Raises:
        Problem: 404, there is no such decision.
    """
    row = session.get(GroupDecisionRow, (group_id, id_)) if ID.fullmatch(id_) else None
    if row is None:
        raise not_found(_("This decision is not here; check the address."))
    return row


def answers(session: Session, row: GroupDecisionRow) -> list[GroupAnswerRow]:
    """Everything that was answered to a decision, in the order in which it came, rounds of before included."""
    asked = select(GroupAnswerRow).where(GroupAnswerRow.group_id == row.group_id, GroupAnswerRow.decision == row.id)
    return list(session.exec(asked.order_by(col(GroupAnswerRow.number))))


def course(row: GroupDecisionRow) -> rules.Course:
    """How far a decision has come, as its state is made of."""
    return rules.Course(row.until, row.objections, row.withdrawn_at is not None)


def successors(session: Session, group_id: str, ids: Sequence[str]) -> dict[str, list[GroupDecisionRow]]:
    """Those made to replace each of some decisions, withdrawn ones included."""
    found: dict[str, list[GroupDecisionRow]] = {id_: [] for id_ in ids}
    asked = select(GroupDecisionRow).where(
        GroupDecisionRow.group_id == group_id, col(GroupDecisionRow.supersedes).in_(ids)
    )
    for row in session.exec(asked.order_by(col(GroupDecisionRow.opened_at))) if ids else ():
        found[row.supersedes or ""].append(row)
    return found


def states(session: Session, rows: Sequence[GroupDecisionRow]) -> dict[str, rules.State]:
    """Where each of a group's decisions stands now, by id."""
    after = successors(session, rows[0].group_id, [row.id for row in rows]) if rows else {}
    now = clock.now()
    return {row.id: rules.state(course(row), now, [course(one) for one in after[row.id]]) for row in rows}


def state_of(session: Session, row: GroupDecisionRow) -> rules.State:
    """Where a decision stands now."""
    return states(session, [row])[row.id]


def adopted_at(row: GroupDecisionRow) -> datetime | None:
    """The instant from which a decision is adopted; None where it is not."""
    if rules.outcome(course(row), clock.now()) != "adopted":
        return None
    return row.until or row.opened_at


def silent(charter: Charter, row: GroupDecisionRow, said: Iterable[str]) -> list[str]:
    """The members that were asked in the present round and have said nothing, as of now or of its end."""
    if row.until is None:
        return []
    day = asked_on(charter, row)
    heard = set(said)
    return [member.id for member in charter.members if member.stands(day) and member.id not in heard]


def asked_on(charter: Charter, row: GroupDecisionRow) -> date:
    """The day in the group's zone whose members are asked: today, or the last one of what has ended."""
    ends = [clock.now(), row.withdrawn_at, row.until - timedelta(seconds=1) if row.until else None]
    return zones.day_in(min(end for end in ends if end is not None), charter.group.timezone)


def page(
    session: Session,
    group_id: str,
    wanted: Wanted,
    *,
    inside: bool,
    after: tuple[int, int] | None = None,
    limit: int,
) -> list[GroupDecisionRow]:
    """At most `limit` decisions, newest first, behind `after` (year, number); the public sees what it may."""
    row = GroupDecisionRow
    now = clock.now()
    asked = select(row).where(row.group_id == group_id)
    if not inside:
        asked = asked.where(row.visibility == "public", _adopted(row, now))
    if wanted.year is not None:
        asked = asked.where(row.year == wanted.year)
    if wanted.state is not None:
        asked = asked.where(_is(wanted.state, now))
    if wanted.operative is not None:
        asked = asked.where(row.operative == wanted.operative)
    if wanted.purpose is not None:
        asked = asked.where(_has(wanted.purpose))
    if wanted.meeting is not None:
        asked = asked.where(row.meeting == wanted.meeting)
    if wanted.position is not None:
        asked = asked.where(row.position == wanted.position)
    if after is not None:
        year, number = after
        asked = asked.where(or_(col(row.year) < year, and_(col(row.year) == year, col(row.number) < number)))
    return list(session.exec(asked.order_by(col(row.year).desc(), col(row.number).desc()).limit(limit)))


def running(session: Session, group_id: str) -> list[GroupDecisionRow]:
    """The decisions that members may answer to now, those that end first before the others."""
    row = GroupDecisionRow
    asked = select(row).where(row.group_id == group_id, col(row.withdrawn_at).is_(None), col(row.until) > clock.now())
    return list(session.exec(asked.order_by(col(row.until), col(row.number))))


def unrecorded(session: Session, group_id: str) -> list[GroupDecisionRow]:
    """The decisions that silence has adopted and no event tells of yet."""
    row = GroupDecisionRow
    told = exists().where(
        col(Event.group_id) == group_id, col(Event.kind) == ADOPTED, col(Event.subject) == col(row.id)
    )
    asked = select(row).where(row.group_id == group_id, _adopted(row, clock.now()), not_(told))
    return list(session.exec(asked.order_by(col(row.until), col(row.number))))


# The rules of `rules.outcome` and `rules.state` once more, for lists that are filtered by the database.


def _adopted(row: Any, now: datetime) -> ColumnElement[bool]:
    silence = or_(row.until.is_(None), row.until <= now)
    return and_(row.withdrawn_at.is_(None), row.objections == 0, silence)


# The decision that may have taken the place of another.
_NEW: Any = aliased(GroupDecisionRow)


def _is(state: rules.State, now: datetime) -> ColumnElement[bool]:
    row: Any = GroupDecisionRow
    if state == "withdrawn":
        return and_(row.withdrawn_at.is_not(None))
    if state == "contested":
        return and_(row.withdrawn_at.is_(None), row.objections > 0)
    if state == "open":
        return and_(row.withdrawn_at.is_(None), row.objections == 0, row.until > now)
    replaced = exists().where(_NEW.group_id == row.group_id, _NEW.supersedes == row.id, _adopted(_NEW, now))
    return and_(_adopted(row, now), replaced if state == "superseded" else not_(replaced))


def _has(purpose: int) -> ColumnElement[bool]:
    """Whether a purpose stands in the list, as both databases keep it: [1, 7]."""
    kept = cast(col(GroupDecisionRow.purposes), String)
    shapes = (f"[{purpose}]", f"[{purpose},%", f"%, {purpose},%", f"%, {purpose}]")
    return or_(*(kept.like(shape) for shape in shapes))
