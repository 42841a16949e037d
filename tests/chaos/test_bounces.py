"""Promise P1 for mail that came back: its outcome, its bounce, its count and its event stand together or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select, update

from service.database import reading, writing
from service.events import Event
from service.groups import queries as groups
from service.notifications.mailing.bounces import PAUSED, note
from service.notifications.mailing.commands import resume, take_report
from service.notifications.mailing.tables import BounceRow, MailboxRow
from service.notifications.mailing.verp import return_path
from service.notifications.outbox import dispatch
from service.notifications.outbox.channel import NotNow, Refused
from service.notifications.outbox.dispatch import Claimed, Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.settings import current
from tests.chaos.kill import killed_at
from tests.chaos.test_every_verb import whole
from tests.conftest import Time
from tests.notifications.planting import plant_message
from tests.notifications.sink import running
from tests.notifications.test_bounces import report, worker

pytestmark = pytest.mark.promise("P1")


def ready_to_pause(engine: Engine, time: Time, state: str) -> DeliveryRow:
    """A mail to a mailbox that has given back four already."""
    plant_message(engine, "gmg", time.at)
    with writing(engine) as session:
        session.exec(update(DeliveryRow).values(state=state))
        row = session.exec(select(DeliveryRow)).one()
        day = time.at.date() - timedelta(days=1)
        session.add(MailboxRow(group_id="gmg", address=row.address, bounces=4, last_on=day))
    return row


def test_a_notification_is_taken_whole_or_not_at_all(database_url: str, engine: Engine, group: str, time: Time) -> None:
    row = ready_to_pause(engine, time, "accepted")
    raw = report(return_path(current().sender, row.id, current().secret()), row.message_id)

    def do(crashing: Engine) -> None:
        with writing(crashing) as session:
            take_report(session, raw, "gmg")

    before, number = whole(engine), 1
    while killed_at(number, database_url, do):
        assert whole(engine) == before, f"killed at statement {number}, something was left behind"
        number += 2
    assert number > 9
    assert states(engine) == ("failed", 1, True, {"mail.bounced", "mailbox.paused"})


def test_a_mailbox_works_again_whole_or_not_at_all(database_url: str, engine: Engine, group: str, time: Time) -> None:
    row = ready_to_pause(engine, time, "held")
    with writing(engine) as session:
        session.exec(update(DeliveryRow).values(answer=PAUSED))
        session.exec(update(MailboxRow).values(paused_at=time.at))

    def do(crashing: Engine) -> None:
        with writing(crashing) as session:
            groups.group_row(session, "gmg", lock=True)
            resume(session, "gmg", row.address, "test")

    before, number = whole(engine), 1
    while killed_at(number, database_url, do):
        assert whole(engine) == before, f"killed at statement {number}, something was left behind"
        number += 2
    assert states(engine) == ("pending", 0, False, {"mailbox.resumed"})


def refused_and_killed(database_url: str, engine: Engine, time: Time) -> list[tuple[str, int, bool, set[str]]]:
    """What is there after each kill of a worker whose mail is refused for good."""
    ready_to_pause(engine, time, "pending")
    seen = []
    with running() as sink:
        sink.answer = lambda step, _: "550 5.1.1 no such user" if step == "RCPT" else None
        number = 1
        while killed_at(number, database_url, lambda crashing: refuse(crashing, sink)):
            seen.append(states(engine))
            with writing(engine) as session:
                session.exec(update(DeliveryRow).where(DeliveryRow.state == "sending").values(state="pending"))  # type: ignore[arg-type]
            number += 1
        seen.append(states(engine))
    return seen


def refuse(engine: Engine, sink: object) -> None:
    worker(engine, sink).run()  # type: ignore[arg-type]


def test_what_the_relay_refuses_counts_with_its_outcome(
    database_url: str, engine: Engine, group: str, time: Time
) -> None:
    *killed, last = refused_and_killed(database_url, engine, time)
    assert last == ("failed", 1, True, {"mail.bounced", "mailbox.paused"})
    untouched: list[tuple[str, int, bool, set[str]]] = [("pending", 0, False, set()), ("sending", 0, False, set())]
    assert len(killed) > 10
    assert all(one in (*untouched, last) for one in killed)


@pytest.mark.planted("count_after_commit", promise="P1")
def test_the_planted_bug_is_seen(
    database_url: str, engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """count_after_commit: the outcome first, what it counts as in a transaction of its own."""
    settle = Dispatcher._settle
    monkeypatch.setattr(dispatch, "note", lambda *_: None)

    def apart(self: Dispatcher, one: Claimed, error: NotNow | Refused | None, **values: object) -> None:
        settle(self, one, error, **values)
        if error is not None and error.status:
            with writing(self.engine) as session:
                note(session, one.message.id, error.status, str(error), "smtp")

    monkeypatch.setattr(Dispatcher, "_settle", apart)
    assert ("failed", 0, False, set()) in refused_and_killed(database_url, engine, time)


def states(engine: Engine) -> tuple[str, int, bool, set[str]]:
    """The delivery's state, how many bounces there are, whether the mailbox is paused, and the events of it."""
    with reading(engine) as session:
        return (
            session.exec(select(DeliveryRow.state)).one(),
            len(session.exec(select(BounceRow)).all()),
            session.exec(select(MailboxRow.paused_at)).one() is not None,
            {kind for kind in session.exec(select(Event.kind)) if kind.startswith("mail")},
        )
