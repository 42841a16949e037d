"""The HTTP door of one's own chat channels."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import Field, StringConstraints
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.rules import Caller
from service.access.scene import scene
from service.notifications.choices import contacts
from service.notifications.choices.api import oneself
from service.notifications.choices.tables import ContactRow
from service.text import Clean, Line
from service.versions import Expected

router = new_router("contacts")


class ContactIn(In):
    """A chat channel of one's own, and the address that it has given out for it."""

    channel: Literal["slack", "teams"]
    label: Annotated[Line, StringConstraints(max_length=100)]
    url: Annotated[Clean, StringConstraints(min_length=1, max_length=1000)] = Field(
        description="As Slack (hooks.slack.com) or a workflow of Teams shows it. Kept encrypted, never shown."
    )


class ContactOut(Out):
    """A chat channel. `why` says why it has ended."""

    id: str
    channel: Literal["slack", "teams"]
    label: str
    created_at: datetime
    ended_at: datetime | None
    why: str | None


class ContactsOut(Out):
    contacts: list[ContactOut]


class TestOut(Out):
    """A test on its way."""

    delivery: str
    state: str


@router.get("/me/contacts", response_model=ContactsOut)
def mine(group: str, request: Request) -> Response:
    """One's own chat channels."""

    def do(session: Session, caller: Caller) -> Answer:
        person = oneself(scene(session, group, caller), "self.look")
        rows = contacts.contacts(session, group, person.id)
        return answer(ContactsOut(contacts=[_out(row) for row in rows]))

    return look(request, group, do)


@router.post("/me/contacts", status_code=201, response_model=ContactOut)
def make(group: str, body: ContactIn, request: Request, key: Key = None) -> Response:
    """Add a chat channel of one's own; then choose what comes by it."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        person = oneself(scene(session, group, caller, lock=True), "self.choose").id
        row = contacts.make(session, group, person, actor=caller.name, **body.model_dump())
        return answer(_out(row), None, 201, Location=f"/api/v1/groups/{group}/me/contacts")

    return create(request, group, body, do, key=key, if_match=None)


@router.delete("/me/contacts/{contact}", response_model=ContactOut)
def remove(group: str, contact: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take a channel away, and its address with it. What was to come by it comes by mail."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        person = oneself(scene(session, group, caller, lock=True), "self.choose").id
        row = contacts.contact_row(session, group, person, contact)
        contacts.remove(session, row, actor=caller.name)
        return answer(_out(row))

    return change(request, group, do, if_match=if_match, required=False)


@router.post("/me/contacts/{contact}/test", status_code=201, response_model=TestOut)
def try_out(group: str, contact: str, request: Request, key: Key = None) -> Response:
    """Send a message to a channel that says nothing but that it is a test."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = contacts.contact_row(session, group, oneself(at, "self.choose").id, contact)
        delivery = contacts.test(session, at.charter, row, actor=caller.name)
        return answer(TestOut(delivery=delivery.id, state=delivery.state), None, 201)

    return create(request, group, In(), do, key=key, if_match=None)


def _out(row: ContactRow) -> ContactOut:
    return ContactOut(**row.model_dump(include={"id", "channel", "label", "created_at", "ended_at", "why"}))
