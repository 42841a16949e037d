"""What a page says of an entry, in its own language: what it is, when, how it stands, and where there is more.

Feeds are in English and keep their words; which entries there are is the same in both (see `service.calendars.shown`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service import zones
from service.access.scene import Scene
from service.calendars.items import group_name, named
from service.calendars.shown import Read
from service.groups.charter import Charter
from service.language.dates import hour, spoken, weekday
from service.language.speech import N_, _, ngettext
from service.meetings.queries import meetings
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import there, when
from service.rotation.engine import inner_terms, terms
from service.rotation.values import Term
from service.web.frame.reader import reader

_A_DAY = timedelta(days=1)
KINDS = {
    "term": N_("chair"), "handover": N_("handover"), "meeting": N_("meeting"), "external": N_("external event"),
    "action": N_("action due"),
}  # fmt: skip
# How something stands, and the look of the word; a meeting that was called needs none.
_BY_RULE, _CANCELLED = (N_("by rule, not on record"), "waiting"), (N_("cancelled"), "refused")
_MEETING = {
    "proposed": (N_("proposed, not called yet"), "waiting"), "called": (N_("called"), ""), "held": (N_("held"), "done"),
    "cancelled": _CANCELLED,
}  # fmt: skip
_DONE = "Done: "


class Said(NamedTuple):
    """An entry in words. `said` is its kind; `title` is somebody's own where `written`.

    `state` is a word and its look, or none. `short` is its hours, or how long it lasts, for a place where its day
    stands already; `when` has everything.
    """

    id: str
    kind: str
    said: str
    title: str
    written: bool
    state: tuple[str, str] | None
    days: tuple[date, date]
    short: str
    when: str
    there: str
    place: str
    address: str
    outside: bool


class Speaker:
    """Says entries to whoever looks."""

    def __init__(self, at: Scene, found: Sequence[Read]) -> None:
        self.at, self.charter = at, at.charter
        self.reader = reader(at)
        kinds = {one.kind for one in found}
        far = max((one.days[1] for one in found), default=at.today)
        self.passes = _passes(self.charter, far + timedelta(days=366)) if "handover" in kinds else {}
        self.rows = _rows(at, [one for one in found if one.kind == "meeting"]) if "meeting" in kinds else {}

    def say(self, one: Read) -> Said:
        """An entry in words."""
        title, written = self._title(one)
        state = self._state(one)
        address, outside = self._address(one)
        return Said(
            one.key, one.kind, _(KINDS[one.kind]), title, written, (_(state[0]), state[1]) if state else None, one.days,
            _short(one), _when(one), self._there(one), one.place, address, outside,
        )  # fmt: skip

    def _title(self, one: Read) -> tuple[str, bool]:
        if one.kind == "term":
            if not one.of:
                return _("The chair is vacant"), False
            return ngettext("{names} chairs", "{names} chair", len(one.of), names=named(self.charter, one.of)), False
        if one.kind == "handover" and one.key in self.passes:
            return self.passes[one.key], False
        row = self.rows.get(one.id) if one.kind == "meeting" else None
        prefix = f"{group_name(self.charter)}: "
        return row.title if row else one.summary.removeprefix(_DONE).removeprefix(prefix), True

    def _state(self, one: Read) -> tuple[str, str] | None:
        row = self.rows.get(one.id) if one.kind == "meeting" else None
        if row is not None:
            return _MEETING[row.state]
        if one.kind == "action":
            return self._action(one)
        if one.status == "CANCELLED":
            return _CANCELLED
        return _BY_RULE if one.status == "TENTATIVE" else None

    def _action(self, one: Read) -> tuple[str, str] | None:
        if one.status == "CANCELLED":
            return N_("dropped"), "refused"
        if one.summary.startswith(f"{_DONE}{group_name(self.charter)}: "):
            return N_("done"), "done"
        return (N_("overdue"), "late") if one.days[0] < self.at.today else None

    def _there(self, one: Read) -> str:
        """Its hours on the clocks of whoever reads, where those show another time."""
        if self.reader is None or not isinstance(one.start, datetime):
            return ""
        return there(_timed(one), self.reader) or ""

    def _address(self, one: Read) -> tuple[str, bool]:
        """Where there is more of it, and whether that is elsewhere."""
        if one.kind == "external":
            return one.url, True
        below = {"meeting": f"meetings/{one.id}", "action": f"actions/{one.id}", "term": "timeline"}
        return f"/groups/{self.at.group_id}/{below.get(one.kind, 'chair')}", False


def _rows(at: Scene, found: Sequence[Read]) -> dict[str, MeetingRow]:
    zone = at.charter.group.timezone
    first = min(one.days[0] for one in found) - _A_DAY
    until = max(one.days[1] for one in found) + _A_DAY
    since, end = zones.midnight(first, zone), zones.midnight(until, zone)
    return {row.id: row for row in meetings(at.session, at.group_id, since=since, until=end, most=len(found) + 200)}


def _passes(charter: Charter, until: date) -> dict[str, str]:
    """What is said of each handover, by the key of its entry."""
    said = {f"{after.key}-handover": _pass(charter, before, after) for before, after in pairwise(terms(charter, until))}
    for member in charter.members:
        for before, after in pairwise(inner_terms(member, until)):
            said[f"seat-{member.id}-{after.key}-handover"] = _(
                "The seat of {member} passes from {outgoing} to {incoming}", member=member.label,
                outgoing=named(charter, before.chair), incoming=named(charter, after.chair),
            )  # fmt: skip
    return said


def _pass(charter: Charter, before: Term, after: Term) -> str:
    outgoing, incoming = named(charter, before.chair), named(charter, after.chair)
    if not after.chair:
        return _("{outgoing} leaves the chair, nobody follows yet", outgoing=outgoing)
    if not before.chair:
        return _("{incoming} takes the chair", incoming=incoming)
    return _("The chair passes from {outgoing} to {incoming}", outgoing=outgoing, incoming=incoming)


def _timed(one: Read) -> dict[str, object]:
    assert isinstance(one.start, datetime)
    assert isinstance(one.end, datetime)
    minutes = int((one.end - one.start).total_seconds()) // 60
    return {"start": one.start.isoformat(), "minutes": minutes, "zone": one.zone or "UTC"}


def _when(one: Read) -> str:
    """Its days, the last one being the last that belongs to it, or day and hours with their zone."""
    if one.kind == "handover" and isinstance(one.start, datetime):
        return _moment(one, one.start)
    if isinstance(one.start, datetime):
        return when(_timed(one))
    first, last = one.days[0], one.days[1] - _A_DAY
    return weekday(first) if first == last else _("{first} to {last}", first=spoken(first), last=spoken(last))


def _short(one: Read) -> str:
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        zone = ZoneInfo(one.zone or "UTC")
        start, end = one.start.astimezone(zone), one.end.astimezone(zone)
        if one.kind == "handover":
            return _("{start} ({zone})", start=hour(start), zone=zone.key)
        if start.date() == end.date() == one.days[0]:
            return _("{start} to {end} ({zone})", start=hour(start), end=hour(end), zone=zone.key)
        return _when(one)
    last = one.days[1] - _A_DAY
    return _("until {day}, the last day", day=spoken(last)) if last > one.days[0] else ""


def _moment(one: Read, start: datetime) -> str:
    local = start.astimezone(ZoneInfo(one.zone or "UTC"))
    return _("{day}, {start} ({zone})", day=weekday(local.date()), start=hour(local), zone=one.zone or "UTC")
