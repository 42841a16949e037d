"""The HTTP door of agendas: items, their verbs and their order."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from sqlmodel import Session

from service import clock, events
from service.access.bodies import Document, answer, given, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.rules import Caller
from service.groups.cadence import Level
from service.language.speech import _
from service.meetings.agenda import commands
from service.meetings.agenda.bodies import AgendaOut, ConcludeIn, ItemEditIn, ItemIn, ItemOut, OrderIn, PlaceIn, WhyIn
from service.meetings.agenda.queries import is_settled, item_row, items
from service.meetings.agenda.rules import timed
from service.meetings.agenda.tables import ItemRow
from service.meetings.door import Scene, scene
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.versions import Expected

router = new_router("agenda")


@router.get("/meetings/{meeting}/agenda", response_model=AgendaOut)
def agenda(group: str, meeting: str, request: Request) -> Response:
    """The agenda of a meeting."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("agenda.look")
        row = at.meeting(meeting)
        return answer(agenda_out(at, row), row.version)

    return look(request, group, do)


@router.get("/agenda-items", response_model=AgendaOut)
def backlog(group: str, request: Request, level: Annotated[Level, Query()] = "focal-points") -> Response:
    """The backlog of a level: items that stand on no agenda yet."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("agenda.look")
        found = [item_out(row) for row in items(session, group, None, level) if row.state in ("proposed", "accepted")]
        return answer(AgendaOut(meeting=None, settled=False, items=found))

    return look(request, group, do)


@router.get("/agenda-items/{item}", response_model=ItemOut)
def one_item(group: str, item: str, request: Request) -> Response:
    """One item, with its origin."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("agenda.look")
        row = item_row(session, group, item)
        return answer(item_out(row), row.version)

    return look(request, group, do)


@router.post("/agenda-items", status_code=201, response_model=ItemOut)
def propose(group: str, body: ItemIn, request: Request, key: Key = None) -> Response:
    """Propose an item. The chair's own stand on the agenda at once; what comes after the agenda is settled is late."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        if body.member is None and at.may("agenda.set") is None:
            raise Problem(422, "member-required", _("Say in member for which member you propose this."))
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
        return answer(item_out(row), row.version, 201, Location=f"/api/v1/groups/{group}/agenda-items/{row.id}")

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/agenda-items/{item}/edit", response_model=ItemOut)
def edit(group: str, item: str, body: ItemEditIn, request: Request, if_match: IfMatch = None) -> Response:
    """Change an item: its proposer until the agenda is settled, the chair until the meeting is held."""

    def do(at: Scene, row: ItemRow) -> ItemRow:
        if at.may("agenda.set") is None:
            _unsettled(at, row)
        values = given(body) | ({"links": [link.model_dump() for link in body.links]} if body.links is not None else {})
        if any(value is None for name, value in values.items() if name != "presenter"):
            raise Problem(422, "empty-field", _("A field is null; leave out what stays."))
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

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("agenda.set")
        row = at.meeting(meeting, lock=True)
        commands.order(session, row, body.items, actor=caller.name)
        events.changed(session, "meeting", group, row.id)
        return answer(agenda_out(at, row), row.version)

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
        return answer(item_out(found), found.version)

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
        raise Problem(409, "agenda-is-settled", _("This agenda is settled; ask the chair for the change."))


def agenda_out(at: Scene, meeting: MeetingRow) -> AgendaOut:
    found = items(at.session, meeting.group_id, meeting.id)
    taken = [row for row in found if row.state in ("accepted", "concluded")]
    starts = {one.id: one.start for one in timed(meeting.start, [(row.id, row.minutes) for row in taken])}
    return AgendaOut(
        meeting=meeting.id,
        settled=is_settled(meeting, at.charter.group.timezone, clock.now()),
        items=[item_out(row, starts.get(row.id)) for row in found],
    )


def item_out(row: ItemRow, starts: datetime | None = None) -> ItemOut:
    values = row.model_dump(exclude={"group_id", "position", "created_at", "links"})
    return ItemOut(**values, links=[Document.model_validate(link) for link in row.links], starts=starts)
