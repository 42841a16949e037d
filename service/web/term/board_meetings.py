"""Meetings on the chair's board: where each stands, its one next step, and what is missing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from service import clock, zones
from service.access.scene import Scene
from service.language.dates import weekday
from service.language.speech import N_, _, ngettext
from service.meetings.agenda.queries import items
from service.meetings.agenda.tables import ItemRow
from service.meetings.attendance.queries import attendance_rows, standing
from service.meetings.attendance.rules import counted
from service.meetings.cadences import city_of
from service.meetings.minutes.queries import minutes_row, state_of
from service.meetings.minutes.tables import MinutesRow
from service.meetings.people import taking_part
from service.meetings.queries import end_of, meetings
from service.meetings.tables import MeetingRow
from service.notifications.meetings.facts import facts_of
from service.notifications.meetings.rules import RULES
from service.web.followups.decisions.words import last_day
from service.web.term.served import times

SHOWN, ITEMS = 5, 10
# So long after a meeting the board still shows what it waits for.
_AFTER = timedelta(days=60)
# A meeting may be called from the board so long before it has to be.
_EARLY = timedelta(days=28)
_NEXT = {
    "call": N_("Call it now"), "hold": N_("Put on record that it was held"), "agenda": N_("Agenda"),
    "write": N_("Write the minutes"), "circulate": N_("Circulate the minutes"), "minutes": N_("Minutes"),
    "answer": N_("Answer the objection"), "look": N_("Look at it"),
}  # fmt: skip
_MISSING = {
    "uncalled": (N_("{name} is proposed and not called yet."), ""),
    "no-agenda": (N_("{name} has no agenda yet."), "/agenda"),
    "no-minutes": (N_("The minutes of {name} are not circulated yet."), "/minutes"),
    "no-place": (N_("{name} has no link to join it, and names no room yet."), ""),
    "not-held": (N_("{name} is over, and not on record as held."), ""),
}


class Standing(NamedTuple):
    """A meeting, its state (or `overdue`), a sentence on it, and the next step: what, its words, where (if a link)."""

    row: MeetingRow
    when: str
    there: str | None
    state: str
    told: str
    step: str
    words: str
    path: str


class Missing(NamedTuple):
    """Something that is missing, in a sentence, and the page (below the group's) where it is put right."""

    text: str
    path: str


class Waiting(NamedTuple):
    """An agenda item that waits for the chair to take it."""

    item: ItemRow
    meeting: MeetingRow


def coming(at: Scene, since: datetime, until: datetime | None) -> list[MeetingRow]:
    """The next meetings that are not cancelled: those before `until`, else the first one after it."""
    near = meetings(at.session, at.group_id, since=since, states=("proposed", "called"), most=SHOWN)
    return [row for row in near if until is None or row.start < until] or near[:1]


def past(at: Scene) -> list[MeetingRow]:
    """The last meetings, newest first."""
    now = clock.now()
    return meetings(
        at.session, at.group_id, since=now - _AFTER, until=now, states=("called", "held"), newest_first=True, most=SHOWN
    )


def standings(at: Scene, rows: list[MeetingRow]) -> list[Standing]:
    """Where meetings stand; those on which nothing is left to do are left out."""
    found = (_standing(at, row) for row in rows)
    return [one for one in found if one is not None]


def _standing(at: Scene, row: MeetingRow) -> Standing | None:
    if row.state == "proposed":
        by = _call_by(at, row)
        if by > at.today:
            told = _("To be called by {day}.", day=weekday(by))
            return _said(at, row, "proposed", told, "call" if by - at.today <= _EARLY else "look", "")
        return _said(at, row, "proposed", _("It is time to call it."), "call", "")
    if row.state == "called":
        if end_of(row) <= clock.now():
            return _said(at, row, "overdue", "", "hold", "")
        return _said(at, row, "called", _answers(at, row), "agenda", "/agenda")
    minutes = minutes_row(at.session, row)
    if minutes is None:
        return _said(at, row, "held", _("No minutes yet."), "write", "/minutes")
    return _after(at, row, minutes)


def _after(at: Scene, row: MeetingRow, minutes: MinutesRow) -> Standing | None:
    state = state_of(at.session, row, minutes)
    if state == "adopted":
        return None
    if state == "draft" or minutes.until is None:
        return _said(at, row, "held", _("The minutes are a draft."), "circulate", "/minutes")
    day = weekday(last_day(minutes.until, at.charter.group.timezone))
    if state == "contested":
        return _said(at, row, "held", _("A member objects to the minutes."), "answer", "/minutes")
    told = _("The minutes are adopted at the end of {day} unless a member objects.", day=day)
    return _said(at, row, "held", told, "minutes", "/minutes")


def _said(at: Scene, row: MeetingRow, state: str, told: str, step: str, path: str) -> Standing:
    return Standing(row, *times(at, row), state, told, step, _(_NEXT[step]), f"/meetings/{row.id}{path}")


def _call_by(at: Scene, row: MeetingRow) -> date:
    """The day on which the chair is reminded to call a meeting."""
    lead = next(rule.lead for rule in RULES if rule.kind == "uncalled")
    return zones.day_in(row.start, at.charter.group.timezone) - timedelta(days=lead)


def _answers(at: Scene, row: MeetingRow) -> str:
    day = zones.day_in(row.start, at.charter.group.timezone)
    members = [member.id for member in taking_part(at.charter, row.members, day)]
    known = {id_: standing(one) for id_, one in attendance_rows(at.session, row).items()}
    count = counted(row.quorum, members, known, row.schedules)
    return ngettext(
        "{n} agency of {members} says that it comes; {needed} are needed.",
        "{n} agencies of {members} say that they come; {needed} are needed.",
        count.coming, members=count.members, needed=count.needed,
    )  # fmt: skip


def missing(at: Scene, rows: list[MeetingRow]) -> list[Missing]:
    """What the chair is reminded of, by the rules of the reminders; and meetings without a place."""
    return [
        Missing(_(_MISSING[kind][0], name=row.title), f"/meetings/{row.id}{_MISSING[kind][1]}")
        for row in rows
        for kind in _kinds(at, row)
    ]


def _kinds(at: Scene, row: MeetingRow) -> Iterator[str]:
    facts, day = facts_of(at.session, row), zones.day_in(row.start, at.charter.group.timezone)
    over = end_of(row) <= clock.now()
    for rule in RULES:
        due = at.today >= day - timedelta(days=rule.lead)
        if rule.to == "chair" and due and (rule.lead < 0) == over and rule.owed(facts, ""):
            yield rule.kind
    if row.state == "called" and over:
        yield "not-held"
    elif row.state == "called" and not row.link and row.place in ("", city_of(at.charter, row.chair)):
        yield "no-place"


def waiting(at: Scene, rows: list[MeetingRow]) -> list[Waiting]:
    """Agenda items that members have proposed for meetings to come."""
    found = [
        Waiting(item, row)
        for row in rows
        for item in items(at.session, at.group_id, row.id)
        if item.state == "proposed"
    ]
    return found[:ITEMS]
