"""At which hours of its own each organization met: a bar each, in three parts. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from service.language.speech import _
from service.web.pictures.svg import BAR, LEFT, RIGHT, ROW, WIDTH, Sheet, brief, scaled

_TOP = 6


class Met(NamedTuple):
    """How many meetings an organization had in office hours, early or late, and at night or on a day of rest."""

    name: str
    office: int
    edge: int
    night: int


def hours_svg(rows: Sequence[Met], year: int) -> Markup:
    """A picture of the meetings of a year; empty without any."""
    if not rows:
        return Markup()
    label = _("Meetings of {year} by the hour at each duty station; the table beneath has the numbers", year=year)
    sheet = Sheet("hours", label, _TOP + ROW * len(rows) + 4)
    unit = scaled([row.office + row.edge + row.night for row in rows], WIDTH - LEFT - RIGHT)
    for at, row in enumerate(rows):
        _row(sheet, row, _TOP + at * ROW, unit)
    return sheet.done()


def _row(sheet: Sheet, row: Met, top: int, unit: float) -> None:
    sheet.text(LEFT - 8, top + 11, brief(row.name), "name")
    told = (
        ("open", row.office, _("{name}: {n} in office hours", name=row.name, n=row.office)),
        ("hatched", row.edge, _("{name}: {n} early or late", name=row.name, n=row.edge)),
        ("solid", row.night, _("{name}: {n} at night or on a day of rest", name=row.name, n=row.night)),
    )
    x: float = LEFT
    for look, number, words in told:
        if number:
            sheet.bar(x, top, number * unit, BAR, look, words)
            x += number * unit
    sheet.text(x + 5, top + 11, str(row.office + row.edge + row.night), "figure")
