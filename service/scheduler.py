"""The ticker: APScheduler wakes it, it asks what has become due. Only a clock hand; the truth is in the rows.

Its job store is in memory and holds one job. Any number of processes may tick at the same time:
each occurrence is recorded once and each delivery has one owner.
"""

import signal
import threading
from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from service import clock, events, outgoing, repeats, zones
from service.calendars import commands as feeds
from service.database import reading, writing
from service.groups import queries as groups
from service.meetings import proposing as meetings
from service.notifications import planner
from service.notifications.channels.chat import Chat
from service.notifications.channels.files import Files
from service.notifications.channels.smtp import Smtp
from service.notifications.channels.webhook import Webhooks
from service.notifications.choices.contacts import BODIES
from service.notifications.outbox.channel import Channel, Message
from service.notifications.outbox.dispatch import Dispatcher
from service.settings import Settings

log = structlog.get_logger()


def plan(engine: Engine) -> None:
    """Record and plan what has become due, each group in a transaction of its own.

    A group that owes nothing is not looked at, so a look costs the same however many groups there are.
    """
    with reading(engine) as session:
        ids = events.due_groups(session)
    for group_id in ids:
        with writing(engine) as session:
            row = groups.group_row(session, group_id, lock=True)
            today = zones.day_in(clock.now(), row.timezone)
            if feeds.is_short(session, group_id) or meetings.is_short(session, group_id, today):
                events.terms_changed(session, group_id)
            planner.plan_group(session, group_id)
            session.flush()
            coming = planner.next_due(session, group_id)
            latest = clock.now() + events.LONGEST
            events.owes(session, group_id, min(coming or latest, latest))
            repeats.forget(session)


def next_due(engine: Engine) -> datetime | None:
    """The next instant at which any group owes something, or is looked at anyway."""
    with reading(engine) as session:
        return events.next_due(session)


def channels(settings: Settings) -> tuple[Files, Smtp | None]:
    url = settings.mail_url.get_secret_value()
    smtp = Smtp(url, settings.sender, settings.mail_deadline, settings.secret()) if url else None
    return Files(settings.home / "mail"), smtp


class Ticker:
    """Plans and dispatches every `GMG_TICK` seconds while it is started."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        files, self._smtp = channels(settings)

        # Half of a lease is for all that a worker does with one message.
        deadline = min(outgoing.DEADLINE, 0.4 * settings.lease)
        webhooks, chat = Webhooks(engine, deadline), Chat(engine, deadline)

        def channel_for(message: Message, confirmed: bool) -> Channel:
            # An endpoint was named by whoever keeps it; what is for people waits until the group is confirmed.
            if message.channel == "webhook":
                return webhooks
            if not confirmed:
                return files
            if message.channel in BODIES:
                return chat
            return self._smtp if self._smtp is not None else files

        self.dispatcher = Dispatcher(engine, channel_for, settings.lease)
        self._every = settings.tick
        self._scheduler: BackgroundScheduler | None = None
        self._one_at_a_time = threading.Lock()

    def tick(self) -> None:
        """One look at what is due. What goes wrong is logged and looked at again next time."""
        with self._one_at_a_time:
            try:
                plan(self.engine)
                self.dispatcher.run()
            except Exception:
                log.exception("tick failed")
            finally:
                if self._smtp is not None:
                    self._smtp.close()

    def wake(self) -> None:
        """Look at once, beside the regular looks: somebody waits for a mail."""
        if self._scheduler is not None:
            self._scheduler.add_job(
                self.tick, id="wake", replace_existing=True, next_run_time=clock.now(), misfire_grace_time=None
            )

    def start(self) -> None:
        self.dispatcher.stopping.clear()
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._every,
            next_run_time=clock.now(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is in hand, claim nothing more."""
        self.dispatcher.stopping.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)

    def run(self) -> None:
        """Tick in the foreground until SIGTERM or SIGINT."""
        done = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: done.set())
        self.start()
        done.wait()
        self.stop()
