"""The real `gmg serve`, in processes that may die at a named point or have a bug planted.

python -m tests.chaos.serve

loads the service once, and then makes a process by fork for each line that it reads, a JSON object: `args` of the
command line, `env`, `log`, `behind` (seconds that its clock is behind the machine's), and where it is wanted `plant`,
`die` ([point, which time]) and `told`, the file that is told of such a death. It answers with the process id. So a
process is there at once, and nothing of all this is known to the service itself.
"""

import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, delete, update

from service import cli, clock, repeats, scheduler
from service.access import door
from service.database import writing
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox import dispatch
from service.notifications.outbox.channel import Parcel
from service.notifications.outbox.dispatch import Claimed, Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.repeats import RepeatRow
from service.watching import starting

POINTS = ("before_commit", "after_commit", "after_claim", "after_accept", "after_settle")


def mark_first() -> None:
    """Say that all is sent before it is."""
    claim = Dispatcher._claim

    def wrong(self: Dispatcher) -> list[Claimed]:
        claimed = claim(self)
        with writing(self.engine) as session:
            ids = [one.message.id for one in claimed]
            session.exec(update(DeliveryRow).where(col(DeliveryRow.id).in_(ids)).values(state="accepted"))
        return claimed

    Dispatcher._claim = wrong  # type: ignore[method-assign]


def fresh_message_id() -> None:
    """Make each attempt a message of its own."""
    send = Smtp.send

    def wrong(self: Smtp, message: Parcel) -> str:
        body = re.sub(rb"(?m)^Message-ID: <[^>]*>", f"Message-ID: <{uuid4()}@fresh>".encode(), message.body)
        return send(self, message._replace(body=body))

    Smtp.send = wrong  # type: ignore[method-assign]


def key_after_commit() -> None:
    """Keep the key of a creation after the creation, where a crash can come between."""
    real = repeats.claim

    def forget(session: Session) -> None:
        session.flush()
        session.exec(delete(RepeatRow))

    def wrong(session: Session, caller: str, key: str, of: str) -> RepeatRow:
        event.listen(session, "before_commit", forget)
        return real(session, caller, key, of)

    repeats.claim = wrong


def answer_first() -> None:
    """Answer, and commit a little later."""

    @contextmanager
    def wrong(engine: Engine) -> Iterator[Session]:
        session = Session(engine.execution_options(writes=True), expire_on_commit=False)
        yield session
        session.flush()

        def later() -> None:
            time.sleep(1.5)
            session.commit()

        threading.Thread(target=later).start()

    door.writing = wrong  # type: ignore[attr-defined]


def swallow_5xx() -> None:
    """Take a commit that failed for one that did not."""

    @contextmanager
    def wrong(engine: Engine) -> Iterator[Session]:
        with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
            yield session
            session.flush()
            folder = Path(os.environ["GMG_HOME"])
            # Whoever restarts the database waits for the one, and this for the other.
            (folder / "commits").touch()
            try:
                while not (folder / "restarted").exists():
                    session.connection().exec_driver_sql("SELECT 1")
                    time.sleep(0.02)
                session.commit()
            except DBAPIError:
                # What was to be answered stays as it is.
                session.expunge_all()

    door.writing = wrong  # type: ignore[attr-defined]


def wall_clock_lease() -> None:
    """Count a lease by the clock on the wall."""
    vars(dispatch)["time"] = SimpleNamespace(monotonic=time.time)


def wall_clock_ticker() -> None:
    """Wait for the next look by the clock on the wall alone."""
    vars(scheduler)["Hand"] = lambda _: BackgroundScheduler(timezone="UTC")


BUGS = {
    bug.__name__: bug
    for bug in (
        mark_first,
        fresh_message_id,
        key_after_commit,
        answer_first,
        swallow_5xx,
        wall_clock_lease,
        wall_clock_ticker,
    )
}


def arm(point: str, number: int, told: str) -> None:
    """Let this process kill itself when it comes to a point for the `number`-th time (from 1)."""
    seen = 0

    def come(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            with open(told, "ab", buffering=0) as file:
                file.write(f"{os.getpid()}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    if point in ("before_commit", "after_commit"):
        event.listen(Session, point, come)
    elif point == "after_claim":
        Dispatcher._claim = _then(Dispatcher._claim, come)  # type: ignore[method-assign]
    elif point == "after_accept":
        Smtp.send = _then(Smtp.send, come)  # type: ignore[method-assign]
    elif point == "after_settle":
        Dispatcher._send = _then(Dispatcher._send, come)  # type: ignore[method-assign]
    else:
        raise ValueError(f"{point} is no point; the points are {', '.join(POINTS)}")


def _then(do: Callable[..., Any], come: Callable[[], None]) -> Callable[..., Any]:
    def both(*given: Any) -> Any:
        found = do(*given)
        # Nothing claimed, nothing sent: it has not come there.
        if found:
            come()
        return found

    return both


def run(asked: dict[str, Any]) -> None:
    """Be the process that is asked for, until it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.update(asked["env"])
    sys.argv = ["gmg", *asked["args"]]
    if asked.get("plant"):
        BUGS[asked["plant"]]()
    if asked.get("die"):
        point, number = asked["die"]
        arm(point, number, asked["told"])
    live_then(timedelta(seconds=asked["behind"]))


def live_then(behind: timedelta) -> None:
    """Serve with the service's clock years behind that of the machine."""
    add_job = BackgroundScheduler.add_job

    def at_once(self: BackgroundScheduler, *given: Any, **more: Any) -> Any:
        # The ticker's own clock is the machine's: it would make up for every look of all those years.
        return add_job(self, *given, **more | {"next_run_time": datetime.now(UTC)})

    BackgroundScheduler.add_job = at_once
    # That of the database is the machine's as well.
    vars(starting)["clock"] = SimpleNamespace(now=lambda: datetime.now(UTC))
    with clock.use(lambda: datetime.now(UTC) - behind):
        cli.main()


def main() -> None:
    # Who ends is gone at once, so that others can see it by the process id.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                run(asked)
            finally:
                sys.stdout.flush()
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
