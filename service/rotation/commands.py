"""Writes of the rotation: a charter applied. One transaction each, the caller's."""

from datetime import date

from sqlmodel import Session

from service import clock, events, zones
from service.groups import commands as groups
from service.groups import queries
from service.groups.charter import Charter
from service.problems import Problem
from service.rotation.check import verify
from service.rotation.differences import Change, changes, rewritten_days
from service.rotation.values import RotationProblem, Term


def apply_charter(
    session: Session, charter: Charter, *, correct: str | None = None, actor: str | None = None
) -> list[Change]:
    """Make `charter` the group's charter, and say which terms that changes.

    `correct` is the reason for saying something else of days before today; without it they stand.

    Raises:
        Problem: 409, the file is older than the charter in force, or rewrites the past;
            422, its rotation cannot be laid.
    """
    try:
        verify(charter)
    except RotationProblem as problem:
        raise Problem(422, "charter-does-not-hold", str(problem)) from None
    group_id = charter.group.id
    today = zones.day_in(clock.now(), charter.group.timezone)
    before = queries.charter(session, group_id) if queries.exists(session, group_id) else None
    if before is not None:
        if _same_facts(before, charter):
            return []
        _refuse_older(before, charter)
        if correct is None:
            _refuse_rewriting(before, charter, today)
    found = changes(before, charter, today)
    row = groups.store(session, charter)
    kind = "charter.corrected" if correct else "charter.applied"
    events.record(
        session,
        group_id,
        kind,
        group_id,
        str(row.version),
        actor=actor,
        reason=correct,
        terms_changed=len(found),
    )
    events.terms_changed(session, group_id)
    return found


def _same_facts(before: Charter, after: Charter) -> bool:
    return before.model_copy(update={"revision": None}) == after.model_copy(update={"revision": None})


def _refuse_older(before: Charter, after: Charter) -> None:
    if after.revision is not None and before.revision is not None and after.revision < before.revision:
        raise Problem(
            409,
            "charter-is-older",
            f"The file is revision {after.revision}, the charter in force is revision {before.revision}. "
            "Export the charter, make the change there and apply that.",
        )


def _refuse_rewriting(before: Charter, after: Charter, today: date) -> None:
    rewritten = rewritten_days(before, after, today)
    if rewritten:
        day, old, new = rewritten[0]
        raise Problem(
            409,
            "past-would-change",
            f"Days before today would change: from {day} the chair was {_named(old)} and would become {_named(new)}. "
            "Take a decision for a coming day, or apply with a reason for the correction (--correct REASON).",
        )


def _named(term: Term | None) -> str:
    if term is None:
        return "part of the term before"
    return " and ".join(term.chair) or "vacant"
