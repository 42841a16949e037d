"""Actions by half-years: opened and done within each, open and overdue at its end. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from service.language.speech import _
from service.web.pictures.svg import WIDTH, Sheet, scaled

_TOP, _TALL, _FOOT, _GAP = 14, 150, 36, 5


class Half(NamedTuple):
    """A half-year by its year and number (1 or 2), and its counts."""

    year: int
    half: int
    opened: int
    done: int
    open: int
    overdue: int

    @property
    def name(self) -> str:
        """What it is called, such as First half of 2008."""
        if self.half == 1:
            return _("First half of {year}", year=self.year)
        return _("Second half of {year}", year=self.year)


def actions_svg(halves: Sequence[Half]) -> Markup:
    """A picture of the half-years, four bars each; empty without any."""
    if not halves:
        return Markup()
    label = _("Actions by half-year: opened, done, open and overdue; the table beneath has the numbers")
    sheet = Sheet("actions", label, _TOP + _TALL + _FOOT)
    unit = scaled([max(one.opened, one.done, one.open, one.overdue) for one in halves], _TALL)
    room = WIDTH / len(halves)
    for at, one in enumerate(halves):
        _group(sheet, one, at * room, room, unit)
        sheet.text((at + 0.5) * room, _TOP + _TALL + 15, str(one.half), "axis")
        if one.half == 1 or at == 0:
            sheet.text((at + (1 if one.half == 1 and at + 1 < len(halves) else 0.5)) * room, _TOP + _TALL + 31,
                       str(one.year), "axis")  # fmt: skip
    return sheet.done()


def _group(sheet: Sheet, one: Half, x: float, room: float, unit: float) -> None:
    told = (
        ("open", one.opened, _("{half}: {n} opened", half=one.name, n=one.opened)),
        ("solid", one.done, _("{half}: {n} done", half=one.name, n=one.done)),
        ("hatched", one.open, _("{half}: {n} open at its end", half=one.name, n=one.open)),
        ("crossed", one.overdue, _("{half}: {n} overdue at its end", half=one.name, n=one.overdue)),
    )
    wide = min(18.0, (room - 2 * _GAP) / len(told))
    x += (room - wide * len(told)) / 2
    for at, (look, number, words) in enumerate(told):
        if number:
            tall = number * unit
            sheet.bar(x + at * wide, _TOP + _TALL - tall, wide - 1, tall, look, words)
