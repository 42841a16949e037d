"""Reads of the rotation: a group's terms as the tables stand."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from service import clock, zones
from service.events import Event
from service.groups import queries as groups
from service.groups.charter import Charter
from service.rotation.engine import terms
from service.rotation.rules import Sitting, horizon, sitting
from service.rotation.values import Term


class Standing(NamedTuple):
    """A group as it stands today: its charter, its terms as far as they are shown, and who sits."""

    charter: Charter
    version: int
    today: date
    laid: list[Term]
    now: Sitting


def standing(session: Session, group_id: str, day: date | None = None, *, lock: bool = False) -> Standing:
    """The group on `day` (default: today in the group's zone); with `lock`, nobody else changes it meanwhile.

    Raises:
        Problem: 404, there is no such group.
    """
    row = groups.group_row(session, group_id, lock=lock)
    charter = groups.charter(session, group_id)
    today = day or zones.day_in(clock.now(), charter.group.timezone)
    laid = terms(charter, horizon(charter, today))
    return Standing(charter, row.version, today, laid, sitting(charter, today, laid))


def recorded_by(session: Session, group_id: str, decisions: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """Who has put each of these decisions on the chair on record, and when; none for what the charter brought."""
    asked = select(Event.subject, Event.actor, Event.recorded_at).where(
        Event.group_id == group_id, Event.kind == "chair.decided", col(Event.subject).in_(decisions)
    )
    return {subject: (actor or "", at) for subject, actor, at in session.exec(asked)}
