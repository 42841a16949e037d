"""Deliveries as the API and the command line show them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from service.access.bodies import In, Out
from service.access.cloud_events import is_private
from service.events import Event
from service.groups.charter import Charter
from service.groups.parts import Moment
from service.notifications.kinds import KINDS
from service.notifications.outbox.answered import Answers
from service.notifications.outbox.queries import Line, is_personal
from service.notifications.outbox.showing import shown
from service.notifications.outbox.tables import DeliveryRow
from service.settings import current


class AnswerOut(Out):
    """What somebody has answered. `member` is for whom; empty where nobody but the reader was asked."""

    member: str
    answer: str
    by: str
    at: datetime | None


class DeliveryOut(Out):
    """One message to one reader by one channel. `recipient` is whom it is for, `address` where it went."""

    id: str
    event: str
    tells: str = Field(description="The kind of the event that it tells of.")
    kind: str = Field(description="The kind of message; what readers choose by.")
    kind_name: str
    subject: str | None = Field(description="What it is about, such as a turn of the chair or a meeting.")
    title: str = Field(description="What stands in its subject line; empty for another channel than mail.")
    recipient: str
    name: str = Field(description="The name of whom it is for; empty where they are no person of the group today.")
    address: str
    channel: str
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="When it is tried next; null unless it waits.")
    not_after: datetime = Field(description="It is not sent after this instant.")
    accepted_at: datetime | None
    answer: str | None = Field(description="What the other side said last, or what keeps it back.")
    superseded_by: str | None
    forgotten_at: datetime | None = Field(description="Since when its text and its files are no longer kept.")
    asked: str | None = Field(
        description="What its reader is asked for: attendance, vote, chair, decision, confirmation, acknowledgement."
    )
    answers: list[AnswerOut] = Field(description="What came; empty as long as nobody has answered.")


class DeliveriesOut(Out):
    """A page of deliveries, newest first."""

    deliveries: list[DeliveryOut]
    next: str | None = Field(description="Send it as `after` for the next page; null on the last one.")


class EventOut(Out):
    """An event that was told."""

    id: str
    kind: str
    subject: str
    occurrence: str
    effective_at: datetime
    recorded_at: datetime
    actor: str | None


class ToldOut(DeliveriesOut):
    """Who was told of an event."""

    event: EventOut


class FileOut(Out):
    """A file that went with a message. `size` is in bytes."""

    name: str
    size: int


class WholeDeliveryOut(DeliveryOut):
    """A delivery with its text as it went. `***` stands for the part of a link that only its reader may have."""

    message_id: str
    text: str | None = Field(description="Null where it is not for the eyes of who asks, such as a link to sign in.")
    files: list[FileOut]


class AgainIn(In):
    """`until` is the new last instant: needed where the old one has passed, at most 7 days from now."""

    until: Moment | None = None


class ReleaseIn(In):
    """What was made since this instant and is held."""

    since: Moment


class ReleasedOut(Out):
    """What became of what was held. `paused` stays held: its mailbox or endpoint does not work."""

    released: int
    expired: int
    paused: int


class Showing:
    """Deliveries of one group as they are shown: to the secretariat what endpoints get of private events too."""

    def __init__(self, charter: Charter, answers: Answers, *, secretariat: bool = True) -> None:
        self._answers = answers
        self._secretariat = secretariat
        self._names = {person.email: person.name for person in charter.people}

    def line(self, line: Line) -> DeliveryOut:
        return DeliveryOut(**self._values(line.row, line.event, line.title))

    def whole(self, row: DeliveryRow, event: Event) -> WholeDeliveryOut:
        said = shown(row.body, current().public_url)
        return WholeDeliveryOut(
            **self._values(row, event, said.title),
            message_id=row.message_id,
            text=said.text if self._is_open(row, event) else None,
            files=[FileOut(name=name, size=size) for name, size in said.files],
        )

    def _is_open(self, row: DeliveryRow, event: Event) -> bool:
        """Whether its text may be shown: an endpoint is sent the event itself (threat T42)."""
        if row.channel == "webhook" and is_private(event.kind):
            return self._secretariat
        return not is_personal(row)

    def _values(self, row: DeliveryRow, event: Event, title: str) -> dict[str, Any]:
        asked = self._answers.to(row, event)
        plain = (
            "id", "subject", "recipient", "address", "channel", "state", "attempts", "created_at", "not_after",
            "accepted_at", "answer", "superseded_by", "forgotten_at",
        )  # fmt: skip
        return {name: getattr(row, name) for name in plain} | {
            "event": event.id,
            "tells": event.kind,
            "kind": row.kind,
            "kind_name": kind_name(row.kind or event.kind),
            "title": title,
            "name": self._names.get(row.recipient, ""),
            "next_attempt_at": row.next_attempt_at if row.state in ("pending", "gathered") else None,
            "asked": asked.what if asked else None,
            "answers": [AnswerOut(**one._asdict()) for one in asked.answers] if asked else [],
        }


def kind_name(kind: str) -> str:
    """What people call a kind of message; the kind itself where it is none that they choose by."""
    return KINDS[kind].name if kind in KINDS else kind


def event_out(row: Event) -> EventOut:
    return EventOut(**{name: getattr(row, name) for name in EventOut.model_fields})
