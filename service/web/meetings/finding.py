"""The fair-slot finder as pages show it: the best slots of some days, with their reasons in words."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from service.groups.charter import Charter
from service.language.dates import listed
from service.language.speech import _, ngettext
from service.meetings.door import Scene
from service.meetings.fair import Station, cost
from service.meetings.placing.api import SlotOut, SlotsIn, ThereOut, found_slots
from service.web.frame.forms import Typed
from service.web.pictures.strip import There

SHOWN = 5
STEPS = (15, 30, 60)
_DAYS_AHEAD, _WINDOW = 14, 5


class Row(NamedTuple):
    """One duty station under one slot; `points` and `borne` are those of each of its agencies together."""

    there: There
    zone: str
    names: str
    points: int
    borne: int
    busy: list[str]


class Best(NamedTuple):
    """A slot with its reasons, and what it is at each duty station."""

    start: datetime
    total: int
    reasons: list[str]
    rows: list[Row]


def wishes(typed: dict[str, str], at: Scene) -> dict[str, str]:
    """What to look for, as typed; a working week in two weeks' time where nothing is."""
    first = at.today + timedelta(days=_DAYS_AHEAD)
    first += timedelta(days=-first.weekday() % 7)
    usual = {"from": first, "until": first + timedelta(days=_WINDOW - 1), "minutes": 90, "step": 30}
    return {name: typed.get(name) or str(value) for name, value in usual.items()}


def asked_for(wished: dict[str, str], **more: Any) -> SlotsIn:
    """The question to the finder. The last day that was typed belongs to the window.

    Raises:
        ValidationError: a field cannot be used.
    """
    typed = Typed(list(wished.items()))
    whole = {name: typed.whole(name) for name in ("minutes", "step")}
    until = wished["until"]
    with suppress(ValueError, OverflowError):
        until = str(date.fromisoformat(until) + timedelta(days=1))
    given = {name: value for name, value in more.items() if value is not None}
    return SlotsIn.model_validate({"from": wished["from"], "until": until, "limit": SHOWN} | whole | given)


def best(at: Scene, asked: SlotsIn) -> list[Best]:
    """The best slots, best first.

    Raises:
        Problem: see `found_slots`.
    """
    return [in_words(at.charter, slot, asked.minutes) for slot in found_slots(at, asked).slots]


def in_words(charter: Charter, slot: SlotOut, minutes: int) -> Best:
    """A slot with what it asks of whom."""
    rows = [_row(charter, city, zone, there, minutes) for (city, zone), there in _by_city(charter, slot).items()]
    rows.sort(key=lambda row: (row.there.start.utcoffset() or timedelta(), row.there.city))
    return Best(slot.start.astimezone(UTC), slot.total, _reasons(charter, slot, rows), rows)


def _by_city(charter: Charter, slot: SlotOut) -> dict[tuple[str, str], list[ThereOut]]:
    found: dict[tuple[str, str], list[ThereOut]] = {}
    for one in slot.members:
        organization = charter.organization(one.member)
        city = (organization.city if organization else None) or one.zone
        found.setdefault((city, one.zone), []).append(one)
    return found


def _row(charter: Charter, city: str, zone: str, there: list[ThereOut], minutes: int) -> Row:
    start, rest = there[0].start, _rest(charter, city, there[0].start, there[0].end)
    rests = frozenset(holiday.day for holiday in charter.holidays.get(city, []))
    # What is asked beyond the hour of the day is asked of who is taken by something else.
    plain = cost(Station("", zone, rests), start, minutes)
    return Row(
        There(city, start, minutes, rest),
        zone,
        listed([charter.short(one.member) for one in there]),
        sum(one.points for one in there),
        sum(one.borne for one in there),
        [charter.short(one.member) for one in there if one.points > plain],
    )


def _rest(charter: Charter, city: str, start: datetime, end: datetime) -> str:
    """Why a duty station rests while a meeting lasts; empty where it works."""
    days = {start.date(), (end - timedelta(minutes=1)).date()}
    named = [holiday.name for holiday in charter.holidays.get(city, []) if holiday.day in days]
    if named:
        return listed(named)
    return _("weekend") if any(day.weekday() >= 5 for day in days) else ""


def _reasons(charter: Charter, slot: SlotOut, rows: list[Row]) -> list[str]:
    night, edge, rest = (
        _at(row for row in rows if not row.there.rest and row.there.parts[0] == "night"),
        _at(row for row in rows if not row.there.rest and row.there.parts[0] == "edge"),
        _at(row for row in rows if row.there.rest),
    )
    inside = sum(one.points == 0 for one in slot.members)
    found = [
        ngettext(
            "{n} of {all} meets within its office hours.",
            "{n} of {all} meet within their office hours.",
            inside,
            all=len(slot.members),
        )
    ]
    found += [_("At night: {who}.", who=night)] if night else []
    found += [_("Early or late: {who}.", who=edge)] if edge else []
    found += [_("On a day of rest: {who}.", who=rest)] if rest else []
    busy = [name for row in rows for name in row.busy]
    found += [_("Taken by something else: {who}.", who=listed(busy))] if busy else []
    heaviest = max(slot.members, key=lambda one: one.borne)
    if heaviest.borne and not heaviest.points:
        found.append(_("{member}, which bore most in the last year, is spared.", member=charter.short(heaviest.member)))
    return found


def _at(rows: Iterable[Row]) -> str:
    return listed([_("{city} ({hour})", city=row.there.city, hour=f"{row.there.start:%H:%M}") for row in rows])
