"""The HTTP door of mail that came back: a mail server posts notifications, people say that a mailbox works again."""

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.access.bodies import Out, answer, new_router
from service.access.door import Answer, Key, create, look
from service.access.keeping import mine
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.keyset import After, Limit, cursor, read_cursor
from service.notifications.mailing.commands import resume, take_report
from service.notifications.mailing.queries import held_counts, mailboxes
from service.notifications.mailing.tables import MailboxRow
from service.strict import file_body
from service.versions import Expected

router = new_router("mail")

_MAIL = {"requestBody": {"required": True, "content": {"message/rfc822": {"schema": {"type": "string"}}}}}


class BounceOut(Out):
    """What a notification was about. `counted` is null for a delay, or where the delivery is known to have failed."""

    delivery: str
    address: str
    status: str
    diagnostic: str
    counted: Literal["hard", "soft", "policy"] | None


class MailboxOut(Out):
    """A mailbox that gave mail back; while `paused_at` is set it gets none, and `held` mails wait for it."""

    address: str
    organizations: list[str]
    bounces: int
    last_on: date | None
    paused_at: datetime | None
    why: str | None
    held: int


class MailboxesOut(Out):
    mailboxes: list[MailboxOut]
    next: str | None


class ResumedOut(Out):
    """A mailbox that works again, and how many mails that waited for it go out now."""

    address: str
    let_go: int


class _Asked(BaseModel):
    """What was asked, as a repetition of it is known."""

    digest: str


rfc822_body = file_body("message/rfc822")


@router.post("/bounces", response_model=BounceOut, openapi_extra=_MAIL)
def take_bounce(
    group: str, request: Request, body: Annotated[bytes, Depends(rfc822_body)], key: Key = None
) -> Response:
    """Tell of a mail that came back: the notification of a mail server (RFC 3464), just as it came.

    It counts when it went to the return path of a mail that was sent from here, and once for each.
    """

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        scene(session, group, caller, lock=True).need("mail.bounce")
        taken = take_report(session, body, group)
        return answer(
            BounceOut(
                delivery=taken.delivery.id,
                address=taken.delivery.address,
                status=taken.report.status,
                diagnostic=taken.report.diagnostic,
                counted=taken.counted,
            )
        )

    return create(request, group, _Asked(digest=sha256(body).hexdigest()), do, key=key, if_match=None)


@router.get("/mailboxes", response_model=MailboxesOut)
def list_mailboxes(group: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """The mailboxes that gave mail back: those of one's own agency, for the secretariat all."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        among = _own_mailboxes(at)
        at.need("mailbox.look", *(() if among is None else mine(at)))
        of = f"mailboxes {group} {caller.id}"
        seen = read_cursor(of, after)
        found = mailboxes(session, group, among, seen[0] if seen else None, limit + 1)
        more = cursor(of, [found[limit - 1].address]) if len(found) > limit else None
        return answer(MailboxesOut(mailboxes=_out(at, found[:limit]), next=more))

    return look(request, group, do)


@router.post("/mailboxes/{address:path}/resume", response_model=ResumedOut)
def resume_mailbox(group: str, address: str, request: Request, key: Key = None) -> Response:
    """Say that a mailbox works again: what waits for it and is still in time goes out."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("mailbox.resume", *_serving(at, address))
        mailbox, let_go = resume(session, group, address, at.actor)
        return answer(ResumedOut(address=mailbox.address, let_go=let_go))

    asked = _Asked(digest=sha256(address.encode("utf-8", "replace")).hexdigest())
    return create(request, group, asked, do, key=key, if_match=None)


def _own_mailboxes(at: Scene) -> list[str] | None:
    """The mailboxes of the people of the caller's own agency; None for the secretariat, which sees all."""
    if at.may("mailbox.look"):
        return None
    own = set(mine(at))
    return [person.email for person in at.charter.people if own & set(_serving(at, person.email))]


def _serving(at: Scene, address: str) -> tuple[str, ...]:
    """The members and seats that are served today by whoever has this mailbox."""
    return tuple(
        sorted(
            {
                role.organization
                for person in at.charter.people
                if person.email == address
                for role in person.appointments
                if role.organization and role.covers(at.today)
            }
        )
    )


def _out(at: Scene, found: list[MailboxRow]) -> list[MailboxOut]:
    held = held_counts(at.session, at.group_id, [row.address for row in found])
    return [
        MailboxOut(
            address=row.address,
            organizations=list(_serving(at, row.address)),
            bounces=row.bounces,
            last_on=row.last_on,
            paused_at=row.paused_at,
            why=row.why,
            held=held.get(row.address, 0),
        )
        for row in found
    ]
