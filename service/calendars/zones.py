"""VTIMEZONE components (RFC 5545 3.6.5) made of yearly rules.

Outlook reads only rules of the form FREQ=YEARLY with BYMONTH and BYDAY=<n><day>, and ignores RDATE,
so the changes of offset that `zoneinfo` knows are folded back into such rules:

- Changes from 1996 to 2037 are looked at. A rule still in force in 2037 stays open and holds beyond;
  one that ended gets an UNTIL. Rules that ended before 2005 are left out: offsets are right from 2006.
- A rule for 00:00 on a day that only its eve describes ("the last Thursday at 24:00", Africa/Cairo;
  "the first Saturday at 24:00", America/Santiago) is written as 23:59:59 of the eve, as Windows does,
  one second early. A rule that no nth weekday describes at all (Asia/Jerusalem, America/Nuuk) names
  the seven days of the month it may fall on; Outlook cannot read those few.
- What follows no yearly rule (Africa/Casablanca, El_Aaiun and Asia/Gaza, Hebron go by Ramadan) becomes
  one component for each change, without RRULE, to the end of 2037; beyond it these four are not right.

At every half day from 2006 to 2037 the offsets are those of `zoneinfo`, for every zone there is. The
tables come from the tzdata installed: workers with different ones may write different bytes.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.calendars.lines import content_line

_SCAN = datetime(1996, 1, 1, tzinfo=UTC)
_KEEP = datetime(2005, 1, 1, tzinfo=UTC)
_RIGHT = datetime(2006, 1, 1, tzinfo=UTC)
_HORIZON = datetime(2038, 1, 1, tzinfo=UTC)
# A run of years that reaches the horizon is a rule, and not a chance, from this length on.
_RULE_YEARS = 8
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Observance(NamedTuple):
    """What makes changes of offset alike: only alike ones can share a component."""

    kind: str
    before: timedelta
    after: timedelta
    name: str


class _Form(NamedTuple):
    """A yearly rule; `early` is 1 second for rules told on the eve of the day, else 0."""

    rrule: str
    time: str
    early: int


class _Run(NamedTuple):
    observance: _Observance
    form: _Form | None
    onsets: list[datetime]


@cache
def vtimezone_bytes(tzid: str) -> bytes:
    """The VTIMEZONE of an IANA zone, lines ending CRLF; the same bytes for the same tzdata.

    Raises:
        ValueError: there is no such zone.
    """
    try:
        zone = ZoneInfo(tzid)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{tzid!r} is no time zone; write an IANA name such as Europe/Zurich") from None
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}"]
    for observance, start, rrule in _components(zone):
        lines += [
            f"BEGIN:{observance.kind}",
            f"DTSTART:{start:%Y%m%dT%H%M%S}",
            *([f"RRULE:{rrule}"] if rrule else []),
            f"TZNAME:{observance.name}",
            f"TZOFFSETFROM:{_offset(observance.before)}",
            f"TZOFFSETTO:{_offset(observance.after)}",
            f"END:{observance.kind}",
        ]
    lines.append("END:VTIMEZONE")
    return b"".join(map(content_line, lines))


def _components(zone: ZoneInfo) -> list[tuple[_Observance, datetime, str]]:
    """Observances with their local DTSTART and RRULE (empty for one-off), oldest first."""
    runs = [run for run in _runs(zone) if run.onsets[-1] >= _KEEP]
    runs.sort(key=lambda run: run.onsets[0])
    found = []
    if not runs or runs[0].onsets[0] >= _RIGHT:
        first = runs[0].onsets[0] - timedelta(seconds=1) if runs else _HORIZON
        local = first.astimezone(zone)
        offset = local.utcoffset() or timedelta()
        initial = _Observance("STANDARD", offset, offset, local.tzname() or "")
        found.append((initial, datetime(1970, 1, 1), ""))  # noqa: DTZ001 (local by definition)
    for observance, form, onsets in runs:
        start = _wall(onsets[0], observance)
        rrule = ""
        if form:
            start -= timedelta(seconds=form.early)
            rrule = form.rrule
            if onsets[-1].year < _HORIZON.year - 1 or len(onsets) < _RULE_YEARS:
                # UNTIL is UTC, but some parsers compare it with local time: a day more serves both.
                rrule += f";UNTIL={onsets[-1] + timedelta(days=1):%Y%m%dT%H%M%SZ}"
        found.append((observance, start, rrule))
    return found


def _runs(zone: ZoneInfo) -> Iterator[_Run]:
    """Every change of offset once, in the longest runs of years that one form describes."""
    alike = defaultdict(list)
    for onset, observance in _changes(zone):
        alike[observance].append(onset)
    for observance, onsets in alike.items():
        forms = {onset: tuple(_forms(_wall(onset, observance))) for onset in onsets}
        while forms:
            first = min(forms)
            chains = [(_chain(first, form, forms), form) for form in forms[first]]
            chain, form = max(chains, key=lambda found: len(found[0]))
            yield _Run(observance, form if len(chain) > 1 else None, chain)
            for onset in chain:
                del forms[onset]


def _chain(first: datetime, form: _Form, forms: dict[datetime, tuple[_Form, ...]]) -> list[datetime]:
    chain = [first]
    for onset in sorted(forms):
        if onset.year == chain[-1].year + 1 and form in forms[onset]:
            chain.append(onset)
    return chain


def _forms(wall: datetime) -> Iterator[_Form]:
    """Yearly rules that give this local time, those that most clients read first."""
    midnight = f"{wall:%H%M%S}" == "000000"
    for early in (0, 1) if midnight else (0,):
        day = wall - timedelta(seconds=early)
        rule, weekday, time = f"FREQ=YEARLY;BYMONTH={day.month};", _DAYS[day.weekday()], f"{day:%H%M%S}"
        if day.day > _length(day) - 7:
            yield _Form(f"{rule}BYDAY=-1{weekday}", time, early)
        if day.day <= 28:
            yield _Form(f"{rule}BYDAY={(day.day + 6) // 7}{weekday}", time, early)
    rule, weekday, time = f"FREQ=YEARLY;BYMONTH={wall.month};", _DAYS[wall.weekday()], f"{wall:%H%M%S}"
    yield _Form(f"{rule}BYMONTHDAY={wall.day}", time, 0)
    for start in range(max(1, wall.day - 6), min(wall.day, _length(wall) - 6) + 1):
        week = ",".join(str(start + n) for n in range(7))
        yield _Form(f"{rule}BYMONTHDAY={week};BYDAY={weekday}", time, 0)


def _length(day: datetime) -> int:
    return monthrange(day.year, day.month)[1]


def _changes(zone: ZoneInfo) -> Iterator[tuple[datetime, _Observance]]:
    """Instants at which offset or daylight saving change, found to the second."""
    days = ((_SCAN + timedelta(days=n)).astimezone(zone) for n in range((_HORIZON - _SCAN).days))
    for before, after in pairwise(days):
        if _state(before) == _state(after):
            continue
        low, high = int(before.timestamp()), int(after.timestamp())
        while high - low > 1:
            middle = (low + high) // 2
            if _state(datetime.fromtimestamp(middle, zone)) == _state(before):
                low = middle
            else:
                high = middle
        onset = datetime.fromtimestamp(high, UTC)
        (was, saved), (now, saves) = _state(before), _state(after)
        # In Dublin winter, and not summer, is the saving one: clients want DAYLIGHT where clocks go on.
        kind = "DAYLIGHT" if (saved or saves) and now > was else "STANDARD"
        yield onset, _Observance(kind, was, now, onset.astimezone(zone).tzname() or "")


def _state(local: datetime) -> tuple[timedelta, bool]:
    return local.utcoffset() or timedelta(), bool(local.dst())


def _wall(onset: datetime, observance: _Observance) -> datetime:
    """The local time at which the change comes, by the clocks before it (RFC 5545 3.6.5)."""
    return onset.replace(tzinfo=None) + observance.before


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
