"""One meeting on the clocks of every duty station: a strip of 24 hours each. Pure.

Night, the early and late hours and the office hours are told apart by pattern and outline; the meeting is a solid bar.
The hours are those by which `service.meetings.fair` weighs a slot. A page with it holds `svg.patterns()` once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from markupsafe import Markup

from service.language.dates import hour, weekday
from service.language.speech import N_, _
from service.meetings.fair import NIGHT, WEIGHTS
from service.web.pictures.svg import WIDTH, Sheet

Part = Literal["office", "edge", "night"]
WORDS = {"office": N_("office hours"), "edge": N_("early or late"), "night": N_("night")}
_DAY = 24 * 60
_EDGE, _TOP, _ROW, _BAR = 6, 22, 42, 18
_UNIT = (WIDTH - 2 * _EDGE) / _DAY


class There(NamedTuple):
    """A meeting at a duty station: its start (aware, on the clocks there), and why it rests on that day, if it does."""

    city: str
    start: datetime
    minutes: int
    rest: str = ""

    @property
    def begin(self) -> int:
        """The minutes from midnight there to the start, by what the clocks show."""
        return self.start.hour * 60 + self.start.minute

    @property
    def parts(self) -> list[Part]:
        """The parts of the day that it touches, the oddest first."""
        touched = {
            part
            for begin, end in _pieces(self.begin, self.minutes)
            for first, last, part in day_parts()
            if begin < last and end > first
        }
        return [part for part in ("night", "edge", "office") if part in touched]


def day_parts() -> Iterator[tuple[int, int, Part]]:
    """The parts of a local day, as (first minute, minute after the last, part)."""
    begin = 0
    parts: list[tuple[int, int, Part]] = []
    for until, weight in WEIGHTS:
        end = round(until * 60)
        part: Part = "night" if weight >= NIGHT else "edge" if weight else "office"
        if parts and parts[-1][2] == part:
            parts[-1] = (parts[-1][0], end, part)
        else:
            parts.append((begin, end, part))
        begin = end
    yield from parts


def strip_svg(stations: Sequence[There]) -> Markup:
    """The picture of one slot, a row for each duty station; empty without any."""
    if not stations:
        return Markup()
    label = _("The meeting on the clocks of each duty station; the table beneath says the same")
    sheet = Sheet("strip", label, _TOP + _ROW * len(stations))
    for mark in (0, 6, 9, 12, 18, 24):
        sheet.upright(_EDGE + mark * 60 * _UNIT, _TOP - 6, _TOP - 1, "year")
        sheet.text(min(max(_EDGE + mark * 60 * _UNIT, 10), WIDTH - 12), 12, f"{mark:02}", "axis")
    for row, one in enumerate(stations):
        _row(sheet, one, _TOP + row * _ROW)
    return sheet.done()


def _row(sheet: Sheet, there: There, top: int) -> None:
    said = _("{city}: {hour}", city=there.city, hour=hour(there.start))
    if there.rest:
        said = _("{city}: {hour}, a day of rest ({why})", city=there.city, hour=hour(there.start), why=there.rest)
    sheet.text(_EDGE, top + 13, said, "city")
    for first, last, part in day_parts():
        classes = f"{part} rest" if there.rest else part
        sheet.bar(_EDGE + first * _UNIT, top + 18, (last - first) * _UNIT, _BAR, classes, _(WORDS[part]))
    told = _("{city}: {day}, {hour}", city=there.city, day=weekday(there.start.date()), hour=hour(there.start))
    for begin, end in _pieces(there.begin, there.minutes):
        sheet.bar(_EDGE + begin * _UNIT, top + 21, (end - begin) * _UNIT, _BAR - 6, "meeting", told)


def _pieces(begin: int, minutes: int) -> list[tuple[int, int]]:
    """The meeting on a clock of one day: what lies after midnight goes on at its beginning."""
    end = begin + minutes
    return [(begin, end)] if end <= _DAY else [(begin, _DAY), (0, end - _DAY)]
