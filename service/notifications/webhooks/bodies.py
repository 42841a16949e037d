"""What the door of webhooks takes in and gives out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, PlainValidator, StringConstraints, TypeAdapter, ValidationError

from service.access.bodies import In, Out
from service.events import Event
from service.language.speech import _
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.webhooks.tables import WebhookRow
from service.text import Clean, Id

Address = Annotated[
    Clean,
    StringConstraints(min_length=1, max_length=500),
    Field(description="https://host/path on port 443 or 8443, at a public address."),
]
Label = Annotated[Clean, StringConstraints(max_length=100)]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,40}\.(\*|[a-z][a-z-]{0,40})$")]
Kinds = Annotated[
    list[Kind],
    Field(max_length=50, description="Kinds of events, such as meeting.moved or meeting.*; empty for all."),
]


class WebhookIn(In):
    """An endpoint of a member's own systems; without `member` it is the secretariat's."""

    url: Address
    member: Id | None = None
    label: Label = ""
    kinds: Kinds = Field(default_factory=list)


class EditIn(In):
    """What changes."""

    url: Address = ""
    label: Label = ""
    kinds: Kinds = Field(default_factory=list)


_Sequence = Annotated[int, Field(ge=0, le=2**31 - 1)]
_EventId = Annotated[str, StringConstraints(max_length=36)]
_SINCE: TypeAdapter[int | str] = TypeAdapter(_Sequence | _EventId, config=ConfigDict(strict=True))


def _since(value: object) -> int | str:
    """One fault for both that it may be, at the field itself."""
    try:
        return _SINCE.validate_python(value)
    except ValidationError:
        raise ValueError(_("Give the sequence of an event, a whole number from 0 on, or its id.")) from None


class ReplayIn(In):
    """From where on: the `sequence` or the id of the last event that is not wanted again; 0 for all."""

    since: Annotated[int | str, PlainValidator(_since, json_schema_input_type=_Sequence | _EventId)]


class WebhookOut(Out):
    """An endpoint. `why` says why it is disabled, `position` up to which event it was planned for."""

    id: str
    member: str | None = Field(description="Whose it is; null for the secretariat's.")
    url: str
    label: str
    kinds: list[str]
    position: int
    created_at: datetime
    created_by: str
    failing_since: datetime | None = Field(description="Since when nothing but failures came back.")
    disabled_at: datetime | None
    why: str | None
    both_secrets_until: datetime | None = Field(description="Until then the secret before the last rotation signs too.")
    version: int


class SecretOut(WebhookOut):
    """An endpoint with its secret. A repetition of the request is not told it again."""

    secret: str | None = Field(description="whsec_…, shown this once; what its receiver verifies signatures with.")


class WebhooksOut(Out):
    webhooks: list[WebhookOut]


class DeliveryOut(Out):
    """An event on its way to an endpoint; `id` is its webhook-id, `answer` what came back last."""

    id: str
    event: str
    type: str
    sequence: int
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    accepted_at: datetime | None
    answer: str | None


class DeliveriesOut(Out):
    """Newest first."""

    deliveries: list[DeliveryOut]
    next: str | None = Field(description="Send it as `after` for the next page; null on the last one.")


def webhook_out(row: WebhookRow) -> WebhookOut:
    return WebhookOut(**_values(row))


def with_secret(row: WebhookRow, secret: str | None) -> SecretOut:
    return SecretOut(**_values(row), secret=secret)


def _values(row: WebhookRow) -> dict[str, object]:
    values = row.model_dump(exclude={"group_id", "secret_version", "overlap_until"})
    return values | {"member": row.member or None, "both_secrets_until": row.overlap_until}


def delivery_out(row: DeliveryRow, event: Event) -> DeliveryOut:
    values = row.model_dump(include={"id", "state", "attempts", "created_at", "accepted_at", "answer"})
    coming = row.next_attempt_at if row.state in ("pending", "sending") else None
    return DeliveryOut(**values, event=event.id, type=event.kind, sequence=event.position, next_attempt_at=coming)


def deliveries_out(found: Sequence[tuple[DeliveryRow, Event]], more: str | None) -> DeliveriesOut:
    return DeliveriesOut(deliveries=[delivery_out(*one) for one in found], next=more)
