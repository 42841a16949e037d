"""What decisions and the answers to them are called on pages, and when silence ends. Nothing is read here."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from service import zones
from service.access.scene import Scene
from service.followups.decisions import rules
from service.language.dates import hour, spoken, weekday
from service.language.speech import N_, _
from service.meetings.tables import MeetingRow
from service.web.frame.reader import reader

# A usual time to answer: days.
_USUAL = 14
# For each state: how it is marked, and its name.
STATES = {
    "open": ("waiting", N_("open for answers")),
    "contested": ("refused", N_("contested")),
    "adopted": ("done", N_("adopted by the group")),
    "withdrawn": ("", N_("withdrawn")),
    "superseded": ("", N_("superseded")),
}
OPERATIVE = {
    "adopted": N_("adopted"),
    "endorsed": N_("endorsed"),
    "approved": N_("approved"),
    "requested": N_("requested"),
    "took-note": N_("took note"),
    "designated": N_("designated"),
}
# What a member says: as a choice, and as it is told later.
CHOICES = {
    "endorse": N_("endorse it"),
    "change": N_("ask for a change, without stopping it"),
    "dissociate": N_("not stand behind it, without stopping it"),
    "object": N_("object: it is not adopted as it stands"),
}
SAID = {
    "endorse": N_("endorses it"),
    "change": N_("asks for a change"),
    "dissociate": N_("dissociates itself"),
    "object": N_("objects"),
}
VISIBILITY = (("members", N_("for members of the group")), ("public", N_("for everybody")))


class Deadline(NamedTuple):
    """When silence ends: the instant, in words on the group's clock, and on the reader's where that differs."""

    until: datetime
    words: str
    yours: str | None


def said(words: dict[str, str]) -> list[tuple[str, str]]:
    """Words to choose from, in the language of the page."""
    return [(key, _(text)) for key, text in words.items()]


def last_day(until: datetime, zone: str) -> date:
    """The last day on which members may answer."""
    return zones.day_in(until - timedelta(seconds=1), zone)


def ends(day: date, zone: str) -> str:
    """The end of a day: Friday, 30 May 2008, 24:00 (Europe/Zurich)."""
    return _("{day}, 24:00 ({zone})", day=weekday(day), zone=zone)


def deadline(at: Scene, until: datetime) -> Deadline:
    """When silence ends, for whoever looks."""
    zone = at.charter.group.timezone
    return Deadline(until, ends(last_day(until, zone), zone), _yours(at, until))


def _yours(at: Scene, until: datetime) -> str | None:
    """The deadline on the clock of the reader's duty station, where that shows another time then."""
    who = reader(at)
    if who is None:
        return None
    own, theirs = until.astimezone(ZoneInfo(who.zone)), until.astimezone(ZoneInfo(at.charter.group.timezone))
    if own.utcoffset() == theirs.utcoffset():
        return None
    return _("before {day}, {hour} ({place})", day=weekday(own.date()), hour=hour(own), place=who.city or who.zone)


def days_of(at: Scene) -> Callable[..., date | None]:
    """For templates: the day of an instant in the group's zone; with `last`, the last day before it."""
    zone = at.charter.group.timezone

    def day_of(instant: datetime | None, *, last: bool = False) -> date | None:
        return None if instant is None else last_day(instant, zone) if last else zones.day_in(instant, zone)

    return day_of


def silence(at: Scene) -> dict[str, Any]:
    """For forms: the days that may be chosen as the last one to answer, the usual one, and their limits as marks."""
    least, most = rules.SILENCE
    first, last = at.today + timedelta(days=least), at.today + timedelta(days=most)
    usual = at.today + timedelta(days=_USUAL)
    limits = Markup('min="{}" max="{}"').format(first, last)
    return {"first": first, "last": last, "usual": usual, "limits": limits, "least": least, "most": most,
            "ends": ends(usual, at.charter.group.timezone)}  # fmt: skip


def meeting_name(row: MeetingRow) -> str:
    """A meeting with its day: Working-level meeting of 26 June 2008."""
    return _("{title} of {day}", title=row.title, day=spoken(zones.day_in(row.start, row.zone)))
