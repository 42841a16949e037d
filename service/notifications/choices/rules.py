"""How a message reaches its reader: who stands in, in which form, by which way and when. Pure.

    away             the alternate reads instead, and the alternate's own choices hold
    none             nothing goes out, and the record says why
    daily, weekly    gathered until the hour of reminders, weekly on Mondays, unless it would come too late
    too many         what goes beyond the throttle is gathered, a while later, into one message
    quiet hours      it waits until they are over, unless it would come too late; a digest does as well
    paused mailbox   it is held

A duty goes at once whatever else; quiet hours, a stand-in and another channel hold for it as well.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from service.notifications.handovers.rules import dues
from service.notifications.kinds import Form, Kind
from service.zones import day_in, instant_at

State = Literal["pending", "gathered", "declined"]
# So many messages to one reader in such a time; the rest becomes one.
THROTTLE = ((timedelta(minutes=1), 5), (timedelta(hours=1), 20))
_MONDAY = 0
_DAY = timedelta(days=1)


class Absence(NamedTuple):
    """Away on the days `[from_day, until_day)`; `alternate` is the id of the person who stands in."""

    from_day: date
    until_day: date
    alternate: str


class Choice(NamedTuple):
    """In which form a kind reaches a reader, and by which chat channel; by mail without one."""

    form: Form = "at-once"
    contact: str | None = None


class Habits(NamedTuple):
    """What a reader has chosen. Hours are on the clocks of the duty station in `zone`."""

    zone: str
    holidays: Set[date] = frozenset()
    digest_at: time = time(9)
    quiet_from: time | None = None
    quiet_until: time | None = None


class Route(NamedTuple):
    """What becomes of a message: its state, and when it goes out or is gathered up."""

    state: State
    at: datetime


def stands_in(reader: str, absences: Mapping[str, Sequence[Absence]], day: date) -> str:
    """Who reads on `day` what is for `reader`: the alternate of whoever is away, and its alternate in turn.

    Where all are away, or stand in for each other, it stays with the last who was asked.
    """
    seen = {reader}
    while True:
        away = next((one for one in absences.get(reader, ()) if one.from_day <= day < one.until_day), None)
        if away is None or away.alternate in seen:
            return reader
        reader = away.alternate
        seen.add(reader)


def route(
    kind: Kind, form: Form, habits: Habits, now: datetime, last: datetime, sent: Sequence[datetime], merges: bool
) -> Route:
    """Where a message goes that is written at `now` and has no point after `last`.

    `sent` are the instants of what went to the reader lately; `merges` says whether it may stand in a digest.
    """
    form = form if form in kind.forms else "at-once"
    if form == "none":
        return Route("declined", now)
    if merges and form in ("daily", "weekly"):
        due = _awake(habits, digest_due(form, habits, now), last)
        if due <= last:
            return Route("gathered", due)
    if merges and not kind.is_duty:
        free = _free_at(now, sent)
        if now < free <= last:
            return Route("gathered", _awake(habits, free, last))
    if kind.personal:
        return Route("pending", now)
    return Route("pending", _awake(habits, now, last))


def digest_due(form: Form, habits: Habits, now: datetime) -> datetime:
    """The next digest after `now`: on the next working day, or for a weekly one that of the next Monday."""
    today = day_in(now, habits.zone)
    ahead = (today + timedelta(days=days) for days in range(15))
    days = (day for day in ahead if form == "daily" or day.weekday() == _MONDAY)
    found = (dues(day, [0], habits.digest_at, habits.zone, habits.holidays)[0].at for day in days)
    return next(at for at in found if at > now)


def _awake(habits: Habits, at: datetime, last: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it falls into, unless that is after `last`."""
    awake = wakes(habits, at)
    return awake if awake <= last else at


def _free_at(now: datetime, sent: Sequence[datetime]) -> datetime:
    """When the throttle lets another message through."""
    free = now
    for span, most in THROTTLE:
        lately = sorted(at for at in sent if at > now - span)
        if len(lately) >= most:
            free = max(free, lately[-most] + span)
    return free


def wakes(habits: Habits, at: datetime) -> datetime:
    """The end of the quiet hours that `at` falls into; `at` itself where it falls into none."""
    if habits.quiet_from is None or habits.quiet_until is None or habits.quiet_from == habits.quiet_until:
        return at
    today = day_in(at, habits.zone)
    for first in (today - _DAY, today):
        begins = instant_at(first, habits.quiet_from, habits.zone)
        over = first if habits.quiet_from < habits.quiet_until else first + _DAY
        ends = instant_at(over, habits.quiet_until, habits.zone)
        if begins <= at < ends:
            return ends
    return at
