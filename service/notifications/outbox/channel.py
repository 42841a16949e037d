"""What a way out is: what it is given, what it answers, and how it says that it could not."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol


class Refused(Exception):
    """The other side has refused for good; trying again would not help.

    `status` is why, as RFC 3463 writes it (5.1.1), where the other side has said so.
    """

    def __init__(self, text: str, status: str | None = None) -> None:
        super().__init__(text)
        self.status = status


class NotNow(Exception):
    """The other side did not take it this time; try again later, `after` what it has asked for.

    `status` is why, as RFC 3463 writes it (4.2.2), where the other side has said so.
    """

    def __init__(self, text: str, after: timedelta | None = None, status: str | None = None) -> None:
        super().__init__(text)
        self.after = after
        self.status = status


class Down(Exception):
    """The way out itself does not answer: nobody tries it for a while.

    It is not the message's fault, so it does not count as an attempt; `suspect` is for what broke while the
    message was on its way: it counts then, so that one message which breaks the other side cannot hold up all.
    """

    def __init__(self, text: str, *, suspect: bool = False) -> None:
        super().__init__(text)
        self.suspect = suspect


class Parcel(NamedTuple):
    """A claimed delivery, as a channel needs it.

    `recipient` is the mailbox of whom it is for, `address` where it goes, `contact_id` the chat channel or
    webhook. `at` is the instant of the claim, `attempts` counts this one.
    """

    id: str
    group_id: str
    channel: str
    kind: str
    recipient: str
    address: str
    contact_id: str | None
    message_id: str
    body: bytes
    attempts: int
    at: datetime
    not_after: datetime


class Channel(Protocol):
    """A way out. `retry_after` says how long to wait after the first, second … failure; the last holds from then on.

    `send` returns what the other side said. It must have answered or given up within less than half of a lease.

    Raises:
        NotNow: try again later.
        Refused: do not.
        Down: the other side does not answer at all.
    """

    @property
    def retry_after(self) -> tuple[timedelta, ...]: ...

    def send(self, message: Parcel) -> str: ...
