"""The group as a living note: what it is, who chairs today and why, who belongs to it, when it meets, what it did."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from service import clock
from service.access.scene import Scene
from service.database import reading
from service.followups.activities.queries import activities
from service.followups.decisions.queries import Wanted
from service.followups.decisions.queries import page as decisions
from service.groups import queries as groups
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.meetings.queries import meetings
from service.rotation import queries
from service.rotation.outline import chair_out
from service.settings import current
from service.web.frame.page import page
from service.web.frame.visitor import seeing
from service.web.public.saying import met_when, words

router = APIRouter(include_in_schema=False)
_COMING, _LATEST = 6, 4


@router.get("/")
def home(request: Request) -> Response:
    """The group's page where there is one group, else a list."""
    with reading(request.app.state.engine) as session:
        ids = groups.group_ids(session)
    if len(ids) == 1:
        return RedirectResponse(f"/groups/{ids[0]}", 303)
    return page("public/groups.html", ids=ids, title=_("Groups"))


@router.get("/groups/{group}")
def group_page(group: str, request: Request) -> Response:
    """Who chairs and why, the meetings to come, who belongs to the group and what for; the same for everybody."""
    with seeing(request, group) as at:
        found = queries.standing(at.session, group)
        return page(
            "public/group.html",
            at=at,
            wide=True,
            title=at.charter.group.name,
            chair=chair_out(at.charter, clock.now(), found.now),
            now=found.now,
            rules=_rules(at.charter, at.today),
            meetings=_meetings(at),
            members=[member for member in at.charter.members if member.stands(at.today)],
            decisions=decisions(at.session, group, Wanted(), inside=False, limit=_LATEST),
            activities=activities(at.session, group, public_only=True, most=_LATEST),
            feed=feed(f"/calendars/{group}.ics"),
            **words(at.charter),
        )


def feed(path: str) -> dict[str, str]:
    """The address of a feed, as a link to copy and as one that a calendar program opens."""
    https = f"{current().public_url}{path}"
    return {"https": https, "webcal": "webcal://" + https.partition("://")[2]}


def _rules(charter: Charter, today: Any) -> list[str]:
    """How the chair goes round by the rule of today, in sentences; none without a rule."""
    rule = next((rule for rule in reversed(charter.rotation) if rule.from_ <= today), None)
    if rule is None:
        return []
    order = (
        _("The members chair in turn, in alphabetical order.")
        if rule.order == "alphabetical"
        else _("The members chair in turn, in an order that the group has set.")
    )
    return [order, ngettext("A term lasts {n} month.", "A term lasts {n} months.", rule.months)]


def _meetings(at: Scene) -> list[dict[str, Any]]:
    states = ("proposed", "called", "cancelled")
    rows = meetings(at.session, at.group_id, since=clock.now(), states=states, most=_COMING)
    return [{"row": row} | met_when(at, row) for row in rows]
