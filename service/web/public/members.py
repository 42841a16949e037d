"""The members: all of them with their turns in the chair, and the page of one."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock, zones
from service.access.scene import Scene
from service.groups.charter import Member
from service.language.dates import hour
from service.language.speech import _
from service.problems import not_found
from service.rotation import queries
from service.rotation.engine import inner_terms
from service.rotation.fairness import shares
from service.rotation.rules import inner_seats
from service.rotation.values import Term
from service.web.frame.page import go, page
from service.web.frame.visitor import seeing
from service.web.public.group import feed
from service.web.public.saying import words

router = APIRouter(include_in_schema=False)
# Terms on the page of one member: the latest of those that have ended, and those to come.
_PAST, _COMING, _SEATS = 12, 6, 6


@router.get("/groups/{group}/members")
def members(group: str, request: Request) -> Response:
    """Every member: who it is, its turns so far, and when it is next; those that have left at the end."""
    with seeing(request, group) as at:
        found = queries.standing(at.session, group)
        served = {one.member: one for one in shares(found.laid, at.charter.members, at.today)}
        return page(
            "public/members.html",
            at=at,
            wide=True,
            title=_("Members"),
            members=[(one, served[one.id]) for one in at.charter.members if not _has_left(at, one)],
            left=[one for one in at.charter.members if _has_left(at, one)],
            chair=found.now.term.chair if found.now.term else (),
        )


@router.get("/groups/{group}/members/{member}")
def one(group: str, member: str, request: Request) -> Response:
    """One member: who it is and when it chairs, with a feed of its own; the way to what is its own for its people."""
    with seeing(request, group) as at:
        shown = at.charter.member(member)
        if shown is None:
            return _of_seat(at, member)
        found = queries.standing(at.session, group)
        terms = [term for term in found.laid if member in term.chair]
        past = [term for term in terms if term.end <= at.today]
        coming = [term for term in terms if term.end > at.today]
        return page(
            "public/member.html",
            at=at,
            wide=True,
            title=shown.name,
            member=shown,
            holder=shown.head.on(at.today) if shown.head else None,
            clock=_clock(shown.timezone),
            coming=coming[:_COMING],
            past=past[:-_PAST - 1:-1],
            hidden=max(0, len(past) - _PAST),
            now=found.now.term,
            share=next(one for one in shares(found.laid, at.charter.members, at.today) if one.member == member),
            seat=inner_seats(at.charter, at.today).get(member),
            seats=_seats(at, shown),
            feed=feed(f"/calendars/{group}/members/{member}.ics"),
            own=at.may("people.look", member) is not None,
            **words(at.charter),
        )  # fmt: skip


def _of_seat(at: Scene, id_: str) -> Response:
    """A seat stands on the page of the member that it belongs to.

    Raises:
        Problem: 404, it is neither.
    """
    holder = next((one.id for one in at.charter.members if any(seat.id == id_ for seat in one.seats)), None)
    if holder is None:
        raise not_found(_("This member is not here; check the address."))
    return go(f"/groups/{at.group_id}/members/{holder}#seat-{id_}")


def _has_left(at: Scene, member: Member) -> bool:
    return member.left is not None and member.left <= at.today


def _seats(at: Scene, member: Member) -> list[Term]:
    """Which seat holds the member's place: now, and in the years to come."""
    until = at.today.replace(year=at.today.year + _SEATS, day=1)
    return [term for term in inner_terms(member, until) if term.end > at.today]


def _clock(zone: str | None) -> dict[str, Any] | None:
    """What clocks show there now."""
    if zone is None:
        return None
    there: datetime = clock.now().astimezone(zones.zone(zone))
    return {"zone": zone, "hour": hour(there), "day": there.date()}
