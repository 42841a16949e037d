"""The terms as a picture: a strip for each on an axis of years. Pure.

The picture reads downwards, so that it fits a phone and a printed page; the table beneath it in the page has the same
numbers. Standing is told by pattern and outline, never by colour alone.
"""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from service.calendars.items import named
from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import _, ngettext
from service.rotation.reasons import KINDS, STATUSES
from service.rotation.values import Term
from service.web.pictures.svg import BAR, LEFT, ROW, WIDTH, Sheet, brief

TOP, _END = 26, 10


def timeline_svg(charter: Charter, terms: Sequence[Term], today: date) -> Markup:
    """A picture of `terms`, a row each, with `today` marked; empty without any."""
    if not terms:
        return Markup()
    first, last = terms[0].start, terms[-1].end
    height = TOP + ROW * len(terms) + 8
    sheet = Sheet("timeline", _label(terms), height)

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT - _END) * (day - first).days / (last - first).days

    every = max(1, (last.year - first.year) // 8 + 1)
    for year in range(first.year + 1, last.year + 1):
        if (year - first.year) % every == 0:
            sheet.upright(x(date(year, 1, 1)), TOP - 6, height, "year")
            # A number that would stand across the edge is left out; the line says as much.
            if x(date(year, 1, 1)) < WIDTH - 16:
                sheet.text(x(date(year, 1, 1)), 14, str(year), "axis")
    for row, term in enumerate(terms):
        _row(sheet, charter, term, (x(term.start), x(term.end)), TOP + row * ROW, today)
    if first <= today < last:
        sheet.upright(x(today), TOP - 6, height, "today", _("today"))
    return sheet.done()


def _row(sheet: Sheet, charter: Charter, term: Term, span: tuple[float, float], top: int, today: date) -> None:
    name = named(charter, term.chair)
    now = " now" if term.start <= today < term.end else ""
    sheet.text(LEFT - 8, top + 11, brief(name), f"name{now}")
    told = _(
        "{name}: from {start} until {end} (the day after the last), {kind}, {standing}",
        name=name,
        start=spoken(term.start),
        end=spoken(term.end),
        kind=_(KINDS[term.kind]),
        standing=_(STATUSES[term.status]),
    )
    sheet.bar(span[0], top, max(2.0, span[1] - span[0]), BAR, f"{term.status} {term.kind}{now}", told)


def _label(terms: Sequence[Term]) -> str:
    return ngettext(
        "{n} term, from {first} until {last}; the table beneath has it in words",
        "{n} terms, from {first} until {last}; the table beneath has them in words",
        len(terms),
        first=spoken(terms[0].start),
        last=spoken(terms[-1].end),
    )
