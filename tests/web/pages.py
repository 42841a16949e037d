"""Every address of the pages: whom it lets through, and what its form sends that is good but for who sends it.

The letters are those of the API's matrix (tests/access/matrix.py): P anybody, O the people of the member whose thing it
is (ILO), M any member's people, C the chair's people (UNFPA), I the coming chair's people (UNHCR), S the secretariat,
X an observer of the group. L: the link in the address is the authority, whoever follows it; one that is made up is
refused. Where a page names something, `{…}` is filled in from what the test has made.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from service.web.followups.actions.asking import NAMES as ACTIONS
from service.web.rooms import ROOMS

GROUP = "/groups/{group}"


class Page(NamedTuple):
    """Who is let through, and the fields of the form."""

    who: str
    fields: dict[str, str] = {}


_WHY = {"reason": "Because."}
_CADENCE = {
    "id": "extra", "title": "Extra", "level": "focal-points", "from": "2008-09-01",
    "when": "every 2 months on the first monday", "at": "15:00", "minutes": "90", "quorum": "majority",
}  # fmt: skip
_ACTIVITY = {
    "lead": "ilo", "kind": "survey", "title": "Survey", "objective": "To know more.", "from": "2008-07-01",
    "until": "2008-12-31", "purposes": "6",
}  # fmt: skip
_DECISION = {
    "way": "silence", "operative": "adopted", "title": "A decision", "text": "The group agrees.", "until": "2008-07-20",
}  # fmt: skip
_RECORDED = _DECISION | {"way": "meeting", "meeting": "{held}"}
_SLOTS = {"slot-0": "yes", "slot-1": "no"}

PAGES: dict[str, Page] = {
    "GET /": Page("P"),
    "GET /docs": Page("P"),
    "GET /groups/{group}": Page("P"),
    "GET /groups/{group}/chair": Page("P"),
    "GET /groups/{group}/timeline": Page("P"),
    "GET /groups/{group}/members": Page("P"),
    "GET /groups/{group}/members/{member}": Page("P"),
    "GET /groups/{group}/figures": Page("P"),
    "GET /groups/{group}/calendar": Page("P"),
    "GET /groups/{group}/calendar/list": Page("P"),
    "GET /groups/{group}/calendar/subscribe": Page("P"),
    "POST /groups/{group}/calendar/subscribe": Page("MS"),
    "GET /groups/{group}/search": Page("MS"),
    # Signing in and out.
    "GET /groups/{group}/sign-in": Page("P"),
    "POST /groups/{group}/sign-in": Page("P", {"email": "a@b.example"}),
    "GET /groups/{group}/sign-in/{token}": Page("P"),
    "POST /groups/{group}/sign-in/{token}": Page("L"),
    "POST /groups/{group}/sign-out": Page("P"),
    "POST /groups/{group}/single-sign-on": Page("L"),
    "GET /sign-in/callback": Page("L"),
    # Links in mails.
    "GET /groups/{group}/answer/{link}": Page("L"),
    "POST /groups/{group}/answer/{link}": Page("L", {"choice": "accept"}),
    "GET /groups/{group}/seen/{link}": Page("L"),
    "POST /groups/{group}/seen/{link}": Page("L"),
    "GET /groups/{group}/rsvp/{link}": Page("L"),
    "POST /groups/{group}/rsvp/{link}": Page("L", {"choice": "accepted", "sequence": "1"}),
    "GET /groups/{group}/poll/{link}": Page("L"),
    "POST /groups/{group}/poll/{link}": Page("L", _SLOTS),
    "GET /groups/{group}/decision/{link}": Page("L"),
    "POST /groups/{group}/decision/{link}": Page("L", {"choice": "endorse", "round": "1"}),
    "GET /groups/{group}/unsubscribe/{link}": Page("L"),
    "POST /groups/{group}/unsubscribe/{link}": Page("L", {"List-Unsubscribe": "One-Click"}),
    # One's own.
    "GET /groups/{group}/me": Page("MSX"),
    "POST /groups/{group}/me/feed": Page("MS"),
    "POST /groups/{group}/me/tokens": Page("MS", {"name": "A program", "days": "30"}),
    "POST /groups/{group}/me/tokens/{own_token}/revoke": Page("OS"),
    "GET /groups/{group}/me/choices": Page("MSX"),
    "POST /groups/{group}/me/choices": Page("MSX", {"language": "fr"}),
    "POST /groups/{group}/me/absences": Page(
        "MSX", {"from": "2008-08-01", "until": "2008-08-15", "alternate": "x@ilo.example"}
    ),
    "POST /groups/{group}/me/absences/{own_absence}/take-back": Page("O"),
    "GET /groups/{group}/people": Page("MS"),
    "POST /groups/{group}/people": Page(
        "OS", {"name": "Ms X", "email": "x@ilo.example", "role": "alternate", "organization": "ilo"}
    ),
    "POST /groups/{group}/people/resume": Page("OS", {"address": "gmg@ilo.example"}),
    "POST /groups/{group}/people/{person}/end": Page("OS", {"role": "focal-point", "organization": "ilo"}),
    # The desk and the board.
    "GET /groups/{group}/desk": Page("MSX"),
    "POST /groups/{group}/desk/log": Page("OCS", {"action": "{action}", "text": "It goes on."}),
    "POST /groups/{group}/desk/rsvp": Page(
        "OS", {"meeting": "{meeting}", "member": "ilo", "answer": "accepted", "sequence": "1"}
    ),
    "POST /groups/{group}/desk/endorse": Page("O", {"decision": "{decision}", "member": "ilo", "round": "1"}),
    "POST /groups/{group}/desk/poll": Page("O", {"poll": "{poll}", "member": "ilo", **_SLOTS}),
    "POST /groups/{group}/desk/news": Page("OS", {"meeting": "{meeting}", "member": "ilo", "text": "News."}),
    "POST /groups/{group}/desk/seen": Page("I", {"turn": "{next_turn}"}),
    "POST /groups/{group}/desk/turn": Page("OS", {"member": "ilo", "choice": "accept", "term": "2009-07-01"}),
    "GET /groups/{group}/board": Page("CI"),
    "POST /groups/{group}/board/call": Page("C", {"meeting": "{meeting}"}),
    "GET /groups/{group}/handovers/{next_turn}": Page("MS"),
    "POST /groups/{group}/handovers/{next_turn}/fill": Page("CIS", {"text-files": "Here."}),
    "POST /groups/{group}/handovers/{next_turn}/confirm": Page("C", {"side": "outgoing", "member": "unfpa"}),
    "GET /groups/{group}/handovers/{next_turn}/dossier": Page("MS"),
    "GET /groups/{group}/handovers/{next_turn}/dossier.{form}": Page("MS"),
    # What was agreed.
    "GET /groups/{group}/notices": Page("P"),
    "POST /groups/{group}/notices": Page("O", {"member": "ilo", "theme": "Data", "text": "A new survey."}),
    "GET /groups/{group}/notices/{notice}": Page("MS"),
    "POST /groups/{group}/notices/{notice}/withdraw": Page("O"),
    "GET /groups/{group}/decisions": Page("P"),
    "GET /groups/{group}/decisions/new": Page("CS"),
    "POST /groups/{group}/decisions/new": Page("C", _DECISION),
    "GET /groups/{group}/decisions/{decision}": Page("MS"),
    "GET /groups/{group}/decisions/{decision}/rounds/{number}": Page("MS"),
    "POST /groups/{group}/decisions/{decision}/supersede": Page("CS", _RECORDED),
    "POST /groups/{group}/decisions/{decision}/answer": Page(
        "O", {"member": "ilo", "answer": "endorse", "round": "1"}
    ),
    "POST /groups/{group}/decisions/{decision}/revise": Page("C", {"text": "Other words.", "until": "2008-07-20"}),
    "POST /groups/{group}/decisions/{decision}/withdraw": Page("C", _WHY),
    "GET /groups/{group}/activities": Page("P"),
    "GET /groups/{group}/activities/new": Page("M"),
    "POST /groups/{group}/activities/new": Page("OC", _ACTIVITY),
    "GET /groups/{group}/activities/{activity}": Page("MS"),
    "GET /groups/{group}/activities/{activity}/log": Page("MS"),
    "POST /groups/{group}/activities/{activity}/agree": Page("C", {"by": "decision:2008-1"}),
    "POST /groups/{group}/activities/{activity}/start": Page("OC"),
    "POST /groups/{group}/activities/{activity}/report": Page("OC", {"member": "ilo", "text": "It goes on."}),
    "POST /groups/{group}/activities/{activity}/edit": Page("OC", _ACTIVITY),
    "POST /groups/{group}/activities/{activity}/complete": Page("C", {"text": "Done."}),
    "POST /groups/{group}/activities/{activity}/discontinue": Page("C", _WHY),
    "POST /groups/{group}/activities/{activity}/milestones": Page("OC", {"title": "Draft", "due": "2008-10-01"}),
    "POST /groups/{group}/activities/{activity}/milestones/{number}/reach": Page("OC"),
    "POST /groups/{group}/activities/{activity}/milestones/{number}/move": Page("OC", {"due": "2008-11-01"} | _WHY),
    "GET /groups/{group}/programmes/{turn}": Page("MS"),
    "POST /groups/{group}/programmes/{turn}": Page("C", {"theme": "A theme"}),
    "POST /groups/{group}/programmes/{turn}/order": Page("C", {"shown": "x y", "down": "x"}),
    "POST /groups/{group}/programmes/{turn}/close": Page("C", {"summary": "Done."}),
    "GET /groups/{group}/reports/{turn}": Page("MS"),
    "GET /groups/{group}/reports/{turn}/report.md": Page("MS"),
    "GET /groups/{group}/actions": Page("MS"),
    "GET /groups/{group}/actions/table.csv": Page("MS"),
    "GET /groups/{group}/actions/table.json": Page("MS"),
    "GET /groups/{group}/actions/new": Page("MS"),
    "POST /groups/{group}/actions/new": Page("OCS", {"title": "An action", "owner": "ilo"}),
    "GET /groups/{group}/actions/import": Page("MS"),
    "POST /groups/{group}/actions/import/preview": Page("MS", {"text": "title,owner\nFrom a table,ilo\n"}),
    "POST /groups/{group}/actions/import": Page("MS", {"text": "title,owner\nFrom a table,ilo\n"}),
    "GET /groups/{group}/actions/{action}": Page("MS"),
    "POST /groups/{group}/actions/{action}/{verb}": Page("C", {"owner": "iom"} | _WHY),
    # Meetings.
    "GET /groups/{group}/meetings": Page("P"),
    "GET /groups/{group}/meetings/new": Page("C"),
    "POST /groups/{group}/meetings/new": Page("C", {"title": "Meeting", "day": "2008-08-20", "at": "15:00"}),
    "GET /groups/{group}/meetings/{meeting}": Page("P"),
    "GET /groups/{group}/meetings/{meeting}/polls/new": Page("C"),
    "POST /groups/{group}/meetings/{meeting}/polls/new": Page(
        "C", {"day-0": "2008-08-05", "at-0": "12:00", "day-1": "2008-08-06", "at-1": "12:00", "deadline": "2008-07-20"}
    ),
    "POST /groups/{group}/meetings/{meeting}/polls/{poll}/close": Page("C"),
    "POST /groups/{group}/meetings/{meeting}/respond": Page(
        "OS", {"member": "ilo", "answer": "accepted", "sequence": "1"}
    ),
    "POST /groups/{group}/meetings/{meeting}/news": Page("OS", {"member": "ilo", "text": "News."}),
    "POST /groups/{group}/meetings/{meeting}/polls/{poll}/vote": Page("O", {"member": "ilo", **_SLOTS}),
    "POST /groups/{group}/meetings/{meeting}/call": Page("C"),
    "GET /groups/{group}/meetings/{meeting}/change": Page("C"),
    "POST /groups/{group}/meetings/{meeting}/move": Page("C", {"at": "16:00"}),
    "POST /groups/{group}/meetings/{meeting}/edit": Page("C", {"title": "A better title"}),
    "POST /groups/{group}/meetings/{meeting}/cancel": Page("C", _WHY),
    "GET /groups/{group}/meetings/{held}/hold": Page("CS"),
    "POST /groups/{group}/meetings/{held}/hold": Page("CS", {"state": "held", "presence-ilo": "remote"}),
    "GET /groups/{group}/meetings/{meeting}/observers": Page("CS"),
    "POST /groups/{group}/meetings/{meeting}/observers": Page("CS", {"name": "A state", "kind": "state"}),
    "POST /groups/{group}/meetings/{meeting}/observers/{observer}/withdraw": Page("CS"),
    "GET /groups/{group}/meetings/{meeting}/slots": Page("MS"),
    "GET /groups/{group}/meetings/{meeting}/agenda": Page("MS"),
    "POST /groups/{group}/meetings/{meeting}/agenda": Page("OC", {"title": "An item", "member": "ilo"}),
    "POST /groups/{group}/meetings/{meeting}/agenda/order": Page("C", {"order": "x y", "shown": "x y", "down": "x"}),
    "POST /groups/{group}/meetings/{meeting}/agenda/{item}/accept": Page("C"),
    "POST /groups/{group}/meetings/{meeting}/agenda/{item}/place": Page("C"),
    "GET /groups/{group}/meetings/{meeting}/agenda/{item}": Page("MS"),
    "POST /groups/{group}/meetings/{meeting}/agenda/{item}/edit": Page("OC", {"title": "A better title"}),
    "POST /groups/{group}/meetings/{meeting}/agenda/{item}/{item_verb}": Page("OC", {"text": "Because."}),
    "GET /groups/{group}/meetings/{held}/minutes": Page("MS"),
    "POST /groups/{group}/meetings/{held}/minutes/circulate": Page("CS", {"until": "2008-07-20"}),
    "POST /groups/{group}/meetings/{held}/minutes/object": Page("O", {"member": "ilo", "text": "Not so."}),
    "GET /groups/{group}/meetings/{held}/minutes/write": Page("CS"),
    "POST /groups/{group}/meetings/{held}/minutes/write": Page("CS", {"text": "The group met."}),
    # The record.
    "GET /groups/{group}/record": Page("S"),
    "GET /groups/{group}/record/charter": Page("S"),
    "GET /groups/{group}/record/charter.yaml": Page("S"),
    "POST /groups/{group}/record/charter/preview": Page("S", {"text": "{charter}"}),
    "POST /groups/{group}/record/charter": Page("S", {"text": "{charter}"}),
    "GET /groups/{group}/record/chair": Page("MSX"),
    "GET /groups/{group}/record/chair/new?kind=extend": Page("S"),
    "POST /groups/{group}/record/chair/preview": Page("S", {"kind": "extend", "begins": "2008-07-01"}),
    "POST /groups/{group}/record/chair": Page("S", {"kind": "extend", "begins": "2008-07-01"}),
    "GET /groups/{group}/record/cadences": Page("S"),
    "POST /groups/{group}/record/cadences": Page("S", _CADENCE),
    "GET /groups/{group}/record/cadences/{cadence}": Page("S"),
    "POST /groups/{group}/record/cadences/{cadence}": Page("S", _CADENCE),
    "POST /groups/{group}/record/cadences/{cadence}/end": Page("S", {"until": "2011-01-01"}),
    "GET /groups/{group}/record/tokens": Page("S"),
    "POST /groups/{group}/record/tokens": Page("S", {"kind": "api", "name": "A program", "days": "30"}),
    "POST /groups/{group}/record/tokens/{own_token}/revoke": Page("OS"),
    "GET /groups/{group}/record/audit": Page("S"),
    "GET /groups/{group}/outbox": Page("CS"),
    "GET /groups/{group}/outbox/forecast?days=30": Page("CS"),
    "GET /groups/{group}/outbox/{delivery}": Page("CS"),
    "POST /groups/{group}/outbox/release": Page("CS", {"since": "2008-06-27T00:00:00Z"}),
    "POST /groups/{group}/outbox/{delivery}/send-again": Page("CS"),
    "GET /groups/{group}/events/{told}/told": Page("CS"),
}  # fmt: skip
# What the table calls apart is one thing in the addresses.
_SAME = {
    "{held}": "{meeting}", "{next_turn}": "{turn}", "{own_token}": "{token}", "{own_absence}": "{absence}",
    "{told}": "{event}", "{item_verb}": "{verb}",
}  # fmt: skip


def named(operation: str) -> str:
    """An operation of the table as the service names it."""
    operation = operation.partition("?")[0]
    for ours, theirs in _SAME.items():
        operation = operation.replace(ours, theirs)
    return operation


def operations() -> Iterator[str]:
    """Every method and address of the pages."""
    return (f"{method} {route.path}" for route in _routes() for method in route.methods - {"HEAD"})


# What pages read from their address by themselves.
_READ = {
    "/actions": ACTIONS, "/actions/table.csv": ACTIONS, "/actions/table.json": ACTIONS,
    "/actions/new": ("source", "meeting", "owner", "title", "due"),
    "/meetings/{meeting}/slots": ("from", "until", "minutes", "step", "pick"),
    "/meetings/{meeting}/polls/new": ("slot",),
    "/record/chair/new": ("kind", "turn", "other", "term", "members", "begins", "from", "until", "decision"),
}  # fmt: skip


def queries(operation: str) -> list[str]:
    """The parameters that the page of an operation takes, and two of every page; none for what is sent."""
    method, _, path = named(operation).partition(" ")
    if method != "GET":
        return []
    route = next(route for route in _routes() if route.path == path and "GET" in route.methods)
    taken = [parameter.alias for parameter in route.dependant.query_params]
    return list(dict.fromkeys([*taken, *_READ.get(path.removeprefix(GROUP), ()), "lang", "after"]))


def _routes() -> Iterator[Any]:
    return (route for room in ROOMS for route in _of(room.router.routes))


def _of(routes: Sequence[Any]) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _of(inner.routes)
        else:
            yield route
