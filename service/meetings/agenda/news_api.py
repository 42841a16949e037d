"""The HTTP door of the information exchange: what each member has to tell at a meeting."""

from datetime import datetime

from fastapi import Request, Response
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, change, look
from service.access.rules import Caller
from service.language.speech import _
from service.meetings.agenda import commands
from service.meetings.agenda.queries import news
from service.meetings.door import Scene, scene
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.text import Id, Text
from service.versions import Expected

router = new_router("agenda")


class NewsIn(In):
    """What a member has to tell."""

    member: Id
    text: Text


class NewsOut(Out):
    member: str
    text: str
    by: str
    at: datetime


class ExchangeOut(Out):
    """The news for a meeting, and whose is missing."""

    news: list[NewsOut]


@router.get("/meetings/{meeting}/news", response_model=ExchangeOut)
def exchange(group: str, meeting: str, request: Request) -> Response:
    """What the members have to tell at a meeting."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("news.look")
        return answer(_news(at, at.meeting(meeting)))

    return look(request, group, do)


@router.post("/meetings/{meeting}/news", response_model=ExchangeOut)
def tell(group: str, meeting: str, body: NewsIn, request: Request) -> Response:
    """Note what a member has to tell; a second text replaces the first."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = at.meeting(meeting, lock=True)
        at.need_part("news.tell", row, body.member)
        if not body.text:
            raise Problem(422, "empty-field", _("The text is empty; write what there is to tell."))
        commands.tell(session, row, body.member, body.text, actor=caller.name)
        return answer(_news(at, row))

    return change(request, group, do, if_match=None, required=False)


def _news(at: Scene, meeting: MeetingRow) -> ExchangeOut:
    return ExchangeOut(
        news=[NewsOut(member=row.member, text=row.text, by=row.by, at=row.at) for row in news(at.session, meeting)]
    )
