"""The HTTP door of notices: what agencies let each other know between meetings."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from service import zones
from service.access.bodies import In, Out, answer, new_router
from service.access.door import ANYBODY, Answer, IfMatch, Key, change, create, glance, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.notices import commands
from service.followups.notices.queries import meeting_before, notice_row, notices
from service.followups.notices.tables import NoticeRow
from service.groups.parts import Day
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.meetings.queries import meeting_row
from service.problems import not_found
from service.text import HttpsUrl, Id, Line, Text
from service.versions import Expected

router = new_router("notices")


class NoticeIn(In):
    """What an agency lets the others know: under a theme, in a few words, with a link to more."""

    member: Id
    theme: Line
    text: Text
    link: HttpsUrl | None = None
    visibility: Literal["members", "public"] = "members"


class NoticeOut(Out):
    """A notice. `by` is told to members alone."""

    id: str
    member: str
    theme: str
    text: str
    link: str | None
    visibility: Literal["members", "public"]
    published_at: datetime
    withdrawn_at: datetime | None
    by: str | None
    version: int


class NoticesOut(Out):
    """A page of notices, newest first."""

    notices: list[NoticeOut]
    next: str | None = Field(description="Send it as `after` for the next page; null on the last one.")


class ExchangeNoticesOut(NoticesOut):
    """The notices for the information exchange of a meeting: those since the one of its level that was held before."""

    meeting: str
    since: datetime | None = Field(description="When that meeting began; null where there was none.")
    until: datetime = Field(description="When this one begins; what is published later is for the next.")


@router.get("/notices", response_model=NoticesOut, openapi_extra=ANYBODY)
def list_notices(
    group: str,
    request: Request,
    member: Annotated[Id | None, Query()] = None,
    theme: Annotated[Line | None, Query()] = None,
    since: Annotated[Day | None, Query(description="From this day on, in the group's zone.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """The notices that are not withdrawn, newest first. The public sees those meant for it."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        at.need(_look(at))
        of = f"notices:{group}:{at.inside}:{[member, theme, since]}"
        begin = zones.midnight(since, at.charter.group.timezone) if since else None
        found = notices(
            session, group, inside=at.inside, member=member, theme=theme, since=begin, before=_before(of, after),
            limit=limit + 1,
        )  # fmt: skip
        return answer(NoticesOut(notices=_shown(at, found[:limit]), next=_next(of, found, limit)))

    return glance(request, group, do)


@router.get("/notices/{notice}", response_model=NoticeOut, openapi_extra=ANYBODY)
def one_notice(group: str, notice: str, request: Request) -> Response:
    """One notice; to members also when it is withdrawn."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        at.need(_look(at))
        row = notice_row(session, group, notice)
        if not at.inside and (row.visibility != "public" or row.withdrawn_at is not None):
            raise not_found(_("This notice is not here; check the address."))
        return answer(_out(at, row), row.version)

    return glance(request, group, do)


@router.get("/meetings/{meeting}/notices", response_model=ExchangeNoticesOut)
def for_meeting(group: str, meeting: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """What was let known since the meeting before: for the exchange of news that ends each meeting's agenda."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("notice.look")
        row = meeting_row(session, group, meeting)
        earlier = meeting_before(session, row)
        since = earlier.start if earlier else None
        of = f"notices:{group}:{row.id}:{since}"
        found = notices(
            session, group, inside=True, since=since, until=row.start, before=_before(of, after), limit=limit + 1
        )
        return answer(
            ExchangeNoticesOut(
                meeting=row.id,
                since=since,
                until=row.start,
                notices=_shown(at, found[:limit]),
                next=_next(of, found, limit),
            )
        )

    return look(request, group, do)


@router.post("/notices", status_code=201, response_model=NoticeOut)
def publish(group: str, body: NoticeIn, request: Request, key: Key = None) -> Response:
    """Let the others know something: it stands in the next digest and at the next meeting's exchange of news."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("notice.publish", body.member)
        row = commands.publish(session, at.charter, actor=caller.name, **body.model_dump())
        return answer(_out(at, row), row.version, 201, Location=f"/api/v1/groups/{group}/notices/{row.id}")

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/notices/{notice}/withdraw", response_model=NoticeOut)
def withdraw(group: str, notice: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take a notice back. Who has read it has read it; nobody is told of it any more."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = notice_row(session, group, notice)
        at.need("notice.withdraw", row.member)
        expected.meet(row.version)
        commands.withdraw(session, row, actor=caller.name)
        return answer(_out(at, row), row.version)

    return change(request, group, do, if_match=if_match)


def _look(at: Scene) -> str:
    return "notice.look" if at.inside else "notice.look-public"


def _before(of: str, after: str | None) -> int | None:
    begin = read_cursor(of, after)
    return int(begin[0]) if begin else None


def _next(of: str, found: list[NoticeRow], limit: int) -> str | None:
    return cursor(of, [found[limit - 1].number]) if len(found) > limit else None


def _shown(at: Scene, rows: list[NoticeRow]) -> list[NoticeOut]:
    return [_out(at, row) for row in rows]


def _out(at: Scene, row: NoticeRow) -> NoticeOut:
    values = row.model_dump(exclude={"group_id", "number", "by"})
    return NoticeOut(**values, by=row.by if at.inside else None)
