"""Writing, circulating and objecting to minutes, each inside the transaction of the caller."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session

from service import clock, events, zones
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.meetings.minutes.queries import existing, minutes_row, objections, outcomes, state_of
from service.meetings.minutes.rules import SILENCE, STANDS
from service.meetings.minutes.tables import MinutesRow, ObjectionRow, OutcomeRow
from service.meetings.tables import MeetingRow
from service.problems import Problem


def write(
    session: Session, meeting: MeetingRow, text: str, said: Sequence[tuple[str, str | None]], *, actor: str
) -> MinutesRow:
    """Write the minutes: text, and outcomes as (text, agenda item). They are a draft again until circulated.

    Raises:
        Problem: 409, the meeting was not held, the minutes are adopted, or an outcome that was circulated
            under its number would be gone.
    """
    if meeting.state != "held":
        raise Problem(409, f"meeting-is-{meeting.state}", _("Minutes are written once the meeting is held."))
    row = minutes_row(session, meeting)
    if row is None:
        row = MinutesRow(
            group_id=meeting.group_id, meeting=meeting.id, text=text, version=0, by=actor, changed_at=clock.now()
        )
    elif state_of(session, meeting, row) == "adopted":
        raise Problem(
            409, "minutes-are-adopted", _("These minutes are adopted; correct them by an outcome of the next meeting.")
        )
    if len(said) < row.numbered:
        raise Problem(
            409,
            "outcome-is-numbered",
            ngettext(
                "{n} outcome was circulated under its number; keep it.",
                "{n} outcomes were circulated under their numbers; keep each of them.",
                row.numbered,
            ),
        )
    row.text, row.by, row.changed_at = text, actor, clock.now()
    row.version += 1
    row.circulated_at = row.until = None
    session.add(row)
    _number(session, meeting, said)
    events.record(session, meeting.group_id, "minutes.written", meeting.id, str(row.version), actor=actor)
    return row


def _number(session: Session, meeting: MeetingRow, said: Sequence[tuple[str, str | None]]) -> None:
    known = {row.number: row for row in outcomes(session, meeting)}
    for number, (text, item) in enumerate(said, 1):
        row = known.pop(number, None) or OutcomeRow(
            group_id=meeting.group_id, meeting=meeting.id, number=number, text=text
        )
        row.text, row.item = text, item
        session.add(row)
    for row in known.values():
        session.delete(row)
    session.flush()


def circulate(session: Session, charter: Charter, meeting: MeetingRow, last: date, *, actor: str) -> MinutesRow:
    """Circulate the minutes; they are adopted when the day `last` (in the group's zone) ends in silence.

    Raises:
        Problem: 404, there are none; 409, they are circulated already; 422, the deadline is too near or too far.
    """
    row = existing(session, meeting)
    if state_of(session, meeting, row) != "draft":
        raise Problem(
            409, "minutes-are-circulated", _("These minutes are circulated; write a new version to do it again.")
        )
    zone = charter.group.timezone
    today = zones.day_in(clock.now(), zone)
    if not SILENCE[0] <= (last - today).days <= SILENCE[1]:
        raise Problem(
            422,
            "invalid-deadline",
            ngettext(
                "Give members {least} to {n} day from today.",
                "Give members {least} to {n} days from today.",
                SILENCE[1],
                least=SILENCE[0],
            ),
        )
    row.circulated_at, row.until = clock.now(), zones.midnight(last + timedelta(days=1), zone)
    row.numbered = len(outcomes(session, meeting))
    session.add(row)
    events.record(
        session,
        meeting.group_id,
        "minutes.circulated",
        meeting.id,
        str(row.version),
        actor=actor,
        until=last.isoformat(),
    )
    events.changed(session, "meeting", meeting.group_id, meeting.id)
    return row


def object_to(session: Session, meeting: MeetingRow, member: str, text: str, *, actor: str) -> MinutesRow:
    """Object to the minutes in circulation; a second text of a member replaces its first.

    Raises:
        Problem: 404, there are none; 409, they are not in circulation.
    """
    row = existing(session, meeting)
    found = state_of(session, meeting, row)
    if found not in ("circulated", "contested") or row.until is None or clock.now() >= row.until:
        raise Problem(
            409,
            f"minutes-are-{found}",
            _("{stands} Only minutes in circulation are objected to.", stands=_(STANDS[found])),
        )
    known = {one.member: one for one in objections(session, meeting, row.version)}.get(member)
    objection = known or ObjectionRow(
        group_id=meeting.group_id, meeting=meeting.id, version=row.version, member=member, text=text, by=actor,
        at=clock.now(),
    )  # fmt: skip
    objection.text, objection.by, objection.at = text, actor, clock.now()
    session.add(objection)
    events.record(
        session, meeting.group_id, "minutes.objected", meeting.id, actor=actor, member=member, version=row.version
    )
    return row
