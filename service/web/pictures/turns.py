"""How evenly the chair fell: the months that each member served, and a mark at an even share. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from service.language.speech import _
from service.web.pictures.svg import BAR, LEFT, RIGHT, ROW, WIDTH, Sheet, brief, scaled

_TOP = 6


class Served(NamedTuple):
    """The months that a member was in the chair, and those of an even share."""

    name: str
    months: float
    even: float


def turns_svg(rows: Sequence[Served]) -> Markup:
    """A picture of the months in the chair; empty without any member."""
    if not rows:
        return Markup()
    label = _("Months in the chair against an even share, by member; the table beneath has the numbers")
    sheet = Sheet("turns", label, _TOP + ROW * len(rows) + 4)
    unit = scaled([max(row.months, row.even) for row in rows], WIDTH - LEFT - RIGHT)
    for at, row in enumerate(rows):
        top = _TOP + at * ROW
        sheet.text(LEFT - 8, top + 11, brief(row.name), "name")
        told = _("{name}: {months} months, an even share is {even}", name=row.name, months=row.months, even=row.even)
        if row.months:
            sheet.bar(LEFT, top, row.months * unit, BAR, "solid", told)
        sheet.upright(LEFT + row.even * unit, top - 2, top + BAR + 2, "mark", told)
        sheet.text(LEFT + max(row.months, row.even) * unit + 5, top + 11, str(row.months), "figure")
    return sheet.done()
