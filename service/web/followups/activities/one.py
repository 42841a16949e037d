"""One common activity: what it is for, where it stands with the one next step, milestones, outputs, and its log."""

from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock
from service.access.scene import Scene
from service.followups.activities.bodies import entry_out
from service.followups.activities.door import out
from service.followups.activities.queries import activity_row, milestones, reports
from service.followups.activities.rules import public_sees
from service.followups.activities.tables import ActivityRow
from service.followups.decisions.queries import Wanted, decision_row
from service.followups.decisions.queries import page as decisions
from service.keyset import cursor, read_cursor
from service.language.speech import _
from service.meetings.queries import meeting_row, meetings
from service.problems import not_found
from service.web.followups.actions import words as actions_words
from service.web.followups.activities import words
from service.web.followups.activities.parts import choices, day_before, external_of
from service.web.followups.activities.steps import Rights, next_step, rights
from service.web.followups.decisions import words as decisions_words
from service.web.followups.decisions.following import followed
from service.web.followups.programmes.terms import term_names
from service.web.frame.forms import Fault
from service.web.frame.page import page
from service.web.frame.speaking import asked
from service.web.frame.visitor import looking, seeing

router = APIRouter(include_in_schema=False)
ONE = "/groups/{group}/activities/{activity}"
_RECENT = 20
_LOG = 30


@router.get(ONE)
def one(group: str, activity: str, request: Request) -> Response:
    """The activity, as far as whoever looks may see it."""
    return show(request, group, activity)


@router.get(ONE + "/log")
def log(group: str, activity: str, request: Request, after: str | None = None) -> Response:
    """All that was done about it, newest first, a page at a time."""
    with looking(request, group) as at:
        at.need("activity.look")
        row = activity_row(at.session, group, activity)
        of = f"page/activity-log/{group}/{activity}"
        key = read_cursor(of, after)
        found = reports(at.session, row, below=int(key[0]) if key else None, most=_LOG + 1)
        older = asked().with_(after=cursor(of, [found[_LOG - 1].number])) if len(found) > _LOG else None
        return page(
            "followups/activity_log.html",
            at=at,
            title=row.title,
            activity=row,
            entries=[entry_out(one) for one in found[:_LOG]],
            older=older,
            what=words.WHAT,
            fields=words.FIELDS,
        )


def show(request: Request, group: str, activity: str, fault: Fault | None = None) -> Response:
    """The page; with what was wrong with a form that was sent from it."""
    with seeing(request, group) as at:
        row = activity_row(at.session, group, activity)
        if not at.inside and not public_sees(row.visibility, row.agreed_at):
            raise not_found(_("This activity is not here; check the address."))
        told, may = out(at, row), rights(at, row)
        return page(
            "followups/activity.html",
            fault.status if fault else 200,
            at=at,
            title=told.title,
            activity=told,
            step=next_step(at, row, milestones(at.session, row), may),
            may=may,
            states=words.STATES,
            what=words.WHAT,
            fields=words.FIELDS,
            external=external_of(at, row.external),
            actions=followed(at, f"activity:{row.id}"),
            action_states=actions_words.STATES,
            day_of=decisions_words.days_of(at),
            last_of=day_before,
            term_names=term_names(at),
            fault=fault,
            **_origin(at, row),
            **_agreeing(at, may),
            **choices(at),
        )


def _origin(at: Scene, row: ActivityRow) -> dict[str, Any]:
    """By what it was agreed; for members."""
    if not at.inside:
        return {"decision": None, "meeting": None, "meeting_name": ""}
    decision = decision_row(at.session, at.group_id, row.decision) if row.decision else None
    meeting = meeting_row(at.session, at.group_id, row.meeting) if row.meeting else None
    name = decisions_words.meeting_name(meeting) if meeting else ""
    return {"decision": decision, "meeting": meeting, "meeting_name": name}


def _agreeing(at: Scene, may: Rights) -> dict[str, Any]:
    """By what the chair may say that it was agreed: the last adopted decisions, and the last meetings."""
    if not may.agrees:
        return {"agreeing": []}
    adopted = decisions(at.session, at.group_id, Wanted(state="adopted"), inside=True, limit=_RECENT)
    states = ("proposed", "called", "held")
    past = meetings(
        at.session, at.group_id, until=clock.now(), states=states, newest_first=True, most=_RECENT
    )  # fmt: skip
    return {
        "agreeing": [
            *((f"decision:{row.id}", _("decision {id}, {title}", id=row.id, title=row.title)) for row in adopted),
            *((f"meeting:{row.id}", decisions_words.meeting_name(row)) for row in past if not row.withdrawn),
        ]
    }
