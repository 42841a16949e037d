"""The chair before, now and next: each with its kind, how it stands, why, and who sits at its head."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.language.speech import _
from service.rotation import queries
from service.rotation.rules import inner_seats
from service.rotation.succession import asked_member
from service.rotation.values import Term
from service.web.frame.page import page
from service.web.frame.visitor import seeing
from service.web.public.saying import words

router = APIRouter(include_in_schema=False)


@router.get("/groups/{group}/chair")
def chair(group: str, request: Request) -> Response:
    """The three that steer together: who handed over, who chairs, who prepares."""
    with seeing(request, group) as at:
        now = queries.standing(at.session, group).now
        return page(
            "public/chair.html",
            at=at,
            wide=True,
            title=_("The chair before, now and next"),
            now=now,
            people=lambda term: _people(at, term),
            asked=_asked(at, now.next),
            **words(at.charter),
        )


def _asked(at: Scene, following: Term | None) -> str | None:
    """The member for which whoever looks may still say whether it takes the coming term."""
    member = asked_member(following) if following is not None else None
    return member if member is not None and at.may("chair.accept", member) is not None else None


def _people(at: Scene, term: Term) -> list[dict[str, Any]]:
    """Each chairing member with the head of today (of its last day, of its first) and the seat that holds its place."""
    day = _within(term, at.today)
    seats = inner_seats(at.charter, day)
    found = []
    for id_ in term.chair:
        organization = at.charter.organization(id_)
        head = organization.head if organization else None
        seat = seats.get(id_)
        found.append(
            {
                "id": id_,
                "name": organization.name if organization else id_,
                "title": head.title if head else None,
                "holder": head.on(day) if head else None,
                "seat": at.charter.organization(seat.seat) if seat else None,
                "until": seat.end if seat else None,
            }
        )
    return found


def _within(term: Term, today: date) -> date:
    """Today where it lies within a term, else the day of the term that is nearest to it."""
    return min(max(today, term.start), date.fromordinal(term.end.toordinal() - 1))
