"""What a new decision needs before it is written: a number, a source, purposes and members that exist."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, func, select

from service import clock, zones
from service.followups.decisions.queries import decision_row, state_of, successors
from service.followups.decisions.rules import STANDS
from service.followups.decisions.tables import GroupDecisionRow
from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import _
from service.meetings.minutes.queries import outcomes
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.problems import Problem


def new_row(
    session: Session, charter: Charter, *, supersedes: str | None = None, actor: str, **values: Any
) -> GroupDecisionRow:
    """A decision with the next number of this year (in the group's zone); the group's row is to be locked.

    Raises:
        Problem: 404 and 409, what it supersedes is not there, not adopted, or being replaced already; 422, a purpose
            is not known, or the text is empty.
    """
    _purposes(charter, values["purposes"])
    if not values["text"]:
        raise Problem(422, "empty-field", _("The text is empty; write what is decided."))
    replaced = _superseded(session, charter, supersedes) if supersedes is not None else None
    now = clock.now()
    year = zones.day_in(now, charter.group.timezone).year
    row = GroupDecisionRow
    asked = select(func.max(row.number)).where(row.group_id == charter.group.id, row.year == year)
    number = (session.exec(asked).one() or 0) + 1
    new = GroupDecisionRow(
        group_id=charter.group.id, id=f"{year}-{number}", year=year, number=number, supersedes=supersedes,
        opened_at=now, asked_at=now, changed_at=now, by=actor,
        **values | {"purposes": sorted(set(values["purposes"]))},
    )  # fmt: skip
    session.add(new)
    if replaced is not None:
        count(session, replaced)
    session.flush()
    return new


def _superseded(session: Session, charter: Charter, id_: str) -> GroupDecisionRow:
    """What a new decision is made to replace."""
    row = decision_row(session, charter.group.id, id_)
    state = state_of(session, row)
    if state != "adopted":
        raise Problem(
            409, f"decision-is-{state}", _("{stands} Only an adopted one is superseded.", stands=_(STANDS[state]))
        )
    if any(one.withdrawn_at is None for one in successors(session, row.group_id, [row.id])[row.id]):
        raise Problem(
            409, "already-in-hand", _("Another decision is open to supersede this one; revise or withdraw that.")
        )
    return row


def source(session: Session, charter: Charter, values: Mapping[str, Any]) -> MeetingRow | None:
    """The meeting that a decision comes from, if it names one.

    Raises:
        Problem: 404, there is no such meeting; 422, it has no outcome of that number.
    """
    id_, number = values.get("meeting"), values.get("outcome")
    if id_ is None:
        if number is not None:
            raise Problem(422, "meeting-required", _("An outcome belongs to a meeting; name it in meeting."))
        return None
    meeting = meeting_row(session, charter.group.id, id_)
    if number is not None and number not in {one.number for one in outcomes(session, meeting)}:
        raise Problem(422, "no-such-outcome", _("The minutes of this meeting have no outcome with that number."))
    return meeting


def _purposes(charter: Charter, purposes: Sequence[int]) -> None:
    if not set(purposes) <= set(charter.purposes):
        known = ", ".join(map(str, sorted(charter.purposes))) or "–"
        raise Problem(
            422, "no-such-purpose", _("A purpose is not in the Terms of Reference; they are {known}.", known=known)
        )


def need_member(charter: Charter, member: str, day: date) -> None:
    """Raises:
    Problem: 422, this is no member of the group on `day`.
    """
    found = charter.member(member)
    if found is None:
        raise Problem(422, "no-such-member", _("A member that is named is not known here; name members by their id."))
    if not found.stands(day):
        raise Problem(
            422, "no-such-member", _("{label} is no member of the group on {day}.", label=found.label, day=spoken(day))
        )


def count(session: Session, row: GroupDecisionRow) -> None:
    """Note that what is told of a decision has changed."""
    row.version += 1
    row.changed_at = clock.now()
    session.add(row)
