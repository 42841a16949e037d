"""The HTTP door of webhooks: an agency keeps its own endpoints, the secretariat everybody's."""

from datetime import datetime

from fastapi import Request, Response
from sqlmodel import Session, col, select

from service import outgoing
from service.access.bodies import In, answer, given, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.keeping import mine
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.events import Event
from service.keyset import After, Limit, cursor, read_cursor
from service.language.speech import _
from service.notifications.webhooks import commands
from service.notifications.webhooks.bodies import (
    DeliveriesOut,
    DeliveryOut,
    EditIn,
    ReplayIn,
    SecretOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
    deliveries_out,
    delivery_out,
    webhook_out,
    with_secret,
)
from service.notifications.webhooks.queries import deliveries, webhook_row, webhooks
from service.notifications.webhooks.tables import WebhookRow
from service.problems import not_found
from service.versions import Expected, etag

router = new_router("webhooks")


@router.get("/webhooks", response_model=WebhooksOut)
def list_webhooks(group: str, request: Request) -> Response:
    """The endpoints of one's own agency; for the secretariat all."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        own = None if at.may("webhook.look") else mine(at)
        at.need("webhook.look", *own or ())
        return answer(WebhooksOut(webhooks=[webhook_out(row) for row in webhooks(session, group, own)]))

    return look(request, group, do)


@router.post("/webhooks", status_code=201, response_model=SecretOut)
def make(group: str, body: WebhookIn, request: Request, key: Key = None) -> Response:
    """Have events posted to an endpoint from now on. Its secret is in this answer and never shown again."""

    def may(session: Session, caller: Caller) -> Answer:
        scene(session, group, caller).need("webhook.keep", *_of(body.member))
        return answer(WebhooksOut(webhooks=[]))

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("webhook.keep", *_of(body.member))
        values = body.model_dump() | {"member": body.member or ""}
        row = commands.make(session, group, actor=caller.name, **values)
        return _told(row, 201, Location=f"/api/v1/groups/{group}/webhooks/{row.id}")

    look(request, group, may)
    # Names are looked up for whoever may save them alone, and outside of the transaction.
    outgoing.check(body.url)
    return create(request, group, body, do, key=key, if_match=None)


@router.get("/webhooks/{webhook}", response_model=WebhookOut)
def one(group: str, webhook: str, request: Request) -> Response:
    """An endpoint, and whether it works."""

    def do(session: Session, caller: Caller) -> Answer:
        return _shown(_row(scene(session, group, caller), webhook, "webhook.look"))

    return look(request, group, do)


@router.patch("/webhooks/{webhook}", response_model=WebhookOut)
def edit(group: str, webhook: str, body: EditIn, request: Request, if_match: IfMatch = None) -> Response:
    """Change its address, label or kinds. The secret stays; rotate it if the new address is another's."""

    def may(session: Session, caller: Caller) -> Answer:
        return _shown(_row(scene(session, group, caller), webhook, "webhook.keep"))

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        row = _kept(scene(session, group, caller, lock=True), webhook, expected)
        commands.edit(session, row, actor=caller.name, **given(body))
        return _shown(row)

    if "url" in body.model_fields_set:
        look(request, group, may)
        outgoing.check(body.url)
    return change(request, group, do, if_match=if_match)


@router.delete("/webhooks/{webhook}", response_model=WebhookOut)
def remove(group: str, webhook: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take an endpoint away. What waits for it is not sent any more."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        row = _kept(scene(session, group, caller, lock=True), webhook, expected)
        was = webhook_out(row)
        commands.remove(session, row, actor=caller.name)
        return answer(was)

    return change(request, group, do, if_match=if_match)


@router.post("/webhooks/{webhook}/rotate", response_model=SecretOut)
def rotate(group: str, webhook: str, request: Request, if_match: IfMatch = None) -> Response:
    """Give it a new secret, shown in this answer alone. For 24 hours the old one signs beside it."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        row = _kept(scene(session, group, caller, lock=True), webhook, expected)
        commands.rotate(session, row, actor=caller.name)
        return _told(row, 200)

    return change(request, group, do, if_match=if_match)


@router.post("/webhooks/{webhook}/test", status_code=201, response_model=DeliveryOut)
def ping(group: str, webhook: str, request: Request, key: Key = None) -> Response:
    """Send it an event of the kind webhook.ping. What became of it stands among its deliveries."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        row = _row(scene(session, group, caller, lock=True), webhook, "webhook.keep")
        delivery = commands.ping(session, row, actor=caller.name)
        event = session.exec(select(Event).where(Event.id == delivery.event_id)).one()
        where = f"/api/v1/groups/{group}/webhooks/{row.id}/deliveries"
        return answer(delivery_out(delivery, event), None, 201, Location=where)

    return create(request, group, In(), do, key=key, if_match=None)


@router.post("/webhooks/{webhook}/enable", response_model=WebhookOut)
def enable(group: str, webhook: str, request: Request, if_match: IfMatch = None) -> Response:
    """Go on with a disabled endpoint where it stopped: what was held and what has happened since is sent."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        row = _kept(scene(session, group, caller, lock=True), webhook, expected)
        commands.enable(session, row, actor=caller.name)
        return _shown(row)

    return change(request, group, do, if_match=if_match)


@router.post("/webhooks/{webhook}/replay", response_model=WebhookOut)
def replay(group: str, webhook: str, body: ReplayIn, request: Request, if_match: IfMatch = None) -> Response:
    """Send everything after an event once more, each under the webhook-id that it had."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        row = _kept(scene(session, group, caller, lock=True), webhook, expected)
        commands.replay(session, row, _position(session, group, body.since), actor=caller.name)
        return _shown(row)

    return change(request, group, do, if_match=if_match)


@router.get("/webhooks/{webhook}/deliveries", response_model=DeliveriesOut)
def list_deliveries(group: str, webhook: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """What was planned for an endpoint and what became of it, newest first."""

    def do(session: Session, caller: Caller) -> Answer:
        row = _row(scene(session, group, caller), webhook, "webhook.look")
        of = f"webhook-deliveries:{row.id}"
        seen = read_cursor(of, after)
        before = (datetime.fromisoformat(seen[0]), str(seen[1])) if seen else None
        found = deliveries(session, row.id, before, limit + 1)
        last = found[limit - 1][0] if len(found) > limit else None
        more = cursor(of, [last.created_at.isoformat(), last.id]) if last is not None else None
        return answer(deliveries_out(found[:limit], more))

    return look(request, group, do)


def _of(member: str | None) -> tuple[str, ...]:
    return (member,) if member else ()


def _row(at: Scene, webhook: str, verb: str, *, lock: bool = False) -> WebhookRow:
    """An endpoint that the caller may see; who may not is not told that it is there (threat T42)."""
    row = webhook_row(at.session, at.group_id, webhook, lock=lock)
    if at.may("webhook.look", *_of(row.member)) is None:
        raise not_found(_("This webhook is not here; check the address."))
    at.need(verb, *_of(row.member))
    return row


def _kept(at: Scene, webhook: str, expected: Expected) -> WebhookRow:
    row = _row(at, webhook, "webhook.keep", lock=True)
    expected.meet(row.version)
    return row


def _shown(row: WebhookRow) -> Answer:
    return answer(webhook_out(row), row.version)


def _told(row: WebhookRow, status: int, **headers: str) -> Answer:
    """With the secret, which a repetition is not told again."""
    out = with_secret(row, commands.secret(row))
    return Answer(status, out, {"ETag": etag(row.version)} | headers, kept=out.model_copy(update={"secret": None}))


def _position(session: Session, group: str, since: int | str) -> int:
    """The position of an event by its id or by itself.

    Raises:
        Problem: 404, there is no such event.
    """
    if isinstance(since, int):
        return since
    asked = select(Event.position).where(Event.group_id == group, col(Event.id) == since)
    found = session.exec(asked).first()
    if found is None:
        raise not_found(_("This event is not here; check the address."))
    return found
