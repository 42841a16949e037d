"""The REPLY of a calendar program to a coming term (RFC 5546 3.2.3): whoever answers has seen that the turn is theirs.

Yes, perhaps and no say the same here. Nothing is decided about the turn, since a calendar cannot give a reason and
may answer by itself.
"""

from datetime import date

from sqlmodel import Session, col, select

from service import clock
from service.calendarfile import FoundAttendee, FoundEvent
from service.calendars.tables import LedgerRow
from service.events import Event
from service.groups.charter import Charter
from service.language.speech import _
from service.meetings.attendance.replies import Taken
from service.notifications.handovers.acknowledging import UNACKNOWLEDGED, acknowledge
from service.notifications.handovers.escalation_rules import acknowledgers
from service.notifications.handovers.reminders import REMINDER
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.posting import Recipient, reads
from service.problems import Problem

_ANSWERS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}
SEEN = (
    "They have seen that the turn is theirs. This decides nothing about it: whoever takes or gives up a turn says so "
    "by the link in the question, or at /chair-decisions."
)
STALE = "This answers an earlier state of the handover, which has changed since; it counts for nothing."
KNOWN = "This was known already."


def take_term_reply(
    session: Session, charter: Charter, today: date, event: FoundEvent, attendee: FoundAttendee
) -> Taken | None:
    """Take the answer to a term; None where no term has this UID. The group's row is to be locked.

    Raises:
        Problem: 409, as for `acknowledge`; 422, the answer says nothing, is to a SEQUENCE that is not known, or is from
            somebody who was not asked.
    """
    entry = session.exec(
        select(LedgerRow).where(
            LedgerRow.group_id == charter.group.id, LedgerRow.uid == event.uid, LedgerRow.kind == "term"
        )
    ).first()
    row = session.get(BoundaryRow, (charter.group.id, entry.key)) if entry is not None else None
    if entry is None or row is None:
        return None
    said = _ANSWERS.get(attendee.partstat)
    if said is None:
        raise Problem(422, "no-answer", _("PARTSTAT is none of ACCEPTED, TENTATIVE and DECLINED."))
    if event.sequence > entry.sequence:
        raise Problem(
            422,
            "unknown-sequence",
            _("SEQUENCE is not known here; this term is at {sequence}.", sequence=entry.sequence),
        )
    look = Look(session, charter.group.id)
    person, member = _asked(look, row, attendee.address)
    if _is_stale(look, row, event, entry.sequence):
        return Taken(handover=row.key, member=member, answer=said, taken=False, detail=STALE)
    taken = acknowledge(look, row, person, "rsvp")
    return Taken(handover=row.key, member=member, answer=said, taken=taken, detail=SEEN if taken else KNOWN)


def _asked(look: Look, row: BoundaryRow, address: str) -> tuple[str, str]:
    """The id of the person with an address, and for whom they answer: one who was asked, or reads in their place."""
    for told in acknowledgers(look.charter, row.incoming, row.day, look.today):
        mine = Recipient(told.person.name, told.person.email, told.organization)
        for one in (mine, reads(look, "chair", mine)):
            if one.address.casefold() == address.casefold():
                return look.people[one.address], told.organization
    raise Problem(422, "not-invited", _("The attendee of this REPLY was not asked about this term."))


def _is_stale(look: Look, row: BoundaryRow, event: FoundEvent, sequence: int) -> bool:
    """Whether an answer is to what was sent before this revision of the handover became known.

    The SEQUENCE rises also with what is no new revision, such as a term that is decided; so the lowest that was sent
    in this revision counts.
    """
    told = select(Event.data).where(
        Event.group_id == look.group_id, Event.subject == row.key, col(Event.kind).in_((REMINDER, UNACKNOWLEDGED)),
        col(Event.occurrence).startswith(f"{row.day}:{row.revision}:"),
    )  # fmt: skip
    first = min((int(data.get("sequence", sequence)) for data in look.session.exec(told)), default=sequence)
    stamp = min(event.stamp or clock.now(), clock.now())
    return event.sequence < first or stamp < row.learned_at.replace(microsecond=0)
