"""What was done for each purpose of the group, and which lay idle. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from service.language.speech import _
from service.web.pictures.svg import BAR, LEFT, RIGHT, ROW, WIDTH, Sheet, brief, scaled

_TOP = 6


class Served(NamedTuple):
    """A purpose by its number and text: how much was decided or begun for it, worked on, and finished."""

    number: int
    purpose: str
    begun: int
    worked: int
    finished: int

    @property
    def idle(self) -> bool:
        return not (self.begun or self.worked or self.finished)


def purposes_svg(rows: Sequence[Served]) -> Markup:
    """A picture of the purposes; empty without any."""
    if not rows:
        return Markup()
    label = _("What was done for each purpose; the table beneath has the numbers")
    sheet = Sheet("purposes", label, _TOP + ROW * len(rows) + 4)
    unit = scaled([row.begun + row.worked + row.finished for row in rows], WIDTH - LEFT - RIGHT)
    for at, row in enumerate(rows):
        top = _TOP + at * ROW
        sheet.text(LEFT - 8, top + 11, brief(f"{row.number}. {row.purpose}"), "name")
        if row.idle:
            sheet.text(LEFT + 2, top + 11, _("idle"), "figure")
        else:
            _row(sheet, row, top, unit)
    return sheet.done()


def _row(sheet: Sheet, row: Served, top: int, unit: float) -> None:
    told = (
        ("open", row.begun, _("{purpose}: {n} decided or agreed", purpose=row.purpose, n=row.begun)),
        ("hatched", row.worked, _("{purpose}: {n} reported on", purpose=row.purpose, n=row.worked)),
        ("solid", row.finished, _("{purpose}: {n} done", purpose=row.purpose, n=row.finished)),
    )
    x: float = LEFT
    for look, number, words in told:
        if number:
            sheet.bar(x, top, number * unit, BAR, look, words)
            x += number * unit
    sheet.text(x + 5, top + 11, str(row.begun + row.worked + row.finished), "figure")
