"""Setting and closing the programme of a term, inside the transaction of the caller."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from service import clock, events
from service.followups.activities.queries import known_ids
from service.followups.programmes.queries import programme_row
from service.followups.programmes.rules import ACTIVITIES, unfinished
from service.followups.programmes.tables import ProgrammeRow
from service.language.speech import _, ngettext
from service.problems import Problem
from service.rotation.values import Term


def set_programme(
    session: Session, group_id: str, term: Term, theme: str, text: str, activities: Sequence[str], *, actor: str
) -> ProgrammeRow:
    """Set the programme of a term, or set it anew, whole.

    Raises:
        Problem: 409, it is closed, or an activity that did not stand in it is closed; 422, an activity is not
            known or stands twice.
    """
    row = programme_row(session, group_id, term.key, lock=True)
    if row is not None and row.closed_at is not None:
        raise Problem(
            409, "programme-is-closed", _("The programme of this term is closed; what is new is for the next.")
        )
    known = known_ids(session, group_id, activities)
    if len(set(activities)) != len(activities):
        raise Problem(422, "named-twice", _("An activity stands twice in the programme; name each once."))
    if any(id_ not in known for id_ in activities):
        raise Problem(422, "no-such-activity", _("The programme names an activity that is not here; propose it first."))
    new = set(activities) - set(row.activities if row else ())
    if any(known[id_].closed_at is not None for id_ in new):
        raise Problem(
            409, "activity-is-closed", _("An activity that is completed or discontinued enters no programme.")
        )
    row = row or _new(group_id, term.key, actor)
    row.theme, row.text, row.activities = theme, text, list(activities)
    _changed(row, actor)
    session.add(row)
    _record(session, row, "programme.set", actor, theme=theme, activities=list(activities))
    return row


def close(
    session: Session,
    row: ProgrammeRow,
    summary: str,
    carry: Sequence[str],
    following: Term | None,
    *,
    actor: str,
) -> None:
    """Close a programme with what came of it; those of `carry` pass to the programme of the term `following`.

    Raises:
        Problem: 409, it is closed already, there is no term to carry to, or its programme is closed or full;
            422, what is to be carried is not unfinished here.
    """
    if row.closed_at is not None:
        raise Problem(409, "programme-is-closed", _("The programme of this term is closed already."))
    known = known_ids(session, row.group_id, row.activities)
    left = unfinished((id_, known[id_].state) for id_ in row.activities)
    if not set(carry) <= set(left) or len(set(carry)) != len(carry):
        raise Problem(
            422,
            "nothing-to-carry",
            _("Carry activities that are unfinished here, each once: {ids}.", ids=", ".join(left) or "–"),
        )
    row.closed_at, row.closed_by, row.summary = clock.now(), actor, summary
    row.unfinished, row.carried = left, list(carry)
    _changed(row, actor)
    session.add(row)
    if carry:
        _carry(session, row, carry, following, actor)
    _record(session, row, "programme.closed", actor, unfinished=left, carried=list(carry))


def _carry(session: Session, row: ProgrammeRow, carry: Sequence[str], following: Term | None, actor: str) -> None:
    if following is None:
        raise Problem(409, "no-next-term", _("No term follows this one yet, so nothing can be carried to it."))
    known = programme_row(session, row.group_id, following.key, lock=True)
    if known is not None and known.closed_at is not None:
        raise Problem(
            409, "programme-is-closed", _("The programme of the next term is closed; nothing is carried to it.")
        )
    to = known or _new(row.group_id, following.key, actor)
    to.activities = [*to.activities, *(id_ for id_ in carry if id_ not in to.activities)]
    if len(to.activities) > ACTIVITIES:
        raise Problem(
            409,
            "programme-is-full",
            ngettext(
                "A programme holds at most {n} activity.", "A programme holds at most {n} activities.", ACTIVITIES
            ),
        )
    _changed(to, actor)
    session.add(to)
    _record(session, to, "programme.carried", actor, carried=list(carry), before=row.turn)


def _new(group_id: str, turn: str, actor: str) -> ProgrammeRow:
    return ProgrammeRow(group_id=group_id, turn=turn, by=actor, changed_at=clock.now(), version=0)


def _changed(row: ProgrammeRow, actor: str) -> None:
    row.version += 1
    row.by, row.changed_at = actor, clock.now()


def _record(session: Session, row: ProgrammeRow, kind: str, actor: str, **said: Any) -> None:
    events.record(session, row.group_id, kind, row.turn, str(row.version), actor=actor, **said)
