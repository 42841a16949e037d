"""Programmes as the rows stand."""

import re

from sqlmodel import Session, col, select

from service.followups.programmes.tables import ProgrammeRow
from service.language.speech import _
from service.problems import not_found

_TURN = re.compile(r"[a-z0-9-]{1,40}")


def programme_row(session: Session, group_id: str, turn: str, *, lock: bool = False) -> ProgrammeRow | None:
    """The programme of a term, if it has one; with `lock`, nobody else changes it until this transaction ends."""
    asked = select(ProgrammeRow).where(ProgrammeRow.group_id == group_id, ProgrammeRow.turn == turn)
    known = _TURN.fullmatch(turn) is not None
    return session.exec(asked.with_for_update() if lock else asked).first() if known else None


def existing(session: Session, group_id: str, turn: str, *, lock: bool = False) -> ProgrammeRow:
    """The programme of a term.

    Raises:
        Problem: 404, the term has none.
    """
    row = programme_row(session, group_id, turn, lock=lock)
    if row is None:
        raise not_found(_("The programme of this term is not here; check the address."))
    return row


def programmes(session: Session, group_id: str) -> dict[str, ProgrammeRow]:
    """Every programme of a group, by its turn."""
    asked = select(ProgrammeRow).where(ProgrammeRow.group_id == group_id).order_by(col(ProgrammeRow.turn))
    return {row.turn: row for row in session.exec(asked)}


def turns_of(session: Session, group_id: str, activity: str) -> list[str]:
    """The turns in whose programmes an activity stands."""
    return [turn for turn, row in programmes(session, group_id).items() if activity in row.activities]
