"""Chat channels of people: a message posted to the address that Slack or Teams has given its owner."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine

from service import outgoing
from service.database import reading, writing
from service.groups.queries import group_row
from service.notifications.choices.contacts import address_of, fall_back
from service.notifications.choices.tables import ContactRow
from service.notifications.outbox.channel import Down, NotNow, Parcel, Refused
from service.notifications.outbox.rules import MAIL_RETRY
from service.notifications.outbox.tables import DeliveryRow

_ENDED = (403, 404, 410)
_LATER = (408, 425, 429)
# Connectors of Teams answer 200 and say in the body that they could not.
_NOT_REALLY = b"returned HTTP error"
_SHOWN = 100

FallBack = Callable[..., None]


class Chat:
    """Posts to chat channels. 403, 404 and 410 end the channel: what was for it goes by mail (`fall_back`).

    `deadline` is in seconds.
    """

    retry_after: tuple[timedelta, ...] = MAIL_RETRY

    def __init__(self, engine: Engine, deadline: float = outgoing.DEADLINE, fall_back: FallBack = fall_back) -> None:
        self._engine = engine
        self._deadline = deadline
        self._fall_back = fall_back

    def send(self, message: Parcel) -> str:
        with reading(self._engine) as session:
            row = session.get(ContactRow, message.contact_id)
        url = address_of(row) if row is not None and row.ended_at is None else None
        if url is None:
            raise self._end(message, (row.why if row is not None else None) or "the channel is gone")
        try:
            answer = outgoing.post(
                url, message.body, {"Content-Type": "application/json; charset=utf-8"}, deadline=self._deadline
            )
        except outgoing.Blocked:
            raise self._end(message, "blocked address") from None
        except outgoing.Unanswered as error:
            raise Down(str(error), suspect=True) from None
        said = f"HTTP {answer.status} {_clean(answer.head)}".strip()
        if answer.ok and _NOT_REALLY not in answer.head:
            return said
        if answer.status in _ENDED:
            raise self._end(message, said)
        if answer.ok or answer.status in _LATER or answer.status >= 500:
            raise NotNow(said, answer.retry_after)
        raise Refused(said)

    def _end(self, message: Parcel, why: str) -> Refused:
        """End the channel, and let the message go by mail."""
        with writing(self._engine) as session:
            group_row(session, message.group_id, lock=True)
            delivery = session.get(DeliveryRow, message.id)
            if delivery is not None:
                self._fall_back(session, delivery, why)
        return Refused(f"{why}; the channel has ended, and this goes by mail")


def _clean(head: bytes) -> str:
    """What the other side said, on one line, without what no line may have."""
    text = head[:_SHOWN].decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
