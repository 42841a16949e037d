"""What an activity points at has to be there: the decision or meeting that agreed it, the external event."""

from typing import NamedTuple

from sqlmodel import Session, col, select

from service import clock
from service.followups.activities.rules import Fault
from service.followups.decisions.queries import decision_row, state_of
from service.followups.decisions.rules import STANDS
from service.groups.charter import Charter
from service.language.speech import _
from service.meetings.outside.tables import ExternalRow
from service.meetings.queries import meeting_row
from service.problems import Problem


class Agreed(NamedTuple):
    """How the group agreed an activity: by a decision, or at a meeting."""

    decision: str | None
    meeting: str | None


def refuse(fault: Fault | None) -> None:
    """Raises:
    Problem: 422, there is a fault.
    """
    if fault is not None:
        raise Problem(422, *fault)


def agreed_by(session: Session, charter: Charter, decision: str | None, meeting: str | None) -> Agreed:
    """The decision that agreed an activity, which stands adopted; or the meeting, which has begun.

    Raises:
        Problem: 409, the decision is not adopted, or the meeting has not begun or was cancelled;
            422, neither is here.
    """
    if decision is not None:
        _adopted(session, charter.group.id, decision)
    elif meeting is not None:
        _begun(session, charter.group.id, meeting)
    return Agreed(decision, meeting)


def _adopted(session: Session, group_id: str, id_: str) -> None:
    try:
        found = state_of(session, decision_row(session, group_id, id_))
    except Problem:
        raise Problem(422, "no-such-decision", _("This group decision is not here; check its number.")) from None
    if found != "adopted":
        raise Problem(
            409,
            f"decision-is-{found}",
            _("{stands} Only an adopted one agrees an activity.", stands=_(STANDS[found])),
        )


def _begun(session: Session, group_id: str, id_: str) -> None:
    try:
        row = meeting_row(session, group_id, id_)
    except Problem:
        raise Problem(422, "no-such-meeting", _("This meeting is not here; check its id.")) from None
    if row.state == "cancelled":
        raise Problem(409, "meeting-is-cancelled", _("This meeting was cancelled; name one that took place."))
    if row.start > clock.now():
        raise Problem(409, "meeting-not-begun", _("This meeting has not begun; name one at which it was agreed."))


def need_external(session: Session, group_id: str, id_: str | None) -> None:
    """Raises:
    Problem: 422, there is no such external event, or it was withdrawn.
    """
    if id_ is None:
        return
    asked = select(ExternalRow).where(
        ExternalRow.group_id == group_id, ExternalRow.id == id_, ~col(ExternalRow.withdrawn)
    )
    if session.exec(asked).first() is None:
        raise Problem(422, "no-such-event", _("This external event is not here; keep it first, or leave it out."))
