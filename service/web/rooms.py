"""The rooms of the pages, each with a router of its own."""

from pathlib import Path

from fastapi import FastAPI

from service.web.calendar import agenda as calendar_list
from service.web.calendar import month as calendar_month
from service.web.calendar import subscribe
from service.web.followups import notices, search
from service.web.followups import rooms as decisions
from service.web.followups.actions import importing as actions_import
from service.web.followups.actions import listing as actions
from service.web.followups.actions import one as actions_one
from service.web.followups.actions import opening as actions_opening
from service.web.followups.actions import steps as actions_steps
from service.web.frame.static import Whole
from service.web.links import answers, seen, unsubscribing
from service.web.links import decisions as decision_links
from service.web.links import meetings as meeting_links
from service.web.meetings import rooms as meetings
from service.web.outbox import pages as outbox
from service.web.own import choices, me, people
from service.web.public import chair, docs, figures, group, members, timeline
from service.web.record import audit, cadences, charter, tokens
from service.web.record import chair as chair_decisions
from service.web.record import home as record
from service.web.signing import sign_in, single_sign_on
from service.web.term import board, desk, desk_answers, dossiers, handovers

ROOMS = (
    group,
    chair,
    timeline,
    members,
    figures,
    docs,
    sign_in,
    single_sign_on,
    me,
    people,
    choices,
    desk,
    desk_answers,
    board,
    handovers,
    dossiers,
    notices,
    decisions,
    calendar_month,
    calendar_list,
    subscribe,
    search,
    actions,
    actions_opening,
    actions_import,
    actions_one,
    actions_steps,
    record,
    charter,
    chair_decisions,
    cadences,
    tokens,
    audit,
    meetings,
    outbox,
    # Where a link in a mail leads.
    answers,
    seen,
    meeting_links,
    decision_links,
    unsubscribing,
)


def mount(app: FastAPI) -> None:
    """Let the pages in, and serve their style sheets, from here alone."""
    for room in ROOMS:
        app.include_router(room.router)
    app.mount("/static", Whole(directory=Path(__file__).parent / "static"), name="static")
