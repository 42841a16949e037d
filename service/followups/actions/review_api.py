"""What a meeting looks at beside its agenda: every action that is open by its day, carried forward by itself."""

from datetime import timedelta

from fastapi import Request, Response
from sqlmodel import Session

from service import zones
from service.access.bodies import answer, new_router
from service.access.door import Answer, look
from service.access.rules import Caller
from service.access.scene import scene
from service.followups.actions.bodies import COLUMNS, ActionsOut, Teller
from service.followups.actions.listing import Filters, page
from service.keyset import After, Limit, cursor, read_cursor
from service.meetings.queries import meeting_row

router = new_router("actions")


@router.get("/meetings/{meeting}/actions", response_model=ActionsOut)
def review(group: str, meeting: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """The actions that are open and due by a meeting's day, overdue ones first.

    They stand there until they are finished, dropped or moved: nobody has to put them on an agenda.
    """

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("action.look")
        row = meeting_row(session, group, meeting)
        day = zones.day_in(row.start, at.charter.group.timezone) + timedelta(days=1)
        of = f"review/{group}/{meeting}"
        found, coming = page(
            session, group, Filters(status="pending", due_until=day), COLUMNS, today=at.today, newest=False,
            after=read_cursor(of, after), limit=limit,
        )  # fmt: skip
        return answer(ActionsOut(actions=Teller(at).listed(found), next=cursor(of, coming) if coming else None))

    return look(request, group, do)
