"""Promise P5 by whole processes: two that serve and three that work, on one database, and none of them leads."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from service.access.commands import make_token
from service.database import reading, writing
from service.events import Event
from service.notifications.outbox.tables import DeliveryRow
from tests.chaos.fleet import Asked, Fleet, fleet, insist_on_all, lives, wait_until
from tests.chaos.releases import ready
from tests.conftest import Time
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running
from tests.prove.starting import free_port

# SQLite is for one process.
pytestmark = [
    pytest.mark.promise("P5"),
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
# Midnight in Zurich: UNFPA hands over to the next in order.
HANDOVER = datetime(2008, 6, 30, 22, tzinfo=UTC)
BEGAN = HANDOVER - timedelta(seconds=4)
WEB, WORKERS, MESSAGES = 2, 3, 150
# Who has taken a delivery in hand, each time that somebody has.
NOTE_CLAIMS = """
CREATE TABLE claimed (id text, owner text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO claimed VALUES (NEW.id, NEW.owner); RETURN NEW; END $$;
CREATE TRIGGER note AFTER UPDATE OF owner ON delivery FOR EACH ROW WHEN (NEW.owner IS NOT NULL) EXECUTE FUNCTION note();
"""
# The planted bug unkept_claim: the first claim of a delivery leaves it to be claimed by another as well.
UNKEPT_CLAIM = """
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.state := 'pending'; RETURN NEW; END $$;
CREATE TRIGGER forget BEFORE UPDATE ON delivery FOR EACH ROW
  WHEN (NEW.state = 'sending' AND NEW.attempts = 1) EXECUTE FUNCTION forget();
"""


@contextmanager
def many(folder: Path, url: str) -> Iterator[tuple[Fleet, list[int], list[int], Sink]]:
    """Web processes that answer, by their ports, and workers, by their process ids."""
    # A machine that is busy with other things takes its time, and no lease ends here.
    env = {"GMG_MAIL_DEADLINE": "25", "GMG_LEASE": "60"}
    with running() as sink, fleet(folder, url, sink.port, began=BEGAN, env=env) as found:

        def wait_for_all(step: str, recipient: str) -> None:
            """The mail server takes nothing before each worker has called: none does all of it before another comes."""
            if step == "DOT":
                wait_until(lambda: sink.connections >= WORKERS, patience=20)

        sink.answer = wait_for_all
        ports = [free_port() for _ in range(WEB)]
        for port in ports:
            found.start("web", port)
        workers = [found.start("worker", number) for number in range(1, 1 + WORKERS)]
        for port in ports:
            wait_until(lambda: ready(port) == 200)  # noqa: B023
        yield found, ports, workers, sink


def waiting(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(DeliveryRow.id).where(col(DeliveryRow.state).in_(("pending", "sending")))).all())


def handed_over(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.exec(select(Event.occurrence).where(Event.kind == "chair.handover")))


def test_they_share_the_work_and_do_it_once(
    engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path
) -> None:
    time.at = BEGAN
    with writing(engine) as session:
        made, _ = make_token(
            session, group, kind="api", email="gmg@unfpa.example", name=None, lasts=timedelta(days=1), actor="test"
        )
    # So few that nobody's mailbox is spared any.
    asked = [
        Asked("/api/v1/groups/gmg/notices", {"member": "unfpa", "theme": f"Notice {number}", "text": "A survey."})
        for number in range(4)
    ]
    planted = plant_messages(engine, group, MESSAGES, BEGAN)
    with writing(engine) as session:
        session.connection().execute(text(NOTE_CLAIMS))
    with many(tmp_path, database_url) as (_, ports, workers, sink):
        insist_on_all(ports, asked, {"Authorization": f"Bearer {made}"})
        wait_until(lambda: handed_over(engine) and not waiting(engine))
        assert all(lives(pid) for pid in workers)
    assert [one.done.status_code for one in asked if one.done] == [201] * len(asked)
    assert len(handed_over(engine)) == 1, "three have found it due"
    copies = Counter(sink.ids())
    with reading(engine) as session:
        planned = list(session.exec(select(DeliveryRow.message_id).where(DeliveryRow.state == "accepted")))
        claims = session.connection().execute(text("SELECT id, owner FROM claimed")).all()
    assert planted <= set(planned)
    assert copies == Counter(planned), "each delivery once"
    # An owner is named by host, process, and which of its claims it is.
    assert {owner.split(":")[1] for _, owner in claims} == {str(pid) for pid in workers}, "each has had its share"


@pytest.mark.planted("unkept_claim", promise="P5")
def test_the_planted_bug_is_seen(engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path) -> None:
    time.at = BEGAN
    planted = plant_messages(engine, group, MESSAGES, BEGAN)
    with writing(engine) as session:
        session.connection().execute(text(UNKEPT_CLAIM))
    with many(tmp_path, database_url) as (_, _, _, sink):
        wait_until(lambda: planted <= set(sink.ids()) and not waiting(engine))
    copies = Counter(sink.ids())
    assert sum(copies.values()) > len(copies), "some were sent twice"
