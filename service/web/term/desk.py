"""The desk of an agency: what is due, what it is asked, what is new, its own turn and its people."""

from datetime import date
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.groups.charter import Member
from service.language.speech import N_
from service.problems import Problem
from service.rotation.succession import accepted
from service.web.frame.forms import Fault, new_key
from service.web.frame.page import go, page
from service.web.frame.visitor import looking
from service.web.meetings.words import VOTES
from service.web.own.people import ROLES
from service.web.term import asked, turns
from service.web.term.owed import owed
from service.web.term.recent import fresh
from service.web.term.served import ahead, members_of, zone_of

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/desk"
_PEOPLE = 40
# What the desk says after each, so that nobody wonders whether it went through.
DONE = {
    "log": N_("Your update is in the log."),
    "rsvp": N_("Your answer is noted. You may change it until the meeting begins."),
    "endorse": N_("Your endorsement is noted. You may change it until the silence ends."),
    "poll": N_("Your answer is noted. You may change it until the poll closes."),
    "news": N_("Your news is noted for the meeting."),
    "seen": N_("It is noted that you have seen it."),
    "turn": N_("Your answer is on record."),
}


class Role(NamedTuple):
    """Somebody of the agency in one of their roles; `until` is the day after its last."""

    name: str
    role: str
    of: str
    until: date | None


@router.get(ADDRESS)
def show(group: str, request: Request, done: str = "") -> Response:
    """The desk of whoever is signed in; who serves no member is led to their own page."""
    return desk(request, group, done=done)


def desk(request: Request, group: str, *, done: str = "", fault: Fault | None = None) -> Response:
    """The desk, after something was done (a key of `DONE`), or with what was wrong with a form of it."""
    with looking(request, group) as at:
        members = members_of(at)
        if not members:
            if fault is not None:
                raise Problem(fault.status, "refused", fault.text)
            return go(f"/groups/{group}/me")
        status = fault.status if fault else 200
        return page(
            "term/desk.html", status, at=at, wide=True, done=DONE.get(done), fault=fault, **_values(at, members)
        )


def _values(at: Scene, members: list[Member]) -> dict[str, Any]:
    ids = [member.id for member in members]
    chairs = [member for member in ids if member in at.now.chair]
    laid, coming = turns.laid(at), asked.called(at)
    return {
        "title": at.charter.short(ids[0]) if len(ids) == 1 else at.actor,
        "members": members,
        "owed": owed(at, [*ids, *(["chair"] if chairs else [])]),
        "logs": {owner: at.may("action.log", owner) is not None for owner in ids}
        | {"chair": at.may("action.log", *at.now.chair) is not None},
        "invitations": asked.invitations(at, ids, coming),
        "silences": asked.silences(at, ids),
        "polls": asked.polls(at, ids),
        "minutes": asked.circulating(at),
        "news": asked.missing_news(at, ids, coming),
        "unseen": turns.unseen(at, ids),
        "wishes": turns.wishes(at, ids, laid),
        "handings": turns.handings(at, ids),
        "fresh": fresh(at),
        "turns": turns.turns(at, ids, laid),
        "accepted": accepted,
        "people": _people(at, members),
        "votes": VOTES,
        "roles": ROLES,
        "ahead": ahead,
        "zone": zone_of(at).key,
        "once": new_key(),
        "outbox": at.may("delivery.look") is not None,
        "chairs": at.may("meeting.call") is not None,
    }


def _people(at: Scene, members: list[Member]) -> list[Role]:
    """Who serves these members today, in the order of the charter."""
    own = {id_ for member in members for id_ in (member.id, *(seat.id for seat in member.seats))}
    return [
        Role(person.name, role.role, at.charter.short(role.organization), role.until)
        for person in at.charter.people
        for role in person.appointments
        if role.organization in own and role.covers(at.today)
    ][:_PEOPLE]
