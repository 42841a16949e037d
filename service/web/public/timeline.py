"""All terms, some years at a time, as a picture and as a table; of one member alone where it is asked for."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from service.language.speech import _
from service.rotation import queries
from service.rotation.rules import overlapping
from service.rotation.values import Term
from service.web.frame.page import page
from service.web.frame.visitor import seeing
from service.web.pictures.svg import patterns
from service.web.pictures.timeline import timeline_svg
from service.web.public.saying import words

router = APIRouter(include_in_schema=False)
# What is shown unless something else is asked for: so many years before this one and after it.
_BACK, _AHEAD = 4, 6
# As many terms as fit on a page that is quick on a telephone.
_MOST = 60


class Years(NamedTuple):
    """The years `[first, until)`."""

    first: int
    until: int


@router.get("/groups/{group}/timeline")
def timeline(group: str, request: Request, member: str = "") -> Response:
    """The terms of some years, `?from=2020&until=2030`, all of them or those of one member."""
    with seeing(request, group) as at:
        found = queries.standing(at.session, group)
        known = _known(found.laid)
        asked = request.query_params
        years = _asked(asked.get("from", ""), asked.get("until", ""), at.today.year, known)
        within = overlapping(found.laid, date(years.first, 1, 1), date(years.until, 1, 1))
        chosen = [term for term in within if not member or member in term.chair]
        terms, years = _cut(chosen, years)
        return page(
            "public/timeline.html",
            at=at,
            wide=True,
            title=_("Terms"),
            terms=terms,
            now=found.now.term,
            picture=timeline_svg(at.charter, terms, at.today),
            patterns=patterns(),
            years=years,
            earlier=_beside(years, known, -1),
            later=_beside(years, known, 1),
            member=member,
            members=[(one.id, one.label) for one in at.charter.members],
            **words(at.charter),
        )


def _known(laid: Sequence[Term]) -> Years | None:
    """The years in which there is a term; a term that ends with a year has no day in the next."""
    return Years(laid[0].start.year, (laid[-1].end - timedelta(days=1)).year + 1) if laid else None


def _asked(first: str, until: str, this: int, known: Years | None) -> Years:
    """The years that are asked for, as far as they are known; what is no year is not asked for."""
    known = known or Years(this, this + 1)
    begin = _year(first)
    # Of a group that has ended its last years are shown.
    begin = begin if begin is not None else min(this - _BACK, known.until - _BACK - _AHEAD)
    begin = min(max(begin, known.first), known.until - 1)
    end = _year(until)
    end = end if end is not None else begin + _BACK + _AHEAD
    return Years(begin, min(max(end, begin + 1), known.until))


def _year(text: str) -> int | None:
    return int(text) if len(text) == 4 and text.isascii() and text.isdecimal() else None


def _cut(terms: Sequence[Term], years: Years) -> tuple[Sequence[Term], Years]:
    """As many terms as a page takes, and the years that are whole in them."""
    if len(terms) <= _MOST:
        return terms, years
    until = max(terms[_MOST].start.year, years.first + 1)
    return [term for term in terms if term.start.year < until][:_MOST], Years(years.first, until)


def _beside(years: Years, known: Years | None, way: int) -> Years | None:
    """As many years before these or after them; None where no term is."""
    if known is None:
        return None
    many = years.until - years.first
    if way > 0:
        return Years(years.until, years.until + many) if years.until < known.until else None
    return Years(max(years.first - many, known.first), years.first) if years.first > known.first else None
