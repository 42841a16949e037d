"""The verbs of a meeting, each inside the transaction of the caller."""

from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session, select

from service import clock, events, zones
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.meetings.agenda.carrying import add_exchange, carry_forward
from service.meetings.cadences import chair_on, city_of
from service.meetings.changing import change, new_meeting
from service.meetings.polls.commands import settle_polls
from service.meetings.rules import REACH, STANDS, STARTS, Schedule
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.rotation.engine import terms


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant at which clocks in `zone` show `day` and `at`; the first where they show it twice.

    Raises:
        Problem: 422, clocks there skip that time; the next one is named.
    """
    instant = zones.instant_at(day, at, zone)
    shown = instant.astimezone(zones.zone(zone))
    if (shown.date(), shown.time()) != (day, at):
        raise Problem(
            422,
            "no-such-time",
            _(
                "Clocks in {zone} skip that time; the next one is {hour} on {day}.",
                zone=zone,
                hour=f"{shown:%H:%M}",
                day=shown.date(),
            ),
        )
    return instant


def new_id(session: Session, group_id: str, day: date) -> str:
    """The id of a meeting that no cadence asks for: its first day, and a number where there are several."""
    known = set(
        session.exec(select(MeetingRow.id).where(MeetingRow.group_id == group_id, MeetingRow.cadence == None))  # noqa: E711
    )
    names = (f"on-{day}" if number == 1 else f"on-{day}-{number}" for number in range(1, 1000))
    return next(name for name in names if name not in known)


def create(
    session: Session, charter: Charter, *, start: datetime, place: str | None, actor: str, **values: Any
) -> MeetingRow:
    """Propose a meeting that no cadence asks for.

    Raises:
        Problem: 422, it lies in the past or too far ahead.
    """
    _ahead(start)
    day = zones.day_in(start, charter.group.timezone)
    chair = chair_at(charter, day)
    minutes, zone = values.pop("minutes"), values.pop("zone")
    schedule = Schedule(start, minutes, zone, place if place is not None else city_of(charter, chair), "TENTATIVE")
    row = new_meeting(charter, new_id(session, charter.group.id, day), schedule, chair=list(chair), **values)
    row.by_hand = _by_hand(row, {"start", "minutes", "zone"} | ({"place"} if place is not None else set()))
    session.add(row)
    events.record(session, row.group_id, "meeting.proposed", row.id, "1", actor=actor, to=schedule.kept(0))
    events.changed(session, "meeting", row.group_id, row.id)
    return row


def call(session: Session, row: MeetingRow, *, actor: str) -> None:
    """Call a meeting: from now on it is told, and everybody is asked."""
    _may(row, "call")
    _ahead(row.start)
    change(session, row, "meeting.called", actor=actor, state="called")
    add_exchange(session, row)


def move(session: Session, charter: Charter, row: MeetingRow, *, actor: str, **values: Any) -> None:
    """Put a meeting at another time or place: `start`, `minutes`, `zone`, `place`. Its chair is that of its new day."""
    _may(row, "move")
    start = values.get("start", row.start)
    _ahead(row.start)
    _ahead(start)
    chair = chair_at(charter, zones.day_in(start, charter.group.timezone))
    if "place" not in values and "place" not in row.by_hand and row.state == "proposed":
        values["place"] = city_of(charter, chair)
        by_hand = {*values} - {"place"}
    else:
        by_hand = {*values}
    change(session, row, "meeting.moved", actor=actor, chair=list(chair), by_hand=_by_hand(row, by_hand), **values)


def edit(session: Session, row: MeetingRow, *, actor: str, **values: Any) -> None:
    """Correct what raises no SEQUENCE: title, way in, quorum, the day at which the agenda is settled."""
    _may(row, "edit")
    change(session, row, "meeting.edited", actor=actor, by_hand=_by_hand(row, {*values}), **values)


def cancel(session: Session, row: MeetingRow, *, reason: str, actor: str) -> None:
    """Cancel a meeting for good; it stays on record with the reason."""
    _may(row, "cancel")
    if clock.now() >= row.start:
        raise Problem(409, "meeting-is-over", _("This meeting has begun; it can be held, but no longer cancelled."))
    change(session, row, "meeting.cancelled", actor=actor, state="cancelled", reason=reason)
    leave(session, row, actor=actor)


def leave(session: Session, row: MeetingRow, *, actor: str | None) -> None:
    """What hangs on a meeting that does not take place: its items go on, nobody is asked when it suits them."""
    carry_forward(session, row, actor=actor)
    settle_polls(session, row)


def chair_at(charter: Charter, day: date) -> tuple[str, ...]:
    """Who chairs on a day, by the terms as they stand."""
    return chair_on(terms(charter, date(day.year + 1, 1, 1)), day)


def _by_hand(row: MeetingRow, names: set[str]) -> list[str]:
    return sorted({*row.by_hand, *names})


def _may(row: MeetingRow, verb: str) -> None:
    if row.state not in STARTS[verb]:
        raise Problem(
            409,
            f"meeting-is-{row.state}",
            _("{stands} So this cannot be done with it.", stands=_(STANDS[row.state])),
        )


def _ahead(start: datetime) -> None:
    now = clock.now()
    if start <= now:
        raise Problem(
            409, "meeting-is-over", _("The meeting would begin in the past, or has begun; choose a later time.")
        )
    if start > now + REACH:
        raise Problem(
            422,
            "too-far-ahead",
            ngettext(
                "A meeting lies at most {n} year ahead; choose an earlier day.",
                "A meeting lies at most {n} years ahead; choose an earlier day.",
                REACH.days // 366,
            ),
        )
