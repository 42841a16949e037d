"""The matrix of routes: whom each lets through, and a request that is good but for who sends it.

    P anybody     O the people of the member whose thing it is (ILO)     C the chair's people (UNFPA)
    M any member's people     I the coming chair's people (UNHCR)     S the secretariat

An observer is let through where anybody is. Where a request names something, `{…}` is filled in from what
the test has made.
"""

from typing import Any, NamedTuple

ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nEND:VCALENDAR\r\n"
CSV = b"title,owner\r\nFrom a table,ilo\r\n"


class Route(NamedTuple):
    """Who is let through, and the body (JSON, or bytes with their media type)."""

    who: str
    body: dict[str, Any] | tuple[bytes, str] | None = None


_CADENCE = {"id": "extra", "title": "Extra", "from": "2008-09-01", "when": "every 2 months on the first monday"}
_TEXT = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
_EVENT = {"title": "Forum", "day": "2008-10-27"}
_ACTIVITY = {
    "kind": "survey", "title": "Survey", "objective": "To know more.", "from": "2008-07-01", "until": "2008-12-31",
    "purposes": [6],
}  # fmt: skip
_WHY = {"reason": "Because."}

ROUTES: dict[str, Route] = {
    "GET /me": Route("MSX"),
    "GET /events": Route("MS"),
    "GET /events/stream": Route("MS"),
    "GET /audit": Route("S"),
    "GET /calendars/{group}.ics": Route("P"),
    "GET /calendars/{group}/chair.ics": Route("P"),
    "GET /calendars/{group}/meetings.ics": Route("P"),
    "GET /calendars/{group}/members/{member}.ics": Route("P"),
    # Its address is the only way in; a token has nothing to do with it (tests/access/test_tokens.py).
    "GET /calendars/p/{token}/{name}.ics": Route(""),
    "GET /chair": Route("P"),
    "GET /terms": Route("P"),
    "GET /members": Route("P"),
    "GET /fairness": Route("P"),
    "GET /chair-decisions": Route("MSX"),
    "POST /chair-decisions": Route("S", {"extend": "2008-07-01", "until": "2009-02-01"}),
    "GET /chair-decisions/{chair_decision}": Route("MSX"),
    "GET /charter": Route("S"),
    "PUT /charter": Route("S", {"group": {"id": "gmg", "name": "G", "founded": "2006-05-09", "timezone": "UTC"},
                                "members": [{"id": "ilo", "name": "ILO", "joined": "2006-05-09"}]}),
    "GET /cadences": Route("P"),
    "POST /cadences": Route("S", _CADENCE),
    "POST /cadences/{cadence}/amend": Route("S", _CADENCE | {"id": "working-level"}),
    "POST /cadences/{cadence}/end": Route("S", {"until": "2011-01-01"}),
    "POST /meetings/slots": Route("MS", {"from": "2008-07-14", "until": "2008-07-15", "step": 240}),
    "POST /members/{member}/busy": Route("OS", (ICS, "text/calendar")),
    "GET /meetings/{meeting}/attendance": Route("MS"),
    "POST /meetings/{meeting}/respond": Route("OS", {"member": "ilo", "answer": "accepted", "sequence": 1}),
    "POST /meetings/replies": Route("CS", (ICS, "text/calendar")),
    "POST /meetings/{meeting}/attend": Route("CS", {"present": [{"member": "ilo", "presence": "remote"}]}),
    "POST /meetings/{meeting}/observers": Route("CS", {"name": "A state", "kind": "state"}),
    "POST /meetings/{meeting}/observers/{observer}/withdraw": Route("CS"),
    "GET /meetings": Route("P"),
    "POST /meetings": Route("C", {"title": "Meeting", "day": "2008-08-20", "at": "15:00"}),
    "GET /meetings/next": Route("P"),
    "GET /meetings/{meeting}": Route("P"),
    "GET /meetings/{meeting}/history": Route("MS"),
    "POST /meetings/{meeting}/call": Route("C"),
    "POST /meetings/{meeting}/move": Route("C", {"at": "16:00"}),
    "POST /meetings/{meeting}/edit": Route("C", {"title": "A better title"}),
    "POST /meetings/{meeting}/cancel": Route("C", _WHY),
    "POST /meetings/{meeting}/hold": Route("CS", {"present": []}),
    "GET /meetings/{meeting}/agenda": Route("MS"),
    "GET /agenda-items": Route("MS"),
    "POST /agenda-items": Route("OC", {"title": "An item", "member": "ilo"}),
    "GET /agenda-items/{item}": Route("MS"),
    "POST /agenda-items/{item}/edit": Route("OC", {"title": "A better title"}),
    "POST /agenda-items/{item}/accept": Route("C"),
    "POST /agenda-items/{item}/place": Route("C", {"meeting": "working-level-2008-08-07"}),
    "POST /agenda-items/{item}/conclude": Route("C", {"conclusion": "Agreed."}),
    "POST /agenda-items/{item}/defer": Route("C"),
    "POST /agenda-items/{item}/refer": Route("C"),
    "POST /agenda-items/{item}/withdraw": Route("OC", _WHY),
    "POST /agenda-items/{item}/drop": Route("C", _WHY),
    "POST /meetings/{meeting}/order": Route("C", {"items": ["i1"]}),
    "GET /meetings/{meeting}/news": Route("MS"),
    "POST /meetings/{meeting}/news": Route("OS", {"member": "ilo", "text": "News."}),
    "GET /meetings/{held}/minutes": Route("MS"),
    "POST /meetings/{held}/minutes": Route("CS", {"text": "The group met."}),
    "POST /meetings/{held}/minutes/circulate": Route("CS", {"until": "2008-07-20"}),
    "POST /meetings/{held}/minutes/object": Route("O", {"member": "ilo", "text": "Not so."}),
    "POST /meetings/{meeting}/polls": Route("C", {"slots": ["2008-08-05T12:00:00Z", "2008-08-06T12:00:00Z"],
                                                 "deadline": "2008-07-20T12:00:00Z"}),
    "GET /meetings/{meeting}/polls": Route("MS"),
    "GET /polls/{poll}": Route("MS"),
    "POST /polls/{poll}/vote": Route("O", {"member": "ilo", "answers": ["yes", "no"]}),
    "POST /polls/{poll}/close": Route("C"),
    "GET /external-events": Route("P"),
    "POST /external-events": Route("CS", _EVENT),
    "POST /external-events/{event}/edit": Route("CS", _EVENT),
    "POST /external-events/{event}/withdraw": Route("CS"),
    "POST /external-events/import": Route("CS", (ICS, "text/calendar")),
    "GET /decisions": Route("P"),
    "POST /decisions": Route("C", _TEXT | {"until": "2008-07-20"}),
    "GET /decisions/{decision}": Route("MS"),
    "GET /decisions/{decision}/history": Route("MS"),
    "POST /decisions/{decision}/supersede": Route("CS", _TEXT),
    "POST /decisions/{decision}/answer": Route("O", {"member": "ilo", "answer": "endorse", "round": 1}),
    "POST /decisions/{decision}/revise": Route("C", {"text": "Other words.", "until": "2008-07-20"}),
    "POST /decisions/{decision}/withdraw": Route("C", _WHY),
    "GET /notices": Route("P"),
    "POST /notices": Route("O", {"member": "ilo", "theme": "Data", "text": "A new survey."}),
    "GET /notices/{notice}": Route("MS"),
    "GET /meetings/{meeting}/notices": Route("MS"),
    "POST /notices/{notice}/withdraw": Route("O"),
    "GET /activities": Route("P"),
    "POST /activities": Route("OC", _ACTIVITY | {"lead": "ilo"}),
    "GET /activities/{activity}": Route("MS"),
    "GET /activities/{activity}/reports": Route("MS"),
    "POST /activities/{activity}/agree": Route("C", {"decision": "2008-1"}),
    "POST /activities/{activity}/start": Route("OC"),
    "POST /activities/{activity}/report": Route("OC", {"member": "ilo", "text": "It goes on."}),
    "POST /activities/{activity}/edit": Route("OC", {"objective": "To know still more."}),
    "POST /activities/{activity}/complete": Route("C", {}),
    "POST /activities/{activity}/discontinue": Route("C", _WHY),
    "POST /activities/{activity}/milestones": Route("OC", {"title": "Draft", "due": "2008-10-01"}),
    "POST /activities/{activity}/milestones/{number}/reach": Route("OC", {}),
    "POST /activities/{activity}/milestones/{number}/move": Route("OC", {"due": "2008-11-01"} | _WHY),
    "GET /programmes": Route("MS"),
    "GET /programmes/{turn}": Route("MS"),
    "POST /programmes/{turn}": Route("C", {"theme": "A theme"}),
    "POST /programmes/{turn}/close": Route("C", {"summary": "Done."}),
    "GET /actions": Route("MS"),
    "POST /actions": Route("OCS", {"title": "An action", "owner": "ilo"}),
    "GET /actions/{action}": Route("MS"),
    "POST /actions/{action}/start": Route("OC"),
    "POST /actions/{action}/log": Route("OCS", {"text": "It goes on."}),
    "POST /actions/{action}/finish": Route("OC", {"text": "Done."}),
    "POST /actions/{action}/drop": Route("OC", _WHY),
    "POST /actions/{action}/reopen": Route("OC", _WHY),
    "POST /actions/{action}/reschedule": Route("OCS", {"due": "2008-10-01"} | _WHY),
    "POST /actions/{action}/assign": Route("OC", {"helpers": ["iom"]}),
    "POST /actions/{action}/transfer": Route("C", {"owner": "iom"} | _WHY),
    "GET /actions.csv": Route("MS"),
    "GET /meetings/{meeting}/actions": Route("MS"),
    # Each of its rows is looked at by itself (tests/followups/test_actions_import.py).
    "POST /actions/import": Route("MS", (CSV, "text/csv")),
    "GET /search?q=survey": Route("MS"),
    "GET /reports/term/{turn}": Route("MS"),
    "GET /reports/purposes": Route("MS"),
    "GET /handovers": Route("MS"),
    "GET /handovers/{next_turn}": Route("MS"),
    "POST /handovers/{next_turn}/fill": Route("CIS", {"answers": [{"heading": "files", "text": "Here."}]}),
    "POST /handovers/{next_turn}/confirm": Route("C", {"member": "unfpa"}),
    "GET /handovers/{next_turn}/dossier": Route("MS"),
    "GET /handovers/{next_turn}/dossiers": Route("MS"),
    "POST /handovers/{next_turn}/dossiers": Route("S", _WHY),
    "GET /people": Route("MS"),
    "POST /people": Route("OS", {"name": "Ms X", "email": "x@ilo.example", "role": "alternate", "organization": "ilo"}),
    "POST /people/{person}/end": Route("OS", {"role": "focal-point", "organization": "ilo"}),
    "GET /tokens": Route("MSX"),
    "POST /tokens": Route("MS", {"name": "A program"}),
    "POST /tokens/{own_token}/revoke": Route("OS"),
}  # fmt: skip
