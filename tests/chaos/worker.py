"""A worker process of its own for the crash tests: dispatches until nothing is left. May have a bug planted.

python -m tests.chaos.worker DATABASE_URL SMTP_PORT LEASE [BUG]
"""

import re
import sys
import time
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import col, select

from service.database import connect, reading, writing
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox.channel import Parcel
from service.notifications.outbox.dispatch import Claimed, Dispatcher
from service.notifications.outbox.tables import DeliveryRow


def plant(bug: str, dispatcher: Dispatcher, channel: Smtp) -> None:
    """Make the dispatcher wrong in a way that its promise forbids."""
    claim, send = dispatcher._claim, channel.send

    def mark_first() -> list[Claimed]:
        """Say that all is sent before it is."""
        claimed = claim()
        with writing(dispatcher.engine) as session:
            ids = [one.message.id for one in claimed]
            session.exec(update(DeliveryRow).where(col(DeliveryRow.id).in_(ids)).values(state="accepted"))
        return claimed

    def fresh_message_id(message: Parcel) -> str:
        """Make each attempt a message of its own."""
        body = re.sub(rb"(?m)^Message-ID: <[^>]*>", f"Message-ID: <{uuid4()}@fresh>".encode(), message.body)
        return send(message._replace(body=body))

    def fresh_bytes(message: Parcel) -> str:
        """Write each attempt anew, under the same Message-ID."""
        return send(message._replace(body=message.body + f"{uuid4()}\r\n".encode()))

    def mark_last(claimed: list[Claimed]) -> int:
        """Send a whole batch, and only then write down that it was sent."""
        answers = [send(one.message) for one in claimed]
        for one, answer in zip(claimed, answers, strict=True):
            dispatcher._settle(one, None, state="accepted", answer=answer)
        return len(answers)

    if bug == "mark_first":
        dispatcher._claim = mark_first  # type: ignore[method-assign]
    elif bug == "mark_last":
        dispatcher._work = mark_last  # type: ignore[method-assign]
    elif bug == "fresh_bytes":
        channel.send = fresh_bytes  # type: ignore[method-assign]
    elif bug == "fresh_message_id":
        channel.send = fresh_message_id  # type: ignore[method-assign]


def main() -> None:
    url, port, lease, *bug = sys.argv[1:]
    engine = connect(url)
    channel = Smtp(f"smtp://127.0.0.1:{port}", "gmg@sender.example", 5)
    dispatcher = Dispatcher(engine, lambda *_: channel, float(lease))
    if bug:
        plant(bug[0], dispatcher, channel)
    left = True
    while left:
        dispatcher.run()
        with reading(engine) as session:
            left = bool(
                session.exec(select(DeliveryRow.id).where(col(DeliveryRow.state).in_(("pending", "sending")))).first()
            )
        time.sleep(0.02)


if __name__ == "__main__":
    main()
