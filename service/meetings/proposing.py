"""Keeps the proposals of a group in step with its cadences and its terms, in the transaction of the change.

What nobody has called yet follows the rotation: its day, its host and its place. What was called stands,
and only its chair is told anew. Time alone brings further proposals: see `is_short`.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from service import clock, events, zones
from service.groups import queries as groups
from service.groups.cadence import Cadence
from service.groups.charter import Charter
from service.meetings.cadences import Occurrence, chair_on, city_of, occurrences
from service.meetings.changing import change, new_meeting
from service.meetings.commands import leave
from service.meetings.rules import Schedule
from service.meetings.tables import HorizonRow, MeetingRow
from service.rotation.engine import add_months, terms
from service.rotation.values import Term

AHEAD_MONTHS = 18
# A handover needs the term after it; no turn that is shown is longer.
_BEYOND_MONTHS = 24


def horizon(today: date) -> date:
    """The day until which meetings are proposed: the end of a month, so that it moves once a month."""
    return add_months(today.replace(day=1), AHEAD_MONTHS + 1)


def is_short(session: Session, group_id: str, today: date) -> bool:
    """Whether time has passed the day until which meetings were proposed."""
    row = session.get(HorizonRow, group_id)
    return row is None or row.until_day < horizon(today)


def keep_proposals(session: Session, group_id: str, _: str = "") -> None:
    """Propose what the cadences ask for, and bring what is not settled yet into line with the terms."""
    charter = groups.charter(session, group_id)
    today = zones.day_in(clock.now(), charter.group.timezone)
    far = horizon(today)
    laid = terms(charter, add_months(far, _BEYOND_MONTHS))
    wanted = {
        f"{cadence.id}-{found.slot}": (cadence, found)
        for cadence in charter.cadences
        for found in occurrences(charter, cadence, laid, today, far)
        if found.start > clock.now()
    }
    known = {row.id: row for row in _rows(session, group_id, wanted)}
    proposed = [
        _propose(session, charter, id_, cadence, found) for id_, (cadence, found) in wanted.items() if id_ not in known
    ]
    if proposed:
        events.record(session, group_id, "meetings.proposed", group_id, meetings=[row.id for row in proposed])
    for id_, row in known.items():
        _align(session, charter, laid, row, wanted.get(id_))
    _remember(session, group_id, far)


def _rows(session: Session, group_id: str, wanted: dict[str, tuple[Cadence, Occurrence]]) -> list[MeetingRow]:
    """What is to come, and what the cadences ask for."""
    asked = select(MeetingRow).where(
        MeetingRow.group_id == group_id,
        or_(col(MeetingRow.start) > clock.now(), col(MeetingRow.id).in_(list(wanted))),
    )
    return list(session.exec(asked))


def _propose(session: Session, charter: Charter, id_: str, cadence: Cadence, found: Occurrence) -> MeetingRow:
    schedule = Schedule(found.start, cadence.minutes, found.zone, found.place, "TENTATIVE")
    values = _said(cadence) | {"chair": list(found.chair), "cadence": cadence.id, "slot": found.slot}
    row = new_meeting(charter, id_, schedule, **values)
    session.add(row)
    events.changed(session, "meeting", row.group_id, row.id)
    return row


def _said(cadence: Cadence) -> dict[str, object]:
    """What a cadence says of each of its meetings."""
    return {
        "title": cadence.title,
        "level": cadence.level,
        "members": cadence.members,
        "link": cadence.link,
        "quorum": cadence.quorum,
        "freeze": cadence.freeze,
    }


def _align(
    session: Session,
    charter: Charter,
    laid: Sequence[Term],
    row: MeetingRow,
    wanted: tuple[Cadence, Occurrence] | None,
) -> None:
    """Bring one meeting into line: unconfirmed ones follow cadence and terms, called ones their chair alone."""
    if row.state == "held" or (row.state == "cancelled" and not (row.withdrawn and wanted)):
        return
    if row.state == "called" or row.cadence is None or (wanted is None and "start" in row.by_hand):
        _rehost(session, charter, laid, row)
    elif wanted is None:
        reason = "its day is gone from the rhythm of meetings"
        if change(session, row, "meeting.withdrawn", state="cancelled", withdrawn=True, reason=reason):
            leave(session, row, actor=None)
    else:
        cadence, found = wanted
        asked = _said(cadence) | {"start": found.start, "minutes": cadence.minutes, "zone": found.zone}
        free = {name: value for name, value in asked.items() if name not in row.by_hand}
        chair = (
            chair_on(laid, zones.day_in(row.start, charter.group.timezone)) if "start" in row.by_hand else found.chair
        )
        place = row.place if "place" in row.by_hand else cadence.place or city_of(charter, chair)
        change(
            session,
            row,
            "meeting.aligned",
            state="proposed",
            withdrawn=False,
            reason=None,
            place=place,
            chair=list(chair),
            **free,  # type: ignore[arg-type]
        )


def _rehost(session: Session, charter: Charter, laid: Sequence[Term], row: MeetingRow) -> None:
    """The chair of a meeting's day; where it is not called yet, the host's place goes with it."""
    chair = chair_on(laid, zones.day_in(row.start, charter.group.timezone))
    place = row.place
    if row.state == "proposed" and "place" not in row.by_hand and place == city_of(charter, row.chair):
        place = city_of(charter, chair)
    change(session, row, "meeting.hosted", chair=list(chair), place=place)


def _remember(session: Session, group_id: str, until: date) -> None:
    row = session.get(HorizonRow, group_id) or HorizonRow(group_id=group_id, until_day=until)
    row.until_day = until
    session.add(row)
    session.flush()
