"""The HTTP door of agendas: items and their verbs, their order, and the news of each agency."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from service import clock, events
from service.access.bodies import Document, In, Out, Purposes, answer, given, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.rules import Caller
from service.groups.cadence import Level
from service.meetings.agenda import commands
from service.meetings.agenda.queries import is_settled, item_row, items, news
from service.meetings.agenda.rules import Kind, timed
from service.meetings.agenda.tables import ItemRow
from service.meetings.door import Scene, scene
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.text import Id, Line, Text
from service.versions import Expected

router = new_router("agenda")


class ItemText(In):
    """What an item says; `purposes` are numbers of the Terms of Reference."""

    title: Line
    kind: Literal["decide", "discuss", "inform"] = "discuss"
    text: Text = ""
    purposes: Purposes = Field([])
    presenter: Line | None = None
    minutes: int = Field(15, ge=1, le=480)
    links: list[Document] = Field([], max_length=30)


class ItemIn(ItemText):
    """An item proposed for a meeting, or without one for the backlog of a level. `member` is who proposes it."""

    meeting: Id | None = None
    level: Level = "focal-points"
    member: Id | None = None


class ItemEditIn(In):
    """What is to change; whatever is left out stays."""

    title: Line | None = None
    kind: Literal["decide", "discuss", "inform"] | None = None
    text: Text | None = None
    purposes: Purposes | None = None
    presenter: Line | None = None
    minutes: int | None = Field(None, ge=1, le=480)
    links: list[Document] | None = Field(None, max_length=30)


class PlaceIn(In):
    """Onto the agenda of which meeting."""

    meeting: Id


class ConcludeIn(In):
    """What came of an item, in a sentence."""

    conclusion: Text | None = None


class WhyIn(In):
    """Why, if that is worth a word."""

    reason: Text | None = None


class OrderIn(In):
    """Every item of the agenda, in the order in which they are to be taken."""

    items: list[Id] = Field(min_length=1, max_length=200)


class NewsIn(In):
    """What a member has to tell."""

    member: Id
    text: Text


class ItemOut(Out):
    """One item. `starts` is when it begins if those before it take their minutes; `origin` is where it came from."""

    id: str
    meeting: str | None
    level: Level
    kind: Kind
    title: str
    text: str
    purposes: list[int]
    member: str | None
    presenter: str | None
    minutes: int
    links: list[Document]
    state: str
    late: bool
    carried: bool
    origin: str | None
    conclusion: str | None
    version: int
    starts: datetime | None = None


class AgendaOut(Out):
    """An agenda: what was taken, with times; what is proposed; what has gone elsewhere."""

    meeting: str | None
    settled: bool
    items: list[ItemOut]


class NewsOut(Out):
    member: str
    text: str
    by: str
    at: datetime


class ExchangeOut(Out):
    """The news for a meeting, and whose is missing."""

    news: list[NewsOut]


@router.get("/meetings/{meeting}/agenda", response_model=AgendaOut)
def agenda(group: str, meeting: str, request: Request) -> Response:
    """The agenda of a meeting."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("agenda.look")
        row = at.meeting(meeting)
        return answer(_agenda(at, row), row.version)

    return look(request, group, do)


@router.get("/agenda-items", response_model=AgendaOut)
def backlog(group: str, request: Request, level: Annotated[Level, Query()] = "focal-points") -> Response:
    """The backlog of a level: items that stand on no agenda yet."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("agenda.look")
        found = [_out(row) for row in items(session, group, None, level) if row.state in ("proposed", "accepted")]
        return answer(AgendaOut(meeting=None, settled=False, items=found))

    return look(request, group, do)


@router.get("/agenda-items/{item}", response_model=ItemOut)
def one_item(group: str, item: str, request: Request) -> Response:
    """One item, with its origin."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("agenda.look")
        row = item_row(session, group, item)
        return answer(_out(row), row.version)

    return look(request, group, do)


@router.post("/agenda-items", status_code=201, response_model=ItemOut)
def propose(group: str, body: ItemIn, request: Request, key: Key = None) -> Response:
    """Propose an item. The chair's own stand on the agenda at once; what comes after the agenda is settled is late."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        if body.member is None and at.may("agenda.set") is None:
            raise Problem(422, "member-required", "Say in member for which member you propose this.")
        at.need("agenda.propose", *([body.member] if body.member else []))
        meeting = at.meeting(body.meeting, lock=True) if body.meeting else None
        row = commands.propose(
            session,
            at.charter,
            meeting,
            chairing=at.may("agenda.set") is not None,
            actor=caller.name,
            **body.model_dump(exclude={"meeting"}),
        )
        _tell(at, row)
        return answer(_out(row), row.version, 201, Location=f"/api/v1/groups/{group}/agenda-items/{row.id}")

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/agenda-items/{item}/edit", response_model=ItemOut)
def edit(group: str, item: str, body: ItemEditIn, request: Request, if_match: IfMatch = None) -> Response:
    """Change an item: its proposer until the agenda is settled, the chair until the meeting is held."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        if at.may("agenda.set") is None:
            _unsettled(at, row)
        values = given(body) | ({"links": [link.model_dump() for link in body.links]} if body.links is not None else {})
        if any(value is None for name, value in values.items() if name != "presenter"):
            raise Problem(422, "empty-field", "A field is null; leave out what stays.")
        commands.edit(at.session, at.charter, row, actor=at.actor, **values)
        return row

    return _verb(request, group, item, "agenda.edit", if_match, do)


@router.post("/agenda-items/{item}/accept", response_model=ItemOut)
def accept(group: str, item: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take a proposed item onto its agenda; what was carried forward is kept by it."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        commands.accept(at.session, row, actor=at.actor)
        return row

    return _verb(request, group, item, "agenda.set", if_match, do)


@router.post("/agenda-items/{item}/place", response_model=ItemOut)
def place(group: str, item: str, body: PlaceIn, request: Request, if_match: IfMatch = None) -> Response:
    """Take an item from the backlog, or from another agenda, onto that of a meeting."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        before = row.meeting
        commands.place(at.session, row, at.meeting(body.meeting, lock=True), actor=at.actor)
        if before is not None:
            events.changed(at.session, "meeting", row.group_id, before)
        return row

    return _verb(request, group, item, "agenda.set", if_match, do)


@router.post("/agenda-items/{item}/conclude", response_model=ItemOut)
def conclude(group: str, item: str, body: ConcludeIn, request: Request, if_match: IfMatch = None) -> Response:
    """Note that an item is done, and what came of it."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        commands.conclude(at.session, row, conclusion=body.conclusion, actor=at.actor)
        return row

    return _verb(request, group, item, "agenda.set", if_match, do)


@router.post("/agenda-items/{item}/defer", response_model=ItemOut)
def defer(group: str, item: str, request: Request, if_match: IfMatch = None) -> Response:
    """Leave an item for the next meeting of its kind, or for the backlog; the answer is the item there."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        meeting = at.meeting(row.meeting) if row.meeting else None
        return commands.defer(at.session, row, meeting, actor=at.actor)

    return _verb(request, group, item, "agenda.set", if_match, do)


@router.post("/agenda-items/{item}/refer", response_model=ItemOut)
def refer(group: str, item: str, request: Request, if_match: IfMatch = None) -> Response:
    """Refer an item to the other level: principals or focal points; the answer is the item there."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        return commands.refer(at.session, row, actor=at.actor)

    return _verb(request, group, item, "agenda.set", if_match, do)


@router.post("/agenda-items/{item}/withdraw", response_model=ItemOut)
def withdraw(group: str, item: str, body: WhyIn, request: Request, if_match: IfMatch = None) -> Response:
    """Take back an item that one has proposed."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        commands.close(at.session, row, "withdraw", reason=body.reason, actor=at.actor)
        return row

    return _verb(request, group, item, "agenda.edit", if_match, do)


@router.post("/agenda-items/{item}/drop", response_model=ItemOut)
def drop(group: str, item: str, body: WhyIn, request: Request, if_match: IfMatch = None) -> Response:
    """Drop an item, such as one that was carried forward and is no longer wanted."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        commands.close(at.session, row, "drop", reason=body.reason, actor=at.actor)
        return row

    return _verb(request, group, item, "agenda.set", if_match, do)


@router.post("/meetings/{meeting}/order", response_model=AgendaOut)
def order(group: str, meeting: str, body: OrderIn, request: Request) -> Response:
    """Put the items of an agenda into an order. It names every item, so nothing that was added meanwhile is lost."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("agenda.set")
        row = at.meeting(meeting, lock=True)
        commands.order(session, row, body.items, actor=caller.name)
        events.changed(session, "meeting", group, row.id)
        return answer(_agenda(at, row), row.version)

    return change(request, group, do, if_match=None, required=False)


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

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = at.meeting(meeting, lock=True)
        at.need_part("news.tell", row, body.member)
        if not body.text:
            raise Problem(422, "empty-field", "The text is empty; write what there is to tell.")
        commands.tell(session, row, body.member, body.text, actor=caller.name)
        return answer(_news(at, row))

    return change(request, group, do, if_match=None, required=False)


def _verb(
    request: Request, group: str, item: str, verb: str, if_match: str | None, do: Callable[[Scene, ItemRow], ItemRow]
) -> Response:
    """Do something to an item, as somebody who may, for the version that they have seen."""

    def write(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("agenda.look")
        row = item_row(session, group, item)
        at.need(verb, *_proposer(row))
        expected.meet(row.version)
        found = do(at, row)
        _tell(at, row)
        if found is not row:
            _tell(at, found)
        return answer(_out(found), found.version)

    return change(request, group, write, if_match=if_match)


def _tell(at: Scene, row: ItemRow) -> None:
    """An agenda stands in the feeds of the group's people: what it holds now is written there."""
    if row.meeting is not None:
        events.changed(at.session, "meeting", row.group_id, row.meeting)


def _proposer(row: ItemRow) -> list[str]:
    return [row.member] if row.member is not None else []


def _unsettled(at: Scene, row: ItemRow) -> None:
    meeting = at.meeting(row.meeting) if row.meeting else None
    if meeting is not None and is_settled(meeting, at.charter.group.timezone, clock.now()):
        raise Problem(409, "agenda-is-settled", "This agenda is settled; ask the chair for the change.")


def _agenda(at: Scene, meeting: MeetingRow) -> AgendaOut:
    found = items(at.session, meeting.group_id, meeting.id)
    taken = [row for row in found if row.state in ("accepted", "concluded")]
    starts = {one.id: one.start for one in timed(meeting.start, [(row.id, row.minutes) for row in taken])}
    return AgendaOut(
        meeting=meeting.id,
        settled=is_settled(meeting, at.charter.group.timezone, clock.now()),
        items=[_out(row, starts.get(row.id)) for row in found],
    )


def _out(row: ItemRow, starts: datetime | None = None) -> ItemOut:
    values = row.model_dump(exclude={"group_id", "position", "created_at", "links"})
    return ItemOut(**values, links=[Document.model_validate(link) for link in row.links], starts=starts)


def _news(at: Scene, meeting: MeetingRow) -> ExchangeOut:
    return ExchangeOut(
        news=[NewsOut(member=row.member, text=row.text, by=row.by, at=row.at) for row in news(at.session, meeting)]
    )
