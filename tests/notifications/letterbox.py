"""A letterbox that a test empties: what it did not expect makes it fail."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service.database import reading
from service.notifications.outbox.tables import DeliveryRow

# What went to nobody as a message of its own.
_QUIET = ("gathered", "merged", "declined", "superseded", "expired")


class Letterbox:
    """The messages of a test's database, taken out one by one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._taken: set[str] = set()

    def rows(self, *states: str) -> list[DeliveryRow]:
        """The deliveries in some states, oldest first; all without any."""
        asked = select(DeliveryRow).order_by(col(DeliveryRow.created_at), col(DeliveryRow.dedupe_key))
        with reading(self.engine) as session:
            found = session.exec(asked.where(col(DeliveryRow.state).in_(states)) if states else asked)
            return list(found)

    def take(self, to: str, subject: str = "") -> EmailMessage:
        """The one mail to an address with such words in its subject; nothing else may be to it with them."""
        found = [row for row in self._left() if row.address == to and subject in str(_mail(row)["Subject"])]
        assert len(found) == 1, f"{len(found)} mails to {to} about {subject!r}"
        self._taken.add(found[0].id)
        return _mail(found[0])

    def take_all(self, *subjects: str) -> int:
        """Take every mail that has one of these words in its subject; how many."""
        found = [row for row in self._left() if any(one in str(_mail(row)["Subject"]) for one in subjects)]
        self._taken |= {row.id for row in found}
        return len(found)

    def left(self) -> list[str]:
        """What nobody has taken."""
        return [f"{row.address}: {_mail(row)['Subject']} ({row.state})" for row in self._left()]

    def _left(self) -> list[DeliveryRow]:
        return [row for row in self.rows() if row.state not in _QUIET and row.id not in self._taken]


def _mail(row: DeliveryRow) -> EmailMessage:
    return message_from_bytes(row.body, policy=default)


@pytest.fixture
def letterbox(engine: Engine) -> Iterator[Letterbox]:
    """The mails of the test; fails on any that the test did not expect."""
    box = Letterbox(engine)
    yield box
    assert not box.left(), "mails that nobody expected"
