"""Writes of the rotation: a charter applied, a decision taken. One transaction each, the caller's."""

from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from service import clock, events, zones
from service.groups import commands as groups
from service.groups import queries
from service.groups.charter import Charter
from service.groups.commands import touch
from service.groups.decision import Decision, Proposal
from service.groups.mapping import decision_row, plain
from service.language.speech import _
from service.problems import Problem
from service.rotation.check import verify
from service.rotation.differences import Change, changes, refuse_rewriting
from service.rotation.proposals import effect, free_id
from service.rotation.values import RotationProblem


def apply_charter(
    session: Session, charter: Charter, *, correct: str | None = None, actor: str | None = None
) -> list[Change]:
    """Make `charter` the group's charter, and say which terms that changes.

    `correct` is the reason for saying something else of days before today; without it they stand.

    Raises:
        Problem: 409, the file is older than the charter in force, or rewrites the past;
            422, its rotation cannot be laid.
    """
    found = compared(session, charter, correct=correct)
    if found is None:
        return []
    group_id = charter.group.id
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


def compared(session: Session, charter: Charter, *, correct: str | None = None) -> list[Change] | None:
    """Which terms `charter` would change; None when it is the charter in force. Nothing is written.

    Raises:
        Problem: as for `apply_charter`.
    """
    try:
        verify(charter)
    except RotationProblem as problem:
        raise Problem(422, "charter-does-not-hold", str(problem)) from None
    today = zones.day_in(clock.now(), charter.group.timezone)
    known = queries.exists(session, charter.group.id)
    before = queries.charter(session, charter.group.id) if known else None
    if before is not None:
        if _same_facts(before, charter):
            return None
        _refuse_older(before, charter)
        if correct is None:
            refuse_rewriting(before, charter, today)
    return changes(before, charter, today)


class Taken(NamedTuple):
    """A decision as it is on record, the terms that it changed, and the group's version since then."""

    decision: Decision
    changes: list[Change]
    version: int


def take_decision(
    session: Session,
    group_id: str,
    proposal: Proposal,
    *,
    actor: str,
    id_: str | None = None,
    taken: date | None = None,
) -> Taken:
    """Take a decision on the chair: `id_` is the next free one and `taken` today unless given.

    Raises:
        Problem: 404, there is no such group; 409 and 422, it cannot be taken (see `effect`).
    """
    row = queries.group_row(session, group_id, lock=True)
    charter = queries.charter(session, group_id)
    decision, found = considered(charter, proposal, id_=id_, taken=taken)
    session.add(decision_row(group_id, len(charter.decisions), decision))
    touch(row)
    session.add(row)
    events.record(
        session,
        group_id,
        "chair.decided",
        decision.id,
        decision.id,
        actor=actor,
        decision=plain(decision),
        terms_changed=len(found),
    )
    events.terms_changed(session, group_id)
    return Taken(decision, found, row.version)


def considered(
    charter: Charter, proposal: Proposal, *, id_: str | None, taken: date | None
) -> tuple[Decision, list[Change]]:
    """What taking a proposal now would do; nothing is written.

    Raises:
        Problem: as for `effect`.
    """
    today = zones.day_in(clock.now(), charter.group.timezone)
    said = proposal.model_dump(by_alias=True, include=set(Proposal.model_fields), exclude_none=True)
    decision = Decision.model_validate(said | {"id": id_ or free_id(charter), "taken": taken or today})
    return decision, effect(charter, decision, today)


def _same_facts(before: Charter, after: Charter) -> bool:
    return before.model_copy(update={"revision": None}) == after.model_copy(update={"revision": None})


def _refuse_older(before: Charter, after: Charter) -> None:
    if after.revision is not None and before.revision is not None and after.revision < before.revision:
        raise Problem(
            409,
            "charter-is-older",
            _(
                "The file is revision {file}, the charter in force is revision {stands}. "
                "Export the charter, make the change there and apply that.",
                file=after.revision,
                stands=before.revision,
            ),
        )
