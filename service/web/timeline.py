"""The terms as a picture made on the server: a strip for each term on an axis of years. Pure.

The picture reads downwards, so that it fits a phone and a printed page; the table beneath it in
the page has the same numbers. Standing is told by pattern and outline, never by colour alone.
"""

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from service.calendars.items import named
from service.groups.charter import Charter
from service.rotation.values import Term

ROW, BAR, LEFT, WIDTH, TOP = 20, 15, 146, 460, 26
WORDS = {"recorded": "on record", "decided": "decided", "projected": "by rule, not on record"}


def timeline_svg(charter: Charter, terms: Sequence[Term], today: date) -> str:
    """An SVG of `terms`, a row each, with `today` marked; text is escaped, no style attribute is used."""
    if not terms:
        return ""
    first, last = terms[0].start, terms[-1].end
    days = (last - first).days
    height = TOP + ROW * len(terms) + 8

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - 10) * (day - first).days / days, 1)

    parts = [
        f'<svg class="timeline" role="img" viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg"'
        f" aria-label={quoteattr(_label(charter, terms))}>",
        '<defs><pattern id="by-rule" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M0 6 L6 0"/></pattern></defs>',
    ]
    every = max(1, (last.year - first.year) // 8 + 1)
    for year in range(first.year + 1, last.year + 1):
        if (year - first.year) % every == 0:
            at = x(date(year, 1, 1))
            parts.append(f'<path class="year" d="M{at} {TOP - 6} V{height}"/>')
            parts.append(f'<text class="axis" x="{at}" y="14">{year}</text>')
    for row, term in enumerate(terms):
        parts.append(_row(charter, term, x(term.start), x(term.end), TOP + row * ROW, today))
    if first <= today < last:
        parts.append(f'<path class="today" d="M{x(today)} {TOP - 6} V{height}"><title>today</title></path>')
    return "".join(parts) + "</svg>"


def _row(charter: Charter, term: Term, start: float, end: float, top: int, today: date) -> str:
    name = named(charter, term.chair)
    said = f"{name}: {term.start} until {term.end}, {term.kind}, {WORDS[term.status]}"
    now = " now" if term.start <= today < term.end else ""
    bar = (
        f'<rect class="bar {term.status} {term.kind}{now}" x="{start}" y="{top}" '
        f'width="{max(2.0, round(end - start, 1))}" height="{BAR}" rx="2"><title>{escape(said)}</title></rect>'
    )
    return f'<text class="name{now}" x="{LEFT - 8}" y="{top + 12}">{escape(_short(name))}</text>{bar}'


def _short(name: str) -> str:
    return name if len(name) <= 20 else name[:19] + "…"


def _label(charter: Charter, terms: Sequence[Term]) -> str:
    return f"{len(terms)} terms from {terms[0].start} until {terms[-1].end}; the table beneath has them in words"
