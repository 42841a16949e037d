"""The people of the group: an agency keeps its own here, the secretariat everybody's."""

from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.access import people_api
from service.access.keeping import mine
from service.access.scene import Scene
from service.groups import queries as groups
from service.groups.charter import Appointment, Person
from service.keyset import cursor, read_cursor
from service.language.speech import N_, _
from service.notifications.mailing import api as mailing
from service.notifications.mailing.queries import held_counts, mailboxes
from service.problems import Problem
from service.rotation.people import CHAIR_ROLES
from service.web.frame.forms import Fault, Form, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/people"
# What a role is called, in the order in which roles are offered.
ROLES = {
    "focal-point": N_("focal point"), "alternate": N_("alternate"), "head": N_("head"),
    "chair-office": N_("chair's office"), "secretariat": N_("secretariat"), "observer": N_("observer"),
}  # fmt: skip
SOON = timedelta(days=60)
_SHOWN = 40


class Held(NamedTuple):
    """A role of somebody, as a line of the page; `key` puts lines in order."""

    key: tuple[int, str, str, str, str]
    id: str
    person: Person
    role: Appointment
    place: str


@router.get(ADDRESS)
def show(
    group: str, request: Request, organization: str = "", role: str = "", mailbox: str = "", after: str | None = None
) -> Response:
    """The people of one's own agency, of everybody for the secretariat; with the form to appoint somebody."""
    return _page(request, group, organization=organization, role=role, paused=mailbox == "paused", after=after)


@router.post(ADDRESS)
def appoint_somebody(group: str, request: Request, typed: Form) -> Response:
    """Somebody gets a role."""

    def do() -> str:
        said = {name: typed.text(name) for name in ("name", "email", "organization", "role", "from", "until")}
        people_api.appoint_somebody(
            group, body(people_api.AppointIn, said), by_browser(request), key=typed.once, if_match=None
        )
        return f"/groups/{quote(group)}/people?organization={quote(said['organization'] or '')}"

    return attempt(do, lambda fault: _page(request, group, fault=fault), typed, "appoint")


@router.post(ADDRESS + "/resume")
def resume(group: str, request: Request, typed: Form) -> Response:
    """Say that a mailbox works again."""

    def do() -> str:
        mailing.resume_mailbox(group, typed.get("address"), by_browser(request), key=typed.once)
        return f"/groups/{quote(group)}/people"

    return attempt(do, lambda fault: _page(request, group, fault=fault), typed, "resume")


@router.post(ADDRESS + "/{person}/end")
def end_appointment(group: str, person: str, request: Request, typed: Form) -> Response:
    """A role ends."""

    def do() -> str:
        said = {name: typed.text(name) for name in ("organization", "role", "until")}
        people_api.end_appointment(
            group, person, body(people_api.EndIn, said), by_browser(request), if_match=typed.if_match
        )
        return f"/groups/{quote(group)}/people?organization={quote(said['organization'] or '')}"

    return attempt(do, lambda fault: _page(request, group, fault=fault, ending=person), typed, "end")


def _page(
    request: Request,
    group: str,
    *,
    organization: str = "",
    role: str = "",
    paused: bool = False,
    after: str | None = None,
    fault: Fault | None = None,
    ending: str = "",
) -> Response:
    with looking(request, group) as at:
        own = _keeps(at)
        stopped = _stopped(at, own)
        everything = _held(at, own, organization)
        if paused:
            everything = [one for one in everything if one.person.email in stopped]
        of = f"page/people/{group}/{at.caller.id if at.caller else ''}/{organization}/{paused}"
        begin = read_cursor(of, after)
        found = [one for one in everything if begin is None or one.key > tuple(begin)]
        shown = found[:_SHOWN]
        return page(
            "own/people.html",
            fault.status if fault else 200,
            at=at,
            title=_("People"),
            people=_by_place(shown),
            more=cursor(of, list(shown[-1].key)) if len(found) > _SHOWN else None,
            organizations=own,
            organization=organization,
            role=role,
            offered=[(id_, _(word)) for id_, word in ROLES.items() if id_ in CHAIR_ROLES or _is_all(at)],
            words={id_: _(word) for id_, word in ROLES.items()},
            everybody=_is_all(at),
            appoints=_may_keep(at, "people.appoint"),
            ends=_may_keep(at, "people.end"),
            stopped=stopped,
            paused=paused,
            soon=at.today + SOON,
            version=groups.group_row(at.session, group).version,
            fault=fault,
            ending=ending,
            once=new_key(),
        )


def _is_all(at: Scene) -> bool:
    return at.may("people.look-all") is not None


def _may_keep(at: Scene, verb: str) -> bool:
    own = mine(at)
    return at.may(verb, *own[:1]) is not None


def _keeps(at: Scene) -> list[tuple[str, str]]:
    """The organizations whose people are shown: one's own, or all.

    Raises:
        Problem: 403, whoever looks serves none, such as an observer.
    """
    if _is_all(at):
        return [(part.id, part.label) for part in at.charter.organizations()]
    at.need("people.look", *mine(at))
    if not mine(at):
        raise Problem(403, "not-yours", _("Only a member's own people speak for it."))
    return [(id_, at.charter.short(id_)) for id_ in mine(at)]


def _held(at: Scene, own: list[tuple[str, str]], organization: str) -> list[Held]:
    """The roles of today and to come, the group's own last; in order of organizations, roles and names."""
    places = {id_: place for place, (id_, _label) in enumerate(own)}
    ids = {row.email: row.id for row in groups.people_rows(at.session, at.group_id)}
    order = list(ROLES)
    found = []
    for person in at.charter.people:
        for role in person.appointments:
            of = role.organization
            is_shown = of in places if of else _is_all(at)
            is_past = role.until is not None and role.until <= at.today
            if is_past or not is_shown or (organization and of != organization):
                continue
            place = places[of] if of else len(places)
            key = (place, f"{order.index(role.role)}", person.name, person.email, role.from_.isoformat())
            label = at.charter.short(of) if of else at.charter.group.label
            found.append(Held(key, ids[person.email], person, role, label))
    return sorted(found, key=lambda one: one.key)


def _by_place(found: list[Held]) -> list[tuple[str, list[Held]]]:
    grouped: dict[str, list[Held]] = {}
    for one in found:
        grouped.setdefault(one.place, []).append(one)
    return list(grouped.items())


def _stopped(at: Scene, own: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """The mailboxes to which nothing is sent now, by address, with why and how much waits for each."""
    everybody = at.may("mailbox.look") is not None
    mailed = {id_ for id_, _label in own}
    among = [one.email for one in at.charter.people if any(role.organization in mailed for role in one.appointments)]
    found = mailboxes(at.session, at.group_id, None if everybody else among, None, 1000)
    paused = [row for row in found if row.paused_at is not None]
    held = held_counts(at.session, at.group_id, [row.address for row in paused])
    return {
        row.address: {"since": row.paused_at, "why": row.why or "", "held": held.get(row.address, 0)} for row in paused
    }
